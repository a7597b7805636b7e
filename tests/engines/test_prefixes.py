"""What an earlier call has read is not read again, and nothing else is different for it."""

from collections.abc import Sequence
from contextlib import closing
from functools import cache, partial
from itertools import combinations
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionlab.engines.kept import KV
from fusionlab.engines.memory import Place, Pool
from fusionlab.engines.prefixes import LEAST, Kept, Prefixes, common, placed
from fusionlab.engines.rows import TransformersRows
from fusionlab.engines.transformers import TransformersModel, load, load_adapted
from fusionlab.events import Measured, TextDelta
from fusionlab.experts.routing import capture
from fusionlab.experts.steering import Rule, steered
from fusionlab.methods.multi_agent_debate import multi_agent_debate
from fusionlab.models.base import Chunk, Level, Member, Message, ModelSpec, Prompt
from fusionlab.models.resuming import KeepingModel
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from tests.drained import drained
from tests.tiny import tiny_mixture
from tests.tiny_lora import tiny_lora

SPEC = ModelSpec("tiny", "transformers", Level.INTERNALS)
GREEDY = Sampling(10)
FIRST: Sequence[Prompt] = [
    [Message("system", "one two three four five six"), Message("user", "the capital of France")],
    [Message("user", "你好，世界。机器学习很有趣。 the capital of Italy is Rome")],
]
IDS = st.lists(st.integers(3, 300), min_size=LEAST, max_size=40)


@pytest.fixture(scope="module")
def model(tiny: Path) -> TransformersModel:
    return load(tiny, SPEC)


def longer(prompts: Sequence[Prompt], replies: Sequence[str]) -> list[Prompt]:
    """The chats, after a reply and one more turn."""
    turns = zip(prompts, replies, strict=True)
    return [[*p, Message("assistant", r), Message("user", "and seven eight?")] for p, r in turns]


def answered(chunks: Sequence[Chunk]) -> tuple[list[str], list[float], list[int]]:
    """Of each row: its text, log-probability, and how many tokens were reused."""
    rows = range(max(chunk.row for chunk in chunks) + 1)
    ends = {chunk.row: chunk for chunk in chunks if chunk.usage}
    texts = ["".join(chunk.text for chunk in chunks if chunk.row == row) for row in rows]
    reused = [usage.tokens_reused for row in rows if (usage := ends[row].usage)]
    return texts, [ends[row].logprob or 0.0 for row in rows], reused


def resumed(
    model: TransformersModel, prompts: Sequence[Prompt], *, anew: bool = False
) -> tuple[list[str], list[float], list[int]]:
    return answered(list(model.resume(prompts, GREEDY, anew=anew)))


def fresh(model: TransformersModel, prompts: Sequence[Prompt]) -> tuple[list[str], list[float]]:
    texts, logprobs, reused = answered(list(model.generate(prompts, GREEDY)))
    assert not any(reused)
    return texts, logprobs


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1,), (0, 1, 0)])
@pytest.mark.parametrize("architecture", ["llama", "qwen2_moe", "deepseek_v3"])
def test_a_later_round_is_as_if_it_were_read_anew_whoever_is_still_in_it(
    architecture: str, order: Sequence[int], tiny: Path, tmp_path: Path
) -> None:
    model = load(tiny if architecture == "llama" else tiny_mixture(tmp_path, architecture), SPEC)
    texts, _, reused = resumed(model, FIRST, anew=True)
    assert reused == [0, 0]
    later = longer(FIRST, texts)
    chosen = [later[row] for row in order]
    again, logprobs, reused = resumed(model, chosen)
    expected, expected_logprobs = fresh(model, chosen)
    assert again == expected
    assert logprobs == pytest.approx(expected_logprobs, abs=1e-3)
    known = [len(model.encode(FIRST[row])) for row in order]
    assert all(count >= length for count, length in zip(reused, known, strict=True))
    assert resumed(model, chosen, anew=True)[2] == [0] * len(order)


