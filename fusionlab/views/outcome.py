"""What came of a run, by the answers in it: who agreed, whether it is right, and was it alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from fusionlab.events import RunFinished
from fusionlab.text.answers import Kind, extract, same
from fusionlab.trace import Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of

ALONE = frozenset({"alone", "answers", "sample", "candidate", "draft", "layer"})
"""Kinds of rounds in which, when they come first, nobody has read anybody yet."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the answers that were counted say what was elected."""

    votes: int
    of: int
    tied: tuple[str, ...]

    @property
    def unanimous(self) -> bool:
        """All said the same."""
        return self.votes == self.of


@dataclass(frozen=True, slots=True)
class Alone:
    """The answers that were given before anybody had read another's."""

    right: int
    of: int


def rightness(trace: Trace) -> bool | None:
    """Whether the answer of this finished run is right; None where no right answer is named."""
    truth = truth_of(trace)
    if not truth or not isinstance(trace.end, RunFinished):
        return None
    kind = kind_of_answers(trace)
    answer = trace.end.answer
    if is_right(answer, truth, kind):
        return True
    phrase = str(trace.recipe.settings.get("phrase", ""))
    return bool(is_right(extract(answer, kind, phrase) or "", truth, kind))


def agreement(trace: Trace) -> Agreement | None:
    """Of the last answers given at the same time; None where fewer than two were counted."""
    if not isinstance(trace.end, RunFinished) or trace.end.reason != "elected":
        return None
    answers = last_answers(trace)
    if len(answers) < 2:
        return None
    kind = kind_of_answers(trace)
    votes = sum(bool(each) and same(each, trace.end.answer, kind) for each in answers)
    return Agreement(votes, len(answers), trace.end.tied) if votes else None


def last_answers(trace: Trace) -> list[str]:
    """What the texts of the last phase came to; of several stages, those of the chosen member."""
    phases = [phase for phase in trace.phases if any(one.answers for one in phase)]
    given = [pair for one in (phases[-1] if phases else []) for pair in one.answers.items()]
    chosen = trace.chosen[-1].member if trace.chosen else None
    if chosen and any(name == chosen for name, _ in given):
        return [answer for name, answer in given if name == chosen]
    return [answer for _, answer in given]


def alone(trace: Trace) -> Alone | None:
    """How many were right before they read one another; None where nothing is compared."""
    truth = truth_of(trace)
    phases = [phase for phase in trace.phases if any(one.answers for one in phase)]
    if not truth or not phases or phases[0][0].what not in ALONE:
        return None
    answers = [answer for one in phases[0] for answer in one.answers.values()]
    if len(phases) == 1 and len(answers) < 2:
        return None
    kind = kind_of_answers(trace)
    return Alone(sum(bool(is_right(each, truth, kind)) for each in answers), len(answers))


def all_same(answers: Sequence[str], kind: Kind) -> bool:
    """Whether these are answers, and one and the same."""
    return bool(answers) and all(bool(each) and same(answers[0], each, kind) for each in answers)
