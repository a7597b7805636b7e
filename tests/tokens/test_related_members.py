"""Ensembles by relative representations, on tiny models."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fusionlab import run
from fusionlab.engines.gathered import Gathering
from fusionlab.errors import LevelTooLow, MemberError, VocabularyMismatch
from fusionlab.events import Event, RunFinished, TokenChosen
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Level, Member
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Request, get_method
from tests.counted import Counted, counted, member
from tests.tokens.relabelled import Relabelled, relabelled

PROMPT = "the capital of France is 你好"
GREEDY = Request(PROMPT, Sampling(max_tokens=10))


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


@pytest.fixture(autouse=True)
def _all_closed(a: Counted, b: Counted, again: Counted, b_again: Counted) -> Iterator[None]:
    yield
    assert [model.running for model in (a, b, again, b_again)] == [0] * 4


def held(members: Sequence[Member], request: Request = GREEDY, **settings: Any) -> list[Event]:
    checked = get_method("ensemble").check({"alignment": "relative", **settings})
    return list(ensemble(members, request, **checked))


def steps(events: Sequence[Event]) -> list[TokenChosen]:
    return [event for event in events if isinstance(event, TokenChosen)]


def told(events: Sequence[Event], within: float) -> list[tuple[str, Any]]:
    return [(step.token, pytest.approx(step.p, abs=within)) for step in steps(events)]


def plain(events: Sequence[Event]) -> list[tuple[str, float]]:
    return [(step.token, step.p) for step in steps(events)]


@pytest.mark.parametrize("pooling", ["arithmetic", "geometric", "majority"])
def test_a_model_with_itself_under_other_ids_is_itself(
    a: Counted, again: Relabelled, pooling: str
) -> None:
    alone = plain(held([member(a, "ann")], alignment="shared"))
    for pair in ([member(a, "x"), member(again, "y")], [member(again, "x"), member(a, "y")]):
        assert told(held(pair, pooling=pooling), 1e-4) == alone


def test_a_member_of_no_weight_moves_nothing(a: Counted, b: Counted) -> None:
    alone = plain(held([member(a, "ann")], alignment="shared"))
    assert told(held([member(a, "x"), member(b, "y", weight=0)]), 1e-4) == alone
    assert told(held([member(a, "x"), member(b, "y")], search_rate=0.0), 1e-5) == alone


def test_others_ids_change_nothing(a: Counted, b: Counted, b_again: Relabelled) -> None:
    """Though the anchors are the same, and not those that `b` would have chosen."""
    first = plain(held([member(a, "x"), member(b, "y", "one")]))
    assert told(held([member(a, "x"), member(b_again, "y", "one")]), 1e-4) == first


def test_the_first_member_is_moved_towards_what_the_other_wants(a: Counted, b: Counted) -> None:
    """By the rate: a little by a small one, up to the other's first choice by a large one."""
    for way in ([a, b], [b, a]):
        main, other = (member(model, name) for model, name in zip(way, "xy", strict=True))
        small, large = (steps(held([main, other], search_rate=rate))[0] for rate in (0.05, 3.0))
        (wish,) = (each.top[0] for name, each in large.members.items() if name == "y")
        own = large.members["x"]
        before = next((c.p for c in own.top if c.id == wish.id), 0.0)
        after = next((c.p for c in large.fused if c.id == wish.id), 0.0)
        assert after > 2 * before + 0.05
        assert small.fused[0].id == own.top[0].id


def test_nothing_is_told_of_parts_that_the_fused_distribution_does_not_have(
    a: Counted, b: Counted
) -> None:
    for step in steps(held([member(a, "x"), member(b, "y")])):
        own = step.members.values()
        assert {(each.share, each.pivotal, each.instead) for each in own} == {(None, None, None)}
        assert sum(candidate.p for candidate in step.fused) <= 1 + 1e-5


@pytest.mark.parametrize(
    "settings",
    [
        {"act": "unsure", "threshold": 0.3},
        {"act": "disputed"},
        {"act": "supported", "support_top_k": 1},
        {"pooling": "drawn"},
        {"pooling": "minimum", "weighting": "entropy"},
    ],
)
def test_every_rule_goes_to_the_end(
    a: Counted, b_again: Relabelled, settings: dict[str, Any]
) -> None:
    events = held([member(a, "x"), member(b_again, "y")], **settings)
    assert isinstance(events[-1], RunFinished)


def test_runs_that_share_their_passes_see_the_embeddings_too(a: Counted, b: Counted) -> None:
    alone = held([member(a, "x"), member(b, "y")])
    gathering = Gathering()
    shared = [Member(name, gathering.model(model)) for name, model in (("x", a), ("y", b))]
    settings = get_method("ensemble").check({"alignment": "relative"})
    news = list(gathering.together([ensemble(shared, GREEDY, **settings)]))
    found = [event for _, event in news if isinstance(event, TokenChosen)]
    assert [step.id for step in found] == [step.id for step in steps(alone)]


class Shut:
    """A model that does not show its embedding."""

    def __init__(self, model: Counted) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        if name == "embedding":
            raise AttributeError(name)
        return getattr(self._model, name)


def test_a_member_without_an_embedding_is_refused_with_a_hint(a: Counted) -> None:
    with pytest.raises(MemberError, match="does not show") as caught:
        held([member(a, "x"), Member("y", Shut(a))])
    assert "union" in caught.value.hint


def test_no_common_token_is_refused(a: Counted, tiny: Path) -> None:
    odd = counted(tiny, "odd")
    pieces = tuple(b"<" + piece + b">" for piece in odd.vocabulary.pieces)
    odd.vocabulary = replace(odd.vocabulary, pieces=pieces, tokenised=None, unknown=5)
    with pytest.raises(VocabularyMismatch, match="no token of text in common"):
        held([member(a, "ann"), member(odd, "bob")])


def test_models_are_opened_as_far_as_their_embeddings(tiny: Path) -> None:
    """So an engine without them is not taken, and a server is refused before anything is loaded."""
    method = get_method("ensemble")
    levels = {
        name: method.needs_under(method.check({"alignment": name}))
        for name in ("union", "relative")
    }
    assert levels == {"union": Level.LOGITS, "relative": Level.INTERNALS}
    members = (MemberRecipe(f"path:{tiny}", "x"), MemberRecipe("smollm2-135m", "y", engine="onnx"))
    recipe = Recipe("ensemble", PROMPT, members, {"alignment": "relative"})
    with pytest.raises(LevelTooLow):
        run(recipe)
    run(replace(recipe, settings={})).close()
