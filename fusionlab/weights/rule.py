"""What a merge rule is: a function of one tensor of each model, and what it takes.

Nothing of it knows files or models. Tensors may be of any floating-point precision; the result is
in float32, or float64 where one of them is. They are only read, and the result is new. Beside it a
rule holds at most two tensors of its size, one byte an element for each model that is thinned out
(della four, with rescale density), and some small pieces; a spectral rule and regmean hold a few
times one matrix. Where a model has a NaN, the result has one too.

Rules use PyTorch's threads little: several tensors at once, each in a thread of its own with
`torch.set_num_threads(1)`, keep the processor busier.
"""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, create_model
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.registry import Entry

Base = Literal["required", "optional", "refused"]
Grain = Literal["element", "tensor", "matrix"]
"""The least part of the tensors that can be merged apart from all others.

element: any elements, so that a caller may merge pieces of a tensor one after the other, or in
several threads. tensor: the whole, for sums and ranks over it. matrix: every matrix of a stack,
along the first of three axes; other tensors whole.
"""
Statistic = Literal["fisher", "gram", "shift"]
"""Diagonal Fisher information, Gram matrices of inputs, or what was learned to be added."""
MergeFunction = Callable[..., Float[Tensor, "..."]]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one merge, checked, under the names of the function's parameters."""

    of_models: Mapping[str, tuple[float, ...]]
    """One value for each model, in their order."""
    of_merge: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule(Entry):
    """A row of the table; `settings` are those of the merge."""

    function: MergeFunction
    base: Base
    min_models: int
    """Without the base."""
    max_models: int | None
    of_each: type[BaseModel]
    """The settings that every model has for itself, such as its weight."""
    grain: Grain
    random: bool
    """Whether it draws: then it needs a generator, such as `seeded` gives."""
    statistic: Statistic | None
    """What it has to be told of each model's tensor, measured on data."""
    training: type[BaseModel]
    """Settings of how that is learned, the same for all tensors; empty where nothing is."""

    @property
    def elementwise(self) -> bool:
        """Whether any pieces of the tensors can be merged apart from one another."""
        return self.grain == "element"

    def checked(
        self, of_models: Sequence[Mapping[str, Any]], of_merge: Mapping[str, Any]
    ) -> Settings:
        """The settings of each model and of the merge, defaults filled in.

        Raises UnknownName, SettingError, or RecipeError where there are too few models or too many.
        """
        self._check_count(len(of_models))
        single = Entry(self.name, self.summary, self.paper, self.of_each, self.wrong)
        rows = [single.check(settings) for settings in of_models]
        return Settings(
            {_argument(name): tuple(row[name] for row in rows) for name in rows[0]},
            {_argument(name): value for name, value in self.check(of_merge).items()},
        )

    def trained(self, of_merge: Mapping[str, Any]) -> dict[str, Any]:
        """The settings of how it learns, defaults filled in; raises SettingError."""
        own = {name: of_merge[name] for name in self.training.model_fields if name in of_merge}
        return Entry(self.name, self.summary, self.paper, self.training, self.wrong).check(own)

    def merged(
        self,
        models: Sequence[Float[Tensor, "..."]],
        base: Float[Tensor, "..."] | None,
        settings: Settings,
        *,
        generator: torch.Generator | None = None,
        statistics: Sequence[Float[Tensor, "..."]] | None = None,
    ) -> Float[Tensor, "..."]:
        """The merged tensor, new; settings are of as many models, from `checked`.

        Raises RecipeError where a base is lacking or of no use, where shapes differ, and where
        weights that are divided by add up to zero.
        """
        arguments: dict[str, Any] = {**settings.of_models, **settings.of_merge}
        if self.base != "refused":
            arguments["base"] = base
        if self.random:
            arguments["generator"] = generator
        if self.statistic:
            arguments["statistics"] = statistics
        self._check_tensors(models, base)
        for name in ("generator", "statistics"):
            if arguments.get(name, 0) is None:
                raise ValueError(f"{self.name} needs {name}")
        for name, values in (*settings.of_models.items(), ("statistics", statistics)):
            if values is not None and len(values) != len(models):
                raise ValueError(f"{len(values)} {name} for {len(models)} models")
        return self.function(models, **arguments)

    def _check_count(self, count: int) -> None:
        if count < self.min_models:
            raise RecipeError(
                "sources-too-few", builder=self.name, least=self.min_models, count=count
            )
        if self.max_models is not None and count > self.max_models:
            raise RecipeError(
                "sources-too-many", builder=self.name, most=self.max_models, count=count
            )

    def _check_tensors(
        self, models: Sequence[Float[Tensor, "..."]], base: Float[Tensor, "..."] | None
    ) -> None:
        self._check_count(len(models))
        if base is None and self.base == "required":
            raise RecipeError("merge-base-lacking", rule=self.name)
        if base is not None and self.base == "refused":
            raise RecipeError("merge-base-unused", rule=self.name)
        shapes = [tuple(t.shape) for t in (models if base is None else [base, *models])]
        if len(set(shapes)) > 1:
            raise RecipeError("merge-shapes-differ", shapes=list(map(str, shapes)))


def seeded(seed: int, tensor: str) -> torch.Generator:
    """A generator for the tensor of this name: the same draws in whatever order tensors come."""
    digest = hashlib.sha256(f"{seed} {tensor}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting: its name, which values it takes, and its default."""

    name: str
    kind: Any
    default: Any


def row(
    function: MergeFunction,
    base: Base,
    models: tuple[int, int | None],
    of_each: Sequence[Parameter],
    of_merge: Sequence[Parameter],
    paper: str,
    grain: Grain,
    statistic: Statistic | None = None,
    training: Sequence[Parameter] = (),
) -> Rule:
    """The row of a function, under its name; its docstring's first sentence sums it up."""
    name = function.__name__
    return Rule(
        name=name,
        summary=(inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " "),
        paper=paper,
        settings=_settings(name, of_merge),
        wrong="setting-of-a-rule",
        function=function,
        base=base,
        min_models=models[0],
        max_models=models[1],
        of_each=_settings(f"{name}_model", of_each),
        grain=grain,
        random="generator" in inspect.signature(function).parameters,
        statistic=statistic,
        training=_settings(f"{name}_training", training),
    )


def _settings(name: str, parameters: Sequence[Parameter]) -> type[BaseModel]:
    fields: dict[str, Any] = {each.name: (each.kind, each.default) for each in parameters}
    return create_model(f"{name}_settings", __config__=ConfigDict(extra="forbid"), **fields)


def _argument(setting: str) -> str:
    return "lambda_" if setting == "lambda" else setting
