"""The whole of an election: every rule's ranking, who hangs on whom, and how few would do."""

from itertools import combinations

import numpy as np
import pytest
import torch

from fusionlab.events import Voted
from fusionlab.text.bounds import MOST_FOR_PANELS
from fusionlab.text.election import (
    PANELS,
    Duplicates,
    Race,
    election,
    outcome,
    panels_of,
    ranked,
)
from fusionlab.text.rules import RULES, Rule
from fusionlab.text.similarity import word_rouge_l

TEXTS = ["it is 4", "it is 4 then", "5 it is", "4", "maybe 5 or so", "it is 4"]


def race(
    texts: list[str] = TEXTS,
    rule: Rule = "mbr",
    weights: list[float] | None = None,
    duplicates: Duplicates = "count",
    answers: list[str | None] | None = None,
) -> Race:
    found = [next((c for c in text if c.isdigit()), None) for text in texts]
    return Race(
        texts,
        weights or [1.0] * len(texts),
        word_rouge_l(texts),
        rule,
        duplicates,
        0.5,
        found if answers is None else answers,
        "number",
    )


def held(this: Race) -> Voted:
    return election(this, {"rouge_l": this.likeness}, "rouge_l", "")


def test_every_rule_is_shown_and_one_decides() -> None:
    voted = held(race(rule="borda"))
    assert set(voted.rules) == set(RULES)
    assert voted.ranking == voted.rules["borda"]
    assert voted.rule == "borda"
    assert voted.winner == voted.ranking[0]
    assert all(sorted(order) == list(range(6)) for order in voted.rules.values())
    assert voted.answers == ("4", "4", "5", "4", "5", "4")
    assert voted.votes == (1.0,) * 6


def test_a_majority_that_finds_nothing_says_that_mbr_decided() -> None:
    voted = held(race(rule="majority", answers=[None] * 6))
    assert voted.rule == "mbr"
    assert voted.answers == ("",) * 6


@pytest.mark.parametrize("duplicates", ["count", "merge"])
@pytest.mark.parametrize("rule", RULES)
def test_without_a_ballot_is_a_vote_in_which_it_weighs_nothing(
    rule: Rule, duplicates: Duplicates
) -> None:
    weights = [2.0, 1.0, 3.0, 1.0, 2.0, 1.0]
    found = held(race(rule=rule, weights=weights, duplicates=duplicates)).without
    for i in range(6):
        less = [0.0 if j == i else weight for j, weight in enumerate(weights)]
        assert found[i] == held(race(rule=rule, weights=less, duplicates=duplicates)).winner


@pytest.mark.parametrize("duplicates", ["count", "merge"])
@pytest.mark.parametrize("rule", RULES)
def test_a_jury_is_every_panel_of_its_size(rule: Rule, duplicates: Duplicates) -> None:
    whole = race(rule=rule, duplicates=duplicates)
    voted = held(whole)
    group = voted.answers if rule == "majority" else voted.clusters
    assert len(voted.jury) == 6
    assert voted.jury[-1] == 1
    # A copy stands where its first does, so that ties fall alike.
    seat = [TEXTS.index(text) if duplicates == "merge" else i for i, text in enumerate(TEXTS)]
    for size in (1, 2, 5):
        agreed = 0
        for chosen in combinations(range(6), size):
            panel = tuple(sorted(chosen, key=lambda i: seat[i]))
            sub = _panel(whole, panel)
            seen = outcome(sub)
            # Clusters are those of the whole.
            first = [panel[copies[0]] for copies in seen.copies]
            numbers = {c: i for i, c in enumerate(dict.fromkeys(voted.clusters[i] for i in first))}
            seen.poll.clusters[:] = [numbers[voted.clusters[i]] for i in first]
            agreed += group[panel[ranked(sub, seen, rule)[0]]] == group[voted.winner]
        assert voted.jury[size - 1] == pytest.approx(
            agreed / len(list(combinations(range(6), size)))
        )


def _panel(whole: Race, panel: tuple[int, ...]) -> Race:
    return Race(
        [whole.texts[i] for i in panel],
        [whole.weights[i] for i in panel],
        whole.likeness[list(panel)][:, list(panel)],
        whole.rule,
        whole.duplicates,
        whole.alike,
        [whole.answers[i] for i in panel],
        whole.kind,
    )


def test_many_panels_are_drawn_and_the_draw_is_always_the_same() -> None:
    assert len(panels_of(2, 8, np.random.default_rng(0))) == 28
    drawn = panels_of(4, 9, np.random.default_rng(0))
    assert [int(panel.sum()) for panel in drawn] == [4] * PANELS
    big = race([f"{i % 3} {i % 5}" for i in range(20)])
    before = torch.random.get_rng_state()
    assert held(big) == held(big)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_merged_copies_have_one_ballot_and_one_cluster() -> None:
    voted = held(race(duplicates="merge", weights=[1.0, 1, 1, 1, 1, 7]))
    assert list(voted.votes) == [7, 1, 1, 1, 1, 0]
    assert voted.clusters[0] == voted.clusters[5]
    assert voted.scores["rouge_l"][0] == voted.scores["rouge_l"][5]


@pytest.mark.parametrize("rule", RULES)
def test_the_largest_election_has_its_rankings(rule: Rule) -> None:
    voted = held(race([f"{i % 7} {i} {i % 11}" for i in range(256)], rule=rule))
    assert all(len(order) == 256 for order in voted.rules.values())
    n = 256 if MOST_FOR_PANELS[rule] >= 256 else 0
    assert (len(voted.without), len(voted.jury)) == (n, n)
