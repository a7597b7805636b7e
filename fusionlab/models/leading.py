"""What continuations can do besides being led, each by a protocol of its own.

`Scoring` tells the log-probabilities of tokens that are named, exactly. `Drafting` tells what `top`
would say at several places in one request. `Elsewhere` waits for somebody else, so that it may be
asked on a thread of its own and given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from fusionlab.errors import LevelTooLow, MemberError
from fusionlab.models.base import (
    Continuation,
    LanguageModel,
    Level,
    Prompt,
    TokenModel,
    check_fits,
)


class Untold(MemberError):
    """A server tells no log-probabilities at all, so that its model can never be heard."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a model thinks of one piece of text as the next token."""

    logprob: float
    """At temperature 1, in nats."""
    whole: bool = True
    """Whether the piece is a token of the model; else the score is that of the first token with
    which the model spells it."""


@runtime_checkable
class Scoring(Continuation, Protocol):
    """A continuation whose model tells exact scores of tokens that are not among its best."""

    def scores(self, pieces: Sequence[bytes]) -> Sequence[Score | None]:
        """Of each of these pieces as the next token; None where its server does not tell it.

        The piece without bytes stands for the likeliest token that ends the answer. Raises
        MemberError.
        """
        ...


@runtime_checkable
class Drafting(Continuation, Protocol):
    """A continuation that reads ahead, as if its own best token were said each time."""

    @property
    def foreseen(self) -> int:
        """Of how many next places `top` tells without a request.

        Saying the best token takes one off; saying anything else leaves none.
        """
        ...

    def draft(self, tokens: int, n: int) -> None:
        """So many places are foreseen, as long as the model's own text goes on and is told.

        What is foreseen already is not asked for again. Raises MemberError.
        """
        ...


@runtime_checkable
class Elsewhere(Continuation, Protocol):
    """A continuation that waits for a server."""

    def hang_up(self) -> None:
        """Whatever it waits for on another thread ends with a MemberError, soon."""
        ...


@runtime_checkable
class LedModel(LanguageModel, Protocol):
    """LOGPROBS without tokens of its own: a server that goes on from text."""

    def lead(self, prompt: Prompt) -> Continuation:
        """The answer to this prompt, of which nothing is said yet."""
        ...


def led(model: LanguageModel, prompt: Prompt, max_tokens: int) -> Continuation:
    """The model's answer to the prompt, to be led; it was checked to fit where that is known.

    Raises PromptTooLong, MemberError, or LevelTooLow for a model that gives text only.
    """
    if isinstance(model, TokenModel):
        ids = model.encode(prompt)
        check_fits(model, ids, max_tokens)
        return model.begin(ids)
    if isinstance(model, LedModel):
        return model.lead(prompt)
    raise LevelTooLow(
        "level-too-low",
        name=model.spec.id,
        gives=model.spec.level.named,
        needed=Level.LOGPROBS.named,
    )
