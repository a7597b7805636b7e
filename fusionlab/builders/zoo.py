"""Tiny models trained from their recipes, on exact tasks of which every problem can be checked."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.registry import Plan, Source, model_builder
from fusionlab.zoo.evaluate import COUNT
from fusionlab.zoo.recipes import zoo_recipe
from fusionlab.zoo.train import Lesson, planned, train


@model_builder("zoo", execute=train, max_sources=0)
def zoo(
    _sources: Sequence[Source],
    *,
    recipe: Annotated[str, Field(description="name of the model in the zoo")] = "base",
    questions: Annotated[
        int, Field(ge=1, description="held-out problems of each task that it is tested with")
    ] = COUNT,
) -> Plan[Lesson]:
    """Train a tiny model of the zoo from its recipe, and its parent before it."""
    return planned(zoo_recipe(recipe), questions)
