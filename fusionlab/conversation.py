"""A conversation: turns of a user and an assistant, the last of which is to be answered.

The user begins and the two take turns, as the strictest chat templates and servers have it. There
is no system turn: each member has an instruction of its own, which stands before the conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fusionlab.errors import RecipeError, UnknownName

MOST_TURNS = 1_000
"""Of one conversation."""
ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; what a model reads may begin with a turn of the system."""

    role: Literal["system", "user", "assistant"]
    content: str


def messages_from_json(data: Any) -> tuple[Message, ...]:
    """The turns in plain JSON data; raises RecipeError, or UnknownName for another field."""
    if not isinstance(data, list | tuple):
        raise RecipeError("messages-no-list", value=_short(data))
    _check_count(data)
    return tuple(_message(number, turn) for number, turn in enumerate(data, start=1))


def check_messages(messages: Sequence[Message]) -> None:
    """Raises RecipeError where these turns are not a conversation that a member can answer."""
    _check_count(messages)
    for number, message in enumerate(messages, start=1):
        if message.role == "system":
            raise RecipeError("turn-of-the-system", number=number)
        if message.role != ROLES[(number - 1) % 2]:
            raise _out_of_turn(message, number)
        if number < len(messages) and not message.content.strip():
            raise RecipeError("turn-empty", number=number)
    if messages and messages[-1].role != "user":
        raise RecipeError("turn-of-the-assistant-last")


def check_asked(prompt: str, messages: Sequence[Message]) -> None:
    """Raises RecipeError where there are both a prompt and messages, or no good conversation."""
    if prompt and messages:
        raise RecipeError("prompt-and-messages")
    check_messages(messages)


def _out_of_turn(message: Message, number: int) -> RecipeError:
    if message.role == "user":
        return RecipeError("turn-of-the-assistant", number=number)
    return RecipeError("turn-of-the-user", number=number)


def _check_count(turns: Sequence[Any]) -> None:
    if len(turns) > MOST_TURNS:
        raise RecipeError("turns-too-many", turns=len(turns), most=MOST_TURNS)


def _message(number: int, turn: Any) -> Message:
    if not isinstance(turn, dict):
        raise RecipeError("turn-no-table", number=number, value=_short(turn))
    if others := [str(key) for key in turn if key not in ("role", "content")]:
        raise UnknownName("kind-field-of-a-turn", others[0], ("role", "content"))
    role, content = turn.get("role"), turn.get("content")
    if not isinstance(content, str):
        raise RecipeError("turn-without-text", number=number)
    match role:
        case "system" | "user" | "assistant":
            return Message(role, content)
        case _:
            raise RecipeError("turn-of-another-role", number=number, role=_short(role))


def _short(value: Any) -> str:
    return repr(str(value)[:60])
