"""What is known of a merge before it is made, from headers, configs and tokenizers alone.

Every finding says what it means and what to do: one that is refused would make a model that cannot
be opened or talks nonsense, a warning one that may.
"""

from collections.abc import Iterable, Iterator, Sequence

from fusionlab.plans import Finding
from fusionlab.weights.blueprint import Blueprint, Parameters
from fusionlab.weights.checkpoint import DTYPES
from fusionlab.weights.checkups import templates_and_tokens
from fusionlab.weights.gathering import Gathered, header_of, left_out
from fusionlab.weights.likeness import settings_that_differ
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.varying import filters_in, numbers_in
from fusionlab.weights.vocabularies import Alignment
from fusionlab.words import Given

SHAPING = ("model_type", "hidden_size", "num_hidden_layers")
"""Settings in which models that are merged have to agree; shapes tell of all others."""
COUNTED = ("vocab_size", "tie_word_embeddings")
"""Settings of which a finding of its own speaks."""
LARGEST_F16 = 65_504
FACTORS = ("weight", "scale", "lambda", "r", "alpha")
"""Settings that numbers are multiplied by."""
LARGEST_FACTOR = 100.0
"""Of numbers in F16: trained weights of several hundred are rare."""

ORDER = ("refused", "warning", "note")


def checked(
    blueprint: Blueprint,
    sources: Sequence[Opened],
    found: Sequence[Gathered],
    alignment: Alignment | None,
) -> list[Finding]:
    """All findings about the models; of those of another build, that and no more."""
    if builds := list(_builds(blueprint, sources)):
        return builds
    return [
        *_settings(blueprint, sources),
        *_shapes(sources, found, alignment),
        *_coverage(blueprint, sources, found),
        *templates_and_tokens(blueprint, sources, alignment),
        *_heads(sources, found),
        *_numbers(blueprint, sources),
        *_filters(blueprint, found),
        *_licences(sources),
        *_adapters(sources),
    ]


def checked_as_adapters(
    blueprint: Blueprint, sources: Sequence[Opened], found: Sequence[Gathered]
) -> list[Finding]:
    """All findings about adapters of one base that become one adapter."""
    return [
        *_builds(blueprint, sources),
        *_filters(blueprint, found),
        *_licences(sources),
    ]


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that refuse, then the warnings, then the notes."""
    return tuple(sorted(findings, key=lambda each: ORDER.index(each.severity)))


def _adapters(sources: Sequence[Opened]) -> Iterator[Finding]:
    for source in sources:
        if source.adapter is not None:
            yield Finding.of("note", "graft-adapter-folded", source=short(source.ref))


def _builds(blueprint: Blueprint, sources: Sequence[Opened]) -> Iterator[Finding]:
    """Models of another build than the donor."""
    for source in sources:
        if source.config.get("quantization_config"):
            yield Finding.of("refused", "graft-quantised", source=short(source.ref))
    donor = sources[blueprint.donor]
    stacked = _is_stacked(blueprint, sources)
    for source in sources:
        names = {"first": short(donor.ref), "second": short(source.ref)}
        for key in SHAPING:
            one, other = (each.layout.config.get(key) for each in (donor, source))
            if one != other and not (stacked and key == "num_hidden_layers"):
                values = {"setting": key, "one": str(one), "other": str(other)}
                yield Finding.of("refused", "merge-build-differs", **names, **values)


def _settings(blueprint: Blueprint, sources: Sequence[Opened]) -> Iterator[Finding]:
    """Settings that change what the weights mean, and of which the new model has the donor's."""
    donor = sources[blueprint.donor]
    for source in sources:
        names = {"first": short(donor.ref), "second": short(source.ref)}
        for each in settings_that_differ(donor.layout.config, source.layout.config):
            if each.setting not in SHAPING + COUNTED:
                values = {
                    "setting": each.setting,
                    "one": each.first,
                    "other": each.second,
                }
                yield Finding.of("warning", "merge-setting-differs", **names, **values)


def _is_stacked(blueprint: Blueprint, sources: Sequence[Opened]) -> bool:
    """Whether layers are named one by one, so that models may have as many as they like."""
    return any(
        (span.first, span.last) != (0, len(sources[span.model].layers))
        for part in blueprint.slices
        for span in part.spans
    )


def _shapes(
    sources: Sequence[Opened], found: Sequence[Gathered], alignment: Alignment | None
) -> Iterator[Finding]:
    """Tensors that are merged and have several shapes."""
    unlike = []
    for part in found:
        aligned = part.vocabulary and alignment is not None
        shapes = {
            place.source: header_of(place, sources).shape[1 if aligned else 0 :]
            for place in part.found
        }
        if len(set(shapes.values())) > 1:
            unlike.append((part, shapes))
    rows = [each for each in unlike if each[0].vocabulary and _one_width(each[1].values())]
    if rows:
        part, shapes = rows[0]
        told = [f"{short(sources[n].ref)}: {shape[0]}" for n, shape in shapes.items()]
        yield Finding.of("refused", "merge-rows-differ", name=part.name, rows=told)
    others = [each for each in unlike if each not in rows]
    if others:
        part, shapes = others[0]
        told = [f"{short(sources[n].ref)}: {list(shape)}" for n, shape in shapes.items()]
        values: dict[str, Given] = {"count": len(others), "name": part.name, "shapes": told}
        yield Finding.of("refused", "merge-tensors-differ", **values)


