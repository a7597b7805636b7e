"""A benchmark's report as one HTML file that needs no server, no network and no other file."""

from pathlib import Path

from fusionlab.bench.folder import put_text
from fusionlab.bench.rows import Result
from fusionlab.views.bench import bench_view
from fusionlab.views.page import page

REPORT = "report.html"


def write_report(folder: Path, result: Result) -> Path:
    """The result as `report.html` in the folder; raises BenchError where there is no room."""
    target = folder / REPORT
    put_text(target, report_page(result))
    return target


def report_page(result: Result) -> str:
    """The report of this result."""
    view = bench_view(result)
    return page(view["title"], [("bench", view)], result.environment, plain=result.suite.title)
