"""Whether one answer is right, or how near it comes to the right one.

An answer that cannot be found in what was said counts as wrong. Open-ended answers are scored by
ROUGE-1, -2 and -L (https://aclanthology.org/W04-1013) over words of `fusionlab.text.similarity`: in
ASCII those of rouge-score; of Chinese and other scripts without blanks each character is one, so
that a score does not depend on what is installed.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fusionlab.bench.suites import Item
from fusionlab.text.answers import extract, same
from fusionlab.text.similarity import words
from fusionlab.training.corpora import Question, get_corpus

ROUGE = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a text, and what it is worth; `right` is None where only scores tell."""

    extracted: str | None
    right: bool | None
    score: float
    """From 0 to 1; of open-ended answers ROUGE-L's F."""
    rouge: dict[str, float] = field(default_factory=dict)


class Words:
    """For rouge-score: the words that all metrics of this project compare."""

    def tokenize(self, text: str) -> list[str]:
        """The words of the text, or its signs where it has none."""
        return words(text)


def judged(item: Item, said: str, phrase: str) -> Judged:
    """The text, checked against the item's right answer."""
    if item.checker == "rouge":
        found = extract(said, "exact", phrase)
        scores = _rouge(item.truth, found or "")
        return Judged(found, None, scores["rougeL"], scores)
    if item.checker == "corpus":
        asked = Question(item.prompt, item.truth, "", item.choices)
        good = get_corpus(item.task).right(asked, said)
        return Judged(extract(said, "text", phrase), good, float(good))
    found = extract(said, item.checker, phrase)
    right = found is not None and same(found, item.truth, item.checker)
    return Judged(found, right, float(right))


def _rouge(truth: str, text: str) -> dict[str, float]:
    scores = _scorer().score(truth, text)
    return {name: float(scores[name].fmeasure) for name in ROUGE}


@cache
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(list(ROUGE), tokenizer=Words())
