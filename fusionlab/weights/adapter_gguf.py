"""An adapter as a GGUF file that llama.cpp adds to the GGUF file of its base: W x + (α ÷ r) BA x.

Written as llama.cpp's own convert_lora_to_gguf.py has it (general.type, adapter.type,
adapter.lora.alpha, tensors NAME.lora_a and NAME.lora_b), in fp32. The file knows one α for all
projections, so that scales that differ are put into B.
"""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.weights.as_gguf import EXPERT, interleaved, names_there
from fusionlab.weights.checkpoint import checkpoint_in, config_in
from fusionlab.weights.folding import LowRank, deltas_in
from fusionlab.weights.gguf_models import ARCHITECTURES, oddities
from fusionlab.weights.layers import Layout, layout_of


def write_adapter_gguf(
    adapter: Path, base: Path, file: Path, name: str
) -> Generator[Progress, None, None]:
    """The file holds the adapter, for the model in the folder `base`.

    Raises SourceError where GGUF cannot hold that model, or llama.cpp knows no such projection.
    """
    import gguf

    deltas, named, layout = _readied(adapter, base)
    architecture = ARCHITECTURES[layout.config["model_type"]]
    alpha = max(len(delta.a) for delta in deltas.values())
    writer = gguf.GGUFWriter(file, architecture.name)
    try:
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_name(name)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(alpha))
        for done, (target, delta) in enumerate(deltas.items()):
            yield Progress(f"exporting {name}", done, len(deltas), "items")
            _add(writer, named[target], delta.a, _outward(target, delta, alpha, layout))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    yield Progress(f"exporting {name}", len(deltas), len(deltas), "items")


def check_adapter_gguf(adapter: Path, base: Path) -> None:
    """Raises SourceError where `write_adapter_gguf` would."""
    _readied(adapter, base)


def _readied(adapter: Path, base: Path) -> tuple[Mapping[str, LowRank], dict[str, str], Layout]:
    """The adapter's projections, what llama.cpp calls each, and the shape of the base."""
    deltas = deltas_in(adapter, checkpoint_in(base).tensors)
    layout = layout_of(config_in(base), base)
    if odd := list(oddities(layout)):
        raise SourceError("export-not-gguf", folder=base.name, why=odd)
    known = names_there(ARCHITECTURES[layout.config["model_type"]], layout)
    named = {target: None if EXPERT.fullmatch(target) else known(target) for target in deltas}
    if unknown := [target for target, there in named.items() if there is None]:
        raise SourceError("export-not-gguf", folder=adapter.name, why=unknown[:1])
    return deltas, {target: str(there) for target, there in named.items()}, layout


def _outward(target: str, delta: LowRank, alpha: int, layout: Layout) -> Tensor:
    """B with its rows as llama.cpp wants them, which multiplies by α ÷ r itself."""
    b = delta.b * (len(delta.a) / alpha)
    swapped = ARCHITECTURES[layout.config["model_type"]].interleaved
    return interleaved(target, b, layout.config) if swapped else b


def _add(writer: Any, name: str, a: Tensor, b: Tensor) -> None:
    writer.add_tensor(f"{name}.lora_a", a.contiguous().numpy())
    writer.add_tensor(f"{name}.lora_b", b.contiguous().numpy())
