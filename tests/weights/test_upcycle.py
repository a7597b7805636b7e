"""An upcycled mixture is one that plain transformers opens, and begins as its dense parent."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.errors import RecipeError
from fusionlab.events import ModelBuilt
from fusionlab.experts.mixtures import has_experts
from fusionlab.proof.examining import subject_of
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.weights.checkpoint import checkpoint_in
from fusionlab.weights.gates import Prompts, prompted_rows
from fusionlab.weights.opened import opened as opened_source
from fusionlab.weights.pairs import paired
from fusionlab.weights.shifts import shifts
from tests.drained import drained
from tests.weights.families import opened, tiny_family

TOKENS = torch.tensor([[7, 40, 9, 100, 21, 5, 300, 8, 77, 12], [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]])
DENSE: dict[str, tuple[str, bool, dict[str, Any]]] = {
    "llama": ("llama", False, {}),
    "llama-head-dim": ("llama", False, {"head_dim": 12}),
    "llama-scaled": (
        "llama",
        False,
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 500.0}},
    ),
    "llama-tied": ("llama", False, {"tie_word_embeddings": True}),
    "llama-shared": ("llama", True, {}),
    "mistral": ("mistral", False, {}),
    "qwen2": ("qwen2", True, {}),
    "qwen3": ("qwen3", False, {}),
    "olmo2": ("olmo2", False, {}),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def source(folder: Path, **options: Any) -> Source:
    return Source(f"path:{folder}", options)


def planned(*sources: Source, **settings: Any) -> Plan[Any]:
    return get_builder("upcycle").plan(list(sources), settings, "new")


def upcycled(*sources: Source, **settings: Any) -> Path:
    plan = planned(*sources, **settings)
    assert plan.refused is None, plan.refused
    events, folder = drained(get_builder("upcycle").execute(plan, None))
    assert isinstance(built := events[-1], ModelBuilt)
    assert built.parameters == plan.parameters
    assert 0 <= built.bytes - plan.bytes < 30_000  # headers
    return folder


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(TOKENS).logits
    return found


@pytest.mark.parametrize("case", DENSE)
def test_exact_copies_compute_what_their_parent_does(case: str, tmp_path: Path) -> None:
    family, shared, more = DENSE[case]
    parent = tiny_family(tmp_path / "a", family, layers=2, **more)
    model = opened(upcycled(source(parent), experts=3, shared=shared))
    assert has_experts(model.config.to_dict())
    assert_close(logits(model), logits(opened(parent)), rtol=1e-5, atol=1e-5)


def test_each_specialist_is_an_expert_and_the_rest_is_the_mean(tmp_path: Path) -> None:
    folders = [tiny_family(tmp_path / str(seed), layers=2, seed=seed) for seed in range(3)]
    new = checkpoint_in(upcycled(*map(source, folders), attention="mean"))
    old = [checkpoint_in(folder) for folder in folders]
    for expert, each in enumerate(old):
        name = f"model.layers.1.block_sparse_moe.experts.{expert}.w2.weight"
        same = each.read("model.layers.1.mlp.down_proj.weight")
        assert_close(new.read(name), same, rtol=0, atol=0)
    for name in ("model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight"):
        mean = torch.stack([each.read(name) for each in old]).mean(0)
        assert_close(new.read(name), mean)


@pytest.mark.parametrize(
    ("family", "shared"), [("llama", False), ("llama", True), ("qwen3", False)]
)
def test_each_expert_is_held_against_what_it_is_a_copy_of(
    family: str, shared: bool, tmp_path: Path
) -> None:
    """Three experts of two specialists: the third begins again with the first of them."""
    folders = [tiny_family(tmp_path / str(seed), family, layers=2, seed=seed) for seed in range(2)]
    upcycled(*map(source, folders), experts=3, shared=shared, attention="mean")
    subject = subject_of("new")
    refs = [f"path:{folder}" for folder in folders]
    assert subject.experts == (refs[0], refs[1], refs[0])
    model, parents = opened_source("built:new"), [opened_source(ref) for ref in refs]
    pairing = paired(model, parents, experts=subject.experts)
    experts = [
        {name for name in model.weights.tensors if f".experts.{number}." in name}
        for number in range(3)
    ]
    own = [{name for name in mine if ".experts." in name} for mine in pairing.parents]
    whole = {name for name in experts[0] if "down_proj" not in name or not shared}
    assert own[0] == whole | {name.replace("experts.0", "experts.2") for name in whole}
    assert own[1] == {name.replace("experts.0", "experts.1") for name in whole}
    _, moved = drained(shifts(model, parents, pairing, None, "x"))
    for rows in moved.parents:
        known = {row.kind: row.relative for row in rows if row.layer == 1}
        assert known["gate"] == known["up"] == 0
        assert known["q"]


def test_of_one_expert_alone_the_mixture_is_that_specialist(tmp_path: Path) -> None:
    """With attention of its own and every token sent to its expert, no other one is read."""
    folders = [tiny_family(tmp_path / str(seed), layers=2, seed=seed) for seed in range(2)]
    base = f"path:{folders[1]}"
    model = opened(upcycled(*map(source, folders), base=base, top_k=1))
    with torch.no_grad():
        for layer in model.model.layers:
            layer.mlp.experts.gate_up_proj[0].fill_(torch.nan)
            layer.mlp.gate.register_forward_hook(_to_the_second)
    assert_close(logits(model), logits(opened(folders[1])), rtol=1e-5, atol=1e-5)


def _to_the_second(_: Any, __: Any, out: Any) -> tuple[torch.Tensor, ...]:
    """Whatever the router finds, its first choice is expert 1, with all weight."""
    return out[0], torch.ones_like(out[1]), torch.ones_like(out[2])


def test_noise_and_new_units_change_as_much_as_they_say(tmp_path: Path) -> None:
    parent = tiny_family(tmp_path / "a", layers=2)
    kept = checkpoint_in(parent).read("model.layers.0.mlp.up_proj.weight")
    name = "model.layers.0.block_sparse_moe.experts.{}.{}.weight"
    drawn = checkpoint_in(upcycled(source(parent), experts=2, reinit=0.5))
    rows = [(drawn.read(name.format(n, "w3")) != kept).any(1) for n in range(2)]
    assert [int(each.sum()) for each in rows] == [16, 16]
    assert not torch.equal(*rows)
    down = checkpoint_in(parent).read("model.layers.0.mlp.down_proj.weight")
    columns = (drawn.read(name.format(0, "w2")) != down).any(0)
    assert torch.equal(columns, rows[0])  # a unit is drawn anew as a whole


def test_noise_is_in_standard_deviations(tmp_path: Path) -> None:
    parent = tiny_family(tmp_path / "a", layers=2)
    kept = checkpoint_in(parent).read("model.layers.0.mlp.up_proj.weight")
    name = "model.layers.0.block_sparse_moe.experts.1.w3.weight"
    noisy = checkpoint_in(upcycled(source(parent), experts=2, noise=0.1)).read(name)
    assert ((noisy - kept).std() / kept.std()).item() == pytest.approx(0.1, rel=0.2)


def test_gates_by_prompts_read_what_the_router_will(tmp_path: Path) -> None:
    """Of one positive prompt the row is the router's own input at its last token, of length 1."""
    parent = tiny_family(tmp_path / "a", layers=2)
    prompts = ["the capital of France", "one two three"]
    folder = upcycled(
        *(source(parent, positive=text) for text in prompts), gates="hidden", experts=2
    )
    model = opened(folder)
    tokenizer = opened_tokenizer(folder)
    seen: list[torch.Tensor] = []
    for layer in model.model.layers:
        layer.mlp.gate.register_forward_pre_hook(lambda _, args: seen.append(args[0][-1]))
    for expert, text in enumerate(prompts):
        seen.clear()
        model(torch.tensor([tokenizer(text)["input_ids"]]))
        for layer, state in zip(model.model.layers, seen, strict=True):
            row = layer.mlp.gate.weight[expert]
            assert_close(row, state / state.norm(), rtol=1e-4, atol=1e-5)


