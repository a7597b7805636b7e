"""Four adapters as one batched ensemble, against one of them alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from fusionlab.engines.memory import Pool
from fusionlab.events import Event, TokenChosen
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import LanguageModel, Level, Member
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from fusionlab.speed.ratio import SpeedResult, finished, in_turn

BASE = "smollm2-135m"
ADAPTERS = ("maths", "dates", "editing", "tables")
TOKENS = 32
ROUNDS = 7
REQUEST = Request(
    "Write a long story about a lighthouse keeper and a storm.", Sampling(max_tokens=TOKENS)
)


def measure_adapters() -> Iterator[SpeedResult]:
    """Seconds a token, and what the weights of all take against the base's."""
    with ExitStack() as stack:
        pool = Pool()
        stack.callback(pool.close)
        loan = stack.enter_context(pool.borrow())
        models = [finished(loan.load(f"{BASE}+{name}", Level.LOGITS)) for name in ADAPTERS]
        base = finished(loan.load(BASE, Level.LOGITS))
        yield _together(models, base)
        yield SpeedResult(
            "weights of four adapters and their base / weights of the base",
            pool.held / base.spec.bytes,
            1.1,
            "lower",
            {"held_mb": pool.held / 1e6, "base_mb": base.spec.bytes / 1e6},
        )


def _together(models: Sequence[LanguageModel], base: LanguageModel) -> SpeedResult:
    members = [Member(name, model) for name, model in zip(ADAPTERS, models, strict=True)]
    runs = [_decoding(members), _decoding(members[:1]), _decoding([Member("base", base)])]
    times = in_turn(*runs, rounds=ROUNDS)
    four, one, plain = (t / _tokens(run()) for t, run in zip(times, runs, strict=True))
    return SpeedResult(
        "ensemble of four adapters / one adapter, in seconds a token",
        four / one,
        1.6,
        "lower",
        {
            "four_ms_per_token": 1e3 * four,
            "one_ms_per_token": 1e3 * one,
            "base_ms_per_token": 1e3 * plain,
        },
    )


def _decoding(members: Sequence[Member]) -> Callable[[], list[Event]]:
    return lambda: list(ensemble(members, REQUEST))


def _tokens(events: Sequence[Event]) -> int:
    return sum(isinstance(event, TokenChosen) for event in events)
