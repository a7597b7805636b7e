"""What it costs to see experts route and to steer them, as shares of the time per token.

The same prompt is answered in turn by `moe`, which captures every router and yields a fact a token,
and by a bare loop of passes and draws; what is compared is the median time from one token to the
next. Then `moe` answers it under a rule for every layer, and in processes of their own both answer
at length, for their memory. The mixtures have the shapes of the zoo's and random weights: the
smaller a model, the larger the shares.
"""

import gc
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice, pairwise
from typing import cast

import psutil

from fusionlab.engines.transformers import TransformersModel
from fusionlab.events import Event, ExpertsRouted, TextDelta
from fusionlab.methods.moe import moe
from fusionlab.models.base import Level, Member, ModelSpec, OpenModel
from fusionlab.models.decoding import Growing
from fusionlab.recipe import Sampling
from fusionlab.registry import Request
from fusionlab.speed.ratio import SpeedResult
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.recipes import Shape, ZooRecipe, recipe_names, zoo_recipe
from fusionlab.zoo.tokenizers import tokenizer

TOKENS = 96
ROUNDS = 10
CAPTURE, STEERING = 0.05, 0.05
"""Of the time per token, at most; of that of capture alone."""
FIRST, LAST = 500, 2_000
"""The tokens between which memory is to be flat."""
FLAT = 0.1
"""Of what it would take to keep all facts of these tokens, at most."""
QUESTION = "sort,reverse kmtqa="
PRINT_GROWTH = "from fusionlab.speed.routing import growth; print(growth({name!r}, {way!r}))"

Tokens = Callable[[], Iterator[Event | None]]
"""An answer's events, or None for each token of an answer without any."""


def measure_routing() -> Iterator[SpeedResult]:
    """Two shares for each shape of mixture that the zoo has, and the memory of the largest."""
    mixtures = _mixtures()
    for name in mixtures:
        yield from _shares(name)
    yield _memory(max(mixtures, key=lambda name: mixtures[name].experts))


def growth(name: str, way: str) -> int:
    """Bytes by which this process grows from one token of a long answer to a later one.

    It is answered by `moe` with its facts let go ("seen") or all kept ("kept"), or by the bare loop
    ("bare"). For a process of its own.
    """
    member = Member("member", _mixture(name, context=2 * LAST))
    answer = _bare(member, LAST) if way == "bare" else moe([member], _request(LAST))
    process, kept, at = psutil.Process(), list[Event | None](), list[int]()
    drawn = 0
    for event in answer:
        if way == "kept":
            kept.append(event)
        drawn += event is None or isinstance(event, TextDelta)
        if drawn == (FIRST, LAST)[len(at)]:
            gc.collect()
            at.append(process.memory_info().rss)
            if len(at) == 2:
                break
    return at[1] - at[0]


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
    gaps = {way: list[float]() for way in ways}
    for _ in range(ROUNDS):
        for way, tokens in ways.items():
            gaps[way] += _gaps(tokens())
    bare, seen, steered = (statistics.median(gaps[way]) for way in ways)
    n = len(gaps["bare"])
    yield SpeedResult(
        f"capture of routing / time per token, shape of {name}",
        (seen - bare) / seen,
        CAPTURE,
        "lower",
        {"moe_ms_per_token": 1e3 * seen, "bare_ms_per_token": 1e3 * bare},
        note=f"median over {n} tokens each; capture, and a fact for every token",
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
        note=f"median over {n} tokens each; in every layer the least chosen expert is banned",
    )


def _rules(member: Member) -> tuple[str, float]:
    """A ban of every layer's least chosen expert, and the share of choices that it changes."""
    counts: dict[int, Counter[int]] = {}
    for routed in _routed(moe([member], _request(TOKENS))):
        for layer in routed.layers:
            every = counts.setdefault(
                layer.layer, Counter(dict.fromkeys(range(len(layer.probs)), 0))
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


def _gaps(events: Iterator[Event | None]) -> list[float]:
    """Seconds from each token of the first answer to the next; what comes after is not computed."""
    drawn = (None for event in events if event is None or isinstance(event, TextDelta))
    came = [time.perf_counter() for _ in islice(drawn, TOKENS)]
    return [after - before for before, after in pairwise(came)]


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
    """Of three processes."""
    bare, seen, kept = (_grown(name, way) for way in ("bare", "seen", "kept"))
    return SpeedResult(
        f"memory of capture from token {FIRST} to {LAST} / of all its facts, shape of {name}",
        (seen - bare) / (kept - bare),
        FLAT,
        "lower",
        {
            f"{way}_mb": grown / 1e6
            for way, grown in (("bare", bare), ("moe", seen), ("kept", kept))
        },
        note="growth of the process; without capture, with it, and with every fact kept",
    )


def _grown(name: str, way: str) -> int:
    command: Sequence[str] = [sys.executable, "-c", PRINT_GROWTH.format(name=name, way=way)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout.rpartition("\n")[0].rpartition("\n")[2])


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
