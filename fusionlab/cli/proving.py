"""`fusionlab built check` and `sweep`, and what is told of a model after it was built."""

import argparse
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import language, print_json, said, shown_to_the_end, tell
from fusionlab.cli.parser import Told, command
from fusionlab.figures import rounded, significant
from fusionlab.words import ENGLISH

if TYPE_CHECKING:
    from fusionlab.events import ModelBuilt
    from fusionlab.weights.sweeping import Point

ITEMS = 100
"""Questions of a suite, unless told otherwise."""
POINTS = 9
"""Of a sweep between two models."""


def add_check(kinds: Any) -> None:
    """The command `built check`."""
    check = command(kinds, "check", _check, "cli-help-built-check")
    check.add_argument("id", metavar="ID")
    add_suites(check)


def add_sweep(kinds: Any) -> None:
    """The command `built sweep`."""
    sweep = command(kinds, "sweep", _sweep, "cli-help-sweep")
    sweep.add_argument("models", nargs="+", metavar="MODEL")
    told = Told("cli-help-sweep-points", default=POINTS)
    sweep.add_argument("--points", type=int, default=POINTS, help=told)
    sweep.add_argument(
        "--suite", action="append", default=[], metavar="SUITE", help="cli-help-sweep-suite"
    )
    sweep.add_argument(
        "--items", type=int, default=ITEMS, help=Told("cli-help-sweep-items", default=ITEMS)
    )


def add_suites(parser: argparse.ArgumentParser) -> None:
    """Options of which suites the new model and its parents answer."""
    parser.add_argument(
        "--suite", action="append", default=[], metavar="SUITE", help="cli-help-proof-suite"
    )
    parser.add_argument(
        "--items", type=int, default=ITEMS, help=Told("cli-help-proof-items", default=ITEMS)
    )


def with_suites(built: "ModelBuilt", suites: Sequence[str], items: int) -> "ModelBuilt":
    """The same, with what the new model and its parents answered in these suites."""
    if not suites:
        return built
    rows = _answered(built.id, suites, items)
    proof = built.report.get("proof")
    known = proof if isinstance(proof, dict) else {}
    return replace(built, report={**built.report, "proof": {**known, "suites": rows}})


def tell_proof(proof: Any) -> None:
    """What was found, in a few plain sentences."""
    for line in _lines(proof or {}):
        tell(line)


def _check(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.proof.examining import checked

    proof = shown_to_the_end(checked(arguments.id))
    if arguments.suite:
        proof = {**proof, "suites": _answered(arguments.id, arguments.suite, arguments.items)}
    if arguments.json:
        print_json({"id": arguments.id, "proof": proof})
    else:
        tell_proof(proof)
    return 0 if "why" not in proof else 1


def _sweep(arguments: argparse.Namespace) -> int:
    import fusionlab.builders  # noqa: F401  registers them
    from fusionlab.bench.sweeping import asking
    from fusionlab.proof.sweeping import sweep
    from fusionlab.weights.sweeping import Point

    ask = asking(arguments.suite, arguments.items)

    def watched() -> Generator[Any, None, Any]:
        steps = sweep(arguments.models, arguments.points, ask)
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                return end.value
            if not isinstance(event, Point):
                yield event
            elif not arguments.json:
                tell(_point(event))

    found = shown_to_the_end(watched())
    if arguments.json:
        print_json(found)
    else:
        for suite, at in found["best"].items():
            tell(_best(suite, found["points"][at]))
    return 0


def _point(point: "Point") -> str:
    nats = point.read.nats_per_byte
    told = "–" if nats is None else f"{nats:.3f}"
    answers = [
        said(
            "cli-sweep-answers",
            suite=each.suite,
            right=str(each.testing[0]),
            total=str(each.testing[1]),
        )
        for each in point.answers
    ]
    return "  ".join([*(rounded(weight, 3) for weight in point.weights), told, *answers])


def _best(suite: str, point: dict[str, Any]) -> str:
    """What the point that was chosen on some questions is worth on others."""
    own = next(each for each in point["suites"] if each["suite"] == suite)
    told = _row({"ref": "", **own["testing"]})
    return said(
        "cli-sweep-best",
        suite=suite,
        weights=" : ".join(significant(weight) for weight in point["weights"]),
        choosing=str(own["choosing"]["total"]),
        total=str(own["testing"]["total"]),
        **{key: told[key] for key in ("share", "low", "high")},
    )


def _answered(name: str, suites: Sequence[str], items: int) -> Any:
    from fusionlab.bench.proving import suites_answered

    return shown_to_the_end(suites_answered(name, suites, items))


def _lines(proof: dict[str, Any]) -> Iterator[str]:
    if "why" in proof:
        yield from _sentence(proof["why"])
    if "verdict" in proof:
        first, *others = proof["verdict"]["reasons"]
        yield said("cli-proof", said=_in_words(first["message"]))
        yield from (f"  {_in_words(each['message'])}" for each in others)
        if hint := _in_words(first["hint"]):
            yield f"  → {hint}"
        yield from (f"  {_parent(each)}" for each in proof["parents"])
        if proof["accord"]:
            yield f"  {_accord(proof)}"
    for suite in proof.get("suites", []):
        rows = [said("cli-proof-suite-row", **_row(row)) for row in suite["rows"]]
        total = max(row["total"] for row in suite["rows"])
        yield "  " + said("cli-proof-suite", suite=suite["suite"], total=total, rows=rows)


def _sentence(plain: dict[str, Any]) -> Iterator[str]:
    yield _in_words(plain["message"])
    if hint := _in_words(plain["hint"]):
        yield f"  → {hint}"


def _in_words(texts: dict[str, str]) -> str:
    return texts.get(language(), texts.get(ENGLISH, ""))


def _parent(parent: dict[str, Any]) -> str:
    if parent["read"] is None:
        cause = _in_words(parent["why"]["message"])
        return said("cli-proof-parent-lacking", parent=parent["ref"], cause=cause)
    nats, far = parent["read"]["nats_per_byte"], _farthest(parent["shifts"])
    layer = far["layer"] if far and far["layer"] is not None else "none"
    return said(
        "cli-proof-parent",
        parent=parent["ref"],
        nats="–" if nats is None else f"{nats:.3f}",
        kl="none" if parent["kl"] is None else f"{parent['kl']:.2g}",
        moved=_percent(far["relative"]) if far else "none",
        where=said("cli-proof-place", layer=str(layer), kind=far["kind"]) if far else "",
    )


def _percent(share: float) -> str:
    """With two digits at least; 0 only where it is."""
    return f"{100 * share:.0f}" if share >= 0.1 or not share else f"{100 * share:.2g}"


def _farthest(shifts: list[dict[str, Any]]) -> dict[str, Any] | None:
    known = [each for each in shifts if each["relative"] is not None]
    return max(known, key=lambda each: float(each["relative"]), default=None)


def _accord(proof: dict[str, Any]) -> str:
    rows = proof["accord"]["cosines"]
    pairs = [each for at, row in enumerate(rows) for each in row[at + 1 :] if each is not None]
    return said(
        "cli-proof-accord",
        base=proof["base"],
        cosines="–".join(dict.fromkeys(rounded(end(pairs, default=0.0), 2) for end in (min, max))),
        conflicts=f"{100 * proof['accord']['conflicts']:.0f}",
    )


def _row(row: dict[str, Any]) -> dict[str, str]:
    shares = {"share": row["right"] / row["total"], "low": row["low"], "high": row["high"]}
    return {"ref": row["ref"], **{key: f"{100 * each:.0f}" for key, each in shares.items()}}
