"""Models behind an OpenAI-compatible endpoint, somewhere else: `api:http://host:port/v1#model`.

Text through /chat/completions; where the server turns out to be llama.cpp's, log-probabilities too.
Its API key, if one is bound to its host, stays in memory. docs/servers.md tells what is sent, what
is adapted, and what is waited for.
"""

import contextlib
import os
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import httpx

from fusionlab import network
from fusionlab.engines import adapting, routes
from fusionlab.engines.completions import chunks
from fusionlab.engines.endpoint import SEEDS, Endpoint, Refused, Unreachable
from fusionlab.engines.keys import key_for
from fusionlab.engines.llama_answers import Facts
from fusionlab.engines.llama_server import LlamaCppModel, facts
from fusionlab.engines.reading import Hangup, Reading
from fusionlab.errors import MemberError, SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models.base import Chunk, LanguageModel, Level, ModelSpec, Prompt
from fusionlab.recipe import Sampling
from fusionlab.words import Sentence

AT_ONCE = 4
"""Answers asked for at the same time."""
PATIENCE = 120.0
"""Seconds of silence after which a server is given up."""
PATIENCE_VARIABLE = "FUSIONLAB_MEMBER_TIMEOUT"
LONGEST_PATIENCE = 86_400.0
PROBE_SECONDS = 5.0
ROOM_FOR_ROUTES = 8_192
"""Tokens for whose routes an answer has room, at 4 kB each."""
TICK = 0.5
"""Seconds between two reports of waiting."""


def load(url: str, model: str, spec: ModelSpec, *, timeout: float | None = None) -> LanguageModel:
    """The model of this name at this address: a `TokenModel` where a llama.cpp server runs it.

    It is waited for as long as FUSIONLAB_MEMBER_TIMEOUT says. Raises MemberError when nothing
    answers there, SourceError when nobody can be asked: a bad address, key or proxy.
    """
    base = _checked(url)
    key = key_for(httpx.URL(base))
    seconds = _patience() if timeout is None else timeout
    advice = Sentence("advice-patience", {"variable": PATIENCE_VARIABLE})
    root = Endpoint(base, root_of(base), key.secret, seconds, advice, key.advice)
    if found := _llama_cpp(root):
        return LlamaCppModel(spec, root, found)
    root.close()
    return RemoteModel(spec, Endpoint(base, base, key.secret, seconds, advice, key.advice), model)


