"""Sentences that a person reads, by key, in each language: the Fluent files in this folder.

A sentence is a message of `<language>/**/*.ftl`; what to do about it is its attribute `hint`.
Whoever has something to say gives the key and its values; whoever shows it chooses the language.
The files in `page/` go to the browser too, where `FusionLab.core.t` reads them.

The same remedy is a control in the app and a flag in a terminal. So the other files may call
`SETTING("max_tokens")`, `CHOICE("weights", "member")` and `METHOD("vote")`: in the app these are
the titles of its controls, in a terminal what is typed there. `PLACE()` is `app` or `terminal`, to
choose between two forms. https://projectfluent.org
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

    from fusionlab.words.minus import Negative

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh")
VARIABLE = "FUSIONLAB_LANG"
"""By which whoever starts FusionLab says in which language it speaks to them."""
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""By which a system says it; the first that is set counts."""
Place = Literal["app", "terminal"]
"""Where a sentence is read."""
FLAGS = ("max_tokens", "temperature", "top_k", "top_p", "seed")
"""Settings that a terminal has a flag for; all others are given as `--set key=value`."""
LONGEST = 1_000
"""Characters of a value in a sentence; Fluent refuses longer ones."""
LARGEST = 10**18
"""From here on a number is written with an exponent; Fluent refuses those of over 25 digits."""
_KEY = re.compile(r"^([a-z][a-z0-9_-]*) *=", re.MULTILINE)
_BLANK = re.compile("(?<=[\u3400-\u9fff\uff00-\uffef]) (?=“)|(?<=”) (?=[\u3400-\u9fff])")
"""Chinese has no blank beside a title in quotes, where it has one beside what is typed."""
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in no language yet: its key and what it speaks of."""

    key: str
    values: Mapping[str, "Value"] = field(default_factory=dict, hash=False)

    def said(self, language: str = ENGLISH, place: Place = "terminal") -> str:
        """The sentence in this language; raises KeyError where no language has it."""
        return _formatted(self, "", language, place)

    def hint(self, language: str = ENGLISH, place: Place = "terminal") -> str:
        """What to do about it, in this language; nothing where there is nothing to do.

        A sentence without a hint of its own has that of the sentence which it gives as `cause`.
        """
        own, cause = self.part("hint", language, place), self.values.get("cause")
        return own or (cause.hint(language, place) if isinstance(cause, Sentence) else "")

    def part(self, attribute: str, language: str = ENGLISH, place: Place = "terminal") -> str:
        """What goes with the sentence under this name; nothing where nothing does."""
        return _formatted(self, attribute, language, place)


Value = str | int | float | tuple[str, ...] | Sentence
"""What a sentence may speak of; a number is written as its language writes numbers."""
Given = Value | Sequence[str]
"""The same as it may be given: a list of names becomes a tuple."""


def in_all(sentence: Sentence) -> dict[str, str]:
    """The sentence in every language, by language: for a page whose reader chooses one."""
    return {language: sentence.said(language, "app") for language in LANGUAGES}


def hint_in_all(sentence: Sentence) -> dict[str, str]:
    """What to do about it in every language, by language; nothing where nothing can be done."""
    hints = {language: sentence.hint(language, "app") for language in LANGUAGES}
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


def _formatted(sentence: Sentence, attribute: str, language: str, place: Place) -> str:
    spoken = language if has(sentence.key, language) else ENGLISH
    bundle = _bundle(spoken, _files(spoken)[sentence.key], place)
    message = bundle.get_message(sentence.key)
    pattern = message.attributes.get(attribute) if attribute else message.value
    if pattern is None:
        return ""
    values = {name: _shown(value, language, place) for name, value in sentence.values.items()}
    text, errors = bundle.format_pattern(pattern, values)
    if errors:
        raise KeyError(f"{sentence.key}: {errors[0]}")
    return _BLANK.sub("", str(text)) if spoken == "zh" else str(text)


def _shown(value: Value, language: str, place: Place) -> "str | int | float | Negative":
    match value:
        case int() | float() if not abs(value) < LARGEST:  # NaN, too
            return _with_minus(f"{Decimal(value):.6g}")
        case int() | float() if value < 0 or str(value) == "-0.0":
            from fusionlab.words.minus import Negative  # with Fluent, which takes its time

            return Negative(value)
        case int() | float():
            return value
        case str():
            text = value
        case Sentence():
            text = value.said(language, place)
        case _:
            text = Sentence("list-separator").said(language).join(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _with_minus(number: str) -> str:
    """The digits with a minus for a hyphen before them."""
    return f"\N{MINUS SIGN}{number[1:]}" if number.startswith("-") else number


def _functions(language: str, place: Place) -> dict[str, Callable[..., Any]]:
    """What sentences may call: how this place names settings, their choices and methods."""

    def titled(code: str, *keys: str) -> str:
        """The title of the first key that there is, else the code."""
        known = [key for key in keys if has(key, language)]
        return f"“{Sentence(known[0]).said(language)}”" if known else code

    def each(codes: Any, name: Callable[[str], str]) -> str:
        """The name of one, or of each in a list."""
        between = Sentence("list-separator").said(language)
        return between.join(map(name, str(codes).split(between)))

    def setting(code: str, method: str) -> str:
        if place == "terminal":
            return f"--{_slug(code)}" if code in FLAGS else f"--set {code}"
        return titled(code, f"setting-{_slug(method)}-{_slug(code)}", f"setting-{_slug(code)}")

    def settings(codes: Any, method: Any = "") -> str:
        return each(codes, lambda code: setting(code, str(method)))

    def choices(of: Any, codes: Any) -> str:
        if place == "terminal":
            return str(codes)
        return each(codes, lambda code: titled(code, f"choice-{_slug(of)}-{_slug(code)}"))

    def methods(codes: Any) -> str:
        if place == "terminal":
            return str(codes)
        return each(codes, lambda code: titled(code, f"method-{_slug(code)}"))

    return {"SETTING": settings, "CHOICE": choices, "METHOD": methods, "PLACE": lambda: place}


def _slug(code: Any) -> str:
    """The name as it stands in a key."""
    return re.sub(r"[^a-z0-9]", "-", str(code).lower())


@cache
def _files(language: str) -> Mapping[str, Path]:
    """Where each sentence of the language stands, by key."""
    return {
        key: file
        for file in sorted((_HERE / language).rglob("*.ftl"))
        for key in _KEY.findall(file.read_text(encoding="utf-8"))
    }


@cache
def _bundle(language: str, file: Path, place: Place) -> "FluentBundle":
    """The sentences of one file, which refers to no other: to read all takes too long."""
    from fluent.runtime import FluentBundle, FluentResource  # takes a tenth of a second to import

    functions = _functions(language, place)
    bundle = FluentBundle([language], functions=functions, use_isolating=False)
    bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle
