"""Workers of a cluster answer as one process does, and one that is killed loses only its own."""

import importlib.util
import os
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import asdict, replace
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from fusionlab.bench import ladder as laddering
from fusionlab.bench.answering import Wave
from fusionlab.bench.cluster import SHORT, Spread, connected, last_words
from fusionlab.bench.folder import read_answers, run_path
from fusionlab.bench.ladder import CHOOSING_FOLDER, climb, ladder
from fusionlab.bench.ladderfile import climbed
from fusionlab.bench.plan import Plan, method_from_text, plan
from fusionlab.bench.rungs import rungs
from fusionlab.bench.runner import Answered, bench
from fusionlab.bench.suites import get_suite
from fusionlab.bench.worker import Briefing, Worker
from fusionlab.engines.memory import Pool
from fusionlab.errors import BenchError, FusionError, SourceError, UnknownName
from fusionlab.recipe import member_from_text
from fusionlab.runfiles import read_run


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed: pip install -e '.[ray]'")
    folders = Path(SHORT).glob
    before = set(folders("ray-*"))
    with connected(Spread("local", 1)) as ray:  # another one, under a token of its own
        assert ray.is_initialized()
    with connected(Spread("local", 2)) as ray:
        assert set(folders("ray-*")) > before
        yield ray
    assert not ray.is_initialized()
    assert set(folders("ray-*")) <= before
    assert processes("raylet") == []


@pytest.fixture
def made(tiny: Path, tiny_twin: Path) -> Plan:
    suite = replace(get_suite("zoo-strings"), items=8, max_tokens=4)
    members = [member_from_text(f"path:{tiny},name=ann"), member_from_text(f"path:{tiny_twin}")]
    methods = [method_from_text("ensemble"), method_from_text("vote,samples=2")]
    return plan(suite, methods, members, batch=2, keep_runs=1)


def processes(name: str) -> list[psutil.Process]:
    """Those that this process has started and whose command names this."""
    found = []
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has ended meanwhile
            if name in "".join(each.cmdline()[:1]):
                found.append(each)
    return found


def workers() -> list[psutil.Process]:
    return processes("ray::Worker")


def said(folder: Path) -> dict[str, dict[str, Any]]:
    """By contender and item, the answers without their times."""
    keys = [file.stem for file in (folder / "answers").iterdir()]
    timeless = {"seconds": 0.0, "wall": 0.0}
    return {
        key: {item: asdict(line) | timeless for item, line in read_answers(folder, key).items()}
        for key in keys
    }


def test_a_cluster_that_is_not_there_is_named() -> None:
    """Before there is one that is used in its place."""
    pytest.importorskip("ray")
    nobody = Spread("127.0.0.1:9")
    with pytest.raises(BenchError, match="cannot be joined: Conn"), connected(nobody):
        pass


