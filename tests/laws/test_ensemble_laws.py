"""Laws of the token-by-token ensemble, on tiny models with random weights."""

import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch.testing import assert_close

from fusionlab.engines.passes import read
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.errors import PromptTooLong, VocabularyMismatch
from fusionlab.events import Event, Measured, Record, RunFinished, TextDelta, TokenChosen
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Level, LogitModel, Member, Message, ModelSpec
from fusionlab.models.vocabulary import shown
from fusionlab.recipe import Recipe, Sampling
from fusionlab.registry import Request, get_method
from fusionlab.tokens.pooling import Pooling
from fusionlab.tokens.vocab import check_shared
from fusionlab.trace import FUSED, Trace, fold
from tests import tiny as tiny_models
from tests.counted import Counted, counted, member
from tests.tiny import tiny_llama

POOLINGS = get_args(Pooling)
each_pooling = pytest.mark.parametrize("pooling", POOLINGS)
PROMPT = "the capital of France is 你好"
GREEDY = Request(PROMPT, Sampling(max_tokens=20))
WARM = Request(PROMPT, Sampling(max_tokens=12, temperature=1.0, seed=7))


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def again(tiny: Path) -> Counted:
    """The weights of `a`, loaded a second time."""
    return counted(tiny, "again")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


@pytest.fixture(autouse=True)
def _all_closed(a: Counted, again: Counted, b: Counted) -> Iterator[None]:
    yield
    assert (a.running, again.running, b.running) == (0, 0, 0)


def held(members: Sequence[Member], request: Request = GREEDY, **settings: Any) -> list[Event]:
    """All events, settings checked as in a run; times are left out."""
    events = ensemble(members, request, **get_method("ensemble").check(settings))
    return [replace(e, seconds=0.0) if isinstance(e, Measured) else e for e in events]


def steps(events: Sequence[Event]) -> list[TokenChosen]:
    return [event for event in events if isinstance(event, TokenChosen)]


def ids(events: Sequence[Event]) -> list[int]:
    return [step.id for step in steps(events)]


def answer(events: Sequence[Event]) -> str:
    end = events[-1]
    assert isinstance(end, RunFinished)
    return end.answer


def same_distributions(ours: Sequence[Event], theirs: Sequence[Event]) -> None:
    """Both chose the same from the same pools, but for rounding."""
    assert ids(ours) == ids(theirs)
    for one, other in zip(steps(ours), steps(theirs), strict=True):
        assert one.p == pytest.approx(other.p, abs=1e-4)
        assert one.entropy == pytest.approx(other.entropy, abs=1e-3)
        assert [c.p for c in one.fused] == pytest.approx([c.p for c in other.fused], abs=1e-4)


@each_pooling
@pytest.mark.parametrize("seed", range(4))
def test_an_ensemble_of_one_is_greedy_generate(pooling: str, seed: int, tmp_path: Path) -> None:
    model = counted(tiny_llama(tmp_path, seed=10 + seed))
    prompt = model.encode([Message("user", PROMPT)])
    with torch.inference_mode():
        output = model.model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            max_new_tokens=20,
            do_sample=False,
        )
    events = held([member(model, "only")], pooling=pooling)
    assert ids(events) == output[0, len(prompt) :].tolist()
    said = b"".join(map(model.vocabulary.said, ids(events))).decode("utf-8", "replace")
    assert answer(events) == said.strip()


@pytest.mark.parametrize("request_", [GREEDY, WARM], ids=["greedy", "warm"])
def test_an_ensemble_of_one_is_the_engines_own_generate(a: Counted, request_: Request) -> None:
    prompt = [Message("system", "one two"), Message("user", PROMPT)]
    chunks = list(a.generate([prompt], request_.sampling))
    events = held([member(a, "only", "one two")], request_)
    assert answer(events) == "".join(chunk.text for chunk in chunks).strip()
    assert chunks[-1].usage is not None
    assert len(ids(events)) == chunks[-1].usage.tokens_out


