"""A source of a new model, opened by its reference: config, layout and tensors, none of them read.

A base with an adapter is opened as one model with full weights.
"""

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.events import Progress
from fusionlab.sources import store
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.sources.references import adapter_of, folder_for, folder_here, spec_of
from fusionlab.sources.scheme import News
from fusionlab.weights.checkpoint import Tensors, checkpoint_in
from fusionlab.weights.folding import Folded, deltas_in
from fusionlab.weights.layers import Layout, check_shapes, layers_in
from fusionlab.weights.layouts import opened_layout


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


def opened(ref: str, folder: Path | None = None, *, keep: bool = False) -> Opened:
    """The model of this reference, which stands on this machine, in `folder` where that is known.

    With `keep` its layout is kept, so that it is found sooner next time: not for planning.
    Raises UnknownName or SourceError.
    """
    folder = folder or folder_here(ref)
    adapted = adapter_of(ref)
    config, layout = opened_layout(folder, keep=keep)
    checkpoint = checkpoint_in(folder)
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
    """The model of this reference, brought to this machine first if need be; its layout is kept."""
    return opened(ref, (yield from folder_for(ref)), keep=True)


def fingerprint(source: Opened) -> Generator[Progress, None, str]:
    """A hash of all that decides the weights of the source, and of its config."""
    return (yield from fingerprints([source]))[0]


def fingerprints(sources: Sequence[Opened]) -> Generator[Progress, None, list[str]]:
    """Those of several sources, whose files are read side by side."""
    known = [_known(source.folder) for source in sources]
    new = [
        file
        for source, there in zip(sources, known, strict=True)
        for file in _weights_of(source)
        if file.name not in there or file.parent != source.folder
    ]
    found = yield from store.hashes_at_once(new)
    return [_fingerprint(*each, found) for each in zip(sources, known, strict=True)]


def _fingerprint(source: Opened, known: Mapping[str, str], found: Mapping[Path, str]) -> str:
    hashes = {}
    for file in _weights_of(source):
        beside = file.parent != source.folder
        name = f"+{WEIGHTS}" if beside else file.name
        hashes[name] = found[file] if file in found else known[file.name]
    if source.adapter is not None:
        config = (source.adapter / "adapter_config.json").read_bytes()
        hashes["+config"] = hashlib.sha256(config).hexdigest()
    text = json.dumps([hashes, source.config], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _weights_of(source: Opened) -> list[Path]:
    """The files that decide the weights, the adapter's last."""
    adapter = [] if source.adapter is None else [source.adapter / WEIGHTS]
    return [*sorted(source.folder.glob("*.safetensors")), *adapter]


def _known(folder: Path) -> dict[str, str]:
    """Hashes of the folder's files that were written down, by name."""
    origin = store.origin_of(folder)
    return {**(origin.get("sha256") or {}), **(origin.get("files") or {})}
