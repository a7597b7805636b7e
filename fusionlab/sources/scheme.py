"""What a scheme is: one way to say which model is meant, and how it gets to this machine.

A model comes in one or more forms: a folder of safetensors, a GGUF file, a server, a recorded run.
An engine takes one of them; see `fusionlab.engines.table`.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models.base import ModelSpec
from fusionlab.reading import is_file
from fusionlab.sources.adapters import Base

News = Progress | Warned
Form = Literal["gguf", "folder", "server", "recording"]
Where = tuple[Path | str, ...]
"""What an engine needs to find a model in one form: a path, or an address and a name."""
Fetch = Callable[[], Generator[News, None, Where]]
"""Makes sure that one form is on this machine; raises SourceError."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in its parts; `detail` is the revision, or the model or member after `#`."""

    scheme: str
    place: str
    detail: str = ""
    adapter: str = ""


def no_files(parts: Reference) -> Iterable[Path]:  # noqa: ARG001  it stands for the others
    """None: the reference itself says which weights are meant."""
    return ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """How references of one kind are read, and what they stand for."""

    read: Callable[[str, str], Reference]
    """The parts of a whole reference, of which the second argument follows the scheme's prefix."""
    spec: Callable[[str, Reference], ModelSpec]
    """What is known of the model without loading it; the first argument is the whole reference."""
    forms: Callable[[Reference], Mapping[Form, Fetch]]
    """How it comes; the forms of a model with an adapter are those of its base."""
    files: Callable[[Reference], Iterable[Path]] = no_files
    """Whose contents say which weights these are, where the reference and revision do not."""
    base: Callable[[Reference], Base] | None = None
    """How adapters name this model; None where it takes none."""
    here: Callable[[Reference], Path | None] | None = None
    """The model's folder as far as it is on this machine, whole or not: nothing is read, fetched or
    unpacked for it. None where the model never comes as a folder."""
    adapted: Callable[[Reference], tuple[str, Path] | None] | None = None
    """Where the place itself is an adapter: the reference of its base, and the adapter's folder."""


def named_adapter(ref: str, plus: str, adapter: str) -> str:
    """What follows the plus; raises SourceError where that is nothing."""
    if plus and not adapter:
        raise SourceError("reference-no-adapter", ref=ref)
    return adapter


def named_place(ref: str, place: str) -> str:
    """The file or folder that the reference names; raises SourceError where it names none."""
    if not place:
        scheme = ref.strip().partition(":")[0]
        raise SourceError("reference-no-place", ref=ref, scheme=scheme)
    return place


def existing_file(file: Path, missing: str = "reference-no-file") -> Path:
    """The same file; raises the SourceError with the key `missing` where it does not exist."""
    if not is_file(file):
        raise SourceError(missing, file=str(file))
    return file
