"""What a model is trained on, as people keep it: text, conversations, pairs of answers.

A file of JSON Lines has an object a line: `text`; `messages`, or `prompt` and `completion`; or
`prompt`, `chosen` and `rejected`; or what `columns` reads as these. Any other file is one text.
`corpus:NAME` are questions that are generated, with their solutions, and `hub:NAME` is a data set
of the hub. A line that cannot be used is named by its number; of a data set, which nobody here can
mend, such rows are left out and counted.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.errors import RecipeError
from fusionlab.models.base import Message
from fusionlab.reading import path_of, read_json, read_text, reason, reason_in_line
from fusionlab.sources.datasets import PREFIX as HUB
from fusionlab.sources.datasets import data_set_named, fetched_rows
from fusionlab.text.steps import finished
from fusionlab.training.columns import Objective, usual
from fusionlab.training.corpora import CORPORA, get_corpus
from fusionlab.words import Sentence

CORPUS = "corpus:"
"""What references of generated questions begin with."""
JSON_LINES = (".jsonl", ".ndjson")
ROLES = ("system", "user", "assistant")
SHOWN = 40
"""Characters of a wrong value that are quoted."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that is learned whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, of which the assistant's turns are learned; one of them is the last."""

    turns: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A conversation with two answers to its end."""

    turns: tuple[Message, ...]
    chosen: str
    rejected: str


Record = Passage | Talk | Choice


@dataclass(frozen=True, slots=True)
class Records:
    """All that a place holds."""

    name: str
    """As strangers may read it: of a file its name only."""
    sha256: str
    """Of what was read."""
    records: tuple[Record, ...]
    lines: tuple[int, ...]
    """The line of each, from 1; of generated questions and of data sets their number."""
    left_out: Sentence | None = None
    """How many rows of a data set cannot be used, and why, where there are any."""


class _Unusable(Exception):
    """What is wrong with a line; it becomes an error that names the line."""

    def __init__(self, key: str, **values: str | Sentence) -> None:
        super().__init__(key)
        self.sentence = Sentence(key, values)


def read(place: str, objective: Objective, questions: int) -> Records:
    """What stands in the file or the data set, or so many questions of a generated corpus.

    A data set is fetched where it is not here yet. Raises RecipeError, of a line with its number;
    UnknownName for another corpus; SourceError where a data set cannot be had.
    """
    if place.startswith(CORPUS):
        return _generated(place.removeprefix(CORPUS), objective, questions)
    if place.startswith(HUB):
        return _of_hub(place, objective)
    path = path_of(place)
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as cause:
        hint = ", ".join(CORPUS + name for name in CORPORA)
        raise RecipeError("train-unreadable", file=place, said=reason(cause), known=hint) from None
    if not text.strip():
        raise RecipeError("train-file-empty", file=path.name)
    rows = list(_rows(path, text, objective))
    return Records(
        path.name,
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        tuple(record for _, record in rows),
        tuple(number for number, _ in rows),
    )


def _generated(name: str, objective: Objective, questions: int) -> Records:
    drawn = get_corpus(name).questions("train", questions)
    records: list[Record]
    match objective:
        case "continue":
            records = [Passage(f"{each.prompt}\n{each.worked}") for each in drawn]
        case "instruct":
            records = [
                Talk((Message("user", each.prompt), Message("assistant", each.worked)))
                for each in drawn
            ]
        case _:
            raise RecipeError("train-corpus-no-pairs", corpus=CORPUS + name)
    said = json.dumps([[each.prompt, each.worked] for each in drawn])
    sha256 = hashlib.sha256(said.encode()).hexdigest()
    return Records(CORPUS + name, sha256, tuple(records), tuple(range(1, len(records) + 1)))


def _of_hub(place: str, objective: Objective) -> Records:
    """The rows of a data set that can be used; its columns must be among the usual ones."""
    rows = finished(fetched_rows(data_set_named(place)))
    name = rows.wanted.name
    records: list[Record] = []
    numbers: list[int] = []
    faults: list[tuple[int, Sentence]] = []
    for number, row in rows:
        if isinstance(row, Mapping) and not records and usual(row, objective) is None:
            raise RecipeError(
                "train-columns", name=name, objective=objective, found=[*map(str, row)]
            )
        try:
            records.append(_record(_as_object(row), objective))
            numbers.append(number)
        except _Unusable as unusable:
            faults.append((number, unusable.sentence))
    number, fault = faults[0] if faults else (0, Sentence("train-row-none"))
    first: dict[str, str | Sentence] = {"name": name, "number": str(number), "fault": fault}
    if not records:
        raise RecipeError("train-row", **first)
    counts = {"count": len(faults), "all": len(faults) + len(records)}
    left_out = Sentence("train-rows-left-out", {**first, **counts}) if faults else None
    told = json.dumps([sorted(rows.sha256.items()), name])
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    return Records(name, sha256, tuple(records), tuple(numbers), left_out)


def _rows(path: Path, text: str, objective: Objective) -> Iterator[tuple[int, Record]]:
    """Each record with its line."""
    if path.suffix.lower() not in JSON_LINES:
        if objective != "continue":
            raise RecipeError("train-text-only-continues", file=path.name, objective=objective)
        yield 1, Passage(text)
        return
    lines = text.removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield number, _record(_parsed(line), objective)
        except _Unusable as fault:
            place = {"file": path.name, "number": str(number)}
            raise RecipeError("train-line", fault=fault.sentence, **place) from None


def _parsed(line: str) -> Mapping[str, Any]:
    if not line.strip():
        raise _Unusable("train-line-empty")
    try:
        row = well_formed(read_json(line))
    except json.JSONDecodeError as cause:
        raise _Unusable("row-not-json", said=reason_in_line(cause)) from None
    return _as_object(row)


def _as_object(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Sentence):
        raise _Unusable("train-row-broken", fault=row)
    if not isinstance(row, Mapping):
        raise _Unusable("row-not-an-object")
    return row


def _record(row: Mapping[str, Any], objective: Objective) -> Record:
    row = usual(row, objective) or row
    match objective:
        case "continue":
            if "text" not in row and (suited := _suited(row)):
                raise _Unusable("train-line-of-another", objective=suited)
            return Passage(_text(row, "text"))
        case "instruct" if "messages" in row:
            return _talk(_turns(row["messages"], "messages"))
        case "instruct":
            answer = Message("assistant", _text(row, "completion"))
            return Talk((*_prompt(row), answer))
        case _:
            return _choice(row)


def _suited(row: Mapping[str, Any]) -> Objective | None:
    """The objective whose columns the row has."""
    others: tuple[Objective, ...] = ("prefer", "instruct")
    return next((each for each in others if usual(row, each)), None)


def _choice(row: Mapping[str, Any]) -> Choice:
    turns = _prompt(row)
    chosen, rejected = _text(row, "chosen"), _text(row, "rejected")
    if chosen.strip() == rejected.strip():
        raise _Unusable("train-answers-equal")
    return Choice(turns, chosen, rejected)


def _talk(turns: tuple[Message, ...]) -> Talk:
    """The conversation up to its last answer."""
    answers = [at for at, turn in enumerate(turns) if turn.role == "assistant"]
    if not answers or answers[0] == 0:
        raise _Unusable("train-no-answer")
    for at in answers:
        if not turns[at].content.strip():
            raise _Unusable("train-answer-empty")
    return Talk(turns[: answers[-1] + 1])


def _prompt(row: Mapping[str, Any]) -> tuple[Message, ...]:
    """What is asked: a text, or the messages before the answer."""
    given = row.get("prompt")
    if isinstance(given, Sequence) and not isinstance(given, str):
        return _turns(given, "prompt")
    return (Message("user", _text(row, "prompt")),)


def _turns(given: Any, name: str) -> tuple[Message, ...]:
    if not isinstance(given, list) or not given:
        raise _Unusable("train-messages", field=name, value=_shown(given))
    return tuple(_turn(each, name) for each in given)


def _turn(given: Any, name: str) -> Message:
    match given:
        case {"role": str(role), "content": str(content)} if role in ROLES:
            return Message(role, content)  # type: ignore[arg-type]  # it is one of them
        case _:
            raise _Unusable("train-messages", field=name, value=_shown(given))


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        return value
    if value is None:
        raise _Unusable("row-without-field", field=repr(name))
    if isinstance(value, str):
        raise _Unusable("train-answer-empty" if name == "completion" else "train-field-empty")
    raise _Unusable("row-field-not-text", field=name, value=_shown(value))


def _shown(value: Any) -> str:
    return repr(str(value)[:SHOWN])
