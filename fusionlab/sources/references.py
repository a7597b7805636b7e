"""References to models, and what each says before anything is loaded.

One reference syntax everywhere: a catalog id such as `smollm2-135m`, `zoo/adder` for a small model
made here, `hub:org/name@revision`, `path:folder`, `gguf:file`, `api:url#model` or
`replay:file#member`. A model of the first four kinds may have an adapter, by name or folder:
`smollm2-135m+maths`, `path:folder+path/to/adapter`.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, urlsplit

from fusionlab.assets import asset
from fusionlab.errors import LevelTooLow, SourceError, UnknownName
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import CATALOG, EMBEDDERS
from fusionlab.reading import is_file, is_folder
from fusionlab.sources import adapters, store

Scheme = Literal["catalog", "zoo", "hub", "path", "gguf", "api", "replay"]

SCHEMES = get_args(Scheme)[2:]
"""What may stand before the colon."""
GGUF_MAGIC = b"GGUF"
ZOO = "zoo/"
"""What the name of a zoo model begins with."""
ZOO_SOURCE = "FusionLab's zoo"
_REPO = re.compile(r"[\w.-]+/[\w.-]+")
_SECRET_FIELD = re.compile(
    r"(?:^|[-_])(?:api)?(?:key|token|secret|password|sig|signature|code)$", re.IGNORECASE
)
"""How fields of an address are named that hold a key."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in its parts; `detail` is the revision, or the model or member after `#`."""

    scheme: Scheme
    place: str
    detail: str = ""
    adapter: str = ""


def parse(ref: str) -> Reference:
    """The parts of a reference; raises UnknownName or SourceError when it is none."""
    if "\0" in ref:
        raise SourceError(f"{ref!r} holds a NUL, as no name does", hint="write it without")
    scheme, colon, rest = ref.strip().partition(":")
    base, plus, adapter = ref.strip().partition("+")
    if (not colon or plus) and base.startswith(ZOO):
        name = _in_zoo(base.removeprefix(ZOO))
        return Reference("zoo", name, adapter=_adapter(ref, plus, adapter))
    if not colon or base in CATALOG:
        return Reference("catalog", _known(base), adapter=_adapter(ref, plus, adapter))
    if scheme not in SCHEMES:
        raise UnknownName("kind of model reference", scheme, SCHEMES)
    match scheme:
        case "hub":
            return _parse_hub(ref, rest)
        case "path":
            place, plus, adapter = _parted(rest)
            found = Reference("path", place, adapter=_adapter(ref, plus, adapter))
        case "api":
            return _parse_api(ref, rest)
        case "replay":
            place, _, detail = rest.rpartition("#") if "#" in rest else (rest, "", "")
            found = Reference("replay", place, detail)
        case _:
            found = Reference(cast("Scheme", scheme), rest)
    if not found.place:
        raise SourceError(f"{ref!r} names no file or folder", hint=f"write it as {scheme}:place")
    return found


def spec_of(ref: str) -> ModelSpec:
    """What a reference says of its model: the highest level it can give; nothing is loaded.

    An `api:` model may turn out to give only text when its server is asked. Raises UnknownName,
    SourceError, or LevelTooLow for an embedder.
    """
    parts = parse(ref)
    if adapted := adapter_of(ref):
        return _adapted_spec(ref, *adapted)
    match parts.scheme:
        case "catalog":
            return _catalog_spec(ref.strip())
        case "hub":
            source, revision = f"hub {parts.place}", parts.detail
            return ModelSpec(ref, "transformers", Level.INTERNALS, source, revision)
        case "zoo":
            files = zoo_folder(parts.place).glob("*.safetensors")
            size = sum(file.stat().st_size for file in files)
            return ModelSpec(
                ref, "transformers", Level.INTERNALS, ZOO_SOURCE, licence="Apache-2.0", bytes=size
            )
        case "path":
            folder = weights_folder(store.expanded(parts.place))
            size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
            return ModelSpec(ref, "transformers", Level.INTERNALS, f"folder {folder}", bytes=size)
        case "gguf":
            file = gguf_file(store.expanded(parts.place))
            size = file.stat().st_size
            return ModelSpec(ref, "llamacpp", Level.INTERNALS, f"file {file}", bytes=size)
        case "api":
            return ModelSpec(ref, "remote", Level.LOGPROBS, parts.place)
        case "replay":
            file = _existing_file(store.expanded(parts.place), "run file")
            return ModelSpec(ref, "replay", Level.TEXT, f"file {file}")


def adapter_of(ref: str) -> tuple[str, Path] | None:
    """The reference of the base, and the adapter's folder; None where there is no adapter.

    Raises SourceError where the adapter was trained for another base.
    """
    parts = parse(ref)
    if not parts.adapter:
        return None
    folder = adapters.adapter_folder(parts.adapter)
    base = ref.strip().removesuffix(f"+{parts.adapter}")
    if parts.scheme == "path":
        adapters.check_folder(ref, folder, weights_folder(store.expanded(parts.place)))
    else:
        name, hashes = base_identity(base)
        adapters.check_base(ref, folder, name, set(hashes.values()))
    return base, folder


def base_identity(base: str) -> tuple[str, Mapping[str, str]]:
    """How an adapter names this model, which is no folder, and the hashes its files may have."""
    parts = parse(base)
    if parts.scheme == "zoo":
        return base, store.origin_of(zoo_folder(parts.place)).get("sha256", {})
    if parts.scheme == "hub":
        return parts.place, {}
    entry = CATALOG[_catalog_spec(base).id]
    return entry.repo, entry.sha256


