"""Data sets of the hub: rows of JSON Lines, JSON, CSV and parquet, fetched once and checked.

    hub:org/name · hub:org/name:config:split · hub:org/name:split[:500] · hub:org/name@revision

Which files a configuration and a split have stands in the head of the data set's card; where that
says nothing, a split is named by its files, and a configuration by their folder. A loading script
is neither fetched nor run. What has been fetched is not asked for again: name a commit to be sure
which rows these are.
"""

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from fusionlab.encoding import well_formed
from fusionlab.errors import DataError, SourceError
from fusionlab.events import Progress
from fusionlab.reading import MOST, read_json, read_text, reason_in_line
from fusionlab.sheets import read_sheet
from fusionlab.sources import hub, store
from fusionlab.words import Sentence

PREFIX = "hub:"
FORMS = (".parquet", ".jsonl", ".ndjson", ".json", ".csv")
"""Of which files are read; where a split comes in several, in the first of them."""
LINES = (".jsonl", ".ndjson")
SPLITS: Mapping[str, Sequence[str]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""Words by which files tell their split."""
USUAL = "train"
_NAMED = re.compile(
    r"(?P<repo>[\w-][\w.-]*(?:/[\w-][\w.-]*)?)"
    r"(?::(?P<one>[\w.+-]+))?(?::(?P<two>[\w.+-]+))?"
    r"(?:\[(?P<first>\d*):(?P<last>\d*)\])?(?:@(?P<revision>[\w./-]+))?"
)

Files = Mapping[str, Mapping[str, Sequence[str]]]
"""Of each configuration and each of its splits the patterns, or the names, of its files."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Some rows of a data set."""

    repo: str
    config: str = ""
    """Empty where it has only one, or names the one that is usual."""
    split: str = ""
    """`train` where it is not said."""
    revision: str = ""
    either: str = ""
    """The name of a configuration or of a split."""
    first: int = 0
    last: int | None = None
    """Rows [first, last) only."""

    @property
    def name(self) -> str:
        """As it is written."""
        rows = f"[{self.first or ''}:{self.last or ''}]" if self.first or self.last else ""
        parts = [part for part in (self.either, self.config, self.split) if part]
        at = f"@{self.revision}" if self.revision else ""
        return PREFIX + ":".join([self.repo, *parts]) + rows + at

    @property
    def folder(self) -> Path:
        """Where its files are kept."""
        which = replace(self, first=0, last=None).name.removeprefix(PREFIX)
        return store.home() / "datasets" / quote(which, safe="")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a data set holds, on this machine."""

    wanted: DataSet
    folder: Path
    sha256: Mapping[str, str]
    """Of its files, by name."""
    commit: str

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Each row with its number from 1; a `Sentence` says why one cannot be read.

        Raises SourceError where a file cannot be read, or a package for it is missing.
        """
        every = (row for name in sorted(self.sha256) for row in _rows(self.folder / name))
        yield from islice(enumerate(every, start=1), self.wanted.first, self.wanted.last)


def data_set_named(reference: str) -> DataSet:
    """The data set that is meant; raises SourceError where none can be."""
    found = _NAMED.fullmatch(reference.strip().removeprefix(PREFIX))
    if not found or ".." in reference:
        raise SourceError("data-set-not-named", ref=repr(reference))
    one, two = found["one"] or "", found["two"] or ""
    return DataSet(
        found["repo"],
        config=one if two else "",
        split=two,
        revision=found["revision"] or "",
        either="" if two else one,
        first=int(found["first"] or 0),
        last=int(found["last"]) if found["last"] else None,
    )


def fetched_rows(wanted: DataSet) -> Generator[Progress, None, Rows]:
    """The rows, whose files are brought to this machine if they are not here yet.

    Raises SourceError when the hub does not answer or does not have them, or has no files of the
    known forms.
    """
    target = wanted.folder
    with store.accessible():
        lock = yield from store.alone(target)
        try:
            if not target.exists() or (yield from store.fault(target)):
                listing = yield from hub.data_listing(wanted.repo, wanted.revision)
                names = files_of(wanted, listing)
                sizes = {name: listing.sizes[name] for name in names}
                sums = {name: each for name, each in listing.sha256.items() if name in sizes}
                some = replace(listing, sizes=sizes, sha256=sums)
                yield from hub.data_downloaded(wanted.repo, some, target)
        finally:
            lock.release()
    origin = store.origin_of(target)
    return Rows(wanted, target, origin.get("files") or {}, str(origin.get("revision", "")))


def files_of(wanted: DataSet, listing: hub.Listing) -> list[str]:
    """The names of the files that hold these rows; raises SourceError."""
    names = sorted(name for name in listing.sizes if PurePosixPath(name).suffix.lower() in FORMS)
    if not names:
        raise SourceError("data-set-no-files", name=wanted.repo, forms=FORMS)
    known = _told(listing.card, names) or _guessed(names)
    config, split = _chosen(wanted, known)
    found = known[config][split]
    form = next(form for form in FORMS if any(name.lower().endswith(form) for name in found))
    chosen = [name for name in found if name.lower().endswith(form)]
    if large := [name for name in chosen if listing.sizes[name] > MOST]:
        raise SourceError("data-set-large", file=large[0], most=f"{MOST / 1e6:.0f}")
    return chosen


def _chosen(wanted: DataSet, known: Files) -> tuple[str, str]:
    """The configuration and the split; raises SourceError where there is none of that name."""
    config, split = wanted.config, wanted.split
    if wanted.either:
        is_config = wanted.either in known
        config, split = (wanted.either, split) if is_config else (config, wanted.either)
    if not config:
        config = "default" if "default" in known else next(iter(known))
        if len(known) > 1 and config != "default":
            raise SourceError("data-set-configs", name=wanted.repo, known=sorted(known))
    if config not in known:
        raise SourceError("data-set-no-config", name=wanted.repo, config=config, known=[*known])
    split = split or (USUAL if USUAL in known[config] else next(iter(known[config])))
    if split not in known[config]:
        which = {"split": split, "known": [*known[config]]}
        raise SourceError("data-set-no-split", name=wanted.repo, **which)
    return config, split


def _told(card: Mapping[str, Any], names: Sequence[str]) -> Files:
    """What the head of the card says, as far as there are such files; nothing where it is silent.

    The form is that of the hub: https://huggingface.co/docs/hub/datasets-manual-configuration.
    """
    found: dict[str, Mapping[str, Sequence[str]]] = {}
    configs = card.get("configs")
    for each in configs if isinstance(configs, list) else []:
        match each:
            case {"config_name": str(config), "data_files": files}:
                place = each.get("data_dir")
                under = f"{place.strip('/')}/" if isinstance(place, str) and place else ""
                told = _by_split(files)
                patterns = {split: [under + one for one in told[split]] for split in told}
            case {"config_name": str(config), "data_dir": str(place)}:
                inside = [name for name in names if name.startswith(f"{place.strip('/')}/")]
                found |= {config: _by_word(inside)} if inside else {}
                continue
            case _:
                continue
        matched = {
            split: [name for name in names if any(map(_pattern(name), some))]
            for split, some in patterns.items()
        }
        if splits := {split: some for split, some in matched.items() if some}:
            found["default" if each.get("default") is True else config] = splits
            found[config] = splits
    return found


def _by_split(files: Any) -> dict[str, list[str]]:
    """The patterns of each split, however they are written."""
    match files:
        case str():
            return {USUAL: [files]}
        case {"split": str(split), "path": str() | list() as path}:
            return {split: _texts(path)}
        case Mapping():
            return {str(split): _texts(path) for split, path in files.items()}
        case list():
            found: dict[str, list[str]] = {}
            for each in files:
                for split, some in _by_split(each).items():
                    found.setdefault(split, []).extend(some)
            return found
    return {}


def _texts(path: Any) -> list[str]:
    return [each for each in (path if isinstance(path, list) else [path]) if isinstance(each, str)]


def _pattern(name: str) -> Any:
    """Whether a pattern is one of this name; * stops at a slash, ** does not."""

    def fits(pattern: str) -> bool:
        parts = [translate(part)[4:-3] for part in pattern.removeprefix("./").split("**/")]
        within = [part.replace(".*", "[^/]*") for part in parts]
        return re.fullmatch("(?:.*/)?".join(within), name) is not None

    return fits


def _guessed(names: Sequence[str]) -> Files:
    """All files by their splits as `default`, and the files of each folder by itself."""
    found = {"default": _by_word(names)}
    folders = {top for name in names if (top := name.partition("/")[0]) != name}
    for folder in sorted(folders - {"default", "data"}):
        found[folder] = _by_word([name for name in names if name.startswith(f"{folder}/")])
    return found


def _by_word(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The files of each split, by the words in their names; where none has any, all are `train`."""
    found: dict[str, list[str]] = {}
    for split, words in SPLITS.items():
        word = re.compile(rf"(?:^|[^a-z])(?:{'|'.join(words)})(?:[^a-z]|$)", re.IGNORECASE)
        if some := [name for name in names if word.search(name)]:
            found[split] = some
    return found or {USUAL: list(names)}


def _rows(file: Path) -> Iterator[Any]:
    """Each row, or a `Sentence` with why it cannot be read."""
    try:
        match file.suffix.lower():
            case ".parquet":
                yield from _of_parquet(file)
            case ".csv":
                sheet = read_sheet(read_text(file), file.name)
                yield from (dict(zip(sheet.columns, row.cells, strict=False)) for row in sheet.rows)
            case _:
                yield from _of_json(file)
    except (OSError, UnicodeDecodeError) as cause:
        raise SourceError("data-set-unreadable", file=str(file), said=str(cause)) from None
    except DataError as cause:
        said = cause.sentence
        raise SourceError("data-set-unreadable", file=str(file), said=said) from None


def _of_json(file: Path) -> Iterator[Any]:
    """One object a line, or a list of all."""
    text = read_text(file)
    if file.suffix.lower() not in LINES and text.lstrip().startswith("["):
        try:
            yield from well_formed(read_json(text))
        except json.JSONDecodeError as cause:
            said = reason_in_line(cause)
            raise SourceError("data-set-unreadable", file=str(file), said=said) from None
        return
    for line in text.split("\n"):
        if line.strip():
            try:
                yield well_formed(read_json(line))
            except json.JSONDecodeError as cause:
                yield Sentence("row-not-json", {"said": reason_in_line(cause)})


def _of_parquet(file: Path) -> Iterator[Any]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise SourceError("data-set-needs-pyarrow", file=file.name) from None
    try:
        with parquet.ParquetFile(file) as opened:
            for batch in opened.iter_batches():
                yield from batch.to_pylist()
    except ArrowException as cause:
        raise SourceError("data-set-unreadable", file=str(file), said=str(cause)) from None
