"""How the command line speaks: answers on standard output, the rest on standard error.

Its sentences are in the language of whoever started it, or in English where the console cannot
print that language.

What models, files and servers say may hold characters that command a terminal: that move its
cursor, set its title or turn the order of letters round. They are shown by their number, as are
those that a console lacks; only line breaks and tabs do what they do. In JSON they are escaped.
"""

import json
import math
import re
import sys
import time
import unicodedata
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from fusionlab import words
from fusionlab.errors import LONGEST, shortened
from fusionlab.events import (
    AnswerExtracted,
    Event,
    LayerLoad,
    MemberChosen,
    Progress,
    RunFailed,
    RunFinished,
    Sample,
    Solved,
    StepTrained,
    TextDelta,
    Warned,
)
from fusionlab.experts import load
from fusionlab.figures import percent
from fusionlab.intervals import wilson
from fusionlab.trace import Trace
from fusionlab.words import ENGLISH, Given, Sentence

T = TypeVar("T")

COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line feed, and those that override the direction of text."""
LONGEST_PROMPT = 60
"""Characters of what a model in training was asked."""
SAMPLE = "错误：…"
"""What a console has to be able to print that is spoken to in Chinese."""


def language() -> str:
    """The reader's language, or English where one of the two streams cannot print it."""
    asked = words.reader()
    return asked if asked == ENGLISH or all(map(_prints, (sys.stdout, sys.stderr))) else ENGLISH


def said(key: str, /, **values: Given) -> str:
    """The sentence of this key in the reader's language."""
    return sentence(key, **values).said(language())


def sentence(key: str, /, **values: Given) -> Sentence:
    """The sentence of this key, with lists as tuples."""
    return Sentence(
        key,
        {
            name: value if isinstance(value, str | int | float | Sentence) else tuple(value)
            for name, value in values.items()
        },
    )


def complain(problem: Sentence) -> None:
    """What went wrong and what to do about it, on standard error."""
    say(f"fusionlab: {shortened(problem.said(language()), LONGEST)}")
    if hint := problem.hint(language()):
        say(f"  → {shortened(hint, LONGEST)}")


def warn(warning: Warned, *, with_hint: bool = True) -> None:
    """The warning on standard error."""
    message, hint = in_words(warning)
    if hint and with_hint:
        say(said("cli-warning-with-hint", said=message, hint=hint))
    else:
        say(said("cli-warning", said=message))


def in_words(event: Warned | RunFailed) -> tuple[str, str]:
    """Message and hint in the reader's language; those of an old file are in English."""
    if event.sentence is not None and language() != ENGLISH:
        with suppress(KeyError):  # a file of another version gives other values
            return event.sentence.said(language()), event.sentence.hint(language())
    return event.message, event.hint


@dataclass(frozen=True, slots=True)
class _Training:
    """When a training was first heard of, at which step, and how many there will be."""

    what: str
    at: float
    step: float
    total: float

    def left(self, step: int) -> float:
        """The seconds that it will go on for, judging by those since; NaN where none were taken."""
        taken = step - self.step
        spent = time.monotonic() - self.at
        return spent / taken * (self.total - step) if taken else math.nan


class Stream:
    """Shows a run to a person: its answer as it grows, the rest on standard error.

    Without a trace, which holds each event before it is shown, no answer is.
    """

    def __init__(self, trace: Trace | None) -> None:
        self._trace = trace
        self._streamed = False
        self._shown_at = 0.0
        self._training: _Training | None = None

    def __call__(self, event: Event) -> None:
        """Prints what the event has to say."""
        match event:
            case TextDelta(author, text, sample) if self._answers(author, sample):
                self._streamed = True
                tell(text, end="")
            case Progress(what, done, total, "items") if what.startswith("training "):
                if self._training is None or self._training.what != what:
                    self._training = _Training(what, time.monotonic(), done, total)
            case Progress() if self._is_time:
                self._shown_at = time.monotonic()
                say(f"  {_progress(event)}")
            case StepTrained() if _is_read(event) or self._is_time:
                self._shown_at = time.monotonic()
                before = [each for each in event.samples if each.step < event.step]
                after = event.samples[len(before) :]
                lines = [_step(event, self._training), *(f"  {_sample(each)}" for each in after)]
                for line in (*(f"  {_sample(each)}" for each in before), *lines):
                    say(f"  {line}")
            case Warned():
                warn(event)
            case AnswerExtracted(author, answer, number) if self._trace is not None:
                found = answer or sentence("cli-no-answer")
                say(f"  {said('cli-answer', author=author, number=str(number), answer=found)}")
            case MemberChosen(member, by) if self._trace is not None:
                say(f"  {said('cli-chosen', member=member, by=by)}")
            case RunFinished(answer) if self._trace is not None:
                tell("" if self._streamed else answer)

    @property
    def _is_time(self) -> bool:
        """Whether enough time has gone by since the last line about something slow."""
        return time.monotonic() - self._shown_at > 1

    def _answers(self, author: str, sample: int) -> bool:
        return self._trace is not None and self._trace.is_answer(author, sample)


