"""Mean and product at the step where they part: what is shown is what the runs recorded."""

import pytest

from fusionlab.spaces import or_and, presets
from fusionlab.trace import Trace
from fusionlab.ui.gallery import recording
from fusionlab.ui.or_and import recorded_prompts
from fusionlab.views.members import members_of
from fusionlab.views.or_and import candidates, or_and_view, parting

BY_ID = {preset.id: preset for preset in presets()}


def recorded(preset: str) -> Trace:
    trace = recording(BY_ID[preset])
    assert trace is not None
    return trace


@pytest.mark.parametrize("pair", or_and(), ids=lambda pair: pair[0])
def test_each_pair_asks_the_same_and_parts(pair: tuple[str, str]) -> None:
    mean, product = (recorded(name) for name in pair)
    assert mean.recipe.request == product.recipe.request
    assert mean.recipe.members == product.recipe.members
    assert [each.recipe.settings["pooling"] for each in (mean, product)] == [
        "arithmetic",
        "geometric",
    ]
    parted = parting(mean, product)
    assert parted is not None
    step = parted[0].step
    assert [t.id for t in mean.tokens[:step]] == [t.id for t in product.tokens[:step]]
    assert mean.answer != product.answer


@pytest.mark.parametrize("pair", or_and(), ids=lambda pair: pair[0])
def test_both_pools_are_as_the_runs_have_them(pair: tuple[str, str]) -> None:
    mean, product = (recorded(name) for name in pair)
    parted = parting(mean, product)
    assert parted is not None
    weights = {each["name"]: each["weight"] for each in members_of(mean)}
    rows = {row["token"]: row for row in candidates(*parted, weights)}
    assert len(rows) >= 3
    known = {each.token: each.p for each in parted[0].fused}
    for token, row in rows.items():
        if token in known:
            assert row["mean"] == pytest.approx(known[token], abs=2e-5)
    known = {each.token: each.p for each in parted[1].fused}
    for token, row in rows.items():
        if token in known:
            assert row["product"] == pytest.approx(known[token], abs=2e-5)
    first, second, *_ = rows.values()
    assert (first["by_mean"], second["by_product"]) == (True, True)
    assert max(rows.values(), key=lambda row: row["mean"]) is first
    assert max(rows.values(), key=lambda row: row["product"]) is second


def test_the_panel_has_all_of_them_and_leaves_out_what_never_parts() -> None:
    assert len(recorded_prompts()["prompts"]) == len(or_and()) == 3
    same = recorded(or_and()[0][0])
    assert or_and_view([("a", same, "b", same)]) == {"prompts": []}
