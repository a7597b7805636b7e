"""What to compare: a prompt or conversation, members, methods with their settings, a right answer.

It has the forms of a recipe: JSON, TOML, a link. In a link `method=NAME` may come several times;
`set=key=value` belongs to the method before it, `set=NAME.key=value` to every NAME.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

import tomli_w
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from fusionlab.conversation import Message, check_asked, messages_from_json
from fusionlab.encoding import well_formed
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.reading import read_toml, reason
from fusionlab.recipe import (
    SAMPLING_FIELDS,
    SLIP,
    MemberRecipe,
    Request,
    Sampling,
    as_recipe_error,
    member_from_text,
    member_to_text,
    setting_from_text,
    turn_from_text,
)
from fusionlab.registry import all_methods
from fusionlab.text.answers import Kind, kind_of

FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Choice:
    """A method that takes part, and its settings; the others have their defaults."""

    method: str
    settings: dict[str, Any] = field(default_factory=dict)

    __pydantic_config__ = FORBID


def _as_text(value: Any) -> Any:
    return str(value) if type(value) in (int, float) else value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that decides a comparison; without methods it is of all there are.

    A temperature of 0 is greedy, but for methods that draw several samples: these have their own.
    Raises RecipeError where there are both a prompt and messages, or these are not a conversation.
    """

    prompt: str = ""
    messages: Annotated[tuple[Message, ...], BeforeValidator(messages_from_json)] = field(
        default=(), kw_only=True
    )
    members: tuple[MemberRecipe, ...] = ()
    methods: tuple[Choice, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    truth: Annotated[str, BeforeValidator(_as_text)] = ""
    """The right answer, where it is known; no member reads it."""
    answer: Kind | Literal[""] = ""
    """What kind of answer is looked for; empty: that of the right answer, else a line of text."""

    __pydantic_config__ = FORBID

    def __post_init__(self) -> None:
        check_asked(self.prompt, self.messages)

    @property
    def kind(self) -> Kind:
        """What kind of answer is looked for."""
        return self.answer or (kind_of(self.truth) if self.truth.strip() else "text")

    @property
    def question(self) -> str:
        """What is to be answered."""
        return Request(self.prompt, self.sampling, self.messages).question


_ADAPTER = TypeAdapter(Comparison)
_QUERY_FIELDS = ("prompt", "message", "member", "method", "set", "truth", "answer")


def comparison_from_json(data: Any) -> Comparison:
    """The comparison in plain JSON data; raises RecipeError or UnknownName if it is not one."""
    try:
        return _ADAPTER.validate_python(well_formed(data))
    except RecursionError:
        raise RecipeError("compare-too-deep") from None
    except ValidationError as cause:
        raise as_recipe_error(cause, of=Comparison, methods=Choice) from None


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON data, with the prompt or the messages, whichever it has."""
    data: dict[str, Any] = well_formed(_ADAPTER.dump_python(comparison, mode="json"))
    del data["prompt" if comparison.messages else "messages"]
    return data


def comparison_from_toml(text: str) -> Comparison:
    """The comparison in a TOML text, of the same shape as the JSON form."""
    try:
        return comparison_from_json(read_toml(text))
    except TOMLDecodeError as cause:
        raise RecipeError("recipe-not-toml", said=reason(cause)) from None


def comparison_to_toml(comparison: Comparison) -> str:
    """The comparison as TOML; raises RecipeError for a setting of None, as TOML has no null."""
    try:
        return tomli_w.dumps(comparison_to_json(comparison))
    except TypeError as cause:
        raise RecipeError("recipe-not-for-toml", said=str(cause)) from None


def comparison_from_query(query: str) -> Comparison:
    """The comparison in the query of a shared link.

    Other fields are ignored. Raises UnknownName for a field that looks like a misspelt one of ours,
    RecipeError for a bad value.
    """
    data: dict[str, Any] = {"members": [], "methods": [], "sampling": {}}
    common: list[str] = []
    for key, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        match key:
            case "prompt" | "truth" | "answer":
                data[key] = value
            case "message":
                data.setdefault("messages", []).append(turn_from_text(value))
            case "member":
                data["members"].append(member_from_text(value))
            case "method":
                data["methods"].append({"method": value, "settings": {}})
            case "set" if "." in value.partition("=")[0]:
                common.append(value)
            case "set":
                if not data["methods"]:
                    raise RecipeError("compare-setting-of-none", text=repr(value))
                data["methods"][-1]["settings"].update([setting_from_text(value)])
            case _ if key in SAMPLING_FIELDS:
                data["sampling"][key] = value
            case _ if get_close_matches(key, (*_QUERY_FIELDS, *SAMPLING_FIELDS), 1, SLIP):
                raise UnknownName("kind-recipe-field", key, (*_QUERY_FIELDS, *SAMPLING_FIELDS))
    return with_settings(comparison_from_json(data), common)


def comparison_to_query(comparison: Comparison) -> str:
    """The comparison as the query of an address, without the question mark."""
    pairs = [("message", f"{turn.role}:{turn.content}") for turn in comparison.messages]
    pairs = pairs or [("prompt", comparison.prompt)]
    pairs += [("member", member_to_text(member)) for member in comparison.members]
    for choice in comparison.methods:
        pairs.append(("method", choice.method))
        pairs += [("set", f"{key}={json.dumps(value)}") for key, value in choice.settings.items()]
    said = {"truth": comparison.truth, "answer": comparison.answer}
    pairs += [(name, value) for name, value in said.items() if value]
    for name in SAMPLING_FIELDS:
        value = getattr(comparison.sampling, name)
        if value != getattr(Sampling(), name):
            pairs.append((name, str(value)))
    return urlencode(pairs, errors="backslashreplace")


def with_settings(comparison: Comparison, texts: Sequence[str]) -> Comparison:
    """The same comparison with these settings, each `METHOD.key=value`, for every such method.

    Raises RecipeError where one is none, UnknownName for a method that takes no part.
    """
    if not texts:
        return comparison
    choices = comparison.methods or tuple(Choice(method.name) for method in all_methods())
    for text in texts:
        name, dot, rest = text.partition(".")
        if not dot or "=" in name:
            raise RecipeError("compare-setting-unwritten", text=repr(text))
        name, (key, value) = name.strip(), setting_from_text(rest)
        if name not in {choice.method for choice in choices}:
            raise UnknownName("kind-method-compared", name, {each.method for each in choices})
        choices = tuple(
            replace(each, settings={**each.settings, key: value}) if each.method == name else each
            for each in choices
        )
    return replace(comparison, methods=choices)
