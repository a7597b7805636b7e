"""The part of the Build tab that shows how sources are put together: what may be asked of it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from fusionlab.distil.picture import EXAMPLE
from fusionlab.errors import RecipeError
from fusionlab.limits import limits
from fusionlab.ui.align_page import LONGEST, asked_of, first_view, shown
from fusionlab.ui.live import LiveRuns, Visitor

SAID = {**asdict(EXAMPLE), "sources": list(EXAMPLE.sources)}


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


def test_what_the_form_says_is_what_is_asked() -> None:
    assert asked_of(SAID) == EXAMPLE
    wrong: list[tuple[str, Any]] = [
        ("text", "x" * (LONGEST + 1)),
        ("sources", []),
        ("sources", ["zoo/adder"] * 5),
        ("rule", "best"),
        ("more", 1),
    ]
    for name, value in wrong:
        with pytest.raises(RecipeError, match=name):
            asked_of({**SAID, name: value})
    others: tuple[Any, ...] = (None, [], "x")
    for other in others:
        with pytest.raises(RecipeError):
            asked_of(other)


@pytest.mark.usefixtures("_on_a_space")
def test_a_space_reads_with_the_models_that_it_offers() -> None:
    assert asked_of(SAID) == EXAMPLE
    for name, value in (("target", "path:/etc"), ("sources", ["hub:a/b"]), ("trained", "built:x")):
        with pytest.raises(RecipeError, match="offer"):
            asked_of({**SAID, name: value})


def test_a_picture_comes_at_the_end_unless_it_is_stopped() -> None:
    runs = LiveRuns()
    asked = replace(EXAMPLE, text="add 1+1=|||2", sources=("zoo/base",))
    name = runs.begin(Visitor("a"))
    *_, last = shown(name, runs, asked)
    assert last["found"]["text"] == asked.text
    assert last["found"]["sentences"]
    assert first_view()["found"].keys() == last["found"].keys()
    steps = shown(name, runs, asked)
    assert next(steps) == {"running": True}
    runs.stop("a")
    assert list(steps)[-1] == {"running": False, "stopped": True}
    (_, refused) = shown(runs.begin(Visitor("a")), runs, replace(asked, text=""))
    assert "no text" in refused["refused"]["message"]["en"]
