"""A BERT encoder as a graph of onnxruntime: few, fused operations, and matrices in 8 bits.

onnxruntime multiplies in 8 bits with one scale for all of an input, so that the largest value sets
the precision of all others. Two things keep it fine. What a layer norm gives is divided channel by
channel before it is rounded, and the matrix multiplied instead, by sⱼ = max|xⱼ|^α / max|Wⱼ|^(1−α)
(SmoothQuant). And the few units of each feed-forward layer that reach far beyond the others are
computed apart, in fp32: the units of such a layer do not know of one another.
https://arxiv.org/abs/2211.10438
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

IDS, POSITIONS, VECTORS = "ids", "positions", "vectors"
SMOOTH = 0.5
"""α: how much of the unevenness of an input its matrix takes over."""
FAR = 32
"""Units of a feed-forward layer that are computed in fp32."""
FUSED = "com.microsoft"
"""The domain of onnxruntime's own operations."""

Matrix = Float[np.ndarray, "out in"]
Vector = Float[np.ndarray, " channel"]


@dataclass(frozen=True, slots=True)
class Encoder:
    """A BERT encoder with what is known of its inputs."""

    weights: Mapping[str, np.ndarray]
    """As transformers' BertModel names them."""
    layers: int
    heads: int
    epsilon: float
    """Of its layer norms."""
    peaks: Mapping[str, Vector]
    """The largest absolute value of each channel that comes into a linear module, by its name."""


def encoder_graph(encoder: Encoder) -> bytes:
    """The ONNX model: ids and positions [row, token] in, the mean over the tokens [row, dim] out.

    Nothing is masked: all tokens of a row count.
    """
    from onnx import TensorProto, helper

    graph = _Graph(encoder)
    x = graph.embedded()
    for layer in range(encoder.layers):
        x = graph.fed_forward(graph.attended(x, layer), layer)
    mean = graph.node("ReduceMean", [x, graph.tensor("tokens", np.array([1]))], keepdims=0)
    graph.nodes.append(helper.make_node("Identity", [mean], [VECTORS]))
    places = ["row", "token"]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, places)
            for name in (IDS, POSITIONS)
        ],
        [helper.make_tensor_value_info(VECTORS, TensorProto.FLOAT, ["row", "dim"])],
        graph.tensors,
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=9)
    return bytes(model.SerializeToString())


