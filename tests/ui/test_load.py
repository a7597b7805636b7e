"""Thirty visitors at once come, vote, open runs and go, and nothing of them stays.

Two minutes are `FUSIONLAB_LOAD_SECONDS=120 pytest tests/ui/test_load.py`; the suite takes less.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
import pytest

from fusionlab.assets import asset
from tests.ui.caller import PASTED, Caller
from tests.ui.serving import Served, served

VISITORS = 30
SECONDS = float(os.environ.get("FUSIONLAB_LOAD_SECONDS", "5"))
PATIENCE = 60.0


class Held(NamedTuple):
    """What the app's process holds."""

    threads: int
    descriptors: int
    megabytes: float
    files: int

    @classmethod
    def by(cls, app: Served, cache: Path) -> "Held":
        process = psutil.Process(app.process.pid)
        files = len(list(cache.glob("*/fusionlab-*/*")))  # what was brought goes with a sweep
        memory = process.memory_info().rss / 1e6
        return cls(process.num_threads(), process.num_fds(), memory, files)


@pytest.mark.skipif(not hasattr(psutil.Process, "num_fds"), reason="counts POSIX descriptors")
def test_nothing_of_thirty_visitors_stays(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    variables = {"SPACE_ID": "someone/fusionlab", "GRADIO_TEMP_DIR": str(cache)}
    with served(tmp_path / "log", **variables) as app:
        crowd(app.url, visitors=8, seconds=1)  # caches fill, threads start
        first = at_rest(lambda: Held.by(app, cache))
        served_pages = crowd(app.url, visitors=VISITORS, seconds=SECONDS)
        last = at_rest(lambda: Held.by(app, cache))
        assert app.process.poll() is None
        assert "Traceback" not in app.said
    assert served_pages >= VISITORS
    assert last.files == 0
    assert last.threads <= first.threads + VISITORS
    assert last.descriptors <= first.descriptors + 5
    assert last.megabytes <= first.megabytes + 40 + 0.1 * served_pages


def crowd(url: str, visitors: int, seconds: float) -> int:
    """So many at once, each of whom comes back as somebody else; how many have been there."""
    end = time.monotonic() + seconds
    been: list[str] = []
    faults: list[str] = []

    def come_and_go(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while time.monotonic() < end or not been:
                caller = Caller(url)
                with page_open(caller):
                    visit(caller, chance)
                been.append(caller.visitor)
        except Exception as fault:  # noqa: BLE001  told by the test, whatever thread it was in
            faults.append(repr(fault))

    threads = [threading.Thread(target=come_and_go, args=(seed,)) for seed in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return len(been)


def visit(caller: Caller, chance: random.Random) -> None:
    """The first page, a vote, and sometimes a recorded run."""
    assert caller.call_with_query("").succeeded
    said = caller.run("answers", PASTED)
    assert said.succeeded, said.error
    assert not said.refused
    assert '"finished"' in said.text
    if chance.random() < 0.3:
        (upload,) = caller.events_of(caller.component("open-run"))
        path = caller.upload(asset("runs/six-answers.jsonl"))
        answer = caller.call(upload, [{"path": path, "meta": {"_type": "gradio.FileData"}}])
        assert answer.succeeded, answer.error
        assert not answer.notice


@contextmanager
def page_open(caller: Caller) -> Iterator[None]:
    """The visitor's page holds its connection, and lets it go at the end."""
    with (
        httpx.Client(base_url=caller.url, timeout=PATIENCE, trust_env=False) as client,
        client.stream("GET", f"/gradio_api/heartbeat/{caller.visitor}"),
    ):
        yield


def at_rest(look: Callable[[], Held]) -> Held:
    """What is held as soon as it does not get less any more."""
    held, end = look(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(3)
        now = look()
        if now.threads >= held.threads and now.descriptors >= held.descriptors and not now.files:
            return now
        held = now
    return held
