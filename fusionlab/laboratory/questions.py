"""The zoo's tasks as tensors of characters: batches to learn from, and questions to be scored by.

A question counts as right where the model, reading the answer as it goes, would have said each of
its characters and the end: exactly where greedy decoding gives the answer.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.experts.groups import GroupedModel
from fusionlab.experts.remembering import IGNORED
from fusionlab.zoo.tasks import Problem, get_task

PAD, END, FIRST = 0, 1, 30
"""Token ids: two of their own, and a printable character is its code less `FIRST`."""
VOCAB = 127 - FIRST
CONTEXT = 40
"""Characters of a prompt, its answer and the end."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Problems of one task, padded on the right."""

    ids: Int[Tensor, "batch seq"]
    targets: Int[Tensor, "batch seq"]
    """The next token where it is of the answer or the end; elsewhere `IGNORED`."""


def batch_of(problems: Sequence[Problem]) -> Batch:
    """These problems with what is to be said."""
    rows = [_encoded(each) for each in problems]
    length = max(len(ids) for ids, _ in rows) - 1
    ids = torch.full((len(rows), length), PAD)
    targets = torch.full((len(rows), length), IGNORED)
    for row, (tokens, start) in enumerate(rows):
        ids[row, : len(tokens) - 1] = torch.tensor(tokens[:-1])
        targets[row, start - 1 : len(tokens) - 1] = torch.tensor(tokens[start:])
    return Batch(ids, targets)


def drawn(task: str, rng: random.Random, count: int) -> list[Problem]:
    """So many problems to learn from, drawn afresh."""
    return [get_task(task).problem(rng, "train") for _ in range(count)]


def questions(task: str, count: int) -> Batch:
    """The same different questions every time, none of which is ever learned from."""
    rng = random.Random(task)  # noqa: S311  questions are no secrets
    return batch_of(get_task(task).problems(rng, "test", count))


def right(logits: Float[Tensor, "batch seq vocab"], batch: Batch) -> int:
    """How many of the questions are answered rightly throughout."""
    said = (logits.argmax(-1) == batch.targets) | (batch.targets == IGNORED)
    return int(said.all(dim=-1).sum())


@torch.no_grad()
def score(model: GroupedModel, task: str, asked: Batch) -> float:
    """The share of questions that are answered rightly, from 0 to 1."""
    return right(model(asked.ids, task), asked) / len(asked.ids)


def _encoded(problem: Problem) -> tuple[list[int], int]:
    prompt = [ord(letter) - FIRST for letter in problem.prompt]
    answer = [ord(letter) - FIRST for letter in problem.answer]
    return [*prompt, *answer, END], len(prompt)
