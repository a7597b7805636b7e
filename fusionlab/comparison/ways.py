"""Under which methods members can answer: each as the recipe that is run, or why it does not suit.

A method that takes one member is one way for every member.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fusionlab.comparison.compared import MOST_WAYS, Way
from fusionlab.comparison.recipe import Choice, Comparison
from fusionlab.errors import LevelTooLow, NoRouting, RecipeError
from fusionlab.events import RunFailed
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, named, recipe_from_json, recipe_to_json
from fusionlab.registry import Method, all_methods, get_method
from fusionlab.run import check
from fusionlab.sources.known import known_models
from fusionlab.sources.references import spec_of
from fusionlab.words import Sentence


@dataclass(frozen=True, slots=True)
class Suited:
    """Whether a method suits members; `reason` says why it does not, if it does not."""

    method: Method
    reason: Sentence | None = None


def suitable(members: Sequence[MemberRecipe]) -> tuple[Suited, ...]:
    """For every method whether it suits these members, by how open they are and how many.

    Raises what opening a reference raises: then the members themselves are wrong.
    """
    check_members(members)
    asked = Comparison("?", members=tuple(members))
    return tuple(Suited(method, _obstacle(asked, method)) for method in all_methods())


def _obstacle(comparison: Comparison, method: Method) -> Sentence | None:
    """Why the method suits none of the members; nothing is put into words, which takes longer."""
    choice, reasons = Choice(method.name), []
    for members in _groups(comparison, method):
        try:
            _checked(method, _recipe(comparison, method, choice, members))
        except (LevelTooLow, RecipeError) as error:
            reasons.append(error.sentence)
        else:
            return None
    return reasons[0]


def ways_of(comparison: Comparison) -> tuple[Way, ...]:
    """All ways of the comparison, checked, in the order in which they are run; loads nothing.

    Raises UnknownName or SettingError for a method or setting that is none, RecipeError where there
    is nothing to ask, nobody to ask it, or no method that suits.
    """
    check_members(comparison.members)
    if not comparison.question.strip():
        raise RecipeError("prompt-empty")
    choices = comparison.methods or tuple(Choice(method.name) for method in all_methods())
    found = tuple(way for choice in choices for way in _ways(comparison, choice))
    if len(found) > MOST_WAYS:
        raise RecipeError("compare-too-many-ways", count=len(found), most=MOST_WAYS)
    if all(way.unsuited for way in found):
        raise RecipeError("compare-none-suits", reasons=_reasons(found))
    return found


def resolved(comparison: Comparison, ways: Sequence[Way]) -> Comparison:
    """The same comparison with its methods named, so that it stays the same when there are more."""
    names = dict.fromkeys(way.recipe.method for way in ways)
    return replace(comparison, methods=comparison.methods or tuple(map(Choice, names)))


def check_members(members: Sequence[MemberRecipe]) -> None:
    """Raises RecipeError without members, and what opening one of them raises."""
    if not members:
        raise RecipeError("compare-without-members")
    for member in members:
        spec_of(member.ref)


def _ways(comparison: Comparison, choice: Choice) -> Iterator[Way]:
    """The method over all members, or over each of them where it takes one.

    Where it suits none, the first of them alone, and why not.
    """
    method = get_method(choice.method)
    method.check(choice.settings)
    groups = _groups(comparison, method)
    tried = [_way(method, choice, _recipe(comparison, method, choice, group)) for group in groups]
    yield from [way for way in tried if not way.unsuited] or tried[:1]


def _groups(comparison: Comparison, method: Method) -> list[tuple[MemberRecipe, ...]]:
    together = named(comparison.members)
    return [(member,) for member in together] if method.max_members == 1 else [together]


def _recipe(
    comparison: Comparison, method: Method, choice: Choice, members: tuple[MemberRecipe, ...]
) -> Recipe:
    sampling = comparison.sampling
    return Recipe(
        method.name,
        comparison.prompt,
        messages=comparison.messages,
        members=members,
        settings=_settings(comparison, method, choice),
        sampling=replace(sampling, temperature=sampling.temperature or method.temperature),
    )


def _way(method: Method, choice: Choice, recipe: Recipe) -> Way:
    try:
        return Way(_checked(method, recipe), choice.settings)
    except (LevelTooLow, RecipeError) as error:
        return Way(recipe, choice.settings, RunFailed.of(error))


def _checked(method: Method, recipe: Recipe) -> Recipe:
    """The recipe as it is run; raises LevelTooLow or RecipeError where it does not suit."""
    _check_experts(method, recipe.members)
    return recipe_from_json(recipe_to_json(check(recipe)))


def _settings(comparison: Comparison, method: Method, choice: Choice) -> dict[str, Any]:
    """The choice's settings; the comparison's answers where the method knows of them."""
    common = {"truth": comparison.truth, "answer": comparison.kind}
    known = method.settings.model_fields
    said = {key: value for key, value in common.items() if key in known and _is_said(comparison)}
    return {**said, **choice.settings}


def _is_said(comparison: Comparison) -> bool:
    return bool(comparison.truth or comparison.answer)


def _check_experts(method: Method, members: Sequence[MemberRecipe]) -> None:
    """Raises NoRouting for a model that is known to have no experts where they are looked into."""
    if method.needs < Level.INTERNALS:
        return
    mixtures = known_mixtures()
    known = {row["id"] for row in known_models()}
    for member in members:
        if member.ref in known and member.ref not in mixtures:
            raise NoRouting("experts-none", name=member.name, count=len(mixtures), known=mixtures)


def _reasons(ways: Sequence[Way]) -> Sentence:
    """Why each of them does not suit, in one sentence."""
    first, *others = [way.unsuited.sentence for way in ways if way.unsuited]
    reasons = first or Sentence("lacking")
    for other in others:
        reasons = Sentence("compare-reasons", {"before": reasons, "reason": other or reasons})
    return reasons
