"""What a language model is here: four stacked levels of openness, each a small protocol.

TEXT gives answers; LOGPROBS also the top log-probabilities of the next token; LOGITS the whole
vector; INTERNALS also hidden states and router decisions. A continuation is an answer that is led
in bytes; sequences are rows of ids in one model that grow, each at its own pace, in batched passes.
Whoever opens, closes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor
from torch.nn import Module

from fusionlab.conversation import Message as Message
from fusionlab.errors import MemberError, PromptTooLong
from fusionlab.events import Event, Measured, Progress, Reasoned, TextDelta, Warned
from fusionlab.models.served import ServedToken
from fusionlab.models.vocabulary import Vocabulary
from fusionlab.recipe import Request, Sampling
from fusionlab.words import Sentence


class Level(IntEnum):
    """How open a model is; each level includes those below it."""

    TEXT = 0
    LOGPROBS = 1
    LOGITS = 2
    INTERNALS = 3

    @property
    def gives(self) -> str:
        """The level in words, as in "this model gives only text"."""
        return self.named.said()

    @property
    def named(self) -> Sentence:
        """The level as part of a sentence."""
        return _LEVELS[self]


_LEVELS = (
    Sentence("level-text"),
    Sentence("level-logprobs"),
    Sentence("level-logits"),
    Sentence("level-internals"),
)


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What is known of a model without loading it."""

    id: str
    """The reference that a member names it by."""
    engine: str
    level: Level
    source: str = ""
    """Where its weights come from, in words."""
    revision: str = ""
    licence: str = ""
    bytes: int = 0
    """Memory its weights hold when loaded; 0 where that is not known, or is elsewhere."""
    lineage: tuple[str, ...] = ()
    """References of the models this one was made from."""
    base_bytes: int = 0
    """Of an adapter: memory that its base's weights hold, which all on that base share."""
    divergence: float | None = None
    """Of weights that an engine holds in less precision: mean KL(original ‖ these) in nats a token.
    None where the model computes with its own weights."""


