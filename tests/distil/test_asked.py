"""A model that only tells log-probabilities is a source like any other."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from torch.testing import assert_close

from fusionlab.distil.asked import asked_blocks, source_of
from fusionlab.distil.blocks import blocks_of
from fusionlab.distil.observed import observed
from fusionlab.distil.storing import stored
from fusionlab.engines import llamacpp, remote
from fusionlab.engines.llama_server import LlamaCppModel
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.errors import LevelTooLow, PromptTooLong
from fusionlab.models.base import Level, ModelSpec
from fusionlab.speed.ratio import finished
from fusionlab.tokens.maps import token_map
from tests.bench.clerks import Clerk
from tests.tiny_gguf import tiny_gguf

TEXT = "one two three é 你好, four"
"""With characters of several tokens, of which the server says nothing by themselves."""

CLOSE = 1e-2
"""llama.cpp keeps what it has read in half precision."""


@pytest.fixture(scope="module")
def model(tiny: Path) -> TransformersModel:
    return load(tiny, ModelSpec("tiny", "transformers", Level.INTERNALS))


@pytest.fixture(scope="module")
def told(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaCppModel]:
    gguf = tiny_gguf(tiny, tmp_path_factory.mktemp("gguf") / "tiny.gguf")
    with closing(llamacpp.load(gguf, ModelSpec("gguf:tiny", "llamacpp", Level.LOGPROBS))) as model:
        yield model


def test_what_a_server_tells_is_what_the_same_model_computes(
    model: TransformersModel, told: LlamaCppModel
) -> None:
    ids = told.tokenized(TEXT)
    assert ids == model.tokenizer(TEXT, add_special_tokens=False)["input_ids"]
    assert any("\ufffd" in told.vocabulary.said(token).decode(errors="replace") for token in ids)
    (seen,), own = asked_blocks(told, [ids], 5), observed(model, ids, 5)
    assert_close(seen.logprobs, own.logprobs, atol=CLOSE, rtol=0)
    assert_close(seen.label, own.label, atol=CLOSE, rtol=0, equal_nan=True)
    assert_close(seen.tail, own.tail, atol=CLOSE, rtol=0)
    alike = (seen.ids == own.ids).double().mean()
    assert alike > 0.9  # near ties may change places
    assert seen.nats_per_byte(told.vocabulary) == pytest.approx(
        own.nats_per_byte(model.vocabulary), abs=CLOSE
    )


def test_a_server_elsewhere_tells_the_same(
    told: LlamaCppModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "FUSIONLAB_API_KEYS", f"{httpx.URL(told.endpoint.url).netloc.decode()}={told.endpoint.key}"
    )
    spec = ModelSpec("api:there", "remote", Level.LOGPROBS)
    ids = told.tokenized("one two three")
    with closing(remote.load(f"{told.endpoint.url}/v1", "tiny", spec)) as there:
        (seen,) = source_of(there, "tiny").read([ids], 5)
    (own,) = asked_blocks(told, [ids], 5)
    assert_close(seen.logprobs, own.logprobs, atol=CLOSE, rtol=0)


def test_it_is_stored_and_mapped_as_any_other(
    model: TransformersModel, told: LlamaCppModel, tmp_path: Path
) -> None:
    source = source_of(told, "tiny over llama.cpp")
    texts = list(blocks_of("one two three, four", [told.tokenized, model.tokenizer.encode]))
    blocks = [told.tokenized(text) for text in texts]
    kept = finished(stored(source, blocks, 5, shelf=tmp_path))
    own = observed(model, blocks[0], 5)
    assert_close(kept.block(0).logprobs, own.logprobs, atol=CLOSE, rtol=0)
    mapping = token_map(source.vocabulary, model.vocabulary, "em")
    text = [
        token for token, piece in enumerate(told.vocabulary.pieces) if told.vocabulary.said(token)
    ]
    assert np.array_equal(mapping[text], text)
    assert torch.isfinite(kept.block(0).label[:-1]).all()


def test_what_cannot_be_asked_is_refused_before_anything_is_read(told: LlamaCppModel) -> None:
    clerk = Clerk(lambda _: "yes", "clerk")
    with pytest.raises(LevelTooLow, match="log-probabilities"):
        source_of(clerk, "clerk")
    assert clerk.asked == []
    with pytest.raises(PromptTooLong, match="512"):
        next(asked_blocks(told, [[1, 2], [1] * 512]))
