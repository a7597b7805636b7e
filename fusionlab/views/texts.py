"""Texts as data for the eye: that of each author, whole, as it grows."""

from typing import Any

from fusionlab.comparison.branching import said_by
from fusionlab.encoding import well_formed
from fusionlab.trace import Trace
from fusionlab.views.members import index_of, members_of


def text_view(trace: Trace) -> dict[str, Any]:
    """The texts of all authors, as JSON, in the order in which they began.

    `without` is the engine that gave the one text of a run and no probabilities with it.
    """
    members = members_of(trace)
    alone = trace.status == "finished" and len(trace.texts) == 1
    engines = {cost.engine for cost in trace.costs.values()} if alone else set()
    view = {
        "texts": [
            {"author": author, "sample": sample, "member": index_of(members, author), "text": text}
            for (author, sample), text in trace.texts.items()
        ],
        "status": trace.status,
        "without": next(iter(engines)) if len(engines) == 1 else "",
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def token_rows(trace: Trace) -> list[dict[str, Any]]:
    """The tokens of a text, those first that were given: as shown, what each says, probability."""
    given = trace.given.tokens if trace.given else ()
    before = zip(given, said_by(given), strict=True)
    return [
        *({"token": token, "text": text, "p": None} for token, text in before),
        *({"token": each.token, "text": each.text, "p": each.p} for each in trace.tokens),
    ]
