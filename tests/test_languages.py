"""Both languages have every sentence, with the same parts, and every sentence can be said."""

import io
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

import fusionlab
from fusionlab import words
from fusionlab.cli import console, main, parser
from fusionlab.errors import SourceError, listed
from fusionlab.events import Progress, Warned
from fusionlab.reading import read_json, read_toml, reason
from fusionlab.words import LANGUAGES, Sentence, Value
from tests.words.parsed import parsed

FOLDER = Path(fusionlab.__file__).parent / "words"
CHINESE = "zh"
Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


class _Named(Visitor):
    """The variables of a message, and for each the names among which its selectors choose."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.choices: dict[str, set[str]] = {}

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.variables.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802
        if isinstance(node.selector, ast.VariableReference):
            keys = [variant.key for variant in node.variants]
            names = {key.name if isinstance(key, ast.Identifier) else key.value for key in keys}
            self.choices.setdefault(node.selector.id.name, set()).update(names)
        self.generic_visit(node)


PLURALS = {"zero", "one", "two", "few", "many", "other"}


def entries(language: str) -> Iterator[tuple[Path, ast.Message]]:
    for file in sorted((FOLDER / language).rglob("*.ftl")):
        for entry in parsed(file.read_text(encoding="utf-8")):
            assert not isinstance(entry, ast.Junk), f"{file.name}: {entry.content}"
            if isinstance(entry, ast.Message):
                yield file, entry


@cache
def messages(language: str) -> dict[str, ast.Message]:
    """By key; fails where one stands twice."""
    found: dict[str, ast.Message] = {}
    for file, entry in entries(language):
        assert entry.id.name not in found, f"{file} has {entry.id.name} twice"
        found[entry.id.name] = entry
    return found


def named(node: ast.BaseNode) -> _Named:
    visitor = _Named()
    visitor.visit(node)
    return visitor


def test_each_language_has_the_same_keys() -> None:
    for language in LANGUAGES:
        assert messages(language).keys() == messages("en").keys()


def test_a_sentence_has_the_same_parts_in_each_language() -> None:
    differ = [
        key
        for language in LANGUAGES
        for key, message in messages("en").items()
        if {part.id.name for part in message.attributes}
        != {part.id.name for part in messages(language)[key].attributes}
    ]
    assert differ == []


def test_a_sentence_speaks_of_the_same_in_each_language() -> None:
    """Chinese has no plural, and so may leave out a number that only chooses between two forms."""
    differ = {}
    for key, message in messages("en").items():
        english, chinese = named(message), named(messages(CHINESE)[key])
        left_out = english.variables - chinese.variables
        if not chinese.variables <= english.variables or left_out - english.choices.keys():
            differ[key] = (english.variables, chinese.variables)
    assert differ == {}


def samples(message: ast.Message) -> Iterator[dict[str, words.Value]]:
    """Values for all variables: as texts, as numbers that take each plural, as every choice."""
    found = named(message)
    for number, plain in ((0, "a"), (1, "名"), (2, "b"), (1_234_567, "…")):
        values: dict[str, words.Value] = {}
        for name in found.variables:
            among = sorted(found.choices.get(name, set()))
            plural = not among or bool(set(among) - {"other"} <= PLURALS | {"0", "1"})
            if among and not plural:
                values[name] = among[number % len(among)]
            elif among:
                values[name] = number
            else:
                values[name] = plain
        yield values


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said_with_its_values(language: str) -> None:
    for key, message in messages(language).items():
        for values in samples(message):
            sentence = Sentence(key, values)
            assert sentence.said(language) or message.value is None
            for part in message.attributes:
                assert sentence.part(part.id.name, language), f"{key}.{part.id.name}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_and_sentences_stand_within_sentences(language: str) -> None:
    inner = Sentence("at-line", {"number": "3"})
    for key, message in messages(language).items():
        chosen = set(named(message).choices)
        for value in (("a", "b", "c"), inner):
            free = dict.fromkeys(named(message).variables - chosen, value)
            Sentence(key, {**next(samples(message)), **free}).said(language)


def test_a_plural_is_told_apart_and_a_number_written_as_its_language_does() -> None:
    short: dict[str, Value] = {"questions": 1, "each": "2", "form": "x", "by": "", "weighed": ""}
    assert Sentence("cli-vote-understood", short).said().startswith("1 question ×")
    long = Sentence("cli-vote-understood", {**short, "questions": 12_345})
    assert long.said().startswith("12,345 questions")
    assert long.said(CHINESE).startswith("12,345 道题")


def test_a_chinese_sentence_has_no_blank_between_chinese_characters_and_no_latin_mark() -> None:
    odd = [
        f"{file.name}: {line}"
        for file in (FOLDER / CHINESE).glob("*.ftl")
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for before, mark, after in zip(line, line[1:], line[2:] + " ", strict=False)
        if "\u4e00" <= before <= "\u9fff" and (mark in ",;!?" or (mark == " " and after > "\u4e00"))
        if not (after >= "\uff00")
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"FUSIONLAB_LANG": "zh"}, "zh"),
        ({"FUSIONLAB_LANG": "zh-CN"}, "zh"),
        ({"FUSIONLAB_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LANG": "de_DE.UTF-8"}, "en"),
        ({"FUSIONLAB_LANG": "xx", "LANG": "zh_CN"}, "en"),
        ({}, "en"),
    ],
)
def test_the_reader_is_known_by_the_environment(
    variables: dict[str, str], language: str, monkeypatch: Patch
) -> None:
    for name in (words.VARIABLE, *words.LOCALES):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert words.reader() == language


@pytest.fixture
def chinese(monkeypatch: Patch) -> None:
    """The reader reads Chinese."""
    monkeypatch.setenv(words.VARIABLE, CHINESE)


@pytest.mark.usefixtures("chinese")
def test_the_command_line_speaks_chinese(capsys: Capture) -> None:
    assert main(["run", "voet", "--prompt", "x"]) == 2
    assert capsys.readouterr().err == "fusionlab: 未知的方法“voet”\n  → 是不是想写“vote”？\n"
    console.warn(Warned.of("elected-unopposed"))
    console.warn(Warned("odd", "old"))
    show = console.Stream(None)
    show(Progress("checking x.bin", 2e6, 4e6, "bytes"))
    assert "警告：只有一个答案参选，自动当选（" in (err := capsys.readouterr().err)
    assert "警告：odd（old）" in err
    assert "x.bin：2 / 4 MB" in err


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("command", [[], ["run"], ["zoo", "train"], ["bench"], ["vote"], ["speed"]])
def test_help_is_in_the_reader_s_language(command: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([*command, "--help"])
    out = capsys.readouterr().out
    assert out.startswith("用法：fusionlab")
    assert "显示此帮助并退出" in out
    assert "cli-" not in out


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["vote"], "missing: FILE", "缺少参数：FILE"),
        (["run", "solo", "--seed", "x"], "'x' is not a whole number", "'x' 不是整数"),
        (["run", "solo", "--top-p", "x"], "'x' is not a number", "'x' 不是数"),
        (["run", "solo", "--sedd", "1"], "unknown: --sedd 1", "未知的参数：--sedd 1"),
        (["run", "solo", "--seed"], "--seed needs a value", "--seed 需要一个值"),
        (["nope"], "'nope' is not one of 'run'", "'nope' 不在可选范围内"),
    ],
)
def test_a_wrong_command_is_complained_of_in_the_reader_s_language(
    arguments: list[str], english: str, chinese: str, monkeypatch: Patch, capsys: Capture
) -> None:
    for language, says in (("en", english), (CHINESE, chinese)):
        monkeypatch.setenv(words.VARIABLE, language)
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        assert says in capsys.readouterr().err


def test_an_unknown_language_is_said_once(monkeypatch: Patch, capsys: Capture) -> None:
    monkeypatch.setenv(words.VARIABLE, "tlh")
    main(["run", "voet", "--prompt", "x"])
    assert capsys.readouterr().err.count("FUSIONLAB_LANG is tlh") == 1


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "no such encoding"])
def test_a_console_without_chinese_is_spoken_to_in_english(
    encoding: str, monkeypatch: Patch
) -> None:
    class Narrow(io.StringIO):
        @property
        def encoding(self) -> str:  # type: ignore[override]
            return encoding

    monkeypatch.setattr(sys, "stderr", Narrow())
    assert console.language() == "en"


@pytest.mark.usefixtures("chinese")
def test_lines_of_help_fit_and_keep_their_marks() -> None:
    text = "用一段对话代替提示：由 user 组成的列表，最后一轮来自 user；" * 4
    made = parser.lines(text, 30)
    assert all(console.columns(line) <= 32 for line in made)
    assert not any(line[0] in "，；：。" for line in made)
    assert "".join(made).replace(" ", "") == text.replace(" ", "")


def test_reasons_of_readers_have_keys() -> None:
    for read, text, key in (
        (read_json, "[" * 500 + "]" * 500, "read-too-deep"),
        (read_json, "9" * 400, "read-number-too-long"),
        (read_toml, "a = 1" + "0" * 400, "read-number-too-long"),
    ):
        with pytest.raises(ValueError, match=r".") as caught:
            read(text)
        why = reason(caught.value)
        assert isinstance(why, Sentence)
        assert why.key == key


def test_many_names_are_counted_in_each_language() -> None:
    many = listed([str(n) for n in range(5_000)], most=2)
    assert isinstance(many, Sentence)
    assert many.said() == "0, 1 and 4,998 more"
    assert many.said(CHINESE) == "0、1 等，另有 4,998 项"
    assert listed(["a", "b"]) == ("a", "b")
    error = SourceError("cli-table-of-another-format", file="x", suffixes=listed(["a", "b"]))
    assert "a, b" in error.message
