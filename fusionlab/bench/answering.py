"""One process answers: some items of a contender at a time, which share batched forward passes.

It writes nothing. Whoever asked for the answers keeps them; see `runner`, and `spreading` for
several processes.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol

from fusionlab.bench.forms import Line
from fusionlab.bench.plan import Contender, Plan, recipe_for
from fusionlab.bench.scoring import judged
from fusionlab.engines.gathered import Ended, Gathering
from fusionlab.engines.memory import Loan
from fusionlab.errors import FusionError
from fusionlab.events import Event, Progress, RunFinished, Warned
from fusionlab.models.base import LanguageModel, Level, Member
from fusionlab.registry import get_method
from fusionlab.run import stamped
from fusionlab.runfiles import run_text
from fusionlab.trace import Trace


@dataclass(frozen=True, slots=True)
class Wave:
    """Items that one contender answers together, by their numbers."""

    contender: Contender
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contender said to one item, which nobody has kept yet."""

    contender: str
    """Its key."""
    number: int
    line: Line
    run: str = ""
    """The text of its run file, if that is to be kept."""


Heard = Progress | Warned | Answer


class Crew(Protocol):
    """Who answers: this process, or several."""

    @property
    def size(self) -> int:
        """How many waves are answered at once."""
        ...

    def answers(self, waves: Sequence[Wave]) -> Generator[Heard, None, None]:
        """The answers of all waves as they come; closing it stops what is at work."""
        ...


class OneProcess:
    """This process answers wave by wave; a model is loaded when it is first needed."""

    size = 1

    def __init__(self, plan: Plan, loan: Loan) -> None:
        self._plan = plan
        self._loan = loan
        self._models: dict[tuple[str, str], LanguageModel] = {}
        self._gathering = Gathering()

    def answers(self, waves: Sequence[Wave]) -> Generator[Heard, None, None]:
        """As `Crew` says; raises what loading a model raises."""
        for wave in waves:
            yield from self.wave(wave)

    def wave(self, wave: Wave) -> Generator[Heard, None, None]:
        """Every item of the wave is answered once, or has its run's error."""
        members = yield from self._members(wave.contender)
        runs = [
            _Run(
                number,
                Trace(recipe_for(self._plan, wave.contender, number)),
                number < self._plan.keep_runs,
            )
            for number in wave.numbers
        ]
        last = time.perf_counter()
        with closing(_answered(runs, members, self._gathering)) as ended:
            for run in ended:
                now = time.perf_counter()
                line = run.line(self._plan, now - last)
                last = now
                text = run_text(run.trace) if run.keep else ""
                yield Answer(wave.contender.key, run.number, line, text)

    def _members(self, one: Contender) -> Generator[Progress | Warned, None, list[Member]]:
        """The contender's members; those who watch a model compute do not share its passes."""
        for part in one.recipe.members:
            key = part.ref, part.engine
            if key not in self._models:
                self._models[key] = yield from self._loan.load(
                    part.ref, self._plan.level, part.engine
                )
        watched = get_method(one.recipe.method).needs == Level.INTERNALS
        members = []
        for part in one.recipe.members:
            model = self._models[part.ref, part.engine]
            used = model if watched else self._gathering.model(model)
            members.append(Member(part.name, used, part.system, part.weight))
        return members


@dataclass(slots=True)
class _Run:
    """One contender's run over one item, as far as it has come."""

    number: int
    trace: Trace
    keep: bool
    """Whether its events are kept on disk."""
    error: str = ""
    began: float = field(default_factory=time.perf_counter)

    def events(self, members: Sequence[Member]) -> Iterator[Event]:
        """The run itself."""
        recipe = self.trace.recipe
        return get_method(recipe.method).run(members, recipe.request, **recipe.settings)

    def add(self, event: Event) -> None:
        """The run has come one event further."""
        self.trace.add(stamped(self.began, event))

    def line(self, plan: Plan, wall: float) -> Line:
        """The item's line; `wall` is the time since the answer before it."""
        item, costs = plan.items[self.number], self.trace.costs.values()
        end = self.trace.end
        said = end.answer if isinstance(end, RunFinished) else ""
        verdict = None if self.error else judged(item, said, plan.suite.answer.phrase)
        return Line(
            item=item.id,
            task=item.task,
            prompt=item.prompt,
            truth=item.truth,
            said=said,
            extracted=verdict.extracted if verdict else None,
            right=verdict.right if verdict else None,
            score=verdict.score if verdict else None,
            rouge=verdict.rouge if verdict else {},
            tokens_in=sum(cost.tokens_in for cost in costs),
            tokens_out=sum(cost.tokens_out for cost in costs),
            forward_passes=sum(cost.forward_passes for cost in costs),
            seconds=round(sum(cost.seconds for cost in costs), 6),
            wall=round(wall, 6),
            error=self.error,
            run=self.keep,
        )


def _answered(
    runs: Sequence[_Run], members: Sequence[Member], gathering: Gathering
) -> Generator[_Run, None, None]:
    """The runs, each as it ends; raises what is no failure of a run but a fault of ours."""
    for run in runs:
        run.began = time.perf_counter()
    together = gathering.together([run.events(members) for run in runs])
    with closing(together):
        for number, news in together:
            run = runs[number]
            if not isinstance(news, Ended):
                run.add(news)
                continue
            if news.error is not None:
                if not isinstance(news.error, FusionError):
                    raise news.error
                run.error = str(news.error)
            yield run
