"""How a run stands: progress, warnings, the error that broke it off, and its badges.

What is to be read comes as a key and its values; the component puts it into words.
"""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import Progress, RunFailed, RunFinished, Warned
from fusionlab.trace import Trace
from fusionlab.views.spoken import Said, in_words, saying
from fusionlab.views.truncation import cut_off

DOING = (
    ("loading the sentence embedder", "status-loading-embedder"),
    ("loading the multilingual sentence embedder", "status-loading-embedder"),
    ("comparing meanings", "status-comparing-meanings"),
    ("counting ballots", "status-counting-ballots"),
    ("sweeping", "status-sweeping"),
    ("dividing the problem", "status-dividing"),
    ("training the routers", "status-training-routers"),
    ("lowering entropy", "status-lowering-entropy"),
    ("starting Ray", "status-starting-ray"),
)
"""What goes on, as its event has it, and the key of the same."""
DOING_TO = {
    "loading": "status-loading",
    "fetching": "status-fetching",
    "unpacking": "status-unpacking",
    "checking": "status-checking",
    "waiting for": "status-waiting-for",
    "training": "status-training",
    "grafting": "status-grafting",
    "merging": "status-merging",
    "upcycling": "status-upcycling",
    "prompting": "status-prompting",
    "measuring": "status-measuring",
    "proving": "status-proving",
    "reading with": "status-reading-with",
    "aligning with": "status-aligning-with",
    "mapping the tokens of": "status-mapping-tokens",
    "exporting": "status-exporting",
    "evaluating": "status-evaluating",
    "sampling": "status-sampling",
    "storing": "status-storing",
    "writing": "status-writing-model",
}
"""The same by its first words, where what follows is a name."""


def status_view(trace: Trace, *, recorded: bool = False, reloaded: bool = False) -> dict[str, Any]:
    """The state of the run as JSON; `recorded` says that it is a replay, `reloaded` that it is the
    visitor's last one, shown again.

    `said` is one sentence on how it stands; `tokens` is how many tokens were written so far.
    What was warned of several times is said once.
    """
    view = {
        "status": trace.status,
        "reason": trace.end.reason if isinstance(trace.end, RunFinished) else "",
        "said": _said(trace),
        "recorded": recorded,
        "reloaded": reloaded,
        "elapsed": trace.seconds,
        "tokens": _written(trace),
        "progress": _progress(trace.progress) if trace.status == "running" else None,
        "warnings": _warnings(trace.warnings),
        "error": _error(trace.end) if isinstance(trace.end, RunFailed) else None,
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def waiting_view(before: int = 0, now: str = "") -> dict[str, Any]:
    """A run that was asked for and has not begun; so many come before it, the first by the method
    `now`, where that is known.
    """
    return {"status": "queued", "reason": "waiting", "before": before, "now": now}


def linked_view() -> dict[str, Any]:
    """A set-up that came with a link and was not run yet."""
    return {"status": "ready", "reason": "linked", "said": saying("status-linked")}


def unkept_view() -> dict[str, Any]:
    """The page was loaded again, and there is no result of its set-up, or none any more."""
    return {"status": "ready", "reason": "unkept", "said": saying("status-unkept")}


def stale_view() -> dict[str, Any]:
    """The result that is shown belongs to another set-up than the one that stands in the form."""
    return {"status": "stale", "reason": "stale", "said": saying("status-stale")}


def _said(trace: Trace) -> Said | None:
    tokens = trace.recipe.sampling.max_tokens
    if trace.status == "stopped":
        return saying("status-stopped-words")
    if trace.status == "running":
        writes = _written(trace) or any(trace.texts.values())
        return saying("status-writing" if writes else "status-starting")
    if not isinstance(trace.end, RunFinished):
        return None
    cut = cut_off(trace)
    match trace.end.reason:
        case "length":
            return saying("status-length", tokens=tokens)
        case "elected":
            key = "status-elected-of-cut" if cut else "status-elected"
        case _:
            key = "status-end-with-cut" if cut else "status-end"
    return saying(key, tokens=tokens) if cut else saying(key)


def _written(trace: Trace) -> int:
    """Tokens of all texts so far; what members wrote together is one text."""
    return len(trace.tokens) or sum(cost.tokens_out for cost in trace.costs.values())


def _progress(progress: Progress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {
        "what": progress.what,
        "said": doing(progress.what),
        "done": progress.done,
        "total": progress.total,
        "unit": progress.unit,
    }


def doing(what: str) -> Said | None:
    """What goes on, by key; None where only its event has words for it."""
    if key := dict(DOING).get(what):
        return saying(key)
    for words, key in DOING_TO.items():
        if what.lower().startswith(f"{words} "):
            return saying(key, what=what[len(words) + 1 :])
    return None


def _warnings(warnings: list[Warned]) -> list[dict[str, Any]]:
    once = {(each.message, each.hint): each for each in warnings}
    return [in_words(each) for each in once.values()]


def _error(end: RunFailed) -> dict[str, Any]:
    return {**in_words(end), "error": end.error}
