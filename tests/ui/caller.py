"""A visitor without a browser: calls the app's events over HTTP with any payload."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx

PASTED = {
    "method": "vote",
    "prompt": "",
    "settings": {"candidates": ["4", "5", "4"], "meanings": False},
}
"""A vote of candidates that are pasted, so that no model is needed."""


def _client_of(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False)  # noqa: S501  http


@cache
def _config_at(url: str) -> dict[str, Any]:
    with _client_of(url) as client:
        config: dict[str, Any] = client.get("/config").json()
    return config


@dataclass
class Caller:
    """One visitor of the app at this address."""

    url: str
    visitor: str = field(default_factory=lambda: uuid.uuid4().hex[:11])

    @property
    def config(self) -> dict[str, Any]:
        """What the app says of its components and events."""
        return _config_at(self.url)

    def _client(self) -> httpx.Client:
        return _client_of(self.url)

    def component(self, elem_id: str) -> int:
        """The number of the component with this id."""
        parts = self.config["components"]
        (found,) = [part["id"] for part in parts if part["props"].get("elem_id") == elem_id]
        return int(found)

    def events_of(self, component: int, name: str = "") -> list[dict[str, Any]]:
        """The events that the component starts, or only those of this name."""
        return [
            event
            for event in self.config["dependencies"]
            if any(
                target[0] == component and name in ("", target[1]) for target in event["targets"]
            )
        ]

    def then(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """The events that follow this one."""
        return [
            other
            for other in self.config["dependencies"]
            if other.get("trigger_after") == event["id"]
        ]

    def values(self, event: dict[str, Any]) -> list[Any]:
        """What the event's inputs hold at first."""
        props = {part["id"]: part["props"] for part in self.config["components"]}
        return [props[part].get("value") for part in event["inputs"]]

    def fetch(self, path: str) -> httpx.Response:
        """What the app serves there."""
        with self._client() as client:
            return client.get(path)

    def upload(self, file: Path) -> str:
        """Where the app has put the file that is sent to it."""
        with self._client() as client, file.open("rb") as content:
            sent = client.post("/gradio_api/upload", files={"files": (file.name, content)})
        (path,) = sent.json()
        return str(path)

    def call_with_query(self, query: str) -> "Answer":
        """All that the app says to a page that is opened with this query."""
        frame = self.component("frame")
        (event,) = [
            event
            for event in self.config["dependencies"]
            if event["targets"][0][1] == "load" and frame in event["outputs"]
        ]
        return self.call(event, [None], query=query)  # nothing is remembered

    def call(
        self,
        event: dict[str, Any],
        data: list[Any],
        *,
        query: str = "",
        event_data: Any = None,
        told: threading.Event | None = None,
    ) -> "Answer":
        """What the app answers to the event, to its end; `told` is set as the event generates.

        `event_data` is what a component says with it.
        """
        body = {
            "data": data,
            "event_data": event_data,
            "fn_index": event["id"],
            "session_hash": self.visitor,
            "trigger_id": event["targets"][0][0] if event["targets"] else None,
        }
        with self._client() as client:
            joined = client.post(f"/gradio_api/queue/join{query}", json=body)
            if joined.status_code != httpx.codes.OK:
                return Answer(joined.status_code, [{"msg": "refused", "output": joined.text}])
            said = []
            for message in self._messages(client, joined.json()["event_id"]):
                said.append(message)
                if told is not None and message["msg"] == "process_generating":
                    told.set()
        return Answer(joined.status_code, said)

    def run(self, tab: str, recipe: Any, *, told: threading.Event | None = None) -> "Answer":
        """What comes of a click on Run in this tab, where its form sends this as the recipe."""
        (event,) = self.events_of(self.component(f"{tab}-recipe"), "submit")
        answer = self.call(event, _known_to_the_app(event), event_data={"recipe": recipe})
        if not answer.succeeded or answer.refused:
            return answer
        (stream,) = [then for then in self.then(event) if then["backend_fn"]]
        return self.call(stream, _known_to_the_app(stream), told=told)

    def recipe_of(self, tab: str) -> dict[str, Any]:
        """The recipe that the tab's form says at first."""
        number = self.component(f"{tab}-recipe")
        (form,) = [part for part in self.config["components"] if part["id"] == number]
        recipe: dict[str, Any] = form["props"]["value"]["recipe"]
        return deepcopy(recipe)

    def run_until_cut(self, ref: str, begun: threading.Event) -> None:
        """A long run of this model, until the app breaks the connection; says when it has begun."""
        sampling = {"max_tokens": 1024}
        recipe = {"method": "solo", "prompt": "one two", "members": [{"ref": ref}]}
        with suppress(httpx.TransportError):
            self.run("tokens", {**recipe, "sampling": sampling}, told=begun)

    def _messages(self, client: httpx.Client, event: str) -> Iterator[dict[str, Any]]:
        where, who = "/gradio_api/queue/data", {"session_hash": self.visitor}
        with client.stream("GET", where, params=who) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data:"):
                    continue
                message: dict[str, Any] = json.loads(line.removeprefix("data:"))
                yield message
                over = message["msg"] == "process_completed" and message["event_id"] == event
                if over or message["msg"] in ("close_stream", "unexpected_error"):
                    return


def _known_to_the_app(event: dict[str, Any]) -> list[None]:
    """What a browser sends for inputs that it never sees."""
    return [None] * len(event["inputs"])


@dataclass(frozen=True)
class Answer:
    """What came back: a status, and the messages of the event's stream."""

    status: int
    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """All of it as JSON."""
        return json.dumps(self.messages, ensure_ascii=False)

    @property
    def succeeded(self) -> bool:
        """Whether the event ran to its end without an exception."""
        return bool(self.messages) and bool(self.messages[-1].get("success"))

    @property
    def error(self) -> str:
        """What the visitor is shown of an exception."""
        output = self.messages[-1].get("output") or {}
        return str(output.get("error") if isinstance(output, dict) else output)

    @property
    def data(self) -> list[Any]:
        """New values for the event's outputs, in their order; none where it failed."""
        output = self.messages[-1].get("output") or {}
        return list(output.get("data") or []) if isinstance(output, dict) else []

    @property
    def values(self) -> list[dict[str, Any]]:
        """What components are given anew."""
        return [value for value in self.data if isinstance(value, dict)]

    @property
    def refused(self) -> dict[str, Any]:
        """What a form says of a recipe that it does not take; nothing where it takes it."""
        found = [value["refused"] for value in self.values if "refused" in value]
        return dict(found[0]) if found else {}

    @property
    def notice(self) -> dict[str, Any]:
        """What the frame says of a link or a file that cannot be shown; nothing where it can."""
        found = [value["notice"] for value in self.values if "notice" in value]
        return dict(found[0]) if found else {}
