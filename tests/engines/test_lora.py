"""Adapters over one base answer as peft's own models do, alone, in one batch, and on threads."""

import json
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch.testing import assert_close

from fusionlab.engines.lora import Adapter, load_adapter, mixed
from fusionlab.engines.transformers import TransformersModel, load, load_adapted
from fusionlab.errors import SourceError
from fusionlab.models.base import Level, Message, ModelSpec, OpenModel
from fusionlab.recipe import Sampling
from fusionlab.sources.adapter_config import BASE_STAYS, plain_config, scales_of
from tests.tiny import tiny_llama
from tests.tiny_lora import ALL, tiny_lora

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)
PROMPTS = ("the capital of France is", "one two three", "你好")
KINDS = (
    {"rank": 4, "targets": ALL},
    {"rank": 2, "targets": ("q_proj", "v_proj")},
    {"rank": 8, "targets": ("up_proj", "v_proj", "down_proj")},
    {
        "rank": 4,
        "targets": ("q_proj", "v_proj", "down_proj"),
        "use_rslora": True,
        "rank_pattern": {"layers.0.self_attn.q_proj": 2, "down_proj": 6},
        "alpha_pattern": {r"layers\.\d+\.self_attn\.v_proj": 3},
    },
)
"""Of different ranks, on different projections, by different scales."""


@pytest.fixture(scope="module")
def folders(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    shelf = tmp_path_factory.mktemp("adapters")
    return [tiny_lora(tiny, shelf / f"{n}", seed=n, **kind) for n, kind in enumerate(KINDS)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def base(tiny: Path) -> TransformersModel:
    return load(tiny, SPEC)


@pytest.fixture(scope="module")
def adapted(base: TransformersModel, folders: list[Path]) -> list[TransformersModel]:
    return [load_adapted(folder, base, SPEC) for folder in folders]


def encoded(model: TransformersModel, text: str = PROMPTS[0]) -> list[int]:
    return model.encode([Message("user", text)])


def next_logits(model: TransformersModel, ids: Sequence[int]) -> torch.Tensor:
    with closing(model.open([ids])) as rows:
        return rows.logits()[0]


def answer(model: TransformersModel, text: str = PROMPTS[0]) -> str:
    chunks = model.generate([[Message("user", text)]], Sampling(12))
    return "".join(chunk.text for chunk in chunks)


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_it_is_peft_s_own_model(
    number: int, tiny: Path, folders: list[Path], adapted: list[TransformersModel]
) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    theirs: Any = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(tiny), folders[number]
    ).eval()
    for text in PROMPTS:
        ids = encoded(adapted[number], text)
        with torch.no_grad():
            expected = theirs(input_ids=torch.tensor([ids])).logits[0, -1]
        assert_close(next_logits(adapted[number], ids), expected, atol=1e-4, rtol=1e-4)


def test_the_base_stays_what_it_was_to_the_bit(tiny: Path, folders: list[Path]) -> None:
    model = load(tiny, SPEC)
    ids = encoded(model)
    before = next_logits(model, ids)
    special = load_adapted(folders[0], model, SPEC)
    assert not torch.equal(next_logits(special, ids), before)
    assert torch.equal(next_logits(model, ids), before)
    with closing(special.open([ids])) as rows:
        rows.logits()
        assert torch.equal(next_logits(model, ids), before)


def test_rows_of_all_adapters_and_the_base_are_what_each_is_alone(
    base: TransformersModel, adapted: list[TransformersModel]
) -> None:
    models = [adapted[1], base, adapted[0], adapted[2], adapted[0]]
    prompts = [encoded(base, text) for text in (*PROMPTS, PROMPTS[0], PROMPTS[2])]
    with closing(base.open(prompts, models)) as rows:
        single = [model.open([ids]) for model, ids in zip(models, prompts, strict=True)]
        for token in (80, 90, 100):
            alone = torch.cat([one.logits() for one in single])
            assert_close(rows.logits(), alone, atol=1e-4, rtol=1e-4)
            rows.feed([[token]] * len(models))
            for one in single:
                one.feed([[token]])
        rows.keep([3, 1])
        assert_close(
            rows.logits(),
            torch.cat([single[3].logits(), single[1].logits()]),
            atol=1e-4,
            rtol=1e-4,
        )


def test_rows_of_several_adapters_may_grow_at_their_own_pace(
    base: TransformersModel, adapted: list[TransformersModel]
) -> None:
    models = [adapted[1], base, adapted[0]]
    prompts = [encoded(base, text) for text in PROMPTS]
    with closing(base.open(prompts, models)) as rows:
        rows.logits()
        rows.feed([[80, 90], [], [100]])
        rows.rewind([len(prompts[0]) + 1, len(prompts[1]) - 2, len(prompts[2]) + 1])
        found = rows.logits()
        for row, (model, ids) in enumerate(zip(models, rows.ids, strict=True)):
            assert_close(found[row], next_logits(model, ids), atol=1e-4, rtol=1e-4)


def test_a_row_is_not_computed_by_a_model_of_other_weights(
    base: TransformersModel, tiny: Path
) -> None:
    with pytest.raises(ValueError, match="not computed with"):
        base.open([[5]], [load(tiny, SPEC)])


def test_equal_prompts_are_prefilled_once_for_each_adapter(
    base: TransformersModel, adapted: list[TransformersModel]
) -> None:
    ids = encoded(base)
    with closing(base.open([ids] * 3, [adapted[0], base, adapted[0]])) as rows:
        first, second, third = rows.logits()
    assert torch.equal(first, third)
    assert not torch.allclose(first, second)


def test_it_generates_as_any_model(adapted: list[TransformersModel]) -> None:
    spoken = []
    for model in adapted:
        ids = encoded(model)
        with closing(model.open([ids])) as rows:
            for _ in range(12):
                token = int(rows.logits()[0].argmax())
                if token in model.vocabulary.ends:
                    break
                rows.feed([[token]])
            said = b"".join(map(model.vocabulary.said, rows.ids[0][len(ids) :]))
        assert answer(model) == said.decode("utf-8", "replace")
        spoken.append(answer(model))
    assert len(set(spoken)) == len(adapted)


def test_it_is_a_model_of_its_own_over_the_same_weights(tiny: Path, folders: list[Path]) -> None:
    plain = load(tiny, SPEC)
    one, two = (load_adapted(folder, plain, SPEC) for folder in folders[:2])
    assert one.trunk is two.trunk is plain.trunk is plain
    assert one.module is plain.module
    assert isinstance(one, OpenModel)
    assert one.adapter is not None
    assert 0 < one.spec.bytes == one.adapter.bytes < plain.spec.bytes
    again = load_adapted(folders[1], one, SPEC)
    assert again.trunk is plain
    one.close()
    assert answer(two) == answer(again)


def test_threads_do_not_see_one_another_s_adapters(
    base: TransformersModel, adapted: list[TransformersModel]
) -> None:
    models = [base, *adapted]
    expected = [answer(model) for model in models]
    found: dict[int, set[str]] = {}

    def work(number: int) -> None:
        found[number] = {answer(models[number]) for _ in range(4)}

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(models))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(len(models))] == [{text} for text in expected]


