import json
import math
from dataclasses import replace
from urllib.parse import quote

import pytest

from fusionlab.events import Candidate, MemberStep, Record, RunFailed, RunFinished, TokenChosen
from fusionlab.recipe import recipe_from_query
from fusionlab.trace import Trace
from fusionlab.views.ballots import ballot_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.texts import text_view
from fusionlab.views.tokens import token_view
from tests.views.fakes import (
    HOSTILE,
    NAMES,
    cost_trace,
    recipe,
    solo_trace,
    token_trace,
    vote_trace,
)


def chosen(p_chosen: dict[str, float]) -> TokenChosen:
    """One step in which these members gave the chosen token these probabilities."""
    top = (Candidate("a", 0.5), Candidate("b", 0.25))
    members = {name: MemberStep(top, 1.0, 0.25, p) for name, p in p_chosen.items()}
    return TokenChosen(0, "a", 0, 0.5, top, 1.0, 0.1, members)


def decided(*p_chosen: float) -> int:
    """The index of the member who decided, where members weigh 1, 2, 1."""
    trace = Trace(recipe(len(p_chosen)))
    trace.add(Record(0.0, chosen(dict(zip(NAMES, p_chosen, strict=False)))))
    found: int = token_view(trace)["steps"][0]["decided"]
    return found


def test_where_weights_are_the_step_s_the_one_who_writes_decides() -> None:
    token = chosen({NAMES[0]: 0.2, NAMES[1]: 0.9})
    own = {
        name: replace(step, weight=float(name == NAMES[0])) for name, step in token.members.items()
    }
    trace = Trace(recipe(2))
    trace.add(Record(0.0, replace(token, members=own)))
    view = token_view(trace)
    assert view["steps"][0]["decided"] == 0
    assert (view["pooling"], {member["weight"] for member in view["members"]}) == ("none", {0.5})


def test_a_step_tells_whether_members_were_pooled_and_who_was_left_out() -> None:
    token = chosen({NAMES[0]: 0.2, NAMES[1]: 0.9})
    own = {
        name: replace(step, weight=float(name == NAMES[0])) for name, step in token.members.items()
    }
    trace = Trace(recipe(2, pooling="arithmetic", act="supported"))
    trace.add(Record(0.0, replace(token, members=own, acted=False, left_out=(NAMES[1], "none"))))
    view = token_view(trace)
    (step,) = view["steps"]
    assert (step["acted"], step["left"], step["decided"]) == (False, [1], 0)
    assert [each["weight"] for each in step["members"].values()] == [1.0, 0.0]
    assert (view["pooling"], view["act"]) == ("arithmetic", "supported")
    assert [member["weight"] for member in view["members"]] == pytest.approx([1 / 3, 2 / 3])


def test_an_old_run_of_a_mean_has_shares_and_nobody_known_to_be_pivotal() -> None:
    trace = token_trace(n_steps=5)
    for token, step in zip(trace.tokens, token_view(trace)["steps"], strict=True):
        shares = [own["share"] for own in step["members"].values()]
        parts = [w * own.p_chosen for w, own in zip((1, 2, 1), token.members.values(), strict=True)]
        assert shares == pytest.approx([part / sum(parts) for part in parts], abs=2e-6)
        assert all(own["pivotal"] is None for own in step["members"].values())


def test_what_is_no_mean_of_its_members_has_no_shares() -> None:
    product = token_view(token_trace(n_steps=2, pooling="geometric"))
    other = token_trace(n_steps=1)
    moved = Trace(other.recipe)
    moved.add(Record(0.0, replace(other.tokens[0], p=other.tokens[0].p / 2)))
    for view in (product, token_view(moved)):
        assert {own["share"] for step in view["steps"] for own in step["members"].values()} == {
            None
        }


def test_a_probability_that_nobody_told_gives_no_shares() -> None:
    token = replace(chosen({NAMES[0]: 0.5, NAMES[1]: 0.0}), p=0.5 / 3)
    trace = Trace(recipe(2))
    trace.add(Record(0.0, token))
    (step,) = token_view(trace)["steps"]
    assert [own["share"] for own in step["members"].values()] == [None, None]


def opens(*parts: tuple[float | None, float | None, bool | None]) -> list[bool]:
    """Of whom it is not known, where members have these weights, powers and answers."""
    token = chosen(dict.fromkeys(NAMES[: len(parts)], 0.3))
    members = {
        name: replace(own, weight=weight, exponent=power, pivotal=pivotal)
        for (name, own), (weight, power, pivotal) in zip(token.members.items(), parts, strict=True)
    }
    trace = Trace(recipe(len(parts), pooling="arithmetic"))
    trace.add(Record(0.0, replace(token, members=members)))
    return [own["open"] for own in token_view(trace)["steps"][0]["members"].values()]


def test_it_is_open_who_was_pivotal_where_another_counts_and_the_run_does_not_tell() -> None:
    assert opens((None, None, None), (None, None, True)) == [True, False]
    assert opens((1.0, None, None), (0.0, None, False)) == [False, False]  # nobody else counts
    assert opens((None, 1.0, None), (None, -2.0, False)) == [False, False]
    assert opens((None, 1.0, None), (None, 1.5, None), (None, -1.5, None)) == [True, True, True]
    assert opens((None, 1.0, None), (None, 0.0, False), (None, 0.0, False)) == [False] * 3


