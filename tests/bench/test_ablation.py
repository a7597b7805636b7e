"""Without an expert: differences of the same pieces, and nothing where no token chose it."""

import json
from pathlib import Path
from typing import Any

import pytest

from fusionlab.bench.ablation import LONGEST, ablated
from fusionlab.bench.suites import changed, get_suite
from fusionlab.engines.memory import Pool
from fusionlab.engines.scoring import scored
from fusionlab.engines.transformers import load
from fusionlab.errors import NoRouting, RecipeError
from fusionlab.experts.routing import capture
from fusionlab.experts.steering import Rule, steered
from fusionlab.models.base import Level, ModelSpec
from fusionlab.views.anatomy import ablation_view
from fusionlab.views.spoken import sentence_of
from tests.tiny import tiny_llama, tiny_mixture

PIECES = ("The capital of France is Paris. ", "One two three four.\n", "你好，世界。")
TEXT = "".join(PIECES)


def pictures(steps: Any) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(step)) for step in steps if isinstance(step, dict)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_mixture(tmp_path_factory.mktemp("ablation") / "model", "mixtral")


def test_every_used_expert_is_banned_once_and_the_gaps_are_those_of_a_ban(folder: Path) -> None:
    *_, last = pictures(ablated(f"path:{folder}", text=TEXT, pool=Pool()))
    cells = [(row["layer"], each) for row in last["layers"] for each in row["experts"]]
    assert len(cells) == 3 * 4
    assert all(each["tried"] == each["used"] for _, each in cells)
    assert (last["pieces"], last["bytes"]) == (3, len(TEXT.encode()))
    layer, cell = next((layer, each) for layer, each in cells if each["used"])
    model = load(folder, ModelSpec("tiny", "tiny", Level.INTERNALS))
    pairs = [("", piece) for piece in PIECES]
    own = sum(each.nats for each in scored(model, pairs))
    with (
        capture(model.module, "tiny") as experts,
        steered(experts, [Rule("ban", cell["expert"], layer)]),
    ):
        without = sum(each.nats for each in scored(model, pairs))
    assert cell["nats"] == pytest.approx((without - own) / last["bytes"], abs=1e-5)
    assert cell["interval"][0] <= cell["nats"] <= cell["interval"][1]
    view = ablation_view(last)
    assert (view["waits"], view["notices"][0]["values"]["n"]) == (0, 3)


def test_pictures_grow_expert_by_expert_and_stop_when_closed(folder: Path) -> None:
    steps = ablated(f"path:{folder}", text="One two. Three.", pool=(pool := Pool()))
    seen = [0]
    for step in steps:
        if isinstance(step, dict):
            seen.append(sum(e["tried"] for row in step["layers"] for e in row["experts"]))
        if seen[-1] == 2:
            break
    steps.close()
    assert seen == [0, 0, 1, 2]
    assert pool.borrowed == 0


def test_a_suite_is_answered_too(folder: Path) -> None:
    suite = changed(get_suite("zoo-strings"), items=3, max_tokens=2)
    steps = ablated(f"path:{folder}", suite=suite, pool=Pool())
    first, second = [picture for picture, _ in zip(pictures_of(steps), range(2), strict=False)]
    assert (first["suite"], first["pieces"], first["right"]) == ("zoo-strings", 3, 0)
    tried = [each for row in second["layers"] for each in row["experts"] if each["tried"]]
    assert (len(tried), tried[0]["right"], tried[0]["p"]) == (1, 0, 1)


def test_an_expert_is_banned_in_all_layers_at_once(folder: Path) -> None:
    """What is measured is what the same rules do to the same pieces."""
    *_, last = pictures(ablated(f"path:{folder}", text=TEXT, everywhere=True, pool=Pool()))
    assert [row["layer"] for row in last["layers"]] == [None]
    experts = last["layers"][0]["experts"]
    assert all(each["tried"] for each in experts if each["used"])
    model = load(folder, ModelSpec("tiny", "tiny", Level.INTERNALS))
    with capture(model.module, "m") as seen, steered(seen, [Rule("ban", 1, None)]):
        said = list(scored(model, [("", piece) for piece in PIECES]))
    without = sum(each.nats for each in said) / sum(each.bytes for each in said)
    assert experts[1]["nats"] == pytest.approx(without - last["nats"], abs=1e-6)
    told = ablation_view(last)["notices"][0]
    assert "layer" not in sentence_of(told).said("en")


def test_all_experts_together_are_less_sure_than_each_alone(folder: Path) -> None:
    """Holm's p is at least that of the expert alone, and known of all at the end only."""
    *before, last = pictures(ablated(f"path:{folder}", text="One. Two. Three.", pool=Pool()))
    cells = [each for row in last["layers"] for each in row["experts"] if each["tried"]]
    assert all(1 >= each["p_nats_of_all"] >= each["p_nats"] > 0 for each in cells)
    assert min(each["p_nats"] for each in cells) >= 2 / 2**3  # of three pieces
    seen = [each for row in before[-1]["layers"] for each in row["experts"]]
    assert not any("p_nats_of_all" in each for each in seen)
    holm = [each for each in ablation_view(last)["notices"] if each["key"] == "ablation-holm"]
    assert [each["values"] for each in holm] == [{"n": 0, "of": len(cells), "items": 3}]


def pictures_of(steps: Any) -> Any:
    return (step for step in steps if isinstance(step, dict))


@pytest.mark.parametrize(
    ("text", "key"), [(" \n", "ablate-nothing"), ("a" * (LONGEST + 1), "ablate-long")]
)
def test_what_cannot_be_read_is_refused(folder: Path, text: str, key: str) -> None:
    with pytest.raises(RecipeError) as refused:
        list(ablated(f"path:{folder}", text=text, pool=Pool()))
    assert refused.value.sentence.key == key


def test_a_dense_model_has_no_experts(tmp_path: Path) -> None:
    with pytest.raises(NoRouting):
        list(ablated(f"path:{tiny_llama(tmp_path / 'model')}", text=TEXT, pool=Pool()))
