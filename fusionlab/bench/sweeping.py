"""What the models of a sweep answer in suites, in two halves of each suite's questions."""

from collections.abc import Generator, Sequence

from fusionlab.bench.scoring import judged
from fusionlab.bench.suites import Item, Suite, changed, draw, get_suite
from fusionlab.engines.transformers import TransformersModel
from fusionlab.events import Progress
from fusionlab.models.base import Message
from fusionlab.recipe import Sampling
from fusionlab.weights.sweeping import Answers, Ask

TOGETHER = 32
"""Questions that are answered in one batch."""


def asking(names: Sequence[str], items: int) -> Ask | None:
    """Asks a model as many questions of each suite, and as many again by which a point is chosen.

    None without a suite. Raises UnknownName and what drawing the questions raises.
    """
    suites = [changed(get_suite(name), items=2 * items) for name in names]
    drawn = [(suite, halves(draw(suite).items)) for suite in suites]

    def ask(model: TransformersModel) -> Generator[Progress, None, tuple[Answers, ...]]:
        found = []
        for suite, (choosing, testing) in drawn:
            right = yield from _right(model, suite, [*choosing, *testing])
            first, second = right[: len(choosing)], right[len(choosing) :]
            found.append(Answers(suite.name, (sum(first), len(first)), (sum(second), len(second))))
        return tuple(found)

    return ask if drawn else None


def halves(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """The items in two halves, each with half of every task, or one item more or less."""
    tasks = list(dict.fromkeys(item.task for item in items))
    ordered = [item for task in tasks for item in items if item.task == task]
    return ordered[::2], ordered[1::2]


def _right(
    model: TransformersModel, suite: Suite, items: Sequence[Item]
) -> Generator[Progress, None, list[bool]]:
    """Whether each is answered right, greedily."""
    right: list[bool] = []
    for start in range(0, len(items), TOGETHER):
        batch = items[start : start + TOGETHER]
        prompts = [[Message("user", item.prompt)] for item in batch]
        texts = [""] * len(batch)
        for chunk in model.generate(prompts, Sampling(max_tokens=suite.max_tokens)):
            texts[chunk.row] += chunk.text
        for item, said in zip(batch, texts, strict=True):
            right.append(bool(judged(item, said, suite.answer.phrase).right))
        yield Progress(f"evaluating {suite.name}", len(right), len(items), "items")
    return right
