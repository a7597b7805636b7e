"""What a method, a builder and a study are: a function, with its settings as a pydantic model."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from fusionlab.depending import Branches
from fusionlab.errors import RecipeError, SettingError, UnknownName, listed
from fusionlab.events import Event
from fusionlab.faults import fault
from fusionlab.marks import File, Opens, SideBySide
from fusionlab.models.base import Level, ModelSpec
from fusionlab.plans import Plan, Source
from fusionlab.reading import is_id
from fusionlab.sources.references import is_asked

SERVERS = "remote"
"""The engine of models that are on servers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a method and a builder have in common."""

    name: str
    summary: str
    """The first sentence of the function's docstring."""
    paper: str
    settings: type[BaseModel]
    wrong: str
    """The key of the sentence about a wrong value of a setting."""

    def check(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """All settings, defaults filled in; raises UnknownName or SettingError."""
        try:
            checked = self.settings.model_validate(settings)
        except ValidationError as cause:
            raise _as_setting_error(self, cause) from None
        return {name: getattr(checked, name) for name in self.settings.model_fields}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A setting of a method that is worth comparing side by side, and all its values."""

    setting: str
    values: tuple[Any, ...]
    offer: str


MethodFunction = Callable[..., Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Method(Entry):
    """A registered fusion method."""

    run: MethodFunction
    needs: Level
    family: str
    min_members: int
    max_members: int | None
    temperature: float
    baseline: str = ""
    """The method that as many tokens would pay for instead; empty where none is named."""
    weighted: bool = False
    """Whether the members' weights count."""
    served: bool = False
    """Whether a model on a server does, though it is less open, if that tells what it did."""
    begins: bool = False
    """Whether it goes on from an answer that is begun, with members that give their logits."""

    def level_of(self, spec: ModelSpec, settings: Mapping[str, Any]) -> Level:
        """How open this model has to be under these settings."""
        if self.served and spec.engine == SERVERS:
            return Level.TEXT
        return self.needs_under(settings)

    def needs_under(self, settings: Mapping[str, Any]) -> Level:
        """How open models have to be, where these settings are not the usual ones."""
        more = [
            mark.level
            for name, field in self.settings.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Opens) and settings.get(name) in mark.values
        ]
        return max([self.needs, *more])

    @property
    def comparisons(self) -> Sequence[Comparison]:
        """The settings that are marked as worth comparing side by side, in their order."""
        return tuple(
            Comparison(name, get_args(field.annotation), mark.offer)
            for name, field in self.settings.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, SideBySide)
        )


PlanFunction = Callable[..., Plan[Any]]
Execute = Callable[[Plan[Any], Path | None], Generator[Event, None, Path]]
"""The events of carrying out a plan, `ModelBuilt` last; returns the new model's folder.

It stands on its shelf in FusionLab's home, or in the folder that is given instead of the shelf.
"""


@dataclass(frozen=True, slots=True)
class Between:
    """How a builder makes the model at a point between its sources, Σ wₖ θₖ."""

    option: str
    """That of each source which is its weight there."""
    settings: Mapping[str, Any]
    """With which the weights mean that."""


