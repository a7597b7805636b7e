"""Models that are gone, methods that suit nobody, and any text: said in words, never a crash."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fusionlab.cli import main
from fusionlab.comparison.compared import Compared
from fusionlab.comparison.recipe import Choice, Comparison
from fusionlab.comparison.ways import ways_of
from fusionlab.errors import FusionError, RecipeError
from fusionlab.events import Record, RunFailed, RunFinished, TextDelta
from fusionlab.models.base import Member
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_from_query, recipe_to_query
from fusionlab.runfiles import parse_run, run_text
from fusionlab.trace import Trace, fold
from fusionlab.ui.formdata import LONGEST_TEXT, recipe_from_form
from fusionlab.ui.live import LiveRuns, Visitor, traces
from fusionlab.views.comparing import comparing_view
from fusionlab.views.headline import headline_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.refused import refused_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.words import LANGUAGES, VARIABLE
from tests.players import Player, cast, held, says

HOSTILE = {
    "markup": '<img src=x onerror="alert(1)">${alert(1)}{{x}}</script>',
    "right to left": "\u202eשלום עולם مرحبا\u2066",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳 e\u0301",
    "surrogate": "a\ud800b",
    "long": "长文 long " * 13_000,
}


@pytest.mark.parametrize(
    "ref", ["zoo/gone", "built:gone", "path:/gone", "gguf:/gone.gguf", "replay:/gone#a", "gone"]
)
def test_a_model_that_has_vanished_is_named_with_what_can_be_done(ref: str) -> None:
    runs = LiveRuns()
    recipe = recipe_from_query(f"method=solo&prompt=x&member={ref}")
    (trace,) = traces(recipe, runs, runs.begin(Visitor("a")))
    assert trace.status == "failed"
    assert isinstance(trace.end, RunFailed)
    told = status_view(trace)["error"]
    for language in LANGUAGES:
        assert "gone" in told["message"][language]
        assert told["hint"][language]
    with pytest.raises(FusionError, match="gone"):
        ways_of(Comparison("x", members=recipe.members))


def test_where_no_method_suits_every_reason_is_said_by_title() -> None:
    one = (MemberRecipe("zoo/adder", "ann"),)
    with pytest.raises(RecipeError) as caught:
        ways_of(Comparison("x", members=one, methods=(Choice("debate"), Choice("moe"))))
    said = refused_view(caught.value)
    assert said["message"]["en"].startswith(
        "none of these methods suits these members: “Debate” needs at least 2 members, not 1; ann"
    )
    assert said["message"]["zh"].startswith("所选方法都不适合这些成员：“辩论”至少需要 2 个成员")
    assert said["hint"] == {
        "en": "choose other methods, or other members",
        "zh": "请换其他方法或其他成员",
    }


def test_more_text_than_any_model_reads_is_refused_by_the_form() -> None:
    recipe = {"method": "solo", "members": [{"ref": "zoo/adder"}]}
    assert recipe_from_form({**recipe, "prompt": "x" * 100_000}).prompt
    for prompt, system in (("x" * LONGEST_TEXT, ""), ("x", "y" * LONGEST_TEXT)):
        members = [{"ref": "zoo/adder", "system": system}]
        with pytest.raises(RecipeError, match="1,000,0"):
            recipe_from_form({"method": "solo", "prompt": prompt, "members": members})


def told(text: str) -> Iterator[Trace]:
    """Runs in which a prompt, a name, an instruction and every answer are this text."""
    for method, parts, settings in (
        ("solo", 1, {}),
        ("vote", 3, {"metric": "char_lcs", "meanings": False}),
        ("debate", 2, {"max_rounds": 1}),
        ("mixture_of_agents", 2, {}),
        ("self_refine", 1, {"iterations": 1}),
        ("judge", 3, {}),
    ):
        players = cast(*[says(text)] * parts)
        members = [Member(f"{text[:200]} {n}", one.model, text) for n, one in enumerate(players)]
        assert all(isinstance(member.model, Player) for member in members)
        names = tuple(MemberRecipe("zoo/adder", member.name, system=text) for member in members)
        events = held(method, members, f"? {text}", Sampling(), **settings)
        recipe = Recipe(method, f"? {text}", names, settings)
        yield fold(recipe, (Record(n / 8, event) for n, event in enumerate(events)))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_text_is_shown_recorded_and_linked(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in told(text[:9_000]):
        trace = parse_run(run_text(run))
        views = [status_view(trace), headline_view(trace), stage_for(trace).drawn(trace, "run")]
        views += [notice_view(trace), ledger_view(trace)]
        json.dumps(views, ensure_ascii=False, allow_nan=False).encode()
        assert trace.answer == run.answer or "\ud800" in text
        assert recipe_from_query(recipe_to_query(trace.recipe)).members
        file = tmp_path / f"{trace.recipe.method}.jsonl"
        file.write_text(run_text(trace), encoding="utf-8")
        for language in LANGUAGES:
            monkeypatch.setenv(VARIABLE, language)
            assert main(["replay", str(file)]) == 0
            said = "".join(capsys.readouterr())
            assert "\u202e" not in said  # nothing turns the order of letters round
            assert "Traceback" not in said


def test_a_hundred_kilobytes_are_shown_recorded_and_linked() -> None:
    (trace,) = [each for each in told(HOSTILE["long"]) if each.recipe.method == "solo"]
    assert len(trace.answer) > 100_000
    assert parse_run(run_text(trace)).answer == trace.answer
    json.dumps(headline_view(trace)).encode()


def test_hostile_text_in_a_comparison_is_shown_as_text() -> None:
    text = HOSTILE["markup"]
    members = (MemberRecipe("zoo/adder", text), MemberRecipe("zoo/editor", f"{text} 2"))
    comparison = Comparison(text, members=members, methods=(Choice("solo"),), truth=text)
    compared = Compared(comparison, ways_of(comparison))
    compared.add(0, Record(0.0, TextDelta(text, text)))
    compared.add(0, Record(0.1, RunFinished(text)))
    rows = comparing_view(compared)["rows"]
    assert text in json.loads(json.dumps(rows[0], allow_nan=False)).values()


def test_forty_methods_of_six_members_are_ways_that_are_checked_at_once() -> None:
    rules = ("mbr", "borda", "condorcet", "ranked_pairs")
    votes = [Choice("vote", {"rule": rule, "samples": n}) for rule in rules for n in range(1, 10)]
    choices = (*votes, *map(Choice, ("solo", "ensemble", "judge", "moe")))
    names = ("adder", "adder-2", "subtracter", "editor", "comparer", "calendar")
    members = tuple(MemberRecipe(f"zoo/{name}") for name in names)
    ways = ways_of(Comparison("add 1+2=", members=members, methods=choices))
    assert len(choices) == 40
    assert len(ways) == 39 + 6  # one model alone is a way for each
    assert [way.recipe.method for way in ways if way.unsuited] == ["moe"]
