"""What a benchmark's report says of each fusion, as sentences by key.

A verdict is one of four: it helped, nobody can tell, it did harm, it did not run (and why). Of a
fusion whose runs failed there is only the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fusionlab import words
from fusionlab.bench.rows import Comparison, Result, Row, Said, able_singles
from fusionlab.figures import percent, points
from fusionlab.views.spoken import Said as Spoken
from fusionlab.views.spoken import saying

Verdict = Literal["helped", "unsure", "harmed", "failed"]
VERDICTS: dict[str, Verdict] = {
    "helped": "helped",
    "hurt": "harmed",
    "same": "unsure",
    "unknown": "unsure",
    "failed": "failed",
}


@dataclass(frozen=True, slots=True)
class _Pair:
    """A fusion and its rival on the items on which both ran."""

    share: float
    rival: float
    n: int


def verdict_views(result: Result) -> list[Spoken]:
    """Every fusion's verdict, the one that gained most first: its word, and sentences why.

    `lead` says what was right how often, `evidence` how sure that is, `equal` what the same compute
    would have bought, and `why` what went wrong where nothing can be said.
    """
    against = [each for each in result.comparisons if each.against_role == "best_single"]
    told = sorted(against, key=lambda each: (each.difference is None, -(each.difference or 0.0)))
    return [_verdict(each, result) for each in told]


def note_views(result: Result) -> list[Spoken]:
    """What a reader has to know of the figures, a sentence each."""
    rows = result.contenders
    notes = [
        saying("bench-note-few-samples", name=name_of(row, rows))
        for row in rows
        if row.role == "baseline" and row.note
    ]
    notes += [
        saying(
            "bench-note-failed",
            name=name_of(row, rows),
            failed=row.errors,
            total=row.done,
            error=row.error,
        )
        for row in rows
        if row.errors
    ]
    notes += _corrections(result)
    if result.broken:
        count, first = len(result.broken), result.broken[0]
        notes.append(saying("bench-note-broken", count=count, first=first))
    if not result.complete:
        notes.append(saying("bench-note-incomplete"))
    return notes


def name_of(row: Row, rows: Sequence[Row]) -> Spoken | str:
    """The contender's name: a rung's or a method's title where it has one, a model's as it is."""
    if row.role == "baseline":
        of = next((each for each in rows if each.key == row.baseline_of), None)
        fusion = name_of(of, rows) if of else ""
        samples = row.settings.get("samples", 1)
        return saying("bench-baseline-name", member=row.members[0], samples=samples, fusion=fusion)
    if row.rung:
        return rung_title(row.rung)
    key = f"method-{row.method.replace('_', '-')}"
    return saying(key) if row.name == row.method and words.has(key) else row.name


def rung_title(id: str) -> Spoken | str:  # noqa: A002
    """The name of a ladder's rung; of one that another version has, its id."""
    key = f"ladder-rung-{id}"
    return saying(key) if words.has(key) else id


def short_name_of(row: Row, rows: Sequence[Row]) -> Spoken | str:
    """The name without what a baseline is held against."""
    if row.role == "baseline":
        return f"{row.members[0]} × {row.settings.get('samples', 1)}"
    return name_of(row, rows)


def percent_text(share: float | None) -> str:
    """A share with one decimal: 52.5 stays 52.5."""
    return "–" if share is None else percent(share)


def p_text(p: float | None) -> str:
    """How likely such a gap would be if there were none."""
    if p is None:
        return "–"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3g}"


def _verdict(each: Comparison, result: Result) -> Spoken:
    rows = {row.key: row for row in result.contenders}
    fusion, rival = rows[each.contender], rows.get(each.against or "")
    verdict = VERDICTS[each.outcome]
    view: Spoken = {
        "verdict": verdict,
        "name": name_of(fusion, result.contenders),
        "lead": None,
        "evidence": [],
        "equal": None,
        "why": None,
    }
    if each.difference is None or rival is None:
        return {**view, "verdict": "failed", "why": _why_failed(fusion, rival, result)}
    view["lead"] = _lead(each, fusion, rival, result)
    view["evidence"] = _evidence(each)
    view["equal"] = _equal(fusion, result)
    return view


