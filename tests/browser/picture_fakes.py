"""Runs that no model made, one or two for each picture of whole answers."""

from collections.abc import Callable, Sequence

from fusionlab.events import (
    AnswerExtracted,
    Event,
    Measured,
    MemberChosen,
    MessageSent,
    Record,
    RoundBegan,
    RunFinished,
    TextDelta,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.trace import Trace, fold
from tests.browser.debate_fakes import debate_trace
from tests.browser.vote_fakes import SUMS, elected

NAMES = ("Anna", "Ben", "Carla", "Dimitri", "Elena", "Farid")
LONG = (
    "She sold clips to 48 of her friends in April, and then she sold half as many clips in May. "
    "Half of 48 is 24. So in April and May together she sold 48 + 24 clips. "
)


def traced(
    events: Sequence[Event],
    members: Sequence[str],
    prompt: str = "How many clips?",
    **settings: object,
) -> Trace:
    """The events as a run of these members whose answers are numbers."""
    recipe = Recipe(
        "a method of tomorrow",
        prompt,
        tuple(MemberRecipe("zoo/adder", name=name) for name in members),
        {"answer": "number", "truth": "72", **settings},
    )
    return fold(recipe, [Record(0.1 * at, event) for at, event in enumerate(events)])


def written(name: str, text: str, answer: str, number: int = 0) -> list[Event]:
    """A text, what it cost and what it comes to."""
    return [
        TextDelta(name, text, number),
        Measured(name, 120, 40, 41, 1.2, 3_400_000, "adder", "zoo"),
        AnswerExtracted(name, answer, number),
    ]


def said(answer: str) -> str:
    return f"{LONG}The answer is {answer}."


def climbed(
    *steps: Sequence[str], threshold: float = 0.8, members: Sequence[str] = NAMES[:3], end: str = ""
) -> Trace:
    """Members asked in turn, each with these answers; the last one's first is taken."""
    events: list[Event] = []
    scores = {}
    for name, answers in zip(members, steps, strict=False):
        n = len(answers)
        events += [RoundBegan(i, "sample", i + 1, (name,), n, threshold) for i in range(n)]
        for i, answer in enumerate(answers):
            events += written(name, said(answer) if answer else "I cannot say.", answer, i)
        scores[name] = max(map(answers.count, answers)) / n
    if end:
        events += [
            MemberChosen(members[len(steps) - 1], "agreement", scores),
            RunFinished(end, "elected"),
        ]
    return traced(events, members)


def layered(layers: Sequence[Sequence[str]], members: Sequence[str], samples: int = 1) -> Trace:
    """All but the last member propose layer by layer; the last one sums up."""
    proposers = list(members[:-1] or members)
    events: list[Event] = []
    heard: list[str] = []
    for at, answers in enumerate(layers):
        last = at == len(layers) - 1
        writers = [members[-1]] if last else proposers
        first = at * samples
        numbers = [first + i for i in range(1 if last else samples)]
        events += [RoundBegan(n, "layer", at + 1, tuple(writers), len(layers)) for n in numbers]
        events += [MessageSent(first, a, b) for b in writers for a in heard]
        given = iter(answers)
        for n in numbers:
            for name in writers:
                answer = next(given, "")
                events += written(name, said(answer), answer, n)
        heard = writers
    events.append(RunFinished(said(layers[-1][0])))
    return traced(events, members)


def routed(scores: Sequence[float], chosen: int = 1, *, finished: bool = True) -> Trace:
    """A prompt that went to one member by likeness."""
    members = NAMES[: len(scores)]
    name = members[chosen]
    events: list[Event] = [
        MemberChosen(name, "likeness", dict(zip(members, scores, strict=True))),
        RoundBegan(0, "chosen", 1, (name,)),
        TextDelta(name, said("72")),
    ]
    if finished:
        events += [AnswerExtracted(name, "72"), RunFinished(said("72"))]
    strengths = ("geography and travel", "sums, clips and other arithmetic", "poems", "law")
    return traced(
        events, members, "In April she sold 48 clips and half as many in May. How many together?",
        strengths=strengths[: len(scores)],
    )  # fmt: skip


def refined(*texts: tuple[str, str], finished: bool = True) -> Trace:
    """Draft, criticism, version, criticism …, each with its answer."""
    events: list[Event] = []
    for number, (text, answer) in enumerate(texts):
        what = "criticism" if number % 2 else "mended" if number else "draft"
        events.append(RoundBegan(number, what, (number + 1) // 2 or 1))  # type: ignore[arg-type]
        if number:
            events.append(MessageSent(number, "Anna", "Anna"))
        events += written("Anna", text, answer, number)
    if finished:
        events.append(RunFinished([answer for _, answer in texts if answer][-1]))
    return traced(events, ("Anna",))


MENDED = (
    (
        "In April 48 clips, in May twice as many: 96. Together 48 + 96 = 144. The answer is 144.",
        "144",
    ),
    ("The text says half as many in May, not twice as many. Half of 48 is 24.", ""),
    ("In April 48 clips, in May half as many: 24. Together 48 + 24 = 72. The answer is 72.", "72"),
    ("NOTHING TO MEND", ""),
)


def debated(
    rounds: Sequence[Sequence[str]], n: int, *, finished: bool = True, long: bool = True
) -> Trace:
    """Rounds in which all agents read all others."""
    members = NAMES[:n]
    events: list[Event] = []
    for number, answers in enumerate(rounds):
        events.append(RoundBegan(number, "round" if number else "alone", number or 1))
        if number:
            events += [MessageSent(number, a, b) for b in members for a in members if a != b]
        for name, answer in zip(members, answers, strict=True):
            text = said(answer) if long else f"The answer is {answer}."
            events += written(name, text if answer else "I do not know.", answer, number)
    if finished:
        last = [answer for answer in rounds[-1] if answer]
        most = max(map(last.count, last))
        tied = [answer for answer in dict.fromkeys(last) if last.count(answer) == most]
        events.append(RunFinished(tied[0], "elected", tuple(tied) if len(tied) > 1 else ()))
    return traced(events, members, topology="memory")


def judged() -> Trace:
    """Two answers and two verdicts, which are written at the same time."""
    events: list[Event] = [RoundBegan(0, "answers", 1, ("Anna", "Ben"))]
    events += written("Anna", said("72"), "72") + written("Ben", said("144"), "144")
    for number in (1, 2):
        events.append(RoundBegan(number, "verdict", number, ("Carla",), 2))
        events += [MessageSent(number, name, "Carla") for name in ("Anna", "Ben")]
    events += [TextDelta("Carla", "[[A]] is right.", 1), TextDelta("Carla", "[[B]] is right.", 2)]
    events.append(Measured("Carla", 300, 20, 21, 1.0))
    events += [AnswerExtracted("Carla", "72", number) for number in (1, 2)]
    events += [MemberChosen("Anna", "verdict", {"Anna": 1.0, "Ben": 0.0})]
    return traced([*events, RunFinished(said("72"), "elected")], NAMES[:3])


def sampled(*answers: str) -> Trace:
    """One member's samples, of which the most frequent answer is taken, the first in a tie."""
    events: list[Event] = []
    for i, answer in enumerate(answers):
        events += [RoundBegan(i, "sample", i + 1, ("Anna",), len(answers))]
        events += written("Anna", f"I get {answer}. The answer is {answer}.", answer, i)
    return traced([*events, RunFinished(answers[0], "elected")], ("Anna",))


PICTURES: dict[str, Callable[[], Trace]] = {
    "staircase": lambda: climbed(["72", "144", "70"], ["72", "72", "72"], end="72"),
    "staircase-running": lambda: climbed(["72", "144", "70"], ["72", "72"]),
    "staircase-first": lambda: climbed(["72"] * 3, end="72"),
    "staircase-six": lambda: climbed(
        ["1", "2", "3"], ["4", "5", "6"], ["72", "72", "5"], members=NAMES, end="72", threshold=0.6
    ),
    "layers": lambda: layered([["72", "144", "70"], ["72", "72", "70"], ["72"]], NAMES[:4]),
    "layers-self": lambda: layered([["72", "144", "72"], ["72"]], NAMES[:1], samples=3),
    "routing": lambda: routed((0.21, 0.64, 0.08)),
    "routing-tied": lambda: routed((0.4, 0.4, 0.1, 0.2), 0),
    "refine": lambda: refined(*MENDED),
    "refine-running": lambda: refined(*MENDED[:2], finished=False),
    "debate": debate_trace,
    "debate-two": lambda: debated([["72", "144"], ["144", "72"]], 2),
    "debate-six": lambda: debated(
        [["72", "144", "70", "72", "", "96"], ["72", "72", "72", "72", "72", "72"]], 6
    ),
    "judge": judged,
    "vote": lambda: elected(SUMS, rule="majority", kind="number"),
    "samples-tied": lambda: sampled("72", "144", "72", "144"),
    "samples-unanimous": lambda: sampled("72", "72.0", "72"),
    "majority-of-four": lambda: elected(
        tuple(f"The answer is {n}." for n in (3, 4, 5, 6)), rule="majority", kind="number"
    ),
}
