"""Low-rank adapters (LoRA, Hu et al.) trained from their recipes, each on one corpus."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.registry import Plan, Source, model_builder
from fusionlab.zoo.adapter_recipes import adapter_recipe
from fusionlab.zoo.adapters import COUNT, AdapterLesson, planned_adapter, trained_adapter


@model_builder(
    "adapter",
    execute=trained_adapter,
    paper="https://arxiv.org/abs/2106.09685",
    max_sources=0,
)
def adapter(
    _sources: Sequence[Source],
    *,
    recipe: Annotated[str, Field(description="name of the adapter, with or without its base")] = (
        "maths"
    ),
    questions: Annotated[
        int, Field(ge=1, description="held-out questions of each split that it is tested with")
    ] = COUNT,
) -> Plan[AdapterLesson]:
    """Train an adapter of a model of the catalog from its recipe."""
    return planned_adapter(adapter_recipe(recipe), questions)
