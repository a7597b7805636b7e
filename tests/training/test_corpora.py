"""Every question has one right answer; none that is learned is tested."""

import random
import re

import pytest

from fusionlab.errors import UnknownName
from fusionlab.training.corpora import CORPORA, Corpus, Question, get_corpus, problems, right
from fusionlab.training.corpora.dates import DAYS, MONTHS
from fusionlab.training.corpora.editing import REVERSE, SECOND, UPPER
from fusionlab.training.corpora.maths import ONE_STEP, TWO_STEPS, worked
from fusionlab.training.corpora.question import is_tested, pick

each_corpus = pytest.mark.parametrize("corpus", CORPORA.values(), ids=CORPORA)
each_split = pytest.mark.parametrize("split", ["train", "test", "hard"])

WRONG = {"maths": "1000", "dates": "1000", "editing": "nothing of it", "tables": "1000"}


@each_corpus
@each_split
def test_the_worked_reply_is_right_and_others_are_not(corpus: Corpus, split: str) -> None:
    for question in corpus.questions(split, 200):  # type: ignore[arg-type]
        assert corpus.right(question, question.worked)
        assert corpus.right(question, question.answer)
        assert not corpus.right(question, "")
        assert not corpus.right(question, WRONG[corpus.name])


@each_corpus
def test_no_question_is_both_learned_and_tested(corpus: Corpus) -> None:
    learned = {question.prompt for question in corpus.questions("train", 400)}
    tested = {question.prompt for question in corpus.questions("test", 200)}
    hard = {question.prompt for question in corpus.questions("hard", 200)}
    assert (len(learned), len(tested), len(hard)) == (400, 200, 200)
    assert not learned & tested
    assert not (learned | tested) & hard
    assert not any(map(is_tested, learned))
    assert all(map(is_tested, tested))


@each_corpus
def test_they_are_the_same_at_every_call(corpus: Corpus) -> None:
    assert corpus.questions("test", 9) == corpus.questions("test", 20)[:9]
    rng = random.Random(4)
    assert corpus.question(rng, "train") != corpus.question(rng, "train")


def test_hard_wordings_are_never_learned() -> None:
    rng = random.Random(0)
    learned = {pick("abcdefghi", rng, hard=False) for _ in range(200)}
    kept = {pick("abcdefghi", rng, hard=True) for _ in range(200)}
    assert (learned, kept) == (set("abcdef"), set("ghi"))


def test_words_decide_where_numbers_would_not() -> None:
    """A question of the hard split has a wording that no question to learn from has."""
    learned = " ".join(q.prompt for q in problems("maths", "train", 400))
    for wording in (*ONE_STEP[-5:], *TWO_STEPS[-3:]):
        longest = max(re.split(r"\{\w\}", wording.story), key=len).strip()
        assert longest not in learned


def test_sums_are_worked_from_left_to_right() -> None:
    numbers = {"a": 6, "b": 4, "c": 5}
    assert worked("a*b-c", numbers) == ("6 * 4 = 24. 24 - 5 = 19.", 19)
    assert worked("a-b", numbers) == ("6 - 4 = 2.", 2)


def test_sums_in_the_stories_are_solved_exactly() -> None:
    for question in problems("maths", "test", 300):
        *sums, _ = question.worked.split(". ")
        for line in sums:
            left, value = line.split(" = ")
            assert eval(left) == int(value)  # noqa: S307  a sum made here
        assert 1 <= int(question.answer) <= 180


def test_dates_are_in_their_month() -> None:
    for question in problems("dates", "test", 300):
        month, _, day = question.answer.partition(" ")
        if month in MONTHS:
            assert 3 <= int(day) <= 31
            assert month in question.prompt
        else:
            assert month in DAYS or 2 <= int(month) <= 30


def test_days_ahead_are_counted() -> None:
    for question in problems("dates", "hard", 200):
        if question.choices == DAYS:
            (start,) = [day for day in DAYS if day in question.prompt]
            days = int(re.findall(r"\d+", question.prompt)[0])
            assert question.answer == DAYS[(DAYS.index(start) + days) % 7]


