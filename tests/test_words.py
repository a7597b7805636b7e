"""Every sentence that the code names exists, and speaks of what the code gives it."""

import ast
import inspect
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

import fusionlab
from fusionlab import errors, words
from fusionlab.assets import asset
from fusionlab.encoding import event_from_json, event_to_json
from fusionlab.errors import FusionError, SourceError, quoting
from fusionlab.events import RunFailed, Warned
from fusionlab.words import Sentence
from tests.words.parsed import parsed

ROOT = Path(fusionlab.__file__).parent
ASSETS = asset("")
REGISTERED = ("family-", "method-", "setting-", "choice-", "model-", "level-", "term-")
"""How keys begin that are made of a name; see tests/words."""
SAYING = {
    name
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, FusionError)
} | {"Sentence", "Refused", "Unreachable"}


@dataclass(frozen=True)
class Said:
    """A key that the code names, where, and the values it gives."""

    where: str
    key: str
    values: frozenset[str]


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def said_in(file: Path) -> Iterator[Said]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Name(name), [ast.Constant(str(key)), *more]) if name in SAYING:
                pass
            case ast.Call(ast.Attribute(ast.Name("Warned"), "of"), [ast.Constant(str(key)), *more]):
                pass
            case _:
                continue
        if " " not in key and key:
            more = [] if name_of(node) == "UnknownName" else more
            given = [keyword.arg or "**" for keyword in node.keywords]
            given += [
                str(name.value) if isinstance(name, ast.Constant) else "**"
                for table in more
                for name in (table.keys if isinstance(table, ast.Dict) else [None])
            ]
            yield Said(f"{file.name}:{node.lineno}", key, frozenset(given))


SAYINGS = [said for file in sorted(ROOT.rglob("*.py")) for said in said_in(file)]


@cache
def messages(language: str) -> dict[str, set[str]]:
    """The variables of each sentence of the language, by key; fails on one that cannot be read."""
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "words" / language).rglob("*.ftl")):
        for entry in parsed(file.read_text(encoding="utf-8")):
            assert not isinstance(entry, fluent.Junk), f"{file.name}: {entry.content}"
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in found, f"{file.name} has {entry.id.name} twice"
                variables = _Variables()
                variables.visit(entry)
                found[entry.id.name] = variables.names
    return found


@pytest.mark.parametrize("said", SAYINGS, ids=lambda said: f"{said.key} {said.where}")
def test_what_the_code_says_is_a_sentence_of_the_values_it_gives(said: Said) -> None:
    assert said.key in messages("en")
    if "**" not in said.values:
        assert said.values == messages("en")[said.key]


def test_no_sentence_is_left_that_nobody_says() -> None:
    python = "".join(file.read_text(encoding="utf-8") for file in ROOT.rglob("*.py"))
    own = [file for file in asset(".").rglob("*.js") if file.parent.name != "vendor"]
    page = "".join(file.read_text(encoding="utf-8") for file in own)
    quoted = (python + page).replace("'", '"')
    quoted = (python + page).replace("'", '"')
    begun = re.findall(r"`([a-z][a-z-]*-)\$\{", page) + re.findall(r'f"([a-z][a-z-]*-)\{', python)
    left = [
        key
        for key in messages("en")
        if not any(f'"{key}{end}' in quoted for end in ('"', "."))
        and not key.startswith(tuple(begun))
    ]
    assert left == []


def test_an_error_speaks_from_its_key_and_values() -> None:
    error = SourceError("gguf-none", ref="a")
    assert error.sentence == Sentence("gguf-none", {"ref": "a"})
    assert str(error) == "a does not come as GGUF (use its folder)"


def test_what_broke_off_a_run_comes_back_from_its_file_with_key_and_values() -> None:
    failed = RunFailed.of(SourceError("gguf-none", ref="a"))
    warned = Warned.of("answers-tied", votes=1, answers=["a", "b"])
    for event in (failed, warned):
        assert event_from_json(event_to_json(event)) == event
    assert warned.sentence is not None
    assert warned.sentence.said() == warned.message


def test_values_hold_no_secret_and_no_endless_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_API_KEYS", "host=sk-Zq8Tv5Lm2Xc9Rb4Ny7")
    inner = Sentence("gguf-none", {"ref": "sk-Zq8Tv5Lm2Xc9Rb4Ny7"})
    made = quoting("fetch-again", {"fault": inner, "n": 3, "names": ["x" * 9_000]})
    assert "Zq8Tv5" not in str(made)
    assert len(str(made)) < 1_000


def test_no_number_is_too_large_for_a_sentence() -> None:
    for number in (1e308, -1e25, 10**400, math.inf, math.nan):
        sentence = Sentence("members-too-few", {"method": "judge", "least": number, "count": 2})
        for language in words.LANGUAGES:
            assert sentence.said(language).startswith("judge ")
    assert "1.00000e+400" in Sentence(
        "members-too-few", {"method": "judge", "least": 10**400, "count": 2}
    ).said("en")


def test_a_list_is_set_apart_as_its_language_does_it() -> None:
    assert Sentence("list-separator").said() == ", "


def test_a_value_that_is_missing_is_an_error_and_no_sentence() -> None:
    with pytest.raises(KeyError, match="ref"):
        Sentence("gguf-none").said()
    with pytest.raises(KeyError):
        Sentence("no such key").said()


def test_every_language_has_a_folder() -> None:
    assert words.has("gguf-none", "en")
