"""Votes on a whole table, one vote a question; only the deciding metric is computed."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import UnknownName
from fusionlab.events import Progress, Warned
from fusionlab.text.answers import Kind, extract
from fusionlab.text.bounds import check_candidates, check_lengths
from fusionlab.text.consensus import leaders
from fusionlab.text.election import Duplicates, Race, decided, outcome, scores, standing
from fusionlab.text.embedding import MULTILINGUAL, Embedder, embedder, multilingual
from fusionlab.text.measure import COSINE, EVEN, Measure, Metric, measure
from fusionlab.text.rules import Rule, by_mbr, condorcet_winner
from fusionlab.text.segment import segmenter
from fusionlab.text.similarity import SPELLINGS, UNITS, Cut, cosine, has_cjk, lcs_f, mixed
from fusionlab.text.steps import told_if_slow
from fusionlab.text.table import Question, questions, understood

COPELAND = "copeland"
_INSTEAD = {"mbr": "decided-without-answers", COPELAND: "decided-without-winner"}
"""The warning that says why this rule decided instead of the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """How a table is voted on."""

    metric: Metric = "rouge_l"
    mixture: str = EVEN
    rule: Rule = "mbr"
    duplicates: Duplicates = "count"
    answer: Kind = "text"
    phrase: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weights by member; all others weigh 1. Weights in the table are multiplied by these."""
    own_ballot: bool = False
    """Whether mbr counts a candidate's own ballot: see `fusionlab.text.consensus`."""


@dataclass(frozen=True, slots=True)
class Elected:
    """Who was elected on one question; text and member are empty where nobody stood."""

    question: str
    elected: str
    member: str
    score: float
    """Mean likeness to the others, under the weights of their ballots."""
    agreement: float
    """Mean likeness of all pairs."""
    candidates: int
    """How many stood for election."""
    rule: str = ""
    """The rule that decided: the one asked for, or copeland or mbr where it could not decide."""
    tied: int = 0
    """How many other texts (or answers, where the majority decides) share the first place."""


def vote_table(
    frame: pd.DataFrame,
    *,
    question: str = "",
    candidates: Sequence[str] = (),
    member: str = "",
    weight: str = "",
    ballot: Ballot | None = None,
) -> pd.DataFrame:
    """A table with one row for each question: who was elected, with which score, of how many.

    Columns that are not named are found by their names: see `fusionlab.text.table`. Raises
    UnknownName or DataError.
    """
    layout = understood(
        frame, question=question, candidates=candidates, member=member, weight=weight
    )
    held = elections(questions(frame, layout), ballot or Ballot())
    return as_frame([each for each in held if isinstance(each, Elected)])


def as_frame(rows: Sequence[Elected]) -> pd.DataFrame:
    """The elections as a table, its columns named as the fields."""
    names = [each.name for each in fields(Elected)]
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names})


def elections(asked: Sequence[Question], ballot: Ballot) -> Iterator[Elected | Progress | Warned]:
    """Each question's vote as soon as it is decided, with progress and warnings in between."""
    by = measure(ballot.metric, ballot.mixture)
    known = {author for each in asked for author in each.authors}
    for name in ballot.weights:
        if name not in known:
            raise UnknownName("kind-member", name, known)
    _, cut = segmenter([text for each in asked for text in each.texts])
    model = (yield from _reader(asked)) if by.meanings else None
    instead: Counter[str] = Counter()
    ties = weightless = 0
    for each in asked:
        held = yield from _held(each, ballot, by, cut, model)
        yield held
        ties += held.tied > 0
        weightless += held.candidates > 0 and not any(_weights(each, ballot))
        if held.rule not in ("", ballot.rule):
            instead[held.rule] += 1
    for rule, times in instead.items():
        yield Warned.of(_INSTEAD[rule], times=times, questions=len(asked), rule=rule)
    yield from _ties(ties, weightless, len(asked))


