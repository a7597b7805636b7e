"""What a server does not take is left out or said differently, and the run says so.

OpenAI-compatible servers differ in the fields they know, and most name the field that they refuse.
A table says what is then changed; a request is changed for as long as each refusal names something
new. Limits are no such refusals: a temperature that is too high stays an error.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from fusionlab.engines.endpoint import Refused
from fusionlab.engines.routes import ASKING
from fusionlab.reading import read_json

Body = Mapping[str, Any]

REFUSING = (200, 400, 422, 500, 501)
"""Statuses with which servers refuse a field; 200 is an error in place of an answer."""
UNREADABLE = (400, 422)
BUSY = (429, 503, 529)
RETRIES = 4
BACKOFF = 1.0
"""Seconds before the first further try where the server names none; doubled for each."""
LONGEST_PAUSE = 60.0
"""A server that asks for more is not waited for."""
_SIZE = re.compile(
    r"must be|at most|at least|less than|greater than|between|maximum|minimum|range|too (?:large|"
    r"high|low|small|big|long|many)|exceed",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"\brole\b.{0,80}\bsystem\b|"
    r"\bsystem\b.{0,80}\b(?:role|messages?|prompts?|instructions?|support)|"
    r"developer instruction|roles must alternate",
    re.IGNORECASE | re.DOTALL,
)
_PAID_UP = re.compile(r"insufficient_quota|current quota|billing|credit", re.IGNORECASE)
"""Waiting does not help."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """One thing that is asked differently; `means` is the key of what that does to the run."""

    name: str
    field: str
    change: Callable[[Body], Body]
    means: str


def adapted(body: Body, names: frozenset[str]) -> Body:
    """The request with all these adaptations that concern it."""
    for adaptation in ADAPTATIONS:
        if adaptation.name in names and _concerns(adaptation, body):
            body = adaptation.change(body)
    return body


def concerning(body: Body, names: frozenset[str]) -> list[Adaptation]:
    """Those of these adaptations that change the request."""
    found = []
    for adaptation in ADAPTATIONS:
        if adaptation.name in names and _concerns(adaptation, body):
            found.append(adaptation)
            body = adaptation.change(body)
    return found


def learned(refusal: Refused, body: Body, names: frozenset[str]) -> frozenset[str]:
    """The adaptations to try after this refusal of `body`, which was adapted by `names` already.

    None are added where the refusal is about something else, or has come to an end of what helps.
    """
    if refusal.status not in REFUSING:
        return names
    now = adapted(body, names)
    params, text = _complaint(refusal.text)
    for adaptation in ADAPTATIONS:
        is_new = adaptation.name not in names and _concerns(adaptation, now)
        if is_new and _is_about(adaptation, params, text):
            return names | {adaptation.name}
    if refusal.status in UNREADABLE and not params and not _SIZE.search(text):
        return names | {a.name for a in ADAPTATIONS if a.field in OPTIONAL and a.field in now}
    return names


def pause(refusal: Refused, tries: int) -> float | None:
    """Seconds after which it is worth asking again, after so many tries; None if it is not."""
    if refusal.status not in BUSY or tries > RETRIES or _PAID_UP.search(refusal.text):
        return None
    asked = _retry_after(refusal.retry_after)
    seconds = BACKOFF * 2 ** (tries - 1) if asked is None else asked
    return seconds if seconds <= LONGEST_PAUSE else None


def _is_about(adaptation: Adaptation, params: frozenset[str], text: str) -> bool:
    if adaptation.field == "messages":
        return bool(_SYSTEM.search(text))
    if adaptation.name == "max_completion_tokens" and "max_completion_tokens" in text:
        return True
    named = params & FIELDS or re.findall(rf"(?<![\w.]){adaptation.field}\b", text)
    return adaptation.field in named and not _SIZE.search(text)


def _concerns(adaptation: Adaptation, body: Body) -> bool:
    if adaptation.field == "messages":
        return any(turn["role"] == "system" for turn in body["messages"])
    return bool(body.get(adaptation.field) is not None)


def _complaint(text: str) -> tuple[frozenset[str], str]:
    """The fields that a refusal names, and its sentences: not what it repeats of the request."""
    try:
        data = read_json(text)
    except ValueError:
        return frozenset(), text
    params, said = set[str](), []
    waiting = [data]
    while waiting:
        match waiting.pop():
            case dict() as part:
                if isinstance(loc := part.get("loc"), list):
                    params |= {str(step) for step in loc}
                if isinstance(param := part.get("param"), str):
                    params |= set(re.findall(r"\w+", param))
                told = {key: part[key] for key in _TELLING if key in part}
                said += [value for value in told.values() if isinstance(value, str)]
                waiting += [value for value in told.values() if not isinstance(value, str)]
            case list() as parts:
                waiting += parts
            case str() as sentence:
                said.append(sentence)
    return frozenset(params), " ".join(said)


def _retry_after(value: str) -> float | None:
    """Seconds, from what the header says in seconds or as a date; None where it says neither."""
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value.strip()):
        return float(value)
    try:
        return max(parsedate_to_datetime(value).timestamp() - time(), 0.0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _without(*fields: str) -> Callable[[Body], Body]:
    return lambda body: {key: value for key, value in body.items() if key not in fields}


def _renamed(body: Body) -> Body:
    return {
        "max_completion_tokens" if key == "max_tokens" else key: value
        for key, value in body.items()
    }


def at_once(body: Body) -> dict[str, Any]:
    """The request for the whole answer in one piece."""
    return {**_without("stream_options")(body), "stream": False}


def _in_the_first_turn(body: Body) -> Body:
    """The system's words stand before those of the first turn of the user."""
    turns = [dict(turn) for turn in body["messages"] if turn["role"] != "system"]
    system = [turn["content"] for turn in body["messages"] if turn["role"] == "system"]
    first = next((turn for turn in turns if turn["role"] == "user"), None)
    if first is None:
        first = {"role": "user", "content": ""}
        turns.insert(0, first)
    first["content"] = "\n\n".join(filter(None, [*system, first["content"]]))
    return {**body, "messages": turns}


_TELLING = ("error", "errors", "detail", "details", "message", "msg", "title", "description")
OPTIONAL = ("stream_options", "seed", "top_k", *ASKING)
"""What servers of their own kind most often do not know."""
ADAPTATIONS = (
    Adaptation(
        "max_completion_tokens",
        "max_tokens",
        _renamed,
        "server-max-completion-tokens",
    ),
    Adaptation(
        "no max_completion_tokens",
        "max_completion_tokens",
        _without("max_completion_tokens"),
        "server-no-limit",
    ),
    Adaptation(
        "no stream_options",
        "stream_options",
        _without("stream_options"),
        "server-no-stream-options",
    ),
    Adaptation("no stream", "stream", at_once, "server-no-stream"),
    Adaptation("no seed", "seed", _without("seed"), "server-no-seed"),
    Adaptation("no top_k", "top_k", _without("top_k"), "server-no-top-k"),
    Adaptation("no top_p", "top_p", _without("top_p"), "server-no-top-p"),
    Adaptation("no temperature", "temperature", _without("temperature"), "server-no-temperature"),
    *(Adaptation("no routes", name, _without(*ASKING), "server-routes-refused") for name in ASKING),
    Adaptation("no system", "messages", _in_the_first_turn, "server-no-system"),
)
FIELDS = frozenset(adaptation.field for adaptation in ADAPTATIONS)
