"""What is asked of a benchmark in the app: the form as data, and the plan that it means."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from fusionlab.assets import asset
from fusionlab.bench.fitting import lacks_data
from fusionlab.bench.plan import SOLO, Plan, method_from_text, plan
from fusionlab.bench.rows import Result, result_from_json
from fusionlab.bench.suites import Suite, changed, get_suite, suite_names, with_source
from fusionlab.errors import BenchError, UnknownName
from fusionlab.limits import limits
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, member_from_text
from fusionlab.registry import Method, all_methods
from fusionlab.ui.asked import checked
from fusionlab.ui.formdata import language_models
from fusionlab.views.measure import method_view, suite_view

SUITE = "zoo-mixed"
EXAMPLE = "bench/zoo-mixed.json"
"""Results that the tab shows before anything has run."""
MOST_ITEMS = 500
_SUITES_FIRST = (SUITE,)

Drawn = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    suite: str
    items: Annotated[int, Field(ge=1)]
    members: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    data: str | None = None
    baseline: bool = True
    more: str | None = None


_ASKED = TypeAdapter(Asked)


def form_view(asked: Asked, **how: Any) -> Drawn:
    """The form with this set-up: what can be chosen here, and `how` it stands."""
    most = _most_items()
    bench = limits().bench
    return {
        **_choices(most),
        "limits": {"items": most, "contenders": bench.contenders} if bench else None,
        "chosen": asdict(asked),
        "filled": 1,
        "running": False,
        **how,
    }


def first_asked() -> Asked:
    """The set-up that stands in the form at first: that of the example."""
    items = min(get_suite(SUITE).items, _most_items())
    return Asked(SUITE, items, list(members_at_first()), list(methods_at_first()))


@cache
def example() -> Result:
    """The results that came with the app."""
    return result_from_json(json.loads(asset(EXAMPLE).read_text(encoding="utf-8")))


def methods_at_first() -> tuple[str, ...]:
    """The methods that are ticked at first: those of the example."""
    fused = [row.method for row in example().contenders if row.role == "fusion"]
    return tuple(dict.fromkeys(fused))


def members_at_first() -> tuple[str, ...]:
    """The members that stand there at first: those of the example."""
    return tuple(row.members[0] for row in example().contenders if row.role == "single")


def asked_of(told: Any) -> Asked:
    """What the form has told; raises BenchError on a value of a wrong type."""
    return checked(_ASKED, told, BenchError)


def planned(asked: Asked) -> Plan:
    """The benchmark that was asked for; its limits are checked before anything is read."""
    suite = changed(_shipped(asked.suite), items=asked.items)
    members = [member_from_text(ref) for ref in asked.members]
    lines = [line for line in (asked.more or "").splitlines() if line.strip()]
    detailed = [method_from_text(line) for line in lines]
    spoken = {each.method for each in detailed}
    plain = [method_from_text(method) for method in asked.methods if method not in spoken]
    wanted, reads = plain + detailed, suite.data.kind == "file"
    limits().check_bench(asked.items, len(wanted), members, reads=reads)
    _check_asked(members, wanted)
    made = plan(
        _with_data(suite, (asked.data or "").strip()), wanted, members, baseline=asked.baseline
    )
    for one in made.contenders:
        limits().check(one.recipe)
    return made


def _check_asked(members: Sequence[MemberRecipe], methods: Sequence[Any]) -> None:
    if not members:
        raise BenchError("measure-needs-members")
    if not methods:
        raise BenchError("measure-needs-methods")


def _with_data(suite: Suite, given: str) -> Suite:
    """The suite over the data that were named; raises BenchError where it lacks them."""
    if suite.data.kind != "file" or given in ("", suite.data.source):
        if lacks_data(suite):
            raise BenchError("measure-needs-data")
        return suite
    return with_source(suite, given)


def _shipped(name: str) -> Suite:
    """The suite of this name; no file of the server's is one."""
    if name not in suite_names():
        raise UnknownName("kind-suite", name, suite_names())
    return get_suite(name)


@cache
def _choices(most: int) -> Drawn:
    """What can be chosen here; suites that cannot run on a Space are not offered there."""
    rules = limits()
    models = [ref for ref in language_models() if rules.offers(ref)]
    suites = [get_suite(name) for name in suite_names()]
    here = [suite for suite in suites if rules.bench is None or suite.data.kind != "file"]
    here.sort(key=lambda suite: suite.name not in _SUITES_FIRST)
    return {
        "suites": [suite_view(suite, models, most_items=most) for suite in here],
        "models": models,
        "methods": [method_view(each) for each in all_methods() if _compares(each)],
    }


def _compares(method: Method) -> bool:
    """Whether it is a fusion of any members; one that watches a mixture needs that."""
    return method.name != SOLO and method.needs < Level.INTERNALS


def _most_items() -> int:
    """As many questions as may be asked here."""
    bench = limits().bench
    return bench.items if bench else MOST_ITEMS
