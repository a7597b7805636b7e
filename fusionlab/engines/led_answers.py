"""What servers of OpenAI's form tell of the tokens that they write, as bytes.

A chat completion has `logprobs.content`, one object a token, with `top_logprobs` of its place and
`bytes`, which vLLM makes of the text. A plain completion has `logprobs.top_logprobs`, one object a
token, keyed by text, in which OpenAI spells what is no text as `bytes:\\xe4`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, FailFast, Field, StrictStr

from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_answers import LONGEST_TOKEN, Byte, Count
from fusionlab.engines.prompt_answers import Dialect, Logprob
from fusionlab.models.base import Message

ENDS = frozenset(
    {"</s>", "<eos>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>"}
    | {"<|im_end|>", "<|return|>", "<end_of_turn>", "<|end_of_turn|>", "<|eot|>", "[EOS]"}
    | {"<｜end▁of▁sentence｜>", "<|endofassistant|>", "<|user|>", "<|observation|>"}
)
"""How tokens that end an answer are written: servers tell them as text like any other."""
_SPELLED = re.compile(r"bytes:((?:\\x[0-9a-fA-F]{2})+)")
_BROKEN = "\ufffd"
ID_MARK = "token_id:"
"""Before the id of a token, where vLLM was asked for ids."""


@dataclass(frozen=True, slots=True)
class LedPlace:
    """What was told where one token was written."""

    drawn: bytes | None
    """The token; None where its bytes are not told."""
    top: tuple[tuple[bytes, float], ...]
    """The most probable ones, best first, up to the first whose bytes are not told."""
    ids: dict[int, float]
    """Log-probabilities by id, where the server tells ids."""


@dataclass(frozen=True, slots=True)
class LedTold:
    """What one answer tells."""

    places: list[LedPlace] | None
    """None where no log-probabilities are told."""
    read: int = 0
    """The prompt's tokens; 0 where that is not told."""
    ids: tuple[int, ...] = ()
    """The prompt's tokens themselves, where the server tells them."""


class TopToken(BaseModel):
    """One token with its log-probability, in a chat completion."""

    token: Annotated[StrictStr, Field(max_length=LONGEST_TOKEN)]
    logprob: Logprob
    bytes: Annotated[list[Byte] | None, Field(max_length=LONGEST_TOKEN, fail_fast=True)] = None


class ChatPlace(TopToken):
    """The token that was written at one place, and the most probable ones there."""

    top_logprobs: Annotated[list[TopToken], FailFast()] = []


class ChatLogprobs(BaseModel):
    """Of one answer."""

    content: Annotated[list[ChatPlace] | None, Field(fail_fast=True)] = None


class ChatChoice(BaseModel):
    """An answer."""

    logprobs: ChatLogprobs | None = None
    prompt_token_ids: Annotated[list[Count] | None, Field(fail_fast=True)] = None


class Spent(BaseModel):
    """What an answer cost."""

    prompt_tokens: Count = 0


class Chat(BaseModel):
    """At /chat/completions."""

    choices: Annotated[list[ChatChoice], Field(min_length=1), FailFast()]
    usage: Spent | None = None


class TextLogprobs(BaseModel):
    """Of one plain completion."""

    tokens: Annotated[list[StrictStr], FailFast()] = []
    top_logprobs: Annotated[list[dict[str, Logprob] | None] | None, Field(fail_fast=True)] = None


class TextChoice(BaseModel):
    """A plain completion."""

    logprobs: TextLogprobs | None = None


class Text(BaseModel):
    """At /completions."""

    choices: Annotated[list[TextChoice], Field(min_length=1), FailFast()]
    usage: Spent | None = None


class Owned(BaseModel):
    """One model of those at /models."""

    id: StrictStr
    owned_by: StrictStr = ""


class AllOwned(BaseModel):
    """At /models."""

    data: Annotated[list[Owned], FailFast()] = []


