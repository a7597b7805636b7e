"""Weights are all counted, once, and the active ones are those that a token's gradient reaches."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, MixtralConfig

from fusionlab.experts.parameters import parameters, parameters_in
from fusionlab.views.anatomy import MIXTRAL, anatomy_view
from tests.tiny import MIXTURES, tiny_llama, tiny_mixture


def weights(model: Any) -> int:
    return sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize("architecture", MIXTURES)
def test_all_weights_are_counted_once_and_one_token_reaches_the_active_ones(
    tmp_path: Path, architecture: str
) -> None:
    folder = tiny_mixture(tmp_path / "model", architecture)
    found = parameters_in(folder, "tiny")
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert found.all.total == weights(model)
    model(input_ids=torch.tensor([[5]])).logits.sum().backward()
    reached = 0
    for path, weight in model.named_parameters():
        if ".experts." in path:  # packed: [expert, …]
            used = weight.grad.flatten(1).ne(0).any(dim=1).sum()
            assert used <= found.chosen
            reached += weight[0].numel() * found.chosen
    assert found.active.experts == reached
    assert found.all.total - found.active.total == found.all.experts - reached


def test_a_dense_model_is_active_as_a_whole(tmp_path: Path) -> None:
    folder = tiny_llama(tmp_path / "model")
    found = parameters_in(folder, "tiny")
    assert found.all == found.active
    assert found.all.total == weights(AutoModelForCausalLM.from_pretrained(folder))
    assert (found.experts, found.all.experts, found.all.router) == (0, 0, 0)
    assert [each["key"] for each in anatomy_view("tiny", found)["notices"]] == [
        "anatomy-dense-model"
    ]


def test_tied_embeddings_are_counted_once() -> None:
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "vocab_size": 11}
    shape = {**size, "num_attention_heads": 2, "num_key_value_heads": 2}
    tied = parameters(LlamaConfig(**shape, tie_word_embeddings=True), "tied")
    free = parameters(LlamaConfig(**shape, tie_word_embeddings=False), "free")
    assert (tied.all.embeddings, free.all.embeddings) == (88, 176)


def test_mixtrals_figures_are_those_of_its_configuration() -> None:
    found = parameters(MixtralConfig(), "mixtral")  # the defaults are Mixtral 8x7B's
    assert round(found.all.total / 1e9, 1) == MIXTRAL["total"]
    assert round(found.active.total / 1e9, 1) == MIXTRAL["active"]
    kinds = anatomy_view("mixtral", found)["kinds"]
    assert sum(each["all"] for each in kinds) == found.all.total
