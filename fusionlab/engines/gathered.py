"""Many runs share batched forward passes, and their methods do not know of it.

Runs take turns. Each goes on until it has to look at a model's logits; when all of them wait, what
they wait for is computed at once: prompts are read together, and rows that were opened together
grow in one pass. A run that ends, fails or is stopped leaves the batch and holds nobody up.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.turns import Turn, Want
from fusionlab.models.base import (
    Chunk,
    Continuation,
    LanguageModel,
    LogitModel,
    ModelSpec,
    Prompt,
    Sequences,
    Usage,
    check_fits,
    check_rewind,
)
from fusionlab.models.continuing import continued
from fusionlab.models.decoding import decode
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.recipe import Sampling

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """A run is over, with what broke it or with nothing."""

    error: Exception | None = None


class Gathering:
    """Runs that go on together, over models that this gathering gave out."""

    def __init__(self) -> None:
        self._given: dict[int, GatheredModel] = {}
        self._working: Turn[Any, _Look] | None = None

    def model(self, model: LanguageModel) -> LanguageModel:
        """The model as runs are to use it; one that gives no logits is used as it is, in turn."""
        return self.logit_model(model) if isinstance(model, LogitModel) else model

    def logit_model(self, model: LogitModel) -> "GatheredModel":
        """The same for a model with logits."""
        return self._given.setdefault(id(model), GatheredModel(self, model))

    def together(self, runs: Sequence[Iterator[T]]) -> Generator[tuple[int, T | Ended], None, None]:
        """What each run yields, with its number, until all have ended; one `Ended` comes last.

        Closing this generator closes every run.
        """
        turns = [Turn[T, _Look](run) for run in runs]
        live = dict(enumerate(turns))
        ready = list(live)
        try:
            while live:
                for number in ready:
                    yield from ((number, news) for news in self._go_on(live[number]))
                    if live[number].ended:
                        yield number, Ended(live.pop(number).error)
                wants = {number: turn.want for number, turn in live.items()}
                _serve([want for want in wants.values() if want is not None])
                ready = [number for number, want in wants.items() if want and want.served]
        finally:
            for turn in turns:
                turn.stop()

    def look(self, view: "_View") -> Float[Tensor, "row vocab"]:
        """The view's logits, for which the working run waits; raises what computing them raised."""
        if self._working is None:
            raise RuntimeError("a gathered model is used outside of its runs")
        look = _Look(view=view)
        self._working.wait(look)
        return look.logits

    def _go_on(self, turn: "Turn[T, _Look]") -> list[T]:
        """What the run yields until it waits or ends."""
        self._working = turn
        try:
            return turn.go_on()
        finally:
            self._working = None


class GatheredModel:
    """A model whose rows of several runs are computed together; see `LogitModel`."""

    def __init__(self, gathering: Gathering, model: LogitModel) -> None:
        self._gathering = gathering
        self._model = model

    @property
    def spec(self) -> ModelSpec:
        """The model's own."""
        return self._model.spec

    @property
    def vocabulary(self) -> Vocabulary:
        """The model's own."""
        return self._model.vocabulary

    @property
    def context(self) -> int:
        """The model's own."""
        return self._model.context

    @property
    def trunk(self) -> "GatheredModel":
        """The gathered trunk of the model."""
        return self._gathering.logit_model(self._model.trunk)

    def encode(self, prompt: Prompt) -> list[int]:
        """As the model does."""
        return self._model.encode(prompt)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """As the model does, in one batch with the other runs."""
        if not prompts:
            return
        encoded = [self.encode(prompt) for prompt in prompts]
        for ids in encoded:
            check_fits(self, ids, sampling.max_tokens)
        with closing(self.open(encoded)) as rows:
            yield from decode(self.vocabulary, rows, [len(ids) for ids in encoded], sampling)

    def begin(self, ids: Sequence[int]) -> Continuation:
        """The answer to an encoded prompt, of which nothing is said yet."""
        return continued(self, ids)

    def open(self, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel] = ()) -> "_View":
        """Rows that are one batch with those of the runs that look for the first time with it."""
        named = [bare(model) for model in models] or [self._model] * len(prompts)
        rows = [_Row(list(ids), model) for ids, model in zip(prompts, named, strict=True)]
        return _View(self._gathering, self._model.trunk, rows)

    def close(self) -> None:
        """The model is closed by whoever opened it."""


def bare(model: LogitModel) -> LogitModel:
    """The model itself, where it is used in a gathering."""
    return model._model if isinstance(model, GatheredModel) else model


@dataclass(eq=False, slots=True)
class _Row:
    """One sequence of a view."""

    ids: list[int]
    model: LogitModel
    place: int = 0
    """Its row in the batch."""
    held: int = 0
    """How many ids the batch has of it."""
    known: int = 0
    """How many of its ids are the first of those."""
    usage: Usage = field(default_factory=Usage)


