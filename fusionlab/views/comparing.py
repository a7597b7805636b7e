"""A comparison as data for the eye: what each way came to and cost, and what to notice."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from fusionlab.comparison.compared import Compared
from fusionlab.comparison.recipe import comparison_to_query
from fusionlab.encoding import well_formed
from fusionlab.errors import UnknownName, shortened
from fusionlab.events import Progress, RunFailed, RunFinished
from fusionlab.figures import ratio
from fusionlab.recipe import named
from fusionlab.registry import get_method
from fusionlab.text.answers import extract, meaning, same
from fusionlab.trace import Trace
from fusionlab.views.ledger import ledger_view
from fusionlab.views.spoken import Said, in_words, saying
from fusionlab.views.stages import stage_for

MOST_PINNED = 2
MOST_SAID = 40
"""Characters of a setting in what a way is called."""
SAME_COST = 1.05
"""Times the cheapest from which a way costs more."""


def comparing_view(
    compared: Compared, *, live: bool = False, recorded: bool = False
) -> dict[str, Any]:
    """The ways side by side as JSON; `recorded` says that they were run earlier.

    Of a way that has not begun only its name is there. `times` is its cost in tokens over that of
    the cheapest that finished. A notice speaks of ways by their number, under `ways`.
    """
    rows = _rows(compared)
    shared = Counter(row["method"] for row in rows if row["standing"] != "unsuited")
    for row in rows:
        row["several"] = shared[row["method"]] > 1
    view = {
        "query": comparison_to_query(compared.comparison),
        "truth": compared.comparison.truth,
        "rows": rows,
        "ended": sum(row["standing"] in ("finished", "failed") for row in rows),
        "of": compared.suiting,
        "live": live,
        "recorded": recorded,
        "over": compared.over,
        "seconds": sum(row["seconds"] for row in rows),
        "notice": [] if live else list(_notice(rows)),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def pinned_view(compared: Compared, numbers: list[int]) -> dict[str, Any]:
    """The pictures of these runs, to stand next to each other, as JSON."""
    runs = []
    for number in numbers[:MOST_PINNED]:
        trace = compared.traces[number]
        stage = stage_for(trace)
        runs.append(
            {
                "number": number,
                "picture": stage.drawn(trace, f"pinned-{number}-{len(trace.records)}"),
                "steps": len(trace.tokens),
                "answer": trace.answer.strip(),
                "row": _row(compared, number),
            }
        )
    checked: dict[str, Any] = well_formed({"runs": runs})
    return checked


def _rows(compared: Compared) -> list[dict[str, Any]]:
    rows = [_row(compared, number) for number in range(len(compared.ways))]
    spent = [_tokens(row) for row in rows if row["standing"] == "finished" and _tokens(row)]
    least = min(spent, default=0)
    for row in rows:
        counted = row["standing"] == "finished" and least
        row["times"] = _tokens(row) / least if counted else None
    return rows


def _row(compared: Compared, number: int) -> dict[str, Any]:
    way, trace = compared.ways[number], compared.traces[number]
    standing = compared.standing(number)
    problem = trace.end if isinstance(trace.end, RunFailed) else way.unsuited
    answer = trace.end.answer.strip() if isinstance(trace.end, RunFinished) else ""
    found = _extracted(compared, number, answer) if standing == "finished" else None
    ledger = ledger_view(trace)
    total = ledger["total"]
    return {
        "number": number,
        "method": way.recipe.method,
        "family": _family(way.recipe.method),
        "members": [member.name for member in named(way.recipe.members)],
        "alone": len(way.recipe.members) == 1 and standing != "unsuited",
        "settings": [{"name": name, **_shown(value)} for name, value in way.given.items()],
        "standing": standing,
        "problem": in_words(problem) if problem else None,
        "answer": answer or ("" if standing == "finished" else trace.answer.strip()),
        "extracted": found,
        "right": _right(compared, found) if standing == "finished" else None,
        "tokens_in": total["tokens_in"],
        "tokens_out": total["tokens_out"],
        "passes": total["forward_passes"],
        "seconds": _seconds(trace),
        "bytes": total["bytes"],
    }


def _shown(value: Any) -> dict[str, Any]:
    """A setting's value in what a way is called; of a list only how long it is."""
    if isinstance(value, list | tuple):
        return {"entries": len(value)}
    return {"value": shortened(str(value), MOST_SAID)}


