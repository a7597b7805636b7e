"""How fast members on servers write one text: with reading ahead against one request a phase.

Two llama.cpp servers on this machine, each on half of its cores, hold the same weights; the members
have instructions of their own, so they mostly agree. The plain protocol asks everyone twice a
token: for its best tokens, then for its scores of those that only others told, where there are any.
Both write the same text, which is checked. A llama.cpp server tells nothing of several places but
those that it writes one after another, so each member computes each token in a pass of its own:
reading ahead saves requests and the passes of scores, and no more.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import torch

from fusionlab.engines import llamacpp
from fusionlab.errors import FusionError
from fusionlab.events import Event, Measured, TokenChosen
from fusionlab.methods.unite import unite
from fusionlab.models.base import Level, Member, ModelSpec
from fusionlab.recipe import Request, Sampling
from fusionlab.sources.references import gguf_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn

MODEL = "smollm2-135m"
TOKENS = 64
ROUNDS = 5
REQUEST = Request(
    "Write a long story about a lighthouse keeper and a storm.", Sampling(max_tokens=TOKENS)
)
WRITER = "You are a helpful writer."
PLAIN: dict[str, Any] = {"scores": "always", "ahead": 1}
AHEAD: dict[str, Any] = {"scores": "needed", "ahead": 8}
BAR = 2.0


def measure_http() -> Iterator[SpeedResult]:
    """Two members on two servers, read ahead and not."""
    gguf = finished(gguf_for(MODEL))
    spec = ModelSpec(MODEL, "llamacpp", Level.LOGPROBS)
    with ExitStack() as stack:
        with _half_of_the_cores():
            one, two = (stack.enter_context(closing(llamacpp.load(gguf, spec))) for _ in range(2))
        members = [Member("one", one), Member("two", two, WRITER)]
        runs = [list(unite(members, REQUEST, **settings)) for settings in (PLAIN, AHEAD)]
        plain, ahead = in_turn(_writing(members, PLAIN), _writing(members, AHEAD), rounds=ROUNDS)
    chosen = [[event for event in run if isinstance(event, TokenChosen)] for run in runs]
    if [event.token for event in chosen[0]] != [event.token for event in chosen[1]]:
        raise FusionError("speed-other-text")
    tokens = len(chosen[0])
    yield SpeedResult(
        "two members on servers: tokens a second with reading ahead / by the plain protocol",
        plain / ahead,
        BAR,
        "higher",
        {
            "plain_ms_per_token": 1e3 * plain / tokens,
            "ahead_ms_per_token": 1e3 * ahead / tokens,
            "plain_passes_per_token": _passes(runs[0]) / (len(members) * tokens),
            "ahead_passes_per_token": _passes(runs[1]) / (len(members) * tokens),
            "tokens": tokens,
            "agreed_share": sum(map(_agreed, chosen[0])) / tokens,
            "certified_share": sum(bool(event.certified) for event in chosen[1]) / tokens,
        },
    )


@contextmanager
def _half_of_the_cores() -> Iterator[None]:
    """A server that begins here runs on so many, so that two do not wait for each other's."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, before // 2))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _writing(members: Sequence[Member], settings: dict[str, Any]) -> Callable[[], list[Event]]:
    return lambda: list(unite(members, REQUEST, **settings))


def _passes(run: Sequence[Event]) -> int:
    """Of all members."""
    return sum(event.forward_passes for event in run if isinstance(event, Measured))


def _agreed(event: TokenChosen) -> bool:
    """Whether all wanted the same token most."""
    return len({own.top[0].token for own in event.members.values()}) == 1
