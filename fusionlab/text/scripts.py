"""The letters of the world's scripts: normalises spelling, and says what a word is made of.

Chinese, Japanese, Korean, Thai, Lao, Burmese, Khmer and Tibetan put no spaces between words: there
a character with its marks counts as a word, unless a segmenter cuts the text.
"""

import unicodedata

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
"""Chinese, Japanese and Korean characters, as ranges of an expression."""
SPACELESS = (
    "\u0e00-\u0e4e\u0e50-\u0e59\u0e80-\u0eff\u0f00-\u0f03\u0f18-\u0f39\u0f3e-\u0f84\u0f86-\u0fbc"
    "\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u17dc-\u17e9"
)
"""Further scripts without spaces between words."""
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03"
    "\u0a3c-\u0a51\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82"
    "\u0bbe-\u0bd7\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d"
    "\u0d57\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u0f18"
    "\u0f19\u0f35\u0f37\u0f39\u0f71-\u0f84\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u17b4-\u17d3"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a"
)
"""Marks that belong to the letter before them."""
CHARACTER = f"[{CJK}{SPACELESS}][{MARKS}]*"
"""One character of a script without spaces, with its marks."""
LETTERS = f"(?:[^\\W_{CJK}{SPACELESS}]|[{MARKS}])+"
"""A run of letters and digits of scripts with spaces."""


def one_spelling(text: str) -> str:
    """The text case-folded and in compatibility composition (NFKC)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
