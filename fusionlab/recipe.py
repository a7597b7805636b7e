"""What to run: method, prompt or conversation, members, settings, sampling; in TOML, JSON, a link.

One text form of a member serves command line, address and app:
`REF[,name=…][,weight=…][,system=…][,engine=…]`. A value with a comma before one of these words is
written as a JSON string: `smollm2-135m,system="Be brief,name nobody"`.

A conversation is a list of turns, `messages`, in place of the prompt; in a link each is
`message=ROLE:TEXT`. See `fusionlab.conversation`. An answer that is begun already is `begin`; in a
link `begin=TEXT`, and `begin_ids=ID-ID-…` where its tokens are known. See `fusionlab.begun`.
"""

import json
import operator
import re
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

import tomli_w
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from fusionlab.begun import Begun
from fusionlab.conversation import Message, check_asked, messages_from_json
from fusionlab.encoding import well_formed
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.faults import fault
from fusionlab.reading import read_json, read_toml, reason, reason_in_line

FORBID = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; temperature 0 is greedy, top_k 0 and top_p 1 cut nothing."""

    max_tokens: Annotated[int, Field(ge=1, le=100_000)] = 128
    temperature: Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)] = 0.0
    top_k: Annotated[int, Field(ge=0, lt=2**31)] = 0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class MemberRecipe:
    """A model as it is used in one fusion: its reference, a name, an instruction, a weight.

    `engine` names what computes it; an empty one leaves that open, and is not written.
    """

    ref: str
    name: str = ""
    weight: float = 1.0
    system: str = ""
    engine: Annotated[str, Field(exclude_if=operator.not_)] = ""

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class Request:
    """What a method is asked: a conversation, or a prompt as its only turn; and how to sample.

    Raises RecipeError where there are both, or the messages are not a conversation.
    """

    prompt: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    messages: tuple[Message, ...] = ()
    begin: Begun = field(default_factory=Begun)
    """What the answer begins with."""

    def __post_init__(self) -> None:
        check_asked(self.prompt, self.messages)

    @property
    def conversation(self) -> tuple[Message, ...]:
        """All turns, the last of them the user's."""
        return self.messages or (Message("user", self.prompt),)

    @property
    def question(self) -> str:
        """The last turn's text: what is to be answered."""
        return self.conversation[-1].content

    @property
    def earlier(self) -> tuple[Message, ...]:
        """The turns before the question."""
        return self.conversation[:-1]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a run; the same recipe gives the same events.

    Raises RecipeError where there are both a prompt and messages, or these are not a conversation.
    """

    method: str
    prompt: str = ""
    messages: Annotated[tuple[Message, ...], BeforeValidator(messages_from_json)] = field(
        default=(), kw_only=True
    )
    members: tuple[MemberRecipe, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    sampling: Sampling = Sampling()
    begin: Begun = field(default_factory=Begun, kw_only=True)

    __pydantic_config__ = FORBID

    def __post_init__(self) -> None:
        check_asked(self.prompt, self.messages)

    @property
    def request(self) -> Request:
        """What its method is asked."""
        return Request(self.prompt, self.sampling, self.messages, self.begin)

    def asking(self, question: str) -> "Recipe":
        """The same recipe with another question after the same earlier turns."""
        if not self.messages:
            return replace(self, prompt=question)
        return replace(self, messages=(*self.messages[:-1], Message("user", question)))


_ADAPTER = TypeAdapter(Recipe)
_MEMBER: TypeAdapter[MemberRecipe] = TypeAdapter(MemberRecipe)
_MISSING_FIELD = ("missing", "missing_argument", "missing_keyword_only_argument")
_UNKNOWN_FIELD = ("extra_forbidden", "unexpected_keyword_argument")
SAMPLING_FIELDS = tuple(each.name for each in fields(Sampling))
_ASKED = ("method", "prompt", "message", "member", "set", "begin", "begin_ids")
_QUERY_FIELDS = (*_ASKED, *SAMPLING_FIELDS)
SLIP = 0.8
"""The likeness, from 0 to 1, from which an unknown field counts as one of ours misspelt."""
ANY_FIELD = re.compile(r",\s*(?=\w+=)")
"""Before a field of a member or of a source."""
_MEMBER_FIELDS = ("name", "weight", "system", "engine")
_MEMBER_FIELD = re.compile(rf",\s*(?=(?:{'|'.join(_MEMBER_FIELDS)})=)")


def recipe_from_json(data: Any) -> Recipe:
    """The recipe in plain JSON data; raises RecipeError or UnknownName if it is not one."""
    try:
        return _ADAPTER.validate_python(well_formed(data))
    except ValidationError as cause:
        raise as_recipe_error(cause) from None


def recipe_to_json(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain JSON data, with the prompt or the messages, whichever it has.

    What the answer begins with is there only where it is begun.
    """
    data: dict[str, Any] = well_formed(_ADAPTER.dump_python(recipe, mode="json"))
    del data["prompt" if recipe.messages else "messages"]
    if not recipe.begin:
        del data["begin"]
    return data


