"""Of a mixture the routers learn alone, and all else stays what it was, to the bit."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.testing import assert_close

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.errors import FusionError
from fusionlab.events import Event, StepTrained
from fusionlab.experts.load import balance, evenness, silent
from fusionlab.experts.routing import capture
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources.opening import open_model
from fusionlab.training.losses import Batch, answer_loss, routed_loss
from fusionlab.training.routers import freeze, routers_taught
from fusionlab.weights.checkpoint import checkpoint_in
from tests.drained import drained
from tests.tiny import tiny_llama, tiny_mixture
from tests.weights.families import tiny_family

TEXT = "one two three four five six seven eight nine ten. the capital of France is Paris. " * 12
QUICK = {"steps": 4, "batch": 2, "length": 32, "precision": "float32", "learning_rate": 0.05}
ROUTERS = (".gate.weight", ".router.weight", ".router.bias")
DENSE = [("llama", False), ("llama", True), ("qwen3", False), ("olmo2", False)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    (tmp_path / "text.txt").write_text(TEXT)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def planned(ref: str, tmp_path: Path, builder: str = "train", **settings: Any) -> Plan[Any]:
    data = {"data": str(tmp_path / "text.txt"), **QUICK} if builder == "train" else {}
    name = f"new-{builder}-{settings.get('balance', 'x')}"
    return get_builder(builder).plan([Source(ref)], {**data, **settings}, name)


def built(plan: Plan[Any], builder: str = "train") -> tuple[list[Event], Path]:
    assert plan.refused is None, plan.refused
    return drained(get_builder(builder).execute(plan, None))


def changed(before: Path, after: Path) -> set[str]:
    """The tensors of which any bit is another."""
    old, new = checkpoint_in(before), checkpoint_in(after)
    assert set(old.tensors) == set(new.tensors)
    return {
        name
        for name in old.tensors
        if old.tensors[name].dtype != new.tensors[name].dtype
        or not torch.equal(old.read(name), new.read(name))
    }


@pytest.mark.parametrize(("family", "shared"), DENSE)
def test_of_every_upcycled_form_the_routers_alone_learn(
    family: str, shared: bool, tmp_path: Path
) -> None:
    parent = tiny_family(tmp_path / "a", family, layers=2)
    plan = planned(f"path:{parent}", tmp_path, "upcycle", experts=3, shared=shared, noise=0.3)
    _, mixture = built(plan, "upcycle")
    taught = planned(f"path:{mixture}", tmp_path, weights="routers")
    events, new = built(taught)
    learned = changed(mixture, new)
    assert len(learned) == 2
    assert all(name.endswith(".gate.weight") for name in learned)
    assert (new / "config.json").read_bytes() == (mixture / "config.json").read_bytes()
    told = [event for event in events if isinstance(event, StepTrained)]
    assert [len(event.loads) for event in told] == [2] * 4


@pytest.mark.parametrize("architecture", ["olmoe", "qwen2_moe", "gpt_oss"])
def test_of_any_mixture_with_known_routers_too(architecture: str, tmp_path: Path) -> None:
    mixture = tiny_mixture(tmp_path / "a", architecture)
    _, new = built(planned(f"path:{mixture}", tmp_path, weights="routers"))
    learned = changed(mixture, new)
    assert learned == {name for name in checkpoint_in(new).tensors if name.endswith(ROUTERS)}


def test_weights_of_another_precision_stay_equal_to_the_bit(tmp_path: Path) -> None:
    """A file may hold norms in fp32 and matrices in bf16: what is copied is not rounded."""
    from safetensors.torch import load_file, save_file

    mixture = tiny_mixture(tmp_path / "a", "mixtral")
    file = mixture / "model.safetensors"
    tensors = load_file(file)
    save_file(
        {name: each if each.ndim < 2 else each.bfloat16() for name, each in tensors.items()},
        file,
        {"format": "pt"},
    )
    _, new = built(planned(f"path:{mixture}", tmp_path, weights="routers"))
    assert {name.rpartition(".block")[2] for name in changed(mixture, new)} == {
        "_sparse_moe.gate.weight"
    }


def test_attention_may_learn_beside_the_routers(tmp_path: Path) -> None:
    mixture = tiny_mixture(tmp_path / "a", "mixtral")
    plan = planned(f"path:{mixture}", tmp_path, weights="routers_and_attention")
    _, new = built(plan)
    learned = changed(mixture, new)
    assert {name.split(".")[3] for name in learned} == {"self_attn", "block_sparse_moe"}
    assert not any("experts" in name for name in learned)
    assert len(learned) == 3 * (4 + 1)


def test_pairs_of_answers_teach_them_too(tmp_path: Path) -> None:
    mixture = tiny_mixture(tmp_path / "a", "mixtral")
    pair = {"prompt": "after one comes", "chosen": "two", "rejected": "Paris"}
    rows = [json.dumps({**pair, "prompt": f"{word} {pair['prompt']}"}) for word in TEXT.split()[:9]]
    (tmp_path / "pairs.jsonl").write_text("\n".join(rows))
    data = str(tmp_path / "pairs.jsonl")
    plan = planned(
        f"path:{mixture}", tmp_path, weights="routers", objective="prefer", data=data, length=64
    )
    events, new = built(plan)
    assert len(changed(mixture, new)) == 3
    for event in events:
        if isinstance(event, StepTrained):
            read = [sum(load.counts) for load in event.loads]
            assert len(set(read)) == 1
            assert 0 < read[0] <= 2 * event.tokens


def test_loads_are_those_of_the_tokens_that_are_no_padding(tmp_path: Path) -> None:
    """Counted by hand from the routers' choices, row by row, whatever parts a step is read in."""
    model = open_model(tiny_mixture(tmp_path / "a", "mixtral"), dtype=torch.float32)
    draws = torch.Generator().manual_seed(0)
    ids = torch.randint(3, 300, (6, 12), generator=draws)
    labels = ids.clone()
    ends = [12, 12, 7, 5, 3, 9]
    for row, end in enumerate(ends):
        ids[row, end:], labels[row, end:] = 0, -100
    batch = Batch(ids, labels, sum(ends))
    with routers_taught(model, "m", answer_loss, balance=0.5, steps=1) as teaching:
        drawn = teaching.draw(_Drawing(batch), torch.Generator(), 1)  # type: ignore[arg-type]
        for part in drawn.parts(3):
            teaching.loss_of(model, part).backward()  # type: ignore[no-untyped-call]
        loads = teaching.loads()
        said = teaching.loss_of(model, batch).item()
    with capture(model, "m") as seen, torch.no_grad():
        model(input_ids=ids)
        decided = seen.last
    real = torch.tensor([place < end for end in ends for place in range(12)])
    for load, routing in zip(loads, decided, strict=True):
        by_hand = torch.bincount(routing.chosen[real].flatten(), minlength=4)
        assert load.counts == tuple(by_hand.tolist())
    assert said == pytest.approx(routed_loss(model, batch, balance=0.5).item(), abs=1e-5)


