"""Settings of a merge whose value depends on the tensor: on its depth in the model, and its name.

    0.5                              the same for all tensors
    [0, 0.5, 1]                      from the first layer to the last, linear in between
    {"self_attn": 0.3, "*": 0.7}     by what the tensor's name contains; the first that fits
    {"mlp": [0, 1]}                  both; what fits no filter has the value of a wider scope
    [{"filter": "mlp", "value": 1}]  the same, as mergekit writes it

Names and truths do not blend: of a list of them each holds for its part of the depth. Tensors
outside the layers are at the beginning of the depth, as they are in mergekit.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from fusionlab.errors import SettingError

Scalar = bool | int | float | str
Varying: TypeAlias = Any
"""A setting in one of the forms above: JSON, whose own type refers to itself."""
ALL = "*"
"""The filter that fits every tensor."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def value_at(setting: Varying, tensor: str, depth: float) -> Scalar | None:
    """The setting's value for the tensor of this name at this depth from 0 to 1.

    None where it has none for such tensors. The setting has passed `check_varying`.
    """
    match setting:
        case list() if _filtered(setting):
            return _first_fitting(
                [(_filter(each), each["value"]) for each in setting], tensor, depth
            )
        case list():
            return _blended([_scalar(each) for each in setting], depth)
        case dict() if "value" in setting:
            return _first_fitting([(_filter(setting), setting["value"])], tensor, depth)
        case dict():
            return _first_fitting(_all_last(setting), tensor, depth)
        case None:
            return None
        case _:
            return _scalar(setting)


def filters_in(setting: Varying) -> Iterator[str]:
    """What the setting looks for in names of tensors, beside the filter that fits all."""
    match setting:
        case list() if _filtered(setting):
            found = [_filter(each) for each in setting]
        case dict() if "value" in setting:
            found = [_filter(setting)]
        case dict():
            found = list(setting)
        case _:
            found = []
    yield from (each for each in found if each != ALL)


def numbers_in(setting: Varying) -> Iterator[float]:
    """All numbers that the setting has somewhere."""
    found: list[Scalar] = []

    def heard(value: Scalar) -> Scalar:
        found.append(_scalar(value))
        return value

    mapped(setting, heard)
    yield from (each for each in found if isinstance(each, int | float))


def check_varying(name: str, setting: Varying) -> None:
    """Raises SettingError where the value of the setting `name` has none of the forms above."""
    match setting:
        case list() if setting and _filtered(setting):
            good = all(_is_plain(each["value"]) for each in setting)
        case dict() if "value" in setting:
            good = set(setting) <= {"value", "filter"} and _is_plain(setting["value"])
        case dict():
            good = bool(setting) and all(map(_is_plain, setting.values()))
        case _:
            good = _is_plain(setting)
    if not good:
        raise SettingError("merge-varying", setting=name, value=repr(setting))


def mapped(setting: Varying, change: Callable[[Scalar], Scalar]) -> Varying:
    """The same setting with every value changed."""
    match setting:
        case list():
            return [mapped(each, change) for each in setting]
        case dict() if "value" in setting:
            return {**setting, "value": mapped(setting["value"], change)}
        case dict():
            return {key: mapped(value, change) for key, value in setting.items()}
        case None:
            return None
        case _:
            return change(setting)


def _first_fitting(rules: list[tuple[str, Varying]], tensor: str, depth: float) -> Scalar | None:
    for wanted, value in rules:
        if wanted == ALL or wanted in tensor:
            return value_at(value, tensor, depth)
    return None


def _blended(values: list[Scalar], depth: float) -> Scalar:
    place = depth * (len(values) - 1)
    first = int(place)
    if any(isinstance(each, bool | str) for each in values):
        return values[first]
    last = min(first + 1, len(values) - 1)
    share = place - first
    return (1 - share) * float(values[first]) + share * float(values[last])


def _scalar(value: Any) -> Scalar:
    """The value; YAML 1.1 takes numbers such as 1e-5 for text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    scalar: Scalar = value
    return scalar


def _filtered(setting: list[Any]) -> bool:
    return all(isinstance(each, dict) and "value" in each for each in setting) and bool(setting)


def _filter(rule: Mapping[str, Any]) -> str:
    return str(rule.get("filter") or ALL)


def _all_last(setting: Mapping[str, Varying]) -> list[tuple[str, Varying]]:
    return sorted(setting.items(), key=lambda rule: rule[0] == ALL)


def _is_plain(value: Any) -> bool:
    """A single value, or a list of some."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Scalar) for each in value)
    return isinstance(value, Scalar)
