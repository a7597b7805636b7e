"""What may be asked of the part on experts, and that an ablation with a suite grows and ends."""

from pathlib import Path
from typing import Any

import pytest

from fusionlab.errors import FusionError
from fusionlab.ui.anatomy_page import asked_of, shown
from fusionlab.ui.live import LiveRuns, Visitor
from tests.tiny import tiny_mixture


@pytest.mark.parametrize(
    "wrong",
    [{"suite": "nothing"}, {"suite": "/etc/suite.toml"}, {"items": 0}, {"items": 10**6}, {"x": 1}],
)
def test_what_may_not_be_asked_is_refused(wrong: dict[str, Any]) -> None:
    asked = {"what": "ablate", "ref": "zoo/mixture-top2", "suite": "zoo-strings", "items": 3}
    assert asked_of(asked).items == 3
    with pytest.raises(FusionError):
        asked_of(asked | wrong)


def test_a_suite_is_answered_expert_by_expert(tmp_path: Path) -> None:
    ref = f"path:{tiny_mixture(tmp_path / 'm', 'mixtral')}"
    runs = LiveRuns()
    run = runs.begin(Visitor("a"))
    wanted = asked_of({"what": "ablate", "ref": ref, "suite": "zoo-strings", "items": 2})
    values = [value for value in shown(run, runs, wanted) if isinstance(value, dict)]
    last = values[-1]
    assert (last["running"], last.get("refused"), last["stopped"]) == (False, None, False)
    assert (last["found"]["suite"], last["found"]["pieces"]) == ("zoo-strings", 2)
    keys = {each["key"] for each in last["found"]["notices"]}
    assert {"ablation-holm", "ablation-holm-right"} <= keys