Prompt = Sequence[Message]


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent, in tokens, forward passes and seconds of wall time.

    A batched pass counts once for each of its `batch` rows, its time split evenly over them.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    forward_passes: int = 0
    seconds: float = 0.0
    batch: int = 1
    tokens_reused: int = 0
    """Of `tokens_in`: those that were cached and not computed again."""

    def since(self, before: "Usage") -> "Usage":
        """What was spent on top of `before`."""
        return Usage(
            self.tokens_in - before.tokens_in,
            self.tokens_out - before.tokens_out,
            self.forward_passes - before.forward_passes,
            self.seconds - before.seconds,
            self.batch,
            self.tokens_reused - before.tokens_reused,
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some more text of one answer, whole characters only; the last says why it ended."""

    row: int
    text: str
    reason: Literal["", "end", "length"] = ""
    usage: Usage | None = None
    logprob: float | None = None
    """On the last: log-probability of the whole answer at temperature 1, in nats, without the token
    that ended it. None where the engine does not tell it of every token."""
    news: tuple[Progress | Warned, ...] = ()
    """What the engine has to say of the answer, such as what it could not ask for."""
    reasoning: str = ""
    """On the last: what the model thought, where its server tells that apart from the answer."""
    tokens: tuple[ServedToken, ...] = ()
    """On the last: the tokens whose experts its server told, where it was asked for them."""


@runtime_checkable
class LanguageModel(Protocol):
    """TEXT: something that answers."""

    @property
    def spec(self) -> ModelSpec: ...

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """Answers to all prompts at once, as they grow; equal prompts are prefilled once.

        Row i draws with seed `sampling.seed + i`. Closing the iterator ends the generation.
        Raises PromptTooLong or MemberError.
        """
        ...

    def close(self) -> None:
        """Its memory is free."""
        ...


@runtime_checkable
class RoutedModel(LanguageModel, Protocol):
    """A model elsewhere, whose server may tell which experts it chose."""

    def generate_routed(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        """As `generate`, with the tokens and their experts on each answer's last chunk.

        Where its server tells none, or nothing that can be, the last chunk has a warning instead.
        """
        ...


@runtime_checkable
class Continuation(Protocol):
    """An answer that is led from outside, in bytes: what is said goes on from what was said before.

    A token that is no text, such as one that ends the answer, adds no bytes.
    """

    @property
    def usage(self) -> Usage: ...

    def say(self, text: bytes) -> None:
        """The answer is longer by this text.

        What `top` has just told is that very token; any other text is read in the longest tokens
        that fit. Raises MemberError where no token fits.
        """
        ...

    def rewind(self, length: int) -> None:
        """The answer is as if only its first `length` bytes had been said."""
        ...

    def top(self, n: int) -> Sequence[tuple[bytes, float]]:
        """The n most probable next tokens, best first: bytes, and log-probability at temperature 1.

        Two tokens may be equal bytes; those that are said are the more probable one's.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class Sequences(Protocol):
    """Rows of one model that grow, each at its own pace; they own their KV cache.

    Nothing is computed before somebody looks at the logits, and nothing that was fed is lost:
    feeding twice before looking equals feeding once.
    """

    @property
    def ids(self) -> Sequence[Sequence[int]]:
        """Of each row, all that was fed and not rewound, its prompt first."""
        ...

    @property
    def usage(self) -> Sequence[Usage]:
        """Passes and seconds of each row; whoever opened the rows counts their tokens."""
        ...

    @property
    def passes(self) -> int:
        """In how many passes rows were read, each counted once however many rows it had."""
        ...

    @property
    def beside(self) -> bool:
        """Whether passes gain from running beside another model's, each on part of the cores."""
        ...

    def feed(self, ids: Sequence[Sequence[int]]) -> None:
        """Row i is longer by `ids[i]`, which may be nothing."""
        ...

    def rewind(self, lengths: Sequence[int]) -> None:
        """Row i is as if only its first `lengths[i]` (at least 1) ids had been fed."""
        ...

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows go on, in this order; a row may be named more than once."""
        ...

    def logits(self) -> Float[Tensor, "row vocab"]:
        """Of each row's next token, in fp32."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class TokenModel(LanguageModel, Protocol):
    """LOGPROBS: a model that can be led token by token."""

    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def context(self) -> int:
        """Longest sequence it takes, in tokens."""
        ...

    def encode(self, prompt: Prompt) -> list[int]:
        """The prompt in the model's own chat template, ready for the answer's first token."""
        ...

    def begin(self, ids: Sequence[int]) -> Continuation:
        """The answer to an encoded prompt (at least one id), of which nothing is said yet."""
        ...


@runtime_checkable
class LogitModel(TokenModel, Protocol):
    """LOGITS: a model whose whole next-token distribution can be read."""

    @property
    def trunk(self) -> "LogitModel":
        """Whose weights it computes with: models with one trunk can be rows of one batch."""
        ...

    def open(
        self, prompts: Sequence[Sequence[int]], models: Sequence["LogitModel"] = ()
    ) -> Sequences:
        """One row a prompt of at least one id, read together when somebody looks.

        `models[i]` computes row i and has this model's trunk; if none are named, this one does.
        """
        ...


@runtime_checkable
class EmbeddedModel(LogitModel, Protocol):
    """A model that shows the vectors as which it reads its tokens."""

    @property
    def embedding(self) -> Float[Tensor, "id hidden"]:
        """Of every id, and of padding behind them, the input embedding: no copy, to be read only.

        It is on the model's device, in its precision.
        """
        ...


@runtime_checkable
class OpenModel(LogitModel, Protocol):
    """INTERNALS: a model whose modules can be watched while it computes."""

    @property
    def module(self) -> Module:
        """The transformers model; its passes see rows padded on the left."""
        ...

    @property
    def takes_padding(self) -> bool:
        """Whether rows of unlike length are one batch; else each length is one of its own."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A model as it is used in one fusion."""

    name: str
    model: LanguageModel
    system: str = ""
    weight: float = 1.0
    _warned: set[Warned] = field(default_factory=set, init=False, repr=False, compare=False)
    """What has been said of it already: a member lives for one run."""

    def told(self, chunk: Chunk, sample: int = 0) -> Iterator[Event]:
        """The events that tell of some more of an answer; each warning comes once in a run."""
        for news in chunk.news:
            if news not in self._warned:
                yield news
            if isinstance(news, Warned):
                self._warned.add(news)
        if chunk.text:
            yield TextDelta(self.name, chunk.text, sample)
        if chunk.reasoning:
            yield Reasoned(self.name, chunk.reasoning, sample)
        if chunk.usage:
            yield self.measured(chunk.usage)

    def prompt(self, request: Request, text: str | None = None) -> list[Message]:
        """The conversation after this member's instruction; `text` takes the question's place."""
        system = [Message("system", self.system)] if self.system else []
        asked = request.question if text is None else text
        return [*system, *request.earlier, Message("user", asked)]

    def measured(self, usage: Usage) -> Measured:
        """What this member has spent."""
        spec = self.model.spec
        return Measured(
            self.name,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            forward_passes=usage.forward_passes,
            seconds=usage.seconds,
            bytes=spec.bytes,
            model=spec.id,
            engine=spec.engine,
            batch=usage.batch,
            tokens_reused=usage.tokens_reused,
            base=next(iter(spec.lineage), "") if spec.base_bytes else "",
            base_bytes=spec.base_bytes,
            divergence=spec.divergence,
        )


def check_fits(model: TokenModel, ids: Sequence[int], max_tokens: int) -> None:
    """Prompt and answer fit the context; raises PromptTooLong with the figures."""
    if len(ids) + max_tokens > model.context:
        raise PromptTooLong(
            "context-exceeded",
            name=model.spec.id,
            context=model.context,
            prompt=len(ids),
            answer=max_tokens,
        )


def check_rewind(rows: Sequence[Sequence[int]], lengths: Sequence[int]) -> None:
    """Every row has so many ids, and at least one is left; raises ValueError else."""
    for ids, length in zip(rows, lengths, strict=True):
        if not 1 <= length <= len(ids):
            raise ValueError(f"cannot rewind {len(ids)} ids to {length}")


def no_number(name: str | Sentence) -> MemberError:
    """The error for logits that are NaN or infinite, of which no answer can be made."""
    return MemberError("logits-no-number", name=name)
