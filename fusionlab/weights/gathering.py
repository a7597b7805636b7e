"""Which tensors of which models become one tensor of the merged model.

The new model has the donor's names. A layer's tensors are matched by their names within the layer,
all others by their whole names. A head that one model has tied to its embeddings and another has
not is read from the embeddings, and the new model has one of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fusionlab.weights.blueprint import Blueprint, Slice, Span
from fusionlab.weights.checkpoint import Header
from fusionlab.weights.folding import Folded
from fusionlab.weights.layers import reordered
from fusionlab.weights.opened import Opened


@dataclass(frozen=True, slots=True)
class Place:
    """A tensor in the files of a source."""

    source: int
    name: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """A tensor of the new model, and what it is made from."""

    name: str
    slice: int
    depth: float
    """Of its layer in the slice, from 0 to 1."""
    places: tuple[Place | None, ...]
    """In each input of the slice; None where it is lacking."""
    base: Place | None
    vocabulary: bool
    """Whether its rows stand for tokens."""

    @property
    def found(self) -> tuple[Place, ...]:
        """All places that it has, that of the base last."""
        return tuple(each for each in (*self.places, self.base) if each is not None)


def gathered(blueprint: Blueprint, sources: Sequence[Opened]) -> list[Gathered]:
    """All tensors of the merged model, in the order in which they are written."""
    donor = sources[blueprint.donor]
    used = sorted({span.model for part in blueprint.slices for span in part.spans})
    outside = _outside(donor, [sources[n] for n in used])
    after = [name for name in outside if name in donor.layout.after]
    before = [name for name in outside if name not in donor.layout.after]
    found = [_beside(name, blueprint, sources, 0) for name in before]
    path, at = path_in_files(donor), 0
    for number, part in enumerate(blueprint.slices):
        for offset in range(part.inputs[0].last - part.inputs[0].first):
            found += _layer(f"{path}.{at}", blueprint, sources, number, offset)
            at += 1
    return found + [_beside(name, blueprint, sources, len(blueprint.slices) - 1) for name in after]


def header_of(place: Place, sources: Sequence[Opened]) -> Header:
    """What is known of the tensor without reading it."""
    return sources[place.source].weights.tensors[place.name]


def left_out(parts: Sequence[Gathered], source: int, sources: Sequence[Opened]) -> list[str]:
    """Names of tensors of the source that nothing is made from, a tied head's copy not counted."""
    used = {place.name for part in parts for place in part.found if place.source == source}
    opened = sources[source]
    return [n for n in opened.weights.tensors if n not in used and n not in opened.layout.tied]


def merged_config(
    blueprint: Blueprint, sources: Sequence[Opened], parts: Sequence[Gathered], rows: int | None
) -> dict[str, Any]:
    """The donor's config for the new layers, with `rows` tokens in the vocabulary where given."""
    donor = sources[blueprint.donor]
    layers = [(span.model, n) for span in map(_leading, blueprint.slices) for n in _range(span)]
    whole = [(blueprint.donor, n) for n in range(len(donor.layers))]
    config = dict(donor.config)
    if layers != whole:
        config = reordered(config, [(_described(sources, donor, n), at) for n, at in layers])
    changes: dict[str, Any] = {} if rows is None else {"vocab_size": rows}
    names = {part.name for part in parts}
    if any(head in names for head in donor.layout.tied):
        changes["tie_word_embeddings"] = False
    return _changed(config, changes)


def path_in_files(source: Opened) -> str:
    """What stands before the numbers of layers in the names of the source's tensors."""
    rest, name = next(iter(source.layers[0].items()))
    return name.removesuffix(f".0.{rest}")


def is_unchanged(place: Place, base: Place, sources: Sequence[Opened]) -> bool:
    """Whether the two are one tensor in one file, to which no adapter adds anything."""
    one, other = sources[place.source], sources[base.source]
    if one.folder != other.folder or place.name != base.name:
        return False
    return not any(
        isinstance(each.weights, Folded) and place.name in each.weights.deltas
        for each in (one, other)
    )


def _outside(donor: Opened, sources: Sequence[Opened]) -> list[str]:
    """Names of the new model's tensors that belong to no layer."""
    tied = {
        name
        for name, other in donor.layout.tied.items()
        if all(name in each.layout.tied for each in sources) or other not in donor.weights.tensors
    }
    names = [name for name in donor.outside if name not in tied]
    untied = [n for n in donor.layout.tied if n not in tied and n not in names]
    return names + untied


def _beside(name: str, blueprint: Blueprint, sources: Sequence[Opened], number: int) -> Gathered:
    """Of a tensor that belongs to no layer."""
    part = blueprint.slices[number]
    places = tuple(_place(name, span, sources) for span in part.inputs)
    base = None if part.base is None else _place(name, part.base, sources)
    return Gathered(name, number, 0.0, places, base, _is_vocabulary(name, blueprint, sources))


def _place(name: str, span: Span, sources: Sequence[Opened]) -> Place | None:
    source = sources[span.model]
    name = source.layout.tied.get(name, name)
    return Place(span.model, name) if name in source.weights.tensors else None


def _layer(
    path: str, blueprint: Blueprint, sources: Sequence[Opened], number: int, offset: int
) -> Iterator[Gathered]:
    part = blueprint.slices[number]
    length = part.inputs[0].last - part.inputs[0].first
    depth = offset / (length - 1) if length > 1 else 1.0  # as in mergekit
    tables = [_tensors(span, offset, sources) for span in part.spans]
    for rest in dict.fromkeys(rest for table in tables for rest in table):
        places = [
            Place(span.model, table[rest]) if rest in table else None
            for span, table in zip(part.spans, tables, strict=True)
        ]
        base = places.pop() if part.base is not None else None
        yield Gathered(f"{path}.{rest}", number, depth, tuple(places), base, vocabulary=False)


def _tensors(span: Span, offset: int, sources: Sequence[Opened]) -> Mapping[str, str]:
    layers = sources[span.model].layers
    number = span.first + offset
    return layers[number] if number < len(layers) else {}


def _is_vocabulary(name: str, blueprint: Blueprint, sources: Sequence[Opened]) -> bool:
    donor = sources[blueprint.donor]
    header = donor.weights.tensors.get(donor.layout.tied.get(name, name))
    rows = donor.layout.config.get("vocab_size")
    return header is not None and header.shape[:1] == (rows,)


def _leading(part: Slice) -> Span:
    """The span by which the config says of each layer what kind it is."""
    return part.inputs[0] if part.base is None else part.base


def _range(span: Span) -> range:
    return range(span.first, span.last)


def _described(sources: Sequence[Opened], donor: Opened, source: int) -> Mapping[str, Any]:
    """The config that says what the source's layers are like, as the donor would say it."""
    own = sources[source].layout.config
    return {**donor.layout.config, **own}


def _changed(config: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The config with these values, also in the section of its text where it has one."""
    for key, value in changes.items():
        if "text_config" in config and key in config["text_config"]:
            config = {**config, "text_config": {**config["text_config"], key: value}}
        if "text_config" not in config or key in config:
            config = {**config, key: value}
    return config
