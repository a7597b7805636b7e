"""The glossary is whole: both languages, every term that a component shows, every picture."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import ast as fluent

from fusionlab.assets import asset
from fusionlab.words import LANGUAGES, has, page_files
from tests.words.parsed import parsed

ROOT = Path(__file__).parents[2]
SHOWN = re.compile(r'\bterm\(\s*"([^"]+)"')
GLOSSED: dict[str, Any] = json.loads(asset("components/terms.json").read_text(encoding="utf-8"))
LISTED = [key for group in GLOSSED["groups"] for key in group["terms"]]


@cache
def terms(language: str) -> dict[str, set[str]]:
    """The attributes of every term of the language, by its key."""
    return {
        entry.id.name.removeprefix("term-"): {each.id.name for each in entry.attributes}
        for entry in parsed(page_files()[language])
        if isinstance(entry, fluent.Message) and entry.id.name.startswith("term-")
    }


def test_both_languages_explain_the_same_terms() -> None:
    english = terms("en")
    assert english == terms("zh")
    assert [key for key, attributes in english.items() if "text" not in attributes] == []


def test_the_list_has_every_term_once() -> None:
    assert sorted(LISTED) == sorted(terms("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_have_names(language: str) -> None:
    groups = [group["name"] for group in GLOSSED["groups"]]
    assert [name for name in groups if not has(f"terms-group-{name}", language)] == []


def test_every_term_that_is_shown_is_explained() -> None:
    shown = {
        key
        for file in (ROOT / "assets").rglob("*.js")
        for key in SHOWN.findall(file.read_text(encoding="utf-8"))
    }
    assert "token" in shown
    assert shown - set(LISTED) == set()


def test_facts_lead_to_terms_pictures_and_papers_that_exist() -> None:
    drawn = (ROOT / "assets/components/diagrams.js").read_text(encoding="utf-8")
    pictures = set(re.findall(r"^    (\w+): ", drawn.partition("const WORDS")[2], re.MULTILINE))
    for key, facts in GLOSSED["facts"].items():
        assert key in LISTED
        assert set(facts.get("see", [])) <= set(LISTED) - {key}
        assert {facts.get("picture", "bars")} <= pictures
        for _, path in facts.get("papers", []):
            assert re.fullmatch(
                r"(arxiv\.org/abs/\d{4}\.\d{5}|doi\.org/10\.\S+|aclanthology\.org/\S+)", path
            )


@pytest.mark.parametrize(("language", "most"), [("en", 420), ("zh", 180)])
def test_texts_fit_a_small_card(language: str, most: int) -> None:
    texts = re.findall(r"^    \.text = (.*)$", page_files()[language], re.MULTILINE)
    assert [text for text in texts if len(text) > most] == []
