"""How soon the first page is there, against what importing gradio and torch takes by itself."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

from fusionlab.speed.ratio import SpeedResult, seconds
from fusionlab.speed.serving import served

ROUNDS = 3
IMPORTS = "import gradio, torch"


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
    with served():
        pass
