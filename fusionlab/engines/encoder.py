"""A sentence encoder in onnxruntime: one vector a text, each text read by itself.

Read alone nothing is padded, and what is rounded with it is its own; so its vector does not depend
on what else is asked for. Texts are read on several threads instead, each on one.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.engines.encoder_graph import IDS, POSITIONS, VECTORS
from fusionlab.engines.exports import said_of, unreadable
from fusionlab.engines.onnx_session import session_of
from fusionlab.errors import MemberError, SourceError
from fusionlab.sources.opening import open_alone

MODEL = "model.onnx"


@dataclass(frozen=True, slots=True)
class OnnxEncoder:
    """An exported encoder with the tokenizer of its original."""

    session: Any
    name: str
    tokenizer: Any
    max_seq_length: int
    """Ids that it reads at most, the special ones included."""

    def encode(self, texts: Sequence[str]) -> Float[Tensor, "text dim"]:
        """One vector a text, of any length, in fp32; what is too long is cut off.

        Raises MemberError where onnxruntime fails.
        """
        encoded = self.tokenizer(
            list(texts), truncation=True, max_length=self.max_seq_length, verbose=False
        )
        threads = min(torch.get_num_threads(), len(texts))
        if threads == 1:
            return torch.stack([self._vector(ids) for ids in encoded["input_ids"]])
        with ThreadPoolExecutor(threads, "embedding") as readers:
            return torch.stack(list(readers.map(self._vector, encoded["input_ids"])))

    def _vector(self, ids: Sequence[int]) -> Float[Tensor, " dim"]:
        places = np.arange(len(ids), dtype=np.int64)
        inputs = {IDS: np.array([ids], np.int64), POSITIONS: places[None]}
        try:
            (vectors,) = self.session.run([VECTORS], inputs)
        except Exception as cause:  # onnxruntime has no error class of its own
            raise MemberError(
                "pass-failed", architecture=self.name, tokens=len(ids), rows=1, said=str(cause)
            ) from cause
        return torch.from_numpy(vectors[0])


def open_encoder(export: Path, folder: Path, name: str) -> OnnxEncoder:
    """The export, with the tokenizer in the folder of its original; raises SourceError."""
    try:
        longest = int(said_of(export)["window"])
    except (ValueError, KeyError, TypeError) as cause:
        raise unreadable(export, cause) from None
    tokenizer = open_alone(folder)
    try:
        return OnnxEncoder(session_of(export / MODEL, threads=1), name, tokenizer, longest)
    except Exception as cause:  # onnxruntime has no error class of its own
        raise SourceError("onnx-unloadable", name=name, said=str(cause)) from cause
