"""Prints the figures of docs/evidence-distil.md: nats per byte of the answers, and right answers.

    python docs/evidence-distil.py zoo/base built:fuse-clm-0 zoo/adder+zoo/editor+zoo/calendar

Every model answers the same 100 problems of each task, of the zoo's tests. Of models joined by `+`
the mean of their probabilities is measured; they have one vocabulary, and generate nothing. The
figures are JSON, a line for each.
"""

import json
import math
import sys
from collections.abc import Sequence
from random import Random

import torch

from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.sources.references import folder_here
from fusionlab.zoo.tasks import Problem, get_task

TASKS = ("add", "reverse", "sort", "weekday")
COUNT = 100
LONGEST = 12
"""Tokens of an answer."""


def problems_of(task: str) -> Sequence[Problem]:
    """Always the same ones, which no training sees."""
    rng = Random(f"evidence {task}")  # noqa: S311  problems are no secrets
    return get_task(task).problems(rng, "test", COUNT)


@torch.no_grad()
def answer_logprobs(model: TransformersModel, problems: Sequence[Problem]) -> list[list[float]]:
    """Of every token of every right answer, its end included."""
    read = model.tokenizer
    asked = [read(each.prompt)["input_ids"] for each in problems]
    answers = [
        [*read(each.answer, add_special_tokens=False)["input_ids"], read.eos_token_id]
        for each in problems
    ]
    rows = [[*ask, *answer] for ask, answer in zip(asked, answers, strict=True)]
    width = max(map(len, rows))
    ids = torch.tensor([[*row, *[read.pad_token_id] * (width - len(row))] for row in rows])
    found = model.model(input_ids=ids, use_cache=False).logits.float().log_softmax(-1)
    return [
        [found[at, len(ask) + step - 1, token].item() for step, token in enumerate(answer)]
        for at, (ask, answer) in enumerate(zip(asked, answers, strict=True))
    ]


def nats_per_byte(models: Sequence[TransformersModel], problems: Sequence[Problem]) -> float:
    """Of the answers' bytes, with the mean of the models' probabilities of each token."""
    told = [answer_logprobs(each, problems) for each in models]
    rows = [torch.tensor([each[at] for each in told]) for at in range(len(problems))]
    pooled = sum(float(row.double().logsumexp(0).sub(math.log(len(models))).sum()) for row in rows)
    return -pooled / sum(len(each.answer.encode()) for each in problems)


def right_answers(model: TransformersModel, task: str, problems: Sequence[Problem]) -> int:
    """How many of them the model answers rightly, always writing the likeliest token."""
    texts = [""] * len(problems)
    prompts = [[Message("user", each.prompt)] for each in problems]
    for chunk in model.generate(prompts, Sampling(max_tokens=LONGEST, temperature=0)):
        texts[chunk.row] += chunk.text
    check = get_task(task).check
    return sum(check(each.prompt, text) for each, text in zip(problems, texts, strict=True))


def main(refs: Sequence[str]) -> None:
    """A line for each of the models."""
    problems = {task: problems_of(task) for task in TASKS}
    for ref in refs:
        models = [
            load(folder_here(each), ModelSpec(each, "transformers", Level.INTERNALS))
            for each in ref.split("+")
        ]
        nats = {task: round(nats_per_byte(models, problems[task]), 4) for task in TASKS}
        row = {"model": ref, "nats_per_byte": nats}
        if len(models) == 1:
            row["right"] = {task: right_answers(models[0], task, problems[task]) for task in TASKS}
        print(json.dumps(row), flush=True)  # noqa: T201  the figures are what it is for


if __name__ == "__main__":
    main(sys.argv[1:])
