"""mergekit's files give the models that mergekit 0.1.5 gave; whole_merges.py wrote them down."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from transformers import AutoTokenizer

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.registry import get_builder
from fusionlab.weights.checkpoint import config_in
from tests.drained import drained
from tests.weights.families import opened
from tests.weights.whole_merges import FILES, NEW_TOKEN, told, write_models

FROZEN = json.loads(Path(__file__).with_name("whole_merges.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder)
    return folder


def merged(file: dict[str, Any], models: Path) -> Path:
    place = models / "merge.yml"
    place.write_text(yaml.safe_dump(file), encoding="utf-8")
    plan = get_builder("merge").plan([], {"mergekit": str(place)}, "new")
    assert plan.refused is None, plan.refused
    _, folder = drained(get_builder("merge").execute(plan, None))
    return folder


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_mergekits_gives_its_model(
    name: str, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    folder = merged(FILES[name], models)
    expected, found = FROZEN[name]["tensors"], told(folder)
    assert set(found) == set(expected)
    for tensor, (dtype, shape, numbers) in expected.items():
        assert found[tensor][:2] == [dtype, shape], tensor
        bound = 5e-3 if "bfloat16" in dtype else 2e-5
        assert found[tensor][2] == pytest.approx(numbers, rel=bound, abs=bound), tensor
    config = config_in(folder)
    assert {key: config[key] for key in FROZEN[name]["config"]} == FROZEN[name]["config"]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert (NEW_TOKEN in tokenizer.get_vocab()) is (name in ("union of tokens", "padded"))
    model = opened(folder)
    assert torch.isfinite(model(torch.tensor([[5, 80, 200]])).logits).all()
    assert (folder / "mergekit_config.yml").read_text() == yaml.safe_dump(FILES[name])
