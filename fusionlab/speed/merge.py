"""Merges of two models of SmolLM2's size against mergekit's, a plain copy, and their own promises.

mergekit is run as a program from a virtual environment of its own, so that its imports count, as
ours do: `python -m venv mk && mk/bin/pip install mergekit==0.1.5`, and FUSIONLAB_MERGEKIT names
mk/bin/mergekit-yaml, unless that stands on the path. Without it there is nothing to compare with,
and the results say so.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.plans import Source
from fusionlab.registry import get_builder
from fusionlab.speed.fabricated import LARGE, LLAMA_7B, SMOLLM2, fabricated
from fusionlab.speed.programs import BARE, BUILD, Spent, ran
from fusionlab.speed.ratio import SpeedResult, finished, in_turn, seconds
from fusionlab.weights.opened import opened

MERGEKIT = "FUSIONLAB_MERGEKIT"
"""The environment variable that names mergekit's program."""
WALL, MEMORY = 0.6, 0.5
"""Of mergekit's, at most."""
COPY = 0.6
"""Of a plain copy's bandwidth, at least."""
PREFLIGHT = 2.0
"""Seconds."""
SPARE = 200e6
"""Bytes of memory beside three times the largest tensor of each source."""
ROUNDS = 3
FIRST = "linear"
"""What is measured first, in a home that knows no layout yet."""


def measure_merge() -> Iterator[SpeedResult]:
    """Two merges against mergekit, one against a copy, memory of a large one, and the preflight."""
    with tempfile.TemporaryDirectory(prefix="fusionlab-speed-") as temporary:
        folder = Path(temporary)
        for seed, name in enumerate(("base", "one", "two")):
            fabricated(folder / name, SMOLLM2, seed)
        for method in (FIRST, "ties"):
            yield from _against_mergekit(folder, method)
        yield _against_copying(folder)
        for name in ("base", "one", "two"):
            shutil.rmtree(folder / name)
        yield _memory_of_large(folder)
        yield _preflight(folder)


def _against_mergekit(folder: Path, method: str) -> Iterator[SpeedResult]:
    """Both programs on the same file, in turn, each as often; the medians.

    Our home stays, and the layout of such models with it: the median is of those who have merged
    models of one config before, the first time of them alone takes transformers' imports. That is
    told beside it.
    """
    program = os.environ.get(MERGEKIT) or shutil.which("mergekit-yaml")
    file = _file(folder, method)
    ours, kit = [], []
    for _ in range(ROUNDS):
        ours.append(_ours(file, folder))
        if program:
            kit.append(_theirs(program, file, folder))
    mine, theirs = _median(ours), _median(kit) if kit else None
    parts = {f"ours_{key}": value for key, value in _parts(mine).items()}
    parts |= {"ours_first_s": ours[0].seconds} if method == FIRST else {}
    note = "" if theirs else f"mergekit is not here: install it, and name it in {MERGEKIT}"
    parts |= {f"mergekit_{key}": value for key, value in _parts(theirs).items()} if theirs else {}
    yield SpeedResult(
        f"{method} merge / mergekit's, in seconds",
        mine.seconds / theirs.seconds if theirs else 0.0,
        WALL,
        "lower",
        parts,
        note,
    )
    yield SpeedResult(
        f"{method} merge / mergekit's, in peak memory",
        mine.memory / theirs.memory if theirs else 0.0,
        MEMORY,
        "lower",
        parts,
        note,
    )


def _parts(spent: Spent) -> dict[str, float]:
    return {"s": spent.seconds, "peak_mb": spent.memory / 1e6}


