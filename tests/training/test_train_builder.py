"""The builder that trains further: bad data, kills, stops, and what it leaves on the shelf."""

import json
import math
import shutil
import signal
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.cli import main
from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.events import Event, ModelBuilt, Progress, Sample, StepTrained, Warned
from fusionlab.making import RECIPE, UNFINISHED
from fusionlab.reading import read_toml
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources import store
from fusionlab.sources.known import adapted_refs, known_models
from fusionlab.sources.references import adapter_of, spec_of
from fusionlab.training import packing
from fusionlab.training.loop import Stop
from fusionlab.ui.building import Asked, drawn_plan
from fusionlab.weights.shelf import exported, known_built, made_of, removed
from tests.drained import drained
from tests.faults.damage import contents
from tests.tiny import tiny_llama
from tests.tiny_lora import tiny_lora
from tests.two_processes import built_by_two

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
TALKS = [{"prompt": f"after {a} comes", "completion": b} for a, b in pairwise(WORDS)]
PAIRS = [
    {"prompt": row["prompt"], "chosen": row["completion"], "rejected": "Paris"} for row in TALKS
]
QUICK = {"batch": 2, "steps": 6, "length": 64, "precision": "float32"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield moved(tmp_path / "home", monkeypatch)
    torch.set_num_threads(before)


def moved(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with a tiny model in its zoo."""
    monkeypatch.setenv("FUSIONLAB_HOME", str(home))
    folder = tiny_llama(home / "zoo" / "tiny", sharp=1.0)
    _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
    store.write_origin(folder, "a test", "", {"model.safetensors": sha256}, licence="MIT")
    return home


@pytest.fixture
def data(tmp_path: Path) -> str:
    return file_of(tmp_path / "talks.jsonl", TALKS)


@pytest.fixture
def pairs(tmp_path: Path) -> str:
    return file_of(tmp_path / "pairs.jsonl", PAIRS)


def file_of(file: Path, rows: list[Any]) -> str:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def planned(name: str = "new", source: str = "zoo/tiny", **settings: Any) -> Plan[Any]:
    return get_builder("train").plan([Source(source)], {**QUICK, **settings}, name)


def built(plan: Plan[Any]) -> tuple[list[Event], Path]:
    return drained(get_builder("train").execute(plan, None))


def steps_of(events: list[Event]) -> list[StepTrained]:
    return [event for event in events if isinstance(event, StepTrained)]


BAD = [
    ("instruct", [TALKS[0], "", TALKS[1]], "line 2: it is empty"),
    ("instruct", [TALKS[0], "{"], "line 2: .*column"),
    ("instruct", [[1]], "line 1: it is not an object"),
    ("instruct", [{"prompt": "one"}], "line 1: it has no field 'completion'"),
    ("instruct", [{"prompt": "one", "completion": " "}], "line 1: an answer is empty"),
    ("instruct", [{"prompt": 1, "completion": "x"}], "line 1: prompt is '1'"),
    ("instruct", [{"messages": [{"role": "user", "content": "x"}]}], "line 1: no turn of an"),
    ("instruct", [{"messages": [{"role": "wizard", "content": "x"}]}], "line 1: messages is"),
    ("instruct", [TALKS[0] | {"completion": "ten " * 99}], "longer than 64 tokens"),
    ("prefer", [PAIRS[0], PAIRS[0] | {"rejected": "two "}], "line 2: both answers are the same"),
    ("prefer", [TALKS[0]], "line 1: it has no field 'chosen'"),
    ("continue", [{"text": " "}], "line 1: a field is empty"),
    ("continue", [{"text": "one two"}], "fewer than one row of 64"),
]


@pytest.mark.parametrize(("objective", "rows", "said"), BAD)
def test_a_line_that_cannot_be_used_is_named(
    objective: str, rows: list[Any], said: str, tmp_path: Path
) -> None:
    file = file_of(tmp_path / "bad.jsonl", rows)
    with pytest.raises(RecipeError, match=said) as caught:
        planned(objective=objective, data=file).check()
    assert caught.value.hint
    assert caught.value.sentence.said("zh") != caught.value.sentence.said()


def test_what_cannot_be_trained_is_said_before(tmp_path: Path, data: str) -> None:
    text = tmp_path / "text.txt"
    text.write_text("one two three " * 40)
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n")
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "no data to train on"),
        ({"data": str(tmp_path / "none.txt")}, "cannot be read"),
        ({"data": str(empty)}, "is empty"),
        ({"data": str(text), "objective": "instruct"}, "is plain text"),
        ({"data": "corpus:dates", "objective": "prefer"}, "has no pairs"),
        ({"data": str(text), "tokens": 5}, "both are given"),
        ({"data": str(text), "length": 9_999}, "longer than the model reads: 512"),
        ({"data": str(text), "lora": 4, "name": "maths"}, "came with FusionLab"),
        ({"data": str(text), "lora": 4, "shard": True}, "not beside an adapter"),
    ]
    for settings, said in cases:
        with pytest.raises(FusionError, match=said) as caught:
            built(planned(**settings))
        assert caught.value.hint, settings
    with pytest.raises(UnknownName, match="did you mean 'dates'"):
        planned(data="corpus:date")
    plan = planned(data=data, objective="instruct")
    assert "8 examples to learn from" in plan.findings[-1].sentence.said()
    assert plan.details.held_out == 1


def test_data_that_change_between_plan_and_training_are_refused(data: str) -> None:
    plan = planned(data=data, objective="instruct")
    Path(data).write_text(Path(data).read_text() + json.dumps(TALKS[0]) + "\n")
    with pytest.raises(RecipeError, match="has changed"):
        built(plan)


def test_a_trained_model_tells_what_it_came_to(data: str, home: Path) -> None:
    settings: dict[str, Any] = {"data": data, "objective": "instruct", "learning_rate": 0.01}
    settings |= {"steps": 40, "held_out": 0.2}
    events, folder = built(planned(**settings))
    last = events[-1]
    assert isinstance(last, ModelBuilt)
    curve = [event.loss for event in steps_of(events)]
    assert curve[-1] < curve[0] / 2
    report = last.report
    assert report["losses"] == [[event.step, event.loss] for event in steps_of(events)]
    heard: Any = report["held_out"]
    assert [step for step, _ in heard] == list(range(0, 41, 4))
    samples: Any = report["samples"]
    asked = [(each["step"], each["prompt"]) for each in samples]
    prompts = [prompt for step, prompt in asked if not step]
    assert asked == [(step, prompt) for step, _ in heard for prompt in prompts]
    assert len(prompts) == 2
    assert all(each in {row["prompt"] for row in TALKS} for each in prompts)  # no template around
    assert samples[0]["text"] != samples[-2]["text"]
    told = [step_text(each) for event in steps_of(events) for each in event.samples]
    assert told == [(each["step"], each["text"]) for each in samples]
    _, plain = built(planned("plain", **settings, shown=0))
    weights = [(place / "model.safetensors").read_bytes() for place in (folder, plain)]
    assert weights[0] == weights[1]  # asking changes nothing
    assert report_of(plain)["samples"] == []
    card = (folder / "README.md").read_text()
    assert "8 examples" not in card
    assert "nats per byte before" in card
    assert "stopped" not in card
    recipe = read_toml((folder / RECIPE).read_text())
    assert recipe["settings"]["data"] == "talks.jsonl"
    assert not [file for file in folder.iterdir() if str(home.parent) in file.read_text("latin-1")]
    assert spec_of(last.reference).lineage == ("zoo/tiny",)


def test_an_adapter_of_pairs_is_a_member_and_killed_anywhere_it_ends_the_same(
    pairs: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(objective="prefer", data=pairs, lora=2, learning_rate=0.01)
    seen: list[Event] = []
    left: list[Path] = []  # what a kill leaves
    steps = get_builder("train").execute(plan, None)
    for event in steps:
        seen.append(event)
        if isinstance(event, StepTrained | Progress) and len(steps_of(seen)) in (0, 2, 3):
            left.append(tmp_path / f"killed-{len(left)}")
            shutil.copytree(home, left[-1])
    assert steps_of(seen)[0].loss == pytest.approx(math.log(2))  # as its own reference
    assert steps_of(seen)[-1].loss < math.log(2)
    folder = home / "models" / "new"
    assert not [ref for ref in adapted_refs() if ref.endswith("+new")]  # it is listed once
    for ref in ("built:new", "zoo/tiny+new"):
        assert adapter_of(ref) == ("zoo/tiny", folder)
        assert spec_of(ref).lineage == ("zoo/tiny",)
    assert json.loads((folder / "report.json").read_text())["preferred"] == 1.0
    resumed = []
    for place in left[-3:]:
        monkeypatch.setenv("FUSIONLAB_HOME", str(place))
        events, again = built(plan)
        assert contents(again) == contents(folder)
        resumed.append(len(steps_of(events)))
    assert resumed == [4, 4, 3]  # at most one interval, here a step, is taken again


def test_an_adapter_goes_on_or_is_folded_in(data: str, home: Path) -> None:
    settings: dict[str, Any] = {"objective": "instruct", "data": data, "learning_rate": 0.01}
    built(planned("one", lora=2, **settings))
    plan = planned("two", "built:one", lora=8, **settings)
    assert (plan.findings[0].severity, plan.findings[0].sentence.key) == (
        "warning",
        "train-goes-on",
    )
    _, folder = built(plan)
    ended = report_of(home / "models" / "one")["held_out"][-1][1]
    begun = report_of(folder)["held_out"][0][1]
    assert begun == pytest.approx(ended, rel=0.02)  # weights in between were bfloat16
    assert adapter_of("built:two") == adapter_of("zoo/tiny+two") == ("zoo/tiny", folder)
    assert spec_of("built:two").lineage == ("zoo/tiny", "built:one")
    assert made_of("one") == ["two"]
    assert json.loads((folder / "adapter_config.json").read_text())["r"] == 2
    built(planned("three", "zoo/tiny+two", **settings))
    assert spec_of("built:three").lineage == ("zoo/tiny+two",)
    assert made_of("two") == ["three"]
    (_, begun), *_ = report_of(home / "models" / "three")["held_out"]
    assert begun == pytest.approx(report_of(folder)["held_out"][-1][1], rel=0.02)


def step_text(sample: Sample) -> tuple[int, str]:
    return sample.step, sample.text


def report_of(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text())


def test_an_adapter_that_was_trained_before_stands_among_the_built_ones(
    home: Path, tmp_path: Path
) -> None:
    base = spec_of("zoo/tiny")
    for name, builder in (("old", "train"), ("mine", "adapter")):
        folder = tiny_lora(home / "zoo" / "tiny", home / "adapters" / name, name=base.id)
        (folder / RECIPE).write_text(f'builder = "{builder}"\n')
        _, files = drained(store.hashes_of(folder))
        store.write_origin(folder, "a test", "", {}, files=files, lineage=("zoo/tiny",))
    (row,) = known_built()
    assert (row["id"], row["reference"], row["builder"]) == ("old", "built:old", "train")
    assert row["adapter"]
    assert {row["id"] for row in known_models()} >= {"built:old", "zoo/tiny+mine"}
    assert adapter_of("zoo/tiny+old") == adapter_of("built:old")
    drained(exported("old", tmp_path / "copy"))
    assert contents(tmp_path / "copy") == contents(home / "adapters" / "old")
    drained(removed("old"))
    assert known_built() == []
    assert (home / "adapters" / "mine").exists()


def test_stopped_it_is_a_model_and_the_same_plan_goes_on(
    data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(data=data, objective="instruct")
    steps = get_builder("train").execute(plan, None)
    while not isinstance(event := next(steps), StepTrained) or event.step < 4:
        pass
    kept = [steps.throw(Stop()), *steps]
    last = kept[-1]
    assert isinstance(last, ModelBuilt)
    assert last.report["steps"] == 4
    folder = store.home() / "models" / "new"
    assert "stopped at step 4 of 6" in (folder / "README.md").read_text()
    assert str(store.origin_of(folder)["revision"]).endswith(UNFINISHED)
    assert spec_of("built:new").licence == plan.licence
    events, folder = built(plan)
    assert [event.step for event in steps_of(events)] == [5, 6]
    finished = contents(folder)
    assert not list((store.home() / "models").glob(".new-*"))
    moved(tmp_path / "another", monkeypatch)
    _, whole = built(planned(data=data, objective="instruct"))
    assert contents(whole) == finished


def test_ctrl_c_keeps_what_was_learned(
    data: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = packing.Course.draw

    def interrupting(course: Any, generator: Any, step: int) -> Any:
        if step == 3:
            signal.raise_signal(signal.SIGINT)
        return draw(course, generator, step)

    monkeypatch.setattr(packing.Course, "draw", interrupting)
    handler = signal.getsignal(signal.SIGINT)
    told = [f"{key}={value}" for key, value in {**QUICK, "objective": "instruct"}.items()]
    pairs = [part for text in [*told, f"data={data}"] for part in ("--set", text)]
    command = ["build", "train", "--no-proof", "--source", "zoo/tiny", "--id", "new", *pairs]
    assert main([*command, "--set", "sample=one two"]) == 0
    said = capsys.readouterr()
    assert "Stopped at step 3 of 6" in said.out
    assert said.err.count("  one two → ") == 3  # before the first step, and after each but the last
    assert "Stopping after this step" in said.err
    assert signal.getsignal(signal.SIGINT) is handler
    monkeypatch.undo()


def test_another_training_under_one_id_is_refused_at_once(data: str) -> None:
    first = get_builder("train").execute(planned(data=data, objective="instruct"), None)
    while not isinstance(next(first), StepTrained):
        pass
    with pytest.raises(RecipeError, match="another recipe is being carried out"):
        built(planned(data=data, objective="instruct", seed=1))
    first.close()


def test_two_processes_lose_what_one_does(data: str, home: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {**QUICK, "objective": "instruct", "data": data, "accumulate": 2}
    recipe = {"builder": "train", "sources": ["zoo/tiny"], "settings": settings}
    shards = {**recipe, "id": "shards", "settings": {**settings, "shard": True}}
    built_by_two([{**recipe, "id": "two"}, shards], tmp_path / "both.toml")
    _, one = built(planned("one", **settings))
    alone = report_of(one)
    weights = load_file(one / "model.safetensors")
    for name in ("two", "shards"):
        folder = home / "models" / name
        report = report_of(folder)
        for curve in ("losses", "held_out"):
            for (step, value), (at, expected) in zip(report[curve], alone[curve], strict=True):
                assert (step, value) == (at, pytest.approx(expected, abs=1e-4))
        assert len(report["samples"]) == len(alone["samples"])
        found = load_file(folder / "model.safetensors")
        for each, tensor in weights.items():
            torch.testing.assert_close(found[each], tensor, rtol=0, atol=1e-4)


def test_a_loss_that_is_no_number_says_where(data: str) -> None:
    with pytest.raises(RecipeError, match=r"at step \d+, at a learning rate of") as caught:
        built(planned(data=data, objective="instruct", learning_rate=1e30, warmup=0))
    assert "lower learning rate" in caught.value.hint


def test_pieces_that_leak_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.training.tuning.leaks", lambda *_: True)
    file = file_of(tmp_path / "texts.jsonl", [{"text": f"{word} two three"} for word in WORDS * 3])
    events, _ = built(planned(data=file, steps=1))
    assert [
        event.sentence.key for event in events if isinstance(event, Warned) and event.sentence
    ] == ["train-pieces-leak"]


def test_the_app_offers_no_files_of_its_machine(data: str) -> None:
    view = drawn_plan(Asked("train", [Source("zoo/tiny")], {"data": data}))
    assert "of the machine itself" in str(view["error"])
    assert "talks" not in str(view)
