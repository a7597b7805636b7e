"""The engines: which form of a model each takes, how open it makes the model, how it loads it.

The first engine that suffices is taken: one that takes a form in which the model comes, and gives
at least the level that a method needs. Quantised weights come first: they are faster on a CPU. An
engine that is named is taken instead, where it suffices; one that the model has to be made ready
for is taken only then, or where it stands ready.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.errors import FusionError, LevelTooLow, SourceError, UnknownName
from fusionlab.models.base import LanguageModel, Level, ModelSpec
from fusionlab.sources import store
from fusionlab.sources.references import adapter_of, folder_here, forms_of
from fusionlab.sources.scheme import Form, News, Where

ADAPTS = "transformers"
"""The engine that takes adapters."""
Loader = Callable[..., LanguageModel]
"""Called with what the form's `Where` holds, the loaded base if there is one, and the spec."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to compute a model."""

    name: str
    form: Form
    gives: Level
    load: Loader
    files: Callable[[Path], Iterable[Path]] | None = None
    """Those that a model is read from; None where it lies elsewhere."""
    weighs: bool = True
    """Whether these files are what the model takes in memory."""
    known: Callable[[Path], dict[str, Any]] = lambda _: {}
    """What of a model's spec is known better once it is on this machine."""
    made: Callable[[Path, str], Generator[News, None, Where]] | None = None
    """Makes the folder of the model with this id ready for the engine, where it has to be."""
    ready: Callable[[Path, str], Generator[News, None, Where | None]] | None = None
    """Where it stands ready; None where another engine has to do."""


def engines_for(ref: str, level: Level, name: str = "") -> Iterator[Engine]:
    """The engines that suffice, best first; with a name only that one."""
    forms = forms_of(ref)
    return (
        engine
        for engine in ENGINES
        if engine.form in forms
        and engine.gives >= level
        and (engine.name == name if name else engine.made is None)
    )


def engines_of(ref: str) -> Iterator[Engine]:
    """All engines that can compute the model; raises UnknownName or SourceError."""
    forms, adapted = forms_of(ref), adapter_of(ref) is not None
    return (
        engine
        for engine in ENGINES
        if engine.form in forms and (engine.name == ADAPTS or not adapted)
    )


def offered(ref: str) -> Iterator[Engine]:
    """Those of them that are known to take the model, or may as far as it is on this machine."""
    return (engine for engine in engines_of(ref) if engine.made is None or _may_export(ref))


def _may_export(ref: str) -> bool:
    from fusionlab.engines.onnx_export import is_known

    try:
        return is_known(folder_here(ref))
    except FusionError:  # it is not here yet
        return True


def check_engine(ref: str, level: Level, name: str) -> None:
    """The engine of this name exists, takes the model and suffices; an empty name is any.

    Raises UnknownName, SourceError or LevelTooLow.
    """
    if not name:
        return
    engine = next((each for each in ENGINES if each.name == name), None)
    if engine is None:
        raise UnknownName("kind-engine", name, [each.name for each in ENGINES])
    if name != ADAPTS and adapter_of(ref):
        raise SourceError("engine-no-adapters", name=ref, engine=name)
    others = [each.name for each in engines_of(ref)]
    if name not in others:
        raise SourceError("engine-other-form", ref=ref, engine=name, engines=others)
    if engine.gives < level:
        given, needed = engine.gives.named, level.named
        raise LevelTooLow("engine-too-low", ref=ref, engine=name, gives=given, needed=needed)


def faster(
    engine: Engine, where: Where, level: Level, name: str
) -> Generator[News, None, tuple[Engine, Where]]:
    """An engine that suffices and stands ready for the model of this id, or else the same one."""
    if level == Level.LOGITS and engine.form == "folder":
        for other in ENGINES:
            if other.ready and other.gives >= level:
                found = yield from other.ready(Path(where[0]), name)
                if found is not None:
                    return other, found
    return engine, where


def load_adapted(folder: Path, base: LanguageModel, spec: ModelSpec) -> LanguageModel:
    """The adapter in the folder over its loaded base; raises SourceError."""
    from fusionlab.engines.transformers import TransformersModel, load_adapted

    if not isinstance(base, TransformersModel):
        raise SourceError("engine-no-adapters", name=base.spec.id, engine=base.spec.engine)
    return load_adapted(folder, base, spec)


def _load_transformers(folder: Path, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.transformers import load

    return load(folder, spec)


def _load_onnx(export: Path, folder: str, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.onnx import load

    return load(export, folder, spec)


def _export(folder: Path, name: str) -> Generator[News, None, Where]:
    from fusionlab.engines.onnx_export import exported

    return (yield from exported(folder, name)), str(folder)


def _exported(folder: Path, name: str) -> Generator[News, None, Where | None]:
    from fusionlab.engines.onnx_aside import standing

    export = yield from standing(folder, name)
    return None if export is None else (export, str(folder))


def _load_llamacpp(gguf: Path, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.llamacpp import load

    return load(gguf, spec)


def _load_remote(url: str, model: str, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.remote import load

    return load(url, model, spec)


def _load_led(url: str, model: str, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.led import load

    return load(url, model, spec)


def _load_replay(file: Path, member: str, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.replay import load

    return load(file, member, spec)


def _itself(file: Path) -> Iterable[Path]:
    return [file]


def _safetensors(folder: Path) -> Iterable[Path]:
    return folder.glob("*.safetensors")


def _onnx(export: Path) -> Iterable[Path]:
    return export.glob("*.onnx*")


def _of_the_file(gguf: Path) -> dict[str, Any]:
    return {"source": gguf.name, "revision": ""}


def _of_the_origin(folder: Path) -> dict[str, Any]:
    origin = store.origin_of(folder)
    return {key: origin[key] for key in ("source", "revision") if key in origin}


ENGINES = (
    Engine("llamacpp", "gguf", Level.LOGPROBS, _load_llamacpp, _itself, known=_of_the_file),
    Engine(
        *("transformers", "folder", Level.INTERNALS, _load_transformers),
        *(_safetensors, True, _of_the_origin),
    ),
    Engine(
        *("onnx", "folder", Level.LOGITS, _load_onnx, _onnx, True, _of_the_origin),
        *(_export, _exported),
    ),
    Engine("remote", "server", Level.TEXT, _load_remote),
    Engine("led", "server", Level.LOGPROBS, _load_led),
    Engine("replay", "recording", Level.TEXT, _load_replay, _itself, weighs=False),
)
