"""A benchmark's report as one HTML file that needs no server, no network and no other file.

Its reader chooses the language: by `?lang=` in its address, by a link on the page, or by the
browser's.
"""

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fusionlab.bench.folder import put_text
from fusionlab.bench.rows import Result
from fusionlab.views.assets import component_head
from fusionlab.views.bench import bench_view
from fusionlab.views.spoken import saying

REPORT = "report.html"
STYLE = """
body { margin: 0 auto; max-width: 1300px; padding: 8px; font-family: system-ui, sans-serif;
       color-scheme: light dark;
       background: light-dark(#fff, #14171c); color: light-dark(#15181d, #eceff3); }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between;
         gap: 4px 24px; padding: 12px 24px 0; }
h1 { font-size: 26px; margin: 0; }
button { min-height: 40px; padding: 4px 14px; border: 1px solid; border-radius: 10px;
         background: none; color: inherit; font: inherit; cursor: pointer; }
footer { padding: 12px 24px 32px; font-size: 15px; overflow-wrap: anywhere;
         color: light-dark(#5b626d, #a3abb8); }
"""
NAMES = {"en": "English", "zh": "中文"}
"""What each language calls itself."""
SCRIPT = """
(() => {
  const told = JSON.parse(document.getElementById("results").textContent);
  const { choose, language, said, t } = window.FusionLab.words;
  const title = said(told.view.title);
  document.title = t("bench-page-title", { title });
  document.querySelector("h1").textContent = title;
  document.querySelector("footer").textContent = said(told.made);
  const other = Object.keys(told.names).find((name) => name !== language);
  const button = document.querySelector("header button");
  button.textContent = told.names[other];
  button.lang = other;
  button.addEventListener("click", () => choose(other));
  window.FusionLab.bench(document.querySelector(".fl"), told.view);
})();
"""


def write_report(folder: Path, result: Result) -> Path:
    """The result as `report.html` in the folder; raises BenchError where there is no room."""
    target = folder / REPORT
    put_text(target, page(result))
    return target


def page(result: Result) -> str:
    """The report of this result; what models said is data in it and never markup."""
    told = {"view": bench_view(result), "made": _made_with(result.environment), "names": NAMES}
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(result.suite.title)} · FusionLab</title>
<style>{STYLE}</style>{component_head()}</head>
<body class="fl-auto">
<header><h1></h1><button type="button"></button></header>
<main><div class="fl"></div></main>
<footer></footer>
<script type="application/json" id="results">{_inert(told)}</script>
<script>{SCRIPT}</script>
</body></html>
"""


def _inert(data: Any) -> str:
    """JSON in which nothing ends a script or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _made_with(environment: Mapping[str, Any]) -> dict[str, Any]:
    packages = environment.get("packages", {})
    made = ", ".join(f"{name} {value}" for name, value in packages.items())
    return saying("bench-made-with", packages=made, python=str(environment.get("python", "?")))
