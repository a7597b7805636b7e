"""A run as data: the fold of its events, the same live and replayed; and run files.

A run file is JSON Lines: a header `{"format": "fusionlab-run", "version": 1, "recipe": …,
"env": …}`, then one `[t, event]` a line. It grows under a name ending in `.part` and gets its own
name when the run ends, however it ends. A file without an end is a stopped run, and still readable.
"""

import codecs
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TextIO

from fusionlab.encoding import event_from_json, event_to_json, well_formed
from fusionlab.errors import FusionError, RunFileError
from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    ExpertsRouted,
    Measured,
    MemberChosen,
    MessageSent,
    Progress,
    Record,
    RoundBegan,
    RoundKind,
    RunFailed,
    RunFinished,
    TextDelta,
    TokenChosen,
    Voted,
    Warned,
)
from fusionlab.reading import check_name, read_json, read_plain, reason
from fusionlab.recipe import Recipe, named, recipe_from_json, recipe_to_json
from fusionlab.validity import check, check_numbers, check_time
from fusionlab.words import Value

FORMAT = "fusionlab-run"
VERSION = 1
FUSED = "fusion"
"""The author of text that no single member wrote."""

Status = Literal["running", "finished", "failed", "stopped"]


@dataclass(slots=True)
class Round:
    """What happened under one number: who read whom, and what was answered."""

    number: int
    what: RoundKind | None = None
    """None where nothing tells."""
    count: int = 0
    of: int = 0
    threshold: float | None = None
    writers: list[str] = field(default_factory=list)
    """Who was asked to write, in that order; empty where it is all members."""
    messages: list[MessageSent] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What each author's text came to."""
    tokens: int = 0
    """In and out, of all members."""

    def begin(self, began: RoundBegan) -> None:
        """It is what was told; a member that is asked later writes in it too."""
        self.what, self.count, self.of = began.what, began.count, began.of
        self.threshold = began.threshold
        self.writers += [name for name in began.writers if name not in self.writers]


