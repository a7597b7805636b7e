"""The report says what the results say, whatever the models said, and needs nothing but itself."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.bench.plan import Plan
from fusionlab.bench.report import write_report
from fusionlab.bench.results import results
from fusionlab.bench.rows import Result, result_from_json, result_to_json
from fusionlab.bench.runner import bench
from fusionlab.cli.results import as_text
from fusionlab.engines.memory import Pool
from fusionlab.views.bench import bench_view
from fusionlab.words import LANGUAGES, VARIABLE, Sentence, has
from tests.bench.clerks import Clerk, knows, planned, pool_of

VOTE = "vote,samples=1,temperature=0"
HOSTILE = "</script><img src=x onerror=alert(1)> ${alert(1)} <!-- \u2028 巴黎"


@pytest.fixture
def pool() -> Iterator[Pool]:
    clerks = {
        "ann": Clerk(knows("reverse", "sort"), "ann"),
        "bob": Clerk(knows("reverse", "double"), "bob"),
        "eve": Clerk(lambda _: HOSTILE, "eve"),
    }
    with pool_of(clerks) as pool:
        yield pool


def done(plan: Plan, out: Path, pool: Pool, stop_after: int = 10**9) -> Result:
    news = bench(plan, out, pool)
    for _ in range(stop_after):
        if next(news, None) is None:
            break
    news.close()
    return results(out)


def test_the_view_holds_the_figures(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(("ann", "bob"), VOTE), tmp_path, pool)
    view = bench_view(data)
    json.dumps(view, allow_nan=False)
    kinds = [each["kind"] for each in view["contenders"]]
    assert kinds == ["single", "single", "fusion", "baseline"]
    assert [each["colour"] for each in view["contenders"]] == [0, 1, -1, -1]
    for each, row in zip(view["contenders"], data.contenders, strict=True):
        assert row.share.right is not None
        assert each["accuracy"] == row.share.right / row.share.total == row.share.score
        assert each["low"] <= each["accuracy"] <= each["high"]
    assert [each["best"] for each in view["contenders"]].count(True) == 1
    assert data.oracle is not None
    assert view["oracle"]["right"] == data.oracle.share.right
    assert view["oracle"]["by_members"] == data.oracle.by_members_right
    assert len(view["items"]) == 8
    for item in view["items"]:
        assert len(item["answers"]) == 4
        known = [answer["right"] for answer in item["answers"][:2]]
        assert known == [item["task"] in ("reverse", "sort"), item["task"] in ("reverse", "double")]


def test_counts_by_task_add_up(tmp_path: Path, pool: Pool) -> None:
    view = bench_view(done(planned(("ann", "bob"), VOTE), tmp_path, pool))
    for counts, each in zip(view["by_task"], view["contenders"], strict=True):
        assert sum(right for right, _ in counts) == each["right"]
        assert sum(total for _, total in counts) == each["total"]


def test_a_stopped_benchmark_is_shown_as_far_as_it_came(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(("ann", "bob"), VOTE), tmp_path, pool, stop_after=12)
    view = bench_view(data)
    assert not view["complete"]
    assert view["notes"][-1]["key"] == "bench-note-incomplete"
    assert view["facts"]["key"] == "bench-facts-incomplete"
    assert any(answer is None for item in view["items"] for answer in item["answers"])
    assert write_report(tmp_path, data).is_file()


def test_the_example_is_read_and_written_in_its_form() -> None:
    data = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    assert result_to_json(result_from_json(data)) == data


def test_the_report_says_nothing_in_one_language_alone(tmp_path: Path, pool: Pool) -> None:
    """Each sentence is a key that every language has, and speaks of what that key asks for."""
    data = done(planned(("ann", "bob"), VOTE), tmp_path, pool)
    view = bench_view(data, opens=True)
    said = list(sentences(view))
    assert {"bench-lead", "bench-evidence", "bench-facts", "bench-baseline-name"} <= {
        each.key for each in said
    }
    for each in said:
        for language in LANGUAGES:
            assert each.said(language)
    assert all(has(each.key, language) for each in said for language in LANGUAGES)


def sentences(data: Any) -> Iterator[Sentence]:
    """All that is to be said in this data."""
    match data:
        case {"key": str(key), "values": dict(values)}:
            yield sentence(key, values)
            for value in values.values():
                yield from sentences(value)
        case dict():
            for value in data.values():
                yield from sentences(value)
        case list():
            for value in data:
                yield from sentences(value)


def sentence(key: str, values: dict[str, Any]) -> Sentence:
    """The same sentence as Python says it."""
    inner = {
        name: sentence(value["key"], value["values"]) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return Sentence(key, inner)


def test_the_report_is_one_file_in_which_answers_are_no_markup(tmp_path: Path, pool: Pool) -> None:
    data = done(planned(("ann", "eve"), VOTE), tmp_path, pool)
    page = write_report(tmp_path, data).read_text(encoding="utf-8")
    told = re.search(r'<script type="application/json" id="told">(.*?)</script>', page, re.DOTALL)
    assert told
    ((_, view),) = json.loads(told[1])["views"]
    said = view["items"][0]["answers"][1]["said"]
    assert said == HOSTILE
    assert "<img" not in page.partition('id="told">')[2].partition("</script>")[0]
    assert [file.name for file in tmp_path.glob("*.part")] == []


def test_results_of_version_2_which_said_verdicts_in_words_are_read() -> None:
    written = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    old = {**written, "version": 2, "verdict": "It helped.", "verdicts": ["It helped."]}
    old["notes"] = ["Each p is corrected."]
    data = result_from_json(old)
    assert data.verdict == "helped"
    again = result_to_json(data)
    assert (again["version"], again["verdict"]) == (3, "helped")
    assert "notes" not in again
    assert result_from_json(again) == data


def test_a_terminal_reads_the_results_in_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    written = json.loads(asset("bench/zoo-mixed.json").read_text(encoding="utf-8"))
    monkeypatch.setenv(VARIABLE, "zh")
    text = as_text(result_from_json(written))
    assert text.startswith("zoo-mixed：小模型库的全部十四类任务，280 道题，随机种子 0\n")
    assert "vote：✓ 融合有帮助\n  280 道题中，vote 答对" in text
    assert not re.search(r"\b(right|tokens|items|questions|failed|correct\w*)\b", text)
