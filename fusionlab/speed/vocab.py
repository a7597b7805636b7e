"""Maps between two large vocabularies: exact matches, and MinED against one plain table.

The plain way is the whole table of edit distances, by rapidfuzz on all cores, a row for each token
without an exact counterpart; some of its rows are timed and scaled up, and compared with the map.
"""

import random
from collections.abc import Iterator

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from fusionlab.models.vocabulary import Vocabulary
from fusionlab.speed.align import SOURCE_TOKENS, TARGET_TOKENS, vocabularies
from fusionlab.speed.ratio import SpeedResult, in_turn, seconds
from fusionlab.tokens.joint import united
from fusionlab.tokens.maps import exact_map, nearest_map
from fusionlab.tokens.spelling import characters

EXACT_SECONDS = 0.5
NEAREST_SECONDS = 15.0
ROUNDS = 5
SAMPLE = 400
"""Rows of the table that are made."""


def measure_vocab() -> Iterator[SpeedResult]:
    """The exact map, the union that it gives, and the nearest map."""
    source, target = vocabularies(SOURCE_TOKENS, TARGET_TOKENS)
    sizes = f"{len(source.pieces)} tokens to {len(target.pieces)}"
    yield _exact(source, target, sizes)
    yield _nearest(source, target, sizes)


def _exact(source: Vocabulary, target: Vocabulary, sizes: str) -> SpeedResult:
    exact, union = in_turn(
        lambda: exact_map(source, target), lambda: united([target, source]), rounds=ROUNDS
    )
    return SpeedResult(
        "vocab: exact map",
        exact / EXACT_SECONDS,
        1.0,
        "lower",
        {"exact map, s": exact, "union of both vocabularies, s": union},
        f"{sizes}; seconds out of {EXACT_SECONDS:g}",
    )


def _nearest(source: Vocabulary, target: Vocabulary, sizes: str) -> SpeedResult:
    found: list[np.ndarray] = []
    spent = seconds(lambda: found.append(nearest_map(source, target)))
    lacking = np.flatnonzero(exact_map(source, target) < 0).tolist()
    sample = random.Random(2).sample(lacking, SAMPLE)  # noqa: S311
    words = [characters(source.pieces[token]) for token in sample]
    among = [characters(piece) for piece in target.pieces]
    plain: list[np.ndarray] = []

    def table() -> None:
        distances = cdist(words, among, scorer=Levenshtein.distance, dtype=np.uint8, workers=-1)
        plain.append(distances.argmin(axis=1))

    whole = seconds(table) * len(lacking) / SAMPLE
    return SpeedResult(
        "vocab: MinED map",
        spent / NEAREST_SECONDS,
        1.0,
        "lower",
        {
            "FusionLab, s": spent,
            "one plain table, s": whole,
            "tokens without an exact counterpart": len(lacking),
            f"of {SAMPLE} tokens, mapped otherwise by the table": int(
                (found[0][sample] != plain[0]).sum()
            ),
        },
        f"{sizes}; seconds out of {NEAREST_SECONDS:g}; the table is rapidfuzz's on all cores, "
        f"{SAMPLE} rows timed and scaled up",
    )
