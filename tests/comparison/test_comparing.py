"""A comparison runs every way that suits, is one file, and goes on where it stopped."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fusionlab.comparison.compared import Compared
from fusionlab.comparison.files import (
    begun_before,
    comparison_text,
    is_comparison,
    parse_comparison,
    read_comparison,
    recorded_comparison,
)
from fusionlab.comparison.recipe import Choice, Comparison
from fusionlab.comparison.running import compare
from fusionlab.comparison.ways import resolved, suitable, ways_of
from fusionlab.engines.memory import Pool
from fusionlab.errors import FusionError, RecipeError, RunFileError, SettingError, UnknownName
from fusionlab.events import Event, Measured, Progress
from fusionlab.recipe import MemberRecipe, Sampling
from fusionlab.registry import all_methods
from fusionlab.runfiles import run_text
from fusionlab.trace import Trace
from fusionlab.views.comparing import comparing_view, pinned_view


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One pool for these tests."""
    with closing(Pool(10**10)) as pool:
        yield pool


@pytest.fixture
def pair(tiny: Path, tiny_twin: Path) -> Comparison:
    """Two tiny models under three methods."""
    return Comparison(
        "the capital of France is",
        members=(MemberRecipe(f"path:{tiny}", "ann"), MemberRecipe(f"path:{tiny_twin}", "bob")),
        methods=(Choice("ensemble"), Choice("solo"), Choice("vote", {"samples": 1})),
        sampling=Sampling(max_tokens=4),
    )


def ran(comparison: Comparison, pool: Pool) -> Compared:
    """The comparison, run to its end."""
    compared = Compared(comparison, ways_of(comparison))
    for number, record in compare(compared.ways, pool):
        compared.add(number, record)
    return compared


def facts(trace: Trace) -> list[Event]:
    """What happened, without times and loading."""
    timed = (Progress, Measured)
    return [each.event for each in trace.records if not isinstance(each.event, timed)]


def test_every_method_is_a_way_or_says_why_not(pair: Comparison) -> None:
    found = suitable(pair.members)
    assert [each.method for each in found] == list(all_methods())
    reasons = {each.method.name: each.reason for each in found if each.reason}
    assert "judge" in reasons
    assert "at least 3" in reasons["judge"].said()
    ways = ways_of(Comparison(pair.prompt, members=pair.members))
    assert {way.recipe.method for way in ways} == {each.name for each in all_methods()}
    assert {way.recipe.method for way in ways if way.unsuited} == set(reasons)


def test_models_that_only_give_text_suit_what_needs_only_text() -> None:
    reasons = {
        each.method.name: each.reason for each in suitable([MemberRecipe("api:http://x/v1#a")])
    }
    assert reasons["solo"] is None
    assert reasons["ensemble"] is not None
    assert "ensemble needs" in reasons["ensemble"].said()


def test_a_method_of_one_member_is_a_way_for_each(pair: Comparison) -> None:
    ways = ways_of(pair)
    assert [way.recipe.method for way in ways] == ["ensemble", "solo", "solo", "vote"]
    assert [len(way.recipe.members) for way in ways] == [2, 1, 1, 2]
    assert ways[2].recipe.members[0].name == "bob"


def test_methods_that_draw_samples_keep_their_temperature(pair: Comparison) -> None:
    ensemble, *_, vote = ways_of(pair)
    assert (ensemble.recipe.sampling.temperature, vote.recipe.sampling.temperature) == (0, 0.7)


def test_the_right_answer_reaches_the_methods_that_know_of_one(pair: Comparison) -> None:
    asked = Comparison("?", members=pair.members, methods=(Choice("debate"),), truth="42")
    (way,) = ways_of(asked)
    assert way.recipe.settings["truth"] == "42"
    assert way.recipe.settings["answer"] == "number"


def test_all_ways_run_and_the_same_seed_gives_the_same_events(pair: Comparison, pool: Pool) -> None:
    one, again = ran(pair, pool), ran(pair, pool)
    assert one.over
    assert [one.standing(number) for number in range(4)] == ["finished"] * 4
    for first, second in zip(one.traces, again.traces, strict=True):
        assert facts(first) == facts(second)


def test_a_file_is_the_same_comparison_again(pair: Comparison, pool: Pool) -> None:
    compared = ran(pair, pool)
    text = comparison_text(compared)
    assert is_comparison(text)
    assert not is_comparison(run_text(compared.traces[0]))
    assert parse_comparison(text) == compared


