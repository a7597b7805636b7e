"""Spreads a benchmark over the workers of a Ray cluster; see `runner`, which keeps the answers.

A worker takes a wave at a time and says each answer as it comes. One that is killed has lost what
it had in hand: those items are asked again, of another. Which items share a batch does not depend
on who answers, so that the answers are those of one process.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fusionlab.bench.answering import Answer, Heard, Wave
from fusionlab.bench.cluster import Spread, check_head, connected, last_words
from fusionlab.bench.plan import Plan, identity
from fusionlab.bench.worker import Briefing, Worker
from fusionlab.errors import BenchError, FusionError
from fusionlab.events import Progress, Warned
from fusionlab.sources.store import home

MOST_DEATHS = 3
"""Workers that may die over one wave, or one after another before they are ready."""
TICK = 0.5
"""Seconds after which it is looked whether to stop."""
LONG = 30.0
"""Seconds without a free processor after which the user is told."""


@contextmanager
def spread_out(plan: Plan, spread: Spread) -> Iterator["Workers"]:
    """Workers over the cluster, which is joined or started as soon as there is something to ask.

    Afterwards they have ended, and so has a cluster that was started here.
    """
    with ExitStack() as stack:
        yield Workers(plan, spread, stack)


@dataclass(eq=False, slots=True)
class _Hand:
    """A worker, what it has in hand and how far that is."""

    actor: Any
    wave: Wave | None = None
    """None until it is ready."""
    deaths: int = 0
    """How many workers died over the wave before it."""
    answered: set[int] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Workers:
    """A crew of processes; see `Crew`. Raises BenchError where the cluster fails."""

    plan: Plan
    spread: Spread
    stack: ExitStack
    size: int = 1
    _ray: Any = None
    _todo: deque[tuple[Wave, int]] = field(default_factory=deque)
    """Waves that wait, and over how many workers each has killed."""
    _busy: dict[Any, _Hand] = field(default_factory=dict)
    """By what is waited for."""
    _idle: list[Any] = field(default_factory=list)
    _unborn: int = 0
    """Workers that died before they were ready, since one was."""
    _warned: list[Warned] = field(default_factory=list)

    def answers(self, waves: Sequence[Wave]) -> Generator[Heard, None, None]:
        """As `Crew` says; what several workers warn of is told once."""
        self._todo.extend((wave, 0) for wave in waves)
        if not self._todo:
            return
        if self._ray is None:
            yield Progress("starting Ray")
            self._ray = self.stack.enter_context(connected(self.spread))
            self.stack.callback(self._dismiss)
            self._hire(self._places())
        waited = 0.0
        while self._todo or any(hand.wave for hand in self._busy.values()):
            self._hand_out()
            ready, _ = self._ray.wait(list(self._busy), num_returns=1, timeout=TICK)
            waited = 0.0 if ready or self._at_work else waited + TICK
            if waited == LONG:
                yield Warned.of("ray-waiting")
            for each in ready:
                yield from self._heard(each)

    @property
    def _at_work(self) -> bool:
        return any(hand.wave for hand in self._busy.values())

    def _places(self) -> int:
        """How many workers there are to be."""
        resources = self._ray.cluster_resources()
        most = int(resources.get("GPU", 0) or resources.get("CPU", 1))
        self.size = max(1, min(most, self.spread.workers or most, len(self._todo)))
        return self.size

    def _hire(self, count: int) -> None:
        """So many more workers are told what they are to answer."""
        ray = self._ray
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        remote = ray.remote(num_cpus=1, num_gpus=gpus, scheduling_strategy="SPREAD")(Worker)
        told = ray.put(self._briefing())
        for _ in range(count):
            actor = remote.remote()
            self._busy[actor.brief.remote(told)] = _Hand(actor)

    def _briefing(self) -> Briefing:
        refs = {part.ref for one in self.plan.contenders for part in one.recipe.members}
        machines = max(1, len([node for node in self._ray.nodes() if node["Alive"]]))
        return Briefing(
            self.plan,
            str(home().resolve()),
            str(Path.cwd()),
            version("fusionlab"),
            {} if machines == 1 else {ref: identity(ref) for ref in sorted(refs)},
            -(-self.size // machines),
        )

    def _hand_out(self) -> None:
        """Whoever is idle has the next wave in hand."""
        while self._idle and self._todo:
            actor = self._idle.pop()
            wave, deaths = self._todo.popleft()
            said = actor.answer.options(num_returns="streaming").remote(wave)
            self._busy[said] = _Hand(actor, wave, deaths)

    def _heard(self, source: Any) -> Generator[Heard, None, None]:
        """What a worker says next, or that it is ready, has done its wave, or is dead."""
        ray, hand = self._ray, self._busy[source]
        try:
            news = ray.get(next(source) if hand.wave else source)
        except StopIteration:
            del self._busy[source]
            self._idle.append(hand.actor)
            return
        except ray.exceptions.RayError as cause:
            del self._busy[source]
            self._buried(hand, last_words(str(cause)))
            return
        if isinstance(news, FusionError):
            raise news
        if hand.wave is None:
            del self._busy[source]
            self._unborn = 0
            self._idle.append(hand.actor)
        elif isinstance(news, Answer):
            hand.answered.add(news.number)
            yield news
        elif news not in self._warned:
            if isinstance(news, Warned):
                self._warned.append(news)
            yield news

    def _buried(self, hand: _Hand, said: str) -> None:
        """Another worker is in its place, and what it had in hand is asked next."""
        check_head(self._ray)
        with suppress(self._ray.exceptions.RayError):  # it may only have been out of reach
            self._ray.kill(hand.actor)
        if hand.wave is None:
            self._unborn += 1
            if self._unborn >= MOST_DEATHS:
                raise BenchError("ray-no-worker", said=said, version=version("fusionlab"))
        elif rest := [number for number in hand.wave.numbers if number not in hand.answered]:
            if hand.deaths + 1 >= MOST_DEATHS:
                name = hand.wave.contender.name
                raise BenchError("ray-workers-died", count=MOST_DEATHS, name=name, said=said)
            self._todo.appendleft((replace(hand.wave, numbers=tuple(rest)), hand.deaths + 1))
        self._hire(1)

    def _dismiss(self) -> None:
        """No worker is left."""
        for actor in self._actors():
            with suppress(self._ray.exceptions.RayError):
                self._ray.kill(actor)

    def _actors(self) -> Iterable[Any]:
        return [*(hand.actor for hand in self._busy.values()), *self._idle]
