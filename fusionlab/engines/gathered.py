"""Many runs share batched forward passes, and their methods do not know of it.

Runs take turns: each has a thread of its own, but only one works at a time. It goes on until it
needs a model; when all of them wait, what they wait for is computed at once: prompts are prefilled
together, and rows that were opened together grow by one token in one pass. A run that ends, fails
or is stopped leaves the batch and holds nobody up.
"""

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.lora import Adapter
from fusionlab.models.base import (
    Chunk,
    LanguageModel,
    LogitModel,
    LogitSession,
    ModelSpec,
    Prompt,
    Rows,
    Usage,
    check_fits,
)
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
        self._working: _Turn[Any] | None = None

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
        turns = [_Turn(run) for run in runs]
        live = dict(enumerate(turns))
        ready = list(live)
        try:
            while live:
                for number in ready:
                    yield from ((number, news) for news in self._go_on(live[number]))
                    if live[number].ended:
                        yield number, Ended(live.pop(number).error)
                ready = _serve({number: turn.want for number, turn in live.items()})
        finally:
            for turn in turns:
                turn.stop()

    def wait(self, want: "_Want") -> None:
        """The working run's want is served; raises what serving it raised."""
        if self._working is None:
            raise RuntimeError("a gathered model is used outside of its runs")
        self._working.wait(want)

    def _go_on(self, turn: "_Turn[T]") -> list[T]:
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

    @property
    def adapter(self) -> Adapter | None:
        """The model's own."""
        return self._model.adapter

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
        with closing(self.open_rows(encoded)) as rows:
            yield from decode(self.vocabulary, rows, [len(ids) for ids in encoded], sampling)

    def open(self, ids: Sequence[int]) -> LogitSession:
        """A session of the model's own: it can be rewound, so it shares no passes."""
        return self._model.open(ids)

    def open_rows(
        self, prompts: Sequence[Sequence[int]], adapters: Sequence[Adapter | None] = ()
    ) -> "_View":
        """Rows in one batch with those that the other runs open now."""
        trunk = self.trunk
        view = _View(
            self._gathering,
            trunk._model,
            [list(ids) for ids in prompts],
            list(adapters or [self.adapter] * len(prompts)),
        )
        self._gathering.wait(_Opening(view))
        return view

    def close(self) -> None:
        """The model is closed by whoever opened it."""


@dataclass(eq=False, slots=True)
class _View:
    """One run's rows of a batch; see `Rows`."""

    gathering: Gathering
    model: LogitModel
    ids: list[list[int]]
    """Of each row, all that it holds and was fed."""
    adapters: list[Adapter | None]
    batch: "_Batch" = field(init=False)
    rows: list[int] = field(init=False)
    """Its rows' places in the batch."""
    fed: list[int] | None = None
    """What the next pass is to read."""
    spent: Usage = field(default_factory=Usage)

    @property
    def usage(self) -> Usage:
        """Of one row."""
        return self.spent

    def feed(self, ids: Sequence[int]) -> None:
        """Row i is longer by `ids[i]`."""
        if self.fed is not None:  # a pass reads one id a row
            self.gathering.wait(_Looking(self))
        self.fed = list(ids)
        self.ids = [[*row, token] for row, token in zip(self.ids, ids, strict=True)]

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        self.ids = [self.ids[row] for row in rows]
        self.adapters = [self.adapters[row] for row in rows]
        self.rows = [self.rows[row] for row in rows]
        self.fed = None if self.fed is None else [self.fed[row] for row in rows]

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, after a pass with the other runs' rows."""
        if self.fed is not None:
            self.gathering.wait(_Looking(self))
        return self.batch.logits[self.rows]

    def close(self) -> None:
        """The batch goes on without these rows."""
        self.batch.leave(self)


@dataclass(eq=False, slots=True)
class _Batch:
    """Rows that were opened together, of one model, and whose they are."""

    real: Rows
    views: list[_View]
    logits: Float[Tensor, "row vocab"] = field(init=False)
    before: Usage = field(default_factory=Usage)
    """What the rows had spent when they were told last."""

    def __post_init__(self) -> None:
        at = 0
        for view in self.views:
            view.batch, view.rows, view.fed = self, list(range(at, at + len(view.ids))), None
            at += len(view.ids)
        self._look()

    def advance(self) -> None:
        """Every row is longer by what was fed to it."""
        wanted = [row for view in self.views for row in view.rows]
        if wanted != list(range(len(self.logits))):
            self.real.keep(wanted)
        at = 0
        for view in self.views:
            view.rows = list(range(at, at + len(view.rows)))
            at += len(view.rows)
        self.real.feed([token for view in self.views for token in view.fed or ()])
        self._look()
        for view in self.views:
            view.fed = None

    def leave(self, view: _View) -> None:
        """The batch without this view; the last one closes it."""
        if view in self.views:
            self.views.remove(view)
            if not self.views:
                self.real.close()

    def _look(self) -> None:
        self.logits = self.real.logits()
        now = self.real.usage
        new = now.since(self.before)
        for view in self.views:
            view.spent = Usage(
                forward_passes=view.spent.forward_passes + new.forward_passes,
                seconds=view.spent.seconds + new.seconds,
                batch=new.batch,
            )
        self.before = now


