"""What a model is trained on, by its name: a file, a generated corpus, or a suite's questions.

    talks.jsonl · corpus:maths · suite:zoo-mixed · suite:zoo-mixed/add/weekday

Of a suite the questions are those to train with; the questions that it asks are never read.
"""

import hashlib
import json

from fusionlab.builders.data.material import SUITE, material_for
from fusionlab.errors import RecipeError
from fusionlab.models.base import Message
from fusionlab.training.columns import Objective
from fusionlab.training.corpora import CORPORA
from fusionlab.training.records import CORPUS, Passage, Record, Records, Talk, read

SUITES = ("zoo-mixed", "zoo-arithmetic", "zoo-calendar", "zoo-strings", "adapters")
"""Those with questions to train with that a form offers."""
GENERATED = (*(CORPUS + name for name in CORPORA), *(SUITE + name for name in SUITES))
"""Names of data that need no file."""


def taught(data: str, objective: Objective, questions: int) -> Records:
    """The records of this name, so many of them where they are generated; raises what `read` and
    `material_for` raise.
    """
    if not data.startswith(SUITE):
        return read(data, objective, questions)
    if objective == "prefer":
        raise RecipeError("train-suite-no-pairs", suite=data)
    passages = material_for(data, "", questions).passages
    records: list[Record] = [
        Passage(_joined(each.asked, each.text))
        if objective == "continue"
        else Talk((Message("user", each.asked), Message("assistant", each.text)))
        for each in passages
    ]
    said = json.dumps([[each.asked, each.text] for each in passages])
    sha256 = hashlib.sha256(said.encode()).hexdigest()
    return Records(data, sha256, tuple(records), tuple(range(1, len(records) + 1)))


def _joined(asked: str, answer: str) -> str:
    """A problem of the zoo ends in the sign that its answer follows; other questions end a line."""
    return asked + answer if asked.endswith("=") else f"{asked}\n{answer}"
