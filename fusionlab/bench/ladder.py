"""The ladder of fusion: the same members on one suite, fused on every level that fits them.

It is a benchmark whose contenders the table of rungs names, in three acts. Where a rung needs a
choice (the member that is asked several times, what each is good at), members first answer
questions that are none of the test's. Then all methods answer the suite. Then models are built of
the members, and answer as any single model does. Each act goes on where it was stopped.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.bench.climbed import Built, Choosing, Ladder, Standing
from fusionlab.bench.folder import read_answers
from fusionlab.bench.ladderfile import keep_ladder, read_ladder
from fusionlab.bench.plan import (
    SOLO,
    Contender,
    MethodRecipe,
    Plan,
    asked_key,
    contender,
    told_apart,
)
from fusionlab.bench.rung_models import built_rung, planned_rung
from fusionlab.bench.rungs import (
    FEWEST,
    MOST,
    Rung,
    lessons_for,
    rungs,
)
from fusionlab.bench.runner import Answered, News, bench
from fusionlab.bench.suites import Drawn, Item, Suite, changed, draw
from fusionlab.bench.tally import best_single
from fusionlab.errors import BenchError, FusionError
from fusionlab.events import Event
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, named
from fusionlab.registry import all_builders, get_method
from fusionlab.sources.references import spec_of
from fusionlab.weights.postflight import sentence_to_json
from fusionlab.words import Sentence

CHOOSING = 140
"""Questions by which something is chosen, at most; none of them is asked in the test."""
CHOOSING_FOLDER = "choosing"
SHOWN = 24
"""Prompts of each member that tell what it is good at, at most."""

Run = Callable[[Plan, Path], Generator[News, None, None]]
"""Carries out a benchmark, as `bench` does."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A rung, and why it does not suit the members, if it does not."""

    rung: Rung
    why: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A ladder, checked: what is asked of whom, and which rungs suit the members."""

    suite: Suite
    members: tuple[MemberRecipe, ...]
    drawn: Drawn
    choosing: tuple[Item, ...]
    fits: tuple[Fit, ...]
    level: Level
    """How far all members are opened, so that every rung uses the same engine."""
    baseline: bool = True
    batch: int = 16
    keep_runs: int = 0
    lessons: int = MOST
    """Questions that rungs are trained with."""

    @property
    def asked(self) -> str:
        """The key of what is asked."""
        return asked_key(self.suite, self.drawn.items)

    @property
    def key(self) -> str:
        """The key of what is asked and of whom; a folder holds one ladder."""
        told = [
            [m.ref, m.name, m.system, m.weight, *([m.engine] if m.engine else [])]
            for m in self.members
        ]
        usual = self.lessons == lessons_for(len(self.drawn.items))
        decided = [self.asked, told, *([] if usual else [self.lessons])]
        return hashlib.blake2s(json.dumps(decided).encode(), digest_size=6).hexdigest()

    @property
    def fitting(self) -> tuple[Rung, ...]:
        """The rungs that suit the members."""
        return tuple(fit.rung for fit in self.fits if fit.why is None)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the members answered to the questions for choosing."""

    solved: Mapping[str, tuple[str, ...]]
    """By member the prompts that it answered right, those first that few others did."""
    told: Choosing


