"""Files of comparisons: JSON Lines, like run files, in which every line names its way.

The header is `{"format": "fusionlab-comparison", "version": 1, "comparison": …, "ways": […],
"env": …}`; each way has its recipe, and why it does not suit where it does not, so that a file is
shown without any model. Then comes one `[way, t, event]` a line. The file grows under a name that
ends in `.part`; a line that breaks off at its end is left out.
"""

import json
import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fusionlab.comparison.compared import MOST_WAYS, Compared, Step, Way
from fusionlab.comparison.recipe import Comparison, comparison_from_json, comparison_to_json
from fusionlab.encoding import event_from_json, event_to_json, well_formed
from fusionlab.errors import FusionError, RunFileError
from fusionlab.events import RunFailed
from fusionlab.reading import is_file, read_json
from fusionlab.recipe import recipe_from_json, recipe_to_json
from fusionlab.runfiles import LineWriter, read_lines, record_from_json, said, text_in
from fusionlab.validity import check_numbers

FORMAT = "fusionlab-comparison"
VERSION = 1


def header_line(compared: Compared) -> str:
    """First line of the file."""
    ways = [
        {
            "recipe": recipe_to_json(way.recipe),
            "given": way.given,
            "unsuited": event_to_json(way.unsuited) if way.unsuited else None,
        }
        for way in compared.ways
    ]
    header = {
        "format": FORMAT,
        "version": VERSION,
        "comparison": comparison_to_json(compared.comparison),
        "ways": ways,
        "env": compared.env,
    }
    return json.dumps(well_formed(header), ensure_ascii=False, allow_nan=False) + "\n"


def step_line(step: Step) -> str:
    """One further line of the file."""
    number, record = step
    line = [number, round(record.t, 4), event_to_json(record.event)]
    return json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n"


def comparison_text(compared: Compared) -> str:
    """The comparison as the text of a file."""
    return header_line(compared) + "".join(map(step_line, compared.steps()))


def recorded_comparison(
    steps: Generator[Step, None, None], path: Path, begun: Compared
) -> Generator[Step, None, None]:
    """The same steps, written to the file `path` on their way, after those that `begun` has.

    Closing this iterator closes the inner one; the file gets its name then as well. Raises
    RunFileError as `recorded` of a run does.
    """
    with closing(steps), closing(LineWriter(path)) as file:
        file.write(header_line(begun))
        for step in list(begun.steps()):
            file.write(step_line(step))
        for step in steps:
            file.write(step_line(step))
            yield step


def is_comparison(text: str) -> bool:
    """Whether the text begins as that of a comparison, and not of a run or anything else."""
    return re.match(rf'\s*\{{\s*"format"\s*:\s*"{FORMAT}"', text) is not None


def read_comparison(path: Path) -> Compared:
    """The comparison in the file at `path`; raises RunFileError when it is none."""
    return parse_comparison(text_in(path), name=path.name)


def begun_before(path: Path, comparison: Comparison) -> Compared | None:
    """What this file, or one that was broken off beside it, has of the same comparison.

    None where there is no such file. Raises RunFileError where it holds something else.
    """
    for found in (path, path.with_name(path.name + ".part")):
        if is_file(found):
            compared = read_comparison(found)
            if compared.comparison != comparison:
                raise RunFileError("compare-file-of-another", name=found.name)
            return compared.again()
    return None


def parse_comparison(text: str, name: str = "comparison") -> Compared:
    """The comparison in the text of a file; a last line that breaks off is left out."""
    head, *lines = text.split("\n")
    compared = _parse_header(head, name)

    def add(data: Any) -> None:
        number, t, event = data
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole or not 0 <= number < len(compared.ways):
            raise RunFileError("compare-no-way", number=repr(number)[:40])
        compared.add(number, record_from_json(t, event))

    read_lines(lines, add, name)
    compared.stop()
    return compared


def _parse_header(line: str, name: str) -> Compared:
    try:
        header = read_json(line, finite=True)
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunFileError("compare-file-none", name=name)
    version = header.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise RunFileError("run-file-too-new", name=name, version=str(version), newest=str(VERSION))
    try:
        env = well_formed(dict(header.get("env", {})))
        comparison = comparison_from_json(header["comparison"])
        if len(header["ways"]) > MOST_WAYS:
            raise RunFileError("compare-too-many-ways", count=len(header["ways"]), most=MOST_WAYS)
        ways = tuple(map(_way_from_json, header["ways"]))
        check_numbers([asdict(comparison), [asdict(way.recipe) for way in ways], env])
        check_numbers([way.given for way in ways])
        return Compared(comparison, ways, env)
    except (FusionError, KeyError, TypeError, ValueError, AttributeError) as cause:
        raise RunFileError("run-file-header", name=name, cause=said(cause)) from None


def _way_from_json(data: Any) -> Way:
    unsuited = event_from_json(data["unsuited"]) if data.get("unsuited") else None
    if unsuited is not None and not isinstance(unsuited, RunFailed):
        raise RunFileError("event-none", value=str(data["unsuited"])[:80])
    return Way(recipe_from_json(data["recipe"]), well_formed(dict(data.get("given", {}))), unsuited)
