"""The fusion methods there are. A method is one generator function; its signature is its settings.

pydantic turns the keyword-only parameters into validation, JSON schema, form and command-line
options; nothing else describes them.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from fusionlab.errors import SettingError, UnknownName
from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.models.notices import told
from fusionlab.recipe import Request

MethodFunction = Callable[..., Iterator[Event]]


@dataclass(frozen=True, slots=True)
class Method:
    """A registered fusion method."""

    name: str
    run: MethodFunction
    needs: Level
    summary: str
    paper: str
    family: str
    settings: type[BaseModel]
    min_members: int
    max_members: int | None
    temperature: float

    def check(self, settings: dict[str, Any]) -> dict[str, Any]:
        """All settings, defaults filled in; raises UnknownName or SettingError."""
        try:
            checked = self.settings.model_validate(settings)
        except ValidationError as cause:
            raise _as_setting_error(self, cause) from None
        return {name: getattr(checked, name) for name in self.settings.model_fields}


_METHODS: dict[str, Method] = {}


def fusion_method(
    name: str,
    *,
    needs: Level,
    family: str,
    paper: str = "",
    min_members: int = 1,
    max_members: int | None = None,
    temperature: float = 0.0,
) -> Callable[[MethodFunction], MethodFunction]:
    """The decorated generator is the method `name`; its docstring's first sentence sums it up.

    `temperature` is what a new recipe of this method starts with.
    """

    def register(function: MethodFunction) -> MethodFunction:
        if name in _METHODS:
            raise ValueError(f"method {name!r} is registered twice")
        summary = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
        settings = _settings_model(name, function)

        @wraps(function)
        def run(*args: Any, **settings: Any) -> Iterator[Event]:
            return told(function(*args, **settings))

        _METHODS[name] = Method(
            name,
            run,
            needs,
            summary,
            paper,
            family,
            settings,
            min_members,
            max_members,
            temperature,
        )
        return function

    return register


def get_method(name: str) -> Method:
    """The method of this name; raises UnknownName with the nearest."""
    if name not in _METHODS:
        raise UnknownName("method", name, _METHODS)
    return _METHODS[name]


def all_methods() -> Sequence[Method]:
    """All methods, in the order of their import in `fusionlab.methods`."""
    return tuple(_METHODS.values())


def _settings_model(name: str, function: MethodFunction) -> type[BaseModel]:
    fields: dict[str, Any] = {
        parameter.name: (parameter.annotation, parameter.default)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    return create_model(f"{name}_settings", __config__=ConfigDict(extra="forbid"), **fields)


def _as_setting_error(method: Method, cause: ValidationError) -> SettingError | UnknownName:
    first = cause.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return UnknownName(f"setting of {method.name}", name, method.settings.model_fields)
    return SettingError(
        f"setting {name} of {method.name}: {first['msg']}, not {first.get('input')!r}",
        hint=f"see fusionlab methods for what {method.name} takes",
    )


__all__ = ["Member", "Method", "Request", "all_methods", "fusion_method", "get_method"]
