"""Which picture a run gets: the first of a table that fits the facts in its trace.

No method has a picture of its own. A run of tokens is drawn as tokens, whoever made it, and the
texts of a run that nothing else fits stand as they are. Before the first fact that is what is
shown, so a picture can give way to another while a run is young.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fusionlab.trace import Trace
from fusionlab.views.ballots import ballot_view
from fusionlab.views.experts import expert_view
from fusionlab.views.layers import has_layers, layers_view
from fusionlab.views.mixtures import has_two_mixtures, mixtures_view
from fusionlab.views.refine import is_refined, refine_view
from fusionlab.views.rounds import round_view
from fusionlab.views.routing import is_routed, routing_view
from fusionlab.views.staircase import has_threshold, staircase_view
from fusionlab.views.texts import text_view
from fusionlab.views.tokens import token_view


@dataclass(frozen=True, slots=True)
class Stage:
    """A picture: the component that draws it, its data, and the runs that it is for."""

    component: str
    view: Callable[..., dict[str, Any]]
    fits: Callable[[Trace], bool]
    grows: bool = False
    """The component keeps what it has and is sent what is new."""

    def drawn(self, trace: Trace, run: str, start: int = 0) -> dict[str, Any]:
        """What the component `picture` is sent of the run of this name; from step `start` on where
        it grows.
        """
        data = self.view(trace, start=start, run=run) if self.grows else self.view(trace)
        return {"component": self.component, "data": data}

    def steps(self, drawn: dict[str, Any]) -> int:
        """How many steps `drawn` sends of a run that grows."""
        return len(drawn["data"]["steps"]) if self.grows else 0


def stage_for(trace: Trace) -> Stage:
    """The picture that fits the run as far as it has come."""
    return next(stage for stage in STAGES if stage.fits(trace))


def _in_tokens(trace: Trace) -> bool:
    return bool(trace.tokens or (trace.given and not trace.routed))


def _through_experts(trace: Trace) -> bool:
    return bool(trace.routed)


def _elected(trace: Trace) -> bool:
    """Whether texts stand for election, or the answers of one member are counted."""
    kinds = {one.what for one in trace.rounds}
    samples = kinds == {"sample"} and len(trace.recipe.members) == 1
    return bool(trace.candidates or trace.vote) or kinds == {"candidate"} or samples


def _in_rounds(trace: Trace) -> bool:
    return bool(trace.rounds)


def _always(_: Trace) -> bool:
    return True


STAGES = (
    Stage("tokens", token_view, _in_tokens, grows=True),
    Stage("mixtures", mixtures_view, has_two_mixtures, grows=True),
    Stage("experts", expert_view, _through_experts, grows=True),
    Stage("ballots", ballot_view, _elected),
    Stage("staircase", staircase_view, has_threshold),
    Stage("layers", layers_view, has_layers),
    Stage("routing", routing_view, is_routed),
    Stage("refine", refine_view, is_refined),
    Stage("rounds", round_view, _in_rounds),
    Stage("texts", text_view, _always),
)
"""In the order in which they are tried."""
