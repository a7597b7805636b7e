"""Who holds models in memory: one pool a process, under a budget.

Members over one model hold its weights once, as do adapters over one base. A model that nobody
borrows stays until its room is needed; the least recently used goes first. Memory is counted by the
weights, and by the KV caches that a model keeps between two rounds of a run; these are let go when
nobody borrows the model any longer, and before a model has to go.
"""

import threading
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import count, pairwise
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any

import psutil

from fusionlab.background import in_background
from fusionlab.engines.table import (
    ENGINES,
    Engine,
    Loader,
    check_engine,
    engines_for,
    faster,
    load_adapted,
)
from fusionlab.errors import FusionError, LevelTooLow, OutOfBudget, SourceError
from fusionlab.events import Warned
from fusionlab.models.base import LanguageModel, Level, ModelSpec
from fusionlab.models.resuming import KeepingModel
from fusionlab.sources import store
from fusionlab.sources.adapters import DAMAGED, WEIGHTS
from fusionlab.sources.references import adapter_of, forms_of, spec_of
from fusionlab.sources.scheme import Fetch, News, Where

SHARE = 0.6
"""Of the memory that is free, how much models may take by default."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine finds a model; equal places are one model in memory."""

    engine: str
    parts: tuple[Path | str, ...]
    bytes: int = 0
    """Of its weight files."""
    stamp: int = 0
    """When they were last changed: a model that was trained further is another one."""
    base: "Place | None" = None
    """Of the model whose weights it uses, and without which it cannot stay."""


@dataclass(slots=True)
class _Held:
    model: LanguageModel
    bytes: int
    used: int
    loans: set["Loan"] = field(default_factory=set)

    @property
    def all_bytes(self) -> int:
        """Weights, and what is kept of their reading."""
        kept = self.model.kept_bytes if isinstance(self.model, KeepingModel) else 0
        return self.bytes + kept

    def forget(self) -> None:
        """Only the weights are in memory."""
        if isinstance(self.model, KeepingModel):
            self.model.forget()


LOADERS: Mapping[str, Loader] = MappingProxyType(
    {engine.name: engine.load for engine in ENGINES} | {"adapted": load_adapted}
)


