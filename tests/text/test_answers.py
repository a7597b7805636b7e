"""Answers are found and compared by rule: never guessed, and the same found again."""

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.text import numbers
from fusionlab.text.answers import Kind, extract, kind_of, meaning, same
from fusionlab.text.figures import Token, tokens_of
from fusionlab.text.numerals import from_hanzi
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
        ("7-3", "number", "", None),
        ("about 42.", "number", "", "42"),
        ("−7 degrees", "number", "", "-7"),
        (".5", "number", "", "0.5"),
        ("1,23", "number", "", None),
        ("The answer is unknown, say 4", "number", "the answer is", None),
        ("The answer is not known", "number", "the answer is", None),
        ("", "number", "", None),
        (" \n", "exact", "", None),
        ("A long story about B and C", "choice", "", None),
        ("A long story, so (b)", "choice", "", "B"),
        ("(A) or (C)?", "choice", "", None),
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
        ("2", "1/2", "number", False),
        ("1", "1/2", "number", False),
        ("0.5", "1/2", "number", True),
        ("50%", "50", "number", True),
        ("50%", "0.5", "number", False),
        ("三分之一", "\\frac{2}{6}", "number", True),
        ("3.5 million", "3500000", "number", True),
        ("12:30", "12", "number", False),
        ("(B)", "b", "choice", True),
        ("", "", "choice", False),
        ("True", "yes", "yes_no", True),
        ("no", "yes", "yes_no", False),
        ("Barn, damp dot.", "barn damp dot", "text", True),
        ("barn dot", "barn damp dot", "text", False),
        ("caf\u00e9", "cafe\u0301", "text", True),
        ("caf\u00e9", "cafe\u0301", "exact", True),
        ("café", "cafe", "text", False),
        ("ＡＢＣ", "abc", "text", True),
        ("Straße", "STRASSE", "text", True),
        ("हिन्दी", "हन्दी", "text", False),
        ("C++", "C", "text", False),
        ("-5", "5", "text", False),
        ("x < 5", "x > 5", "text", False),
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
    [
        ("24", "number"),
        ("-50", "number"),
        ("3/4", "number"),
        ("12:30", "text"),
        ("三", "number"),
        ("是", "yes_no"),
        ("(B)", "choice"),
        ("False", "yes_no"),
        ("a b", "text"),
    ],
)
def test_a_right_answer_says_its_kind(answer: str, kind: Kind) -> None:
    assert kind_of(answer) == kind


hostile = st.lists(
    wordy
    | st.sampled_from(
        [
            *("The answer is", "Final answer:", "Answer: ", "答案是", "答案：", "选", "\\boxed{"),
            *(
                "\\frac{",
                "}",
                "{",
                "$",
                "**",
                "<think>",
                "</think>",
                "[THINK]",
                "<answer>",
                "(A",
                "(A)",
            ),
            *(
                "9" * 30,
                "1e99999",
                "1/0",
                "3/4",
                "½",
                "²",
                "三",
                "百分之",
                "分之",
                "点",
                "负",
                "是",
                "不是",
            ),
            *(
                " or ",
                "不",
                "or",
                "not ",
                "but ",
                "=",
                "+",
                "x",
                "12:30",
                "，",
                "。",
                ". ",
                "one ",
                "hundred",
            ),
        ]
    ),
    max_size=12,
).map("".join)


@given(hostile, kinds, st.sampled_from(["", "the answer is", "答案：", "so ", "*", "("]))
def test_no_text_is_too_strange_to_read(said: str, kind: Kind, phrase: str) -> None:
    found = extract(said, kind, phrase)
    if found is not None:
        assert extract(found, kind) == found
        assert same(found, found, kind)
    assert kind_of(said) in KINDS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "bit",
    [
        *(
            "(A",
            "(A) ",
            "9",
            "1,",
            "1/",
            "1 + ",
            "x=",
            "<think>",
            "</think>",
            "the answer is ",
            "####",
        ),
        *(
            "\\frac{",
            "\\boxed{",
            "{",
            " ",
            "\n",
            "*",
            ".",
            "!.",
            "a:\n",
            "三",
            "点",
            "答案是",
            "½",
            "or ",
        ),
    ],
)
def test_work_grows_no_faster_than_the_text(
    bit: str, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def counted(sentence: str) -> list[Token]:
        nonlocal looked_at
        looked_at += len(sentence)
        return tokens_of(sentence)

    monkeypatch.setattr(numbers, "tokens_of", counted)
    text = bit * (20_000 // len(bit))
    extract(text, kind, "the answer is")
    extract(f"The answer is {text}", kind, "the answer is")
    assert looked_at <= 3 * len(text)


@given(wordy, kinds)
@example("a", "text")
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
    found = extract(f"{before} The answer is {number}, not 5", "number", "the answer is")
    assert found is not None
    assert same(found, str(number), "number")


@given(st.integers(-(10**9), 10**9))
def test_thousands_may_have_commas(number: int) -> None:
    assert extract(f"in all {number:,} of them", "number") == str(number)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_fraction_is_never_its_first_digits(above: int, below: int) -> None:
    found = extract(f"The answer is {above}/{below}.", "number", "the answer is")
    assert found is not None
    assert meaning(found, "number") == Fraction(above, below)


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_say_what_digits_say(number: int) -> None:
    assert from_hanzi(in_hanzi(number)) == number


def in_hanzi(number: int) -> str:
    """A whole number below 10⁸ as it is read aloud in Chinese."""
    if number >= 10_000:
        above, below = divmod(number, 10_000)
        between = "零" if 0 < below < 1000 else ""
        return in_hanzi(above) + "万" + (between + in_hanzi(below) if below else "")
    digits, text = "零一二三四五六七八九", ""
    for scale, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += digits[digit] + mark
        elif text and text[-1] != "零" and number % scale:
            text += "零"
    return text or "零"


@given(st.text(st.characters(categories=["Lu", "Ll", "Zs"]), min_size=4))
def test_words_alone_are_no_choice(words: str) -> None:
    if len(words.strip()) > 1:
        assert extract(words, "choice") is None
