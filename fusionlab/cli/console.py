"""How the command line speaks: answers on standard output, the rest on standard error.

What models, files and servers say may hold characters that command a terminal: that move its
cursor, set its title or turn the order of letters round. They are shown by their number, as are
those that a console lacks; only line breaks and tabs do what they do. In JSON they are escaped.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from fusionlab.events import (
    AnswerExtracted,
    Event,
    MemberChosen,
    Progress,
    RunFinished,
    StepTrained,
    TextDelta,
    Warned,
)
from fusionlab.trace import Trace

T = TypeVar("T")

COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but for tab and line feed, and those that override the direction of text."""


def command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    """A further command, run by `function`; most can print JSON."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=function)
    if name not in ("fetch", "space", "train"):
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


class Stream:
    """Shows a run to a person: its answer as it grows, the rest on standard error.

    Without a trace, which holds each event before it is shown, no answer is.
    """

    def __init__(self, trace: Trace | None) -> None:
        self._trace = trace
        self._streamed = False
        self._shown_at = 0.0

    def __call__(self, event: Event) -> None:
        """What there is to tell of the event is told."""
        match event:
            case TextDelta(author, text, sample) if self._answers(author, sample):
                self._streamed = True
                tell(text, end="")
            case Progress(what, done, total, unit) if time.monotonic() - self._shown_at > 1:
                self._shown_at = time.monotonic()
                say(f"  {what}{_amount(done, total, unit)}")
            case StepTrained(step, loss) if time.monotonic() - self._shown_at > 1:
                self._shown_at = time.monotonic()
                say(f"  step {step}: loss {loss:.4f}")
            case Warned(message, hint):
                say(f"warning: {message}{f' ({hint})' if hint else ''}")
            case AnswerExtracted(author, answer, number) if self._trace is not None:
                say(f"  {author}, {number}: {answer or 'no answer'}")
            case MemberChosen(member, by) if self._trace is not None:
                say(f"  {member} is chosen by {by}")
            case RunFinished(answer) if self._trace is not None:
                tell("" if self._streamed else answer)

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


def print_json(data: Any) -> None:
    """The data as JSON on standard output."""
    tell(as_json(data))


def as_json(data: Any) -> str:
    """Readable JSON, in which nothing commands a terminal."""
    text = json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
    return COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _amount(done: float, total: float, unit: str) -> str:
    match unit:
        case "bytes" if total:
            return f": {done / 1e6:.0f} of {total / 1e6:.0f} MB"
        case "bytes":
            return f": {done / 1e6:.0f} MB"
        case "seconds":
            return f": {done:.0f} s"
        case _:
            return f": {done:g} of {total:g}" if total else ""
