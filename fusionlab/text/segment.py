"""Words of Chinese, cut by jieba where it is installed: https://github.com/fxsjy/jieba.

Chinese is written without blanks between its words. Where nothing cuts it, every character counts
as one; what a word was is told, since it changes word-level ROUGE.
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
    """What a word of these texts is, and what cuts it; both empty where it is not asked."""
    if not any(map(has_cjk, texts)):
        return "", None
    if find_spec(JIEBA) is None:
        return CHARACTERS, None
    with _loading:
        return JIEBA, _jieba()


@cache
def _jieba() -> Cut:
    """jieba's cut, its dictionary loaded; that takes about a second, the first time two."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its regular expressions are written for older Pythons
        import jieba
    jieba.setLogLevel(logging.CRITICAL)  # a cache that cannot be written is none: no more
    tokenizer = jieba.Tokenizer()
    # Its own place for the cache is the folder for temporary files, where everybody can write.
    cache_folder = home() / "jieba"
    with suppress(OSError):
        cache_folder.mkdir(parents=True, exist_ok=True)
    tokenizer.tmp_dir = str(cache_folder)
    tokenizer.initialize()
    cut: Cut = tokenizer.lcut
    return cut
