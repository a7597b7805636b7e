"""What every builder does around its own work, so that a model has its name only when it is whole.

A lock lets one thread of one process make a model, while others that want it report progress. The
slow part runs in a work folder beside the model's place, named for its recipe, from which it is
resumed after a stop. Weights, recipe, evaluation, card and origin are gathered in a part folder,
and one renaming puts that in place.
"""

import json
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from fusionlab.errors import RecipeError
from fusionlab.events import Event, ModelBuilt, Warned
from fusionlab.reading import read_json, read_plain
from fusionlab.registry import Plan, Shelf
from fusionlab.sources import store
from fusionlab.sources.adapters import SOURCE as ADAPTERS_SOURCE
from fusionlab.sources.opening import elements_in
from fusionlab.sources.schemes.built import SOURCE as BUILT_SOURCE
from fusionlab.sources.schemes.zoo import SOURCE as ZOO_SOURCE

RECIPE = "recipe.toml"
SCORES = "evaluation.json"
CARD = "README.md"
REPORT = "report.json"
WEIGHTS = "*.safetensors"

UNFINISHED = "-unfinished"
"""Ends the revision of a model that the same order would go on with."""

T = TypeVar("T")
Making = Generator[Event, None, Path]
"""The events of making a model, `ModelBuilt` last; returns its folder."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of a new model, to be filed beside its weights."""

    recipe: str
    """As TOML."""
    card: str
    """As Markdown, with the header that the hub reads."""
    scores: Sequence[Any] = ()
    """Its evaluation: dataclasses, one a row."""
    report: Mapping[str, JsonValue] = field(default_factory=dict)
    """What else was found of it; see `ModelBuilt.report`."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """Of files that were hashed as they were written, by name."""
    unfinished: bool = False
    """Whether the same order would go on from here: the model stands, and the work stays."""


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """A model to be made: what it will be, what decides its weights, and the two steps to it."""

    plan: Plan[Any]
    made_by: str
    """A hash of all that decides the weights: folders of one hash hold the same model."""
    work: Callable[[Path], Generator[Event, None, T]]
    """Does all that takes long, and returns what is to be written.

    It keeps its state in the folder that it is given, and goes on from what an earlier attempt
    has left there.
    """
    write: Callable[[T, Path, Path], Generator[Event, None, Papers]]
    """Writes what `work` returned; is given the work folder and the folder to write to."""
    base: Mapping[str, str] = field(default_factory=dict)
    """Of an adapter: hashes of the weights that it was trained on."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """How folders and messages speak of what stands on a shelf."""

    source: str
    making: str
    """Ends the names of work folders."""
    another: str
    """The key of what is said where another recipe has made it."""
    anew: str
    """The key of what is said where it is made again."""


_WORDING: Mapping[Shelf, _Wording] = MappingProxyType(
    {
        "models": _Wording(BUILT_SOURCE, "building", "built-by-another-recipe", "built-anew"),
        "zoo": _Wording(ZOO_SOURCE, "training", "zoo-by-another-recipe", "zoo-anew"),
        "adapters": _Wording(
            ADAPTERS_SOURCE, "training", "adapter-by-another-recipe", "adapter-anew"
        ),
    }
)


def made(order: Order[T], folder: Path | None = None) -> Making:
    """The events of making a model, after which it stands on its shelf, or in the given folder.

    A model that stands there already and was made by the same recipe is not made again. Stopped or
    failing midway, it leaves nothing under the model's name. Raises RecipeError where another model
    has the name, or SourceError where files cannot be written.
    """
    shelf = folder or shelf_of(order.plan.shelf)
    target = shelf / order.plan.id
    with store.accessible():
        lock = yield from _alone(order, target)
        try:
            seconds = 0.0
            if not (yield from _stands(order, target)):
                start = time.monotonic()
                yield from _put(order, target)
                seconds = time.monotonic() - start
            built = _built(order.plan, target, seconds)
        finally:
            lock.release()
    yield built
    return target


def shelf_of(shelf: Shelf) -> Path:
    """The shelf's folder in FusionLab's home."""
    return store.home() / shelf


def _alone(order: Order[Any], target: Path) -> Generator[Event, None, store.Lock]:
    """The lock on the model; raises RecipeError where another recipe is at work under its name."""
    waiting = store.alone(target)
    while True:
        try:
            news = next(waiting)
        except StopIteration as end:
            lock: store.Lock = end.value
            return lock
        work = _work_folder(order, target)
        others = target.parent.glob(f".{target.name}-{'?' * 12}.{work.suffix[1:]}")
        if not work.exists() and any(others):
            raise RecipeError("made-by-another-now", id=order.plan.id)
        yield news


def _work_folder(order: Order[Any], target: Path) -> Path:
    making = _WORDING[order.plan.shelf].making
    return target.with_name(f".{target.name}-{order.made_by[:12]}.{making}")


def _stands(order: Order[Any], target: Path) -> Generator[Event, None, bool]:
    """Whether the model stands there whole; raises RecipeError where another one does."""
    if not target.exists():
        return False
    say = _WORDING[order.plan.shelf]
    revision = store.origin_of(target).get("revision")
    if revision == order.made_by + UNFINISHED:
        return False
    if revision != order.made_by:
        raise RecipeError(say.another, id=target.name, folder=str(target))
    if fault := (yield from store.fault(target)):
        yield Warned.of(say.anew, fault=fault)
    return fault is None


def _put(order: Order[T], target: Path) -> Generator[Event, None, None]:
    """The folder `target` holds the whole model, and the work folder is gone."""
    plan, say = order.plan, _WORDING[order.plan.shelf]
    work = _work_folder(order, target)
    work.mkdir(parents=True, exist_ok=True)
    result = yield from order.work(work)
    with store.part_of(target) as part:
        papers = yield from order.write(result, work, part)
        files = yield from store.hashes_of(part, papers.sha256)
        sha256 = {name: files[name] for name in files if Path(name).match(WEIGHTS)}
        store.write_origin(
            part,
            say.source,
            order.made_by + (UNFINISHED if papers.unfinished else ""),
            sha256,
            base=order.base,
            files=files,
            lineage=plan.lineage,
            licence=plan.licence,
        )
        _file(papers, part)
        store.put(part, target)
    if not papers.unfinished:
        store.remove(work)


def _file(papers: Papers, part: Path) -> None:
    (part / RECIPE).write_text(papers.recipe, encoding="utf-8")
    (part / CARD).write_text(papers.card, encoding="utf-8")
    if papers.scores:
        rows = json.dumps([asdict(score) for score in papers.scores], indent=1)
        (part / SCORES).write_text(rows + "\n", encoding="utf-8")
    if papers.report:
        text = json.dumps(papers.report, indent=1, allow_nan=False)
        (part / REPORT).write_text(text + "\n", encoding="utf-8")


def _built(plan: Plan[Any], target: Path, seconds: float) -> ModelBuilt:
    parameters = sum(elements_in(target).values())
    size = sum(file.stat().st_size for file in target.glob(WEIGHTS))
    at_home = target.parent.resolve() == shelf_of(plan.shelf).resolve()
    reference = plan.reference if at_home else ""
    report: dict[str, JsonValue] = {"scores": _rows(target / SCORES), **report_in(target)}
    return ModelBuilt(plan.id, reference, parameters, size, seconds, plan.lineage, report)


def _rows(file: Path) -> list[JsonValue]:
    """The rows of an evaluation; none where they cannot be read."""
    rows = _read(file)
    return rows if isinstance(rows, list) else []


def report_in(folder: Path) -> dict[str, JsonValue]:
    """What else was found of the model in this folder; nothing where it cannot be read."""
    report = _read(folder / REPORT)
    return report if isinstance(report, dict) else {}


def _read(file: Path) -> Any:
    try:
        return read_json(read_plain(file), finite=True)
    except (OSError, ValueError):
        return None
