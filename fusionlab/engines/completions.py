"""What a chat completion says, as chunks: leniently read where its meaning is plain.

Servers name the end of an answer differently or not at all, send text in parts, and count tokens in
part or strangely. A complete answer is kept; what was odd about it is said. An answer that its
server broke off or withheld is an error.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Literal

from fusionlab.encoding import well_formed
from fusionlab.engines.endpoint import DONE, Endpoint, Patience
from fusionlab.errors import MemberError
from fusionlab.events import Warned
from fusionlab.models.base import Chunk, Usage
from fusionlab.secrecy import Veil, masked
from fusionlab.words import Value

ENDED = ("stop", "end", "end_turn", "eos", "eos_token", "stop_sequence", "stop_token", "complete")
CUT = ("length", "max_tokens", "max_length", "max_output_tokens", "model_length")
WITHHELD = ("content_filter", "safety", "error", "abort", "aborted", "cancelled", "canceled")
"""Reasons after which what was said is not the answer."""
EVENTS_PER_TOKEN, EVENTS_MORE = 8, 512
"""How many events an answer may have, by its limit of tokens; a token is at most one as a rule."""
CHARACTERS_PER_TOKEN, CHARACTERS_MORE = 64, 4096
MOST_TOKENS = 10**9
"""No answer costs more; a server that says so counts wrongly."""
TOKENS_IN = ("prompt_tokens", "input_tokens")
TOKENS_OUT = ("completion_tokens", "output_tokens")


def chunks(
    endpoint: Endpoint, events: Iterator[dict[str, Any]], row: int, max_tokens: int
) -> Iterator[Chunk]:
    """The events of one answer as chunks; raises MemberError when it has no end."""
    answer, patience = _Answer(endpoint, max_tokens), Patience(endpoint)
    with closing(events):  # type: ignore[type-var]  # it is a generator
        try:
            for event in events:
                if event is DONE:
                    answer.complete = True
                    break
                pieces = answer.pieces
                if text := answer.take(event):
                    yield Chunk(row, text)
                patience.heard(news=answer.pieces > pieces)
                if answer.is_endless:
                    break
        except MemberError:
            if not answer.finish:  # what comes after the end does not spoil it
                raise
    yield answer.last(row)


@dataclass
class _Answer:
    endpoint: Endpoint
    max_tokens: int
    finish: Any = None
    complete: bool = False
    """Whether the stream said that nothing more comes."""
    is_endless: bool = False
    events: int = 0
    pieces: int = 0
    length: int = 0
    is_blank: bool = True
    has_choices: bool = False
    half: str = ""
    """The first half of a character that the server cut in two."""
    reasoning: list[str] = field(default_factory=list)
    spent: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, Warned] = field(default_factory=dict)
    """By what they are about: a server can be odd in one way a thousand times."""

    def __post_init__(self) -> None:
        self.veil = Veil(self.endpoint.key)

    def take(self, event: dict[str, Any]) -> str:
        """What of the answer's text can be shown after this event."""
        self.events += 1
        self._count(event.get("usage"))
        choice = self._choice(event)
        said = choice.get("delta") or choice.get("message") or {"content": choice.get("text")}
        if not isinstance(said, dict):
            raise self.endpoint.strange(event)
        self.finish = choice.get("finish_reason") or self.finish
        text, thought = self._parts(said.get("content"), event)
        text += self._string(said.get("refusal"), event)
        thoughts = said.get("reasoning_content") or said.get("reasoning")
        thought += self._parts(thoughts, event)[0] if thoughts else ""
        if thought:
            self.reasoning.append(thought[: self._room()])
        self.pieces += bool(text or thought)
        whole, self.half = _split_surrogate(self.half + text)
        self.is_blank = self.is_blank and not whole.strip()
        return self.veil(self._bounded(whole, len(thought)))

    def last(self, row: int) -> Chunk:
        """The answer's last chunk: why it ended, what it cost, and what was odd about it."""
        text = self.veil(well_formed(self.half), last=True)
        reasoning = masked(well_formed("".join(self.reasoning)), self.endpoint.key)
        reason, usage = self._reason(), self._usage()
        if self.is_blank and not text.strip() and reasoning.strip():
            self._warn("server-only-reasoned", characters=len(reasoning))
        return Chunk(row, text, reason, usage, news=tuple(self.notes.values()), reasoning=reasoning)

    def _choice(self, event: dict[str, Any]) -> dict[str, Any]:
        match event.get("choices"):
            case None | []:
                return {}
            case [dict() as choice, *_]:
                self.has_choices = True
                return choice
            case _:
                raise self.endpoint.strange(event)

    def _parts(self, content: Any, event: dict[str, Any]) -> tuple[str, str]:
        """The text in it that answers, and the text that only thinks."""
        match content:
            case None:
                return "", ""
            case str():
                return content, ""
            case list():
                pairs = [self._parts(part, event) for part in content]
                return "".join(text for text, _ in pairs), "".join(idea for _, idea in pairs)
            case {"type": "thinking" | "reasoning" as kind, **rest}:
                idea = self._parts(rest.get(kind, rest.get("text")), event)
                return "", "".join(idea)
            case {"text": str() as text} | {"text": {"value": str() as text}}:
                return text, ""
            case {"type": str() as kind}:
                self._warn("server-odd-part", kind=repr(self.endpoint.said(kind)))
                return "", ""
        raise self.endpoint.strange(event)

    def _string(self, value: Any, event: dict[str, Any]) -> str:
        if isinstance(value, str | None):
            return value or ""
        raise self.endpoint.strange(event)

    def _bounded(self, text: str, thought: int) -> str:
        """The text, cut where the answer is far longer than was asked for."""
        text = text[: self._room()]
        self.length += len(text) + thought
        events = EVENTS_PER_TOKEN * self.max_tokens + EVENTS_MORE
        self.is_endless = self._room() == 0 or self.events >= events
        return text

    def _room(self) -> int:
        """How many characters the answer may still have."""
        return max(CHARACTERS_PER_TOKEN * self.max_tokens + CHARACTERS_MORE - self.length, 0)

    def _reason(self) -> Literal["end", "length"]:
        endpoint = self.endpoint
        if self.is_endless:
            self._warn("server-cut-off", tokens=self.max_tokens)
            return "length"
        if not self.has_choices:
            raise MemberError("server-no-choices", server=endpoint.name)
        if not self.finish:
            if self.complete:
                return "end"
            raise MemberError("server-broke-off", server=endpoint.name)
        name = str(self.finish).lower()
        if name in WITHHELD:
            raise MemberError(
                "server-withheld", server=endpoint.name, reason=repr(endpoint.said(self.finish))
            )
        if name not in (*ENDED, *CUT):
            self._warn("server-odd-end", reason=repr(endpoint.said(self.finish)))
        return "length" if name in CUT else "end"

    def _count(self, usage: Any) -> None:
        if isinstance(usage, dict):
            told = {name: usage.get(name) for name in (*TOKENS_IN, *TOKENS_OUT)}
            self.spent |= {name: count for name, count in told.items() if count is not None}
        elif usage is not None:
            self._warn_of_usage(usage)

    def _usage(self) -> Usage:
        """What the server says was spent; else the pieces it sent, which are mostly tokens."""
        tokens_in, tokens_out = self._tokens(TOKENS_IN), self._tokens(TOKENS_OUT)
        out = self.pieces if tokens_out is None else tokens_out
        return Usage(tokens_in or 0, out, forward_passes=out)

    def _tokens(self, names: tuple[str, ...]) -> int | None:
        told = next((self.spent[name] for name in names if name in self.spent), None)
        match told:
            case None:
                return None
            case bool():
                pass
            case int() | float() if 0 <= told <= MOST_TOKENS and told == int(told):
                return int(told)
        self._warn_of_usage(told)
        return None

    def _warn_of_usage(self, told: Any) -> None:
        self._warn("server-odd-usage", said=self.endpoint.said(told))

    def _warn(self, key: str, **values: Value) -> None:
        """The answer's notes have the sentence of this key, with its first values."""
        if key not in self.notes:
            self.notes[key] = Warned.of(key, server=self.endpoint.name, **values)


def _split_surrogate(text: str) -> tuple[str, str]:
    """Whole characters, and the first half of a last one that servers cut in two as `\\ud83d`."""
    cut = len(text) - 1 if text and "\ud800" <= text[-1] <= "\udbff" else len(text)
    joined = text[:cut].encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return well_formed(joined), text[cut:]
