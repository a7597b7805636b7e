"""Models with random weights, of the shape that a recipe says, in architectures of transformers.

The mixtures: OLMoE routes to experts and scales each by its probability, so that one active expert
suffices (Switch); Mixtral divides the weights of the active experts by their sum; Qwen2-MoE has
many small experts and a shared one besides (as DeepSeekMoE, https://arxiv.org/abs/2401.06066).
"""

from typing import Any

import torch

from fusionlab.errors import RecipeError
from fusionlab.sources.opening import MODULES
from fusionlab.zoo.recipes import Shape, ZooRecipe

INITIAL = 0.04
"""Standard deviation of random weights."""


def random_model(recipe: ZooRecipe, fast: Any) -> Any:
    """A model of the recipe's shape that reads the tokens of `fast`, fp32, by the plan's seed."""
    from transformers import AutoModelForCausalLM

    if recipe.shape is None:
        raise RecipeError("zoo-recipe-without-shape", name=recipe.name)
    config = _config(recipe.shape, fast)
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(recipe.training.seed)
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32)


def _config(shape: Shape, fast: Any) -> Any:
    from transformers import LlamaConfig, MixtralConfig, OlmoeConfig, Qwen2MoeConfig

    common = {
        "vocab_size": len(fast),
        "hidden_size": shape.hidden,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "max_position_embeddings": shape.context,
        "initializer_range": INITIAL,
        "tie_word_embeddings": True,
        "bos_token_id": fast.bos_token_id,
        "eos_token_id": fast.eos_token_id,
        "pad_token_id": fast.pad_token_id,
    }
    match shape.architecture:
        case "llama":
            return LlamaConfig(**common)
        case "olmoe":
            return OlmoeConfig(
                **common, num_experts=shape.experts, num_experts_per_tok=shape.active
            )
        case "mixtral":
            return MixtralConfig(
                **common, num_local_experts=shape.experts, num_experts_per_tok=shape.active
            )
        case "qwen2_moe":
            return Qwen2MoeConfig(
                **common,
                num_experts=shape.experts,
                num_experts_per_tok=shape.active,
                moe_intermediate_size=shape.feed_forward,
                shared_expert_intermediate_size=shape.shared,
            )
