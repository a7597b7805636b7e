"""Language models of two layers, made on the spot: real architectures with random weights."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    DeepseekV3Config,
    GptOssConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MixtralConfig,
    OlmoeConfig,
    PreTrainedTokenizerFast,
    Qwen2MoeConfig,
)

from fusionlab.sources.opening import MODULES

CORPUS = (
    "the capital of France is Paris and the capital of Italy is Rome",
    "one two three four five six seven eight nine ten",
    "你好，世界。机器学习很有趣。",
    "a family 👨‍👩‍👧 and a flag 🇫🇷",
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_tokenizer(vocab_size: int = 320) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer with a chat template; another size is another vocabulary."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=SPECIAL[2], pad_token=SPECIAL[0]
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def tiny_llama(
    folder: Path,
    *,
    seed: int = 0,
    vocab_size: int = 320,
    context: int = 512,
    sharp: float = 4.0,
    layers: int = 2,
) -> Path:
    """A folder with a two-layer Llama of random weights, fp32; `sharp` scales its logits."""
    tokenizer = tiny_tokenizer(vocab_size)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        model = LlamaForCausalLM(config)
        with torch.no_grad():
            model.lm_head.weight.mul_(sharp / model.lm_head.weight.std() / 8)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def tiny_of(architecture: str, folder: Path, *, seed: int = 0) -> Path:
    """A folder with a two-layer model of a dense architecture and random weights, fp32."""
    tokenizer = tiny_tokenizer()
    model_class = getattr(transformers, architecture)
    config = model_class.config_class(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=512,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    if hasattr(config, "sliding_window"):
        config.sliding_window = None
    if architecture.startswith("Granite"):  # all of these are 1 unless somebody says otherwise
        config.embedding_multiplier, config.attention_multiplier = 3.0, 0.3
        config.residual_multiplier, config.logits_scaling = 0.6, 1.5
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        model = model_class(config)
        with torch.no_grad():
            model.lm_head.weight.mul_(0.5 / model.lm_head.weight.std())
            for name, parameter in model.named_parameters():
                if parameter.dim() == 1:  # norms and biases, which begin as 1 and 0
                    parameter += 0.2 * torch.randn_like(parameter)
                elif name.endswith("_proj.weight"):  # else attention is all but even
                    parameter.mul_(8)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


MIXTURES = ("mixtral", "qwen2_moe", "olmoe", "deepseek_v3", "gpt_oss")


def tiny_mixture(
    folder: Path, architecture: str = "qwen2_moe", *, seed: int = 0, context: int = 512
) -> Path:
    """A folder with a mixture of experts of three layers and random weights, fp32.

    DeepSeek-V3's first layer is dense, and it chooses with a bias and within groups.
    """
    tokenizer = tiny_tokenizer()
    with MODULES, torch.random.fork_rng():
        torch.manual_seed(seed)
        model = AutoModelForCausalLM.from_config(
            _mixture_config(architecture, tokenizer, context), dtype=torch.float32
        )
        with torch.no_grad():
            model.lm_head.weight.mul_(0.5 / model.lm_head.weight.std())
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                if name.endswith((".gate.weight", ".router.weight")):
                    tensor.normal_(std=0.2)
                if name.endswith((".router.bias", ".e_score_correction_bias")):
                    tensor.normal_(std=0.1)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _mixture_config(architecture: str, tokenizer: PreTrainedTokenizerFast, context: int) -> Any:
    common = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": context,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    match architecture:
        case "mixtral":
            return MixtralConfig(**common, num_local_experts=4, num_experts_per_tok=2)
        case "qwen2_moe":
            return Qwen2MoeConfig(
                **common,
                num_experts=8,
                num_experts_per_tok=4,
                moe_intermediate_size=16,
                shared_expert_intermediate_size=32,
            )
        case "glam":  # experts in every second of five layers
            return Qwen2MoeConfig(
                **{**common, "num_hidden_layers": 5},
                decoder_sparse_step=2,
                num_experts=4,
                num_experts_per_tok=2,
                moe_intermediate_size=16,
                shared_expert_intermediate_size=32,
            )
        case "olmoe":
            return OlmoeConfig(**common, num_experts=8, num_experts_per_tok=1)
        case "deepseek_v3":
            return DeepseekV3Config(
                **{**common, "num_key_value_heads": 4},
                moe_intermediate_size=16,
                n_routed_experts=8,
                num_experts_per_tok=3,
                n_group=4,
                topk_group=2,
                n_shared_experts=1,
                first_k_dense_replace=1,
                q_lora_rank=16,
                kv_lora_rank=16,
                qk_rope_head_dim=8,
                qk_nope_head_dim=8,
                v_head_dim=8,
            )
        case "gpt_oss":
            return GptOssConfig(
                **common,
                head_dim=8,
                num_local_experts=4,
                num_experts_per_tok=2,
                sliding_window=16,
                rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
                layer_types=["sliding_attention", "full_attention", "sliding_attention"],
            )
        case _:
            raise ValueError(architecture)
