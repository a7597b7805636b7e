"""The picture of an alignment as data for the component, with what is to be noticed in it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fusionlab.figures import percent, rounded
from fusionlab.views.spoken import Said, quoted, saying

Drawn = dict[str, Any]
GAIN = 0.05
"""A difference of probabilities from which it is worth a sentence."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A position of the target at which something is learned."""

    block: int
    at: int
    token: str
    ways: tuple[str, ...]
    """Of the sources that have a share."""
    expected: Drawn

    @property
    def way(self) -> str:
        """What stands there: a source's distribution, the next token for certain, or nothing."""
        return next((way for way in ("copied", "certain") if way in self.ways), "own")


def aligned_view(found: Drawn) -> Drawn:
    """The same, with sentences on what is to be noticed."""
    return {**found, "sentences": list(_notes(found))}


def _notes(found: Drawn) -> Iterator[Drawn]:
    """What is to be noticed, each with the position that it speaks of, if any."""
    places = list(_places(found))
    yield _note(_taken(places))
    yield _note(_won(found))
    taken = [place for place in places if place.way == "copied"]
    if taken:
        yield from _apart(taken, found)
        fused, own = (_mean(taken, name) for name in ("fused", "own"))
        yield _note(saying("aligned-note-mean", fused=fused, own=own))
    late = [each for each in places if each.expected["fused"] != each.expected["published"]]
    if late:
        yield _note(saying("aligned-note-late", n=len(late)), late[0])
    if found["trained"]:
        trained, own = (_mean(places, name) for name in ("trained", "own"))
        yield _note(saying("aligned-note-trained", trained=trained, own=own))


def _places(found: Drawn) -> Iterator[_Place]:
    for number, block in enumerate(found["blocks"]):
        heard = [each for each in block["sources"] if each["share"]]
        for at, expected in enumerate(block["positions"], block["start"]):
            ways = tuple(each["how"][at] for each in heard)
            yield _Place(number, at, block["tokens"][at]["text"], ways, expected)


def _taken(places: Sequence[_Place]) -> Said:
    count = Counter(place.way for place in places)
    return saying(
        "aligned-note-taken",
        all=len(places),
        taken=count["copied"],
        certain=count["certain"],
        own=count["own"],
    )


def _won(found: Drawn) -> Said:
    """Which source is taken most often, or has the largest share."""
    blocks = found["blocks"]
    shares = [
        sum(block["sources"][at]["share"] for block in blocks) / len(blocks)
        for at in range(len(found["sources"]))
    ]
    first = shares.index(max(shares))
    name = found["sources"][first]
    if found["rule"] != "mince":
        return saying("aligned-note-share", name=name, share=percent(shares[first], 0))
    if len(blocks) == 1:
        nats = blocks[0]["sources"][first]["nats"]
        return saying("aligned-note-wins-one", name=name, nats=_nats(nats))
    wins = sum(block["sources"][first]["share"] == 1 for block in blocks)
    return saying("aligned-note-wins", name=name, n=wins, of=len(blocks))


def _apart(taken: Sequence[_Place], found: Drawn) -> Iterator[Drawn]:
    """Where the fused distribution is better than the target's most, and where it is worse."""
    best, worst = max(taken, key=_gain), min(taken, key=_gain)
    if _gain(best) > GAIN:
        yield _note(_compared("aligned-note-better", best, found), best)
    if _gain(worst) < -GAIN:
        yield _note(_compared("aligned-note-worse", worst, found), worst)
        yield from _called(worst, found)


def _called(place: _Place, found: Drawn) -> Iterator[Drawn]:
    """Whether the likeliest token there is but the nearest to the one that a source meant."""
    token = place.expected["fused"]["top"][0][0]
    heard = found["blocks"][place.block]["sources"]
    for source, expected in zip(heard, place.expected["sources"], strict=True):
        meant = expected.get("called", {}).get(token)
        if meant is not None and source["share"] and token != place.expected["next"]:
            said = saying("aligned-note-called", theirs=_quoted(meant), ours=_quoted(token))
            yield _note(said, place)
            yield from _learned(token, place)
            return


def _learned(token: str, place: _Place) -> Iterator[Drawn]:
    """Whether the trained target expects this token now, which was wrong."""
    after, before = (_of(place.expected[name], token) for name in ("trained", "own"))
    if after - before > GAIN:
        said = saying("aligned-note-learned", token=_quoted(token), p=_p(after))
        yield _note(said, place)


def _of(expected: Drawn | None, token: str) -> float:
    """The probability of a token, where it is among the likeliest; else 0."""
    return float(dict(expected["top"]).get(token, 0)) if expected else 0.0


def _compared(key: str, place: _Place, found: Drawn) -> Said:
    expected = place.expected
    return saying(
        key,
        passage=place.block + 1 if len(found["blocks"]) > 1 else 0,
        token=_quoted(place.token),
        next=_quoted(expected["next"]),
        fused=_p(expected["fused"]["right"]),
        own=_p(expected["own"]["right"]),
    )


def _gain(place: _Place) -> float:
    right = place.expected["fused"]["right"], place.expected["own"]["right"]
    return float(right[0] or 0) - float(right[1] or 0)


def _mean(places: Sequence[_Place], name: str) -> str:
    return _p(sum(float(each.expected[name]["right"] or 0) for each in places) / len(places))


def _note(said: Said, place: _Place | None = None) -> Drawn:
    where = {"block": place.block, "at": place.at} if place else {}
    return {**said, **where}


def _quoted(token: str) -> str:
    return f"“{quoted(token)}”"


def _p(p: float | None) -> str:
    """A probability with two digits, or three where it is small or nearly certain."""
    if p is None:
        return "–"
    if 0 < p < 0.001:
        return "<0.001"
    if p in (0, 1):
        return str(int(p))
    return rounded(p, 2 if 0.1 <= p <= 0.99 else 3)


def _nats(nats: float | None) -> str:
    return "–" if nats is None else rounded(nats, 3)
