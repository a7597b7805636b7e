"""A name for a run, so that a component knows whether it is shown the same one again."""

import hashlib
import json

from fusionlab.recipe import recipe_to_json
from fusionlab.trace import Trace


def run_name(trace: Trace) -> str:
    """Of its recipe, and the time of its first event, which tells reruns apart."""
    recipe = json.dumps(recipe_to_json(trace.recipe), sort_keys=True)
    first = trace.records[0].t if trace.records else 0.0
    return hashlib.blake2s(f"{recipe} {first!r}".encode(), digest_size=8).hexdigest()
