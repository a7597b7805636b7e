"""The ways of learning one task after another, each as what it does at a boundary and in a step.

Plain fine-tuning does nothing; rehearsal mixes in old problems, kept in a reservoir that needs no
boundaries; EWC and LwF add a loss (`fusionlab.experts.remembering`); Lifelong-MoE adds experts and
gate columns, freezes the old ones and keeps the outputs near the previous model's; PanGu-Σ adds a
group by domain and freezes everything else (`fusionlab.experts.groups`).
"""

import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import cast

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.experts.groups import GroupedModel
from fusionlab.experts.remembering import Anchor, anchored, answer_loss, kept_outputs
from fusionlab.laboratory.questions import Batch, batch_of, drawn
from fusionlab.zoo.tasks import Problem

RESERVOIR = 256
"""Old problems that rehearsal keeps."""
EXAMPLES = 64
"""Of the task that has ended, from which EWC takes the Fisher information."""


@dataclass(frozen=True, slots=True)
class Strength:
    """How hard each way holds on to what was learned."""

    rehearsed: float
    """Share of old problems in a batch, 0 to 1."""
    ewc: float
    """λ of the elastic penalty."""
    lwf: float
    """Weight of the KL to the previous model, for LwF and Lifelong-MoE."""


@dataclass
class Learner:
    """A model on its way through the tasks, and what its way keeps beside it."""

    model: GroupedModel
    strength: Strength
    rng: random.Random
    reservoir: list[Problem] = field(default_factory=list)
    recent: list[Problem] = field(default_factory=list)
    """The last problems of the present task, where its end is to be told about them."""
    seen: int = 0
    """Problems of the stream so far, each read once when it was new."""
    again: int = 0
    """Readings of problems that had been read before."""
    boundaries: int = 0
    """How often it had to be told that a new task begins or one has ended."""
    anchors: list[Anchor] = field(default_factory=list)
    before: GroupedModel | None = None
    """The previous model, where its outputs are to be kept."""

    def kept(self) -> int:
        """Numbers kept beside the model at the end: weights of anchors and the previous model."""
        anchors = sum(2 * w.numel() for a in self.anchors for w in a.weights.values())
        before = sum(p.numel() for p in self.before.parameters()) if self.before else 0
        return anchors + before


Boundary = Callable[[Learner, str], None]
Loss = Callable[[Learner, Batch, Float[Tensor, "batch seq vocab"]], Float[Tensor, ""]]
"""What is added to the loss of a batch of the present task, in nats."""


def _nothing(learner: Learner, task: str) -> None:
    """Needs no word of it."""


def _no_loss(
    learner: Learner,  # noqa: ARG001
    batch: Batch,  # noqa: ARG001
    logits: Float[Tensor, "batch seq vocab"],
) -> Float[Tensor, ""]:
    return logits.new_zeros(())


@dataclass(frozen=True, slots=True)
class Way:
    """A way of learning tasks in sequence."""

    name: str
    begins: Boundary = _nothing
    ends: Boundary = _nothing
    holds: Loss = _no_loss
    rehearses: bool = False
    gated: bool = False
    """Whether a learned gate chooses among the experts; else the domain names their group."""
    told_domain: bool = False
    """Whether a question comes with the name of its task."""


def _remember_previous(learner: Learner, task: str) -> None:  # noqa: ARG001
    learner.before = deepcopy(learner.model).requires_grad_(requires_grad=False)
    learner.boundaries += 1


def _near_previous(
    learner: Learner, batch: Batch, logits: Float[Tensor, "batch seq vocab"]
) -> Float[Tensor, ""]:
    with torch.no_grad():
        before = cast(GroupedModel, learner.before)(batch.ids)
    return learner.strength.lwf * kept_outputs(logits, before, batch.targets >= 0)


def _expand(learner: Learner, task: str) -> None:
    _remember_previous(learner, task)
    learner.model.freeze(shared=False)
    learner.model.append(task)


def _append(learner: Learner, task: str) -> None:
    learner.boundaries += 1
    learner.model.freeze(shared=True)
    learner.model.append(task)


def _anchor(learner: Learner, task: str) -> None:  # noqa: ARG001
    """Takes the Fisher information of the task's last problems, which have all been read before."""
    learner.boundaries += 1
    learner.again += len(learner.recent)

    def losses() -> Iterator[Float[Tensor, ""]]:
        for problem in learner.recent:
            one = batch_of([problem])
            counted = int((one.targets >= 0).sum())
            yield answer_loss(learner.model(one.ids), one.targets) * counted

    learner.anchors.append(anchored(learner.model, losses()))


def _elastic(
    learner: Learner,
    batch: Batch,  # noqa: ARG001
    logits: Float[Tensor, "batch seq vocab"],
) -> Float[Tensor, ""]:
    total = logits.new_zeros(())
    for anchor in learner.anchors:
        total = total + learner.strength.ewc * anchor.penalty(learner.model)
    return total


WAYS = {
    way.name: way
    for way in (
        Way("plain"),
        Way("rehearsal", rehearses=True),
        Way("ewc", ends=_anchor, holds=_elastic),
        Way("lwf", begins=_remember_previous, holds=_near_previous),
        Way("expanding", begins=_expand, holds=_near_previous, gated=True),
        Way("groups", begins=_append, told_domain=True),
    )
}
"""All ways, by name."""


def learn(
    learner: Learner, way: Way, task: str, *, steps: int, batch: int, rate: float
) -> Iterator[float]:
    """The loss of each step of learning one task in this way, in nats; the boundaries included."""
    learner.recent = []
    way.begins(learner, task)
    weights = [each for each in learner.model.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 20, 0.1 + 1.8 * (1 - step / steps))
        loss = _loss(learner, way, task, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        yield float(loss.detach())
    way.ends(learner, task)


def _loss(learner: Learner, way: Way, task: str, size: int) -> Float[Tensor, ""]:
    old = round(size * learner.strength.rehearsed) if way.rehearses and learner.reservoir else 0
    new = drawn(task, learner.rng, size - old)
    replayed = learner.rng.choices(learner.reservoir, k=old) if old else []
    problems = batch_of([*new, *replayed])
    learner.again += old
    if way.rehearses:
        _keep(learner, new)
    learner.recent = [*learner.recent, *new][-EXAMPLES:]
    learner.seen += len(new)
    logits = learner.model(problems.ids, task if way.told_domain else None)
    return answer_loss(logits, problems.targets) + way.holds(learner, problems, logits)


def _keep(learner: Learner, new: list[Problem]) -> None:
    """Reservoir sampling: each problem of the stream so far is kept with the same probability."""
    for number, problem in enumerate(new, learner.seen + 1):
        if len(learner.reservoir) < RESERVOIR:
            learner.reservoir.append(problem)
        elif (place := learner.rng.randrange(number)) < RESERVOIR:
            learner.reservoir[place] = problem
