"""How alike texts are, pair by pair: word-level ROUGE-L, character-level LCS, cosine of embeddings.

Both LCS metrics are one formula over two spellings. With l the length of the longest common
subsequence of two sequences, p = l/|s| and r = l/|t|, the F score is f = 2pr/(p+r) = 2l/(|s|+|t|),
and 0 where nothing is shared. ROUGE-L: Lin 2004, https://aclanthology.org/W04-1013. Matrices are
symmetric and in [0, 1]; a text has similarity 1 to itself unless there is nothing in it to compare.
"""

import re
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TypeVar

import torch
from jaxtyping import Float
from rapidfuzz.distance import LCSseq
from torch import Tensor

T = TypeVar("T")
Steps = Generator[float, None, T]
"""Work that yields the share done so far, in [0, 1], and returns its result."""

CELLS_A_STEP = 2_000_000_000
"""Cells of LCS tables between two reports of progress: about 0.1 s on ASCII, 0.5 s on Chinese."""

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_LATIN = "\u0000-\u036f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\uff00-\uff5e"
_WORD = re.compile(f"[a-z0-9]+|[{CJK}]|[^\\W\\d_{_LATIN}{CJK}]+")
_CJK = re.compile(f"[{CJK}]")


def word_rouge_l(texts: Sequence[str]) -> Float[Tensor, "text text"]:
    """ROUGE-L F over `words`, as rouge-score computes it for text in Latin script."""
    return finished(lcs_f(in_words(texts)))


def char_lcs(texts: Sequence[str]) -> Float[Tensor, "text text"]:
    """LCS F over the characters of the lower-cased texts, blanks and punctuation included."""
    return finished(lcs_f(in_characters(texts)))


def cosine(embeddings: Float[Tensor, "text dim"]) -> Float[Tensor, "text text"]:
    """Cosine of every pair, negative ones counted as 0; a zero vector is like none, even itself."""
    unit = torch.nn.functional.normalize(embeddings.double(), dim=-1)
    product = unit @ unit.T
    likeness = ((product + product.T) / 2).clamp(0, 1)
    return likeness.fill_diagonal_(1) * embeddings.any(dim=-1) * embeddings.any(dim=-1)[:, None]


def words(text: str) -> list[str]:
    """The words that ROUGE-L counts: runs of a–z and 0–9 in the lower-cased text, as rouge-score's.

    rouge-score drops every other letter. So it is here for accented Latin letters; but a Chinese,
    Japanese or Korean character counts as one word, and so does a run of letters of another script.
    """
    return _WORD.findall(text.lower())


def has_cjk(text: str) -> bool:
    """Whether the text has Chinese, Japanese or Korean characters."""
    return _CJK.search(text) is not None


def in_words(texts: Iterable[str]) -> list[str]:
    """Each text with every word spelled as one character, the same in all texts."""
    alphabet: dict[str, str] = {}
    return [
        "".join(alphabet.setdefault(word, chr(len(alphabet))) for word in words(text))
        for text in texts
    ]


def in_characters(texts: Iterable[str]) -> list[str]:
    """Each text in lower case."""
    return [text.lower() for text in texts]


def lcs_f(sequences: Sequence[str]) -> Steps[Float[Tensor, "text text"]]:
    """F of the longest common subsequence of every pair; equal sequences are compared once."""
    distinct = list(dict.fromkeys(sequences))
    table = torch.eye(len(distinct), dtype=torch.float64)
    todo = sum(map(len, distinct)) ** 2 / 2
    cells = reported = 0
    for i, one in enumerate(distinct):
        table[i, i] = bool(one)
        row = []
        for other in distinct[:i]:
            common = LCSseq.similarity(one, other)
            row.append(2 * common / (len(one) + len(other)))
            cells += len(one) * len(other)
            if cells - reported >= CELLS_A_STEP:
                reported = cells
                yield min(cells / todo, 1.0)
        table[i, :i] = table[:i, i] = torch.tensor(row, dtype=torch.float64)
    place = {sequence: i for i, sequence in enumerate(distinct)}
    rows = torch.tensor([place[sequence] for sequence in sequences], dtype=torch.long)
    return table[rows][:, rows]


def finished(steps: Generator[object, None, T]) -> T:
    """The result of the work, all steps done."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


SPELLINGS: dict[str, Callable[[Iterable[str]], list[str]]] = {
    "rouge_l": in_words,
    "char_lcs": in_characters,
}
"""The two LCS metrics by what they compare."""
