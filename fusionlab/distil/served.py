"""What a llama.cpp server says of its model, and its tokenizer as documents are read with it.

Nothing that a server says of its model can be verified from elsewhere: it is taken at its word.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, FailFast, Field, JsonValue, StrictStr

from fusionlab.engines.llama_answers import Templated
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.prompts import PromptModel
from fusionlab.errors import MemberError
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.tokens.spelling import fingerprint

EXACT = 1e-2
"""By how much probabilities may be off: those of all tokens together, and one that is asked for."""
LASTING = ("vocab_type", "n_vocab", "n_ctx_train", "n_embd", "n_params", "size")
"""What is the same whenever and however the model is served."""


class Props(BaseModel):
    """At /props."""

    model_path: StrictStr = ""
    chat_template: StrictStr = ""
    eos_token: StrictStr = ""


class Model(BaseModel):
    """One model of those at /v1/models."""

    id: StrictStr = ""
    meta: Mapping[str, JsonValue] = {}


class Models(BaseModel):
    """At /v1/models."""

    data: Annotated[list[Model], Field(min_length=1), FailFast()]


KEPT = 8
"""Vocabularies that are kept, at most."""
_READ: dict[str, Vocabulary] = {}
"""Vocabularies that were read, by what their servers said of their models."""


def identity(model: LlamaCppModel | PromptModel) -> str:
    """A hash of what the server says of its model just now, and of its vocabulary.

    vLLM and SGLang say little more than a name, so that their address counts, too.
    """
    said = (
        f"{model.dialect} {model.endpoint.url} {model.served.model_dump_json()}"
        if isinstance(model, PromptModel)
        else _described(model)
    )
    told = f"{said} {fingerprint(model.vocabulary)}"
    return hashlib.sha256(told.encode()).hexdigest()


def check_exact(model: LlamaCppModel, name: str) -> None:
    """The server tells exact log-probabilities, those of any token; raises MemberError.

    Its vocabulary is read once, as long as it says the same of its model.
    """
    described = f"{model.endpoint.url} {_described(model)}"
    if described in _READ:
        model.vocabulary = _READ[described]
        return
    size = len(model.vocabulary.pieces)
    start = [model.facts.filler]
    second = model.candidates(start, 2)[-1]
    _, again = model.expected(start, second.id, 1)
    exact = abs(model.mass - 1) < EXACT and abs(again - second.logprob) < EXACT
    if size != model.facts.vocabulary or not exact:
        raise MemberError("distil-not-exact", name=name)
    if len(_READ) >= KEPT:
        _READ.clear()
    _READ[described] = model.vocabulary


def _described(model: LlamaCppModel) -> str:
    endpoint = model.endpoint
    props = endpoint.checked(Props, endpoint.get("/props"))
    first = endpoint.checked(Models, endpoint.get("/v1/models")).data[0]
    meta = {name: first.meta.get(name) for name in LASTING}
    return json.dumps([props.model_dump(), first.id, meta], sort_keys=True)


class ServedTokenizer:
    """The server's tokenizer as far as a `Writer` asks it, by the names that transformers uses."""

    chat_template = "the server's own"
    unk_token_id = None

    def __init__(self, model: LlamaCppModel) -> None:
        self._model = model

    def __call__(self, text: str, *, add_special_tokens: bool, **_: bool) -> dict[str, list[int]]:
        """The ids of the text, in which marks are marks."""
        return {"input_ids": self._model.tokenized(text, marks=True, begins=add_special_tokens)}

    def apply_chat_template(
        self, turns: Sequence[Mapping[str, str]], *, add_generation_prompt: bool, **_: bool
    ) -> str:
        """The conversation, ready for the answer, or up to the end of the one it holds."""
        if add_generation_prompt:
            return self._written(turns)
        return self._written(turns[:-1]) + turns[-1]["content"] + self._spelled(self.eos_token_id)

    @cached_property
    def eos_token_id(self) -> int | None:
        """What ends an answer."""
        endpoint, vocabulary = self._model.endpoint, self._model.vocabulary
        said = endpoint.checked(Props, endpoint.get("/props")).eos_token.encode()
        ends = sorted(vocabulary.ends)
        named = (token for token in ends if vocabulary.pieces[token] == said)
        return next(named, ends[0] if ends else None)

    @cached_property
    def bos_token_id(self) -> int | None:
        """What the server puts before a text."""
        return next(iter(self._model.tokenized("", marks=True, begins=True)), None)

    @cached_property
    def all_special_ids(self) -> frozenset[int]:
        """Ids of control tokens."""
        vocabulary = self._model.vocabulary
        return vocabulary.special | vocabulary.ends

    def _written(self, turns: Sequence[Mapping[str, str]]) -> str:
        endpoint = self._model.endpoint
        answer = endpoint.post("/apply-template", {"messages": [dict(turn) for turn in turns]})
        text = endpoint.checked(Templated, answer).prompt
        # The server takes the mark of a text's beginning away, since it adds one when it reads.
        begin = self._spelled(self.bos_token_id)
        return text if text.startswith(begin) else begin + text

    def _spelled(self, token: int | None) -> str:
        return (
            "" if token is None else self._model.vocabulary.pieces[token].decode("utf-8", "replace")
        )
