"""The way to a server: addresses, proxies of no use, patience."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from fusionlab import network
from fusionlab.engines import remote
from fusionlab.errors import FusionError, MemberError, SourceError
from fusionlab.events import Progress
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.sources import hub, references
from fusionlab.sources.schemes import parse
from tests.drained import drained
from tests.fake_server import Handler, piece, refused, server, stream

SPEC = ModelSpec("api:test#m", "remote", Level.TEXT)
PROMPT = [Message("user", "Say something.")]
OK = stream(piece("well", "stop"))
DEAD = "http://bob:hunter2@127.0.0.1:9"
"""Nothing listens there."""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme}_proxy".upper(), raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(hub, "_silent", {})
    monkeypatch.setattr(hub, "_answering", set())


@contextmanager
def refusing_proxy(status: int) -> Iterator[str]:
    """A proxy that refuses every request, with a password in its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_response(status)
            self.end_headers()

        do_GET = do_POST = do_HEAD = do_CONNECT  # noqa: N815  the names that the library calls

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield f"http://bob:hunter2@127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()


def answer(url: str) -> str:
    with closing(remote.load(url, "m", SPEC)) as model:
        return "".join(chunk.text for chunk in model.generate([PROMPT], Sampling(8)))


def said(error: FusionError) -> str:
    assert "hunter2" not in str(error) + repr(error)
    assert error.hint
    return str(error)


# addresses


@pytest.mark.parametrize(
    "query", ["key=abc", "api-key=abc", "api_key=abc", "x-apikey=abc", "access_token=a", "sig=a"]
)
def test_an_address_holds_no_key(query: str) -> None:
    with pytest.raises(SourceError, match="has a key in it"):
        parse(f"api:https://host/v1?api-version=2&{query}#m")


@pytest.mark.parametrize(
    "url",
    [
        *("http://host:99999/v1", "http://host:0/v1", "http://host:x/v1", "http://[::1"),
        *("http://a\nb/v1", "http://a\x00b/v1", "http://.../v1", "http://a..b/v1", "http://xn--/"),
        *(f"http://{'a' * 70}.com/v1", "http://é..com/v1", "ftp://host/v1", "host:80", ""),
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="not an address of an endpoint"):
        remote.load(url, "m", SPEC)


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        *[(host, True) for host in ("localhost", "LOCALHOST.", "a.localhost", "127.0.0.1")],
        *[(host, True) for host in ("127.9.9.9", "127.1", "2130706433", "::1", "0.0.0.0")],  # noqa: S104
        *[(host, True) for host in ("::ffff:127.0.0.1", "::")],
        *[(host, False) for host in ("localhost.com", "10.0.0.1", "128.0.0.1", "::2", "a", "")],
    ],
)
def test_loopback_has_many_spellings(host: str, is_it: bool) -> None:
    assert network.is_loopback(host) is is_it


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_loopback_goes_through_no_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, DEAD)
    with (
        server(OK) as url,
        closing(remote.load(url.replace("127.0.0.1", host), "m", SPEC)) as model,
    ):
        assert next(model.generate([PROMPT], Sampling(8))).text == "well"


# proxies


@pytest.mark.parametrize(
    ("variable", "address", "says"),
    [
        ("ALL_PROXY", "socks5h://bob:hunter2@127.0.0.1:9", "socks needs the package socksio"),
        ("ALL_PROXY", "socks4://bob:hunter2@127.0.0.1:9", "is not one of http, https"),
        ("HTTP_PROXY", "ftp://bob:hunter2@127.0.0.1:9", "is not one of http, https"),
        ("http_proxy", "http://bob:hunter2@[::1", "is not one of http, https"),
        ("HTTP_PROXY", DEAD, "cannot be reached through the proxy http://…@127.0.0.1:9"),
        ("ALL_PROXY", DEAD, "cannot be reached through the proxy http://…@127.0.0.1:9"),
        ("HTTP_PROXY", "bob:hunter2@127.0.0.1:9", "cannot be reached through the proxy"),
    ],
)
@pytest.mark.parametrize("of", ["api", "hub"])
def test_a_proxy_that_is_of_no_use_is_named(
    variable: str, address: str, says: str, of: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)  # not installed
    monkeypatch.setenv(variable, address)
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.test")
    asking: dict[str, Callable[[], object]] = {
        "api": lambda: remote.load("http://host.test/v1", "m", SPEC),
        "hub": lambda: drained(references.folder_for("hub:org/name")),
    }
    with pytest.raises(FusionError) as caught:
        asking[of]()
    text = said(caught.value)
    assert says in text
    assert variable in text
    assert "NO_PROXY" in caught.value.hint
    assert "damaged" not in text


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("status", [407, 403, 502])
def test_a_proxy_that_refuses_is_named(
    scheme: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing_proxy(status) as address:
        monkeypatch.setenv("ALL_PROXY", address)
        with pytest.raises(MemberError) as caught:
            answer(f"{scheme}://host.test/v1")
    text = said(caught.value)
    assert str(status) in text
    assert "ALL_PROXY" in text


def test_errors_of_what_is_no_socks_proxy_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    exceptions = pytest.importorskip("socksio.exceptions")
    monkeypatch.setenv("ALL_PROXY", "socks5h://bob:hunter2@127.0.0.1:9")
    error = exceptions.ProtocolError("Malformed reply")
    assert isinstance(error, Exception)
    assert isinstance(error, network.FOREIGN)
    trouble = network.trouble(error, httpx.URL("http://host.test/v1"), "host")
    assert trouble is not None
    assert "the proxy socks5h://…@127.0.0.1:9 that ALL_PROXY names refused" in trouble.what.said()


def test_a_broken_proxy_for_others_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "host.test")
    assert network.proxy_for(httpx.URL("http://host.test/v1")) is None
    network.client(httpx.URL("http://host.test/v1")).close()
    proxy = network.proxy_for(httpx.URL("http://other.test"))
    assert proxy is not None
    assert proxy.named.said() == "the proxy socks5h://127.0.0.1:9 that ALL_PROXY names"


