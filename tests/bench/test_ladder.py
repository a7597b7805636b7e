"""The ladder of fusion: what fits is measured, what does not says why, and it goes on."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from fusionlab.bench import ladder as laddering
from fusionlab.bench import runner
from fusionlab.bench.climbed import Climbed, climbed_from_json, climbed_to_json
from fusionlab.bench.ladder import CHOOSING_FOLDER, Order, climb, ladder
from fusionlab.bench.ladderfile import climbed
from fusionlab.bench.ladderreport import ladder_page
from fusionlab.bench.rung_models import planned_rung
from fusionlab.bench.rungs import rungs
from fusionlab.bench.runner import Answered, bench
from fusionlab.bench.suites import Suite, changed, draw, get_suite
from fusionlab.cli import main
from fusionlab.engines.memory import Pool
from fusionlab.errors import BenchError, UnknownName
from fusionlab.events import ModelBuilt
from fusionlab.recipe import MemberRecipe, member_from_text
from fusionlab.ui.ladder_page import recorded
from fusionlab.views.bench import bench_view
from fusionlab.views.ladder import ladder_view
from fusionlab.views.spoken import sentence_of
from tests.bench.clerks import Clerk, knows, pool_of

MEMBERS = ("adder", "subtracter", "editor", "comparer", "calendar")
ANSWERS = ("self-consistency", "vote", "routing", "cascade")


@pytest.fixture
def clerks() -> dict[str, Clerk]:
    return {
        "ann": Clerk(knows("reverse", "sort"), "ann"),
        "bob": Clerk(knows("second", "double"), "bob"),
    }


@pytest.fixture
def pool(clerks: dict[str, Clerk]) -> Iterator[Pool]:
    with pool_of(clerks) as pool:
        yield pool


def suite(items: int = 16) -> Suite:
    return changed(get_suite("zoo-strings"), items=items)


def asked(*names: str, of: Suite | None = None) -> Order:
    members = [member_from_text(f"api:http://clerks#{name},name={name}") for name in names]
    return ladder(of or suite(), members)


def done(order: Order, out: Path, pool: Pool) -> Climbed:
    for _ in climb(order, out, partial(bench, pool=pool)):
        pass
    return climbed(out)


def test_every_rung_is_measured_or_says_why_it_is_not(tmp_path: Path, pool: Pool) -> None:
    found = done(asked("ann", "bob"), tmp_path, pool)
    standing = {rung.id: rung for rung in found.ladder.rungs}
    assert list(standing) == [rung.id for rung in rungs()]
    rows = {row.key: row for row in found.result.contenders}
    for name, rung in standing.items():
        assert (rung.contender is None) != (rung.why is None), name
        assert rung.contender is None or rows[rung.contender].done == 16, name
    assert {name for name, rung in standing.items() if rung.contender} >= set(ANSWERS)
    why = standing["ensemble-mean"].why  # a server shows no logits
    assert why
    assert "logits" in str(why["message"])
    assert standing["merge-linear"].why
    assert standing["upcycled"].why
    routed = rows[standing["routing"].contender or ""]
    assert routed.share.score == found.result.oracle.share.score == 1.0  # type: ignore[union-attr]

    view = ladder_view(found)
    by_id = {row["id"]: row for level in view["levels"] for row in level["rows"]}
    assert by_id["routing"]["against"]["verdict"] == "helped"
    assert by_id["routing"]["equal"]["samples"] == 1
    assert by_id["upcycled"]["standing"] == "unsuited"
    assert view["complete"]
    assert view["noticed"][0]["key"] == "ladder-most"
    again = climbed_from_json(json.loads(json.dumps(climbed_to_json(found))))
    assert ladder_view(again) == view
    assert (
        "</script><" not in ladder_page(found).partition('id="told"')[2].partition("</script>")[0]
    )


def test_what_is_chosen_is_chosen_by_questions_that_are_not_in_the_test(
    tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]
) -> None:
    order = asked("ann", "bob")
    test = {item.prompt for item in order.drawn.items}
    assert order.choosing
    assert not test & {item.prompt for item in order.choosing}
    assert order.drawn == draw(order.suite)  # as a benchmark of the suite asks them
    found = done(order, tmp_path, pool)
    told = found.ladder.choosing
    assert told
    assert told.items == len(order.choosing)
    assert told.best in ("ann", "bob")
    row = next(row for row in found.result.contenders if row.method == "member_routing")
    lines = {line for text in row.settings["strengths"] for line in text.splitlines()}
    assert lines <= {item.prompt for item in order.choosing}


def test_it_goes_on_where_it_was_stopped(
    tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]
) -> None:
    order = asked("ann", "bob")
    with closing(climb(order, tmp_path, partial(bench, pool=pool))) as news:
        for event in news:
            if isinstance(event, Answered) and event.contender == "vote":
                break
    stopped = climbed(tmp_path)  # what there is can be read
    view = ladder_view(stopped)
    assert not stopped.result.complete
    assert {"done", "waiting"} <= {row["standing"] for lev in view["levels"] for row in lev["rows"]}
    for clerk in clerks.values():
        clerk.asked.clear()
    done(order, tmp_path, pool)
    asked_again = sum(len(clerk.asked) for clerk in clerks.values())
    for clerk in clerks.values():
        clerk.asked.clear()
    whole = done(order, tmp_path / "other", pool)
    assert asked_again < sum(len(clerk.asked) for clerk in clerks.values())
    rows = zip(climbed(tmp_path).result.contenders, whole.result.contenders, strict=True)
    assert all((a.name, a.share) == (b.name, b.share) for a, b in rows)
    other = asked("ann", "bob", of=suite(8))
    with pytest.raises(BenchError, match="ladder of other questions or members"):
        next(climb(other, tmp_path, partial(bench, pool=pool)))


def test_models_are_built_of_the_members_and_tell_what_they_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    wanted = [rung for rung in rungs() if rung.id in ("vote", "merge-linear", "merge-ties")]
    broken = replace(wanted[2], settings={"method": "ties", "base": "zoo/pieces-base"})
    monkeypatch.setattr(laddering, "rungs", lambda: (wanted[0], wanted[1], broken))
    members = [MemberRecipe("zoo/adder"), MemberRecipe("zoo/editor")]
    order = ladder(changed(get_suite("zoo-arithmetic"), items=4), members)
    with closing(Pool(10**9)) as pool:
        events = list(climb(order, tmp_path / "out", partial(bench, pool=pool)))
        found = climbed(tmp_path / "out")
        again = done(order, tmp_path / "again", pool)
    assert sum(isinstance(event, ModelBuilt) for event in events) == 1
    answered = [event for event in events if isinstance(event, Answered)]
    assert all(event.done <= event.total for event in answered)
    vote, merged, refused = found.ladder.rungs
    assert vote.built is None
    assert refused.why is not None
    assert merged.built
    assert merged.built.reference.startswith("built:ladder-merge-linear-")
    assert merged.built.seconds
    assert merged.built.seconds > 0
    stood = again.ladder.rungs[1].built  # it stands there already, and still says what it cost
    assert stood
    assert stood.seconds == pytest.approx(merged.built.seconds, abs=1e-3)
    row = next(row for row in found.result.contenders if row.key == merged.contender)
    assert (row.role, row.done, row.members) == ("fusion", 4, (merged.built.reference,))
    assert not any(each.baseline_of == row.key for each in found.result.contenders)
    equal = {row["id"]: row for lev in ladder_view(found)["levels"] for row in lev["rows"]}
    assert equal["merge-linear"]["equal"]["samples"] == 1  # the best member as it is


def test_a_member_that_is_named_twice_is_refused_unless_it_is_told_otherwise(pool: Pool) -> None:
    ann = member_from_text("api:http://clerks#ann")
    with pytest.raises(BenchError, match="twice"):
        ladder(suite(), [ann, ann])
    assert ladder(suite(), [ann, replace(ann, system="Answer in capitals.")]).members


@pytest.mark.parametrize(
    ("names", "of", "said"),
    [
        (["ann"], "zoo-strings", "at least two members"),
        (["ann", "bob"], "graded", "right or wrong"),
    ],
)
def test_what_no_ladder_can_be_made_of_is_refused(
    names: list[str], of: str, said: str, pool: Pool
) -> None:
    known = suite()
    graded = replace(known, answer=replace(known.answer, checker="rouge"))
    with pytest.raises(BenchError, match=said):
        asked(*names, of=graded if of == "graded" else known)


def test_names_that_are_unknown_suggest_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--member", "zoo/adder", "--member", "zoo/editor"]
    assert main(["ladder", "zoo-mixd", *arguments]) == 2
    assert "zoo-mixed" in capsys.readouterr().err
    with pytest.raises(UnknownName, match="editor"):
        ladder(suite(), [MemberRecipe("zoo/adder"), MemberRecipe("zoo/editr")])


def test_a_suite_without_more_questions_leaves_out_what_must_be_chosen(
    tmp_path: Path, pool: Pool
) -> None:
    file = tmp_path / "own.csv"
    rows = [f"reverse {word}:,{word[::-1]}" for word in ("ab", "cd", "ef")]
    file.write_text("question,answer\n" + "\n".join(rows) + "\n", encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(
        f'title = "Own"\n[data]\nkind = "file"\nsource = "{file.name}"\n', encoding="utf-8"
    )
    order = asked("ann", "bob", of=get_suite(str(own)))
    whys = {fit.rung.id: fit.why.key if fit.why else "" for fit in order.fits}
    assert whys["routing"] == whys["self-consistency"] == "ladder-no-choosing"
    assert whys["vote"] == ""
    assert not (tmp_path / CHOOSING_FOLDER).exists()


def test_the_command_prints_a_table_and_writes_a_report(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "default_pool", lambda: pool)
    members = [
        part for name in ("ann", "bob") for part in ("--member", f"api:http://clerks#{name}")
    ]
    arguments = ["ladder", "zoo-strings", *members, "--items", "4", "--out", str(tmp_path / "out")]

    def interrupted(news: Iterator[object]) -> None:
        next(event for event in news if isinstance(event, Answered) and event.contender == "vote")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(import_module("fusionlab.cli.ladder"), "follow", interrupted)
        assert main(arguments) == 130
    out, err = capsys.readouterr()
    assert "Self-consistency" in out
    assert "the same command goes on" in err
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    for said in ("Vote", "Routing", "at equal compute", "Mixture of experts: left out"):
        assert said in out
    assert (tmp_path / "out" / "report.html").exists()
    assert main([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["format"] == "fusionlab-ladder"
    assert "going on" in err


def test_what_is_trained_is_in_proportion_to_what_is_asked(pool: Pool) -> None:
    members = [MemberRecipe("zoo/adder"), MemberRecipe("zoo/editor")]
    whole = get_suite("zoo-mixed")
    usual, few = ladder(whole, members), ladder(changed(whole, items=20), members)
    assert (usual.lessons, few.lessons) == (4_000, 400)
    (rung,) = (each for each in rungs() if each.id == "distilled")
    plans = [planned_rung(rung, each.suite, members, each.lessons)[1] for each in (usual, few)]
    steps = [plan.details.training.tuning.schedule.steps for plan in plans]
    assert steps[1] * 10 <= steps[0]
    told = ladder(changed(whole, items=20), members, lessons=600)
    assert told.lessons == 600
    assert told.key != few.key  # a folder holds one of them
    assert ladder(changed(whole, items=20), members, lessons=400).key == few.key
    with pytest.raises(BenchError, match="too few"):
        ladder(whole, members, lessons=3)


def test_the_recorded_ladder_is_what_would_be_asked_for_today() -> None:
    members = [MemberRecipe(f"zoo/{name}") for name in MEMBERS]
    assert ladder(get_suite("zoo-mixed"), members).key == recorded().ladder.key


def test_the_recorded_ladder_is_whole() -> None:
    view = ladder_view(recorded())
    assert view["complete"]
    assert view["planned"] == 280
    assert view["noticed"]
    assert {row["id"] for level in view["levels"] for row in level["rows"]} <= {
        rung.id for rung in rungs()
    }


def test_the_report_names_each_rung_as_the_ladder_does() -> None:
    """In the benchmark's part too, in the sentences on it, and in what a baseline is held to."""
    found = recorded()
    drawn, benched = ladder_view(found), bench_view(found.by_rung)
    rungs = [row for level in drawn["levels"] for row in level["rows"] if row["done"]]
    titles = {row["id"]: row["title"] for row in rungs}
    contenders = {each.contender: each.id for each in found.ladder.rungs}
    for row in benched["contenders"]:
        if row["kind"] == "fusion":
            assert row["name"] == titles[contenders[row["key"]]]
        elif row["kind"] == "baseline":
            assert row["name"]["values"]["fusion"] == titles[contenders[row["of"]]]
    assert {str(each["name"]) for each in benched["verdicts"]} <= set(map(str, titles.values()))
    told = [sentence_of(each).said() for each in (*benched["notes"], *drawn["notes"])]
    assert any("as many tokens as Routing" in each for each in told)
    codes = re.compile("|".join(name for name in titles if "-" in name))
    assert not [each for each in told if codes.search(each)]