class RemoteModel:
    """A model that gives text only; see `LanguageModel`. What its server refuses is remembered."""

    def __init__(self, spec: ModelSpec, endpoint: Endpoint, model: str) -> None:
        self.spec = replace(spec, level=Level.TEXT)
        self.endpoint = endpoint
        self.model = model
        self._learned = frozenset[str]()
        """Names of the adaptations with which the server has answered."""

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """Answers to all prompts, a request each, a few at a time."""

        def read(rows: Sequence[int], hangup: Hangup) -> Iterator[Chunk]:
            (row,) = rows
            body = _request(self.model, prompts[row], sampling, row)
            return self._answer(body, row, sampling.max_tokens, hangup)

        return Reading([[row] for row in range(len(prompts))], AT_ONCE, read)

    def generate_routed(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """The same in one piece, with what the server tells of its experts; see `RoutedModel`."""

        def read(rows: Sequence[int], hangup: Hangup) -> Iterator[Chunk]:
            (row,) = rows
            asked = _request(self.model, prompts[row], sampling, row)
            told = list[dict[str, Any]]()
            body = adapting.at_once(asked) | dict(routes.ASKING)
            for chunk in self._answer(body, row, sampling.max_tokens, hangup, told):
                yield _with_tokens(chunk, told, self.endpoint.name) if chunk.reason else chunk

        return Reading([[row] for row in range(len(prompts))], AT_ONCE, read)

    def close(self) -> None:
        """No connection is open."""
        self.endpoint.close()

    def _answer(
        self,
        body: dict[str, Any],
        row: int,
        max_tokens: int,
        hangup: Hangup,
        told: list[dict[str, Any]] | None = None,
    ) -> Iterator[Chunk]:
        """One answer; what the server refuses is asked differently, and a busy one is asked again.

        `told` gets all that a server says at once, which may be longer by what tokens went through.
        Each refusal either adds an adaptation or counts as a try, so there is an end of both.
        """
        names, tries = self._learned, 0
        while not hangup.cut:
            asked = dict(adapting.adapted(body, names))
            room = max_tokens if told is None else ROOM_FOR_ROUTES
            events = self.endpoint.events("/chat/completions", asked, hangup, room)
            events = events if told is None else _kept(events, told)
            try:
                for number, chunk in enumerate(chunks(self.endpoint, events, row, max_tokens)):
                    self._learned |= names
                    news = (*self._warnings(body, names), *chunk.news)
                    yield chunk if number else replace(chunk, news=news)
            except Refused as refusal:
                more = adapting.learned(refusal, body, names)
                tries += more == names
                seconds = 0.0 if more > names else adapting.pause(refusal, tries)
                if seconds is None:
                    raise
                names = more
            else:
                return
            yield from _waited(self.endpoint.name, row, seconds, hangup)

    def _warnings(self, body: dict[str, Any], names: frozenset[str]) -> list[Warned]:
        return [
            Warned.of(adaptation.means, server=self.endpoint.name)
            for adaptation in adapting.concerning(body, names)
        ]


def _checked(url: str) -> str:
    parsed = network.address(url.strip())
    if parsed is None:
        raise SourceError("endpoint-address", url=repr(url))
    return str(parsed.copy_with(path=parsed.path.rstrip("/"), fragment=None)).rstrip("/")


def root_of(base: str) -> str:
    """The address without /v1, beside which servers keep paths of their own."""
    url = httpx.URL(base)
    return str(url.copy_with(path=url.path.rstrip("/").removesuffix("/v1")))


def _patience() -> float:
    text = os.environ.get(PATIENCE_VARIABLE, "").strip()
    with contextlib.suppress(ValueError):
        seconds = float(text or PATIENCE)
        if 0 < seconds <= LONGEST_PATIENCE:
            return seconds
    raise SourceError("patience-no-number", variable=PATIENCE_VARIABLE, text=repr(text))


def _llama_cpp(root: Endpoint) -> Facts | None:
    probe = replace(root, timeout=min(PROBE_SECONDS, root.timeout))
    with contextlib.closing(probe):
        try:
            return facts(probe)
        except Unreachable:
            raise
        except MemberError:
            return None


def _request(model: str, prompt: Prompt, sampling: Sampling, row: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in prompt],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": (sampling.seed + row) % SEEDS,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    # Not in OpenAI's API, and refused there.
    return body | ({"top_k": sampling.top_k} if sampling.top_k else {})


def _kept(
    events: Iterator[dict[str, Any]], told: list[dict[str, Any]]
) -> Generator[dict[str, Any], None, None]:
    """The same events, which `told` has too."""
    told.clear()
    with contextlib.closing(events):  # type: ignore[type-var]  # it is a generator
        for event in events:
            told.append(event)
            yield event


def _with_tokens(chunk: Chunk, told: Sequence[dict[str, Any]], server: str) -> Chunk:
    """An answer's last chunk, with what its server tells of the experts."""
    tokens, warnings = routes.tokens_told(told[0] if told else {}, server)
    return replace(chunk, tokens=tokens, news=(*chunk.news, *warnings))


def _waited(name: str, row: int, seconds: float, hangup: Hangup) -> Iterator[Chunk]:
    """So much time passes, seen as progress; hanging up ends it."""
    start = time.monotonic()
    while (spent := time.monotonic() - start) < seconds and not hangup.cut:
        waiting = Progress(f"{name} is busy: asking again", spent, seconds, "seconds")
        yield Chunk(row, "", news=(waiting,))
        hangup.wait(min(TICK, seconds - spent))
