"""A benchmark goes on where it stopped, mixes nothing, and tells what it found."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.bench.folder import read_answers, run_path
from fusionlab.bench.plan import Plan, identity, method_from_text, plan, recipe_for
from fusionlab.bench.report import write_report
from fusionlab.bench.results import results, write_csv
from fusionlab.bench.rows import Result, Row, result_from_json, result_to_json
from fusionlab.bench.runner import Answered, bench
from fusionlab.bench.suites import get_suite
from fusionlab.cli.results import as_text
from fusionlab.engines.memory import Pool
from fusionlab.errors import BenchError, LevelTooLow, UnknownName
from fusionlab.recipe import member_from_text, recipe_to_json
from fusionlab.run import check
from fusionlab.runfiles import read_run
from tests.bench.clerks import Clerk, breaks, knows, planned, pool_of
from tests.full_disk import files_up_to

VOTE = "vote,samples=1,temperature=0"


@pytest.fixture
def clerks() -> dict[str, Clerk]:
    return {
        "ann": Clerk(knows("reverse", "sort"), "ann"),
        "bob": Clerk(knows("reverse", "double"), "bob"),
        "cat": Clerk(knows("reverse", "sort", "second"), "cat"),
        "dud": Clerk(lambda _: " ", "dud"),
        "gone": Clerk(breaks, "gone"),
    }


@pytest.fixture
def pool(clerks: dict[str, Clerk]) -> Iterator[Pool]:
    with pool_of(clerks) as pool:
        yield pool


def done(plan: Plan, out: Path, pool: Pool) -> Result:
    for _ in bench(plan, out, pool):
        pass
    return results(out)


def by_name(data: Result) -> dict[str, Row]:
    return {row.name: row for row in data.contenders}


def test_it_tells_who_was_right(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["ann", "bob", "cat"], VOTE), tmp_path, pool)
    rows = by_name(data)
    fusion = f"vote {VOTE.partition(',')[2].replace(',', ' ')}"
    baseline = f"cat × 3, as many tokens as {fusion}"
    assert {name: row.share.right for name, row in rows.items()} == {
        "ann": 4,
        "bob": 4,
        "cat": 6,
        fusion: 4,
        baseline: 6,
    }
    assert [row.role for row in data.contenders] == [*["single"] * 3, "fusion", "baseline"]
    assert rows["ann"].tasks["sort"].right == 2
    assert rows[fusion].per_item.tokens == 36
    assert data.best_single == rows["cat"].key
    assert data.oracle is not None
    assert data.oracle.share.right == 8
    assert data.oracle.by_members_right == (0, 4, 2, 2)
    against = data.comparisons[0]
    assert (against.only_contender, against.only_against) == (0, 2)
    assert (against.p_alone, against.p) == (0.5, 1.0)  # the best is one of three
    assert data.verdict == "unknown"
    assert data.complete
    told = result_to_json(data)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert result_from_json(told) == data
    assert told["best_single"] == {"key": rows["cat"].key, "chosen_on_the_test_items": True}


def test_it_goes_on_where_it_stopped(tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]) -> None:
    plan = planned(["ann", "bob"], VOTE, batch=1)
    whole = done(plan, tmp_path / "whole", pool)
    total = sum(row.done for row in whole.contenders)
    for taken in range(1, total + 1, 5):
        out = tmp_path / str(taken)
        clerks["ann"].asked.clear()
        news = bench(plan, out, pool)
        seen = [next(news) for _ in range(taken)]
        news.close()
        assert results(out).planned == 8
        assert done(plan, out, pool).items == whole.items
        assert sum(isinstance(each, Answered) for each in seen) == taken
        asked_alone = 8 + 8  # by itself and in the vote
        assert len(clerks["ann"].asked) == asked_alone + 8 * 2  # and as the baseline


def test_a_line_that_was_cut_off_is_answered_again(
    tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]
) -> None:
    plan = planned(["ann"])
    whole = done(plan, tmp_path, pool)
    path = tmp_path / "answers" / f"{plan.contenders[0].key}.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert results(tmp_path).contenders[0].done == 7
    clerks["ann"].asked.clear()
    assert done(plan, tmp_path, pool).items == whole.items
    assert len(clerks["ann"].asked) == 1
    assert len(path.read_bytes().splitlines()) == 9


def test_lines_are_read_as_they_were_written(tmp_path: Path, pool: Pool) -> None:
    """Whole numbers too: a run that failed took 0 seconds, not 0.0."""
    made = planned(["gone", "ann"])
    done(made, tmp_path, pool)
    for one in made.contenders:
        _, *lines = (tmp_path / "answers" / f"{one.key}.jsonl").read_text("utf-8").splitlines()
        read = read_answers(tmp_path, one.key).values()
        assert [json.dumps(asdict(line), ensure_ascii=False) for line in read] == lines


def test_nothing_is_asked_twice(tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]) -> None:
    plan = planned(["ann", "bob"], VOTE)
    done(plan, tmp_path, pool)
    clerks["ann"].asked.clear()
    assert list(bench(plan, tmp_path, pool)) == []
    assert clerks["ann"].asked == []


def test_what_failed_is_no_answer_and_tried_again(
    tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]
) -> None:
    plan = planned(["gone", "ann"])
    row = by_name(done(plan, tmp_path, pool))["gone"]
    assert (row.done, row.share.right, row.errors, row.unextracted) == (8, 0, 8, 0)
    assert (row.share.total, row.share.score, row.per_item.tokens) == (0, None, None)
    assert "8 of 8 runs failed" in as_text(results(tmp_path))
    clerks["gone"].answer = knows("reverse")
    row = by_name(done(plan, tmp_path, pool))["gone"]
    assert (row.done, row.share.right, row.errors) == (8, 2, 0)


def test_an_answer_that_is_not_found_is_wrong_and_shown(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["dud"]), tmp_path, pool)
    assert data.contenders[0].unextracted == 8
    (answer,) = data.items[0].answers.values()
    assert (answer.extracted, answer.right) == (None, False)
    assert "no answer was found" in as_text(data)


def test_two_at_once_are_refused(tmp_path: Path, pool: Pool) -> None:
    news = bench(planned(["ann"]), tmp_path, pool)
    next(news)
    with pytest.raises(BenchError, match="another benchmark is running"):
        next(bench(planned(["ann"]), tmp_path, pool))
    news.close()
    done(planned(["ann"]), tmp_path, pool)


def test_it_may_go_from_thread_to_thread(tmp_path: Path, pool: Pool) -> None:
    plan = planned(["ann"])
    news = bench(plan, tmp_path, pool)
    for step in (lambda: next(news), lambda: next(news), news.close):
        thread = Thread(target=step)
        thread.start()
        thread.join()
    assert results(tmp_path).contenders[0].done >= 2
    done(plan, tmp_path, pool)


def test_other_questions_are_kept_apart(tmp_path: Path, pool: Pool) -> None:
    first = done(planned(["ann"]), tmp_path, pool)
    second = done(planned(["ann"], items=6, seed=3), tmp_path, pool)
    assert (first.planned, second.planned) == (8, 6)
    assert second.contenders[0].key != first.contenders[0].key
    assert len(list(tmp_path.glob("bench-*.json"))) == 1
    assert done(planned(["ann"]), tmp_path, pool).items == first.items


@pytest.mark.parametrize("change", ["seed", "method", "member"])
def test_whatever_changes_an_answer_changes_the_key(change: str) -> None:
    plain = planned(["ann", "bob"], "vote")
    match change:
        case "seed":
            other = planned(["ann", "bob"], "vote", seed=1)
        case "method":
            other = planned(["ann", "bob"], "vote,temperature=0.5")
        case _:
            other = planned(["bob", "ann"], "vote")
    assert plain.fusions[0].key != other.fusions[0].key
    assert plain.fusions[0].key == planned(["ann", "bob"], "vote").fusions[0].key


def test_weights_that_changed_are_another_contender(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes((tiny / "model.safetensors").read_bytes())
    (tmp_path / "config.json").write_bytes((tiny / "config.json").read_bytes())
    assert identity(f"path:{tiny}") == identity(f"path:{tmp_path}")
    (tmp_path / "model.safetensors").write_bytes(b"other")
    assert identity(f"path:{tiny}") != identity(f"path:{tmp_path}")


def test_the_first_runs_can_be_opened(tmp_path: Path, pool: Pool) -> None:
    plan = planned(["ann", "bob"], VOTE, keep_runs=3, baseline=False)
    data = done(plan, tmp_path, pool)
    fusion = plan.fusions[0]
    kept = [item for item in plan.items if run_path(tmp_path, fusion.key, item.id).exists()]
    assert kept == list(plan.items[:3])
    trace = read_run(run_path(tmp_path, fusion.key, kept[0].id))
    assert trace.status == "finished"
    assert recipe_to_json(check(trace.recipe)) == recipe_to_json(trace.recipe)
    assert trace.answer == data.items[0].answers[fusion.key].said
    assert data.items[0].answers[fusion.key].run


def test_a_baseline_can_be_left_out(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["ann", "bob"], VOTE, baseline=False), tmp_path, pool)
    assert [row.role for row in data.contenders] == ["single", "single", "fusion"]
    assert "same compute" not in as_text(data)


def test_a_baseline_of_two_samples_says_what_it_is(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["ann", "bob"], VOTE), tmp_path, pool)
    assert data.contenders[-1].note == "few-samples"
    assert "only the first of them" in as_text(data)


def test_self_consistency_follows_the_suite() -> None:
    one = planned(
        ["ann"], "self_consistency,samples=3", answer={"checker": "number", "phrase": "is"}
    )
    recipe = recipe_for(one, one.contenders[-1], 0)
    assert (recipe.settings["answer"], recipe.settings["phrase"]) == ("number", "is")
    own = planned(["ann"], "self_consistency,answer=choice")
    assert recipe_for(own, own.contenders[-1], 0).settings["answer"] == "choice"


def test_every_item_has_a_seed_of_its_own() -> None:
    one = planned(["ann"], VOTE)
    seeds = {recipe_for(one, one.contenders[-1], at).sampling.seed for at in range(8)}
    assert len(seeds) == 8


def test_open_ended_answers_are_scored_by_rouge(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["ann", "cat"], VOTE, answer={"checker": "rouge"}), tmp_path, pool)
    row = by_name(data)["ann"]
    assert data.graded
    assert (row.share.right, row.share.score) == (None, 0.5)
    assert row.share.rouge["rouge1"] == row.share.rouge["rougeL"] == 0.5
    assert row.share.interval is not None
    assert row.share.interval[0] < 0.5 < row.share.interval[1]
    assert data.comparisons[0].test == "sign_flip"
    assert " scored 100.0" in as_text(data) or "scored 50.0" in as_text(data)


def test_tables_for_spreadsheets(tmp_path: Path, pool: Pool, clerks: dict[str, Clerk]) -> None:
    clerks["ann"].answer = lambda _: "=1+1"
    data = done(planned(["ann", "bob"], VOTE), tmp_path, pool)
    contenders, items = write_csv(tmp_path, data)
    with contenders.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["role"] for row in rows] == ["single", "single", "fusion", "baseline"]
    with items.open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert len(answers) == 4 * 8
    assert answers[0]["said"] == "'=1+1"


def test_progress_counts_to_the_end(tmp_path: Path, pool: Pool) -> None:
    plan = planned(["ann", "bob"], VOTE)
    told = [each for each in bench(plan, tmp_path, pool) if isinstance(each, Answered)]
    assert [each.done for each in told] == list(range(1, len(told) + 1))
    assert {each.total for each in told} == {len(told)}
    assert told[-1].seconds_left == 0


@pytest.mark.parametrize(
    ("methods", "members", "error", "says"),
    [
        (["vot"], ["ann"], UnknownName, "did you mean 'vote'"),
        (["vote,sample=1"], ["ann"], UnknownName, "did you mean 'samples'"),
        (["ensemble"], ["ann"], None, ""),
        ([], [], BenchError, "needs members"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    methods: list[str], members: list[str], error: type[Exception] | None, says: str
) -> None:
    if error is None:
        with pytest.raises(LevelTooLow, match="ensemble needs logits"):
            planned(members, *methods)
        return
    with pytest.raises(error, match=says):
        planned(members, *methods)


def test_what_looks_inside_takes_no_recording() -> None:
    """A server may tell of its experts, which only its answers show."""
    recorded = f"replay:{asset('runs/experts-top-1.jsonl')}#x"
    with pytest.raises(LevelTooLow, match="moe needs internals"):
        plan(get_suite("zoo-strings"), [method_from_text("moe")], [member_from_text(recorded)])


def test_a_folder_that_is_something_else_is_refused(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "bench.json").write_text("{}")
    with pytest.raises(BenchError, match="not a benchmark's plan"):
        done(planned(["ann"]), tmp_path, pool)
    (tmp_path / "bench.json").unlink()
    with pytest.raises(BenchError, match="no benchmark in"):
        results(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot be written"):
        done(planned(["ann"]), tmp_path / "file", pool)


def test_tiny_models_answer_in_batches(tiny: Path, tiny_twin: Path, tmp_path: Path) -> None:
    """The answers of a gathered benchmark are those of one that asks item by item."""
    suite = replace(get_suite("zoo-strings"), items=6, max_tokens=4)
    members = [f"path:{tiny},name=ann", f"path:{tiny_twin},name=bob"]
    recipes = [member_from_text(member) for member in members]
    methods = [method_from_text("ensemble"), method_from_text("vote,samples=2")]
    pool = Pool(10**9)
    said = []
    for batch in (1, 4):
        one = plan(suite, methods, recipes, batch=batch)
        for _ in bench(one, tmp_path / str(batch), pool):
            pass
        said.append(results(tmp_path / str(batch)).items)
        lines = read_answers(tmp_path / str(batch), one.contenders[0].key).values()
        assert all(line.tokens_in and line.seconds > 0 for line in lines)
    pool.close()
    assert said[0] == said[1]


@pytest.mark.parametrize("size", [0, 200, 900, 2500])
def test_on_a_full_disk_it_says_so_and_goes_on_when_there_is_room(
    tmp_path: Path, pool: Pool, size: int
) -> None:
    made = planned(["ann", "bob", "cat"], VOTE)
    with files_up_to(size), pytest.raises(BenchError, match="cannot be written") as caught:
        done(made, tmp_path, pool)
    assert "goes on where it was" in caught.value.hint
    assert not list(tmp_path.rglob("*.part"))
    data = done(made, tmp_path, pool)
    assert data.complete
    assert by_name(data)["cat"].share.right == 6


def test_on_a_full_disk_the_report_before_is_still_there(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(["ann", "bob"], VOTE), tmp_path, pool)
    written = (*write_csv(tmp_path, data), write_report(tmp_path, data))
    before = {file: file.read_bytes() for file in written}
    for write in (write_csv, write_report):
        with files_up_to(20), pytest.raises(BenchError, match="cannot be written"):
            write(tmp_path, data)
    assert {file: file.read_bytes() for file in before} == before


@pytest.mark.parametrize(("batch", "runs"), [(0, 20), (-1, 20), (16, -1)])
def test_nothing_at_a_time_is_no_benchmark(batch: int, runs: int) -> None:
    member = member_from_text("zoo/adder")
    with pytest.raises(BenchError, match="are not possible"):
        plan(get_suite("zoo-strings"), [], [member], batch=batch, keep_runs=runs)


@pytest.mark.parametrize(
    "line", ["{}", '{"item": "x"}', "[1]", "[" * 5000, '{"item": "reverse-1", "score": 1}']
)
def test_a_line_that_is_no_answer_is_answered_again(
    tmp_path: Path, pool: Pool, clerks: dict[str, Clerk], line: str
) -> None:
    made = planned(["ann"])
    first = done(made, tmp_path, pool)
    (file,) = (tmp_path / "answers").iterdir()
    with file.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    assert done(made, tmp_path, pool).contenders == first.contenders


def test_a_plan_without_a_key_is_no_plan(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "bench.json").write_text('{"format": "fusionlab-bench", "version": 1}')
    with pytest.raises(BenchError, match="is not a benchmark's plan"):
        done(planned(["ann"]), tmp_path, pool)


LACKING = ("prompt", "truth", "said", "extracted", "rouge", "wall", "run", "forward_passes")
WRONG = {"item": 1, "score": "high", "tokens_in": -1, "seconds": 1e300, "error": None, "run": "no"}


@pytest.mark.parametrize("change", [*LACKING, *WRONG, "no score"])
def test_a_line_that_figures_cannot_be_made_of_is_answered_again(
    tmp_path: Path, pool: Pool, change: str
) -> None:
    made = planned(["ann"])
    first = done(made, tmp_path, pool)
    (file,) = (tmp_path / "answers").iterdir()
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    spoiled = json.loads(lines[0])
    if change in LACKING:
        del spoiled[change]
    else:
        spoiled |= {"score": None} if change == "no score" else {change: WRONG[change]}
    rest = [head, json.dumps(spoiled), *lines[1:], ""]
    file.write_text("\n".join(rest), encoding="utf-8")
    assert results(tmp_path).contenders[0].done == len(made.items) - 1
    assert done(made, tmp_path, pool).contenders[0].share.score == first.contenders[0].share.score


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": "../x"}, "key: "),
        ({"items": [1]}, "items.0: "),
        ({"items": None}, "items: "),
        ({"contenders": [{"key": "a"}]}, "contenders.0"),
        ({"suite": {}}, "suite"),
    ],
)
def test_a_plan_of_another_form_is_refused_with_what_is_wrong(
    tmp_path: Path, pool: Pool, change: dict[str, Any], says: str
) -> None:
    done(planned(["ann"]), tmp_path, pool)
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change))
    with pytest.raises(BenchError, match=re.escape(f"{path}: {says}")):
        results(tmp_path)


def test_more_contenders_than_are_compared_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.bench.plan.MOST_CONTENDERS", 1)
    with pytest.raises(BenchError, match="there are 2 contenders"):
        planned(["ann", "bob"])
