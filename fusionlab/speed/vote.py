"""Scoring elections, against rouge-score pair by pair, and one of the largest size by the clock.

Both LCS metrics over 64 candidates of 150 words are held to a bar, and so is a table of a thousand
questions. The alternative is one `RougeScorer.score` a pair; for characters with a tokenizer that
splits the lower-cased text into them. Ours is timed between slices of it. The largest election that
a vote takes, by all three metrics and under every rule, is held to ten seconds.
"""

import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import pandas as pd
import torch
from jaxtyping import Float
from rouge_score.rouge_scorer import RougeScorer
from torch import Tensor

from fusionlab.events import Progress, Voted
from fusionlab.methods.vote import vote
from fusionlab.registry import Request
from fusionlab.sources.references import folder_for
from fusionlab.speed.embedding import measure_embedding
from fusionlab.speed.ratio import SpeedResult, finished, seconds
from fusionlab.text.bulk import vote_table
from fusionlab.text.embedding import MODEL, embedder, load
from fusionlab.text.similarity import char_lcs, cosine, word_rouge_l

CANDIDATES = 64
WORDS = 150
BAR = 200.0
SLICES = 8
CHARACTER_PAIRS = 32
"""Pairs that rouge-score compares by characters; all 2 016 would take it minutes."""
MOST = 256
"""Candidates of the largest election, of `MOST_WORDS` words each."""
MOST_WORDS = 200
SECONDS = 10.0
REFERENCE_PAIRS = 24
PRECISE_TEXTS = 24
"""Texts that are embedded in fp32 as well."""
QUESTIONS = 1000
CANDIDATES_EACH = 8
TABLE_BAR = 200.0
ENGLISH = (
    "the of and a to in is was that for it as with on be by at from this have are which not or an "
    "had were but their one all has can there been more when who will would so no out up into them "
    "then some could time these two may first other its now such over only new also should because "
    "answer question number capital river government temperature approximately therefore however "
    "population century language system different important between example calculate distance "
    "university development international photosynthesis multiplication electricity constitution"
)
"""Words of the largest election: the embedder cuts made-up ones into three times as many tokens."""

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
    yield _table(by_word)
    yield _largest(by_word, by_character)
    yield from measure_embedding()


def candidates(n: int, n_words: int, vocabulary: Sequence[str] = (), seed: int = 0) -> list[str]:
    """The same n texts at every call: one answer, in each a third of its words exchanged."""
    rng = random.Random(seed)  # noqa: S311
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    if not vocabulary:
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


def _table(scorer: RougeScorer) -> SpeedResult:
    """A vote on every question of a table, against rouge-score over all their pairs."""
    texts = {row: candidates(CANDIDATES_EACH, WORDS, seed=row) for row in range(QUESTIONS)}
    frame = pd.DataFrame(
        [[f"question {row}", *given] for row, given in texts.items()],
        columns=["question", *(f"model {i}" for i in range(CANDIDATES_EACH))],
    )
    pairs = list(combinations(range(CANDIDATES_EACH), 2))
    some = random.Random(1).sample(range(QUESTIONS), SLICES)  # noqa: S311
    spent, ours = 0.0, []
    for row in some:
        spent += seconds(lambda row=row: _matrix(scorer, texts[row]))  # type: ignore[misc]
        ours.append(seconds(lambda: vote_table(frame)))
    held = vote_table(frame)
    worst = max(
        abs(held["score"].iloc[row] - max(_means(_matrix(scorer, texts[row])))) for row in some[:2]
    )
    rouge_score, fusionlab = spent / len(some) * QUESTIONS, statistics.median(ours)
    return SpeedResult(
        "vote: a table of questions",
        ratio=rouge_score / fusionlab,
        bar=TABLE_BAR,
        better="higher",
        parts={
            "FusionLab, s": fusionlab,
            "rouge-score, s": rouge_score,
            "largest difference of the elected one's score": worst,
        },
        note=f"{QUESTIONS} questions of {CANDIDATES_EACH} candidates of {WORDS} words, "
        f"{len(pairs)} pairs each, rouge-score pair by pair, {len(some)} questions of it timed "
        "and scaled up",
    )


def _largest(by_word: RougeScorer, by_character: RougeScorer) -> SpeedResult:
    """The whole vote over the most candidates there can be: metrics, rules, panels."""
    texts = candidates(MOST, MOST_WORDS, ENGLISH.split())
    model = finished(embedder())
    model.encode(texts[:2])
    processor = time.process_time()
    spent, voted = _timed(texts)
    processor = time.process_time() - processor
    total = sum(spent.values())
    pairs = random.Random(1).sample(list(combinations(range(MOST), 2)), REFERENCE_PAIRS)  # noqa: S311
    off = {
        name: max(
            abs(voted.similarity[name][i][j] - _f(scorer, texts[i], texts[j])) for i, j in some
        )
        for name, scorer, some in (
            ("rouge_l", by_word, pairs),
            ("char_lcs", by_character, pairs[:4]),
        )
    }
    half, whole = _traced(texts[: MOST // 2]), _traced(texts)
    return SpeedResult(
        "vote: the most candidates",
        ratio=total / SECONDS,
        bar=1.0,
        better="lower",
        parts={
            **{f"{what}, s": value for what, value in spent.items()},
            "processor time a thread, s": processor / torch.get_num_threads(),
            "share of the embedder": spent.get("comparing meanings", 0.0) / total,
            "largest difference from rouge-score": max(off.values()),
            "largest difference of cosines, bf16 from fp32": _bf16_error(texts[:PRECISE_TEXTS]),
            f"peak memory without the embedder, {MOST // 2} candidates, MB": half / 1e6,
            f"peak memory without the embedder, {MOST} candidates, MB": whole / 1e6,
        },
        note=f"{MOST} candidates of {MOST_WORDS} English words, three metrics, six rules, panels; "
        f"seconds out of {SECONDS:g}",
    )


def _timed(texts: Sequence[str]) -> tuple[dict[str, float], Voted]:
    """Seconds of each stage of the vote, by what its progress says."""
    spent: dict[str, float] = {}
    stage, start = "beginning", time.perf_counter()
    found = None
    for event in vote([], Request(""), candidates=tuple(texts)):
        now = time.perf_counter()
        spent[stage] = spent.get(stage, 0.0) + now - start
        start = now
        match event:
            case Progress(what, done):
                stage = what if done < 1 else "electing"
            case Voted():
                found = event
    if found is None:
        raise RuntimeError("a vote without a result")
    return spent, found


def _traced(texts: Sequence[str]) -> int:
    """Bytes that Python and numpy hold at most in a vote without meanings."""
    tracemalloc.start()
    try:
        for _ in vote([], Request(""), candidates=tuple(texts), meanings=False):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _bf16_error(texts: Sequence[str]) -> float:
    folder = finished(folder_for(MODEL))
    tables = [cosine(load(folder, kind).encode(texts)) for kind in (torch.bfloat16, torch.float32)]
    return float((tables[0] - tables[1]).abs().max())


def _matrix(scorer: RougeScorer, texts: Sequence[str]) -> list[list[float]]:
    table = [[0.0] * len(texts) for _ in texts]
    for i, j in combinations(range(len(texts)), 2):
        table[i][j] = table[j][i] = _f(scorer, texts[i], texts[j])
    return table


def _means(table: Sequence[Sequence[float]]) -> list[float]:
    return [sum(row) / (len(table) - 1) for row in table]


def _f(scorer: RougeScorer, one: str, other: str) -> float:
    f: float = scorer.score(one, other)["rougeL"].fmeasure
    return f
