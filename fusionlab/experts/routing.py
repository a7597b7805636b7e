"""Which experts a mixture chooses, read from its own routers while it computes.

A model class of transformers declares its routers under `_can_record_outputs["router_logits"]`: a
class of modules, and the index of the logits in their output. Hooks on these modules see the
decisions of every forward pass, also while generating. The choice is taken from the router's output
or from the experts' input, never recomputed: softmax and top k would be wrong, for example, for
DeepSeek-V3's groups and biases.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import Module

from fusionlab.errors import FusionError, NoRouting
from fusionlab.events import LayerRouting, LayerSteered, Warned
from fusionlab.experts.mixtures import has_experts, known_mixtures
from fusionlab.models.notices import note

DECLARED = "router_logits"
PLAIN_INDEX = 1
"""The index of the logits that transformers assumes for a class declared without one."""
UNDECLARED = ("DeepseekV4HashRouter",)
"""Routers with the usual output that their model class does not declare."""
PROBABILITIES = ("Gemma4TextRouter", "DiffusionGemmaTextRouter")
"""Routers whose declared logits are probabilities."""
SKIPPING = ("ZayaRouter",)
"""Routers whose last class means no expert; where it is chosen, they give expert 0 with weight 0.
Here it is reported as one more expert, which adds nothing."""
OF_ATTENTION = ("JetMoeMoA",)
"""Mixtures of attention experts, which have routers beside those of the feed-forward part."""
CHOOSING = ("DbrxFFN",)
"""Layers that choose themselves: the router gives logits, and the experts get the choice."""
MIXING: Mapping[str, str] = {
    "DogeCDMoE": "routes-of-other-tokens",
}
"""Routers whose output cannot be assigned to tokens, and the error that says why."""
DIGITS = 6
"""Decimals of reported numbers."""
SHARED_COUNTS = ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts")
"""Names of the number of shared experts, in configurations."""
_SHARED = re.compile(r"shared_(experts?|mlp)")
_NUMBER = re.compile(r"(?:^|\.)(\d+)(?=\.|$)")


@dataclass(frozen=True, slots=True)
class Router:
    """A module that chooses experts, and the index of the logits in its output."""

    layer: int
    """Counted over all layers of the model, dense ones included, from 0."""
    module: Module
    index: int
    chooser: Module | None = None
    """The layer that chooses by its logits, for a router that does not choose itself."""
    shared: int = 0
    """Experts beside its own that read every token."""

    @property
    def experts(self) -> Module | None:
        """The module that gets the choice, for a router that does not output it."""
        return self.chooser.get_submodule("experts") if self.chooser else None


@dataclass(frozen=True, slots=True)
class Routing:
    """What one router decided in one forward pass; tokens row by row, padding included."""

    layer: int
    logits: Float[Tensor, "token expert"]
    weights: Float[Tensor, "token k"]
    """The weights of the chosen experts' outputs; in Llama 4, of their inputs."""
    chosen: Int[Tensor, "token k"]
    own: Int[Tensor, "token k_own"] | None = None
    """What the router would have chosen, where it was steered."""
    steered: LayerSteered | None = None
    shared: int = 0
    """Experts beside these that read every token."""


@runtime_checkable
class Control(Protocol):
    """Who steers the routers."""

    def of(self, layer: int) -> LayerSteered:
        """What is asked of this layer now."""
        ...

    def own(self, layer: int) -> Int[Tensor, "token k"] | None:
        """What its router would have chosen in the last pass; None where it was not steered."""
        ...


@dataclass(slots=True)
class Capture:
    """What a model's routers decided in its last forward pass."""

    name: str
    routers: Sequence[Router]
    steered: Control | None = None
    """Who steers them, if anybody does."""
    depth: int = 0
    """How many layers the model has, dense ones included; 0 where it does not say."""
    _seen: dict[int, Routing] = field(default_factory=dict)
    _logits: dict[int, Tensor] = field(default_factory=dict)
    """The logits of routers whose choice is not known yet."""

    @property
    def last(self) -> tuple[Routing, ...]:
        """One for each layer with experts, in order; none before the first pass."""
        return tuple(self._seen[layer] for layer in sorted(self._seen))

    def _begin(self, _module: Module, _inputs: Any) -> None:
        self._seen.clear()

    def _see(self, router: Router, _module: Module, _inputs: Any, output: Any) -> None:
        if router.experts is not None:
            self._logits[router.layer] = output
        else:
            self._keep(router, output)

    def _see_given(self, router: Router, _module: Module, inputs: tuple[Any, ...]) -> None:
        _, chosen, weights = inputs
        said = (self._logits.pop(router.layer), weights, chosen)
        self._keep(replace(router, index=0), said)

    def _keep(self, router: Router, output: Any) -> None:
        asked = self.steered.of(router.layer) if self.steered else LayerSteered()
        routing = _routing(self.name, router, output, asked.top_k)
        if self.steered and (own := self.steered.own(router.layer)) is not None:
            routing = replace(routing, own=own, steered=asked)
        if routing.layer in self._seen:
            note(Warned.of("routes-of-the-last-time", name=self.name))
        self._seen[routing.layer] = routing


