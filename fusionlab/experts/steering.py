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
from typing import Any, Literal

from jaxtyping import Int
from torch import Tensor

from fusionlab.errors import SettingError
from fusionlab.events import LayerSteered
from fusionlab.experts.choosing import Choosing, named
from fusionlab.experts.routing import UNSTEERED, Capture, Router, Steering

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

    def said(self, layer: int) -> Steering:
        """What its router was asked in the last pass, and what it would have chosen."""
        return (self.layers[layer], self.kept.pop(layer, None)) if self.active else UNSTEERED


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
    for expert in (experts := named(found)):
        if experts.count(expert) > 1:
            raise SettingError("steer-twice", expert=str(expert), layer=str(number))
    return found


def _installed(router: Router, control: Steered, name: str) -> Callable[[], None]:
    """The router chooses under control; the result undoes it."""
    layer, chooser = router.layer, router.chooser or router.module
    method = "route_tokens_to_experts" if router.chooser else "forward"
    own, before = getattr(chooser, method), chooser.__dict__.get(method)
    choosing = Choosing(chooser, own, layer, control.layers[layer], name)

    def choose(*inputs: Any, **named: Any) -> Any:
        if not control.active:
            return own(*inputs, **named)
        output, control.kept[layer] = choosing(*inputs, **named)
        return output

    def undo() -> None:
        chooser.__dict__.pop(method)
        if before is not None:
            chooser.__dict__[method] = before

    chooser.__dict__[method] = choose
    return undo
