"""A benchmark's report as one HTML file that needs no server, no network and no other file."""

import html
import json
from pathlib import Path
from typing import Any

from fusionlab.bench.folder import put_text
from fusionlab.bench.results import results
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


def write_report(folder: Path) -> Path:
    """The folder's results as `report.html` beside them; raises BenchError without a benchmark."""
    target = folder / REPORT
    put_text(target, page(results(folder)))
    return target


def page(data: dict[str, Any]) -> str:
    """The report of these results; what models said is data in it and never markup."""
    view = bench_view(data)
    title = html.escape(view["title"])
    told = _inert(view)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · FusionLab</title><style>{STYLE}</style>{component_head()}</head>
<body class="fl-auto">
<header><h1>{title}</h1><p>{html.escape(_facts(data))}</p></header>
<div class="fl"></div>
<figure>{_chart(view)}</figure>
<footer>{html.escape(_made_with(data))}</footer>
<script type="application/json" id="results">{told}</script>
<script>window.FusionLab.bench(document.querySelector(".fl"),
  JSON.parse(document.getElementById("results").textContent));</script>
</body></html>
"""


def _chart(view: dict[str, Any]) -> str:
    chart: str = cost_figure(view["contenders"]).to_html(
        full_html=False, include_plotlyjs=True, config={"displaylogo": False, "responsive": True}
    )
    return chart


def _inert(data: Any) -> str:
    """JSON in which nothing ends a script or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _facts(data: dict[str, Any]) -> str:
    suite = data["suite"]
    answered = "" if data["complete"] else " (not all answered)"
    return (
        f"{data['planned']} items{answered}, seed {suite['seed']}; "
        f"{len(data['contenders'])} contenders; 95 % intervals"
    )


def _made_with(data: dict[str, Any]) -> str:
    where = data["environment"]
    made = ", ".join(f"{name} {value}" for name, value in where.get("packages", {}).items())
    return f"Made with {made}, Python {where.get('python', '?')}."