def recipe_from_toml(text: str) -> Recipe:
    """The recipe in a TOML text, of the same shape as the JSON form."""
    try:
        return recipe_from_json(read_toml(text))
    except TOMLDecodeError as cause:
        raise RecipeError("recipe-not-toml", said=reason(cause)) from None


def recipe_to_toml(recipe: Recipe) -> str:
    """The recipe as TOML; raises RecipeError for a setting of None, since TOML has no null."""
    data = recipe_to_json(recipe)
    try:
        escaped = tomli_w.dumps(data)
    except TypeError as cause:
        raise RecipeError("recipe-not-for-toml", said=str(cause)) from None
    # Every line break within quotes is read as "\n": where there are others, all stay escaped.
    return escaped if "\\r" in escaped else tomli_w.dumps(data, multiline_strings=True)


def recipe_from_query(query: str) -> Recipe:
    """The recipe in the query of a shared link.

    Other fields, such as a mail's `utm_source` or the page's `__theme`, are ignored. Raises
    UnknownName for a field that looks like a misspelt one of ours, RecipeError for a bad value.
    """
    data: dict[str, Any] = {"method": "", "members": [], "settings": {}, "sampling": {}}
    for key, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        match key:
            case "method" | "prompt":
                data[key] = value
            case "message":
                data.setdefault("messages", []).append(turn_from_text(value))
            case "begin":
                data.setdefault("begin", {})["text"] = value
            case "begin_ids":
                data.setdefault("begin", {})["ids"] = value.split("-")
            case "member":
                data["members"].append(member_from_text(value))
            case "set":
                data["settings"].update([setting_from_text(value)])
            case _ if key in SAMPLING_FIELDS:
                data["sampling"][key] = value
            case _ if get_close_matches(key, _QUERY_FIELDS, n=1, cutoff=SLIP):
                raise UnknownName("kind-recipe-field", key, _QUERY_FIELDS)
    return recipe_from_json(data)


def recipe_to_query(recipe: Recipe) -> str:
    """The recipe as the query of an address, without the question mark; defaults are left out."""
    turns = [("message", f"{turn.role}:{turn.content}") for turn in recipe.messages]
    pairs = [("method", recipe.method), *(turns or [("prompt", recipe.prompt)])]
    pairs += [("member", member_to_text(member)) for member in recipe.members]
    pairs += [("set", f"{key}={json.dumps(value)}") for key, value in recipe.settings.items()]
    pairs += [("begin", recipe.begin.text)] if recipe.begin.text else []
    pairs += [("begin_ids", "-".join(map(str, recipe.begin.ids)))] if recipe.begin.ids else []
    for name in SAMPLING_FIELDS:
        value = getattr(recipe.sampling, name)
        if value != getattr(Sampling(), name):
            pairs.append((name, str(value)))
    return urlencode(pairs, errors="backslashreplace")


