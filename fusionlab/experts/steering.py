"""Steering: experts forced, banned or swapped, and more or fewer chosen, while a model runs.

A router's own code runs, and only the choice within it is another: where it takes the top k of its
scores, it is given other experts and these experts' own scores. So their weights are made and
renormalised as the model does it. A token whose choice no rule touches keeps it to the bit; in
particular, banning an expert that no token chose changes nothing. Where a router limits its choice
to groups of experts, the groups stay as they were, and experts of other groups follow when theirs
have too few left.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Literal

import torch
from jaxtyping import Int
from torch import Tensor
from torch.nn import Module
from torch.overrides import TorchFunctionMode

from fusionlab.errors import NoRouting, SettingError
from fusionlab.events import LayerSteered
from fusionlab.experts.routing import SKIPPING, Capture, Router

TOPKS = (torch.topk, Tensor.topk)
MASKS = (torch.masked_fill, Tensor.masked_fill)
BY_TOKEN = "tid2eid"  # noqa: S105  of words, not of secrets
"""The table of a router that goes by the token, not by scores."""
SORTING = ("JetMoeTopKGating",)
"""Routers whose output is sorted by expert, so that a swap has to come before."""
EVERY = "all"
_RULE = re.compile(
    r"(ban|force|swap|top)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?"
    r"\s*@\s*(?:(\d{1,6})(?:\s*-\s*(\d{1,6}))?|all)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done to one expert of one layer, or of several."""

    what: Literal["ban", "force", "swap", "top"]
    expert: int
    """Its number; of `top`, how many experts a token is given."""
    layer: int | None
    """Counted over all layers of the model; None for all that have experts."""
    other: int | None = None
    """With which it is swapped: each works where the other was chosen, with the other's weight."""
    last: int | None = None
    """The last of several layers that follow one another, of which those with experts are meant."""

    def __str__(self) -> str:
        pair = "" if self.other is None else f"-{self.other}"
        layers = EVERY if self.layer is None else str(self.layer)
        span = "" if self.last is None else f"-{self.last}"
        return f"{self.what} {self.expert}{pair}@{layers}{span}"

    def is_of(self, layer: int) -> bool:
        """Whether it is about this layer."""
        if self.layer is None:
            return True
        return self.layer <= layer <= (self.layer if self.last is None else self.last)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules in a text such as "ban 3@2, swap 0-5@4, top 1@4-7"; raises SettingError."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text)]
    return tuple(_rule(part) for part in parts if part)


def _rule(part: str) -> Rule:
    found = _RULE.fullmatch(part.lower())
    if found is None or (found[1] == "swap") != (found[3] is not None) or found[2] == found[3]:
        raise SettingError("steer-not-a-rule", rule=repr(part[:80]))
    layer, last, other = (None if found[at] is None else int(found[at]) for at in (4, 5, 3))
    what: Any = found[1]
    rule = Rule(what, int(found[2]), layer, other, last)
    if (last is not None and layer is not None and last < layer) or (
        what == "top" and not rule.expert
    ):
        raise SettingError("steer-not-a-rule", rule=repr(part[:80]))
    return rule


@dataclass(slots=True)
class Steered:
    """The routers of a model while they are steered."""

    layers: Mapping[int, LayerSteered]
    active: bool = True
    kept: dict[int, Int[Tensor, "token k"]] = field(default_factory=dict)
    """What each router would have chosen in its last pass."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Meanwhile the model chooses by itself."""
        self.active = False
        try:
            yield
        finally:
            self.active = True

    def of(self, layer: int) -> LayerSteered:
        """What is done to this layer now."""
        return self.layers.get(layer, NOTHING) if self.active else NOTHING

    def own(self, layer: int) -> Int[Tensor, "token k"] | None:
        """What its router would have chosen in the last pass; None where it was not steered."""
        return self.kept.pop(layer, None)


NOTHING = LayerSteered()


@contextmanager
def steered(experts: Capture, rules: Sequence[Rule], top_k: int = 0) -> Iterator[Steered]:
    """The captured model's routers follow these rules until the end; all is as before then.

    `top_k` experts are chosen in every layer of which no rule says how many; 0 leaves it to the
    model. Raises SettingError for a layer that has no experts, or rules that contradict each other;
    in the first pass, for an expert that does not exist, and where fewer than k are left; NoRouting
    for a router whose choice cannot be changed.
    """
    layers = _by_layer([router.layer for router in experts.routers], rules, top_k, experts.name)
    control = Steered(layers)
    with ExitStack() as stack:
        for router in experts.routers:
            if layers[router.layer] != NOTHING:
                stack.callback(_installed(router, control, experts.name))
        experts.steered = control
        stack.callback(partial(setattr, experts, "steered", None))
        yield control


