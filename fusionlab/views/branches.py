"""A tree of branches as data for the eye: each run's tokens, and where it parts from its parent."""

from typing import Any

from fusionlab.comparison.branching import Branch, Tree
from fusionlab.encoding import well_formed
from fusionlab.views.texts import token_rows

NOTHING: dict[str, Any] = {"runs": [], "shown": -1, "running": None}
"""No branches."""
LOST: dict[str, Any] = {**NOTHING, "lost": True}
"""No branches, where there were some before the page was loaded again."""


def branches_view(
    tree: Tree,
    shown: int,
    running: dict[str, Any] | None = None,
    *,
    kept: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The tree as JSON, of which run `shown` is seen; -1 while another one is `running`.

    `at` is the step at which a run parts from its parent, `token` what stands there. `kept` says
    that the tree is there when the page is loaded again: on which `tab`, and by which `name`, which
    is empty where the tree is too large.
    """
    view = {
        **({"kept": kept} if kept else {}),
        "runs": [_run(number, each) for number, each in enumerate(tree.branches)],
        "shown": shown,
        "running": running,
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _run(number: int, branch: Branch) -> dict[str, Any]:
    trace = branch.trace
    given = trace.given.tokens if trace.given else ()
    return {
        "number": number,
        "parent": branch.parent,
        "at": len(given) - 1,
        "token": given[-1] if given else "",
        "tokens": token_rows(trace),
        "answer": trace.answer.strip(),
        "status": trace.status,
    }
