"""Accuracy against cost, as a Plotly figure: what more computation buys, and who wastes it."""

from typing import Any

from fusionlab.figures import rounded

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of members, as in the other views: Okabe and Ito's, told apart by the colour-blind."""
SYMBOLS = {
    "single": ("circle",),
    "fusion": ("diamond", "star", "triangle-up", "hexagon", "cross", "bowtie"),
    "baseline": ("diamond-open", "star-open", "triangle-up-open", "hexagon-open", "cross-open"),
}
"""In turn; a baseline is the outline of the fusion whose tokens it is given."""
OTHERS = {"fusion": "#7b62d9", "baseline": "#7b62d9"}
INK = "#6b7280"
"""Readable on white and on black: the figure's ground is clear."""
HEIGHT = 470


def cost_figure(contenders: list[dict[str, Any]]) -> Any:
    """The contenders of a report, with 95 % intervals; a line joins those that none dominates.

    One dominates another where it is at least as often right for at most as many tokens.
    """
    import plotly.graph_objects as go

    drawn = [
        c for c in contenders if c["kind"] in SYMBOLS and c["tokens"] and c["accuracy"] is not None
    ]
    figure = go.Figure()
    front = sorted((c for c in drawn if c["front"]), key=lambda c: c["tokens"])
    if len(front) > 1:
        figure.add_scatter(
            x=[c["tokens"] for c in front],
            y=[100 * c["accuracy"] for c in front],
            mode="lines",
            line={"color": INK, "dash": "dot"},
            hoverinfo="skip",
            name="Pareto front",
        )
    seen = dict.fromkeys(SYMBOLS, 0)
    for contender in drawn:
        symbols = SYMBOLS[contender["kind"]]
        figure.add_scatter(**_point(contender, symbols[seen[contender["kind"]] % len(symbols)]))
        seen[contender["kind"]] += 1
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


def _point(contender: dict[str, Any], symbol: str) -> dict[str, Any]:
    accuracy = 100 * contender["accuracy"]
    kind = contender["kind"]
    single = kind == "single" and contender["colour"] >= 0
    colour = COLOURS[contender["colour"] % len(COLOURS)] if single else OTHERS.get(kind, INK)
    return {
        "x": [contender["tokens"]],
        "y": [accuracy],
        "mode": "markers",
        "name": contender["name"],
        "marker": {"size": 13, "color": colour, "symbol": symbol},
        "error_y": _whiskers(contender),
        "hovertemplate": f"{rounded(accuracy)} % right, {rounded(contender['tokens'], 0)} tokens "
        "an item<extra>%{fullData.name}</extra>",
    }


def _whiskers(contender: dict[str, Any]) -> dict[str, Any] | None:
    """The interval, where there is one."""
    if contender["low"] is None:
        return None
    accuracy = 100 * contender["accuracy"]
    return {
        "type": "data",
        "array": [100 * contender["high"] - accuracy],
        "arrayminus": [accuracy - 100 * contender["low"]],
        "thickness": 1.5,
    }
