"""An OpenAI-compatible server on loopback that answers as it is told to, also badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Handler"], None]
PAGE = "<!doctype html><html><head><title>502 Bad\nGateway</title></head>" + "<p>x</p>" * 5000


class Handler(BaseHTTPRequestHandler):
    """One request; `asked` is its JSON body."""

    asked: Any = None

    def log_message(self, *_: Any) -> None: ...


@contextmanager
def server(script: Script, get: Script | None = None) -> Iterator[str]:
    """A server on loopback that answers every POST with `script`; its address.

    GETs are answered with `get`, or not found.
    """

    class Scripted(Handler):
        def do_GET(self) -> None:
            (get or reply("{}", status=404))(self)

        def do_POST(self) -> None:
            self.asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with suppress(ConnectionError):  # a client that had enough
                script(self)

    with ThreadingHTTPServer(("127.0.0.1", 0), Scripted) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/v1"
        finally:
            http.shutdown()


def reply(
    body: str, *, status: int = 200, kind: str = "application/json", **headers: str
) -> Script:
    def script(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return script


def stream(*events: Any, done: bool = True, pause: float = 0.0) -> Script:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]

    def script(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        for line in [*lines, *(["[DONE]"] if done else [])]:
            handler.wfile.write(f"data: {line}\n\n".encode())
            handler.wfile.flush()
            time.sleep(pause)

    return script


def piece(text: Any, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


def refused(message: str, status: int = 400, **headers: str) -> Script:
    """An error in OpenAI's form."""
    return reply(json.dumps({"error": {"message": message}}), status=status, **headers)


def first(*scripts: Script) -> Script:
    """One script a request, in order; the last one for all further ones."""
    waiting = list(scripts)
    return lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


def unless(is_bad: Callable[[Any], bool], refusal: Script, answer: Script) -> Script:
    """The refusal for requests that are bad, the answer for others."""
    return lambda handler: (refusal if is_bad(handler.asked) else answer)(handler)
