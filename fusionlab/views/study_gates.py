"""The study of gates as data for its picture, with what is to be noticed in it."""

from collections.abc import Iterator
from typing import Any

from fusionlab.figures import percent, rounded
from fusionlab.views.spoken import Said, saying

Drawn = dict[str, Any]
EVEN = 1.5
"""Times its even share up to which the busiest expert is no favourite."""
ALIKE = 0.01
"""Nats per byte within which two runs are alike."""
START = "start"


def gates_view(drawn: Drawn) -> Drawn:
    """The same, with sentences on what is to be noticed."""
    return {**drawn, "sentences": list(_notes(drawn))}


def _notes(drawn: Drawn) -> Iterator[Said]:
    runs = {run["rule"]: run["curve"][-1] for run in drawn["runs"]}
    if not drawn["step"]:
        yield saying("gates-note-start")
    else:
        yield from _collapse(drawn, runs["none"])
        for rule in ("balance", "bias"):
            yield saying(
                f"gates-note-{rule}",
                silent=runs[rule]["silent"],
                all=drawn["experts"],
                share=_busiest(runs[rule]),
            )
        yield from _price(runs)
    yield from _room(drawn)


def _collapse(drawn: Drawn, run: Drawn) -> Iterator[Said]:
    """Whether some experts have starved where nothing spreads the work."""
    values = {"step": drawn["step"], "all": drawn["experts"], "share": _busiest(run)}
    if run["silent"]:
        yield saying("gates-note-collapse", silent=run["silent"], **values)
    elif max(run["shares"]) * drawn["experts"] > EVEN:
        yield saying("gates-note-uneven", **values)
    else:
        yield saying("gates-note-even", **values)


def _price(runs: dict[str, Drawn]) -> Iterator[Said]:
    """Which of the first two rules predicts better, and by how much."""
    none, balance = runs["none"]["nats"], runs["balance"]["nats"]
    values = {"none": rounded(none, 3), "balance": rounded(balance, 3)}
    if abs(none - balance) < ALIKE:
        yield saying("gates-note-alike", **values)
        if runs["none"]["silent"]:
            yield saying("gates-note-wasted")
    else:
        yield saying("gates-note-better" if balance < none else "gates-note-worse", **values)


def _room(drawn: Drawn) -> Iterator[Said]:
    """What capacity costs by each router, and what an even load by construction leaves out."""
    routers = {each["of"]: _by_name(each) for each in drawn["routers"]}
    tokens = len(drawn["text"])
    if "none" in routers:
        none, balance = (routers[of]["switch"]["unread"] for of in ("none", "balance"))
        yield saying("gates-note-drops", none=none, balance=balance, tokens=tokens)
    of = "none" if "none" in routers else START
    left = routers[of]["expert-choice"]["unread"]
    if left:
        yield saying("gates-note-choice", left=left, tokens=tokens)


def _by_name(router: Drawn) -> dict[str, Drawn]:
    return {gate["gate"]: gate for gate in router["gates"]}


def _busiest(run: Drawn) -> str:
    return percent(max(run["shares"]), 0)
