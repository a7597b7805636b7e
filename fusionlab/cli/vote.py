"""`fusionlab vote`: a table of many questions, each with its candidates, elected in one go."""

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from fusionlab.cli.console import Stream, columns, padded, print_json, said, say, sentence, tell
from fusionlab.cli.parser import command
from fusionlab.errors import RecipeError
from fusionlab.figures import percent, rounded
from fusionlab.words import Value

if TYPE_CHECKING:
    from fusionlab.events import Progress, Warned
    from fusionlab.text.bulk import Ballot, Elected
    from fusionlab.text.table import Layout, Question

QUIET = 2.0
"""Seconds before the first word of how far it is, and between two."""
SHOWN = 20
"""Questions of the table that is printed."""
WIDTH = 44


def add_vote(commands: Any) -> None:
    """The command `vote`."""
    vote = command(commands, "vote", _vote, "cli-help-vote")
    vote.add_argument("file", metavar="FILE", help="cli-help-table")
    vote.add_argument("--question", metavar="COL", default="", help="cli-help-question")
    vote.add_argument("--candidates", metavar="COL[,COL…]", default="", help="cli-help-candidates")
    vote.add_argument("--member", metavar="COL", default="", help="cli-help-vote-member")
    vote.add_argument("--weight", metavar="COL", default="", help="cli-help-vote-weight")
    vote.add_argument("--weights", metavar="NAME=W[,…]", default="", help="cli-help-weights")
    vote.add_argument("--metric", default="rouge_l", help="cli-help-metric")
    vote.add_argument("--mixture", metavar="METRIC=W[,…]", help="cli-help-mixture")
    vote.add_argument("--rule", default="mbr", help="cli-help-rule")
    vote.add_argument("--answer", default="text", help="cli-help-answer")
    vote.add_argument("--phrase", default="", help="cli-help-phrase")
    vote.add_argument("--duplicates", choices=("count", "merge"), default="count")
    vote.add_argument("--own-ballot", action="store_true", help="cli-help-own-ballot")
    vote.add_argument("--out", metavar="FILE", help="cli-help-vote-out")


def _vote(arguments: argparse.Namespace) -> int:
    from fusionlab.cli.files import check_writable, read_table
    from fusionlab.text.bulk import elections
    from fusionlab.text.table import questions, understood

    out = Path(arguments.out) if arguments.out else None
    if out:
        check_writable(out)
    ballot = _ballot(arguments)
    frame = read_table(Path(arguments.file))
    layout = understood(
        frame,
        question=arguments.question,
        candidates=[name.strip() for name in arguments.candidates.split(",") if name.strip()],
        member=arguments.member,
        weight=arguments.weight,
    )
    asked = questions(frame, layout)
    say(_understood(asked, layout))
    done: list[Elected] = []
    try:
        _hold(elections(asked, ballot), len(asked), done)
    except KeyboardInterrupt:
        if out and done:
            _write(done, out)
            say(said("cli-vote-first", done=len(done), total=len(asked), file=str(out)))
        raise
    if out:
        _write(done, out)
        say(said("cli-vote-written", count=len(done), file=str(out)))
    if arguments.json:
        print_json({"elections": [asdict(each) for each in done], **_summary(done)})
    else:
        _print(done, table=out is None)
    return 0


def _ballot(arguments: argparse.Namespace) -> "Ballot":
    from fusionlab.text.answers import Kind
    from fusionlab.text.bulk import Ballot
    from fusionlab.text.measure import EVEN, Metric
    from fusionlab.text.rules import Rule

    return Ballot(
        _one_of("kind-metric", arguments.metric, get_args(Metric)),
        EVEN if arguments.mixture is None else arguments.mixture,
        _one_of("kind-rule", arguments.rule, get_args(Rule)),
        arguments.duplicates,
        _one_of("kind-kind-of-answer", arguments.answer, get_args(Kind)),
        arguments.phrase,
        dict(map(_named_weight, filter(str.strip, arguments.weights.split(",")))),
        arguments.own_ballot,
    )