@dataclass(slots=True)
class Trace:
    """All that is known of a run so far."""

    recipe: Recipe
    env: dict[str, Any] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    tokens: list[TokenChosen] = field(default_factory=list)
    routed: list[ExpertsRouted] = field(default_factory=list)
    extracted: list[AnswerExtracted] = field(default_factory=list)
    chosen: list[MemberChosen] = field(default_factory=list)
    candidates: list[CandidateGiven] = field(default_factory=list)
    vote: Voted | None = None
    costs: dict[str, Measured] = field(default_factory=dict)
    """The sum of what was measured, by member."""
    warnings: list[Warned] = field(default_factory=list)
    progress: Progress | None = None
    end: RunFinished | RunFailed | None = None
    stopped: bool = False
    _rounds: dict[int, Round] = field(default_factory=dict)
    """By number, as far as they were told; `rounds` completes them."""
    _now: int = 0
    """The round that was last spoken of."""
    _pieces: dict[tuple[str, int], list[str]] = field(default_factory=dict, compare=False)
    """Of each text; joined when it is read, so that a long one takes no longer a piece."""

    @property
    def texts(self) -> dict[tuple[str, int], str]:
        """Text so far, by author and sample."""
        for pieces in self._pieces.values():
            if len(pieces) > 1:
                pieces[:] = ["".join(pieces)]
        return {key: pieces[0] for key, pieces in self._pieces.items()}

    def add(self, record: Record) -> None:
        """The trace holds one more record; progress lasts until something else happens."""
        self.records.append(record)
        self.progress = None
        match record.event:
            case TextDelta(author, text, sample):
                self._round(sample)
                self._pieces.setdefault((author, sample), []).append(text)
            case TokenChosen() as token:
                self.tokens.append(token)
            case ExpertsRouted() as routed:
                self.routed.append(routed)
            case AnswerExtracted() as extracted:
                self.extracted.append(extracted)
                self._round(extracted.sample).answers[extracted.author] = extracted.answer
            case RoundBegan(number) as began:
                self._rounds.setdefault(number, Round(number)).begin(began)
            case MessageSent(number) as sent:
                self._round(number).messages.append(sent)
            case MemberChosen() as chosen:
                self.chosen.append(chosen)
            case CandidateGiven() as candidate:
                self.candidates.append(candidate)
            case Voted() as vote:
                self.vote = vote
            case Measured() as cost:
                self.costs[cost.member] = _sum(self.costs.get(cost.member), cost)
                self._round(self._now).tokens += cost.tokens_in + cost.tokens_out
            case Warned() as warning:
                self.warnings.append(warning)
            case Progress() as progress:
                self.progress = progress
            case RunFinished() | RunFailed() as end:
                self.end = end

    def _round(self, number: int) -> Round:
        """The round of this number, which is the one that is spoken of now."""
        self._now = number
        return self._rounds.setdefault(number, Round(number))

    @property
    def rounds(self) -> list[Round]:
        """The rounds by number; none where the method has none.

        Run files did not tell at first what is written in a round. Of those, answers of one member
        that reads nothing are samples, unless its text was the answer; all else is an exchange.
        """
        found = [self._rounds[number] for number in sorted(self._rounds)]
        exchanged = any(one.messages for one in found)
        if not (exchanged or self.extracted or any(one.what for one in found)):
            return []
        kept = isinstance(self.end, RunFinished) and self.end.reason != "elected"
        sampled = len(self.recipe.members) == 1 and not exchanged and not kept
        return [one if one.what else _untold(one, sampled=sampled) for one in found]

    @property
    def phases(self) -> list[list[Round]]:
        """The rounds; those together that are written at the same time, as a layer is."""
        together: dict[tuple[str, int], list[Round]] = {}
        for one in self.rounds:
            match one.what:
                case "sample" | "candidate" | "verdict":
                    key = (str(one.what), 0)
                case "layer":
                    key = ("layer", one.count)
                case _:
                    key = ("", one.number)
            together.setdefault(key, []).append(one)
        return list(together.values())

    def is_answer(self, author: str, sample: int) -> bool:
        """Whether this text is the answer as it grows: the fusion's, or a member's who is alone."""
        alone = len(self.recipe.members) == 1 and not self.rounds
        return sample == 0 and (
            author == FUSED or (alone and author == named(self.recipe.members)[0].name)
        )

    @property
    def status(self) -> Status:
        """How the run stands."""
        match self.end:
            case RunFinished():
                return "finished"
            case RunFailed():
                return "failed"
            case _:
                return "stopped" if self.stopped else "running"

    @property
    def answer(self) -> str:
        """The answer, or what there is of it so far."""
        if isinstance(self.end, RunFinished):
            return self.end.answer
        texts = self.texts
        return texts.get((FUSED, 0), "") or next(iter(texts.values()), "")

    @property
    def seconds(self) -> float:
        """Time of the last record, in seconds since the run began."""
        return self.records[-1].t if self.records else 0.0


def fold(recipe: Recipe, records: Iterable[Record]) -> Trace:
    """The trace of all these records; without an end among them it is a stopped run."""
    trace = Trace(recipe)
    for record in records:
        trace.add(record)
    trace.stopped = trace.end is None
    return trace


def recorded(
    records: Generator[Record, None, None],
    path: Path,
    recipe: Recipe,
    env: dict[str, Any] | None = None,
) -> Generator[Record, None, None]:
    """The same records, written to the run file `path` on their way.

    Closing this iterator closes the inner one; the file gets its name then as well. Raises
    RunFileError before the first record when there can be no such file, and later where the disk is
    full: what stood under the name before is still there then.
    """
    with closing(records), closing(LineWriter(path)) as file:
        file.write(header_line(recipe, env or {}))
        for record in records:
            file.write(record_line(record))
            yield record


