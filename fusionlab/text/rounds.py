"""What methods with rounds share: seeds, failures and majorities."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from fusionlab.errors import MemberError
from fusionlab.events import Warned
from fusionlab.models.sampling import spread
from fusionlab.recipe import Sampling
from fusionlab.text.answers import Kind, same
from fusionlab.text.wording import unechoed
from fusionlab.text.writing import Ask, Written

NAMED = 4
"""The most answers of a tie that are named."""
WIDEST = 40
"""The most characters shown of each."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member wrote, without any repetition of the question."""

    ask: Ask
    text: str


def drawn_in(sampling: Sampling, number: int) -> Sampling:
    """The sampling of round `number`: round 0 uses the seed itself, others seeds far from it."""
    return replace(sampling, seed=spread(sampling.seed, number)) if number else sampling


def replies(
    asks: Sequence[Ask], results: Sequence[Written], *, stop: bool = False
) -> Generator[Warned, None, list[Reply]]:
    """The replies of all members that did not fail; each failure is one warning with their names.

    Raises the first failure where everybody failed, or with `stop`.
    """
    failures: dict[int, tuple[MemberError, list[str]]] = {}
    given = []
    for ask, result in zip(asks, results, strict=True):
        if isinstance(result, MemberError):
            _, names = failures.setdefault(id(result), (result, []))
            names.append(ask.member.name)
        else:
            given.append(Reply(ask, unechoed(result, ask.prompt)))
    for failure, names in failures.values():
        if stop or not given:
            raise failure
        who = list(dict.fromkeys(names))
        yield Warned.of("members-failed", names=who, cause=failure.sentence)
    return given


@dataclass(frozen=True, slots=True)
class Count:
    """The result of counting answers."""

    answer: str | None
    """The most frequent answer, the first in a tie; None where nobody gave one."""
    votes: int
    asked: int
    """Blanks, which are not answers, are counted here."""
    tied: tuple[str, ...]
    """All answers with the most votes, in their order; empty where there is only one."""

    @property
    def share(self) -> float:
        """The share of the votes, among all that were asked."""
        return self.votes / self.asked if self.asked else 0.0


def counted(answers: Sequence[str | None], kind: Kind) -> Count:
    """The most frequent answer, its votes, and the answers that tie with it."""
    given = [answer for answer in answers if answer]
    votes = [sum(same(answer, other, kind) for other in given) for answer in given]
    most = max(votes, default=0)
    first: list[str] = []
    for answer, count in zip(given, votes, strict=True):
        if count == most and not any(same(answer, other, kind) for other in first):
            first.append(answer)
    tied = tuple(first) if len(first) > 1 else ()
    return Count(next(iter(first), None), most, len(answers), tied)


def tie(count: Count) -> Iterator[Warned]:
    """Warns of a tie, where there is one."""
    if not count.tied:
        return
    answers = [_short(answer) for answer in count.tied[:NAMED]]
    if len(count.tied) > NAMED:
        number = len(count.tied)
        yield Warned.of("many-answers-tied", number=number, votes=count.votes, answers=answers)
    else:
        yield Warned.of("answers-tied", votes=count.votes, answers=answers)


def _short(answer: str) -> str:
    line = " ".join(answer.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
