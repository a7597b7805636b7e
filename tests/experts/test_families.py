"""The table of docs/routing.md is what comes of every mixture, and its proof can fail."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
import transformers
from transformers import AutoModelForCausalLM

from fusionlab.experts.routing import Routing
from tests.experts import families
from tests.experts.test_architectures import EXPERTS, made
from tests.tiny import MIXTURES, tiny_mixture

AGAIN = "run: python -m tests.experts.families"
FORMS = ("mixtral", "gpt_oss", "dbrx", "jetmoe", "llama4_text", "longcat_flash", "nemotron_h")
"""One family for each form of experts."""


def another_choice(routing: Routing) -> Routing:
    return replace(routing, chosen=(routing.chosen + 1) % EXPERTS)


def another_weight(routing: Routing) -> Routing:
    return replace(routing, weights=routing.weights * 1.01)


def another_token(routing: Routing) -> Routing:
    return replace(routing, chosen=routing.chosen.flip(0), weights=routing.weights.flip(0))


def test_the_table_is_what_comes_of_every_mixture() -> None:
    page = families.PAGE.read_text(encoding="utf-8")
    version = families.version_of(page)
    assert version
    if version != transformers.__version__:
        pytest.skip(f"the table is of transformers {version}, not {transformers.__version__}")
    assert page == families.whole(page), AGAIN


@pytest.mark.parametrize("architecture", MIXTURES)
def test_routing_and_weights_give_what_the_experts_returned(
    architecture: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tiny_mixture(tmp_path_factory.mktemp("proved") / "m", architecture)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    apart = dict(families.differences(model))
    assert len(apart) >= 2
    assert max(apart.values()) <= families.CLOSE


@pytest.mark.parametrize("change", [another_choice, another_weight, another_token])
@pytest.mark.parametrize("kind", FORMS)
def test_routing_that_is_wrong_is_found_out(
    kind: str, change: Callable[[Routing], Routing]
) -> None:
    model = made(kind)
    assert all(far <= families.CLOSE for _, far in families.differences(model))
    assert all(far > 100 * families.CLOSE for _, far in families.differences(model, change))
