"""A component of assets/components as a Gradio element.

gr.HTML runs its template as code, so the template is a constant; data goes in as JSON and becomes
text nodes in assets/components.
"""

import json
from typing import Any

import gradio as gr

QUIET: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    "show_progress_on": [],
}
"""For every event: our views say themselves what goes on.

Gradio would tell each element that an event ever had among its outputs how the event stands, also
where that is hidden, and would copy all that the element shows every time.
"""

TOLD_EACH: dict[str, Any] = {"trigger_mode": "multiple", "queue": False, **QUIET}
"""For events that come in quick succession and say something by their data.

Where one comes while another is at work, gradio's `always_last` would send the first one's data
again in its place, and `once` nothing.
"""


def view(component: str, elem_id: str, value: dict[str, Any] | None = None) -> gr.HTML:
    """A component of assets/components, drawn anew or grown whenever its value changes.

    `picture` draws whichever component its value names. What the reader does in it comes back as
    the element's events, with the details as event data.
    """
    return gr.HTML(
        value=value or {},
        html_template=f'<div class="fl fl-{component}"></div>',
        js_on_load=f"""
            const root = element.querySelector(".fl");
            const draw = () => {{
                const packed = typeof props.value === "string";
                const value = packed ? JSON.parse(props.value) : props.value || {{}};
                if (Object.keys(value).length) {{
                    window.FusionLab.{component}(root, value, trigger);
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


def packed(value: dict[str, Any]) -> str:
    """The same as one text, for what changes often: Gradio looks through every part of a table,
    here and in the browser.
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")  # Gradio warns of texts that hold a script


def told(event: gr.EventData) -> dict[str, Any]:
    """What the component said with the event; nothing where that is no table."""
    data = event._data  # gradio offers its parts as attributes only
    return data if isinstance(data, dict) else {}
