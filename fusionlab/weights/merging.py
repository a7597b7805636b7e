"""Tensors merged one after another as they are written; of large ones a part at a time.

What a rule does with each element alone is done in runs of rows, what it does with each matrix of a
stack matrix by matrix, and everything else with whole tensors.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from fusionlab.weights.blueprint import Blueprint, scopes
from fusionlab.weights.checkpoint import DTYPES, Header
from fusionlab.weights.gathering import Gathered, Place, header_of, is_unchanged
from fusionlab.weights.opened import Opened
from fusionlab.weights.rule import Rule, Settings, seeded
from fusionlab.weights.rules import get_rule
from fusionlab.weights.varying import value_at
from fusionlab.weights.vocabularies import Alignment
from fusionlab.weights.workers import TOGETHER, Job

LINEAR = get_rule("linear")
CHUNK = 1 << 20
"""Bytes of a source's tensor that are read at once where runs of rows can be merged: so few that
they stay in the processor's cache and their memory is used again, where the system would have to
give more of it each time.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor of the new model, and how it is made."""

    header: Header
    models: tuple[Place, ...]
    base: Place | None
    settings: Settings | None
    """None where it is a copy of the first model's."""
    vocabulary: bool


@runtime_checkable
class Statistics(Protocol):
    """What was measured of the models on data; any thread may ask."""

    def has(self, part: Part) -> bool:
        """Whether it is known of every model's tensor."""
        ...

    def read(self, part: Part, rows: slice) -> list[Tensor]:
        """Of each model's tensor, or of these rows of it."""
        ...


def parts_of(
    blueprint: Blueprint,
    sources: Sequence[Opened],
    found: Sequence[Gathered],
    alignment: Alignment | None,
) -> list[Part]:
    """How each gathered tensor is made; raises UnknownName, SettingError or RecipeError."""
    rule = get_rule(blueprint.rule)
    settle = _Settling(rule, blueprint)
    return [_part(each, blueprint, sources, settle, alignment) for each in found]


def jobs_of(
    blueprint: Blueprint,
    sources: Sequence[Opened],
    parts: Sequence[Part],
    alignment: Alignment | None,
    statistics: Statistics | None = None,
) -> list[Job[Tensor]]:
    """What makes the new model's tensors, run of rows after run of rows, in the parts' order.

    Tensors of which there are no statistics are averaged, as the papers of such rules have it.
    """
    rule, jobs = get_rule(blueprint.rule), []
    for part in parts:
        told = statistics
        if part.settings is not None and statistics and not statistics.has(part):
            part, told = _averaged(part), None
        own = LINEAR if statistics and not told else rule
        jobs += [
            Job(
                part.header.name,
                partial(_made, part, rows, own, blueprint, sources, alignment, told),
                _held(own, part, sources),
            )
            for rows in _runs(part, own, sources)
        ]
    return jobs


def held(rule: Rule, parts: Sequence[Part], sources: Sequence[Opened]) -> int:
    """The most bytes that merging holds at once, by what rules promise: of the largest part, or of
    as many small ones as are merged side by side.
    """
    sizes = [_held(rule, part, sources) for part in parts]
    return max(*sizes, min(sum(sizes), TOGETHER))


class _Settling:
    """Finds settings of tensors; the same values are checked once."""

    def __init__(self, rule: Rule, blueprint: Blueprint) -> None:
        self._rule, self._blueprint = rule, blueprint
        self._known: dict[str, Settings] = {}

    def settings(self, found: Gathered) -> Settings:
        part = self._blueprint.slices[found.slice]
        spans = [span for span, place in zip(part.inputs, found.places, strict=True) if place]
        names = [place.name for place in found.places if place]
        of_models = [
            _values(
                self._rule.of_each.model_fields,
                scopes(self._blueprint, part, span),
                name,
                found.depth,
            )
            for span, name in zip(spans, names, strict=True)
        ]
        of_merge = _values(
            self._rule.settings.model_fields, scopes(self._blueprint, part), found.name, found.depth
        )
        key = repr((of_models, of_merge))
        if key not in self._known:
            self._known[key] = self._rule.checked(of_models, of_merge)
            self._try(self._known[key], len(of_models), based=found.base is not None)
        return self._known[key]

    def _try(self, settings: Settings, count: int, *, based: bool) -> None:
        """Raises RecipeError where the rule refuses the settings, whatever is merged."""
        if self._rule.base == "required" and not based:
            return
        tiny = torch.eye(2)
        generator = seeded(0, "") if self._rule.random else None
        base = tiny if based else None
        told = tiny if self._rule.statistic != "shift" else torch.zeros(())
        statistics = [told] * count if self._rule.statistic else None
        self._rule.merged(
            [tiny] * count, base, settings, generator=generator, statistics=statistics
        )

    def is_copied(
        self, found: Gathered, sources: Sequence[Opened], *, plain: bool, aligned: bool
    ) -> bool:
        """Whether the rule has nothing to do: no numbers to merge, or nothing that was changed."""
        if not plain or not any(found.places):
            return True
        # Of one tensor that all have, rules that weigh models by data make that tensor.
        same = found.found[0] if self._rule.statistic else None
        origin = found.base or same
        if aligned or origin is None:
            return False
        return all(each is None or is_unchanged(each, origin, sources) for each in found.places)


