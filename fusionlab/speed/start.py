"""How soon the first page is there, against what importing gradio and torch takes by itself."""

import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from fusionlab.errors import FusionError
from fusionlab.speed.ratio import SpeedResult, seconds

ROUNDS = 3
PATIENCE = 60.0
"""Seconds to wait for a first page."""
IMPORTS = "import gradio, torch"
SERVE = "from fusionlab.ui.app import launch; launch(server_port={port}, quiet=True)"


def measure_start() -> Iterator[SpeedResult]:
    """Fresh processes in turn: the imports alone, then the app until its page answers."""
    _imports()
    _first_page()
    pairs = [(seconds(_imports), seconds(_first_page)) for _ in range(ROUNDS)]
    imports, page = (statistics.median(column) for column in zip(*pairs, strict=True))
    yield SpeedResult(
        "app start to first page / importing gradio and torch",
        page / imports,
        1.3,
        "lower",
        {"first_page_s": page, "imports_s": imports},
    )


def _imports() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True)


def _first_page() -> None:
    port = _free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVE.format(port=port)])
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            if time.monotonic() > deadline or server.poll() is not None:
                raise FusionError("app-not-started")
            time.sleep(0.02)
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
