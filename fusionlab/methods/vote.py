"""Vote: all members answer, and the answer that is most like the others is elected.

qᵢ = Σ_{j≠i} wⱼ s(yᵢ, yⱼ) / Σ_{j≠i} wⱼ with s a text similarity: minimum Bayes risk over the other
members' samples, and how the WSDM Cup 2024 on conversational question answering was won; or, with
`own_ballot`, over all of them. Other rules elect from the same likenesses: see
`fusionlab.text.rules`. Answers written elsewhere can stand as well; with them alone no model is
needed.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.errors import MemberError, RecipeError, SourceError
from fusionlab.events import (
    CandidateGiven,
    Event,
    RoundBegan,
    RunFinished,
    Voted,
    Warned,
)
from fusionlab.models.base import Chunk, Level, Member
from fusionlab.models.sampling import spread
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.bounds import check_candidates, check_lengths, too_long
from fusionlab.text.election import Duplicates, Outcome, Race, electing, outcome
from fusionlab.text.embedding import MULTILINGUAL, Embedder, embedder, multilingual
from fusionlab.text.measure import COSINE, EVEN, MIXTURE, Measure, Metric, Mixture, measure
from fusionlab.text.rules import NO_ANSWER, Rule, condorcet_winner
from fusionlab.text.segment import segmenter
from fusionlab.text.settings import AnswerKind, FoundAfter, Truth
from fusionlab.text.similarity import SPELLINGS, UNITS, cosine, has_cjk, lcs_f, mixed
from fusionlab.text.steps import told, told_if_slow

Matrix = Float[Tensor, "text text"]

PASTED = "pasted"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a member wrote; `logprob` is the mean over its tokens, in nats."""

    text: str
    logprob: float | None = None


@fusion_method(
    "vote",
    needs=Level.TEXT,
    family="answers",
    paper="https://github.com/zhangzhao219/WSDM-Cup-2024",
    min_members=0,
    temperature=0.7,
    weighted=True,
)
def vote(
    members: Sequence[Member],
    request: Request,
    *,
    metric: Annotated[
        Metric,
        Field(
            description="What decides how alike two answers are: rouge_l compares words in order, "
            "char_lcs characters in order, cosine the meaning, by a small embedding model made for "
            "English; mixture is a weighted mean of them. All are shown; this one elects."
        ),
    ] = "rouge_l",
    mixture: Mixture = EVEN,
    rule: Annotated[
        Rule,
        Field(
            description="How likenesses elect. mbr: the best mean likeness to the others. "
            "majority: the answer with the most ballots, by weight, behind it, over half or not. "
            "borda, condorcet, ranked_pairs: every text ranks the others by their likeness to it, "
            "and points, head-to-head wins, or locked-in wins decide. clusters: the best of the "
            "heaviest group of one meaning."
        ),
    ] = "mbr",
    answer: AnswerKind = "text",
    phrase: FoundAfter = "",
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
    weights: Annotated[
        Literal["member", "uniform", "logprob"],
        Field(
            description="What a ballot weighs: member, what its author weighs; uniform, all the "
            "same; logprob, the more the surer the model was of its tokens (softmax of their mean "
            "log-probability)."
        ),
    ] = "member",
    samples: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="Answers that each member gives. More than one is of use only at a "
            "temperature above 0.",
        ),
    ] = 4,
    candidates: Annotated[
        tuple[str, ...],
        Field(
            max_length=256,
            description="Answers written elsewhere that stand for election too. With two or more "
            "of them no model is needed.",
        ),
    ] = (),
    duplicates: Annotated[
        Duplicates,
        Group("expert"),
        Field(
            description="count: an answer given three times is counted three times. merge: equal "
            "answers count once, so repetition wins nothing."
        ),
    ] = "count",
    own_ballot: Annotated[
        bool,
        Field(
            title="Count a candidate's own ballot",
            description="Under mbr every candidate is scored by the ballots of the others. With "
            "this it hears its own too, as minimum Bayes risk has it in textbooks; with equal "
            "weights that elects the same.",
        ),
    ] = False,
    meanings: Annotated[
        bool,
        Field(
            title="Compare meanings",
            description="Also show the cosine of meanings where it does not decide. Needs the "
            "embedding model, and takes longer than all the rest for small models.",
        ),
    ] = True,
) -> Iterator[Event]:
    """Elect the answer that is most like all the others.

    Members vote with their weights and candidates written elsewhere with weight 1, unless `weights`
    says otherwise. In a tie, and where no ballot has any weight, the first is elected, with a
    warning. Ballot influence, and how few candidates would have sufficed, are reported for up to
    256 candidates: 64 under borda and condorcet, 32 under ranked_pairs. At most 1,000 can stand;
    see `fusionlab.text.bounds`. Sample i of member m draws with seed
    `spread(sampling.seed, m) + i`.
    """
    if not members and not candidates:
        raise RecipeError("nobody-stands")
    check_candidates(len(members) * samples + len(candidates), rule)  # before they are paid for
    by = measure(metric, mixture)
    if weights == "logprob":
        _check_surety(members, candidates)
    model = (yield from embedder()) if by.meanings else None  # before answers are paid for
    if members and samples > 1 and request.sampling.temperature == 0:
        yield Warned.of("samples-of-one-the-same", samples=samples)
    standing, logprobs = yield from _candidates(members, request, samples, candidates)
    texts = [candidate.text for candidate in standing]
    ballots = yield from _ballots(weights, members, standing, logprobs)
    words, similarity, engine = yield from _similarity(texts, model, by, meanings=meanings)
    race = Race(
        texts,
        ballots,
        similarity[metric],
        rule,
        duplicates,
        by.alike,
        [extract(text, answer, phrase) for text in texts],
        answer,
        own_ballot,
    )
    seen = outcome(race)
    yield from _remarks(race, seen)
    counting = electing(race, seen, similarity, metric, words)
    voted = yield from told_if_slow(counting, "counting ballots")
    yield replace(voted, embedder=engine)
    yield from _tie(voted)
    yield RunFinished(standing[voted.winner].text, "elected")


