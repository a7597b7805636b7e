"""Comparison files of strangers are opened and shown whole, or refused; nothing else happens."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.cli.console import as_json
from fusionlab.comparison.compared import Compared, Way
from fusionlab.comparison.files import comparison_text, is_comparison, parse_comparison
from fusionlab.comparison.recipe import Choice, Comparison, comparison_to_query
from fusionlab.errors import FusionError, RecipeError
from fusionlab.events import (
    AnswerExtracted,
    Event,
    Measured,
    Record,
    RunFailed,
    RunFinished,
    TextDelta,
    Warned,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.ui.compare_page import check_opened
from fusionlab.views.comparing import comparing_view, pinned_view
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import lines, respoiled, spoiled

ADDER, EDITOR = MemberRecipe("zoo/adder", "zoo/adder"), MemberRecipe("zoo/editor", "zoo/editor")


def _compared() -> Compared:
    """Three ways: one that finished, one that failed, and one that does not suit."""
    comparison = Comparison(
        "add 2+2=",
        members=(ADDER, EDITOR),
        methods=(Choice("vote", {"samples": 1}), Choice("solo"), Choice("judge")),
        truth="4",
    )
    unsuited = RunFailed.of(RecipeError("members-too-few", method="judge", least=3, count=2))
    ways = (
        Way(Recipe("vote", "add 2+2=", (ADDER, EDITOR), {"samples": 1}), {"samples": 1}),
        Way(Recipe("solo", "add 2+2=", (ADDER,))),
        Way(Recipe("judge", "add 2+2=", (ADDER, EDITOR)), unsuited=unsuited),
    )
    compared = Compared(comparison, ways, {"python": "3"})
    facts: tuple[Event, ...] = (
        TextDelta("zoo/adder", "4", 0),
        AnswerExtracted("zoo/adder", "4"),
        Warned.of("answers-tied", votes=1, answers=["4", "5"]),
        Measured("zoo/adder", 4, 2, 1, 0.5),
        RunFinished("4", "elected", tied=("4", "5")),
    )
    for n, event in enumerate(facts):
        compared.add(0, Record(n / 8, event))
    compared.add(1, Record(0.5, RunFailed.of(RecipeError("prompt-empty"))))
    return compared


TEXT = comparison_text(_compared())
FILE = [json.loads(line) for line in TEXT.splitlines()]


@st.composite
def comparisons(draw: st.DrawFn) -> str:
    """A comparison file of which a line or some letters are spoiled."""
    if draw(st.booleans()):
        return draw(spoiled(TEXT))
    return str(draw(lines(FILE, respoiled)))


def shown(compared: Compared) -> None:
    """All that the tab and the command line make of a recorded comparison."""
    comparison_to_query(compared.comparison)
    as_json(comparing_view(compared)).encode()
    as_json(pinned_view(compared, list(range(min(len(compared.ways), 3))))).encode()
    again = compared.again()
    assert again.done == compared.done


def test_the_file_that_is_spoiled_is_shown_as_it_is() -> None:
    compared = parse_comparison(TEXT)
    assert is_comparison(TEXT)
    check_opened(compared)
    shown(compared)


@fuzzed(300)
@given(comparisons())
@example(TEXT.replace('"weight": 1.0', '"weight": 1e999'))
@example(TEXT.replace('"python": "3"', '"python": NaN'))
@example(TEXT.replace("[0, 0.125,", '[0, "nan",'))
@example(TEXT.replace("[1, 0.5,", "[2, 0.5,"))
def test_a_comparison_file_is_shown_or_refused(text: str) -> None:
    with refused_at_most():
        compared = parse_comparison(text)
        written = comparison_text(compared)
        assert comparison_text(parse_comparison(written)) == written
        try:
            check_opened(compared)
        except FusionError:  # the tab shows it not; the command line does
            as_json(comparing_view(compared)).encode()
            raise
        shown(compared)