def _lead(each: Comparison, fusion: Row, rival: Row, result: Result) -> Spoken:
    pair = _pair(each, result)
    members = len(able_singles(result.contenders))
    return saying(
        "bench-lead-graded" if result.graded else "bench-lead",
        name=name_of(fusion, result.contenders),
        share=percent_text(pair.share),
        n=pair.n,
        rival=rival.name,
        among=members,
        rivalShare=percent_text(pair.rival),
    )


def _evidence(each: Comparison) -> list[Spoken]:
    """Difference, interval and p; what was left out; why nothing can be told."""
    low, high = each.interval or (None, None)
    known = low is not None and high is not None
    interval = f"[{points(low or 0.0)}, {points(high or 0.0)}]"
    said = [
        saying(
            "bench-evidence" if known else "bench-evidence-few",
            points=points(each.difference or 0.0),
            p=p_text(each.p),
            test=each.test,
            **({"interval": interval} if known else {}),
        )
    ]
    if each.outcome == "same":
        said.append(saying("bench-too-close"))
    if each.outcome == "unknown":
        said.append(saying("bench-too-few", n=each.n))
    if each.failed:
        sure = each.outcome in ("helped", "hurt")
        said.append(saying("bench-left-out-sure" if sure else "bench-left-out", n=each.failed))
    return said


def _equal(fusion: Row, result: Result) -> Spoken | None:
    """What the best member alone reached with as many tokens."""
    rows = result.contenders
    follower = next((row for row in rows if row.baseline_of == fusion.key), None)
    held = next(
        (
            each
            for each in result.comparisons
            if each.contender == fusion.key and each.against_role == "equal_tokens"
        ),
        None,
    )
    if follower is None or held is None:
        return None
    if held.difference is None:
        return saying("bench-equal-failed", why=_did_not_run(follower, rows))
    return saying(
        "bench-equal",
        rival=follower.members[0],
        samples=follower.settings.get("samples", 1),
        share=percent_text(_pair(held, result).rival),
        outcome=VERDICTS[held.outcome],
        p=p_text(held.p),
    )


def _pair(each: Comparison, result: Result) -> _Pair:
    """How often the two were right on the items on which both ran."""
    scores = [
        (_score(a), _score(b))
        for item in result.items
        if (a := item.answers.get(each.contender)) and (b := item.answers.get(each.against or ""))
        if not (a.error or b.error)
    ]
    n = len(scores)
    if not n:
        return _Pair(0.0, 0.0, 0)
    return _Pair(sum(a for a, _ in scores) / n, sum(b for _, b in scores) / n, n)


def _score(answer: Said) -> float:
    return float(answer.right or 0) if answer.score is None else float(answer.score)


def _why_failed(fusion: Row, rival: Row | None, result: Result) -> Spoken:
    """Which of the two did not run, and why."""
    rows = result.contenders
    if not fusion.judged or (rival and rival.judged and fusion.errors >= rival.errors):
        return _did_not_run(fusion, rows)
    name = name_of(fusion, rows)
    if rival is None:
        return saying("bench-no-rival", name=name)
    return saying("bench-no-verdict", name=name, why=_did_not_run(rival, rows))


def _did_not_run(row: Row, rows: Sequence[Row]) -> Spoken:
    key = "bench-did-not-run" if row.errors == row.done else "bench-failed-often"
    values = {"name": name_of(row, rows), "failed": row.errors, "total": row.done}
    if row.errors == row.done:
        del values["failed"]
    return saying(key, **values, error=row.error)


def _corrections(result: Result) -> list[Spoken]:
    """What p has been corrected for."""
    tested = [each for each in result.comparisons if each.against_role == "best_single"]
    several = sum(each.p is not None for each in tested)
    members = len(able_singles(result.contenders))
    notes = [saying("bench-note-holm", n=several)] if several > 1 else []
    if several and members > 1:
        notes.append(saying("bench-note-favoured", n=members))
    return notes
