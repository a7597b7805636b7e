"""The app ends cleanly when it is asked to, whatever it is doing."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fusionlab.errors import FusionError
from fusionlab.ui.app import PORT, launch
from fusionlab.ui.live import LiveRuns, Visitor
from tests.tiny import tiny_llama
from tests.ui.caller import Caller
from tests.ui.serving import ROOT, served


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_in_progress_is_stopped_and_the_app_ends_without_a_crash(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tiny_llama(tmp_path / "long", context=8192, layers=24)
    with served(tmp_path / "log") as app:
        caller = Caller(app.url)
        begun = threading.Event()
        visitor = threading.Thread(
            target=caller.run_until_cut, args=(f"path:{folder}", begun), daemon=True
        )
        visitor.start()
        assert begun.wait(60)
        assert app.stop(number) == 0
        visitor.join(10)
        assert "Traceback" not in app.said
        assert "terminate" not in app.said


def test_closing_waits_for_what_computes_and_lets_nothing_new_begin() -> None:
    runs = LiveRuns()
    name = runs.begin(Visitor("ann"))
    with runs.at_work():
        assert not runs.close(0.01)
        assert not runs.wanted(name)
    assert runs.close(0.01)
    assert not runs.wanted(runs.begin(Visitor("ben")))


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "", "７８６０"])
def test_a_port_that_is_none_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv(PORT, port)
    with pytest.raises(FusionError, match=PORT) as caught:
        launch()
    assert "7860" in caught.value.hint


def test_ctrl_c_in_the_first_seconds_is_no_crash(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for seconds in (1.0, 2.0, 4.0):
        with log.open("wb") as output:
            app = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, stderr=output)
        time.sleep(seconds)
        app.send_signal(signal.SIGINT)
        assert app.wait(60) in (0, -signal.SIGINT)
        assert "Traceback" not in log.read_text(encoding="utf-8")
