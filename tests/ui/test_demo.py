"""The public demo, called over HTTP by somebody who means it no good."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fusionlab.assets import asset
from fusionlab.events import RunFailed
from fusionlab.limits import Limits, limits
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.spaces import presets
from fusionlab.ui.app import families
from fusionlab.ui.gallery import recording
from fusionlab.ui.live import LiveRuns, Visitor, traces
from fusionlab.ui.measuring import first_asked
from tests.browser.served import served
from tests.ui.caller import PASTED, Answer, Caller

MARKUP = '<img src=//host/x onerror="alert(1)">'


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of the app as it runs on a Space."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPACE_ID", "someone/fusionlab")
        limits.cache_clear()
        with served() as url:
            yield url
    limits.cache_clear()


def begun(caller: Caller, tab: str, changes: dict[str, Any]) -> Answer:
    """The answer to a click on Run, with the form's recipe but for the changed fields."""
    return caller.run(tab, caller.recipe_of(tab) | changes)


def benched(caller: Caller, changes: dict[str, Any]) -> Answer:
    """The answer to Run in the form that measures, with what it says but for the changed fields."""
    asked = asdict(first_asked()) | changes
    (event,) = caller.events_of(caller.component("bench-form"), "submit")
    answer = caller.call(event, [], event_data=asked)
    (stream,) = [then for then in caller.then(event) if then["backend_fn"]]
    return caller.call(stream, [None, None]) if answer.succeeded else answer


def opened(caller: Caller, path: str) -> Answer:
    """The answer to a run file that is said to be there."""
    (upload,) = caller.events_of(caller.component("open-run"))
    return caller.call(upload, [{"path": path, "meta": {"_type": "gradio.FileData"}}])


def nested(levels: int) -> Any:
    """A list within a list, so deep."""
    deep: Any = "x"
    for _ in range(levels):
        deep = [deep]
    return deep


@pytest.mark.parametrize("ref", [5, ["a"], [["a"]], {"a": 1}, True, 1e308, None])
def test_a_reference_of_a_wrong_type_gets_a_message(demo: str, ref: object) -> None:
    answer = begun(Caller(demo), "tokens", {"members": [{"ref": ref}]})
    assert answer.status == 200
    assert "members.0.ref" in answer.refused["message"]["en"]


@pytest.mark.parametrize(
    "recipe",
    [
        None,
        [],
        5,
        10**400,
        "x" * 5_000_000,
        nested(900),
        {},
        {"recipe": 1},
        {"method": 10**400},
        {"method": MARKUP},
        {"method": "solo", "x" * 1_000_000: 1},
        {"method": "solo", "prompt": nested(900)},
        {"method": "solo", "members": [{"ref": "zoo/adder"}] * 10_000},
        {"method": "solo", "members": [{"ref": "zoo/adder", "weight": MARKUP}]},
        {"method": "solo", "sampling": {"max_tokens": 10**400}},
        {"method": "solo", "sampling": {"temperature": "NaN"}},
        {"method": "solo", "settings": {"x" * 1_000_000: 1}},
        {"method": "vote", "settings": {"candidates": nested(900)}},
    ],
    ids=lambda recipe: f"{recipe!s:.40}" if not isinstance(recipe, int) else "number",
)
@pytest.mark.parametrize("tab", ["tokens", "inside"])
def test_whatever_a_form_sends_as_its_recipe_is_refused_with_a_sentence(
    demo: str, capfd: pytest.CaptureFixture[str], tab: str, recipe: object
) -> None:
    answer = Caller(demo).run(tab, recipe)
    assert answer.status == 200
    message = answer.refused["message"]["en"]
    assert message
    assert not message.startswith(":")  # it says which field is meant
    assert len(answer.text) < 50_000
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("event_data", [None, 5, "x", [], {}, nested(900)])
@pytest.mark.parametrize("name", ["submit", "input", "select"])
def test_an_event_that_says_nothing_changes_nothing(
    demo: str, capfd: pytest.CaptureFixture[str], name: str, event_data: object
) -> None:
    caller = Caller(demo)
    event, *_ = caller.events_of(caller.component("tokens-recipe"), name)
    answer = caller.call(event, [None] * len(event["inputs"]), event_data=event_data)
    assert answer.succeeded
    assert bool(answer.refused) == (name != "input")
    assert not any("status" in value for value in answer.values)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_prompt_beyond_the_limits_fails_with_a_sentence(demo: str) -> None:
    refused = begun(Caller(demo), "tokens", {"prompt": "x" * 5_000_000}).refused
    assert refused["message"]["en"].startswith("the prompt and instructions have 5,000,")
    assert "1,000,000" in refused["message"]["zh"]
    assert len(str(refused)) < 1_000
    assert "this demo takes up to" in str(begun(Caller(demo), "tokens", {"prompt": "x" * 99_999}))


