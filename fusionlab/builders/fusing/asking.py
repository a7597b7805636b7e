"""A source that is asked what it expects: a GGUF file in llama.cpp, or a server elsewhere.

llama.cpp tells its vocabulary; beside a vLLM or SGLang server stands the tokenizer of its model.

Its weights are not read. It needs a tokenizer, a vocabulary, a fingerprint, and to answer.
"""

import hashlib
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from fusionlab.distil.observed import N_TOP
from fusionlab.distil.served import check_exact, identity
from fusionlab.engines import remote
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.memory import default_pool
from fusionlab.engines.prompts import PromptModel, prompted
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.errors import LevelTooLow, RecipeError
from fusionlab.events import Progress
from fusionlab.models.base import Level
from fusionlab.sources import store
from fusionlab.sources.references import files_of, spec_of
from fusionlab.sources.scheme import News
from fusionlab.sources.schemes import parse
from fusionlab.sources.tokenizers import opened_tokenizer, tokenizer_folder, told_ends
from fusionlab.weights.papers import short


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A source that tells log-probabilities."""

    ref: str
    licence: str
    """Empty where it is not known."""
    model: LlamaCppModel | PromptModel
    file: Path | None
    """That llama.cpp reads here; None where a server elsewhere holds the model."""

    @property
    def bytes(self) -> int:
        """What it takes in memory here."""
        return self.model.spec.bytes if self.file else 0

    @property
    def reads_here(self) -> bool:
        """Whether its tokenizer is on this machine, so that nobody is asked how it reads."""
        return isinstance(self.model, PromptModel)


def asked(
    ref: str, opened: ExitStack, tokenizer: str = "", n_top: int = N_TOP
) -> Generator[News, None, Asked]:
    """The source of this reference, which answers until `opened` is closed, with n_top entries.

    `tokenizer` names the model whose tokenizer a vLLM or SGLang server has; it is fetched if need
    be. A server that does not say within seconds what it is is given up. Raises LevelTooLow where
    it gives text only, MemberError where nothing answers there or its log-probabilities are not
    exact, RecipeError for a tokenizer beside a model that has its own, and SourceError.
    """
    parts, spec = parse(ref), spec_of(ref)
    if parts.scheme == "api":
        model = remote.load(parts.place, parts.detail, spec)
        opened.callback(model.close)
    else:
        loan = opened.enter_context(default_pool().borrow())
        model = yield from loan.load(ref, Level.LOGPROBS)
    if tokenizer and isinstance(model, remote.RemoteModel):
        there = yield from _prompted(model, tokenizer, n_top)
        opened.callback(there.close)
        return Asked(ref, spec.licence, there, None)
    if tokenizer:
        raise RecipeError("distil-tokenizer-unused", name=short(ref))
    if not isinstance(model, LlamaCppModel):
        raise LevelTooLow("distil-text-only", name=short(ref))
    file = next(iter(files_of(ref)), None)
    if file is None:
        check_exact(model, short(ref))
    return Asked(ref, spec.licence, model, file)


def _prompted(
    model: remote.RemoteModel, tokenizer: str, n_top: int
) -> Generator[News, None, PromptModel]:
    """The model with the tokenizer of this reference; raises MemberError or SourceError."""
    folder = yield from tokenizer_folder(tokenizer)
    own = opened_tokenizer(folder)
    return prompted(model, own, vocabulary_of(own, *told_ends(folder)), n_top)


def fingerprint(source: Asked) -> Generator[Progress, None, str]:
    """A hash of all that decides what it says; of a server what it says of its model."""
    if source.file is None:
        return identity(source.model)
    sha256 = yield from store.hash_of(source.file)
    return hashlib.sha256(f"llama.cpp {sha256}".encode()).hexdigest()
