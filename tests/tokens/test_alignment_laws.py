"""Laws of ensembles whose members have different vocabularies, on tiny models."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch.testing import assert_close

from fusionlab.begun import Begun
from fusionlab.engines.gathered import Gathering
from fusionlab.engines.passes import read
from fusionlab.errors import VocabularyMismatch
from fusionlab.events import Event, Measured, Progress, RunFinished, TokenChosen, Warned
from fusionlab.methods.alternate import alternate
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Member
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from fusionlab.text import steps as steps_of_work
from fusionlab.tokens import joint as joint_vocabularies
from fusionlab.tokens.aligned import aligned
from fusionlab.tokens.bytewise import END
from fusionlab.tokens.joint import Rule
from tests import tiny as tiny_models
from tests.counted import Counted, counted, member
from tests.tiny import tiny_llama
from tests.tokens.relabelled import Relabelled, relabelled

PROMPT = "the capital of France is 你好"
GREEDY = Request(PROMPT, Sampling(max_tokens=10))
TOKENWISE = ("exact", "mined", "union", "gac")
EVERY = (*TOKENWISE, "bytes")
FOLLOWED = (*EVERY, "relative")
each_alignment = pytest.mark.parametrize("alignment", EVERY)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def a(tiny: Path) -> Counted:
    return counted(tiny, "a")


@pytest.fixture(scope="module")
def b(tiny_twin: Path) -> Counted:
    return counted(tiny_twin, "b")


@pytest.fixture(scope="module")
def again(tiny: Path) -> Relabelled:
    """The weights of `a` under other ids."""
    return relabelled(tiny, "again", seed=1)


@pytest.fixture(scope="module")
def b_again(tiny_twin: Path) -> Relabelled:
    return relabelled(tiny_twin, "b_again", seed=2)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """A model whose tokenizer has learned other words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            tiny_models, "CORPUS", ("there are seven capitals in France 世界你好 👨‍👩‍👧",)
        )
        folder = tiny_llama(tmp_path_factory.mktemp("small"), seed=3, vocab_size=290)
    return counted(folder, "small")


@pytest.fixture(autouse=True)
def _all_closed(
    a: Counted, b: Counted, again: Counted, b_again: Counted, small: Counted
) -> Iterator[None]:
    yield
    assert [model.running for model in (a, b, again, b_again, small)] == [0] * 5


def held(members: Sequence[Member], request: Request = GREEDY, **settings: Any) -> list[Event]:
    return list(ensemble(members, request, **get_method("ensemble").check(settings)))


def steps(events: Sequence[Event]) -> list[TokenChosen]:
    return [event for event in events if isinstance(event, TokenChosen)]


