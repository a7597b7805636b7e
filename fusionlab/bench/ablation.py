"""What a mixture loses without each of its experts: every one is banned in turn.

A text or the right answers of a suite are read with and without the expert, and a suite's questions
are answered. The differences are of the same pieces and the same questions: in nats per byte with
the ratio estimator's interval over pieces, in right answers with that of paired shares; n is told.
An expert that no token chose changes nothing, to the bit, so it is not tried. Of so many experts
some differ by chance: each has a p (sign flips of the pieces' gaps; McNemar's of right answers),
and the last picture has them corrected for all that were tried, by Holm's method.

An expert is banned in one layer, or `everywhere`: in all layers at once, as is of use where each
expert is a copy of one specialist.
"""

import math
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from fusionlab.bench.scoring import judged
from fusionlab.bench.statistics import difference, holm, sign_flip
from fusionlab.bench.suites import Drawn, Suite, changed, draw
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.engines.scoring import scored
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import BenchError, RecipeError
from fusionlab.events import Event, Progress
from fusionlab.experts.routing import Capture, capture
from fusionlab.experts.steering import Rule, steered
from fusionlab.intervals import rate
from fusionlab.models.base import Level, Message
from fusionlab.recipe import Sampling

Plain = dict[str, Any]
Sizes = dict[int | None, int]
"""How many experts each layer has; under None what all layers have."""
Used = dict[int | None, set[int]]
"""The experts of each that some token chose."""
LONGEST = 20_000
"""Characters of a text."""
ITEMS = 40
"""Of a suite, where nothing else is asked."""
TOGETHER = 16
"""Questions that are answered in one batch."""
_PIECES = re.compile(r"[^\n.!?。！？]*[\n.!?。！？]+\s*|[^\n.!?。！？]+$")


@dataclass(frozen=True, slots=True)
class _Found:
    """How the model did, on pieces and questions that are always the same."""

    nats: tuple[float, ...]
    """Of each piece."""
    bytes: tuple[int, ...]
    scores: tuple[float, ...] | None
    """Of each answer, from 0 to 1; None of a text."""


@dataclass(slots=True)
class _Task:
    """What is read, and answered."""

    name: str
    pairs: Sequence[tuple[str, str]]
    """A prompt, which may be empty, and what is expected after it."""
    drawn: Drawn | None = None
    suite: Suite | None = None
    used: dict[int, set[int]] = field(default_factory=dict)
    """The experts of each layer that some token chose."""


def ablated(
    ref: str,
    *,
    text: str = "",
    suite: Suite | None = None,
    items: int = 0,
    everywhere: bool = False,
    pool: Pool | None = None,
) -> Generator[Event | Plain, None, None]:
    """The picture as far as it has come, after each expert; the last one is the result.

    Of a suite `items` questions, else `ITEMS`. Where experts are banned `everywhere`, the picture
    has one row, of no layer. Raises RecipeError where there is nothing to read,
    NoRouting for a dense model, SettingError where a layer cannot spare an expert.
    """
    task = _of_suite(suite, items) if suite else _of_text(text)
    with (pool or default_pool()).borrow() as loan:
        model = yield from loan.load(ref, Level.INTERNALS)
        if not isinstance(model, TransformersModel):
            raise TypeError(f"{ref} is no model of transformers")
        with capture(model.module, model.spec.id) as experts, _noting(model, experts, task):
            yield Progress(f"reading with {ref}")
            own = _did(model, task)
            sizes: Sizes = {each.layer: int(each.logits.shape[-1]) for each in experts.last}
            used: Used = {layer: set(task.used[layer]) for layer in task.used}
            if everywhere:
                sizes, used = _in_all(sizes, used)
            picture = _picture(ref, task, own, sizes, used)
            yield deepcopy(picture)
            tried = [(layer, expert) for layer in sizes for expert in sorted(used[layer])]
            for done, (layer, expert) in enumerate(tried):
                yield Progress(f"reading with {ref}", done, len(tried), "items")
                with steered(experts, [Rule("ban", expert, layer)]):
                    without = _did(model, task)
                row = next(each for each in picture["layers"] if each["layer"] == layer)
                row["experts"][expert] |= _changes(own, without)
                if done + 1 == len(tried):
                    _correct(picture)
                yield deepcopy(picture)


