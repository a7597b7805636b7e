"""The app ends cleanly when it is asked to, whatever it is doing."""

import signal
import threading
from pathlib import Path

import pytest

from fusionlab.ui.live import LiveRuns
from tests.tiny import tiny_llama
from tests.ui.caller import Caller
from tests.ui.serving import served


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_in_progress_is_stopped_and_the_app_ends_without_a_crash(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tiny_llama(tmp_path / "long", context=8192, layers=24)
    with served(tmp_path / "log") as app:
        caller = Caller(app.url)
        begun = threading.Event()
        visitor = threading.Thread(
            target=caller.run_until_cut, args=("solo", f"path:{folder}", begun), daemon=True
        )
        visitor.start()
        assert begun.wait(60)
        assert app.stop(number) == 0
        visitor.join(10)
        assert "Traceback" not in app.said
        assert "terminate" not in app.said


def test_closing_waits_for_what_computes_and_lets_nothing_new_begin() -> None:
    runs = LiveRuns()
    name = runs.begin("ann")
    with runs.at_work():
        assert not runs.close(0.01)
        assert not runs.wanted(name)
    assert runs.close(0.01)
    assert not runs.wanted(runs.begin("ben"))
