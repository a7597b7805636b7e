"""The tokenizer of a model whose weights are not here, by the model's reference.

`path:folder` is a folder with a tokenizer in it; of a model of the hub only the small files are
fetched. Any other reference names a model that is here.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.reading import is_folder, read_json, read_text
from fusionlab.sources import hub, store
from fusionlab.sources.fetching import hub_place, hub_target
from fusionlab.sources.opening import open_alone, open_tokenizer
from fusionlab.sources.references import folder_here
from fusionlab.sources.scheme import News
from fusionlab.sources.schemes import parse

FILE = "tokenizer.json"
"""What every fast tokenizer is kept in."""


def tokenizer_folder(ref: str) -> Generator[News, None, Path]:
    """A folder with the tokenizer of this model; raises UnknownName or SourceError."""
    parts = parse(ref)
    if parts.scheme == "path":
        folder = store.expanded(parts.place)
    elif parts.scheme == "hub":
        folder = yield from _of_hub(parts.place, parts.detail)
    else:
        folder = folder_here(ref)
    if not is_folder(folder) or not (folder / FILE).is_file():
        raise SourceError("tokenizer-not-there", folder=str(folder), file=FILE)
    return folder


def opened_tokenizer(folder: Path) -> Any:
    """The fast tokenizer in the folder, beside which there may be no model; raises SourceError."""
    return open_tokenizer(folder) if (folder / "config.json").exists() else open_alone(folder)


def told_ends(folder: Path) -> tuple[Any, int | None]:
    """What ends an answer and how many tokens the model has, as far as its files say."""
    config, habits = (_read(folder / name) for name in ("config.json", "generation_config.json"))
    size = config.get("vocab_size")
    ends = habits.get("eos_token_id", config.get("eos_token_id"))
    return ends, size if isinstance(size, int) else None


def _of_hub(repo: str, revision: str) -> Generator[News, None, Path]:
    place = hub_place(repo, revision)
    if place is not None and (place / FILE).is_file():
        return place
    target = hub_target(repo, revision)
    target = target.with_name(f"{target.name}--tokenizer")
    lock = yield from store.alone(target)
    try:
        if target.exists() and not (yield from store.fault(target)):
            return target
        return (yield from hub.tokenizer_downloaded(repo, revision, target))
    finally:
        lock.release()


def _read(file: Path) -> dict[str, Any]:
    told = read_json(read_text(file)) if file.is_file() else {}
    return told if isinstance(told, dict) else {}
