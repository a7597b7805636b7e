"""What it costs to see experts route and to steer them, as shares of the time per token.

The same prompt is answered in turn by `moe`, which captures every router and yields a fact a token,
and by a bare loop of passes and draws; what is compared is the median time of a stretch of tokens,
as many as `moe` reads the routes of together, so that every stretch pays for one such reading. Then
`moe` answers it under a rule for every layer, and both answer at length, for their memory. The
mixtures have the shapes of the zoo's and random weights: the smaller a model, the larger the
shares.

What limits both is Python around models of 1.4 ms a token. Capture is a hook in every layer, which
keeps a reference, and four short Python objects a token; steering, a few calls in every layer that
is steered, and a second choice for tokens that a rule touches.
"""

import gc
import statistics
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice, pairwise
from typing import cast

from torch import Tensor

from fusionlab.engines.transformers import TransformersModel
from fusionlab.events import Event, ExpertsRouted, TextDelta
from fusionlab.methods.moe import TOGETHER, moe
from fusionlab.models.base import Level, Member, ModelSpec, OpenModel
from fusionlab.models.decoding import Growing
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from fusionlab.speed.ratio import SpeedResult
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.recipes import Shape, ZooRecipe, recipe_names, zoo_recipe
from fusionlab.zoo.tokenizers import tokenizer

TOKENS = 96
ROUNDS = 20
CAPTURE, STEERING = 0.05, 0.05
"""Of the time per token, at most; of that of capture alone."""
FIRST, LAST = 500, 2_000
"""The tokens between which memory is to be flat."""
FLAT = 0.1
"""Of what it would take to keep all facts of these tokens, at most."""
QUESTION = "sort,reverse kmtqa="

Tokens = Callable[[], Iterator[Event | None]]
"""An answer's events, or None for each token of an answer without any."""


def measure_routing() -> Iterator[SpeedResult]:
    """Two shares for each shape of mixture that the zoo has, and the memory of the largest."""
    mixtures = _mixtures()
    for name in mixtures:
        yield from _shares(name)
    yield _memory(max(mixtures, key=lambda name: mixtures[name].experts))


def _mixtures() -> dict[str, Shape]:
    shapes = {name: zoo_recipe(name).shape for name in recipe_names()}
    return {name: shape for name, shape in shapes.items() if shape is not None and shape.experts}


def _shares(name: str) -> Iterator[SpeedResult]:
    member = Member("member", _mixture(name))
    rules, changed = _rules(member)
    ways: dict[str, Tokens] = {
        "bare": lambda: _bare(member, TOKENS),
        "moe": lambda: moe([member], _request(TOKENS)),
        "steered": lambda: moe([member], _request(TOKENS), steer=rules),
    }
    paces = {way: list[float]() for way in ways}
    for _ in range(ROUNDS):
        for way, tokens in ways.items():
            paces[way] += _paces(tokens())
    bare, seen, steered = (statistics.median(paces[way]) for way in ways)
    of = f"median over {len(paces['bare'])} stretches of {TOGETHER} tokens each"
    yield SpeedResult(
        f"capture of routing / time per token, shape of {name}",
        (seen - bare) / seen,
        CAPTURE,
        "lower",
        {"moe_ms_per_token": 1e3 * seen, "bare_ms_per_token": 1e3 * bare},
        note=f"{of}; capture, and a fact for every token",
    )
    yield SpeedResult(
        f"steering / time per token with capture, shape of {name}",
        (steered - seen) / seen,
        STEERING,
        "lower",
        {
            "steered_ms_per_token": 1e3 * steered,
            "moe_ms_per_token": 1e3 * seen,
            "share_of_choices_changed": changed,
        },
        note=f"{of}; in every layer the least chosen expert is banned",
    )


