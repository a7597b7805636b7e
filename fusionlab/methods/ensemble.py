"""Token-by-token ensemble: before every token the members' next-token distributions are pooled.

With weights wᵢ that sum to 1, the arithmetic pool is Σ wᵢ pᵢ and the geometric pool is
softmax(Σ wᵢ log pᵢ); `fusionlab.tokens.pooling` has them all. The chosen token is fed to every
member.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.pooling import Pooling, pool
from fusionlab.tokens.together import together


@fusion_method(
    "ensemble",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://doi.org/10.1214/ss/1177013825",
    weighted=True,
)
def ensemble(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Pooling,
        Field(
            description="arithmetic: mean of probabilities, one member's wish is enough; "
            "geometric: product of experts, members must agree; maximum, minimum: of the "
            "probabilities; majority: mean of those whose first choice has most weight behind it"
        ),
    ] = "arithmetic",
    n_top: Annotated[
        int,
        Group("expert"),
        Field(ge=1, le=50, title="Candidates shown", description="of each member, at every step"),
    ] = 8,
) -> Iterator[Event]:
    """Pool the members' next-token probabilities before every token; all follow the chosen one."""
    with together(members, request) as writing:
        for wanted in writing.wants():
            yield from writing.say(pool(wanted, writing.shares, pooling), wanted, n_top)
        yield from writing.finish()
