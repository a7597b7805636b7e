"""Settings that several token-level methods share, or that say how a step's token is decided."""

from typing import Annotated

from pydantic import Field

from fusionlab.models.base import Level
from fusionlab.registry import Group, Opens, Where
from fusionlab.tokens.deciding import Act, Weighting
from fusionlab.tokens.joint import Alignment

VocabularyAlignment = Annotated[
    Alignment,
    Field(
        title="Different vocabularies",
        description="auto: shared where vocabularies are the same, else union; shared: refused "
        "where they differ; exact: in the first member's tokens, by the same bytes; mined: by "
        "the nearest ones too; union: the members' ten best tokens (UniTE); gac: all tokens of "
        "all; relative: in the first member's tokens, by a search from its own wishes for what "
        "all want by their embeddings (DeePEn); bytes: byte by byte, exact and slow, and "
        "limits count bytes",
    ),
    Opens(Level.INTERNALS, ("relative",)),
]
SearchRate = Annotated[
    float,
    Group("expert"),
    Where("alignment", ("relative",)),
    Field(
        ge=0,
        le=3,
        description="how far a step of the search moves the first member's logits, in nats",
    ),
]
WhenToPool = Annotated[
    Act,
    Field(
        title="When to pool",
        description="always; unsure: only where the first member gives no token `threshold` "
        "or more; disputed: nor where the pool would choose its token anyway; supported: "
        "without members whose first choice nobody else has near the top",
    ),
]
SureFrom = Annotated[
    float,
    Where("act", ("unsure", "disputed")),
    Field(
        ge=0,
        le=1,
        description="probability from which the first member writes alone",
    ),
]
SupportedAmong = Annotated[
    int,
    Group("expert"),
    Where("act", ("supported",)),
    Field(
        ge=1,
        le=1000,
        title="Near the top",
        description="among how many of another member's best a first choice has to be",
    ),
]
WeightedBy = Annotated[
    Weighting,
    Field(
        description="fixed: the members' weights; times, scaled to 1, prompt: exp(−loss on "
        "the prompt/τ) in nats per byte; optimised: those under which the pool predicts the "
        "prompt best; entropy: exp(−entropy of the step/τ); confidence: largest probability of "
        "the step"
    ),
]
WeightingTau = Annotated[
    float,
    Group("expert"),
    Where("weighting", ("prompt", "entropy")),
    Field(ge=0.01, le=100, title="τ", description="Smaller favours the better member more"),
]
CandidatesShown = Annotated[
    int,
    Group("expert"),
    Field(ge=1, le=50, title="Candidates shown", description="of each member, at every step"),
]
