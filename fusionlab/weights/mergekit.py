"""mergekit's YAML files, read as they are (https://github.com/arcee-ai/mergekit, 0.1.5).

    models:                            slices:
      - model: org/one                   - sources:
        parameters: {weight: 0.5}            - model: org/one
      - model: org/two                         layer_range: [0, 16]
    merge_method: ties                   - sources: …
    base_model: org/base               merge_method: passthrough
    parameters: {density: 0.5}
    dtype: bfloat16

A model is a folder (seen from the file, then from where the program runs), a reference of ours, or
a name on the hub; `base+adapter` as there. What mergekit would ignore without a word is refused by
name, but for settings that another of its methods has, which are named in a finding. Other than
there, everything is reckoned in float32, whatever `dtype` says, and rounded to it once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from fusionlab.errors import FusionError, RecipeError, UnknownName
from fusionlab.faults import fault
from fusionlab.models.catalog import CATALOG
from fusionlab.reading import is_folder, read_text
from fusionlab.sources.references import base_of, settled
from fusionlab.sources.schemes import PREFIXED, parse
from fusionlab.weights.blueprint import Blueprint, Parameters, Slice, Span
from fusionlab.weights.rule import Rule
from fusionlab.weights.rules import RULES, get_rule
from fusionlab.weights.varying import Scalar, Varying, check_varying, mapped, value_at

METHODS = {
    **{name: name for name, rule in RULES.items() if rule.statistic is None},
    "ramplus_tl": "ramplus",
}
"""Our rules by the names that mergekit has for them; it knows none that needs data."""
BASE_FIRST = ("slerp", "nearswap")
"""Rules whose first model mergekit calls the base."""
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
FLAGS = ("nuslerp_flatten", "nuslerp_row_wise")
FORBID = ConfigDict(extra="forbid")


class _Model(BaseModel):
    model_config = FORBID
    model: str
    parameters: dict[str, Varying] | None = None


class _Source(_Model):
    layer_range: tuple[int, int]


class _Slice(BaseModel):
    model_config = FORBID
    sources: list[_Source]
    base_model: str | None = None
    parameters: dict[str, Varying] | None = None


class _Tokenizer(BaseModel):
    model_config = FORBID
    source: str = "union"
    pad_to_multiple_of: int | None = None


class _File(BaseModel):
    model_config = FORBID
    merge_method: str
    models: list[_Model] | None = None
    slices: list[_Slice] | None = None
    base_model: str | None = None
    parameters: dict[str, Varying] | None = None
    dtype: Literal["float32", "float16", "bfloat16"] | None = None
    out_dtype: Literal["float32", "float16", "bfloat16"] | None = None
    tokenizer_source: str | None = None
    tokenizer: _Tokenizer | None = None
    chat_template: str | None = None


@dataclass(frozen=True, slots=True)
class MergekitFile:
    """What a file says, with references of ours."""

    rule: Rule
    models: tuple[str, ...]
    """Each once, in the order in which they are named, the base first."""
    unused: tuple[str, ...]
    """Settings that only other methods have."""
    text: str
    _file: _File
    _place: Path

    def blueprint(self, depths: Sequence[int], seed: int) -> Blueprint:
        """The merge of these models, which have so many layers; raises RecipeError."""
        file = self._file
        base = self._number(file.base_model) if file.base_model else None
        if file.models:
            spans = [
                Span(n, 0, depths[n], self._parameters(each.parameters))
                for each in file.models
                for n in [self._number(each.model)]
            ]
            if base is not None and base not in [span.model for span in spans]:
                spans.append(Span(base, 0, depths[base]))
            slices = [self._slice(spans, base, {})]
        else:
            slices = [self._cut(each, base, depths) for each in file.slices or ()]
        source = file.tokenizer.source if file.tokenizer else file.tokenizer_source
        whose = source if source in (None, "base", "union") else str(self._number(source))
        return Blueprint(
            self.rule.name,
            self.models,
            0 if base is None else base,
            tuple(slices),
            self._parameters(file.parameters),
            DTYPES.get(file.out_dtype or file.dtype or "", ""),
            seed,
            whose or "",
            (file.tokenizer.pad_to_multiple_of or 1) if file.tokenizer else 1,
            file.chat_template or "",
        )

    def _cut(self, cut: _Slice, base: int | None, depths: Sequence[int]) -> Slice:
        spans = [
            Span(self._number(each.model), *each.layer_range, self._parameters(each.parameters))
            for each in cut.sources
        ]
        lengths = sorted({span.last - span.first for span in spans})
        if len(lengths) > 1 or not lengths or lengths[0] < 1 or min(s.first for s in spans) < 0:
            ranges = [f"{span.first}-{span.last}" for span in spans]
            raise RecipeError("mergekit-ranges", file=self._place.name, ranges=ranges)
        for span in spans:
            if span.last > (depth := depths[span.model]):
                raise RecipeError("range-outside", part=f"{span.first}-{span.last}", layers=depth)
        own = self._number(cut.base_model) if cut.base_model else base
        return self._slice(spans, own, self._parameters(cut.parameters))

    def _slice(self, spans: Sequence[Span], base: int | None, parameters: Parameters) -> Slice:
        theirs = [span for span in spans if span.model == base]
        others = [span for span in spans if span.model != base]
        if self.rule.base != "refused":
            return Slice(tuple(others), theirs[0] if theirs else None, parameters)
        if self.rule.name in BASE_FIRST and theirs:
            return Slice((*theirs, *others), None, parameters)
        return Slice(tuple(spans), None, parameters)

    def _number(self, name: str) -> int:
        return self.models.index(reference_of(name, self._place.parent))

    def _parameters(self, parameters: Mapping[str, Varying] | None) -> dict[str, Varying]:
        """Those that the rule has, under the names and with the values that they have here."""
        own = _names(self.rule)
        given = {**(parameters or {})}
        if "rescale" in given:
            given["rescale"] = mapped(given["rescale"], _rescale)
        if any(flag in given for flag in FLAGS) and "along" in own:
            given["along"] = _along(given)
        return {name: value for name, value in given.items() if name in own and value is not None}


def read_mergekit(place: Path) -> MergekitFile:
    """The merge in a YAML file; raises RecipeError or UnknownName with what is not understood."""
    try:
        text = read_text(place)
        data = yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as cause:
        said = " ".join(str(cause).split())
        raise RecipeError("mergekit-unreadable", file=str(place), said=said) from cause
    if not isinstance(data, dict):
        raise RecipeError("mergekit-of-another-form", file=str(place))
    try:
        file = _File.model_validate(data)
    except ValidationError as cause:
        raise _error(place, cause) from None
    return _understood(file, text, place)


def reference_of(name: str, folder: Path) -> str:
    """The reference of the model that a file in this folder calls so."""
    base, plus, adapter = name.strip().partition("+")
    for place in (folder / base, Path(base)):
        if is_folder(place):
            return settled(f"path:{place}{plus}{adapter}")
    if base.partition(":")[0] in PREFIXED:
        return name.strip()
    try:
        parse(base)
    except FusionError:
        known = {base_of(each).name: each for each in CATALOG if _takes_adapters(each)}
        return f"{known.get(base, f'hub:{base}')}{plus}{adapter}"
    return name.strip()


def _understood(file: _File, text: str, place: Path) -> MergekitFile:
    if (file.models is None) == (file.slices is None) or not (file.models or file.slices):
        raise RecipeError("mergekit-models-or-slices", file=place.name)
    if file.tokenizer and file.tokenizer_source:
        raise RecipeError("mergekit-two-tokenizers", file=place.name)
    if file.merge_method not in METHODS:
        raise UnknownName("kind-merge-rule", file.merge_method, METHODS)
    template = file.chat_template
    if template and template != "auto" and "{" not in template:
        raise RecipeError("mergekit-template", file=place.name, template=repr(template))
    rule = get_rule(METHODS[file.merge_method])
    unused = sorted({name for given in _given(file) for name in _unused(given, rule)})
    sources = [each for cut in file.slices or () for each in cut.sources]
    named = [each.model for each in (*(file.models or ()), *sources)]
    bases = [file.base_model, *(cut.base_model for cut in file.slices or ())]
    refs = {reference_of(each, place.parent) for each in named}
    lacking = [b for b in bases if b and reference_of(b, place.parent) not in refs]
    if lacking and (rule.base == "refused" and rule.name not in BASE_FIRST):
        raise RecipeError("merge-base-unused", rule=rule.name)
    source = file.tokenizer.source if file.tokenizer else file.tokenizer_source
    own = [source] if source and source not in ("base", "union") else []
    every = [*filter(None, bases), *named, *own]
    models = dict.fromkeys(reference_of(each, place.parent) for each in every)
    return MergekitFile(rule, tuple(models), tuple(unused), text, file, place)


def _given(file: _File) -> Iterator[Mapping[str, Varying]]:
    """All mappings of parameters in the file."""
    yield file.parameters or {}
    for model in file.models or ():
        yield model.parameters or {}
    for cut in file.slices or ():
        yield cut.parameters or {}
        yield from (source.parameters or {} for source in cut.sources)


def _unused(given: Mapping[str, Varying], rule: Rule) -> Iterator[str]:
    """Settings of other methods; raises UnknownName on those that no method has."""
    own = _names(rule) | ({*FLAGS} if "along" in _names(rule) else set())
    every = {name for each in RULES.values() for name in _names(each)} | {*FLAGS, "int8_mask"}
    for name, value in given.items():
        if name not in every:
            raise UnknownName("kind-setting-of", name, own, entry=rule.name)
        if value is not None:
            check_varying(name, value)
        if name not in own:
            yield name


def _names(rule: Rule) -> set[str]:
    return {*rule.of_each.model_fields, *rule.settings.model_fields}


def _rescale(value: Scalar) -> Scalar:
    return {True: "l1", False: "none"}[value] if isinstance(value, bool) else value


def _along(given: Mapping[str, Varying]) -> Varying:
    """What is one vector, by mergekit's two switches."""
    flat, rows = (value_at(given.get(flag), "", 0.0) for flag in FLAGS)
    if flat is None or flat:
        return "flat"
    return "column" if rows else "row"


def _takes_adapters(ref: str) -> bool:
    try:
        return bool(base_of(ref).name)
    except FusionError:
        return False


def _error(place: Path, cause: ValidationError) -> FusionError:
    first = cause.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        model: Any = {
            "sources": _Source,
            "slices": _Slice,
            "models": _Model,
            "tokenizer": _Tokenizer,
        }
        holders = [model[part] for part in first["loc"][:-1] if part in model]
        known = (holders[-1] if holders else _File).model_fields
        return UnknownName("kind-key-of", str(first["loc"][-1]), known, file=place.name)
    return RecipeError("mergekit-field", file=place.name, field=path, said=fault(first))
