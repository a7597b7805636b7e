"""No sentence stands outside `words/`: what a person reads is said by key, in either language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fusionlab

ROOT = Path(fusionlab.__file__).parent
ASSETS = ROOT.parent / "assets"
WORDS = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}[,.:;!?…]? [A-Za-z\u4e00-\u9fff]{2,}|[\u4e00-\u9fff]")
"""Two words, or any Chinese."""
PYTHON = [
    file
    for part in ("views", "ui", "cli")
    for file in sorted((ROOT / part).rglob("*.py"))
    if file.name != "tables.py"  # makes docs/reference.md, which is in English
]
SCRIPTS = sorted([*ASSETS.glob("*.js"), *(ASSETS / "components").glob("*.js")])
DATA = {
    "positional arguments",  # argparse calls its group so; the key of our heading is looked up
    # What events say goes on: their keys are looked up.
    "loading the sentence embedder",
    "loading the multilingual sentence embedder",
    "comparing meanings",
    "counting ballots",
    "lowering entropy",
    "waiting for",
    "aligning with",
    "mapping the tokens of",
    "starting Ray",
    "dividing the problem",
    "training the routers",
    "reading with",
    "as written",  # tells answers that have no meaning from those that have one
    "noopener noreferrer",
    "the election",  # names what no metric is called
    # Typefaces.
    "IBM Plex Sans",
    "IBM Plex Mono",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "DejaVu Sans Mono",
    "错误：…",  # tries whether a console can print Chinese
}
"""What has a blank and is read by programs."""
MARKS = re.compile(r"""[{}<>\[\]=#()@|\\/]|(^|\s)[.#][\w-]|^use strict$|^\s*--|\$\{""")
"""What selectors, markup, styles and patterns have, and sentences seldom."""
PATH = re.compile(r"^[MLHVCSQTAZ\d\s.,-]+$", re.IGNORECASE)
CLASSES = re.compile(r"^(fl(-[\w…-]*)?|…+)( (fl-[\w…-]*|…+))* *$")
"""As `fl-sign fl-sign-…`: all names of classes begin so."""
LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r"""|(?P<before>[^\s;{}"'`]*[\s(,:=?]*)"""
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""",
    re.DOTALL,
)
INTERNAL = re.compile(r"(console\.\w+|Error)\s*\($")


def docstrings(tree: ast.Module) -> set[int]:
    """Strings that stand alone: of modules, classes, functions and attributes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def in_python(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in told:
            continue
        text = node.value
        if isinstance(text, str) and is_said(text):
            yield f"{file.relative_to(ROOT)}:{node.lineno}: {text[:70]!r}"


def in_script(file: Path) -> Iterator[str]:
    source = file.read_text(encoding="utf-8")
    for found in LITERAL.finditer(source):
        if found["text"] is None or INTERNAL.search(found["before"]):
            continue
        text = re.sub(r"\$\{[^}]*\}", "…", found["text"][1:-1])
        if is_said(text) and not CLASSES.match(text):
            line = source.count("\n", 0, found.start("text")) + 1
            yield f"{file.relative_to(ASSETS)}:{line}: {text[:70]!r}"


def is_said(text: str) -> bool:
    """Whether a person would read it as words."""
    if text.strip() in DATA or PATH.match(text) or MARKS.search(text):
        return False
    return bool(WORDS.search(text))


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_sentence_stands_in_python(file: Path) -> None:
    assert list(in_python(file)) == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: str(file.relative_to(ASSETS)))
def test_no_sentence_stands_in_a_script(file: Path) -> None:
    assert list(in_script(file)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('el("p", "Press Run again.");', 1),
        ("say(`It took ${n} s in all`);", 1),
        ('el("p", "再运行一次");', 1),
        ('el("p", "fl-chip fl-chip-member");', 0),
        ('root.querySelector(".chip .name");', 0),
        ('console.warn("no such key");', 0),
        ('throw new Error("no such key here");', 0),
        ('d = "M 0 0 L 10 20 Z";', 0),
        ('t("recipe-run"); // Press Run again', 0),
        ('/* "Press Run" */ t("recipe-run");', 0),
    ],
)
def test_sentences_of_scripts_are_told_from_other_text(
    source: str, found: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.test_sentences.ASSETS", tmp_path)
    (tmp_path / "a.js").write_text(source, encoding="utf-8")
    assert len(list(in_script(tmp_path / "a.js"))) == found


def test_per_cent_and_times_as_much_are_written_in_one_way() -> None:
    """70.7% in both languages, with no space; 13× in English and 13 倍 in Chinese."""
    spoken = [*ROOT.rglob("*.py"), *ROOT.rglob("*.ftl"), *SCRIPTS]
    apart = r"[\d}](?:[ \u00a0\u202f]|\\u00a0|\\u202f)%(?! ?[\w(])|× \$\{|\} times (?:as|its)"
    found = [
        f"{file.name}: {line.strip()}"
        for file in spoken
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(apart, line)
    ]
    assert found == []