def _by_layer(
    numbers: Sequence[int], rules: Sequence[Rule], top_k: int, name: str
) -> dict[int, LayerSteered]:
    """The rules of each layer that has experts."""
    for rule in rules:
        if not any(rule.is_of(number) for number in numbers):
            known = ", ".join(map(str, numbers))
            raise SettingError("steer-no-layer", rule=str(rule), name=name, known=known)
    return {number: _of_layer(number, rules, top_k) for number in numbers}


def _named(rules: LayerSteered) -> tuple[int, ...]:
    """Every expert that a rule speaks of."""
    return (*rules.banned, *rules.forced, *chain.from_iterable(rules.swapped))


def _of_layer(number: int, rules: Sequence[Rule], top_k: int) -> LayerSteered:
    mine = [rule for rule in rules if rule.is_of(number)]
    said = {
        what: tuple(dict.fromkeys(rule.expert for rule in mine if rule.what == what))
        for what in ("ban", "force")
    }
    pairs = dict.fromkeys((rule.expert, rule.other) for rule in mine if rule.other is not None)
    tops = {rule.expert for rule in mine if rule.what == "top"}
    if len(tops) > 1:
        raise SettingError("steer-top-twice", layer=str(number), ks=sorted(map(str, tops)))
    k = next(iter(tops), top_k)
    found = LayerSteered(said["ban"], said["force"], tuple(pairs), k)
    for expert in (named := _named(found)):
        if named.count(expert) > 1:
            raise SettingError("steer-twice", expert=str(expert), layer=str(number))
    return found


def _installed(router: Router, control: Steered, name: str) -> Callable[[], None]:
    """The router chooses under control; the result undoes it."""
    chooser = router.chooser or router.module
    method = "route_tokens_to_experts" if router.chooser else "forward"
    own, before = getattr(chooser, method), chooser.__dict__.get(method)

    def choose(*inputs: Any, **named: Any) -> Any:
        rules = control.of(router.layer)
        if rules == NOTHING:
            return own(*inputs, **named)
        choosing = _Choosing(chooser, router.layer, rules, name)
        with _choosing_so_many(chooser, rules.top_k), choosing:
            output = own(*inputs, **named)
        if choosing.own is None:
            kind = type(chooser).__name__
            raise NoRouting("router-not-steered", name=name, router=kind)
        control.kept[router.layer] = choosing.own
        return choosing.swapped(output)

    def undo() -> None:
        chooser.__dict__.pop(method)
        if before is not None:
            chooser.__dict__[method] = before

    chooser.__dict__[method] = choose
    return undo


@contextmanager
def _choosing_so_many(chooser: Module, top_k: int) -> Iterator[None]:
    """The router's own number of choices is this one, for what it computes with it."""
    before: Any = getattr(chooser, "top_k", None)
    if top_k and before is not None:
        setattr(chooser, "top_k", top_k)  # noqa: B010  modules are typed by what they hold
    try:
        yield
    finally:
        if before is not None:
            setattr(chooser, "top_k", before)  # noqa: B010