def test_shares_and_pivotal_members_are_as_the_run_tells() -> None:
    token = chosen({NAMES[0]: 0.2, NAMES[1]: 0.9})
    instead = Candidate("b", 0.25, 7)
    told = {
        NAMES[0]: replace(token.members[NAMES[0]], share=0.4, pivotal=False),
        NAMES[1]: replace(token.members[NAMES[1]], share=0.6, pivotal=True, instead=instead),
    }
    trace = Trace(recipe(2))
    trace.add(Record(0.0, replace(token, members=told)))
    (step,) = token_view(trace)["steps"]
    assert [own["share"] for own in step["members"].values()] == [0.4, 0.6]
    assert [own["pivotal"] for own in step["members"].values()] == [False, True]
    assert step["members"][NAMES[1]]["instead"] == {"token": "b", "id": 7, "p": 0.25}
    assert (step["agree"], step["apart"]) == (2, False)


def test_first_choices_that_differ_are_told() -> None:
    token = chosen({NAMES[0]: 0.5, NAMES[1]: 0.25})
    other = replace(
        token.members[NAMES[1]], top=(Candidate("b", 0.5), Candidate("a", 0.25)), p_chosen=0.25
    )
    trace = Trace(recipe(2))
    trace.add(Record(0.0, replace(token, members={**token.members, NAMES[1]: other})))
    (step,) = token_view(trace)["steps"]
    assert (step["agree"], step["apart"]) == (1, True)


def test_small_probabilities_keep_their_digits() -> None:
    token = chosen({NAMES[0]: 2.0469639e-16})
    trace = Trace(recipe(1))
    trace.add(Record(0.0, token))
    assert token_view(trace)["steps"][0]["members"][NAMES[0]]["p_chosen"] == 2.046964e-16


def test_a_link_asks_the_same_under_other_weights() -> None:
    trace = token_trace(n_steps=1)
    anew = token_view(trace)["anew"]
    members = "&".join(f"member={quote(text + ',weight=0.5')}" for text in anew["members"])
    again = recipe_from_query(f"{anew['query']}&{members}&set=pooling%3D%22geometric%22")
    assert again == replace(
        trace.recipe,
        members=tuple(replace(member, weight=0.5) for member in trace.recipe.members),
        settings={**trace.recipe.settings, "pooling": "geometric"},
    )
    assert token_view(token_trace(n_steps=1, finished=False))["anew"] is None


def test_nobody_decides_where_a_member_counts_against_a_token() -> None:
    token = chosen({NAMES[0]: 0.9, NAMES[1]: 0.1})
    powers = dict(zip(NAMES, (1.0, -2.0), strict=False))
    own = {name: replace(step, exponent=powers[name]) for name, step in token.members.items()}
    trace = Trace(recipe(2))
    trace.add(Record(0.0, replace(token, members=own)))
    view = token_view(trace)
    (step,) = view["steps"]
    assert (view["pooling"], step["decided"]) == ("signed", -1)
    assert [each["exponent"] for each in step["members"].values()] == [1.0, -2.0]


def test_what_a_search_found_has_no_parts_and_nobody_who_decided() -> None:
    """Not even where all agree, and its probability is their mean."""
    token = chosen({NAMES[0]: 0.9, NAMES[1]: 0.9})
    for settings, way, shared in (
        ({"alignment": "relative"}, "searched", False),
        ({"alignment": "relative", "pooling": "drawn"}, "drawn", False),
        ({"alignment": "exact"}, "arithmetic", True),
    ):
        trace = Trace(replace(recipe(2), settings=settings))
        trace.add(Record(0.0, replace(token, p=0.9)))
        view = token_view(trace)
        (step,) = view["steps"]
        assert view["pooling"] == way
        assert [own["share"] is not None for own in step["members"].values()] == [shared] * 2
    alone = Trace(replace(recipe(2), settings={"alignment": "relative", "act": "unsure"}))
    alone.add(Record(0.0, replace(chosen({NAMES[1]: 0.9}), acted=False)))
    assert token_view(alone)["steps"][0]["decided"] == 1


@pytest.mark.parametrize("cuts", [(), (1,), (0, 4, 4, 9), (11,), (12,)])
def test_messages_joined_are_the_whole(cuts: tuple[int, ...]) -> None:
    trace = token_trace(n_steps=12)
    whole = token_view(trace, run="r")
    joined = []
    for start, end in zip((0, *cuts), (*cuts, 12), strict=True):
        message = token_view(trace, start=start, run="r")
        assert message["start"] == start
        assert {**message, "start": 0, "steps": whole["steps"]} == whole
        joined += message["steps"][: end - start]
    assert joined == whole["steps"]


def test_nothing_new_is_an_empty_message() -> None:
    assert token_view(token_trace(n_steps=5), start=5)["steps"] == []
    assert token_view(Trace(recipe()))["steps"] == []


