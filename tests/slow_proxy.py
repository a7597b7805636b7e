"""A server in front of another, on loopback: it can be slow, be gone, and count what is asked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from fusionlab.engines.endpoint import Endpoint


class Proxy:
    """What stands in front of a server; its address stays the same, whatever is behind it."""

    def __init__(self, upstream: Endpoint | None, port: int) -> None:
        self.upstream = upstream
        """None: every connection is broken off."""
        self.url = f"http://127.0.0.1:{port}"
        self.delay = 0.0
        """Seconds before a completion is passed on."""
        self.completions = 0
        self.client = httpx.Client(trust_env=False, timeout=60)
        self.lock = threading.Lock()


@contextmanager
def proxied(upstream: Endpoint) -> Iterator[Proxy]:
    """A proxy in front of this server, whose key it knows."""

    class Passing(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            self._pass_on("GET", b"")

        def do_POST(self) -> None:
            self._pass_on("POST", self.rfile.read(int(self.headers["content-length"])))

        def _pass_on(self, method: str, body: bytes) -> None:
            completes = self.path == "/completion"
            with proxy.lock:
                proxy.completions += completes
            if completes:
                time.sleep(proxy.delay)
            if (there := proxy.upstream) is None:
                self.close_connection = True
                return
            headers = {"Authorization": f"Bearer {there.key}", "Content-Type": "application/json"}
            if proxy.client.is_closed:  # the test is over
                return
            answer = proxy.client.request(
                method, f"{there.url.rstrip('/')}{self.path}", content=body, headers=headers
            )
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", ""))
            self.end_headers()
            try:
                self.wfile.write(answer.content)
            except ConnectionError:  # a client that had enough
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Passing) as http:
        proxy = Proxy(upstream, http.server_port)
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield proxy
        finally:
            http.shutdown()
            thread.join()
            proxy.client.close()
