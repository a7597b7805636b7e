"""What a post-flight finds: copies, noise, shuffled layers, NaN, and the laws of its figures."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from fusionlab.engines.memory import Pool
from fusionlab.engines.scoring import kl, scored
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.models.base import Level, ModelSpec
from fusionlab.proof.examining import samples_for
from fusionlab.weights.kinds import kind_of
from fusionlab.weights.opened import opened
from fusionlab.weights.pairs import paired
from fusionlab.weights.postflight import Proof, Sample, Subject, proof_to_json, proved
from fusionlab.weights.shifts import Shifts, shifts
from fusionlab.zoo.shelf import model_folder
from tests.drained import drained
from tests.weights.families import tiny_family

BASE = "zoo/base"
Weights = dict[str, Tensor]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with closing(Pool(10**10)) as pool:
        yield pool


@pytest.fixture(scope="module")
def text() -> list[Sample]:
    kind, samples = samples_for(Subject(BASE, ()))
    assert kind == "zoo"
    return samples[::4]  # two problems of each task will do


def changed(source: Path, target: Path, change: Callable[[Weights], Weights]) -> str:
    """The reference of a copy with other weights."""
    shutil.copytree(source, target)
    (target / "origin.json").unlink(missing_ok=True)
    weights = change(load_file(target / "model.safetensors"))
    save_file(weights, target / "model.safetensors", metadata={"format": "pt"})
    return f"path:{target}"


def of_base(tmp_path: Path, change: Callable[[Weights], Weights]) -> str:
    source = model_folder("base")
    assert source is not None
    return changed(source, tmp_path / "model", change)


def noisy(part: str) -> Callable[[Weights], Weights]:
    def change(weights: Weights) -> Weights:
        rng = torch.Generator().manual_seed(0)
        return {
            name: each + each.std() * torch.randn(each.shape, generator=rng)
            if part in name and each.dim() > 1
            else each
            for name, each in weights.items()
        }

    return change


def swapped(weights: Weights) -> Weights:
    """Layers 1 and 2 stand in each other's place."""
    places = {"model.layers.1.": "model.layers.2.", "model.layers.2.": "model.layers.1."}
    return {
        next((name.replace(a, b) for a, b in places.items() if name.startswith(a)), name): each
        for name, each in weights.items()
    }


def proof_of(ref: str, text: list[Sample], pool: Pool, parents: tuple[str, ...] = (BASE,)) -> Proof:
    return drained(proved(Subject(ref, parents), "zoo", text, pool))[1]


def test_a_perfect_copy_is_the_same_as_its_parent(
    tmp_path: Path, text: list[Sample], pool: Pool
) -> None:
    proof = proof_of(of_base(tmp_path, dict), text, pool)
    assert (proof.verdict.kind, proof.verdict.parent) == ("same", BASE)
    (parent,) = proof.parents
    assert parent.kl == 0
    assert proof.read == parent.read
    assert {shift.relative for shift in parent.shifts} == {0.0}
    assert sum(shift.elements for shift in parent.shifts) == sum(
        each.elements for each in opened(BASE).weights.tensors.values()
    )
    assert proof.read.nats_per_byte is not None
    assert 0 < proof.read.nats_per_byte < proof.chance
    plain = json.loads(json.dumps(proof_to_json(proof), allow_nan=False))
    assert plain["verdict"]["reasons"][0]["message"].keys() == {"en", "zh"}


def test_noise_in_one_layer_is_damage_there(tmp_path: Path, text: list[Sample], pool: Pool) -> None:
    proof = proof_of(of_base(tmp_path, noisy("layers.1.")), text, pool)
    assert proof.verdict.kind == "damaged"
    assert proof.verdict.layers == (1,)
    assert proof.verdict.reasons[1].said() == "Layer 1 is far from those of every parent."
    assert proof.parents[0].kl is not None
    assert proof.parents[0].kl > 0.1


def test_shuffled_layers_are_damage_there(tmp_path: Path, text: list[Sample], pool: Pool) -> None:
    proof = proof_of(of_base(tmp_path, swapped), text, pool)
    assert (proof.verdict.kind, proof.verdict.layers) == ("damaged", (1, 2))


def test_nan_is_named(tmp_path: Path, text: list[Sample], pool: Pool) -> None:
    name = "model.layers.2.mlp.up_proj.weight"

    def change(weights: Weights) -> Weights:
        weights[name][3, 4] = torch.nan
        return weights

    proof = proof_of(of_base(tmp_path, change), text, pool)
    assert proof.verdict.kind == "damaged"
    assert proof.verdict.tensors == (name,)
    assert proof.verdict.layers == (2,)
    assert proof.read.nats_per_byte is None
    assert proof.parents[0].why is not None
    assert proof.parents[0].why.key == "proof-kl-no-number"
    assert [each.kind for each in proof.parents[0].shifts if each.relative is None] == ["up"]
    json.dumps(proof_to_json(proof), allow_nan=False)


def test_a_model_that_moved_a_little_works(tmp_path: Path, text: list[Sample], pool: Pool) -> None:
    far = 2**-5
    ref = of_base(tmp_path, lambda weights: {k: v * (1 + far) for k, v in weights.items()})
    proof = proof_of(ref, text, pool)
    assert proof.verdict.kind == "works"
    for shift in proof.parents[0].shifts:  # but for the rounding to 16 bits
        assert shift.relative == pytest.approx(far, rel=0.1)