def _ties(ties: int, weightless: int, n: int) -> Iterator[Warned]:
    """Warns where only the order of the candidates decided."""
    if ties:
        yield Warned.of("questions-tied", ties=ties, questions=n)
    if weightless:
        yield Warned.of("questions-weightless", weightless=weightless, questions=n)


def _reader(asked: Sequence[Question]) -> Generator[Progress | Warned, None, Embedder]:
    """The embedding model that reads these texts best."""
    if any(has_cjk(text) for each in asked for text in each.texts):
        if better := (yield from multilingual()):
            return better
        yield Warned.of("meanings-rough", model=MULTILINGUAL)
    return (yield from embedder())


def _held(
    asked: Question, ballot: Ballot, by: Measure, cut: Cut | None, model: Embedder | None
) -> Generator[Progress, None, Elected]:
    """The vote on one question; raises RecipeError where that is too much work."""
    n = len(asked.texts)
    if n == 0:
        return Elected(asked.question, "", "", 0.0, 0.0, 0)
    check_candidates(n, ballot.rule)
    likeness = yield from _likeness(asked.texts, by, cut, model)
    weights = _weights(asked, ballot)
    score = scores(likeness, asked.texts, weights, ballot.duplicates, own_ballot=ballot.own_ballot)
    if ballot.rule == "mbr":
        equals, rule = leaders(score), "mbr"
        winner, others = equals[0], len({asked.texts[i] for i in equals}) - 1
    else:
        winner, rule, others = _ruled(asked.texts, weights, likeness, ballot, by)
    pairs_likeness = float(likeness.sum() - likeness.diagonal().sum())
    agreement = pairs_likeness / (n * (n - 1)) if n > 1 else 0.0
    text, author = asked.texts[winner], asked.authors[winner]
    return Elected(asked.question, text, author, score[winner], agreement, n, rule, others)


def _likeness(
    texts: Sequence[str], by: Measure, cut: Cut | None, model: Embedder | None
) -> Generator[Progress, None, Float[Tensor, "text text"]]:
    """The texts' likeness, in pairs, by the deciding metric."""
    tables: dict[str, Float[Tensor, "text text"]] = {}
    for name, spelled in SPELLINGS.items():
        if by.shares.get(name):
            sequences = spelled(texts, cut)
            check_lengths(name, sequences)
            what = f"comparing {UNITS[name]}"
            tables[name] = yield from told_if_slow(lcs_f(sequences), what)
    if model is not None:
        what = f"comparing {UNITS[COSINE]}"
        tables[COSINE] = cosine((yield from told_if_slow(model.encoding(texts), what)))
    return mixed(tables, by.shares)


def _weights(asked: Question, ballot: Ballot) -> list[float]:
    """What each candidate's ballot weighs."""
    pairs = zip(asked.authors, asked.weights, strict=True)
    return [weight * ballot.weights.get(author, 1.0) for author, weight in pairs]


def _ruled(
    texts: Sequence[str],
    weights: Sequence[float],
    likeness: Float[Tensor, "text text"],
    ballot: Ballot,
    by: Measure,
) -> tuple[int, str, int]:
    """The winner under a rule other than mbr, the rule that decided, and how many others tie."""
    found = [extract(text, ballot.answer, ballot.phrase) for text in texts]
    race = Race(
        texts,
        weights,
        likeness,
        ballot.rule,
        ballot.duplicates,
        by.alike,
        found,
        ballot.answer,
        ballot.own_ballot,
    )
    seen = outcome(race)
    winner, tied = decided(race, seen, standing(race, seen, ballot.rule))
    others = max(len(tied) - 1, 0)
    if by_mbr(seen.poll, ballot.rule):
        return winner, "mbr", others
    if ballot.rule == "condorcet":
        (ballots,) = seen.ballots(np.array([weights]))
        if condorcet_winner(seen.poll, ballots.tolist()) is None:
            return winner, COPELAND, others
    return winner, ballot.rule, others
