"""What is captured is what the routers said: in one pass, under generation, and beside padding."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from jaxtyping import TypeCheckError
from torch import Tensor, nn
from torch.testing import assert_close
from transformers import (
    AutoModelForCausalLM,
    Gemma4TextConfig,
    Llama4TextConfig,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.utils.output_capturing import OutputRecorder

from fusionlab.errors import NoRouting
from fusionlab.experts.mixtures import has_experts, known_mixtures
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import Routing, capture, routers_of
from tests.counted import Counted, counted
from tests.tiny import MIXTURES, tiny_mixture

LONG, SHORT = [5, 9, 33, 70, 101, 7, 42], [11, 80, 3]
FED = ([17, 60], [99, 4], [250, 8])
DENSE_LAYERS = {"deepseek_v3": 1}


@pytest.fixture(scope="module", params=MIXTURES)
def mixture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    folder = tiny_mixture(tmp_path_factory.mktemp("mixtures") / "m", request.param)
    return counted(folder, request.param)


@pytest.fixture(autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def hooks_of(model: nn.Module) -> int:
    parts = model.modules()
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in parts)


def passes(mixture: Counted, prompts: list[list[int]], fed: list[list[int]]) -> list[Any]:
    """What was captured in the pass over the prompts, and in one pass for each of `fed`."""
    with capture(mixture.module, "it") as experts, closing(mixture.open(prompts)) as rows:
        rows.logits()
        found = [experts.last]
        for ids in fed:
            rows.feed([[token] for token in ids])
            rows.logits()
            found.append(experts.last)
    return found


def test_logits_are_those_that_the_model_reports(mixture: Counted) -> None:
    ids = torch.tensor([LONG, LONG[::-1]])
    with capture(mixture.module, "it") as experts:
        mixture.module(ids)
    own = mixture.module(ids, output_router_logits=True).router_logits
    first = DENSE_LAYERS.get(mixture.spec.id, 0)
    assert [each.layer for each in experts.last] == list(range(first, 3))
    for each, logits in zip(experts.last, own, strict=True):
        assert_close(each.logits, logits.reshape(each.logits.shape), rtol=0, atol=0)


def test_choice_and_weights_are_the_routers_own(mixture: Counted) -> None:
    said: list[tuple[Tensor, ...]] = []
    hooks = [
        router.module.register_forward_hook(lambda _module, _inputs, output: said.append(output))
        for router in routers_of(mixture.module, "it")
    ]
    with capture(mixture.module, "it") as experts:
        mixture.module(torch.tensor([LONG]))
    for hook in hooks:
        hook.remove()
    for each, (_, weights, chosen) in zip(experts.last, said, strict=True):
        assert torch.equal(each.weights, weights)
        assert torch.equal(each.chosen, chosen)


def test_under_its_own_generate_every_pass_is_seen(mixture: Counted) -> None:
    seen = []
    with capture(mixture.module, "it") as experts:
        hook = mixture.module.register_forward_hook(lambda *_: seen.append(experts.last))
        ids = mixture.module.generate(  # type: ignore[operator]
            torch.tensor([LONG]), attention_mask=torch.ones(1, len(LONG)), max_new_tokens=4,
            min_new_tokens=4, do_sample=False,
        )  # fmt: skip
        hook.remove()
    whole = passes(mixture, [ids[0, :-1].tolist()], [])[0]
    assert [len(each[0].chosen) for each in seen] == [len(LONG), 1, 1, 1]
    for at, layer in enumerate(whole):
        logits = torch.cat([each[at].logits for each in seen])
        assert_close(logits, layer.logits, rtol=1e-4, atol=1e-5)


def test_padding_and_neighbours_change_nothing(mixture: Counted) -> None:
    together = passes(mixture, [LONG, SHORT], [list(ids) for ids in FED])
    for row, prompt in enumerate((LONG, SHORT)):
        alone = passes(mixture, [prompt], [[ids[row]] for ids in FED])
        end = (row + 1) * len(LONG)
        places = [slice(end - len(prompt), end), *[slice(row, row + 1)] * len(FED)]
        for one, other, place in zip(alone, together, places, strict=True):
            for layer, beside in zip(one, other, strict=True):
                assert_close(beside.logits[place], layer.logits, rtol=1e-4, atol=1e-5)
                assert_close(beside.weights[place].sort()[0], layer.weights.sort()[0])
                assert torch.equal(beside.chosen[place].sort()[0], layer.chosen.sort()[0])


def test_no_hook_is_left(mixture: Counted) -> None:
    before = hooks_of(mixture.module)
    with capture(mixture.module, "it") as experts:
        assert hooks_of(mixture.module) == before + 1 + len(experts.routers)
        assert experts.last == ()
    with pytest.raises(ZeroDivisionError), capture(mixture.module, "it"):
        raise ZeroDivisionError
    assert hooks_of(mixture.module) == before


def test_what_is_reported_is_ordered_by_weight(mixture: Counted) -> None:
    (layers,) = passes(mixture, [LONG], [])
    reported = layer_routings(layers, slice(3, 5))
    assert [[each.layer for each in token] for token in reported] == [[x.layer for x in layers]] * 2
    for token, at in zip(reported, (3, 4), strict=True):
        for each, layer in zip(token, layers, strict=True):
            assert list(each.weights) == sorted(each.weights, reverse=True)
            pairs = dict(zip(layer.chosen[at].tolist(), layer.weights[at].tolist(), strict=True))
            for expert, weight in zip(each.experts, each.weights, strict=True):
                assert weight == pytest.approx(pairs[expert], abs=1e-6)
            assert each.probs == pytest.approx(layer.logits[at].softmax(-1).tolist(), abs=1e-6)


def test_layers_of_unlike_shape_stay_in_order() -> None:
    def layer(number: int, experts: int, k: int) -> Routing:
        logits = torch.randn(3, experts)
        return Routing(number, logits, *logits.softmax(-1).topk(k))

    reported = layer_routings(
        [layer(0, 4, 1), layer(1, 4, 1), layer(3, 8, 2), layer(4, 4, 1)], slice(2, 3)
    )
    assert [(each.layer, len(each.probs), len(each.experts)) for each in reported[0]] == [
        *((0, 4, 1), (1, 4, 1), (3, 8, 2), (4, 4, 1))
    ]


def test_shapes_are_checked() -> None:
    with pytest.raises(TypeCheckError):
        Routing(0, torch.zeros(3, 4), torch.zeros(2, 1), torch.zeros(3, 1, dtype=torch.int64))


SMALL = {
    "vocab_size": 64, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "pad_token_id": 0,
}  # fmt: skip


def fabricated(config: PretrainedConfig) -> Any:
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    for name, tensor in model.named_parameters():
        if "router" in name and name.endswith("weight"):
            nn.init.normal_(tensor)
    return model


def test_llama_4_chooses_where_its_scores_are_not_zero() -> None:
    model = fabricated(
        Llama4TextConfig(
            **SMALL, intermediate_size_mlp=32, num_local_experts=4, num_experts_per_tok=2
        )
    )
    with capture(model, "it") as experts:
        model(torch.tensor([[3, 4, 5]]))
    for each in experts.last:
        assert_close(each.weights, each.logits.topk(2).values.sigmoid())
        assert torch.equal(each.chosen, each.logits.topk(2).indices)


def test_gemma_4_declares_probabilities() -> None:
    model = fabricated(
        Gemma4TextConfig(
            **SMALL, enable_moe_block=True, num_experts=4, top_k_experts=2,
            moe_intermediate_size=16, hidden_size_per_layer_input=0, num_kv_shared_layers=0,
        )
    )  # fmt: skip
    own = model(torch.tensor([[3, 4, 5]]), output_router_logits=True).router_logits
    with capture(model, "it") as experts:
        model(torch.tensor([[3, 4, 5]]))
    for each, probs in zip(experts.last, own, strict=True):
        assert_close(each.logits.softmax(-1), probs)


class Chooser(nn.Module):
    def forward(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        return hidden, hidden[:, :4]


class Strange(PreTrainedModel):  # type: ignore[misc]
    """Two layers with routers, declared in this or that way."""

    config_class = PretrainedConfig
    declared: Any = Chooser

    def __init__(self, declared: Any, names: tuple[str, ...] = ("a.0.r", "a.1.r")) -> None:
        super().__init__(PretrainedConfig(num_experts=4))
        self._can_record_outputs = {"router_logits": declared}
        for name in names:
            *path, last = name.split(".")
            part: nn.Module = self
            for step in path:
                if step not in dict(part.named_children()):
                    part.add_module(step, nn.Module())
                part = part.get_submodule(step)
            part.add_module(last, Chooser())

    def forward(self, hidden: Tensor) -> None:
        for router in routers_of(self, "it"):
            router.module(hidden)


@pytest.mark.parametrize(
    "declared",
    [Chooser, "a.0.r", [OutputRecorder(Chooser, 1)], OutputRecorder(Chooser, 1, layer_name="0.r")],
)
def test_routers_are_found_however_they_are_declared(declared: Any) -> None:
    found = routers_of(Strange(declared), "it")
    both = declared is Chooser or isinstance(declared, list)
    assert [(router.layer, router.index) for router in found] == [(0, 1), (1, 1)][: 1 + both]


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (Strange(nn.Linear), "has experts, but Strange declares no routers"),
        (Strange(Chooser, ("a.0.r", "a.0.s")), "more than one router in layer 0"),
        (Strange(Chooser, ("a.r",)), "a.r, that is in no numbered layer"),
    ],
)
def test_what_cannot_be_watched_is_refused(model: Strange, says: str) -> None:
    with pytest.raises(NoRouting, match=says), capture(model, "it"):
        pass


def test_a_router_that_does_not_say_what_it_chooses_is_refused() -> None:
    model = Strange(Chooser)
    with (
        pytest.raises(NoRouting, match="Chooser does not say which experts"),
        capture(model, "it"),
    ):
        model(torch.zeros(3, 8))
    assert hooks_of(model) == 0


def test_a_dense_model_is_refused_with_the_mixtures_there_are(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    for name, config in {"many": {"num_experts": 8}, "one": {"num_experts": None}}.items():
        folder = tmp_path / "zoo" / name
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(config))
        (folder / "model.safetensors").touch()
    (folder / "config.json").write_text("{")
    assert "zoo/many" in known_mixtures()
    assert "zoo/one" not in known_mixtures()
    dense = counted(tiny, "path:tiny")
    with pytest.raises(NoRouting) as caught, capture(dense.module, "path:tiny"):
        pass
    assert caught.value.message == "path:tiny is dense: no layer of it chooses between experts"
    assert "zoo/many" in caught.value.hint
    assert "hub:org/name" in caught.value.hint


def test_configurations_tell_whether_there_are_experts(mixture: Counted) -> None:
    assert has_experts(mixture.module.config.to_dict())  # type: ignore[operator, union-attr]
    assert has_experts({"text_config": {"num_local_experts": 4}})
    assert not has_experts({"num_experts": 0, "text_config": {"hidden_size": 4}})
