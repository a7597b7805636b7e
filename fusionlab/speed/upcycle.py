"""Memory of upcycling SmolLM2 to four experts, against its largest group of tensors.

A group is what the mixture has of one tensor of the model: all experts' copies of a feed-forward
matrix, or the tensor itself. The mixture is larger than the model in memory may be: it streams.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fusionlab.speed.programs import BARE, BUILD, ran
from fusionlab.speed.ratio import SpeedResult, finished
from fusionlab.weights.mixture_forms import INSIDE
from fusionlab.weights.opened import Opened, fetched

MODEL = "smollm2-135m"
EXPERTS = 4
SPARE = 300e6
"""Bytes of memory beside the largest group."""


def measure_upcycle() -> Iterator[SpeedResult]:
    """Peak memory over the imports, of a build in a process and a home of its own."""
    model = finished(fetched(MODEL))
    settings = {"experts": str(EXPERTS), "gates": "random"}
    command = [*BUILD, "upcycle", "--no-proof", "--source", f"path:{model.folder}", "--id", "new"]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    with tempfile.TemporaryDirectory(prefix="fusionlab-speed-") as temporary:
        folder = Path(temporary)
        bare = ran(BARE, folder)
        spent = ran(command, folder, folder / "home")
        written = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
        shutil.rmtree(folder / "home")
    group = _largest_group(model)
    yield SpeedResult(
        f"peak memory of upcycling {MODEL} over the imports / what is promised",
        (spent.memory - bare.memory) / (group + SPARE),
        1.0,
        "lower",
        {
            "peak_mb": spent.memory / 1e6,
            "imports_mb": bare.memory / 1e6,
            "largest_group_mb": group / 1e6,
            "promised_mb": (group + SPARE) / 1e6,
            "mixture_mb": written / 1e6,
            "s": spent.seconds,
        },
        note=f"{EXPERTS} experts, routers at random",
    )


def _largest_group(model: Opened) -> int:
    """Bytes of the mixture's largest group of tensors."""
    copied = {
        name for layer in model.layers for rest, name in layer.items() if rest.startswith(INSIDE)
    }
    headers = model.weights.tensors.values()
    return max(each.bytes * (EXPERTS if each.name in copied else 1) for each in headers)
