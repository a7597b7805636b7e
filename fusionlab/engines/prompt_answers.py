"""What servers tell of a prompt's own tokens, in the forms of vLLM and of SGLang.

vLLM: `prompt_logprobs` of an OpenAI completion, one object a token, keyed by ids; of the token that
stands there, too, whatever its rank. SGLang: `input_token_logprobs` and `input_top_logprobs` of its
own /generate, as triples of log-probability, id and text. The first token follows nothing: null.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, FailFast, Field, FiniteFloat, StrictStr

from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_answers import GREATEST, LEAST, Count, Positive

Dialect = Literal["vllm", "sglang"]
Prompted = Sequence[int] | str
"""Tokens, or a text that the server is to turn into tokens."""
Logprob = Annotated[FiniteFloat, Field(strict=True, ge=LEAST, le=GREATEST)]
Id = Annotated[int, Field(ge=0, lt=2**31)]
"""A key in JSON, so that it is a string."""


@dataclass(frozen=True, slots=True)
class Place:
    """What was expected where one token of the prompt stands."""

    token: int | None
    """That stands there, where the server says so."""
    entries: tuple[tuple[int, float], ...]
    """Ids with log-probabilities, best first; none where the token follows nothing."""
    logprobs: Mapping[int, float]
    """Of all tokens that are told, the one that stands there among them."""


class Told(BaseModel):
    """One token at one place, as vLLM tells it."""

    logprob: Logprob
    rank: Positive | None = None


class Choice(BaseModel):
    """A completion."""

    prompt_logprobs: Annotated[list[dict[Id, Told] | None], Field(fail_fast=True)] | None = None


class Completion(BaseModel):
    """At /completions."""

    choices: Annotated[list[Choice], Field(min_length=1), FailFast()]


Triple = tuple[Logprob | None, Count, StrictStr | None]


class Meta(BaseModel):
    """What stands beside a text that SGLang generated."""

    input_token_logprobs: Annotated[list[Triple], Field(fail_fast=True)] | None = None
    input_top_logprobs: Annotated[list[list[Triple] | None], Field(fail_fast=True)] | None = None


class Generated(BaseModel):
    """At /generate."""

    meta_info: Meta


class Served(BaseModel):
    """One model of those at /models."""

    id: StrictStr
    root: StrictStr | None = None
    max_model_len: Positive | None = None


class AllServed(BaseModel):
    """At /models."""

    data: Annotated[list[Served], Field(min_length=1), FailFast()]


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of server is asked, and read."""

    path: str
    body: Callable[[str, Prompted, int], dict[str, Any]]
    """Of the model's name, the prompt and the number of entries."""
    places: Callable[[Endpoint, Any], list[Place] | None]
    """None where the answer tells nothing of the prompt; raises MemberError for a strange one."""


def _vllm_body(model: str, prompt: Prompted, n: int) -> dict[str, Any]:
    asked = prompt if isinstance(prompt, str) else list(prompt)
    # At temperature 1 processed log-probabilities are the raw ones.
    sampled = {"max_tokens": 1, "temperature": 1.0, "top_p": 1.0, "stream": False}
    return {"model": model, "prompt": asked, "prompt_logprobs": n, **sampled}


def _vllm_places(endpoint: Endpoint, answer: Any) -> list[Place] | None:
    told = endpoint.checked(Completion, answer).choices[0].prompt_logprobs
    return None if told is None else [_vllm_place(each or {}) for each in told]


def _vllm_place(told: Mapping[int, Told]) -> Place:
    # Ranks say which of equally probable ones came first.
    ranked = sorted(told.items(), key=lambda each: (-each[1].logprob, each[1].rank or 0))
    entries = tuple((token, each.logprob) for token, each in ranked)
    return Place(None, entries, dict(entries))


def _sglang_body(model: str, prompt: Prompted, n: int) -> dict[str, Any]:  # noqa: ARG001  one model a server
    asked = {"text": prompt} if isinstance(prompt, str) else {"input_ids": list(prompt)}
    told = {"return_logprob": True, "logprob_start_len": 0, "top_logprobs_num": n}
    sampled = {"max_new_tokens": 1, "temperature": 1.0, "top_p": 1.0}
    return {**asked, **told, "sampling_params": sampled, "stream": False}


def _sglang_places(endpoint: Endpoint, answer: Any) -> list[Place] | None:
    meta = endpoint.checked(Generated, answer).meta_info
    own, best = meta.input_token_logprobs, meta.input_top_logprobs
    if own is None or best is None:
        return None
    if len(own) != len(best):
        raise endpoint.strange(answer)
    places = []
    for (logprob, token, _), top in zip(own, best, strict=True):
        entries = tuple((id_, said) for said, id_, _ in top or () if said is not None)
        known = {} if logprob is None else {token: logprob}
        places.append(Place(token, entries, {**dict(entries), **known}))
    return places


FORMS: Mapping[Dialect, Form] = {
    "vllm": Form("/completions", _vllm_body, _vllm_places),
    "sglang": Form("/generate", _sglang_body, _sglang_places),
}
"""In the order in which a server is tried."""
