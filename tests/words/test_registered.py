"""Whatever is registered has words that a person understands, in every language."""

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest
from fluent.syntax import ast as fluent

import fusionlab.builders
import fusionlab.laboratory
import fusionlab.methods  # noqa: F401  registers them
from fusionlab.models.base import Level
from fusionlab.recipe import Sampling
from fusionlab.registry import (
    Builder,
    Method,
    Study,
    all_builders,
    all_methods,
    all_studies,
)
from fusionlab.sources.known import known_models
from fusionlab.sources.schemes import built
from fusionlab.words import LANGUAGES, page_files
from tests.words.parsed import parsed

TABS = ("start", "build", "compare", "measure")
"""Beside those of the methods' families."""


def slug(name: str) -> str:
    """The name as it stands in a key."""
    return re.sub(r"[^a-z0-9]", "-", name.lower())


@cache
def attributes(language: str) -> dict[str, set[str]]:
    """The attributes of each sentence that the browser can say, by key."""
    return {
        entry.id.name: {attribute.id.name for attribute in entry.attributes}
        for entry in parsed(page_files()[language])
        if isinstance(entry, fluent.Message)
    }


def choices(annotation: Any) -> Iterator[str]:
    """The values that a setting may have, where they are few names."""
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if isinstance(value, str))
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from choices(part)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("method", all_methods(), ids=lambda method: method.name)
def test_every_method_its_settings_and_their_choices_have_words(
    method: Method, language: str
) -> None:
    known = attributes(language)
    assert "summary" in known[f"method-{slug(method.name)}"]
    assert "summary" in known[f"family-{slug(method.family)}"]
    for name, field in method.settings.model_fields.items():
        own = f"setting-{slug(method.name)}-{slug(name)}"
        assert "help" in known.get(own, known[f"setting-{slug(name)}"])
        for value in choices(field.annotation):
            assert f"choice-{slug(name)}-{slug(value)}" in known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("builder", all_builders(), ids=lambda builder: builder.name)
def test_every_builder_its_settings_and_options_have_words(builder: Builder, language: str) -> None:
    known = attributes(language)
    assert "summary" in known[f"builder-{slug(builder.name)}"]
    for model in (builder.settings, builder.options):
        for name, schema in model.model_json_schema().get("properties", {}).items():
            assert "help" in known[f"setting-{slug(builder.name)}-{slug(name)}"]
            for value in filter(None, schema.get("enum", [])):
                assert f"choice-{slug(name)}-{slug(value)}" in known


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("study", all_studies(), ids=lambda study: study.name)
def test_every_study_its_settings_and_their_choices_have_words(study: Study, language: str) -> None:
    known = attributes(language)
    assert "summary" in known[f"study-{slug(study.name)}"]
    for name, schema in study.settings.model_json_schema().get("properties", {}).items():
        assert "help" in known[f"setting-{slug(study.name)}-{slug(name)}"]
        for value in schema.get("enum", schema.get("items", {}).get("enum", [])):
            assert f"choice-{slug(name)}-{slug(value)}" in known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_model_level_and_tab_has_words(language: str) -> None:
    known = attributes(language)
    for model in known_models():
        if not model["id"].startswith(built.PREFIX):
            assert "good" in known[f"model-{slug(model['id'])}"]
    for level in Level:
        assert "summary" in known[f"level-{slug(level.name)}"]
    for tab in TABS:
        assert "summary" in known[f"family-{tab}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_tokens_are_drawn_has_words(language: str) -> None:
    known = attributes(language)
    for field in fields(Sampling):
        assert "help" in known[f"setting-{slug(field.name)}"]
