"""Rows in onnxruntime are what a fresh reading is, whatever was fed, rewound and kept before."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionlab.engines import onnx, onnx_export, transformers
from fusionlab.engines.memory import Pool
from fusionlab.engines.onnx import OnnxModel
from fusionlab.engines.onnx_export import BOUND
from fusionlab.engines.onnx_passes import OnnxNetwork, RowCache, Shape, check_inputs
from fusionlab.engines.onnx_rows import OnnxRows
from fusionlab.engines.prefill import prefilled
from fusionlab.engines.prefixes import Prefixes
from fusionlab.engines.scoring import next_logprobs
from fusionlab.errors import LevelTooLow, MemberError, SourceError, UnknownName
from fusionlab.events import Measured
from fusionlab.models.base import Level, Member, ModelSpec
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    Request,
    Sampling,
    member_from_text,
    member_to_text,
)
from fusionlab.run import check, run
from fusionlab.tokens.deciding import prompt_loss
from tests.drained import drained
from tests.tiny_onnx import copying

IDS = [70, 80, 90, 100, 75, 85, 95, 105, 71, 72, 73]


@pytest.fixture(scope="module")
def model(tiny_export: Path, tiny: Path) -> Iterator[OnnxModel]:
    with closing(onnx.load(tiny_export, tiny, ModelSpec("tiny", "onnx", Level.LOGITS))) as model:
        yield model


def fresh(model: OnnxModel, ids: list[int]) -> torch.Tensor:
    with closing(model.open([ids])) as row:
        return row.logits()[0]


some_ids = st.lists(st.integers(3, 319), max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("feed"), st.lists(some_ids, min_size=3, max_size=3)),
        st.tuples(st.just("rewind"), st.lists(st.integers(0, 9), min_size=3, max_size=3)),
        st.tuples(st.just("keep"), st.lists(st.integers(0, 2), min_size=1, max_size=3)),
        st.tuples(st.just("look"), st.just([])),
    ),
    max_size=8,
)


def test_rows_go_on_from_earlier_ones_as_if_read_anew(model: OnnxModel) -> None:
    ids, kept = list(range(70, 110)), Prefixes[RowCache]()
    (network,) = model._networks
    with closing(OnnxRows(network, [ids, ids[:30]], kept)) as rows:
        rows.logits()
        rows.rewind([25, 30])
        rows.keep([1])
    later = [[*ids[:28], 7, 8], [*ids[:20], 9], [5, *ids]]
    with closing(OnnxRows(network, later, kept)) as rows:
        rows.logits()
        assert rows.passes == 3
        rows.feed([[11, 12]] * 3)
        found = rows.logits()
        assert rows.passes == 6
        assert [usage.tokens_reused for usage in rows.usage] == [28, 20, 0]
    expected = torch.stack([fresh(model, [*each, 11, 12]) for each in later])
    assert torch.allclose(found, expected, atol=1e-3)


@settings(max_examples=25)
@given(st.lists(some_ids, min_size=3, max_size=3), steps)
def test_rows_are_as_if_read_anew(
    model: OnnxModel, prompts: list[list[int]], steps: list[tuple[str, list[Any]]]
) -> None:
    texts = [[70, *ids] for ids in prompts]
    with closing(model.open(texts)) as rows:
        for name, given in steps:
            match name:
                case "feed":
                    rows.feed(given[: len(texts)])
                    texts = [[*ids, *more] for ids, more in zip(texts, given, strict=False)]
                case "rewind":
                    texts = [
                        ids[: max(1, len(ids) - n)] for ids, n in zip(texts, given, strict=False)
                    ]
                    rows.rewind([len(ids) for ids in texts])
                case "keep":
                    chosen = [row % len(texts) for row in given]
                    rows.keep(chosen)
                    texts = [list(texts[row]) for row in chosen]
                case _:
                    rows.logits()
        assert [list(ids) for ids in rows.ids] == texts
        expected = torch.stack([fresh(model, ids) for ids in texts])
        assert torch.allclose(rows.logits(), expected, atol=1e-3)


def test_what_prompts_share_is_read_once(model: OnnxModel, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    step = OnnxNetwork.step

    def counted(self: OnnxNetwork, ids: list[list[int]], *rest: object) -> torch.Tensor:
        read.append(sum(map(len, ids)))
        return step(self, ids, *rest)  # type: ignore[arg-type]

    prompts = [IDS, IDS, [*IDS[:8], 200, 201]]
    monkeypatch.setattr(OnnxNetwork, "step", counted)
    with closing(model.open(prompts)) as rows:
        logits = rows.logits()
        assert sum(read) == len(IDS) + 2
        assert all(usage.forward_passes for usage in rows.usage)
    monkeypatch.undo()
    for ids, row in zip(prompts, logits, strict=True):
        assert torch.allclose(row, fresh(model, ids), atol=1e-3)


def test_a_long_prompt_is_read_in_parts(model: OnnxModel, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fresh(model, IDS)
    monkeypatch.setattr("fusionlab.engines.onnx_rows.PART", 4)
    assert torch.allclose(fresh(model, IDS), whole, atol=1e-3)
    monkeypatch.setattr("fusionlab.engines.onnx.PART", 4)
    parts = list(model.each(IDS))
    assert [len(part) for part in parts] == [4, 4, 3]
    assert torch.allclose(parts[-1][-1], whole, atol=1e-3)


def test_all_positions_are_those_one_by_one(model: OnnxModel) -> None:
    every = torch.cat(list(prefilled(model, IDS)))
    alone = torch.stack([fresh(model, IDS[: n + 1]) for n in range(len(IDS))])
    assert torch.allclose(every, alone, atol=1e-3)


def test_it_equals_transformers_within_its_bound(model: OnnxModel, tiny: Path) -> None:
    original = transformers.load(tiny, ModelSpec("tiny", "transformers", Level.INTERNALS))
    theirs = torch.cat(list(prefilled(original, IDS))).log_softmax(dim=-1)
    ours = torch.cat(list(prefilled(model, IDS))).log_softmax(dim=-1)
    assert float((theirs.exp() * (theirs - ours)).sum(dim=-1).mean()) < BOUND


def test_what_is_fed_beyond_the_vocabulary_is_an_error_of_the_member(model: OnnxModel) -> None:
    with closing(model.open([[70, 10_000]])) as rows, pytest.raises(MemberError, match="tiny"):
        rows.logits()


def test_other_states_than_keys_and_values_are_refused() -> None:
    shape = Shape(1, 2, 16, 320)
    cached = {f"past_key_values.0.{part}": "tensor(float)" for part in ("key", "value")}
    ids = dict.fromkeys(("input_ids", "attention_mask", "wanted"), "tensor(int64)")
    check_inputs({**ids, **cached}, shape, "tiny")
    for inputs in ({**ids, **cached, "conv_state.0": "tensor(float)"}, ids):
        with pytest.raises(SourceError, match="not known here"):
            check_inputs(inputs, shape, "tiny")


# engine= of a member


def test_a_member_names_its_engine_in_text_and_only_then_in_data() -> None:
    member = member_from_text("smollm2-135m,system=Be brief, please,engine=onnx")
    assert member == MemberRecipe("smollm2-135m", system="Be brief, please", engine="onnx")
    assert member_from_text(member_to_text(member)) == member
    assert "engine" not in member_to_text(MemberRecipe("smollm2-135m"))


@pytest.mark.parametrize(
    ("ref", "engine", "error"),
    [
        ("smollm2-135m", "onxx", UnknownName),
        ("smollm2-135m", "llamacpp", LevelTooLow),
        ("smollm2-135m", "remote", SourceError),
    ],
)
def test_an_engine_that_cannot_be_is_refused_before_anything_is_loaded(
    ref: str, engine: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=engine):
        check(Recipe("ensemble", "Hi", (MemberRecipe(ref, engine=engine),) * 2))


def test_the_ledger_names_engine_and_precision(
    tiny: Path, tiny_export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setattr(onnx_export, "written", copying(tiny_export, []))
    members = tuple(MemberRecipe(f"path:{tiny}", engine=name) for name in ("onnx", "transformers"))
    recipe = Recipe("ensemble", "one two", members, sampling=Sampling(3))
    pool = Pool()
    with closing(pool):
        events = [record.event for record in run(recipe, pool)]
    spent = {each.member: each for each in events if isinstance(each, Measured)}
    assert [each.engine for each in spent.values()] == ["onnx int8", "transformers"]
    divergence = onnx_export.quality_of(tiny_export).divergence
    assert [each.divergence for each in spent.values()] == [divergence, None]


def test_only_a_run_that_asks_for_it_takes_the_faster_engine(
    tiny: Path, tiny_export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes the weights' precision; a bench or a builder has them as they are."""

    def standing(folder: Path, name: str) -> Generator[object, None, Path]:
        yield from ()
        return tiny_export

    monkeypatch.setattr("fusionlab.engines.onnx_aside.standing", standing)
    with closing(Pool()) as pool, pool.borrow() as loan:
        for level, fast, engine in (
            (Level.LOGITS, True, "onnx int8"),
            (Level.LOGITS, False, "transformers"),
            (Level.INTERNALS, True, "transformers"),
        ):
            found = drained(loan.load(f"path:{tiny}", level, fast=fast))[1]
            assert found.spec.engine == engine


def test_a_given_text_is_scored_as_rows_read_it(model: OnnxModel) -> None:
    """What weights by the prompt are made of."""
    before, ids = [70, 71], [72, 73, 90, 72]
    told = next_logprobs(model, before, ids)
    for at in range(len(ids)):
        alone = fresh(model, [*before, *ids[:at]]).log_softmax(-1)
        torch.testing.assert_close(told[at], alone, atol=2e-3, rtol=0)
    loss, usage = prompt_loss(Member("ann", model), Request("one two"))
    assert loss > 0 < usage.tokens_in
