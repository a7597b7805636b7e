"""A process is killed in the middle: every name is a whole file, and what was begun goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fusionlab.runfiles import read_run
from fusionlab.sources import dequantise, store
from fusionlab.zoo.train import planned, train
from tests.drained import drained
from tests.faults.damage import contents, copying
from tests.tiny import tiny_llama
from tests.tiny_gguf import tiny_gguf
from tests.zoo.test_train import SHORT

CLI = ["-m", "fusionlab.cli"]
TRAINING = """
import sys
from pathlib import Path
import torch
import fusionlab.zoo.train
from tests.drained import drained
from tests.zoo.test_train import SHORT
torch.set_num_threads(1)
fusionlab.zoo.train.CHECKPOINTS_EVERY = 2
plan = fusionlab.zoo.train.planned(SHORT, 3)
training = fusionlab.zoo.train.train(plan, Path(sys.argv[1]))
for event in training:
    if getattr(event, "step", 0) == 5:
        print("now", flush=True)
        sys.stdin.read()  # until it is killed
"""
CONVERTING = """
import sys
from pathlib import Path
from fusionlab.sources.dequantise import dequantised
for event in dequantised(Path(sys.argv[1]), Path(sys.argv[2])):
    pass
"""


def killed_when(reached: Callable[[], bool], arguments: list[str], home: Path) -> None:
    """This Python, run with the arguments, is killed with its children as soon as that is so."""
    environment = {"FUSIONLAB_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 60
        while not reached():
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < end, "it never came so far"
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_a_killed_run_leaves_the_recording_before_and_its_own_part(tmp_path: Path) -> None:
    folder = tiny_llama(tmp_path / "long", context=8192, layers=24)
    out, part = tmp_path / "run.jsonl", tmp_path / "run.jsonl.part"
    command = [*CLI, "run", "solo", "--member", f"path:{folder},name=a", "--prompt", "one"]
    command += ["--max-tokens", "8000", "--out", str(out)]
    out.write_text("a good recording")
    killed_when(
        lambda: part.exists() and part.read_bytes().count(b"text_delta") > 2,
        command,
        tmp_path / "home",
    )
    assert out.read_text() == "a good recording"
    trace = read_run(part)
    assert trace.status == "stopped"
    assert trace.answer


@pytest.mark.usefixtures("one_thread")
def test_killed_training_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionlab.zoo.train.CHECKPOINTS_EVERY", 2)
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    shelf = tmp_path / "shelf"
    killed_when(
        lambda: any(shelf.glob(".*/checkpoint.safetensors")),
        ["-c", TRAINING, str(shelf)],
        tmp_path / "home",
    )
    assert not (shelf / "months").exists()
    _, resumed = drained(train(planned(SHORT, 3), shelf))
    _, whole = drained(train(planned(SHORT, 3), tmp_path / "whole"))
    assert contents(resumed) == contents(whole)


def test_a_killed_conversion_is_begun_again(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    gguf, shelf = tiny_gguf(tiny, tmp_path / "tiny.gguf"), tmp_path / "made"
    killed_when(
        lambda: any(shelf.glob(".*.part")),
        ["-c", CONVERTING, str(gguf), str(shelf / "tiny")],
        tmp_path / "home",
    )
    assert not (shelf / "tiny").exists()
    monkeypatch.setattr(dequantise, "in_process", copying(tiny))
    _, folder = drained(dequantise.dequantised(gguf, shelf / "tiny"))
    assert drained(store.fault(folder)) == ([], None)