def test_a_parent_that_is_gone_is_told(tmp_path: Path, text: list[Sample], pool: Pool) -> None:
    ref = of_base(tmp_path, dict)
    proof = proof_of(ref, text, pool, (f"path:{tmp_path / 'gone'}", BASE))
    gone = next(each for each in proof.parents if each.ref == "path:gone")
    assert (gone.read, gone.kl) == (None, None)
    assert gone.why is not None
    assert proof.verdict.kind == "same"
    alone = proof_of(ref, text, pool, ())
    assert alone.verdict.kind == "works"
    assert alone.verdict.reasons[0].key == "proof-works-alone"


def test_ids_beyond_the_embeddings_are_damage(tmp_path: Path, pool: Pool) -> None:
    source = tiny_family(tmp_path / "a", vocab_size=300)
    file = source / "tokenizer.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    highest = max(data["model"]["vocab"].values())
    proof = drained(
        proved(Subject(f"path:{source}", ()), "prose", [Sample("en", "", "one two")], pool)
    )[1]
    assert proof.rows == 300
    assert len(proof.ids_beyond) == highest - 299
    assert proof.verdict.kind == "damaged"
    assert proof.verdict.reasons[0].key == "proof-ids-beyond"
    assert proof.unread is not None


def test_a_model_that_cannot_be_loaded_is_damaged(tmp_path: Path, text: list[Sample]) -> None:
    name = "model.embed_tokens.weight"
    ref = of_base(tmp_path, lambda weights: {**weights, name: weights[name].repeat(2, 1)})
    with closing(Pool(10**10)) as pool:
        proof = proof_of(ref, text, pool)
    assert (proof.verdict.kind, proof.verdict.reasons[0].key) == ("damaged", "proof-unread")
    assert proof.parents[0].unlike == (name,)
    assert proof.parents[0].read is not None


def moved(tmp_path: Path, first: float, second: float) -> Shifts:
    """Of a model between two that moved from one base by these times one direction."""
    base = tiny_family(tmp_path / "base", layers=2)
    rng = torch.Generator().manual_seed(1)
    way = {
        name: torch.randn(each.shape, generator=rng)
        for name, each in load_file(base / "model.safetensors").items()
    }

    def step(by: float) -> Callable[[Weights], Weights]:
        return lambda weights: {name: each + by * way[name] for name, each in weights.items()}

    refs = [changed(base, tmp_path / str(by), step(by)) for by in (first, second)]
    parents = [opened(ref) for ref in refs]
    model = opened(f"path:{base}")
    return drained(shifts(model, parents, paired(model, parents), model, "looking"))[1]


def test_equal_deltas_have_cosine_1_and_no_conflict(tmp_path: Path) -> None:
    accord = moved(tmp_path, 0.5, 0.25).accord
    assert accord is not None
    assert accord.cosines[0][1] == pytest.approx(1, abs=1e-6)
    assert accord.conflicts == 0


def test_opposite_deltas_have_cosine_minus_1_and_conflict(tmp_path: Path) -> None:
    found = moved(tmp_path, 0.5, -0.5)
    assert found.accord is not None
    assert found.accord.cosines[0][1] == pytest.approx(-1, abs=1e-6)
    assert found.accord.conflicts == pytest.approx(1, abs=1e-3)
    assert found.accord.pairs[0][1] == pytest.approx(1, abs=1e-3)
    assert found.accord.pairs[0][0] == 0
    assert [layer for layer, _ in found.accords] == [0, 1]


logits = st.lists(st.lists(st.floats(-30, 30), min_size=4, max_size=4), min_size=1, max_size=3)


@given(logits, logits)
def test_kl_is_never_negative_and_0_to_oneself(a: list[list[float]], b: list[list[float]]) -> None:
    rows = min(len(a), len(b))
    p = torch.log_softmax(torch.tensor(a[:rows]), dim=-1)
    q = torch.log_softmax(torch.tensor(b[:rows]), dim=-1)
    assert (kl(p, q) >= 0).all()
    assert (kl(p, p) == 0).all()


def test_a_text_is_read_alike_alone_and_in_company(tmp_path: Path) -> None:
    source = tiny_family(tmp_path / "a")
    with closing(load(source, ModelSpec("a", "transformers", Level.INTERNALS))) as model:
        assert isinstance(model, TransformersModel)
        asked = [("", "one two three"), ("", "the capital of France is Paris"), ("one", "two")]
        together = list(scored(model, asked))
        for each, alone in zip(asked, together, strict=True):
            (single,) = scored(model, [each])
            assert single.ids == alone.ids
            assert single.bytes == alone.bytes == len(each[1].encode())
            torch.testing.assert_close(single.logprobs, alone.logprobs, atol=1e-4, rtol=1e-4)
        (long,) = scored(model, [("", "eight nine ten " * 100)])
        assert len(long.ids) == model.context - 1
        assert long.bytes < 1500


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("model.embed_tokens.weight", "embed"),
        ("self_attn.q_proj.weight", "q"),
        ("self_attn.q_norm.weight", "norm"),
        ("self_attn.o_proj.bias", "o"),
        ("self_attn.qkv_proj.weight", "attention"),
        ("mlp.gate_proj.weight", "gate"),
        ("mlp.gate_up_proj.weight", "mlp"),
        ("mlp.experts.3.down_proj.weight", "down"),
        ("mlp.gate.weight", "router"),
        ("input_layernorm.weight", "norm"),
        ("model.norm.weight", "norm"),
        ("lm_head.weight", "head"),
        ("something.else", "other"),
    ],
)
def test_kinds_by_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind
