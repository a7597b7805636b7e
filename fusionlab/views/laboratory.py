"""The studies of the laboratory as data: their forms, their pictures, and what came recorded."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import fusionlab.laboratory  # noqa: F401  registers them
from fusionlab.assets import asset, has_asset
from fusionlab.reading import read_json
from fusionlab.registry import Learner, Study, Written, get_study
from fusionlab.views.settings import rows_of
from fusionlab.views.study_cluster import cluster_view
from fusionlab.views.study_gates import gates_view
from fusionlab.views.study_lifelong import lifelong_view
from fusionlab.views.study_local_experts import local_experts_view
from fusionlab.views.study_tokenizers import tokenizers_view

Drawn = dict[str, Any]
VIEWS: Mapping[str, Callable[[Drawn], Drawn]] = {
    "local-experts": local_experts_view,
    "gates": gates_view,
    "cluster": cluster_view,
    "lifelong": lifelong_view,
    "tokenizers": tokenizers_view,
}
"""By study what adds to its picture the sentences on what is to be noticed."""
STEPS = 100
"""Of a slider."""


def study_view(name: str, drawn: Drawn) -> Drawn:
    """The study's picture, with `sentences` on what is to be noticed."""
    return VIEWS[name](drawn)


def studies_view() -> list[Drawn]:
    """All studies in the order of their table: their names, and what can be set of them."""
    return [study_form(get_study(name)) for name in VIEWS]


def study_form(study: Study) -> Drawn:
    """What the study is and what can be set of it, for a form."""
    rows = [_field(study, row) for row in rows_of(study)]
    return {
        "name": study.name,
        "summary": study.summary,
        "paper": study.paper,
        "settings": rows,
    }


def recording_of(name: str) -> str:
    """The asset with the study's last picture under its default settings."""
    return f"studies/{name}.json"


@cache
def recorded_study(name: str) -> Drawn | None:
    """The view of what came recorded of the study; None where nothing did."""
    file = recording_of(name)
    return study_view(name, read_json(asset(file).read_bytes())) if has_asset(file) else None


def _field(study: Study, row: Drawn) -> Drawn:
    """The row of a setting, as the form of a study draws it: a list of names is `several` that can
    be ticked.
    """
    schema = study.settings.model_json_schema()["properties"][row["name"]]
    names = schema.get("items", {}).get("enum")
    kind = "several" if schema.get("type") == "array" and names else row["kind"]
    value = list(row["value"]) if isinstance(row["value"], tuple) else row["value"]
    marks = study.settings.model_fields[row["name"]].metadata
    model = any(isinstance(mark, Learner) for mark in marks)
    lines = any(isinstance(mark, Written) for mark in marks)
    return {
        "name": row["name"],
        "kind": "model" if model else "lines" if lines else kind,
        "optional": model and not schema.get("minLength"),
        "group": row["group"],
        "label": row["label"],
        "help": row["help"],
        "choices": names if kind == "several" else row["choices"],
        "least": row["least"],
        "most": row["most"],
        "step": _step(row),
        "value": value,
    }


def _step(row: Drawn) -> float:
    """How far apart two places of its slider are: a power of ten."""
    if row["kind"] == "integer" or None in (row["least"], row["most"]):
        return 1.0
    return float(10 ** math.floor(math.log10((row["most"] - row["least"]) / STEPS)))