def test_no_adapters_are_no_mix() -> None:
    assert mixed([None, None]) is None
    assert mixed([]) is None


def test_a_base_of_another_shape_is_refused(folders: list[Path], tmp_path: Path) -> None:
    shallow = load(tiny_llama(tmp_path / "shallow", layers=1), SPEC)
    with pytest.raises(SourceError, match="another base: this one has no projection"):
        load_adapter(folders[0], shallow.module)


def test_a_projection_of_another_width_is_refused(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = tiny_lora(tiny, tmp_path / "wide", targets=("q_proj",))
    file = folder / "adapter_model.safetensors"
    weights = {name: torch.zeros(t.shape[0], 96) for name, t in load_file(file).items()}
    save_file({n: t.T.contiguous() if "lora_B" in n else t for n, t in weights.items()}, file)
    with pytest.raises(SourceError, match=r"another base: .*q_proj is .* there and \(64, 64\)"):
        load_adapter(folder, load(tiny, SPEC).module)


@pytest.mark.parametrize(
    "config",
    [{"use_dora": True}, {"bias": "all"}],
)
def test_more_than_low_rank_deltas_are_refused(
    config: dict[str, Any], tiny: Path, tmp_path: Path, base: TransformersModel
) -> None:
    folder = tiny_lora(tiny, tmp_path, targets=("q_proj", "v_proj"), **config)
    with pytest.raises(SourceError, match=f"has {next(iter(config))} = .*not supported"):
        load_adapter(folder, base.module)


def test_other_weights_in_the_file_are_refused(
    folders: list[Path], tmp_path: Path, base: TransformersModel
) -> None:
    from shutil import copytree

    from safetensors.torch import load_file, save_file

    folder = copytree(folders[1], tmp_path / "more")
    file = folder / "adapter_model.safetensors"
    save_file({**load_file(file), "base_model.model.lm_head.weight": torch.zeros(2)}, file)
    with pytest.raises(SourceError, match="not low-rank deltas"):
        load_adapter(folder, base.module)


def test_an_adapter_knows_its_size(base: TransformersModel, folders: list[Path]) -> None:
    adapter = load_adapter(folders[1], base.module)
    assert isinstance(adapter, Adapter)
    assert adapter.bytes == 2 * 4 * (2 * (64 + 64) + 2 * (64 + 32))


INITIALISATIONS: tuple[bool | str, ...] = (
    *(True, False, "gaussian", "orthogonal", "eva", "mica"),
    *("pissa", "pissa_niter_2", "olora", "OLoRA", "corda", "loftq", "lora_ga"),
)


def begun(base: Path, folder: Path, kind: bool | str) -> Any:
    """Peft's model with an adapter that was begun so and trained a little; it is in the folder.

    CorDA and LoftQ need data or a package to begin with: theirs only say that they were.
    """
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    made: Any = True if kind in ("corda", "loftq") else kind
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some initialisations ask for data first
        torch.manual_seed(5)
        lora = LoraConfig(
            r=4,
            lora_alpha=8,
            target_modules=["q_proj", "v_proj", "up_proj"],
            init_lora_weights=made,
        )
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), lora)
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(str(folder), save_embedding_layers=False)
    config = folder / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"init_lora_weights": kind}))
    return model.eval()


