"""Aligning and fusing what models expect, against the published loops, and a step of learning it.

The loops are written here from FuseLLM's formulas, with rapidfuzz for the edit distances: one cell
of the table, and one entry of a distribution, after the other. The step is that of a model of
SmolLM2's width and vocabulary with few layers, against the same step on the text alone.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from jaxtyping import Int64
from rapidfuzz.distance import Levenshtein
from torch import Tensor
from torch.nn.functional import cross_entropy

from fusionlab.distil.alignment import distances, joined, warped, warping_path
from fusionlab.distil.fusion import Beside, Expected, fused, stacked
from fusionlab.distil.losses import fusion_loss
from fusionlab.distil.observed import N_TOP, Observed, topped
from fusionlab.distil.storing import Source, Stored, stored
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.speed.ratio import SpeedResult, finished, in_turn, seconds
from fusionlab.speed.vote import ENGLISH, candidates
from fusionlab.tokens.maps import exact_map, nearest_map
from fusionlab.tokens.spelling import byte_ends, characters

TOKENS = 2048
WARPED, JOINED = 20.0, 500.0
"""Times the loops' speed, at least."""
MAP_SECONDS = 15.0
SOURCE_TOKENS, TARGET_TOKENS = 49_152, 151_936
SAMPLE = 40
"""Tokens that are compared with the whole target vocabulary, pair by pair."""
FUSED = 20_000.0
"""Tokens a second, at least."""
BYTES = 70.0
"""Of a stored token, at most."""
SOURCES = 3
STEP = 1.1
"""Of a step on the text alone, at most."""
STEP_TOKENS = 256
LAYERS = 8
ROUNDS = 5


def measure_align() -> Iterator[SpeedResult]:
    """Alignment, maps, stored distributions, fusion, and a step that learns from it."""
    text = " ".join(candidates(1, 4 * TOKENS, ENGLISH.split()))
    one, other = (Tokenised(text, seed) for seed in (1, 2))
    yield from _aligned(one, other)
    yield _mapped()
    with TemporaryDirectory(prefix="fusionlab-speed-") as folder:
        yield from _fused(text, Path(folder))