def _seconds(trace: Trace) -> float:
    """Wall time of the run, without loading: only the first run that needs a model loads it."""
    began = 0.0
    for record in trace.records:
        if not isinstance(record.event, Progress):
            break
        began = record.t
    return max(0.0, trace.seconds - began)


def _family(method: str) -> str:
    """The method's family; a recorded method may be one that is not here."""
    try:
        return get_method(method).family
    except UnknownName:
        return ""


def _extracted(compared: Compared, number: int, answer: str) -> str | None:
    """What the answer comes to; None where it comes to nothing."""
    comparison = compared.comparison
    phrase = str(compared.ways[number].recipe.settings.get("phrase", ""))
    return extract(answer, comparison.kind, phrase) if answer else None


def _right(compared: Compared, found: str | None) -> bool | None:
    truth = compared.comparison.truth.strip()
    if not truth:
        return None
    return found is not None and same(found, truth, compared.comparison.kind)


def _tokens(row: dict[str, Any]) -> int:
    return int(row["tokens_in"] + row["tokens_out"])


def _notice(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A sentence or two: who was right and for how little, who agrees, who cost most."""
    ended = [row for row in rows if row["standing"] == "finished"]
    if not ended:
        return
    judged = [row for row in ended if row["right"] is not None]
    if judged:
        yield from _of_right(judged)
    elif len(ended) > 1:
        yield from _of_agreement(ended)
    dear = max(ended, key=lambda row: row["times"] or 0)
    if (dear["times"] or 0) >= 2 and not any(row["right"] for row in judged):
        cheap = min(ended, key=lambda row: row["times"] or float("inf"))
        yield _told(
            saying("compare-notice-dearest", times=ratio(dear["times"])), way=dear, cheap=cheap
        )
    failed = sum(row["standing"] == "failed" for row in rows)
    if failed:
        yield _told(saying("compare-notice-failed", n=failed))


def _of_right(judged: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    right = [row for row in judged if row["right"]]
    if not right:
        yield _told(saying("compare-notice-none-right", of=len(judged)))
        return
    key = "compare-notice-all-right" if len(right) == len(judged) else "compare-notice-right"
    values = (
        {"of": len(judged)} if len(right) == len(judged) else {"n": len(right), "of": len(judged)}
    )
    yield _told(saying(key, **values))
    cheap = min(right, key=_tokens)
    dear = max(right, key=_tokens)
    if _tokens(cheap) and _tokens(dear) / _tokens(cheap) >= SAME_COST:
        values = {"tokens": _tokens(cheap), "most": _tokens(dear)}
        said = saying("compare-notice-cheapest-right", **values)
        yield _told(said, way=cheap, dear=dear)
    alone = [row["right"] for row in judged if row["alone"]]
    together = [row["right"] for row in judged if not row["alone"]]
    if together and alone and any(together) and not any(alone):
        yield _told(saying("compare-notice-only-together"))
    elif together and alone and any(alone) and not any(together):
        yield _told(saying("compare-notice-only-alone"))


def _of_agreement(ended: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """How many of the answers are one; those that were not found agree with nobody."""
    counts = Counter(
        meaning(row["extracted"], "text") for row in ended if row["extracted"] is not None
    )
    if not counts:
        return
    ((_, most), *_) = counts.most_common(1)
    if most == len(ended):
        yield _told(saying("compare-notice-same", of=len(ended)))
    elif most > 1:
        yield _told(saying("compare-notice-agree", n=most, of=len(ended), kinds=len(counts)))
    else:
        yield _told(saying("compare-notice-differ", of=len(ended)))


def _told(said: Said, **ways: dict[str, Any]) -> dict[str, Any]:
    return {**said, "ways": {name: row["number"] for name, row in ways.items()}}
