"""What pydantic finds wrong with a value, as a sentence of ours."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic_core import ErrorDetails

from fusionlab.words import Sentence, Value

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "bool_parsing": "not-yes-or-no",
        "bool_type": "not-yes-or-no",
        "dataclass_type": "not-a-table",
        "dict_type": "not-a-table",
        "enum": "not-one-of",
        "extra_forbidden": "not-known",
        "finite_number": "not-finite",
        "float_parsing": "not-a-number",
        "float_type": "not-a-number",
        "greater_than": "not-above",
        "greater_than_equal": "not-from",
        "int_from_float": "not-a-whole-number",
        "int_parsing": "not-a-whole-number",
        "int_parsing_size": "not-a-whole-number",
        "int_type": "not-a-whole-number",
        "iterable_type": "not-a-list",
        "less_than": "not-below",
        "less_than_equal": "not-up-to",
        "list_type": "not-a-list",
        "literal_error": "not-one-of",
        "mapping_type": "not-a-table",
        "missing": "lacking",
        "missing_argument": "lacking",
        "missing_keyword_only_argument": "lacking",
        "model_type": "not-a-table",
        "none_required": "not-nothing",
        "recursion_loop": "read-too-deep",
        "set_type": "not-a-list",
        "string_pattern_mismatch": "not-of-the-form",
        "string_too_long": "too-many-characters",
        "string_too_short": "too-few-characters",
        "string_type": "not-a-text",
        "string_unicode": "not-a-text",
        "too_long": "too-many-items",
        "too_short": "too-few-items",
        "tuple_type": "not-a-list",
        "unexpected_keyword_argument": "not-known",
        "union_tag_invalid": "not-one-of",
        "union_tag_not_found": "lacking",
    }
)
"""The sentence for each kind of error; any other is quoted in pydantic's own words."""
BOUNDS = ("ge", "gt", "le", "lt", "max_length", "min_length", "pattern")


def fault(error: ErrorDetails) -> Sentence:
    """What is wrong with the value; where it stands and what it is are not in the sentence."""
    context = error.get("ctx", {})
    values: dict[str, Value] = {name: context[name] for name in BOUNDS if name in context}
    if expected := context.get("expected", context.get("expected_tags")):
        values["expected"] = _choices(expected)
    if key := FAULTS.get(error["type"]):
        return Sentence(key, values)
    return Sentence("fault-quoted", {"said": error["msg"]})


def _choices(expected: str) -> tuple[str, ...]:
    """The values that pydantic lists as `'a', 'b' or 'c'`, or all with commas."""
    some, _, last = expected.rpartition(" or ")
    return (*some.split(", "), last) if some else tuple(last.split(", "))
