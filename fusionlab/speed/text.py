"""How fast whole answers come: llama.cpp against transformers, one at a time and four at once."""

from collections.abc import Callable, Iterator
from contextlib import closing

from fusionlab.engines import llamacpp, onnx, transformers
from fusionlab.engines.onnx_export import exported
from fusionlab.models.base import Chunk, LanguageModel, Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.sources.references import folder_for, gguf_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn

MODEL = "smollm2-135m"
TOKENS = 64
PROMPT = [Message("user", "Write a long story about a lighthouse keeper and a storm.")]
SAMPLING = Sampling(max_tokens=TOKENS, temperature=0.7, seed=1)


def measure_text() -> Iterator[SpeedResult]:
    """One answer in each engine, then four candidates at once against one after another."""
    slow = transformers.load(finished(folder_for(MODEL)), _spec("transformers", Level.INTERNALS))
    fast = llamacpp.load(finished(gguf_for(MODEL)), _spec("llamacpp", Level.LOGPROBS))
    try:
        yield _engines("llamacpp", fast, slow, bar=3.0, bits=4)
        yield from _exported(slow)
        yield _four("llamacpp", fast, bar=1.3)
        yield _four("transformers", slow, bar=3.0)
    finally:
        fast.close()


def _exported(slow: LanguageModel) -> Iterator[SpeedResult]:
    folder = finished(folder_for(MODEL))
    export = finished(exported(folder, MODEL))
    with closing(onnx.load(export, folder, _spec("onnx", Level.LOGITS))) as fast:
        yield _engines("onnx", fast, slow, bar=2.5, bits=8)
        yield _four("onnx", fast, bar=1.3)


def _engines(
    name: str, fast: LanguageModel, slow: LanguageModel, *, bar: float, bits: int
) -> SpeedResult:
    counts = [_tokens(fast, 1), _tokens(slow, 1)]
    quick, patient = in_turn(_answering(fast, 1), _answering(slow, 1), rounds=4)
    speeds = [counts[0] / quick, counts[1] / patient]
    return SpeedResult(
        f"text by {name} / text by transformers, in tokens a second",
        speeds[0] / speeds[1],
        bar,
        "higher",
        {f"{name}_tokens_per_s": speeds[0], "transformers_tokens_per_s": speeds[1]},
        note=f"{name} computes with {bits}-bit weights, transformers with 16-bit ones",
    )


def _four(name: str, model: LanguageModel, bar: float) -> SpeedResult:
    together = _tokens(model, 4)
    alone = _tokens(model, 1)
    at_once, one = in_turn(_answering(model, 4), _answering(model, 1), rounds=4)
    return SpeedResult(
        f"four candidates at once / one after another, {name}, in tokens a second",
        (together / at_once) / (alone / one),
        bar,
        "higher",
        {"four_tokens_per_s": together / at_once, "one_tokens_per_s": alone / one},
    )


def _answering(model: LanguageModel, n: int) -> Callable[[], list[Chunk]]:
    return lambda: list(model.generate([PROMPT] * n, SAMPLING))


def _tokens(model: LanguageModel, n: int) -> int:
    usages = [chunk.usage for chunk in model.generate([PROMPT] * n, SAMPLING) if chunk.usage]
    return sum(usage.tokens_out for usage in usages)


def _spec(engine: str, level: Level) -> ModelSpec:
    return ModelSpec(MODEL, engine, level)
