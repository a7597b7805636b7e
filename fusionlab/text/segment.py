"""Words of Chinese, cut by jieba where it is installed: https://github.com/fxsjy/jieba.

Chinese is written without spaces between words. Where jieba is missing, every character counts as a
word; runs record which was used, since it changes word-level ROUGE.
"""

import logging
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from threading import Lock

from fusionlab.sources.store import home
from fusionlab.text.similarity import Cut, has_cjk

JIEBA = "jieba"
CHARACTERS = "characters"

_loading = Lock()


def segmenter(texts: Sequence[str]) -> tuple[str, Cut | None]:
    """What counts as a word of these texts, and what cuts them; neither without Chinese text."""
    if not any(map(has_cjk, texts)):
        return "", None
    if find_spec(JIEBA) is None:
        return CHARACTERS, None
    with _loading:
        return JIEBA, _jieba()


@cache
def _jieba() -> Cut:
    """jieba's cut with its dictionary loaded: about a second, or two the first time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its regular expressions are written for older Pythons
        import jieba
    jieba.setLogLevel(logging.CRITICAL)  # it would complain of a cache that it cannot write
    tokenizer = jieba.Tokenizer()
    # Its own place for the cache is the folder for temporary files, where everybody can write.
    cache_folder = home() / "jieba"
    with suppress(OSError):
        cache_folder.mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir = str(cache_folder)
    tokenizer.initialize()
    cut: Cut = tokenizer.lcut
    return cut
