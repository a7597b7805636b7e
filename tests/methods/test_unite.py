"""Models on servers write one text: two real llama.cpp servers on loopback, one behind a proxy."""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fusionlab.engines import llamacpp, remote, transformers
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import MemberError
from fusionlab.events import Event, RunFinished, TokenChosen, Warned
from fusionlab.methods.ensemble import ensemble
from fusionlab.methods.unite import unite
from fusionlab.models.base import LanguageModel, Level, Member, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from fusionlab.tokens.telling import END
from tests.slow_proxy import Proxy, proxied
from tests.tiny_gguf import tiny_gguf

SPEC = ModelSpec("gguf:tiny.gguf", "llamacpp", Level.LOGPROBS)
GREEDY = Request("one two three", Sampling(max_tokens=12))
PLAIN: dict[str, Any] = {"scores": "always", "ahead": 1}


@dataclass
class House:
    """One server that is asked by its own address, and one behind a proxy."""

    near: LlamaCppModel
    proxy: Proxy
    far: LanguageModel
    restart: Callable[[], None]
    """A new server stands behind the proxy, and the old one is gone."""
    here: list[TransformersModel]
    """The same two models in transformers."""

    def members(self, weights: Sequence[float] = (1.0, 1.0)) -> list[Member]:
        pair = zip(("near", "far"), (self.near, self.far), weights, strict=True)
        return [Member(name, model, "", weight) for name, model, weight in pair]


@pytest.fixture(scope="module")
def house(tiny: Path, tiny_twin: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("unite")
    files = [tiny_gguf(each, folder / f"{n}.gguf") for n, each in enumerate((tiny, tiny_twin))]
    with ExitStack() as stack:
        near = stack.enter_context(closing(llamacpp.load(files[0], SPEC)))
        behind = [llamacpp.load(files[1], SPEC)]
        stack.callback(lambda: behind[-1].close())
        proxy = stack.enter_context(proxied(behind[-1].endpoint))
        spec = ModelSpec(f"api:{proxy.url}/v1#tiny", "remote", Level.LOGPROBS)
        far = stack.enter_context(closing(remote.load(f"{proxy.url}/v1", "tiny", spec)))

        def restart() -> None:
            behind.pop().close()
            behind.append(llamacpp.load(files[1], SPEC))
            proxy.upstream = behind[-1].endpoint

        here = [
            transformers.load(each, ModelSpec("tiny", "transformers", Level.INTERNALS))
            for each in (tiny, tiny_twin)
        ]
        yield House(near, proxy, far, restart, here)


def tokens(events: Sequence[Event]) -> list[TokenChosen]:
    return [event for event in events if isinstance(event, TokenChosen)]


def texts(events: Sequence[Event]) -> list[str | None]:
    return [token.text for token in tokens(events)]


def warned(events: Sequence[Event]) -> list[str]:
    told = [event.sentence for event in events if isinstance(event, Warned)]
    return [sentence.key for sentence in told if sentence is not None]


@pytest.mark.parametrize("weights", [(1.0, 1.0), (1.0, 3.0)])
def test_it_writes_what_the_ensemble_of_whole_distributions_writes(
    house: House, weights: tuple[float, float]
) -> None:
    pairs = enumerate(zip(house.here, weights, strict=True))
    same = [Member(str(at), model, "", weight) for at, (model, weight) in pairs]
    whole = tokens(list(ensemble(same, GREEDY)))
    events = list(unite(house.members(weights), GREEDY))
    told = tokens(events)
    # A control token that does not end the answer ends it here: it says nothing.
    assert len(told) == len(whole) or told[-1].token == END
    for ours, theirs in zip(told, whole, strict=False):
        assert ours.text == theirs.text
        assert ours.coverage is not None
        assert ours.p <= theirs.p + 1e-3
        assert ours.left_out == ()
        for own, exact in zip(ours.members.values(), theirs.members.values(), strict=True):
            assert own.pivotal in (None, exact.pivotal)
    assert any(own.pivotal is not None for token in told for own in token.members.values())
    assert isinstance(events[-1], RunFinished)
    assert any(token.certified for token in told)


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
def test_exact_scores_make_the_pool_of_the_union_exact(house: House, pooling: str) -> None:
    settings: dict[str, Any] = {"pooling": pooling, "top_k": 3, **PLAIN}
    for token in tokens(list(unite(house.members(), GREEDY, **settings))):
        near, far = token.members["near"], token.members["far"]
        for one, other, candidate in zip(near.p_fused, far.p_fused, token.fused, strict=True):
            assert min(one, other) > 0
            if pooling == "arithmetic":
                assert candidate.p == pytest.approx((one + other) / 2, rel=1e-6)
        ratio = math.sqrt(near.p_fused[0] * far.p_fused[0]) / token.fused[0].p
        if pooling == "geometric":
            for one, other, candidate in zip(near.p_fused, far.p_fused, token.fused, strict=True):
                assert math.sqrt(one * other) / candidate.p == pytest.approx(ratio, rel=1e-3)


def test_a_server_s_scores_are_those_of_its_logits(house: House) -> None:
    prompt = house.members()[0].prompt(GREEDY)
    ids = house.near.encode(prompt)
    with closing(house.near.begin(ids)) as led, closing(house.here[0].open([ids])) as rows:
        vocabulary, logprobs = house.near.vocabulary, rows.logits()[0].log_softmax(dim=-1)
        order = [t for t in logprobs.argsort(descending=True).tolist() if vocabulary.said(t)]
        asked = [vocabulary.said(token) for token in (order[0], order[40], order[200], order[-1])]
        scores = led.scores(asked)
        ends = led.scores([b""])
        expected = [float(logprobs[t]) for t in (order[0], order[40], order[200], order[-1])]
        assert [score.logprob for score in scores] == pytest.approx(expected, abs=2e-2)
        silent = max(float(logprobs[token]) for token in vocabulary.special | vocabulary.ends)
        assert ends[0].logprob == pytest.approx(silent, abs=2e-2)
        (part,) = led.scores([asked[0] + "世".encode()])
        assert not part.whole


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric"])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_reading_ahead_writes_the_same_with_fewer_requests(
    house: House, pooling: str, temperature: float
) -> None:
    """By the mean, the second member decides: the first one's wishes hardly count.

    By the product they do, and it is contradicted at most steps; nobody reads further than it.
    """
    request = Request("one two", Sampling(max_tokens=16, temperature=temperature, seed=5))
    members = house.members((0.05, 1.0))
    asked, said = [], []
    for settings in (PLAIN, {"ahead": 8}):
        before = house.proxy.completions
        said.append(texts(list(unite(members, request, pooling=pooling, **settings))))
        asked.append(house.proxy.completions - before)
    assert said[0] == said[1]
    if temperature == 0:
        assert asked[1] <= asked[0] / (2 if pooling == "arithmetic" else 1)


