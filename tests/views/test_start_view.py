import re
from pathlib import Path

import pytest

from fusionlab.assets import asset
from fusionlab.events import Candidate, MemberStep, Record, TokenChosen
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace
from fusionlab.views.start import CANDIDATES, STEPS, start_view
from fusionlab.words import has
from tests.views.fakes import HOSTILE, NAMES, recipe, token_trace


@pytest.fixture(scope="module")
def recorded() -> Trace:
    """The run that the first page shows."""
    return read_run(Path(asset("runs/geographer-and-poet.jsonl")))


def step(favourites: list[str], token: str) -> dict[str, object]:
    """The view of one step in which the members preferred these tokens and `token` was chosen."""
    trace = Trace(recipe(len(favourites)))
    members = {
        name: MemberStep((Candidate(favourite, 0.6),), 1.0, 0.4, 0.1, (0.1,))
        for name, favourite in zip(NAMES, favourites, strict=False)
    }
    chosen = TokenChosen(0, token, 0, 0.1, (Candidate(token, 0.1),), 1.0, 0.1, members)
    trace.add(Record(0.0, chosen))
    shown: dict[str, object] = start_view(trace, [])["steps"][0]
    return shown


def test_the_recording_is_what_the_page_says_of_it(recorded: Trace) -> None:
    """`start-picture-about` tells of one model as a geographer and a poet, half of each."""
    members = recorded.recipe.members
    assert [member.name for member in members] == ["geographer", "poet"]
    assert len({member.ref for member in members}) == 1
    assert {member["weight"] for member in start_view(recorded, [])["members"]} == {0.5}


def test_it_opens_where_the_favourites_differ_most(recorded: Trace) -> None:
    view = start_view(recorded, [])
    first = view["steps"][view["first"]]
    assert [row["token"] for row in first["rows"]][:2] == [" Love", " Light"]
    assert first["caption"]["key"] == "start-caption-apart"
    assert len(view["steps"]) == STEPS


def test_of_equally_likely_tokens_the_one_that_was_written_stands_first(recorded: Trace) -> None:
    """At the second step both members gave " is" and "," the very same probability."""
    tied = start_view(recorded, [])["steps"][1]
    first, second = tied["rows"][:2]
    assert (first["p"], first["chosen"]) == (second["p"], True)
    assert tied["caption"]["key"] == "start-caption-agreed"


def test_shares_add_up_to_the_fused_probability(recorded: Trace) -> None:
    for each in start_view(recorded, [])["steps"]:
        assert len(each["rows"]) == CANDIDATES
        assert [row["token"] for row in each["rows"] if row["chosen"]] == [each["token"]]
        for row in each["rows"]:
            assert sum(row["shares"]) == pytest.approx(row["p"], abs=1e-3)


def test_a_product_has_no_shares() -> None:
    view = start_view(token_trace(n_steps=3, pooling="geometric"), [])
    assert all(row["shares"] == [] for each in view["steps"] for row in each["rows"])


@pytest.mark.parametrize(
    ("favourites", "token", "key"),
    [
        ([" a", " a"], " a", "start-caption-agreed"),
        ([" a", " b"], " b", "start-caption-apart"),
        ([" a", " a"], " c", "start-caption-other"),
    ],
)
def test_the_caption_says_what_is_seen(favourites: list[str], token: str, key: str) -> None:
    caption = step(favourites, token)["caption"]
    assert isinstance(caption, dict)
    assert caption["key"] == key


def test_a_run_without_steps_and_hostile_ones_are_views_too() -> None:
    assert start_view(Trace(recipe()), ["a"])["steps"] == []
    assert len(start_view(token_trace(HOSTILE, len(HOSTILE)), [])["steps"]) == STEPS


def test_tabs_and_examples_stand_as_they_were_given(recorded: Trace) -> None:
    view = start_view(recorded, ["one", "two"], ["three"], {"words": "first preset"})
    assert (view["places"], view["tools"]) == (["one", "two"], ["three"])
    assert view["tries"] == [{"name": "words", "preset": "first preset"}]


def test_every_key_of_the_captions_has_words_in_both_languages() -> None:
    source = Path("fusionlab/views/start.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'"(start-[a-z-]+)"', source))
    assert keys
    assert [key for key in keys for language in ("en", "zh") if not has(key, language)] == []
