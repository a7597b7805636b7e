"""What the command line lists: methods, models, the zoo, help, and what a Space needs."""

import json
import shutil
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from fusionlab.cli import main
from fusionlab.models.catalog import CATALOG
from fusionlab.registry import all_methods
from tests.cli.saying import Capture, printed


def test_methods_lists_them_all(capsys: Capture) -> None:
    assert main(["methods"]) == 0
    out = capsys.readouterr().out
    for method in all_methods():
        assert f"{method.name}" in out
        assert method.summary in out
        assert all(f"--set {name}=" in out for name in method.settings.model_fields)


def test_methods_as_json(capsys: Capture) -> None:
    assert main(["methods", "--json"]) == 0
    data = printed(capsys)
    assert list(data) == ["methods"]
    assert [row["name"] for row in data["methods"]] == [m.name for m in all_methods()]
    for row in data["methods"]:
        assert list(row) == ["name", "needs", "summary", "paper", "settings"]
        assert row["needs"] in ("text", "logprobs", "logits", "internals")
        assert row["settings"]["type"] == "object"
    (ensemble,) = (row for row in data["methods"] if row["name"] == "ensemble")
    assert ensemble["needs"] == "logits"
    assert ensemble["settings"]["properties"]["pooling"]["enum"][:2] == ["arithmetic", "geometric"]


def test_models_lists_them_all(capsys: Capture) -> None:
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in CATALOG)
    assert "hub:org/name@revision" in out


def test_models_as_json(capsys: Capture) -> None:
    assert main(["models", "--json"]) == 0
    data = printed(capsys)
    assert list(data) == ["models"]
    assert set(CATALOG) <= {row["id"] for row in data["models"]}
    for row in data["models"]:
        assert list(row) == ["id", "level", "engine", "source", "bytes", "licence", "cached"]
        assert isinstance(row["cached"], bool)
        assert row["bytes"] > 10**6


def test_space_makes_a_checkout_ready(tmp_path: Path, capsys: Capture) -> None:
    assert main(["space", str(tmp_path)]) == 2
    assert "has no spaces.yaml" in capsys.readouterr().err
    checkout = Path(__file__).parents[2]
    for name in ("spaces.yaml", "README.md", "pyproject.toml"):
        shutil.copy(checkout / name, tmp_path)
    assert main(["space", str(tmp_path)]) == 0
    assert (
        (tmp_path / "README.md").read_text(encoding="utf-8").startswith("---\ntitle: FusionLab\n")
    )
    requirements = (tmp_path / "requirements.txt").read_text(encoding="utf-8").splitlines()
    declared = filter(needed, requires("fusionlab") or [])
    assert set(map(Requirement, requirements)) == set(map(Requirement, declared))


def needed(requirement: str) -> bool:
    """Not of an extra."""
    return "extra ==" not in requirement


def test_every_command_has_help(capsys: Capture) -> None:
    for command in ("run", "replay", "methods", "models", "fetch", "speed", "space"):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        assert f"usage: fusionlab {command}" in capsys.readouterr().out


def test_the_zoo_is_listed_and_measured(capsys: Capture) -> None:
    assert main(["zoo", "list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["zoo"]}
    assert rows["adder"]["trained"]
    assert main(["zoo", "list"]) == 0
    assert "adder" in capsys.readouterr().out
    assert main(["zoo", "eval", "adder", "--json"]) == 0
    scores = {row["task"]: row for row in json.loads(capsys.readouterr().out)["scores"]}
    low, high = scores["add"]["interval"]
    assert 0.8 < low < rows["adder"]["scores"]["add"] < high <= 1
