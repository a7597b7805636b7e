"""Programs in processes of their own: what they took, their imports included."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fusionlab.errors import FusionError

BARE = (sys.executable, "-c", "import torch, transformers, fusionlab.cli")
"""The imports of a build alone."""
BUILD = (sys.executable, "-m", "fusionlab.cli", "build")

LAUNCHER = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
process.returncode = status
print(time.perf_counter() - start, usage.ru_maxrss, status)
"""
"""Starts the program: Linux counts its starter's memory as its own, and the launcher's is small."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a program took."""

    seconds: float
    memory: float
    """Bytes, at the most."""


def installed() -> dict[str, str]:
    """The environment of a program that may keep its compiled code, as an installed one does.

    Else a checkout's modules were compiled at each start, and those of what it is held against,
    which came from a package, were not.
    """
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def ran(command: Sequence[str], folder: Path, home: Path | None = None) -> Spent:
    """What the program took, offline; its log is in the folder. Raises FusionError where it fails.

    `home` is FusionLab's for this program, where it is not to be the person's own.
    """
    own = {"FUSIONLAB_HOME": str(home)} if home else {}
    with (folder / "log").open("wb") as log:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, *command],
            stdout=subprocess.PIPE,
            stderr=log,
            env={**installed(), "HF_HUB_OFFLINE": "1", **own},
            check=True,
        )
    spent, peak, status = done.stdout.split()
    if int(status):
        said = (folder / "log").read_text(encoding="utf-8", errors="replace").strip()
        last = said.rpartition("\n")[2][:300]
        raise FusionError("speed-program-failed", program=command[0], said=last)
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(float(spent), int(peak) * unit)
