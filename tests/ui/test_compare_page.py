"""What the tab Compare takes from visitors and files, and what it refuses."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.comparison.compared import Compared
from fusionlab.comparison.files import read_comparison
from fusionlab.comparison.recipe import Comparison, comparison_from_query, comparison_to_json
from fusionlab.errors import FusionError, RecipeError, RunFileError, SettingError, UnknownName
from fusionlab.events import Record, TokenChosen
from fusionlab.limits import Limits
from fusionlab.recipe import MemberRecipe
from fusionlab.registry import all_methods
from fusionlab.spaces import first_comparison
from fusionlab.ui import compare_page
from fusionlab.ui.compare_page import (
    ComparePage,
    about,
    check_opened,
    chosen,
    comparison_from_form,
    says,
)
from fusionlab.ui.downloads import Downloads


@pytest.fixture
def recorded() -> Compared:
    """The comparison that came with the app, to be changed."""
    return read_comparison(Path(asset(compare_page.RECORDED)))


def test_the_first_comparison_is_the_recorded_one(recorded: Compared) -> None:
    assert recorded.comparison == first_comparison()
    assert recorded.over
    check_opened(recorded)


def test_the_form_says_reasons_and_a_link_that_leads_back() -> None:
    data = says(first_comparison())
    assert comparison_from_query(data["query"]) == first_comparison()
    assert set(data["suits"]) < {method.name for method in all_methods()}
    for reason in data["suits"].values():
        assert set(reason["message"]) == {"en", "zh"}
    assert comparison_from_form(data["comparison"]) == first_comparison()


def test_what_came_with_the_app_can_be_taken_away(recorded: Compared, tmp_path: Path) -> None:
    nothing: Any = None
    page = ComparePage(nothing, nothing, nothing, nothing, nothing, Downloads(tmp_path))
    someone: Any = SimpleNamespace(session_hash="someone")
    seen, _ = page.first_look(someone, recorded, seen=False)
    assert seen is True
    (file,) = tmp_path.rglob(compare_page.FILE)
    assert read_comparison(file).comparison == recorded.comparison


@pytest.mark.parametrize(
    "given", [None, [], "x", {"members": [{"ref": "zoo/adder"}] * 7}, {"a": 1}]
)
def test_what_is_no_comparison_is_refused(given: Any) -> None:
    with pytest.raises(FusionError):
        comparison_from_form(given)


def test_a_demo_looks_at_no_model_that_it_does_not_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_page, "limits", lambda: Limits(models=("zoo/*",)))
    monkeypatch.setattr(compare_page, "suitable", lambda _: pytest.fail("it was looked at"))
    asked = Comparison("a", members=(MemberRecipe("path:/etc"),))
    assert about(asked)["suits"] == {}
    with pytest.raises(RecipeError, match="this demo offers"):
        comparison_from_form(comparison_to_json(asked))


def test_a_file_written_by_hand_is_refused(recorded: Compared) -> None:
    def changed(**parts: Any) -> Compared:
        first, *rest = recorded.ways
        way = replace(first, recipe=replace(first.recipe, **parts))
        return Compared(recorded.comparison, (way, *rest), traces=list(recorded.traces))

    with pytest.raises(UnknownName):
        check_opened(changed(method="of tomorrow"))
    with pytest.raises(SettingError):
        check_opened(changed(settings={"pooling": "bogus"}))
    with pytest.raises(RunFileError, match="more than 100"):
        check_opened(changed(members=recorded.ways[0].recipe.members * 50))
    token = recorded.traces[0].tokens[0]
    crowd = {f"m{number}": step for number in range(101) for step in [token.members["zoo/adder"]]}
    assert isinstance(token, TokenChosen)
    recorded.add(0, Record(1e6, replace(token, members=crowd)))
    with pytest.raises(RunFileError, match="more than 100 members"):
        check_opened(recorded)


def test_only_runs_that_there_are_can_be_pinned(recorded: Compared) -> None:
    assert chosen([0, 99, -1, "1", True, 2, 3], recorded) == [0, 2]
    assert chosen({"a": 1}, recorded) == []
