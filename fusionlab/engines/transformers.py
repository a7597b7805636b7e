"""Models that run in transformers: whole logits, batches, adapters over one base.

Of a conversation in rounds, each round computes only what the round before had not read: see
`resume`.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.kept import KV, is_watched
from fusionlab.engines.local import LocalModel
from fusionlab.engines.lora import Adapter, load_adapter
from fusionlab.engines.padding import takes_padding, takes_positions
from fusionlab.engines.passes import Network
from fusionlab.engines.prefixes import Prefixes
from fusionlab.engines.rows import TransformersRows
from fusionlab.models.base import LogitModel, ModelSpec
from fusionlab.sources.opening import open_model, open_tokenizer, ours

BESIDE = 64 << 20
"""Bytes of weights from which a pass is worth a thread of its own."""


def load(folder: Path, spec: ModelSpec) -> "TransformersModel":
    """The model in a Hugging Face folder, on the GPU where there is one."""
    tokenizer = open_tokenizer(folder)
    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    model = open_model(folder, dtype="auto")
    model = model.to(device=device, dtype=_runnable(model.dtype, device)).eval()
    with ours(folder):
        return TransformersModel(spec, model, tokenizer)


def load_adapted(folder: Path, base: "TransformersModel", spec: ModelSpec) -> "TransformersModel":
    """The adapter in peft's folder on this base, as a model of its own over the same weights."""
    return base.adapted(load_adapter(folder, base.module), spec)


class TransformersModel(LocalModel[KV]):
    """A causal language model in transformers; see also `OpenModel`."""

    def __init__(self, spec: ModelSpec, model: Any, tokenizer: Any) -> None:
        super().__init__(
            replace(spec, bytes=sum(p.numel() * p.element_size() for p in model.parameters())),
            tokenizer,
            ends=model.generation_config.eos_token_id,
            embedded=int(model.get_input_embeddings().num_embeddings),
            context=int(getattr(model.config, "max_position_embeddings", 0) or 0),
        )
        self.model = model
        self.takes_padding = takes_padding(model)
        self.continues = takes_positions(model)
        self.adapter: Adapter | None = None
        self._base: TransformersModel | None = None

    @property
    def trunk(self) -> "TransformersModel":
        """The model whose weights it computes with: its base, or itself."""
        return self._base or self

    def adapted(self, adapter: Adapter, spec: ModelSpec) -> "TransformersModel":
        """Another model, which shares all but the adapter with this one."""
        model = copy(self)
        model.spec = replace(spec, bytes=adapter.bytes, base_bytes=self.trunk.spec.bytes)
        model.adapter, model._base = adapter, self.trunk
        model._prefixes = Prefixes()
        return model

    @property
    def module(self) -> torch.nn.Module:
        """The model itself, for those who watch it compute."""
        module: torch.nn.Module = self.model
        return module

    @property
    def embedding(self) -> Float[Tensor, "id hidden"]:
        """Of every id the vector as which it is read; padding may stand behind them."""
        weight: Tensor = self.model.get_input_embeddings().weight
        return weight.detach()

    def open(
        self, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel] = ()
    ) -> TransformersRows:
        """One row a prompt; equal prompts of one model are read once."""
        adapters = self.adapters(models or [self] * len(prompts))
        return TransformersRows(self.network(), prompts, adapters)

    def network(self) -> Network:
        """What its passes are made with."""
        return Network(
            self.model,
            self.spec.id,
            padding=self.tokenizer.pad_token_id or 0,
            takes_padding=self.takes_padding,
            continues=self.continues,
            beside=self.trunk.spec.bytes >= BESIDE and self.model.device.type == "cpu",
        )

    def adapters(self, models: Sequence[LogitModel]) -> list[Adapter | None]:
        """What each of the models adds to the trunk; raises ValueError if one has another trunk."""
        found = []
        for model in models:
            if not isinstance(model, TransformersModel) or model.trunk is not self.trunk:
                raise ValueError(f"{model.spec.id} is not computed with {self.trunk.spec.id}")
            found.append(model.adapter)
        return found

    @property
    def _keeps(self) -> bool:
        """Nothing is reused while somebody watches or steers the model."""
        return not is_watched(self.model)

    def _rows(
        self, encoded: Sequence[Sequence[int]], prefixes: Prefixes[KV] | None
    ) -> TransformersRows:
        adapters = [self.adapter] * len(encoded)
        return TransformersRows(self.network(), encoded, adapters, prefixes)

    def close(self) -> None:
        """The weights are let go, and what was kept of its reading."""
        self.forget()
        self.model = None


def _runnable(dtype: torch.dtype, device: torch.device) -> torch.dtype:
    """The checkpoint's own precision where the device computes in it, else bf16, else fp32."""
    if dtype == torch.float32 or device.type != "cpu":
        return dtype
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
