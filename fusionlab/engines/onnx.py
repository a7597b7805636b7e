"""Models in onnxruntime, with 8-bit weights: whole logits on a CPU, fast.

A model's folder is exported once (`fusionlab.engines.onnx_export`); its tokenizer, chat template
and settings are still the folder's own, so that only the precision differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.local import LocalModel
from fusionlab.engines.onnx_export import quality_of
from fusionlab.engines.onnx_passes import Cache, OnnxNetwork, RowCache, open_network
from fusionlab.engines.onnx_rows import PART, OnnxRows
from fusionlab.engines.prefixes import Prefixes
from fusionlab.models.base import LogitModel, ModelSpec
from fusionlab.sources.opening import open_tokenizer, ours

NAME = "onnx int8"
"""What the engine is called where a cost is told: with its precision."""


def load(export: Path, folder: str | Path, spec: ModelSpec) -> "OnnxModel":
    """The exported model with the tokenizer of the folder that it was made from."""
    return opened(export, folder, replace(spec, divergence=quality_of(export).divergence))


def opened(export: Path, folder: str | Path, spec: ModelSpec) -> "OnnxModel":
    """The same, of an export whose divergence is not known yet."""
    network = open_network(export, spec.id)
    size = sum(file.stat().st_size for file in export.glob("*.onnx*"))
    return OnnxModel(replace(spec, engine=NAME, bytes=size), network, Path(folder))


class OnnxModel(LocalModel[RowCache]):
    """A causal language model in onnxruntime."""

    def __init__(self, spec: ModelSpec, network: OnnxNetwork, folder: Path) -> None:
        from transformers import AutoConfig

        tokenizer = open_tokenizer(folder)
        with ours(folder):
            config = AutoConfig.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False
            ).get_text_config()
        super().__init__(
            spec,
            tokenizer,
            ends=_ends(folder, config),
            embedded=network.shape.vocabulary,
            context=int(getattr(config, "max_position_embeddings", 0) or 0),
        )
        self._networks = [network]

    @property
    def trunk(self) -> "OnnxModel":
        """Itself: it takes no adapters."""
        return self

    def open(self, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel] = ()) -> OnnxRows:
        """One row a prompt; what prompts have in common at their beginning is read once."""
        for model in models:
            if model is not self:
                raise ValueError(f"{model.spec.id} is not computed with {self.spec.id}")
        (network,) = self._networks
        return OnnxRows(network, prompts)

    def each(self, ids: Sequence[int]) -> Iterator[Float[Tensor, "token vocab"]]:
        """Logits after each of the ids, some at a time."""
        (network,) = self._networks
        cache = Cache(network.shape, 1)
        cache.reserve(len(ids))
        for start in range(0, len(ids), PART):
            part = [list(ids[start : start + PART])]
            yield network.step(part, cache, slice(0, 1), [start], every=True)[0]

    def _rows(
        self, encoded: Sequence[Sequence[int]], prefixes: Prefixes[RowCache] | None
    ) -> OnnxRows:
        (network,) = self._networks
        return OnnxRows(network, encoded, prefixes)

    def close(self) -> None:
        """The weights are let go, and what was kept of its reading."""
        self.forget()
        self._networks = []


def _ends(folder: Path, config: Any) -> int | Sequence[int] | None:
    """The ids that end an answer, as transformers reads them."""
    from transformers import GenerationConfig

    with ours(folder):
        if (folder / "generation_config.json").exists():
            found = GenerationConfig.from_pretrained(folder, local_files_only=True)
        else:
            found = GenerationConfig.from_model_config(config)
    ends: int | Sequence[int] | None = found.eos_token_id
    return ends
