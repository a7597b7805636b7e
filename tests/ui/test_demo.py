"""The public demo, called over HTTP by somebody who means it no good."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.events import RunFailed
from fusionlab.limits import Limits, limits
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.ui import app
from fusionlab.ui.app import launch
from fusionlab.ui.live import LiveRuns, Visitor, traces
from tests.browser.test_app import leftovers_of_gradio
from tests.ui.caller import Answer, Caller

MARKUP = '<img src=//host/x onerror="alert(1)">'
BEFORE_FIELDS = 3
"""Method, prompt and the number of members come before the members' fields."""


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of the app as it runs on a Space."""
    import gradio

    patch = pytest.MonkeyPatch()
    patch.setenv("SPACE_ID", "someone/fusionlab")
    limits.cache_clear()
    with leftovers_of_gradio():
        _, url, _ = launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url
    with leftovers_of_gradio():
        gradio.close_all(verbose=False)
    patch.undo()
    limits.cache_clear()


def begun(caller: Caller, slug: str, changes: dict[int, Any]) -> Answer:
    """The answer to a click on Run, with the form's values but for the changed ones."""
    (event,) = caller.events_of(caller.component(f"{slug}-run"))
    (stream,) = [then for then in caller.then(event) if then["backend_fn"]]
    _, *values = caller.values(stream)  # the first is the run's name, which the server knows
    for at, value in changes.items():
        values[at] = value
    answer = caller.call(event, values if event["inputs"] else [])
    return caller.call(stream, [None, *values]) if answer.succeeded else answer


@pytest.mark.parametrize("ref", [5, ["a"], [["a"]], {"a": 1}, True, 1e308])
def test_a_reference_of_a_wrong_type_gets_a_message(demo: str, ref: object) -> None:
    answer = begun(Caller(demo), "ensemble", {BEFORE_FIELDS: ref})
    assert answer.status == 200
    assert not answer.succeeded
    assert "members.0.ref" in answer.error


@pytest.mark.parametrize(
    "ref",
    [
        "replay:/proc/self/pagemap#x",
        "path:/etc",
        "path:/etc/nope",
        "gguf:/etc/passwd",
        "api:http://127.0.0.1:1/v1#m",
        "hub:a/b",
        "zoo/../../etc",
        "smollm2-135m+/etc",
        MARKUP,
        "",
        None,
    ],
)
def test_a_model_that_is_not_offered_is_refused_alike_whether_it_is_there_or_not(
    demo: str, ref: str | None
) -> None:
    said = begun(Caller(demo), "ensemble", {BEFORE_FIELDS: ref}).text
    assert "this demo offers smollm2-135m" in said
    assert "there is no" not in said
    benched = begun(Caller(demo), "bench", {2: [ref or ""]}).text
    assert "this demo offers smollm2-135m" in benched
    assert "there is no" not in benched


@pytest.mark.parametrize("data", ["/etc", "/etc/nope", "/proc/self/environ", "a/b", "", None])
@pytest.mark.parametrize("suite", ["gsm8k", "bbh"])
def test_the_benchmark_reads_no_data_of_the_server(demo: str, suite: str, data: str | None) -> None:
    said = begun(Caller(demo), "bench", {0: suite, 1: data}).text
    assert "this demo reads no data" in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({4: 200}, "greater than maximum value 60"),
        ({6: "\n".join(f"vote,samples={n}" for n in range(1, 40))}, "methods and members"),
        ({6: "vote,samples=64"}, "up to 5 samples, not 64"),
        ({2: ["zoo/adder"] * 1000}, "methods and members"),
        ({2: [["zoo/adder"]]}, "members.0"),
        ({2: None}, "needs members"),
        ({6: "vote,candidates=" + "[" * 2000}, "candidates"),
        ({6: MARKUP}, "unknown method"),
    ],
)
def test_a_benchmark_beyond_the_limits_is_refused_with_a_sentence(
    demo: str, changes: dict[int, Any], says: str
) -> None:
    answer = begun(Caller(demo), "bench", changes)
    assert answer.status == 200
    assert says in answer.text


