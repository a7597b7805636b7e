"""A ladder's report as one HTML file, and the files beside it."""

import json
from pathlib import Path

from fusionlab.bench.climbed import Climbed, climbed_to_json
from fusionlab.bench.folder import put_text
from fusionlab.bench.report import REPORT
from fusionlab.bench.results import write_csv
from fusionlab.views.bench import bench_view
from fusionlab.views.ladder import ladder_view
from fusionlab.views.page import Shown, page

RESULTS = "results.json"


def write_ladder(folder: Path, found: Climbed) -> list[Path]:
    """The ladder's report, its tables and its data stand in the folder; these are their places."""
    made = folder / RESULTS
    put_text(made, json.dumps(climbed_to_json(found), ensure_ascii=False))
    target = folder / REPORT
    put_text(target, ladder_page(found))
    return [target, *write_csv(folder, found.result), made]


def ladder_page(found: Climbed) -> str:
    """The picture of all rungs, then the report of the benchmark that they are."""
    view, result = ladder_view(found), found.by_rung
    shown: list[Shown] = [("ladder", view), ("bench", bench_view(result))]
    return page(view["title"], shown, result.environment, plain=result.suite.title)
