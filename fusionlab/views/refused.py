"""Why something was refused and what to do about it, in every language."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fusionlab.errors import FusionError, RecipeError
from fusionlab.words import Sentence, Value, hint_in_all, in_all

FIELDS = ("setting", "option", "source", "value")
"""Values of a sentence that name a field of a form, or say what stands in it."""
ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "id-of-a-model": "id",
        "id-is-the-recipes": "id",
        "drop-too-many": "drop",
        "drop-and-layers": "layers",
        "range-none": "layers",
        "range-unread": "layers",
        "range-empty": "layers",
        "range-outside": "layers",
        "range-too-many": "layers",
        "range-of-which": "layers",
        "range-of-nobody": "layers",
    }
)
"""The settings that sentences are about which name none among their values, by key."""
OF_EACH: Mapping[str, str] = MappingProxyType({"merge-weights-cancel": "weight"})
"""The same of an option of all sources."""
WORD = re.compile(r"[a-z]+(?![\w.:/=])")
"""A beginning that takes a capital: a word, and no name of a file, a model or a setting."""
NAMES = ("pip", "fusionlab", "mergekit", "safetensors", "transformers", "vllm", "ollama")
"""Words that are written small everywhere."""


def refused_view(error: FusionError) -> dict[str, Any]:
    """The error as JSON for the component in which it happened.

    Where it is about one setting, or an option of a source, `field` names that, so that a form can
    mark it.
    """
    key, values = error.sentence.key, error.sentence.values
    view = reason_view(error.sentence)
    of = {name: str(values[name]) for name in FIELDS if name in values}
    if isinstance(several := values.get("settings"), tuple) and several:
        of["setting"] = str(several[0])
    if key in ABOUT:
        of.setdefault("setting", ABOUT[key])
    if key in OF_EACH:
        of.setdefault("option", OF_EACH[key])
    named = isinstance(error, RecipeError) and ("setting" in of or "option" in of)
    return view | ({"field": of} if named else {})


def plan_refused_view(error: FusionError) -> dict[str, Any]:
    """The same with a capital at the beginning and one kind of quotation marks."""
    values = error.sentence.values
    written = {
        name: {language: _begun(text, values) for language, text in told.items()}
        for name, told in reason_view(_quoted(error.sentence)).items()
    }
    return refused_view(error) | written


def reason_view(why: Sentence) -> dict[str, Any]:
    """The reason as JSON for a component, with what can be done about it."""
    return {"message": in_all(why), "hint": hint_in_all(why)}


def _begun(text: str, values: Mapping[str, Value]) -> str:
    """The text with a capital at its beginning, unless a name stands there."""
    names = tuple(_names(values))
    word = WORD.match(text)
    if word is None or word[0] in NAMES or text.startswith(names):
        return text
    return text[0].upper() + text[1:]


def _names(values: Mapping[str, Value]) -> Iterator[str]:
    """All strings among the values, and among those of their sentences."""
    for value in values.values():
        if isinstance(value, Sentence):
            yield from _names(value.values)
        elif isinstance(value, str) and value:
            yield value


def _quoted(sentence: Sentence) -> Sentence:
    """The sentence with the quotation marks of all others around what it quotes."""

    def marked(value: Value) -> Value:
        match value:
            case Sentence():
                return _quoted(value)
            case str() if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                return f"“{value[1:-1]}”"
            case _:
                return value

    return Sentence(sentence.key, {name: marked(value) for name, value in sentence.values.items()})
