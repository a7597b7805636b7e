"""The study of gates: gates agree with their figures, einsums with one another, and a router that
nothing holds even starves its experts.
"""

import copy
import json
import math
from typing import Any

import numpy as np
import pytest
import torch

import fusionlab.laboratory  # noqa: F401  registers it
from fusionlab.errors import RecipeError, SettingError
from fusionlab.events import Warned
from fusionlab.experts.gating import GATES, Router, Setting, gshard
from fusionlab.experts.layer import Experts, sorted_layer
from fusionlab.laboratory import mixture
from fusionlab.laboratory.beside import side_by_side
from fusionlab.laboratory.einsum_form import products, walked
from fusionlab.registry import get_study
from fusionlab.views.spoken import sentence_of
from fusionlab.views.study_gates import gates_view

QUICK: dict[str, Any] = {"text": "add 384+77=461", "steps": 2, "experts": 4}


def watched(**settings: Any) -> list[Any]:
    return list(get_study("gates").watched({**QUICK, **settings}))


def pictures(**settings: Any) -> list[dict[str, Any]]:
    return [each for each in watched(**settings) if isinstance(each, dict)]


def test_the_same_seed_draws_the_same_pictures_and_all_routers_start_alike() -> None:
    first, *_, last = once = pictures()
    assert once == pictures()
    assert last != pictures(seed=1)[-1]
    shares = [run["curve"][0]["shares"] for run in first["runs"]]
    assert shares[0] == shares[1] == shares[2]
    assert [router["of"] for router in first["routers"]] == ["start"]
    assert [router["of"] for router in last["routers"]] == ["start", "none", "balance", "bias"]
    assert [len(run["curve"]) for run in first["runs"]] == [1, 1, 1]  # later ones do not change it


def scores(seed: int, tokens: int, experts: int) -> torch.Tensor:
    return 2 * torch.randn(tokens, experts, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("tokens", "k", "factor"), [(1, 1, 0.5), (21, 2, 1.0), (40, 4, 8.0)])
def test_every_gate_says_who_reads_what_and_its_figures_follow(
    tokens: int, k: int, factor: float
) -> None:
    setting = Setting(k=k, factor=factor, shared=1)
    ids = torch.arange(tokens)
    told = side_by_side(scores(0, tokens, 6), scores(1, 50, 6), ids, setting)["gates"]
    assert [gate["gate"] for gate in told] == list(GATES)
    for gate in told:
        counts = [0] * len(gate["counts"])
        for _, expert, _ in gate["pairs"]:
            counts[expert] += 1
        assert counts == gate["counts"]
        read = {token for token, _, _ in gate["pairs"]}
        assert gate["unread"] == tokens - len(read)
        own = counts[gate["shared"] :]
        assert gate["peak"] == pytest.approx(max(own) * len(own) / sum(own))
        assert 0 <= gate["entropy"] <= math.log(len(own)) + 1e-9
        assert max(own) <= (gate["room"] or tokens)
        assert not gate["full"] or gate["room"]
    by_name = {gate["gate"]: gate for gate in told}
    assert len(by_name["switch"]["pairs"]) + len(by_name["switch"]["full"]) == tokens
    assert len(by_name["glam"]["pairs"]) + len(by_name["glam"]["full"]) == 2 * tokens
    assert set(by_name["expert-choice"]["counts"]) == {by_name["expert-choice"]["room"]}
    assert by_name["random-routed"]["balance"] is None


def test_a_fitted_bias_evens_the_load_of_logits_with_a_favourite() -> None:
    logits = scores(0, 400, 6)
    logits[:, 0] += 4
    told = side_by_side(logits, logits, torch.arange(400), Setting(k=1, shared=1))["gates"]
    peak = {gate["gate"]: gate["peak"] for gate in told}
    assert peak["top-k"] > 3
    assert peak["bias-balanced"] < 1.5


def test_without_a_loss_experts_starve_and_with_it_all_are_used() -> None:
    strength = mixture.Strength(0.01, 0.01, router_rate=10)
    random = torch.Generator().manual_seed(0)
    stream = mixture.corpus("train", 0, 40_000)
    held = mixture.rows_of(mixture.corpus("test", 0, 10_000), mixture.HELD, random)
    runs = mixture.begun(8, 1, 0, strength)[:2]
    first = [mixture.standing(run, held) for run in runs]
    for _ in range(60):
        rows = mixture.rows_of(stream, mixture.BATCH, random)
        for run in runs:
            mixture.advance(run, rows, strength)
    none, balance = (mixture.standing(run, held) for run in runs)
    assert first[0] == first[1]
    assert min(none.counts) == 0
    assert none.balance > balance.balance + 0.3
    assert max(none.counts) > max(balance.counts)
    assert max(none.nats, balance.nats) < first[0].nats - 1


def test_one_expert_a_token_still_teaches_the_router_under_a_bias() -> None:
    strength = mixture.Strength(0.01, 0.01)
    run = mixture.begun(4, 1, 0, strength)[2]
    rows = mixture.rows_of(mixture.corpus("train", 0, 2_000), 4, torch.Generator().manual_seed(0))
    before = run.model.router.clone()
    mixture.advance(run, rows, strength)
    assert not run.model.router.equal(before)
    assert run.bias.abs().max().item() == pytest.approx(0.01)


