"""`fusionlab experts`: what a model is made of, and what it loses without each of its experts."""

import argparse
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from fusionlab.cli.console import (
    Stream,
    columns,
    language,
    padded,
    print_json,
    said,
    tell,
)
from fusionlab.cli.parser import command
from fusionlab.events import Event
from fusionlab.figures import percent, points, rounded, signed

SUITE = "suite:"
NOTHING = "–"


def add_experts(commands: Any) -> None:
    """The command is known."""
    experts = command(commands, "experts", _experts, "cli-help-experts")
    experts.add_argument("model", metavar="REF", help="cli-help-experts-model")
    experts.add_argument("--ablate", metavar="SUITE|TEXT", help="cli-help-experts-ablate")
    experts.add_argument("--everywhere", action="store_true", help="cli-help-experts-everywhere")
    experts.add_argument("--items", type=int, default=0, metavar="N", help="cli-help-experts-items")


def _experts(arguments: argparse.Namespace) -> int:
    if arguments.ablate is not None:
        return _ablate(arguments)
    from fusionlab.experts.parameters import parameters_in
    from fusionlab.sources.references import folder_here
    from fusionlab.views.anatomy import anatomy_view

    view = anatomy_view(
        arguments.model, parameters_in(folder_here(arguments.model), arguments.model)
    )
    if arguments.json:
        print_json(view)
        return 0
    heads = (*(said(f"anatomy-head-{name}") for name in ("kind", "all", "active")),)
    rows = [
        (said(f"anatomy-{each['kind']}"), f"{each['all']:,}", f"{each['active']:,}")
        for each in view["kinds"]
    ]
    total = (said("anatomy-total"), f"{view['total']:,}", f"{view['active']:,}")
    _table([heads, *rows, total])
    _notices(view)
    return 0


def _ablate(arguments: argparse.Namespace) -> int:
    from fusionlab.bench.ablation import ablated
    from fusionlab.bench.suites import get_suite
    from fusionlab.views.anatomy import ablation_view

    given: str = arguments.ablate
    suite = get_suite(given.removeprefix(SUITE)) if given.startswith(SUITE) else None
    steps = ablated(
        arguments.model,
        text=given,
        suite=suite,
        items=arguments.items,
        everywhere=arguments.everywhere,
    )
    view = ablation_view(_last(steps))
    if arguments.json:
        print_json(view)
        return 0
    right = view["right"] is not None
    tell(
        said(
            "ablation-own",
            n=view["pieces"],
            bytes=view["bytes"],
            nats=NOTHING if view["nats"] is None else rounded(view["nats"], 4),
            right=percent(view["right"]) if right else "none",
        )
    )
    names = ("layer", "expert", "nats", "interval", *(("right", "interval") if right else ()))
    _table([tuple(said(f"ablation-head-{name}") for name in names), *_rows(view, right=right)])
    _notices(view)
    return 0


def _last(steps: Generator[Event | dict[str, Any], None, None]) -> dict[str, Any]:
    """The result; what happens on the way is shown."""
    show, found = Stream(None), {}
    with closing(steps):
        for step in steps:
            if isinstance(step, dict):
                found = step
            else:
                show(step)
    return found


def _rows(view: dict[str, Any], *, right: bool) -> Iterator[tuple[str, ...]]:
    for row in view["layers"]:
        for each in row["experts"]:
            layer = said("ablation-everywhere") if row["layer"] is None else str(row["layer"])
            place = (layer, str(each["expert"]))
            if not each["tried"]:
                yield (*place, *(NOTHING for _ in range(4 if right else 2)))
                continue
            nats = NOTHING if each["nats"] is None else _signed(each["nats"])
            figures = [nats, _between(each["interval"], _signed)]
            if right:
                figures += [points(each["right"]), _between(each["right_interval"], points)]
            yield (*place, *figures)


def _signed(value: float) -> str:
    return signed(value, 4)


def _between(interval: list[float] | None, shown: Any) -> str:
    return NOTHING if interval is None else f"{shown(interval[0])} … {shown(interval[1])}"


def _table(rows: list[tuple[str, ...]]) -> None:
    """The first column to the left, figures to the right."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    for name, *figures in rows:
        cells = (
            " " * (width - columns(text)) + text
            for text, width in zip(figures, widths[1:], strict=True)
        )
        tell("  ".join([padded(name, widths[0]), *cells]))


def _notices(view: dict[str, Any]) -> None:
    from fusionlab.views.spoken import sentence_of

    tell()
    for each in view["notices"]:
        tell(sentence_of(each).said(language()))