def _rules(member: Member) -> tuple[str, float]:
    """A ban of every layer's least chosen expert, and the share of choices that it changes."""
    counts: dict[int, Counter[int]] = {}
    for routed in _routed(moe([member], _request(TOKENS))):
        for layer in routed.layers:
            every = counts.setdefault(
                layer.layer, Counter(dict.fromkeys(range(layer.n_experts), 0))
            )
            every.update(layer.experts)
    rules = ", ".join(
        f"ban {min(every, key=lambda expert: (every[expert], expert))}@{layer}"
        for layer, every in counts.items()
    )
    steered = _routed(moe([member], _request(TOKENS), steer=rules))
    return rules, statistics.fmean(bool(each.own) for routed in steered for each in routed.layers)


def _routed(events: Iterator[Event]) -> list[ExpertsRouted]:
    """Of the first answer."""
    routed = [event for event in events if isinstance(event, ExpertsRouted)]
    return [event for event in routed if event.sample == 0]


def _paces(events: Iterator[Event | None]) -> list[float]:
    """Seconds a token, over stretches of the first answer; what comes after is not computed."""
    drawn = (None for event in events if event is None or isinstance(event, TextDelta))
    came = [time.perf_counter() for _ in islice(drawn, TOKENS)]
    return [(after - before) / TOGETHER for before, after in pairwise(came[::TOGETHER])]


def _bare(member: Member, tokens: int) -> Iterator[None]:
    """Passes and draws alone."""
    model, request = cast(OpenModel, member.model), _request(tokens)
    growing = Growing(model.vocabulary, request.sampling, 0)
    with closing(model.open([model.encode(member.prompt(request))])) as rows:
        for _ in range(tokens):
            growing.draw(rows.logits().cpu()[0])
            yield
            rows.feed([[growing.token]])


def _memory(name: str) -> SpeedResult:
    """Of long answers, without capture, with it, and with every fact kept."""
    member = Member("member", _mixture(name, context=2 * LAST))
    bare = _growth(_bare(member, LAST))
    seen = _growth(moe([member], _request(LAST)))
    kept = _growth(moe([member], _request(LAST)), keep=True)
    return SpeedResult(
        f"memory of capture from token {FIRST} to {LAST} / of all its facts, shape of {name}",
        (seen - bare) / (kept - bare),
        FLAT,
        "lower",
        {"bare_mb": bare / 1e6, "moe_mb": seen / 1e6, "kept_mb": kept / 1e6},
        note="growth of all living objects and tensors, those of the cache of keys and values too",
    )


def _growth(answer: Iterator[Event | None], *, keep: bool = False) -> int:
    """Bytes of what lives at one token of a long answer beyond what lived at an earlier one.

    Counted and not read off the process, whose size hangs on how its heap is broken up.
    """
    kept, at, drawn = list[Event | None](), list[int](), 0
    tracemalloc.start()
    try:
        for event in answer:
            if keep:
                kept.append(event)
            if event is None or isinstance(event, TextDelta):
                drawn += 1
                if drawn in (FIRST, LAST):
                    at.append(_living())
    finally:
        tracemalloc.stop()
    first, last = at
    return last - first


def _living() -> int:
    """Bytes of Python's objects and of all tensors' storages."""
    gc.collect()
    tensors = (each for each in gc.get_objects() if issubclass(type(each), Tensor))
    storages = {each.untyped_storage().data_ptr(): each.untyped_storage() for each in tensors}
    in_tensors: int = sum(each.nbytes() for each in storages.values())
    return tracemalloc.get_traced_memory()[0] + in_tensors


def _request(tokens: int) -> Request:
    return Request(QUESTION, Sampling(max_tokens=tokens))


def _mixture(name: str, context: int = 0) -> TransformersModel:
    """A mixture of this recipe's shape whose every token is text and ends nothing."""
    recipe = _lengthened(zoo_recipe(name), context)
    fast = tokenizer(recipe.vocabulary)
    spec = ModelSpec(name, "transformers", Level.INTERNALS)
    model = TransformersModel(spec, random_model(recipe, fast).eval(), fast)
    model.vocabulary = replace(model.vocabulary, ends=frozenset(), special=frozenset())
    return model


def _lengthened(recipe: ZooRecipe, context: int) -> ZooRecipe:
    if recipe.shape is None or context <= recipe.shape.context:
        return recipe
    return replace(recipe, shape=replace(recipe.shape, context=context))
