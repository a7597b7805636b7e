"""A suite's questions to train with, as records: `suite:NAME`, or `suite:NAME/TASK`."""

import hashlib
import json

from fusionlab.builders.material import material_for
from fusionlab.errors import RecipeError
from fusionlab.models.base import Message
from fusionlab.training.records import Objective, Passage, Record, Records, Talk


def taught(place: str, objective: Objective, questions: int) -> Records:
    """So many questions to train with of the suite's tasks in turn, with their answers.

    Raises UnknownName, or RecipeError where the suite has none or pairs are asked for.
    """
    if objective == "prefer":
        raise RecipeError("train-suite-no-pairs", suite=place)
    material = material_for(place, "", questions)
    records: list[Record] = []
    for each in material.passages:
        if objective == "instruct":
            records.append(Talk((Message("user", each.asked), Message("assistant", each.text))))
        else:
            records.append(Passage(_joined(each.asked, each.text)))
    return Records(place, material.digest, tuple(records), tuple(range(1, len(records) + 1)))


def _joined(asked: str, answer: str) -> str:
    """A problem of the zoo ends in the sign that its answer follows; other questions end a line."""
    return f"{asked}{answer}" if asked.endswith("=") else f"{asked}\n{answer}"
