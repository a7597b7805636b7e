"""Versions of one text as data for the eye: each with the criticism of it and what then changed."""

import re
from difflib import SequenceMatcher
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import RunFinished
from fusionlab.recipe import named
from fusionlab.trace import Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of
from fusionlab.views.letters import letters_of
from fusionlab.views.rounds import right_of

MOST_WORDS = 1_500
"""Of each text; comparing takes up to the product of both numbers."""
PIECE = re.compile(r"\s+|[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")
"""Blanks, one Chinese character, or what stands between blanks."""
VERSIONS = ("draft", "mended")


def is_refined(trace: Trace) -> bool:
    """Whether one text is drafted, criticised and mended."""
    kinds = {one.what for one in trace.rounds}
    return bool(kinds) and kinds <= {"draft", "criticism", "mended"}


def refine_view(trace: Trace) -> dict[str, Any]:
    """The versions in order, as JSON, each with its criticism where there is one.

    `parts` are the text cut where it differs from the version before: pairs of `same`, `new` or
    `gone` and some text. They are None for the first version, for one that still grows, and for
    texts of more than `MOST_WORDS` words.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    versions: list[dict[str, Any]] = []
    for one in trace.rounds:
        author = next(iter([*one.answers, *(a for a, n in trace.texts if n == one.number)]), None)
        text = trace.texts.get((author, one.number), "").strip() if author else ""
        if one.what in VERSIONS:
            before = versions[-1]["text"] if versions else None
            versions.append(_version(trace, one.answers.get(author or ""), text, before))
        elif versions:
            whole = bool(one.answers)
            versions[-1]["criticism"] = {"text": text, "whole": whole}
    view = {
        "status": trace.status,
        "member": {"name": agents[0] if agents else "", "index": 0},
        "versions": versions,
        "finished": isinstance(trace.end, RunFinished),
        "right": right_of(trace),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _version(trace: Trace, answer: str | None, text: str, before: str | None) -> dict[str, Any]:
    settled = answer is not None and before is not None
    return {
        "text": text,
        "parts": parts(before or "", text) if settled else None,
        "answer": answer,
        "letter": letters_of(trace).of(answer),
        "right": None
        if answer is None
        else is_right(answer, truth_of(trace), kind_of_answers(trace)),
        "criticism": None,
    }


def parts(before: str, after: str) -> list[list[str]] | None:
    """What both texts have, what is new and what is gone, word by word; None where that is long."""
    old, new = PIECE.findall(before), PIECE.findall(after)
    if max(len(old), len(new)) > 2 * MOST_WORDS:
        return None
    found: list[list[str]] = []
    for step, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            found.append(["same", "".join(new[k:m])])
            continue
        if i < j:
            found.append(["gone", "".join(old[i:j])])
        if k < m:
            found.append(["new", "".join(new[k:m])])
    return found
