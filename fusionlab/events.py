"""Everything that can happen in a run: a closed union of frozen facts in the past tense, JSON only.

A method yields events; `run()` stamps each with its time as a `Record`. The app, the command line,
recordings and tests all read this one stream. Fields are only ever added, with defaults.
Probabilities are in [0, 1], entropies and divergences in nats, times in seconds.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import JsonValue

from fusionlab.errors import FusionError, quoting
from fusionlab.token_events import Candidate as Candidate
from fusionlab.token_events import ExpertsRouted as ExpertsRouted
from fusionlab.token_events import LayerRouting as LayerRouting
from fusionlab.token_events import LayerSteered as LayerSteered
from fusionlab.token_events import MemberStep as MemberStep
from fusionlab.token_events import TextScored as TextScored
from fusionlab.token_events import TokenChosen as TokenChosen
from fusionlab.words import Given, Sentence


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Some more text of `author`, whole characters only; `sample` counts its answers from 0."""

    author: str
    text: str
    sample: int = 0
    kind: Literal["text_delta"] = "text_delta"


@dataclass(frozen=True, slots=True)
class TextGiven:
    """The text of `author` begins with these tokens, which were given and not chosen.

    What they say follows as text of the author; the first token that is chosen is the next step.
    """

    author: str
    tokens: tuple[str, ...]
    """As they are shown; a part of a character as its bytes."""
    ids: tuple[int, ...]
    kind: Literal["text_given"] = "text_given"


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A server told, apart from the answer, what `author` thought before it; no part of the answer.

    Its tokens are in what is measured of the author.
    """

    author: str
    text: str
    sample: int = 0
    kind: Literal["reasoned"] = "reasoned"


@dataclass(frozen=True, slots=True)
class CandidateGiven:
    """One complete answer stands for election."""

    index: int
    author: str
    text: str
    sample: int = 0
    kind: Literal["candidate_given"] = "candidate_given"


@dataclass(frozen=True, slots=True)
class Voted:
    """The candidates were scored against one another and one was elected.

    `scores[metric][i]` is candidate i's mean similarity to the others, `similarity[metric][i][j]`
    that of the pair; `metric` is the one that decided.
    """

    winner: int
    metric: str
    scores: dict[str, tuple[float, ...]]
    similarity: dict[str, tuple[tuple[float, ...], ...]]
    ranking: tuple[int, ...] = ()
    rule: str = "mbr"
    """What made the ranking of the similarities; see `fusionlab.text.rules`."""
    rules: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The ranking that each rule would have made, best first."""
    votes: tuple[float, ...] = ()
    """Weight of each candidate's ballot."""
    without: tuple[int, ...] = ()
    """Who would be elected if candidate i stood but had no ballot."""
    jury: tuple[float, ...] = ()
    """`jury[k - 1]`: share of panels of k candidates that elect what all elect."""
    clusters: tuple[int, ...] = ()
    """Which group of one meaning each candidate is in, numbered from 0."""
    answers: tuple[str, ...] = ()
    """What each candidate's text comes to; empty where it comes to nothing."""
    words: str = ""
    """What a word of Chinese is here: a character, or what jieba cuts."""
    tied: tuple[int, ...] = ()
    """Who shares the first place, one for each text or answer, the winner first; else nobody."""
    own_ballot: bool = False
    """Whether a score hears the candidate's own ballot: then it is the mean similarity to all."""
    embedder: str = ""
    """The engine that compared meanings, with its precision; empty where none did."""
    kind: Literal["voted"] = "voted"


RoundKind = Literal[
    "alone",
    "round",
    "layer",
    "answers",
    "verdict",
    "sample",
    "chosen",
    "steps",
    "draft",
    "criticism",
    "mended",
    "candidate",
]
"""Of an exchange the first is `alone` and every further one a `round`, in which others are read."""


@dataclass(frozen=True, slots=True)
class RoundBegan:
    """What is written from here on under this number, which is the `sample` of its texts."""

    number: int
    what: RoundKind
    count: int
    """How many of this kind there have been, this one included."""
    writers: tuple[str, ...] = ()
    """Who writes in it; nobody is named where that is all members."""
    of: int = 0
    """How many of this kind there are to be, where that is known; else 0."""
    threshold: float | None = None
    """The share of equal answers from which no further member is asked, where one goes by that."""
    kind: Literal["round_began"] = "round_began"


@dataclass(frozen=True, slots=True)
class MessageSent:
    """In this round `receiver` read the last solution of `sender`."""

    round: int
    """From 1: in round 0 nobody has written yet."""
    sender: str
    receiver: str
    confidence: float | None = None
    """The sender's, from 0 to 1, where it was told."""
    kind: Literal["message_sent"] = "message_sent"


@dataclass(frozen=True, slots=True)
class AnswerExtracted:
    """An answer was found in what `author` said, or none; `answer` is empty then."""

    author: str
    answer: str
    sample: int = 0
    kind: Literal["answer_extracted"] = "answer_extracted"


@dataclass(frozen=True, slots=True)
class MemberChosen:
    """One of the members was given the word: by likeness, by how sure it was, or by a judge."""

    member: str
    by: str
    """What the scores are: likeness, agreement, verdict."""
    scores: dict[str, float] = field(default_factory=dict)
    """Of the members that were weighed, from 0 to 1."""
    kind: Literal["member_chosen"] = "member_chosen"


