"""How fast the ensemble decodes, against each member's own `generate()` in transformers."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal

import torch

from fusionlab.engines import onnx
from fusionlab.engines.memory import Pool
from fusionlab.engines.onnx_export import exported, quality_of
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.events import Event, Record, TokenChosen
from fusionlab.methods.ensemble import ensemble
from fusionlab.models.base import Level, Member, ModelSpec
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.registry import Request
from fusionlab.runfiles import record_line
from fusionlab.sources.references import folder_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn, seconds
from fusionlab.tokens.pooling import arithmetic
from fusionlab.tokens.provenance import provenance
from fusionlab.trace import Trace

MODEL = "smollm2-135m"
TOKENS = 48
ROUNDS = 5
REQUEST = Request(
    "Write a long story about a lighthouse keeper and a storm.", Sampling(max_tokens=TOKENS)
)
POET, GEOGRAPHER = "You are a poet.", "You are a geographer."


def measure_ensemble() -> Iterator[SpeedResult]:
    """Two models, two members of one, the mixture draw of three, what events cost, and memory."""
    folder = finished(folder_for(MODEL))
    load_time = statistics.median(seconds(lambda: _load(folder)) for _ in range(3))
    first, second = _load(folder), _load(folder)
    yield _two_models(first, second)
    yield _two_fast_models(folder, first, second)
    yield _two_members(first)
    yield _drawn([first, second, _load(folder)])
    yield _events(first)
    yield _arithmetic(first, second)
    yield _memory(first)
    yield SpeedResult(
        "warm load of SmolLM2 in seconds", load_time, 3.0, "lower", {"load_s": load_time}
    )


def _two_models(first: TransformersModel, second: TransformersModel) -> SpeedResult:
    pair, one, two = in_turn(
        _decoding([Member("poet", first, POET), Member("geographer", second, GEOGRAPHER)]),
        _generating(first, POET),
        _generating(second, GEOGRAPHER),
        rounds=ROUNDS,
    )
    return SpeedResult(
        "ensemble of two models / sum of their own generate()",
        pair / (one + two),
        1.0,
        "lower",
        {
            "ensemble_ms_per_token": 1e3 * pair / TOKENS,
            "generate_first_ms_per_token": 1e3 * one / TOKENS,
            "generate_second_ms_per_token": 1e3 * two / TOKENS,
        },
    )


def _two_fast_models(
    folder: Path, first: TransformersModel, second: TransformersModel
) -> SpeedResult:
    """Two exports, each with weights of its own, against what transformers takes for the two."""
    export = finished(exported(folder, MODEL))
    with ExitStack() as stack:
        spec = ModelSpec(MODEL, "onnx", Level.LOGITS)
        fast = [stack.enter_context(closing(onnx.load(export, folder, spec))) for _ in range(2)]
        pair, one, two = in_turn(
            _decoding([Member("poet", fast[0], POET), Member("geographer", fast[1], GEOGRAPHER)]),
            _generating(first, POET),
            _generating(second, GEOGRAPHER),
            rounds=ROUNDS,
        )
    return SpeedResult(
        "ensemble of two models in onnxruntime / sum of their own generate() in transformers",
        pair / (one + two),
        0.35,
        "lower",
        {
            "ensemble_ms_per_token": 1e3 * pair / TOKENS,
            "generate_first_ms_per_token": 1e3 * one / TOKENS,
            "generate_second_ms_per_token": 1e3 * two / TOKENS,
            "divergence_nats": quality_of(export).divergence,
        },
        note="onnxruntime computes with 8-bit weights, transformers with 16-bit ones",
    )


def _two_members(model: TransformersModel) -> SpeedResult:
    one, two = in_turn(
        _decoding([Member("poet", model, POET)]),
        _decoding([Member("poet", model, POET), Member("geographer", model, GEOGRAPHER)]),
        rounds=ROUNDS,
    )
    return SpeedResult(
        "two members over one model / one member",
        two / one,
        1.3,
        "lower",
        {"one_ms_per_token": 1e3 * one / TOKENS, "two_ms_per_token": 1e3 * two / TOKENS},
    )


def _drawn(models: Sequence[TransformersModel]) -> SpeedResult:
    """One of three models drawn for every token, against all three at every token."""
    systems = (POET, GEOGRAPHER, "You are a teacher.")
    members = [
        Member(f"member {at}", model, system)
        for at, (model, system) in enumerate(zip(models, systems, strict=True))
    ]
    ways = [_decoding(members, pooling=pooling) for pooling in ("drawn", "arithmetic")]
    counts = [sum(isinstance(event, TokenChosen) for event in way()) for way in ways]
    times = in_turn(*ways, rounds=ROUNDS)
    drawn, pooled = (spent / tokens for spent, tokens in zip(times, counts, strict=True))
    return SpeedResult(
        "mixture draw of three models / their arithmetic ensemble, in seconds a token",
        drawn / pooled,
        0.6,
        "lower",
        {
            "drawn_ms_per_token": 1e3 * drawn,
            "arithmetic_ms_per_token": 1e3 * pooled,
            "drawn_tokens": counts[0],
            "arithmetic_tokens": counts[1],
        },
        note="who is drawn reads in one pass all that was written since; prompts included",
    )


def _events(model: TransformersModel) -> SpeedResult:
    """Time outside the forward passes, recording and the fold included, as a share of the whole."""
    members = [Member("poet", model, POET), Member("geographer", model, GEOGRAPHER)]
    shares = [_outside(members) for _ in range(ROUNDS)]
    total = statistics.median(whole for whole, _ in shares)
    outside = statistics.median(rest for _, rest in shares)
    return SpeedResult(
        "pooling, events and recording / whole run",
        outside / total,
        0.05,
        "lower",
        {
            "run_ms_per_token": 1e3 * total / TOKENS,
            "outside_forward_ms_per_token": 1e3 * outside / TOKENS,
        },
        note="all that is no forward pass: pooling, drawing, events, the fold, JSON lines",
    )


def _arithmetic(first: TransformersModel, second: TransformersModel) -> SpeedResult:
    """Pooling a step, and where its token comes from, as a share of a step of two models."""
    vocab = len(first.vocabulary.pieces)
    wanted = torch.randn(2, vocab, generator=torch.Generator().manual_seed(0)).log_softmax(-1)
    weights = torch.full((2,), 0.5)

    def fuse() -> None:
        for _ in range(TOKENS):
            fused = arithmetic(wanted, weights)
            provenance(wanted, weights, "arithmetic", fused, int(fused.argmax()))

    pair, fusing = in_turn(
        _decoding([Member("poet", first, POET), Member("geographer", second, GEOGRAPHER)]),
        fuse,
        rounds=ROUNDS,
    )
    return SpeedResult(
        "pooling and provenance / a step of two models",
        fusing / pair,
        0.03,
        "lower",
        {
            "vocabulary": float(vocab),
            "fusion_ms_per_token": 1e3 * fusing / TOKENS,
            "ensemble_ms_per_token": 1e3 * pair / TOKENS,
        },
    )


def _memory(model: TransformersModel) -> SpeedResult:
    """Weights held when two members name one model."""
    with Pool().borrow() as loan:
        loaded = [finished(loan.load(MODEL, Level.LOGITS)) for _ in range(2)]
        held = sum(each.spec.bytes for each in {id(each): each for each in loaded}.values())
    return SpeedResult(
        "weights of two members over one model / weights of the model",
        held / model.spec.bytes,
        1.0,
        "lower",
        {"held_mb": held / 1e6, "model_mb": model.spec.bytes / 1e6},
    )


def _load(folder: Path) -> TransformersModel:
    return load(folder, ModelSpec(MODEL, "transformers", Level.INTERNALS))


def _decoding(
    members: Sequence[Member], pooling: Literal["arithmetic", "drawn"] = "arithmetic"
) -> Callable[[], list[Event]]:
    return lambda: list(ensemble(members, REQUEST, pooling=pooling))


def _generating(model: TransformersModel, system: str) -> Callable[[], torch.Tensor]:
    """transformers' own greedy generate() on the same prompt, for the same number of tokens."""
    prompt = Member("alone", model, system).prompt(REQUEST)
    ids = torch.tensor([model.encode(prompt)])
    limits = {"max_new_tokens": TOKENS, "min_new_tokens": TOKENS, "do_sample": False}

    def generate() -> torch.Tensor:
        with torch.inference_mode():
            tokens: torch.Tensor = model.model.generate(
                ids, attention_mask=torch.ones_like(ids), **limits
            )
        return tokens

    return generate


def _outside(members: Sequence[Member]) -> tuple[float, float]:
    """Seconds of a run, folded and written as lines; and those outside its forward passes."""
    recipe = Recipe("ensemble", REQUEST.prompt, tuple(MemberRecipe(MODEL) for _ in members))
    trace, lines = Trace(recipe), list[str]()

    def record() -> None:
        for event in ensemble(members, REQUEST):
            line = Record(0.0, event)
            trace.add(line)
            lines.append(record_line(line))

    whole = seconds(record)
    return whole, whole - sum(cost.seconds for cost in trace.costs.values())
