"""Names and numbers that no file and no vote can have are refused with what is wrong."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from fusionlab.cli import main
from fusionlab.errors import RecipeError
from fusionlab.text.consensus import HEAVIEST, consensus

ODD = {"a NUL": "a\0b", "5,000 letters": "x" * 5000}
REFERENCES = (
    *("path:{}", "path:~{}", "gguf:{}", "replay:{}", "hub:a/{}", "hub:a/b@{}", "zoo/{}", "{}"),
    *("smollm2-135m+{}", "smollm2-135m+./{}", "zoo/adder+./{}", "path:.+{}"),
)
COMMANDS = (
    *(f"run solo --prompt x --member {reference}" for reference in REFERENCES),
    "run vote --set candidates=@{}",
    "run {} --prompt x",
    "run {}.toml",
    "run solo --prompt x --member zoo/adder --max-tokens 2 --out {}",
    "replay {}",
    "vote {}.csv",
    "vote table.csv --out {}.csv",
    "vote table.csv --out {}/a.csv",
    "bench {}",
    "bench {}.toml",
    "bench zoo-strings --member zoo/adder --items 1 --out {}",
    "bench gsm8k --member zoo/adder --data {}",
    "zoo train {}",
    "zoo train adder --shelf {}",
    "zoo eval {}",
    "fetch {}",
    "space {}",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("odd", ODD)
def test_a_name_that_no_file_can_have_is_refused(
    odd: str,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    Path("table.csv").write_text("question,a,b\nwhich?,one two,one three\n")
    assert main([part.replace("{}", ODD[odd]) for part in command.split()]) in (1, 2)
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith(("fusionlab: ", "  → "))
    assert "internal error" not in "".join(said)
    assert "\0" not in "".join(said)


def voted(rows: Sequence[Mapping[str, object]], tmp_path: Path, *options: str) -> int:
    table = tmp_path / "table.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)))
    return main(["vote", str(table), *options])


RULES = ("mbr", "majority", "borda", "condorcet", "ranked_pairs", "clusters")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("weight", [10**400, 1e308, -1])
def test_a_weight_that_cannot_be_summed_is_refused(
    weight: float, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"question": "q", "answer": f"a {i}", "member": f"m{i}"} for i in range(3)]
    weighed = [{**row, "weight": weight} for row in rows]
    assert voted(weighed, tmp_path, "--rule", rule) == 2
    said = capsys.readouterr().err
    assert any(
        words in said for words in ("is not a weight", "cannot weigh", "more than 308 digits")
    )
    assert len(said) < 600


@pytest.mark.parametrize("rule", RULES)
def test_the_heaviest_weights_elect_as_light_ones_do(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"question": "q", "answer": text, "member": name}
        for name, text in (("a", "one two"), ("b", "one three"), ("c", "four"))
    ]
    said = []
    for weight in ("1", "1e200", "1e-300"):
        names = f"a={weight},b={weight},c={weight}"
        assert voted(rows, tmp_path, "--rule", rule, "--weights", names, "--json") == 0
        said.append(json.loads(capsys.readouterr().out)["elections"][0]["member"])
    assert len(set(said)) == 1


def test_products_of_weights_are_bounded_too(tmp_path: Path) -> None:
    rows = [{"question": "q", "answer": "a", "member": "m", "weight": 1e150}] * 2
    assert voted(rows, tmp_path, "--weights", "m=1e150") == 2
    import torch

    with pytest.raises(RecipeError, match="cannot weigh"):
        consensus(torch.eye(2), [1.0, 2 * HEAVIEST])


@pytest.mark.parametrize("out", ["out.csv", "out.jsonl"])
def test_half_a_character_is_written_as_its_number(out: str, tmp_path: Path) -> None:
    rows = [{"question": "q\ud800", "a": "x\ud800", "b": "y"}]
    assert voted(rows, tmp_path, "--out", str(tmp_path / out)) == 0
    assert r"\ud800" in (tmp_path / out).read_text(encoding="utf-8")
