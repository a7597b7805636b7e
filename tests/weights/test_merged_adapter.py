"""Adapters of one base become one adapter: what it adds is what the rule makes of theirs."""

import json
import shutil
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGUFReader
from peft import PeftModel
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.testing import assert_close
from transformers import AutoModelForCausalLM

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.builds import builds_from_toml
from fusionlab.engines.memory import Pool
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import FusionError, RecipeError, SourceError, UnknownName
from fusionlab.events import ModelBuilt, Warned
from fusionlab.models.base import Level
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources.known import known_models
from fusionlab.sources.references import adapter_of, spec_of
from fusionlab.views.build import built_view
from fusionlab.weights.checkpoint import checkpoint_in
from fusionlab.weights.folding import LowRank, deltas_in
from fusionlab.weights.lowrank import truncated, truncated_product
from fusionlab.weights.shelf import exported, gguf_refusal, known_built, made_of, removed
from tests.drained import drained
from tests.tiny_lora import tiny_lora
from tests.weights.families import opened, tiny_family

TOKENS = torch.tensor([[7, 40, 9, 100, 21, 5, 300, 8, 77, 12]])
KINDS: Sequence[dict[str, Any]] = (
    {"rank": 4, "targets": ("q_proj", "v_proj", "down_proj")},
    {"rank": 2, "targets": ("q_proj", "up_proj"), "use_rslora": True},
    {
        "rank": 3,
        "targets": ("v_proj", "up_proj"),
        "rank_pattern": {"layers.0.mlp.up_proj": 5},
        "alpha_pattern": {"v_proj": 1},
    },
)
"""Of several ranks and scales, on projections that only some of them change."""
near = partial(assert_close, rtol=1e-4, atol=1e-4)
FULL = 16
"""The rank of every projection of the base."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_family(tmp_path_factory.mktemp("tiny") / "base", layers=2)


@pytest.fixture(scope="module")
def adapters(base: Path) -> list[Path]:
    return [
        tiny_lora(base, base.parent / f"adapter{n}", seed=n, name=str(base), **kind)
        for n, kind in enumerate(KINDS)
    ]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def sources(base: Path, adapters: Sequence[Path], *weights: float) -> list[Source]:
    told = [{"weight": weight} for weight in weights] or [{}] * len(adapters)
    refs = [f"path:{base}+{adapter}" for adapter in adapters]
    return [Source(ref, own) for ref, own in zip(refs, told, strict=True)]


def planned(given: Sequence[Source], name: str = "new", **settings: Any) -> Plan[Any]:
    return get_builder("merge").plan(list(given), {"into": "adapter", **settings}, name)


def merged(given: Sequence[Source], name: str = "new", **settings: Any) -> Path:
    plan = planned(given, name, **settings)
    assert plan.refused is None, plan.refused
    events, folder = drained(get_builder("merge").execute(plan, None))
    assert isinstance(built := events[-1], ModelBuilt)
    assert built.parameters == plan.parameters
    assert 0 <= built.bytes - plan.bytes < 10_000  # headers
    return folder


def added(folder: Path, base: Path) -> dict[str, Tensor]:
    """What the adapter adds to each tensor of the base, in float64."""
    found = deltas_in(folder, checkpoint_in(base).tensors)
    return {name: each.b.double() @ each.a.double() for name, each in found.items()}


def check_adds(folder: Path, base: Path, wanted: dict[str, Tensor], bound: float) -> None:
    found = added(folder, base)
    assert set(found) == set(wanted)
    for name, delta in wanted.items():
        assert_close(found[name], delta, rtol=bound, atol=bound)


def summed(base: Path, adapters: Sequence[Path], weights: Sequence[float]) -> dict[str, Tensor]:
    total: dict[str, Tensor] = {}
    for adapter, weight in zip(adapters, weights, strict=True):
        for name, delta in added(adapter, base).items():
            total[name] = total.get(name, torch.zeros_like(delta)) + weight * delta
    return total


def report(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return told


def logits_of(folder: Path, base: Path) -> Tensor:
    """What plain peft says with the adapter."""
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder).eval()
    with torch.no_grad():
        found: Tensor = model(TOKENS).logits
    return found


def test_side_by_side_they_are_their_sum(base: Path, adapters: list[Path]) -> None:
    one = merged(sources(base, adapters[:1], 1), "one", method="task_arithmetic")
    check_adds(one, base, added(adapters[0], base), 0)
    weights = (1.0, 0.5, -2.0)
    folder = merged(sources(base, adapters, *weights), method="task_arithmetic")
    check_adds(folder, base, summed(base, adapters, weights), 1e-12)
    ranks = {name: len(part.a) for name, part in _parts(folder, base).items()}
    assert ranks["model.layers.0.mlp.up_proj.weight"] == 2 + 5
    assert ranks["model.layers.1.mlp.up_proj.weight"] == 2 + 3
    assert ranks["model.layers.0.mlp.down_proj.weight"] == 4
    assert (report(folder)["combination"], report(folder)["error"]) == ("cat", 0)
    mean = merged(sources(base, adapters, 1, 2, 1), "mean", method="linear")
    check_adds(mean, base, summed(base, adapters, (0.25, 0.5, 0.25)), 1e-12)


def test_settings_may_vary_over_depth_and_projections(base: Path, adapters: list[Path]) -> None:
    given = sources(base, adapters[:1])
    varied = [Source(given[0].ref, {"weight": {"q_proj": 0, "*": [1, 4]}})]
    found = added(merged(varied, method="task_arithmetic"), base)
    plain = added(adapters[0], base)
    for name, delta in found.items():
        factor = 0 if "q_proj" in name else 4 if ".1." in name else 1
        assert_close(delta, factor * plain[name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rule", ["linear", "ties", "dare_ties", "tsv_m", "slerp", "arcee_fusion"])
def test_at_full_rank_it_is_the_merge_into_whole_weights(
    rule: str, base: Path, adapters: list[Path]
) -> None:
    count = {"slerp": 2, "arcee_fusion": 1}.get(rule, 3)
    given = sources(base, adapters[:count])
    density = {"parameters": {"density": 0.5}} if rule in ("ties", "dare_ties") else {}
    told = {"method": rule, "seed": 5, **density}
    folder = merged(given, "svd", combination="svd", svd_rank=FULL, **told)
    whole = checkpoint_in(merged(given, "whole", into="model", **told))
    plain, found = checkpoint_in(base), added(folder, base)
    for name in whole.tensors:
        wanted = whole.read(name).double()
        made = plain.read(name).double() + found.get(name, torch.zeros(()).double())
        assert_close(made, wanted, rtol=1e-5, atol=1e-6)
    assert report(folder)["error"] < 1e-12
    near(logits_of(folder, base), opened(folder.with_name("whole"))(TOKENS).logits)


def test_what_a_rank_leaves_out_is_told(base: Path, adapters: list[Path]) -> None:
    given, wanted = sources(base, adapters), summed(base, adapters, [1 / 3] * 3)
    plan = planned(given, method="linear", combination="svd", svd_rank=2)
    events, folder = drained(get_builder("merge").execute(plan, None))
    (warned,) = [each for each in events if isinstance(each, Warned)]
    assert "rank 2 leaves out" in warned.message
    found, known = added(folder, base), report(folder)
    apart = sum(float((found[name] - delta).square().sum()) for name, delta in wanted.items())
    size = sum(float(delta.square().sum()) for delta in wanted.values())
    assert known["error"] == pytest.approx((apart / size) ** 0.5, rel=1e-4)
    assert [row["layer"] for row in known["errors"]] == [0, 1]
    assert (known["rank"], known["combination"]) == (2, "svd")
    said = [each["key"] for each in built_view(events[-1], "", "merge")["sentences"]]
    assert said == ["build-adapter-error"]
    usual = planned(given, method="ties").details
    assert (usual.combination, usual.rank) == ("svd", 7)  # the sum of the sources'


@pytest.mark.parametrize("kind", ["cat", "svd"])
def test_peft_makes_the_same(kind: str, base: Path, adapters: list[Path]) -> None:
    weights = [0.7, 1.5]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapters[0], "a")
    model.load_adapter(adapters[1], "b")
    model.add_weighted_adapter(["a", "b"], weights, "ab", combination_type=kind, svd_rank=3)
    model.set_adapter("ab")
    rank: dict[str, Any] = {"svd_rank": 3} if kind == "svd" else {}
    given = sources(base, adapters[:2], *weights)
    folder = merged(given, method="task_arithmetic", combination=kind, **rank)
    with torch.no_grad():
        near(logits_of(folder, base), model.eval()(TOKENS).logits)


@pytest.mark.parametrize("kind", ["cat", "svd"])
def test_their_order_changes_nothing(kind: str, base: Path, adapters: list[Path]) -> None:
    told = {"method": "task_arithmetic", "combination": kind}
    first = merged(sources(base, adapters, 1, 2, 3), "first", **told)
    last = merged(sources(base, adapters[::-1], 3, 2, 1), "last", **told)
    check_adds(first, base, added(last, base), 1e-6)


def test_no_rank_is_nearer_than_the_first_triples() -> None:
    delta = torch.randn(6, 9, generator=torch.Generator().manual_seed(0)).double()
    made = truncated(delta, 2, "x")
    lost = (delta - made.part.b @ made.part.a).square().sum()
    values = torch.linalg.svdvals(delta)
    assert (
        made.lost == pytest.approx(float(lost)) == pytest.approx(float(values[2:].square().sum()))
    )
    assert made.size == pytest.approx(float(delta.square().sum()))
    assert_close(made.part.a.norm(dim=1), made.part.b.norm(dim=0))
    assert truncated(torch.zeros(3, 4), 2, "x").part.a.isfinite().all()
    left, right = torch.randn(2, 7, 3, generator=torch.Generator().manual_seed(1)).double()
    one, other = truncated(left @ right.T, 2, "x"), truncated_product(LowRank(right.T, left), 2)
    assert_close(other.part.b @ other.part.a, one.part.b @ one.part.a)
    assert (other.lost, other.size) == pytest.approx((one.lost, one.size))


def test_it_is_a_member_over_the_weights_of_its_base(base: Path, adapters: list[Path]) -> None:
    given = sources(base, adapters)
    merged(given, "side", method="linear")
    merged(given, "ties", method="ties", svd_rank=FULL, parameters={"density": 0.5})
    whole = merged(given, "whole", into="model", method="linear")
    refs = [f"path:{base}", "built:side", "built:ties", given[0].ref]
    with closing(Pool()) as pool, pool.borrow() as loan:
        models = [drained(loan.load(ref, Level.INTERNALS))[1] for ref in refs]
        known = [model for model in models if isinstance(model, TransformersModel)]
        assert len({id(model.trunk) for model in known}) == 1
        with closing(known[1].open([TOKENS[0].tolist()])) as rows:
            near(rows.logits()[0], opened(whole)(TOKENS).logits[0, -1])
    assert adapter_of("built:side") == (f"path:{base}", whole.with_name("side"))
    assert spec_of("built:side").lineage == (f"path:{base}", *(each.ref for each in given))
    listed = {row["id"]: row for row in known_models()}
    assert listed["built:side"]["level"] == "internals"
    again = [Source("built:side"), Source("built:ties")]
    check = added(merged(again, "again", method="linear"), base)
    one, two = (added(whole.with_name(name), base) for name in ("side", "ties"))
    for name, delta in check.items():
        assert_close(delta, (one[name] + two[name]) / 2, rtol=1e-6, atol=1e-6)


def test_the_shelf_knows_it(base: Path, adapters: list[Path], tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(base, moved)
    own = tiny_lora(moved, tmp_path / "own", name=str(moved), rank=2)
    folder = merged(sources(moved, [own, own]), method="linear")
    (row,) = known_built()
    assert (row["id"], row["builder"]) == ("new", "merge")
    assert made_of("new") == []
    drained(exported("new", tmp_path / "copy"))
    assert_close(logits_of(tmp_path / "copy", moved), logits_of(folder, moved))
    assert gguf_refusal("new") is None
    drained(exported("new", tmp_path / "new.gguf"))
    told = GGUFReader(tmp_path / "new.gguf")
    assert told.get_field("general.type").contents() == "adapter"
    assert {each.name.rpartition(".")[2] for each in told.tensors} == {"lora_a", "lora_b"}
    with pytest.raises(SourceError, match="takes no adapters"):
        spec_of(f"built:new+{own}")
    card, config = (folder / "README.md").read_text(), (folder / "adapter_config.json").read_text()
    assert "library_name: peft" in card
    assert json.loads(config)["target_modules"] == sorted(json.loads(config)["target_modules"])
    shutil.rmtree(moved)
    assert "built:new" not in {row["id"] for row in known_models()}
    assert [row["id"] for row in known_built()] == ["new"]
    drained(removed("new"))
    assert known_built() == []


def test_what_cannot_be_is_refused_by_name(
    base: Path, adapters: list[Path], tmp_path: Path
) -> None:
    other = tiny_family(tmp_path / "other", seed=9, layers=2)
    foreign = tiny_lora(other, tmp_path / "foreign", name=str(other))
    given = sources(base, adapters)
    elsewhere = [given[0], *sources(other, [foreign])]
    cases: list[tuple[list[Source], dict[str, Any], str]] = [
        (elsewhere, {}, "several: .*other"),
        ([given[0], Source(f"path:{base}")], {}, "these are none: path:base"),
        (given, {"base": f"path:{other}", "method": "ties"}, "not path:other"),
        (given, {"method": "ties", "combination": "cat"}, "ties does not add"),
        (given, {"svd_rank": 3}, "rank 3 cannot be kept"),
        (given, {"method": "ties", "svd_rank": -1}, "svd_rank"),
        (given, {"method": "ties", "svd_rank": FULL + 1}, f"projection has: {FULL}"),
        (given, {"parameters": {"normalize": False}}, "linear multiplies the weights of the base"),
        (
            given[:1],
            {"method": "passthrough", "parameters": {"scale": 2}},
            "passthrough multiplies",
        ),
        (given, {"tokenizer": "union"}, "union means nothing for --set tokenizer"),
        (given, {"into": "model", "svd_rank": 2}, "whole weights are asked for"),
        ([], {"mergekit": "x.yml"}, "x.yml says how whole models"),
        ([], {}, "source"),
    ]
    for which, settings, says in cases:
        with pytest.raises(FusionError, match=says) as caught:
            planned(which, **settings).check()
        assert caught.value.hint
    assert [each.sentence.key for each in planned(given[:1]).findings] == [
        "graft-licence-unknown",
        "merge-adapter-alone",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"use_dora": True},
        {"modules_to_save": ["lm_head"]},
        {"bias": "all"},
        {"fan_in_fan_out": True},
    ],
)
def test_adapters_that_do_more_are_refused(
    change: dict[str, Any], base: Path, adapters: list[Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(adapters[0], tmp_path / "more")
    config = folder / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **change}))
    with pytest.raises(SourceError, match=next(iter(change))):
        planned(sources(base, [adapters[1], folder]))


def test_no_numbers_are_told_with_their_tensor(
    base: Path, adapters: list[Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(adapters[0], tmp_path / "broken")
    tensors = load_file(folder / "adapter_model.safetensors")
    name = next(each for each in tensors if "layers.1.mlp.down_proj.lora_B" in each)
    tensors[name][0, 0] = torch.nan
    save_file(tensors, folder / "adapter_model.safetensors")
    with pytest.raises(RecipeError, match=r"broken holds NaN .* model.layers.1.mlp.down_proj"):
        planned(sources(base, [adapters[1], folder])).check()
    huge = sources(base, adapters, 1e6, 1, 1)
    plan = planned(huge, method="task_arithmetic", dtype="float16")
    events, folder = drained(get_builder("merge").execute(plan, None))
    assert report(folder)["not_finite"]
    assert any(isinstance(each, Warned) and "infinite" in each.message for each in events)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_base_of_few_digits_rounds_nothing_away(dtype: torch.dtype, tmp_path: Path) -> None:
    base = tiny_family(tmp_path / "half", layers=1, dtype=dtype)
    pair = [tiny_lora(base, tmp_path / f"{n}", seed=n, name=str(base), rank=2) for n in range(2)]
    told: dict[str, Any] = {"method": "task_arithmetic", "combination": "svd", "svd_rank": 4}
    folder = merged(sources(base, pair, 1, 1), **told)
    check_adds(folder, base, summed(base, pair, (1, 1)), 1e-6)


def test_stopped_midway_nothing_has_the_name(base: Path, adapters: list[Path], home: Path) -> None:
    given = sources(base, adapters)
    steps = get_builder("merge").execute(planned(given, method="ties"), None)
    for _, _ in zip(range(4), steps, strict=False):
        assert not (home / "models" / "new").exists()
    steps.close()
    assert not (home / "models" / "new").exists()
    folder = merged(given, method="ties")
    before = (folder / "adapter_model.safetensors").stat().st_mtime_ns
    merged(given, method="ties")  # the same: it stands there already
    assert (folder / "adapter_model.safetensors").stat().st_mtime_ns == before
    (kept,) = builds_from_toml((folder / "recipe.toml").read_text())
    again = get_builder("merge").plan(kept.sources, kept.settings, kept.id)
    _, same = drained(get_builder("merge").execute(again, None))
    assert (same / "adapter_model.safetensors").stat().st_mtime_ns == before
    with pytest.raises(RecipeError, match="another recipe has made"):
        merged(given, method="ties", svd_rank=1)
    with pytest.raises(UnknownName):
        spec_of("built:newer")
    assert sorted(file.name for file in folder.iterdir()) == [
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "origin.json",
        "recipe.toml",
        "report.json",
    ]


def _parts(folder: Path, base: Path) -> dict[str, LowRank]:
    return deltas_in(folder, checkpoint_in(base).tensors)