def test_editing_does_what_was_asked() -> None:
    for question in problems("editing", "test", 300):
        asked, _, sentence = question.prompt.partition(". Give only the result.\n")
        words = sentence.split()
        if asked in UPPER:
            assert question.answer == sentence.upper()
        elif asked in REVERSE:
            assert question.answer.split() == words[::-1]
        elif asked in SECOND:
            assert question.answer.split() == words[::2]
        else:
            assert len(question.answer.split()) == len(words) - 1


def test_tables_hold_their_answers() -> None:
    for question in problems("tables", "test", 300):
        _, *rows = [line.split(" | ") for line in question.prompt.splitlines() if " | " in line]
        cells = {cell for row in rows for cell in row}
        assert question.answer in cells or " + " in question.worked
        if question.choices:
            values = [int(v) for v in re.findall(r"\d+", question.worked)]
            assert question.choices[values.index(max(values))] == question.answer


NUMBER = Question("Tom has 12 and gets 7. How many?", "19", "")
DAY = Question("Today is Monday. And in 2 days?", "Wednesday", "", DAYS)
DATE = Question(
    "What is 4 days after May 9?", "May 13", "", tuple(f"May {n}" for n in range(1, 32))
)
EDIT = Question("Shout", "the red fox", "the red fox")


@pytest.mark.parametrize(
    ("corpus", "question", "text", "verdict"),
    [
        ("maths", NUMBER, "12 + 7 = 19. The answer is 19.", True),
        ("maths", NUMBER, "The answer is 12 + 7 = 19.", True),
        ("maths", NUMBER, "The answer is: **19** apples, not 12", True),
        ("maths", NUMBER, "19 it is. The answer is 12.", False),
        ("maths", NUMBER, "Tom has 19, as he had 12", True),
        ("maths", NUMBER, "so 18, or rather 20", False),
        ("maths", NUMBER, "119", False),
        ("maths", NUMBER, "1.19", False),
        ("maths", NUMBER, "The answer is 19/2.", False),
        ("maths", NUMBER, "The answer is -19.", False),
        ("maths", NUMBER, "so -19", False),
        ("maths", NUMBER, "The answer is 19:30.", False),
        ("maths", NUMBER, "The answer is 18 or 19.", False),
        ("maths", NUMBER, "The answer is 19 or 20.", False),
        ("maths", NUMBER, "The answer is nineteen.", True),
        ("maths", NUMBER, "<think>The answer is 19.</think> 18", False),
        ("dates", DAY, "The answer is not Wednesday.", False),
        ("dates", DAY, "The answer is Wednesday or Thursday.", False),
        ("dates", DAY, "The answer is Wednesday, not Thursday.", True),
        ("dates", DAY, "<think>Wednesday?</think> Thursday", False),
        ("editing", EDIT, "<think>\nthe red fox\n</think>\nthe fox", False),
        ("dates", DAY, "It will be wednesday.", True),
        ("dates", DAY, "Wednesday comes two days after Monday.", True),
        ("dates", DAY, "The answer is Tuesday. Or Wednesday?", False),
        ("dates", DATE, "The answer is May 13, 2024.", True),
        ("dates", DATE, "The answer is May 1.", False),
        ("dates", DATE, "May 13th", True),
        ("editing", EDIT, "The red fox.", True),
        ("editing", EDIT, 'Sure! The result is "the red fox".', True),
        ("editing", EDIT, "Result: the red fox", True),
        ("editing", EDIT, "the red fox runs", False),
        ("editing", EDIT, "THE RED FOX", False),
    ],
)
def test_an_answer_counts_however_it_is_said(
    corpus: str, question: Question, text: str, verdict: bool
) -> None:
    assert right(corpus, question, text) is verdict


def test_an_unknown_corpus_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'tables'"):
        get_corpus("table")