def ladder(
    suite: Suite,
    members: Sequence[MemberRecipe],
    *,
    skip_broken: bool = False,
    baseline: bool = True,
    batch: int = 16,
    keep_runs: int = 0,
    without: Sentence | None = None,
    lessons: int | None = None,
) -> Order:
    """The ladder of these members on this suite; loads no model and builds none.

    `without` says why no models are built here, where none are; `lessons` how many questions rungs
    are trained with, by default `lessons_for` what is asked. Raises BenchError where there is
    nothing to compare, and what `draw` and the members' references raise.
    """
    if suite.answer.checker == "rouge":
        raise BenchError("ladder-needs-checker", suite=suite.name)
    for member in members:
        spec_of(member.ref)
    if len(members) < 2:
        raise BenchError("ladder-needs-members", count=len(members))
    for (ref, _), times in Counter((each.ref, each.system) for each in members).items():
        if times > 1:
            raise BenchError("ladder-member-twice", member=ref, times=times)
    if batch < 1 or keep_runs < 0:
        raise BenchError("bench-counts", batch=batch, runs=keep_runs)
    if lessons is not None and lessons < FEWEST:
        raise BenchError("ladder-few-lessons", count=lessons, fewest=FEWEST)
    together = named(tuple(members))
    drawn = draw(suite, skip_broken=skip_broken)
    choosing = _others(suite, drawn.items, skip_broken=skip_broken)
    taught = lessons_for(len(drawn.items)) if lessons is None else lessons
    fits = tuple(_fits(rung, suite, together, choosing, without, taught) for rung in rungs())
    reasons = [fit.why for fit in fits if fit.why is not None]
    if len(reasons) == len(fits):
        raise BenchError("ladder-none-fits", cause=reasons[0])
    used = [fit.rung.method or SOLO for fit in fits if fit.why is None]
    level = max(get_method(name).needs for name in (SOLO, *used))
    return Order(suite, together, drawn, choosing, fits, level, baseline, batch, keep_runs, taught)


def climb(order: Order, out: Path, run: Run = bench) -> Generator[News | Event, None, None]:
    """The folder `out` has every rung's answers, and ladder.json says which rung is which.

    Closing the generator stops it; what was answered and built stays, the folder can be read, and
    the same order goes on. Raises BenchError where another ladder is in the folder, and what `run`
    raises. A model that cannot be built leaves its reason at its rung.
    """
    before = read_ladder(out)
    if before is not None and before.key != order.key:
        raise BenchError("ladder-of-another", folder=str(out), members=before.members)
    chosen = None
    if any(rung.chooses for rung in order.fitting):
        chosen = yield from _chosen(order, out / CHOOSING_FOLDER, run)
    work = _Work(order, out, chosen)
    for fit in order.fits:
        work.take(fit)
    more = len(order.drawn.items) * len(work.to_build)
    with closing(run(_plan(order, work.contenders), out)) as news:
        for each in news:
            yield replace(each, total=each.total + more) if isinstance(each, Answered) else each
    for rung in work.to_build:
        yield from work.build(rung)
    if work.to_build:
        yield from run(replace(_plan(order, work.contenders), retry=False), out)


@dataclass(slots=True)
class _Work:
    """The rungs of a ladder as far as they have come."""

    order: Order
    out: Path
    chosen: Chosen | None
    standing: dict[str, Standing] = field(default_factory=dict)
    contenders: list[Contender] = field(default_factory=list)
    to_build: list[Rung] = field(default_factory=list)

    def take(self, fit: Fit) -> None:
        """The rung stands with its contender, waits for its model, or says why it does neither."""
        rung, why = fit.rung, fit.why
        one = None
        if why is None and rung.builder:
            self.to_build.append(rung)
        elif why is None:
            try:
                one = _of_method(self.order, rung, self.chosen)
            except FusionError as error:
                why = error.sentence
        self._put(rung, one, why)

    def build(self, rung: Rung) -> Generator[Event, None, None]:
        """The rung's model stands and is a contender, or the rung says why there is none."""
        builder, plan = planned_rung(rung, self.order.suite, self.order.members, self.order.lessons)
        try:
            plan.check()
            for_rung = yield from built_rung(builder, plan)
            ref = for_rung.reference
            one = _contender(self.order, rung, MethodRecipe(SOLO, {}), [MemberRecipe(ref)])
        except FusionError as error:
            self._put(rung, None, error.sentence)
            return
        self._put(rung, one, None, for_rung)

    def _put(
        self,
        rung: Rung,
        one: Contender | None,
        why: Sentence | None,
        made: Built | None = None,
    ) -> None:
        if one:
            self.contenders.append(one)
        self.standing[rung.id] = Standing(
            rung.id,
            rung.level,
            one.key if one else None,
            sentence_to_json(why) if why else None,
            made,
        )
        names = tuple(member.name for member in self.order.members)
        told = self.chosen.told if self.chosen else None
        rungs_, lessons = tuple(self.standing.values()), self.order.lessons
        keep_ladder(self.out, Ladder(self.order.key, names, rungs_, told, lessons))


