"""Rooms that show runs know no method by name: registry and trace tell what is so.

A name of several words is one in any spelling. A name that is also an English word is one where it
is all of a string or of a file's name; in a sentence it is English.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.registry import all_methods

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for pattern in (
        "app.py",
        "fusionlab/views/*.py",
        "fusionlab/ui/*.py",
        "fusionlab/cli/*.py",
        "assets/*.js",
        "assets/components/*.js",
    )
    for path in ROOT.glob(pattern)
)
METHODS = {method.name for method in all_methods()}
SEVERAL = {name for name in METHODS if "_" in name}
OTHERWISE = {
    "fusionlab/cli/vote.py": {"vote"},  # the command that elects in a table
    "fusionlab/cli/__init__.py": {"vote"},  # and its module
    "fusionlab/views/summary.py": {"vote"},  # the fact `Voted`, as the JSON has it
}
"""What else a name is the name of."""
TERM = re.compile(r'\bterm\("[a-z0-9-]+"')
"""A word of the glossary, which explains methods too."""
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`')


def strings(path: Path, text: str) -> Iterator[str]:
    """All strings of the code, and the last parts of what it imports."""
    if path.suffix == ".js":
        yield from (next(filter(None, found), "") for found in LITERAL.findall(text))
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Constant(str(value)):
                yield value
            case ast.ImportFrom(str(module), names):
                yield from (module.rpartition(".")[2], *(each.name for each in names))


def named(path: Path, text: str) -> set[str]:
    """The methods that the file names."""
    text = TERM.sub("", text) if path.suffix == ".js" else text
    spelled = {name.replace("_", "[-_ ]") for name in SEVERAL}
    found = {hit.group().lower() for hit in re.finditer("|".join(spelled), text, re.IGNORECASE)}
    return found | {path.stem, *strings(path, text)} & METHODS


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_shows_runs_names_no_method(path: Path) -> None:
    allowed = OTHERWISE.get(str(path.relative_to(ROOT)), set())
    assert named(path, path.read_text(encoding="utf-8")) <= allowed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('x = "debate"', {"debate"}),
        ("# as in Self-Consistency", {"self-consistency"}),
        ("from fusionlab.methods.judge import ROLES", {"judge"}),
        ("trace.vote  # they vote, and a judge may debate", set()),
    ],
)
def test_names_are_told_from_english(text: str, found: set[str]) -> None:
    assert named(Path("some.py"), text) == found
