"""For each token of one vocabulary, the token of another that says the same, or nearly.

EM takes the token with the same bytes. MinED takes it where there is one, and else the token with
the smallest edit distance, the first one of several: FuseLLM, https://arxiv.org/abs/2401.10491,
where it was the better of the two. Control tokens are mapped to control tokens only.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Int64
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from fusionlab.models.vocabulary import Vocabulary
from fusionlab.sources import store
from fusionlab.text.steps import Steps, finished
from fusionlab.tokens.spelling import characters, fingerprint, silent
from fusionlab.writing import putting

NOWHERE = -1
"""The target of a token that has none."""
FORM = 1
"""Of the maps that are kept; another form is not read."""
AT_ONCE = 8_000_000
"""Pairs of tokens whose distances are in memory together."""
LOOKED_UP = 0.3
"""About the share of the time in which those within one edit are looked up."""
LOOKED_UP_AT_ONCE = 2000
FAR = np.iinfo(np.int64).max
GAP = "\ufdd0"
"""Stands for any one character; it is none itself."""

MapRule = Literal["em", "mined"]
TokenMap = Int64[np.ndarray, " source"]


def exact_map(source: Vocabulary, target: Vocabulary) -> TokenMap:
    """The target's token with the same bytes, or NOWHERE.

    Of several tokens with these bytes the last counts: bytes by themselves come before characters
    in a vocabulary. Where both have several, they are paired from the last one on. A token that
    ends an answer, and has no namesake, is the target's first such token.
    """
    ours, theirs = _texts(source), _texts(target)
    last = _last(theirs)
    found = np.fromiter(map(last.get, ours, repeat(NOWHERE)), np.int64, len(ours))
    _pair(found, _several(ours), _several(theirs))
    _pair(found, _places(source, _controls(source)), _places(target, _controls(target)))
    if target.ends:
        for token in source.ends:
            found[token] = min(target.ends) if found[token] == NOWHERE else found[token]
    return found


def nearest_map(source: Vocabulary, target: Vocabulary) -> TokenMap:
    """What `nearest_map_steps` returns."""
    return finished(nearest_map_steps(source, target))


def nearest_map_steps(source: Vocabulary, target: Vocabulary) -> Steps[TokenMap]:
    """The exact map, and for text that it lacks the target's nearest token by edit distance.

    Distances count characters, see `characters`; equally near is the first one. Control tokens, and
    ids that stand for nothing, stay NOWHERE.
    """
    found = exact_map(source, target)
    lacking: dict[str, list[int]] = {}
    for token in np.flatnonzero(found == NOWHERE).tolist():
        if source.pieces[token] and not silent(source, token):
            lacking.setdefault(characters(source.pieces[token]), []).append(token)
    ids = sorted(token for piece, token in _last(_texts(target)).items() if piece)
    if ids:
        among = [characters(target.pieces[token]) for token in ids]
        near = yield from nearest_steps(list(lacking), among)
        for tokens, place in zip(lacking.values(), near.tolist(), strict=True):
            found[tokens] = ids[place]
    return found


def nearest(words: Sequence[str], among: Sequence[str]) -> Int64[np.ndarray, " word"]:
    """What `nearest_steps` returns."""
    return finished(nearest_steps(words, among))


def nearest_steps(words: Sequence[str], among: Sequence[str]) -> Steps[Int64[np.ndarray, " word"]]:
    """For each word the place of the nearest by edit distance, the first of several; exact.

    Those within one edit are looked up. Two words differ by at least the difference of their
    lengths: so for the others, words of equal length are compared first, and further ones only as
    far as they can still be as near. A step is a fraction of a second.
    """
    best = np.full(len(words), FAR)
    place = np.full(len(words), FAR)
    yield from _look_up(words, among, best, place)
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    far = np.flatnonzero(best > 1)
    buckets = _by_length(among)
    done = 0
    for length in np.unique(lengths[far]).tolist():
        group = far[lengths[far] == length]
        share = LOOKED_UP + (1 - LOOKED_UP) * done / len(far)
        done += len(group)
        for more in range(max(abs(length - other) for other in buckets) + 1):
            open_ones = group[best[group] >= more]
            if not len(open_ones):
                break
            for other in sorted({length - more, length + more} & set(buckets)):
                for part in _parts(open_ones, buckets[other]):
                    yield share
                    _compare(words, among, part, buckets[other], best, place)
    return place


def token_map(source: Vocabulary, target: Vocabulary, rule: MapRule) -> TokenMap:
    """What `token_map_steps` returns."""
    return finished(token_map_steps(source, target, rule))


def token_map_steps(source: Vocabulary, target: Vocabulary, rule: MapRule) -> Steps[TokenMap]:
    """The map by this rule; the nearest one is kept, since it takes seconds to find."""
    if rule == "em":
        return exact_map(source, target)
    file = _kept(source, target, rule)
    with suppress(OSError, ValueError):
        kept: TokenMap = np.load(file, allow_pickle=False)
        if kept.dtype == np.int64 and kept.shape == (len(source.pieces),):
            return kept
    found = yield from nearest_map_steps(source, target)
    with suppress(OSError):  # it cannot be kept: it is found again next time
        file.parent.mkdir(parents=True, exist_ok=True)
        with putting(file) as part, part.open("wb") as stream:
            np.save(stream, found)
    return found


def _kept(source: Vocabulary, target: Vocabulary, rule: MapRule) -> Path:
    named = f"{FORM} {rule} {fingerprint(source)} {fingerprint(target)}"
    name = hashlib.sha256(named.encode()).hexdigest()[:32]
    return store.home() / "maps" / f"{name}.npy"


def _pair(
    found: TokenMap, ours: Mapping[bytes, list[int]], theirs: Mapping[bytes, list[int]]
) -> None:
    """Tokens with the same bytes are mapped to one another in their order."""
    for piece, ids in ours.items():
        if hits := theirs.get(piece):
            for rank, token in enumerate(ids):
                found[token] = hits[rank] if rank < len(hits) else hits[0]


def _controls(vocabulary: Vocabulary) -> list[int]:
    """The ids of control tokens, the last one first."""
    controls = vocabulary.special | vocabulary.ends
    return sorted((token for token in controls if token < len(vocabulary.pieces)), reverse=True)


def _texts(vocabulary: Vocabulary) -> list[bytes | None]:
    """What each token says; None where it is a control token."""
    texts: list[bytes | None] = list(vocabulary.pieces)
    for token in _controls(vocabulary):
        texts[token] = None
    return texts


def _last(texts: Sequence[bytes | None]) -> dict[bytes | None, int]:
    """The last token with each text."""
    last = dict(zip(texts, range(len(texts)), strict=True))
    last.pop(None, None)
    return last


def _several(texts: Sequence[bytes | None]) -> dict[bytes, list[int]]:
    """The tokens of each text that several have, the last one first."""
    last = _last(texts)
    if len(last) == len(texts) - texts.count(None):
        return {}
    places: dict[bytes, list[int]] = {}
    earlier = {text for at, text in enumerate(texts) if text is not None and last[text] != at}
    for token in range(len(texts) - 1, -1, -1):
        text = texts[token]
        if text is not None and text in earlier:
            places.setdefault(text, []).append(token)
    return places


def _places(vocabulary: Vocabulary, ids: Sequence[int]) -> dict[bytes, list[int]]:
    """These tokens by their bytes, in their order."""
    places: dict[bytes, list[int]] = {}
    for token in ids:
        places.setdefault(vocabulary.pieces[token], []).append(token)
    return places


def _by_length(among: Sequence[str]) -> dict[int, Int64[np.ndarray, " place"]]:
    lengths = np.array([len(each) for each in among])
    return {length: np.flatnonzero(lengths == length) for length in np.unique(lengths).tolist()}


def _look_up(
    words: Sequence[str],
    among: Sequence[str],
    best: Int64[np.ndarray, " word"],
    place: Int64[np.ndarray, " word"],
) -> Iterator[float]:
    """`best` and `place` know the first of those that are equal or one edit away."""
    whole, shorter, gaps = dict[str, list[int]](), dict[str, list[int]](), dict[str, list[int]]()
    for number, word in enumerate(words):
        whole.setdefault(word, []).append(number)
        for at in range(len(word)):
            shorter.setdefault(word[:at] + word[at + 1 :], []).append(number)
            gaps.setdefault(word[:at] + GAP + word[at + 1 :], []).append(number)
    for there, other in enumerate(among):
        if there % LOOKED_UP_AT_ONCE == 0:
            yield LOOKED_UP * there / len(among)
        near = [*whole.get(other, ()), *shorter.get(other, ())]
        for at in range(len(other)):
            head, rest = other[:at], other[at + 1 :]
            near += whole.get(head + rest, ())
            near += gaps.get(head + GAP + rest, ())
        for number in near:
            # A word may hold the sign for the gap itself, so that this is no proof.
            distance = Levenshtein.distance(words[number], other)
            if distance <= 1 and distance < best[number]:
                best[number], place[number] = distance, there


def _parts(
    rows: Int64[np.ndarray, " row"], bucket: Int64[np.ndarray, " place"]
) -> list[Int64[np.ndarray, " _"]]:
    """The rows, as many at once as may be compared with the bucket."""
    return np.array_split(rows, 1 + len(rows) * len(bucket) // AT_ONCE)


def _compare(
    words: Sequence[str],
    among: Sequence[str],
    rows: Int64[np.ndarray, " row"],
    bucket: Int64[np.ndarray, " place"],
    best: Int64[np.ndarray, " word"],
    place: Int64[np.ndarray, " word"],
) -> None:
    """`best` and `place` of these rows know the bucket too."""
    asked, texts = [words[row] for row in rows], [among[each] for each in bucket]
    table = cdist(asked, texts, scorer=Levenshtein.distance, dtype=np.uint32, workers=-1)
    column = table.argmin(axis=1)
    distance, at = table[np.arange(len(rows)), column].astype(np.int64), bucket[column]
    nearer = distance < best[rows]
    earlier = (distance == best[rows]) & (at < place[rows])
    changed = nearer | earlier
    best[rows[changed]], place[rows[changed]] = distance[changed], at[changed]
