"""How the app looks: a calm theme on system fonts, and the style of the frame around the views."""

import gradio as gr

SANS = ("ui-sans-serif", "system-ui", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif")
MONO = ("ui-monospace", "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", "monospace")

CSS = """
.gradio-container { max-width: 1680px !important; margin: 0 auto; }
.fl-head { align-items: center; gap: 24px; padding: 10px 4px 2px; }
.fl-head h1 { font-size: 28px; font-weight: 650; letter-spacing: -0.02em; margin: 0; }
.fl-head p { margin: 2px 0 0; color: var(--body-text-color-subdued); font-size: 15px; }
.fl-page { gap: 28px; align-items: flex-start; }
.fl-recipe { gap: 12px; }
.fl-stage { gap: 18px; }
.fl-prompt textarea { font-size: 17px; line-height: 1.5; }
.fl-member { border-left: 5px solid var(--fl-member-colour); border-radius: 8px; }
.fl-member-head { padding: 8px 8px 0 12px; align-items: center; }
.fl-member-head input { font-weight: 600; color: var(--fl-member-colour); background: none; border: 0; }
.fl-member-0 { --fl-member-colour: var(--fl-member-0); }
.fl-member-1 { --fl-member-colour: var(--fl-member-1); }
.fl-member-2 { --fl-member-colour: var(--fl-member-2); }
.fl-member-3 { --fl-member-colour: var(--fl-member-3); }
.fl-member-4 { --fl-member-colour: var(--fl-member-4); }
.fl-member-5 { --fl-member-colour: var(--fl-member-5); }
.fl-open { min-height: 0; }
footer { display: none !important; }
@media (max-width: 820px) { .fl-recipe, .fl-stage { min-width: 100% !important; } }
"""


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