def test_programs_of_ours_ask_loopback_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    assert network.straight_to_loopback()["NO_PROXY"] == network.LOOPBACK
    monkeypatch.setenv("NO_PROXY", "host.test")
    assert network.straight_to_loopback()["no_proxy"] == f"host.test,{network.LOOPBACK}"


def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at/all.pem")
    with pytest.raises(SourceError, match=r"SSL_CERT_FILE .*/nowhere/at/all\.pem"):
        remote.load("https://127.0.0.1:9/v1", "m", SPEC)


@pytest.mark.parametrize(
    ("cause", "url", "hint"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", "https://h/v1", "SSL_CERT_FILE"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version", "https://h/v1", "speak http"),
        ("[Errno 111] Connection refused", "http://h/v1", "that the server runs"),
    ],
)
def test_why_a_server_cannot_be_reached(cause: str, url: str, hint: str) -> None:
    trouble = network.trouble(httpx.ConnectError(cause), httpx.URL(url), "h")
    assert trouble is not None
    assert hint in trouble.advice.said()


def test_https_to_a_server_of_http() -> None:
    with server(OK) as url, pytest.raises(MemberError, match="speak http, and not https"):
        remote.load(url.replace("http:", "https:"), "m", SPEC)


@pytest.mark.parametrize(
    ("log", "hint"),
    [
        ("…InvalidSchema: Missing dependencies for SOCKS support.", "pysocks"),
        ("after connection broken by 'ProxyError('Cannot connect to proxy.'…", "HTTPS_PROXY"),
        ("(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] …", "SSL_CERT_FILE"),
        ("OSError: [Errno 28] No space left on device", "FUSIONLAB_HOME"),
        ("ERROR: HTTP error 403 while getting https://index/x.whl", "credentials|password"),
        ("NewConnectionError('…: Failed to establish a new connection: …", "check the network"),
        ("ERROR: No matching distribution found for x==1", "PIP_INDEX_URL"),
    ],
)
def test_what_the_log_of_a_program_means(log: str, hint: str) -> None:
    trouble = network.told_by(f"WARNING: hm\n{log}\nERROR: No matching distribution found")
    assert trouble is not None
    assert any(part in trouble.advice.said() for part in hint.split("|"))


def test_a_log_that_tells_nothing() -> None:
    assert network.told_by('File "a.py", line 403, in f\nValueError: what?') is None


# patience


def test_patience_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_MEMBER_TIMEOUT", "0.3")
    gone = threading.Event()

    def script(_: Handler) -> None:
        gone.wait(10)

    with server(script) as url:
        with pytest.raises(MemberError, match=r"did not answer for 0\.3 s") as caught:
            answer(url)
        gone.set()
    assert "FUSIONLAB_MEMBER_TIMEOUT" in caught.value.hint


@pytest.mark.parametrize("value", ["a minute", "0", "-1", "nan", "inf", "1e9"])
def test_patience_is_a_number_of_seconds(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_MEMBER_TIMEOUT", value)
    with pytest.raises(SourceError, match="FUSIONLAB_MEMBER_TIMEOUT is"):
        remote.load("http://127.0.0.1:9/v1", "m", SPEC)


def test_a_run_can_be_stopped_while_it_waits_for_a_busy_server() -> None:
    busy = refused("slow down", 429, Retry_After="30")
    with server(busy) as url, closing(remote.load(url, "m", SPEC)) as model:
        chunks = model.generate([PROMPT] * 4, Sampling(8))
        (news,) = next(chunks).news
        assert isinstance(news, Progress)
        assert (news.total, news.unit) == (30, "seconds")
        start = time.monotonic()
        closing(chunks).__exit__(None, None, None)  # type: ignore[type-var]
        assert time.monotonic() - start < 1
        assert not [t for t in threading.enumerate() if t.name.startswith("answer")]
