"""A source that is asked what it expects: a GGUF file in llama.cpp, or a server elsewhere.

Its weights are not read. It needs a tokenizer, a vocabulary, a fingerprint, and to answer.
"""

import hashlib
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fusionlab.distil.served import check_exact, identity
from fusionlab.engines import remote
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.memory import default_pool
from fusionlab.errors import LevelTooLow
from fusionlab.events import Progress
from fusionlab.models.base import Level
from fusionlab.sources import store
from fusionlab.sources.references import files_of, spec_of
from fusionlab.sources.scheme import News
from fusionlab.sources.schemes import parse
from fusionlab.weights.papers import short


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A source that tells log-probabilities."""

    ref: str
    licence: str
    """Empty where it is not known."""
    model: LlamaCppModel
    file: Path | None
    """That llama.cpp reads here; None where a server elsewhere holds the model."""

    @property
    def bytes(self) -> int:
        """What it takes in memory here."""
        return self.model.spec.bytes if self.file else 0


def asked(ref: str, opened: ExitStack) -> Generator[News, None, Asked]:
    """The source of this reference, which answers until `opened` is closed.

    A server that does not say within seconds what it is is given up. Raises LevelTooLow where it
    gives text only, MemberError where nothing answers there or its log-probabilities are not exact,
    and SourceError.
    """
    parts, spec = parse(ref), spec_of(ref)
    if parts.scheme == "api":
        model = remote.load(parts.place, parts.detail, spec)
        opened.callback(model.close)
    else:
        loan = opened.enter_context(default_pool().borrow())
        model = yield from loan.load(ref, Level.LOGPROBS)
    if not isinstance(model, LlamaCppModel):
        raise LevelTooLow("distil-text-only", name=short(ref))
    file = next(iter(files_of(ref)), None)
    if file is None:
        check_exact(model, short(ref))
    return Asked(ref, spec.licence, model, file)


def fingerprint(source: Asked) -> Generator[Progress, None, str]:
    """A hash of all that decides what it says; of a server what it says of its model."""
    if source.file is None:
        return identity(source.model)
    sha256 = yield from store.hash_of(source.file)
    return hashlib.sha256(f"llama.cpp {sha256}".encode()).hexdigest()
