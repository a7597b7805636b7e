"""What a program in a process of its own took."""

import sys
from pathlib import Path

import pytest

from fusionlab.errors import FusionError
from fusionlab.speed.programs import ran


def test_the_peak_counts_what_was_let_go(tmp_path: Path) -> None:
    small = ran([sys.executable, "-c", "pass"], tmp_path)
    large = ran([sys.executable, "-c", "held = bytes([1]) * 100_000_000; del held"], tmp_path)
    assert 90e6 < large.memory - small.memory < 120e6


def test_the_home_is_the_programs_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran([sys.executable, "-c", "import os; print(os.environ['FUSIONLAB_HOME'])"], tmp_path, home)
    assert (tmp_path / "log").read_text().strip() == str(home)


def test_a_program_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(FusionError, match="no such wool"):
        ran([sys.executable, "-c", "raise SystemExit('no such wool')"], tmp_path)
