"""Which tensors of its parents a tensor of a new model is held against.

Of a graft that is the tensor that it was copied from; of an expert of an upcycled mixture the
feed-forward matrix that it is a copy of; of any other model the one of the same layer and the same
name. Only tensors of one shape can be held against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fusionlab.weights.grafting import Taken
from fusionlab.weights.kinds import Kind, kind_of
from fusionlab.weights.mixture_forms import copied_matrices
from fusionlab.weights.opened import Opened


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the model a tensor stands."""

    layer: int | None
    """None outside of the layers."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A tensor of a parent."""

    name: str
    layer: int | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """The new model's tensors, and what each parent has in their places."""

    places: Mapping[str, Place]
    """Of each tensor of the new model."""
    parents: tuple[Mapping[str, Counterpart], ...]
    """For each parent, by names of the new model; what it has nothing for is left out."""
    unlike: tuple[tuple[str, ...], ...]
    """For each parent, tensors that it has in another shape."""

    def is_in_place(self, parent: int) -> bool:
        """Whether the parent has all tensors of the model, every layer at its own place."""
        found = self.parents[parent]
        return set(found) == set(self.places) and all(
            each.layer == self.places[name].layer for name, each in found.items()
        )


def paired(
    model: Opened,
    parents: Sequence[Opened],
    taken: Mapping[str, Taken] | None = None,
    experts: Sequence[str] = (),
) -> Pairing:
    """The model's tensors with their counterparts; `taken` tells of a graft where each is from, and
    `experts` of an upcycled mixture which parent, by its reference, each expert is a copy of.
    """
    places = _places(model)
    found: list[dict[str, Counterpart]] = []
    unlike: list[tuple[str, ...]] = []
    for number, parent in enumerate(parents):
        mine = _copied(taken, number, parent) if taken else _same(model, parent)
        mine |= _experts_of(model, parent, experts)
        shapes = {name: parent.weights.tensors[each.name].shape for name, each in mine.items()}
        odd = [name for name in mine if shapes[name] != model.weights.tensors[name].shape]
        found.append({name: each for name, each in mine.items() if name not in odd})
        unlike.append(tuple(odd))
    return Pairing(places, tuple(found), tuple(unlike))


def _places(model: Opened) -> dict[str, Place]:
    inside = {
        name: Place(number, kind_of(rest))
        for number, layer in enumerate(model.layers)
        for rest, name in layer.items()
    }
    outside = {name: Place(None, _kind_outside(model, name)) for name in model.outside}
    return outside | inside


def _kind_outside(model: Opened, name: str) -> Kind:
    """By its name, else by whether it comes before the layers or after them."""
    if (kind := kind_of(name)) != "other":
        return kind
    return "embed" if name in model.layout.before else "other"


def _same(model: Opened, parent: Opened) -> dict[str, Counterpart]:
    outside = {name: Counterpart(name, None) for name in model.outside if name in parent.outside}
    if len(model.layers) != len(parent.layers):
        return outside
    inside = {
        mine[rest]: Counterpart(theirs[rest], number)
        for number, (mine, theirs) in enumerate(zip(model.layers, parent.layers, strict=True))
        for rest in mine
        if rest in theirs
    }
    return outside | inside


def _experts_of(model: Opened, parent: Opened, experts: Sequence[str]) -> dict[str, Counterpart]:
    """The matrices of the experts that are copies of this parent's feed-forward part."""
    own = {number for number, ref in enumerate(experts) if ref == parent.ref}
    if not own or len(model.layers) != len(parent.layers):
        return {}
    return {
        mine[rest]: Counterpart(theirs[dense], at)
        for at, (mine, theirs) in enumerate(zip(model.layers, parent.layers, strict=True))
        for rest, (expert, dense) in copied_matrices(model.config, mine).items()
        if expert in own and dense in theirs
    }


def _copied(taken: Mapping[str, Taken], source: int, parent: Opened) -> dict[str, Counterpart]:
    layers = {name: at for at, layer in enumerate(parent.layers) for name in layer.values()}
    return {
        name: Counterpart(each.name, layers.get(each.name))
        for name, each in taken.items()
        if each.source == source
    }