@settings(max_examples=25)
@given(
    first=st.lists(IDS, min_size=1, max_size=3),
    cuts=st.lists(st.tuples(st.integers(0, 2), st.integers(8, 40), IDS), min_size=1, max_size=3),
    fed=st.lists(st.integers(3, 300), min_size=1, max_size=4),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_rows_that_went_on_are_rows(
    tiny: Path,
    first: list[list[int]],
    cuts: list[tuple[int, int, list[int]]],
    fed: list[int],
    dtype: torch.dtype,
) -> None:
    """Logits, and what feeding, rewinding and dropping rows make of them."""
    model = _in(tiny, dtype)
    kept = Prefixes[KV]()
    with closing(_rows(model, first, kept)) as before:
        before.logits()
    second = [first[row % len(first)][:cut] + more for row, cut, more in cuts]
    close = partial(
        torch.testing.assert_close, atol=1e-3 if dtype == torch.float32 else 0.4, rtol=0.02
    )
    with closing(_rows(model, second, kept)) as rows, closing(_rows(model, second)) as plain:
        for each in (rows, plain):
            each.logits()
            each.feed([fed] * len(second))
        close(rows.logits(), plain.logits())
        for each in (rows, plain):
            each.rewind([len(ids) - LEAST + 1 for ids in second])
            each.feed([fed[:1]] * len(second))
            each.keep([len(second) - 1])
        close(rows.logits(), plain.logits())
        shared = [max(common(ids, old) for old in first) for ids in second]
    for usage, length in zip(rows.usage, shared[-1:], strict=True):
        least = min(length, len(second[-1]) - 1)
        assert usage.tokens_reused == (least if least >= LEAST else 0)


def test_of_rows_that_go_on_from_earlier_ones_each_distinct_one_is_a_pass(tiny: Path) -> None:
    model, kept = _in(tiny, torch.float32), Prefixes[KV]()
    ids = list(range(70, 110))
    with closing(_rows(model, [ids], kept)) as rows:
        rows.logits()
        assert rows.passes == 1
    with closing(_rows(model, [[*ids, 7], [*ids, 7], [*ids, 8, 9]], kept)) as rows:
        rows.logits()
        assert rows.passes == 2
        rows.feed([[5]] * 3)
        rows.logits()
        assert rows.passes == 3


def test_what_was_rewound_is_not_kept(model: TransformersModel) -> None:
    kept = Prefixes[KV]()
    ids = list(range(70, 100))
    with closing(_rows(model, [ids], kept)) as rows:
        rows.logits()
        rows.rewind([20])
        rows.feed([[5, 6]])
    (row,) = kept.taken().kept
    assert row.ids == tuple(ids[:19])
    assert all(keys.shape[2] == values.shape[2] == 19 for keys, values in row.state)


def test_a_model_s_adapters_and_its_base_each_keep_their_own(tiny: Path, tmp_path: Path) -> None:
    base = load(tiny, SPEC)
    adapted = load_adapted(tiny_lora(tiny, tmp_path, rank=4), base, SPEC)
    texts, *_ = resumed(base, FIRST, anew=True)
    later = longer(FIRST, texts)
    own, _, reused = resumed(adapted, later)
    assert reused == [0, 0]
    assert own == fresh(adapted, later)[0]
    assert all(resumed(base, later)[2])
    again, logprobs, reused = resumed(adapted, longer(later, own))
    assert all(reused)
    expected = fresh(adapted, longer(later, own))
    assert again == expected[0]
    assert logprobs == pytest.approx(expected[1], abs=1e-3)


def test_who_watches_sees_every_token_and_nothing_steered_is_reused(tmp_path: Path) -> None:
    model = load(tiny_mixture(tmp_path), SPEC)
    texts, *_ = resumed(model, FIRST[:1], anew=True)
    later = longer(FIRST[:1], texts)
    read: list[int] = []
    with capture(model.module, "tiny") as experts:
        hook = model.module.register_forward_hook(
            lambda *_: read.append(len(experts.last[0].chosen))
        )
        assert resumed(model, later)[2] == [0]
        hook.remove()
        assert read[0] == len(model.encode(later[0]))
        with steered(experts, [Rule("ban", 0, None)]):
            steered_text, _, reused = resumed(model, later)
            assert reused == [0]
    assert model.kept_bytes == 0
    unsteered, _, reused = resumed(model, longer(later, steered_text))
    assert reused == [0]
    assert unsteered == fresh(model, longer(later, steered_text))[0]


def test_caches_that_are_more_than_keys_and_values_are_read_anew(tmp_path: Path) -> None:
    model = load(tiny_mixture(tmp_path, "gpt_oss"), SPEC)  # it has sliding windows
    texts, *_ = resumed(model, FIRST, anew=True)
    assert model.kept_bytes == 0
    again, _, reused = resumed(model, longer(FIRST, texts))
    assert reused == [0, 0]
    assert again == fresh(model, longer(FIRST, texts))[0]


def test_what_is_kept_is_counted_and_let_go(tiny: Path) -> None:
    place = Place("transformers", (tiny,), bytes=1)
    pool = Pool(10**9, {"transformers": load})
    with pool.borrow() as loan:
        model = drained(pool.lend(place, SPEC, loan))[1]
        assert isinstance(model, KeepingModel)
        assert isinstance(model, TransformersModel)
        weights = pool.held
        resumed(model, FIRST, anew=True)
        per_id = 2 * 2 * 2 * 16 * 4  # keys and values, layers, heads, width, bytes
        read = [len(model.encode(prompt)) for prompt in FIRST]
        assert sum(read) * per_id <= model.kept_bytes <= (sum(read) + 20) * per_id
        assert pool.held == weights + model.kept_bytes
        with pool.borrow() as other:
            drained(pool.lend(place, SPEC, other))
        assert model.kept_bytes > 0
    assert model.kept_bytes == 0
    assert pool.held == weights
    resumed(model, FIRST, anew=True)
    pool.close()
    assert model.kept_bytes == 0


def test_what_is_kept_goes_before_a_model_is_refused(tiny: Path, tiny_twin: Path) -> None:
    one, two = (Place("transformers", (folder,), bytes=1) for folder in (tiny, tiny_twin))
    size = load(tiny, SPEC).spec.bytes
    with closing(Pool(2 * size, {"transformers": load})) as pool, pool.borrow() as loan:
        model = drained(pool.lend(one, SPEC, loan))[1]
        assert isinstance(model, TransformersModel)
        resumed(model, FIRST, anew=True)
        assert pool.held > size
        drained(pool.lend(two, SPEC, loan))
        assert pool.held == 2 * size


def test_a_debate_says_the_same_and_its_later_rounds_cost_less(
    model: TransformersModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Request("the capital of France", Sampling(6))
    members = [Member(name, model, f"{name} two three four five six") for name in "ABC"]

    def held() -> tuple[list[TextDelta], int, int]:
        events = list(multi_agent_debate(members, asked, rounds=3))
        costs = [event for event in events if isinstance(event, Measured)]
        said = [event for event in events if isinstance(event, TextDelta)]
        return said, sum(c.tokens_in for c in costs), sum(c.tokens_reused for c in costs)

    said, whole, reused = held()
    monkeypatch.setattr(
        TransformersModel, "resume", lambda self, asks, by, *, anew: self.generate(asks, by)
    )
    assert held() == (said, whole, 0)
    assert reused > whole / 3


def test_no_more_is_kept_than_may_be() -> None:
    kept = Prefixes[str](most=10)
    for name, size in (("a", 6), ("b", 5), ("c", 4)):
        kept.keep(Kept(tuple(range(20)), name, size))
    assert kept.bytes == 10
    assert [row.state for row in kept.taken().kept] == ["a", "c"]
    assert kept.bytes == 0


@settings(max_examples=40)
@given(rows=st.lists(IDS, min_size=1, max_size=4), read=st.dictionaries(st.integers(0, 3), IDS))
def test_every_row_has_a_slot_of_its_own(rows: list[list[int]], read: dict[int, list[int]]) -> None:
    assert len(set(placed(rows, read, range(4)))) == len(rows)
    assert placed(rows, {}, range(4)) == list(range(len(rows)))
    if all(common(a, b) < min(len(a), len(b)) for a, b in combinations(rows, 2)):
        assert placed(rows[::-1], dict(enumerate(rows)), range(len(rows))) == list(
            range(len(rows))[::-1]
        )


@cache
def _in(tiny: Path, dtype: torch.dtype) -> TransformersModel:
    model = load(tiny, SPEC)
    model.model.to(dtype)
    return model


def _rows(
    model: TransformersModel, ids: Sequence[Sequence[int]], kept: Prefixes[KV] | None = None
) -> TransformersRows:
    return TransformersRows(model.network(), ids, [None] * len(ids), kept)
