"""Names of data that a form offers to learn from: what is generated, which needs no file."""

from fusionlab.builders.data.taught import GENERATED as TAUGHT

SAMPLED = ("own:zoo-mixed", "own:zoo-arithmetic", "own:word-problems")
"""Pairs of the model's own answers."""
GENERATED = (*TAUGHT, *SAMPLED)

__all__ = ["GENERATED", "SAMPLED", "TAUGHT"]