class Tokenised:
    """The first tokens of a text: words, some of them in two, which depends on the seed."""

    def __init__(self, text: str, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311
        pieces: list[bytes] = []
        for word in text.split(" "):
            token = f" {word}".encode()[0 if pieces else 1 :]
            at = rng.randrange(1, len(token)) if len(token) > 2 and rng.random() < 0.3 else 0
            pieces += [token[:at], token[at:]] if at else [token]
        self.pieces = pieces[:TOKENS]
        self.text = b"".join(self.pieces).decode()
        self.vocabulary = Vocabulary(tuple(dict.fromkeys(self.pieces)))
        places = {piece: token for token, piece in enumerate(self.vocabulary.pieces)}
        self.ids = [places[piece] for piece in self.pieces]

    @property
    def characters(self) -> list[str]:
        """Its tokens for dynamic time warping."""
        return [characters(piece) for piece in self.pieces]

    def ends(self) -> np.ndarray:
        """Where they end."""
        return byte_ends(self.vocabulary, self.ids, self.text, "speed")


def looped_path(source: Sequence[str], target: Sequence[str]) -> list[tuple[int, int]]:
    """Dynamic time warping as published, cell by cell."""
    total = np.full((len(source) + 1, len(target) + 1), np.inf)
    total[0, 0] = 0
    for i, one in enumerate(source):
        for j, other in enumerate(target):
            cost = Levenshtein.distance(one.replace(" ", ""), other.replace(" ", ""))
            total[i + 1, j + 1] = cost + min(total[i, j], total[i, j + 1], total[i + 1, j])
    i, j = len(source), len(target)
    path = [(i - 1, j - 1)]
    while (i, j) != (1, 1):
        steps = [(i - 1, j - 1), (i - 1, j), (i, j - 1)]
        i, j = steps[int(np.argmin([total[step] for step in steps]))]
        path.append((i - 1, j - 1))
    return path[::-1]


def looped_transfer(beside: Beside, target: Sequence[int]) -> list[dict[int, float]]:
    """A source's log-probabilities in the target's vocabulary, entry by entry."""
    seen, rows = beside.seen, []
    ids, logprobs = seen.ids.tolist(), seen.logprobs.tolist()
    mapping, alone, tokens = (each.tolist() for each in (beside.mapping, beside.alone, seen.tokens))
    for i, token in enumerate(target):
        row: dict[int, float] = {}
        j = alone[i]
        if j >= 0 and mapping[tokens[j]] == token:
            for entry, logprob in zip(ids[j], logprobs[j], strict=True):
                if mapping[entry] >= 0:
                    row.setdefault(mapping[entry], logprob)
        elif i + 1 < len(target):
            row[target[i + 1]] = 0.0
        rows.append(row)
    return rows


def _aligned(one: Tokenised, other: Tokenised) -> Iterator[SpeedResult]:
    """Both ways to align two tokenisations, against the published loops."""
    tokens = one.characters, other.characters
    path: list[tuple[int, int]] = []
    looping = seconds(lambda: path.extend(looped_path(*tokens)))
    warping, joining = in_turn(lambda: warped(*tokens), lambda: joined(one.ends(), other.ends()))
    ours = warping_path(distances(*tokens)).tolist()
    differ = abs(len(ours) - len(path)) + sum(
        tuple(step) != theirs for step, theirs in zip(ours, path, strict=False)
    )
    note = f"two tokenisations of one text, {TOKENS} tokens each; the loops compute every cell"
    for name, spent, bar in (("time warping", warping, WARPED), ("bytes", joining, JOINED)):
        parts = {"FusionLab, s": spent, "published loops, s": looping}
        parts |= {"steps of the path that differ": differ} if spent == warping else {}
        yield SpeedResult(f"align: {name}", looping / spent, bar, "higher", parts, note)


def _mapped() -> SpeedResult:
    """An exact MinED map between two large vocabularies."""
    source, target = vocabularies(SOURCE_TOKENS, TARGET_TOKENS)
    found: list[np.ndarray] = []
    processor = time.process_time()
    spent = seconds(lambda: found.append(nearest_map(source, target)))
    processor = time.process_time() - processor
    lacking = np.flatnonzero(exact_map(source, target) < 0).tolist()
    among = [characters(piece) for piece in target.pieces]
    sample = random.Random(1).sample(lacking, SAMPLE)  # noqa: S311
    wrong = 0

    def looped() -> None:
        nonlocal wrong
        for token in sample:
            word = characters(source.pieces[token])
            table = [Levenshtein.distance(word, each) for each in among]
            wrong += table.index(min(table)) != found[0][token]

    looping = seconds(looped) * len(lacking) / SAMPLE
    return SpeedResult(
        "align: MinED map",
        spent / MAP_SECONDS,
        1.0,
        "lower",
        {
            "FusionLab, s": spent,
            "FusionLab, processor time, s": processor,
            "pair by pair, s": looping,
            "tokens without an exact counterpart": len(lacking),
            f"of {SAMPLE} tokens, mapped otherwise pair by pair": wrong,
        },
        f"{len(source.pieces)} tokens to {len(target.pieces)}; seconds out of {MAP_SECONDS:g}; "
        f"pair by pair with rapidfuzz, {SAMPLE} tokens timed and scaled up",
    )


def vocabularies(source: int, target: int) -> tuple[Vocabulary, Vocabulary]:
    """Two vocabularies of made-up words; four fifths of the first stand in the second, too.

    The others are as near to it as SmolLM2's tokens are to Qwen's: two thirds within one edit.
    """
    rng = random.Random(0)  # noqa: S311
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    syllables = ["".join(rng.choices(letters, k=rng.randint(1, 3))) for _ in range(400)]

    def word() -> str:
        space = " " if rng.random() < 0.6 else ""
        return space + "".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3, 3, 4))))

    def edited(each: str, edits: int) -> str:
        for _ in range(edits):
            at = rng.randrange(len(each))
            new = rng.choice(letters)
            each = each[:at] + rng.choice(("", new, new + each[at])) + each[at + 1 :] or new
        return each

    there: dict[str, None] = {}
    while len(there) < target:
        there[word()] = None
    known = list(there)
    here = dict.fromkeys(rng.sample(known, source * 4 // 5))
    while len(here) < source:
        each = edited(rng.choice(known), rng.choices((1, 2, 3), (4, 2, 1))[0])
        here |= {} if each in there else {each: None}
    one, other = (Vocabulary(tuple(each.encode() for each in words)) for words in (here, there))
    return one, other


def _fused(text: str, shelf: Path) -> Iterator[SpeedResult]:
    """Sources' stored distributions: their size, their fusion, and what a step with them costs."""
    target, *others = (Tokenised(text, seed) for seed in range(SOURCES + 1))
    own, *kept = (_kept(each, shelf) for each in (target, *others))
    size = sum(file.stat().st_size for file in own.folder.iterdir())
    yield SpeedResult(
        "align: bytes a stored token",
        size / TOKENS,
        BYTES,
        "lower",
        {"bytes": size, "tokens": TOKENS, "entries": N_TOP},
        f"top {N_TOP} of a vocabulary of {TARGET_TOKENS} tokens, with all that the folder holds",
    )
    maps = [torch.from_numpy(exact_map(each.vocabulary, target.vocabulary)) for each in others]

    def beside() -> list[Beside]:
        return [
            _beside(each, there.block(0), mapping, target)
            for each, there, mapping in zip(others, kept, maps, strict=True)
        ]

    tokens = torch.tensor(target.ids)
    yield _mixed(tokens, beside, own)
    yield _step(lambda: fused(tokens, beside(), own.block(0), "avgce"), target.ids)


def _kept(reading: Tokenised, shelf: Path) -> Stored:
    """Random distributions, stored as those of a large vocabulary."""
    pieces = reading.vocabulary.pieces
    rest = (f"<{number}>".encode() for number in range(TARGET_TOKENS - len(pieces)))
    wide = Vocabulary((*pieces, *rest))
    rng = torch.Generator().manual_seed(len(reading.ids))

    def read(blocks: Sequence[Sequence[int]], n_top: int) -> Iterator[Observed]:
        for ids in blocks:
            logits = 3 * torch.randn(len(ids), len(pieces), generator=rng)
            yield topped(torch.tensor(ids), logits, torch.tensor([*ids[1:], 0]), n_top)

    return finished(stored(Source("random", "", wide, read), [reading.ids], shelf=shelf))


def _beside(
    source: Tokenised, seen: Observed, mapping: Int64[Tensor, " token"], target: Tokenised
) -> Beside:
    alone = torch.from_numpy(joined(source.ends(), target.ends()).alone)
    return Beside(seen, alone, mapping, seen.nats_per_byte(source.vocabulary))


def _mixed(
    tokens: Int64[Tensor, " token"], beside: Callable[[], list[Beside]], own: Stored
) -> SpeedResult:
    """Three caches, read, aligned by bytes, moved and averaged, against the published loops."""
    (ours,) = in_turn(lambda: fused(tokens, beside(), own.block(0), "avgce"))
    aligned = beside()
    looping = seconds(lambda: [looped_transfer(each, tokens.tolist()) for each in aligned])
    return SpeedResult(
        "align: fusing three sources",
        TOKENS / ours / FUSED,
        1.0,
        "higher",
        {
            "FusionLab, tokens a second": TOKENS / ours,
            "FusionLab, s": ours,
            "published loops without reading and mixing, s": looping,
        },
        f"{SOURCES} sources, {TOKENS} tokens, top {N_TOP}, AvgCE; tokens a second out of {FUSED:g}",
    )


def _step(expected: Callable[[], Expected], ids: Sequence[int]) -> SpeedResult:
    """A step with fusion, its distributions read and fused as it goes, against one without."""
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM(small_config())
    optimiser = torch.optim.AdamW(model.parameters(), fused=True)
    labels = torch.tensor([ids[:STEP_TOKENS]])

    def step(loss_of: Callable[[Tensor], Tensor]) -> None:
        optimiser.zero_grad()
        loss_of(model(input_ids=labels, use_cache=False).logits).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    def alone(logits: Tensor) -> Tensor:
        return cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())

    def with_fusion(logits: Tensor) -> Tensor:
        whole = expected()
        part = Expected(whole.ids[:STEP_TOKENS], whole.probs[:STEP_TOKENS])
        return fusion_loss(logits, labels, stacked([part], STEP_TOKENS))

    plain, fusing = in_turn(lambda: step(alone), lambda: step(with_fusion), rounds=ROUNDS)
    return SpeedResult(
        "align: a step of FuseLLM",
        fusing / plain,
        STEP,
        "lower",
        {"with fusion, s": fusing, "on the text alone, s": plain},
        f"{STEP_TOKENS} tokens, {LAYERS} layers of SmolLM2's width, its vocabulary; each step "
        f"fuses {TOKENS} tokens of {SOURCES} sources first",
    )


def small_config() -> Any:
    """Of a model of SmolLM2's width and vocabulary with few layers."""
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=SOURCE_TOKENS,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=LAYERS,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
    )
