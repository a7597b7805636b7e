"""What a file of mergekit's says that is not understood is refused by its name."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.errors import FusionError
from fusionlab.registry import Plan, get_builder
from fusionlab.weights.mergekit import read_mergekit, reference_of
from tests.weights.whole_merges import FILES, write_model


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for number, name in enumerate(("base", "one", "two")):
        write_model(tmp_path / name, 1, number)
    return tmp_path


def planned(text: str | dict[str, Any], models: Path) -> Plan[Any]:
    place = models / "merge.yml"
    place.write_text(text if isinstance(text, str) else yaml.safe_dump(text), encoding="utf-8")
    return get_builder("merge").plan([], {"mergekit": str(place)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"merge_method": "tise"}, "unknown rule for merging 'tise'.*did you mean 'ties'"),
        ({"merge_methods": "ties"}, "key of merge.yml: 'merge_methods'.*'merge_method'"),
        ({"models": [{"model": "one", "wieght": 1}]}, "'wieght'"),
        ({"models": [{"model": "one", "parameters": {"densty": 1}}]}, "did you mean 'density'"),
        ({"models": [{"model": "one", "parameters": {"weight": {"a": []}}}]}, "setting weight"),
        ({"models": [{"model": "gone/away"}]}, "hub:gone/away are not on this machine"),
        ({"models": []}, "either models or slices"),
        ({"models": None}, "either models or slices"),
        ({"models": [{}]}, "models.0.model"),
        ({"dtype": "int4"}, "dtype"),
        ({"modules": {}}, "unknown key of merge.yml: 'modules'"),
        ({"chat_template": "chatml"}, "'chatml'"),
        ({"tokenizer_source": "base", "tokenizer": {"source": "union"}}, "both tokenizer and"),
        ({"tokenizer": {"tokens": {}}}, "unknown key of merge.yml: 'tokens'"),
        ({"merge_method": "linear", "base_model": "base"}, "linear takes no base"),
    ],
)
def test_what_is_not_understood_is_refused(change: dict[str, Any], said: str, models: Path) -> None:
    with pytest.raises(FusionError, match=said) as caught:
        planned({**FILES["ties"], "models": [{"model": "one"}, {"model": "two"}], **change}, models)
    assert caught.value.hint


def test_slices_have_layers_that_are_there_and_as_many_each(models: Path) -> None:
    source = {"model": "one", "layer_range": [0, 2]}
    for ranges, said in (([0, 3], "0-2, 0-3"), ([-2, 0], "-2-0"), ([0, 0], "0-0")):
        file = {
            "merge_method": "linear",
            "slices": [{"sources": [source, {**source, "layer_range": ranges}]}],
        }
        with pytest.raises(FusionError, match=said):
            planned(file, models)
    beyond = {
        "merge_method": "passthrough",
        "slices": [{"sources": [{**source, "layer_range": [1, 9]}]}],
    }
    with pytest.raises(FusionError, match="1-9"):
        planned(beyond, models)


def test_text_that_is_no_merge(models: Path) -> None:
    for text, said in (("- 1", "holds no merge"), ("a: [", "cannot be read"), ("", "no merge")):
        with pytest.raises(FusionError, match=said):
            planned(text, models)
    with pytest.raises(FusionError, match="cannot be read"):
        read_mergekit(models / "gone.yml")


def test_settings_of_other_methods_are_named(models: Path) -> None:
    models_of_it = [
        {"model": name, "parameters": {"weight": 1, "density": 0.5}} for name in ("one", "two")
    ]
    file = {"merge_method": "linear", "models": models_of_it, "parameters": {"int8_mask": True}}
    (found,) = (f for f in planned(file, models).findings if f.sentence.key == "mergekit-unused")
    assert found.sentence.values["settings"] == ("density", "int8_mask")


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m"),
        ("smollm2-135m+maths", "smollm2-135m+maths"),
        ("zoo/base", "zoo/base"),
        ("org/name", "hub:org/name"),
        ("org/name@v1+adapters/x", "hub:org/name@v1+adapters/x"),
        ("path:/a/b", "path:/a/b"),
    ],
)
def test_models_are_folders_names_of_ours_or_of_the_hub(
    name: str, ref: str, tmp_path: Path
) -> None:
    assert reference_of(name, tmp_path) == ref
    (tmp_path / "org" / "name").mkdir(parents=True)
    assert reference_of("org/name", tmp_path) == f"path:{tmp_path / 'org/name'}"
