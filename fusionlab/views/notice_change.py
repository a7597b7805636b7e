"""What one change to the set-up did: the last run beside the one before it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import reduce
from itertools import zip_longest
from typing import Any

from fusionlab import words
from fusionlab.recipe import Recipe, named
from fusionlab.trace import Trace
from fusionlab.views.noted import Noted, noted
from fusionlab.views.spoken import Said, in_one_line, quoted, saying

Shown = Said | str
Change = tuple[Shown, Shown, Shown]
"""What was changed, from which value to which."""
LISTED = 3
"""Of how many parts of a value a sentence speaks."""


def change_notes(before: Trace | None, after: Trace) -> Iterator[Noted]:
    """One sentence where both runs ended, and one thing but no other was changed between them."""
    if before is None or not before.status == after.status == "finished":
        return
    changes = list(_changes(before.recipe, after.recipe))
    if len(changes) != 1:
        return
    ((what, old, new),) = changes
    step, effect = _effect(before, after)
    if old == new:  # alike as far as they can be quoted
        yield noted("notice-changed-long", step, what=what, effect=effect)
    else:
        yield noted("notice-changed", step, what=what, before=old, after=new, effect=effect)


def _changes(old: Recipe, new: Recipe) -> Iterator[Change]:
    """Every weight, setting and number of sampling that differs; nothing where more than those.

    A setting that one of the runs does not name is younger than its file: it is no change.
    """
    if _else(old) != _else(new):
        return
    for first, second in zip(named(old.members), named(new.members), strict=True):
        if first.weight != second.weight:
            what = saying("notice-changed-weight", name=second.name)
            yield what, f"{first.weight:g}", f"{second.weight:g}"
    for one, other in ((old.settings, new.settings), (asdict(old.sampling), asdict(new.sampling))):
        for name in sorted(one.keys() & other.keys()):
            before, after = _plain(one[name]), _plain(other[name])
            if before != after:
                yield _title(new.method, name), _value(name, before), _value(name, after)


def _else(recipe: Recipe) -> tuple[Any, ...]:
    """All of the set-up but weights, settings and sampling."""
    members = tuple(replace(member, weight=1.0) for member in named(recipe.members))
    return recipe.method, recipe.request.conversation, members, recipe.begin


def _title(method: str, setting: str) -> Said | str:
    """The setting as the form calls it."""
    keys = (f"setting-{_slug(method)}-{_slug(setting)}", f"setting-{_slug(setting)}")
    return next((saying(key) for key in keys if words.has(key)), setting)


def _plain(value: Any) -> Any:
    """The value as a run file has it: a live run gives tuples where a file gives lists."""
    match value:
        case dict():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value


def _value(setting: str, value: Any) -> Shown:
    """The value as the form calls it; of several the first, in words."""
    match value:
        case dict():
            return _several([_pair(setting, *each) for each in value.items()])
        case list():
            return _several([_value(setting, each) for each in value])
        case None | "":
            return saying("notice-changed-unset")
        case bool():
            return saying("tokens-yes" if value else "tokens-no")
        case float():
            return f"{value:.15g}"
    key = f"choice-{_slug(setting)}-{_slug(value)}"
    return saying(key) if words.has(key) else quoted(str(value))


def _several(parts: list[Shown]) -> Shown:
    """The parts one after another, the first `LISTED` and how many more."""
    if not parts:
        return saying("notice-changed-unset")
    if len(parts) > LISTED:
        parts = [*parts[:LISTED], saying("notice-changed-more", n=len(parts) - LISTED)]
    *before, last = parts
    return reduce(lambda rest, part: _next(part, rest), reversed(before), last)


def _next(first: Shown, rest: Shown) -> Shown:
    return saying("notice-changed-several", first=first, rest=rest)


def _pair(setting: str, name: str, value: Any) -> Said:
    return saying("notice-changed-pair", name=quoted(name), value=_value(setting, value))


def _slug(code: Any) -> str:
    return str(code).lower().replace("_", "-")


def _effect(before: Trace, after: Trace) -> tuple[int | None, Said]:
    """What became of the answer, and the step at which a text that grew by tokens turned off."""
    if before.tokens and after.tokens and (at := _parting(before, after)) is not None:
        step = after.tokens[at].step if at < len(after.tokens) else None
        return step, saying("notice-changed-from", step=after.tokens[0].step + at + 1)
    if before.answer.strip() == after.answer.strip():
        return None, saying("notice-changed-nothing")
    old, new = (in_one_line(trace.answer) for trace in (before, after))
    if not (old and new) or old == new:  # alike as far as they can be quoted
        return None, saying("notice-changed-otherwise")
    return None, saying("notice-changed-answer", old=old, new=new)


def _parting(before: Trace, after: Trace) -> int | None:
    """The place of the first token that is not the same in both; None where all are."""
    texts = ([token.token for token in trace.tokens] for trace in (before, after))
    pairs = enumerate(zip_longest(*texts))
    return next((at for at, (one, other) in pairs if one != other), None)
