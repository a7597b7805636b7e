"""Verdicts say in words what the figures say, and none is given of runs that failed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fusionlab.bench.comparing import comparisons, share
from fusionlab.bench.forms import Line
from fusionlab.bench.report import report_page as page
from fusionlab.bench.report import write_report
from fusionlab.bench.results import results, write_csv
from fusionlab.bench.rows import Comparison, Costs, Role, Row
from fusionlab.bench.runner import bench
from fusionlab.bench.statistics import Difference
from fusionlab.bench.tally import best_single, commonest_error, enough_ran
from fusionlab.bench.verdict import Compared, corrected, outcome
from fusionlab.cli.results import as_text
from fusionlab.errors import MemberError
from fusionlab.recipe import Sampling
from fusionlab.views.bench import bench_view
from tests.bench.clerks import Clerk, knows, planned, pool_of


def compared(gap: float, width: float, p: float) -> Compared:
    return Compared(280, Difference(gap, (gap - width, gap + width), p), p, p)


@pytest.mark.parametrize(
    ("gap", "width", "p", "verdict"),
    [
        (0.5, 0.05, 1e-9, "helped"),
        (-0.2, 0.05, 0.002, "hurt"),
        (0.0, 0.02, 0.9, "same"),
        (0.02, 0.1, 0.4, "unknown"),
    ],
)
def test_the_verdict_is_one_word(gap: float, width: float, p: float, verdict: str) -> None:
    assert outcome(compared(gap, width, p)) == verdict


def test_few_items_cannot_tell() -> None:
    assert outcome(compared(0.0, 0.3, 1.0)) == "unknown"
    assert outcome(compared(0.0, 0.01, 1.0)) == "same"
    for n in (1, 2, 3, 4, 5, 8, 60):
        assert outcome(replace(compared(0.0, 0.0, 1.0), n=n)) == "unknown"
        none = replace(compared(0.0, 0.0, 1.0), n=n, difference=Difference(0.0, None, 1.0))
        assert outcome(none) == "unknown"


def test_several_comparisons_raise_p_and_so_does_a_rival_chosen_among_several() -> None:
    ahead, behind = compared(0.1, 0.05, 0.02), compared(-0.1, 0.05, 0.02)
    assert [each.p for each in corrected([ahead], 3)] == [0.02]
    assert [each.p for each in corrected([behind], 3)] == [pytest.approx(0.06)]
    both = corrected([ahead, behind], 3)
    assert [each.p for each in both] == [pytest.approx(0.04), pytest.approx(0.06)]
    assert [outcome(each) for each in both] == ["helped", "unknown"]


def line(item: int, score: float | None, error: str = "") -> Line:
    right = None if score is None else score == 1
    return Line(
        item=str(item),
        task="",
        prompt="",
        truth="",
        said="",
        extracted=None,
        right=right,
        score=score,
        rouge={},
        tokens_in=0,
        tokens_out=0,
        forward_passes=0,
        seconds=0.0,
        wall=0.0,
        error=error,
        run=False,
    )


def row(key: str, role: Role, lines: Sequence[Line]) -> Row:
    failed = sum(bool(each.error) for each in lines)
    return Row(
        key=key,
        name=key,
        role=role,
        method="",
        members=(),
        settings={},
        sampling=Sampling(),
        baseline_of="",
        note="",
        done=len(lines),
        errors=failed,
        error="",
        judged=enough_ran(len(lines), failed),
        unextracted=0,
        share=share(lines, graded=False),
        per_item=Costs(0, 0, 0, 0, 0, 0),
        tasks={},
        pareto=False,
    )


def held(fusion: Sequence[float | None], member: Sequence[float | None]) -> Comparison:
    """How a fusion compares with the only member; None is a run that failed."""
    answers, rows = {}, []
    sides: tuple[tuple[str, Role, Sequence[float | None]], ...] = (
        ("m", "single", member),
        ("f", "fusion", fusion),
    )
    for key, role, scores in sides:
        lines = [line(i, s, "" if s is not None else f"has {i}") for i, s in enumerate(scores)]
        answers[key] = {each.item: each for each in lines}
        rows.append(row(key, role, lines))
    best = best_single([("m", list(answers["m"].values()))])
    (found,) = comparisons(rows, answers, best, graded=False)
    return found


def test_a_failed_run_is_no_answer() -> None:
    """One of 40 that failed neither counts as wrong nor helps."""
    whole = held([1.0] * 30 + [0.0] * 10, [0.0] * 20 + [1.0] * 10 + [0.0] * 10)
    assert (whole.outcome, whole.n, whole.failed) == ("helped", 40, 0)
    some = held([None] * 3 + [1.0] * 27 + [0.0] * 10, [0.0] * 20 + [1.0] * 10 + [0.0] * 10)
    assert (some.outcome, some.n, some.failed) == ("helped", 37, 3)
    assert some.difference == 17 / 37
    many = held([None] * 20 + [1.0] * 20, [0.0] * 40)
    assert (many.outcome, many.p, many.difference) == ("failed", None, None)


def test_no_claim_stands_that_failed_runs_could_undo() -> None:
    """Six right ones against none are significant, but three failed runs could have been wrong."""
    member = [0.0] * 6 + [1.0] * 34
    assert held([1.0] * 40, member).p == 2 / 2**6
    failed = held([1.0] * 6 + [None] * 3 + [1.0] * 31, member)
    assert failed.p is not None
    assert failed.p > 0.05
    assert failed.outcome == "unknown"
    helped_by_rival = held([1.0] * 40, [0.0] * 6 + [None] * 3 + [1.0] * 31)
    assert helped_by_rival.p == 2 / 2**6  # had the member been right there, so was the fusion


def test_a_member_that_failed_is_nobody_to_be_held_against() -> None:
    alone = held([1.0] * 40, [None] * 40)
    assert (alone.outcome, alone.against, alone.n) == ("failed", None, 0)
    lucky = [("few", [line(0, 1.0)] + [line(i, None, "away") for i in range(1, 40)])]
    steady = [("steady", [line(i, float(i % 2)) for i in range(40)])]
    assert best_single(lucky + steady) == "steady"
    assert best_single(lucky) is None


def test_the_commonest_error_is_told_whatever_its_numbers() -> None:
    errors = ["away", "the prompt has 343", "the prompt has 350", ""]
    assert commonest_error([line(i, None, error) for i, error in enumerate(errors)]) == errors[1]


TOO_LONG = "takes 256 tokens; the prompt"


def failing(prompt: str) -> str:
    raise MemberError("context-exceeded", name="ann", context=256, prompt=len(prompt), answer=1)


def test_a_benchmark_whose_fusion_failed_has_no_verdict_anywhere(tmp_path: Path) -> None:
    """Ann answers when she is asked alone, and fails whenever she is to compare."""
    calls = {"n": 0}

    def once(prompt: str) -> str:
        calls["n"] += 1
        return knows("reverse", "sort")(prompt) if calls["n"] <= 8 else failing(prompt)

    clerks = {"ann": Clerk(once, "ann"), "bob": Clerk(knows("double"), "bob")}
    with pool_of(clerks) as pool:
        for _ in bench(planned(["ann", "bob"], "vote,samples=1,temperature=0"), tmp_path, pool):
            pass
    data = results(tmp_path)
    assert [row.role for row in data.contenders] == ["single", "single", "fusion"]
    fusion = data.contenders[-1]
    assert (fusion.errors, fusion.share.total, fusion.share.score) == (8, 0, None)
    assert not fusion.pareto
    (against,) = data.comparisons
    assert (against.outcome, against.p) == ("failed", None)
    assert data.verdict == "failed"
    text = as_text(data)
    assert "did not run: all 8 runs failed" in text
    assert TOO_LONG in text
    assert "harm" not in text
    assert "helped" not in text
    view = bench_view(data)
    (verdict,) = view["verdicts"]
    assert verdict["verdict"] == "failed"
    assert verdict["why"]["key"] == "bench-did-not-run"
    assert verdict["why"]["values"]["total"] == 8
    assert TOO_LONG in verdict["why"]["values"]["error"]
    assert verdict["lead"] is verdict["equal"] is None
    assert verdict["evidence"] == []
    assert view["contenders"][2]["accuracy"] is None
    assert all(item["answers"][2]["right"] is None for item in view["items"])
    assert view["contenders"][2]["judged"] is False
    contenders, items = write_csv(tmp_path, data)
    assert ",8,8,0,0,,,," in contenders.read_text(encoding="utf-8").splitlines()[-1]
    assert ",False,0.0," not in items.read_text(encoding="utf-8").splitlines()[-1]
    assert '"verdict": "failed"' in page(data)
    assert write_report(tmp_path, data).is_file()


def test_members_that_failed_are_left_out_of_oracle_and_correlations(tmp_path: Path) -> None:
    clerks = {
        "ann": Clerk(knows("reverse", "sort"), "ann"),
        "bob": Clerk(knows("reverse", "double"), "bob"),
        "gone": Clerk(failing, "gone"),
    }
    with pool_of(clerks) as pool:
        for _ in bench(planned(["gone", "ann", "bob"]), tmp_path, pool):
            pass
    data = results(tmp_path)
    assert data.best_single == data.contenders[1].key
    assert data.oracle is not None
    assert (data.oracle.members, data.oracle.share.total) == (("ann", "bob"), 8)
    assert data.oracle.by_members_right == (2, 4, 2)
    assert data.correlations is not None
    assert data.correlations.phi[0] == (None, None, None)
    assert data.correlations.phi[1][1] == pytest.approx(1)
