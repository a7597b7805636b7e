"""`fusionlab bench`: what it prints and writes, with which status; and that it survives a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from fusionlab import cli
from fusionlab.bench import runner
from fusionlab.bench.folder import read_answers, read_plan
from fusionlab.bench.forms import Line
from fusionlab.bench.results import results
from fusionlab.bench.rows import Result
from fusionlab.bench.runner import bench
from fusionlab.cli import main
from fusionlab.cli.bench import planned as planned_by
from fusionlab.engines.memory import Pool
from tests.bench.clerks import Clerk, knows, pool_of

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    clerks = {"ann": Clerk(knows("reverse"), "ann"), "bob": Clerk(knows("sort"), "bob")}
    with pool_of(clerks) as pool:
        monkeypatch.setattr(runner, "default_pool", lambda: pool)
        yield


def arguments(out: Path, *more: str) -> list[str]:
    members = [
        part
        for name in ("ann", "bob")
        for part in ("--member", f"api:http://clerks#{name},name={name}")
    ]
    method = ["--method", "vote,samples=1,temperature=0"]
    return ["bench", "zoo-strings", *method, *members, "--items", "8", "--out", str(out), *more]


def test_it_prints_a_table_and_the_verdict(tmp_path: Path, capsys: Capture) -> None:
    assert main(arguments(tmp_path)) == 0
    out, err = capsys.readouterr()
    assert out.startswith("zoo-strings: Letters reversed")
    for said in ("ann", "bob", "vote samples=1", "25.0%", "At least one member was right on 50.0%"):
        assert said in out
    assert "? Cannot tell\n  vote samples=1" in out
    assert "8 questions are too few to tell." in out
    assert f"the report is {tmp_path / 'report.html'}" in err
    written = {file.name for file in tmp_path.iterdir()}
    assert {
        "bench.json",
        "results.json",
        "contenders.csv",
        "items.csv",
        "report.html",
        "answers",
        "runs",
    } <= written


def test_it_prints_json(tmp_path: Path, capsys: Capture) -> None:
    assert main(arguments(tmp_path, "--json", "--no-baseline")) == 0
    data = json.loads(capsys.readouterr().out)
    assert [row["role"] for row in data["contenders"]] == ["single", "single", "fusion"]
    assert data == json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))


def test_the_report_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def counted(folder: Path) -> Result:
        seen.append(folder)
        return results(folder)

    monkeypatch.setattr("fusionlab.bench.results.results", counted)
    assert main(arguments(tmp_path, "--no-baseline")) == 0
    assert seen == [tmp_path]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--items", "0"], "items: it should be greater"),
        (["--data", "x.jsonl"], "makes its questions itself"),
        (["--method", "votte"], "did you mean 'vote'"),
        (["--method", "vote,samples=0"], "setting samples of vote"),
    ],
)
def test_what_cannot_be_measured_is_status_2(
    more: list[str], says: str, tmp_path: Path, capsys: Capture
) -> None:
    assert main(arguments(tmp_path / "new", *more)) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_an_unknown_suite_is_status_2(capsys: Capture) -> None:
    assert main(["bench", "zoo-mixt"]) == 2
    assert "did you mean 'zoo-mixed'" in capsys.readouterr().err


def test_broken_data_are_told(tmp_path: Path, capsys: Capture) -> None:
    data = tmp_path / "gsm.jsonl"
    data.write_text('{"question": "1 + 1?", "answer": "#### 2"}\nnonsense\n')
    command = ["bench", "gsm8k", "--data", str(data), "--out", str(tmp_path / "out")]
    command += ["--member", "api:http://clerks#ann,name=ann"]
    assert main(command) == 2
    assert "gsm.jsonl, line 2" in capsys.readouterr().err
    with pytest.MonkeyPatch.context() as patch:
        clerks = {"ann": Clerk(lambda _: "The answer is 2.0.", "ann")}
        with pool_of(clerks) as pool:
            patch.setattr(runner, "default_pool", lambda: pool)
            assert main([*command, "--skip-broken"]) == 0
    out = capsys.readouterr().out
    assert "100.0%" in out
    assert "One broken line was left out; the first: gsm.jsonl, line 2" in out


def test_ctrl_c_stops_and_leaves_what_there_is(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(news: Iterator[Any]) -> None:
        for _ in range(3):
            next(news)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(import_module("fusionlab.cli.bench"), "follow", interrupted)
        assert main(arguments(tmp_path)) == 130
    assert sum(row.done for row in results(tmp_path).contenders) == 3
    assert main(arguments(tmp_path)) == 0
    capsys.readouterr()


def test_a_kill_loses_at_most_what_was_in_hand(tiny: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fusionlab.cli", "bench", "zoo-strings", "--items", "60"]
    command += ["--member", f"path:{tiny}", "--batch", "1", "--out", str(tmp_path)]
    command += ["--max-tokens", "6"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while len(answered(tmp_path)) < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    before = answered(tmp_path)
    assert 5 <= len(before) < 60
    assert results(tmp_path).contenders[0].done == len(before)
    with closing(Pool(10**9)) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "default_pool", lambda: pool)
        again = cli._parser().parse_args([*command[3:], "--batch", "60"])
        assert all(bench(planned_by(again), tmp_path))
    after = answered(tmp_path)
    assert len(after) == 60
    assert {item: after[item] for item in before} == before


def answered(folder: Path) -> dict[str, Line]:
    if not (folder / "bench.json").exists():
        return {}
    (one,) = read_plan(folder).contenders
    return read_answers(folder, one.key)