def _fits(
    rung: Rung,
    suite: Suite,
    members: tuple[MemberRecipe, ...],
    choosing: Sequence[Item],
    without: Sentence | None,
    lessons: int,
) -> Fit:
    """Whether the rung suits the members, by what its method or builder says."""
    if rung.chooses and not choosing:
        return Fit(rung, Sentence("ladder-no-choosing"))
    try:
        if rung.method:
            wanted = MethodRecipe(rung.method, dict(rung.settings))
            contender(suite, "", Level.TEXT, wanted, members[:1] if rung.one else members)
        elif rung.builder not in {each.name for each in all_builders()}:
            return Fit(rung, Sentence("ladder-no-builder"))
        elif without is not None:
            return Fit(rung, without)
        else:
            planned_rung(rung, suite, members, lessons)[1].check()
    except FusionError as error:
        return Fit(rung, error.sentence)
    return Fit(rung)


def _others(suite: Suite, asked: Sequence[Item], *, skip_broken: bool) -> tuple[Item, ...]:
    """Questions of the same suite that are not asked in the test; none where it has no more."""
    other = changed(suite, seed=suite.seed ^ 1, items=min(suite.items, CHOOSING))
    known = {item.prompt for item in asked}
    drawn = draw(other, skip_broken=skip_broken).items
    return tuple(item for item in drawn if item.prompt not in known)


def _plan(order: Order, fusions: Sequence[Contender], items: Sequence[Item] | None = None) -> Plan:
    """The benchmark of each member alone, and of these; over other items than the order's own."""
    asked = order.drawn.items if items is None else tuple(items)
    key = asked_key(order.suite, asked)
    alone = [
        contender(order.suite, key, order.level, MethodRecipe(SOLO, {}), [member])
        for member in order.members
    ]
    return Plan(
        order.suite,
        asked,
        key,
        told_apart([*alone, *fusions]),
        order.level,
        order.drawn.broken,
        order.drawn.unasked,
        order.baseline and items is None,
        order.batch,
        order.keep_runs if items is None else 0,
    )


def _chosen(order: Order, folder: Path, run: Run) -> Generator[News, None, Chosen]:
    """The members have answered the questions for choosing."""
    plan = _plan(order, [], order.choosing)
    yield from run(plan, folder)
    lines = {one.recipe.members[0].name: read_answers(folder, one.key) for one in plan.contenders}
    best = best_single([(name, list(found.values())) for name, found in lines.items()])
    right = {
        name: [item for item in plan.items if (line := found.get(item.id)) and line.right]
        for name, found in lines.items()
    }
    others = Counter(item.id for items in right.values() for item in items)
    solved = {
        name: tuple(item.prompt for item in sorted(items, key=lambda item: others[item.id]))
        for name, items in right.items()
    }
    told = Choosing(len(plan.items), {name: len(found) for name, found in solved.items()}, best)
    return Chosen(solved, told)


def _of_method(order: Order, rung: Rung, chosen: Chosen | None) -> Contender:
    """The rung's method over the members that it is for; raises what `contender` raises."""
    members, given = list(order.members), dict(rung.settings)
    if rung.one and chosen:
        members = [member for member in members if member.name == chosen.told.best]
    if rung.learned and chosen:
        members = [member for member in members if chosen.solved[member.name]]
        told = [_lines(chosen.solved[member.name]) for member in members]
        given |= dict.fromkeys(rung.learned, told)
    return _contender(order, rung, MethodRecipe(rung.method, given), members)


def _lines(prompts: Sequence[str]) -> str:
    """A prompt a line."""
    return "\n".join(" ".join(prompt.split()) for prompt in prompts[:SHOWN])


def _contender(
    order: Order, rung: Rung, wanted: MethodRecipe, members: Sequence[MemberRecipe]
) -> Contender:
    """The rung as a fusion under its own name: the method's where that says all of it."""
    one = contender(order.suite, order.asked, order.level, wanted, members)
    plain = rung.method if not rung.settings and not rung.learned else ""
    return replace(one, name=plain or rung.id, role="fusion")
