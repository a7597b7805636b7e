"""Everything that can go wrong, as a tree of exceptions: what, which value, and what to do.

FusionError
├── UnknownName          a method, model or setting that is not known; suggests the nearest
├── RecipeError          a recipe that cannot be run: empty prompt, bad weight, too few members
│   ├── SettingError     a setting with a value outside its range
│   └── NoRouting        a model whose choice of experts cannot be seen: most often it has none
├── LevelTooLow          the method needs more openness than the model offers
├── VocabularyMismatch   members that were assumed to share a vocabulary do not
├── PromptTooLong        the prompt does not fit the model's context
├── SourceError          weights cannot be found, fetched or trusted
├── OutOfBudget          the models do not fit the memory budget
├── MemberError          a member failed while it ran
├── RunFileError         a run file that cannot be read
└── BenchError           a benchmark that cannot be run: a bad suite, a folder that is in use
    └── DataError        its data are broken or not to be had
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from fusionlab.secrecy import masking
from fusionlab.words import Given, Sentence, Value

LONGEST = 4_000
"""Characters of a message, whatever it quotes."""
MOST_NAMES = 1_000
"""In which one is looked for that is like another."""
SLIP, SLIP_OF_THREE = 0.75, 0.66
"""The likeness, from 0 to 1, from which a name counts as another misspelt: one letter in four."""
BEGINNING = 3
"""Letters from which a name may be told by its beginning."""


class FusionError(Exception):
    """An error meant for a person: `message` says what happened, `hint` what to do about it.

    `key` names its `sentence` in `fusionlab.words`, from which both are made in English. Its values
    may quote others; no secret is in them, and none is longer than `LONGEST`.
    """

    def __init__(self, key: str, /, **values: Given) -> None:
        self.sentence = quoting(key, values)
        super().__init__(key)

    @property
    def message(self) -> str:
        """What happened, in English."""
        return shortened(self.sentence.said(), LONGEST)

    @property
    def hint(self) -> str:
        """What to do about it, in English; nothing where there is nothing to do."""
        return shortened(self.sentence.hint(), LONGEST)

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process can raise it again, whatever its kind is made of."""
        return _again, (type(self), self.sentence)


def _again(kind: type[FusionError], sentence: Sentence) -> FusionError:
    error = kind.__new__(kind, sentence.key)
    error.sentence = sentence
    return error


def quoting(key: str, values: Mapping[str, Given]) -> Sentence:
    """The sentence of this key with values that may come from others: masked and shortened."""
    mask = masking()

    def safe(value: Given) -> Value:
        match value:
            case str():
                return mask(shortened(value, LONGEST))
            case Sentence():
                return quoted(value.key, value.values)
            case int() | float():
                return value
            case _:
                return tuple(mask(shortened(name)) for name in value)

    def quoted(key: str, values: Mapping[str, Given]) -> Sentence:
        return Sentence(key, {name: safe(value) for name, value in values.items()})

    return quoted(key, values)


class UnknownName(FusionError):
    """No thing of this name exists; the hint names the nearest or lists all.

    `kind` is the key of what it would be, such as "kind-method", and `values` what that speaks of.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], /, **values: Given) -> None:
        names = sorted(known)
        near = nearest(name, names[:MOST_NAMES])
        what = quoting(kind, values)
        if near:
            super().__init__("unknown-name-near", kind=what, name=shortened(name), near=near)
        elif names:
            all_names = listed(names)
            super().__init__(
                "unknown-name-listed", kind=what, name=shortened(name), known=all_names
            )
        else:
            super().__init__("unknown-name", kind=what, name=shortened(name))


def nearest(name: str, names: Sequence[str]) -> str:
    """The one of the names that is most likely meant; nothing where none is like enough.

    A name is meant by a slip in its letters or by their beginning, with its scheme or without.
    Neither case nor signs between words count; numbers do: a 360m is no 135m misspelt.
    """
    wanted, numbers = _letters(name), _numbers(name)
    forms = {
        _letters(form): known for known in reversed(names) for form in (known, _unprefixed(known))
    }
    alike = [form for form, known in forms.items() if numbers == _numbers(known)]
    slip = SLIP_OF_THREE if len(wanted) == BEGINNING else SLIP
    if near := get_close_matches(wanted, alike, n=1, cutoff=slip):
        return forms[near[0]]
    begun = {known for form, known in forms.items() if form.startswith(wanted)}
    return begun.pop() if len(wanted) >= BEGINNING and len(begun) == 1 else ""


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name[:LONGEST].casefold())


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name[:LONGEST])


def _unprefixed(name: str) -> str:
    """The name without its scheme."""
    return re.split(r"[:/]", name, maxsplit=1)[-1]


def listed(names: Sequence[str], most: int = 100) -> Value:
    """The names, all but the first ones only counted where there are very many."""
    shown = tuple(map(shortened, names[:most]))
    if len(names) <= most:
        return shown
    return Sentence("list-and-more", {"names": shown, "more": len(names) - most})


def shortened(text: str, most: int = 200) -> str:
    """The text, cut where it is too long for a message."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


class RecipeError(FusionError):
    """The recipe cannot be run as it stands."""


class SettingError(RecipeError):
    """A setting has a value that the method does not take."""


class NoRouting(RecipeError):
    """A model is dense, or does not tell which experts it chooses."""


class LevelTooLow(FusionError):
    """A model offers less openness than the method needs."""


class VocabularyMismatch(FusionError):
    """Members do not share a vocabulary, although the method pools them id by id."""


class PromptTooLong(FusionError):
    """Prompt and answer together do not fit the model's context."""


class SourceError(FusionError):
    """Weights cannot be found, fetched or trusted."""


class OutOfBudget(FusionError):
    """The models asked for do not fit the memory budget."""


class MemberError(FusionError):
    """A member failed as it ran: no answer in time, an error from its server, a broken stream."""


class RunFileError(FusionError):
    """A run file is malformed, or made by a newer version."""


class BenchError(FusionError):
    """The benchmark cannot be run as it stands."""


class DataError(BenchError):
    """A benchmark's data are broken, or not to be had."""
