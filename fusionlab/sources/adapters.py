"""Adapters in peft's folders: where they are found by name, and which base each was trained for.

An adapter says by its base's name on the hub whose it is; one that was trained here also says, in
its `origin.json`, with which weights.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from fusionlab.assets import asset
from fusionlab.errors import SourceError, UnknownName
from fusionlab.reading import is_file
from fusionlab.sources import store
from fusionlab.sources.adapter_config import CONFIG, plain_config, read_config

WEIGHTS = "adapter_model.safetensors"
SOURCE = "FusionLab's adapters"
DAMAGED = "adapter-damaged"
"""The key of what is said of a damaged one."""


@dataclass(frozen=True, slots=True)
class Base:
    """How an adapter names a model that it may have been trained for."""

    name: str
    """On the hub or in the zoo."""
    sha256: Mapping[str, str]
    """Of its weight files, by name; none where they are not known."""
    folder: Path | None = None
    """Of a model that is only a folder, and has no name."""


def adapter_names() -> tuple[str, ...]:
    """Names of the adapters on this machine that are no built models of their own."""
    found = {file.parent.name for place in _places() for file in place.glob(f"*/{WEIGHTS}")}
    return tuple(sorted(name for name in found if not name.startswith(".")))


def adapter_folder(name: str) -> Path:
    """The folder of an adapter, by its name or by a path that is no mere name.

    Raises UnknownName with the nearest, or SourceError.
    """
    if is_path(name):
        return _checked(store.expanded(name))
    for place in (*_places(), store.home() / "models"):  # where builders put theirs
        if is_file(place / name / WEIGHTS):
            return _checked(place / name)
    if any(is_file(place / f"recipes/{name}.toml") for place in _places()):
        raise SourceError("adapter-untrained", name=name)
    raise UnknownName("kind-adapter", name, adapter_names())


def base_of(folder: Path) -> str:
    """The name of the base that an adapter was trained for, as its config has it."""
    return str(read_config(folder).get("base_model_name_or_path") or "")


def check_base(ref: str, folder: Path, base: Base) -> None:
    """The adapter was trained for this base, with its weights as they are here.

    Raises SourceError if not; where either side knows no hashes, the name decides.
    """
    if base.folder is not None:
        _check_folder(ref, folder, base.folder)
    else:
        _check_name(ref, folder, base.name, set(base.sha256.values()))


def is_path(name: str) -> bool:
    """Whether an adapter is named by its folder."""
    return "/" in name or "\\" in name or name.startswith((".", "~"))


def _check_name(ref: str, folder: Path, name: str, sha256: Collection[str]) -> None:
    if (other := base_of(folder)) != name:
        raise _of_another(ref, other, name)
    hashes = set(store.origin_of(folder).get("base", {}).values())
    if hashes and sha256 and hashes.isdisjoint(sha256):
        raise SourceError("adapter-of-other-weights", ref=ref, base=name)
    plain_config(folder)


def _of_another(ref: str, other: str, name: str) -> SourceError:
    if other:
        return SourceError("adapter-of-another", ref=ref, other=other, base=name)
    return SourceError("adapter-of-an-unnamed", ref=ref, base=name)


def _check_folder(ref: str, folder: Path, base: Path) -> None:
    """The adapter names a base that is a folder by its path, or by its name."""
    other, real = base_of(folder), base.resolve()
    named = store.expanded(other)
    if not other or (named.name.lower() != real.name.lower() and named.resolve() != real):
        values = {"ref": ref, "base": str(base), "file": str(folder / CONFIG)}
        if other:
            raise SourceError("adapter-of-another-folder", other=other, **values)
        raise SourceError("adapter-of-an-unnamed-folder", **values)
    _check_name(ref, folder, other, set(store.origin_of(base).get("sha256", {}).values()))


def _checked(folder: Path) -> Path:
    for file in (CONFIG, WEIGHTS):
        if not is_file(folder / file):
            raise SourceError("adapter-incomplete", folder=str(folder), file=file)
    return folder


def _places() -> list[Path]:
    try:
        return [store.home() / "adapters", asset("adapters")]
    except FileNotFoundError:
        return [store.home() / "adapters"]