class LineWriter:
    """A file of lines that grows under another name and gets its own when it is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._file = _opened(self._part, path)
        self._broken = False

    def write(self, line: str) -> None:
        """The line is on disk; raises RunFileError where it cannot be."""
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as cause:
            self._broken = True
            raise self._unwritten(cause) from None

    def close(self) -> None:
        """The file has its name, unless it lacks a line; raises RunFileError as `write` does."""
        try:
            self._file.close()
            if not self._broken:
                self._part.replace(self._path)
        except OSError as cause:
            if not self._broken:  # else that has been said
                raise self._unwritten(cause) from None

    def _unwritten(self, cause: OSError) -> RunFileError:
        return RunFileError(
            "run-file-broken-off",
            file=str(self._path),
            said=cause.strerror or str(cause),
            part=str(self._part),
        )


def header_line(recipe: Recipe, env: dict[str, Any]) -> str:
    """First line of a run file."""
    header = {"format": FORMAT, "version": VERSION, "recipe": recipe_to_json(recipe), "env": env}
    return json.dumps(header, ensure_ascii=False, allow_nan=False) + "\n"


def record_line(record: Record) -> str:
    """One further line of a run file."""
    line = [round(record.t, 4), event_to_json(record.event)]
    return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"


def run_text(trace: Trace) -> str:
    """The trace as the text of a run file."""
    return header_line(trace.recipe, trace.env) + "".join(map(record_line, trace.records))


def read_run(path: Path) -> Trace:
    """The trace in the run file at `path`; raises RunFileError when it is none."""
    return parse_run(text_in(path), name=path.name)


def text_in(path: Path) -> str:
    """The text of a file of lines, of which the last may be cut off; raises RunFileError."""
    try:
        # Not final: the last character may have been cut off, and then it is left out.
        return codecs.utf_8_decode(read_plain(path))[0]
    except FileNotFoundError:
        raise RunFileError("run-file-missing", name=repr(path.name)) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RunFileError("run-file-unreadable", name=path.name, said=str(cause)) from None


def parse_run(text: str, name: str = "run file") -> Trace:
    """The trace in the text of a run file.

    A last line that breaks off is left out: the run was stopped while it was being written.
    """
    head, *lines = text.split("\n")
    trace = _parse_header(head, name)

    def add(data: Any) -> None:
        t, event = data
        trace.add(record_from_json(t, event))

    read_lines(lines, add, name)
    trace.stopped = trace.end is None
    return trace


def read_lines(lines: Sequence[str], add: Callable[[Any], None], name: str) -> None:
    """Every line after the header has been read as JSON and given to `add`.

    A last line that breaks off is left out. Raises RunFileError for any other line that is not
    JSON, or that `add` does not take.
    """
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            add(read_json(line, finite=True))
        except (ValueError, TypeError, OverflowError, RunFileError) as cause:
            if number == len(lines) + 1 and not isinstance(cause, RunFileError):
                break
            raise RunFileError(
                "run-file-line", name=name, line=str(number), cause=said(cause)
            ) from None


def record_from_json(t: Any, event: Any) -> Record:
    """The event and its time; raises RunFileError where they are none, or impossible."""
    record = Record(check_time(t), event_from_json(event))
    check(record.event)
    return record


def replayed(trace: Trace) -> Iterator[Event]:
    """The events of a trace, in order."""
    return (record.event for record in trace.records)


def _opened(part: Path, path: Path) -> TextIO:
    try:
        check_name(path)
        if path.is_dir():
            raise RunFileError("run-file-is-a-folder", file=str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        return part.open("w", encoding="utf-8")
    except OSError as cause:
        raise RunFileError(
            "run-file-unwritable", file=str(path), said=cause.strerror or str(cause)
        ) from None


def _parse_header(line: str, name: str) -> Trace:
    try:
        header = read_json(line, finite=True)
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunFileError("run-file-none", name=name)
    version = header.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise RunFileError("run-file-too-new", name=name, version=str(version), newest=str(VERSION))
    try:
        env = well_formed(dict(header.get("env", {})))
        recipe = recipe_from_json(header["recipe"])
        check_numbers([asdict(recipe), env])
        return Trace(recipe, env)
    except (FusionError, KeyError, TypeError, ValueError) as cause:
        raise RunFileError("run-file-header", name=name, cause=said(cause)) from None


def said(cause: Exception) -> Value:
    """What went wrong, to be quoted in another sentence."""
    return cause.sentence if isinstance(cause, FusionError) else reason(cause)


def _untold(one: Round, *, sampled: bool) -> Round:
    if sampled:
        return replace(one, what="sample", count=one.number + 1)
    return replace(one, what="round" if one.number else "alone", count=one.number)


def _sum(old: Measured | None, new: Measured) -> Measured:
    if old is None:
        return new
    return replace(
        new,
        tokens_in=old.tokens_in + new.tokens_in,
        tokens_out=old.tokens_out + new.tokens_out,
        forward_passes=old.forward_passes + new.forward_passes,
        seconds=old.seconds + new.seconds,
        tokens_reused=old.tokens_reused + new.tokens_reused,
    )
