"""What a new model will be, before it is made: its sources, its plan, and objections to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from pydantic import JsonValue

from fusionlab.errors import RecipeError, quoting
from fusionlab.recipe import ANY_FIELD, setting_from_text, take_value
from fusionlab.words import Given, Sentence

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Source:
    """A model that a new one is made of, by its reference; nothing of it is loaded."""

    ref: str
    options: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)
    """What the builder is told of this source alone, such as its weight."""


def source_from_text(text: str) -> Source:
    """The source in `REF[,key=value]…`, as in `smollm2-135m+maths,weight=0.5`.

    A value is read as JSON where it is JSON, else as text. Raises RecipeError.
    """
    ref, rest = take_value(text, before=ANY_FIELD)
    options: dict[str, JsonValue] = {}
    while rest:
        option, rest = take_value(rest.lstrip(", "), before=ANY_FIELD)
        key, value = setting_from_text(option)
        if key in options:
            raise RecipeError("option-twice", source=repr(text), option=key)
        options[key] = value
    if not ref.strip():
        raise RecipeError("source-unnamed", text=repr(text))
    return Source(ref.strip(), options)


Severity = Literal["refused", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is known of a new model before it is made."""

    severity: Severity
    """With one that is `refused` nothing is built."""
    sentence: Sentence
    """What it is, and what to do about it as its hint."""

    @classmethod
    def of(cls, severity: Severity, key: str, /, **values: Given) -> "Finding":
        """What `fusionlab.words` has under this key."""
        return cls(severity, quoting(key, values))


Shelf = Literal["models", "zoo", "adapters"]
"""The folder of FusionLab's home in which all models of one kind stand."""


@dataclass(frozen=True, slots=True)
class Plan(Generic[D]):
    """What a builder will make: plain data, found without loading or writing anything."""

    id: str
    """Of the new model: the name of its folder."""
    shelf: Shelf
    reference: str
    """By which the model is a member when it stands on that shelf."""
    lineage: tuple[str, ...]
    """References of the models that it is made of."""
    licence: str
    details: D
    """What this builder needs to know besides: a dataclass of its own."""
    parameters: int = 0
    """Numbers in its weights; 0 where they are not reckoned beforehand, as with the next two."""
    bytes: int = 0
    """Of the files that will hold them."""
    memory: int = 0
    """The most that making it holds at once, in bytes, over what the program takes by itself."""
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> Finding | None:
        """The first reason why nothing is built; None where it can be."""
        return next((each for each in self.findings if each.severity == "refused"), None)

    def check(self) -> None:
        """Raises RecipeError with the first reason why nothing is built."""
        if self.refused is not None:
            raise RecipeError("plan-refused", cause=self.refused.sentence)
