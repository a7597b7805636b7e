"""Rows, however they were fed, are as if they had been read at once, with and without a window."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close
from transformers import (
    DeepseekV32Config,
    DeepseekV32ForCausalLM,
    FalconH1Config,
    FalconH1ForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
)

from fusionlab.engines.transformers import TransformersModel
from fusionlab.models.base import Level, ModelSpec
from tests.counted import counted
from tests.tiny import tiny_llama, tiny_tokenizer

WINDOW = 8
SMALL: dict[str, Any] = {
    "vocab_size": 320,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "sliding_window": WINDOW,
    "pad_token_id": 0,
}
ABSOLUTE: dict[str, Any] = {
    "vocab_size": 320,
    "n_positions": 256,
    "n_embd": 32,
    "n_layer": 2,
    "n_head": 4,
}
STATES: dict[str, Any] = {
    **{key: value for key, value in SMALL.items() if key != "sliding_window"},
    "mamba_d_ssm": 32, "mamba_n_heads": 4, "mamba_d_head": 8, "mamba_d_state": 8,
}  # fmt: skip
SPARSE: dict[str, Any] = {
    **{key: SMALL[key] for key in SMALL if key not in ("sliding_window", "head_dim")},
    "num_key_value_heads": 4, "q_lora_rank": 16, "kv_lora_rank": 16, "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8, "v_head_dim": 8, "index_topk": 4, "index_head_dim": 16,
    "index_n_heads": 16, "n_routed_experts": 4, "num_experts_per_tok": 2, "n_group": 1,
    "topk_group": 1, "moe_intermediate_size": 16, "first_k_dense_replace": 2,
}  # fmt: skip
MADE: dict[str, Callable[[], Any]] = {
    "mistral": lambda: MistralForCausalLM(MistralConfig(**SMALL)),
    "gemma2": lambda: Gemma2ForCausalLM(Gemma2Config(**SMALL, attn_implementation="eager")),
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(**ABSOLUTE)),
    "falcon_h1": lambda: FalconH1ForCausalLM(FalconH1Config(**STATES)),
    "mamba": lambda: MambaForCausalLM(
        MambaConfig(vocab_size=320, hidden_size=32, num_hidden_layers=2, state_size=8)
    ),
    "deepseek_v32": lambda: DeepseekV32ForCausalLM(DeepseekV32Config(**SPARSE)),
}
KINDS = ("llama", *MADE)
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    model.cache_clear()
    FOLDERS["llama"] = tiny_llama(tmp_path_factory.mktemp("rewind"))
    yield
    model.cache_clear()


FOLDERS: dict[str, Path] = {}


@cache
def model(kind: str) -> TransformersModel:
    """A whole-context Llama, a Mistral that sees 8 tokens back, a Gemma 2 with both kinds of layer,
    a GPT-2, whose positions are absolute; a Falcon-H1 with states beside its attention, a Mamba
    with states alone, and a DeepSeek-V3.2, which looks up the 4 tokens it attends to."""
    if kind == "llama":
        return counted(FOLDERS["llama"])
    with torch.random.fork_rng():
        torch.manual_seed(3)
        made = MADE[kind]()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(4 if parameter.ndim == 2 else 1)
    spec = ModelSpec(kind, "transformers", Level.INTERNALS)
    return TransformersModel(spec, made.eval(), tiny_tokenizer())


def fresh(kind: str, ids: Sequence[int]) -> Tensor:
    """Logits after a prefill of these ids."""
    with closing(model(kind).open([ids])) as rows:
        return rows.logits()[0]


def agree(ours: Tensor, theirs: Tensor) -> None:
    assert_close(ours, theirs, atol=2e-3, rtol=1e-3)


ids = st.lists(st.integers(3, 319), min_size=1, max_size=14)
moves = st.lists(
    st.tuples(st.just("feed"), ids)
    | st.tuples(st.just("rewind"), st.floats(0, 1))
    | st.tuples(st.just("look"), st.none()),
    max_size=8,
)


@each_kind
@settings(max_examples=20)
@given(start=ids, walk=moves)
def test_any_walk_of_feeding_and_rewinding_equals_a_fresh_prefill(
    kind: str, start: list[int], walk: list[tuple[str, Any]]
) -> None:
    expected = list(start)
    with closing(model(kind).open([start])) as rows:
        for move, what in walk:
            match move:
                case "feed":
                    rows.feed([what])
                    expected += what
                case "rewind":
                    length = max(1, round(what * len(expected)))
                    rows.rewind([length])
                    del expected[length:]
                case _:
                    agree(rows.logits()[0], fresh(kind, expected))
        assert [list(row) for row in rows.ids] == [expected]
        agree(rows.logits()[0], fresh(kind, expected))


@each_kind
@pytest.mark.parametrize("length", [1, 2, WINDOW - 1, WINDOW, WINDOW + 1, 19, 20])
def test_rewinding_around_the_window(kind: str, length: int) -> None:
    sequence = list(range(10, 30))
    with closing(model(kind).open([sequence[:5]])) as rows:
        for token in sequence[5:]:
            rows.logits()
            rows.feed([[token]])
        rows.logits()
        rows.rewind([length])
        agree(rows.logits()[0], fresh(kind, sequence[:length]))
        rows.feed([[77, 78]])
        agree(rows.logits()[0], fresh(kind, [*sequence[:length], 77, 78]))


def test_the_window_matters_in_these_models() -> None:
    far = list(range(10, 30))
    near = [200, *far[1:]]
    assert fresh("mistral", far).allclose(fresh("mistral", near), atol=1e-4)
    assert not fresh("llama", far).allclose(fresh("llama", near), atol=1e-2)


@each_kind
def test_rewinding_to_where_it_is_costs_no_pass(kind: str) -> None:
    with closing(model(kind).open([[10, 11, 12]])) as rows:
        rows.logits()
        rows.rewind([3])
        rows.logits()
        assert rows.usage[0].forward_passes == 1


@each_kind
def test_rewinding_over_what_was_not_read_costs_no_pass(kind: str) -> None:
    with closing(model(kind).open([[10, 11, 12], [20, 21]])) as rows:
        before = rows.logits()
        rows.feed([[13], [22, 23]])
        rows.rewind([3, 2])
        assert_close(rows.logits(), before, rtol=0, atol=0)
        assert [row.forward_passes for row in rows.usage] == [1, 1]


def test_rewinding_keeps_what_is_known_of_the_prefix() -> None:
    with closing(model("llama").open([list(range(10, 30))])) as rows:
        rows.logits()
        rows.rewind([15])
        seen = []
        owner = model("llama").model
        hook = owner.register_forward_pre_hook(
            lambda _, __, kwargs: seen.append(kwargs["input_ids"].shape[1]), with_kwargs=True
        )
        rows.logits()
        hook.remove()
    assert seen == [1]


@pytest.mark.parametrize("length", [0, -1, 4])
def test_there_is_nothing_to_rewind_to(length: int) -> None:
    with closing(model("llama").open([[10, 11, 12, 13], [10, 11, 12]])) as rows:
        with pytest.raises(ValueError, match=f"cannot rewind 3 ids to {length}"):
            rows.rewind([2, length])
        assert [list(ids) for ids in rows.ids] == [[10, 11, 12, 13], [10, 11, 12]]


@each_kind
def test_rows_that_grow_in_lockstep_equal_single_ones(kind: str) -> None:
    prompts = [[10, 11], list(range(20, 36)), [10, 11], [5]]
    with closing(model(kind).open(prompts)) as rows:
        for step in range(WINDOW + 4):
            for row, prompt in zip(rows.logits(), prompts, strict=True):
                agree(row, fresh(kind, prompt))
            fed = [40 + step + n for n in range(len(prompts))]
            rows.feed([[token] for token in fed])
            prompts = [[*prompt, token] for prompt, token in zip(prompts, fed, strict=True)]


def test_rows_in_lockstep_are_one_pass() -> None:
    owner, widths = model("llama").model, list[int]()
    hook = owner.register_forward_pre_hook(
        lambda _, __, kwargs: widths.append(len(kwargs["input_ids"])), with_kwargs=True
    )
    with closing(model("llama").open([[10, 11], [12], [13, 14, 15]])) as rows:
        for _ in range(3):
            rows.logits()
            rows.feed([[7], [8], [9]])
        rows.rewind([4, 3, 5])  # by one id each, that was not read
        rows.logits()
    hook.remove()
    assert widths == [3, 3, 3]


steps = st.lists(
    st.tuples(st.just("feed"), st.integers(3, 300))
    | st.tuples(st.just("ragged"), st.lists(st.lists(st.integers(3, 319), max_size=4), min_size=4))
    | st.tuples(st.just("rewind"), st.lists(st.floats(0, 1), min_size=4))
    | st.tuples(st.just("keep"), st.lists(st.integers(0, 9), min_size=1, max_size=4))
    | st.tuples(st.just("look"), st.none()),
    max_size=10,
)


@each_kind
@settings(max_examples=20)
@given(prompts=st.lists(ids, min_size=1, max_size=4), walk=steps)
def test_rows_that_are_fed_rewound_and_kept_equal_fresh_ones_whenever_one_looks(
    kind: str, prompts: list[list[int]], walk: list[tuple[str, Any]]
) -> None:
    expected = [list(prompt) for prompt in prompts]
    with closing(model(kind).open(prompts)) as rows:
        for move, what in [*walk, ("look", None)]:
            match move:
                case "feed":
                    rows.feed([[what + at] for at in range(len(expected))])
                    expected = [[*each, what + at] for at, each in enumerate(expected)]
                case "ragged":
                    rows.feed(what[: len(expected)])
                    expected = [[*each, *new] for each, new in zip(expected, what, strict=False)]
                case "rewind":
                    shares = what[: len(expected)]
                    lengths = [
                        max(1, round(share * len(each)))
                        for share, each in zip(shares, expected, strict=True)
                    ]
                    rows.rewind(lengths)
                    expected = [
                        each[:length] for each, length in zip(expected, lengths, strict=True)
                    ]
                case "keep":
                    chosen = [at % len(expected) for at in what]
                    rows.keep(chosen)
                    expected = [expected[at] for at in chosen]
                case _:
                    agree(rows.logits(), torch.stack([fresh(kind, each) for each in expected]))
        assert [list(row) for row in rows.ids] == expected


@each_kind
def test_a_row_that_is_fed_nothing_waits(kind: str) -> None:
    with closing(model(kind).open([[10, 11], [20, 21, 22]])) as rows:
        before = rows.logits()
        rows.feed([[12], []])
        agree(rows.logits()[0], fresh(kind, [10, 11, 12]))
        assert_close(rows.logits()[1], before[1], rtol=0, atol=0)
        assert [row.forward_passes for row in rows.usage] == [2, 1]
        rows.feed([[13, 14], [23]])
        agree(rows.logits()[0], fresh(kind, [10, 11, 12, 13, 14]))
        agree(rows.logits()[1], fresh(kind, [20, 21, 22, 23]))


def test_top_is_the_best_of_the_softmax() -> None:
    llama = model("llama")
    with closing(llama.open([[10, 11]])) as rows, closing(llama.begin([10, 11])) as answer:
        best = rows.logits()[0].log_softmax(-1).topk(5)
        top = answer.top(5)
    assert [text for text, _ in top] == [llama.vocabulary.said(i) for i in best.indices.tolist()]
    assert_close(torch.tensor([logprob for _, logprob in top]), best.values)
