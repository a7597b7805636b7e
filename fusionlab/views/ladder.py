"""The ladder of fusion as data for the eye: how good each rung is, and at what cost."""

from collections.abc import Sequence
from typing import Any

from fusionlab import words
from fusionlab.bench.climbed import Built, Climbed, Standing
from fusionlab.bench.rows import Comparison, Result, Row
from fusionlab.bench.rungs import LEVELS, MOST
from fusionlab.encoding import well_formed
from fusionlab.views.bench import compared_view, suite_title
from fusionlab.views.notice_ladder import ladder_notes
from fusionlab.views.spoken import Said, saying
from fusionlab.views.verdicts import note_views, rung_title

Drawn = dict[str, Any]


def ladder_view(found: Climbed, *, files: Sequence[dict[str, str]] = ()) -> Drawn:
    """What the component `ladder` draws: members, and the rungs of each level.

    A rung's `standing` is done, waiting, failed or unsuited; `against` compares it with the best
    member, `equal` with what as many tokens of that member would buy. What is not known is None.
    """
    ladder, result = found.ladder, found.by_rung
    rows = {row.key: row for row in result.contenders}
    view: Drawn = {
        "suite": result.suite.name,
        "title": suite_title(result.suite),
        "facts": _facts(found),
        "complete": result.complete and all(_is_over(rung) for rung in ladder.rungs),
        "planned": result.planned,
        "members": [
            _member(row, place, result)
            for place, row in enumerate(each for each in result.contenders if each.role == "single")
        ],
        "oracle": _oracle(result),
        "levels": [
            {"id": level, "title": saying(f"ladder-level-{level}"), "rows": rungs}
            for level in LEVELS
            if (
                rungs := [_rung(each, rows, result) for each in ladder.rungs if each.level == level]
            )
        ],
        "files": list(files),
    }
    view["noticed"] = ladder_notes(view)
    view["notes"] = [*_chosen(found), *_taught(found), *note_views(result)]
    checked: Drawn = well_formed(view)
    return checked


def _taught(found: Climbed) -> list[Said]:
    """What trained rungs learned, where that is less than usual because few questions are asked."""
    lessons = found.ladder.lessons
    trained = [each for each in found.ladder.rungs if each.level == "training" and each.contender]
    if lessons is None or lessons >= MOST or not trained:
        return []
    return [saying("ladder-note-lessons", lessons=lessons, most=MOST)]


def _facts(found: Climbed) -> Said:
    rungs = found.ladder.rungs
    return saying(
        "ladder-facts",
        items=found.result.planned,
        seed=str(found.result.suite.seed),
        members=len(found.ladder.members),
        fit=sum(rung.why is None for rung in rungs),
        rungs=len(rungs),
    )


def _is_over(rung: Standing) -> bool:
    return rung.contender is not None or rung.why is not None


def _member(row: Row, place: int, result: Result) -> Drawn:
    return {
        **_figures(row),
        "name": row.name,
        "colour": place,
        "best": row.key == result.best_single and _all_answer(result),
    }


def _all_answer(result: Result) -> bool:
    return all(row.done for row in result.contenders if row.role == "single")


def _rung(rung: Standing, rows: dict[str, Row], result: Result) -> Drawn:
    row = rows.get(rung.contender or "")
    about = f"ladder-about-{rung.id}"
    view: Drawn = {
        "id": rung.id,
        "title": rung_title(rung.id),
        "about": saying(about) if words.has(about) else None,
        "standing": _standing(rung, row),
        "of": list(row.members) if row and len(row.members) == 1 and not rung.built else [],
        "against": None,
        "equal": None,
        "built": rung.built and _built(rung.built),
        "why": rung.why and {"message": rung.why["message"], "hint": rung.why["hint"]},
        **_figures(row if row and row.judged else None),
        "errors": row.errors if row else 0,
        "error": row.error if row else "",
        "done": row.done if row else 0,
    }
    if row is None:
        return view
    against = _of(result, row.key, "best_single")
    follower = next((each for each in result.contenders if each.baseline_of == row.key), None)
    view["against"] = against and compared_view(against)
    view["equal"] = _equal(row, against, follower, rows, result)
    return view


def _standing(rung: Standing, row: Row | None) -> str:
    if rung.why is not None:
        return "unsuited"
    if row is None or not row.done:
        return "waiting"
    return "done" if row.judged else "failed"


def _figures(row: Row | None) -> Drawn:
    """How often it was right, and what one question cost; None where that is not known."""
    share = row.share if row else None
    low, high = (share and share.interval) or (None, None)
    costs = row.per_item if row else None
    return {
        "right": share.right if share else None,
        "total": share.total if share else 0,
        "accuracy": share.score if share else None,
        "low": low,
        "high": high,
        "tokens": costs.tokens if costs else None,
        "passes": costs.forward_passes if costs else None,
        "seconds": costs.wall if costs else None,
    }


def _built(made: Built) -> Drawn:
    return {
        "reference": made.reference,
        "seconds": made.seconds,
        "parameters": made.parameters,
        "bytes": made.bytes,
    }


def _of(result: Result, key: str, role: str) -> Comparison | None:
    return next(
        (each for each in result.comparisons if (each.contender, each.against_role) == (key, role)),
        None,
    )


def _equal(
    row: Row,
    against: Comparison | None,
    follower: Row | None,
    rows: dict[str, Row],
    result: Result,
) -> Drawn | None:
    """Against as many tokens of the best member; of one answer of one model, against that member.

    None where nothing was compared.
    """
    best = rows.get(result.best_single or "")
    if follower is not None and (held := _of(result, row.key, "equal_tokens")):
        samples = follower.settings.get("samples", 1)
        return {**compared_view(held), "samples": samples, "accuracy": follower.share.score}
    alone = len(row.members) == 1 and row.method == (best.method if best else "")
    if alone and against and best:
        return {**compared_view(against), "samples": 1, "accuracy": best.share.score}
    return None


def _oracle(result: Result) -> Drawn | None:
    """None before every member has answered."""
    oracle = result.oracle
    if (
        not _all_answer(result)
        or oracle is None
        or oracle.share.score is None
        or oracle.share.interval is None
    ):
        return None
    low, high = oracle.share.interval
    return {"accuracy": oracle.share.score, "low": low, "high": high, "total": oracle.share.total}


def _chosen(found: Climbed) -> list[Said]:
    """By which questions something was chosen."""
    choosing = found.ladder.choosing
    if choosing is None:
        return []
    return [saying("ladder-note-choosing", n=choosing.items, best=choosing.best or "–")]
