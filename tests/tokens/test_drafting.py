"""How far members read ahead, and that they do it at the same time."""

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fusionlab.events import TokenChosen
from fusionlab.methods.unite import unite
from fusionlab.models.base import Member, Usage
from fusionlab.models.leading import Score
from fusionlab.recipe import Request, Sampling
from fusionlab.tokens.asking import Party
from fusionlab.tokens.drafting import Reach
from tests.tokens.test_two_phase import Led

SHARES = st.lists(st.booleans(), max_size=60)


def used(places: int, q: float) -> float:
    """Places of a draft that come true, and the one where it does not, by the definition."""
    return sum(n * q ** (n - 1) * (1 - q) for n in range(1, places)) + places * q ** (places - 1)


def reach(agreed: Sequence[bool], most: int = 16, request: float | None = None) -> Reach:
    """After these tokens; a request costs so many passes of 10 ms."""
    found = Reach(most)
    for each in agreed:
        found.note(agreed=each)
    for places in (1, 4, 2, 8) if request is not None else ():
        found.timed(places, 0.01 * (request or 0) + 0.01 * places)
    return found


@given(SHARES, st.sampled_from([0.2, 1.0, 5.0]))
def test_no_other_number_of_places_costs_less(agreed: Sequence[bool], request: float) -> None:
    found = reach(agreed, request=request)
    q = min(0.999, found.share)
    costs = {n: (request + n) / used(n, q) for n in range(1, 17)}
    assert costs[found.places] == pytest.approx(min(costs.values()), rel=1e-6)


@given(SHARES)
def test_who_is_contradicted_reads_no_further_and_who_is_far_no_less(
    agreed: Sequence[bool],
) -> None:
    assert reach([*agreed, False]).places <= reach([*agreed, True]).places
    assert reach(agreed, request=0.2).places <= reach(agreed, request=5.0).places
    assert 1 <= reach(agreed).places <= 16


@pytest.mark.parametrize("times", [[(3, 0.1)] * 5, [(2, 0.3), (4, 0.1)], [(0, 1.0)], []])
def test_times_that_tell_no_costs_apart_do_no_harm(times: Sequence[tuple[int, float]]) -> None:
    found = reach([True] * 30)
    for places, seconds in times:
        found.timed(places, seconds)
    assert 1 <= found.places <= 16


def test_a_wrong_estimate_is_forgotten_where_single_places_are_asked_for() -> None:
    found = reach([True, True, False] * 4, request=0.0)
    few = found.places
    for _ in range(80):
        found.timed(1, 5.0)
    assert found.places > few


class Reciter:
    """On a server: its own text, whatever is said; see `Drafting` and `Elsewhere`."""

    usage = Usage()

    def __init__(self, text: str, others: Mapping[int, str], deep: int = 3) -> None:
        self.text, self.others, self.deep = text, others, deep
        self.said = self.known = 0
        self.read, self.scored = list[int](), 0

    def place(self, at: int) -> list[tuple[bytes, float]]:
        own = self.others.get(at, self.text[at])
        rest = [(f"{own}{n}{self.text}".encode(), math.log(0.02)) for n in range(self.deep)]
        return [(own.encode(), math.log(0.9)), *rest]

    def say(self, text: bytes) -> None:
        drafted = self.known and self.place(self.said)[0][0] == text
        self.known = self.known - 1 if drafted else 0
        self.said += 1

    def rewind(self, length: int) -> None:
        raise NotImplementedError

    def top(self, n: int) -> list[tuple[bytes, float]]:
        self.known = max(1, self.known)
        return self.place(self.said)[:n]

    @property
    def foreseen(self) -> int:
        return self.known

    def draft(self, tokens: int, n: int) -> None:
        if tokens > self.known:
            self.read.append(tokens - self.known)
            self.known = tokens

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        self.scored += 1
        return [Score(math.log(1e-4)) for _ in pieces]

    def hang_up(self) -> None: ...

    def close(self) -> None: ...


TEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_after_a_contradiction_members_read_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None waits while another reads: rounds in which only one reads come after contradictions."""
    rounds = list[int]()
    ask = Party.ask

    def counted(self: Party, questions: Mapping, known: Sequence[int] = ()) -> Mapping:  # type: ignore[type-arg]
        before = [len(each.read) for each in pair]
        found = ask(self, questions, known)
        reading = sum(len(each.read) > n for each, n in zip(pair, before, strict=True))
        rounds.extend([reading] if reading else [])
        return found

    monkeypatch.setattr(Party, "ask", counted)
    # The second one's other wishes lose: it weighs less.
    pair = [Reciter(TEXT, {}), Reciter(TEXT, {5: "0", 22: "1", 37: "2"})]
    members = [
        Member(name, Led(each), "", weight)  # type: ignore[arg-type]
        for name, each, weight in zip(("one", "other"), pair, (1.0, 0.7), strict=True)
    ]
    request = Request("hi", Sampling(max_tokens=len(TEXT)))
    events = list(unite(members, request, top_k=2, scores="never", ahead=8))
    tokens = [event.token for event in events if isinstance(event, TokenChosen)]
    assert "".join(tokens) == TEXT
    assert rounds.count(1) <= 3
    # So all is read in little more time than one alone takes.
    assert sum(max(r) for r in zip(*(each.read for each in pair), strict=False)) <= len(TEXT) + 24


class Swapping(Reciter):
    """It likes two more tokens, of which it tells the other one than its fellow does."""

    def place(self, at: int) -> list[tuple[bytes, float]]:
        more = [(b"*", math.log(0.05)), (b"+", math.log(0.04))]
        own = (self.text[at].encode(), math.log(0.9))
        return [own, *(more if self.deep else more[::-1])]

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score]:
        self.scored += 1
        told = dict(self.place(self.said))
        return [Score(told[piece]) for piece in pieces]


@pytest.mark.parametrize("ahead", [1, 8])
def test_longer_lists_make_scores_needless_once_they_were_needed(ahead: int) -> None:
    request = Request("hi", Sampling(max_tokens=16, temperature=1.0, seed=7))
    asked, said = [], []
    for scores in ("always", "needed"):
        pair = [Swapping(TEXT, {}, deep) for deep in (0, 1)]
        members = [Member(str(at), Led(each)) for at, each in enumerate(pair)]  # type: ignore[arg-type]
        events = list(unite(members, request, top_k=2, scores=scores, ahead=ahead))
        tokens = [event for event in events if isinstance(event, TokenChosen)]
        said.append([token.token for token in tokens])
        asked.append([each.scored for each in pair])
        assert all(len(own.top) == 2 for token in tokens for own in token.members.values())
    assert said[0] == said[1]
    assert asked[0] == [16, 16]
    assert max(asked[1]) <= (1 if ahead == 1 else 4)


class Silent(Reciter):
    """Its second place is known only where more of its best tokens are told; no scores are."""

    tables: tuple[Sequence[tuple[bytes, float]], ...] = ()

    def place(self, at: int) -> list[tuple[bytes, float]]:
        return [(piece, math.log(p)) for piece, p in self.tables[min(at, 1)]]

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score | None]:  # type: ignore[override]
        return [None] * len(pieces)


def test_reading_ahead_knows_no_more_and_no_less_of_who_tells_no_scores() -> None:
    one, other = Silent("mm", {}, 0), Silent("mm", {}, 1)
    one.tables = [(b"m", 0.6), (b"n", 0.3)], [(b"a", 0.4), (b"b", 0.35), (b"c", 0.25)]
    other.tables = (
        [(b"o", 0.5), (b"m", 0.4)],
        [(b"b", 0.39), (b"d", 0.36), (b"e", 0.2), (b"a", 0.05)],
    )
    said = []
    for ahead in (1, 8):
        for each in (one, other):
            each.__init__(each.text, {}, each.deep)  # type: ignore[misc]
        members = [Member(str(at), Led(each)) for at, each in enumerate((one, other))]  # type: ignore[arg-type]
        request = Request("hi", Sampling(max_tokens=2))
        events = unite(members, request, top_k=1, scores="needed", ahead=ahead)
        said.append([(e.token, e.p) for e in events if isinstance(e, TokenChosen)])
    assert said[0] == said[1]
