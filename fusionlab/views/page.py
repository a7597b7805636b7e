"""What there is to show as one HTML file that needs no server, no network and no other file.

Its reader chooses the language: by `?lang=` in its address, by a link on the page, or by the
browser's. What models said is data in it and never markup.
"""

import html
import json
from collections.abc import Mapping
from typing import Any

from fusionlab.trace import Trace
from fusionlab.views.assets import component_head
from fusionlab.views.headline import headline_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.spoken import Said, saying
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.views.typeface import typeface_style

TITLE = "FusionLab"
STYLE = """
body { margin: 0 auto; max-width: 1300px; padding: 8px;
       font-family: "IBM Plex Sans", system-ui, sans-serif; color-scheme: light dark;
       background: light-dark(#fff, #14171c); color: light-dark(#15181d, #eceff3); }
body > header { display: flex; flex-wrap: wrap; align-items: baseline;
                justify-content: space-between; gap: 4px 24px; padding: 12px 24px 0; }
body > header h1 { font-size: 26px; margin: 0; }
body > header button { min-height: 40px; padding: 4px 14px; border: 1px solid; border-radius: 10px;
                       background: none; color: inherit; font: inherit; cursor: pointer; }
body > footer { padding: 12px 24px 32px; font-size: 15px; overflow-wrap: anywhere;
                color: light-dark(#5b626d, #a3abb8); }
@media print { body { color-scheme: light; padding: 0; } body > header button { display: none; }
               body > header, body > footer { padding: 0 0 4px; } }
"""
SCRIPT = """
(() => {
  const told = JSON.parse(document.getElementById("told").textContent);
  const { choose, language, languages, said, t } = window.FusionLab.words;
  const title = said(told.title);
  document.title = t("page-title", { title });
  document.querySelector("body > header h1").textContent = title;
  document.querySelector("body > footer").textContent = said(told.made);
  const other = languages.find((name) => name !== language);
  const button = document.querySelector("body > header button");
  button.textContent = t(`frame-in-${other}`);
  button.lang = other;
  button.addEventListener("click", () => choose(other));
  for (const [component, view] of told.views) {
    const room = document.createElement("div");
    room.className = `fl fl-${component}`;
    document.querySelector("main").append(room);
    window.FusionLab[component](room, view);
  }
})();
"""

Shown = tuple[str, Mapping[str, Any]]
"""A component and what it shows."""


def run_page(trace: Trace) -> str:
    """The whole run: its question and answer, its picture, what to notice and what it cost."""
    views: list[Shown] = [
        ("status", status_view(trace, recorded=True)),
        ("headline", headline_view(trace)),
        ("picture", stage_for(trace).drawn(trace, "run")),
        ("notice", notice_view(trace)),
        ("ledger", ledger_view(trace)),
    ]
    named = f"method-{trace.recipe.method.replace('_', '-')}"
    return page(saying(named), views, trace.env, plain=trace.recipe.method)


def page(title: Any, views: list[Shown], environment: Mapping[str, Any], *, plain: str) -> str:
    """These views below one another; `plain` is the title for whoever runs no script."""
    told = {"title": title, "views": views, "made": _made_with(environment)}
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(plain)} · {TITLE}</title>
<style>{typeface_style()}
{STYLE}</style>{component_head()}</head>
<body class="fl-auto fl-alone">
<header><h1></h1><button type="button"></button></header>
<main class="fl-result"></main>
<footer></footer>
<script type="application/json" id="told">{_inert(told)}</script>
<script>{SCRIPT}</script>
</body></html>
"""


def _inert(data: Any) -> str:
    """JSON in which nothing ends a script or begins a comment."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _made_with(environment: Mapping[str, Any]) -> Said:
    given = environment.get("packages")
    packages = given if isinstance(given, Mapping) else {}
    made = ", ".join(f"{name} {value}" for name, value in packages.items())
    return saying("page-made-with", packages=made, python=str(environment.get("python", "?")))