def _in_all(sizes: Sizes, used: Used) -> tuple[Sizes, Used]:
    """All layers as one: the experts that every layer has, used where one layer uses them."""
    return {None: min(sizes.values())}, {None: set().union(*used.values())}


def _of_text(text: str) -> _Task:
    """The sentences and lines of a text; raises RecipeError where there is none."""
    pieces = [piece for piece in _PIECES.findall(text) if piece.strip()]
    if not pieces:
        raise RecipeError("ablate-nothing")
    if len(text) > LONGEST:
        raise RecipeError("ablate-long", length=len(text), most=LONGEST)
    return _Task("", [("", piece) for piece in pieces])


def _of_suite(suite: Suite, items: int) -> _Task:
    drawn = draw(changed(suite, items=items or min(ITEMS, suite.items)))
    if not drawn.items:
        raise BenchError("ablate-no-items", suite=suite.name)
    return _Task(suite.name, [(each.prompt, each.truth) for each in drawn.items], drawn, suite)


@contextmanager
def _noting(model: TransformersModel, experts: Capture, task: _Task) -> Iterator[None]:
    """Meanwhile it is noted which experts any token was given to, padding included."""

    def note(*_: object) -> None:
        for each in experts.last:
            task.used.setdefault(each.layer, set()).update(torch.unique(each.chosen).tolist())

    hook = model.module.register_forward_hook(note)
    try:
        yield
    finally:
        hook.remove()


def _did(model: TransformersModel, task: _Task) -> _Found:
    read = list(scored(model, task.pairs))
    scores = _answered(model, task) if task.drawn else None
    return _Found(tuple(each.nats for each in read), tuple(each.bytes for each in read), scores)


def _answered(model: TransformersModel, task: _Task) -> tuple[float, ...]:
    """What each answer of the suite is worth, the likeliest token taken every time."""
    if task.drawn is None or task.suite is None:
        return ()
    items, found = task.drawn.items, []
    sampling = Sampling(temperature=0.0, max_tokens=task.suite.max_tokens)
    for start in range(0, len(items), TOGETHER):
        batch = items[start : start + TOGETHER]
        said = [""] * len(batch)
        prompts = [(Message("user", item.prompt),) for item in batch]
        for chunk in model.generate(prompts, sampling):
            said[chunk.row] += chunk.text
        phrase = task.suite.answer.phrase
        found += [judged(item, text, phrase).score for item, text in zip(batch, said, strict=True)]
    return tuple(found)


def _picture(ref: str, task: _Task, own: _Found, sizes: Sizes, used: Used) -> Plain:
    """Nothing is known yet of experts that were chosen; without the others nothing changes."""
    return {
        "ref": ref,
        "suite": task.name,
        "pieces": len(own.nats),
        "bytes": sum(own.bytes),
        "nats": _number(sum(own.nats) / max(1, sum(own.bytes))),
        "right": None if own.scores is None else _number(float(np.mean(own.scores))),
        "layers": [
            {
                "layer": layer,
                "experts": [
                    {"expert": expert, "used": expert in used[layer], "tried": False}
                    for expert in range(size)
                ],
            }
            for layer, size in sizes.items()
        ],
    }


def _changes(own: _Found, without: _Found) -> Plain:
    """What is more without the expert: nats per byte, and right answers."""
    gaps = [there - here for here, there in zip(own.nats, without.nats, strict=True)]
    interval = rate(gaps, own.bytes)
    found: Plain = {
        "tried": True,
        "nats": _number(sum(gaps) / max(1, sum(own.bytes))),
        "interval": None if interval is None else list(interval),
        "p_nats": sign_flip(np.array(gaps)) if all(map(math.isfinite, gaps)) else None,
    }
    if own.scores is None or without.scores is None:
        return found
    a, b = np.array(without.scores), np.array(own.scores)
    graded = not all(score in (0.0, 1.0) for score in (*own.scores, *without.scores))
    gap = difference(a, b, graded=graded)
    return found | {
        "right": gap.mean,
        "right_interval": None if gap.interval is None else list(gap.interval),
        "p": gap.p,
    }


def _correct(picture: Plain) -> None:
    """Every expert that was tried has its p also as they are all together."""
    tried = [each for row in picture["layers"] for each in row["experts"] if each["tried"]]
    for name in ("p_nats", "p"):
        known = [each for each in tried if each.get(name) is not None]
        for each, p in zip(known, holm([each[name] for each in known]), strict=True):
            each[f"{name}_of_all"] = p


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