class _Choosing(TorchFunctionMode):
    """One router's pass, in which what it chooses by score is chosen by these rules."""

    def __init__(self, chooser: Module, layer: int, rules: LayerSteered, name: str) -> None:
        super().__init__()
        self._own_k: int | None = getattr(chooser, "top_k", None)
        self.own: Int[Tensor, "token k"] | None = None
        """What it would have chosen; None where it has not chosen yet."""
        self._kind, self._layer, self._rules, self._name = chooser, layer, rules, name
        self._table = getattr(chooser, BY_TOKEN, None)
        self._scores: Tensor | None = None
        self._unmasked: tuple[Tensor, Tensor] | None = None
        self._experts = 0

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # the signature is torch's
        named = kwargs or {}
        if func in TOPKS and self._is_choice(args[0]):
            return self._best(*args, **named)
        output = func(*args, **named)
        if func in MASKS and args[0].is_floating_point():
            self._unmasked = (args[0], args[1])
        if self._table is not None and isinstance(output, Tensor):
            if func is Tensor.__getitem__ and args[0] is self._table and self._scores is not None:
                stays = torch.zeros_like(self._scores).scatter(-1, output.long(), 1).bool()
                self._check(self._scores.shape[-1], self._rules.top_k or output.shape[-1])
                return self._changed(self._scores, output, stays, output)
            if output.is_floating_point():
                self._scores = output
        return output

    def _is_choice(self, scores: Tensor) -> bool:
        """Whether these are scores of experts, and not of groups of them."""
        if getattr(self._kind, "num_group", None) is None:
            return True
        return scores.dim() == 2 and scores.shape[-1] == self._kind.num_experts

    def _best(self, scores: Tensor, *args: Any, **named: Any) -> Any:
        """What `torch.topk` gives of these scores, under the rules."""
        asked, *rest = (named.pop("k"), *args) if "k" in named else args
        k = self._rules.top_k or asked
        self._check(scores.shape[-1], k)
        plain = torch.topk(scores, k, *rest, **named)
        own = (
            plain if k == self._own_k else torch.topk(scores, self._own_k or asked, *rest, **named)
        )
        whole, stays = scores, None
        if self._unmasked is not None and self._unmasked[0].shape == scores.shape:
            whole, stays = self._unmasked[0], ~self._unmasked[1].expand_as(scores)
        chosen = self._changed(whole, plain.indices, stays, own.indices)
        values = torch.where(chosen == plain.indices, plain.values, whole.gather(-1, chosen))
        if type(self._kind).__name__ in SORTING:
            chosen = self._exchanged(chosen)
        return torch.return_types.topk((values, chosen))

    def _changed(self, scores: Tensor, plain: Tensor, stays: Tensor | None, own: Tensor) -> Tensor:
        """The plain choice, but for tokens whose choice the rules touch; `stays` come first."""
        n = self._experts = scores.shape[-1]
        k = self._rules.top_k or plain.shape[-1]
        self.own = own.reshape(-1, own.shape[-1])
        banned, forced = (
            torch.tensor(each, device=plain.device, dtype=plain.dtype)
            for each in (self._rules.banned, self._rules.forced)
        )
        touched = torch.isin(plain, banned).any(-1)
        for expert in forced:
            touched = touched | (plain != expert).all(-1)
        if k == plain.shape[-1] and not touched.any():
            return plain
        order = scores.argsort(dim=-1).argsort(dim=-1)
        if stays is not None:
            order = order + n * stays
        order[..., forced.long()] += 4 * n
        order[..., banned.long()] -= 4 * n
        best = order.topk(k, dim=-1).indices.to(plain.dtype)
        if k != plain.shape[-1]:
            return best
        return torch.where(touched[..., None], best, plain)

    def _check(self, n: int, k: int) -> None:
        """There are such experts, and enough of them."""
        rules = self._rules
        skips = type(self._kind).__name__ in SKIPPING
        last = n - 1 if not (skips and rules.swapped) else n - 2
        at = {"layer": str(self._layer), "name": self._name}
        for expert in _named(rules):
            if expert > last:
                raise SettingError("steer-no-expert", expert=str(expert), last=str(last), **at)
        if k > n:
            raise SettingError("steer-k-too-many", k=k, experts=n, **at)
        left = n - len(rules.banned)
        if not left:
            raise SettingError("steer-none-left", **at)
        if k > left:
            raise SettingError("steer-too-few-left", k=k, left=left, **at)
        if len(rules.forced) > k:
            raise SettingError("steer-too-many-forced", k=k, forced=len(rules.forced), **at)

    def swapped(self, output: Any) -> Any:
        """The router's output, in which the swapped experts have changed places."""
        if not self._rules.swapped or type(self._kind).__name__ in SORTING:
            return output
        match output:
            case (weights, Tensor() as chosen) if not chosen.is_floating_point():
                return weights, self._exchanged(chosen)
            case (scores, logits):  # a column for each expert
                return scores[..., self._places(scores)], logits
            case (logits, weights, chosen, *rest):
                changed = self._exchanged(chosen)
                if type(self._kind).__name__ in SKIPPING:
                    changed = torch.where(weights == 0, chosen, changed)
                return logits, weights, changed, *rest
            case _:
                kind = type(self._kind).__name__
                raise NoRouting("router-not-steered", name=self._name, router=kind)

    def _exchanged(self, chosen: Tensor) -> Tensor:
        return self._places(chosen).to(chosen.dtype)[chosen.long()]

    def _places(self, like: Tensor) -> Tensor:
        """Of each expert the one that works in its place."""
        places = torch.arange(self._experts, device=like.device)
        for one, other in self._rules.swapped:
            places[one], places[other] = other, one
        return places
