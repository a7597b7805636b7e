"""Units become rows, a part is held out, and rows are drawn in an order that the seed decides.

Short pieces of text share a row. Positions begin anew with each piece, by which transformers lets
none see another; `leaks` tells whether a model keeps to that.
"""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.training.encoding import Example, Unit
from fusionlab.training.losses import IGNORED, Batch

MOST_HELD_OUT = 32
"""Units: what is held out is read again and again."""
TOLERANCE = 1e-3
"""In nats: a model that lets pieces see one another is off by far more."""

Row = tuple[Example, ...]
"""Examples that stand in one row of a batch."""


def split(units: Sequence[Unit], share: float) -> tuple[list[Unit], list[Unit]]:
    """The units to learn from, and about this share of them that is held out.

    What is held out is decided by the units' own tokens, so that neither their order nor other
    units change it, and no unit stands on both sides.
    """
    wanted = min(MOST_HELD_OUT, round(len(units) * share))
    if share and len(units) > 1:
        wanted = max(1, wanted)
    digests = [_digest(unit) for unit in units]
    kept = set(sorted(set(digests))[:wanted])
    learned = [unit for unit, digest in zip(units, digests, strict=True) if digest not in kept]
    held_out = {digest: unit for unit, digest in zip(units, digests, strict=True) if digest in kept}
    if not learned:  # all are alike: nothing can be held out of them
        return list(units), []
    return learned, [held_out[digest] for digest in sorted(held_out)]


def packed(examples: Sequence[Example], width: int) -> list[Row]:
    """The examples in as few rows of this many tokens as best-fit decreasing finds."""
    rows: list[list[Example]] = []
    room: list[tuple[int, int]] = []
    """Of each row that is not full, what is left of it, and its number."""
    for example in sorted(examples, key=lambda each: -len(each.ids)):
        at = bisect_left(room, (len(example.ids), -1))
        if at < len(room):
            left, number = room.pop(at)
        else:
            left, number = width, len(rows)
            rows.append([])
        rows[number].append(example)
        if left > len(example.ids):
            insort(room, (left - len(example.ids), number))
    return [tuple(row) for row in rows]


def collated(rows: Sequence[Row], pad: int) -> Batch:
    """The rows as a batch."""
    width = max(sum(len(each.ids) for each in row) for row in rows)
    ids = torch.full((len(rows), width), pad)
    labels = torch.full_like(ids, IGNORED)
    positions = torch.arange(width).repeat(len(rows), 1)
    tokens = 0
    for number, row in enumerate(rows):
        start = 0
        for each in row:
            end = start + len(each.ids)
            ids[number, start:end] = torch.tensor(each.ids)
            labels[number, start:end] = torch.tensor(each.labels)
            positions[number, start:] -= positions[number, start].item()
            start = end
        tokens += start
    together = any(len(row) > 1 for row in rows)
    return Batch(ids, labels, tokens, positions if together else None)


@dataclass(slots=True)
class Course:
    """What is learned, step by step: every unit once, then every unit again in another order."""

    units: Sequence[Sequence[Row]]
    """The rows that are drawn as one: one row, or those of two answers."""
    batch: int
    """Units in each step."""
    seed: int
    pad: int
    reference: Float[Tensor, "unit 2"] | None = None
    """Of pairs, the log-probabilities that the reference gives their answers."""
    _round: int = -1
    _order: Sequence[int] = ()

    def draw(self, _generator: torch.Generator, step: int) -> Batch:
        """The batch of a step, from 1: a function of the seed and the step."""
        drawn = self.drawn(step)
        batch = collated([row for number in drawn for row in self.units[number]], self.pad)
        if self.reference is None:
            return batch
        reference = self.reference[drawn].flatten()
        return Batch(batch.ids, batch.labels, batch.tokens, batch.positions, reference)

    def drawn(self, step: int) -> list[int]:
        """The numbers of the units of a step, from 1."""
        return [self._at(place) for place in range((step - 1) * self.batch, step * self.batch)]

    def numbers(self, steps: int) -> list[int]:
        """The numbers of all units that so many steps draw."""
        places = min(steps * self.batch, len(self.units))
        return sorted({self._at(place) for place in range(places)})

    def _at(self, place: int) -> int:
        """The number of the unit that is drawn in this place."""
        turn, at = divmod(place, len(self.units))
        if turn != self._round:
            generator = torch.Generator().manual_seed(hash((self.seed, turn)))
            order: list[int] = torch.randperm(len(self.units), generator=generator).tolist()
            self._order = order
            self._round = turn
        return self._order[at]


@torch.no_grad()
def leaks(model: Any, pad: int) -> bool:
    """Whether what stands before a piece in its row changes what the model says of the piece."""
    vocabulary = model.get_input_embeddings().weight.shape[0]
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(vocabulary, (3, 6), generator=generator).tolist()
    first, second, other = (Example(tuple(ids), (IGNORED, *ids[1:]), 0) for ids in drawn)
    batch = collated([(first, second), (other, second)], pad).to(model.device)
    logits = model(input_ids=batch.ids, position_ids=batch.positions, use_cache=False).logits
    one, another = logits[:, len(first.ids) :].float().log_softmax(dim=-1)
    return bool((one - another).abs().max() > TOLERANCE)


def _digest(unit: Unit) -> str:
    said = repr([each.ids for each in unit])
    return hashlib.sha256(said.encode()).hexdigest()
