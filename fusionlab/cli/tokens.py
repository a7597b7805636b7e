"""Every token of a run as one line of a table: how sure, how agreed, who was pivotal, whose."""

from collections.abc import Iterator, Sequence
from typing import Any

from fusionlab.cli.console import columns, padded, said
from fusionlab.trace import Trace
from fusionlab.views.tokens import token_view

UNKNOWN = "–"


def token_lines(trace: Trace) -> Iterator[str]:
    """A heading and a line for each token; of one member alone only what can be said of it."""
    view = token_view(trace)
    names = [member["name"] for member in view["members"]]
    several = len(names) > 1
    heads = ["step", "token", "p", "entropy"]
    heads += ["divergence", "agreement", "pivotal"] if several else []
    rows = [[said(f"cli-token-{name}") for name in heads] + names * several]
    for step in view["steps"]:
        row = [str(step["step"] + 1), _shown(step["token"])]
        row += [_number(step["p"]), _number(step["entropy"])]
        if several:
            own = [step["members"].get(name) for name in names]
            row += [_number(step["divergence"]), f"{step['agree']}/{len(step['members'])}"]
            row += [_pivotal(names, own), *(_number(each and each["share"]) for each in own)]
        rows.append(row)
    yield from _lines(rows)


def _pivotal(names: Sequence[str], own: Sequence[dict[str, Any] | None]) -> str:
    """Who was pivotal, and what would have won without; a dash where the run tells of nobody."""
    told = [(name, each) for name, each in zip(names, own, strict=True) if each]
    found = [
        f"{name} ({_shown(each['instead']['token'])})" if each["instead"] else name
        for name, each in told
        if each["pivotal"]
    ]
    between = said("list-separator")
    not_so = [name for name, each in told if each["pivotal"] is False]
    unknown = [name for name, each in told if each["open"]]
    if unknown and (found or not_so):
        found.append(said("cli-token-open", names=between.join(unknown)))
    if found or unknown or not not_so:
        return between.join(found) or UNKNOWN
    everybody = len(not_so) == len(told)
    return said("cli-token-nobody" if everybody else "cli-token-not", names=between.join(not_so))


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _shown(token: str) -> str:
    """The token in one line, its blanks to be seen."""
    return token.replace("\n", "⏎").replace("\r", "␍").replace("\t", "⇥").replace(" ", "·")


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:.3f}"
