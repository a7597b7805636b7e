"""Proxy-tuning: a base model is moved before every token as tuning moved another, small one.

log p_base + strength (log p_expert − log p_anti), where the expert is a tuned small model and the
anti-expert the same one before (https://arxiv.org/abs/2401.08565). With an expert and an
anti-expert that were tuned on wanted and unwanted text it is DExperts
(https://arxiv.org/abs/2105.03023). Base, expert and anti-expert are named in this order. The
members' weights do not count.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.tokens.contrast import proxy_tuned, proxy_tuned_without
from fusionlab.tokens.settings import CandidatesShown
from fusionlab.tokens.together import together


@fusion_method(
    "proxy_tuning",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://arxiv.org/abs/2401.08565",
    min_members=3,
    max_members=3,
    begins=True,
)
def proxy_tuning(
    members: Sequence[Member],
    request: Request,
    *,
    strength: Annotated[
        float, Field(ge=0, le=10, description="how far the base is moved; 0 is the base alone")
    ] = 1.0,
    n_top: CandidatesShown = 8,
) -> Iterator[Event]:
    """Move a base model, before every token, by what sets an expert apart from an anti-expert."""
    exponents = (1.0, strength, -strength)
    with together(members, request) as writing:
        for wanted in writing.wants():
            fused = proxy_tuned(wanted[0], wanted[1], wanted[2], strength)
            firsts = proxy_tuned_without(wanted, strength)
            yield from writing.say(fused, wanted, n_top, exponents=exponents, firsts=firsts)
        yield from writing.finish()
