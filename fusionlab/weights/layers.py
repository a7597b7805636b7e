"""Which tensors belong to which layer, and a config for the same layers in another order.

Neither is a table of architectures: the model is laid out on the `meta` device, which takes no
memory, and looked at. Its one list of as many modules as the config has layers are the layers. What
each is like, by shapes and by its modules' plain attributes (a sliding window, rotary positions or
none, dense or experts), is its `Kind`: a new order is right when every layer keeps its kind.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.sources.opening import ours, weightless
from fusionlab.weights.checkpoint import Header

TOKENS = re.compile(r"(?:.*_)?(?:tokens?|ids?|architectures)(?:_ids?)?")
"""Lists in a config that are never one value a layer, however long they are."""
INDICES = ("mlp_only_layers", "moe_layers")
"""Lists in a config that name layers by their number."""
LEADING = ("first_k_dense_replace",)
"""Settings that count the layers at the beginning which are of another kind, that is, dense."""
OWN = ("layer_idx", "layer_index", "training", "block_idx")
"""Attributes that differ from layer to layer and mean no other kind."""
BY_NUMBER = ("scale_attn_by_inverse_layer_idx",)
"""Switches that make a layer compute otherwise by its number."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a layer is like, but for its weights."""

    shapes: Mapping[str, tuple[int, ...]]
    """Of its parameters, by their names in the layer."""
    traits: Mapping[str, Any]
    """Plain attributes of its modules, by module and attribute."""

    def difference(self, other: "Kind") -> str:
        """The first thing in which the two differ, with both values; empty where none does."""
        for mine, theirs in ((self.traits, other.traits), (self.shapes, other.shapes)):
            for name in sorted({*mine, *theirs}):
                if mine.get(name) != theirs.get(name):
                    return f"{name}: {mine.get(name)} ≠ {theirs.get(name)}"
        return ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A model as its config describes it."""

    config: Mapping[str, Any]
    """As transformers completes and writes it; of a model of several parts that of its text."""
    path: str
    """Of the list of layers, such as model.layers."""
    kinds: tuple[Kind, ...]
    """Of each layer."""
    before: frozenset[str]
    """Parameters that come before the layers: the embeddings."""
    after: frozenset[str]
    """Parameters that come after them: the last norm and the head."""
    tied: Mapping[str, str]
    """Parameters that are another one and are not stored: usually the head and the embeddings."""


def layout_of(config: Mapping[str, Any], place: Path) -> Layout:
    """How the model of this config is laid out; raises SourceError.

    `place` is the folder that an error speaks of.
    """
    with ours(place):
        full = _completed(config)
    model = weightless(full, place)
    text = full.get_text_config()
    path, layers = _layers(model, text, place)
    names = [name for name, _ in model.named_parameters()]
    inside = [place for place, name in enumerate(names) if name.startswith(f"{path}.")]
    tied = getattr(model, "_tied_weights_keys", None) or {}
    return Layout(
        json.loads(text.to_json_string(use_diff=False)),
        path,
        tuple(map(_kind, layers)),
        frozenset(names[: inside[0]]),
        frozenset(names[inside[-1] + 1 :]),
        dict(tied) if isinstance(tied, Mapping) and text.tie_word_embeddings else {},
    )


def layers_in(names: Iterable[str], layout: Layout, place: Path) -> list[dict[str, str]]:
    """For each layer the stored tensors that belong to it, by their names within the layer.

    Files may call the list of layers otherwise than the model does. Raises SourceError where the
    layers are not to be found, or one lacks what another of its kind has.
    """
    end = layout.path.rpartition(".")[2]
    numbered = re.compile(rf"((?:.*\.)?{re.escape(end)})\.(\d+)\.(.+)")
    found: dict[str, dict[int, dict[str, str]]] = {}
    for name in names:
        if match := numbered.fullmatch(name):
            path, number, rest = match.groups()
            found.setdefault(path, {}).setdefault(int(number), {})[rest] = name
    whole = [path for path, each in found.items() if set(each) >= set(range(len(layout.kinds)))]
    chosen = layout.path if layout.path in whole else whole[0] if len(whole) == 1 else None
    if chosen is None:
        raise SourceError("layers-not-found", folder=str(place), path=layout.path)
    layers = [found[chosen][number] for number in range(len(layout.kinds))]
    _check_alike(layers, layout, place)
    return layers


def check_shapes(
    layers: Sequence[Mapping[str, str]],
    layout: Layout,
    tensors: Mapping[str, Header],
    place: Path,
) -> None:
    """Every layer's tensors are as the config has them; raises SourceError.

    Where files name some of them otherwise than the model does, as with experts that are stored one
    by one, only the others are looked at.
    """
    for number, (layer, kind) in enumerate(zip(layers, layout.kinds, strict=True)):
        if set(layer) < set(kind.shapes):
            lacking = min(set(kind.shapes) - set(layer))
            raise SourceError("layer-lacks", folder=str(place), layer=number, name=lacking)
        for rest, name in layer.items():
            there, here = tensors[name].shape, kind.shapes.get(rest)
            if here is not None and there != here:
                raise SourceError(
                    "weights-of-another-shape",
                    name=name,
                    there=str(there),
                    folder=str(place),
                    here=str(here),
                )


def reordered(
    config: Mapping[str, Any], layers: Sequence[tuple[Mapping[str, Any], int]]
) -> dict[str, Any]:
    """The config for these layers, each given by the completed config it is from and its number.

    Whatever the config says of each layer follows it; everything else stays.
    """
    new = dict(config)
    section = new["text_config"] = dict(new["text_config"]) if "text_config" in new else new
    if section is new:
        del new["text_config"]
    first = layers[0][0]
    section["num_hidden_layers"] = len(layers)
    for key, value in first.items():
        if key in INDICES and isinstance(value, list):
            section[key] = [at for at, (of, number) in enumerate(layers) if number in of[key]]
        elif key in LEADING and isinstance(value, int):
            dense = [number < of[key] for of, number in layers]
            section[key] = dense.index(False) if False in dense else len(dense)
        elif _is_per_layer(key, value, first):
            section[key] = [of[key][number] for of, number in layers]
    return new


def by_number(config: Mapping[str, Any]) -> str:
    """A switch of the config by which layers compute otherwise by their number; empty if none."""
    return next((key for key in BY_NUMBER if config.get(key)), "")


def _is_per_layer(key: str, value: Any, config: Mapping[str, Any]) -> bool:
    """Whether the value is a list with one entry a layer."""
    count = config.get("num_hidden_layers")
    listed = isinstance(value, list | tuple) and len(value) == count
    return listed and TOKENS.fullmatch(key) is None


def _completed(config: Mapping[str, Any]) -> Any:
    from transformers import CONFIG_MAPPING

    return CONFIG_MAPPING[config["model_type"]].from_dict(dict(config))


def _layers(model: Any, text: Any, place: Path) -> tuple[str, Any]:
    """The list of layers and its path; of several the one that is no encoder's."""
    from torch.nn import ModuleList

    found = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, ModuleList) and len(module) == text.num_hidden_layers
    ]
    inner = [name for name, _ in found]  # experts of a layer may be as many
    outer = [
        (name, module)
        for name, module in found
        if not any(name.startswith(f"{other}.") for other in inner)
    ]
    layers = [each for each in outer if not re.search("vision|audio|encoder", each[0])] or outer
    if len(layers) != 1 or not text.num_hidden_layers:
        raise SourceError("layers-not-one-list", folder=str(place), architecture=text.model_type)
    return layers[0]


def _kind(layer: Any) -> Kind:
    shapes = {name: tuple(each.shape) for name, each in layer.named_parameters()}
    traits: dict[str, Any] = {}
    for name, module in layer.named_modules():
        traits[f"{name}.class".lstrip(".")] = type(module).__name__
        for attribute, value in vars(module).items():
            if attribute.startswith("_") or attribute in OWN:
                continue
            if value is None or isinstance(value, bool | int | float | str):
                traits[f"{name}.{attribute}".lstrip(".")] = value
    return Kind(shapes, traits)


def _check_alike(layers: Sequence[Mapping[str, str]], layout: Layout, place: Path) -> None:
    """Layers of one kind have the same tensors in the files."""
    for number, layer in enumerate(layers):
        for other in range(number):
            if layout.kinds[other] != layout.kinds[number]:
                continue
            if odd := sorted(set(layers[other]) ^ set(layer)):
                lacking = number if odd[0] in layers[other] else other
                raise SourceError("layer-lacks", folder=str(place), layer=lacking, name=odd[0])
            break
