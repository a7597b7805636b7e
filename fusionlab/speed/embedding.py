"""The sentence embedder in onnxruntime against sentence-transformers, which it stands in for."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch

from fusionlab.sources.references import folder_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn
from fusionlab.text.embedding import MODEL, Embedder, load, opened
from fusionlab.text.embedding_export import SENTENCES, exported, full_texts, quality_of

ROUNDS = 9


def measure_embedding() -> Iterator[SpeedResult]:
    """One sentence, sixteen of them, and sixteen texts that fill the window."""
    folder = finished(folder_for(MODEL))
    export = finished(exported(folder, MODEL))
    ours, theirs = opened(export, folder, MODEL), load(folder)
    exact = load(folder, torch.float32)
    made = quality_of(export)
    note = (
        f"{made.one:.2f}, {made.sixteen:.2f} and {made.full:.2f} when the export was made: "
        f"{'it is used' if made.usable and made.faster else 'sentence-transformers is used'}"
    )
    for what, texts in (
        ("one sentence", SENTENCES[:1]),
        ("sixteen sentences", SENTENCES),
        ("sixteen full windows", full_texts(theirs)),
    ):
        yield _compared(what, texts, ours, theirs, exact, note)


def _compared(
    what: str,
    texts: Sequence[str],
    ours: Embedder,
    theirs: Embedder,
    exact: Embedder,
    note: str,
) -> SpeedResult:
    both: list[Callable[[], Any]] = [partial(each.encode, texts) for each in (ours, theirs)]
    fast, slow = in_turn(*both, rounds=ROUNDS)
    cosines = [each.encode(texts) @ each.encode(texts).T for each in (ours, theirs, exact)]
    return SpeedResult(
        f"embedder: {what}, sentence-transformers / onnx, in seconds",
        slow / fast,
        1.0,
        "higher",
        {
            "onnx_s": fast,
            "sentence_transformers_s": slow,
            "largest difference of cosines, onnx from fp32": _off(cosines[0], cosines[2]),
            "largest difference of cosines, sentence-transformers from fp32": _off(*cosines[1:]),
        },
        note=note,
    )


def _off(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).abs().max())
