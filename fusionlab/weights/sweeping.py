"""How well the models between two or three others know a text; none of them is written.

One copy of the first model is in memory. At each point its parameters are set to Σ wₖ θₖ, tensor by
tensor as they are read from the files, and it reads the text, and answers questions where it is
asked any. Between models of one ancestor that
are still near it the way is level, between others there is a ridge (linear mode connectivity,
https://arxiv.org/abs/1912.05671).
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import torch

from fusionlab.engines.scoring import scored
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.errors import RecipeError
from fusionlab.events import Progress
from fusionlab.models.base import Level, ModelSpec
from fusionlab.weights.opened import Opened
from fusionlab.weights.postflight import Read, Sample, read_of

MOST = 100
"""Points of a side."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model answered in a suite, in two halves of its questions.

    The best of many points is best by chance too. So the point is chosen on the one half, and what
    it is worth is what it answers in the other.
    """

    suite: str
    choosing: tuple[int, int]
    """Right answers, and questions, of the half by which a point is chosen."""
    testing: tuple[int, int]


Ask = Callable[[TransformersModel], Generator[Progress, None, tuple[Answers, ...]]]
"""Asks the model that stands at a point."""


@dataclass(frozen=True, slots=True)
class Point:
    """A model between the others."""

    weights: tuple[float, ...]
    """Of each, in their order; they add up to 1."""
    read: Read
    answers: tuple[Answers, ...] = ()


def grid(models: int, points: int) -> list[tuple[float, ...]]:
    """The weights of a line of so many points between two models, or of a triangle between three.

    Raises RecipeError where there are more or fewer models, or points.
    """
    if models not in (2, 3) or not 2 <= points <= MOST:
        raise RecipeError("sweep-of-what", models=models, points=points, most=MOST)
    last = points - 1
    if models == 2:
        return [((last - at) / last, at / last) for at in range(points)]
    return [
        ((last - b - c) / last, b / last, c / last)
        for c in range(points)
        for b in range(points - c)
    ]


def swept(
    sources: Sequence[Opened],
    weights: Sequence[tuple[float, ...]],
    samples: Sequence[Sample],
    ask: Ask | None = None,
) -> Generator[Progress | Point, None, None]:
    """Each point as soon as it is known; closing the generator frees the model.

    The sources have one layout and one vocabulary. Raises RecipeError where the files name tensors
    otherwise than the model does.
    """
    spec = ModelSpec(sources[0].ref, "transformers", Level.INTERNALS)
    with closing(load(sources[0].folder, spec)) as model:
        names = [source.stored for source in sources]
        _check(model, names)
        asked = [(sample.asked, sample.text) for sample in samples]
        for done, each in enumerate(weights):
            yield Progress("sweeping", done, len(weights), "items")
            _set(model, sources, names, each)
            read = read_of(samples, list(scored(model, asked)))
            yield Point(each, read, (yield from ask(model)) if ask else ())
        yield Progress("sweeping", len(weights), len(weights), "items")


def _parameters(model: TransformersModel) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """Those that are stored: of tied ones the first."""
    yield from model.module.named_parameters()


def _check(model: TransformersModel, names: Sequence[Mapping[str, str]]) -> None:
    for name, _ in _parameters(model):
        if any(name not in each for each in names):
            raise RecipeError("sweep-tensor", name=name)


@torch.no_grad()
def _set(
    model: TransformersModel,
    sources: Sequence[Opened],
    names: Sequence[Mapping[str, str]],
    weights: Sequence[float],
) -> None:
    """The model's parameters are this mean of the sources'."""
    for name, parameter in _parameters(model):
        mean = torch.zeros(parameter.shape)
        for source, known, weight in zip(sources, names, weights, strict=True):
            if weight:
                mean.add_(source.weights.read(known[name]).float(), alpha=weight)
        parameter.copy_(mean)
