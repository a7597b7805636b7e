"""The similarity of texts in pairs: word-level ROUGE-L, character-level LCS, cosine of embeddings.

Both LCS metrics are one formula over two spellings. With l the length of the longest common
subsequence of two sequences, p = l/|s| and r = l/|t|, the F score is f = 2pr/(p+r) = 2l/(|s|+|t|),
and 0 where nothing is shared. ROUGE-L: Lin 2004, https://aclanthology.org/W04-1013. Matrices are
symmetric and in [0, 1]; a text has similarity 1 to itself unless it is blank.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from unicodedata import normalize

import numpy as np
import torch
from jaxtyping import Float, Int
from rapidfuzz.distance import LCSseq
from rapidfuzz.process import cdist
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.text.scripts import CHARACTER, CJK, LETTERS, one_spelling
from fusionlab.text.steps import Steps, finished

Cut = Callable[[str], list[str]]
"""Cuts a run of Chinese, Japanese or Korean characters into words."""

CELLS_A_STEP = 2_000_000_000
"""Cells of LCS tables between two reports of progress: about 0.1 s on ASCII, 0.5 s on Chinese."""
CELLS_A_THREAD = 20_000_000
"""Cells below which a second thread costs more than it saves."""
MOST_WORDS = sys.maxunicode
"""Different words: each is represented by a character of its own."""

_WORD = re.compile(f"{CHARACTER}|{LETTERS}")
_PLAIN = re.compile("[a-z0-9]+")
_RUN = re.compile(f"[{CJK}]+|{CHARACTER}|{LETTERS}")
_CJK = re.compile(f"[{CJK}]")


def word_rouge_l(texts: Sequence[str], cut: Cut | None = None) -> Float[Tensor, "text text"]:
    """ROUGE-L F over `words`; for ASCII text with words the same as that of rouge-score."""
    return finished(lcs_f(in_words(texts, cut)))


def char_lcs(texts: Sequence[str]) -> Float[Tensor, "text text"]:
    """LCS F over the characters of the texts in lower case, spaces and punctuation included."""
    return finished(lcs_f(in_characters(texts)))


def cosine(embeddings: Float[Tensor, "text dim"]) -> Float[Tensor, "text text"]:
    """Cosine of every pair, at least 0; a zero vector has 0 with all, even with itself."""
    unit = torch.nn.functional.normalize(embeddings.double(), dim=-1)
    product = unit @ unit.T
    likeness = ((product + product.T) / 2).clamp(0, 1)
    return likeness.fill_diagonal_(1) * embeddings.any(dim=-1) * embeddings.any(dim=-1)[:, None]


def mixed(
    tables: Mapping[str, Float[Tensor, "text text"]], weights: Mapping[str, float]
) -> Float[Tensor, "text text"]:
    """The weighted mean of the tables; at least one weight is above 0."""
    parts = {name: weight for name, weight in weights.items() if weight}
    if len(parts) == 1:
        return tables[next(iter(parts))]
    total = sum(parts.values())
    return torch.stack([tables[name] * (weight / total) for name, weight in parts.items()]).sum(0)


def words(text: str, cut: Cut | None = None) -> list[str]:
    """The words that ROUGE-L counts: runs of letters and digits in one spelling.

    In ASCII they are those of rouge-score, which drops all other letters; here é, in one character
    or two, and full-width digits are letters and digits like others. Chinese, Japanese and Korean
    is cut by `cut`, or else by character, like other scripts without spaces. In a text without any
    words every sign counts as one, so that nothing is dropped.
    """
    plain = one_spelling(text)
    if plain.isascii():
        found = _PLAIN.findall(plain)
    elif cut is None:
        found = _WORD.findall(plain)
    else:
        runs = ([run] if _CJK.match(run) is None else cut(run) for run in _RUN.findall(plain))
        found = list(chain.from_iterable(runs))
    return found or list("".join(plain.split()))


def has_cjk(text: str) -> bool:
    """Whether the text has Chinese, Japanese or Korean characters."""
    return not text.isascii() and _CJK.search(text) is not None


def in_words(texts: Iterable[str], cut: Cut | None = None) -> list[str]:
    """Each text with every word replaced by one character, the same in all texts.

    Raises RecipeError where they have more different words than there are characters.
    """
    number: defaultdict[str, int] = defaultdict(count().__next__)
    spelled = [[number[word] for word in words(text, cut)] for text in texts]
    if len(number) > MOST_WORDS:
        raise RecipeError("words-too-many", words=len(number), most=MOST_WORDS)
    return ["".join(map(chr, numbers)) for numbers in spelled]


def in_characters(texts: Iterable[str]) -> list[str]:
    """Each text in lower case and composed characters (NFC)."""
    return [normalize("NFC", text.lower()) for text in texts]


def lcs_f(sequences: Sequence[str]) -> Steps[Float[Tensor, "text text"]]:
    """F of the longest common subsequence of every pair; equal sequences are compared once."""
    distinct = list(dict.fromkeys(sequences))
    lengths = np.array([len(each) for each in distinct], dtype=np.int64)
    if int(lengths.sum()) ** 2 <= CELLS_A_STEP:
        common = _common(distinct, distinct)  # rapidfuzz computes only half of a list with itself
    else:
        common = yield from _in_tiles(distinct, lengths)
    both = lengths[:, None] + lengths
    table = 2 * common / np.maximum(both, 1)
    if len(distinct) == len(sequences):
        return torch.from_numpy(table)
    place = {sequence: i for i, sequence in enumerate(distinct)}
    rows = np.array([place[sequence] for sequence in sequences], dtype=np.int64)
    return torch.from_numpy(table[rows][:, rows])


def _in_tiles(
    texts: Sequence[str], lengths: Int[np.ndarray, " text"]
) -> Steps[Int[np.ndarray, "text text"]]:
    """The lengths of all common subsequences, half of the table computed and mirrored."""
    common = np.zeros((len(texts), len(texts)), dtype=np.int64)
    todo, done = float(lengths.sum()) ** 2 / 2, 0.0
    for row in range(len(texts)):
        for start, end in _tiles(int(lengths[row]), lengths[: row + 1]):
            tile = _common([texts[row]], texts[start:end])[0]
            common[row, start:end] = common[start:end, row] = tile
            done += float(lengths[row]) * float(lengths[start:end].sum())
            yield min(done / todo, 1.0)
    return common


def _tiles(height: int, widths: Int[np.ndarray, " text"]) -> Iterator[tuple[int, int]]:
    """Consecutive columns of at most `CELLS_A_STEP` cells in this row, at least one column each."""
    start = cells = 0
    for column, width in enumerate(widths.tolist()):
        if column > start and cells + height * width > CELLS_A_STEP:
            yield start, column
            start, cells = column, 0
        cells += height * width
    yield start, len(widths)


def _common(one: Sequence[str], other: Sequence[str]) -> Int[np.ndarray, "one other"]:
    """The length of the longest common subsequence of every pair."""
    if not one:
        return np.zeros((0, 0), dtype=np.int64)
    cells = sum(map(len, one)) * sum(map(len, other))
    workers = torch.get_num_threads() if cells > CELLS_A_THREAD else 1
    return cdist(one, other, scorer=LCSseq.similarity, dtype=np.int64, workers=workers)


SPELLINGS: dict[str, Callable[[Iterable[str], Cut | None], list[str]]] = {
    "rouge_l": in_words,
    "char_lcs": lambda texts, _: in_characters(texts),
}
"""How each LCS metric turns texts into sequences."""
UNITS = {"rouge_l": "words", "char_lcs": "characters", "cosine": "meanings"}
"""What each metric compares."""