def test_workers_answer_as_one_process(
    cluster: Any, made: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With one killed on the way, stopped before the end, and gone on with by this process."""
    pool = Pool(10**9)
    for _ in bench(made, tmp_path / "alone", pool):
        pass
    spread = bench(made, tmp_path / "spread", spread=Spread())
    answers = (each for each in spread if isinstance(each, Answered))
    first = next(answers)
    killed, *_ = workers()
    killed.kill()
    before = [first, *islice(answers, 19)]
    spread.close()
    assert psutil.wait_procs(workers(), timeout=30)[1] == []
    assert cluster.is_initialized()
    assert capsys.readouterr().out == ""
    assert [each.done for each in before] == list(range(1, 21))
    assert sum(map(len, said(tmp_path / "spread").values())) == 20
    after = [each for each in bench(made, tmp_path / "spread", pool) if isinstance(each, Answered)]
    assert len(after) == before[0].total - 20
    assert said(tmp_path / "spread") == said(tmp_path / "alone")
    one = made.contenders[0]
    assert read_run(run_path(tmp_path / "spread", one.key, made.items[0].id)).status == "finished"
    pool.close()


def test_a_whole_ladder_over_workers_is_that_of_one_process(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Path, tiny_twin: Path
) -> None:
    """What is chosen by answers, what methods answer, and what a model does that is built."""
    wanted = ("self-consistency", "ensemble-mean", "merge-linear")
    few = tuple(rung for rung in rungs() if rung.id in wanted)
    monkeypatch.setattr(laddering, "rungs", lambda: few)
    suite = replace(get_suite("zoo-strings"), items=4, max_tokens=3)
    members = [member_from_text(f"path:{folder}") for folder in (tiny, tiny_twin)]
    found = {}
    for name, pool, spread in (("alone", Pool(10**9), None), ("spread", None, Spread())):
        monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / f"home-{name}"))
        with closing(pool) if pool else nullcontext():
            run = partial(bench, pool=pool, spread=spread)
            for _ in climb(ladder(suite, members), tmp_path / name, run):
                pass
        found[name] = climbed(tmp_path / name)
    assert said(tmp_path / "spread") == said(tmp_path / "alone")
    chosen = [said(tmp_path / name / CHOOSING_FOLDER) for name in found]
    assert chosen[0] == chosen[1]
    assert sum(map(len, chosen[0].values())) > len(members)
    one, other = (found[name].ladder for name in ("alone", "spread"))
    assert one.choosing == other.choosing
    assert [rung.id for rung in other.rungs] == [rung.id for rung in few]
    assert [rung.contender for rung in one.rungs] == [rung.contender for rung in other.rungs]
    assert all(rung.contender and not rung.why for rung in other.rungs)
    assert other.rungs[-1].built
    assert found["spread"].result.complete
    shares = [[(row.key, row.share) for row in each.result.contenders] for each in found.values()]
    assert shares[0] == shares[1]


@pytest.fixture
def brief(made: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A worker in this process, and what it says to its briefing."""
    monkeypatch.setenv("FUSIONLAB_HOME", "elsewhere")
    monkeypatch.chdir(tmp_path)
    told = Briefing(made, str(tmp_path), str(tmp_path), version("fusionlab"), {}, neighbours=2)

    def brief(**other: Any) -> tuple[Worker, FusionError | None]:
        worker = Worker()
        return worker, worker.brief(replace(told, **other))

    return brief


def test_a_machine_that_would_answer_with_something_else_is_refused(
    brief: Callable[..., Any], tiny: Path
) -> None:
    assert "has FusionLab" in str(brief(version="0.0.1")[1])
    weights = {f"path:{tiny}": "other"}
    assert "another model than here" in str(brief(weights=weights)[1])


def test_what_breaks_in_a_worker_is_said_and_raised_where_the_user_is(
    brief: Callable[..., Any], made: Plan, tmp_path: Path
) -> None:
    worker, error = brief()
    assert error is None
    assert os.environ["FUSIONLAB_HOME"] == str(tmp_path)
    one = made.contenders[0]
    gone = replace(one.recipe, members=(replace(one.recipe.members[0], ref="path:/nowhere"),))
    (news,) = worker.answer(Wave(replace(one, recipe=gone), (0,)))
    assert isinstance(pickle.loads(pickle.dumps(news)), SourceError)  # noqa: S301  our own
    *_, bug = worker.answer(Wave(one, (99,)))
    assert "internal error: IndexError" in str(bug)


def test_an_error_of_any_kind_goes_from_process_to_process() -> None:
    error = UnknownName("kind-method", "vot", ["vote"])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    assert (type(again), str(again)) == (UnknownName, str(error))


@pytest.mark.parametrize("address", ["zoo-mixed", "ray://head:10001", "http://head:80", "head"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BenchError, match="is not the address of a Ray cluster"):
        Spread(address)


def test_without_ray_it_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(BenchError, match="needs Ray") as caught, connected(Spread()):
        pass
    assert "pip install 'fusionlab[ray]'" in caught.value.hint


def test_of_a_traceback_only_its_last_words_are_said() -> None:
    text = 'Traceback (most recent call last):\n  File "x"\nConnectionError: Failed to\n  connect'
    assert last_words(text) == "Failed to connect"
    assert last_words("out of memory\n") == "out of memory"