@pytest.mark.parametrize("way", [None, 5, [MARKUP], {"a": 1}, "nothing", "x" * 1_000_000])
def test_a_way_to_compare_that_is_none_does_nothing(
    demo: str, capfd: pytest.CaptureFixture[str], way: object
) -> None:
    caller = Caller(demo)
    (event,) = caller.events_of(caller.component("answers-ways"), "select")
    answer = caller.call(event, [None, None], event_data={"way": way})
    assert answer.status == 200
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("said", [None, {"tab": [1]}, {"tab": MARKUP}, {"preset": [MARKUP]}])
def test_a_card_of_the_first_page_that_there_is_not_leads_nowhere(demo: str, said: object) -> None:
    caller = Caller(demo)
    (event,) = caller.events_of(caller.component("start"), "select")
    answer = caller.call(event, [], event_data=said)
    assert answer.succeeded
    assert not any("tab" in value for value in answer.values)


def test_an_unknown_preset_is_refused_with_the_nearest(demo: str) -> None:
    caller = Caller(demo)
    (event,) = caller.events_of(caller.component("tokens-recipe"), "select")
    near = caller.call(event, [], event_data={"preset": "geographer-and-poe"}).refused
    assert near["message"]["en"] == "unknown preset 'geographer-and-poe'"
    assert "geographer-and-poet" in near["hint"]["en"]
    for preset in (5, None, [MARKUP], "x" * 1_000_000):
        refused = caller.call(event, [], event_data={"preset": preset}).refused
        assert "unknown preset" in refused["message"]["en"]


def test_a_preset_of_the_form_is_shown_with_its_recorded_run(demo: str) -> None:
    caller = Caller(demo)
    (event,) = caller.events_of(caller.component("tokens-recipe"), "select")
    answer = caller.call(event, [], event_data={"preset": "geographer-and-poet"})
    assert not answer.refused
    assert [value["recorded"] for value in answer.values if "recorded" in value] == [True]


def test_a_run_of_the_same_recipe_is_not_stale_and_one_of_another_is(demo: str) -> None:
    caller = Caller(demo)
    (query,) = {
        value["query"] for value in caller.run("answers", PASTED).values if "query" in value
    }
    assert "metric" not in query  # which is as usual
    _, event = caller.events_of(caller.component("answers-recipe"), "input")  # after other ways
    same = caller.call(event, [None], event_data={"recipe": PASTED})
    other = caller.call(event, [None], event_data={"recipe": PASTED | {"prompt": "Why?"}})
    assert not any(value.get("status") == "stale" for value in same.values)
    assert any(value.get("status") == "stale" for value in other.values)


def test_a_link_to_an_unknown_tab_says_so_and_one_to_a_tab_opens_it(demo: str) -> None:
    notice = Caller(demo).call_with_query("?tab=tokns").notice
    assert notice["what"] == "link"
    assert notice["message"]["en"] == "unknown tab 'tokns'"
    assert "tokens" in notice["hint"]["en"]
    for tab in ("build", "compare", "measure", *families()):
        answer = Caller(demo).call_with_query(f"?tab={tab}")
        assert answer.values[1]["selected"] == tab


