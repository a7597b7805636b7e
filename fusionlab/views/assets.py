"""Where the files of the views are: in the checkout, or in the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "_assets", PACKAGE.parent / "assets")
COMPONENTS = ("core", "tokens", "vote", "texts", "ledger", "status")


def asset(name: str) -> Path:
    """The path of the asset `name`, such as `components/fusionlab.css`.

    Raises FileNotFoundError where it is in none of the places, and ValueError where `name` leads
    out of them.
    """
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(f"{name!r} is no name of an asset")
    for folder in FOLDERS:
        if (folder / name).exists():
            return folder / name
    places = " nor ".join(str(folder) for folder in FOLDERS)
    raise FileNotFoundError(f"there is no asset {name!r} in {places}")


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
