"""What the command line said, for tests."""

import json
from typing import Any

import pytest

from fusionlab.cli import main

Capture = pytest.CaptureFixture[str]
PROMPT = "the capital of France is"


def printed(capsys: Capture) -> Any:
    """The one JSON object on standard output."""
    return json.loads(capsys.readouterr().out)


def refused(arguments: list[str], capsys: Capture) -> tuple[int, str]:
    """Exit status and what stood on standard error; nothing stood on standard output."""
    status = main(arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return status, err
