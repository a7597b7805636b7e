"""How the app looks: a calm theme in IBM Plex, whose files gradio brings along and serves."""

import gradio as gr

from fusionlab.views.typeface import MONO, SANS, WEIGHTS

CHINESE = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC")


def face(name: str) -> gr.themes.LocalFont:
    """This face of the typeface, in the weights that it has."""
    return gr.themes.LocalFont(name, weights=tuple(WEIGHTS))


def theme() -> gr.themes.Base:
    """The project's theme; asks no font of any other machine."""
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        font=(face(SANS), *CHINESE, "system-ui", "sans-serif"),
        font_mono=(face(MONO), "DejaVu Sans Mono", *CHINESE, "monospace"),
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
