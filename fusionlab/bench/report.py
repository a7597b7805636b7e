"""A benchmark's report as one HTML file that needs no server, no network and no other file."""

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fusionlab.bench.folder import put_text
from fusionlab.bench.rows import Result, Row
from fusionlab.views.assets import component_head
from fusionlab.views.bench import bench_view
from fusionlab.views.pareto import cost_figure

REPORT = "report.html"
STYLE = """
body { margin: 0 auto; max-width: 1180px; padding: 8px; font-family: system-ui, sans-serif;
       color-scheme: light dark;
       background: light-dark(#fff, #14171c); color: light-dark(#15181d, #eceff3); }
header { padding: 12px 24px 0; } h1 { font-size: 26px; margin: 0; }
header p, footer { color: light-dark(#5b626d, #a3abb8); } figure { margin: 0; padding: 0 24px; }
footer { padding: 12px 24px 32px; font-size: 14px; overflow-wrap: anywhere; }
"""


def write_report(folder: Path, result: Result) -> Path:
    """The result as `report.html` in the folder; raises BenchError where there is no room."""
    target = folder / REPORT
    put_text(target, page(result))
    return target


def page(result: Result) -> str:
    """The report of this result; what models said is data in it and never markup."""
    view = bench_view(result)
    title = html.escape(view["title"])
    told = _inert(view)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · FusionLab</title><style>{STYLE}</style>{component_head()}</head>
<body class="fl-auto">
<header><h1>{title}</h1><p>{html.escape(_facts(result))}</p></header>
<div class="fl"></div>
<figure>{_chart(result.contenders)}</figure>
<footer>{html.escape(_made_with(result.environment))}</footer>
<script type="application/json" id="results">{told}</script>
<script>window.FusionLab.bench(document.querySelector(".fl"),
  JSON.parse(document.getElementById("results").textContent));</script>
</body></html>
"""


def _chart(contenders: Sequence[Row]) -> str:
    chart: str = cost_figure(contenders).to_html(
        full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True}
    )
    return chart


def _inert(data: Any) -> str:
    """JSON in which nothing ends a script or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _facts(result: Result) -> str:
    answered = "" if result.complete else " (not all answered)"
    return (
        f"{result.planned} items{answered}, seed {result.suite.seed}; "
        f"{len(result.contenders)} contenders; 95 % intervals"
    )


def _made_with(environment: Mapping[str, Any]) -> str:
    packages = environment.get("packages", {})
    made = ", ".join(f"{name} {value}" for name, value in packages.items())
    return f"Made with {made}, Python {environment.get('python', '?')}."
