"""What entries of the registry and their settings are called and do, in the reader's language."""

import re
from typing import Any

from pydantic import BaseModel

from fusionlab import words
from fusionlab.cli.console import language
from fusionlab.depending import conditions
from fusionlab.registry import Builder, Entry, Study
from fusionlab.words import ENGLISH, Sentence

FEW = 4
"""The most values of another setting that are told."""


def summary_of(entry: Entry) -> str:
    """What it is called and does; in English what its code says of it."""
    return entry.summary if language() == ENGLISH else summary_in(entry, language())


def summary_in(entry: Entry, spoken: str) -> str:
    """What it is called and does in this language, where that is known."""
    name = _hyphened(entry.name)
    match entry:
        case Builder():
            sentence = Sentence(f"builder-{name}")
        case Study():
            sentence = Sentence(f"study-{name}")
        case _:
            sentence = Sentence(f"method-{name}")
    if not words.has(sentence.key, spoken):
        return entry.summary
    return f"{sentence.said(spoken)} · {sentence.part('summary', spoken)}"


def help_of(entry: Entry, setting: str, field: dict[str, Any]) -> str:
    """What the setting does, in English what the code says of it, and where it counts."""
    described: str = field.get("description", "")
    if language() != ENGLISH:
        for key in (f"setting-{entry.name}-{setting}", f"setting-{setting}"):
            sentence = Sentence(_hyphened(key))
            if words.has(sentence.key, language()):
                more = sentence.part("help", language())
                described = " · ".join(filter(None, (sentence.said(language()), more)))
                break
    return described + counting(entry.settings, setting, language())


def counting(model: type[BaseModel], setting: str, spoken: str) -> str:
    """Where it counts, in brackets and behind a blank.

    Nothing where it always does, or under more values than are told.
    """
    told = [
        Sentence(
            "cli-counts-where", {"setting": each.setting, "values": "/".join(map(str, values))}
        )
        for each in conditions(model, setting)
        if len(values := each.values) <= FEW
    ]
    return "".join(f" ({each.said(spoken)})" for each in told)


def model_said(ref: str, title: str) -> str:
    """What the model is called and good at, where that is known; else its own title."""
    sentence = Sentence(f"model-{re.sub(r'[^a-z0-9]', '-', ref.lower())}")
    if not words.has(sentence.key, language()):
        return title
    return f"{sentence.said(language())} · {sentence.part('good', language())}"


def level_said(name: str) -> str:
    """How open a model of this level is; the name itself where it is no level."""
    key = f"level-{name}"
    return Sentence(key).said(language()) if words.has(key, language()) else name


def _hyphened(name: str) -> str:
    return name.replace("_", "-")
