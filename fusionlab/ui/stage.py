"""The views as Gradio components.

gr.HTML runs its template as code, so the template is a constant; data goes in as JSON and becomes
text nodes in assets/components.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from fusionlab.trace import Trace
from fusionlab.views.debate import debate_view
from fusionlab.views.experts import expert_view
from fusionlab.views.texts import text_view
from fusionlab.views.tokens import token_view
from fusionlab.views.vote import vote_view


@dataclass(frozen=True, slots=True)
class Stage:
    """What a family's runs are shown with: a component, and the data it draws."""

    component: str
    view: Callable[..., dict[str, Any]]
    grows: bool = False
    """The component keeps what it has and is sent what is new."""

    def drawn(self, trace: Trace, run: str, start: int = 0) -> dict[str, Any]:
        """What the component is sent of the run with this name; from `start` on where it grows."""
        return self.view(trace, start=start, run=run) if self.grows else self.view(trace)

    def items(self, data: dict[str, Any]) -> int:
        """How many steps `data` sends of a run that grows."""
        return len(data["steps"]) if self.grows else 0


STAGES = {
    "Ensemble": Stage("tokens", token_view, grows=True),
    "Vote": Stage("vote", vote_view),
    "Debate": Stage("debate", debate_view),
    "MoE": Stage("experts", expert_view, grows=True),
}
TEXTS = Stage("texts", text_view)


def stage_of(family: str) -> Stage:
    """How runs of this family are shown; as plain texts where there is nothing better."""
    return STAGES.get(family, TEXTS)


def view(
    component: str, elem_id: str, value: dict[str, Any] | None = None, *, selects: bool = False
) -> gr.HTML:
    """A component of assets/components, drawn anew or grown whenever its value changes.

    One that `selects` tells the server what the reader has picked.
    """
    told = ", trigger" if selects else ""
    return gr.HTML(
        value=value or {},
        html_template=f'<div class="fl fl-{component}"></div>',
        js_on_load=f"""
            const root = element.querySelector(".fl");
            const draw = () => {{
                if (Object.keys(props.value || {{}}).length) {{
                    window.FusionLab.{component}(root, props.value{told});
                }}
            }};
            watch("value", draw);
            draw();
        """,
        elem_id=elem_id,
        apply_default_css=False,
        container=False,
        padding=False,
    )
