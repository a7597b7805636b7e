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
from traceback import walk_tb
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import Module

from fusionlab.errors import FusionError, NoRouting
from fusionlab.events import LayerSteered, Warned
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


Steering = tuple[LayerSteered, Int[Tensor, "token k"] | None]
"""What is asked of a router, and what it would have chosen; None where it was not steered."""
UNSTEERED: Steering = (LayerSteered(), None)


@runtime_checkable
class Control(Protocol):
    """Who steers the routers."""

    def said(self, layer: int) -> Steering:
        """What its router was asked in the last pass, and what it would have chosen."""
        ...


@dataclass(slots=True)
class Pass:
    """What the routers gave in one forward pass: references, to be read when somebody asks."""

    name: str
    said: dict[int, tuple[Router, Any, Steering]] = field(default_factory=dict)

    def read(self) -> tuple[Routing, ...]:
        """One for each layer with experts, in order."""
        return tuple([_routing(self.name, *self.said[layer]) for layer in sorted(self.said)])


@dataclass(slots=True)
class Capture:
    """What a model's routers decided in its last forward pass."""

    name: str
    routers: Sequence[Router]
    steered: Control | None = None
    """Who steers them, if anybody does."""
    depth: int = 0
    """How many layers the model has, dense ones included; 0 where it does not say."""
    now: Pass = field(init=False)
    """The last pass, unread; the next is another one."""
    _logits: dict[int, Tensor] = field(default_factory=dict)
    """The logits of routers whose choice is not known yet."""
    _readable: set[int] = field(default_factory=set)
    """The layers whose router's output was read before."""

    def __post_init__(self) -> None:
        self.now = Pass(self.name)

    @property
    def last(self) -> tuple[Routing, ...]:
        """One for each layer with experts, in order; none before the first pass."""
        return self.now.read()

    def _begin(self, _module: Module, _inputs: Any) -> None:
        self.now = Pass(self.name)

    def _see(self, router: Router, _module: Module, _inputs: Any, output: Any) -> None:
        """Keeps no more than references, since the model waits meanwhile."""
        layer, control, said = router.layer, self.steered, self.now.said
        if layer in said:
            note(Warned.of("routes-of-the-last-time", name=self.name))
        said[layer] = router, output, UNSTEERED if control is None else control.said(layer)
        if layer not in self._readable:
            _routing(self.name, *said[layer])
            self._readable.add(layer)

    def _see_logits(self, layer: int, _module: Module, _inputs: Any, logits: Tensor) -> None:
        self._logits[layer] = logits

    def _see_given(self, router: Router, module: Module, inputs: tuple[Any, ...]) -> None:
        _, chosen, weights = inputs
        self._see(router, module, inputs, (self._logits.pop(router.layer), weights, chosen))


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
        stack.callback(_guarded(model, list(_own_parts(model, routers)), name))
        for router in found.routers:
            see = partial(found._see, router)
            if router.experts is not None:
                see = partial(found._see_logits, router.layer)
                given = partial(found._see_given, replace(router, index=0))
                stack.callback(router.experts.register_forward_pre_hook(given).remove)
            stack.callback(router.module.register_forward_hook(see).remove)
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


def _guarded(model: Module, parts: Sequence[Module], name: str) -> Callable[[], None]:
    """What goes wrong in the own code of one of the parts is raised as NoRouting, by one guard for
    the whole pass; the result undoes it.
    """
    own, before = model.forward, model.__dict__.get("forward")

    def forward(*inputs: Any, **named: Any) -> Any:
        try:
            return own(*inputs, **named)
        except (FusionError, MemoryError, torch.OutOfMemoryError):
            raise
        except Exception as cause:  # some fail, for example, with one expert a token
            owners = (frame.f_locals.get("self") for frame, _ in walk_tb(cause.__traceback__))
            failed = [each for each in owners if any(each is part for part in parts)]
            if not failed:
                raise
            kind, said = type(failed[-1]).__name__, str(cause) or type(cause).__name__
            raise NoRouting("experts-fail", name=name, part=kind, said=said) from cause

    def undo() -> None:
        model.__dict__.pop("forward")
        if before is not None:
            model.__dict__["forward"] = before

    model.__dict__["forward"] = forward
    return undo


def joined(passes: Sequence[Pass]) -> tuple[Routing, ...]:
    """The decisions of several passes as of one: the tokens of each behind those before.

    They are of one model under one steering.
    """
    first = passes[0]
    if len(passes) == 1:
        return first.read()
    layers = [[each.said[layer] for each in passes] for layer in sorted(first.said)]
    return tuple([_joined(first.name, layer) for layer in layers])


def _joined(name: str, layer: Sequence[tuple[Router, Any, Steering]]) -> Routing:
    """Outputs of three matrices are joined before they are read, others after."""
    router, output, (asked, _) = layer[0]
    outputs = [said for _, said, _ in layer]
    owns = [each for _, _, (_, each) in layer if each is not None]
    all_own = torch.cat(owns) if owns else None
    match output:
        case (Tensor(ndim=2), Tensor(ndim=2), Tensor(ndim=2)):
            parts = tuple([torch.cat(part) for part in zip(*outputs, strict=True)])
            return _routing(name, router, parts, (asked, all_own))
    read = [_routing(name, *each) for each in layer]
    return replace(
        read[0],
        logits=torch.cat([each.logits for each in read]),
        weights=torch.cat([each.weights for each in read]),
        chosen=torch.cat([each.chosen for each in read]),
        own=all_own,
    )


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


def _routing(name: str, router: Router, output: Any, steering: Steering) -> Routing:
    """The router's decision, from any of the three known forms of output."""
    asked, own = steering
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
            weights, chosen = scores.topk(asked.top_k or router.module.top_k, dim=-1)
        case _:
            kind = type(router.module).__name__
            raise NoRouting("router-mute", name=name, router=kind)
    if type(router.module).__name__ in SKIPPING:
        chosen = chosen.masked_fill((weights == 0) & (chosen == 0), logits.shape[-1] - 1)
    if type(router.module).__name__ in PROBABILITIES:
        logits = logits.log()  # Logits are known up to a constant; these have the constant 0.
    if logits.dim() > 2 or chosen.dim() > 2:  # row and column of each token
        logits, weights, chosen = (part.flatten(0, -2) for part in (logits, weights, chosen))
    done = None if own is None else asked
    return Routing(router.layer, logits, weights, chosen, own, done, router.shared)
