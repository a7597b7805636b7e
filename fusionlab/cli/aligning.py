"""`fusionlab align`: how what several models expect of a text is put together."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from fusionlab.cli.console import (
    columns,
    language,
    padded,
    print_json,
    said,
    shown_to_the_end,
    tell,
)
from fusionlab.cli.parser import Told, command

RULES = ("mince", "avgce")
VOCABULARIES = ("mined", "em")
ALIGNMENTS = ("bytes", "warped")
"""By whom they are known is not loaded before it is asked."""
GAP = "  "
WAYS = {"copied": "=", "certain": "!", "own": "·"}
"""How a cell shows what a source gives: a distribution, a certain token, nothing."""


def add_align(commands: Any) -> None:
    """The command is known."""
    align = command(commands, "align", _align, "cli-help-align")
    align.add_argument("text", metavar="TEXT", help="cli-help-align-text")
    align.add_argument("--target", metavar="REF", default="", help="cli-help-align-target")
    align.add_argument(
        "--source", action="append", default=[], metavar="REF", help="cli-help-align-source"
    )
    align.add_argument("--trained", metavar="REF", default="", help="cli-help-align-trained")
    for name, choices in (
        ("rule", RULES),
        ("vocabulary", VOCABULARIES),
        ("alignment", ALIGNMENTS),
    ):
        told = Told(f"cli-help-align-{name}", default=choices[0])
        align.add_argument(f"--{name}", choices=choices, default=choices[0], help=told)


def _align(arguments: argparse.Namespace) -> int:
    from fusionlab.distil.picture import Asked, pictured
    from fusionlab.views.aligned import aligned_view
    from fusionlab.views.spoken import sentence_of

    asked = Asked(
        arguments.text,
        arguments.target,
        tuple(arguments.source),
        arguments.rule,
        arguments.vocabulary,
        arguments.alignment,
        arguments.trained,
    )
    found = shown_to_the_end(pictured(asked))
    if arguments.json:
        print_json(found)
        return 0
    for number, block in enumerate(found["blocks"], 1):
        for line in _passage(number, block, found):
            tell(line)
    tell(said("cli-align-key"))
    tell()
    for each in aligned_view(found)["sentences"]:
        tell(sentence_of({"key": each["key"], "values": each["values"]}).said(language()))
    return 0


def _passage(number: int, block: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """The figures of a passage, and a line for each position."""
    trained = "none" if block["trained"] is None else _number(block["trained"])
    yield said("cli-align-passage", number=number, own=_number(block["own"]), trained=trained)
    for at, (name, source) in enumerate(zip(found["sources"], block["sources"], strict=True), 1):
        nats, share = _number(source["nats"]), f"{source['share']:.2f}"
        yield GAP + said("cli-align-source", number=at, name=name, nats=nats, share=share)
    names = ["own", *(["trained"] if found["trained"] else []), "fused", "published"]
    heads = [said("cli-align-head-after"), said("cli-align-head-next")]
    heads += [f"[{at}]" for at in range(1, len(found["sources"]) + 1)]
    heads += [said(f"cli-align-head-{name}") for name in names]
    yield from _lines([heads, *_rows(block, names)])
    yield ""


def _rows(block: dict[str, Any], names: Sequence[str]) -> Iterator[list[str]]:
    for at, expected in enumerate(block["positions"], block["start"]):
        stands = [_stands(source, at) for source in block["sources"]]
        tops = [_best(expected[name]) for name in names]
        yield [_shown(block["tokens"][at]["text"]), _shown(expected["next"]), *stands, *tops]


def _stands(source: dict[str, Any], at: int) -> str:
    """What of the source stands there, and what is made of it."""
    tokens = source["tokens"][source["first"][at] : source["stop"][at]]
    texts = "|".join(_shown(token["text"]) for token in tokens)
    return f"{WAYS[source['how'][at]]} {texts or said('cli-align-none')}"


def _best(expected: dict[str, Any]) -> str:
    """The likeliest token with its probability, and that of the right one in brackets."""
    right = _number(expected["right"])
    if not expected["top"]:
        return right
    token, p = expected["top"][0]
    return f"{_shown(token)} {_number(p)} ({right})"


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (padded(cell, width) for cell, width in zip(row, widths, strict=True))
        yield (GAP + GAP.join(cells)).rstrip()


def _shown(token: str) -> str:
    """The token in one line, its blanks to be seen."""
    return token.replace("\n", "⏎").replace("\r", "␍").replace("\t", "⇥").replace(" ", "·")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
