"""What is asked of a builder in the app: the form as data, the plan that it means, its records."""

import json
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from typing import Any

from pydantic import JsonValue, TypeAdapter

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.assets import asset, has_asset
from fusionlab.builds import build_from_query
from fusionlab.depending import without_idle
from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.events import Event, ModelBuilt
from fusionlab.limits import limits
from fusionlab.plans import Plan, Source
from fusionlab.proof.examining import built
from fusionlab.reading import is_id
from fusionlab.registry import Builder, Learner, Material, all_builders, get_builder
from fusionlab.sources.references import folder_for
from fusionlab.sources.schemes.built import PREFIX, built_names
from fusionlab.spaces import BuildPreset, build_presets
from fusionlab.ui.asked import checked
from fusionlab.ui.brought import BROUGHT, place_of
from fusionlab.ui.formdata import source_models
from fusionlab.ui.standing import left_at, made_otherwise
from fusionlab.views.build import builder_view, built_view, plan_view
from fusionlab.views.learning import NOTHING, learned_view
from fusionlab.views.path import path_view
from fusionlab.views.refused import plan_refused_view

Drawn = dict[str, Any]
AWAY = "weights-not-here"
"""What is said of a source that has to be fetched before it can be planned with."""
MOST_SOURCES = 16
"""That a page shows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says."""

    builder: str
    sources: list[Source] = field(default_factory=list)
    settings: dict[str, JsonValue] = field(default_factory=dict)
    id: str = ""
    """Of the new model; empty where the builder names it."""
    preset: str = ""
    """What it was begun from, if nothing was changed since."""


_ASKED = TypeAdapter(Asked)
_BUILT = TypeAdapter(ModelBuilt)


def builders() -> list[Builder]:
    """The builders that make a model of others and that the app offers, not those that train one
    from a recipe.
    """
    return [each for each in all_builders() if each.max_sources != 0 and each.in_app]


def first_asked() -> Asked:
    """The set-up that stands in the form at first: that of the first preset."""
    return asked_by(build_presets()[0])


def asked_by(preset: BuildPreset) -> Asked:
    """The preset's set-up."""
    return Asked(preset.builder, list(preset.sources), dict(preset.settings), preset.id, preset.id)


def asked_of(told: Any) -> Asked:
    """What the form has told; raises RecipeError on values of a wrong type, or too many."""
    asked = checked(_ASKED, told)
    if len(asked.sources) > MOST_SOURCES:
        count = len(asked.sources)
        raise RecipeError("app-members", most=MOST_SOURCES, count=count)
    return asked


def asked_from_query(query: str) -> Asked | None:
    """The set-up that an address asks for; None where it asks for none.

    Raises RecipeError or UnknownName.
    """
    asked = build_from_query(query)
    if asked is None:
        return None
    return Asked(asked.builder, list(asked.sources), asked.settings, asked.id)


def counting(asked: Asked) -> tuple[Asked, list[str]]:
    """The set-up without what does not count in it, and the names of that; as it is where its
    builder is not known.
    """
    try:
        of = get_builder(asked.builder)
    except FusionError:
        return asked, []
    settings, sources, left_out = without_idle(
        of.settings, of.options, of.branches, asked.settings, asked.sources
    )
    return replace(asked, settings=settings, sources=sources), left_out


def form_view(asked: Asked, **how: Any) -> Drawn:
    """The form with this set-up: what can be chosen here, and `how` it stands."""
    return {
        "builders": [
            builder_view(
                each,
                partial(limits().offers_setting, each),
                partial(limits().offers_option, each),
            )
            | {"start": _start(each)}
            for each in builders()
        ],
        "models": source_models(),
        "presets": [
            {"id": each.id, "title": dict(each.title), "builder": each.builder}
            for each in build_presets()
        ],
        "builds": limits().builds,
        "chosen": asdict(asked),
        "running": False,
        **how,
    }


def _start(builder: Builder) -> Drawn:
    """Sources to begin with, and the models and data that the builder cannot do without: those of
    its first preset.
    """
    first = next((each for each in build_presets() if each.builder == builder.name), None)
    if first is None:
        return {"sources": [], "settings": {}}
    marked = [
        name
        for name, field_ in builder.settings.model_fields.items()
        if any(isinstance(mark, Learner | Material) for mark in field_.metadata)
    ]
    settings = {name: first.settings[name] for name in marked if name in first.settings}
    return {"sources": [asdict(each) for each in first.sources], "settings": settings}


def planned(asked: Asked) -> Plan[Any]:
    """What was asked for as a plan; its limits are checked before anything is read."""
    builder = _offered(asked.builder)
    limits().check_plan(builder, asked.sources, asked.settings)
    return builder.plan(asked.sources, _read_here(builder, asked.settings), asked.id.strip())


