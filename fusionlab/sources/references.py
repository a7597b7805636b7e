"""What a reference says of its model, before anything is loaded."""

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.sources import adapters, store
from fusionlab.sources.adapters import Base
from fusionlab.sources.scheme import Fetch, Form, News, Reference
from fusionlab.sources.schemes import SCHEMES, parse


def spec_of(ref: str) -> ModelSpec:
    """What is known of the model: the highest level it can give; nothing is loaded.

    An `api:` model may turn out to give only text when its server is asked. Raises UnknownName,
    SourceError, or LevelTooLow for an embedder.
    """
    parts = parse(ref)
    if adapted := adapter_of(ref):
        return _adapted_spec(ref, *adapted)
    return SCHEMES[parts.scheme].spec(ref, parts)


def settled(ref: str) -> str:
    """The same reference with whole paths: it means the same whichever folder one stands in."""
    parts = parse(ref)
    adapter, base = parts.adapter, ref.strip()
    if adapter:
        base = base.removesuffix(f"+{adapter}")
        adapter = str(store.expanded(adapter).absolute()) if adapters.is_path(adapter) else adapter
    if parts.scheme in ("path", "gguf"):
        base = f"{parts.scheme}:{store.expanded(parts.place).absolute()}"
    return f"{base}+{adapter}" if adapter else base


def adapter_of(ref: str) -> tuple[str, Path] | None:
    """The reference of the base, and the adapter's folder; None where there is no adapter.

    Raises SourceError where the adapter was trained for another base.
    """
    parts = parse(ref)
    adapted = _is_itself(parts)
    if parts.adapter:
        base = ref.strip().removesuffix(f"+{parts.adapter}")
        if adapted:
            raise SourceError("takes-no-adapters", ref=base)
        adapted = base, adapters.adapter_folder(parts.adapter)
    if adapted:
        base, folder = adapted
        adapters.check_base(ref, folder, base_of(base))
    return adapted


def base_of(ref: str) -> Base:
    """How an adapter names this model; raises SourceError where it takes no adapters."""
    parts = parse(ref)
    base = SCHEMES[parts.scheme].base
    if base is None or _is_itself(parts):
        raise SourceError("takes-no-adapters", ref=ref)
    return base(parts)


def forms_of(ref: str) -> Mapping[Form, Fetch]:
    """The forms that the model comes in, each with what brings it to this machine."""
    parts = _whole(ref)
    return SCHEMES[parts.scheme].forms(parts)


def files_of(ref: str) -> Iterable[Path]:
    """Whose contents say which weights these are; none where the reference and revision say it."""
    parts = _whole(ref)
    return SCHEMES[parts.scheme].files(parts)


def fetch(ref: str) -> Generator[News, None, Path]:
    """The weights are on this machine in every form they come in; returns their folder."""
    if has_gguf(ref):
        yield from gguf_for(ref)
    return (yield from folder_for(ref))


def folder_for(ref: str) -> Generator[News, None, Path]:
    """The folder with the model's safetensors, config and tokenizer; raises SourceError.

    Of a model with an adapter it is the base's.
    """
    way = forms_of(ref).get("folder")
    if way is None:
        raise SourceError("weights-elsewhere", ref=ref)
    return (yield from _fetched(way))


def folder_here(ref: str) -> Path:
    """The folder with the model's safetensors, if it is on this machine; raises SourceError if not.

    Nothing is fetched, and whether the files are whole is not looked at. Of a model with an adapter
    it is the base's.
    """
    parts = _whole(ref)
    here = SCHEMES[parts.scheme].here
    if here is None:
        raise SourceError("weights-elsewhere", ref=ref)
    with store.accessible():
        folder = here(parts)
    if folder is None:
        base = ref.strip().removesuffix(f"+{parts.adapter}")
        raise SourceError("weights-not-here", ref=ref, base=base)
    return folder


def gguf_for(ref: str) -> Generator[News, None, Path]:
    """The model's GGUF file; raises SourceError, also when it does not come as one."""
    way = forms_of(ref).get("gguf")
    if way is None:
        raise SourceError("gguf-none", ref=ref)
    return (yield from _fetched(way))


def has_gguf(ref: str) -> bool:
    """Whether the model comes as a GGUF file."""
    return "gguf" in forms_of(ref)


def is_asked(ref: str) -> bool:
    """Whether the model is asked as it stands, and tells log-probabilities at most: a GGUF file in
    llama.cpp, or a server.
    """
    parts = parse(ref)
    return parts.scheme in ("api", "gguf") and not parts.adapter


def _whole(ref: str) -> Reference:
    """The parts of the reference, or of the base's where what it names is itself an adapter."""
    parts = parse(ref)
    adapted = _is_itself(parts)
    return parts if adapted is None else parse(adapted[0])


def _is_itself(parts: Reference) -> tuple[str, Path] | None:
    """The base and the folder, where the place is itself an adapter."""
    adapted = SCHEMES[parts.scheme].adapted
    return adapted(parts) if adapted else None


def _fetched(way: Fetch) -> Generator[News, None, Path]:
    with store.accessible():
        (place,) = yield from way()
    return Path(place)


def _adapted_spec(ref: str, base: str, folder: Path) -> ModelSpec:
    origin = store.origin_of(folder)
    return ModelSpec(
        ref.strip(),
        "transformers",
        Level.INTERNALS,
        source=origin.get("source", f"folder {folder}"),
        revision=origin.get("revision", ""),
        licence=origin.get("licence") or spec_of(base).licence,
        bytes=(folder / adapters.WEIGHTS).stat().st_size,
        lineage=tuple(origin.get("lineage") or (base,)),
    )
