"""The methods, the builders and the studies. Each is one function; its signature is its settings.

pydantic turns the keyword-only parameters into validation, JSON schema, form and command-line
options; nothing else describes them. A method lets models answer together. A builder makes a new
model, in two acts: its function plans, from references and settings alone; executing the plan is a
generator of events that ends in `ModelBuilt`. A study is an experiment of the laboratory, which is
watched while it goes on.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, create_model
from pydantic_core import to_jsonable_python

from fusionlab.depending import Branches, Where
from fusionlab.entries import (
    Between,
    Builder,
    Comparison,
    Drawn,
    Entry,
    Execute,
    Method,
    MethodFunction,
    NoOptions,
    PlanFunction,
    Study,
    StudyFunction,
)
from fusionlab.errors import UnknownName
from fusionlab.events import Event
from fusionlab.marks import (
    Beside,
    File,
    Group,
    Learner,
    Listed,
    Material,
    Opens,
    Pictured,
    SideBySide,
    Written,
)
from fusionlab.models.base import Level, Member
from fusionlab.models.notices import told
from fusionlab.plans import Finding, Plan, Shelf, Source
from fusionlab.recipe import Request

E = TypeVar("E", bound=Entry)

_METHODS: dict[str, Method] = {}
_BUILDERS: dict[str, Builder] = {}
_STUDIES: dict[str, Study] = {}


def fusion_method(
    name: str,
    *,
    needs: Level,
    family: str,
    paper: str = "",
    min_members: int = 1,
    max_members: int | None = None,
    temperature: float = 0.0,
    baseline: str = "",
    weighted: bool = False,
    served: bool = False,
    begins: bool = False,
) -> Callable[[MethodFunction], MethodFunction]:
    """The decorated generator is the method `name`; its docstring's first sentence sums it up.

    `temperature` is what a new recipe of this method starts with; `baseline` names the method that
    a run is held against at equal compute; `weighted` says that members' weights count;
    `served` that servers which tell what they did are members too; `begins` that it goes on from an
    answer that is begun.
    """

    def register(function: MethodFunction) -> MethodFunction:
        @wraps(function)
        def run(*args: Any, **settings: Any) -> Iterator[Event]:
            return told(function(*args, **settings))

        method = Method(
            name=name,
            summary=_summary(function),
            paper=paper,
            settings=_settings_model(name, function),
            wrong="setting-of-a-method",
            run=run,
            needs=needs,
            family=family,
            min_members=min_members,
            max_members=max_members,
            temperature=temperature,
            baseline=baseline,
            weighted=weighted,
            served=served,
            begins=begins,
        )
        _add(_METHODS, "method", method)
        return function

    return register


def model_builder(
    name: str,
    *,
    execute: Execute,
    paper: str = "",
    min_sources: int = 0,
    max_sources: int | None = None,
    options: type[BaseModel] = NoOptions,
    branches: Branches | None = None,
    between: Between | None = None,
    in_app: bool = True,
    keeps: bool = False,
    asks: bool = False,
) -> Callable[[PlanFunction], PlanFunction]:
    """The decorated function is the builder `name`; `execute` carries out what it plans.

    `options` are the fields that each of its sources may have, and `branches` say which of them,
    and which further settings, it takes by the value of one of its settings. `between` is how it
    makes a model that lies between its sources. See `Builder` for the others.
    """

    def register(function: PlanFunction) -> PlanFunction:
        settings = _settings_model(name, function)
        builder = Builder(
            name=name,
            summary=_summary(function),
            paper=paper,
            settings=settings,
            wrong="setting-of-a-builder",
            function=function,
            execute=execute,
            min_sources=min_sources,
            max_sources=max_sources,
            options=options,
            branches=branches,
            between=between,
            in_app=in_app,
            keeps=keeps,
            asks=asks,
        )
        _add(_BUILDERS, "builder", builder)
        return function

    return register


def study(name: str, *, paper: str = "") -> Callable[[StudyFunction], StudyFunction]:
    """The decorated generator is the study `name`; its docstring's first sentence sums it up."""

    def register(function: StudyFunction) -> StudyFunction:
        entry = Study(
            name=name,
            summary=_summary(function),
            paper=paper,
            settings=_settings_model(name, function),
            wrong="setting-of-a-study",
            run=function,
        )
        _add(_STUDIES, "study", entry)
        return function

    return register


def get_method(name: str) -> Method:
    """The method of this name; raises UnknownName with the nearest."""
    return _found(_METHODS, "kind-method", name)


def get_builder(name: str) -> Builder:
    """The builder of this name; raises UnknownName with the nearest."""
    return _found(_BUILDERS, "kind-builder", name)


def get_study(name: str) -> Study:
    """The study of this name; raises UnknownName with the nearest."""
    return _found(_STUDIES, "kind-study", name)


def all_methods() -> Sequence[Method]:
    """All methods, in the order of their import in `fusionlab.methods`."""
    return tuple(_METHODS.values())


def all_builders() -> Sequence[Builder]:
    """All builders, in the order of their import in `fusionlab.builders`."""
    return tuple(_BUILDERS.values())


def all_studies() -> Sequence[Study]:
    """All studies, in the order of their import in `fusionlab.laboratory`."""
    return tuple(_STUDIES.values())


def plan_to_json(plan: Plan[Any]) -> dict[str, Any]:
    """The plan as plain JSON data."""
    plain: dict[str, Any] = to_jsonable_python(plan)
    return plain


def _add(table: dict[str, E], kind: str, entry: E) -> None:
    if entry.name in table:
        raise ValueError(f"{kind} {entry.name!r} is registered twice")
    table[entry.name] = entry


def _found(table: Mapping[str, E], kind: str, name: str) -> E:
    if name not in table:
        raise UnknownName(kind, name, table)
    return table[name]


def _summary(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


def _settings_model(name: str, function: Callable[..., Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        parameter.name: (parameter.annotation, parameter.default)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    return create_model(f"{name}_settings", __config__=ConfigDict(extra="forbid"), **fields)


__all__ = [
    "Beside",
    "Between",
    "Branches",
    "Builder",
    "Comparison",
    "Drawn",
    "Entry",
    "Execute",
    "File",
    "Finding",
    "Group",
    "Learner",
    "Listed",
    "Material",
    "Member",
    "Method",
    "MethodFunction",
    "NoOptions",
    "Opens",
    "Pictured",
    "Plan",
    "PlanFunction",
    "Request",
    "Shelf",
    "SideBySide",
    "Source",
    "Study",
    "StudyFunction",
    "Where",
    "Written",
    "all_builders",
    "all_methods",
    "all_studies",
    "fusion_method",
    "get_builder",
    "get_method",
    "get_study",
    "model_builder",
    "plan_to_json",
    "study",
]
