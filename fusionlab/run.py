"""From a recipe to a stream of time-stamped events.

Everything that can be known without loading a model is checked before the first record. A failure
after that becomes the stream's last record, `RunFailed`, and is then raised.
"""

import math
import platform
import time
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import fusionlab.methods  # noqa: F401  registers them
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.engines.table import check_engine
from fusionlab.errors import FusionError, LevelTooLow, RecipeError, quoting
from fusionlab.events import Event, Record, RunFailed, Warned
from fusionlab.models.base import LanguageModel, Level, Member
from fusionlab.models.catalog import CATALOG
from fusionlab.recipe import MemberRecipe, Recipe, named, recipe_from_json, recipe_to_json
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.sources.references import adapter_of, spec_of
from fusionlab.sources.scheme import News
from fusionlab.tokens.beginning import check_begun


def run(recipe: Recipe, pool: Pool | None = None) -> Generator[Record, None, None]:
    """The recipe's events as they happen, each with its time in seconds since the start.

    Raises a FusionError at once when the recipe cannot be run, and one after a last `RunFailed`
    record when something breaks later. Closing the iterator stops the run and frees what it held.
    """
    return _records(check(recipe), pool or default_pool())


def check(recipe: Recipe) -> Recipe:
    """The same recipe with all defaults filled in and every member named; loads nothing.

    Raises UnknownName, SettingError, RecipeError, LevelTooLow or SourceError.
    """
    method = get_method(recipe.method)
    settings = method.check(recipe.settings)
    recipe = recipe_from_json(recipe_to_json(recipe))
    _check_members(method, recipe)
    if recipe.members and not recipe.request.question.strip():
        raise RecipeError("prompt-empty")
    for member in recipe.members:
        _check_level(method, member, settings)
    _check_begun(method, recipe)
    return replace(recipe, settings=settings, members=named(recipe.members))


def environment() -> dict[str, Any]:
    """What a run file says of the machine: versions and processor, no names or paths."""
    packages = ("fusionlab", "torch", "transformers", "xllamacpp")
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "packages": {name: version(name) for name in packages},
    }


def stamped(start: float, event: Event) -> Record:
    """The event and its time in seconds since `start`, by `time.perf_counter`.

    As exact as a run file has it: a replayed run equals the live one.
    """
    return Record(round(time.perf_counter() - start, 4), event)


def _records(recipe: Recipe, pool: Pool) -> Generator[Record, None, None]:
    start = time.perf_counter()
    try:
        with closing(_events(recipe, pool)) as events:
            for event in events:
                yield stamped(start, event)
    except FusionError as failure:
        yield stamped(start, RunFailed.of(failure))
        raise
    except Exception as bug:
        said = quoting("internal-error", {"said": str(bug)})
        yield stamped(start, RunFailed(said.said(), said.hint(), type(bug).__name__, said))
        raise


def _events(recipe: Recipe, pool: Pool) -> Generator[Event, None, None]:
    method = get_method(recipe.method)
    adapted = [adapter_of(part.ref) for part in recipe.members]
    bases = {each[0] for each in adapted if each}
    with pool.borrow() as loan:
        members = []
        warned: set[Warned] = set()
        for part in recipe.members:
            level = method.level_of(spec_of(part.ref), recipe.settings)
            # A base that carries adapters here computes with them, in one batch.
            fast = part.ref.strip() not in bases
            loading = loan.load(part.ref, level, part.engine, fast=fast)
            model = yield from _warned_once(loading, warned)
            members.append(Member(part.name, model, part.system, part.weight))
        with closing(_generator(method, members, recipe)) as events:
            yield from events


def _warned_once(
    loading: Generator[News, None, LanguageModel], warned: set[Warned]
) -> Generator[News, None, LanguageModel]:
    """The loading of one member, without the warnings that another's has given."""
    while True:
        try:
            event = next(loading)
        except StopIteration as end:
            model: LanguageModel = end.value
            return model
        if event not in warned:
            yield event
        if isinstance(event, Warned):
            warned.add(event)


def _generator(
    method: Method, members: list[Member], recipe: Recipe
) -> Generator[Event, None, None]:
    yield from method.run(members, recipe.request, **recipe.settings)


def _check_members(method: Method, recipe: Recipe) -> None:
    count = len(recipe.members)
    if count < method.min_members:
        raise RecipeError(
            "members-too-few", method=method.name, least=method.min_members, count=count
        )
    if method.max_members is not None and count > method.max_members:
        raise RecipeError(
            "members-too-many", method=method.name, most=method.max_members, count=count
        )
    for member in named(recipe.members):
        if not math.isfinite(member.weight) or member.weight < 0:
            raise RecipeError("weight-of-a-member", name=member.name, weight=str(member.weight))
    if count and not any(member.weight for member in recipe.members):
        raise RecipeError("weights-all-zero")


def _check_begun(method: Method, recipe: Recipe) -> None:
    if not recipe.begin:
        return
    if not method.begins:
        names = [other.name for other in all_methods() if other.begins]
        raise RecipeError("begin-not-with-method", method=method.name, methods=names)
    for member in recipe.members:
        if spec_of(member.ref).level < Level.LOGITS:
            raise RecipeError("begin-needs-logits", ref=member.ref)
    check_begun(len(recipe.begin.ids), recipe.sampling.max_tokens)


def _check_level(method: Method, member: MemberRecipe, settings: Mapping[str, Any]) -> None:
    ref = member.ref
    spec = spec_of(ref)
    level = method.level_of(spec, settings)
    if spec.level >= level:
        check_engine(ref, level, member.engine)
        return
    open_models = [entry for entry in CATALOG if spec_of(entry).level >= level]
    methods = [other.name for other in all_methods() if other.needs <= spec.level]
    raise LevelTooLow(
        "level-below-the-method",
        method=method.name,
        needed=level.named,
        ref=ref,
        given=spec.level.named,
        models=open_models,
        methods=methods,
    )
