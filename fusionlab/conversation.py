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
FORM = 'write each turn as {"role": "user", "content": "…"}, with the role user or assistant'


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; what a model reads may begin with a turn of the system."""

    role: Literal["system", "user", "assistant"]
    content: str


def messages_from_json(data: Any) -> tuple[Message, ...]:
    """The turns in plain JSON data; raises RecipeError, or UnknownName for another field."""
    if not isinstance(data, list | tuple):
        raise RecipeError(f"messages is not a list of turns: {_short(data)}", hint=FORM)
    _check_count(data)
    return tuple(_message(number, turn) for number, turn in enumerate(data, start=1))


def check_messages(messages: Sequence[Message]) -> None:
    """Raises RecipeError where these turns are not a conversation that a member can answer."""
    _check_count(messages)
    for number, message in enumerate(messages, start=1):
        if message.role == "system":
            raise RecipeError(
                f"turn {number} of the conversation is a system turn",
                hint="leave it out and give the members its text as their instruction (system)",
            )
        if message.role != ROLES[(number - 1) % 2]:
            raise RecipeError(
                f"turn {number} of the conversation is the {message.role}'s, "
                f"but it is the {ROLES[(number - 1) % 2]}'s turn",
                hint="the user begins, and user and assistant take turns: join what one of them "
                "says in a row, and leave out what the assistant says first",
            )
        if number < len(messages) and not message.content.strip():
            raise RecipeError(
                f"turn {number} of the conversation is empty",
                hint="write what was said, or leave out this turn and the one after it",
            )
    if messages and messages[-1].role != "user":
        raise RecipeError(
            "the conversation ends with a turn of the assistant",
            hint="end it with what the user asks next",
        )


def check_asked(prompt: str, messages: Sequence[Message]) -> None:
    """Raises RecipeError where there are both a prompt and messages, or no good conversation."""
    if prompt and messages:
        raise RecipeError(
            "there are both a prompt and messages",
            hint="leave one of them out: a prompt is the short form of a conversation of one turn",
        )
    check_messages(messages)


def _check_count(turns: Sequence[Any]) -> None:
    if len(turns) > MOST_TURNS:
        raise RecipeError(
            f"the conversation has {len(turns):,} turns; it may have up to {MOST_TURNS:,}",
            hint="leave out the oldest",
        )


def _message(number: int, turn: Any) -> Message:
    if not isinstance(turn, dict):
        raise RecipeError(f"turn {number} of messages is not a turn: {_short(turn)}", hint=FORM)
    if others := [str(key) for key in turn if key not in ("role", "content")]:
        raise UnknownName("kind-field-of-a-turn", others[0], ("role", "content"))
    role, content = turn.get("role"), turn.get("content")
    if not isinstance(content, str):
        raise RecipeError(f"turn {number} of messages has no text as its content", hint=FORM)
    match role:
        case "system" | "user" | "assistant":
            return Message(role, content)
        case _:
            raise RecipeError(f"turn {number} of messages has the role {_short(role)}", hint=FORM)


def _short(value: Any) -> str:
    return repr(str(value)[:60])
