"""Models that run in transformers: whole logits, batches, sessions with a KV cache of their own.

Rows of different length are padded on the left, so that all of them end in the same column and grow
in lockstep. Ids are fed lazily: the forward pass happens when somebody looks at the logits.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.chat import ChatTemplate
from fusionlab.engines.lora import Adapter, adding, load_adapter, mixed
from fusionlab.engines.tokenizer import vocabulary_of
from fusionlab.engines.unpadded import UnpaddedRows, takes_padding, takes_positions
from fusionlab.errors import FusionError, MemberError, SourceError
from fusionlab.models.base import Chunk, ModelSpec, Prompt, Rows, TopK, Usage, check_fits, no_number
from fusionlab.models.decoding import decode
from fusionlab.recipe import Sampling
from fusionlab.sources.opening import open_model, open_tokenizer, ours


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


class TransformersModel:
    """A causal language model with its tokenizer; see `OpenModel`."""

    def __init__(self, spec: ModelSpec, model: Any, tokenizer: Any) -> None:
        size = sum(p.numel() * p.element_size() for p in model.parameters())
        self.spec = replace(spec, bytes=size)
        self.model = model
        self.tokenizer = tokenizer
        self.takes_padding = takes_padding(model)
        self.continues = takes_positions(model)
        self._template = ChatTemplate(tokenizer, spec.id)
        self._embedded = int(model.get_input_embeddings().num_embeddings)
        self.vocabulary = vocabulary_of(
            tokenizer, model.generation_config.eos_token_id, self._embedded
        )
        self.context = int(getattr(model.config, "max_position_embeddings", 0) or 2**20)
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
        return model

    @property
    def module(self) -> torch.nn.Module:
        """The model itself, for those who watch it compute."""
        module: torch.nn.Module = self.model
        return module

    def encode(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's chat template; a base model without one gets the plain text."""
        ids = self._template.encode(prompt)
        if ids and max(ids) >= self._embedded:
            raise SourceError(
                f"the tokenizer of {self.spec.id} writes id {max(ids)} for "
                f"{self.tokenizer.decode([max(ids)])!r}; its weights have only {self._embedded}",
                hint="its tokenizer may be that of another model: copy or fetch it again",
            )
        return ids

    def open(self, ids: Sequence[int]) -> "TransformersSession":
        """One growing sequence."""
        return TransformersSession(self, ids)

    def open_rows(
        self, prompts: Sequence[Sequence[int]], adapters: Sequence[Adapter | None] = ()
    ) -> Rows:
        """One row a prompt; equal prompts with one adapter are prefilled once."""
        each = adapters or [self.adapter] * len(prompts)
        if self.takes_padding or len(set(map(len, prompts))) == 1:
            return TransformersRows(self, prompts, each)
        return UnpaddedRows(partial(TransformersRows, self), prompts, each)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """Answers to all prompts in one batch; a row leaves it when it ends."""
        if not prompts:
            return
        encoded = [self.encode(prompt) for prompt in prompts]
        for ids in encoded:
            check_fits(self, ids, sampling.max_tokens)
        with closing(self.open_rows(encoded)) as rows:
            yield from decode(self.vocabulary, rows, [len(ids) for ids in encoded], sampling)

    def close(self) -> None:
        """The weights are let go."""
        self.model = None