def adapted_refs() -> list[str]:
    """References of the known adapters on the known models; one that cannot be read is none."""
    bases = {entry.repo: entry.id for entry in CATALOG.values()}
    bases |= {f"{ZOO}{name}": f"{ZOO}{name}" for name in zoo_names()}
    refs = []
    for name in adapters.adapter_names():
        with suppress(SourceError):
            if base := bases.get(adapters.base_of(adapters.adapter_folder(name))):
                adapter_of(f"{base}+{name}")
                refs.append(f"{base}+{name}")
    return refs


def zoo_names() -> tuple[str, ...]:
    """Names of the zoo models that stand on this machine, made here or shipped."""
    places = [store.home() / "zoo", *_shipped()]
    found = {file.parent.name for place in places for file in place.glob("*/model.safetensors")}
    return tuple(sorted(name for name in found if not name.startswith(".")))


def zoo_folder(name: str) -> Path:
    """The folder of a zoo model: trained on this machine, else shipped; raises SourceError."""
    for place in (store.home() / "zoo", *_shipped()):
        if is_file(place / name / "model.safetensors"):
            return place / name
    raise SourceError(
        f"zoo/{name} was not trained on this machine", hint=f"run fusionlab zoo train {name}"
    )


def weights_folder(folder: Path) -> Path:
    """The same folder if it holds a config and safetensors; raises SourceError if not."""
    if not is_folder(folder):
        raise SourceError(f"there is no folder {folder}", hint="check the path after path:")
    if not any(folder.glob("*.safetensors")):
        raise SourceError(
            f"{folder} holds no *.safetensors",
            hint="weights must be safetensors or GGUF: pickled .bin and .pt files can run code",
        )
    if not (folder / "config.json").is_file():
        raise SourceError(
            f"{folder} has no config.json", hint="give the folder that save_pretrained wrote"
        )
    return folder


def gguf_file(file: Path) -> Path:
    """The same file if it is GGUF; raises SourceError if not."""
    _existing_file(file, "file")
    with file.open("rb") as stream:
        if stream.read(len(GGUF_MAGIC)) != GGUF_MAGIC:
            raise SourceError(f"{file} is no GGUF file", hint="a GGUF file begins with GGUF")
    return file


def _shipped() -> list[Path]:
    try:
        return [asset("zoo")]
    except FileNotFoundError:
        return []


def _in_zoo(name: str) -> str:
    recipes = {file.stem for place in _shipped() for file in place.glob("recipes/*.toml")}
    known = sorted(recipes | set(zoo_names()))
    if name not in known:
        raise UnknownName("zoo model", name, known)
    return name


def _known(name: str) -> str:
    if name in CATALOG or name in EMBEDDERS:
        return name
    error = UnknownName("model", name, [*CATALOG, *(ZOO + name for name in zoo_names())])
    if _REPO.fullmatch(name.partition("@")[0]):
        error.hint = f"for a model of the hub write hub:{name}; {error.hint}"
    raise error


def _parse_hub(ref: str, rest: str) -> Reference:
    model, plus, adapter = rest.partition("+")
    repo, at, revision = model.partition("@")
    if not _REPO.fullmatch(repo) or (at and not revision) or ".." in model:
        raise SourceError(f"{ref!r} names no model of the hub", hint="write hub:org/name@revision")
    return Reference("hub", repo, revision, _adapter(ref, plus, adapter))


def _parted(rest: str) -> tuple[str, str, str]:
    """A base's folder, a plus and an adapter; a folder that is there may have a + in its name."""
    pluses = [at for at, char in enumerate(rest) if char == "+"]
    for at in (len(rest), *reversed(pluses)):
        if is_folder(store.expanded(rest[:at])):
            return rest[:at], rest[at : at + 1], rest[at + 1 :]
    return rest, "", ""


def _parse_api(ref: str, rest: str) -> Reference:
    url, _, model = rest.partition("#")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SourceError(f"{ref!r} has no address", hint="write api:https://host/v1#model")
    if parts.username or parts.password:
        raise SourceError(
            f"the address of api:…#{model} has a password in it",
            hint="references end up in recordings and links: keep secrets out of them",
        )
    if secret := next(filter(_SECRET_FIELD.search, dict(parse_qsl(parts.query))), ""):
        raise SourceError(
            f"the address of api:…#{model} has a key in it, as {secret}",
            hint="references end up in recordings and links: set FUSIONLAB_API_KEYS instead",
        )
    return Reference("api", url, model)


def _catalog_spec(ref: str) -> ModelSpec:
    if ref in EMBEDDERS:
        raise LevelTooLow(
            f"{ref} turns sentences into vectors and does not answer",
            hint=f"members are language models, such as {next(iter(CATALOG))}",
        )
    entry = CATALOG[ref]
    return ModelSpec(
        ref,
        entry.engine,
        Level.INTERNALS,
        source=f"hub {entry.repo}",
        revision=entry.revision,
        licence=entry.licence,
        bytes=entry.bytes,
    )


def _adapted_spec(ref: str, base: str, folder: Path) -> ModelSpec:
    origin = store.origin_of(folder)
    return ModelSpec(
        ref.strip(),
        "transformers",
        Level.INTERNALS,
        source=origin.get("source", f"folder {folder}"),
        revision=origin.get("revision", ""),
        licence=spec_of(base).licence,
        bytes=(folder / adapters.WEIGHTS).stat().st_size,
        lineage=(base,),
    )


def _adapter(ref: str, plus: str, adapter: str) -> str:
    if plus and not adapter:
        raise SourceError(f"{ref!r} names no adapter", hint="write it after the +")
    return adapter


def _existing_file(file: Path, what: str) -> Path:
    if not is_file(file):
        raise SourceError(f"there is no {what} {file}", hint="check the path in the reference")
    return file
