"""What commands take, and help and complaints about it in the reader's language.

argparse is given the keys of sentences. They become sentences only when somebody asks for help or
errs, since reading all sentences takes longer than most commands take to begin.
"""

import argparse
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from fusionlab.cli.console import columns, inert, language, said
from fusionlab.words import Given, Sentence

KEYS = {"positional arguments": "cli-help-arguments", "options": "cli-help-options"}
"""How argparse calls its two groups, and how we do."""
ERRORS = (
    (r"the following arguments are required: (?P<names>.+)", "cli-arguments-missing"),
    (r"unrecognized arguments: (?P<names>.+)", "cli-arguments-unknown"),
    (r"argument (?P<name>.+?): expected .*argument.*", "cli-argument-without-value"),
    (
        r"argument (?P<name>.+?): invalid (?P<kind>\w+) value: (?P<given>.+)",
        "cli-argument-invalid",
    ),
    (
        r"argument (?P<name>.+?): invalid choice: (?P<given>.+) \(choose from (?P<known>.+)\)",
        "cli-argument-not-one-of",
    ),
)
"""What argparse complains of, and the sentence of it; anything else is quoted."""
_PIECE = re.compile(r"(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])[\u3001\u3002\uff01-\uff1f\uff09]*\s*")
"""What stands on one line: a Latin word or a Chinese character, with the marks behind it."""


class Told(str):
    """The key of a help text, as argparse keeps it, and what the sentence speaks of."""

    sentence: Sentence

    def __new__(cls, key: str, /, **values: Given) -> "Told":
        """Such a text is the key itself, until it is asked for."""
        told = super().__new__(cls, key)
        told.sentence = Sentence(key, {name: _frozen(value) for name, value in values.items()})
        return told


class Parser(argparse.ArgumentParser):
    """A parser whose description and help texts are keys of sentences."""

    def __init__(self, prog: str, description: str = "") -> None:
        super().__init__(prog, description=description, formatter_class=Help, add_help=False)
        self.add_argument("-h", "--help", action="help", help="cli-help-help")

    def error(self, message: str) -> NoReturn:
        """Says how the command is used and what is wrong, and ends the process."""
        self.exit(2, inert(f"{self.format_usage()}{self.prog}: {_complaint(message)}\n"))


class Help(argparse.HelpFormatter):
    """Writes help in the reader's language, in lines that fit the terminal."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any = None) -> None:
        """The usage with a word of ours before it."""
        word = said("cli-help-usage") if prefix is None else prefix
        super().add_usage(usage, actions, groups, word)

    def start_section(self, heading: str | None) -> None:
        """A group of arguments under its own heading."""
        super().start_section(said(KEYS[heading]) if heading in KEYS else heading)

    def add_text(self, text: Any) -> None:
        """The description."""
        super().add_text(_in_words(text) if text else text)

    def _get_help_string(self, action: argparse.Action) -> str:
        return _in_words(action.help or "").replace("%", "%%")

    def _split_lines(self, text: str, width: int) -> list[str]:
        return lines(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in lines(text, width - len(indent)))


def command(
    commands: Any, name: str, function: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    """A further command, run by `function`, `summary` is the key of its help; most print JSON."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(command=function)
    if name not in ("fetch", "space", "train"):
        parser.add_argument("--json", action="store_true", help="cli-help-json")
    return parser


def lines(text: str, width: int) -> list[str]:
    """The text in lines of at most this width where it can be broken."""
    found = [""]
    for piece in _pieces(" ".join(text.split())):
        if found[-1] and columns(found[-1] + piece.rstrip()) > width:
            found.append("")
        found[-1] += piece
    return [line.rstrip() for line in found]


def _pieces(text: str) -> Iterable[str]:
    return (match[0] for match in _PIECE.finditer(text))


def _in_words(text: str) -> str:
    told = text.sentence if isinstance(text, Told) else Sentence(text)
    return told.said(language())


def _complaint(message: str) -> str:
    for pattern, key in ERRORS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return said("cli-help-error", said=Sentence(key, found.groupdict()))
    return said("cli-help-error", said=message)


def _frozen(value: Given) -> Any:
    return value if isinstance(value, str | int | float | Sentence) else tuple(value)