def opened_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


def test_negative_prompts_are_taken_away(tmp_path: Path) -> None:
    parent = opened_source(f"path:{tiny_family(tmp_path / 'a', layers=2)}")
    both = Prompts(("one", "two"), ("three",))
    _, rows = drained(prompted_rows(parent, "cheap_embed", [both]))
    table = parent.weights.read("model.embed_tokens.weight")
    tokenizer = opened_tokenizer(parent.folder)

    def summed(text: str) -> torch.Tensor:
        return table[tokenizer(text)["input_ids"]].sum(0)

    row = (summed("one") + summed("two")) / 2 - summed("three")
    assert_close(rows[0, 0], row / row.norm())
    same = Prompts(("one",), ("one",))
    with pytest.raises(RecipeError, match="the same to the model"):
        drained(prompted_rows(parent, "hidden", [same]))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"experts": 1}, "one expert is the dense model"),
        ({"experts": 2, "top_k": 3}, "3 experts cannot read"),
        ({"gates": "hidden", "experts": 2}, "each source has one expert"),
    ],
)
def test_what_makes_no_mixture_is_refused(
    settings: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=said):
        planned(source(tiny_family(tmp_path / "a", layers=2)), **settings)


def test_prompts_are_wanted_of_every_source(tmp_path: Path) -> None:
    parent = tiny_family(tmp_path / "a", layers=2)
    with pytest.raises(RecipeError, match="there are no prompts for"):
        planned(source(parent, positive="one"), source(parent), gates="cheap_embed")