class TransformersRows:
    """Sequences that grow in lockstep in one batched KV cache; see `Rows`."""

    def __init__(
        self,
        owner: TransformersModel,
        prompts: Sequence[Sequence[int]],
        adapters: Sequence[Adapter | None],
    ) -> None:
        self.owner = owner
        rows = [(tuple(ids), adapter) for ids, adapter in zip(prompts, adapters, strict=True)]
        distinct = list(dict.fromkeys(rows))
        self._passes = 0
        self._seconds = 0.0
        self._batch = len(prompts)
        self._cache: Any = None
        self._pending, self._mask = _left_padded([ids for ids, _ in distinct], owner)
        self._mix = mixed([adapter for _, adapter in distinct])
        self._logits: Tensor | None = self._forward()
        if distinct != rows:
            self.keep([distinct.index(row) for row in rows])

    @property
    def usage(self) -> Usage:
        """Of one row."""
        return Usage(forward_passes=self._passes, seconds=self._seconds, batch=self._batch)

    def feed(self, ids: Sequence[int]) -> None:
        """Row i is longer by `ids[i]`."""
        fed = torch.tensor(ids, device=self._pending.device)[:, None]
        read = self._logits is not None  # else what was fed before still waits for its pass
        self._pending = fed if read else torch.cat([self._pending, fed], dim=1)
        if self._mask is not None:
            self._mask = torch.nn.functional.pad(self._mask, (0, 1), value=1)
        self._logits = None

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        index = torch.tensor(rows, device=self._pending.device)
        _select(self._cache, index)
        self._pending = self._pending[index]
        self._mask = None if self._mask is None else self._mask[index]
        self._mix = None if self._mix is None else self._mix.keep(index)
        self._logits = None if self._logits is None else self._logits[index]

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, in fp32."""
        if self._logits is None:
            self._logits = self._forward()
        return self._logits

    def close(self) -> None:
        """The KV cache is free."""
        self._cache = self._logits = None

    def _forward(self) -> Float[Tensor, "row vocab"]:
        start = time.perf_counter()
        positions = None
        if self._mask is not None:
            positions = (self._mask.cumsum(-1) - 1).clamp(min=0)[:, -self._pending.shape[1] :]
        with adding(self._mix):
            self._cache, logits = _read(
                self.owner, self._pending, self._cache, self._mask, positions
            )
        self._passes += 1
        rows = self._batch if self._passes == 1 else len(logits)
        self._seconds += (time.perf_counter() - start) / rows
        return logits


class TransformersSession:
    """One sequence that can also be shortened; see `LogitSession`."""

    def __init__(self, owner: TransformersModel, ids: Sequence[int]) -> None:
        if not ids:
            raise ValueError("a session starts with at least one id")
        self.owner = owner
        self._ids = list(ids)
        self._prompt_tokens = len(ids)
        self._cached = 0
        self._cache: Any = None
        self._mix = mixed([owner.adapter])
        self._logits: Tensor | None = None
        self._passes = 0
        self._seconds = 0.0

    @property
    def ids(self) -> Sequence[int]:
        """All that was fed and not rewound."""
        return tuple(self._ids)

    @property
    def usage(self) -> Usage:
        """So far."""
        return Usage(self._prompt_tokens, 0, self._passes, self._seconds)

    def feed(self, ids: Sequence[int]) -> None:
        """The sequence is longer by these ids."""
        if ids:
            self._ids += ids
            self._logits = None

    def rewind(self, length: int) -> None:
        """The session is as if only its first `length` ids had been fed."""
        if not 1 <= length <= len(self._ids):
            raise ValueError(f"cannot rewind {len(self._ids)} ids to {length}")
        if length == len(self._ids):
            return
        del self._ids[length:]
        self._logits = None
        # The last id is fed again: its logits were not kept.
        if self._cached >= length:
            self._shorten(length - 1)

    def logits(self) -> Float[Tensor, " vocab"]:
        """Of the next token, in fp32."""
        if self._logits is None:
            start = time.perf_counter()
            device = self.owner.model.device
            pending = torch.tensor([self._ids[self._cached :]], device=device)
            with adding(self._mix):
                self._cache, logits = _read(self.owner, pending, self._cache, None, None)
            self._logits = logits[0]
            self._cached = len(self._ids)
            self._passes += 1
            self._seconds += time.perf_counter() - start
        return self._logits

    def top(self, n: int) -> TopK:
        """The n most probable next tokens."""
        best = self.logits().log_softmax(dim=-1).topk(n)
        return TopK(tuple(best.indices.tolist()), tuple(best.values.tolist()))

    def close(self) -> None:
        """The KV cache is free."""
        self._cache = self._logits = None
        self._cached = 0

    def _shorten(self, length: int) -> None:
        from transformers import DynamicCache

        cache = self._cache
        croppable = isinstance(cache, DynamicCache) and cache.is_croppable
        if croppable and length and not any(cache.is_sliding) and not any(cache.is_linear):
            cache.crop(length - self._cached)
            self._cached = length
        else:
            self._cache = None
            self._cached = 0


def _select(cache: Any, rows: Tensor) -> None:
    """The cache holds these rows only.

    Layers of a state know reordering alone; a cache class that keeps states beside its layers says
    itself how they are selected.
    """
    from transformers import Cache

    if type(cache).batch_select_indices is Cache.batch_select_indices:
        cache.reorder_cache(rows)
    else:
        cache.batch_select_indices(rows)


def _read(
    owner: TransformersModel, ids: Tensor, cache: Any, mask: Tensor | None, positions: Tensor | None
) -> tuple[Any, Float[Tensor, "row vocab"]]:
    """The longer cache and the last column's logits: in one pass, or one a column where need be.

    Raises MemberError where they are no numbers.
    """
    if cache is None or ids.shape[1] == 1 or owner.continues:
        cache, logits = _step(owner.model, ids, cache, mask, positions)
    else:
        for column in ids.unbind(dim=1):
            cache, logits = _step(owner.model, column[:, None], cache, None, None)
    # The largest is no finite number where any is NaN or +∞; −∞ alone forbids a token.
    if not logits.amax(dim=-1).isfinite().all():
        raise no_number(owner.spec.id)
    return cache, logits


@torch.inference_mode()
def _step(
    model: Any, ids: Tensor, cache: Any, mask: Tensor | None, positions: Tensor | None
) -> tuple[Any, Float[Tensor, "row vocab"]]:
    """One forward pass; returns the longer cache and the last column's logits."""
    try:
        out = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
    except FusionError:
        raise
    except Exception as cause:  # architectures are many, and memory ends where it ends
        raise MemberError(
            f"{type(model).__name__} failed as it read {ids.shape[1]} tokens in {len(ids)} rows: "
            f"{cause}",
            hint="if memory ran out, shorten the prompt or remove members; else choose another "
            "model",
        ) from cause
    if out.get("cache") is None:
        raise MemberError(
            f"{type(model).__name__} does not keep what it has read, so that it cannot write on",
            hint="members are causal language models, such as smollm2-135m",
        )
    return out.cache, out.logits[:, -1].float()


def _left_padded(
    prompts: Sequence[Sequence[int]], owner: TransformersModel
) -> tuple[Tensor, Tensor | None]:
    """Ids [row, column], and the mask of what is no padding, or None where nothing is padded."""
    width = max(map(len, prompts))
    fill = owner.tokenizer.pad_token_id or 0
    device = owner.model.device
    ids = torch.tensor([[fill] * (width - len(row)) + list(row) for row in prompts], device=device)
    if all(len(row) == width for row in prompts):
        return ids, None
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in prompts])
    return ids, mask.to(device)


def _runnable(dtype: torch.dtype, device: torch.device) -> torch.dtype:
    """The checkpoint's own precision where the device computes in it, else bf16, else fp32."""
    if dtype == torch.float32 or device.type != "cpu":
        return dtype
    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
