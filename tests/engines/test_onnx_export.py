"""An export is made once, whole or not at all, and is near its original or not used."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fusionlab.engines import onnx_aside, onnx_export
from fusionlab.engines.exports import QUALITY
from fusionlab.engines.onnx_aside import _Aside, standing, suits
from fusionlab.engines.onnx_export import BOUND, exported, place_of, quality_of
from fusionlab.errors import SourceError
from fusionlab.events import Warned
from fusionlab.sources import store
from tests.drained import drained
from tests.tiny import tiny_llama, tiny_mixture
from tests.tiny_onnx import copying

FULL = SimpleNamespace(free=1000)
"""A disk with a kilobyte of room."""


@pytest.fixture
def export(tiny_export: Path) -> Path:
    return tiny_export


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def calls(export: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were exported, each by a copy of the real export."""
    calls: list[Path] = []
    monkeypatch.setattr(onnx_export, "written", copying(export, calls))
    return calls


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Aside]:
    """Exports are made unasked, of models of any size; none outlives the test."""
    monkeypatch.setenv(onnx_aside.VARIABLE, "auto")
    monkeypatch.setattr(onnx_aside, "FEWEST", 1)
    aside = _Aside()
    monkeypatch.setattr(onnx_aside, "_ASIDE", aside)
    yield aside
    aside.stop()


def leftovers(home: Path) -> list[Path]:
    return [*(home / "onnx").iterdir()] if (home / "onnx").exists() else []


def key_of(folder: Path) -> str:
    with pytest.raises(SourceError) as raised:
        drained(exported(folder, "tiny"))
    return raised.value.sentence.key


def test_an_export_is_near_its_original_and_says_how_near(export: Path) -> None:
    quality = quality_of(export)
    assert 0 < quality.divergence < BOUND / 5
    assert quality.same > 0.9
    assert quality.tokens > 100
    assert {file.name for file in export.iterdir()} == {
        *("model.onnx", "model.onnx.data", "genai_config.json", QUALITY)
    }


def test_it_is_made_once_and_anew_where_it_is_damaged(tiny: Path, calls: list[Path]) -> None:
    for _ in range(2):
        _, target = drained(exported(tiny, "tiny"))
    assert calls == [tiny]
    (target / "model.onnx.data").write_bytes(b"short")
    assert drained(exported(tiny, "tiny"))[1] == target
    assert calls == [tiny, tiny]
    assert drained(store.fault(target))[1] is None


def test_other_weights_and_another_config_are_another_export(tiny: Path, tmp_path: Path) -> None:
    places = [drained(place_of(tiny))[1]]
    shutil.copytree(tiny, tmp_path / "same")
    assert drained(place_of(tmp_path / "same"))[1] == places[0]
    places.append(drained(place_of(tiny_llama(tmp_path / "other", seed=7)))[1])
    config = json.loads((tiny / "config.json").read_text())
    (tmp_path / "same/config.json").write_text(json.dumps({**config, "rms_norm_eps": 0.1}))
    places.append(drained(place_of(tmp_path / "same"))[1])
    assert len(set(places)) == 3


def test_an_unknown_architecture_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    folder = tiny_mixture(tmp_path / "moe")
    with pytest.raises(SourceError, match="Qwen2MoeForCausalLM") as raised:
        drained(exported(folder, "moe"))
    assert "Llama" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"sliding_window": 64}, "onnx-window"),
        ({"layer_types": ["full_attention", "sliding_attention"]}, "onnx-window"),
        ({"quantization_config": {"quant_method": "fp8"}}, "onnx-quantised"),
        ({"architectures": None}, "onnx-architecture"),
        ({"head_dim": 12}, "onnx-heads"),
    ],
)
def test_what_an_export_would_compute_otherwise_is_refused(
    tiny: Path, tmp_path: Path, changed: dict[str, object], key: str
) -> None:
    config = json.loads((tiny / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **changed}))
    assert key_of(tmp_path) == key


def test_an_export_that_fails_says_what_was_said(tiny: Path, tmp_path: Path, home: Path) -> None:
    folder = shutil.copytree(tiny, tmp_path / "broken")
    (folder / "tokenizer.json").write_text("{}")
    assert key_of(folder) == "onnx-export-failed"
    assert leftovers(home) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
def test_one_that_is_killed_leaves_nothing(
    tiny: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})"
    monkeypatch.setattr(onnx_export, "_CHILD", program)
    assert key_of(tiny) == "onnx-export-killed"
    assert leftovers(home) == []


def test_none_is_begun_without_room(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: FULL)
    assert key_of(tiny) == "onnx-no-room"


@pytest.mark.parametrize("nats", [BOUND * 2, float("nan")])
def test_one_that_is_too_far_from_its_original_is_not_kept_and_not_used(
    tiny: Path, calls: list[Path], aside: _Aside, monkeypatch: pytest.MonkeyPatch, nats: float
) -> None:
    copied = onnx_export.written

    def written(folder: Path, part: Path, name: str, *, gently: bool = False) -> Iterator[object]:
        yield from copied(folder, part, name, gently=gently)
        (part / QUALITY).write_text(json.dumps({"divergence": nats, "same": 0.5, "tokens": 9}))

    monkeypatch.setattr(onnx_export, "written", written)
    for _ in range(2):
        assert key_of(tiny) == "onnx-too-far"
    assert calls == [tiny]
    target = drained(place_of(tiny))[1]
    assert not list(target.glob("*.onnx*"))
    news, place = drained(standing(tiny, "tiny"))
    assert place is None
    assert "nats a token from its original" in news[-1].message
    assert calls == [tiny]


def test_the_first_run_begins_it_and_a_later_one_finds_it(
    tiny: Path, calls: list[Path], aside: _Aside
) -> None:
    news, place = drained(standing(tiny, "tiny"))
    assert place is None
    assert news[-1] == Warned.of("onnx-in-the-making", name="tiny")
    aside.wait(drained(place_of(tiny))[1])
    news, place = drained(standing(tiny, "tiny"))
    assert place == drained(place_of(tiny))[1]
    assert not [each for each in news if isinstance(each, Warned)]
    assert calls == [tiny]


def test_where_it_failed_transformers_goes_on_and_says_why(
    tiny: Path, aside: _Aside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: FULL)
    drained(standing(tiny, "tiny"))
    aside.wait(drained(place_of(tiny))[1])
    news, place = drained(standing(tiny, "tiny"))
    assert place is None
    assert "MB are free; tiny runs in transformers" in news[-1].message


def test_the_end_of_the_program_ends_it(
    tiny: Path, home: Path, aside: _Aside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "_CHILD", "import time; time.sleep(60)")
    drained(standing(tiny, "tiny"))
    start = time.monotonic()
    aside.stop()
    assert time.monotonic() - start < 5
    assert leftovers(home) == []


def test_it_suits_large_models_that_are_known_unless_it_is_off(
    tiny: Path, tmp_path: Path, aside: _Aside, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suits(tiny)
    assert not suits(tiny_mixture(tmp_path / "moe"))
    monkeypatch.setattr(onnx_aside, "FEWEST", 20_000_000)
    assert not suits(tiny)
    monkeypatch.setattr(onnx_aside, "FEWEST", 1)
    monkeypatch.setenv(onnx_aside.VARIABLE, "off")
    assert not suits(tiny)


def test_nothing_of_onnxruntime_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys, fusionlab, fusionlab.run, fusionlab.ui.app, fusionlab.engines.onnx;"
        "print([each for each in sys.modules if each.startswith('onnx')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