@each_pooling
@pytest.mark.parametrize("request_", [GREEDY, WARM], ids=["greedy", "warm"])
def test_a_model_with_its_twin_is_itself(
    a: Counted, again: Counted, pooling: str, request_: Request
) -> None:
    alone = held([member(a, "ann")], request_, pooling=pooling)
    for twin in (a, again):
        pair = held(
            [member(a, "ann", weight=0.3), member(twin, "bob", weight=2)],
            request_,
            pooling=pooling,
        )
        same_distributions(pair, alone)
        assert answer(pair) == answer(alone)
        for step in steps(pair):
            assert step.divergence == pytest.approx(0, abs=1e-4)
            assert step.members["ann"].p_chosen == pytest.approx(step.p, abs=1e-4)


@each_pooling
def test_the_order_of_members_does_not_matter(a: Counted, b: Counted, pooling: str) -> None:
    members = [
        member(a, "ann", "one two three", 2),
        member(b, "bob"),
        member(a, "cyd", "four five", 0.5),
    ]
    first = held(members, pooling=pooling)
    for order in ((1, 0, 2), (2, 1, 0), (1, 2, 0)):
        shuffled = held([members[at] for at in order], pooling=pooling)
        same_distributions(shuffled, first)
        assert answer(shuffled) == answer(first)


@each_pooling
def test_weights_count_only_in_proportion(a: Counted, b: Counted, pooling: str) -> None:
    small = held([member(a, "ann", weight=1), member(b, "bob", weight=3)], pooling=pooling)
    for scale in (100.0, 5e307, 1e-300):
        members = [member(a, "ann", weight=scale), member(b, "bob", weight=3 * scale)]
        same_distributions(held(members, pooling=pooling), small)


@each_pooling
def test_a_member_of_weight_0_changes_nothing_but_is_shown(
    a: Counted, b: Counted, pooling: str
) -> None:
    alone = held([member(a, "ann")], pooling=pooling)
    both = held([member(a, "ann"), member(b, "bob", weight=0)], pooling=pooling)
    same_distributions(both, alone)
    assert all(step.members["bob"].top for step in steps(both))
    assert any(
        step.members["bob"].top[0].id != step.members["ann"].top[0].id for step in steps(both)
    )
    assert {e.member for e in both if isinstance(e, Measured)} == {"ann", "bob"}


def test_members_matter(a: Counted, b: Counted) -> None:
    alone = {tuple(ids(held([member(model, "m")]))) for model in (a, b)}
    pools = {tuple(ids(held([member(a, "x"), member(b, "y")], pooling=p))) for p in POOLINGS[:2]}
    assert len(alone | pools) == 4


@each_pooling
def test_rows_of_one_model_equal_models_of_their_own(
    a: Counted, again: Counted, pooling: str
) -> None:
    instruction = "seven eight nine ten 世界 " * 5
    batched = held([member(a, "ann"), member(a, "bob", instruction)], pooling=pooling)
    separate = held([member(a, "ann"), member(again, "bob", instruction)], pooling=pooling)
    same_distributions(batched, separate)
    for one, other in zip(steps(batched), steps(separate), strict=True):
        for name in ("ann", "bob"):
            assert one.members[name].entropy == pytest.approx(other.members[name].entropy, abs=1e-3)


