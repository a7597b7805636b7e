"""Models on servers of OpenAI's form, whose answers are led from outside: in text, not in tokens.

vLLM and SGLang go on from an answer that was begun (`continue_final_message`) in the model's own
chat template. OpenAI's own chat does not go on, so others are asked for plain completions, which
know no template. Whoever tells no log-probabilities there cannot take part. Text is sent in whole
characters: within one, such a server can tell nothing.
"""

import contextlib
import math
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from fusionlab.engines import remote
from fusionlab.engines.endpoint import Endpoint, Refused
from fusionlab.engines.led_answers import FORMS, OPENAI, AllOwned, LedForm, LedPlace
from fusionlab.engines.led_scores import Pieces, generated
from fusionlab.engines.reading import Hangup
from fusionlab.engines.remote import RemoteModel, root_of
from fusionlab.errors import MemberError
from fusionlab.models.base import LanguageModel, Level, Message, ModelSpec, Prompt, Usage
from fusionlab.models.leading import Score, Untold

RAW = 1e-2
"""By how much a probability may differ between temperature 0 and 1: if more, it is processed."""
MOST_IDS = 128
"""Tokens whose scores a server tells in one request."""
TOO_MANY = (400, 422)
"""What a server may answer that tells fewer alternatives than are asked for."""


def load(url: str, model: str, spec: ModelSpec) -> LanguageModel:
    """The model of this name at this address, led by tokens where llama.cpp runs it, else by text.

    Raises what `remote.load` raises.
    """
    found = remote.load(url, model, replace(spec, engine="remote"))
    if not isinstance(found, RemoteModel):
        return found
    return TextLedModel(found, _form_of(found))


class TextLedModel(RemoteModel):
    """A model that is led by text; see `LedModel`."""

    def __init__(self, there: RemoteModel, form: LedForm) -> None:
        super().__init__(there.spec, there.endpoint, there.model)
        self.spec = replace(there.spec, level=Level.LOGPROBS)
        self.form = form
        self.most = form.most
        """Alternatives that it tells at most, as far as is known."""
        self.pieces = Pieces(_root(self.endpoint), form.scores, self.model) if form.scores else None

    def lead(self, prompt: Prompt) -> "TextLed":
        """The answer to this prompt, of which nothing is said yet."""
        return TextLed(self, prompt)

    def close(self) -> None:
        """No connection is open."""
        if self.pieces is not None:
            self.pieces.root.close()
        super().close()