def _one_of(kind: str, name: str, known: Sequence[Any]) -> Any:
    from fusionlab.errors import UnknownName

    if name not in known:
        raise UnknownName(kind, name, known)
    return name


def _named_weight(part: str) -> tuple[str, float]:
    name, _, value = part.rpartition("=")
    try:
        weight = float(value)
    except ValueError:
        weight = -1.0
    if not name or not 0 <= weight < float("inf"):
        raise RecipeError("cli-not-a-weight", given=repr(part[:60]))
    return name.strip(), weight


def _understood(asked: Sequence["Question"], layout: "Layout") -> str:
    """What the table was taken for, in a line."""
    counts = [len(each.texts) for each in asked]
    fewest, most = min(counts), max(counts)
    spread = sentence("cli-vote-range", fewest=str(fewest), most=str(most))
    values: dict[str, Value] = {
        "questions": len(asked),
        "each": str(most) if fewest == most else spread,
        "form": sentence("cli-vote-form", form=layout.form, columns=layout.candidates),
        "by": sentence("cli-vote-by", member=layout.member) if layout.member else "",
        "weighed": sentence("cli-vote-weighed", weight=layout.weight) if layout.weight else "",
    }
    if layout.question:
        return said("cli-vote-understood-from", column=layout.question, **values)
    return said("cli-vote-understood", **values)


def _hold(news: Iterable["Elected | Progress | Warned"], total: int, done: list["Elected"]) -> None:
    """All elections are held and kept in `done`; how far it is, is told now and then."""
    from fusionlab.text.bulk import Elected

    show, told = Stream(None), time.monotonic()
    for each in news:
        if not isinstance(each, Elected):
            show(each)
            continue
        done.append(each)
        if time.monotonic() - told > QUIET:
            told = time.monotonic()
            say(f"  {said('cli-vote-progress', done=len(done), total=total)}")


def _write(done: Sequence["Elected"], out: Path) -> None:
    from fusionlab.cli.files import write_table
    from fusionlab.text.bulk import as_frame

    write_table(as_frame(done), out)


def _summary(done: Sequence["Elected"]) -> dict[str, Any]:
    held = [each for each in done if each.candidates]
    agreement = sum(each.agreement for each in held) / len(held) if held else None
    return {
        "questions": len(done),
        "without_candidates": [each.question for each in done if not each.candidates],
        "wins": dict(Counter(each.member for each in held).most_common()),
        "agreement": agreement,
    }


def _print(done: Sequence["Elected"], *, table: bool) -> None:
    if table:
        _print_table(done)
    data = _summary(done)
    for name, wins in list(data["wins"].items())[:SHOWN]:
        share = percent(wins / max(sum(data["wins"].values()), 1))
        tell(f"{wins:>6}  {share:>6}  {name}")
    if data["agreement"] is not None:
        tell(f"{rounded(data['agreement'], 3):>6}  {said('cli-vote-agreement')}")
    if empty := data["without_candidates"]:
        names = _short(", ".join(empty))
        tell(f"{len(empty):>6}  {said('cli-vote-empty', count=len(empty), questions=names)}")


def _print_table(done: Sequence["Elected"]) -> None:
    """The first elections, a line each."""
    score, question = said("cli-vote-score"), said("cli-vote-question")
    start = " " * (6 - columns(score)) + score
    tell(f"{start}  {padded(question, WIDTH)}  {said('cli-vote-elected')}")
    for each in done[:SHOWN]:
        named = f"{each.member}: {each.elected}"
        elected = named if each.candidates else said("cli-vote-no-candidate")
        score = f"{rounded(each.score, 3):>6}" if each.candidates else " " * 6
        tell(f"{score}  {padded(_short(each.question), WIDTH)}  {_short(elected)}")
    if len(done) > SHOWN:
        tell(f"        {said('cli-vote-more', count=len(done) - SHOWN)}")
    tell()


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"
