"""The load of the experts of a text's layers, counted token by token as routes come in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fusionlab.events import ExpertsRouted, LayerRouting


@dataclass(slots=True)
class LayerLoad:
    """What the tokens so far chose in one layer."""

    layer: int
    tokens: int = 0
    counts: list[int] = field(default_factory=list)
    """How many tokens each expert was chosen for."""
    probs: list[float] = field(default_factory=list)
    """The sums of the router's probabilities; empty where they are not known."""

    @property
    def means(self) -> list[float]:
        """The router's mean probability of each expert."""
        return [each / self.tokens for each in self.probs]

    def add(self, routing: LayerRouting) -> None:
        """One more token was given to its experts."""
        self.tokens += 1
        self.counts += [0] * (
            max(routing.n_experts, *(each + 1 for each in routing.experts)) - len(self.counts)
        )
        for expert in routing.experts:
            self.counts[expert] += 1
        self.probs += [0.0] * (len(routing.probs) - len(self.probs))
        for expert, p in enumerate(routing.probs):
            self.probs[expert] += p


def count(loads: list[LayerLoad], fact: ExpertsRouted) -> None:
    """The loads of one text's layers, in order, hold one more token."""
    loads += [LayerLoad(each.layer) for each in fact.layers[len(loads) :]]
    for load, each in zip(loads, fact.layers, strict=False):
        load.add(each)


def load_of(decisions: Sequence[LayerRouting]) -> LayerLoad:
    """The load of one layer, at least one token's."""
    load = LayerLoad(decisions[0].layer)
    for each in decisions:
        load.add(each)
    return load