def test_a_recipe_in_the_link_of_another_tab_opens_its_own(demo: str) -> None:
    member = "&member=smollm2-135m,name=a"
    for asked, method, opens in (
        ("answers", "ensemble", "tokens"),
        ("measure", "debate", "conversation"),
        ("start", "vote", "answers"),
        ("nowhere", "moe", "inside"),
    ):
        answer = Caller(demo).call_with_query(f"?tab={asked}&method={method}&prompt=x{member}")
        assert answer.values[1]["selected"] == opens
        assert not answer.notice
        (form,) = [value for value in answer.values if "recipe" in value]
        assert form["recipe"]["method"] == method
    compared = Caller(demo).call_with_query(f"?tab=compare&method=ensemble&prompt=x{member}")
    assert compared.values[1]["selected"] == "compare"


def test_a_link_to_a_model_that_has_vanished_shows_its_set_up_and_run_says_so(demo: str) -> None:
    query = "method=solo&prompt=add 1%2B2=&member=zoo/adderr"
    answer = Caller(demo).call_with_query(f"?{query}")
    (form,) = [value for value in answer.values if "recipe" in value]
    assert form["recipe"]["members"][0]["ref"] == "zoo/adderr"
    ran = Caller(demo).run("tokens", form["recipe"])
    (said,) = [value["error"] for value in ran.values if value.get("error")]
    assert said["message"]["en"] == "unknown zoo model 'adderr'"
    assert said["message"]["zh"] == "未知的小模型库中的模型“adderr”"
    assert said["hint"]["en"] == "did you mean 'adder'?"
    compared = Caller(demo).call_with_query(f"?tab=compare&{query}")
    (said,) = [value["suits"] for value in compared.values if "suits" in value]
    assert said == {}


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
    ],
)
def test_a_model_that_is_not_offered_is_refused_alike_whether_it_is_there_or_not(
    demo: str, ref: str
) -> None:
    said = begun(Caller(demo), "tokens", {"members": [{"ref": ref}]}).text
    assert "this demo offers smollm2-135m" in said
    assert "there is no" not in said
    measured = benched(Caller(demo), {"members": [ref]}).text
    assert "this demo offers smollm2-135m" in measured
    assert "there is no" not in measured


@pytest.mark.parametrize("data", ["/etc", "/etc/nope", "/proc/self/environ", "a/b", "", None])
@pytest.mark.parametrize("suite", ["gsm8k", "bbh"])
def test_the_benchmark_reads_no_data_of_the_server(demo: str, suite: str, data: str | None) -> None:
    said = benched(Caller(demo), {"suite": suite, "data": data}).text
    assert "this demo reads no data" in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"items": 200}, "up to 60 items, not 200"),
        ({"more": "\n".join(f"vote,samples={n}" for n in range(1, 40))}, "methods and members"),
        ({"more": "vote,samples=64"}, "up to 5 for “Answers of each member”, not 64"),
        ({"members": ["zoo/adder"] * 1000}, "methods and members"),
        ({"members": [["zoo/adder"]]}, "members.0"),
        ({"members": []}, "no members"),
        ({"more": "vote,candidates=" + "[" * 2000}, "Answers from elsewhere"),
        ({"more": MARKUP}, "unknown method"),
    ],
)
def test_a_benchmark_beyond_the_limits_is_refused_with_a_sentence(
    demo: str, changes: dict[str, Any], says: str
) -> None:
    answer = benched(Caller(demo), changes)
    assert answer.status == 200
    assert says in answer.refused["message"]["en"]


@pytest.mark.parametrize("told", [None, 5, [], {}, {"suite": MARKUP}, {"suite": nested(900)}])
def test_whatever_the_form_that_measures_sends_is_refused_with_a_sentence(
    demo: str, capfd: pytest.CaptureFixture[str], told: object
) -> None:
    caller = Caller(demo)
    (event,) = caller.events_of(caller.component("bench-form"), "submit")
    assert caller.call(event, [], event_data=told).succeeded
    (stream,) = [then for then in caller.then(event) if then["backend_fn"]]
    assert caller.call(stream, [None, None]).refused["message"]["zh"]
    assert "Traceback" not in "".join(capfd.readouterr())


