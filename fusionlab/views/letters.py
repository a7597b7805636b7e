"""One letter for each answer of a run, the same in every picture and as long as the run lasts."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from fusionlab.text.answers import Kind, meaning
from fusionlab.trace import Trace
from fusionlab.views.influence import kind_of_answers


@dataclass(slots=True)
class Letters:
    """Answers are numbered in the order in which they were first given: 0 is A, 1 is B."""

    kind: Kind
    _places: dict[Hashable, int] = field(default_factory=dict)

    def of(self, answer: str | None) -> int:
        """The number of what the answer means; -1 where there is no answer."""
        if not answer:
            return -1
        means = meaning(answer, self.kind)
        key = ("as written", answer) if means is None else means
        return self._places.setdefault(key, len(self._places))


def letters_of(trace: Trace) -> Letters:
    """The letters of all answers that the run has given so far."""
    letters = Letters(kind_of_answers(trace))
    for each in trace.extracted:
        letters.of(each.answer)
    return letters
