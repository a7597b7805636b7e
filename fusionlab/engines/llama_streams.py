"""Answers of a llama.cpp server as they grow: what is asked, and what its events add to a row."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from fusionlab.engines.completions import EVENTS_MORE, EVENTS_PER_TOKEN
from fusionlab.engines.endpoint import DONE, SEEDS, Endpoint, Patience
from fusionlab.engines.llama_answers import GREATEST, LEAST, PROBABILITIES, Event
from fusionlab.engines.reading import Hangup
from fusionlab.errors import MemberError
from fusionlab.models.base import Chunk, Usage, no_number
from fusionlab.recipe import Sampling
from fusionlab.secrecy import Veil

ANSWER_FIELDS = ("content", "index", "stop", "stop_type", "tokens_predicted")
UNFINISHED = "\ufffd"


def request(ids: Sequence[int], rows: Sequence[int], sampling: Sampling) -> dict[str, Any]:
    """What is asked: as many answers to these ids as there are rows, each with its own seed."""
    return {
        "prompt": ids,
        "n_predict": sampling.max_tokens,
        "n_cmpl": len(rows),  # answer i of them draws with seed + i
        "seed": (sampling.seed + rows[0]) % SEEDS,
        # In this order, and no other sampler: temperature, then top-k, then top-p.
        "samplers": ["temperature", "top_k", "top_p"],
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        # A prefix from the cache would differ in its last bits, and so might the answer.
        "cache_prompt": False,
        "stream": True,
        # The log-probability of the token drawn: about 3% of the time of a model of 135M.
        "n_probs": 1,
        "post_sampling_probs": False,
        "response_fields": [*ANSWER_FIELDS, PROBABILITIES, "tokens_evaluated", "timings"],
    }


def chunks(
    endpoint: Endpoint, body: dict[str, Any], rows: Sequence[int], batch: int, hangup: Hangup
) -> Iterator[Chunk]:
    """The answers to one request as chunks; raises MemberError when a row has no end."""
    max_tokens = body["n_predict"]
    answers = {row: _Answer(endpoint, batch) for row in rows}
    patience = Patience(endpoint)
    most = len(rows) * (EVENTS_PER_TOKEN * max_tokens + EVENTS_MORE)
    with closing(endpoint.events("/completion", body, hangup, len(rows) * max_tokens)) as events:  # type: ignore[type-var]  # it is a generator
        for number, answer in enumerate(events):
            if answer is DONE:
                break
            if number > most:
                raise MemberError("server-no-stop", server=endpoint.name, tokens=max_tokens)
            event = endpoint.checked(Event, answer)
            row = rows[event.index] if event.index < len(rows) else None
            if row not in answers or not _is_plausible(event, body):
                raise endpoint.strange(answer)
            patience.heard(news=bool(event.content) or event.tokens_predicted > answers[row].count)
            yield answers[row].take(row, event, answer)
            if event.stop:
                del answers[row]
            if not answers:
                return
    raise MemberError("server-broke-off", server=endpoint.name)


def _is_plausible(event: Event, body: dict[str, Any]) -> bool:
    """Whether it counts no more tokens than there were to read and to write."""
    reused = event.timings.cache_n if event.timings else 0
    # A server may put its mark of a text's beginning before the prompt.
    is_read = reused <= event.tokens_evaluated <= len(body["prompt"]) + 1
    return event.tokens_predicted <= body["n_predict"] and (is_read or not event.stop)


@dataclass
class _Answer:
    """One row, as it grows."""

    endpoint: Endpoint
    batch: int
    count: int = 0
    """Tokens so far."""
    logprobs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.veil = Veil(self.endpoint.key)

    def take(self, row: int, event: Event, answer: dict[str, Any]) -> Chunk:
        """What this event adds; the last one tells why the row ended, and what it cost."""
        self.logprobs += _logprobs(self.endpoint, answer)
        text, count = event.content, event.tokens_predicted
        if not event.stop:
            self.count = count
            return Chunk(row, self.veil(text))
        ended = event.stop_type in ("eos", "word")
        # The server keeps the bytes of an unfinished character to itself.
        text += UNFINISHED if count - ended > self.count else ""
        reused = event.timings.cache_n if event.timings else 0
        usage = Usage(event.tokens_evaluated, count, count, batch=self.batch, tokens_reused=reused)
        # Of the tokens that only together are a character, it tells the last one's alone.
        logprob = sum(self.logprobs) if len(self.logprobs) == count - ended else None
        shown = self.veil(text, last=True)
        return Chunk(row, shown, "end" if ended else "length", usage, logprob)


def _logprobs(endpoint: Endpoint, event: dict[str, Any]) -> Iterator[float]:
    """Of the tokens that the event tells; older servers tell none in this form.

    Raises MemberError where the model computed what is no number, which JSON calls null.
    """
    told = event.get(PROBABILITIES)
    for each in told if isinstance(told, list) else ():
        match each:
            case {"logprob": float() | int() as logprob} if LEAST <= logprob <= GREATEST:
                yield float(logprob)
            case {"logprob": None}:
                raise no_number(endpoint.name)
