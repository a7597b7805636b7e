"""One thing to notice about a run: a sentence by key, and the step or round that it speaks of."""

from dataclasses import dataclass
from typing import Any

from fusionlab.views.spoken import Said


@dataclass(frozen=True, slots=True)
class Noted:
    """What is to be noticed, and where in the picture it is seen."""

    said: Said
    step: int | None = None
    """As the events count it, from 0."""
    round: int | None = None
    """The number of the round."""

    def to_json(self) -> dict[str, Any]:
        """Key, values and place."""
        return {**self.said, "step": self.step, "round": self.round}


def noted(
    key: str, /, at_step: int | None = None, at_round: int | None = None, **values: Any
) -> Noted:
    """The sentence of this key with these values, about this step or round."""
    return Noted({"key": key, "values": values}, at_step, at_round)
