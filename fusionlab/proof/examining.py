"""A model is examined when it stands: what it is held against, which text it reads, and the file.

The examination comes after the model has its name. Whatever keeps it from being done, the model
stands, and its report says why there is no proof.
"""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from fusionlab.assets import asset
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.errors import FusionError
from fusionlab.events import Event, ModelBuilt
from fusionlab.making import RECIPE, Making
from fusionlab.reading import read_json, read_plain, read_text, read_toml
from fusionlab.registry import Builder, Plan
from fusionlab.sources import store
from fusionlab.sources.opening import ours
from fusionlab.sources.references import settled, spec_of
from fusionlab.sources.schemes import parse
from fusionlab.sources.schemes.built import PREFIX, built_folder
from fusionlab.training.loop import Stop
from fusionlab.weights.ancestry import common_ancestor, parents_of
from fusionlab.weights.grafting import Taken, tensors_taken
from fusionlab.weights.opened import opened
from fusionlab.weights.postflight import (
    Sample,
    Subject,
    proof_to_json,
    proved,
    sentence_to_json,
)
from fusionlab.weights.ranges import layers_of, ranges_in
from fusionlab.words import Sentence
from fusionlab.writing import putting
from fusionlab.zoo.evaluate import held_out
from fusionlab.zoo.recipes import zoo_recipe

PROOF = "proof.json"
TEXT = "texts/proof.txt"
"""Our own, in English and Chinese, a passage a line."""
PROBLEMS = 8
"""Of each task that a model of the zoo was taught."""
FARTHEST = 32
"""Models of a family tree that are looked at."""


def built(
    builder: Builder, plan: Plan[Any], *, proof: bool = True, pool: Pool | None = None
) -> Making:
    """The events of making a model and, where it stands on the shelf `models`, of examining it.

    `ModelBuilt` comes when it stands, and again with what was found as `proof` in its report: who
    stops in between has the model without a proof.
    """
    steps = builder.execute(plan, None)
    go_on: Callable[[], Event] = partial(next, steps)
    while True:
        try:
            event = go_on()
        except StopIteration as end:
            folder: Path = end.value
            return folder
        go_on = partial(next, steps)
        try:
            yield event
        except Stop as stop:
            go_on = partial(steps.throw, stop)
        if isinstance(event, ModelBuilt) and plan.shelf == "models":
            known = known_proof(built_folder(plan.id))
            if proof and known is None:
                known = yield from checked(plan.id, pool)
            if known is not None:
                yield replace(event, report={**event.report, "proof": known})


def checked(name: str, pool: Pool | None = None) -> Generator[Event, None, dict[str, JsonValue]]:
    """What an examination of the built model of this id finds, now and anew; it is kept beside it.

    Raises SourceError where there is no such model. Where it cannot be examined, `why` says so.
    """
    folder = built_folder(name)
    try:
        with ours(folder, "proof-failed"), store.accessible():
            subject = subject_of(name)
            text, samples = samples_for(subject)
            proof = yield from proved(subject, text, samples, pool or default_pool())
            found = proof_to_json(proof)
            _keep(folder, found)
    except FusionError as error:
        said = Sentence("proof-impossible", {"cause": error.sentence, "id": name})
        return {"why": sentence_to_json(said)}
    return found


def subject_of(name: str) -> Subject:
    """The built model of this id with its parents, as its files tell of them."""
    folder, ref = built_folder(name), f"{PREFIX}{name}"
    recipe = _recipe(folder)
    settings = recipe.get("settings", {})
    # What stands behind a server has no weights to be examined beside it.
    parents = tuple(each for each in spec_of(ref).lineage if parse(each).scheme != "api")
    if recipe.get("builder") == "graft":
        return Subject(ref, parents, taken=_taken(parents, str(settings.get("layers", ""))))
    base = str(settings.get("base") or "") or common_ancestor(parents) or ""
    return Subject(ref, tuple(dict.fromkeys(parents)), base, experts=_experts(recipe))


def _experts(recipe: dict[str, Any]) -> tuple[str, ...]:
    """Of which parent each expert of an upcycled mixture is; empty of any other model."""
    if recipe.get("builder") != "upcycle":
        return ()
    sources = [settled(str(each.get("ref", ""))) for each in recipe.get("sources", [])]
    count = recipe.get("settings", {}).get("experts")
    if not sources or not isinstance(count, int):
        return ()
    return tuple(sources[number % len(sources)] for number in range(count))


def samples_for(subject: Subject) -> tuple[str, list[Sample]]:
    """The kind of text that the model is to read, and the text.

    Models of the zoo know their tasks only: such a model reads held-out problems of those that its
    parents were taught, but for the base that they all come from.
    """
    sources = [ref for ref in subject.parents if ref != subject.base] or [subject.ref]
    names = [name for ref in sources for name in _zoo_in(ref)]
    tasks = {task.name: task for name in names for task in zoo_recipe(name).learned}
    if tasks:
        problems = [(task, each) for task in tasks.values() for each in held_out(task, PROBLEMS)]
        return "zoo", [Sample(task.name, each.prompt, each.answer) for task, each in problems]
    lines = read_text(asset(TEXT)).splitlines()
    return "prose", [Sample("en" if line.isascii() else "zh", "", line) for line in lines if line]


def _zoo_in(ref: str) -> list[str]:
    """Names of the zoo's models that the model comes from, itself perhaps; the nearest only."""
    found: list[str] = []
    tree = [ref]
    for each in tree:  # it grows as it is walked
        parts = parse(each)
        if parts.scheme == "zoo":
            found.append(parts.place)
        elif len(tree) < FARTHEST:
            tree += [parent for parent in parents_of(each) or () if parent not in tree]
    return found


def _taken(parents: tuple[str, ...], ranges: str) -> dict[str, Taken]:
    """Where each tensor of the graft of these ranges is from."""
    sources = [opened(parent) for parent in parents]
    layers = layers_of(ranges_in(ranges, [len(source.layers) for source in sources]))
    return {each.header.name: each for each in tensors_taken(sources, layers)}


def _recipe(folder: Path) -> dict[str, Any]:
    """As the builder wrote it; nothing where it cannot be read."""
    try:
        return read_toml(read_text(folder / RECIPE))
    except (OSError, ValueError):
        return {}


def known_proof(folder: Path) -> dict[str, JsonValue] | None:
    """What was found before; None where nothing was."""
    try:
        found = read_json(read_plain(folder / PROOF), finite=True)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _keep(folder: Path, found: dict[str, JsonValue]) -> None:
    with putting(folder / PROOF) as part:
        text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
        part.write_text(text + "\n", encoding="utf-8")
