"""Texts that models read before they are merged, by rules that go by what the models do with data.

A file is plain text, of which each paragraph is a passage, or JSON Lines with a passage a line.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError, SourceError
from fusionlab.models.base import Message
from fusionlab.reading import is_file, read_json, read_text, reason

LENGTH = 256
"""Tokens that are read at once; a longer passage is read in several parts."""
TEXTS, LINES = (".txt", ".md"), (".jsonl",)
ASKED, ANSWERED = ("question", "prompt"), ("answer", "completion")
"""Names of a line's fields, where it has no `text`."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What a model reads; its predictions of `text` count, those of what is `asked` do not."""

    asked: str
    """Before the text, in the model's chat template; empty where nothing is asked."""
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """Passages, by the name under which they were asked for."""

    name: str
    passages: tuple[Passage, ...] = field(repr=False)

    @property
    def digest(self) -> str:
        """A hash of all passages, in their order."""
        plain = json.dumps([[each.asked, each.text] for each in self.passages])
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens that are read at once; those from place `first` on are to be predicted."""

    ids: tuple[int, ...]
    first: int
    """At least 1: each token is predicted from those before it."""

    @property
    def predicted(self) -> int:
        """How many tokens are predicted."""
        return len(self.ids) - self.first


def material_in(file: Path, most: int) -> Material:
    """The first `most` passages of the file; raises RecipeError."""
    if not is_file(file):
        raise RecipeError("merge-data-missing", file=str(file))
    if file.suffix.lower() not in TEXTS + LINES:
        raise RecipeError("merge-data-format", file=str(file), suffixes=TEXTS + LINES)
    try:
        text = read_text(file)
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError("merge-data-unreadable", file=str(file), said=reason(cause)) from cause
    if file.suffix.lower() in LINES:
        numbered = [pair for pair in enumerate(text.splitlines(), 1) if pair[1].strip()]
        found = [_passage(file, *pair) for pair in numbered[:most]]
    else:
        paragraphs = (part.strip() for part in text.replace("\r\n", "\n").split("\n\n"))
        found = [Passage("", part) for part in paragraphs if part][:most]
    if not found:
        raise RecipeError("merge-data-empty", file=str(file))
    return Material(str(file), tuple(found))


def rows_of(model: TransformersModel, material: Material, most: int) -> list[Row]:
    """What the model reads of the material, at most so many rows.

    Raises RecipeError where nothing is left to predict, or SourceError where a token has no row in
    the embeddings.
    """
    rows = [row for each in material.passages for row in _rows(model, each)][:most]
    name = model.spec.id
    if not rows:
        raise RecipeError("merge-data-short", data=material.name, source=name)
    highest = max(max(row.ids) for row in rows)
    embedded = int(model.model.get_input_embeddings().num_embeddings)
    if highest >= embedded:
        token = repr(model.tokenizer.decode([highest]))
        raise SourceError(
            "tokenizer-beyond-weights", name=name, id=str(highest), token=token, rows=embedded
        )
    return rows


def _passage(file: Path, number: int, line: str) -> Passage:
    try:
        told = read_json(line)
    except JSONDecodeError as cause:
        said = reason(cause)
        raise RecipeError("data-not-json", file=str(file), line=number, said=said) from None
    if isinstance(told, dict):
        text, asked, answer = _field(told, ("text",)), _field(told, ASKED), _field(told, ANSWERED)
        if text or (asked and answer):
            return Passage("", text) if text else Passage(asked, answer)
    raise RecipeError(
        "merge-data-line", file=str(file), line=number, asked=ASKED[0], answered=ANSWERED[0]
    )


def _field(told: dict[str, Any], names: Sequence[str]) -> str:
    """The text under the first of these names; empty where there is none."""
    return next((told[name] for name in names if isinstance(told.get(name), str)), "")


def _rows(model: TransformersModel, passage: Passage) -> list[Row]:
    tokenizer, most = model.tokenizer, min(LENGTH, model.context)
    ids = list(tokenizer(passage.text, add_special_tokens=False)["input_ids"])
    if passage.asked:
        before = model.encode([Message("user", passage.asked)])
        end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        whole = [*before, *ids, *end][:most]
        return [Row(tuple(whole), len(before))] if 0 < len(before) < len(whole) else []
    begins = [each for each in (tokenizer.bos_token_id, tokenizer.eos_token_id) if each is not None]
    parts = [ids[start : start + most - 1] for start in range(0, len(ids), most - 1)]
    rows = [Row((*begins[:1], *part), 1) for part in parts]
    return [row for row in rows if row.predicted > 0]
