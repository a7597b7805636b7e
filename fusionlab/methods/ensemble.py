"""Token-by-token ensemble: before every token the members' next-token distributions are pooled.

With weights wᵢ that sum to 1, the arithmetic pool is Σ wᵢ pᵢ and the geometric pool is
softmax(Σ wᵢ log pᵢ); `fusionlab.tokens.pooling` has them all. The chosen token is fed to every
member. `fusionlab.tokens.deciding` says how much each counts, and when.

A token drawn from one member, who is drawn by weight, has the arithmetic pool's distribution, and
costs one forward pass however many members there are (https://arxiv.org/abs/2605.00419). That is
exact at temperature 1 with nothing cut off; else it is the mixture of what each would draw.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, SideBySide, fusion_method
from fusionlab.tokens.pooling import Pooling
from fusionlab.tokens.relative import RATE
from fusionlab.tokens.rules import GATED, DecisionRules
from fusionlab.tokens.settings import (
    CandidatesShown,
    SearchRate,
    SupportedAmong,
    SureFrom,
    VocabularyAlignment,
    WeightedBy,
    WeightingTau,
    WhenToPool,
)
from fusionlab.tokens.together import prepared, together


@fusion_method(
    "ensemble",
    needs=Level.LOGITS,
    family="tokens",
    paper="https://doi.org/10.1214/ss/1177013825",
    weighted=True,
    begins=True,
)
def ensemble(
    members: Sequence[Member],
    request: Request,
    *,
    pooling: Annotated[
        Literal[Pooling, "drawn"],
        Field(
            description="arithmetic: mean of probabilities, one member's wish is enough; "
            "geometric: product of experts, members must agree; maximum, minimum: of the "
            "probabilities; majority: mean of those whose first choice has most weight behind it; "
            "drawn: one member, drawn by weight, gives the token"
        ),
        SideBySide("Under every pooling"),
    ] = "arithmetic",
    alignment: VocabularyAlignment = "auto",
    search_rate: SearchRate = RATE,
    act: WhenToPool = "always",
    threshold: SureFrom = 0.5,
    support_top_k: SupportedAmong = 10,
    weighting: WeightedBy = "fixed",
    tau: WeightingTau = 1.0,
    n_top: CandidatesShown = 8,
) -> Iterator[Event]:
    """Pool the members' next-token probabilities before every token; all follow the chosen one."""
    always = act == "always" and weighting == "fixed"
    by: Pooling = pooling if pooling != "drawn" else "arithmetic"  # of whoever alone counts
    plain = by if pooling != "drawn" and always else None
    apart = pooling == "drawn" or act in GATED
    yield from prepared(members, alignment)
    with together(members, request, apart=apart, alignment=alignment, rate=search_rate) as writing:
        yield from writing.notices
        rules = DecisionRules(writing, pooling, act, threshold, support_top_k, weighting, tau)
        rules.skip(writing.growing.given)
        yield from rules.read(request)
        for _ in writing.steps():
            if plain is not None:
                wanted = writing.hear()
                fused, deciding = writing.pooled(wanted, writing.shares, plain), None
            else:
                fused, wanted, deciding = rules.decide()
            traced = None if writing.searched else by
            yield from writing.say(fused, wanted, n_top, deciding=deciding, pooling=traced)
        yield from writing.finish()
