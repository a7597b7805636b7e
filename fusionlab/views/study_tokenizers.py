"""The study of tokenizers as data for its picture, with what is to be noticed in it."""

from collections.abc import Iterator
from typing import Any

from fusionlab.figures import percent, rounded
from fusionlab.views.spoken import LONGEST, Said, saying

Drawn = dict[str, Any]
FAR = 2
"""Edits from which MinED's token is told of as an example."""


def tokenizers_view(drawn: Drawn) -> Drawn:
    """The same, with sentences on what is to be noticed."""
    return {**drawn, "sentences": list(_notes(drawn))}


def _notes(drawn: Drawn) -> Iterator[Said]:
    rows = drawn["tokenizers"]
    yield from _lengths(drawn)
    places, common = drawn["ends"], len(drawn["common"])
    key = "all" if common == places else "some" if common else "none"
    yield saying(f"tokenizers-note-common-{key}", common=common, places=places)
    for row in rows:
        if row["unknown"]:
            yield saying("tokenizers-note-unknown", name=row["name"], count=row["unknown"])
    cutting = max(rows, key=lambda row: row["parts"])
    if cutting["parts"]:
        yield saying("tokenizers-note-parts", name=cutting["name"], count=cutting["parts"])
    if drawn["maps"]:
        yield from _exact(drawn)
        yield from _nearest(drawn)
        yield from _union(drawn)


def _lengths(drawn: Drawn) -> Iterator[Said]:
    """Who takes the fewest tokens, and who the most."""
    fewest, most = (
        choose(drawn["tokenizers"], key=lambda row: row["count"]) for choose in (min, max)
    )
    if fewest["count"] == most["count"]:
        yield saying("tokenizers-note-equal", count=fewest["count"], bytes=drawn["bytes"])
        return
    yield saying(
        "tokenizers-note-lengths",
        few=fewest["count"],
        fewest=fewest["name"],
        many=most["count"],
        most=most["name"],
        bytes=drawn["bytes"],
        each=rounded(fewest["bytes_each"]),
    )


def _exact(drawn: Drawn) -> Iterator[Said]:
    """Where EM finds least: a small vocabulary has little of a large one."""
    least = min(drawn["maps"], key=lambda each: each["exact"])
    back = next(
        (
            each
            for each in drawn["maps"]
            if (each["from"], each["to"]) == (least["to"], least["from"])
        ),
        None,
    )
    names = {
        "source": _name(drawn, least["from"]),
        "target": _name(drawn, least["to"]),
        "share": _share(least["exact"]),
    }
    if back is None or back["exact"] == least["exact"]:
        yield saying("tokenizers-note-exact", **names)
    else:
        yield saying("tokenizers-note-exact-both", back=_share(back["exact"]), **names)


def _share(share: float) -> str:
    return percent(share, 0 if share in (0, 1) else 1)


def _nearest(drawn: Drawn) -> Iterator[Said]:
    """The token that MinED takes farthest from what it says, for a word if there is one."""
    found = max(_texts(drawn), key=_strangeness, default=None)
    if found and found["distance"] >= FAR:
        yield saying(
            "tokenizers-note-nearest",
            **_pair(drawn, found),
            near=_quoted(found["mined_text"]),
            distance=found["distance"],
            ties=found["ties"],
        )


def _strangeness(found: Drawn) -> tuple[bool, int]:
    return bool(found["mined_text"].strip()) and found["distance"] >= FAR, found["distance"]


def _union(drawn: Drawn) -> Iterator[Said]:
    """The longest token of which the union takes only the beginning."""
    parts = [each for each in _texts(drawn) if each["how"] == "sub"]
    found = max(parts, key=lambda each: len(each["said"]), default=None)
    if found:
        yield saying(
            "tokenizers-note-union", **_pair(drawn, found), first=_quoted(found["union_text"])
        )


def _texts(drawn: Drawn) -> Iterator[Drawn]:
    """The counterparts of tokens that are whole characters, each with what the token says."""
    for each in drawn["maps"]:
        tokens = drawn["tokenizers"][each["from"]]["tokens"]
        said = {token["id"]: token["text"] for token in tokens if token["kind"] == "text"}
        for found in each["tokens"]:
            if found["token"] in said:
                ends = {"from": each["from"], "to": each["to"]}
                yield {**found, **ends, "said": said[found["token"]]}


def _pair(drawn: Drawn, found: Drawn) -> dict[str, str]:
    return {
        "source": _name(drawn, found["from"]),
        "target": _name(drawn, found["to"]),
        "token": _quoted(found["said"]),
    }


def _name(drawn: Drawn, at: int) -> str:
    return str(drawn["tokenizers"][at]["name"])


def _quoted(text: str) -> str:
    """The token as a sentence quotes it: on one line, blanks by a sign."""
    signs = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}
    return "".join(signs.get(each, each) for each in text[:LONGEST])
