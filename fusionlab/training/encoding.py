"""Records as a model reads them: ids, and which of them are learned.

A conversation is written in the model's chat template. Templates seldom mark which part an
assistant said, so that is found by writing the conversation twice, up to an answer and with it:
what both have in common is asked, the rest is learned. Each part is turned into ids by itself, as
it is when the model answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Self

from fusionlab.engines.chat import ChatTemplate
from fusionlab.errors import RecipeError
from fusionlab.models.base import Message
from fusionlab.training.losses import IGNORED
from fusionlab.training.records import Choice, Passage, Records, Talk


@dataclass(frozen=True, slots=True)
class Example:
    """A sequence of tokens to learn from."""

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    """The ids that are learned, elsewhere IGNORED; the first has nothing before it and never is."""
    bytes: int
    """Of the text that the learned ids are."""

    @property
    def learned(self) -> int:
        """How many of them are learned."""
        return len(self.labels) - self.labels.count(IGNORED)


Unit = tuple[Example, ...]
"""What is drawn as one: an example, or a preferred answer and the other one."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """All records as units."""

    units: tuple[Unit, ...]
    records: int
    left_out: int
    """Records that are longer than may be."""
    unknown: int
    """Tokens that stand for what the tokenizer does not know."""


def encoded(records: Records, tokenizer: Any, name: str, longest: int) -> Encoded:
    """The records as a model of this tokenizer reads them, each up to `longest` tokens.

    A passage is cut into pieces of that length; a conversation that is longer is left out. Raises
    RecipeError where a record leaves nothing to learn or nothing is left, and SourceError where the
    chat template cannot be used.
    """
    writer = Writer.of(tokenizer, name)
    units: list[Unit] = []
    left_out = 0
    for number, record in zip(records.lines, records.records, strict=True):
        if isinstance(record, Passage):
            units += [(piece,) for piece in writer.pieces(record.text, longest)]
            continue
        unit = writer.unit(record, records.name, number)
        if any(len(each.ids) > longest for each in unit):
            left_out += 1
        else:
            units.append(unit)
    if left_out and not units:
        raise RecipeError("train-all-too-long", file=records.name, longest=longest)
    unknown = tokenizer.unk_token_id
    missing = sum(each.ids.count(unknown) for unit in units for each in unit)
    return Encoded(tuple(units), len(records.records), left_out, missing)


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that follow one another, all of which are learned, or none."""

    ids: tuple[int, ...]
    text: str
    """Which they were read from."""
    learned: bool


