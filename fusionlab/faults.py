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
        "finite_number": "not-finite",
        "float_parsing": "not-a-number",
        "float_type": "not-a-number",
        "greater_than": "not-above",
        "greater_than_equal": "not-from",
        "int_from_float": "not-a-whole-number",
        "int_parsing": "not-a-whole-number",
        "int_parsing_size": "not-a-whole-number",
        "int_type": "not-a-whole-number",
        "less_than": "not-below",
        "less_than_equal": "not-up-to",
        "list_type": "not-a-list",
        "literal_error": "not-one-of",
        "missing": "lacking",
        "string_type": "not-a-text",
        "too_long": "too-many-items",
        "tuple_type": "not-a-list",
    }
)
"""The sentence for each kind of error; any other is quoted in pydantic's own words."""
BOUNDS = ("ge", "gt", "le", "lt", "max_length")


def fault(error: ErrorDetails) -> Sentence:
    """What is wrong with the value; where it stands and what it is are not in the sentence."""
    context = error.get("ctx", {})
    values: dict[str, Value] = {name: context[name] for name in BOUNDS if name in context}
    if "expected" in context:
        values["expected"] = _choices(context["expected"])
    if key := FAULTS.get(error["type"]):
        return Sentence(key, values)
    return Sentence("fault-quoted", {"said": error["msg"]})


def _choices(expected: str) -> tuple[str, ...]:
    """The values that pydantic lists as `'a', 'b' or 'c'`."""
    some, _, last = expected.rpartition(" or ")
    return (*some.split(", "), last) if some else (last,)