class TextLed:
    """One answer; it is `Scoring`, `Drafting` and `Elsewhere`. See `Continuation`."""

    def __init__(self, owner: TextLedModel, prompt: Prompt) -> None:
        self.owner = owner
        self._turns: Sequence[Message] = list(prompt)
        self._said = b""
        self._usage = Usage()
        self._known: list[tuple[tuple[bytes, float], ...]] = []
        """The best tokens of the next place, and of those after it as far as they were drafted."""
        self._ended = False
        """Whether no more is told of the text that was drafted."""
        self._is_raw: bool | None = None
        """Whether probabilities are told before temperature, once that is known."""
        self._read: tuple[bytes, tuple[int, ...]] = (b"", ())
        """What was said where the prompt's tokens were told last, and these."""
        self._hangup = Hangup()

    @property
    def usage(self) -> Usage:
        """So far."""
        return self._usage

    def say(self, text: bytes) -> None:
        """The answer is longer by this text."""
        if text:
            drafted = bool(self._known) and self._known[0][0][0] == text
            self._known = self._known[1:] if drafted else []
            self._ended = self._ended and bool(self._known)
            self._said += text

    def rewind(self, length: int) -> None:
        """The answer is as if only its first `length` bytes had been said."""
        if not 0 <= length <= len(self._said):
            raise ValueError(f"cannot rewind {len(self._said)} bytes to {length}")
        if length < len(self._said):
            self._said, self._known, self._ended = self._said[:length], [], False

    def top(self, n: int) -> Sequence[tuple[bytes, float]]:
        """The n most probable next tokens, or fewer; none where their bytes are not told."""
        if self._known and self._known[0]:
            return self._known[0][:n]
        if self._text() is None:
            return []
        # At temperature 1 processed probabilities are the raw ones. One more is asked for, as the
        # token that is drawn may take the place of the last.
        places = self._asked({"max_tokens": 1, "temperature": 1.0}, n + 1)
        best = _best(places[0]) if places else ()
        self._known = [best] if best else []
        return best[:n]

    @property
    def foreseen(self) -> int:
        """Of how many next places `top` tells without a request."""
        return len(self._known)

    def draft(self, tokens: int, n: int) -> None:
        """So many places are foreseen; see `Drafting`."""
        if tokens < 2 or self._is_raw is False or self._text() is None:
            return
        first = self.top(n) if self._is_raw is None else ()
        if self._is_raw is None and not first:
            return
        known = [] if first else self._known
        more, path = tokens - len(known), b"".join(place[0][0] for place in known)
        if more < 1 or self._ended:
            return
        places = self._asked({"max_tokens": more, "temperature": 0.0}, n, path)
        if self._is_raw is None and places and first:
            self._is_raw = _is_same(first, places[0].top)
            if not self._is_raw:
                return
        found = _up_to_the_end(takewhile(_is_told, places))
        self._known = [*known, *(place.top for place in found)]
        self._ended = len(found) < more or found[-1].drawn == b""

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score | None]:
        """Of each piece as the next token; see `Scoring`. Only vLLM and SGLang tell them."""
        names = self.owner.pieces
        if names is None or self._text() is None:
            return [None] * len(pieces)
        named = names.ids(pieces, self._begun())
        asked = sorted({token for tokens in named for token in tokens})[:MOST_IDS]
        told = self._by_id(names.root, asked) if asked else {}
        found = ([told[token] for token in tokens if token in told] for tokens in named)
        return [Score(max(logprobs)) if logprobs else None for logprobs in found]

    def hang_up(self) -> None:
        """What it waits for on another thread ends; see `Elsewhere`."""
        self._hangup()

    def close(self) -> None:
        """Nothing is held on its server."""

    def _text(self) -> str | None:
        """What was said; None within a character."""
        with contextlib.suppress(UnicodeDecodeError):
            return self._said.decode()
        return None

    def _by_id(self, root: Endpoint, asked: list[int]) -> dict[int, float]:
        """The log-probabilities of these next tokens, as far as the server tells them."""
        one = {"max_tokens": 1, "temperature": 1.0}
        if self.owner.form.scores == "vllm":
            more = {"logprob_token_ids": asked, "return_tokens_as_token_ids": True}
            with contextlib.suppress(Refused):
                places = self._asked({**one, **more, "top_logprobs": len(asked)}, 1)
                return places[0].ids if places else {}
            return {}
        if self._read[0] != self._said or not self._read[1]:
            self._asked(one, 1)
        if not self._read[1]:
            return {}
        found = generated(root, self._read[1], asked, self._begun())
        self._spent(1)
        return found

    def _asked(self, sampling: dict[str, Any], n: int, path: bytes = b"") -> list[LedPlace]:
        """What is told of the places after what was said and `path`; raises Untold for nothing."""
        said, endpoint = self._said + path, self.owner.endpoint
        told = self.owner.form.told(endpoint, self._answered(said, sampling, n))
        if told.places is None:
            raise Untold("logprobs-untold", server=endpoint.name)
        self._read = said, told.ids
        self._spent(max(1, len(told.places)), told.read)
        return told.places

    def _answered(self, said: bytes, sampling: dict[str, Any], n: int) -> Any:
        """What the server answers, with n alternatives or as many as it tells.

        A limit of its own shows only in a refusal; what is refused for another reason is refused
        for few alternatives, too.
        """
        n = max(1, min(n, self.owner.most))
        try:
            return self._posted(said, sampling, n)
        except Refused as refusal:
            if refusal.status not in TOO_MANY:
                raise
            for fewer in _fewer(n):
                with contextlib.suppress(Refused):
                    answer = self._posted(said, sampling, fewer)
                    self.owner.most = fewer
                    return answer
            raise

    def _posted(self, said: bytes, sampling: dict[str, Any], n: int) -> Any:
        form = self.owner.form
        body = form.body(self._turns, said.decode(), n)
        body |= {"model": self.owner.model, "top_p": 1.0, "stream": False, **sampling}
        return self.owner.endpoint.post(form.path, body, hangup=self._begun())

    def _begun(self) -> Hangup:
        """By which what is asked now can be ended."""
        self._hangup, self._since = Hangup(), time.perf_counter()
        return self._hangup

    def _spent(self, passes: int, read: int = 0) -> None:
        self._usage = replace(
            self._usage,
            tokens_in=self._usage.tokens_in or read,
            forward_passes=self._usage.forward_passes + passes,
            seconds=self._usage.seconds + time.perf_counter() - self._since,
        )


def _fewer(n: int) -> Iterator[int]:
    """One less than n, which is asked for beyond what is wanted, then half of it, down to 2.

    A list of one may be what was drawn, which says nothing of the best.
    """
    n -= 1
    while n > 1:
        yield n
        n //= 2


def _best(place: LedPlace) -> tuple[tuple[bytes, float], ...]:
    """The most probable tokens where one was drawn: no other is more probable than the last.

    Servers tell the drawn token however improbable it is, as one more than was asked for or in
    place of the last. As the last one of the list it stays only where all else is less than it.
    """
    best = place.top
    if not best or best[-1][0] != place.drawn:
        return best
    rest = 1 - math.fsum(math.exp(logprob) for _, logprob in best)
    return best if rest <= math.exp(best[-1][1]) else best[:-1]


def _is_told(place: LedPlace) -> bool:
    """Whether its best token is the one that was written, and is whole characters or the end."""
    return bool(place.top) and place.drawn == place.top[0][0] and _is_whole(place.drawn)


def _up_to_the_end(places: Iterable[LedPlace]) -> list[LedPlace]:
    found = list[LedPlace]()
    for place in places:
        found.append(place)
        if place.drawn == b"":
            break
    return found


def _is_whole(piece: bytes) -> bool:
    return piece.decode(errors="ignore").encode() == piece


def _is_same(one: Sequence[tuple[bytes, float]], other: Sequence[tuple[bytes, float]]) -> bool:
    """Whether both lists are of one distribution, of which the other tells all that one does."""
    first, second = dict(one), dict(other)
    return all(
        abs(math.exp(logprob) - math.exp(second.get(piece, -math.inf))) < RAW
        for piece, logprob in first.items()
        if math.exp(logprob) > 2 * RAW
    )


def _root(endpoint: Endpoint) -> Endpoint:
    """Where a server has paths of its own, beside /v1."""
    return replace(endpoint, url=root_of(endpoint.url))


def _form_of(there: RemoteModel) -> LedForm:
    """How its server is asked, by whom it says the model is owned."""
    with contextlib.suppress(MemberError):
        listed = there.endpoint.checked(AllOwned, there.endpoint.get("/models")).data
        owned = [each for each in listed if each.id == there.model or not there.model]
        if owned:
            return FORMS.get(owned[0].owned_by.lower(), OPENAI)
    return OPENAI
