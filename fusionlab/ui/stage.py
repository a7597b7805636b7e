"""A component of assets/components as a Gradio element.

gr.HTML runs its template as code, so the template is a constant; data goes in as JSON and becomes
text nodes in assets/components.
"""

from typing import Any

import gradio as gr


def view(
    component: str, elem_id: str, value: dict[str, Any] | None = None, *, selects: bool = False
) -> gr.HTML:
    """A component of assets/components, drawn anew or grown whenever its value changes.

    `picture` draws whichever component its value names. One that `selects` tells the server what
    the reader has picked.
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
