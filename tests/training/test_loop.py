"""Laws of training: resumed is uninterrupted, a seed says all, only answers are learned."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import StepTrained
from fusionlab.training.loop import FLOOR, Plan, learning_rate, train
from fusionlab.training.losses import (
    IGNORED,
    Batch,
    answer_loss,
    batched,
    routed_loss,
    unevenness,
)

PLAN = Plan(steps=8, learning_rate=1e-3, warmup=2, seed=3)


@pytest.fixture
def threads() -> Iterator[None]:
    """One thread: sums are then taken in the same order every time."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def two_layers(seed: int = 0, *, tied: bool = False) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=16,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=32,
        tie_word_embeddings=tied,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LlamaForCausalLM(config)


def draw(generator: torch.Generator, _step: int = 0) -> Batch:
    """Count on: after 3 4 5 comes 6 7 8, round 16."""
    starts = torch.randint(0, 16, (8,), generator=generator).tolist()
    rows = [[(start + i) % 16 for i in range(6)] for start in starts]
    return batched([(row[:3], row[3:]) for row in rows], pad=0)


def weights(model: Any) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def assert_same(first: dict[str, Tensor], second: dict[str, Tensor]) -> None:
    assert first.keys() == second.keys()
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("stopped_at", [2, 3, 4, 7, 8])
def test_resumed_training_is_uninterrupted_training(
    stopped_at: int, tied: bool, tmp_path: Path, threads: None
) -> None:
    whole = two_layers(tied=tied)
    facts = list(train(whole, PLAN, draw))
    file = tmp_path / "checkpoint.safetensors"
    broken = train(two_layers(tied=tied), PLAN, draw, checkpoint=file, every=2)
    before = list(islice(broken, stopped_at))
    broken.close()
    resumed = two_layers(seed=9, tied=tied)
    after = list(train(resumed, PLAN, draw, checkpoint=file, every=2))
    assert_same(weights(whole), weights(resumed))
    assert before == facts[:stopped_at]
    assert after == facts[len(facts) - len(after) :]
    assert len(after) <= 8 - stopped_at + 1


def test_the_same_seed_gives_the_same_weights_whatever_others_draw(threads: None) -> None:
    first, second = two_layers(), two_layers()
    facts = list(train(first, PLAN, draw))
    again = []
    for fact in train(second, PLAN, draw):
        torch.rand(3)
        again.append(fact)
    assert facts == again
    assert_same(weights(first), weights(second))


def test_another_seed_gives_other_weights(threads: None) -> None:
    first, second = two_layers(), two_layers()
    list(train(first, PLAN, draw))
    list(train(second, Plan(8, 1e-3, 2, seed=4), draw))
    assert not torch.equal(first.lm_head.weight, second.lm_head.weight)


def test_the_global_generator_is_left_alone(threads: None) -> None:
    before = torch.get_rng_state()
    list(train(two_layers(), PLAN, draw))
    assert torch.equal(before, torch.get_rng_state())


def test_the_loss_falls_and_the_facts_are_numbered(threads: None) -> None:
    model = two_layers()
    facts = list(train(model, Plan(150, 1e-2, 5), draw))
    assert [fact.step for fact in facts] == list(range(1, 151))
    assert all(fact.tokens == 48 for fact in facts)
    assert facts[0].loss == pytest.approx(math.log(16), rel=0.1)
    assert facts[-1].loss < 0.5
    assert not model.training


def test_no_half_written_checkpoint_has_the_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import safetensors.torch

    file = tmp_path / "checkpoint.safetensors"

    def full(tensors: Any, path: Path, metadata: Any) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(SourceError, match="no space left"):
        list(train(two_layers(), Plan(2, 1e-3, 1), draw, checkpoint=file))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.safetensors"
    list(train(two_layers(), Plan(2, 1e-3, 1), draw, checkpoint=file))
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(RecipeError, match="cannot be read") as caught:
        list(train(two_layers(), Plan(2, 1e-3, 1), draw, checkpoint=file))
    assert "remove it" in caught.value.hint


def test_a_checkpoint_of_another_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.safetensors"
    list(train(two_layers(), PLAN, draw, checkpoint=file))
    with pytest.raises(RecipeError, match="another plan"):
        list(train(two_layers(), Plan(9, 1e-3, 2, seed=3), draw, checkpoint=file))


def test_a_loss_that_is_no_number_ends_the_training() -> None:
    model = two_layers()
    with torch.no_grad():
        model.lm_head.weight.fill_(torch.nan)
    with pytest.raises(RecipeError, match="the loss is nan at step 1"):
        list(train(model, PLAN, draw))