def shown_to_the_end(steps: Generator[Event, None, T]) -> T:
    """What the generator returns; its events are shown on the way."""
    show = Stream(None)
    while True:
        try:
            show(next(steps))
        except StopIteration as end:
            value: T = end.value
            return value


def tell(text: str = "", end: str = "\n") -> None:
    """The text on standard output."""
    print(inert(text), end=end, flush=True)


def say(text: str) -> None:
    """A line on standard error."""
    print(inert(text), file=sys.stderr, flush=True)


def inert(text: str) -> str:
    """The text with every character that would command a terminal as its number."""
    return COMMANDING.sub(
        lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n")
    )


def padded(text: str, width: int) -> str:
    """The text with blanks behind it up to this width; a Chinese character is two wide."""
    return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """How wide a terminal shows the text."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def print_json(data: Any) -> None:
    """The data as JSON on standard output."""
    tell(as_json(data))


def as_json(data: Any) -> str:
    """Readable JSON, in which nothing commands a terminal."""
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    return COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _prints(stream: Any) -> bool:
    """Whether the stream can print Chinese; one that keeps text in memory can."""
    encoding = getattr(stream, "encoding", None)
    try:
        SAMPLE.encode(encoding or "utf-8")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _step(event: StepTrained, training: _Training | None) -> str:
    """A step, what it lost, and how long the training will go on."""
    values = {"step": str(event.step), "loss": f"{event.loss:.4f}"}
    if training is None:
        return said("cli-step", **values)
    parts = [said("cli-step-of", total=f"{training.total:g}", **values)]
    if event.held_out is not None:
        parts.append(said("cli-step-held-out", nats=f"{event.held_out:.4f}"))
    if event.loads:
        parts.append(said("cli-step-loads", **_evenly(event.loads)))
    parts += [_solved(each) for each in event.solved if each.step == event.step]
    left = training.left(event.step)
    if not math.isnan(left):
        minutes, seconds = divmod(round(left), 60)
        parts.append(said("cli-step-left", time=f"{minutes}:{seconds:02}"))
    return " · ".join(parts)


def _evenly(loads: Sequence[LayerLoad]) -> dict[str, Given]:
    """How evenly experts are used, the mean over layers, and how many read nothing."""
    even = sum(load.evenness(each.counts) for each in loads) / len(loads)
    return {"even": percent(even), "silent": sum(len(load.silent(each.counts)) for each in loads)}


def _is_read(event: StepTrained) -> bool:
    """Whether more is known after this step than what it lost."""
    return event.held_out is not None or bool(event.samples or event.solved)


def _solved(solved: Solved) -> str:
    """What a model in training answered right, of how many questions, and the interval."""
    low, high = wilson(solved.right, solved.asked)
    return said(
        "cli-step-solved",
        right=solved.right,
        asked=solved.asked,
        low=percent(low, 0),
        high=percent(high, 0),
    )


def _sample(sample: Sample) -> str:
    """What a model in training was asked, and what it said."""
    prompt, text = (" ".join(each.split()) for each in (sample.prompt, sample.text))
    return said("cli-sample", prompt=shortened(prompt, LONGEST_PROMPT), text=text)


def _progress(event: Progress) -> str:
    """What goes on and how far it is."""
    done, total = event.done, event.total
    what = _doing(event.what)
    match event.unit:
        case "bytes" if total:
            mega = {"done": f"{done / 1e6:.0f}", "total": f"{total / 1e6:.0f}"}
            return said("cli-progress-bytes-of", what=what, **mega)
        case "bytes":
            return said("cli-progress-bytes", what=what, done=f"{done / 1e6:.0f}")
        case "seconds":
            return said("cli-progress-seconds", what=what, done=f"{done:.0f}")
        case _ if total:
            return said("cli-progress-of", what=what, done=f"{done:g}", total=f"{total:g}")
        case _:
            return what if isinstance(what, str) else what.said(language())


def _doing(what: str) -> str | Sentence:
    """What goes on, as a sentence where there is one in a language other than its own."""
    if language() == ENGLISH:
        return what
    from fusionlab.views.spoken import sentence_of
    from fusionlab.views.status import doing

    found = doing(what)
    return what if found is None else sentence_of(found)