@contextmanager
def capture(model: Module, name: str) -> Iterator[Capture]:
    """Lets the routers' decisions be read after every forward pass; removes all hooks at the end.

    `name` is the model's name in errors. Passes of several threads at once are mixed up. Notes for
    the run what is not shown. Raises NoRouting, here or in the first pass.
    """
    routers = routers_of(model, name)
    found = Capture(name, routers, depth=_depth(model, routers))
    with ExitStack() as stack:
        stack.callback(model.register_forward_pre_hook(found._begin).remove)
        for part in _own_parts(model, found.routers):
            stack.callback(_guarded(part, name))
        for router in found.routers:
            hook = router.module.register_forward_hook(partial(found._see, router))
            stack.callback(hook.remove)
            if router.experts is not None:
                given = router.experts.register_forward_pre_hook(partial(found._see_given, router))
                stack.callback(given.remove)
        if any(type(part).__name__ in OF_ATTENTION for part in model.modules()):
            note(Warned.of("routes-of-feed-forward", name=name))
        yield found


def routers_of(model: Module, name: str) -> tuple[Router, ...]:
    """The modules that the model declares as its routers, by layer; raises NoRouting.

    A model with a layer that has experts but no known router is refused: no layer is left out.
    """
    if getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        raise NoRouting("routers-of-an-encoder", name=name)
    found: dict[int, Router] = {}
    given = {
        part.get_submodule("router"): part
        for part in model.modules()
        if type(part).__name__ in CHOOSING
    }
    places = {module: path for path, module in model.named_modules()}
    for path, module, index in _routers(model):
        layer = _layer_of(path, name)
        if reason := MIXING.get(type(module).__name__):
            raise NoRouting(reason, name=name)
        if layer in found and found[layer].module is not module:
            raise NoRouting("routers-of-one-layer", name=name, layer=str(layer))
        shared = _shared_beside(model, places[module])
        found.setdefault(layer, Router(layer, module, index, given.get(module), shared))
    if not found:
        raise _unrouted(model, name)
    for path, module in model.named_modules():
        if type(module).__name__.endswith("Experts") and _layer_of(path, name) not in found:
            raise NoRouting(
                "experts-without-router", name=name, place=path, architecture=type(model).__name__
            )
    return tuple(found[layer] for layer in sorted(found))


def _own_parts(model: Module, routers: Sequence[Router]) -> Iterator[Module]:
    """The routers, and the modules that compute what they chose."""
    yield from (router.module for router in routers)
    for module in model.modules():
        if type(module).__name__.endswith("Experts"):
            yield module


def _guarded(part: Module, name: str) -> Callable[[], None]:
    """What goes wrong in this part's own code is raised as NoRouting; the result undoes it."""
    own, before = part.forward, part.__dict__.get("forward")

    def forward(*inputs: Any, **named: Any) -> Any:
        try:
            return own(*inputs, **named)
        except (FusionError, MemoryError, torch.OutOfMemoryError):
            raise
        except Exception as cause:  # some fail, for example, with one expert a token
            said = str(cause) or type(cause).__name__
            raise NoRouting(
                "experts-fail", name=name, part=type(part).__name__, said=said
            ) from cause

    def undo() -> None:
        part.__dict__.pop("forward")
        if before is not None:
            part.__dict__["forward"] = before

    part.__dict__["forward"] = forward
    return undo


def layer_routings(layers: Sequence[Routing], tokens: slice) -> list[tuple[LayerRouting, ...]]:
    """The decision of every layer for each of these tokens of the pass, experts by weight."""
    return list(zip(*(_reported(layer, tokens) for layer in layers), strict=True))


def _routers(model: Module) -> Iterator[tuple[str, Module, int]]:
    """Path and module of every router, and the index of the logits in its output."""
    for part, recorder in _declared(model):
        for path, module in part.named_modules():
            if _names(recorder, path, module) and not _is_of_attention(part, path):
                yield path, module, recorder.index
    for path, module in model.named_modules():
        if type(module).__name__ in UNDECLARED:
            yield path, module, 0


def _is_of_attention(model: Module, path: str) -> bool:
    parent = model.get_submodule(path.rpartition(".")[0])
    return type(parent).__name__ in OF_ATTENTION


def _declared(model: Module) -> Iterator[tuple[Module, Any]]:
    """The parts of the model that declare routers, each with an OutputRecorder."""
    from transformers import PreTrainedModel
    from transformers.utils.output_capturing import OutputRecorder

    for part in model.modules():
        if not isinstance(part, PreTrainedModel):
            continue
        declared = part.can_record_outputs.get(DECLARED, ())
        for each in declared if isinstance(declared, list | tuple) else (declared,):
            match each:
                case OutputRecorder():
                    yield part, each
                case str():
                    yield part, OutputRecorder(None, PLAIN_INDEX, class_name=each)
                case _:
                    yield part, OutputRecorder(each, PLAIN_INDEX)


