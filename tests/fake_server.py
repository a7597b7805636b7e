"""An OpenAI-compatible server on loopback that answers as it is told to, also badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[BaseHTTPRequestHandler], None]
PAGE = "<!doctype html><html><head><title>502 Bad\nGateway</title></head>" + "<p>x</p>" * 5000


@contextmanager
def server(script: Script) -> Iterator[str]:
    """A server on loopback that answers every POST with `script`; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply("{}", status=404)(self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            script(self)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/v1"
        finally:
            http.shutdown()


def reply(
    body: str, *, status: int = 200, kind: str = "application/json", location: str = ""
) -> Script:
    def script(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        if location:
            handler.send_header("location", location)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return script


def stream(*events: Any, done: bool = True, pause: float = 0.0) -> Script:
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]

    def script(handler: BaseHTTPRequestHandler) -> None:
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
