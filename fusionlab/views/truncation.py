"""Whether any text of a run ended at the length limit rather than by itself."""

from fusionlab.events import RunFinished
from fusionlab.trace import Trace

CUT = frozenset({"texts-cut-off", "answers-cut-off", "server-cut-off"})
"""Keys of the warnings that tell of it."""


def cut_off(trace: Trace) -> bool:
    """Whether a text was cut off, as far as the run's end and its warnings tell."""
    if isinstance(trace.end, RunFinished) and trace.end.reason == "length":
        return True
    return any(each.sentence is not None and each.sentence.key in CUT for each in trace.warnings)


def texts_cut(trace: Trace) -> int:
    """How many texts were cut off, as its warnings tell."""
    said = [each.sentence for each in trace.warnings if each.sentence is not None]
    counts = [each.values.get("cut", 1) for each in said if each.key in CUT]
    return sum(count for count in counts if isinstance(count, int))
