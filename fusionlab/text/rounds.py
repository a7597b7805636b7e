"""What methods that go in rounds have in common: seeds, failures and majorities."""

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
"""Answers of a tie that are named."""
WIDEST = 40
"""Characters of each."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a member wrote when it was asked, without repeating what it was asked."""

    ask: Ask
    text: str


def drawn_in(sampling: Sampling, number: int) -> Sampling:
    """The sampling of round `number`: round 0 draws with the seed itself, others far from it."""
    return replace(sampling, seed=spread(sampling.seed, number)) if number else sampling


def replies(
    asks: Sequence[Ask], results: Sequence[Written], *, stop: bool = False
) -> Generator[Warned, None, list[Reply]]:
    """The replies of all who did not fail; who failed is named, once for each failure.

    Raises the first failure where everybody failed, or where one is to stop the run.
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
        who = ", ".join(dict.fromkeys(names))
        yield Warned(f"{who} failed, and the run went on: {failure.message}", failure.hint)
    return given


@dataclass(frozen=True, slots=True)
class Count:
    """What answers come to when they are counted."""

    answer: str | None
    """The one given most often, of several the first; None where nobody gave one."""
    votes: int
    asked: int
    """Blanks are no answer, but do count here."""
    tied: tuple[str, ...]
    """All that were given as often, the first before the others; empty where there is but one."""

    @property
    def share(self) -> float:
        """Of all that were asked for an answer."""
        return self.votes / self.asked if self.asked else 0.0


def counted(answers: Sequence[str | None], kind: Kind) -> Count:
    """How often the most frequent answer was given, and whether it is the only one."""
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
    """A tie is named, where there is one."""
    if not count.tied:
        return
    names = ", ".join(_short(answer) for answer in count.tied[:NAMED])
    if len(count.tied) > NAMED:
        each = f"a tie of {len(count.tied)} answers with {count.votes} each: {names}, …"
    else:
        each = f"a tie, {' to '.join([str(count.votes)] * len(count.tied))}: {names}"
    yield Warned(f"{each}; the first was taken")


def _short(answer: str) -> str:
    line = " ".join(answer.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
