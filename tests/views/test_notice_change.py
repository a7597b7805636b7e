"""What one change did is told in one sentence, and nothing where more than one thing changed."""

import re
from dataclasses import replace
from typing import Any

import pytest

from fusionlab.begun import Begun
from fusionlab.events import Event, Record, RunFinished, TokenChosen
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.trace import Trace, fold
from fusionlab.views.notice import notice_view
from fusionlab.views.notice_change import change_notes
from fusionlab.views.spoken import sentence_of
from fusionlab.words import LANGUAGES

BOTH = (MemberRecipe("a", "Anna"), MemberRecipe("b", "Ben"))
BEFORE = Recipe("m", "1+1=", members=BOTH, settings={"pooling": "arithmetic", "n": 3})
MUTED = replace(BEFORE, members=(BOTH[0], replace(BOTH[1], weight=0.0)))


def ran(recipe: Recipe, answer: str, *, by_tokens: bool = True) -> Trace:
    """A run that wrote this answer, letter by letter."""
    tokens = [TokenChosen(i, each, 0, 1.0, (), 0.0, 0.0, {}) for i, each in enumerate(answer)]
    events: list[Event] = [*(tokens if by_tokens else []), RunFinished(answer)]
    return fold(recipe, [Record(float(t), event) for t, event in enumerate(events)])


def told(before: Trace | None, after: Trace) -> tuple[str, Any]:
    """The sentence about the change, and the step it speaks of."""
    entries = notice_view(after, before)["sentences"]
    found = [each for each in entries if each["key"] == "notice-changed"]
    return (sentence_of(found[0]).said(), found[0]["step"]) if found else ("", None)


@pytest.mark.parametrize(
    ("recipe", "answer", "sentence", "step"),
    [
        (
            MUTED,
            "two!",
            "Weight of Ben: 1 → 0. From token 4 on, the text differs from the run before.",
            3,
        ),
        (
            MUTED,
            "tw",
            "Weight of Ben: 1 → 0. From token 3 on, the text differs from the run before.",
            None,
        ),
        (MUTED, "two.", "Weight of Ben: 1 → 0. The answer is the same as before.", None),
        (
            replace(BEFORE, settings={"pooling": "geometric", "n": 3}),
            "two.",
            "How to pool: Mean → Product. The answer is the same as before.",
            None,
        ),
        (
            replace(BEFORE, sampling=Sampling(temperature=0.5)),
            "Two.",
            "Temperature: 0 → 0.5. From token 1 on, the text differs from the run before.",
            0,
        ),
    ],
)
def test_one_change_and_what_became_of_it(
    recipe: Recipe, answer: str, sentence: str, step: int | None
) -> None:
    assert told(ran(BEFORE, "two."), ran(recipe, answer)) == (sentence, step)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (["one", "two"], ("one",), "one; two → one"),
        ((), ["one", ("a", 2.0)], "not set → one; a; 2"),
        (list("abcde"), None, "a; b; c; 2 more → not set"),
        ({"a": 1.0, "b": [True]}, {}, "a: 1; b: yes → not set"),
        (False, True, "no → yes"),
        (1e-05, "", "1e-05 → not set"),
        (["x" * 90], ["x" * 91], None),
    ],
)
def test_no_value_is_shown_as_python_has_it(old: Any, new: Any, shown: str | None) -> None:
    """Of any type, in both languages; one that is too long to tell apart was only changed."""
    runs = [ran(replace(BEFORE, settings={"odd": value}), "two.") for value in (old, new)]
    [note] = change_notes(*runs)
    said = sentence_of(note.said)
    change = "odd was changed." if shown is None else f"odd: {shown}."
    assert said.said() == f"{change} The answer is the same as before."
    for language in LANGUAGES:
        assert not re.search(r"""[][(){}'"]|None|True|False""", said.said(language))


def test_a_run_from_a_file_and_the_same_run_live_differ_in_nothing() -> None:
    """A file has lists for tuples, and does not name a setting that is younger than it."""
    file = replace(BEFORE, settings={"candidates": ["a", "b"], "of": {"x": [1]}})
    live = replace(BEFORE, settings={"candidates": ("a", "b"), "of": {"x": (1,)}, "young": 3})
    assert list(change_notes(ran(file, "two."), ran(live, "two."))) == []


def test_answers_that_are_no_tokens_are_quoted_where_that_tells_them_apart() -> None:
    before, after = (ran(BEFORE, "two", by_tokens=False), ran(MUTED, "three", by_tokens=False))
    assert "was “two” before, and now is “three”" in told(before, after)[0]
    long = [
        ran(each, "x" * 90 + end, by_tokens=False) for each, end in ((BEFORE, "1"), (MUTED, "2"))
    ]
    assert "another one" in told(*long)[0]


def test_nothing_is_told_of_no_change_of_two_or_of_another_question() -> None:
    before = ran(BEFORE, "two.")
    for after in (
        BEFORE,
        replace(MUTED, sampling=Sampling(seed=1)),
        replace(MUTED, prompt="1+2="),
        replace(MUTED, method="n"),
        replace(BEFORE, members=BOTH[:1]),
        replace(BEFORE, members=(BOTH[0], replace(BOTH[1], ref="c"))),
    ):
        assert told(before, ran(after, "Two.")) == ("", None)
    assert told(None, ran(MUTED, "Two.")) == ("", None)
    stopped = fold(BEFORE, [])
    assert told(stopped, ran(MUTED, "Two.")) == ("", None)


def test_a_branch_is_held_against_no_other_run() -> None:
    """Its beginning was given, so that other weights are not all that changed."""
    begun = replace(MUTED, begin=Begun("tw", (1, 2)))
    assert told(ran(BEFORE, "two."), ran(begun, "x!")) == ("", None)