def told(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    """Each step as text and numbers: ids differ between vocabularies."""
    return [
        (step.token, pytest.approx(step.p, abs=1e-4), pytest.approx(step.entropy, abs=1e-3))
        for step in steps(events)
    ]


def same(ours: Sequence[Event], theirs: Sequence[Event]) -> None:
    assert told(ours) == [(s.token, s.p, s.entropy) for s in steps(theirs)]
    ends = [event for event in (ours[-1], theirs[-1]) if isinstance(event, RunFinished)]
    assert ends[0] == ends[1]


@each_alignment
def test_a_model_with_itself_under_other_ids_is_itself(
    a: Counted, again: Relabelled, alignment: str
) -> None:
    alone = held([member(a, "ann")], alignment=alignment)
    for pair in ([member(a, "ann"), member(again, "bob")], [member(again, "b"), member(a, "a")]):
        same(held(pair, alignment=alignment), alone)


@pytest.mark.parametrize("rule", TOKENWISE)
def test_all_tokens_that_end_an_answer_count_as_its_end(rule: Rule) -> None:
    one, two = (
        Vocabulary(tuple(each.encode() for each in pieces), frozenset(ends), frozenset(ends))
        for pieces, ends in (
            (("a", "b", "c", "</s>"), {3}),
            (("a", "b", "c", "<|ret|>", "<|call|>"), {3, 4}),
        )
    )
    probs = [[0.1, 0.05, 0.05, 0.8], [0.01, 0.005, 0.005, 0.979, 0.001]]
    logits = [torch.tensor(each).log() for each in probs]
    told = aligned([("one", one), ("two", two)], rule).logprobs(logits, [0, 1]).exp()
    assert_close(told, torch.tensor([probs[0], [0.01, 0.005, 0.005, 0.98]]))


@pytest.mark.parametrize("alignment", FOLLOWED)
def test_a_begun_text_is_read_in_as_many_tokens_as_each_tokenizer_makes_of_it(
    a: Counted, small: Counted, alignment: str
) -> None:
    begun = "the capital of France is "
    costs: list[dict[str, int]] = [{}, {}]
    limited = replace(GREEDY, sampling=Sampling(max_tokens=40))
    for spent, request in zip(costs, (limited, replace(limited, begin=Begun(begun))), strict=True):
        for event in held([member(a, "a"), member(small, "b")], request, alignment=alignment):
            if isinstance(event, Measured):
                spent[event.member] = spent.get(event.member, 0) + event.tokens_in
    for name, model in (("a", a), ("b", small)):
        assert model.vocabulary.tokenised is not None
        own = model.vocabulary.tokenised(begun)
        assert costs[1][name] - costs[0][name] == len(own)


def passes(events: Sequence[Event]) -> int:
    return sum(event.forward_passes for event in events if isinstance(event, Measured))


def test_byte_by_byte_every_pass_counts(a: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, and of runs that share their passes for each of them."""
    made: list[int] = []

    def watched(*given: Any) -> Any:
        made.append(1)
        return read(*given)

    monkeypatch.setattr("fusionlab.engines.rows.read", watched)
    request = replace(GREEDY, sampling=Sampling(max_tokens=30, temperature=1.5, seed=5))
    alone = held([member(a, "ann")], request, alignment="bytes")
    assert passes(alone) == len(made)
    assert len(made) > len(steps(alone)) / 2
    made.clear()
    gathering = Gathering()
    shared = [Member("ann", gathering.model(a))]
    runs = [ensemble(shared, request, alignment="bytes") for _ in range(2)]
    news: list[list[Any]] = [[], []]
    for number, event in gathering.together(runs):
        news[number].append(event)
    assert [passes(each) for each in news] == [passes(alone)] * 2
    assert len(made) == passes(alone)


def test_bytes_that_were_given_with_their_end_are_the_whole_text(
    a: Counted, small: Counted
) -> None:
    request = replace(GREEDY, begin=Begun("ab", (*b"ab", END)))
    events = held([member(a, "a"), member(small, "b")], request, alignment="bytes")
    assert events[-1] == RunFinished("ab", "end")
    assert not steps(events)


@pytest.mark.parametrize("alignment", ["exact", "mined", "gac"])
@pytest.mark.parametrize("pooling", ["arithmetic", "geometric", "majority"])
def test_other_ids_change_nothing(
    a: Counted, b: Counted, b_again: Relabelled, alignment: str, pooling: str
) -> None:
    shared = held([member(a, "ann"), member(b, "bob", "one")], pooling=pooling)
    pair = [member(a, "ann"), member(b_again, "bob", "one")]
    same(held(pair, pooling=pooling, alignment=alignment), shared)


@pytest.mark.parametrize("alignment", ["union", "bytes"])
def test_other_ids_change_nothing_of_unions_and_bytes(
    a: Counted, b: Counted, b_again: Relabelled, alignment: str
) -> None:
    plain = held([member(a, "ann"), member(b, "bob", "one")], alignment=alignment)
    other = held([member(a, "ann"), member(b_again, "bob", "one")], alignment=alignment)
    same(other, plain)


@pytest.mark.parametrize("alignment", TOKENWISE)
def test_an_ensemble_of_one_is_greedy(a: Counted, alignment: str) -> None:
    alone, shared = (held([member(a, "m")], alignment=each) for each in (alignment, "shared"))
    assert [s.id for s in steps(alone)] == [s.id for s in steps(shared)]


@pytest.mark.parametrize("alignment", ["union", "gac", "bytes"])
def test_the_order_of_members_does_not_matter(
    a: Counted, b_again: Relabelled, small: Counted, alignment: str
) -> None:
    members = [member(a, "ann", weight=2), member(b_again, "bob"), member(small, "cyd", "two")]
    first = held(members, alignment=alignment)
    for order in ((2, 0, 1), (1, 2, 0)):
        same(held([members[at] for at in order], alignment=alignment), first)


@pytest.mark.parametrize("alignment", FOLLOWED)
def test_every_member_has_read_the_text_in_tokens_of_its_own(
    a: Counted, small: Counted, alignment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rows hold after the prompts, as bytes, is the text that was written."""
    opened: list[tuple[Counted, int, Any]] = []
    for model in (a, small):
        plain = model.open

        def watched(prompts: Any, models: Any = (), m: Any = model, plain: Any = plain) -> Any:
            rows = plain(prompts, models)
            opened.append((m, len(prompts[0]), rows))
            return rows

        monkeypatch.setattr(model, "open", watched)
    request = replace(GREEDY, sampling=Sampling(max_tokens=14, temperature=1.5, seed=5))
    said = b""
    for event in ensemble(
        [member(a, "ann"), member(small, "bob")],
        request,
        **get_method("ensemble").check({"alignment": alignment}),
    ):
        if not isinstance(event, TokenChosen):
            continue
        for model, prompt, rows in opened:
            read = [b"".join(map(model.vocabulary.said, ids[prompt:])) for ids in rows.ids]
            if alignment == "bytes":  # the text may end within a token that nobody has read yet
                assert all(said.startswith(each) for each in read)
            else:
                assert read == [said]
        piece = bytes([event.id]) if alignment == "bytes" and event.id < 256 else None
        said += piece if piece is not None else _bytes(event, [a, small])
    assert len(said) > 10


def _bytes(event: TokenChosen, models: Sequence[Counted]) -> bytes:
    for model in models:
        for token in range(len(model.vocabulary.pieces)):
            if model.vocabulary.text(token) == event.token:
                return model.vocabulary.said(token)
    raise AssertionError(event.token)


@each_alignment
def test_every_step_is_honest_probability(a: Counted, small: Counted, alignment: str) -> None:
    events = held([member(a, "ann"), member(small, "bob")], alignment=alignment)
    for step in steps(events):
        assert 0 < step.p <= 1
        assert step.fused[0].token == step.token
        for listed in (step.fused, *(each.top for each in step.members.values())):
            ps = [candidate.p for candidate in listed]
            assert ps == sorted(ps, reverse=True)
            assert 0 < sum(ps) <= 1 + 1e-5
        mean = sum(each.p_chosen for each in step.members.values()) / 2
        assert step.p == pytest.approx(mean, abs=1e-5)


def test_by_itself_one_vocabulary_stays_one_and_others_are_united_with_a_notice(
    a: Counted, b: Counted, small: Counted
) -> None:
    assert not [e for e in held([member(a, "x"), member(b, "y")]) if isinstance(e, Warned)]
    events = held([member(a, "x"), member(small, "y")])
    assert [isinstance(event, Warned) for event in events[:2]] == [True, False]
    same(events, held([member(a, "x"), member(small, "y")], alignment="union"))


def test_drawn_members_and_gates_work_across_vocabularies(a: Counted, small: Counted) -> None:
    members = [member(a, "ann"), member(small, "bob")]
    for key, value in (("pooling", "drawn"), ("act", "unsure"), ("act", "supported")):
        for alignment in EVERY:
            events = held(members, GREEDY, **{key: value, "alignment": alignment})
            assert isinstance(events[-1], RunFinished)


def test_turns_are_refused_across_vocabularies_with_a_hint(a: Counted, small: Counted) -> None:
    with pytest.raises(VocabularyMismatch) as caught:
        list(alternate([member(a, "x"), member(small, "y")], GREEDY))
    assert "union" in caught.value.hint


def test_a_tokenizer_without_bytes_is_refused(a: Counted, tiny: Path) -> None:
    odd = counted(tiny, "odd")
    odd.vocabulary = replace(odd.vocabulary, in_bytes=False)
    for alignment in FOLLOWED:
        with pytest.raises(VocabularyMismatch, match="cannot be compared"):
            held([member(a, "ann"), member(odd, "bob")], alignment=alignment)
    assert odd.running == 0


def test_no_common_token_is_refused_except_byte_by_byte(a: Counted, tiny: Path) -> None:
    odd = counted(tiny, "odd")
    pieces = tuple(b"<" + piece + b">" for piece in odd.vocabulary.pieces)
    odd.vocabulary = replace(odd.vocabulary, pieces=pieces, tokenised=None, unknown=5)
    for alignment in TOKENWISE:
        with pytest.raises(VocabularyMismatch, match="no token of text in common"):
            held([member(a, "ann"), member(odd, "bob")], alignment=alignment)
    assert steps(held([member(a, "ann"), member(odd, "bob")], alignment="bytes"))


def test_a_map_that_is_sought_tells_its_progress_and_is_kept(
    a: Counted, small: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let go while it is sought, a run opens nothing and keeps nothing."""
    monkeypatch.setattr(steps_of_work, "SOON", -1.0)
    monkeypatch.setattr(joint_vocabularies, "_found", {})
    settings = get_method("ensemble").check({"alignment": "mined"})
    members = [member(a, "ann"), member(small, "bob")]
    with closing(
        cast(Generator[Event, None, None], ensemble(members, GREEDY, **settings))
    ) as stopped:
        first = next(stopped)
    assert isinstance(first, Progress)
    assert (first.what, first.done, first.total) == ("mapping the tokens of bob", 0.0, 1.0)
    assert not (tmp_path / "maps").exists()
    events = held(members, alignment="mined")
    waited = [isinstance(event, Progress) for event in events]
    assert waited == sorted(waited, reverse=True)
    assert waited[0]
    assert len(list((tmp_path / "maps").iterdir())) == 1
    monkeypatch.setattr(joint_vocabularies, "_found", {})  # another time, from disk
    assert steps(held(members, alignment="mined"))[0] == steps(events)[0]
    assert not any(isinstance(event, Progress) for event in held(members, alignment="mined"))


def test_a_full_context_ends_the_text(a: Counted, small: Counted) -> None:
    """Where one member's tokens are single bytes it needs more of them than are chosen."""
    small.context, before = len(small.encode(member(small, "y").prompt(GREEDY))) + 16, small.context
    try:
        known = small.vocabulary
        single = tuple(p if len(p) < 2 else b"\xff\xff" + p for p in known.pieces)
        small.vocabulary = replace(known, pieces=single, tokenised=None)
        events = held([member(a, "x"), member(small, "y", weight=0)], alignment="exact")
        assert isinstance(events[-1], RunFinished)
        assert events[-1].reason == "length"
        small.vocabulary = known
    finally:
        small.context = before