def test_only_the_answer_is_learned() -> None:
    batch = batched([([1, 2], [3]), ([4], [5, 6, 7])], pad=0)
    assert batch.ids.tolist() == [[1, 2, 3, 0], [4, 5, 6, 7]]
    assert batch.labels.tolist() == [[IGNORED, IGNORED, 3, IGNORED], [IGNORED, 5, 6, 7]]
    assert batch.tokens == 7


def test_padding_changes_no_loss() -> None:
    model = two_layers().eval()
    short, long = ([1, 2, 3], [4, 5]), ([6] * 9, [7])
    alone = [answer_loss(model, batched([row], pad=0)).item() for row in (short, long)]
    both = answer_loss(model, batched([short, long], pad=0)).item()
    assert both == pytest.approx((2 * alone[0] + alone[1]) / 3, rel=1e-5)


def test_computed_in_parts_the_loss_and_its_gradient_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [([n % 16] * (n + 1), list(range(9 - n))) for n in range(9)]
    batch = batched(rows, pad=0)
    found = []
    for parts in (1, 4, 9):
        monkeypatch.setattr("fusionlab.training.losses.PARTS", parts)
        model = two_layers()
        loss = answer_loss(model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        found.append((loss.detach(), model.lm_head.weight.grad))
    for loss, gradient in found[1:]:
        torch.testing.assert_close(loss, found[0][0])
        torch.testing.assert_close(gradient, found[0][1])


@given(
    steps=st.integers(1, 300),
    warmup=st.integers(0, 400),
    peak=st.floats(1e-6, 1),
)
def test_the_learning_rate_rises_then_falls(steps: int, warmup: int, peak: float) -> None:
    plan = Plan(steps, peak, warmup)
    rates = [learning_rate(plan, step) for step in range(1, steps + 1)]
    top = rates.index(max(rates))
    assert all(0 < rate <= peak * (1 + 1e-9) for rate in rates)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    if steps > warmup:
        assert rates[-1] == pytest.approx(peak * FLOOR)


def test_facts_are_events() -> None:
    (fact,) = train(two_layers(), Plan(1, 1e-3, 0), draw)
    assert isinstance(fact, StepTrained)


def mixture() -> Any:
    from transformers import MixtralConfig, MixtralForCausalLM

    config = MixtralConfig(
        vocab_size=16,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        num_local_experts=4,
        num_experts_per_tok=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MixtralForCausalLM(config)


def test_unevenness_is_one_where_all_experts_are_used_alike() -> None:
    logits = 20 * torch.eye(4)
    real = torch.ones(4, dtype=torch.bool)
    assert unevenness(logits, 1, real).item() == pytest.approx(1, abs=1e-6)


def test_unevenness_is_the_number_of_experts_where_one_does_all() -> None:
    logits = torch.zeros(6, 4)
    logits[:, 2] = 30
    assert unevenness(logits, 1, torch.ones(6, dtype=torch.bool)).item() == pytest.approx(4)


def test_unevenness_is_that_of_transformers_for_one_layer() -> None:
    from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

    logits = torch.randn(40, 4, generator=torch.Generator().manual_seed(0))
    ours = unevenness(logits, 2, torch.ones(40, dtype=torch.bool))
    theirs = load_balancing_loss_func((logits,), num_experts=4, top_k=2)
    assert 2 * ours.item() == pytest.approx(float(theirs), rel=1e-5)


def test_padding_does_not_count_as_use() -> None:
    logits = torch.cat([20 * torch.eye(4), torch.full((3, 4), 5.0)])
    real = torch.tensor([True] * 4 + [False] * 3)
    assert unevenness(logits, 1, real).item() == pytest.approx(1, abs=1e-6)


def test_a_mixture_learns_under_its_balance_and_keeps_all_experts_at_work(threads: None) -> None:
    model = mixture()
    plan = replace(PLAN, steps=60, learning_rate=1e-2)
    losses = [
        event.loss for event in train(model, plan, draw, loss_of=partial(routed_loss, balance=0.05))
    ]
    assert losses[-1] < losses[0] / 2
    batch = draw(torch.Generator().manual_seed(9))
    with torch.no_grad():
        routers = model(input_ids=batch.ids, output_router_logits=True).router_logits
        plain = answer_loss(model, batch)
        both = routed_loss(model, batch, balance=0.05)
    for logits in routers:
        assert len(logits.topk(2).indices.unique()) == 4
    assert both > plain
