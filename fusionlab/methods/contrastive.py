"""Contrastive decoding: what sets a strong member, the expert, apart from a weak one, the amateur.

The score of a token is log p_expert − log p_amateur, among those that the expert gives at least α
times its largest probability (https://arxiv.org/abs/2210.15097). The expert is named first. The
members' weights do not count.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.contrast import contrasted, contrasted_without
from fusionlab.tokens.settings import CandidatesShown
from fusionlab.tokens.together import together


@fusion_method(
    "contrastive",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://arxiv.org/abs/2210.15097",
    min_members=2,
    max_members=2,
    begins=True,
)
def contrastive(
    members: Sequence[Member],
    request: Request,
    *,
    alpha: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            title="α",
            description="tokens below this share of the expert's largest probability are left out",
        ),
    ] = 0.1,
    amateur_temperature: Annotated[
        float,
        Group("expert"),
        Field(ge=0.05, le=10, description="of the amateur's logits; below 1 it is made surer"),
    ] = 0.5,
    n_top: CandidatesShown = 8,
) -> Iterator[Event]:
    """Prefer before every token what sets a strong member, the first, apart from a weak one."""
    exponents = (1.0, -1 / amateur_temperature)
    with together(members, request) as writing:
        for wanted in writing.wants():
            fused = contrasted(wanted[0], wanted[1], alpha, amateur_temperature)
            firsts = contrasted_without(wanted)
            yield from writing.say(fused, wanted, n_top, exponents=exponents, firsts=firsts)
        yield from writing.finish()
