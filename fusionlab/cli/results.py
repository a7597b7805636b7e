"""A benchmark's results for a terminal: a table, what there is to know of it, and the verdicts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from fusionlab.bench.rows import Result, Row
from fusionlab.cli.console import columns, language, padded, said
from fusionlab.figures import percent, rounded
from fusionlab.views.bench import suite_title
from fusionlab.views.spoken import sentence_of
from fusionlab.views.verdicts import name_of, note_views, verdict_views

WIDEST = 48
"""Of a name."""


def as_text(result: Result) -> str:
    """The contenders, the oracle, what a reader has to know, and the verdicts."""
    return "\n".join(_lines(_as_typed(result)))


def _as_typed(result: Result) -> Result:
    """The same result, in which methods have no title but the name that is typed."""
    return replace(result, contenders=tuple(replace(row, method="") for row in result.contenders))


def _lines(result: Result) -> Iterator[str]:
    yield said(
        "cli-bench-of",
        suite=result.suite.name,
        title=_spoken(suite_title(result.suite)),
        items=result.planned,
        seed=str(result.suite.seed),
    )
    yield ""
    yield from _table([_headings(), *(_cells(row, result.contenders) for row in result.contenders)])
    yield said("cli-bench-means")
    if result.oracle and result.oracle.share.total:
        best = result.oracle.share
        yield said("cli-bench-oracle", share=_percent(best.score), items=best.total)
    for row in result.contenders:
        if row.unextracted:
            yield said("cli-bench-unextracted", name=row.name, texts=row.unextracted)
    yield from map(_spoken, note_views(result))
    yield ""
    yield from _verdicts(result)


def _verdicts(result: Result) -> Iterator[str]:
    """Every fusion's verdict, then why, a sentence a line."""
    views = verdict_views(result)
    if not views:
        yield said("bench-nothing-fused")
    for view in views:
        verdict = said(f"bench-{view['verdict']}")
        yield said("bench-verdict-of", name=_spoken(view["name"]), verdict=verdict)
        for each in (view["lead"], *view["evidence"], view["equal"], view["why"]):
            if each:
                yield f"  {_spoken(each)}"


def _headings() -> Sequence[str]:
    names = ("right", "interval", "tokens", "passes")
    return ("", *(said(f"bench-{name}") for name in names), said("cli-bench-milliseconds"), "")


def _cells(row: Row, rows: Sequence[Row]) -> Sequence[str]:
    costs, span, name = row.per_item, row.share.interval, _spoken(name_of(row, rows))
    return (
        name if len(name) <= WIDEST else f"{name[: WIDEST - 1]}…",
        _percent(row.share.score),
        "" if span is None else f"{_percent(span[0])}–{_percent(span[1])}",
        _whole(costs.tokens),
        _whole(costs.forward_passes),
        _whole(costs.seconds, 1000),
        said("list-separator").join(_facts(row)),
    )


def _facts(row: Row) -> Iterator[str]:
    yield said("cli-bench-answered", n=row.done)
    if row.errors:
        yield said("bench-errors", n=row.errors)
    if row.pareto:
        yield said("cli-bench-front")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for name, *figures, note in rows:
        cells = (
            " " * (width - columns(text)) + text
            for text, width in zip(figures, widths[1:], strict=False)
        )
        yield "  ".join([padded(name, widths[0]), *cells, note]).rstrip()


def _spoken(text: dict[str, Any] | str) -> str:
    return text if isinstance(text, str) else sentence_of(text).said(language())


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)


def _whole(value: float | None, scale: int = 1) -> str:
    return "" if value is None else rounded(scale * value, 0)
