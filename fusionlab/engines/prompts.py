"""A model elsewhere that tells what it expects of a given prompt, with its tokenizer here.

vLLM and SGLang tell log-probabilities of a prompt's own tokens by ids, and no vocabulary as bytes:
so the tokenizer of the served model stands beside it here. That it is the same one is seen where
both read a text: the same tokens, each of which the server tells among those it expects.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from math import exp
from typing import Any

from fusionlab.engines.endpoint import LONGEST_BODY, Endpoint, Refused
from fusionlab.engines.prompt_answers import (
    FORMS,
    AllServed,
    Dialect,
    Place,
    Prompted,
    Served,
)
from fusionlab.engines.remote import RemoteModel, root_of
from fusionlab.errors import MemberError, PromptTooLong
from fusionlab.models.base import Level
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.words import Sentence, Value

TRIED = "The 12 quick dogs, 3.5 more: naïve café!\n  你好，世界 👋\tdef f(x):"
"""Read by both tokenizers: words, numbers, blanks, and characters of several bytes."""
BYTES_PER_ENTRY = 256
"""Of the JSON that tells one; about 100 as a rule."""
EXACT = 1e-2
"""By how much probabilities may be off."""
MORE = 2
"""Tokens that are asked for besides those of a text: one after its last, and one that is drawn."""
UNTOLD = (400, 404, 405, 422, 500, 501)
"""What a server may answer that does not know what it is asked for."""

Expected = tuple[tuple[tuple[int, float], ...], float]
"""The most probable next tokens, best first, and the log-probability of the one that came."""


class PromptModel:
    """A model whose server tells what it expects of prompts."""

    def __init__(
        self,
        model: RemoteModel,
        endpoint: Endpoint,
        dialect: Dialect,
        served: Served,
        tokenizer: Any,
        vocabulary: Vocabulary,
    ) -> None:
        self.spec = replace(model.spec, level=Level.LOGPROBS)
        self.endpoint = endpoint
        self.dialect = dialect
        self.served = served
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary

    @property
    def context(self) -> int | None:
        """The tokens of a text that it tells of, at most; None where the server does not say."""
        longest = self.served.max_model_len
        return None if longest is None else longest - MORE

    def expected(self, ids: Sequence[int], n: int) -> list[Expected]:
        """Of each token what the model expects after it: the n best, and what came (last: NaN).

        Asked in one request. Raises PromptTooLong where the model reads fewer tokens, and
        MemberError where the server fails, tells fewer entries, or of other tokens.
        """
        if self.context is not None and len(ids) > self.context:
            raise PromptTooLong(
                "context-exceeded",
                name=self.spec.id,
                context=self.context + MORE,
                prompt=len(ids),
                answer=MORE,
            )
        # One more token is given, so that the place after the last is told of as all others are.
        given = [*ids, ids[-1]]
        places = _places(self.endpoint, self.dialect, self.served.id, given, n)
        if places is None:
            said = Sentence("said-nothing")
            raise MemberError("prompt-untold", name=self.endpoint.name, said=said)
        self.check(places, given, n)
        told = [
            (place.entries[:n], place.logprobs[token]) for place, token in _after(places, given)
        ]
        told[-1] = told[-1][0], float("nan")
        return told

    def check(self, places: Sequence[Place], ids: Sequence[int], n: int) -> None:
        """The places are those of these tokens, with n entries each; raises MemberError."""
        name, known = self.endpoint.name, len(self.vocabulary.pieces)
        if len(places) != len(ids):
            values = {"there": len(places), "here": len(ids)}
            raise MemberError("prompt-other-count", name=name, **values)
        for place, token in _after(places, ids):
            strange = any(each >= known for each, _ in place.entries[:n])
            if strange or token not in place.logprobs or place.token not in (None, token):
                raise MemberError("prompt-other-tokenizer", name=name)
            if len(place.entries) < min(n, known):
                values = {"given": len(place.entries), "asked": min(n, known)}
                raise MemberError("prompt-fewer", name=name, **values)
            if not _is_exact(place, token, n):
                raise MemberError("distil-not-exact", name=name)

    def close(self) -> None:
        """No connection is open."""
        self.endpoint.close()


def prompted(model: RemoteModel, tokenizer: Any, vocabulary: Vocabulary, n_top: int) -> PromptModel:
    """The model as one that tells what it expects, with n_top entries; it is tried on a text.

    Raises MemberError where its server tells nothing of prompts, fewer entries, or reads the text
    in other tokens than this tokenizer.
    """
    served = _served(model)
    ids = list(tokenizer(TRIED, add_special_tokens=True)["input_ids"])
    n = min(n_top, len(vocabulary.pieces))
    refusals: list[str] = []
    for dialect in FORMS:
        with contextlib.ExitStack() as opened:
            endpoint = _endpoint(model, dialect)
            opened.callback(endpoint.close)
            places = _tried(endpoint, dialect, served.id, n, refusals)
            if places is not None:
                found = PromptModel(model, endpoint, dialect, served, tokenizer, vocabulary)
                found.check(places, ids, n)
                opened.pop_all()
                return found
    said = refusals[0] if refusals else Sentence("said-nothing")
    raise MemberError("prompt-untold", name=model.endpoint.name, said=said)


def _endpoint(model: RemoteModel, dialect: Dialect) -> Endpoint:
    """Where a server of this kind is asked: SGLang's own paths stand beside /v1."""
    if dialect == "vllm":
        return replace(model.endpoint)
    root = root_of(model.endpoint.url)
    return replace(model.endpoint, name=root, url=root)


