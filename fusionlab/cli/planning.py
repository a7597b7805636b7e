"""What `fusionlab build` is to make, as options or a file say it, and the plans of it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fusionlab.cli.console import language, print_json, said, tell
from fusionlab.errors import RecipeError
from fusionlab.reading import read_text, reason
from fusionlab.recipe import setting_from_text

if TYPE_CHECKING:
    from fusionlab.builds import BuildRecipe
    from fusionlab.plans import Plan

MARKS = {"refused": "✗", "warning": "!", "note": "·"}
"""Before a finding, by how grave it is."""


def builds_in(arguments: argparse.Namespace) -> Sequence["BuildRecipe"]:
    """The builds that the options say; where a file says one, the options change it.

    Raises RecipeError or UnknownName.
    """
    from fusionlab.builds import BuildRecipe
    from fusionlab.plans import source_from_text

    given = arguments.name
    builds = builds_of(Path(given)) if given.endswith(".toml") else (BuildRecipe(given),)
    if len(builds) > 1:
        if arguments.source or arguments.set or arguments.target or arguments.id:
            raise RecipeError("builds-changed")
        return builds
    (build,) = builds
    target = {"target": arguments.target} if arguments.target else {}
    sources = tuple(source_from_text(text) for text in arguments.source)
    return [
        replace(
            build,
            sources=sources or build.sources,
            settings=_changed(build.settings | target, arguments.set),
            id=arguments.id or build.id,
        )
    ]


def show_plans(builds: Sequence["BuildRecipe"], *, as_json: bool) -> int:
    """Every plan as text or JSON; returns the exit status, 1 where one of them is refused.

    Of a model that is made of earlier ones, which do not stand yet, no more can be said than that.
    """
    from fusionlab.builds import awaited
    from fusionlab.registry import get_builder
    from fusionlab.sources.schemes.built import PREFIX, built_names

    coming: list[str] = []
    rows, refused = [], False
    for build in builds:
        if missing := awaited(build, coming):
            rows.append(_waiting(build, missing, as_json=as_json))
            reference = rows[-1]["reference"]
        else:
            plan = get_builder(build.builder).plan(build.sources, build.settings, build.id)
            refused |= plan.refused is not None
            reference = plan.reference
            rows.append(_plan_row(plan) if as_json else {})
            if not as_json:
                _tell_plan(plan)
        if reference.removeprefix(PREFIX) not in built_names():
            coming.append(reference)
    if as_json:
        print_json(rows[0] if len(rows) == 1 else {"builds": rows})
    return 1 if refused else 0


def builds_of(path: Path) -> Sequence["BuildRecipe"]:
    """The builds in the file, whose files are seen from its folder; raises RecipeError."""
    from fusionlab.builds import builds_from_toml

    try:
        builds = builds_from_toml(read_text(path))
    except FileNotFoundError:
        raise RecipeError("cli-no-recipe", file=repr(str(path))) from None
    except (OSError, UnicodeDecodeError) as cause:
        raise RecipeError("cli-unreadable", file=str(path), said=reason(cause)) from None
    return [_seen_from(path.parent, build) for build in builds]


def _seen_from(folder: Path, build: "BuildRecipe") -> "BuildRecipe":
    """The same build, its files as they are named in this folder."""
    from fusionlab.registry import get_builder

    builder = get_builder(build.builder)
    sources = [
        replace(each, options=_beside(folder, each.options, builder.option_files(each.options)))
        for each in build.sources
    ]
    settings = _beside(folder, build.settings, builder.files(build.settings))
    return replace(build, sources=tuple(sources), settings=settings)


def _beside(folder: Path, given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The same values, those of these names as files in the folder."""
    return {**given, **{name: str(folder / str(given[name])) for name in names}}


def _changed(settings: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """The settings with those that are typed; NAME.KEY=VALUE gives one value of a mapping."""
    changed = dict(settings)
    for text in texts:
        key, value = setting_from_text(text)
        name, dot, inner = key.partition(".")
        if dot and isinstance(held := changed.get(name, {}), dict):
            changed[name] = {**held, inner: value}
        else:
            changed[key] = value
    return changed


def _waiting(build: "BuildRecipe", missing: Sequence[str], *, as_json: bool) -> dict[str, Any]:
    """What can be said of a model whose sources are yet to be built."""
    from fusionlab.sources.schemes.built import PREFIX

    reference = f"{PREFIX}{build.id}" if build.id else ""
    lineage = [each.ref for each in build.sources]
    if not as_json:
        named = reference or build.builder
        tell(said("cli-plan-waits", reference=named, sources=lineage, awaited=missing))
    row: dict[str, Any] = {"id": build.id, "reference": reference, "lineage": lineage}
    return {**row, "awaits": list(missing), "findings": [], "refused": False}


def _plan_row(plan: "Plan[Any]") -> dict[str, Any]:
    from fusionlab.registry import plan_to_json

    findings = [
        {
            "severity": each.severity,
            "key": each.sentence.key,
            "message": each.sentence.said(),
            "hint": each.sentence.hint(),
        }
        for each in plan.findings
    ]
    return {**plan_to_json(plan), "findings": findings, "refused": plan.refused is not None}


def _megabytes(count: int) -> str:
    """The bytes in millions; few of them are not said to be none."""
    millions = count / 1e6
    return f"{millions:.0f}" if millions >= 10 or not count else f"{max(millions, 0.1):.1f}"


def _tell_plan(plan: "Plan[Any]") -> None:
    from fusionlab.sources.schemes.built import PREFIX, built_names

    tell(said("cli-plan", reference=plan.reference, sources=list(map(str, plan.lineage))))
    if plan.parameters:
        figures = {
            "parameters": f"{plan.parameters / 1e6:.1f}",
            "size": _megabytes(plan.bytes),
            "memory": _megabytes(plan.memory),
        }
        tell(said("cli-plan-figures", **figures))
    if plan.reference == f"{PREFIX}{plan.id}" and plan.id in built_names():
        tell(said("cli-plan-taken", id=plan.id))
    hints = [each.sentence.hint(language()) for each in plan.findings]
    for finding, hint, following in zip(plan.findings, hints, [*hints, ""][1:], strict=True):
        tell(f"{MARKS[finding.severity]} {finding.sentence.said(language())}")
        if hint and hint != following:  # several in a row may come to the same
            tell(f"  → {hint}")
