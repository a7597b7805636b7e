"""What a form has told: it is as its fields say, or refused by the first that is not."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from fusionlab.errors import FusionError, RecipeError
from fusionlab.faults import fault

T = TypeVar("T")
LONGEST = 60
"""Characters of a wrong value that are told."""


def checked(form: TypeAdapter[T], said: Any, error: type[FusionError] = RecipeError) -> T:
    """What was said, as the form's type; raises `error` on a value of a wrong type."""
    try:
        return form.validate_python(said)
    except ValidationError as cause:
        first = cause.errors()[0]
        where, given = ".".join(map(str, first["loc"])), repr(str(first["input"])[:LONGEST])
        raise error("app-field", field=where, said=fault(first), given=given) from None
