"""A benchmark's results as text for a terminal: a table, then whether fusion helped."""

from collections.abc import Iterator, Sequence

from fusionlab.bench.rows import Result, Row
from fusionlab.figures import percent, rounded

HEADINGS = ("", "right", "95 %", "tokens", "passes", "ms", "")
WIDEST = 48
"""Of a name."""


def as_text(result: Result) -> str:
    """The contenders, the oracle, what a reader has to know, and the verdicts."""
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    suite = result.suite
    yield f"{suite.name}: {suite.title}, {result.planned} items, seed {suite.seed}"
    yield ""
    yield from _table([HEADINGS, *map(_cells, result.contenders)])
    yield "tokens, forward passes and milliseconds in the models are means for one item"
    if result.oracle and result.oracle.share.total:
        best = result.oracle.share
        yield f"some member was right on {_percent(best.score)} of {best.total} items"
    for row in result.contenders:
        if row.unextracted:
            yield f"{row.name}: in {row.unextracted} texts no answer was found"
    yield from result.notes
    yield ""
    yield from result.verdicts or [result.verdict]


def _cells(row: Row) -> Sequence[str]:
    costs, span = row.per_item, row.share.interval
    return (
        row.name if len(row.name) <= WIDEST else f"{row.name[: WIDEST - 1]}…",
        _percent(row.share.score),
        "" if span is None else f"{_percent(span[0])}–{_percent(span[1])}",
        _whole(costs.tokens),
        _whole(costs.forward_passes),
        _whole(costs.seconds, 1000),
        ", ".join(_facts(row)),
    )


def _facts(row: Row) -> Iterator[str]:
    yield f"{row.done} items"
    if row.errors:
        yield f"{row.errors} failed"
    if row.pareto:
        yield "best at its cost"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, note in rows:
        cells = (text.rjust(width) for text, width in zip(figures, widths[1:], strict=False))
        yield "  ".join([name.ljust(widths[0]), *cells, note]).rstrip()


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share)


def _whole(value: float | None, scale: int = 1) -> str:
    return "" if value is None else rounded(scale * value, 0)