class Pool:
    """Models in memory, at most `budget` bytes of weights; safe to use from several threads."""

    def __init__(self, budget: int | None = None, loaders: Mapping[str, Loader] = LOADERS) -> None:
        self.budget = int(available_memory() * SHARE) if budget is None else budget
        self._loaders = loaders
        self._held: dict[Place, _Held] = {}
        self._lock = threading.Lock()
        # transformers sets torch's default precision while it loads: never two at once.
        self._loading = threading.Lock()
        self._asking = threading.Lock()
        self._clock = count()

    def borrow(self) -> "Loan":
        """A loan; models that it loads stay in memory until it is closed."""
        return Loan(self)

    @property
    def borrowed(self) -> int:
        """How many models somebody uses just now."""
        with self._lock:
            return sum(bool(held.loans) for held in self._held.values())

    @property
    def held(self) -> int:
        """Bytes of weights in memory, and of KV caches that are kept."""
        with self._lock:
            return sum(held.all_bytes for held in self._held.values())

    def close(self) -> None:
        """All models are closed, borrowed or not."""
        with self._lock:
            gone = list(self._held.values())
            self._held.clear()
        for held in gone:
            held.model.close()

    def give_back(self, loan: "Loan") -> None:
        """Nothing is kept for this loan any longer."""
        with self._lock:
            for held in self._held.values():
                held.loans.discard(loan)
                if not held.loans:
                    held.forget()

    def lend(
        self, place: Place, spec: ModelSpec, loan: "Loan", base: LanguageModel | None = None
    ) -> Generator[News, None, LanguageModel]:
        """The model at `place`, borrowed by `loan`; raises OutOfBudget."""
        if model := self._borrowed(place, loan):
            return model
        load = partial(self._load, place, spec, loan, base)
        return (yield from in_background(load, f"loading {spec.id}"))

    def check_fits(self, name: str, needed: int) -> None:
        """Raises OutOfBudget if this model alone is larger than the whole budget."""
        if needed > self.budget:
            raise _too_large(name, needed, self.budget, self.budget)

    def _load(
        self, place: Place, spec: ModelSpec, loan: "Loan", base: LanguageModel | None
    ) -> LanguageModel:
        with self._loading if place.bytes else self._asking:
            if model := self._borrowed(place, loan):
                return model
            self._make_room(spec.id, place.bytes)
            model = _open(self._loaders[place.engine], place, spec, base)
            # What an engine really takes is known only now: it may compute in a wider type.
            size = model.spec.bytes or place.bytes
            try:
                self._make_room(spec.id, size)
            except OutOfBudget:
                model.close()
                raise
            with self._lock:
                held = self._held[place] = _Held(model, size, next(self._clock))
                if not loan.closed:
                    held.loans.add(loan)
            return model

    def _borrowed(self, place: Place, loan: "Loan") -> LanguageModel | None:
        with self._lock:
            held = self._held.get(place)
            if held is None:
                return None
            held.used = next(self._clock)
            if not loan.closed:
                held.loans.add(loan)
            return held.model

    def _make_room(self, name: str, needed: int) -> None:
        """`needed` bytes are free; the least recently used models that nobody borrows made room."""
        gone = []
        with self._lock:
            free = self.budget - sum(held.all_bytes for held in self._held.values())
            if needed > free:
                for held in self._held.values():
                    held.forget()
                free = self.budget - sum(held.bytes for held in self._held.values())
            idle = sorted(
                (place for place, held in self._held.items() if not held.loans and held.bytes),
                key=lambda place: self._held[place].used,
            )
            could = free + sum(self._held[place].bytes for place in idle)
            if needed > could:
                raise _too_large(name, needed, could, self.budget)
            for place in idle:
                if needed <= free:
                    break
                for each in self._with(place):
                    gone.append(self._held.pop(each))
                    free += gone[-1].bytes
        for held in gone:
            held.model.close()

    def _with(self, place: Place) -> list[Place]:
        """This place and those over it, as far as they are held.

        Nobody borrows a model over a base that nobody borrows: a loan borrows both.
        """
        return [held for held in self._held if place in (held, held.base)]


