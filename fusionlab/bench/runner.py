"""Runs a benchmark: every contender answers every item, and each answer is on disk at once.

What was answered before under the same key is kept and not asked again. After the fusions come
their baselines at equal compute: the best single member with as many samples as a fusion's tokens
pay for, the most common answer elected: https://arxiv.org/abs/2203.11171.

Items are answered in batches. Which items share one depends on where a benchmark was stopped, and
in low precision that can turn a near tie between two tokens.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fusionlab.bench.answering import Answer, Crew, OneProcess, Wave
from fusionlab.bench.cluster import Spread
from fusionlab.bench.folder import (
    Answers,
    alone,
    answers_file,
    keep_run,
    read_answers,
    write_plan,
)
from fusionlab.bench.plan import SOLO, Contender, Plan, baseline_for
from fusionlab.bench.spreading import spread_out
from fusionlab.bench.tally import best_single, enough_ran, mean_tokens, ran
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.events import Progress, Warned


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


def bench(
    plan: Plan, out: Path, pool: Pool | None = None, spread: Spread | None = None
) -> Generator[News, None, None]:
    """The folder `out` has every contender's answer to every item; what is there already is kept.

    With `spread`, the processes of a Ray cluster answer in place of this one. Closing the generator
    stops the benchmark; the folder stays readable, and running the same plan again goes on. Raises
    BenchError where another benchmark is at work in the folder or the cluster fails, and what
    loading a model raises. A run that fails leaves its error, which is no answer.
    """
    with alone(out), _crew(plan, pool, spread) as crew:
        write_plan(out, plan, [])
        if plan.unasked:
            yield Warned.of("fields-unasked", fields=plan.unasked, first=plan.unasked[0])
        work = _Work(plan, out, crew)
        yield from work.answer_all(plan.contenders)
        baselines: list[Contender] = []
        for fusion in plan.fusions if plan.baseline else ():
            equal = _baseline(plan, out, fusion)
            if equal is None or equal.recipe == fusion.recipe:
                work.done += len(plan.items)
                continue  # nothing ran, or the fusion is itself what it would be held against
            baselines.append(equal)
        if baselines:
            write_plan(out, plan, baselines)
            yield from work.answer_all(baselines)


@contextmanager
def _crew(plan: Plan, pool: Pool | None, spread: Spread | None) -> Iterator[Crew]:
    """Who answers; what they held is free afterwards."""
    if spread is not None:
        with spread_out(plan, spread) as crew:
            yield crew
    else:
        with (pool or default_pool()).borrow() as loan:
            yield OneProcess(plan, loan)


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
class _Coming:
    """A contender whose answers are coming, and the file that they go into."""

    contender: Contender
    left: int
    """Items that it has still to answer."""
    answers: Answers | None = None
    file: ExitStack = field(default_factory=ExitStack)
    asked: int = 0
    """Items that it has answered now, and not before."""
    wall: float = 0.0
    """Seconds that these took, of whoever answered them."""


@dataclass(slots=True)
class _Work:
    """What is being done, and how long it will take; nobody else writes in the folder."""

    plan: Plan
    out: Path
    crew: Crew
    coming: dict[str, _Coming] = field(default_factory=dict)
    done: int = 0

    @property
    def total(self) -> int:
        baselines = len(self.plan.fusions) if self.plan.baseline else 0
        return len(self.plan.items) * (len(self.plan.contenders) + baselines)

    def answer_all(self, contenders: Sequence[Contender]) -> Generator[News, None, None]:
        """The contenders have answered every item."""
        waves = [wave for one in contenders for wave in self._waves(one)]
        with ExitStack() as files, closing(self.crew.answers(waves)) as heard:
            for each in heard:
                if isinstance(each, Answer):
                    yield self._kept(each, files)
                else:
                    yield each

    def _waves(self, one: Contender) -> list[Wave]:
        """What the contender has still to answer."""
        before = read_answers(self.out, one.key)
        good = {item for item, line in before.items() if not (line.error and self.plan.retry)}
        todo = [at for at, item in enumerate(self.plan.items) if item.id not in good]
        self.done += len(self.plan.items) - len(todo)
        self.coming[one.key] = _Coming(one, len(todo))
        batch = self.plan.batch
        starts = range(0, len(todo), batch)
        return [Wave(one, tuple(todo[start : start + batch])) for start in starts]

    def _kept(self, answer: Answer, files: ExitStack) -> Answered:
        """The answer is on disk; a contender's file is open from its first to its last."""
        coming = self.coming[answer.contender]
        one, line = coming.contender, answer.line
        if coming.answers is None:
            coming.answers = files.enter_context(coming.file).enter_context(
                answers_file(self.out, one)
            )
        if answer.run:
            keep_run(self.out, one.key, line.item, answer.run)
        coming.answers.append(line)
        self.done += 1
        coming.asked += 1
        coming.left -= 1
        coming.wall += line.wall
        if not coming.left:
            coming.file.close()
        left = coming.wall / coming.asked * coming.left / self.crew.size
        return Answered(one.name, line.item, line.right, self.done, self.total, left)