def test_only_the_last_benchmarks_of_a_demo_are_kept(
    demo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setattr("fusionlab.ui.bench_page.KEPT_ON_A_SPACE", 2)
    for name in "abcd":
        asked = {2: [f"zoo/adder,name={name}"], 3: [], 4: 10}
        answer = begun(Caller(demo), "bench", asked)
        assert "finished" in answer.text, answer.error
    assert len(list((tmp_path / "bench").iterdir())) == 3  # the one that is made, and two


def test_no_file_of_the_server_can_be_opened_or_fetched(demo: str) -> None:
    caller = Caller(demo)
    (upload,) = caller.events_of(caller.component("open-run"))
    for path in ("/etc/passwd", str(Path(__file__).resolve())):
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        assert not caller.call(upload, [file]).succeeded
        assert caller.fetch(f"/gradio_api/file={path}").status_code in (403, 404)
    assert "no file was opened" in caller.call(upload, [None]).error
    sent = Path(caller.upload(asset("runs/six-answers.jsonl")))
    for folder in (sent.parent, sent.parent.parent):
        file = {"path": str(folder), "meta": {"_type": "gradio.FileData"}}
        assert not caller.call(upload, [file]).succeeded
    assert sent.exists()


def test_a_recorded_run_with_settings_that_cannot_be_is_refused_in_words(
    demo: str, tmp_path: Path
) -> None:
    caller = Caller(demo)
    (upload,) = caller.events_of(caller.component("open-run"))
    recorded = asset("runs/six-answers.jsonl").read_text(encoding="utf-8")
    header, *records = recorded.splitlines()
    told = json.loads(header)
    told["recipe"]["settings"]["samples"] = 10**6
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join([json.dumps(told), *records]), encoding="utf-8")
    sent = {"path": caller.upload(file), "meta": {"_type": "gradio.FileData"}}
    assert "setting samples of vote" in caller.call(upload, [sent]).error


def test_markup_in_a_link_is_shown_letter_by_letter(demo: str) -> None:
    said = Caller(demo).call_with_query(f"?method={MARKUP}&prompt=x")
    assert "&lt;img src=" in said
    assert MARKUP not in said.replace('\\"', '"')


def test_a_run_that_takes_too_long_is_stopped_and_says_so(tiny: Path) -> None:
    recipe = Recipe("solo", "one", (MemberRecipe(f"path:{tiny}"),), sampling=Sampling(200))
    runs = LiveRuns()
    *_, last = traces(recipe, runs, runs.begin(Visitor("somebody")), Limits(seconds=1e-9))
    assert last.status == "stopped"
    assert "stops after" in last.warnings[-1].message


def test_a_run_beyond_the_limits_is_a_failed_run(tiny: Path) -> None:
    recipe = Recipe("solo", "one", (MemberRecipe(f"path:{tiny}"),))
    runs = LiveRuns()
    *_, last = traces(
        recipe, runs, runs.begin(Visitor("somebody")), Limits(models=("smollm2-135m",))
    )
    assert isinstance(last.end, RunFailed)
    assert "this demo offers" in last.end.message


def test_a_visitor_without_a_recorded_run_still_gets_a_page(
    demo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    runs = {"Vote": None, "Debate": broken}
    whole = app.gallery
    monkeypatch.setattr(app, "gallery", lambda methods: runs.get(methods[0].family, whole(methods)))
    said = Caller(demo).call_with_query("")
    assert "cannot be shown" in said
    assert "geographer" in said


def test_one_visitor_sees_neither_anothers_file_nor_anothers_run(demo: str) -> None:
    ann, ben = Caller(demo), Caller(demo)
    vote = {0: "vote", 1: ""}  # of candidates that are pasted, so that no model is needed
    said = begun(ann, "vote", vote).text
    (path,) = set(re.findall(r'"path": "([^"]+\.jsonl)"', said))
    assert ann.visitor not in path
    assert ann.fetch(f"/gradio_api/file={path}").status_code == 200
    assert path not in begun(ben, "vote", vote).text
    (upload,) = ben.events_of(ben.component("open-run"))
    guess = str(Path(path).parent)
    assert ben.fetch(f"/gradio_api/file={guess}").status_code in (403, 404)
    assert ben.call(upload, [None]).succeeded is False