def _values(
    names: Mapping[str, Any], wide: Sequence[Mapping[str, Any]], tensor: str, depth: float
) -> dict[str, Any]:
    """What the settings of these names are for a tensor; the first scope that says it counts."""
    found: dict[str, Any] = {}
    for name in names:
        for scope in wide:
            value = value_at(scope[name], tensor, depth) if name in scope else None
            if value is not None:
                found[name] = value
                break
    return found


def _part(
    found: Gathered,
    blueprint: Blueprint,
    sources: Sequence[Opened],
    settle: _Settling,
    alignment: Alignment | None,
) -> Part:
    settings = settle.settings(found) if any(found.places) else None
    first = header_of(found.found[0], sources)
    donated = [place for place in found.found if place.source == blueprint.donor]
    own = header_of(donated[0] if donated else found.found[0], sources)
    plain = DTYPES[own.dtype].is_floating_point
    dtype = blueprint.dtype if blueprint.dtype and plain else own.dtype
    aligned = found.vocabulary and alignment is not None
    shape = (alignment.rows, *first.shape[1:]) if aligned and alignment else own.shape
    header = Header(found.name, dtype, shape)
    models = tuple(place for place in found.places if place)
    if settle.is_copied(found, sources, plain=plain, aligned=aligned):
        source = found.base or (donated[0] if donated else models[0])
        return Part(header, (source,), None, None, vocabulary=False)
    return Part(header, models, found.base, settings, aligned)


def _averaged(part: Part) -> Part:
    """The same tensor as a mean by the models' weights."""
    if part.settings is None:
        return part
    weights = {"weight": part.settings.of_models["weight"]}
    return replace(part, settings=Settings(weights, {"normalize": True}))


def _made(
    part: Part,
    rows: slice,
    rule: Rule,
    blueprint: Blueprint,
    sources: Sequence[Opened],
    alignment: Alignment | None,
    statistics: Statistics | None,
) -> Tensor:
    """These rows of the new tensor, in the numbers that it is written in."""
    dtype = DTYPES[part.header.dtype]
    if part.settings is None:
        return _read(part.models[0], sources, rows).to(dtype)
    places = (*part.models, *([part.base] if part.base else []))
    room = _HERE.room(len(places)) if rule.elementwise else [None] * len(places)
    read = [_read(place, sources, rows, into) for place, into in zip(places, room, strict=True)]
    generator = seeded(blueprint.seed, part.header.name) if rule.random else None
    if part.vocabulary and alignment is not None:
        read = alignment.aligned(read, [place.source for place in places])
    base = read.pop() if part.base else None
    told = statistics.read(part, rows) if statistics else None
    merged = rule.merged(read, base, part.settings, generator=generator, statistics=told)
    return merged.to(dtype)


def _runs(part: Part, rule: Rule, sources: Sequence[Opened]) -> Iterator[slice]:
    """Rows that are merged together."""
    header = header_of(part.models[0], sources)
    rows = header.shape[0] if header.shape else 1
    if part.vocabulary:
        return iter([slice(0, None)])
    if rule.elementwise or part.settings is None:
        step = max(1, rows * CHUNK // max(1, header.bytes))
    elif rule.grain == "matrix" and len(header.shape) == 3:
        step = 1
    else:
        step = max(1, rows)
    return (slice(first, min(first + step, rows)) for first in range(0, max(1, rows), step))


def _read(
    place: Place, sources: Sequence[Opened], rows: slice, into: Tensor | None = None
) -> Tensor:
    tensor = sources[place.source].weights.read(place.name, rows.start, rows.stop, into)
    return tensor.float() if tensor.dtype.itemsize == 1 else tensor


class _Room(threading.local):
    """Memory that runs of rows are read into, one after another; every thread has its own."""

    def __init__(self) -> None:
        self._bytes: list[Tensor] = []

    def room(self, count: int) -> list[Tensor]:
        """Of so many tensors."""
        while len(self._bytes) < count:
            self._bytes.append(torch.empty(CHUNK, dtype=torch.uint8))
        return self._bytes[:count]


_HERE = _Room()


def _held(rule: Rule, part: Part, sources: Sequence[Opened]) -> int:
    places = (*part.models, *([part.base] if part.base else []))
    sizes = [header_of(place, sources).bytes for place in places]
    if part.settings is not None:
        sizes += [_told(rule, header_of(place, sources)) for place in part.models]
    if part.settings is None or (rule.elementwise and not part.vocabulary):
        share = min(1.0, CHUNK / max(1, *sizes))
        return int(sum(sizes) * share + 2 * part.header.elements * 4 * share)
    return sum(sizes) + (3 + len(places)) * part.header.elements * 4


def _told(rule: Rule, header: Header) -> int:
    """Bytes of what the rule is told of a tensor, and of what it makes of that."""
    if rule.statistic == "gram" and len(header.shape) > 1:
        return 3 * 8 * header.shape[-1] ** 2
    return 4 * header.elements if rule.statistic == "fisher" else 0
