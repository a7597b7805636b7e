"""What grows by the square has a limit, tells how far it is, and is left when it is closed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress, Record, RunFinished, Voted, Warned
from fusionlab.methods.vote import vote
from fusionlab.recipe import Recipe, Sampling
from fusionlab.registry import Request, get_method
from fusionlab.text import bounds, similarity, steps
from fusionlab.text.bounds import MOST_BY_RULE, MOST_CANDIDATES, too_long
from fusionlab.text.bulk import Ballot, Elected, elections
from fusionlab.text.election import Race, election
from fusionlab.text.rules import RULES, Rule
from fusionlab.text.similarity import lcs_f, word_rouge_l
from fusionlab.text.table import Question
from fusionlab.trace import fold
from fusionlab.views.ballots import ballot_view
from tests.scripted import scripted

ASKED = Request("?", Sampling(temperature=0.7))
LONG = ("a" * 100_001, "b" * 100_001)


def voted(*members: Any, **settings: Any) -> Iterator[Event]:
    checked = get_method("vote").check({"meanings": False, **settings})
    return iter(vote(members, ASKED, **checked))


def race(n: int, rule: Rule = "mbr") -> Race:
    texts = [f"{i % 7} {i} {i % 11}" for i in range(n)]
    return Race(texts, [1.0] * n, word_rouge_l(texts), rule, "count", 0.5)


def question(n: int, text: Callable[[int], str] = str) -> Question:
    texts = tuple(map(text, range(n)))
    return Question("?", texts, texts, (1.0,) * n)


@pytest.mark.parametrize("rule", RULES)
def test_more_candidates_than_a_rule_is_counted_for_are_refused(rule: Rule) -> None:
    most = MOST_BY_RULE.get(rule, MOST_CANDIDATES)
    bounds.check_candidates(most, rule)
    with pytest.raises(RecipeError, match=f"{most + 1:,} candidates .* {rule} .* {most:,}"):
        list(elections([question(most + 1)], Ballot(rule=rule)))


def test_they_are_refused_before_anybody_is_asked() -> None:
    members = [scripted(name, "x") for name in "abcde"]
    with pytest.raises(RecipeError, match="320 candidates are too many"):
        next(voted(*members, samples=64, rule="ranked_pairs"))
    assert not any(member.model.calls for member in members)  # type: ignore[attr-defined]


def test_a_rule_that_is_not_counted_for_so_many_is_not_shown() -> None:
    held = race(MOST_BY_RULE["ranked_pairs"] + 1)
    found = election(held, {"rouge_l": held.likeness}, "rouge_l", "")
    assert found.rules.keys() == set(RULES) - {"ranked_pairs"}
    assert (found.without, found.jury) == ((), ())


def test_two_texts_that_are_too_long_for_one_another_are_refused() -> None:
    with pytest.raises(RecipeError, match="100,001 and 100,001 characters are too long for char"):
        list(voted(candidates=LONG, metric="char_lcs"))
    with pytest.raises(RecipeError, match="too long for char_lcs"):
        list(elections([question(2, LONG.__getitem__)], Ballot("char_lcs")))
    assert not too_long(
        "char_lcs", ["a" * 100_001, "a" * 100_001, "b"]
    )  # equal ones are not compared
    assert not too_long("char_lcs", ["a" * 100_000, "b" * 100_000])


def test_many_texts_that_are_long_together_are_refused() -> None:
    texts = [f"{n:04}" * 2_500 for n in range(600)]
    found = too_long("rouge_l", texts)
    assert found is not None
    assert "600 texts of 6,000,000 words" in found.said()


def test_a_metric_that_only_informs_is_left_out_where_texts_are_too_long() -> None:
    events = list(voted(candidates=LONG))
    assert [each.message[:21] for each in events if isinstance(each, Warned)][:1] == [
        "char_lcs is not shown"
    ]
    (found,) = (each for each in events if isinstance(each, Voted))
    assert found.scores.keys() == {"rouge_l"}
    assert isinstance(events[-1], RunFinished)
    trace = fold(Recipe("vote"), [Record(0.0, event) for event in events])
    assert ballot_view(trace)["metrics"]


def test_more_different_words_than_there_are_characters_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity, "MOST_WORDS", 3)
    with pytest.raises(RecipeError, match="4 different words"):
        list(voted(candidates=("one two", "three four")))


def test_a_slow_vote_tells_how_far_it_is_and_ends_when_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity, "CELLS_A_STEP", 10)
    monkeypatch.setattr(steps, "SOON", 0.0)
    candidates = ("one", "two", "three", "four")
    whats = [each.what for each in voted(candidates=candidates) if isinstance(each, Progress)]
    for what in ("comparing words", "comparing characters", "counting ballots"):
        assert whats.count(what) > 2, what
    news = elections([question(4)], Ballot())
    with closing(news):  # type: ignore[type-var]
        assert isinstance(next(news), Progress)
    assert not any(isinstance(each, Elected) for each in news)


def test_no_step_compares_more_than_its_share() -> None:
    texts = [chr(97 + n) * 40_000 for n in range(5)]  # a table of 40 thousand million cells
    assert sum(1 for _ in lcs_f(texts)) >= 40_000**2 * 5**2 / 2 / similarity.CELLS_A_STEP
