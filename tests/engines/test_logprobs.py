"""How sure a model was of what it said: the sum over its tokens, as it draws them one by one."""

from contextlib import closing
from pathlib import Path

import pytest

from fusionlab.engines import llamacpp, transformers
from fusionlab.models.base import Chunk, LanguageModel, Level, Message, ModelSpec, TokenModel
from fusionlab.recipe import Sampling
from tests.tiny_gguf import tiny_gguf

PROMPTS = [[Message("user", text)] for text in ("one two", "the capital of France", "你好")]
SPEC = ModelSpec("tiny", engine="", level=Level.INTERNALS)


@pytest.fixture(params=["transformers", "llamacpp"])
def engine(request: pytest.FixtureRequest, tiny: Path, tmp_path: Path) -> str:
    return str(request.param)


def loaded(engine: str, tiny: Path, tmp_path: Path) -> TokenModel:
    if engine == "transformers":
        return transformers.load(tiny, SPEC)
    return llamacpp.load(tiny_gguf(tiny, tmp_path / "tiny.gguf"), SPEC)


def ends(model: LanguageModel, sampling: Sampling) -> list[Chunk]:
    chunks = [chunk for chunk in model.generate(PROMPTS, sampling) if chunk.reason]
    return sorted(chunks, key=lambda chunk: chunk.row)


def stepwise(model: TokenModel, row: int, tokens: int) -> tuple[float, bool]:
    """Sum of the best tokens' log-probabilities, and whether each of them is whole characters."""
    with closing(model.begin(model.encode(PROMPTS[row]))) as answer:
        total, whole = 0.0, True
        for _ in range(tokens):
            ((piece, logprob),) = answer.top(1)
            total += logprob
            whole &= not piece or "\ufffd" not in piece.decode("utf-8", "replace")
            answer.say(piece)
    return total, whole


def test_it_is_the_sum_over_the_greedy_tokens(engine: str, tiny: Path, tmp_path: Path) -> None:
    with closing(loaded(engine, tiny, tmp_path)) as model:
        told = 0
        for max_tokens in (1, 2, 6):
            for chunk in ends(model, Sampling(max_tokens=max_tokens)):
                assert chunk.usage is not None
                tokens = chunk.usage.tokens_out - (chunk.reason == "end")
                expected, whole = stepwise(model, chunk.row, tokens)
                if chunk.logprob is None:
                    assert engine == "llamacpp"
                    assert not whole
                else:
                    told += 1
                    assert chunk.logprob == pytest.approx(expected, abs=1e-3)
        assert told


def test_it_does_not_hang_on_how_tokens_are_drawn(tiny: Path, tmp_path: Path) -> None:
    with closing(loaded("transformers", tiny, tmp_path)) as model:
        (plain, *_), (cut, *_) = (
            ends(model, Sampling(max_tokens=5, temperature=temperature, top_k=1))
            for temperature in (1.0, 3.0)
        )
    assert cut.logprob == plain.logprob
    assert plain.logprob is not None
    assert plain.logprob < 0