def test_only_the_last_benchmarks_of_a_demo_are_kept(
    demo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setattr("fusionlab.ui.bench_page.KEPT_ON_A_SPACE", 2)
    for name in "abcd":
        asked = {"members": [f"zoo/adder,name={name}"], "methods": ["vote"], "items": 10}
        answer = benched(Caller(demo), asked)
        assert "finished" in answer.text, answer.error
    assert len(list((tmp_path / "bench").iterdir())) == 3  # the one that is made, and two


def test_no_file_of_the_server_can_be_opened_or_fetched(demo: str) -> None:
    caller = Caller(demo)
    (upload,) = caller.events_of(caller.component("open-run"))
    for path in ("/etc/passwd", str(Path(__file__).resolve())):
        assert not opened(caller, path).succeeded
        assert caller.fetch(f"/gradio_api/file={path}").status_code in (403, 404)
    assert "no file was opened" in caller.call(upload, [None]).notice["message"]["en"]
    sent = Path(caller.upload(asset("runs/six-answers.jsonl")))
    for folder in (sent.parent, sent.parent.parent):
        answer = opened(caller, str(folder))
        assert answer.notice or not answer.succeeded
    assert sent.exists()


def test_a_recorded_run_with_settings_that_cannot_be_is_refused_in_words(
    demo: str, tmp_path: Path
) -> None:
    caller = Caller(demo)
    recorded = asset("runs/six-answers.jsonl").read_text(encoding="utf-8")
    header, *records = recorded.splitlines()
    told = json.loads(header)
    file = tmp_path / "run.jsonl"
    for wrong, says in (
        ({"settings": {"samples": 10**6}}, "“Vote”, “Answers of each member”: it should be"),
        ({"settings": {MARKUP: 1}}, "unknown setting of vote"),
        ({"method": MARKUP}, "unknown method"),
    ):
        header = json.dumps(told | {"recipe": told["recipe"] | wrong})
        file.write_text("\n".join([header, *records]), encoding="utf-8")
        notice = opened(caller, caller.upload(file)).notice
        assert notice["what"] == "file"
        assert says in notice["message"]["en"]


def test_markup_in_a_link_reaches_the_page_as_data_of_the_frame_only(demo: str) -> None:
    """The frame makes text of it, which is shown letter by letter; no template has it."""
    answer = Caller(demo).call_with_query(f"?method={quote(MARKUP)}&prompt=x")
    frame, *others = answer.data
    assert MARKUP in frame["notice"]["message"]["en"]
    assert "<img" not in json.dumps(others)
    assert "html_template" not in answer.text


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


def test_a_visitor_without_a_recorded_run_still_gets_its_set_up(
    demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(demo)
    monkeypatch.setattr("fusionlab.ui.page.recording", lambda preset: None)
    (event,) = caller.events_of(caller.component("tokens-recipe"), "select")
    answer = caller.call(event, [], event_data={"preset": "geographer-and-poet"})
    assert answer.succeeded
    assert "geographer" in answer.text


def test_a_recorded_run_that_cannot_be_read_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    monkeypatch.setattr("fusionlab.ui.gallery.asset", lambda name: broken)
    assert recording(presets()[0]) is None


def test_one_visitor_sees_neither_anothers_file_nor_anothers_run(demo: str) -> None:
    ann, ben = Caller(demo), Caller(demo)
    said = ann.run("answers", PASTED).text
    (path,) = set(re.findall(r'"path": "([^"]+\.jsonl)"', said))
    assert ann.visitor not in path
    assert ann.fetch(f"/gradio_api/file={path}").status_code == 200
    assert path not in ben.run("answers", PASTED).text
    guess = str(Path(path).parent)
    assert ben.fetch(f"/gradio_api/file={guess}").status_code in (403, 404)
    (upload,) = ben.events_of(ben.component("open-run"))
    assert ben.call(upload, [None]).notice


def test_no_event_tells_gradio_elements_how_it_stands(demo: str) -> None:
    told = [event["show_progress_on"] for event in Caller(demo).config["dependencies"]]
    assert [elements for elements in told if elements] == []
    assert told.count(None) == 1, "only a visitor who leaves is told nothing"


def test_no_event_says_again_what_an_earlier_one_said(demo: str) -> None:
    """Of gradio's `always_last` the data are the first event's; a change has none."""
    late = [
        name
        for event in Caller(demo).config["dependencies"]
        if event["trigger_mode"] == "always_last"
        for _, name in event["targets"]
        if name != "change"
    ]
    assert late == []
