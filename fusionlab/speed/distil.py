"""A step of distilling, as the builder takes it, against the same training with λ = 1.

Two models of SmolLM2's width and vocabulary with few layers take the same batches: one learns the
text alone, the other also the fused distributions of three sources, read from their file.
"""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from fusionlab.distil.fusing import IDS, PROBS, Fused
from fusionlab.distil.losses import CLM_SHARE
from fusionlab.distil.teaching import draw, fused_loss
from fusionlab.speed.align import LAYERS, SOURCE_TOKENS, small_config
from fusionlab.speed.ratio import SpeedResult, in_turn
from fusionlab.training.encoding import Example
from fusionlab.training.loop import Draw, Loss, Plan, train
from fusionlab.training.losses import IGNORED, answer_loss
from fusionlab.training.packing import Course

BAR = 1.1
"""Times the step on the text alone, at most."""
ROWS, TOKENS, ENTRIES = 2, 128, 10
STEPS = 1
ROUNDS = 5


def measure_distil() -> Iterator[SpeedResult]:
    """Seconds of training steps with fused distributions, as a share of those without."""
    with TemporaryDirectory(prefix="fusionlab-speed-") as folder:
        yield _steps(Path(folder))


def _steps(folder: Path) -> SpeedResult:
    rng = random.Random(0)  # noqa: S311
    texts = [[rng.randrange(SOURCE_TOKENS) for _ in range(TOKENS)] for _ in range(4 * ROWS)]
    examples = [Example(tuple(ids), (IGNORED, *ids[1:]), 4 * TOKENS) for ids in texts]
    course = Course([((each,),) for each in examples], ROWS, 0, 0)
    fused = _written(folder, [TOKENS * each for each in range(len(texts) + 1)])
    plan = Plan(STEPS, 1e-4, 0)
    taught = partial(draw, fused, course)
    plain, fusing = in_turn(
        partial(_trained, _model(), plan, course.draw, answer_loss),
        partial(_trained, _model(), plan, taught, partial(fused_loss, clm_share=CLM_SHARE)),
        rounds=ROUNDS,
    )
    tokens = STEPS * ROWS * TOKENS
    return SpeedResult(
        "distil: a step with fused distributions / one on the text alone",
        fusing / plain,
        BAR,
        "lower",
        {"with fusion, tokens a second": tokens / fusing, "alone, tokens a second": tokens / plain},
        f"{ROWS} rows of {TOKENS} tokens, {LAYERS} layers of SmolLM2's width, its vocabulary; "
        f"{ENTRIES} entries a token, read from their file",
    )


def _trained(model: Any, plan: Plan, drawn: Draw, loss_of: Loss) -> None:
    deque(train(model, plan, drawn, loss_of=loss_of), maxlen=0)


def _model() -> Any:
    from transformers import LlamaForCausalLM

    return LlamaForCausalLM(small_config())


def _written(folder: Path, starts: Sequence[int]) -> Fused:
    """Random distributions, in the file that steps read them from."""
    rng = np.random.default_rng(0)
    shape = (starts[-1], ENTRIES)
    probs = rng.random(shape, dtype=np.float32)
    np.save(folder / IDS, rng.integers(SOURCE_TOKENS, size=shape, dtype=np.int32))
    np.save(folder / PROBS, probs / probs.sum(axis=1, keepdims=True))
    ids, kept = (np.load(folder / name, mmap_mode="r") for name in (IDS, PROBS))
    return Fused(ids, kept, np.array(starts), ())