@pytest.mark.parametrize(
    ("family", "more", "settings", "said"),
    [
        ("gemma", {}, {}, "transformers can open has the layers of gemma"),
        ("mixtral", {}, {}, "is a mixture of experts already"),
        ("qwen2", {}, {}, "always have a shared expert"),
        ("qwen3", {}, {"shared": True}, "have no shared expert"),
        ("llama", {}, {"normalised": False}, "always add up to 1"),
        ("llama", {"attention_bias": True}, {}, "self_attn.k_proj.bias"),
        ("llama", {"mlp_bias": True}, {}, "mlp.down_proj.bias"),
        ("mistral", {}, {"shared": True}, "sliding_window"),
    ],
)
def test_an_architecture_without_such_a_mixture_is_refused(
    family: str, more: dict[str, Any], settings: dict[str, Any], said: str, tmp_path: Path
) -> None:
    plan = planned(source(tiny_family(tmp_path / "a", family, **more)), **settings)
    assert plan.refused is not None
    assert said in plan.refused.sentence.said()
    assert plan.refused.sentence.hint()


def test_models_of_other_shapes_are_refused(tmp_path: Path) -> None:
    one = tiny_family(tmp_path / "a", layers=2)
    deeper = tiny_family(tmp_path / "b", layers=3)
    wider = tiny_family(tmp_path / "c", layers=2, intermediate_size=48)
    for other, setting in ((deeper, "num_hidden_layers"), (wider, "intermediate_size")):
        plan = planned(source(one), source(other))
        assert plan.refused is not None
        assert plan.refused.sentence.said().startswith(f"{setting} is")


def test_numbers_keep_their_precision(tmp_path: Path) -> None:
    parent = tiny_family(tmp_path / "a", layers=2, dtype=torch.bfloat16)
    folder = upcycled(source(parent), shared=True)
    assert {each.dtype for each in checkpoint_in(folder).tensors.values()} == {"BF16"}
    assert json.loads((folder / "config.json").read_text())["dtype"] == "bfloat16"
    assert_close(logits(opened(folder)), logits(opened(parent)), rtol=1e-4, atol=1e-4)
