"""A model hub on loopback: enough of its interface for the hub's own client to fetch a model."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """One model, or data set, with these files; what was asked of it is in `asked`."""

    repo: str
    files: dict[str, bytes]
    spoiled: dict[str, int] = field(default_factory=dict)
    """How many times a file comes with a changed byte."""
    seconds_per_file: float = 0.0
    status: int = 200
    asked: list[str] = field(default_factory=list)
    address: str = ""
    kind: str = "models"
    """Or "datasets"."""
    card: dict[str, Any] = field(default_factory=dict)
    """The head of its card."""

    def info(self) -> dict[str, Any]:
        return {
            "id": self.repo,
            "sha": COMMIT,
            "cardData": self.card,
            "siblings": [
                {"rfilename": name, "size": len(data), "blobId": _sha1(data), **_lfs(name, data)}
                for name, data in self.files.items()
            ],
        }

    def tree(self) -> list[dict[str, Any]]:
        return [
            {
                "type": "file",
                "path": name,
                "size": len(data),
                "oid": _sha1(data),
                **_lfs(name, data),
            }
            for name, data in self.files.items()
        ]

    def sent(self, name: str) -> bytes:
        data = self.files[name]
        if self.spoiled.get(name, 0) > 0:
            self.spoiled[name] -= 1
            return bytes([data[0] ^ 1]) + data[1:]
        return data


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    """The hub answers at `hub.address`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, *, body: bool) -> None:
            path = urlsplit(self.path).path
            hub.asked.append(f"{self.command} {path}")
            api = f"/api/{hub.kind}/{hub.repo}"
            under = "" if hub.kind == "models" else f"/{hub.kind}"
            resolve = f"{under}/{hub.repo}/resolve/{COMMIT}/"
            name = path.removeprefix(resolve)
            if path == "/":
                self.send(b"hub", {}, body)
            elif hub.status != 200:
                self.refuse("GatedRepo" if hub.status == 403 else "")
            elif path.startswith(f"{api}/tree/"):
                self.send(json.dumps(hub.tree()).encode(), {}, body)
            elif path.startswith(api):
                self.send(json.dumps(hub.info()).encode(), {}, body)
            elif path.startswith(resolve) and name in hub.files:
                data = hub.sent(name) if body else hub.files[name]
                etag = f'"{_lfs(name, hub.files[name]).get("lfs", {}).get("oid") or _sha1(data)}"'
                self.send(data, {"ETag": etag, "X-Repo-Commit": COMMIT}, body)
            else:
                self.refuse("RepoNotFound", 404)

        def send(self, data: bytes, headers: dict[str, str], body: bool) -> None:
            self.send_response(200)
            for key, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(key, value)
            self.end_headers()
            if body and "ETag" in headers and hub.seconds_per_file:
                half = len(data) // 2
                self.wfile.write(data[:half])
                time.sleep(hub.seconds_per_file)
                data = data[half:]
            if body:
                self.wfile.write(data)

        def refuse(self, code: str, status: int = 0) -> None:
            self.send_response(status or hub.status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # a client that was stopped
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except ConnectionError:
                self.close_connection = True

    return Handler


def _lfs(name: str, data: bytes) -> dict[str, Any]:
    if not name.endswith((".safetensors", ".bin", ".parquet")):
        return {}
    sha256 = hashlib.sha256(data).hexdigest()
    return {"lfs": {"sha256": sha256, "oid": sha256, "size": len(data), "pointerSize": 134}}


def _sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