@dataclass(eq=False, slots=True)
class _View:
    """One run's rows of a batch; see `Sequences`."""

    gathering: Gathering
    trunk: LogitModel
    rows: list[_Row]
    batch: "_Batch | None" = None
    """None before the first look."""
    seen: Float[Tensor, "row vocab"] | None = None
    """The logits, where nothing has changed since they were looked at."""
    passes: int = 0
    """In how many passes its rows were read; at most, where other runs' rows were read apart."""
    beside: bool = False
    """No: who looks waits for the other runs."""

    @property
    def ids(self) -> Sequence[Sequence[int]]:
        """Of each row, all that was fed and not rewound."""
        return [tuple(row.ids) for row in self.rows]

    @property
    def usage(self) -> Sequence[Usage]:
        """Of each row, so far."""
        return [row.usage for row in self.rows]

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        """Row i is longer by `ids[i]`, which may be nothing."""
        for row, more in zip(self.rows, ids, strict=True):
            if more:
                row.ids += more
                self.seen = None

    def rewind(self, lengths: Sequence[int]) -> None:
        """Row i is as if only its first `lengths[i]` ids had been fed."""
        check_rewind([row.ids for row in self.rows], lengths)
        for row, length in zip(self.rows, lengths, strict=True):
            if length < len(row.ids):
                del row.ids[length:]
                row.known = min(row.known, length)
                self.seen = None

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        self.rows = [replace(self.rows[row], ids=list(self.rows[row].ids)) for row in rows]
        self.seen = None if self.seen is None else self.seen[list(rows)]

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, after passes with the other runs' rows."""
        if self.seen is None:
            self.seen = self.gathering.look(self)
        return self.seen

    def close(self) -> None:
        """The batch goes on without these rows."""
        if self.batch is not None:
            self.batch.leave(self)

    def count(self, usage: Sequence[Usage], passes: int) -> None:
        """The batch's rows have spent this much in all, and were just read in so many passes."""
        own = 0
        for row in self.rows:
            now = usage[row.place]
            own += now.forward_passes - row.usage.forward_passes
            row.usage = now
        self.passes += min(own, passes)


@dataclass(eq=False, slots=True)
class _Batch:
    """Rows that were opened together, over one trunk, and whose they are."""

    real: Sequences
    views: list[_View]
    size: int
    """How many rows there are, those of views that left it included."""

    def grow(self, looks: Sequence["_Look"]) -> None:
        """The rows that are looked at are read to their ends; the others stay where they are."""
        rows = [row for view in self.views for row in view.rows]
        self._keep(rows)
        looking = {id(row) for look in looks for row in look.view.rows}
        if any(row.known < row.held for row in rows if id(row) in looking):
            self.real.rewind([row.known if id(row) in looking else row.held for row in rows])
        self.real.feed([row.ids[row.known :] if id(row) in looking else [] for row in rows])
        for row in rows:
            if id(row) in looking:
                row.held = row.known = len(row.ids)
        before = self.real.passes
        logits = self.real.logits()
        usage, passes = self.real.usage, self.real.passes - before
        for look in looks:
            look.view.count(usage, passes)
            look.logits = logits[[row.place for row in look.view.rows]]

    def leave(self, view: _View) -> None:
        """The batch is without this view; the last one closes it."""
        if view in self.views:
            self.views.remove(view)
            if not self.views:
                self.real.close()

    def _keep(self, rows: Sequence[_Row]) -> None:
        """The batch has these rows only, in this order."""
        places = [row.place for row in rows]
        if places != list(range(self.size)):
            self.real.keep(places)
            self.size = len(rows)
            for place, row in enumerate(rows):
                row.place = place


@dataclass(eq=False, slots=True, kw_only=True)
class _Look(Want):
    """A run waits to see a view's logits."""

    view: _View
    logits: Float[Tensor, "row vocab"] = field(init=False)


def _serve(looks: Sequence[_Look]) -> None:
    """At least one of the looks is served, if there are any.

    Batches whose rows all wait grow first, so that runs which are behind catch up with those that
    wait to open the next. Where a batch waits for a run that waits elsewhere, it grows without it.
    """
    batches = {id(look.view.batch): look.view.batch for look in looks if look.view.batch}
    waiting = {id(look.view) for look in looks}
    full = [each for each in batches.values() if all(id(view) in waiting for view in each.views)]
    opening = [look for look in looks if look.view.batch is None]
    if opening and not full:
        _open(opening)
    else:
        for batch in full or list(batches.values())[:1]:
            _grow(batch, [look for look in looks if look.view.batch is batch])


def _grow(batch: _Batch, looks: Sequence[_Look]) -> None:
    """One batch for all; what it raises, all of them raise."""
    try:
        batch.grow(looks)
    except Exception as error:  # noqa: BLE001  it is raised in the runs
        for look in looks:
            look.error = error
    for look in looks:
        look.served = True


def _open(looks: Sequence[_Look]) -> None:
    """One new batch a trunk; where that fails, one a view, so that each run has its own error."""
    trunks = {id(look.view.trunk): look.view.trunk for look in looks}
    for trunk in trunks.values():
        group = [look for look in looks if look.view.trunk is trunk]
        try:
            _open_together(trunk, group)
        except Exception as error:  # noqa: BLE001  it is raised in the run
            if len(group) == 1:
                group[0].error = error
            else:
                for look in group:
                    _open([look])
        for look in group:
            look.served = True


def _open_together(trunk: LogitModel, looks: Sequence[_Look]) -> None:
    views = [look.view for look in looks]
    rows = [row for view in views for row in view.rows]
    real = trunk.open([row.ids for row in rows], [row.model for row in rows])
    for place, row in enumerate(rows):
        row.place, row.held, row.known = place, len(row.ids), len(row.ids)
    batch = _Batch(real, views, len(rows))
    try:
        batch.grow(looks)
    except Exception:
        real.close()
        raise
    for view in views:
        view.batch = batch
