"""What happens token by token: what members wanted, which experts read it, how a text was read.

Parts of `fusionlab.events`, which has them all. Probabilities are in [0, 1], entropies and
divergences in nats.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Candidate:
    """One token that could have come next, with its probability."""

    token: str
    p: float
    id: int = -1


@dataclass(frozen=True, slots=True)
class MemberStep:
    """What one member wanted at one step, at temperature 1 and before pooling."""

    top: tuple[Candidate, ...]
    entropy: float
    """Of the member's whole distribution; the least that it can be where only the top is known."""
    rest: float
    """Probability mass of all tokens that `top` does not list."""
    p_chosen: float = 0.0
    """This member's own probability of the token that was chosen; 0 where it did not tell it."""
    p_fused: tuple[float, ...] = ()
    """This member's own probability of each of the pool's best, in their order."""
    weight: float | None = None
    """How much it counts in this step, in all members 1; None where its weight always counts."""
    share: float | None = None
    """Of the fused probability of the chosen token, in all members 1; None where the pool is not a
    sum that has parts, or nobody told."""
    pivotal: bool | None = None
    """Whether the pool's first choice would be another without this member, the others' weights of
    the step scaled to 1; None where nobody else was heard or counts for a token, where members told
    too little of theirs for it to be certain, or in runs that did not tell it yet."""
    instead: Candidate | None = None
    """Where it is pivotal, what the first choice would be without it, and its probability now; None
    then where only that it would be another is certain."""
    exponent: float | None = None
    """To what power its probability enters the fused one; below 0 where its wish counts against a
    token. None where members are pooled by their weights."""


@dataclass(frozen=True, slots=True)
class TokenChosen:
    """One token was drawn from the fused distribution."""

    step: int
    token: str
    id: int
    p: float
    """Fused probability of the token, before temperature and truncation."""
    fused: tuple[Candidate, ...]
    """The best of the pool, by probability, before temperature and truncation."""
    entropy: float
    divergence: float
    """Generalised Jensen–Shannon divergence of those heard, under the recipe's weights; where only
    the top is known, with all that is not told as one token."""
    members: dict[str, MemberStep]
    text: str | None = None
    """The whole characters that the token completes; nothing where it is part of one."""
    acted: bool | None = None
    """Whether members were pooled, where a rule says when they are; None where they always are.
    Where it is false, `fused` is what one member wants alone."""
    left_out: tuple[str, ...] = ()
    """Members that counted for nothing at this step: nobody supported their choice, they failed,
    or could say nothing here."""
    certified: bool | None = None
    """Where only the best tokens are known: whether no other token can have a larger fused
    probability, whatever was not told. None where whole distributions were fused."""
    coverage: float | None = None
    """The share of the members' probability mass that was told; None where that is all."""
    kind: Literal["token_chosen"] = "token_chosen"


@dataclass(frozen=True, slots=True)
class LayerSteered:
    """What was asked of one layer's router, which else chooses by itself."""

    banned: tuple[int, ...] = ()
    """Experts that it may not choose."""
    forced: tuple[int, ...] = ()
    """Experts that it has to choose for every token."""
    swapped: tuple[tuple[int, int], ...] = ()
    """Pairs of experts; each works where the router chose the other, with the other's weight."""
    top_k: int = 0
    """How many it chooses; 0 for as many as the model gives."""


@dataclass(frozen=True, slots=True)
class LayerRouting:
    """What the router of one layer decided for one token."""

    layer: int
    """Counted over all layers of the model, dense ones included, from 0."""
    experts: tuple[int, ...]
    """Those that were chosen, by weight."""
    weights: tuple[float, ...]
    """With which the chosen experts' outputs are summed, as the model itself weighs them; in
    Llama 4, with which their inputs are scaled. An expert of weight 0 adds nothing. Empty where
    they are not known."""
    probs: tuple[float, ...]
    """Softmax of the router's logits over all experts; the model may choose by something else.
    Empty where they are not known."""
    own: tuple[int, ...] = ()
    """What the router would have chosen, where steering made it another choice."""
    steered: LayerSteered | None = None
    """What was asked of the router; None where it chose by itself."""
    shared: int = 0
    """Experts beside these that read every token."""
    size: int = 0
    """How many experts the layer has at least, where probabilities do not tell how many."""

    @property
    def n_experts(self) -> int:
        """How many experts the layer has, as far as that is known."""
        return len(self.probs) or self.size


@dataclass(frozen=True, slots=True)
class ExpertsRouted:
    """The routers of one mixture of experts chose experts for one token that it read."""

    member: str
    position: int
    """In the sequence, from 0, the prompt's tokens included."""
    token: str
    id: int
    prompt: bool
    """Whether the token is of the prompt, and not of the answer."""
    layers: tuple[LayerRouting, ...]
    """Only the layers that have experts, in order."""
    sample: int = 0
    """Which sequence: 0, or 1 for the second prompt that it is compared with."""
    text: str | None = None
    """The whole characters that the token completes; nothing where it is part of one."""
    depth: int = 0
    """How many layers the model has, those without experts included; 0 where it is not known."""
    given: bool = False
    """Whether the token is of the answer, but was given and not written by the model."""
    kind: Literal["experts_routed"] = "experts_routed"


@dataclass(frozen=True, slots=True)
class TextScored:
    """One text was read by a model twice: as it was steered, and as it is."""

    member: str
    what: Literal["answer", "plain", "given"]
    """The answer under steering, the answer without, or a text that was given."""
    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]
    """Of each token after those before it, under steering, in nats at temperature 1."""
    plain: tuple[float, ...]
    """The same without steering."""
    kind: Literal["text_scored"] = "text_scored"
