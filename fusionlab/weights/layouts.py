"""Layouts that were found once are kept: finding one takes transformers' model classes, seconds.
Planning, which writes nothing, has them found once by each process.

A layout depends on the config and on the libraries alone, so that is what it is kept by. A config
whose layout is kept has been opened, and needs no checking again.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, JsonValue, StrictBool, StrictFloat, StrictInt, StrictStr

from fusionlab.reading import read_plain
from fusionlab.sources import store
from fusionlab.sources.opening import check_readable, check_settings
from fusionlab.weights.checkpoint import config_in
from fusionlab.weights.layers import Kind, Layout, layout_of
from fusionlab.writing import putting

FORM = 1
"""Of what is kept, and of how layouts are found: another one finds them anew."""
MOST = 64_000_000
"""Bytes of one layout that is kept, at most."""
REMEMBERED = 32
"""Layouts that a process knows though none is kept."""
_FOUND: dict[str, Layout] = {}
"""By the names under which they would be kept."""
Trait = StrictBool | StrictInt | StrictFloat | StrictStr | None


class _Kind(BaseModel):
    shapes: dict[str, tuple[StrictInt, ...]]
    traits: dict[str, Trait]


class _Kept(BaseModel):
    config: dict[str, JsonValue]
    path: StrictStr
    kinds: list[_Kind]
    """Each once."""
    layers: list[StrictInt]
    """The place in `kinds` of each layer's."""
    before: list[StrictStr]
    after: list[StrictStr]
    tied: dict[str, StrictStr]


def opened_layout(folder: Path, *, keep: bool = False) -> tuple[Mapping[str, Any], Layout]:
    """The config of the model in the folder, as its file has it, and its layout.

    With `keep` a layout that is not kept yet is; planning, which writes nothing, keeps none.

    Raises SourceError where the folder's small files cannot be read, or the model not be opened.
    """
    check_readable(folder)
    file = _kept_at(folder)
    with suppress(OSError, ValueError, IndexError):  # none is kept, or not as it was written
        return config_in(folder), _layout(read_plain(file, MOST))
    layout = _FOUND.get(file.name)
    if layout is None:
        check_settings(folder)
        layout = layout_of(config_in(folder), folder)
        _remember(file.name, layout)
    if keep:
        _keep(file, layout)
    return config_in(folder), layout


def _remember(name: str, layout: Layout) -> None:
    """This process knows the layout, and none that it has known longer than the last REMEMBERED."""
    for first in [*_FOUND][: len(_FOUND) - REMEMBERED + 1]:
        _FOUND.pop(first, None)
    _FOUND[name] = layout


def _kept_at(folder: Path) -> Path:
    """By the bytes of the config, and by the libraries that read it."""
    said = json.dumps([FORM, *_libraries()]).encode()
    with suppress(OSError):
        said += read_plain(folder / "config.json")
    return store.home() / "layouts" / f"{hashlib.sha256(said).hexdigest()[:32]}.json"


@cache
def _libraries() -> tuple[str, ...]:
    """Their versions, which take longer to find out than a layout to read."""
    return tuple(version(name) for name in ("transformers", "torch"))


def _keep(file: Path, layout: Layout) -> None:
    """The layout is kept where reading gives it back, whole, and there is room."""
    kinds: list[Kind] = []
    for kind in layout.kinds:
        if kind not in kinds:
            kinds.append(kind)
    told = {
        "config": layout.config,
        "path": layout.path,
        "kinds": [{"shapes": kind.shapes, "traits": kind.traits} for kind in kinds],
        "layers": [kinds.index(kind) for kind in layout.kinds],
        "before": sorted(layout.before),
        "after": sorted(layout.after),
        "tied": layout.tied,
    }
    with suppress(OSError, ValueError):  # it is found again next time
        data = json.dumps(told).encode()
        if len(data) > MOST or _layout(data) != layout:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with putting(file) as part:
            part.write_bytes(data)


def _layout(data: bytes) -> Layout:
    """Raises ValueError or IndexError where the data are no layout."""
    kept = _Kept.model_validate_json(data)
    kinds = [Kind(kind.shapes, kind.traits) for kind in kept.kinds]
    return Layout(
        kept.config,
        kept.path,
        tuple(kinds[number] for number in kept.layers),
        frozenset(kept.before),
        frozenset(kept.after),
        kept.tied,
    )
