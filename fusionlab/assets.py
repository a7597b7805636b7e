"""Where the files that are no code are: in the checkout, or in the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = (_PACKAGE / "_assets", _PACKAGE.parent / "assets", _PACKAGE.parent)


def asset(name: str) -> Path:
    """The path of the asset `name`, such as `components/fusionlab.css` or `spaces.yaml`.

    Raises FileNotFoundError where it is in none of the places, and ValueError where `name` leads
    out of them.
    """
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(f"{name!r} is no name of an asset")
    for folder in _FOLDERS:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"there is no asset {name!r}")


def has_asset(name: str) -> bool:
    """Whether there is an asset of this name."""
    return any((folder / name).exists() for folder in _FOLDERS)