@dataclass(frozen=True, slots=True)
class Sample:
    """How a model in training went on from a prompt, always choosing the most probable token."""

    step: int
    """Steps that had been taken; 0 before the first."""
    prompt: str
    text: str
    """The first tokens of it only."""


@dataclass(frozen=True, slots=True)
class LayerLoad:
    """How one layer's router shared out the tokens of a training step."""

    layer: int
    """Counted over all layers of the model, dense ones included, from 0."""
    counts: tuple[int, ...]
    """Of each expert, how many tokens it was chosen for."""
    balance: float
    """E·Σ f·P with the experts' shares f and the router's mean probabilities P: 1 if even."""


@dataclass(frozen=True, slots=True)
class Solved:
    """Questions that a model in training was asked, greedily, and how many it answered right."""

    step: int
    """Steps taken before; 0 before the first."""
    right: int
    asked: int


@dataclass(frozen=True, slots=True)
class StepTrained:
    """An optimiser step was taken."""

    step: int
    """Steps taken so far, this one included."""
    loss: float
    """Mean over the tokens that are learned in this step's batch, in nats, before the step."""
    learning_rate: float
    tokens: int
    """In this step's batch, without padding."""
    held_out: float | None = None
    """Nats per byte of text that is not learned, after this step; None where it was not read."""
    samples: tuple[Sample, ...] = ()
    """What the model said after this step where it was asked, and with the first step also what it
    said before."""
    solved: tuple[Solved, ...] = ()
    """What it answered right after this step where it was asked, and with the first step also what
    it did before."""
    loads: tuple[LayerLoad, ...] = ()
    """Of every layer with experts, where routers learn and it was this step's turn to be told."""
    kind: Literal["step_trained"] = "step_trained"


@dataclass(frozen=True, slots=True)
class ModelBuilt:
    """A new model or adapter stands whole under its name, made now or by the same recipe before."""

    id: str
    """The name of its folder."""
    reference: str
    """By which it is a member; empty where it stands outside of FusionLab's home."""
    parameters: int
    """Numbers in its weights, tied ones counted once; of an adapter its own."""
    bytes: int
    """Of the files that hold them."""
    seconds: float = 0.0
    """Wall time of making it, without waiting for others; 0 where it stood there already."""
    lineage: tuple[str, ...] = ()
    """References of the models that it was made of."""
    report: dict[str, JsonValue] = field(default_factory=dict)
    """What was measured of it; `scores` are the rows of its evaluation."""
    kind: Literal["model_built"] = "model_built"


@dataclass(frozen=True, slots=True)
class Measured:
    """A member spent this much, in addition to what was measured of it before."""

    member: str
    tokens_in: int = 0
    tokens_out: int = 0
    forward_passes: int = 0
    """Passes in which this member had a row; `batch` says how many rows shared each."""
    seconds: float = 0.0
    """Wall time of its passes, a batched pass split evenly over its rows."""
    bytes: int = 0
    """Memory that the member's weights hold; members over one model share it."""
    model: str = ""
    engine: str = ""
    batch: int = 1
    base: str = ""
    """Of an adapter: the model whose weights it shares."""
    base_bytes: int = 0
    """Memory that those hold."""
    tokens_reused: int = 0
    """Of `tokens_in`: those that an engine had cached and did not compute again."""
    divergence: float | None = None
    """Of weights that the engine made less precise: mean KL from the original, in nats a token."""
    kind: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True)
class Progress:
    """Something slow has come this far; `total` 0 means that its end is not known."""

    what: str
    done: float = 0.0
    total: float = 0.0
    unit: Literal["bytes", "seconds", "items", ""] = ""
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class Warned:
    """The run went on, but not quite as asked."""

    message: str
    """In English, as is the hint."""
    hint: str = ""
    sentence: Sentence | None = None
    """The same in no language yet; None in old run files."""
    kind: Literal["warned"] = "warned"

    @classmethod
    def of(cls, key: str, /, **values: Given) -> "Warned":
        """The warning that `fusionlab.words` has under this key."""
        sentence = quoting(key, values)
        return cls(sentence.said(), sentence.hint(), sentence)


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run came to its own end with this answer."""

    answer: str
    reason: Literal["end", "length", "elected"] = "end"
    tied: tuple[str, ...] = ()
    """Where answers were counted: those that had equally many votes, this one first; else none."""
    kind: Literal["run_finished"] = "run_finished"


@dataclass(frozen=True, slots=True)
class RunFailed:
    """The run broke off; what came before stays valid."""

    message: str
    hint: str = ""
    error: str = "FusionError"
    sentence: Sentence | None = None
    """As that of a warning."""
    kind: Literal["run_failed"] = "run_failed"

    @classmethod
    def of(cls, error: FusionError) -> "RunFailed":
        """What a run that this error broke off ends with."""
        return cls(error.message, error.hint, type(error).__name__, error.sentence)


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event of a later version, kept as it was read."""

    data: dict[str, Any] = field(default_factory=dict)
    kind: Literal["unknown"] = "unknown"


Event = (
    TextDelta
    | TextGiven
    | Reasoned
    | CandidateGiven
    | Voted
    | RoundBegan
    | MessageSent
    | AnswerExtracted
    | MemberChosen
    | TokenChosen
    | ExpertsRouted
    | TextScored
    | StepTrained
    | ModelBuilt
    | Measured
    | Progress
    | Warned
    | RunFinished
    | RunFailed
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Record:
    """An event and its time in seconds since the run began."""

    t: float
    event: Event
