"""A page that is loaded again: what its browser tells is checked, and shown where it is kept."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from fusionlab.assets import asset
from fusionlab.comparison.branching import Branch, Tree, branch_of, tree_text
from fusionlab.comparison.files import comparison_text, read_comparison
from fusionlab.comparison.recipe import comparison_to_query
from fusionlab.errors import RunFileError
from fusionlab.events import Record, TextDelta
from fusionlab.recipe import Recipe
from fusionlab.registry import all_methods
from fusionlab.runfiles import run_text
from fusionlab.spaces import presets
from fusionlab.trace import Trace
from fusionlab.ui import branching
from fusionlab.ui.branching import opened_tree, with_tree
from fusionlab.ui.compare_page import RECORDED, build_compare
from fusionlab.ui.downloads import Downloads
from fusionlab.ui.gallery import recording
from fusionlab.ui.kept import PRESET, Kept, kept_in
from fusionlab.ui.live import LiveRuns
from fusionlab.ui.page import Page, build_page
from fusionlab.views.branches import LOST, NOTHING
from fusionlab.views.status import linked_view, unkept_view
from tests.browser.debate_fakes import debate_trace
from tests.browser.served import leftovers_of_gradio
from tests.views.fakes import recipe


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """What gradio leaves unclosed of a page that is built goes without a warning."""
    with leftovers_of_gradio():
        yield


@pytest.fixture
def downloads(tmp_path: Path) -> Downloads:
    return Downloads(tmp_path)


@pytest.fixture
def tokens(downloads: Downloads) -> Page:
    methods = [method for method in all_methods() if method.family == "tokens"]
    with gr.Blocks():
        return build_page("tokens", methods, presets(), LiveRuns(), downloads)


def named(page: Page, updates: Sequence[Any]) -> dict[str, Any]:
    """The new values by the widget's place on the page."""
    names = [
        "form",
        "asked",
        "branches",
        "tree",
        "status",
        "headline",
        "picture",
        "notice",
        "ledger",
        "actions",
    ]
    return dict(zip(names, updates, strict=False))


@pytest.mark.parametrize(
    "told", [None, "x", [], {"tokens": 1}, {"tokens": {"how": "stolen"}}, {"tokens": {"name": []}}]
)
def test_what_a_browser_tells_is_of_its_form_or_nothing(told: Any) -> None:
    assert kept_in(told) == {}


def test_a_browser_may_tell_more_than_is_asked() -> None:
    told = {"tokens": {"query": "method=solo", "how": "recorded", "name": "a"}}
    assert kept_in(told) == {"tokens": Kept("method=solo", "recorded", "a")}


@pytest.mark.parametrize("finished", [False, True])
def test_the_answer_that_can_be_copied_is_the_one_that_is_shown(
    tokens: Page, finished: bool
) -> None:
    shown = named(tokens, [None] * 4 + tokens.show(debate_trace(finished=finished)))
    assert shown["actions"]["answer"] == shown["headline"]["answer"]
    assert bool(shown["actions"]["answer"]) == finished


def test_a_run_is_shown_again_with_its_set_up(tokens: Page, downloads: Downloads) -> None:
    preset = next(each for each in presets() if each.id == "geographer-and-poet")
    trace = recording(preset)
    assert trace is not None
    name = downloads.keep(run_text(trace))
    again = named(tokens, tokens.again(trace.recipe, Kept(how="run", name=name), "ann"))
    assert again["status"]["reloaded"]
    assert not again["status"]["recorded"]
    assert again["headline"]["answer"] == trace.answer
    assert again["actions"]["kept"] == {"how": "run", "name": name}
    assert again["form"]["preset"] == preset.id

    shipped = Kept(how="recorded", name=PRESET + preset.id)
    assert named(tokens, tokens.again(trace.recipe, shipped, "ann"))["status"]["recorded"]
    lost = named(tokens, tokens.again(trace.recipe, Kept(name="x" * 22), "ann"))
    assert lost["status"] == unkept_view()
    assert lost["asked"] == again["asked"]
    linked = named(tokens, tokens.again(trace.recipe, Kept(how="linked"), "ann"))
    assert linked["status"] == linked_view()


