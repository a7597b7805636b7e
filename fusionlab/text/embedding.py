"""The sentence embedder, all-MiniLM-L6-v2: texts with similar meanings have similar vectors.

It was trained on English and reads 256 tokens. A longer text is cut into windows of that length,
and its vector is the mean of theirs, so that all of it is read.
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2

onnxruntime computes it where its export is faster than sentence-transformers here; see
`fusionlab.text.embedding_export`.

Text in other languages is read by its multilingual relative where that is on this machine. It is
five times as large, and fetched only on request.
https://huggingface.co/sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.background import in_background
from fusionlab.engines.encoder import OnnxEncoder, open_encoder
from fusionlab.engines.onnx_aside import allowed
from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.models.base import no_number
from fusionlab.sources.fetching import hub_here
from fusionlab.sources.opening import MODULES, ours
from fusionlab.sources.references import folder_for
from fusionlab.sources.schemes import parse
from fusionlab.text.embedding_export import standing
from fusionlab.text.steps import Steps, finished

MODEL = "all-minilm-l6-v2"
MULTILINGUAL = "hub:sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2"
BATCH = 16
"""Windows in one forward pass."""


@dataclass(frozen=True, slots=True)
class Embedder:
    """A loaded sentence-transformers model, or one that was exported for onnxruntime."""

    model: Any
    """Either has a tokenizer, the length of its window and `encode`."""

    @property
    def engine(self) -> str:
        """What computes it, with its precision where that is not its own."""
        return "onnx int8" if isinstance(self.model, OnnxEncoder) else "sentence-transformers"

    def encode(self, texts: Sequence[str]) -> Float[Tensor, "text dim"]:
        """One unit vector for each text, in fp32; equal texts have bit-equal vectors."""
        return finished(self.encoding(texts))

    def encoding(self, texts: Sequence[str]) -> Steps[Float[Tensor, "text dim"]]:
        """The work of `encode` in steps of one forward pass."""
        windows = {text: self.windows(text) for text in dict.fromkeys(texts)}
        pieces = self._by_length({piece for cut in windows.values() for piece in cut})
        vectors: dict[str, Tensor] = {}
        for start in range(0, len(pieces), BATCH):
            batch = pieces[start : start + BATCH]
            vectors.update(zip(batch, self._forward(batch), strict=True))
            yield len(vectors) / len(pieces)
        means = [torch.stack([vectors[piece] for piece in windows[text]]).mean(0) for text in texts]
        return torch.nn.functional.normalize(torch.stack(means), dim=-1)

    def windows(self, text: str) -> list[str]:
        """The text cut into pieces that fit the model."""
        inner = self.model.max_seq_length - 2  # [CLS] and [SEP] take two
        encoded = self.model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        starts = [start for start, _ in encoded["offset_mapping"][inner::inner]]
        cuts = zip([0, *starts], [*starts, len(text)], strict=True)
        return [text[start:end] for start, end in cuts]

    def _by_length(self, pieces: set[str]) -> list[str]:
        """The pieces sorted by their number of tokens, so that little is padded."""
        ordered = sorted(pieces)
        encoded = self.model.tokenizer(ordered, add_special_tokens=False, verbose=False)
        lengths = [len(ids) for ids in encoded["input_ids"]]
        return [ordered[i] for i in sorted(range(len(ordered)), key=lengths.__getitem__)]

    def _forward(self, batch: list[str]) -> Float[Tensor, "text dim"]:
        vectors: Tensor
        if isinstance(self.model, OnnxEncoder):
            vectors = self.model.encode(batch)
        else:
            vectors = self.model.encode(
                batch, batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False
            )
        if not vectors.isfinite().all():
            raise no_number("the sentence embedder")
        return torch.nn.functional.normalize(vectors.float().cpu(), dim=-1)


_loaded: dict[str, Embedder] = {}
_loading = Lock()


def embedder() -> Generator[Progress | Warned, None, Embedder]:
    """The embedder, fetched and loaded once a process; raises SourceError if it is missing.

    It is in onnxruntime from when an export stands that is near enough and faster.
    """
    if not _is_exported(MODEL):
        folder = yield from folder_for(MODEL)
        yield from _kept(MODEL, MODEL, folder, "loading the sentence embedder")
    return _loaded[MODEL]


def multilingual() -> Generator[Progress | Warned, None, Embedder | None]:
    """The embedder for other languages, where it is on this machine; it is never fetched."""
    if not _is_exported(MULTILINGUAL):
        hub = parse(MULTILINGUAL)
        folder = yield from hub_here(hub.place, hub.detail, {})
        if folder is None:
            return None
        what = "loading the multilingual sentence embedder"
        yield from _kept(MULTILINGUAL, hub.place, folder, what)
    return _loaded[MULTILINGUAL]


def _is_exported(name: str) -> bool:
    """Whether it is loaded, and there is nothing faster to look for."""
    loaded = _loaded.get(name)
    return loaded is not None and (isinstance(loaded.model, OnnxEncoder) or not allowed())


def _kept(key: str, name: str, folder: Path, what: str) -> Generator[Progress | Warned, None, None]:
    """The embedder in the folder is loaded, in the fastest form that stands."""
    export = yield from standing(folder, name)
    if export is not None:
        try:
            yield from in_background(lambda: _keep(key, lambda: opened(export, folder, name)), what)
        except SourceError as cause:
            yield Warned.of("onnx-not-used", why=cause.sentence, name=name)
    if key not in _loaded:
        yield from in_background(lambda: _keep(key, lambda: load(folder)), what)


def opened(export: Path, folder: Path, name: str) -> Embedder:
    """The exported embedder, with the tokenizer in the folder of its original."""
    return Embedder(open_encoder(export, folder, name))


def load(folder: Path, dtype: torch.dtype | None = None) -> Embedder:
    """The sentence-transformers model in a local folder, on the CPU, in bf16 where that is fast.

    Raises SourceError where it cannot be opened.
    """
    from sentence_transformers import SentenceTransformer  # takes seconds to import

    with MODULES, ours(folder):
        model = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": dtype or _fastest()},
        )
    return Embedder(model.eval())


def _fastest() -> torch.dtype:
    fast_bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if fast_bf16 else torch.float32


def _keep(key: str, opening: Callable[[], Embedder]) -> None:
    with _loading:
        if not _is_exported(key):
            _loaded[key] = opening()