@dataclass(frozen=True, slots=True)
class LedForm:
    """How one kind of server is asked to go on from a text, and read."""

    path: str
    body: Callable[[Sequence[Message], str, int], dict[str, Any]]
    """Of the conversation, what was said of the answer, and the number of alternatives."""
    told: Callable[[Endpoint, Any], LedTold]
    """Raises MemberError for a strange answer."""
    most: int
    """Alternatives that such servers tell at most."""
    scores: Dialect | None = None
    """How exact scores of tokens are asked for by id; see `fusionlab.engines.led_scores`."""


def spelled(text: str, told: Sequence[int] | None = None) -> bytes | None:
    """The bytes of a token that is told as text: none of one that ends, None where not known."""
    if text in ENDS:
        return b""
    if found := _SPELLED.fullmatch(text):
        return bytes.fromhex(found[1].replace("\\x", ""))
    if _BROKEN in text:
        # OpenAI tells the true bytes beside it; vLLM those of the sign for "no character".
        own = bytes(told or b"")
        return own if own and _BROKEN.encode() not in own else None
    return bytes(told) if told else text.encode(errors="surrogatepass")


def _chat_body(turns: Sequence[Message], said: str, n: int) -> dict[str, Any]:
    messages = [{"role": turn.role, "content": turn.content} for turn in turns]
    body: dict[str, Any] = {"messages": messages, "logprobs": True, "top_logprobs": n}
    if not said:
        return body
    begun = [*messages, {"role": "assistant", "content": said}]
    more = {"continue_final_message": True, "add_generation_prompt": False}
    return {**body, "messages": begun, **more}


def _sglang_body(turns: Sequence[Message], said: str, n: int) -> dict[str, Any]:
    return _chat_body(turns, said, n) | {"return_prompt_token_ids": True}


def _chat_told(endpoint: Endpoint, answer: Any) -> LedTold:
    told = endpoint.checked(Chat, answer)
    read = told.usage.prompt_tokens if told.usage else 0
    logprobs = told.choices[0].logprobs
    if logprobs is None or logprobs.content is None:
        return LedTold(None, read)
    places = []
    for each in logprobs.content:
        ids = {_id(one.token): one.logprob for one in (each, *each.top_logprobs)}
        ids.pop(-1, None)
        found = [(spelled(one.token, one.bytes), one.logprob) for one in each.top_logprobs]
        drawn = spelled(each.token, each.bytes)
        places.append(LedPlace(drawn, _known(found), ids))
    return LedTold(places, read, tuple(told.choices[0].prompt_token_ids or ()))


def _text_body(turns: Sequence[Message], said: str, n: int) -> dict[str, Any]:
    text = "".join(f"{turn.content}\n\n" for turn in turns)
    return {"prompt": text + said, "logprobs": n}


def _text_told(endpoint: Endpoint, answer: Any) -> LedTold:
    told = endpoint.checked(Text, answer)
    read = told.usage.prompt_tokens if told.usage else 0
    logprobs = told.choices[0].logprobs
    if logprobs is None or logprobs.top_logprobs is None:
        return LedTold(None, read)
    places = []
    for token, top in zip(logprobs.tokens, logprobs.top_logprobs, strict=False):
        found = [(spelled(text), logprob) for text, logprob in (top or {}).items()]
        places.append(LedPlace(spelled(token), _known(found), {}))
    return LedTold(places, read)


def _known(found: Sequence[tuple[bytes | None, float]]) -> tuple[tuple[bytes, float], ...]:
    """Best first, up to the first whose bytes are not known: none after it is more probable."""
    best = sorted(found, key=lambda each: -each[1])
    known = list[tuple[bytes, float]]()
    for piece, logprob in best:
        if piece is None:
            break
        known.append((piece, logprob))
    return tuple(known)


def _id(token: str) -> int:
    number = token.removeprefix(ID_MARK)
    return int(number) if token.startswith(ID_MARK) and number.isdecimal() else -1


VLLM = LedForm("/chat/completions", _chat_body, _chat_told, 20, "vllm")
SGLANG = LedForm("/chat/completions", _sglang_body, _chat_told, 20, "sglang")
OPENAI = LedForm("/completions", _text_body, _text_told, 5)
FORMS = {"vllm": VLLM, "sglang": SGLANG}
"""By who owns a model, as servers say it at /models; all others are asked in OpenAI's own form."""