@dataclass(slots=True)
class _Want:
    """What a run waits for: that its view can be looked at."""

    view: _View
    served: bool = False
    error: Exception | None = None


class _Opening(_Want):
    """The view's first logits."""


class _Looking(_Want):
    """The logits after what was fed."""


def _serve(waiting: dict[int, _Want | None]) -> list[int]:
    """Who can go on: at least one of those that wait.

    Batches whose rows all wait grow first, so that runs which are behind catch up with those that
    wait to open the next. Where a batch waits for a run that waits elsewhere, it is taken apart.
    """
    wants = {number: want for number, want in waiting.items() if want is not None}
    looking = [want for want in wants.values() if isinstance(want, _Looking)]
    batches = list({id(want.view.batch): want.view.batch for want in looking}.values())
    seen = {id(want.view) for want in looking}
    full = [batch for batch in batches if all(id(view) in seen for view in batch.views)]
    if full:
        for batch in full:
            _grow(batch, [want for want in looking if want.view.batch is batch])
    else:
        opening = [want for want in wants.values() if isinstance(want, _Opening)]
        apart = [want for want in looking if want.view.batch is batches[0]] if batches else []
        _open(opening or apart)
    return [number for number, want in wants.items() if want.served]


def _grow(batch: _Batch, wants: Sequence[_Want]) -> None:
    """One pass for all; what it raises, all of them raise."""
    try:
        batch.advance()
    except Exception as error:  # noqa: BLE001  it is raised in the runs
        for want in wants:
            want.error = error
    for want in wants:
        want.served = True


def _open(wants: Sequence[_Want]) -> None:
    """One new batch a model; where that fails, one a view, so that each run has its own error."""
    models = {id(want.view.model): want.view.model for want in wants}
    for model in models.values():
        group = [want for want in wants if want.view.model is model]
        try:
            _open_together(model, [want.view for want in group])
        except Exception as error:  # noqa: BLE001  it is raised in the run
            if len(group) == 1:
                group[0].error = error
            else:
                for want in group:
                    _open([want])
        for want in group:
            want.served = True


def _open_together(model: LogitModel, views: list[_View]) -> None:
    ids = [row for view in views for row in view.ids]
    adapters = [adapter for view in views for adapter in view.adapters]
    rows = model.open_rows(ids, adapters)
    left = [(view.batch, view) for view in views if view.fed is not None]
    _Batch(rows, views)
    for batch, view in left:
        batch.leave(view)


class _Stopped(BaseException):
    """The run is to end where it waits."""


class _Turn(Generic[T]):
    """A run on a thread of its own, which works only while it is told to go on."""

    def __init__(self, run: Iterator[T]) -> None:
        self.want: _Want | None = None
        self.ended = False
        self.error: Exception | None = None
        self._run = run
        self._news: list[T] = []
        self._stopping = False
        self._at_work = False
        self._begin, self._pause = threading.Lock(), threading.Lock()
        self._begin.acquire()
        self._pause.acquire()
        self._thread = threading.Thread(target=self._work, name="gathered run", daemon=True)
        self._thread.start()

    def go_on(self) -> list[T]:
        """The run works until it waits or ends; what it yielded meanwhile."""
        self._at_work = True
        self._begin.release()
        self._rest()
        news, self._news = self._news, []
        return news

    def wait(self, want: _Want) -> None:
        """Called by the run: others work until its want is served."""
        if self._stopping:
            raise _Stopped
        self.want = want
        self._pause.release()
        self._begin.acquire()
        self.want = None
        if self._stopping:
            raise _Stopped
        if want.error is not None:
            raise want.error

    def stop(self) -> None:
        """The run is closed and its thread has ended."""
        self._stopping = True
        if self._at_work:  # somebody interrupted us while we waited for it
            self._rest()
        while not self.ended:
            self.go_on()
        self._thread.join()

    def _rest(self) -> None:
        self._pause.acquire()
        self._at_work = False

    def _work(self) -> None:
        self._begin.acquire()
        try:
            if not self._stopping:
                with closing(self._run):  # type: ignore[type-var]  # methods are generators
                    for news in self._run:
                        self._news.append(news)
        except _Stopped:
            pass
        except Exception as error:  # noqa: BLE001  it is handed on
            self.error = error
        finally:
            self.ended = True
            self._pause.release()