def joined(runs: Sequence[Run]) -> Example:
    """The runs as one example."""
    ids = [each for run in runs for each in run.ids]
    labels = [each if run.learned else IGNORED for run in runs for each in run.ids]
    size = sum(len(run.text.encode()) for run in runs if run.learned)
    return Example(tuple(ids), (IGNORED, *labels[1:]) if labels else (), size)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes records as a model of this tokenizer reads them."""

    tokenizer: Any
    template: ChatTemplate
    name: str
    """Of the model, as it stands in messages."""

    @classmethod
    def of(cls, tokenizer: Any, name: str) -> Self:
        """The tokenizer's, with its own chat template; raises SourceError."""
        return cls(tokenizer, ChatTemplate(tokenizer, name), name)

    def talk(self, record: Talk) -> list[Run]:
        """The conversation, in runs."""
        return list(self._read(self._parts(record.turns)))

    def block(self, text: str, *, begins: bool, ends: bool) -> Run:
        """A part of a document, with what stands before one where it begins, and after it."""
        ids = tuple(self.encode(text)["input_ids"])
        before = self._beginning() if begins else None
        after = self.tokenizer.eos_token_id if ends else None
        marks = ((before,) if before is not None else ()), ((after,) if after is not None else ())
        return Run((*marks[0], *ids, *marks[1]), text, learned=True)

    def pieces(self, text: str, longest: int) -> Iterator[Example]:
        """The text in runs of so many tokens, with the token that ends documents at its end."""
        found = self.encode(text, return_offsets_mapping=True)
        ids, spans = list(found["input_ids"]), list(found["offset_mapping"])
        for mark, at in ((self._beginning(), 0), (self.tokenizer.eos_token_id, len(text))):
            if mark is not None:
                place = len(ids) if at else 0
                ids.insert(place, mark)
                spans.insert(place, (at, at))
        for start in range(0, len(ids), longest):
            own, places = ids[start : start + longest], spans[start : start + longest]
            if len(own) > 1:  # one token alone has nothing before it, so that nothing is learned
                said = text[places[1][0] : places[-1][1]]
                yield Example(tuple(own), (IGNORED, *own[1:]), len(said.encode()))

    def unit(self, record: Talk | Choice, file: str, number: int) -> Unit:
        """The conversation, or the two that it may become."""
        if isinstance(record, Talk):
            unit: Unit = (self._joined(self._parts(record.turns)),)
        else:
            answers = (record.chosen, record.rejected)
            ends = [(*record.turns, Message("assistant", each)) for each in answers]
            unit = tuple(self._joined(self._last(turns)) for turns in ends)
        if any(not example.learned for example in unit):
            raise RecipeError("train-nothing-learned", file=file, number=str(number))
        if len(unit) == 2 and unit[0].ids == unit[1].ids:
            raise RecipeError("train-answers-alike", file=file, number=str(number))
        return unit

    def _parts(self, turns: Sequence[Message]) -> list[tuple[str, bool]]:
        """The conversation in parts, each with whether it is learned."""
        answers = [at for at, turn in enumerate(turns) if turn.role == "assistant"]
        if len(answers) == 1 or not self.template.given:
            return self._last(turns)
        whole, done, parts = self.template.text(turns, answered=True), 0, []
        for at in answers:
            before = self.template.text(turns[:at], answered=False)
            after = self.template.text(turns[: at + 1], answered=True).rstrip()
            if not (whole.startswith(before) and whole.startswith(after)):
                return self._last(
                    turns
                )  # the template writes earlier turns otherwise than the last
            parts += [(whole[done : len(before)], False), (whole[len(before) : len(after)], True)]
            done = len(after)
        return parts

    def _last(self, turns: Sequence[Message]) -> list[tuple[str, bool]]:
        """The same where only the last turn is learned."""
        *before, answer = turns
        if not self.template.given:
            if any(turn.role == "assistant" for turn in before):
                raise RecipeError("train-no-template", model=self.name)
            return [("\n\n".join(turn.content for turn in before), False), (answer.content, True)]
        asked = self.template.text(before, answered=False)
        whole = self.template.text(turns, answered=True).rstrip()
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(asked, whole, strict=False))
        shared = sum(1 for _ in alike)
        return [(whole[:shared], False), (whole[shared:], True)]

    def _joined(self, parts: Sequence[tuple[str, bool]]) -> Example:
        """The parts as one example, which ends in a token that ends an answer."""
        return joined(list(self._read(parts)))

    def _read(self, parts: Sequence[tuple[str, bool]]) -> Iterator[Run]:
        for number, (text, learned) in enumerate(parts):
            plain = not number and not self.template.given
            own = list(self.encode(text, add_special_tokens=plain)["input_ids"])
            if learned and number == len(parts) - 1:
                own += self._ending(own)
            yield Run(tuple(own), text, learned)

    def _ending(self, ids: Sequence[int]) -> list[int]:
        """What has to be said after these, so that the model learns to end."""
        end = self.tokenizer.eos_token_id
        ended = not ids or ids[-1] in self.tokenizer.all_special_ids
        return [] if end is None or ended else [end]

    def _beginning(self) -> int | None:
        """What the tokenizer itself puts before a text."""
        first = self.encode("", add_special_tokens=True)["input_ids"][:1]
        begin: int | None = self.tokenizer.bos_token_id
        return begin if first == [begin] else None

    def encode(self, text: str, **options: bool) -> Any:
        """What the tokenizer makes of the text, without marks around it."""
        return self.tokenizer(text, verbose=False, **{"add_special_tokens": False, **options})
