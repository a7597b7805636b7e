"""What experts like: named where chance does not explain it, and never by a few tokens."""

import json
from collections.abc import Sequence
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.events import ExpertsRouted, LayerRouting
from fusionlab.views.experts import MOST, is_sent
from fusionlab.views.leanings import PARTS, chance, kind_of, leanings
from tests.views.fakes import HOSTILE, routed_trace


def facts(read: Sequence[tuple[str, Sequence[int]]], n_experts: int = 4) -> list[ExpertsRouted]:
    """Tokens, each with its expert in every layer."""
    even = (1 / n_experts,) * n_experts
    return [
        ExpertsRouted(
            "Moe",
            place,
            token,
            place,
            prompt=False,
            layers=tuple(
                LayerRouting(layer, (expert,), (1.0,), even) for layer, expert in enumerate(experts)
            ),
        )
        for place, (token, experts) in enumerate(read)
    ]


def test_three_tokens_are_no_liking() -> None:
    read = [("x", [0])] * 3 + [(word, [i % 4]) for i, word in enumerate("abcdefghi")]
    (layer,) = leanings(facts(read))
    assert all(not each["likes"] for each in layer["experts"])


def test_an_expert_that_gets_every_digit_likes_them() -> None:
    read = [("7", [3]) if i % 3 == 0 else (f" w{i}", [i % 3]) for i in range(60)]
    (layer,) = leanings(facts(read))
    like, *_ = layer["experts"][3]["likes"]
    assert (like["what"], like["name"], like["k"], like["n"]) == ("token", "7", 20, 20)
    assert like["lift"] == pytest.approx(60 / 20)
    assert like["low"] > layer["experts"][3]["base"]
    assert all(not each["likes"] for each in layer["experts"][:3])


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 6))
def test_chance_is_fishers(m: int, n: int, extra: int) -> None:
    of = max(m, n) + extra
    for k in range(min(m, n) + 1):
        ways = sum(comb(m, x) * comb(of - m, n - x) for x in range(k, min(m, n) + 1))
        assert chance(k, m, n, of) == pytest.approx(ways / comb(of, n))


@given(st.lists(st.integers(0, 3), min_size=8, max_size=60))
def test_of_one_token_repeated_nothing_is_liked(experts: list[int]) -> None:
    (layer,) = leanings(facts([("a", [expert]) for expert in experts]))
    assert all(not each["likes"] for each in layer["experts"])
    assert sum(each["n"] for each in layer["experts"]) == len(experts)
    assert all(len(each["parts"]) == PARTS for each in layer["experts"])


def test_flow_says_where_the_tokens_of_each_expert_go() -> None:
    read = [("a", [0, 3]), ("b", [0, 3]), ("c", [1, 2])]
    first, last = leanings(facts(read))
    assert (first["next"]["layer"], last["next"]) == (1, None)
    assert (first["next"]["rows"], first["next"]["columns"]) == ([0, 1], [2, 3])
    assert first["next"]["counts"] == [[0, 2], [1, 0]]
    assert first["next"]["lift"] == [[0, 1.5], [3.0, 0]]
    assert first["pairs"] is None  # one expert a token


def test_every_message_is_json_whatever_the_tokens() -> None:
    trace = routed_trace(n_tokens=12)
    json.dumps(leanings(trace.routed), allow_nan=False)
    (layer,) = leanings(facts([*((word, [0]) for word in HOSTILE), ("a", [1]), ("b", [1])]))
    assert layer["experts"][0]["reads"][0] == {"token": HOSTILE[0], "n": 1}


def test_before_the_first_token_there_is_nothing() -> None:
    assert leanings([]) == []


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (" the", "word"),
        ("ing", "part"),
        (" 12", "number"),
        (",", "punctuation"),
        ("\n", "space"),
        ("你好", "character"),
        ("<|im_end|>", "mark"),
        ("", "space"),
    ],
)
def test_kinds_of_tokens(token: str, kind: str) -> None:
    assert kind_of(token) == kind


@pytest.mark.parametrize(
    ("tokens", "choices"), list(product([100, 2_000, 20_000], [1, 32 * 8, 10**6]))
)
def test_what_is_sent_grows_with_the_logarithm(tokens: int, choices: int) -> None:
    sent = sum(is_sent(place, choices) for place in range(tokens))
    whole = max(1, MOST // choices)
    assert sent == tokens if tokens <= whole else sent < tokens
    assert sent <= whole * (1 + (tokens // whole).bit_length() / 2) + (tokens // whole).bit_length()
