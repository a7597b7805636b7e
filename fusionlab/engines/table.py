"""The engines: which form of a model each takes, how open it makes the model, how it loads it.

The first engine that suffices is taken: one that takes a form in which the model comes, and gives
at least the level that a method needs. Quantised weights come first: they are faster on a CPU.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.models.base import LanguageModel, Level, ModelSpec
from fusionlab.sources import store
from fusionlab.sources.references import forms_of
from fusionlab.sources.scheme import Form

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


def engines_for(ref: str, level: Level) -> Iterator[Engine]:
    """The engines that suffice, best first."""
    forms = forms_of(ref)
    return (engine for engine in ENGINES if engine.form in forms and engine.gives >= level)


def load_adapted(folder: Path, base: LanguageModel, spec: ModelSpec) -> LanguageModel:
    """The adapter in the folder over its loaded base; raises SourceError."""
    from fusionlab.engines.transformers import TransformersModel, load_adapted

    if not isinstance(base, TransformersModel):
        raise SourceError("engine-no-adapters", name=base.spec.id, engine=base.spec.engine)
    return load_adapted(folder, base, spec)


def _load_transformers(folder: Path, spec: ModelSpec) -> LanguageModel:
    from fusionlab.engines.transformers import load

    return load(folder, spec)


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
    Engine("remote", "server", Level.TEXT, _load_remote),
    Engine("led", "server", Level.LOGPROBS, _load_led),
    Engine("replay", "recording", Level.TEXT, _load_replay, _itself, weighs=False),
)
