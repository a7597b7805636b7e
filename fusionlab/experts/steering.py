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
_RULE = re.compile(r"(ban|force|swap)\s+(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*@\s*(\d{1,6}|all)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done to one expert of one layer, or of all layers."""

    what: Literal["ban", "force", "swap"]
    expert: int
    layer: int | None
    """Counted over all layers of the model; None for all that have experts."""
    other: int | None = None
    """With which it is swapped: each works where the other was chosen, with the other's weight."""

    def __str__(self) -> str:
        pair = "" if self.other is None else f"-{self.other}"
        return f"{self.what} {self.expert}{pair}@{EVERY if self.layer is None else self.layer}"


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules in a text such as "ban 3@2, force 1@all, swap 0-5@4"; raises SettingError."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text)]
    return tuple(_rule(part) for part in parts if part)


def _rule(part: str) -> Rule:
    found = _RULE.fullmatch(part.lower())
    if found is None or (found[1] == "swap") != (found[3] is not None) or found[2] == found[3]:
        raise SettingError("steer-not-a-rule", rule=repr(part[:80]))
    layer = None if found[4] == EVERY else int(found[4])
    other = None if found[3] is None else int(found[3])
    what: Any = found[1]
    return Rule(what, int(found[2]), layer, other)


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

    `top_k` experts are chosen in every layer; 0 leaves it to the model. Raises SettingError for a
    layer that has no experts, or rules that contradict each other; in the first pass, for an expert
    that does not exist, and where fewer than k are left; NoRouting for a router whose choice
    cannot be changed.
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
        if rule.layer is not None and rule.layer not in numbers:
            known = ", ".join(map(str, numbers))
            raise SettingError(
                "steer-no-layer", rule=str(rule), layer=str(rule.layer), name=name, known=known
            )
    return {number: _of_layer(number, rules, top_k) for number in numbers}


def _of_layer(number: int, rules: Sequence[Rule], top_k: int) -> LayerSteered:
    mine = list(dict.fromkeys(rule for rule in rules if rule.layer in (None, number)))
    said = {
        what: tuple(dict.fromkeys(rule.expert for rule in mine if rule.what == what))
        for what in ("ban", "force")
    }
    pairs = [(rule.expert, rule.other) for rule in mine if rule.other is not None]
    found = LayerSteered(said["ban"], said["force"], tuple(pairs), top_k)
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
