"""A script that runs before Gradio's own; what `launch(head=…)` brings runs after them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fusionlab.assets import asset

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Callable[[], Awaitable[Message]], Send], Awaitable[None]]
HEAD = b"<head>"


class Early:
    """The app, whose first page begins with assets/early.js."""

    def __init__(self, app: Asgi) -> None:
        self.app = app
        script = asset("early.js").read_bytes()
        self.head = HEAD + b"<script>" + script + b"</script>"

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        """Answers as the app does, but for a page."""
        started: Message = {}

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                started.update(message)  # its length is known with its body
                return
            if started and message["type"] == "http.response.body":
                if message.get("more_body"):  # a file, sent piece by piece: no page of ours
                    await send({**started})
                else:
                    body = message.get("body", b"").replace(HEAD, self.head, 1)
                    message = {**message, "body": body}
                    await send(_of_length(started, len(body)))
                started.clear()
            await send(message)

        here = scope["type"] == "http" and scope["method"] == "GET"
        await self.app(scope, receive, sent if here else send)


def _is_page(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/html")
        for name, value in start["headers"]
    )


def _of_length(start: Message, length: int) -> Message:
    others = [header for header in start["headers"] if header[0] != b"content-length"]
    return {**start, "headers": [*others, (b"content-length", str(length).encode())]}
