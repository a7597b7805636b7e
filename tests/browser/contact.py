"""A folder of pictures as one page to look through, and against an earlier folder."""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

LEAST = 8
"""Of 255: a channel that differs by less is the same to the eye."""
HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>FusionLab, page by page</title>
<style>
  body { font: 16px/1.4 system-ui, sans-serif; margin: 1rem; background: #ddd; }
  section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; }
  figure { margin: 0; width: 18rem; }
  .narrow { width: 8rem; }
  img { width: 100%; max-height: 30rem; object-fit: cover; object-position: top; }
</style>
<h1>FusionLab, page by page</h1>
"""


def write_sheet(folder: Path, shares: dict[str, float] | None = None) -> Path:
    """index.html of the pictures, under each how much of it differs where that is known."""
    sections = defaultdict(list)
    for picture in sorted(folder.glob("*.png")):
        page, state, width, *_ = picture.stem.split("-")
        sections[f"{page}, {state}"].append(
            _figure(picture, width, (shares or {}).get(picture.stem))
        )
    parts = [HEAD]
    for title, figures in sections.items():
        parts.append(f"<h2>{escape(title)}</h2>\n<section>\n{''.join(figures)}</section>\n")
    sheet = folder / "index.html"
    sheet.write_text("".join(parts), encoding="utf-8")
    return sheet


def _figure(picture: Path, width: str, share: float | None) -> str:
    name = escape(picture.name)
    told = "" if share is None else f"<br>{share:.2%} differs"
    kind = ' class="narrow"' if int(width) < 500 else ""
    return (
        f'<figure{kind}><a href="{name}"><img src="{name}" alt="" loading="lazy"></a>'
        f"<figcaption>{escape(picture.stem)}{told}</figcaption></figure>\n"
    )


def differing(now: Path, before: Path) -> float:
    """The share of pixels that are not as they were; what only one of the two has differs."""
    pictures = [np.asarray(Image.open(path).convert("RGB"), np.int16) for path in (now, before)]
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    shared = tuple(slice(min(picture.shape[axis] for picture in pictures)) for axis in (0, 1))
    one, other = (picture[shared] for picture in pictures)
    same = np.count_nonzero(np.abs(one - other).max(axis=2) < LEAST)
    return float(1 - same / (height * width))


def compared(folder: Path, earlier: Path) -> dict[str, float]:
    """The share that differs, for each picture that both folders have."""
    pictures = sorted(folder.glob("*.png"))
    both = [picture for picture in pictures if (earlier / picture.name).is_file()]
    return {picture.stem: differing(picture, earlier / picture.name) for picture in both}


def by_page(shares: dict[str, float]) -> Sequence[str]:
    """For each page: its mean share, and its pictures that differ, most of all first."""
    pages = defaultdict(list)
    for name, share in shares.items():
        pages[name.partition("-")[0]].append((share, name))
    lines = []
    for page, found in pages.items():
        mean = sum(share for share, _ in found) / len(found)
        changed = sorted((each for each in found if each[0]), reverse=True)
        lines.append(
            f"{page}: {mean:.2%} of its pixels, in {len(changed)} of {len(found)} pictures"
        )
        lines += [f"    {share:8.2%}  {name}" for share, name in changed]
    return lines