def test_a_stopped_one_can_be_read_and_goes_on(
    pair: Comparison, pool: Pool, tmp_path: Path
) -> None:
    file, ways = tmp_path / "a.jsonl", ways_of(pair)
    begun = Compared(resolved(pair, ways), ways)
    with closing(recorded_comparison(compare(ways, pool), file, begun)) as steps:
        for number, _ in steps:
            assert not file.exists()
            if number == 1:
                break
    read = read_comparison(file)
    assert read.done == {0}
    assert read.standing(1) == "stopped"
    assert read.standing(3) == "waiting"
    kept = begun_before(file, begun.comparison)
    assert kept is not None
    assert kept.standing(1) == "waiting"
    steps = compare(kept.ways, pool, kept.done)
    assert {number for number, _ in recorded_comparison(steps, file, kept)} == {1, 2, 3}
    whole = read_comparison(file)
    assert whole.over
    assert whole.traces[0] == read.traces[0]


def test_one_that_was_killed_goes_on_from_its_part(pair: Comparison, tmp_path: Path) -> None:
    ways = ways_of(pair)
    compared = Compared(resolved(pair, ways), ways)
    file = tmp_path / "a.jsonl"
    assert begun_before(file, compared.comparison) is None
    (tmp_path / "a.jsonl.part").write_text(comparison_text(compared) + '[0, 0.1, {"ki')
    assert begun_before(file, compared.comparison) == compared
    with pytest.raises(RunFileError, match="another comparison"):
        begun_before(file, Comparison("else", members=pair.members))


@pytest.mark.parametrize(
    "line",
    [
        '[9, 0.1, {"kind": "text_delta", "author": "a", "text": "b"}]',
        '[true, 0.1, {"kind": "text_delta", "author": "a", "text": "b"}]',
        '[0, -1, {"kind": "text_delta", "author": "a", "text": "b"}]',
        '[0, 0.1, {"kind": "text_delta"}]',
        "[0, 0.1]",
        "3",
    ],
)
def test_a_broken_line_is_named(pair: Comparison, line: str) -> None:
    text = comparison_text(Compared(pair, ways_of(pair)))
    with pytest.raises(RunFileError, match="line 2"):
        parse_comparison(f"{text}{line}\n\n")


def test_other_files_are_no_comparisons(pair: Comparison) -> None:
    head = comparison_text(Compared(pair, ways_of(pair)))
    broken = [
        "",
        "{}",
        head.replace('"version": 1', '"version": 99'),
        head.replace('"ways": [', '"ways": [3, '),
        head.replace('"ways": [', '"was": ['),
        head.replace('"max_tokens": 4', '"max_tokens": 1e999'),
    ]
    for text in broken:
        with pytest.raises(RunFileError):
            parse_comparison(text)


def test_what_cannot_be_compared_is_refused(pair: Comparison) -> None:
    def refused(error: type[FusionError], said: str, **changed: object) -> None:
        given = {"members": pair.members, "prompt": "?", **changed}
        with pytest.raises(error) as caught:
            ways_of(Comparison(**given))  # type: ignore[arg-type]
        assert said in str(caught.value)

    refused(RecipeError, "no members", members=())
    refused(RecipeError, "prompt is empty", prompt=" ")
    refused(UnknownName, "did you mean 'debate'", methods=(Choice("debat"),))
    refused(SettingError, "max_rounds", methods=(Choice("debate", {"max_rounds": 99}),))
    refused(RecipeError, "judge needs at least 3", methods=(Choice("judge"), Choice("judge")))
    refused(RecipeError, "takes up to", methods=(Choice("solo"),) * 101)
    refused(UnknownName, "kind of model", members=(MemberRecipe("apy:x"),))


def test_a_way_that_fails_does_not_stop_the_others(pair: Comparison, pool: Pool) -> None:
    asked = Comparison(
        "word " * 600,
        members=pair.members,
        methods=(Choice("solo"), Choice("vote")),
        sampling=Sampling(max_tokens=4),
    )
    compared = ran(asked, pool)
    assert compared.over
    assert [compared.standing(number) for number in range(3)] == ["failed"] * 3
    rows = comparing_view(compared)["rows"]
    assert all("takes" in row["problem"]["message"]["en"] for row in rows)


def test_the_view_has_answer_cost_and_what_to_notice(pair: Comparison, pool: Pool) -> None:
    compared = ran(pair, pool)
    view = comparing_view(compared)
    assert [row["number"] for row in view["rows"]] == [0, 1, 2, 3]
    assert min(row["times"] for row in view["rows"]) == 1
    assert all(row["right"] is None for row in view["rows"])
    assert all(row["passes"] > 0 and row["bytes"] > 0 for row in view["rows"])
    assert view["notice"]
    assert view["seconds"] == sum(row["seconds"] for row in view["rows"])
    judged = Compared(
        Comparison(pair.prompt, members=pair.members, truth=view["rows"][1]["extracted"]),
        compared.ways,
        traces=compared.traces,
    )
    rows = comparing_view(judged)["rows"]
    assert rows[1]["right"] is True


def test_two_pinned_runs_have_their_pictures(pair: Comparison, pool: Pool) -> None:
    first, second = pinned_view(ran(pair, pool), [0, 3, 1])["runs"]
    assert first["picture"]["component"] == "tokens"
    assert first["steps"] > 0
    assert second["picture"]["component"] == "ballots"