def _read_here(builder: Builder, settings: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings with data that were brought by their place; raises RecipeError for any file that
    was not: paths of this machine are for its command line.
    """
    found = dict(settings)
    for name, field_ in builder.settings.model_fields.items():
        value = str(settings.get(name) or "").strip()
        for mark in field_.metadata:
            if not isinstance(mark, Material) or not value or value in mark.names:
                continue
            if not value.startswith(BROUGHT):
                raise RecipeError("app-data-file", given=repr(value[:60]))
            found[name] = place_of(value)
    return found


def drawn_plan(asked: Asked) -> Drawn:
    """The plan as data, with what is to be known of its name, or why there is none."""
    try:
        plan = planned(asked)
    except FusionError as error:
        if limits().builds and any(_to_be_built(source.ref) for source in asked.sources):
            return {"error": plan_refused_view(error), "fetches": True, "builds": True}
        away = error.sentence.key == AWAY and limits().builds
        return {"error": plan_refused_view(error), "fetches": away}
    taken, other = plan.id in built_names(), made_otherwise(get_builder(asked.builder), plan)
    left = None if other else left_at(plan.id)
    return {**plan_view(plan), "taken": taken, "other": other, "left_at": left}


def made(
    asked: Asked, begun: Callable[[Plan[Any]], None] = lambda _: None
) -> Generator[Event, None, None]:
    """The events of making what was asked for, its sources fetched or built first, and of examining
    it; `ModelBuilt` is the last. `begun` is told the plan before it is carried out.

    Raises what planning raises, and what executing the plan does.
    """
    limits().check_builds()
    builder = _offered(asked.builder)
    limits().check_plan(builder, asked.sources, asked.settings)
    for ref in _models_of(builder, asked):
        if first := _to_be_built(ref):
            yield from _sourced(first)
        yield from folder_for(ref)
    plan = planned(asked)
    plan.check()
    begun(plan)
    yield from built(builder, plan)


def _models_of(builder: Builder, asked: Asked) -> list[str]:
    """References of the sources, and of the model that learns where that is another one."""
    marked = [
        str(asked.settings.get(name) or "").strip()
        for name, field_ in builder.settings.model_fields.items()
        if any(isinstance(mark, Learner) for mark in field_.metadata)
    ]
    return [
        *filter(None, marked),
        *(source.ref for source in filter(builder.needs_weights, asked.sources)),
    ]


def _to_be_built(ref: str) -> BuildPreset | None:
    """The preset that this source comes to, where the source is not here."""
    name = ref.removeprefix(PREFIX)
    missing = ref.startswith(PREFIX) and name not in built_names()
    return preset_named(name) if missing else None


def _sourced(preset: BuildPreset) -> Generator[Event, None, None]:
    """The events of making the preset's model but for `ModelBuilt`: it is the source of another."""
    for event in made(asked_by(preset)):
        if not isinstance(event, ModelBuilt):
            yield event


# What came with the app


def recorded_course(preset: BuildPreset) -> Drawn:
    """How the preset's model learned, where its record says so."""
    built = _record(preset.id).get("built") or {}
    return learned_view(preset.id, built.get("report", {}), "recorded") if built else NOTHING


def recorded(preset: BuildPreset) -> tuple[Drawn, Drawn]:
    """The preset's plan and the model that it came to, as views; both empty where none came."""
    record = _record(preset.id)
    if not record:
        return {}, {}
    plan = plan_view(record["plan"])
    if record["built"] is None:  # it is refused, and that is its point
        return plan, {}
    built = _BUILT.validate_python(record["built"])
    view = built_view(built, record["plan"]["licence"], preset.builder, recorded=True)
    return plan, view


def recorded_path(preset: BuildPreset | None) -> Drawn | None:
    """What the whole path came to that the preset is the beginning of; None where none came."""
    file = f"paths/{preset.path}.json" if preset else ""
    if preset is None or not preset.path or not has_asset(file):
        return None
    return path_view(json.loads(asset(file).read_text(encoding="utf-8")))


def _offered(name: str) -> Builder:
    """The builder of this name; raises UnknownName where the app offers none."""
    if not get_builder(name).in_app:
        raise UnknownName("kind-builder", name, [each.name for each in builders()])
    return get_builder(name)


def preset_named(given: Any) -> BuildPreset | None:
    """The preset of this id; None where there is none."""
    return next((each for each in build_presets() if each.id == given), None)


@cache
def _record(name: str) -> Drawn:
    file = f"builds/{name}.json"
    if not is_id(name) or not has_asset(file):
        return {}
    record: Drawn = json.loads(asset(file).read_text(encoding="utf-8"))
    return record
