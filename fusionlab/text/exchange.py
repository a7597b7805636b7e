"""A short form in which solvers read one another's solutions, for models with a short context.

```
you 461 so 164
B 67% 451 so 154
C 461 so 164
add,reverse 384+77=
```

One line for each solution, then the question. A percentage is its writer's confidence. The answer
is what follows the last "so".
"""

from collections.abc import Sequence
from dataclasses import dataclass

SO = " so "
"""Stands between a solution and its answer."""
OWN = "you"


@dataclass(frozen=True, slots=True)
class Heard:
    """A solution as its reader sees it; `confidence` is from 0 to 1, None where it is not given."""

    name: str
    solution: str
    confidence: float | None = None


def exchanged(question: str, own: str | None, others: Sequence[Heard]) -> str:
    """The prompt for a solver who reads its own last solution and those of others."""
    lines = [] if own is None else [Heard(OWN, own)]
    return "\n".join([*map(_line, (*lines, *others)), question])


def concluded(solution: str) -> str:
    """The answer at the end of a solution; empty where it has none."""
    _, so, answer = f" {solution}".rpartition(SO)
    return answer.strip() if so else ""


def _line(heard: Heard) -> str:
    sure = "" if heard.confidence is None else f" {round(100 * heard.confidence)}%"
    return f"{heard.name}{sure} {heard.solution}"
