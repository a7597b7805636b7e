"""The builder that melts many models into one: what it refuses, what it leaves, what it resumes."""

import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builders.fusing import lessons
from fusionlab.builds import builds_from_toml
from fusionlab.cli import main
from fusionlab.distil.observed import Observed, observed_blocks
from fusionlab.errors import FusionError, MemberError, RecipeError, SettingError
from fusionlab.events import Event, ModelBuilt, StepTrained
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources import store
from fusionlab.sources.references import spec_of
from fusionlab.training.encoding import Writer
from tests.drained import drained
from tests.tiny import CORPUS, tiny_llama
from tests.two_processes import built_by_two

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
TALKS = [{"prompt": f"after {a} comes", "completion": b} for a, b in pairwise(WORDS)]
QUICK = {"target": "zoo/tiny", "batch": 2, "steps": 6, "length": 64, "precision": "float32"}
OTHERS = ("zoo/other", "zoo/tiny")


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with two tiny models of different vocabularies, which all tests share."""
    place = tmp_path_factory.mktemp("home")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(place))
        for name, size in (("tiny", 320), ("other", 300)):
            folder = tiny_llama(place / "zoo" / name, vocab_size=size, sharp=1.0)
            _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
            store.write_origin(folder, "a test", "", {"model.safetensors": sha256}, licence="MIT")
        yield place
    torch.set_num_threads(before)


@pytest.fixture
def data(tmp_path: Path) -> str:
    file = tmp_path / "talks.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in TALKS), encoding="utf-8")
    return str(file)


def planned(name: str = "new", sources: Sequence[str] = OTHERS, **settings: Any) -> Plan[Any]:
    told = {**QUICK, **settings}
    return get_builder("distil").plan([Source(each) for each in sources], told, name)


def built(plan: Plan[Any]) -> tuple[list[Event], Path]:
    return drained(get_builder("distil").execute(plan, None))


def test_what_cannot_be_fused_is_said_before(tmp_path: Path, data: str) -> None:
    short = tmp_path / "short.txt"
    short.write_text("one two three")
    broken = tmp_path / "broken.jsonl"
    broken.write_text(json.dumps(TALKS[0]) + "\n\n")
    wide = {**QUICK, "target": "zoo/other", "data": data, "objective": "plain"}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"target": "", "data": data}, "there is no target"),
        ({}, "no data to train on"),
        ({"data": str(short)}, "fewer than one row of 64"),
        ({"data": str(broken)}, "line 2: it is empty"),
        ({"data": data, "tokens": 5}, "both are given"),
        ({"data": data, "length": 9_999}, "longer than the model reads: 512"),
        ({"data": data, "objective": "uld"}, "learns from one teacher, not 2"),
        ({**wide, "sources": ["zoo/tiny"]}, "different vocabularies"),
        ({"data": data, "target": "zoo/tiny+no"}, "no"),
    ]
    for settings, said in cases:
        with pytest.raises(FusionError, match=said) as caught:
            built(planned(**settings))
        assert caught.value.hint, settings
        assert caught.value.sentence.said("zh") != caught.value.sentence.said()
    for share in (-0.1, 1.5, float("nan")):
        with pytest.raises(SettingError, match="clm_share"):
            planned(data=data, clm_share=share)


def test_a_tokenizer_that_is_not_the_text_is_refused_by_name(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = Writer.encode

    def lowered(writer: Any, text: str, **options: bool) -> Any:
        return encode(writer, text.swapcase() if "other" in writer.name else text, **options)

    monkeypatch.setattr(Writer, "encode", lowered)
    with pytest.raises(RecipeError, match="zoo/other: its tokens are not the bytes"):
        planned(data=data).check()
    planned(data=data, align="warped").check()


def test_no_room_for_the_caches_says_needed_and_free(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(data=data)
    said = [each.sentence.said() for each in plan.findings]
    assert any("8 examples to learn from" in each for each in said)
    assert any("of the tokens of zoo/other are in the target's vocabulary" in each for each in said)
    assert plan.details.cached > 0
    free = shutil.disk_usage("/")._replace(free=1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    with pytest.raises(RecipeError, match=r"MB are needed at .*, where 1 MB are free"):
        planned(data=data).check()


def test_a_source_that_dies_goes_on_and_the_model_tells_what_came_of_each(
    data: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned("melted", data=data, learning_rate=0.01, steps=30, rule="avgce")
    read: list[int] = []

    def dying(model: Any, blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        for seen in observed_blocks(model, blocks, n_top):
            read.append(len(seen.tokens))
            if len(read) == 4:
                raise MemberError("logits-no-number", name="zoo/other")
            yield seen

    monkeypatch.setattr(lessons, "observed_blocks", dying)
    with pytest.raises(MemberError, match="zoo/other"):
        built(plan)
    assert not (home / "models" / "melted").exists()
    events, folder = built(plan)
    assert len(read) == 4 + (8 - 3) + 8  # the target is its own second source: stored once
    last = events[-1]
    assert isinstance(last, ModelBuilt)
    curve = [event.loss for event in events if isinstance(event, StepTrained)]
    assert curve[-1] < curve[0] - 0.5
    report: Any = last.report
    other, own = report["sources"]
    assert (other["ref"], own["ref"]) == OTHERS
    assert other["exact"] == own["exact"] == own["copied"] == 1
    assert 0 < other["copied"] <= other["aligned"] <= 1
    assert other["share"] + own["share"] == pytest.approx(1)
    assert [step for step, _ in report["held_out"]][-1] == 30
    assert spec_of(last.reference).lineage == ("zoo/tiny", "zoo/other")
    (again,) = builds_from_toml((folder / "recipe.toml").read_text())
    settings = {**again.settings, "data": data}
    assert get_builder("distil").plan(again.sources, settings, "melted").details == plan.details
    assert str(home) not in (folder / "README.md").read_text()


def test_a_bad_rate_says_where(data: str) -> None:
    with pytest.raises(RecipeError, match=r"at step \d+, at a learning rate of"):
        built(planned("bad", learning_rate=1e30, warmup=0, data=data))


@pytest.mark.parametrize("objective", ["plain", "uld"])
def test_its_relatives_learn_too(objective: str, data: str) -> None:
    settings: dict[str, Any] = {"objective": objective, "clm_share": 0.5, "data": data}
    plan = planned(objective, ["zoo/tiny"], learning_rate=0.01, steps=20, **settings)
    events, _ = built(plan)
    curve = [event.loss for event in events if isinstance(event, StepTrained)]
    assert curve[-1] < curve[0]
    assert isinstance(events[-1], ModelBuilt)


def test_the_command_line_names_the_target(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    text = home / "text.txt"
    text.write_text("\n".join([CORPUS[0]] * 9))
    command = ["build", "distil", "--source", "zoo/other", "--target", "zoo/tiny", "--plan"]
    told = [f"data={text}", "length=32", "steps=3", "lora=2"]
    assert main([*command, *(part for each in told for part in ("--set", each))]) == 0
    said = capsys.readouterr().out
    assert "built:tiny-fused would be made of zoo/tiny, zoo/other" in said
    assert "what the models expect takes" in said


def test_two_processes_melt_what_one_does(data: str, home: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {**QUICK, "data": data, "batch": 4, "learning_rate": 0.01}
    told = {"builder": "distil", "sources": list(OTHERS), "settings": settings, "id": "two"}
    built_by_two([told], tmp_path / "two.toml")
    _, alone = built(planned("alone", **settings))
    melted = home / "models" / "two"
    one, two = (json.loads((each / "report.json").read_text()) for each in (alone, melted))
    for curve in ("losses", "held_out"):
        for (step, value), (at, expected) in zip(two[curve], one[curve], strict=True):
            assert (step, value) == (at, pytest.approx(expected, abs=1e-4))
    assert two["sources"] == one["sources"]
    assert one["losses"][-1][1] < one["losses"][0][1]
    weights = load_file(alone / "model.safetensors")
    found = load_file(melted / "model.safetensors")
    for name, tensor in weights.items():
        torch.testing.assert_close(found[name], tensor, rtol=0, atol=1e-4)
