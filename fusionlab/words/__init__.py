"""Sentences that a person reads, by key, in each language: the Fluent files in this folder.

A sentence is a message of `<language>/**/*.ftl`; what to do about it is its attribute `hint`, and
where the app has other means than the command line, `hint-app`.
Whoever has something to say gives the key and its values; whoever shows it chooses the language.
The files in `page/` go to the browser too, where `FusionLab.core.t` reads them.
https://projectfluent.org
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh")
VARIABLE = "FUSIONLAB_LANG"
"""By which whoever starts FusionLab says in which language it speaks to them."""
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""By which a system says it; the first that is set counts."""
LONGEST = 1_000
"""Characters of a value in a sentence; Fluent refuses longer ones."""
_KEY = re.compile(r"^([a-z][a-z0-9_-]*) *=", re.MULTILINE)
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in no language yet: its key and what it speaks of."""

    key: str
    values: Mapping[str, "Value"] = field(default_factory=dict, hash=False)

    def said(self, language: str = ENGLISH) -> str:
        """The sentence in this language; raises KeyError where no language has it."""
        return _formatted(self, "", language)

    def hint(self, language: str = ENGLISH, *, app: bool = False) -> str:
        """What to do about it, in this language; nothing where there is nothing to do.

        On a page (`app`) it names what is there. A sentence without a hint of its own has that of
        the sentence which it gives as `cause`.
        """
        own = (app and self.part("hint-app", language)) or self.part("hint", language)
        cause = self.values.get("cause")
        return own or (cause.hint(language, app=app) if isinstance(cause, Sentence) else "")

    def part(self, attribute: str, language: str = ENGLISH) -> str:
        """What goes with the sentence under this name; nothing where nothing does."""
        return _formatted(self, attribute, language)


Value = str | int | float | tuple[str, ...] | Sentence
"""What a sentence may speak of; a number is written as its language writes numbers."""
Given = Value | Sequence[str]
"""The same as it may be given: a list of names becomes a tuple."""


def in_all(sentence: Sentence) -> dict[str, str]:
    """The sentence in every language, by language: for a page whose reader chooses one."""
    return {language: sentence.said(language) for language in LANGUAGES}


def hint_in_all(sentence: Sentence) -> dict[str, str]:
    """What to do about it on a page, by language; nothing where nothing can be done."""
    hints = {language: sentence.hint(language, app=True) for language in LANGUAGES}
    return hints if hints[ENGLISH] else {}


def reader() -> str:
    """The language of whoever started this process, from its environment; else English."""
    asked = os.environ.get(VARIABLE) or next(filter(None, map(os.environ.get, LOCALES)), "")
    return _known(asked) or ENGLISH


def unspoken() -> str:
    """What `FUSIONLAB_LANG` asks for if it is a language that FusionLab does not speak."""
    asked = os.environ.get(VARIABLE, "")
    return "" if _known(asked) else asked


def page_files() -> dict[str, str]:
    """By language, the Fluent text of all that the browser puts into words itself."""
    return {
        language: "\n".join(
            file.read_text(encoding="utf-8")
            for file in sorted((_HERE / language / "page").glob("*.ftl"))
        )
        for language in LANGUAGES
    }


def has(key: str, language: str = ENGLISH) -> bool:
    """Whether the language has a sentence of this key."""
    return key in _files(language)


def _known(name: str) -> str:
    """The language of a name such as `zh`, `zh-CN` or `zh_CN.UTF-8`; nothing for another one."""
    language = name.lower().replace("-", "_").partition(".")[0].partition("_")[0]
    return language if language in LANGUAGES else ""


def _formatted(sentence: Sentence, attribute: str, language: str) -> str:
    spoken = language if has(sentence.key, language) else ENGLISH
    bundle = _bundle(spoken, _files(spoken)[sentence.key])
    message = bundle.get_message(sentence.key)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if pattern is None:
        return ""
    values = {name: _shown(value, language) for name, value in sentence.values.items()}
    text, errors = bundle.format_pattern(pattern, values)
    if errors:
        raise KeyError(f"{sentence.key}: {errors[0]}")
    return str(text)


def _shown(value: Value, language: str) -> str | int | float:
    match value:
        case int() | float():
            return value
        case str():
            text = value
        case Sentence():
            text = value.said(language)
        case _:
            text = Sentence("list-separator").said(language).join(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@cache
def _files(language: str) -> Mapping[str, Path]:
    """Where each sentence of the language stands, by key."""
    return {
        key: file
        for file in sorted((_HERE / language).rglob("*.ftl"))
        for key in _KEY.findall(file.read_text(encoding="utf-8"))
    }


@cache
def _bundle(language: str, file: Path) -> "FluentBundle":
    """The sentences of one file, which refers to no other: to read all takes too long."""
    from fluent.runtime import FluentBundle, FluentResource  # takes a tenth of a second to import

    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle
