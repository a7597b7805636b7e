"""Union of top-k: a token-by-token ensemble of models of which only the best tokens are told.

Yao et al., UniTE, https://arxiv.org/abs/2410.03777: before every token each member tells its
`top_k`, and the union of these is what is pooled. There every member's probabilities are scaled to
sum to 1 over the union; here they stay what they are, so that what was not told is known to be
small, and whether it could have changed the choice. `fusionlab.tokens.two_phase` tells how members
are asked.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.bounds import Pooled
from fusionlab.tokens.settings import CandidatesShown
from fusionlab.tokens.two_phase import Rules, Scores, two_phase


@fusion_method(
    "unite",
    needs=Level.LOGPROBS,
    family="tokens",
    paper="https://arxiv.org/abs/2410.03777",
    weighted=True,
)
def unite(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Pooled,
        Field(
            description="arithmetic: mean of probabilities, one member's wish is enough; "
            "geometric: product of experts, members must agree"
        ),
    ] = "arithmetic",
    top_k: Annotated[
        int,
        Field(
            ge=1,
            le=50,
            title="Tokens of each member",
            description="How many of its best each member tells; vLLM and SGLang tell 20 as a rule",
        ),
    ] = 10,
    scores: Annotated[
        Scores,
        Field(
            title="Exact scores",
            description="Of what others told and a member did not: always asked for; needed: only "
            "where the choice is not certain without; never",
        ),
    ] = "needed",
    ahead: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            title="Read ahead",
            description="Tokens that a member on a server tells at once, as if its own best were "
            "chosen each time; 1: one request a token",
        ),
    ] = 8,
    on_failure: Annotated[
        Literal["go_on", "stop"],
        Field(
            title="When a member fails",
            description="or is late. go_on: without it, with the others' weights scaled to sum to "
            "1; stop: the run fails",
        ),
    ] = "go_on",
    patience: Annotated[
        float,
        Group("expert"),
        Field(
            ge=0.1,
            le=3600,
            title="Seconds of patience",
            description="How long a server may take for a step, the reading of the prompt included",
        ),
    ] = 60.0,
    rejoin: Annotated[
        int,
        Group("expert"),
        Field(
            ge=0,
            le=1000,
            title="Asked again after",
            description="Tokens after which a member that failed is asked again, twice as many "
            "after each failure; 0: never",
        ),
    ] = 8,
    floor: Annotated[
        float,
        Group("expert"),
        Field(
            ge=0,
            le=0.1,
            description="Where pooling is geometric: the probability that stands for one that a "
            "member does not tell; 0 forbids the token",
        ),
    ] = 1e-6,
    n_top: CandidatesShown = 8,
) -> Iterator[Event]:
    """Pool what members on servers tell: the union of their likeliest next tokens, before each."""
    rules = Rules(
        pooling=pooling,
        top_k=top_k,
        scores=scores,
        ahead=ahead,
        floor=floor,
        patience=patience,
        stops=on_failure == "stop",
        rejoin=rejoin,
        n_top=n_top,
    )
    with two_phase(members, request, rules) as writing:
        yield from writing.written()
