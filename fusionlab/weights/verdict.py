"""What a post-flight comes to: works, same as a parent, worse before healing, or damaged.

How much a model knows of a text is measured between two ends: its best parent, and whoever takes
all tokens to be equally probable. What it has lost is where it stands between them:

    lost = (nats − best parent's) / (chance − best parent's)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fusionlab.weights.shifts import Shift
from fusionlab.words import Sentence

SAME = 1e-4
"""Nats of KL a token under which two models are one: bf16 in place of fp32 makes ten times that."""
LOST = 0.1
"""Share of what the best parent knows that a working model may have lost. Of zoo/base, noise of a
fifth of the weights' spread takes 4%, of one layer's whole spread 11%, two layers in each other's
place 16%, noise of all the spread 96%."""
FAR = 0.25
"""‖Δ‖ / ‖θ‖ of a layer from which on it is no fine-tuned version of the parent's: fine-tuning moves
some per cent."""
NAMED = 5
"""Tensors or tokens that a sentence names."""
LISTED = 12
"""Layers that it names."""

Kind = Literal["works", "same", "unhealed", "damaged"]


@dataclass(frozen=True, slots=True)
class Heard:
    """How a parent read the text."""

    ref: str
    nats_per_byte: float | None
    """None where it gave no numbers."""
    kl: float | None
    """KL(parent ‖ model), in nats a token; None where it was not to be had."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it comes to, and why."""

    kind: Kind
    reasons: tuple[Sentence, ...]
    """The first says it all in one sentence; the others say where."""
    parent: str = ""
    """The one that it is the same as, or else the best one; empty where none was heard."""
    lost: float | None = None
    """Share of what that one knows of the text; below 0 where the model knows it better."""
    layers: tuple[int, ...] = ()
    """That are damaged, or before which something else stands than they were trained to follow."""
    tensors: tuple[str, ...] = ()
    """That hold NaN or Inf."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to judge by."""

    nats_per_byte: float | None
    """Of the new model; None where it gave no numbers."""
    unread: Sentence | None
    """Why it could not read the text at all."""
    parents: tuple[Heard, ...]
    chance: float
    """Nats per byte of whoever knows nothing."""
    not_finite: tuple[str, ...]
    ids_beyond: tuple[str, ...]
    """Tokens whose id is beyond the embeddings."""
    shifts: tuple[tuple[Shift, ...], ...]
    """From each parent."""
    in_place: tuple[bool, ...]
    """Whether each parent has all tensors of the model, every layer in its place."""
    seams: tuple[int, ...]
    """Of a graft: layers that follow another one than they were trained to follow."""
    layers: int


def judged(found: Evidence) -> Verdict:
    """The verdict on the model, the gravest first."""
    if broken := _broken(found):
        return broken
    if twin := _twin(found):
        return twin
    best = _best(found.parents)
    own = found.nats_per_byte
    if best is None or best.nats_per_byte is None or own is None:
        return Verdict("works", (Sentence("proof-works-alone", {"nats": _figure(own)}),))
    lost = _lost(own, best.nats_per_byte, found.chance)
    values = {
        "nats": _figure(own),
        "parent": best.ref,
        "best": _figure(best.nats_per_byte),
        "lost": "" if lost is None else f"{100 * min(lost, 1):.0f}",
    }
    if found.seams and own > best.nats_per_byte:
        said = (Sentence("proof-unhealed", values), _at("proof-seams", found.seams))
        return Verdict("unhealed", said, best.ref, lost, found.seams)
    if lost is not None and lost > LOST:
        where, layers = _where(found)
        return Verdict(
            "damaged", (Sentence("proof-damaged", values), where), best.ref, lost, layers
        )
    better = "yes" if own < best.nats_per_byte else "no"
    works = Sentence("proof-works", {**values, "better": better})
    return Verdict("works", (works,), best.ref, lost)


def _broken(found: Evidence) -> Verdict | None:
    """Of numbers that are none, and tokens that have no embedding."""
    reasons = []
    if found.not_finite:
        named = found.not_finite[:NAMED]
        count = len(found.not_finite)
        reasons.append(Sentence("proof-not-finite", {"count": count, "tensors": named}))
    if found.ids_beyond:
        named, count = found.ids_beyond[:NAMED], len(found.ids_beyond)
        reasons.append(Sentence("proof-ids-beyond", {"count": count, "tokens": named}))
    if found.unread is not None and not reasons:
        reasons.append(Sentence("proof-unread", {"cause": found.unread}))
    if found.nats_per_byte is None and not reasons:
        reasons.append(Sentence("proof-no-numbers"))
    if not reasons:
        return None
    layers = {_layer_in(name) for name in found.not_finite} - {None}
    numbers = tuple(sorted(each for each in layers if each is not None))
    return Verdict("damaged", tuple(reasons), layers=numbers, tensors=found.not_finite)


def _twin(found: Evidence) -> Verdict | None:
    """Of a model that is one of its parents."""
    for heard, rows, in_place in zip(found.parents, found.shifts, found.in_place, strict=True):
        if in_place and rows and all(row.relative == 0 for row in rows):
            said = Sentence("proof-same", {"parent": heard.ref})
            return Verdict("same", (said,), heard.ref, 0.0)
    near = [each for each in found.parents if each.kl is not None and each.kl < SAME]
    if not near:
        return None
    values = {"parent": near[0].ref, "kl": f"{near[0].kl:.1g}"}
    return Verdict("same", (Sentence("proof-same-nearly", values),), near[0].ref)


def _where(found: Evidence) -> tuple[Sentence, tuple[int, ...]]:
    """Which layers are far from those of every parent."""
    nearest: dict[int, float] = {}
    for rows in found.shifts:
        for layer, apart in _by_layer(rows).items():
            nearest[layer] = min(apart, nearest.get(layer, apart))
    far = tuple(sorted(layer for layer, apart in nearest.items() if apart > FAR))
    if not far:
        return Sentence("proof-nowhere"), ()
    if len(far) > found.layers // 2:
        if len(far) == found.layers:
            return Sentence("proof-all-far", {"layers": found.layers}), far
        values = {"count": len(far), "layers": found.layers}
        return Sentence("proof-everywhere", values), far
    return _at("proof-far", far), far


def _by_layer(rows: Sequence[Shift]) -> Mapping[int, float]:
    """The largest relative distance in each layer, by number."""
    found: dict[int, float] = {}
    for row in rows:
        if row.layer is not None and row.relative is not None:
            found[row.layer] = max(row.relative, found.get(row.layer, 0.0))
    return found


def _best(parents: Sequence[Heard]) -> Heard | None:
    heard = [each for each in parents if each.nats_per_byte is not None]
    return min(heard, key=lambda each: each.nats_per_byte or 0.0, default=None)


def _lost(own: float, best: float, chance: float) -> float | None:
    """None where the best parent knows nothing that could be lost."""
    return (own - best) / (chance - best) if chance > best else None


def _at(key: str, layers: Sequence[int]) -> Sentence:
    named = tuple(str(layer) for layer in layers[:LISTED])
    more = ("…",) if len(layers) > LISTED else ()
    return Sentence(key, {"count": len(layers), "layers": named + more})


def _layer_in(name: str) -> int | None:
    return next((int(part) for part in name.split(".") if part.isdigit()), None)


def _figure(nats: float | None) -> str:
    return "" if nats is None else f"{nats:.3f}"