def test_a_tree_of_branches_is_shown_again_by_the_reader_of_its_file(
    tokens: Page, downloads: Downloads, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = recording(next(each for each in presets() if each.id == "geographer-and-poet"))
    assert trace is not None
    other = next(each for each in trace.tokens[2].fused if each.id != trace.tokens[2].id)
    branch = Trace(branch_of(trace, 2, other.id))
    for record in trace.records:
        branch.add(record)
    tree = Tree((Branch(trace), Branch(branch, 0)))
    name = downloads.keep(tree_text(tree))

    def again(of: Trace | None, tree: str, asked: Recipe = branch.recipe) -> dict[str, Any]:
        run = downloads.keep(run_text(of)) if of else "x" * 22
        shown = tokens.again(asked, Kept(name=run), "ann")
        return named(tokens, with_tree(tokens, shown, tree))

    for number, each in enumerate((trace, branch)):
        shown = again(each, name)
        assert shown["branches"]["shown"] == number
        assert [row["parent"] for row in shown["branches"]["runs"]] == [-1, 0]
        assert shown["branches"]["kept"]["name"] == name
        assert shown["tree"].find(each.recipe) == number
    broken_off = again(None, name)
    assert (broken_off["branches"]["shown"], broken_off["status"]) == (-1, unkept_view())
    assert again(None, name, Recipe("solo", "other"))["branches"] == NOTHING
    assert again(debate_trace(), name)["branches"] == NOTHING
    assert again(trace, "")["branches"] == NOTHING
    for gone in ("y" * 22, "../../../etc/passwd"):
        assert again(trace, gone)["branches"] == LOST
    text = tree_text(tree)
    for hostile in ("{}", text.replace("[-1, 0]", "[-1, 1]"), text.replace("[-1, 0]", "[0, -1]")):
        with pytest.raises(RunFileError):
            again(trace, downloads.keep(hostile))
    opened = named(tokens, opened_tree(tokens, tree, "ann"))["branches"]["kept"]["name"]
    assert again(branch, opened)["branches"]["shown"] == 1
    monkeypatch.setattr(branching, "LARGEST", len(text.encode()) - 1)
    assert named(tokens, opened_tree(tokens, tree, "ann"))["branches"]["kept"]["name"] == ""


def test_a_text_that_is_no_answer_is_not_copied_as_one(tokens: Page) -> None:
    trace = Trace(recipe())
    trace.add(Record(0.0, TextDelta(trace.recipe.members[0].name, "one")))
    trace.stopped = True
    *_, actions, _, _ = tokens.show(trace)
    assert (actions["over"], actions["answer"]) == (True, "")


def test_a_comparison_is_shown_again_and_goes_on(downloads: Downloads) -> None:
    compared = read_comparison(Path(asset(RECORDED)))
    query = f"tab=compare&{comparison_to_query(compared.comparison)}"
    with gr.Blocks():
        page = build_compare(LiveRuns(), downloads)
    compared.traces[-1].records.clear()
    kept = Kept(query, "run", downloads.keep(comparison_text(compared)))
    form, table, *_, last = page.again(kept, "ann")
    assert form["kept"] == {"how": "run", "name": kept.name}
    assert form["goes_on"]
    assert len(table["rows"]) == len(compared.ways)
    assert last.comparison == compared.comparison
    assert page.remembers(query, kept)
    assert page.remembers("tab=compare", kept)
    assert not page.remembers("tab=compare&prompt=other&member=zoo/adder", kept)

    form, table, *_ = page.again(Kept(query), "ann")
    assert table["said"]["key"] == "status-unkept"
    assert form["comparison"] == page.again(kept, "ann")[0]["comparison"]