def _tried(
    endpoint: Endpoint, dialect: Dialect, model: str, n: int, refusals: list[str]
) -> list[Place] | None:
    """What the server tells of the text that both read; None where it knows nothing of prompts.

    What it refuses with is added to the refusals. Raises MemberError, with what to do, where it
    refuses so many entries and would tell one.
    """
    try:
        return _places(endpoint, dialect, model, TRIED, n)
    except Refused as refused:
        if refused.status not in UNTOLD:
            raise
        refusals.append(endpoint.said(refused.text))
    except MemberError as error:
        if error.sentence.key != "server-strange":
            raise
        return None
    with contextlib.suppress(Refused):
        if n > 1 and _places(endpoint, dialect, model, TRIED, 1):
            values: dict[str, Value] = {"asked": n, "said": refusals[-1]}
            raise MemberError("prompt-refuses-so-many", name=endpoint.name, **values)
    return None


def _places(
    endpoint: Endpoint, dialect: Dialect, model: str, prompt: Prompted, n: int
) -> list[Place] | None:
    form = FORMS[dialect]
    entries = (len(prompt) + 1) * (n + 1)
    answer = endpoint.post(
        form.path, form.body(model, prompt, n), LONGEST_BODY + BYTES_PER_ENTRY * entries
    )
    return form.places(endpoint, answer)


def _after(places: Sequence[Place], ids: Sequence[int]) -> list[tuple[Place, int]]:
    """The places that follow some other, with the tokens that stand there."""
    return list(zip(places, ids, strict=True))[1:]


def _is_exact(place: Place, token: int, n: int) -> bool:
    """Whether its numbers can be log-probabilities of one distribution."""
    said = dict(place.entries).get(token, place.logprobs[token])
    mass = sum(exp(logprob) for _, logprob in place.entries[:n])
    return mass < 1 + EXACT and abs(said - place.logprobs[token]) < EXACT


def _served(model: RemoteModel) -> Served:
    """What the server says of the model: of the one that is named, or of its only one."""
    try:
        listed = model.endpoint.checked(AllServed, model.endpoint.get("/models")).data
    except Refused:
        return Served(id=model.model)
    named = (each for each in listed if each.id == model.model)
    return next(named, listed[0] if not model.model else Served(id=model.model))