def test_a_late_member_is_left_out_and_comes_back(house: House) -> None:
    def slowed() -> Iterator[Event]:
        for event in unite(house.members(), GREEDY, patience=2.0, rejoin=2, ahead=1):
            yield event
            if isinstance(event, TokenChosen):
                house.proxy.delay = 6.0 if event.step == 1 else 0.0

    events = list(slowed())
    out = [token.left_out for token in tokens(events)]
    assert out[:2] == [(), ()]
    assert out[2] == ("far",)
    assert out[-1] == ()
    assert warned(events) == ["member-dropped-for", "member-back"]
    alone = tokens(events)[2]
    assert alone.members["near"].weight == 1
    assert "far" not in alone.members
    late = next(event for event in events if isinstance(event, Warned))
    assert "did not answer within 2 s" in late.message


def test_a_member_that_dies_is_left_out_until_its_server_is_restarted(house: House) -> None:
    def killed() -> Iterator[Event]:
        for event in unite(house.members(), GREEDY, rejoin=3, ahead=1):
            yield event
            if isinstance(event, TokenChosen) and event.step == 1:
                house.proxy.upstream = None
            if isinstance(event, TokenChosen) and event.step == 3:
                house.restart()

    events = list(killed())
    out = [token.left_out for token in tokens(events)]
    assert out == [()] * 2 + [("far",)] * 3 + [()] * 7
    assert warned(events) == ["member-dropped-for", "member-back"]
    key = house.near.endpoint.key
    assert all(key not in repr(event) for event in events)


def test_the_text_after_it_came_back_is_read_by_it(house: House) -> None:
    """Who was away follows: its distribution is that of the whole text."""
    settings: dict[str, Any] = {"rejoin": 2, "ahead": 1}

    def gone() -> Iterator[Event]:
        for event in unite(house.members((1.0, 1e-6)), GREEDY, **settings):
            yield event
            if isinstance(event, TokenChosen):
                house.proxy.upstream = None if event.step == 1 else behind

    behind = house.proxy.upstream
    broken, whole = list(gone()), list(unite(house.members((1.0, 1e-6)), GREEDY, **settings))
    assert texts(broken) == texts(whole)
    ours, theirs = (tokens(each)[-1].members["far"].top for each in (broken, whole))
    assert [each.p for each in ours] == pytest.approx([each.p for each in theirs], abs=1e-3)


def test_a_run_that_is_to_stop_stops(house: House) -> None:
    behind, house.proxy.upstream = house.proxy.upstream, None
    try:
        with pytest.raises(MemberError):
            list(unite(house.members(), GREEDY, on_failure="stop", ahead=1))
        with pytest.raises(MemberError):
            list(unite([house.members()[1]], GREEDY))
    finally:
        house.proxy.upstream = behind


def test_members_here_and_elsewhere_with_other_vocabularies(house: House, tiny_other: Path) -> None:
    spec = ModelSpec("other", "transformers", Level.INTERNALS)
    with closing(transformers.load(tiny_other, spec)) as other:
        members = [Member("far", house.far), Member("here", other)]
        request = Request("世界 👨‍👩‍👧 one", Sampling(max_tokens=24, temperature=1.0, seed=1))
        events = list(unite(members, request))
    told = tokens(events)
    assert len({token.token for token in told}) > 3
    assert isinstance(events[-1], RunFinished)
    assert "".join(token.text or "" for token in told).strip() in events[-1].answer
    for token in told:
        assert set(token.members) == {"far", "here"}
        assert token.p <= 1


def test_nothing_runs_afterwards(house: House) -> None:
    events = unite(house.members(), GREEDY)
    for _ in range(4):
        next(events)
    events.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name == "asking" and t.is_alive()]
    assert set(house.near.in_slot.values()) == {0}


def test_a_seed_decides(house: House) -> None:
    def drawn(seed: int) -> list[str | None]:
        request = Request("one", Sampling(max_tokens=10, temperature=1.0, seed=seed))
        return texts(list(unite(house.members(), request)))

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
