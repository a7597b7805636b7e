"""Of all threads and processes that would make one thing, one is at it; the others wait."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fusionlab.events import Progress
from fusionlab.sources import store
from tests.drained import drained

COUNTING = """
import sys, time
from pathlib import Path
from fusionlab.sources import store
target, file = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(5):
    waiting = store.alone(target)
    try:
        while True:
            next(waiting)
    except StopIteration as end:
        lock = end.value
    number = int(file.read_text())
    time.sleep(0.01)
    file.write_text(str(number + 1))
    lock.release()
"""
HOLDING = """
import sys, time
from pathlib import Path
from fusionlab.sources import store
try:
    next(store.alone(Path(sys.argv[1])))
except StopIteration as end:
    lock = end.value
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@contextmanager
def held_elsewhere(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the lock on `target`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(target)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_processes_and_threads_that_count_lose_no_number(tmp_path: Path) -> None:
    file, target = tmp_path / "count", tmp_path / "thing"
    file.write_text("0")
    others = [
        subprocess.Popen([sys.executable, "-c", COUNTING, str(target), str(file)]) for _ in range(2)
    ]

    def count() -> None:
        for _ in range(5):
            _, lock = drained(store.alone(target))
            number = int(file.read_text())
            time.sleep(0.01)
            file.write_text(str(number + 1))
            lock.release()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for each in threads:
        each.join()
    assert [other.wait(60) for other in others] == [0, 0]
    assert file.read_text() == "20"


def test_who_waits_says_so_and_a_killed_process_holds_nobody_up(tmp_path: Path) -> None:
    target = tmp_path / "thing"
    with held_elsewhere(target) as process:
        waiting = store.alone(target)
        first, second = next(waiting), next(waiting)
        assert isinstance(first, Progress)
        assert first.what == "waiting for thing"
        assert 0 < first.done < second.done
        _, other = drained(store.alone(tmp_path / "another"))
        other.release()
        process.send_signal(signal.SIGKILL)
        process.wait()
        _, lock = drained(waiting)
        lock.release()


def test_who_stops_waiting_takes_no_lock(tmp_path: Path) -> None:
    target = tmp_path / "thing"
    _, lock = drained(store.alone(target))
    waiting = store.alone(target)
    next(waiting)
    waiting.close()
    freed = threading.Thread(target=lock.release)  # not the thread that took it
    freed.start()
    freed.join()
    events, lock = drained(store.alone(target))
    assert events == []
    lock.release()


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    _, lock = drained(store.alone(tmp_path / "real" / "thing"))
    waiting = store.alone(tmp_path / "link" / "thing")
    assert next(waiting)
    waiting.close()
    lock.release()


def test_where_the_home_cannot_be_written_the_lock_is_beside_the_target(
    tmp_path: Path, home: Path
) -> None:
    home.write_text("a file, where no folder can be made")
    shelf = tmp_path / "shelf"
    _, lock = drained(store.alone(shelf / "thing"))
    waiting = store.alone(shelf / "thing")
    assert next(waiting)
    lock.release()
    drained(waiting)[1].release()


def test_where_nothing_can_be_written_nobody_waits(home: Path) -> None:
    home.write_text("a file, where no folder can be made")
    locks = [drained(store.alone(home / "thing"))[1] for _ in range(2)]
    for lock in locks:
        lock.release()