def _one_width(shapes: Iterable[tuple[int, ...]]) -> bool:
    return len({shape[1:] for shape in shapes}) == 1


def _coverage(
    blueprint: Blueprint, sources: Sequence[Opened], found: Sequence[Gathered]
) -> Iterator[Finding]:
    """Tensors that some models lack, and tensors that nothing would be made of."""
    donor = blueprint.donor
    for number in sorted({n for part in found for n in _lacking(part, blueprint)}):
        parts = [part for part in found if number in _lacking(part, blueprint)]
        values = _told(sources[number], [part.name for part in parts])
        if number != donor and all(_only_of(donor, part) for part in parts):
            yield Finding.of("warning", "merge-tensors-copied", **values)
        else:
            yield Finding.of("refused", "merge-tensors-lacking", **values)
    whole = not _is_stacked(blueprint, sources)
    for number, source in enumerate(sources):
        if whole and number in _used(blueprint) and (names := left_out(found, number, sources)):
            yield Finding.of("warning", "merge-tensors-left-out", **_told(source, names))


def _told(source: Opened, names: Sequence[str]) -> dict[str, Given]:
    """What a sentence about some tensors of a source speaks of."""
    return {"source": short(source.ref), "count": len(names), "name": names[0]}


def _used(blueprint: Blueprint) -> set[int]:
    """Models that have layers in the new one; another one may give the tokenizer."""
    return {span.model for part in blueprint.slices for span in part.spans}


def _lacking(part: Gathered, blueprint: Blueprint) -> list[int]:
    """The models that lack the tensor."""
    piece = blueprint.slices[part.slice]
    places = [*part.places, *([part.base] if piece.base is not None else [])]
    pairs = zip(piece.spans, places, strict=True)
    return [span.model for span, place in pairs if place is None]


def _only_of(donor: int, part: Gathered) -> bool:
    return {place.source for place in part.found} == {donor}


def _heads(sources: Sequence[Opened], found: Sequence[Gathered]) -> Iterator[Finding]:
    """Heads that are tied to the embeddings in some models, and heads that are missing."""
    tied = [short(source.ref) for source in sources if source.layout.tied]
    names = {part.name for part in found}
    if any(name in names for source in sources for name in source.layout.tied):
        yield Finding.of("note", "merge-head-untied", sources=tied)
    for source in sources:
        there = set(source.weights.tensors)
        described = source.layout.before | source.layout.after
        lacking = sorted(described - there - set(source.layout.tied))
        if lacking and described & there:
            values: dict[str, Given] = {"source": short(source.ref), "name": lacking[0]}
            yield Finding.of("refused", "merge-head-missing", **values)


def _numbers(blueprint: Blueprint, sources: Sequence[Opened]) -> Iterator[Finding]:
    """Numbers of several kinds, and those that may overflow."""
    kinds = {short(source.ref): _kinds(source) for source in sources}
    every = sorted({kind for found in kinds.values() for kind in found})
    new = blueprint.dtype or _kinds(sources[blueprint.donor])[0]
    if len(every) > 1:
        told = [f"{name}: {', '.join(found)}" for name, found in kinds.items()]
        yield Finding.of("note", "merge-dtypes-mixed", dtypes=told, new=new)
    wider = [kind for kind in every if kind != "F16"]
    if new == "F16" and wider:
        values: dict[str, Given] = {"dtypes": wider, "most": LARGEST_F16}
        yield Finding.of("warning", "merge-overflow", **values)
    factor = max(_factors(blueprint), key=abs, default=0.0)
    if new == "F16" and abs(factor) > LARGEST_FACTOR:
        values = {"factor": factor, "most": LARGEST_F16}
        yield Finding.of("warning", "merge-overflow-by-factor", **values)


def _factors(blueprint: Blueprint) -> Iterator[float]:
    for settings in _all_parameters(blueprint):
        for value in (settings.get(name) for name in FACTORS):
            yield from numbers_in(value)


def _kinds(source: Opened) -> list[str]:
    """Of the source's numbers with a point, the kind of most of them first."""
    sizes: dict[str, int] = {}
    for header in source.weights.tensors.values():
        if DTYPES[header.dtype].is_floating_point:
            sizes[header.dtype] = sizes.get(header.dtype, 0) + header.elements
    return sorted(sizes, key=lambda kind: -sizes[kind])


def _filters(blueprint: Blueprint, found: Sequence[Gathered]) -> Iterator[Finding]:
    """Filters that fit no tensor: what they say holds nowhere."""
    names = [name for part in found for name in (part.name, *(p.name for p in part.found))]
    told = set()
    for settings in _all_parameters(blueprint):
        for setting, value in settings.items():
            for wanted in filters_in(value):
                if wanted not in told and not any(wanted in name for name in names):
                    told.add(wanted)
                    values: dict[str, Given] = {"setting": setting, "filter": repr(wanted)}
                    yield Finding.of("warning", "merge-filter-unused", **values)


def _all_parameters(blueprint: Blueprint) -> Iterator[Parameters]:
    yield blueprint.parameters
    for part in blueprint.slices:
        yield part.parameters
        yield from (span.parameters for span in part.inputs)


def _licences(sources: Sequence[Opened]) -> Iterator[Finding]:
    unknown = sorted({short(source.ref) for source in sources if not source.licence})
    licences = sorted({source.licence for source in sources})
    if unknown:
        yield Finding.of("warning", "graft-licence-unknown", sources=unknown)
    elif len(licences) > 1:
        yield Finding.of("warning", "graft-licences", licences=licences)
