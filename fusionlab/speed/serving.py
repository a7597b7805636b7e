"""The app in a process of its own, and a browser that looks at it."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fusionlab.errors import FusionError
from fusionlab.speed.programs import installed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE = 60.0
"""Seconds to wait for a first page."""
SERVE = "from fusionlab.ui.app import launch; launch(server_port={port}, quiet=True)"
BROWSERS = ("chromium", "chromium-browser", "chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def served() -> Iterator[str]:
    """The app's address, which answers by now; its process ends with the context.

    Raises FusionError where the app does not start.
    """
    port = _free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVE.format(port=port)], env=installed())
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            if time.monotonic() > deadline or server.poll() is not None:
                raise FusionError("app-not-started")
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def browser() -> Iterator["Browser"]:
    """The machine's Chromium, or the one that playwright brought; closed with the context.

    Raises FusionError where there is none, or no playwright.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as cause:
        raise FusionError("speed-without-browser") from cause
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Error as cause:
            raise FusionError("speed-without-browser") from cause
        with chromium:
            yield chromium


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
