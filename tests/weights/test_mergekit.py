"""The rules give what mergekit 0.1.5 gave, to rounding; freeze_mergekit.py wrote it down."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing import assert_close

from fusionlab.weights.rule import seeded
from fusionlab.weights.rules import get_rule

FROZEN = json.loads(Path(__file__).with_name("mergekit.json").read_text(encoding="utf-8"))


def named(case: dict[str, Any]) -> str:
    return f"{case['rule']}-{case['tensors']}"


@pytest.mark.parametrize("case", FROZEN["cases"], ids=named)
def test_a_rule_merges_as_mergekit_does(case: dict[str, Any]) -> None:
    given = FROZEN["tensors"][case["tensors"]]
    rule = get_rule(case["rule"])
    merged = rule.merged(
        [torch.tensor(model) for model in given["models"][: len(case["each"])]],
        torch.tensor(given["base"]) if case["base"] else None,
        rule.checked(case["each"], case["merge"]),
        generator=seeded(0, "none is drawn at density 1") if rule.random else None,
    )
    assert_close(merged, torch.tensor(case["expected"]), rtol=1e-5, atol=1e-6)
