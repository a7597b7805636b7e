"""docs/evidence-ensembles.md: its figures are those that were recorded, and equal means equal."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.bench.statistics import holm

DOCS = Path(__file__).parents[2] / "docs"
MODULES = ("asking", "equal", "recorded", "rows")


@pytest.fixture(scope="module")
def evidence() -> Iterator[dict[str, Any]]:
    """The modules beside the recipe, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS / "evidence-ensembles"))
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        yield {name: importlib.import_module(name) for name in MODULES}
        for name in MODULES:
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def found(evidence: dict[str, Any]) -> Any:
    """What was recorded, by benchmark and split."""
    return evidence["recorded"].read()


def test_every_table_of_the_page_is_what_was_recorded(evidence: dict[str, Any], found: Any) -> None:
    page = (DOCS / "evidence-ensembles.md").read_text(encoding="utf-8")
    for name, split in found:
        if split == evidence["recorded"].TEST:
            assert "\n".join(evidence["rows"].table(name, found[name, split])) in page, name


def test_what_bytes_are_ahead_by_is_what_was_recorded(evidence: dict[str, Any], found: Any) -> None:
    page = (DOCS / "evidence-ensembles.md").read_text(encoding="utf-8").replace(" points", "")
    fusions = {line.who: line.right for line in found["cross", "test"].of("fusion")}
    ps = []
    for alignment in ("exact", "mined", "union", "gac"):
        gap = evidence["rows"].against(
            fusions["ensemble alignment=bytes"], fusions[f"ensemble alignment={alignment}"]
        )
        told = f"of {alignment} by {gap.points:.1f} [{gap.low:+.0f}, {gap.high:+.0f}]"
        assert told in page.replace("\n ", "")
        ps.append(gap.p)
    assert max(holm(ps)) < 0.001


def test_what_was_chosen_was_best_on_the_questions_to_choose_by(
    evidence: dict[str, Any], found: Any
) -> None:
    recipe = evidence["asking"].RECIPE
    for name in {name for name, split in found if split == evidence["asking"].DEV}:
        best, temperature, *choices = evidence["rows"].chosen(name, found)
        told = [
            f"ensemble {each.partition(',')[2]}".replace(",", " ")
            for each in recipe[name]["chosen"]
        ]
        assert (best, float(temperature)) == (recipe[name]["best"], recipe[name]["temperature"])
        assert told == choices


def test_no_question_is_in_two_parts(evidence: dict[str, Any]) -> None:
    asking = evidence["asking"]
    recipe = asking.RECIPE["cross"]
    parts = [asking.DEV, *map(str, range(recipe["parts"]))]
    asked = [item.prompt for part in parts for item in asking.planned("cross", part).items]
    assert len(set(asked)) == len(asked) > recipe["dev"] + recipe["part"] * (recipe["parts"] - 1)


@given(
    questions=st.lists(
        st.tuples(st.integers(20, 60), st.lists(st.integers(5, 20), min_size=20, max_size=20)),
        min_size=1,
        max_size=30,
    )
)
def test_samples_cost_what_they_are_held_against(
    evidence: dict[str, Any], questions: list[tuple[int, list[int]]]
) -> None:
    budgets, costs = map(list, zip(*questions, strict=True))
    counts = evidence["equal"].afforded(budgets, costs)
    spent = sum(sum(each[:count]) for each, count in zip(costs, counts, strict=True))
    assert min(counts) >= 1
    assert abs(sum(budgets) - spent) <= max(map(max, costs))


@pytest.mark.parametrize("budget", [100, 3])
def test_what_cannot_be_made_equal_is_refused(evidence: dict[str, Any], budget: int) -> None:
    with pytest.raises(LookupError):
        evidence["equal"].afforded([budget] * 9, [[10, 10, 10]] * 9)