def _against_copying(folder: Path) -> SpeedResult:
    """Bytes read and written in a second, in this process, by a linear merge and by a copy."""
    size = (folder / "one" / "model.safetensors").stat().st_size

    def copy() -> None:
        shutil.copyfile(folder / "one" / "model.safetensors", folder / "copy")
        (folder / "copy").unlink()

    def merge() -> None:
        _merged_here(folder, [folder / "one", folder / "two"])

    copying, merging = in_turn(copy, merge, rounds=ROUNDS)
    rates = {"merge_mb_per_s": 3 * size / merging / 1e6, "copy_mb_per_s": 2 * size / copying / 1e6}
    ratio = rates["merge_mb_per_s"] / rates["copy_mb_per_s"]
    return SpeedResult("bandwidth of a linear merge / of a copy", ratio, COPY, "higher", rates)


def _memory_of_large(folder: Path) -> SpeedResult:
    """Peak memory over the imports, of a merge with a base by a rule that needs whole tensors."""
    names = ("base", "one", "two")
    for seed, name in enumerate(names):
        fabricated(folder / name, LARGE, seed)
    header = max(opened(f"path:{folder / 'one'}").weights.tensors.values(), key=lambda h: h.bytes)
    spent = _ours(_file(folder, "ties"), folder)
    bare = ran(BARE, folder)
    promised = len(names) * 3 * header.bytes + SPARE
    for name in names:
        shutil.rmtree(folder / name)
    return SpeedResult(
        "peak memory of a large merge over the imports / what is promised",
        (spent.memory - bare.memory) / promised,
        1.0,
        "lower",
        {
            "peak_mb": spent.memory / 1e6,
            "imports_mb": bare.memory / 1e6,
            "largest_tensor_mb": header.bytes / 1e6,
            "promised_mb": promised / 1e6,
        },
    )


def _preflight(folder: Path) -> SpeedResult:
    """What is known of two models of 7B parameters, by headers alone: their files hold nothing."""
    for seed, name in enumerate(("one", "two")):
        fabricated(folder / name, LLAMA_7B, seed, hollow=True)
    sources = [Source(f"path:{folder / name}") for name in ("one", "two")]
    get_builder("merge").plan(sources, {}, "new")  # its imports are not counted
    spent = seconds(lambda: get_builder("merge").plan(sources, {}, "new"))
    name = "preflight of two models of 7B parameters / 2 seconds"
    return SpeedResult(name, spent / PREFLIGHT, 1.0, "lower", {"preflight_s": spent})


def _file(folder: Path, method: str) -> Path:
    """A file of mergekit's."""
    weighted = [
        {"model": str(folder / name), "parameters": {"weight": 0.5}} for name in ("one", "two")
    ]
    merge: dict[str, Any] = {"merge_method": method, "models": weighted, "dtype": "float32"}
    if method != "linear":
        density = {"parameters": {"density": 0.5}}
        merge = {**merge, "base_model": str(folder / "base"), **density}
    place = folder / f"{method}.yml"
    place.write_text(yaml.safe_dump(merge), encoding="utf-8")
    return place


def _ours(file: Path, folder: Path) -> Spent:
    home = folder / "home"
    command = [*BUILD, "merge", "--no-proof"]
    spent = ran([*command, "--set", f"mergekit={file}", "--id", "new"], folder, home)
    shutil.rmtree(home / "models")
    return spent


def _theirs(program: str, file: Path, folder: Path) -> Spent:
    out = folder / "theirs"
    spent = ran([program, str(file), str(out), "--no-write-model-card", "--quiet"], folder)
    shutil.rmtree(out)
    return spent


def _merged_here(folder: Path, sources: Sequence[Path]) -> None:
    """The tensors of a linear merge are written and gone."""
    from fusionlab.builders.merge import stream

    refs = [Source(f"path:{source}") for source in sources]
    plan = get_builder("merge").plan(refs, {}, "new")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        finished(stream(plan, Path(out)))


def _median(spent: Sequence[Spent]) -> Spent:
    middle = len(spent) // 2
    return Spent(
        sorted(each.seconds for each in spent)[middle],
        sorted(each.memory for each in spent)[middle],
    )
