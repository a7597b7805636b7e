"""Script and style sheet of all components, for the app and for pages without a server."""

from fusionlab.assets import asset

COMPONENTS = (
    "core",
    "tokens",
    "candidates",
    "outlook",
    "likeness",
    "ballots",
    "experts",
    "texts",
    "turns",
    "ledger",
    "status",
    "bench",
    "rounds",
    "compared",
    "picture",
)


def component_source() -> str:
    """The JavaScript of all components; it defines `window.FusionLab`."""
    return "\n".join(
        asset(f"components/{name}.js").read_text(encoding="utf-8") for name in COMPONENTS
    )


def component_style() -> str:
    """The style sheet of all components."""
    return asset("components/fusionlab.css").read_text(encoding="utf-8")


def component_head() -> str:
    """Style and script of all components, for the head of a page."""
    return f"<style>{component_style()}</style>\n<script>{component_source()}</script>"
