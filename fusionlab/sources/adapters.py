"""Adapters in peft's folders: where they are found by name, and which base each was trained for.

An adapter says by its base's name on the hub whose it is; one that was trained here also says, in
its `origin.json`, with which weights.
"""

from collections.abc import Collection
from pathlib import Path

from fusionlab.assets import asset
from fusionlab.errors import SourceError, UnknownName
from fusionlab.reading import is_file
from fusionlab.sources import store
from fusionlab.sources.adapter_config import CONFIG, plain_config, read_config

WEIGHTS = "adapter_model.safetensors"
SOURCE = "FusionLab's adapters"


def adapter_names() -> tuple[str, ...]:
    """Names of the adapters that stand on this machine, trained here or shipped."""
    found = {file.parent.name for place in _places() for file in place.glob(f"*/{WEIGHTS}")}
    return tuple(sorted(name for name in found if not name.startswith(".")))


def adapter_folder(name: str) -> Path:
    """The folder of an adapter, by its name or by a path that is no mere name.

    Raises UnknownName with the nearest, or SourceError.
    """
    if is_path(name):
        return _checked(store.expanded(name))
    for place in _places():
        if is_file(place / name / WEIGHTS):
            return _checked(place / name)
    if any(is_file(place / f"recipes/{name}.toml") for place in _places()):
        raise SourceError(
            f"the adapter {name} was not trained on this machine", hint="train it, or copy it here"
        )
    raise UnknownName("adapter", name, adapter_names())


def base_of(folder: Path) -> str:
    """The name of the base that an adapter was trained for, as its config has it."""
    return str(read_config(folder).get("base_model_name_or_path") or "")


def check_base(ref: str, folder: Path, name: str, sha256: Collection[str]) -> None:
    """The adapter is for the base of this name with weights of one of these hashes, as they are.

    Raises SourceError if not; no hashes, on either side, are no objection.
    """
    if (other := base_of(folder)) != name:
        raise SourceError(
            f"{ref}: the adapter was trained for {other or 'a base it does not name'}, not {name}",
            hint="write the base it was trained for before the +",
        )
    hashes = set(store.origin_of(folder).get("base", {}).values())
    if hashes and sha256 and hashes.isdisjoint(sha256):
        raise SourceError(
            f"{ref}: the adapter was trained on other weights of {name} than are here",
            hint="train it again on these weights",
        )
    plain_config(folder)


def check_folder(ref: str, folder: Path, base: Path) -> None:
    """The same where the base is a folder: the adapter names it by its path, or by its name."""
    other, real = base_of(folder), base.resolve()
    named = store.expanded(other)
    if not other or (named.name.lower() != real.name.lower() and named.resolve() != real):
        raise SourceError(
            f"{ref}: the adapter was trained for {other or 'a base it does not name'}, not {base}",
            hint=f"if that is the same model, write {base} as base_model_name_or_path in "
            f"{folder / CONFIG}",
        )
    check_base(ref, folder, other, set(store.origin_of(base).get("sha256", {}).values()))


def is_path(name: str) -> bool:
    """Whether an adapter is named by its folder."""
    return "/" in name or "\\" in name or name.startswith((".", "~"))


def _checked(folder: Path) -> Path:
    for file in (CONFIG, WEIGHTS):
        if not is_file(folder / file):
            raise SourceError(
                f"{folder} is no adapter: it has no {file}",
                hint="give the folder that peft's save_pretrained wrote",
            )
    return folder


def _places() -> list[Path]:
    try:
        return [store.home() / "adapters", asset("adapters")]
    except FileNotFoundError:
        return [store.home() / "adapters"]
