"""Events as JSON and back, and JSON data that can be kept as UTF-8."""

import json
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from fusionlab.errors import RunFileError
from fusionlab.events import Event, Unknown
from fusionlab.faults import fault

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    event.__dataclass_fields__["kind"].default: TypeAdapter(event)
    for event in get_args(Event)
    if event is not Unknown
}


def event_to_json(event: Event) -> dict[str, Any]:
    """The event as plain JSON data."""
    if isinstance(event, Unknown):
        return dict(event.data)
    plain: dict[str, Any] = _ADAPTERS[event.kind].dump_python(event, mode="json")
    return plain


def event_from_json(data: Any) -> Event:
    """The event that `event_to_json` wrote; a kind not known here becomes `Unknown`.

    Raises RunFileError when the data is no event, lacks a field or has one of the wrong type.
    Fields that this version does not know are ignored; lone surrogates are escaped.
    """
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise RunFileError("event-none", value=str(data)[:80])
    adapter = _ADAPTERS.get(data["kind"])
    if adapter is None:
        return Unknown(well_formed(data))
    try:
        event: Event = adapter.validate_python(well_formed(data))
    except ValidationError as cause:
        first = cause.errors()[0]
        where = ".".join(str(part) for part in (data["kind"], *first["loc"]))
        raise RunFileError("event-field-wrong", field=where, fault=fault(first)) from None
    return event


def well_formed(value: Any) -> Any:
    """The same JSON data, every lone surrogate spelled out, so that it can be kept as UTF-8.

    Data without any are returned as they are: nearly all, so they are looked through in one go.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, TypeError):
        return _spelled_out(value)
    return value


def _spelled_out(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case dict():
            return {_spelled_out(key): _spelled_out(item) for key, item in value.items()}
        case list():
            return [_spelled_out(item) for item in value]
        case _:
            return value
