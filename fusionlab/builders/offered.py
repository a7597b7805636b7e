"""Names of data that a form offers to learn from: what is generated, which needs no file."""

from fusionlab.builders.material import SUITE
from fusionlab.training.corpora import CORPORA
from fusionlab.training.records import CORPUS

SUITES = ("zoo-mixed", "zoo-arithmetic", "zoo-calendar", "zoo-strings", "adapters")
"""Of many tasks; each has questions to train with."""
TAUGHT = (*(CORPUS + name for name in CORPORA), *(SUITE + name for name in SUITES))
"""Questions with their answers."""
SAMPLED = ("own:zoo-mixed", "own:zoo-arithmetic", "own:word-problems")
"""Pairs of the model's own answers."""
GENERATED = (*TAUGHT, *SAMPLED)
