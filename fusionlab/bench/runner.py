"""Runs a benchmark: every contender answers every item, and each answer is on disk at once.

What was answered before under the same key is kept and not asked again. After a fusion comes its
baseline at equal compute: the best single member with as many samples as the fusion's tokens pay
for, the most common answer elected: https://arxiv.org/abs/2203.11171.

Items are answered in batches. Which items share one depends on where a benchmark was stopped, and
in low precision that can turn a near tie between two tokens.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from fusionlab.bench.folder import (
    Answers,
    alone,
    answers_file,
    keep_run,
    read_answers,
    write_plan,
)
from fusionlab.bench.forms import Line
from fusionlab.bench.plan import SOLO, Contender, Plan, baseline_for, recipe_for
from fusionlab.bench.scoring import judged
from fusionlab.bench.tally import best_single, enough_ran, mean_tokens, ran
from fusionlab.engines.gathered import Ended, Gathering
from fusionlab.engines.memory import Loan, Pool, default_pool
from fusionlab.errors import FusionError
from fusionlab.events import Event, Progress, RunFinished, Warned
from fusionlab.models.base import LanguageModel, Level, Member
from fusionlab.registry import get_method
from fusionlab.run import stamped
from fusionlab.trace import Trace


@dataclass(frozen=True, slots=True)
class Answered:
    """One more item was answered and is on disk; `done` and `total` count all contenders'."""

    contender: str
    item: str
    right: bool | None
    done: int
    total: int
    seconds_left: float
    """Until this contender has answered all."""


News = Progress | Warned | Answered


def bench(plan: Plan, out: Path, pool: Pool | None = None) -> Generator[News, None, None]:
    """The folder `out` has every contender's answer to every item; what is there already is kept.

    Closing the generator stops the benchmark; the folder stays readable, and running the same plan
    again goes on. Raises BenchError where another benchmark is at work in the folder, and what
    loading a model raises. A run that fails leaves its error, which is no answer.
    """
    with alone(out), (pool or default_pool()).borrow() as loan:
        write_plan(out, plan, [])
        if plan.unasked:
            yield Warned.of("fields-unasked", fields=plan.unasked, first=plan.unasked[0])
        work = _Work(plan, out, loan)
        for one in plan.contenders:
            yield from work.answer_all(one)
        baselines: list[Contender] = []
        for fusion in plan.fusions if plan.baseline else ():
            equal = _baseline(plan, out, fusion)
            if equal is None or equal.recipe == fusion.recipe:
                work.done += len(plan.items)
                continue  # nothing ran, or the fusion is itself what it would be held against
            baselines.append(equal)
            write_plan(out, plan, baselines)
            yield from work.answer_all(baselines[-1])


def _baseline(plan: Plan, out: Path, fusion: Contender) -> Contender | None:
    """Self-consistency of the best single member, at as many tokens as the fusion took.

    None where too many runs of the fusion, or of every member, failed; and of one model that
    answers once, as a merged one does: its rival at equal tokens is that member as it is.
    """
    singles = [one for one in plan.contenders if one.role == "single"]
    answers = {one.key: list(read_answers(out, one.key).values()) for one in singles}
    best = best_single(list(answers.items()))
    fused = list(read_answers(out, fusion.key).values())
    if best is None or not enough_ran(len(fused), len(fused) - len(ran(fused))):
        return None
    spent = mean_tokens(fused)
    samples = max(1, round(spent / max(mean_tokens(answers[best]), 1.0)))
    if fusion.recipe.method == SOLO and samples == 1:
        return None
    single = next(one for one in singles if one.key == best)
    return baseline_for(plan, fusion, single, samples)


@dataclass(slots=True)
class _Work:
    """What is being done, and how long it will take."""

    plan: Plan
    out: Path
    loan: Loan
    models: dict[str, LanguageModel] = field(default_factory=dict)
    gathering: Gathering = field(default_factory=Gathering)
    done: int = 0
    asked: int = 0
    """Items that the contender at work has answered now, and not before."""
    left: int = 0
    """Items that it has still to answer."""
    began: float = 0.0
    """When it began to."""

    @property
    def total(self) -> int:
        baselines = len(self.plan.fusions) if self.plan.baseline else 0
        return len(self.plan.items) * (len(self.plan.contenders) + baselines)

    def answer_all(self, one: Contender) -> Generator[News, None, None]:
        """The contender has answered every item."""
        before = read_answers(self.out, one.key)
        good = {item for item, line in before.items() if not (line.error and self.plan.retry)}
        todo = [at for at, item in enumerate(self.plan.items) if item.id not in good]
        self.done += len(self.plan.items) - len(todo)
        if not todo:
            return
        members = yield from self._members(one)
        self.asked, self.left = 0, len(todo)
        self.began = time.perf_counter()
        with answers_file(self.out, one) as answers:
            for start in range(0, len(todo), self.plan.batch):
                wave = todo[start : start + self.plan.batch]
                yield from self._wave(one, members, wave, answers)

    def _wave(
        self, one: Contender, members: Sequence[Member], wave: Sequence[int], answers: Answers
    ) -> Iterator[Answered]:
        runs = [
            _Run(number, Trace(recipe_for(self.plan, one, number)), number < self.plan.keep_runs)
            for number in wave
        ]
        last = time.perf_counter()
        with closing(_answered(runs, members, self.gathering)) as ended:
            for run in ended:
                now = time.perf_counter()
                line = run.line(self.plan, now - last)
                last = now
                item = self.plan.items[run.number]
                if run.keep:
                    keep_run(self.out, one.key, item.id, run.trace)
                answers.append(line)
                yield self._told(one, line)

    def _members(self, one: Contender) -> Generator[Progress | Warned, None, list[Member]]:
        """The contender's members; those who watch a model compute do not share its passes."""
        for part in one.recipe.members:
            if part.ref not in self.models:
                self.models[part.ref] = yield from self.loan.load(part.ref, self.plan.level)
        watched = get_method(one.recipe.method).needs == Level.INTERNALS
        members = []
        for part in one.recipe.members:
            model = self.models[part.ref]
            used = model if watched else self.gathering.model(model)
            members.append(Member(part.name, used, part.system, part.weight))
        return members

    def _told(self, one: Contender, line: Line) -> Answered:
        self.done += 1
        self.asked += 1
        self.left -= 1
        left = (time.perf_counter() - self.began) / self.asked * self.left
        return Answered(one.name, line.item, line.right, self.done, self.total, left)


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
