"""The app in a process of its own, as `python app.py` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


@dataclass(frozen=True)
class Served:
    """The app's address, process and what it has said."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        """On its console, so far."""
        return self.log.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals) -> int:
        """Its exit status after the signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def served(log: Path, **variables: str) -> Iterator[Served]:
    """The app, as soon as it answers; it is killed where it still runs at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, **variables, "GRADIO_SERVER_PORT": port},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        app = Served(f"http://127.0.0.1:{port}", process, log)
        _wait_for(app)
        yield app
    finally:
        process.kill()
        process.wait()


def _wait_for(app: Served) -> None:
    end = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < end:
            assert app.process.poll() is None, app.said
            try:
                client.get(f"{app.url}/config")
            except httpx.TransportError:
                time.sleep(0.2)
            else:
                return
    raise AssertionError(f"the app does not answer: {app.said}")
