"""A member's own samples, elected among, for exactly as many tokens as something else took.

The samples of a question are drawn one after the other; as many of them count as the tokens allow.
What is left of them, or was owed, goes on to the next question, so that over all questions the two
differ by less than one sample.
"""

from collections.abc import Sequence

from fusionlab.bench.forms import Line
from fusionlab.bench.scoring import judged
from fusionlab.bench.suites import Item
from fusionlab.text.answers import Kind
from fusionlab.text.rounds import counted


def afforded(budgets: Sequence[int], costs: Sequence[Sequence[int]]) -> list[int]:
    """How many samples of each question count, at least one each; `costs` are of the samples.

    Raises LookupError where the two cannot be made equal: for more tokens than were drawn, or for
    fewer than one sample a question takes.
    """
    left, counts = 0, []
    for budget, drawn in zip(budgets, costs, strict=True):
        left += budget
        count = 0
        while not count or (count < len(drawn) and drawn[count] <= left):
            left -= drawn[count]
            count += 1
        counts.append(count)
    if abs(left) > max(max(each) for each in costs):
        raise LookupError(f"{left} tokens are left of {sum(budgets)}")
    return counts


def elected(item: Item, lines: Sequence[Line], kind: Kind, phrase: str) -> bool:
    """Whether the most frequent of these samples' answers is right, as self-consistency has it."""
    count = counted([line.extracted for line in lines], kind)
    return bool(judged(item, count.answer or lines[0].said, phrase).right)