@dataclass(slots=True)
class _Graph:
    """Nodes and tensors so far; what adds a node returns the name of what it gives."""

    encoder: Encoder
    nodes: list[Any] = field(default_factory=list)
    tensors: list[Any] = field(default_factory=list)

    def embedded(self) -> str:
        """Words and their places; all are of the first type of token."""
        of = self.encoder.weights
        words = of["embeddings.word_embeddings.weight"]
        types = of["embeddings.token_type_embeddings.weight"]
        places = of["embeddings.position_embeddings.weight"] + types[:1]
        parts = [
            self.node("Gather", [self.tensor(name, table), by])
            for name, table, by in (("words", words, IDS), ("places", places, POSITIONS))
        ]
        return self._normed(parts, "embeddings.LayerNorm")

    def attended(self, x: str, layer: int) -> str:
        """After the attention of a layer."""
        name = f"encoder.layer.{layer}.attention"
        parts = [f"{name}.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._weight(part) for part in parts])
        added = np.concatenate([self._bias(part) for part in parts])
        smooth, matrix = self._smoothed(x, matrix, parts[0])
        together = self._in_8_bits(smooth, matrix, parts[0])
        three = [f"{part}.out" for part in parts]
        self._add("Split", [together], three, axis=-1, num_outputs=3)
        bias = self.tensor(f"{name}.bias", added)
        heads = self.node("MultiHeadAttention", [*three, bias], FUSED, num_heads=self.encoder.heads)
        out = f"{name}.output.dense"
        mixed = self._in_8_bits(heads, self._weight(out), out)
        return self._normed([mixed, x], f"{name}.output.LayerNorm", out)

    def fed_forward(self, x: str, layer: int) -> str:
        """After the feed-forward part of a layer."""
        up, down = (f"encoder.layer.{layer}.{part}.dense" for part in ("intermediate", "output"))
        order = np.argsort(-self.encoder.peaks[down], kind="stable")
        far, near = np.sort(order[:FAR]), np.sort(order[FAR:])
        smooth, matrix = self._smoothed(x, self._weight(up)[near], up)
        units = self._bent(self._in_8_bits(smooth, matrix, up), self._bias(up)[near], up)
        most = self._in_8_bits(units, self._weight(down)[:, near], down)
        units = self._in_fp32(x, self._weight(up)[far], f"{up}.far")
        units = self._bent(units, self._bias(up)[far], f"{up}.far")
        few = self._in_fp32(units, self._weight(down)[:, far], f"{down}.far")
        both = self.node("Add", [most, few])
        return self._normed([both, x], f"encoder.layer.{layer}.output.LayerNorm", down)

    def node(self, operation: str, inputs: Sequence[str], domain: str = "", **settings: Any) -> str:
        """One operation with one output."""
        name = f"{operation}.{len(self.nodes)}"
        self._add(operation, inputs, [name], domain, **settings)
        return name

    def tensor(self, name: str, values: np.ndarray) -> str:
        """A constant."""
        from onnx import numpy_helper

        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(
        self,
        operation: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str = "",
        **settings: Any,
    ) -> None:
        from onnx import helper

        self.nodes.append(helper.make_node(operation, inputs, outputs, domain=domain, **settings))

    def _weight(self, module: str) -> Matrix:
        return self.encoder.weights[f"{module}.weight"]

    def _bias(self, module: str) -> Vector:
        return self.encoder.weights[f"{module}.bias"]

    def _smoothed(self, x: str, matrix: Matrix, module: str) -> tuple[str, Matrix]:
        """Input and matrix with the same product, of which the input is more even."""
        reach = np.maximum(np.abs(matrix).max(axis=0), 1e-5)
        scale = self.encoder.peaks[module] ** SMOOTH / reach ** (1 - SMOOTH)
        scale = np.maximum(scale, 1e-4).astype(np.float32)
        return self.node("Mul", [x, self.tensor(f"{module}.smooth", 1 / scale)]), matrix * scale

    def _in_8_bits(self, x: str, matrix: Matrix, name: str) -> str:
        """The product with the matrix, each row of which is rounded with a scale of its own."""
        scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
        rounded = np.rint(matrix / scale[:, None]).astype(np.int8)
        inputs = [
            self.tensor(f"{name}.rounded", rounded.T),
            self.tensor(f"{name}.scale", scale.astype(np.float32)),
            self.tensor(f"{name}.zero", np.zeros(len(scale), np.int8)),
        ]
        return self.node("DynamicQuantizeMatMul", [x, *inputs], FUSED)

    def _in_fp32(self, x: str, matrix: Matrix, name: str) -> str:
        return self.node("MatMul", [x, self.tensor(f"{name}.matrix", matrix.T)])

    def _bent(self, x: str, bias: Vector, name: str) -> str:
        return self.node("BiasGelu", [x, self.tensor(f"{name}.bias", bias)], FUSED)

    def _normed(self, parts: Sequence[str], norm: str, bias_of: str = "") -> str:
        """The layer norm of the sum of two, and of what the module before has as its bias."""
        inputs = [
            *parts,
            self.tensor(f"{norm}.weight", self._weight(norm)),
            self.tensor(f"{norm}.bias", self._bias(norm)),
        ]
        if bias_of:
            inputs.append(self.tensor(f"{bias_of}.bias", self._bias(bias_of)))
        epsilon = self.encoder.epsilon
        return self.node("SkipLayerNormalization", inputs, FUSED, epsilon=epsilon)
