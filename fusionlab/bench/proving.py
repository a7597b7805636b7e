"""What a built model and its parents answer in suites: the long part of a post-flight."""

from collections.abc import Generator, Sequence

from pydantic import JsonValue

from fusionlab.bench.fitting import lacks_data, solvers
from fusionlab.bench.folder import read_answers
from fusionlab.bench.plan import plan
from fusionlab.bench.runner import Answered, bench
from fusionlab.bench.suites import Suite, changed, get_suite, suite_names
from fusionlab.events import Event, Progress
from fusionlab.intervals import wilson
from fusionlab.proof.examining import subject_of
from fusionlab.recipe import MemberRecipe
from fusionlab.sources import store
from fusionlab.weights.papers import short

FITTING = "fitting"
"""In place of a suite's name: all that some parent can solve."""


def suites_answered(
    name: str, suites: Sequence[str], items: int
) -> Generator[Event, None, list[JsonValue]]:
    """For each suite how many questions the built model of this id and its parents answered right,
    greedily, the model first; with 95% intervals. Answers are kept, and not asked again.
    """
    subject = subject_of(name)
    refs = list(dict.fromkeys([subject.ref, *subject.parents, *filter(None, [subject.base])]))
    found: list[JsonValue] = []
    for suite in _chosen(suites, refs[1:]):
        rows = yield from _rows(changed(suite, items=items), refs)
        found.append({"suite": suite.name, "rows": [*rows]})
    return found


def _chosen(names: Sequence[str], parents: Sequence[str]) -> list[Suite]:
    if FITTING not in names:
        return [get_suite(name) for name in names]
    known = [get_suite(name) for name in suite_names()]
    return [each for each in known if not lacks_data(each) and set(solvers(each)) & set(parents)]


def _rows(suite: Suite, refs: Sequence[str]) -> Generator[Event, None, list[JsonValue]]:
    members = [MemberRecipe(ref, name=f"m{at}") for at, ref in enumerate(refs)]
    planned = plan(suite, [], members, baseline=False, keep_runs=0)
    out = store.home() / "bench" / f"proof-{suite.name}-{planned.key}"
    for news in bench(planned, out):
        if isinstance(news, Answered):
            yield Progress(f"evaluating {suite.name}", news.done, news.total, "items")
        else:
            yield news
    rows: list[JsonValue] = []
    for ref, one in zip(refs, planned.contenders, strict=True):
        judged = [line.right for line in read_answers(out, one.key).values() if not line.error]
        right, total = sum(map(bool, judged)), len(judged)
        low, high = wilson(right, total) if total else (0.0, 1.0)
        row: JsonValue = {
            "ref": short(ref), "right": right, "total": total, "low": low, "high": high,
        }  # fmt: skip
        rows.append(row)
    return rows
