"""What views send to be read: keys with their values, and sentences in every language."""

from typing import Any

from fusionlab import words
from fusionlab.events import RunFailed, Warned
from fusionlab.words import Sentence, Value

Said = dict[str, Any]
"""A sentence as `FusionLab.words.said` takes it: `{"key": …, "values": {…}}`."""
LONGEST = 60
"""Characters of a model's words that stand within a sentence."""


def saying(key: str, /, **values: Any) -> Said:
    """The sentence of this key with these values: numbers, texts, other sentences, lists."""
    return {"key": key, "values": values}


def sentence_of(said: Said) -> Sentence:
    """The same sentence, for those who read it elsewhere than on a page."""

    def value(given: Any) -> Value:
        match given:
            case dict():
                return sentence_of(given)
            case list():
                return tuple(map(str, given))
            case _:
                return given if isinstance(given, int | float) else str(given)

    return Sentence(said["key"], {name: value(given) for name, given in said["values"].items()})


def in_words(event: Warned | RunFailed) -> dict[str, Any]:
    """Message and hint by language; those of old files are English only."""
    if event.sentence is None or not words.has(event.sentence.key):
        return {"message": event.message, "hint": event.hint}
    try:
        return {
            "message": words.in_all(event.sentence),
            "hint": words.hint_in_all(event.sentence),
        }
    except KeyError:  # a file of another version gives other values
        return {"message": event.message, "hint": event.hint}


def quoted(text: str) -> str:
    """The text in one line, short enough for a sentence; line breaks are shown by a sign."""
    shown = text.strip(" \t\r") or text
    line = shown.replace("\r\n", "\n").replace("\n", "⏎").replace("\t", "⇥")
    line = "·" * len(line) if line and not line.strip(" ") else line
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def in_one_line(text: str) -> str:
    """An answer within a sentence: its words in one line, without the stop at its end."""
    line = " ".join(text.split()).rstrip(".。")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
