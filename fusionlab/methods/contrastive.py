"""Contrastive decoding and proxy-tuning: a member's wish counts against a token.

The members are, in their order, expert and amateur; or base, expert and anti-expert. Their weights
do not count. See `fusionlab.tokens.contrast` for the equations.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from fusionlab.errors import RecipeError
from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.contrast import contrastive as contrast
from fusionlab.tokens.contrast import proxy_tuned
from fusionlab.tokens.together import together

MEMBERS = {"contrast": 2, "proxy": 3}


@fusion_method(
    "contrastive",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://arxiv.org/abs/2210.15097",
    min_members=2,
    max_members=3,
)
def contrastive(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Literal["contrast", "proxy"],
        Field(
            description="contrast: expert against amateur; "
            "proxy: base, moved by expert against anti-expert"
        ),
    ] = "contrast",
    alpha: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            title="α",
            description="Where pooling is contrast: tokens below this share of the expert's "
            "largest probability are left out",
        ),
    ] = 0.1,
    amateur_temperature: Annotated[
        float,
        Group("expert"),
        Field(ge=0.05, le=10, description="Where pooling is contrast: of the amateur's logits"),
    ] = 0.5,
    strength: Annotated[
        float,
        Field(ge=0, le=10, description="Where pooling is proxy: how far the base is moved"),
    ] = 1.0,
    n_top: Annotated[
        int,
        Group("expert"),
        Field(ge=1, le=50, title="Candidates shown", description="of each member, at every step"),
    ] = 8,
) -> Iterator[Event]:
    """Prefer before every token what sets a strong member apart from a weak one."""
    if len(members) != MEMBERS[pooling]:
        raise RecipeError(
            "contrast-members", pooling=pooling, wanted=MEMBERS[pooling], count=len(members)
        )
    with together(members, request) as writing:
        for wanted in writing.wants():
            if pooling == "contrast":
                fused = contrast(wanted[0], wanted[1], alpha, amateur_temperature)
            else:
                fused = proxy_tuned(wanted[0], wanted[1], wanted[2], strength)
            yield from writing.say(fused, wanted, n_top)
        yield from writing.finish()
