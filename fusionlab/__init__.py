"""FusionLab: see, measure and teach how language models can be fused.

from fusionlab import MemberRecipe, Recipe, run

recipe = Recipe("solo", "The capital of France is", (MemberRecipe("smollm2-135m"),))
for record in run(recipe):
    ...
"""

from fusionlab.conversation import Message
from fusionlab.errors import FusionError
from fusionlab.events import Record
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace, fold

__all__ = [
    "FusionError",
    "MemberRecipe",
    "Message",
    "Recipe",
    "Record",
    "Sampling",
    "Trace",
    "fold",
    "read_run",
    "run",
]