def _candidates(
    members: Sequence[Member], request: Request, samples: int, candidates: Sequence[str]
) -> Generator[Event, None, tuple[list[CandidateGiven], list[float | None]]]:
    """All candidates, and the mean log-probability of those that members wrote."""
    standing: list[CandidateGiven] = []
    logprobs: list[float | None] = []
    for sample in range(samples if members else 0):
        yield RoundBegan(sample, "candidate", sample + 1)
    for place, member in enumerate(members):
        seed = spread(request.sampling.seed, place)
        sampled = replace(request, sampling=replace(request.sampling, seed=seed))
        given = yield from _answers(member, sampled, samples)
        yield from _nominate(standing, member.name, [each.text for each in given])
        logprobs += [each.logprob for each in given if each.text.strip()]
    yield from _nominate(standing, _pasted(members), candidates)
    if not standing:
        raise _nobody_left(members)
    return standing, logprobs


def _check_surety(members: Sequence[Member], candidates: Sequence[str]) -> None:
    """Raises RecipeError if it is known beforehand that a ballot will have no log-probability."""
    mute = [member.name for member in members if member.model.spec.level < Level.LOGPROBS]
    if candidates:
        raise RecipeError("candidates-without-logprob")
    if mute:
        raise RecipeError("members-without-logprob", names=mute)


def _answers(
    member: Member, request: Request, samples: int
) -> Generator[Event, None, list[Answer]]:
    """All samples of one member, yielded as they grow."""
    texts = [""] * samples
    sure: list[float | None] = [None] * samples
    cut = 0
    chunks = member.model.generate([member.prompt(request)] * samples, request.sampling)
    with closing(chunks):  # type: ignore[type-var]  # engines give generators
        for chunk in chunks:
            texts[chunk.row] += chunk.text
            yield from member.told(chunk, chunk.row)
            if chunk.reason:
                sure[chunk.row] = _mean_logprob(chunk)
            cut += chunk.reason == "length"
    if cut:
        yield Warned.of(
            "answers-cut-off",
            cut=cut,
            samples=samples,
            name=member.name,
            tokens=request.sampling.max_tokens,
        )
    return [Answer(text, logprob) for text, logprob in zip(texts, sure, strict=True)]


def _mean_logprob(last: Chunk) -> float | None:
    """Mean log-probability of the answer's tokens, without the one that ended it."""
    if last.logprob is None or last.usage is None:
        return None
    return last.logprob / max(last.usage.tokens_out - (last.reason == "end"), 1)


