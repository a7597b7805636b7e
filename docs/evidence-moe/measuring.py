"""How the models answer the zoo's held-out problems, and how evenly their experts are used."""

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from routers import Biases, Capacity, watched
from torch import Tensor
from training import FAST, RECIPE

from fusionlab.experts import load
from fusionlab.experts.routing import Capture
from fusionlab.intervals import rate, wilson
from fusionlab.training.losses import IGNORED, batched
from fusionlab.zoo.evaluate import held_out
from fusionlab.zoo.tasks import Problem, get_task


@dataclass(frozen=True, slots=True)
class Answered:
    """One held-out problem: what its right answer lost, and whether every token was the likeliest.

    Where it was, the model that writes the likeliest token each time gives the right answer.
    """

    task: str
    nats: float
    bytes: int
    right: bool


def asked(
    tasks: Sequence[str], count: int = 0, *, apart: bool = False
) -> list[list[tuple[str, Problem]]]:
    """Batches of held-out problems, of all tasks mixed or each of one task alone."""
    found = [
        (task, each)
        for task in tasks
        for each in held_out(get_task(task), count or RECIPE["held_out"])
    ]
    if not apart:
        random.Random("evidence").shuffle(found)  # noqa: S311  problems are no secrets
    size = RECIPE["measured"]
    groups = [[each for each in found if each[0] == task] for task in tasks] if apart else [found]
    return [group[at : at + size] for group in groups for at in range(0, len(group), size)]


@torch.no_grad()
def answered(
    model: Any,
    batches: Sequence[Sequence[tuple[str, Problem]]],
    seen: Capture | None = None,
    capacity: Capacity | None = None,
) -> tuple[list[Answered], dict[int, dict[str, Tensor]]]:
    """How each problem was answered; and, of each layer, sums over its tokens."""
    rows: list[Answered] = []
    sums = defaultdict[int, dict[str, Tensor]](dict)
    for group in batches:
        prompts = FAST([each.prompt for _, each in group])["input_ids"]
        answers = FAST([each.answer for _, each in group], add_special_tokens=False)["input_ids"]
        pairs = [(p, [*a, FAST.eos_token_id]) for p, a in zip(prompts, answers, strict=True)]
        batch = batched(pairs, FAST.pad_token_id)
        ends = torch.tensor([len(p) + len(a) for p, a in pairs])
        real = (torch.arange(batch.ids.shape[1]) < ends[:, None]).flatten()
        if capacity:
            capacity.real = real
        logits = model(input_ids=batch.ids, use_cache=False).logits[:, :-1].float()
        labels = batch.labels[:, 1:]
        lost = torch.nn.functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
        ).view(labels.shape)
        right = ((logits.argmax(-1) == labels) | (labels == IGNORED)).all(1)
        rows += [
            Answered(task, nats, len(each.answer.encode()), bool(ok))
            for (task, each), nats, ok in zip(
                group, lost.double().sum(1).tolist(), right, strict=True
            )
        ]
        for layer in seen.last if seen else ():
            scores, chosen = layer.logits[real].float(), layer.chosen[real]
            for key, made in {
                "counts": chosen.flatten().bincount(minlength=scores.shape[1]),
                "probs": scores.softmax(-1).double().sum(0),
                "z": scores.logsumexp(-1).square().double().sum(),
                "tokens": torch.tensor(len(scores)),
            }.items():
                before = sums[layer.layer].get(key)
                sums[layer.layer][key] = made if before is None else before + made
    return rows, dict(sums)


def figures(
    model: Any, biases: Biases | None, tasks: Sequence[str], count: int = 0
) -> dict[str, Any]:
    """Nats per byte and right answers by task, and how evenly the experts are used."""
    with ExitStack() as stack:
        if biases:
            stack.enter_context(biases.applied(model))
        rows, sums = answered(model, asked(tasks, count), stack.enter_context(watched(model)))
    by_task = {task: [row for row in rows if row.task == task] for task in tasks}
    nats = {task: per_byte(own) for task, own in by_task.items()}
    return {
        "nats": {task: round(each, 4) for task, each in nats.items()},
        "mean": round(sum(nats.values()) / len(nats), 4),
        "right": {task: sum(row.right for row in own) for task, own in by_task.items()},
        "of": len(rows),
        "parameters": sum(each.numel() for each in model.parameters()),
        "load": evenness(list(sums.values())),
    }


def per_byte(rows: Sequence[Answered]) -> float:
    """Nats per byte of the right answers."""
    return sum(row.nats for row in rows) / sum(row.bytes for row in rows)


def evenness(layers: Sequence[dict[str, Tensor]]) -> dict[str, float]:
    """Means over the layers: CV, the busiest expert over an even share, Σ f·P, (log Σ exp)²."""
    if not layers:
        return {}
    counts = [each["counts"].tolist() for each in layers]
    probs = [(each["probs"] / each["tokens"]).tolist() for each in layers]
    told = {
        "cv": [load.variation(each) for each in counts],
        "peak": [load.peak(each) for each in counts],
        "entropy": [load.entropy(each) / math.log(len(each)) for each in counts],
        "balance": [load.balance(f, p) for f, p in zip(counts, probs, strict=True)],
        "z": [float(each["z"] / each["tokens"]) for each in layers],
    }
    means = {key: round(sum(each) / len(each), 4) for key, each in told.items()}
    return {**means, "silent": sum(len(load.silent(each)) for each in counts)}


def dropped(rows: Sequence[Answered], free: Sequence[Answered], limit: Capacity) -> dict[str, Any]:
    """What found no room, and what that cost against the same model with room for all."""
    more = [row.nats - own.nats for row, own in zip(rows, free, strict=True)]
    between = rate(more, [row.bytes for row in rows])
    right = sum(row.right for row in rows)
    return {
        "dropped": round(limit.dropped / max(1, limit.choices), 4),
        "unread": round(limit.unread / max(1, limit.tokens), 4),
        "nats": round(per_byte(rows), 4),
        "more": round(sum(more) / sum(row.bytes for row in rows), 4),
        "between": [round(each, 4) for each in between or ()],
        "right": right,
        "of": len(rows),
        "wilson": [round(100 * each, 1) for each in wilson(right, len(rows))],
    }