def tensor(form: dict[str, Any], name: str) -> Any:
    held = form["tensors"][name]
    return np.array(held["values"]).reshape(held["shape"])


@pytest.mark.parametrize("text", ["add 384+77=461", "aaaaaaaa", "x"])
def test_each_einsum_makes_what_stands_after_it(text: str) -> None:
    form = walked(mixture.encoded(text), 3)
    for step in form["steps"]:
        left, right, made = (tensor(form, step[side]) for side in ("left", "right", "made"))
        if not step["equation"]:
            assert (made == (right != 0)).all()
            continue
        product = np.einsum(step["equation"], left, right)
        if step["name"] == "gates":
            product = np.exp(product) / np.exp(product).sum(-1, keepdims=True)
        if step["name"] == "up":
            product = product.clip(0)
        assert np.abs(product - made).max() < 0.02  # all numbers have three decimals
    mask = tensor(form, "mask")
    assert [[t, e, c] for t, e, c, _ in sorted(form["places"])] == np.argwhere(mask).tolist()
    assert mask.sum(0).max() <= 1  # one token at a place
    assert mask.shape == tuple(form["sizes"][axis] for axis in "sec")


def test_equal_tokens_queue_for_one_expert_until_it_is_full() -> None:
    form = walked(mixture.encoded("aaaaaaaa"), 3)
    first = [expert for _, expert, _, _ in form["places"][:4]]
    assert len(set(first)) == 1
    assert [4, first[0]] in form["full"]


def test_the_form_equals_the_layer_that_sorts() -> None:
    random = torch.Generator().manual_seed(5)
    x = torch.randn(9, 3, generator=random)
    experts = Experts(
        torch.randn(4, 3, 5, generator=random), torch.randn(4, 5, 3, generator=random)
    )
    routed = gshard(Router(scores(2, 9, 4), random=random), Setting(factor=1.0))
    out = products(x, routed, experts, 4)["out"]
    torch.testing.assert_close(out, sorted_layer(x, routed, experts), atol=1e-5, rtol=1e-5)


def test_bytes_are_shown_as_characters() -> None:
    assert mixture.shown(list("a名\n".encode())) == ["a", "名", "·", "·", "\n"]
    assert mixture.shown(list("名".encode())[:2]) == ["·", "·"]


def test_what_is_read_is_problems_and_no_test_is_learned_from() -> None:
    lines = [
        bytes(mixture.corpus(split, 0, 4_000).tolist()).decode().split("\n")[:-1]
        for split in ("train", "test")
    ]
    assert not set(lines[0]) & set(lines[1])
    assert all("=" in line for line in lines[0] + lines[1])


def test_a_long_text_is_cut_and_says_so_and_one_token_is_enough() -> None:
    warned, *_ = watched(text="名" * 20, steps=1)
    assert isinstance(warned, Warned)
    assert "40 of 60 bytes" in warned.message
    last = pictures(text="x", steps=1)[-1]
    assert last["text"] == ["x"]
    assert last["einsum"]["sizes"]["s"] == 1


@pytest.mark.parametrize(
    ("settings", "kind", "message"),
    [
        ({"k": 5}, RecipeError, "5 of 4 experts"),
        ({"trained_k": 9}, RecipeError, "9 of 4 experts"),
        ({"k": 0}, SettingError, "k"),
        ({"capacity": 0}, SettingError, "capacity"),
        ({"capacity": -1}, SettingError, "capacity"),
        ({"capacity": math.nan}, SettingError, "capacity"),
        ({"experts": 1}, SettingError, "experts"),
        ({"text": ""}, SettingError, "text"),
        ({"text": "\ud800"}, SettingError, "text"),
        ({"router_rate": math.inf}, SettingError, "router_rate"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_trained(
    settings: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        next(get_study("gates").watched({**QUICK, **settings}))


def test_what_is_noticed_follows_the_figures() -> None:
    first, *_, last = pictures()
    assert keys(first)[0] == "gates-note-start"
    for silent, shares, key in (
        (2, [0.7, 0.3, 0, 0], "collapse"),
        (0, [0.7, 0.1, 0.1, 0.1], "uneven"),
        (0, [0.25, 0.25, 0.25, 0.25], "even"),
    ):
        changed = copy.deepcopy(last)
        changed["runs"][0]["curve"][-1] |= {"silent": silent, "shares": shares}
        assert keys(changed)[0] == f"gates-note-{key}"
    for nats, key in ((3.0, "better"), (1.0, "worse"), (2.0, "alike")):
        changed = copy.deepcopy(last)
        changed["runs"][0]["curve"][-1]["nats"] = nats
        changed["runs"][1]["curve"][-1]["nats"] = 2.0
        assert f"gates-note-{key}" in keys(changed)
        for silent in (0, 2):
            changed["runs"][0]["curve"][-1]["silent"] = silent
            wasted = "gates-note-wasted" in keys(changed)
            assert wasted == (key == "alike" and silent > 0)
    json.dumps(gates_view(last), allow_nan=False)


def keys(picture: dict[str, Any]) -> list[str]:
    sentences = gates_view(picture)["sentences"]
    for each in sentences:
        assert sentence_of(each).said("zh") != sentence_of(each).said("en")
    return [each["key"] for each in sentences]
