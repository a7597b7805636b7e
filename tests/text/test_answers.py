"""Answers are found and compared by rule: never guessed, and the same found again."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.text.answers import Kind, extract, kind_of, same
from tests.strategies import text as nasty

KINDS = get_args(Kind)
kinds = st.sampled_from(KINDS)
wordy = st.lists(
    nasty
    | st.sampled_from(
        ["-3", "1,234", "$5.50", "(B)", "(c)", " A ", "I", "yes", "No.", ".5", "−2", "\n", " "]
    ),
    max_size=6,
).map("".join)


@pytest.mark.parametrize(
    ("said", "kind", "phrase", "found"),
    [
        ("It takes 3 and 4. The answer is 7 eggs, not 9.", "number", "the answer is", "7"),
        ("The answer is 3. No: the ANSWER IS 4.", "number", "the answer is", "4"),
        ("2 + 2 = 4", "number", "the answer is", "4"),
        ("It costs $1,234.50.", "number", "", "1234.50"),
        ("a debt of -$5", "number", "", "-5"),
        ("7-3", "number", "", "3"),
        ("about 42.", "number", "", "42"),
        ("−7 degrees", "number", "", "-7"),
        (".5", "number", "", "0.5"),
        ("1,23", "number", "", "23"),
        ("The answer is unknown, say 4", "number", "the answer is", "4"),
        ("The answer is not known", "number", "the answer is", None),
        ("", "number", "", None),
        (" \n", "exact", "", None),
        ("A long story about B and C", "choice", "", None),
        ("A long story, so (b)", "choice", "", "B"),
        ("(A) or (C)?", "choice", "", "C"),
        ("The answer is C.", "choice", "answer is", "C"),
        ("The answer is: I think (D)", "choice", "answer is", "D"),
        ("I'd say the answer is I'm afraid open", "choice", "answer is", None),
        ("B", "choice", "", "B"),
        ("So yes. No, really not.", "yes_no", "", "no"),
        ("The answer is True, not false", "yes_no", "answer is", "yes"),
        ("nobody knows", "yes_no", "", None),
        ("one\n\ntwo words \n", "text", "", "two words"),
        ("The answer is one\ntwo", "text", "answer is", "one"),
        (" 461\n", "exact", "", "461"),
        ("so 461", "exact", "so ", "461"),
    ],
)
def test_rules(said: str, kind: Kind, phrase: str, found: str | None) -> None:
    assert extract(said, kind, phrase) == found


@pytest.mark.parametrize(
    ("a", "b", "kind", "equal"),
    [
        ("4", "4.0", "number", True),
        ("1,000", "$1000.00", "number", True),
        ("4", "", "number", False),
        ("", "", "number", False),
        ("0", "", "number", False),
        ("(B)", "b", "choice", True),
        ("", "", "choice", False),
        ("True", "yes", "yes_no", True),
        ("no", "yes", "yes_no", False),
        ("Barn, damp dot.", "barn damp dot", "text", True),
        ("barn dot", "barn damp dot", "text", False),
        ("] )", "]  )", "text", True),
        ("] )", ") ]", "text", False),
        ("aB", "ab", "exact", False),
        (" 07", "07\n", "exact", True),
    ],
)
def test_sameness(a: str, b: str, kind: Kind, equal: bool) -> None:
    assert same(a, b, kind) == equal
    assert same(b, a, kind) == equal


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("24", "number"), ("-50", "number"), ("(B)", "choice"), ("False", "yes_no"), ("a b", "text")],
)
def test_a_right_answer_says_its_kind(answer: str, kind: Kind) -> None:
    assert kind_of(answer) == kind


@given(wordy, kinds)
def test_an_answer_is_found_in_itself(said: str, kind: Kind) -> None:
    found = extract(said, kind)
    if found is not None:
        assert extract(found, kind) == found
        assert same(found, found, kind)


@given(wordy, wordy, kinds)
def test_sameness_is_mutual(a: str, b: str, kind: Kind) -> None:
    assert same(a, b, kind) == same(b, a, kind)


@given(st.text(" \n\t"), kinds, st.sampled_from(["", "the answer is"]))
def test_a_blank_is_no_answer(blank: str, kind: Kind, phrase: str) -> None:
    assert extract(blank, kind, phrase) is None


@given(wordy, st.decimals(-10_000, 10_000, places=2))
def test_the_number_after_the_phrase_is_taken(before: str, number: object) -> None:
    found = extract(f"{before} The answer is {number}, or 5", "number", "the answer is")
    assert found is not None
    assert same(found, str(number), "number")


@given(st.integers(-(10**9), 10**9))
def test_thousands_may_have_commas(number: int) -> None:
    assert extract(f"in all {number:,} of them", "number") == str(number)


@given(st.text(st.characters(categories=["Lu", "Ll", "Zs"]), min_size=4))
def test_words_alone_are_no_choice(words: str) -> None:
    if len(words.strip()) > 1:
        assert extract(words, "choice") is None
