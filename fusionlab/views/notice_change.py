"""What one change to the set-up did: the last run beside the one before it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import zip_longest
from typing import Any

from fusionlab import words
from fusionlab.recipe import Recipe, named
from fusionlab.trace import Trace
from fusionlab.views.noted import Noted, noted
from fusionlab.views.spoken import Said, in_one_line, quoted, saying

Change = tuple[Said | str, Any, Any]
"""What was changed, from which value to which."""


def change_notes(before: Trace | None, after: Trace) -> Iterator[Noted]:
    """One sentence where both runs ended, and one thing but no other was changed between them."""
    if before is None or not before.status == after.status == "finished":
        return
    changes = list(_changes(before.recipe, after.recipe))
    if len(changes) != 1:
        return
    ((what, old, new),) = changes
    step, effect = _effect(before, after)
    yield noted("notice-changed", step, what=what, before=old, after=new, effect=effect)


def _changes(old: Recipe, new: Recipe) -> Iterator[Change]:
    """Every weight, setting and number of sampling that differs; nothing where more than those."""
    if _else(old) != _else(new):
        return
    for first, second in zip(named(old.members), named(new.members), strict=True):
        if first.weight != second.weight:
            what = saying("notice-changed-weight", name=second.name)
            yield what, f"{first.weight:g}", f"{second.weight:g}"
    for one, other in ((old.settings, new.settings), (asdict(old.sampling), asdict(new.sampling))):
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                values = _value(name, one.get(name)), _value(name, other.get(name))
                yield _title(new.method, name), *values


def _else(recipe: Recipe) -> tuple[Any, ...]:
    """All of the set-up but weights, settings and sampling."""
    members = tuple(replace(member, weight=1.0) for member in named(recipe.members))
    return recipe.method, recipe.request.conversation, members, recipe.begin


def _title(method: str, setting: str) -> Said | str:
    """The setting as the form calls it."""
    keys = (f"setting-{_slug(method)}-{_slug(setting)}", f"setting-{_slug(setting)}")
    return next((saying(key) for key in keys if words.has(key)), setting)


def _value(setting: str, value: Any) -> Said | str:
    """The value as the form calls it."""
    key = f"choice-{_slug(setting)}-{_slug(value)}"
    return saying(key) if words.has(key) else quoted(str(value))


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
