"""How many weights a model has, and how many of them one token is computed with.

The model is built without weights (on torch's meta device) from its configuration, so that nothing
is loaded. Of each layer with E experts, of which a router chooses k, the token uses k/E of the
experts' weights, and everything else whole; all heads of attention are counted once, however many
experts there are. So Mixtral 8x7B has 46.7 and not 56 billion weights, and computes a token with
12.9 (https://arxiv.org/abs/2401.04088 says 47 and 13). Embeddings count as active, as there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from torch.nn import Module, ModuleList, Parameter

from fusionlab.errors import NoRouting
from fusionlab.experts.mixtures import has_experts
from fusionlab.experts.routing import Router, routers_of
from fusionlab.sources.opening import check_settings, ours, weightless

CHOSEN = ("num_experts_per_tok", "num_experts_per_token", "moe_top_k", "moe_k", "top_k")
"""Names of the number of experts for a token, in routers and configurations."""
_ATTENTION = re.compile(r"(?:^|\.)\w*(?:attn|attention|mixer|mamba)(?:\.|$)")
_SHARED = re.compile(r"(?:^|\.)shared_\w+\.")


@dataclass(frozen=True, slots=True)
class Parts:
    """Numbers of weights, by what they belong to."""

    embeddings: int = 0
    """Of tokens, in and out; counted once where they are the same."""
    attention: int = 0
    """What mixes tokens, state-space layers included."""
    dense: int = 0
    """Feed-forward layers that every token passes, and other matrices."""
    norms: int = 0
    """Norms and biases elsewhere."""
    router: int = 0
    shared: int = 0
    """Experts that every token passes, with their gates."""
    experts: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(getattr(self, each.name) for each in fields(self))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The weights of a model, and those of them that one token is computed with."""

    architecture: str
    all: Parts
    active: Parts
    layers: int
    """With experts."""
    experts: int
    """In the first of these layers; 0 for a dense model."""
    chosen: int
    """Of these, for one token."""


def parameters_in(folder: Path, name: str) -> Parameters:
    """The weights of the model in this folder, by its configuration alone; `name` is for errors.

    Raises SourceError where transformers cannot build it, NoRouting for a mixture whose routers
    are not known.
    """
    from transformers import AutoConfig

    check_settings(folder)
    with ours(folder):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return parameters(config, name)


def parameters(config: Any, name: str) -> Parameters:
    """The same of a configuration of transformers."""
    model = weightless(config, Path(name))
    model.tie_weights()
    routers = routers_of(model, name) if has_experts(model.config.to_dict()) else ()
    return counted(model, routers, name)


def counted(model: Any, routers: tuple[Router, ...], name: str) -> Parameters:
    """The same of a model, of which these are all routers."""
    kinds = _kinds(model, routers)
    found = dict.fromkeys((each.name for each in fields(Parts)), 0)
    for path, weight in model.named_parameters():  # tied ones come once
        found[_kind_of(path, weight, kinds)] += weight.numel()
    mixtures = [_mixture(router, model, name) for router in routers]
    active = sum(weights * k // n for weights, n, k in mixtures)
    if sum(weights for weights, *_ in mixtures) != found["experts"]:
        raise NoRouting("parameters-of-experts", name=name, architecture=type(model).__name__)
    _, experts, chosen = mixtures[0] if mixtures else (0, 0, 0)
    return Parameters(
        type(model).__name__,
        Parts(**found),
        Parts(**{**found, "experts": active}),
        len(mixtures),
        experts,
        chosen,
    )


def is_of_attention(path: str) -> bool:
    """Whether a parameter of this name belongs to what mixes tokens."""
    return _ATTENTION.search(path.rpartition(".")[0]) is not None


def _kinds(model: Any, routers: tuple[Router, ...]) -> dict[int, str]:
    """Of which kind the weights are that a module tells, not a name."""
    kinds: dict[int, str] = {}
    for module in (model.get_input_embeddings(), model.get_output_embeddings()):
        if module is not None:
            kinds |= {id(weight): "embeddings" for weight in module.parameters()}
    for experts in _experts(model):
        kinds |= {id(weight): "experts" for weight in experts.parameters()}
    for router in routers:
        kinds |= {id(weight): "router" for weight in router.module.parameters()}
    return kinds


def _kind_of(path: str, weight: Parameter, kinds: dict[int, str]) -> str:
    if kind := kinds.get(id(weight)):
        return kind
    if _SHARED.search(path):
        return "shared"
    if is_of_attention(path):
        return "attention"
    return "dense" if weight.dim() > 1 else "norms"


def _experts(model: Module) -> Iterator[Module]:
    """The modules that hold the experts between which a router chooses."""
    for path, module in model.named_modules():
        own = path.rpartition(".")[2]
        if own == "experts" or (type(module).__name__.endswith("Experts") and "shared" not in own):
            yield module


def _mixture(router: Router, model: Any, name: str) -> tuple[int, int, int]:
    """Weights of a layer's experts, how many experts, and how many a token is given to."""
    layer = re.compile(rf"(?:^|\.){router.layer}\.")
    inside = {
        id(module): module
        for path, module in model.named_modules()
        for experts in (module,)
        if layer.search(path) and any(experts is each for each in _experts(model))
    }
    weights = {id(w): w for module in inside.values() for w in module.parameters()}
    held = [
        len(module) if isinstance(module, ModuleList) else next(module.parameters()).shape[0]
        for module in inside.values()
    ]
    config = getattr(model.config, "text_config", model.config)
    places = (router.chooser, router.module, config)
    chosen = [getattr(place, key, None) for place in places if place for key in CHOSEN]
    k = next((each for each in chosen if isinstance(each, int) and each > 0), 0)
    if not held or not k or k > held[0]:
        raise NoRouting("parameters-of-experts", name=name, architecture=type(model).__name__)
    return sum(weight.numel() for weight in weights.values()), held[0], k
