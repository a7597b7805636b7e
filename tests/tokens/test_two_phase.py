"""Members of whom only the best next tokens are told, as tables of which all is known."""

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from fusionlab.events import RunFinished, TokenChosen, Warned
from fusionlab.methods.unite import unite
from fusionlab.models.base import Level, Member, ModelSpec, Prompt, Usage
from fusionlab.models.leading import Score
from fusionlab.recipe import Request, Sampling

Top = Sequence[tuple[bytes, float]]


class Table:
    """An answer of which one place is known; it waits for a server. See `Scoring`."""

    usage = Usage()

    def __init__(self, top: Top, scores: Mapping[bytes, Score]) -> None:
        self.best, self.exact = top, scores
        self.said = b""

    def say(self, text: bytes) -> None:
        self.said += text

    def rewind(self, length: int) -> None:
        self.said = self.said[:length]

    def top(self, n: int) -> Top:
        return [(piece, math.log(p)) for piece, p in self.best][:n]

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        return [self.exact.get(piece, Score(math.log(1e-6))) for piece in pieces]

    def hang_up(self) -> None:
        pass

    def close(self) -> None:
        pass


class Counting(Table):
    """Its best token is the letter of its place."""

    def __init__(self) -> None:
        super().__init__([], {})

    def top(self, n: int) -> Top:
        return [(bytes([ord("a") + len(self.said)]), math.log(0.6)), (b"z", math.log(0.3))][:n]


class Late(Counting):
    """What is said to it first is taken once it may be."""

    def __init__(self, free: threading.Event) -> None:
        super().__init__()
        self.free = free

    def say(self, text: bytes) -> None:
        self.free.wait(10)
        super().say(text)


class Led:
    """A model with one answer; see `LedModel`."""

    def __init__(self, answer: Table) -> None:
        self.spec = ModelSpec("table", "test", Level.LOGPROBS)
        self.answer = answer

    def lead(self, prompt: Prompt) -> Table:
        return self.answer

    def generate(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    chat = stream = generate

    def close(self) -> None:
        pass


def pair(one: Table, other: Table) -> list[Member]:
    return [Member("one", Led(one)), Member("other", Led(other))]


def part(p: float) -> Score:
    return Score(math.log(p), whole=False)


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        (
            [(b"Hello", 0.36), (b"X", 0.3), (b"u", 0.2)],
            [(b"X", 0.3), (b"He", 0.28), (b"q", 0.27), (b"r", 0.01)],
            0.28,
        ),
        (
            [(b"Hello", 0.45), (b"X", 0.5)],
            [(b"He", 0.9), (b"X", 0.08), (b"q", 0.01)],
            0.9,
        ),
    ],
)
def test_scores_where_needed_choose_what_scores_always_choose(
    one: Top, other: Top, p: float
) -> None:
    """A piece that begins with a probable token has that one's probability."""

    def chosen(scores: str) -> TokenChosen:
        whole = {b"He": Score(math.log(0.01))}
        members = pair(Table(one, whole), Table(other, {b"Hello": part(p)}))
        request = Request("hi", sampling=Sampling(max_tokens=1))
        events = unite(members, request, scores=scores, top_k=4)
        return next(event for event in events if isinstance(event, TokenChosen))

    needed, always = chosen("needed"), chosen("always")
    assert [needed.token, always.token] == ["Hello", "Hello"]
    assert needed.p == always.p
    assert not needed.certified


class Deep(Table):
    """Its first place is open; once more of its best tokens are told, the second is all known."""

    opening: Top = ()

    def top(self, n: int) -> Top:
        known = self.best if self.said else self.opening
        return [(piece, math.log(p)) for piece, p in known][:n]

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        told = dict(self.top(9))
        return [Score(told.get(piece, math.log(1e-9))) for piece in pieces]


def test_who_is_pivotal_for_what_was_not_among_the_best_is_told_with_its_probability() -> None:
    tops: list[Top] = [
        [(b"a", 0.98), (b"b", 0.01), (b"d", 0.005), (b"e", 0.004)],
        [(b"x", 0.34), (b"y", 0.33), (b"z", 0.32), (b"w", 0.005)],
        [(b"u", 0.34), (b"v", 0.33), (b"z", 0.32), (b"q", 0.005)],
    ]
    answers = [Deep(top, {}) for top in tops]
    for answer, opening in zip(answers, ("mno", "nom", "mno"), strict=True):
        answer.opening = [(x.encode(), p) for x, p in zip(opening, (0.4, 0.3, 0.2), strict=True)]
    members = [
        Member(str(at), Led(answer), weight=weight)
        for at, (answer, weight) in enumerate(zip(answers, (0.6, 0.2, 0.2), strict=True))
    ]
    events = unite(members, Request("hi", Sampling(max_tokens=2)), top_k=2, scores="needed")
    _, second = [event for event in events if isinstance(event, TokenChosen)]
    own = second.members["0"]
    assert own.pivotal
    assert own.instead is not None
    assert (second.token, own.instead.token) == ("a", "z")
    assert own.instead.p == pytest.approx(0.4 * 0.32)


def test_what_is_chosen_while_a_member_is_told_is_told_to_it_later() -> None:
    free = threading.Event()
    late, steady = Late(free), Counting()
    request = Request("hi", sampling=Sampling(max_tokens=14))
    events = []
    for event in unite(
        pair(late, steady),
        request,
        top_k=2,
        rejoin=8,
        patience=0.3,
        ahead=1,
        scores="never",
    ):
        events.append(event)
        if isinstance(event, TokenChosen) and event.step == 5:
            free.set()
            _wait_for(lambda: late.said == b"a")
    warned = [event.sentence for event in events if isinstance(event, Warned)]
    assert [each.key for each in warned if each] == ["member-dropped-for", "member-back"]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].answer == "abcdefghijklmn"
    assert late.said == steady.said == b"abcdefghijklm"


def _wait_for(is_so: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(500):
        if is_so():
            return
        tick.wait(0.01)
    raise AssertionError