def _names(recorder: Any, path: str, module: Module) -> bool:
    """Whether the recorder applies to this module, by the rules of transformers."""
    by_class = recorder.target_class is not None and isinstance(module, recorder.target_class)
    by_name = recorder.class_name is not None and path.endswith(recorder.class_name)
    place = (recorder.layer_name or "").strip(".")
    return (by_class or by_name) and (not place or f".{place}." in f".{path}.")


def _layer_of(path: str, name: str) -> int:
    number = _NUMBER.search(path)
    if number is None:
        raise NoRouting("router-in-no-layer", name=name, router=path)
    return int(number[1])


def _depth(model: Any, routers: Sequence[Router]) -> int:
    """How many layers its configuration says it has; 0 where that cannot be."""
    config = getattr(model, "config", None)
    config = getattr(config, "text_config", config)
    depth = getattr(config, "num_hidden_layers", 0)
    return depth if isinstance(depth, int) and depth > routers[-1].layer else 0


def _shared_beside(model: Any, path: str) -> int:
    """How many experts of the router's layer read every token, whatever it chooses.

    Those that are computed as one are counted as the configuration does.
    """
    while "." in path:
        path = path.rpartition(".")[0]
        parent = model.get_submodule(path)
        for name, part in parent.named_children():
            if _SHARED.fullmatch(name) and any(True for _ in part.parameters()):
                config = getattr(model.config, "text_config", model.config)
                counts = [getattr(config, key, None) for key in SHARED_COUNTS]
                return next((n for n in counts if isinstance(n, int) and n > 0), 1)
        if path.rpartition(".")[2].isdigit():
            break
    return 0


def _unrouted(model: Any, name: str) -> NoRouting:
    known = known_mixtures()
    if has_experts(model.config.to_dict()):
        return NoRouting(
            "routers-undeclared",
            name=name,
            architecture=type(model).__name__,
            count=len(known),
            known=known,
        )
    return NoRouting("experts-none", name=name, count=len(known), known=known)


def _routing(name: str, router: Router, output: Any, top_k: int) -> Routing:
    """The router's decision, from any of the three known forms of output.

    It is so many experts a token, where `top_k` is not 0.
    """
    match output:
        case (_, weights, Tensor(dtype=torch.int64 | torch.int32) as chosen, *_):
            logits = output[router.index]
        case (_, Tensor() as tokens, gates, list() as sizes, Tensor() as logits):
            # JetMoe gives its choices sorted by expert, and of which token each is.
            experts = torch.arange(len(sizes), device=tokens.device)
            order = tokens.argsort(stable=True)
            chosen = experts.repeat_interleave(torch.tensor(sizes, device=tokens.device))[order]
            weights, chosen = (part.view(len(logits), -1) for part in (gates[order], chosen))
        case (scores, logits) if router.index == 1 and scores.shape == logits.shape:
            # Llama 4 gives no indices; its scores, which scale the experts' inputs, are zero for
            # all but the chosen ones.
            weights, chosen = scores.topk(top_k or router.module.top_k, dim=-1)
        case _:
            kind = type(router.module).__name__
            raise NoRouting("router-mute", name=name, router=kind)
    if type(router.module).__name__ in SKIPPING:
        chosen = chosen.masked_fill((weights == 0) & (chosen == 0), logits.shape[-1] - 1)
    if type(router.module).__name__ in PROBABILITIES:
        logits = logits.log()  # Logits are known up to a constant; these have the constant 0.
    if logits.dim() > 2 or chosen.dim() > 2:  # row and column of each token
        logits, weights, chosen = (part.flatten(0, -2) for part in (logits, weights, chosen))
    return Routing(router.layer, logits, weights, chosen, shared=router.shared)


def _reported(routing: Routing, tokens: slice) -> Iterator[LayerRouting]:
    """One layer's decisions, read from lists, since reading single numbers of tensors is slow."""
    probs = routing.logits[tokens].softmax(dim=-1, dtype=torch.float64).round(decimals=DIGITS)
    weights = routing.weights[tokens].tolist()
    chosen = routing.chosen[tokens].tolist()
    steered = routing.steered
    owns = [()] * len(chosen) if routing.own is None else routing.own[tokens].tolist()
    for every, shares, experts, own in zip(probs.tolist(), weights, chosen, owns, strict=True):
        best = sorted(zip(shares, experts, strict=True), key=itemgetter(0), reverse=True)
        yield LayerRouting(
            layer=routing.layer,
            experts=tuple([expert for _, expert in best]),
            weights=tuple([round(share, DIGITS) for share, _ in best]),
            probs=tuple(every),
            own=tuple(own) if sorted(own) != sorted(experts) else (),
            steered=steered,
            shared=routing.shared,
        )
