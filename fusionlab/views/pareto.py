"""Accuracy against cost, as a Plotly figure: what more computation buys, and who wastes it."""

from collections.abc import Sequence
from typing import Any

from fusionlab.bench.rows import Row
from fusionlab.figures import rounded

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of members, as in the other views: Okabe and Ito's, told apart by the colour-blind."""
SYMBOLS = {
    "single": ("circle",),
    "fusion": ("diamond", "star", "triangle-up", "hexagon", "cross", "bowtie"),
    "baseline": ("diamond-open", "star-open", "triangle-up-open", "hexagon-open", "cross-open"),
}
"""In turn; a baseline is the outline of the fusion whose tokens it is given."""
FUSED = "#7b62d9"
INK = "#6b7280"
"""Readable on white and on black: the figure's ground is clear."""
HEIGHT = 470


def cost_figure(contenders: Sequence[Row]) -> Any:
    """The contenders of a report, with 95 % intervals; a line joins those that none dominates.

    One dominates another where it is at least as often right for at most as many tokens.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    known = [
        (place, row)
        for place, row in enumerate(contenders)
        if row.per_item.tokens and row.share.score is not None
    ]
    front = sorted((row for _, row in known if row.pareto), key=_tokens)
    if len(front) > 1:
        figure.add_scatter(
            x=[_tokens(row) for row in front],
            y=[_accuracy(row) for row in front],
            mode="lines",
            line={"color": INK, "dash": "dot"},
            hoverinfo="skip",
            name="Pareto front",
        )
    seen = dict.fromkeys(SYMBOLS, 0)
    for place, row in known:
        symbols = SYMBOLS[row.role]
        colour = COLOURS[place % len(COLOURS)] if row.role == "single" else FUSED
        figure.add_scatter(**_point(row, symbols[seen[row.role] % len(symbols)], colour))
        seen[row.role] += 1
    figure.update_layout(
        height=HEIGHT,
        title="Accuracy against cost",
        margin={"l": 60, "r": 20, "t": 50, "b": 110},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": INK, "size": 14},
        legend={"orientation": "h", "yanchor": "top", "y": -0.2, "x": 0},
    )
    axis = {"gridcolor": "rgba(128,128,128,.25)", "zeroline": False}
    ticks = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    names = [f"{tick:,}" for tick in ticks]
    title = "tokens an item, in and out, on a logarithmic scale"
    figure.update_xaxes(title=title, type="log", tickvals=ticks, ticktext=names, **axis)
    figure.update_yaxes(title="right, %", range=[-2, 102], **axis)
    return figure


def _point(row: Row, symbol: str, colour: str) -> dict[str, Any]:
    accuracy, tokens = _accuracy(row), _tokens(row)
    return {
        "x": [tokens],
        "y": [accuracy],
        "mode": "markers",
        "name": row.name,
        "marker": {"size": 13, "color": colour, "symbol": symbol},
        "error_y": _whiskers(row),
        "hovertemplate": f"{rounded(accuracy)} % right, {rounded(tokens, 0)} tokens "
        "an item<extra>%{fullData.name}</extra>",
    }


def _whiskers(row: Row) -> dict[str, Any] | None:
    """The interval, where there is one."""
    if row.share.interval is None:
        return None
    accuracy, (low, high) = _accuracy(row), row.share.interval
    return {
        "type": "data",
        "array": [100 * high - accuracy],
        "arrayminus": [accuracy - 100 * low],
        "thickness": 1.5,
    }


def _tokens(row: Row) -> float:
    return row.per_item.tokens or 0.0


def _accuracy(row: Row) -> float:
    return 100 * (row.share.score or 0.0)