@pytest.mark.parametrize("kind", INITIALISATIONS)
def test_an_adapter_says_what_it_said_in_peft_or_is_refused(
    kind: bool | str, tiny: Path, tmp_path: Path, base: TransformersModel
) -> None:
    theirs = begun(tiny, tmp_path, kind)
    if str(kind).lower() not in BASE_STAYS:
        with pytest.raises(SourceError, match=f"init_lora_weights = '{str(kind).lower()}'") as no:
            load_adapter(tmp_path, base.module)
        assert "merge_and_unload" in no.value.hint
        return
    special = load_adapted(tmp_path, base, SPEC)
    for text in PROMPTS:
        ids = encoded(special, text)
        with torch.no_grad():
            expected = theirs(input_ids=torch.tensor([ids])).logits[0, -1]
        assert_close(next_logits(special, ids), expected, atol=1e-4, rtol=1e-4)
        assert not torch.allclose(next_logits(base, ids), expected, atol=1e-2)


def test_every_initialisation_that_peft_names_was_looked_at() -> None:
    from peft import LoraConfig

    (hint,) = (f.type for f in fields(LoraConfig) if f.name == "init_lora_weights")
    named = {name for part in get_args(hint) for name in get_args(part)}
    assert {name.replace("[number of iters]", "2") for name in named} <= set(INITIALISATIONS)


def test_each_refusal_says_what_to_do(folders: list[Path], tmp_path: Path) -> None:
    from shutil import copytree

    asked: tuple[dict[str, Any], ...] = (
        *({"bias": "all"}, {"lora_bias": True}, {"use_dora": True}),
        *({"modules_to_save": ["lm_head"]}, {"trainable_token_indices": [5]}),
        *({"target_parameters": ["x"]}, {"use_qalora": True}, {"peft_type": "LOHA"}),
        *({"layer_replication": [[0, 1]]}, {"fan_in_fan_out": True}, {"of_next_year": 3}),
        *({"r": 0}, {"r": None}, {"lora_alpha": "16"}, {"lora_alpha": float("nan")}),
        *({"r": 4, "rank_pattern": {"q_proj": 0}}, {"r": 4, "rank_pattern": {"(": 2}}),
        *({"lora_alpha": 8, "alpha_pattern": {"q_proj": "2"}}, {"r": 4, "rank_pattern": [2]}),
        *({"init_lora_weights": "of_next_year"},),
    )
    for number, change in enumerate(asked):
        folder = copytree(folders[0], tmp_path / str(number))
        config = folder / "adapter_config.json"
        config.write_text(json.dumps(json.loads(config.read_text()) | change))
        with pytest.raises(SourceError, match=next(iter(change))) as caught:
            scales_of(folder, plain_config(folder))
        assert caught.value.hint


def test_broken_files_are_source_errors(
    folders: list[Path], tmp_path: Path, base: TransformersModel
) -> None:
    from shutil import copytree

    from safetensors.torch import load_file, save_file

    def without_half(file: Path) -> None:
        weights = load_file(file)
        save_file(dict(list(weights.items())[:-1]), file)

    def of_another_rank(file: Path) -> None:
        save_file({n: t[:2] if "lora_A" in n else t for n, t in load_file(file).items()}, file)

    def cut(file: Path) -> None:
        file.write_bytes(file.read_bytes()[:-100])

    spoiled: list[tuple[str, Callable[[Path], Any], str]] = [
        ("adapter_model.safetensors", cut, "cannot be read"),
        ("adapter_model.safetensors", Path.unlink, "cannot be read"),
        ("adapter_model.safetensors", without_half, "not low-rank deltas"),
        ("adapter_model.safetensors", of_another_rank, "config says r = 4"),
        ("adapter_config.json", cut, "cannot be read"),
        ("adapter_config.json", lambda file: file.write_text("[]"), "is not a table of settings"),
    ]
    for number, (name, spoil, says) in enumerate(spoiled):
        folder = copytree(folders[0], tmp_path / str(number))
        spoil(folder / name)
        with pytest.raises(SourceError, match=says) as caught:
            load_adapter(folder, base.module)
        assert caught.value.hint