def _ballots(
    weights: Literal["member", "uniform", "logprob"],
    members: Sequence[Member],
    standing: Sequence[CandidateGiven],
    logprobs: Sequence[float | None],
) -> Generator[Warned, None, list[float]]:
    """What each candidate's ballot weighs."""
    if weights == "member":
        of = {member.name: member.weight for member in members}
        return [of.get(candidate.author, 1.0) for candidate in standing]
    if weights == "uniform":
        return [1.0] * len(standing)
    known = [logprob for logprob in logprobs if logprob is not None]
    if len(known) < len(standing):
        pairs = zip(standing, logprobs, strict=True)
        mute = list(dict.fromkeys(each.author for each, logprob in pairs if logprob is None))
        yield Warned.of("logprobs-lacking", names=mute)
        return [1.0] * len(standing)
    surest = max(known)
    raised = [math.exp(logprob - surest) for logprob in known]
    return [each / math.fsum(raised) for each in raised]


def _remarks(race: Race, seen: Outcome) -> Iterator[Warned]:
    """Warns where another rule had to decide."""
    if race.rule == "majority" and bool((seen.poll.answers == NO_ANSWER).all()):
        yield Warned.of("majority-without-answers")
    (ballots,) = seen.ballots(np.array([race.weights]))
    if race.rule == "condorcet" and condorcet_winner(seen.poll, ballots.tolist()) is None:
        yield Warned.of("condorcet-without-winner")


def _tie(voted: Voted) -> Iterator[Warned]:
    """Warns where only the order of the candidates decided."""
    if not any(voted.votes):
        yield Warned.of("ballots-weightless")
    elif voted.tied:
        *some, last = (f"{index + 1}" for index in voted.tied)
        yield Warned.of("candidates-tied", others=some, last=last, winner=str(voted.winner + 1))


def _nominate(
    standing: list[CandidateGiven], author: str, texts: Sequence[str]
) -> Iterator[CandidateGiven | Warned]:
    """Every text that is not blank stands for election."""
    blank = 0
    for sample, text in enumerate(texts):
        if text.strip():
            standing.append(CandidateGiven(len(standing), author, text.strip(), sample))
            yield standing[-1]
        else:
            blank += 1
    if blank:
        yield Warned.of("answers-blank-in-part", blank=blank, texts=len(texts), name=author)


def _similarity(
    texts: Sequence[str], model: Embedder | None, by: Measure, *, meanings: bool
) -> Generator[Event, None, tuple[str, dict[str, Matrix], str]]:
    """What counts as a word, the likeness by each metric, and the engine of the embedder.

    Meanings are compared only if that is asked for.
    """
    if len(texts) == 1:
        yield Warned.of("elected-unopposed")
    words, cut = segmenter(texts)
    similarity: dict[str, Matrix] = {}
    engine = ""
    for name, spelled in SPELLINGS.items():
        sequences = spelled(texts, cut)
        if by.shares.get(name):
            check_lengths(name, sequences)
        elif why := too_long(name, sequences):
            yield Warned.of("metric-not-shown", metric=name, why=why)
            continue
        similarity[name] = yield from told(lcs_f(sequences), f"comparing {UNITS[name]}")
    if meanings or by.meanings:
        found = yield from _meaning(texts, model)
        if found is not None:
            similarity[COSINE], engine = found
    if by.metric == MIXTURE:
        similarity[MIXTURE] = mixed(similarity, by.shares)
    return words, similarity, engine


def _meaning(
    texts: Sequence[str], model: Embedder | None
) -> Generator[Event, None, tuple[Matrix, str] | None]:
    """Cosines of the answers' embeddings, and the engine that they were computed with.

    None, with a warning, if they fail and do not decide.

    Where they decide, the model is given: a vote that needs it fails earlier without it.
    """
    decides = model is not None
    foreign = any(map(has_cjk, texts))
    better = (yield from multilingual()) if foreign else None
    model = better or model
    if model is None:
        try:
            model = yield from embedder()
        except SourceError as cause:
            yield Warned.of("meanings-not-shown", cause=cause.sentence)
            return None
    if decides and foreign and better is None:
        yield Warned.of("meanings-rough", model=MULTILINGUAL)
    vectors = yield from told(model.encoding(texts), f"comparing {UNITS['cosine']}")
    return cosine(vectors), model.engine


def _pasted(members: Sequence[Member]) -> str:
    """The author of the candidates written elsewhere: a name that no member has."""
    name = PASTED
    while any(member.name == name for member in members):
        name += "′"
    return name


def _nobody_left(members: Sequence[Member]) -> MemberError | RecipeError:
    if members:
        return MemberError("answers-blank")
    return RecipeError("candidates-blank")
