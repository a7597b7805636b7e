"""Marks of settings: what a form, a recipe or a comparison is to know beside their types."""

from dataclasses import dataclass
from typing import Literal

from fusionlab.models.base import Level


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Marks a setting of few values: one recipe under each of them is worth comparing."""

    offer: str
    """What a button says that does so."""


@dataclass(frozen=True, slots=True)
class Opens:
    """Marks a method's setting with which, at some values, models have to be more open."""

    level: Level
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Marks a setting with the part of the form that it stands in, where its kind does not say."""

    name: Literal["basic", "rule", "expert"]


@dataclass(frozen=True, slots=True)
class Pictured:
    """Marks a builder's setting that can also be set in the picture of the new model's layers."""

    part: Literal["seam", "ranges"]
    """How many layers are left out on each side of the seam, or which layers there are."""


@dataclass(frozen=True, slots=True)
class Material:
    """Marks a setting that says what is learned from: one of these names, or a file."""

    names: tuple[str, ...]
    """Of what is generated, which needs no file."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Marks a setting that names a model: the one that learns, beside the sources."""


@dataclass(frozen=True, slots=True)
class File:
    """Marks a setting that names a file; in a recipe it is seen from the recipe's folder."""

    unless: tuple[str, ...] = ()
    """Beginnings of values that name something else."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Marks an option that counts only beside sources of one kind: a form shows it there."""

    scheme: str
    """How their references begin."""


@dataclass(frozen=True, slots=True)
class Written:
    """Marks a setting that is a text to be read: it names no file, model or data. A form gives it
    several lines.
    """


@dataclass(frozen=True, slots=True)
class Listed:
    """Marks a text of names of which any that is not in a table of ours is refused: it names no
    file.
    """