class _Drawing:
    """A course of one batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def draw(self, _generator: torch.Generator, _step: int) -> Batch:
        return self.batch


def test_the_auxiliary_loss_evens_out_what_experts_read(tmp_path: Path) -> None:
    """From routers that favour one expert, with and without the loss."""
    mixture = tiny_mixture(tmp_path / "a", "mixtral")
    how: dict[str, Any] = {"weights": "routers", "steps": 30, "learning_rate": 0.02}
    even = {}
    for coefficient in (0.0, 10.0):
        plan = planned(f"path:{mixture}", tmp_path, **how, balance=coefficient, seed=1)
        events, folder = built(plan)
        last = [each for each in events if isinstance(each, StepTrained)][-1]
        even[coefficient] = sum(evenness(each.counts) for each in last.loads) / len(last.loads)
        report = json.loads((folder / "report.json").read_text())
        assert report["loads"][-1] == [
            30,
            [[each.layer, each.balance, [*each.counts]] for each in last.loads],
        ]
    assert even[10.0] > max(0.98, even[0.0])


def test_figures_of_load_have_their_known_values() -> None:
    assert evenness([5, 5, 5, 5]) == pytest.approx(1)
    assert evenness([7, 0, 0]) == 0
    assert evenness([3]) == 1
    assert silent([0, 4, 0]) == [0, 2]
    assert balance([1, 1], [0.5, 0.5]) == 1
    assert evenness([1, 1, 0]) == pytest.approx(math.log(2) / math.log(3))


def test_what_cannot_be_learned_by_routers_is_said_before(tmp_path: Path) -> None:
    dense = tiny_llama(tmp_path / "dense")
    mixture = tiny_mixture(tmp_path / "mixed", "mixtral")
    one = tmp_path / "one"
    config = json.loads((mixture / "config.json").read_text())
    for file in mixture.iterdir():
        one.mkdir(exist_ok=True)
        (one / file.name).write_bytes(file.read_bytes())
    (one / "config.json").write_text(json.dumps({**config, "num_experts_per_tok": 1}))
    cases: list[tuple[Path, dict[str, Any], str]] = [
        (dense, {}, "has no routers"),
        (one, {}, "learn nothing from a text"),
        (mixture, {"lora": 4}, "both are asked for"),
        (mixture, {"shard": True}, "only where all of them learn"),
    ]
    for folder, settings, said in cases:
        with pytest.raises(FusionError, match=said) as caught:
            planned(f"path:{folder}", tmp_path, **{"weights": "routers", **settings}).check()
        assert caught.value.hint, said
    hint = planned(f"path:{dense}", tmp_path, weights="routers").refused
    assert hint is not None
    assert "upcycle" in str(hint.sentence.part("hint", "en", "terminal"))


def test_frozen_weights_ask_for_no_gradient(tmp_path: Path) -> None:
    model = open_model(tiny_mixture(tmp_path / "a", "mixtral"), dtype=torch.float32)
    freeze(model, "routers", "m")
    ids = torch.tensor([[5, 6, 7, 8]])
    answer_loss(model, Batch(ids, ids.clone(), 4)).backward()  # type: ignore[no-untyped-call]
    learned = {name for name, each in model.named_parameters() if each.grad is not None}
    assert learned == {f"model.layers.{n}.mlp.gate.weight" for n in range(3)}
    assert_close(model.model.layers[0].mlp.gate.weight.grad.norm() > 0, torch.tensor(True))
