"""The study of local experts as data for its picture, with what is to be noticed in it."""

from collections.abc import Iterator
from typing import Any

from fusionlab.figures import rounded
from fusionlab.views.spoken import Said, saying

Drawn = dict[str, Any]
WORSE = 2.0
"""How many times as far off an expert has to be alone that it is said."""


def local_experts_view(drawn: Drawn) -> Drawn:
    """The same, with sentences on what is to be noticed."""
    return {**drawn, "sentences": list(_notes(drawn))}


def _notes(drawn: Drawn) -> Iterator[Said]:
    by_loss = {run["loss"]: run for run in drawn["runs"]}
    cooperative, likelihood = by_loss["cooperative"], by_loss["likelihood"]
    if not drawn["step"]:
        yield saying("local-note-start")
        return
    yield _cooperation(cooperative)
    best = min(drawn["runs"], key=lambda run: run["alone"])
    values = {"alone": _error(best["alone"]), "loss": _named(best)}
    yield saying("local-note-best", **values)
    for run in drawn["runs"]:
        idle = drawn["experts"] - run["used"]
        if idle:
            yield saying("local-note-idle", loss=_named(run), idle=idle, all=drawn["experts"])
    if all(run["used"] == drawn["experts"] for run in drawn["runs"]):
        yield saying("local-note-all-used", all=drawn["experts"])
    surest = min(drawn["runs"], key=lambda run: run["entropy"])
    if surest is not likelihood:
        yield saying("local-note-sure", loss=_named(surest))


def _cooperation(run: Drawn) -> Said:
    """Whether an expert is of use alone, where all were trained to be right together."""
    key = "helps" if run["alone"] <= WORSE * run["together"] else "hurts"
    values = {"together": _error(run["together"]), "alone": _error(run["alone"])}
    return saying(f"local-note-cooperation-{key}", **values)


def _named(run: Drawn) -> Said:
    return saying(f"local-loss-{run['loss']}")


def _error(value: float) -> str:
    return rounded(value, 2)
