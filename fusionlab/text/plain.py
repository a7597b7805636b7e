"""Rewrites full-width signs, LaTeX and Markdown as plain characters.

So `９{,}５００`, `$\\frac{3}{4}$`, `**–7**` and `3½` are read as `9,500`, `3/4`, `-7` and `3 1/2`.
Unknown commands stay as they are; a number beside one is then not read.
"""

import re
import unicodedata

_RAISED = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = "₊₋₀₁₂₃₄₅₆₇₈₉"
_FIGURES = "+-0123456789"
_UNRAISE = str.maketrans(_RAISED + _LOWERED, _FIGURES * 2)
_SHIFTED = re.compile(f"[{_RAISED}]+|[{_LOWERED}]+")
_VULGAR = re.compile("[¼-¾⅐-⅞]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_SIGNS = {
    **dict.fromkeys("–−‐‑‒﹣", "-"),
    **dict.fromkeys("—―", ";"),
    **dict.fromkeys("‘’‚′ʼ", "'"),
    **dict.fromkeys("“”„«»「」『』", '"'),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "⁄": "/",
    "∕": "/",
    "⋅": "·",
    "∙": "·",
    "～": "~",
}
_SIGN = re.compile(f"[{''.join(_SIGNS)}]")
_NUMBER = r"\s{0,2}(-?\d{1,40}(?:\.\d{1,40})?)\s{0,2}"
_FRACTION = re.compile(rf"\\[cdt]?frac\s{{0,2}}\{{{_NUMBER}\}}\s{{0,2}}\{{{_NUMBER}\}}", re.ASCII)
_SIGNED_FRACTION = re.compile(rf"(?<=[-+]){_FRACTION.pattern}", re.ASCII)
_SHORT_FRACTION = re.compile(r"\\[cdt]?frac\s{0,2}(\d)\s{0,2}(\d)(?!\d)", re.ASCII)
_SPACE = re.compile(r"\\[,;:! ]|~")
_GROUPING_SPACE = re.compile(r"(?<=\d)\\[,;:! ](?=\d{3}(?!\d))", re.ASCII)
_WORDING = re.compile(
    r"\\(?:text|mathrm|mathbf|mathit|mathsf|textbf|textit|mbox|operatorname)\s?\{"
)
_LAYOUT = re.compile(r"\\(?:left|right|displaystyle|quad|qquad|[dl]?dots|big|Big)(?![A-Za-z])")
_MEANINGS = {
    r"\times": "×",
    r"\cdot": "·",
    r"\div": "÷",
    r"\approx": "≈",
    r"\pm": "±",
    r"\neq": "≠",
    r"\geq": "≥",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\le": "≤",
    r"\gt": ">",
    r"\lt": "<",
    r"\circ": "°",
    r"\degree": "°",
}
_MEANING = re.compile("|".join(rf"{re.escape(name)}(?![A-Za-z])" for name in _MEANINGS))
_POWER = re.compile(r"\*\*(?:(?<=[\d)]\*\*)|(?<=\b[A-Za-z]\*\*))(?=\(?-?\d)", re.ASCII)
_EMPHASIS = re.compile(r"\*\*|__|`+")
_TURN = re.compile(r"\^\{?°\}?")


def plainly(text: str) -> str:
    """The text in plain characters; applying it again changes no number."""
    if not text.isascii():
        text = _VULGAR.sub(_vulgar, text)
        text = _SHIFTED.sub(_shifted, text)
        text = half_width(text)
        if not unicodedata.is_normalized("NFKC", text):  # checking is cheaper
            text = unicodedata.normalize("NFKC", text)
        text = _SIGN.sub(lambda found: _SIGNS[found[0]], text)
    text = text.replace("{,}", ",")
    if "\\" in text:
        text = _without_latex(text)
    text = _POWER.sub("^", text)
    return _EMPHASIS.sub("", text)


def half_width(text: str) -> str:
    """The text with ASCII for full-width signs, with every character in the same place."""
    return _FULL_WIDTH.sub(lambda found: chr(ord(found[0]) - 0xFEE0), text)


def _vulgar(found: re.Match[str]) -> str:
    """3½ is 3 1/2, and –½ is -1/2."""
    blank = " " if found.string[found.start() - 1 : found.start()].isdigit() else ""
    return f"{blank}{unicodedata.normalize('NFKC', found[0])}"


def _shifted(found: re.Match[str]) -> str:
    return f"{'^' if found[0][0] in _RAISED else '_'}{found[0].translate(_UNRAISE)}"


def _without_latex(text: str) -> str:
    text = _SIGNED_FRACTION.sub(r"\1/\2", text)
    text = _FRACTION.sub(r" \1/\2", text)
    text = _SHORT_FRACTION.sub(r" \1/\2", text)
    text = _SPACE.sub(" ", _GROUPING_SPACE.sub(" ", text))
    for sign in "%$#&_":
        text = text.replace(f"\\{sign}", sign)
    text = re.sub(r"\\[()\[\]]", " ", text)
    text = _LAYOUT.sub(" ", _WORDING.sub(" ", text))
    text = _MEANING.sub(lambda found: _MEANINGS[found[0]], text)
    return _TURN.sub("°", text)
