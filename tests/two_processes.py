"""Builds by two processes of this machine that a launcher starts, as on several graphics cards."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w

LAUNCHER = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]


def built_by_two(builds: Sequence[dict[str, Any]], file: Path) -> None:
    """These builds of a recipe, which is written to the file; without their examination."""
    file.write_text(tomli_w.dumps({"build": list(builds)}))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(
        [*LAUNCHER, "-m", "fusionlab.cli", "build", str(file), "--no-proof"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert ended.returncode == 0, ended.stderr
