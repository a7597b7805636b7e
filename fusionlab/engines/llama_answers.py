"""The answers of a llama.cpp server that are read here, each in its shape.

Others serve at the same paths, so nothing is taken for what it should be: numbers are numbers, and
in their range. A list is given up at its first fault, because each one found takes memory.
"""

from typing import Annotated

from pydantic import BaseModel, FailFast, Field, FiniteFloat, StrictBool, StrictStr

Count = Annotated[int, Field(strict=True, ge=0, lt=2**31)]
Positive = Annotated[int, Field(strict=True, gt=0, lt=2**31)]
Byte = Annotated[int, Field(strict=True, ge=0, lt=256)]
LEAST, GREATEST = -3.5e38, 1e-3
"""Of a log-probability: 32 bits' lowest number stands for the log of 0; that of 1 is rounded."""
PROBABILITIES = "completion_probabilities"
"""Where an answer tells them."""
LONGEST_TOKEN = 1024
"""Bytes; the longest known have 128 or 256 blanks."""


class Candidate(BaseModel):
    """A token that could come next, with its log-probability before any sampler."""

    id: Count
    bytes: Annotated[list[Byte], Field(max_length=LONGEST_TOKEN), FailFast()]
    logprob: Annotated[FiniteFloat, Field(strict=True, ge=LEAST, le=GREATEST)]


class Facts(BaseModel):
    """What a llama.cpp server with one model says of itself."""

    slots: Positive
    context: Positive
    vocabulary: Positive
    """How many tokens there are."""
    filler: Count
    """Some token that is a whole character and does not end an answer."""


class Settings(BaseModel):
    """How each slot is set up."""

    n_ctx: Positive


class Props(BaseModel):
    """What is answered at /props."""

    total_slots: Annotated[int, Field(strict=True, gt=0, le=1024)]
    default_generation_settings: Settings


class Tokenized(BaseModel):
    """At /tokenize."""

    tokens: Annotated[list[Count], FailFast()]


class Detokenized(BaseModel):
    """At /detokenize."""

    content: Annotated[StrictStr, Field(max_length=LONGEST_TOKEN)]


class Templated(BaseModel):
    """At /apply-template."""

    prompt: StrictStr


class Meta(BaseModel):
    """Of the file that is served."""

    n_vocab: Annotated[int, Field(strict=True, gt=0, le=2**19)]


class Model(BaseModel):
    """One model of those at /v1/models."""

    meta: Meta


class Models(BaseModel):
    """At /v1/models."""

    data: Annotated[list[Model], Field(min_length=1), FailFast()]


class Told(BaseModel):
    """The most probable tokens at one place, and the log-probability of the one drawn."""

    logprob: Annotated[FiniteFloat, Field(strict=True, ge=LEAST, le=GREATEST)] | None = None
    """None where the server does not say it."""
    top_logprobs: Annotated[list[Candidate], Field(min_length=1), FailFast()]


class Probabilities(BaseModel):
    """At /completion, where log-probabilities were asked for."""

    completion_probabilities: Annotated[list[Told], Field(min_length=1), FailFast()]


class Drawn(BaseModel):
    """One token that was drawn, with the most probable tokens in its place."""

    id: Count
    top_logprobs: Annotated[list[Candidate], Field(min_length=1), FailFast()]


class Drafted(BaseModel):
    """At /completion: tokens that were drawn one after another.

    Of tokens that only together are a character, the last one's place alone is told.
    """

    tokens: Annotated[list[Count], FailFast()]
    completion_probabilities: Annotated[list[Drawn], FailFast()] = []


class Share(BaseModel):
    """A token's probability after the samplers."""

    id: Count
    prob: Annotated[FiniteFloat, Field(strict=True, ge=0, le=1 + GREATEST)]


class Shared(BaseModel):
    """What the samplers left at one place."""

    top_probs: Annotated[list[Share], Field(min_length=1), FailFast()]


class Sampled(BaseModel):
    """At /completion, where probabilities after the samplers were asked for."""

    completion_probabilities: Annotated[list[Shared], Field(min_length=1), FailFast()]


class Bias(BaseModel):
    """A token that is made more or less probable."""

    token: Count


class Biases(BaseModel):
    """All of them."""

    logit_bias: Annotated[list[Bias], FailFast()]


class Barred(BaseModel):
    """At /completion: the settings it ran with."""

    generation_settings: Biases


class Timings(BaseModel):
    """How the prompt was read."""

    cache_n: Count = 0


class Event(BaseModel):
    """One event of a streamed /completion."""

    content: StrictStr
    index: Count
    stop: StrictBool
    stop_type: StrictStr = ""
    tokens_predicted: Count = 0
    tokens_evaluated: Count = 0
    timings: Timings | None = None
