"""A benchmark's results as text for a terminal: a table, then whether fusion helped."""

from collections.abc import Iterator, Sequence
from typing import Any

Row = dict[str, Any]
HEADINGS = ("", "right", "95 %", "tokens", "passes", "ms", "")
WIDEST = 48
"""Of a name."""


def as_text(results: Row) -> str:
    """The contenders, the oracle, what went wrong, and the verdicts."""
    return "\n".join(_lines(results))


def _lines(results: Row) -> Iterator[str]:
    suite = results["suite"]
    yield f"{suite['name']}: {suite['title']}, {results['planned']} items, seed {suite['seed']}"
    yield ""
    yield from _table([HEADINGS, *map(_cells, results["contenders"])])
    yield "tokens, forward passes and milliseconds in the models are means for one item"
    if oracle := results["oracle"]:
        yield f"some member was right on {_percent(oracle['score'])} of the items"
    for row in results["contenders"]:
        if row["errors"]:
            failed = f"{row['errors']} runs failed and count as wrong"
            yield f"{row['name']}: {failed}; the first: {row['first_error']}"
        if row["unextracted"]:
            yield f"{row['name']}: in {row['unextracted']} texts no answer was found"
        if row["note"]:
            yield f"{row['name']}: {row['note']}"
    if broken := results["broken"]:
        yield f"{len(broken)} broken lines were left out; the first: {broken[0]}"
    yield ""
    yield from results["verdicts"] or [results["verdict"]]


def _cells(row: Row) -> Sequence[str]:
    costs, span = row["per_item"], row["interval"]
    return (
        row["name"] if len(row["name"]) <= WIDEST else f"{row['name'][: WIDEST - 1]}…",
        _percent(row["score"]),
        "" if span is None else f"{_percent(span[0])}–{_percent(span[1])}",
        f"{costs['tokens']:.0f}",
        f"{costs['forward_passes']:.0f}",
        f"{1000 * costs['seconds']:.0f}",
        f"{row['done']} items" + (", best at its cost" if row["pareto"] else ""),
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *figures, note in rows:
        cells = (text.rjust(width) for text, width in zip(figures, widths[1:], strict=False))
        yield "  ".join([name.ljust(widths[0]), *cells, note]).rstrip()


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
