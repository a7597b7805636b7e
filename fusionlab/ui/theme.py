"""How the app looks: a calm theme on system fonts."""

import gradio as gr

SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif")
MONO = (
    "ui-monospace",
    "SF Mono",
    "Cascadia Mono",
    "DejaVu Sans Mono",
    "Noto Sans Mono CJK SC",
    "monospace",
)


def theme() -> gr.themes.Base:
    """The project's theme; asks no font of anyone."""
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=SANS,
        font_mono=MONO,
        radius_size=gr.themes.sizes.radius_md,
    )
    return base.set(
        body_background_fill="#fbfbfa",
        body_background_fill_dark="#12151a",
        block_background_fill="#ffffff",
        block_background_fill_dark="#1a1e25",
        block_border_color="#e6e6e2",
        block_border_color_dark="#2b313b",
        block_label_text_weight="500",
        button_primary_background_fill="#0072B2",
        button_primary_background_fill_hover="#005a8d",
        button_primary_background_fill_dark="#1f86c4",
        button_primary_text_color="#ffffff",
        block_shadow="none",
        block_shadow_dark="none",
    )
