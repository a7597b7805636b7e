"""How a run stands: progress, warnings, the error that broke it off, and its badges."""

from typing import Any

from fusionlab.events import Progress, RunFailed, RunFinished, well_formed
from fusionlab.trace import Trace


def status_view(trace: Trace, *, recorded: bool = False) -> dict[str, Any]:
    """The state of the run as JSON; `recorded` says that it is a replay.

    What was warned of several times is said once.
    """
    view = {
        "status": trace.status,
        "reason": trace.end.reason if isinstance(trace.end, RunFinished) else "",
        "recorded": recorded,
        "elapsed": trace.seconds,
        "progress": _progress(trace.progress) if trace.status == "running" else None,
        "warnings": [
            {"message": message, "hint": hint}
            for message, hint in dict.fromkeys((w.message, w.hint) for w in trace.warnings)
        ],
        "error": _error(trace.end) if isinstance(trace.end, RunFailed) else None,
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def waiting_view(before: int = 0) -> dict[str, Any]:
    """A run that was asked for and has not begun; so many others come before it."""
    return {"status": "running", "reason": "waiting", "before": before}


def linked_view() -> dict[str, Any]:
    """A set-up that came with a link and was not run yet."""
    return {"status": "ready", "reason": "linked"}


def _progress(progress: Progress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {
        "what": progress.what,
        "done": progress.done,
        "total": progress.total,
        "unit": progress.unit,
    }


def _error(end: RunFailed) -> dict[str, str]:
    return {"message": end.message, "hint": end.hint, "error": end.error}