def member_from_text(text: str) -> MemberRecipe:
    """The member in `REF[,name=…][,weight=…][,system=…][,engine=…]`."""
    ref, rest = take_value(text, before=ANY_FIELD)
    given: dict[str, Any] = {"ref": ref.strip()}
    while rest:
        key, _, rest = rest.lstrip(", ").partition("=")
        key = key.strip()
        if key not in _MEMBER_FIELDS:
            raise UnknownName("kind-member-field", key, _MEMBER_FIELDS)
        if key in given:
            raise RecipeError("member-field-twice", member=repr(text), field=key)
        given[key], rest = take_value(rest, before=_MEMBER_FIELD)
    try:
        return _MEMBER.validate_python(well_formed(given))
    except ValidationError as cause:
        raise as_recipe_error(cause, member=text) from None


def member_to_text(member: MemberRecipe) -> str:
    """The member in the form that `member_from_text` reads."""
    parts = [_quoted(member.ref)]
    parts += [f"name={_quoted(member.name)}"] if member.name else []
    parts += [f"weight={member.weight!r}"] if member.weight != 1 else []
    parts += [f"system={_quoted(member.system)}"] if member.system else []
    parts += [f"engine={_quoted(member.engine)}"] if member.engine else []
    return ",".join(parts)


def setting_from_text(text: str) -> tuple[str, Any]:
    """Key and value of `key=value`; the value is read as JSON where it is JSON, else as text."""
    key, separator, value = text.partition("=")
    if not separator:
        raise RecipeError("setting-unwritten", text=repr(text))
    try:
        return key.strip(), read_json(value)
    except json.JSONDecodeError:
        return key.strip(), value


def named(members: tuple[MemberRecipe, ...]) -> tuple[MemberRecipe, ...]:
    """The members, each with a name of its own: the reference where none was given, numbered."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    result = []
    for member in members:
        wish = name = member.name or member.ref
        while name in taken:
            numbers[wish] = numbers.get(wish, 1) + 1
            name = f"{wish} {numbers[wish]}"
        taken.add(name)
        result.append(replace(member, name=name))
    return tuple(result)


def turn_from_text(text: str) -> dict[str, str]:
    """The turn in `ROLE:TEXT`; raises RecipeError where it is none."""
    role, separator, content = text.partition(":")
    if not separator:
        raise RecipeError("turn-unwritten", text=repr(text[:60]))
    return {"role": role.strip(), "content": content}


def take_value(text: str, before: re.Pattern[str]) -> tuple[str, str]:
    """The value that `text` begins with, up to the next field, and what follows it."""
    if text.startswith('"'):
        try:
            value, end = json.JSONDecoder().raw_decode(text)  # a string: it begins with a quote
            return value, text[end:]
        except json.JSONDecodeError as cause:
            raise RecipeError(
                "quotes-broken", text=repr(text), said=reason_in_line(cause)
            ) from None
    value, *_ = before.split(text, maxsplit=1)
    return value, text[len(value) :]


def _quoted(text: str) -> str:
    plain = re.search(r'^"|,\s*\w+=|\n', text) is None
    return text if plain else json.dumps(text, ensure_ascii=False)


def as_recipe_error(
    cause: ValidationError, member: str = "", of: type[Any] = Recipe, **parts: type[Any]
) -> RecipeError | UnknownName:
    """What is wrong with data that should be a recipe; `parts` are its parts of other kinds."""
    errors = cause.errors()
    unknown = [error for error in errors if error["type"] in _UNKNOWN_FIELD]
    first = (unknown or errors)[0]  # a misspelt field is both unknown and missing
    path = ".".join(str(part) for part in first["loc"]) or "recipe"
    if unknown:
        part = str(first["loc"][0]) if len(first["loc"]) > 1 else ""
        known = {"sampling": Sampling, "members": MemberRecipe, "begin": Begun, **parts}
        names = [each.name for each in fields(known.get(part, of))]
        return UnknownName("kind-recipe-field", str(first["loc"][-1]), names)
    if first["type"] in _MISSING_FIELD:
        return RecipeError("recipe-lacks", field=path)
    found, value = fault(first), repr(str(first.get("input"))[:60])
    if member:
        field = {"member": repr(member), "field": path}
        return RecipeError("member-field-wrong", fault=found, value=value, **field)
    return RecipeError("recipe-field-wrong", field=path, fault=found, value=value)
