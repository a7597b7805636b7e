"""The study of lifelong learning as data for its picture, with what is to be noticed in it."""

from collections.abc import Iterator
from typing import Any

from fusionlab.figures import percent
from fusionlab.views.spoken import Said, saying

Drawn = dict[str, Any]
PROPERTIES = ("retention", "forward", "backward", "online", "boundaries", "capacity")
"""The six properties of lifelong learning, in the order in which they are shown."""


def lifelong_view(drawn: Drawn) -> Drawn:
    """The same, with sentences on what is to be noticed, and the ways' figures in words."""
    return {**drawn, "sentences": list(_notes(drawn))}


def _notes(drawn: Drawn) -> Iterator[Said]:
    whole = [way for way in drawn["ways"] if "figures" in way]
    tasks = drawn["tasks"]
    for way in whole:
        if way["way"] == "plain":
            row = way["matrix"]
            yield saying(
                "lifelong-note-plain",
                task=tasks[0],
                last=tasks[-1],
                then=percent(row[0][0], 0),
                now=percent(row[-1][0], 0),
            )
        if way["way"] == "groups":
            yield from _grouped(way, whole)
    if len(whole) > 1:
        best = max(whole, key=lambda way: way["figures"]["acc"]["mean"])
        yield saying(
            "lifelong-note-best",
            way=saying(f"lifelong-way-{best['way']}"),
            acc=percent(best["figures"]["acc"]["mean"], 0),
        )
    if drawn["parts"]:
        yield from _parts(drawn["parts"])


def _grouped(way: Drawn, whole: list[Drawn]) -> Iterator[Said]:
    """Whether frozen groups have kept everything, and what not learning in attention has cost."""
    moved = way["figures"]["bwt"]
    if moved["low"] == moved["high"] == 0:
        yield saying("lifelong-note-groups")
    plain = next((each for each in whole if each["way"] == "plain"), None)
    if plain is not None:
        own, free = _learned(way), _learned(plain)
        if free - own > 0.05:
            yield saying("lifelong-note-attention", own=percent(own, 0), free=percent(free, 0))


def _learned(way: Drawn) -> float:
    """The mean score on each task just after it was learned."""
    diagonal = [row[at] for at, row in enumerate(way["matrix"])]
    return float(sum(diagonal) / len(diagonal))


def _parts(parts: Drawn) -> Iterator[Said]:
    submodels = parts["submodels"]
    sizes = submodels[0]["sizes"]
    own = sum(sizes.values())
    if all(each["equal"] for each in submodels):
        yield saying(
            "lifelong-note-extracted",
            n=len(submodels),
            share=percent(own / sum(parts["whole"].values()), 0),
            carried=percent((own - sizes["experts"]) / own, 0),
            attention=percent(sizes["attention"] / own, 0),
        )
    if parts["appended"]["weights_equal"] and parts["appended"]["logits_equal"]:
        more = sum(parts["appended"]["sizes"].values()) - sum(parts["whole"].values())
        yield saying("lifelong-note-appended", domain=parts["appended"]["domain"], count=more)
