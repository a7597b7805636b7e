"""Seeds of rounds, failures, majorities."""

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import Warned
from fusionlab.recipe import Sampling
from fusionlab.text.answers import Kind
from fusionlab.text.rounds import counted, drawn_in, replies, tie
from fusionlab.text.writing import Ask
from tests.drained import drained
from tests.scripted import scripted

ANN, BEN = (Ask(scripted(name, ""), ()) for name in ("ann", "ben"))


def test_round_0_draws_with_the_seed_itself_and_others_far_from_it() -> None:
    sampling = Sampling(seed=3)
    assert drawn_in(sampling, 0) == sampling
    seeds = {drawn_in(sampling, number).seed for number in range(10)}
    assert len(seeds) == 10
    assert drawn_in(sampling, 1) == drawn_in(sampling, 1)


def test_who_failed_is_named_once_and_missed() -> None:
    dead = MemberError("answers-blank")
    events, given = drained(replies([ANN, BEN, BEN], ["yes", dead, dead]))
    assert events == [Warned.of("members-failed", names=["ben"], cause=dead.sentence)]
    assert [(reply.ask, reply.text) for reply in given] == [(ANN, "yes")]


def test_where_all_fail_or_one_is_to_stop_the_run_it_raises() -> None:
    dead = MemberError("server-broke-off", server="dead")
    with pytest.raises(MemberError, match="dead"):
        drained(replies([ANN, BEN], [dead, dead]))
    with pytest.raises(MemberError, match="dead"):
        drained(replies([ANN, BEN], ["yes", dead], stop=True))


@pytest.mark.parametrize(
    ("answers", "kind", "elected", "tied"),
    [
        (["3", "4", "4.0"], "number", ("4", 2 / 3), ()),
        (["3", "4"], "number", ("3", 1 / 2), ("3", "4")),
        (["9", "4", "3", "4.0", "3"], "number", ("4", 2 / 5), ("4", "3")),
        (["", None, "7", ""], "number", ("7", 1 / 4), ()),
        ([None, ""], "number", (None, 0.0), ()),
        ([], "text", (None, 0.0), ()),
        (["Yes.", "yes"], "text", ("Yes.", 1.0), ()),
    ],
)
def test_the_most_frequent_is_elected_and_blanks_only_lower_its_share(
    answers: list[str | None], kind: Kind, elected: tuple[str | None, float], tied: tuple[str, ...]
) -> None:
    count = counted(answers, kind)
    assert (count.answer, count.share) == elected
    assert count.tied == tied


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (["72", "144", "144", "72"], "a tie, 2 each: 72, 144; the first was taken"),
        ([str(n) for n in range(9)], "a tie of 9 answers with 1 each: 0, 1, 2, 3, …; the"),
        (["1", "1", "2"], ""),
        ([None], ""),
    ],
)
def test_a_tie_is_named_as_one(answers: list[str | None], says: str) -> None:
    told = [event.message for event in tie(counted(answers, "number"))]
    assert bool(told) == bool(says)
    assert all(says in message for message in told)
