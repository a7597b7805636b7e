"""Columns as data sets usually call them, under the names that a line of ours has.

`text` · `messages` · `prompt`, `completion` · `prompt`, `chosen`, `rejected`; these are also called
`content`; `conversations` with `from` and `value`; `question`, `answer` or `instruction`, `input`,
`output`; and pairs may be whole conversations that differ in their last turn.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Objective = Literal["continue", "instruct", "prefer"]

TEXTS = ("text", "content")
TALKS = ("messages", "conversations", "conversation")
ANSWERED = (
    ("prompt", "completion"),
    ("prompt", "response"),
    ("question", "answer"),
    ("question", "response"),
    ("instruction", "output"),
    ("instruction", "response"),
    ("query", "response"),
    ("input", "output"),
)
ASKED = ("prompt", "question", "instruction", "query", "input")
SYSTEMS = ("system", "system_prompt")
ROLES = {"human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant"}
"""Names of roles elsewhere."""


def usual(row: Mapping[str, Any], objective: Objective) -> Mapping[str, Any] | None:
    """The row under our names; None where its columns are not among the usual ones."""
    match objective:
        case "continue":
            name = next((name for name in TEXTS if name in row), None)
            return {"text": row[name]} if name else None
        case "instruct":
            return _talk(row)
        case _:
            return _pair(row)


def _talk(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for name in TALKS:
        if row.get(name) is not None:
            return {"messages": _turns(row[name])}
    for asked, answer in ANSWERED:
        if asked in row and answer in row:
            return {"prompt": _prompt(row, asked), "completion": row[answer]}
    return None


def _pair(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "chosen" not in row or "rejected" not in row:
        return None
    chosen, rejected = _turns(row["chosen"]), _turns(row["rejected"])
    asked = next((name for name in ASKED if row.get(name)), "")
    if not (_is_talk(chosen) and _is_talk(rejected)):
        given = {"chosen": chosen, "rejected": rejected}
        return {"prompt": _prompt(row, asked), **given} if asked else None
    before = list(chosen[:-1])
    ends = {"chosen": chosen[-1].get("content"), "rejected": rejected[-1].get("content")}
    return {"prompt": before or _prompt(row, asked) if before or asked else None, **ends}


def _prompt(row: Mapping[str, Any], asked: str) -> Any:
    """What is asked, with what stands beside it: an instruction's input, and a system's message."""
    prompt, beside = row[asked], row.get("input")
    if not isinstance(prompt, str):
        return _turns(prompt)
    if asked == "instruction" and isinstance(beside, str) and beside.strip():
        prompt = f"{prompt}\n\n{beside}"
    system = next((row[name] for name in SYSTEMS if name in row), None)
    if isinstance(system, str) and system.strip():
        turns = (("system", system), ("user", prompt))
        return [{"role": role, "content": content} for role, content in turns]
    return prompt


def _turns(given: Any) -> Any:
    """Turns with `role` and `content`; what are none stays as it is."""
    return [_turn(each) for each in given] if isinstance(given, list) else given


def _turn(given: Any) -> Any:
    match given:
        case {"from": str(role), "value": content} | {"role": str(role), "content": content}:
            return {"role": ROLES.get(role, role), "content": content}
    return given


def _is_talk(given: Any) -> bool:
    return (
        isinstance(given, Sequence)
        and not isinstance(given, str)
        and bool(given)
        and isinstance(given[-1], Mapping)
    )