@dataclass(frozen=True, slots=True)
class Builder(Entry):
    """A registered builder."""

    function: PlanFunction
    execute: Execute
    min_sources: int
    max_sources: int | None
    options: type[BaseModel]
    """What each source may be told."""
    branches: Branches | None = None
    """What else it takes by the value of one of its settings."""
    between: Between | None = None
    """None where it makes no model that lies between others."""
    in_app: bool = True
    """Whether the app's page offers it: not where its settings name files of this machine."""
    keeps: bool = False
    """Whether `Stop`, thrown into its execution, makes a model of what there is."""
    asks: bool = False
    """Whether servers and GGUF files are sources as they are, which tell log-probabilities."""

    def plan(
        self,
        sources: Sequence[Source],
        settings: Mapping[str, Any],
        id: str = "",  # noqa: A002
    ) -> Plan[Any]:
        """What these settings make of the sources: pure and instant.

        It has the given id, or one that the builder finds. Raises UnknownName, SettingError, or
        RecipeError where no model can be made of them; what else speaks against it is among the
        plan's findings.
        """
        _check_sources(self, len(sources))
        told = [replace(each, options=self._options(each)) for each in sources]
        plan = self.function(told, **self.check(settings))
        if id and self.max_sources == 0:
            raise RecipeError("id-is-the-recipes", builder=self.name, id=repr(plan.id))
        if not is_id(id or plan.id):
            raise RecipeError("id-of-a-model", id=repr((id or plan.id)[:80]))
        if not id:
            return plan
        return replace(plan, id=id, reference=plan.reference.removesuffix(plan.id) + id)

    def needs_weights(self, source: Source) -> bool:
        """Whether the source's weights have to be on this machine."""
        return not (self.asks and is_asked(source.ref))

    def files(self, settings: Mapping[str, Any]) -> Sequence[str]:
        """Those of the settings that are the names of files."""
        return _files(self.settings, settings)

    def option_files(self, options: Mapping[str, Any]) -> Sequence[str]:
        """Those of a source's options that are the names of files."""
        return _files(self.options, options)

    def _options(self, source: Source) -> dict[str, Any]:
        """The source's options, defaults filled in."""
        try:
            checked = self.options.model_validate(source.options)
        except ValidationError as cause:
            raise _as_option_error(self, source, cause) from None
        return checked.model_dump()


Drawn = dict[str, Any]
"""A study's whole picture so far: JSON data without NaN, keys and numbers, no sentences."""
StudyFunction = Callable[..., Iterator[Event | Drawn]]
"""Its pictures as it goes on, the last of which is its result; `Progress` and warnings between."""


@dataclass(frozen=True, slots=True)
class Study(Entry):
    """A registered study: an experiment of the laboratory, which is watched while it goes on."""

    run: StudyFunction

    def watched(self, settings: Mapping[str, Any]) -> Iterator[Event | Drawn]:
        """It goes on with these settings; raises UnknownName or SettingError at once."""
        checked = self.check(settings)
        return self.run(**checked)


class NoOptions(BaseModel):
    """Sources of which nothing more is told than what they are."""

    model_config = ConfigDict(extra="forbid")


def _files(form: type[BaseModel], given: Mapping[str, Any]) -> list[str]:
    marked = {
        name: mark.unless
        for name, field in form.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, File)
    }
    return [
        name
        for name, unless in marked.items()
        if given.get(name) and not str(given[name]).strip().startswith(unless)
    ]


def _as_setting_error(entry: Entry, cause: ValidationError) -> SettingError | UnknownName:
    first = cause.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return UnknownName("kind-setting-of", name, entry.settings.model_fields, entry=entry.name)
    return SettingError(
        entry.wrong,
        setting=name,
        entry=entry.name,
        fault=fault(first),
        value=repr(first.get("input")),
        known=listed(list(entry.settings.model_fields)),
    )


def _as_option_error(
    builder: Builder, source: Source, cause: ValidationError
) -> SettingError | UnknownName:
    first = cause.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    known = builder.options.model_fields
    if first["type"] == "extra_forbidden":
        return UnknownName("kind-option-of", name, known, entry=builder.name)
    return SettingError(
        "option-of-a-source",
        builder=builder.name,
        option=name,
        source=source.ref,
        fault=fault(first),
        value=repr(first.get("input")),
        known=listed(list(known)),
    )


def _check_sources(builder: Builder, count: int) -> None:
    if count < builder.min_sources:
        raise RecipeError(
            "sources-too-few", builder=builder.name, least=builder.min_sources, count=count
        )
    if builder.max_sources is not None and count > builder.max_sources:
        raise RecipeError(
            "sources-too-many", builder=builder.name, most=builder.max_sources, count=count
        )
