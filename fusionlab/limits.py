"""Limits on what a visitor of the public demo may ask for, checked here for every page.

Everything is checked as text, before any path, model or file is looked at, so that a refusal
reveals nothing about the server. On one's own machine there are no limits.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from pydantic import BaseModel, TypeAdapter

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.errors import RecipeError
from fusionlab.plans import Source
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.registry import (
    Builder,
    Learner,
    Listed,
    Material,
    Pictured,
    Study,
    Written,
    get_method,
)
from fusionlab.spaces import space_config


@dataclass(frozen=True, slots=True)
class BenchLimits:
    """What one benchmark may ask for."""

    items: int
    contenders: int
    """Methods and members together."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visitor may ask for; by default there are no limits."""

    max_tokens: int | None = None
    max_members: int | None = None
    models: tuple[str, ...] | None = None
    """References that are offered, `zoo/*` for all of the zoo; None offers all."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """The largest value of each setting that is limited."""
    text_bytes: int | None = None
    """Of all texts that are read: a prompt, or every turn of a conversation, counts for each member
    and sample that is given it."""
    list_items: int | None = None
    """The most items in a setting that is a list."""
    equal_samples: int | None = None
    """The most samples of the baseline that gets as many tokens as a run took."""
    seconds: float | None = None
    """The time after which a run is stopped."""
    bench: BenchLimits | None = None
    builds: bool = True
    """Whether new models are built here, and built ones removed."""

    def check(self, recipe: Recipe) -> None:
        """Raises RecipeError for a recipe that asks for more than is offered.

        Settings that the recipe leaves out count with their defaults. Raises UnknownName or
        SettingError for a recipe that is not valid.
        """
        settings = get_method(recipe.method).check(recipe.settings)
        self._at_most("limit-tokens", self.max_tokens, recipe.sampling.max_tokens)
        self.check_members(recipe.members)
        for name, most in self.settings.items():
            self._at_most("limit-setting", most, settings.get(name, 0), name)
        texts: list[str] = []
        for name in recipe.settings:
            value = settings[name]
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, list | tuple):
                self._at_most("limit-setting", self.list_items, len(value), name)
                texts += map(str, value)
        said = "".join(turn.content for turn in recipe.request.conversation)
        asked = [said + member.system for member in recipe.members] or [said]
        texts += asked * int(settings.get("samples", 1))
        texts += [recipe.begin.text, *(member.name for member in recipe.members)]
        written = sum(len(text.encode()) for text in texts)
        self._at_most("limit-text", self.text_bytes, written)

    def check_members(self, members: Sequence[MemberRecipe]) -> None:
        """Raises RecipeError for too many members, or a model that is not offered."""
        self._at_most("limit-members", self.max_members, len(members))
        for member in members:
            if self.models is not None and not self.offers(member.ref):
                raise RecipeError("limit-models", offered=self.models, ref=repr(member.ref))

    def offers(self, ref: str) -> bool:
        """Whether this model is offered."""
        if self.models is None:
            return True
        families = [each.removesuffix("*") for each in self.models if each.endswith("/*")]
        return ref in self.models or any(
            re.fullmatch(rf"{re.escape(family)}[\w-]+", ref) for family in families
        )

    def check_bench(
        self, items: int, methods: int, members: Sequence[MemberRecipe], *, reads: bool
    ) -> None:
        """Raises RecipeError for a benchmark that is too large, or that reads data."""
        if self.bench is None:
            return
        if reads:
            raise RecipeError("limit-no-data")
        self._at_most("limit-items", self.bench.items, items)
        self._at_most("limit-contenders", self.bench.contenders, methods + len(members))
        self.check_members(members)

    def check_builds(self) -> None:
        """Raises RecipeError where no models are built."""
        if not self.builds:
            raise RecipeError("limit-no-building")

    def check_plan(
        self, builder: Builder, sources: Sequence[Source], settings: Mapping[str, object]
    ) -> None:
        """Raises RecipeError for sources that are not offered.

        Where only some models are offered, a setting that is free text could name another one, or a
        file, and so could an option of a source: none is read but those of the picture, which are
        numbers.
        """
        if self.models is None:
            return
        for source in sources:
            if not self.offers(source.ref):
                raise RecipeError("limit-models", offered=self.models, ref=repr(source.ref))
            for name in source.options:
                if not self.offers_option(builder, name):
                    raise RecipeError("limit-no-text", setting=name)
        for name, value in settings.items():
            if name not in builder.settings.model_fields:
                continue
            if not self.offers_setting(builder, name) or not _is_offered(builder, name, value):
                raise RecipeError("limit-no-text", setting=name)
            if _is_learner(builder, name) and not self.offers(str(value)):
                raise RecipeError("limit-models", offered=self.models, ref=repr(value))
            if isinstance(value, int | float):
                self._at_most("limit-setting", self.settings.get(name), value, name)

    def check_study(self, study: Study, settings: Mapping[str, object]) -> None:
        """Raises RecipeError for a study that asks for more than is offered; what it does not
        know, it refuses itself.
        """
        for name, value in settings.items():
            if name not in study.settings.model_fields or self.models is None:
                continue
            marks = study.settings.model_fields[name].metadata
            if any(isinstance(mark, Learner) for mark in marks):
                if value != "" and not self.offers(str(value)):
                    raise RecipeError("limit-models", offered=self.models, ref=repr(value))
            elif not _is_safe(study.settings, name):
                raise RecipeError("limit-no-text", setting=name)
            if isinstance(value, int | float):
                self._at_most("limit-setting", self.settings.get(name), value, name)

    def offers_setting(self, builder: Builder, name: str) -> bool:
        """Whether this setting of the builder may be given."""
        return self.models is None or _is_safe(builder.settings, name)

    def offers_option(self, builder: Builder, name: str) -> bool:
        """Whether this option of a source may be given; what the builder does not know, it refuses
        itself.
        """
        known = name in builder.options.model_fields
        return self.models is None or not known or _is_safe(builder.options, name)

    def for_equal(self) -> "Limits":
        """The limits for the baseline that gets as many tokens as a run took."""
        if self.equal_samples is None:
            return self
        return replace(self, settings={**self.settings, "samples": self.equal_samples})

    @staticmethod
    def _at_most(key: str, most: float | None, asked: float, setting: str = "") -> None:
        """Raises RecipeError, with the sentence of this key, for more than that."""
        if most is not None and asked > most:
            of = {"setting": setting} if setting else {}
            raise RecipeError(key, most=most, asked=asked, **of)


def _is_safe(form: type[BaseModel], name: str) -> bool:
    """Whether the setting is no free text, or only read, or of the picture, or has names of a table
    of ours, or names data or a model, of which only what is generated or offered may be named.
    """
    field, safe = form.model_fields[name], Pictured | Material | Learner | Listed | Written
    closed = any(isinstance(mark, safe) for mark in field.metadata)
    schema = form.model_json_schema()["properties"][name]
    kinds = schema.get("anyOf", [schema])
    free = any(each.get("type") == "string" and "enum" not in each for each in kinds)
    return closed or not free


def _is_offered(builder: Builder, name: str, value: object) -> bool:
    """Whether this is no name of a file."""
    marks = builder.settings.model_fields[name].metadata
    return all(value in mark.names for mark in marks if isinstance(mark, Material))


def _is_learner(builder: Builder, name: str) -> bool:
    """Whether the setting names a model."""
    marks = builder.settings.model_fields[name].metadata
    return any(isinstance(mark, Learner) for mark in marks)


@cache
def limits() -> Limits:
    """The limits in force: those of spaces.yaml on a Space, none elsewhere."""
    if "SPACE_ID" not in os.environ:
        return Limits()
    checked: Limits = TypeAdapter(Limits).validate_python(space_config()["limits"])
    return checked
