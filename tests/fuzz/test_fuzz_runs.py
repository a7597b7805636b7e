"""Run files of strangers are opened and shown whole, or refused; nothing else happens."""

import json
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from fusionlab.cli.console import as_json
from fusionlab.conversation import Message
from fusionlab.encoding import event_to_json
from fusionlab.engines.replay import ReplayModel
from fusionlab.errors import FusionError
from fusionlab.events import AnswerExtracted, CandidateGiven, Event, TextDelta, Voted
from fusionlab.limits import Limits
from fusionlab.models.base import Level, ModelSpec
from fusionlab.recipe import MemberRecipe, Recipe, recipe_to_query, recipe_to_toml
from fusionlab.run import check
from fusionlab.runfiles import header_line, parse_run, run_text
from fusionlab.trace import Trace, replayed
from fusionlab.validity import MOST_MEMBERS, check_together
from fusionlab.views.compared import compared_row, compared_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.views.summary import cost_line, summary
from tests.fuzz.bounds import fuzzed, refused_at_most
from tests.fuzz.mutations import lines, respoiled, spoiled

GOLDEN = [
    [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for path in sorted((Path(__file__).parent.parent / "golden").glob("*.jsonl"))
]
TABLE = ((1.0, 0.5), (0.5, 1.0))
EVENTS: tuple[Event, ...] = (
    TextDelta("zoo/adder", "4", 0),
    TextDelta("zoo/adder", "it is 4", 1),
    CandidateGiven(0, "zoo/adder", "4"),
    CandidateGiven(1, "zoo/adder", "it is 4", 1),
    AnswerExtracted("zoo/adder", "4"),
    Voted(
        0,
        "rouge_l",
        {"rouge_l": (0.5, 0.5)},
        {"rouge_l": TABLE},
        ranking=(0, 1),
        rules={"mbr": (0, 1)},
        votes=(1.0, 1.0),
        without=(0, 0),
        jury=(1.0, 1.0),
        clusters=(0, 0),
        answers=("4", "it is 4"),
        tied=(0, 1),
    ),
)
ADDER = (MemberRecipe("zoo/adder"),)
VOTE = [
    json.loads(header_line(Recipe("vote", "2+2?", ADDER), {"python": "3"})),
    *[[n / 8, event_to_json(event)] for n, event in enumerate(EVENTS)],
]
ASKED = (Message("user", "2+2?"), Message("assistant", "4"), Message("user", "And 3+3?"))
TALK = [
    json.loads(header_line(Recipe("solo", members=ADDER, messages=ASKED), {})),
    *VOTE[1:3],
]
FILES = [*GOLDEN, VOTE, TALK]
TEXTS = ["".join(json.dumps(line) + "\n" for line in file) for file in FILES]


@st.composite
def runs(draw: st.DrawFn) -> str:
    """A run file of which a line or some letters are spoiled."""
    if draw(st.booleans()):
        return draw(spoiled(*TEXTS))
    file = draw(st.sampled_from(FILES))
    return str(draw(lines(file, respoiled)))


def shown(trace: Trace) -> None:
    """All that the app and the command line make of a recorded run."""
    if len(trace.recipe.members) > MOST_MEMBERS:
        return
    check_together(replayed(trace))
    pictures = [stage_for(trace).drawn(trace, "run"), ledger_view(trace), status_view(trace)]
    pictures.append(compared_view([compared_row("it", trace, "4")]))
    for picture in (*pictures, summary(trace)):
        as_json(picture).encode()
    assert cost_line(trace)


@fuzzed(400)
@given(runs())
@example(TEXTS[-1].replace('"python": "3"', '"python": NaN'))
@example(TEXTS[-1].replace('"weight": 1.0', '"weight": 1e999'))
@example(TEXTS[-1].replace("[0.125,", '["nan",'))
@example(TEXTS[-1].replace("[0.125,", "[-1e300,"))
def test_a_run_file_is_shown_or_refused(text: str) -> None:
    with refused_at_most():
        trace = parse_run(text)
        text = run_text(trace)
        assert run_text(parse_run(text)) == text
        shown(trace)


@fuzzed(150)
@given(runs())
def test_what_a_run_file_names_can_be_run_again_or_is_refused(text: str) -> None:
    with refused_at_most():
        trace = parse_run(text)
        _recited(trace)
        recipe_to_query(trace.recipe)
        Limits(max_tokens=64, text_bytes=4_000, settings={"samples": 4}).check(trace.recipe)
        recipe = check(trace.recipe)
        header_line(recipe, trace.env).encode()
        recipe_to_toml(recipe)


def _recited(trace: Trace) -> None:
    """The recorded answers stand in for a model's."""
    spec = ModelSpec("replay:x", "replay", Level.TEXT)
    for author in dict.fromkeys(author for author, _ in trace.texts):
        model = ReplayModel(spec, trace, author)
        try:
            list(model.generate([trace.recipe.request.conversation], trace.recipe.sampling))
        except FusionError:
            continue
