"""ladder.json: which rung of a ladder is which contender of the benchmark beside it, or why none.

```
ladder.json     the rungs, what was chosen and by which questions, what was built and what it cost
bench.json …    the benchmark of all rungs, see fusionlab.bench.folder
choosing/       a benchmark of its own: the members over the questions for choosing
```
"""

import json
from pathlib import Path

from fusionlab.bench.climbed import Climbed, Ladder, ladder_from_json, ladder_to_json
from fusionlab.bench.folder import put_text
from fusionlab.bench.results import results
from fusionlab.encoding import well_formed
from fusionlab.errors import BenchError
from fusionlab.reading import read_json, read_plain, reason

FILE = "ladder.json"


def keep_ladder(folder: Path, ladder: Ladder) -> None:
    """ladder.json says this; raises BenchError where there is no room."""
    folder.mkdir(parents=True, exist_ok=True)
    put_text(folder / FILE, json.dumps(ladder_to_json(ladder), ensure_ascii=False, indent=1))


def read_ladder(folder: Path) -> Ladder | None:
    """What ladder.json says; None where there is none. Raises BenchError where it is another's."""
    path = folder / FILE
    try:
        data = well_formed(read_json(read_plain(path), finite=True))
        return ladder_from_json(data)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as cause:
        raise BenchError("plan-unreadable", file=str(path), said=reason(cause)) from None


def climbed(folder: Path) -> Climbed:
    """The ladder in this folder as far as it has come; raises BenchError where there is none."""
    ladder = read_ladder(folder)
    if ladder is None:
        raise BenchError("bench-missing", folder=str(folder))
    return Climbed(ladder, results(folder))