@pytest.fixture
def two_cores() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize("alignment", ["shared", "union"])
def test_large_models_compute_at_once_and_say_the_same(
    a: Counted, b: Counted, alignment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [member(a, "ann"), member(b, "bob", "one")]
    in_turn = held(pair, alignment=alignment)
    meeting = threading.Barrier(2, timeout=30)

    def meet(*given: Any) -> Any:
        meeting.wait()  # broken where one model waits for the other
        return read(*given)

    monkeypatch.setattr("fusionlab.engines.transformers.BESIDE", 0)
    monkeypatch.setattr("fusionlab.engines.rows.read", meet)
    at_once = held(pair, alignment=alignment)
    assert ids(at_once) == ids(in_turn)
    assert [event for event in at_once if isinstance(event, Measured)] == [
        event for event in in_turn if isinstance(event, Measured)
    ]


def test_rows_of_one_model_share_their_passes(a: Counted, b: Counted) -> None:
    events = held([member(a, "ann"), member(b, "bob"), member(a, "cyd", "one")])
    costs = fold(Recipe("ensemble"), [Record(0.0, event) for event in events]).costs
    assert {name: cost.batch for name, cost in costs.items()} == {"ann": 2, "bob": 1, "cyd": 2}
    taken = len(steps(events))
    for cost in costs.values():
        assert (cost.forward_passes, cost.tokens_out) == (taken, taken)
    prompt = a.encode([Message("system", "one"), Message("user", PROMPT)])
    assert costs["cyd"].tokens_in == len(prompt)


def test_the_tokens_texts_are_the_answer(a: Counted, b: Counted) -> None:
    events = held([member(a, "ann"), member(b, "bob")], WARM)
    deltas = "".join(event.text for event in events if isinstance(event, TextDelta))
    said = "".join(step.text or "" for step in steps(events))
    assert deltas.startswith(said)
    assert set(deltas[len(said) :]) <= {"\ufffd"}


def test_a_stopped_run_knows_what_it_cost(a: Counted) -> None:
    request = Request(PROMPT, Sampling(max_tokens=100, temperature=1.0))
    trace = Trace(Recipe("ensemble"))
    with closing(ensemble([member(a, "ann")], request)) as events:  # type: ignore[type-var]
        while len(trace.tokens) < 20:
            trace.add(Record(0.0, next(events)))
    assert trace.costs["ann"].tokens_out == 16
    assert trace.costs["ann"].forward_passes == 16


@each_pooling
def test_the_seed_decides(a: Counted, b: Counted, pooling: str) -> None:
    members = [member(a, "ann"), member(b, "bob", "one two")]
    runs = [
        held(members, replace(WARM, sampling=replace(WARM.sampling, seed=seed)), pooling=pooling)
        for seed in (7, 7, 8)
    ]
    assert runs[0] == runs[1]
    assert ids(runs[0]) != ids(runs[2])


@each_pooling
@pytest.mark.parametrize("n_top", [1, 8, 50])
def test_every_step_is_honest_probability(a: Counted, b: Counted, pooling: str, n_top: int) -> None:
    members = [member(a, "ann", weight=3), member(b, "bob", "one two")]
    for number, step in enumerate(steps(held(members, WARM, pooling=pooling, n_top=n_top))):
        assert step.step == number
        assert list(step.members) == ["ann", "bob"]
        assert 0 < step.p <= 1
        assert 0 <= step.divergence <= 0.6932
        for listed in (step.fused, *(each.top for each in step.members.values())):
            ps = [candidate.p for candidate in listed]
            assert len(ps) == n_top
            assert ps == sorted(ps, reverse=True)
            assert 0 <= ps[-1] <= sum(ps) <= 1 + 1e-5
        for each in step.members.values():
            assert sum(c.p for c in each.top) + each.rest == pytest.approx(1, abs=1e-5)
            assert len(each.p_fused) == n_top
            known = {candidate.id: candidate.p for candidate in each.top}
            for candidate, p in zip(step.fused, each.p_fused, strict=True):
                assert known.get(candidate.id, p) == pytest.approx(p, abs=1e-6)
            assert known.get(step.id, each.p_chosen) == pytest.approx(each.p_chosen, abs=1e-6)


def test_the_arithmetic_pool_is_the_weighted_mean_of_what_members_want(
    a: Counted, b: Counted
) -> None:
    events = held([member(a, "ann", weight=3), member(b, "bob", weight=1)], WARM)
    for step in steps(events):
        ann, bob = step.members["ann"], step.members["bob"]
        assert step.p == pytest.approx(0.75 * ann.p_chosen + 0.25 * bob.p_chosen, abs=1e-5)
        for candidate, p, q in zip(step.fused, ann.p_fused, bob.p_fused, strict=True):
            assert candidate.p == pytest.approx(0.75 * p + 0.25 * q, abs=1e-5)


def test_the_geometric_pool_is_proportional_to_the_weighted_product(a: Counted, b: Counted) -> None:
    events = held([member(a, "ann", weight=3), member(b, "bob")], WARM, pooling="geometric")
    for step in steps(events):
        ann, bob = step.members["ann"], step.members["bob"]
        product = torch.tensor(ann.p_fused) ** 0.75 * torch.tensor(bob.p_fused) ** 0.25
        fused = torch.tensor([candidate.p for candidate in step.fused])
        assert_close(fused / fused[0], product / product[0], atol=1e-4, rtol=1e-3)


def test_greedy_takes_the_best_of_the_pool(a: Counted, b: Counted) -> None:
    for step in steps(held([member(a, "ann"), member(b, "bob")])):
        assert step.id == step.fused[0].id
        assert step.p == pytest.approx(step.fused[0].p)


def test_the_text_is_the_tokens(a: Counted, b: Counted) -> None:
    events = held([member(a, "ann"), member(b, "bob")], WARM)
    said = b"".join(map(a.vocabulary.said, ids(events))).decode("utf-8", "replace")
    deltas = [event for event in events if isinstance(event, TextDelta)]
    assert {delta.author for delta in deltas} == {FUSED}
    assert all(delta.text for delta in deltas)
    assert "".join(delta.text for delta in deltas) == said
    assert answer(events) == said.strip()


class Recited(Counted):
    """The tiny model, its head replaced: whatever it read, it wants the next of these ids."""

    def recite(self, tokens: Sequence[int], size: int) -> None:
        forward, left = self.model.forward, list(tokens)

        def told(*args: Any, **kwargs: Any) -> Any:
            out = forward(*args, **kwargs)
            rows, columns, _ = out.logits.shape
            out.logits = torch.full((rows, columns, size), -20.0)
            out.logits[:, :, left.pop(0)] = 20.0
            return out

        self.model.forward = told


def recited(folder: Path, tokens: Sequence[int], size: int = 320) -> Recited:
    model = load(folder, ModelSpec("recited", "transformers", Level.INTERNALS))
    parrot = Recited(model.spec, model.model, model.tokenizer)
    parrot.recite(tokens, size)
    return parrot


def spelled(model: TransformersModel, text: str) -> list[int]:
    """One token a byte."""
    return [model.vocabulary.pieces.index(bytes([byte])) for byte in text.encode()]


@pytest.mark.parametrize("text", ["a🦊b", "é世", "👨‍👩‍👧"])
def test_a_character_of_several_tokens_arrives_whole(a: Counted, tiny: Path, text: str) -> None:
    tokens = [*spelled(a, text), a.tokenizer.eos_token_id]
    events = held([member(recited(tiny, tokens), "parrot")])
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    assert deltas == list(text)
    assert events[-1] == RunFinished(text, "end")
    assert len(steps(events)) == len(text.encode()) + 1
    assert steps(events)[0].token in (text[0], "\\x" + text.encode()[:1].hex())


def test_a_character_that_is_cut_off_is_not_lost_silently(a: Counted, tiny: Path) -> None:
    tokens = spelled(a, "a🦊")[:3]
    request = replace(GREEDY, sampling=Sampling(max_tokens=3))
    events = held([member(recited(tiny, tokens), "parrot")], request)
    assert [e.text for e in events if isinstance(e, TextDelta)] == ["a", "\ufffd"]
    assert events[-1] == RunFinished("a\ufffd", "length")


def test_control_tokens_are_chosen_but_not_said(a: Counted, tiny: Path) -> None:
    start = a.tokenizer.convert_tokens_to_ids("<|im_start|>")
    tokens = [*spelled(a, "x"), start, *spelled(a, "y"), a.tokenizer.eos_token_id]
    events = held([member(recited(tiny, tokens), "parrot")])
    assert answer(events) == "xy"
    assert [step.token for step in steps(events)] == ["x", "<|im_start|>", "y", "<|im_end|>"]


def test_any_members_end_ends_the_answer_in_any_order(a: Counted, tiny: Path) -> None:
    other_end = a.tokenizer.pad_token_id
    for order in ((0, 1), (1, 0)):
        tokens = [*spelled(a, "x"), other_end, *spelled(a, "y")]
        models = [recited(tiny, tokens) for _ in range(2)]
        models[1].vocabulary = replace(models[1].vocabulary, ends=frozenset({other_end}))
        events = held([member(models[at], str(at)) for at in order])
        assert events[-1] == RunFinished("x", "end")


def test_padded_logits_are_cut_to_the_vocabulary(a: Counted, tiny: Path, tmp_path: Path) -> None:
    alone = held([member(a, "ann")])
    padded = counted(tiny)
    padded.model.resize_token_embeddings(384)
    with torch.no_grad():
        padded.model.lm_head.weight[320:] = 100 * padded.model.lm_head.weight[:64].sign()
    for members in (
        [member(padded, "ann")],
        [member(a, "ann"), member(padded, "bob")],
        [member(padded, "bob"), member(a, "ann")],
    ):
        events = held(members)
        same_distributions(events, alone)
        assert max(ids(events)) < 320


@pytest.mark.parametrize("length", range(1, 9))
def test_closing_midway_frees_every_sequence(a: Counted, b: Counted, length: int) -> None:
    events = ensemble([member(a, "ann"), member(b, "bob"), member(a, "cyd", "one")], GREEDY)
    for _ in range(length):
        next(events)
    assert (a.running, b.running) == (1, 1)
    events.close()  # type: ignore[attr-defined]
    assert (a.running, b.running) == (0, 0)


def test_nothing_outlives_a_closed_ensemble(a: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[weakref.ref[Any]] = []
    of_a = a.open

    def watched(prompts: Sequence[Sequence[int]], models: Sequence[LogitModel]) -> Any:
        rows = of_a(prompts, models)
        rows.logits()
        opened.append(weakref.ref(rows))
        opened.append(weakref.ref(rows._batches[0].cache))
        return rows

    monkeypatch.setattr(a, "open", watched)
    events = ensemble([member(a, "ann")], GREEDY)
    next(events)
    assert [ref() is not None for ref in opened] == [True, True]
    events.close()  # type: ignore[attr-defined]
    assert [ref() for ref in opened] == [None, None]


def test_a_member_that_fails_midway_frees_the_others(
    a: Counted, b: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(b, "open", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        held([member(a, "ann"), member(b, "bob")])
    assert a.running == 0


def test_other_vocabularies_are_refused_with_count_and_example(
    a: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny_models, "CORPUS", ("lorem ipsum dolor sit amet " * 3,))
    other = counted(tiny_llama(tmp_path), "other")
    with pytest.raises(VocabularyMismatch) as caught:
        held([member(a, "ann"), member(other, "bob")], alignment="shared")
    ours, theirs = a.vocabulary.pieces, other.vocabulary.pieces
    differ = [i for i, (one, two) in enumerate(zip(ours, theirs, strict=False)) if one != two]
    assert f"{len(differ):,} of {min(len(ours), len(theirs)):,} ids" in caught.value.message
    assert any(
        f"id {i} is {shown(ours[i])!r} in one and {shown(theirs[i])!r}" in caught.value.message
        for i in differ
    )
    assert "ann and bob" in caught.value.message
    assert "vote" in caught.value.hint
    assert a.running == other.running == 0


def test_a_longer_tail_is_the_same_vocabulary(a: Counted) -> None:
    longer, changed = counted_with(a, (b"more",)), counted_with(a, ())
    check_shared([("ann", a), ("bob", longer)])
    check_shared([("bob", longer), ("ann", a)])
    pieces = list(a.vocabulary.pieces)
    pieces[5] = b"\xf0other"
    changed.vocabulary = replace(a.vocabulary, pieces=tuple(pieces))
    with pytest.raises(VocabularyMismatch, match=r"1 of 320 ids differ; id 5 is .*xf0other"):
        check_shared([("ann", a), ("bob", changed)])


def counted_with(model: Counted, tail: tuple[bytes, ...]) -> Counted:
    """The same model with more tokens at its vocabulary's end."""
    longer = Counted(model.spec, model.model, model.tokenizer)
    longer.vocabulary = replace(model.vocabulary, pieces=(*model.vocabulary.pieces, *tail))
    return longer


@pytest.mark.parametrize("room", [0, 1])
def test_a_prompt_that_does_not_fit_is_refused_with_the_figures(a: Counted, room: int) -> None:
    prompt = a.encode([Message("user", PROMPT)])
    sampling = Sampling(max_tokens=a.context - len(prompt) + 1 - room)
    events = ensemble([member(a, "ann")], Request(PROMPT, sampling))
    if room:
        next(events)
        events.close()  # type: ignore[attr-defined]
    else:
        with pytest.raises(
            PromptTooLong, match=f"a takes 512 tokens; the prompt, .*, has {len(prompt)} "
        ):
            next(events)


def test_all_of_the_context_can_be_used(tmp_path: Path) -> None:
    model = counted(tiny_llama(tmp_path, context=64))
    model.vocabulary = replace(model.vocabulary, ends=frozenset())
    prompt = model.encode([Message("user", "one")])
    request = Request("one", Sampling(max_tokens=64 - len(prompt)))
    assert len(ids(held([member(model, "ann")], request))) == 64 - len(prompt)
