"""A model of other models' layers: which tensors it has, from where, and whether it can work.

Depth up-scaling (SOLAR, https://arxiv.org/abs/2312.15166) stacks all but the last m layers of a
model on all but its first m. Any other order is as well a list of (source, layer); layers of two
models go together where these have one width, one vocabulary and one way to compute.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from fusionlab.errors import FusionError
from fusionlab.plans import Finding
from fusionlab.weights.checkpoint import DTYPES, Header, streamed
from fusionlab.weights.layers import Layout, by_number, layout_of, reordered
from fusionlab.weights.likeness import settings_that_differ, tokens_that_differ, vocabulary_in
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.ranges import Layer, runs

SHOWN = 5
"""Differing settings that are told one by one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A tensor of the new model and where it is taken from."""

    header: Header
    """Under its new name, with its new numbers."""
    source: int
    name: str
    """In the source's files."""


def new_config(sources: Sequence[Opened], layers: Sequence[Layer]) -> dict[str, Any]:
    """The config of the model of these layers."""
    picked = [(sources[each.source].layout.config, each.index) for each in layers]
    return reordered(sources[0].config, picked)


def tensors_taken(sources: Sequence[Opened], layers: Sequence[Layer]) -> list[Taken]:
    """All tensors of the model of these layers, in the order in which they are written.

    Embeddings come from the first layer's source; the last norm and the head, where it is not tied
    to the embeddings, from the last layer's.
    """
    first, last = layers[0].source, layers[-1].source
    after = sources[first].layout.after & set(sources[last].weights.tensors)
    outside = [name for name in sources[first].outside if name not in sources[first].layout.tied]
    taken = [_taken(sources, first, name, name) for name in outside if name not in after]
    for at, layer in enumerate(layers):
        for rest, name in sources[layer.source].layers[layer.index].items():
            taken.append(_taken(sources, layer.source, name, f"{sources[0].path}.{at}.{rest}"))
    return taken + [_taken(sources, last, name, name) for name in outside if name in after]


def maker(sources: Sequence[Opened], taken: Sequence[Taken]) -> Callable[[str], Iterator[Tensor]]:
    """Reads the new model's tensors, by name, in runs of rows."""
    by_name = {each.header.name: each for each in taken}

    def make(name: str) -> Iterator[Tensor]:
        each = by_name[name]
        dtype = DTYPES[each.header.dtype]
        return (part.to(dtype) for part in streamed(sources[each.source].weights, each.name))

    return make


def refusals(sources: Sequence[Opened], layers: Sequence[Layer]) -> list[Finding]:
    """Why these layers cannot work together; empty where they can."""
    found = [*_quantised(sources), *_numbered(sources, layers)]
    for other in sources[1:]:
        found += _unlike(sources[0], other)
    return found or _changed(sources, layers)


def remarks(sources: Sequence[Opened], layers: Sequence[Layer]) -> list[Finding]:
    """What whoever grafts these layers should know."""
    found = [Finding.of("warning", "graft-before-healing")]
    for number, source in enumerate(sources):
        used = [each.index for each in layers if each.source == number]
        if not used:
            found.append(Finding.of("warning", "graft-source-unused", source=short(source.ref)))
            continue
        depth = len(source.layers)
        left = [Layer(number, n) for n in range(depth) if n not in used]
        twice = [Layer(number, n) for n in range(depth) if used.count(n) > 1]
        for key, each in (("graft-left-out", left), ("graft-repeated", twice)):
            if each:
                told = {"source": short(source.ref), "layers": runs(each, 1)}
                found.append(Finding.of("note", key, **told))
        if beyond := source.beyond:
            told = {"source": short(source.ref), "name": beyond[0]}
            found.append(Finding.of("warning", "graft-beyond", count=len(beyond), **told))
        if source.adapter is not None:
            found.append(Finding.of("note", "graft-adapter-folded", source=short(source.ref)))
        if (dtype := main_dtype(source)) != (wanted := main_dtype(sources[0])):
            values = {"source": short(source.ref), "dtype": dtype, "wanted": wanted}
            found.append(Finding.of("note", "graft-rounded", **values))
    if not all(source.licence for source in sources):
        unknown = [short(source.ref) for source in sources if not source.licence]
        found.append(Finding.of("warning", "graft-licence-unknown", sources=unknown))
    elif len(licences := {source.licence for source in sources}) > 1:
        found.append(Finding.of("warning", "graft-licences", licences=sorted(licences)))
    return found


def main_dtype(source: Opened) -> str:
    """The kind of number that most of the source's weights are."""
    sizes: dict[str, int] = {}
    for header in source.weights.tensors.values():
        sizes[header.dtype] = sizes.get(header.dtype, 0) + header.elements
    return max(sizes, key=lambda dtype: sizes[dtype])


def _taken(sources: Sequence[Opened], source: int, name: str, new: str) -> Taken:
    header = sources[source].weights.tensors[name]
    dtype = header.dtype
    if source and DTYPES[dtype].is_floating_point:
        dtype = main_dtype(sources[0])
    return Taken(Header(new, dtype, header.shape), source, name)


def _quantised(sources: Sequence[Opened]) -> Iterator[Finding]:
    for source in sources:
        if source.config.get("quantization_config"):
            yield Finding.of("refused", "graft-quantised", source=short(source.ref))


def _numbered(sources: Sequence[Opened], layers: Sequence[Layer]) -> Iterator[Finding]:
    stays = all(each.index == at for at, each in enumerate(layers))
    for source in sources:
        switch = by_number(source.layout.config)
        if switch and not stays:
            values = {"source": short(source.ref), "setting": switch}
            yield Finding.of("refused", "graft-by-number", **values)


def _unlike(first: Opened, other: Opened) -> Iterator[Finding]:
    """Settings and tokens in which the two differ."""
    names = {"first": short(first.ref), "second": short(other.ref)}
    differences = list(settings_that_differ(first.layout.config, other.layout.config))
    for each in differences[:SHOWN]:
        values = {"setting": each.setting, "one": each.first, "other": each.second}
        yield Finding.of("refused", "graft-setting-differs", **names, **values)
    if len(differences) > SHOWN:
        more = [each.setting for each in differences[SHOWN:]]
        yield Finding.of("refused", "graft-settings-differ", **names, settings=more)
    if first.folder == other.folder:
        return
    tokens = tokens_that_differ(vocabulary_in(first.folder), vocabulary_in(other.folder))
    if tokens:
        count, token = len(tokens), repr(tokens[0])
        yield Finding.of("refused", "graft-vocabulary-differs", **names, count=count, token=token)


def _changed(sources: Sequence[Opened], layers: Sequence[Layer]) -> list[Finding]:
    """The first layer that would work otherwise than in its source; nothing where none does."""
    place = sources[0].folder
    try:
        new: Layout = layout_of(new_config(sources, layers), place)
    except FusionError as error:
        return [Finding("refused", error.sentence)]
    for at, (layer, kind) in enumerate(zip(layers, new.kinds, strict=True)):
        source = sources[layer.source]
        if difference := source.layout.kinds[layer.index].difference(kind):
            changed = Finding.of(
                "refused",
                "graft-kind-changes",
                layer=layer.index,
                source=short(source.ref),
                place=at,
                difference=difference,
            )
            return [changed]
    return []


def licences_of(sources: Sequence[Opened]) -> Mapping[str, str]:
    """The licence of each source, by the name that strangers may read."""
    return {short(source.ref): source.licence for source in sources}
