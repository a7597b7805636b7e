"""Scoring an election of 64 candidates of 150 words, against rouge-score pair by pair.

Both LCS metrics are held to a bar. The alternative is one `RougeScorer.score` a pair; for
characters with a tokenizer that splits the lower-cased text into them. Ours is timed between slices
of it.
"""

import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from jaxtyping import Float
from rouge_score.rouge_scorer import RougeScorer
from torch import Tensor

from fusionlab.bench.ratio import SpeedResult, seconds
from fusionlab.text.similarity import char_lcs, word_rouge_l

CANDIDATES = 64
WORDS = 150
BAR = 200.0
SLICES = 8
CHARACTER_PAIRS = 32
"""Pairs that rouge-score compares by characters; all 2 016 would take it minutes."""

Metric = Callable[[Sequence[str]], Float[Tensor, "text text"]]
Pair = tuple[int, int]


class Characters:
    """A tokenizer for rouge-score: every character of the lower-cased text is a token."""

    def tokenize(self, text: str) -> list[str]:
        """The characters."""
        return list(text.lower())


def measure_vote() -> Iterator[SpeedResult]:
    """Both LCS metrics over all pairs, as multiples of rouge-score's speed."""
    texts = candidates(CANDIDATES, WORDS)
    pairs = list(combinations(range(CANDIDATES), 2))
    sample = random.Random(1).sample(pairs, CHARACTER_PAIRS)  # noqa: S311
    by_word = RougeScorer(["rougeL"])
    by_character = RougeScorer(["rougeL"], tokenizer=Characters())
    yield _compared("vote: word ROUGE-L", word_rouge_l, by_word, texts, pairs)
    yield _compared("vote: character ROUGE-L", char_lcs, by_character, texts, sample)


def candidates(n: int, n_words: int) -> list[str]:
    """The same n texts at every call: one answer, in each a third of its words exchanged."""
    rng = random.Random(0)  # noqa: S311
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(800)]
    answer = rng.choices(vocabulary, k=n_words)
    return [
        " ".join(rng.choice(vocabulary) if rng.random() < 1 / 3 else word for word in answer) + "."
        for _ in range(n)
    ]


def _compared(
    name: str, metric: Metric, scorer: RougeScorer, texts: Sequence[str], pairs: Sequence[Pair]
) -> SpeedResult:
    """`metric` over all pairs against `scorer` over `pairs`, scaled up to all."""
    n_pairs = len(texts) * (len(texts) - 1) // 2
    table = metric(texts)
    theirs: dict[Pair, float] = {}

    def score(part: Sequence[Pair]) -> None:
        for i, j in part:
            theirs[i, j] = scorer.score(texts[i], texts[j])["rougeL"].fmeasure

    score(pairs[:1])
    spent, ours = 0.0, []
    for start in range(SLICES):
        spent += seconds(lambda part=pairs[start::SLICES]: score(part))  # type: ignore[misc]
        ours += [seconds(lambda: metric(texts)) for _ in range(3)]
    rouge_score = spent * n_pairs / len(pairs)
    fusionlab = statistics.median(ours)
    scaled = "" if len(pairs) == n_pairs else f", {len(pairs)} of them timed and scaled up"
    return SpeedResult(
        name,
        ratio=rouge_score / fusionlab,
        bar=BAR,
        better="higher",
        parts={
            "FusionLab, s": fusionlab,
            "rouge-score, s": rouge_score,
            "pairs compared with rouge-score": len(pairs),
            "largest difference": max(abs(float(table[p]) - f) for p, f in theirs.items()),
        },
        note=f"{n_pairs} pairs of {WORDS} words, rouge-score pair by pair{scaled}",
    )