def test_parts_add_up_to_the_arithmetic_pool() -> None:
    view = token_view(token_trace(n_steps=30))
    weights = [member["weight"] for member in view["members"]]
    assert weights == [0.25, 0.5, 0.25]
    for step in view["steps"]:
        for candidate in step["fused"]:
            pooled = sum(w * p for w, p in zip(weights, candidate["parts"], strict=True))
            assert candidate["p"] == pytest.approx(pooled, abs=2e-6)


def test_parts_are_the_members_own_probabilities() -> None:
    for pooling in ("arithmetic", "geometric"):
        view = token_view(token_trace(n_steps=10, pooling=pooling))
        assert view["pooling"] == pooling
        for step in view["steps"]:
            [own] = [c["parts"] for c in step["fused"] if c["token"] == step["token"]]
            assert own == [step["members"][name]["p_chosen"] for name in NAMES]


def test_a_part_that_is_not_known_is_none() -> None:
    trace = Trace(recipe(2))
    trace.add(Record(0.0, chosen({NAMES[0]: 0.5})))
    step = token_view(trace)["steps"][0]
    assert [candidate["parts"] for candidate in step["fused"]] == [[None, None], [None, None]]
    assert list(step["members"]) == [NAMES[0]]


@pytest.mark.parametrize(
    ("p_chosen", "index"),
    [
        ((0.9, 0.1, 0.1), 0),
        ((0.1, 0.9, 0.1), 1),
        ((0.2, 0.1, 0.9), 2),
        ((0.8, 0.4, 0.1), -1),
        ((0.5, 0.5, 0.5), 1),
        ((0.0, 0.0, 0.0), -1),
        ((0.3,), 0),
        ((0.0,), -1),
        ((0.56, 0.22), 0),
        ((0.54, 0.23), -1),
    ],
)
def test_who_has_clearly_the_largest_share_decided(p_chosen: tuple[float, ...], index: int) -> None:
    assert decided(*p_chosen) == index


def test_members_without_weight_decide_nothing() -> None:
    trace = Trace(recipe(2))
    silent = tuple(replace(member, weight=0.0) for member in trace.recipe.members)
    trace.recipe = replace(trace.recipe, members=silent)
    trace.add(Record(0.0, chosen({NAMES[0]: 0.5, NAMES[1]: 0.5})))
    view = token_view(trace)
    assert [member["weight"] for member in view["members"]] == [0.5, 0.5]
    assert view["steps"][0]["decided"] == -1


def test_hostile_text_is_json_in_utf_8() -> None:
    view = token_view(token_trace(HOSTILE, n_steps=len(HOSTILE)))
    written = json.dumps(view, ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert json.loads(written) == view
    tokens = [step["token"] for step in view["steps"]]
    spelled = [token.encode("utf-8", "backslashreplace").decode() for token in HOSTILE]
    assert tokens == spelled


def test_numbers_are_finite_and_probabilities_at_most_one() -> None:
    for step in token_view(token_trace(n_steps=20))["steps"]:
        assert math.isfinite(step["entropy"])
        assert math.isfinite(step["divergence"])
        for own in step["members"].values():
            total = sum(candidate["p"] for candidate in own["top"]) + own["rest"]
            assert total == pytest.approx(1, abs=1e-5)


def test_members_have_the_same_place_in_every_view() -> None:
    places = {name: i for i, name in enumerate(NAMES)}
    tokens = {m["name"]: m["index"] for m in token_view(token_trace(n_steps=2))["members"]}
    votes = {m["name"]: m["colour"] for m in ballot_view(vote_trace())["members"]}
    costs = {m["name"]: m["index"] for m in ledger_view(cost_trace())["members"]}
    assert tokens == votes == costs == places
    for candidate in ballot_view(vote_trace())["candidates"]:
        assert candidate["colour"] == places[candidate["author"]]
    assert [text["member"] for text in text_view(vote_trace())["texts"]] == [0, 1, 2, 0, 1, 2]
    assert text_view(solo_trace())["texts"][0]["member"] == 0


def test_runs_have_names_that_stay_while_they_grow() -> None:
    short, long = token_trace(n_steps=2, finished=False), token_trace(n_steps=9)
    assert token_view(short)["run"] == token_view(long)["run"]
    assert token_view(short, run="mine")["run"] == "mine"
    other = token_trace(n_steps=2, pooling="geometric")
    assert token_view(other)["run"] != token_view(short)["run"]
    later = Trace(short.recipe)
    later.add(Record(0.5, short.tokens[0]))
    assert token_view(later)["run"] != token_view(short)["run"]


def test_a_run_is_done_however_it_ends() -> None:
    trace = token_trace(n_steps=2, finished=False)
    assert not token_view(trace)["done"]
    for end in (RunFinished("x"), RunFailed("broke")):
        trace.add(Record(9.0, end))
        assert token_view(trace)["done"]
    stopped = token_trace(n_steps=2, finished=False)
    stopped.stopped = True
    view = token_view(stopped)
    assert (view["status"], view["done"]) == ("stopped", True)
