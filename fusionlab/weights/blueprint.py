"""What is to be merged with what: layers of several models by one rule, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fusionlab.weights.varying import Varying

Parameters = Mapping[str, Varying]
"""Settings of a rule, each of which may vary; see `fusionlab.weights.varying`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Layers `first` to `last` - 1 of one model, with the settings that it has for itself."""

    model: int
    first: int
    last: int
    parameters: Parameters = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Slice:
    """Layers of several models that become as many of the new one."""

    inputs: tuple[Span, ...]
    base: Span | None
    """What the others are differences from, where the rule wants that."""
    parameters: Parameters = field(default_factory=dict, hash=False)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Those of the models and of the base."""
        return self.inputs if self.base is None else (*self.inputs, self.base)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A merge, whole."""

    rule: str
    models: tuple[str, ...]
    """References; spans name them by their place here."""
    donor: int
    """The model whose config, tokenizer and chat template the new one has."""
    slices: tuple[Slice, ...]
    parameters: Parameters = field(default_factory=dict, hash=False)
    """Settings of the rule, and of every model that has no other for itself."""
    dtype: str = ""
    """Of the new numbers, as the file format calls it; empty for those of the donor."""
    seed: int = 0
    tokenizer: str = ""
    """base, union, or the place of a model in `models`; empty where tokens are not looked at."""
    pad_to: int = 1
    """The new vocabulary is padded to a multiple of this, where there is a new one."""
    chat_template: str = ""
    """Instead of the donor's."""

    @property
    def depth(self) -> int:
        """How many layers the new model has."""
        return sum(each.inputs[0].last - each.inputs[0].first for each in self.slices)


def scopes(blueprint: Blueprint, part: Slice, span: Span | None = None) -> Sequence[Parameters]:
    """Where a setting is looked for, one after the other: a model's own, the slice's, all."""
    own = () if span is None else (span.parameters,)
    return (*own, part.parameters, blueprint.parameters)