class Loan:
    """What one run has borrowed; a context manager that gives it back."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.closed = False

    def __enter__(self) -> "Loan":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """The pool may let its models go."""
        self.closed = True
        self.pool.give_back(self)

    def load(
        self, ref: str, level: Level, engine: str = "", *, fast: bool = False
    ) -> Generator[News, None, LanguageModel]:
        """The model of this reference, opened at least as far as `level`.

        It comes from memory, this machine or the network, with the engine of this name, or the
        first that gives the level; with `fast`, one that changes the weights' precision may be
        taken too, if it stands ready. Raises UnknownName, LevelTooLow, SourceError, OutOfBudget,
        or MemberError for a server that fails.
        """
        spec = spec_of(ref)
        _check_level(spec, level)
        check_engine(ref, level, engine)
        if (
            next(engines_for(ref, level, engine)).form != "gguf"
        ):  # which is smaller than the spec says
            self.pool.check_fits(spec.id, spec.bytes)
        if adapted := adapter_of(ref):
            return (yield from self._load_adapted(spec, *adapted))
        place, spec = yield from _resolve(ref, spec, level, engine, fast=fast)
        model = yield from self.pool.lend(place, spec, self)
        _check_level(model.spec, level)
        return model

    def _load_adapted(
        self, spec: ModelSpec, base: str, folder: Path
    ) -> Generator[News, None, LanguageModel]:
        """The adapter over its base, which is loaded with it, always from its whole weights."""
        yield from store.check_whole(folder, DAMAGED)
        below, base_spec = yield from _resolve(base, spec_of(base), Level.INTERNALS)
        model = yield from self.pool.lend(below, base_spec, self)
        place = replace(_on_disk("adapted", folder, [folder / WEIGHTS]), base=below)
        return (yield from self.pool.lend(place, spec, self, model))


@cache
def default_pool() -> Pool:
    """The pool of this process."""
    return Pool()


def available_memory() -> int:
    """Bytes that can be had without swapping, as far as system and container say."""
    free = psutil.virtual_memory().available
    return min(free, _container_limit() or free)


def _resolve(
    ref: str, spec: ModelSpec, level: Level, name: str = "", *, fast: bool = False
) -> Generator[News, None, tuple[Place, ModelSpec]]:
    """Where the first engine that suffices finds the model, and what is known of it now.

    Where the model cannot be had in the form of one engine, the next is tried, with a warning.
    """
    engine, where = yield from _found(ref, level, name)
    if engine.made:
        where = yield from engine.made(Path(where[0]), spec.id)
    elif fast and not name:
        engine, where = yield from faster(engine, where, level, spec.id)
    return _placed(engine, where, spec)


def _found(ref: str, level: Level, name: str) -> Generator[News, None, tuple[Engine, Where]]:
    """The first engine that suffices, and where the model lies in its form."""
    *others, last = engines_for(ref, level, name)
    forms = forms_of(ref)
    for engine, following in pairwise([*others, last]):
        try:
            return engine, (yield from _fetched(forms[engine.form]))
        except SourceError as error:
            yield Warned.of("engine-next", why=error.sentence, ref=ref, engine=following.name)
    return last, (yield from _fetched(forms[last.form]))


def _fetched(fetch: Fetch) -> Generator[News, None, Where]:
    with store.accessible():
        return (yield from fetch())


def _placed(engine: Engine, where: Where, spec: ModelSpec) -> tuple[Place, ModelSpec]:
    """Where the engine finds it, and what is known of it now."""
    spec = replace(spec, engine=engine.name, level=engine.gives)
    if engine.files is None:
        return Place(engine.name, where), spec
    path, *more = where
    path = Path(path)
    place = _on_disk(engine.name, path, engine.files(path), *map(str, more))
    if not engine.weighs:
        return replace(place, bytes=0), spec
    known: dict[str, Any] = engine.known(path)
    return place, replace(spec, bytes=place.bytes, **known)


def _on_disk(engine: str, place: Path, files: Iterable[Path], *parts: str) -> Place:
    stats = [file.stat() for file in files]
    size = sum(stat.st_size for stat in stats)
    stamp = max((stat.st_mtime_ns for stat in stats), default=0)
    return Place(engine, (place.resolve(), *parts), size, stamp)


def _open(
    loader: Loader, place: Place, spec: ModelSpec, base: LanguageModel | None
) -> LanguageModel:
    try:
        return loader(*place.parts, *([base] if base else []), spec)
    except FusionError:
        raise
    except ImportError as cause:
        raise SourceError(
            "engine-needs-package", name=spec.id, engine=spec.engine, said=str(cause)
        ) from cause
    except Exception as cause:  # foreign files and libraries raise whatever they like
        said = str(cause) or type(cause).__name__
        raise SourceError(
            "engine-unloadable", name=spec.id, engine=spec.engine, said=said
        ) from cause


def _check_level(spec: ModelSpec, level: Level) -> None:
    if spec.level < level:
        raise LevelTooLow("level-too-low", name=spec.id, gives=spec.level.named, needed=level.named)


def _too_large(name: str, needed: int, available: int, budget: int) -> OutOfBudget:
    return OutOfBudget(
        "budget-exceeded",
        name=name,
        needed=_readable(needed),
        free=_readable(max(available, 0)),
        budget=_readable(budget),
    )


def _readable(size: float) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size:.0f} B"


def _container_limit() -> int:
    """What is left under the limit of a control group; 0 where there is none."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text())
        return max(limit - int((group / "memory.current").read_text()), 1)
    except (OSError, ValueError):  # "max" is no number: no limit
        return 0
