"""A source of a new model, opened by its reference: config, layout and tensors, none of them read.

A base with an adapter is opened as one model with full weights.
"""

import hashlib
import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.events import Progress
from fusionlab.sources import store
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.sources.opening import check_settings
from fusionlab.sources.references import adapter_of, folder_for, folder_here, spec_of
from fusionlab.sources.scheme import News
from fusionlab.weights.checkpoint import Tensors, checkpoint_in, config_in
from fusionlab.weights.folding import Folded, deltas_in
from fusionlab.weights.layers import Layout, check_shapes, layers_in, layout_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A model on this machine, as it stands in its files."""

    ref: str
    folder: Path
    """With its config and tokenizer; of a base with an adapter that of the base."""
    adapter: Path | None
    licence: str
    """Empty where it is not known."""
    config: Mapping[str, Any]
    """As config.json has it."""
    layout: Layout
    weights: Tensors
    layers: tuple[Mapping[str, str], ...]
    """For each layer its tensors' names in the files, by their names within the layer."""

    @property
    def path(self) -> str:
        """What stands in the files before the numbers of layers."""
        rest, name = next(iter(self.layers[0].items()))
        return name.removesuffix(f".0.{rest}")

    @property
    def outside(self) -> tuple[str, ...]:
        """Names of the tensors that belong to no layer."""
        inside = f"{self.path}."
        return tuple(name for name in self.weights.tensors if not name.startswith(inside))

    @property
    def stored(self) -> dict[str, str]:
        """Names in the files of the tensors that are the model's parameters, by the names of these.

        A tied parameter has none, nor has one that the files hold otherwise than the model does.
        """
        outside = {name: name for name in self.outside}
        inside = {
            f"{self.layout.path}.{number}.{rest}": name
            for number, layer in enumerate(self.layers)
            for rest, name in layer.items()
        }
        return outside | inside

    @property
    def beyond(self) -> tuple[str, ...]:
        """Names of the tensors of layers after those that the config counts: other heads, to guess
        several tokens ahead.
        """
        inside = {name for layer in self.layers for name in layer.values()}
        rest = set(self.weights.tensors) - inside - set(self.outside)
        return tuple(sorted(rest))


def opened(ref: str, folder: Path | None = None) -> Opened:
    """The model of this reference, which stands on this machine, in `folder` where that is known.

    Raises UnknownName or SourceError.
    """
    folder = folder or folder_here(ref)
    adapted = adapter_of(ref)
    check_settings(folder)
    config = config_in(folder)
    checkpoint = checkpoint_in(folder)
    layout = layout_of(config, folder)
    layers = layers_in(checkpoint.tensors, layout, folder)
    check_shapes(layers, layout, checkpoint.tensors, folder)
    weights: Tensors = checkpoint
    if adapted:
        weights = Folded(checkpoint, deltas_in(adapted[1], checkpoint.tensors))
    return Opened(
        ref,
        folder,
        adapted[1] if adapted else None,
        spec_of(ref).licence,
        config,
        layout,
        weights,
        tuple(layers),
    )


def fetched(ref: str) -> Generator[News, None, Opened]:
    """The model of this reference, brought to this machine first if need be."""
    return opened(ref, (yield from folder_for(ref)))


def fingerprint(source: Opened) -> Generator[Progress, None, str]:
    """A hash of all that decides the weights of the source, and of its config."""
    hashes = yield from _hashes(source.folder)
    if source.adapter is not None:
        hashes |= {f"+{WEIGHTS}": (yield from store.hash_of(source.adapter / WEIGHTS))}
        config = (source.adapter / "adapter_config.json").read_bytes()
        hashes |= {"+config": hashlib.sha256(config).hexdigest()}
    text = json.dumps([hashes, source.config], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes(folder: Path) -> Generator[Progress, None, dict[str, str]]:
    """Of the files of weights, by name: those that were written down, else found anew."""
    origin = store.origin_of(folder)
    known = {**(origin.get("sha256") or {}), **(origin.get("files") or {})}
    hashes = {}
    for file in sorted(folder.glob("*.safetensors")):
        hashes[file.name] = known.get(file.name) or (yield from store.hash_of(file))
    return hashes
