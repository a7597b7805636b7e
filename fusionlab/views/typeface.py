"""The typeface of every page: IBM Plex, © IBM Corp., SIL Open Font License 1.1.

Its files come with gradio, which serves them to the app. A page without a server carries them.
Gradio's SemiBold and Medium hold Cyrillic letters only; so the weights are 400 and 700, and what
the style sheets want in between takes the nearer of the two.
"""

from base64 import b64encode
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

SANS = "IBM Plex Sans"
MONO = "IBM Plex Mono"
WEIGHTS = {400: "Regular", 700: "Bold"}
LICENCE = "/* IBM Plex © IBM Corp., SIL Open Font License 1.1: https://openfontlicense.org */"


def font_file(family: str, weight: int) -> Path:
    """Where gradio, which is not imported for it, has this face as woff2."""
    name = family.replace(" ", "")
    fonts = "gradio/templates/frontend/static/fonts"
    file = f"{fonts}/{name}/{name}-{WEIGHTS[weight]}.woff2"
    return Path(str(distribution("gradio").locate_file(file)))


@cache
def typeface_style() -> str:
    """A style sheet that holds every face of the typeface; some 250 kB."""
    faces = [_face(family, weight) for family in (SANS, MONO) for weight in WEIGHTS]
    return "\n".join([LICENCE, *faces])


def _face(family: str, weight: int) -> str:
    data = b64encode(font_file(family, weight).read_bytes()).decode("ascii")
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
        f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}'
    )
