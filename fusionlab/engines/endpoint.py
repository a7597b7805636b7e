"""An HTTP endpoint: JSON calls and event streams, of which every failure is a MemberError.

No error chains to what httpx said, which may hold the request with its key: they are raised where
nothing is being handled, and quote others without secrets.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from fusionlab import network
from fusionlab.encoding import well_formed
from fusionlab.engines.reading import Deadline, Hangup
from fusionlab.errors import FusionError, MemberError, PromptTooLong
from fusionlab.reading import read_json
from fusionlab.secrecy import masked
from fusionlab.words import Sentence, Value

CONNECT_SECONDS = 10.0
LONGEST_SECONDS = 3600.0
"""An answer that takes longer is given up."""
SEEDS = 2**31 - 1
"""Servers take seeds of 32 bits, and llama.cpp reads the largest as "none"."""
LONGEST_BODY = 2**22
"""Bytes of one answer, or of one event of a stream; where more is asked for, the caller says so."""
BYTES_PER_TOKEN = 4096
"""What a stream of events may have for each token of its answer."""
MOST_VALUES = 2**23
"""Of one JSON text: small ones take thirty times their bytes in memory."""
LONGEST_REFUSAL = 2**16
SAID = 200
"""At most so many characters of what a server said go into a message."""
DONE: Final[dict[str, Any]] = {"[DONE]": True}
"""Stands in a stream of events where the server says that its answer is complete."""
_UNCOMPRESSED = {"Accept-Encoding": "identity"}
"""A few compressed bytes can become billions before anybody counts them."""
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How the lines of an event stream begin."""
_TOO_LONG = re.compile(r"exceed_context_size|context_length_exceeded|maximum context length")
_OF_KEYS = re.compile(r"\b(?:api|access)[\s_-]?key|authori[sz]ation|authenticat|credential", re.I)
# Repetitions are bounded: a server must not be able to make these take long.
_TITLE = re.compile(r"<title[^>]{0,99}>(.{0,999}?)</title", re.IGNORECASE | re.DOTALL)
_STARRED = re.compile(r"[\w-]{0,24}\*{3,}[\w-]{0,24}")
"""Keys that a server has cut for us, as in sk-ab****yz."""

_OVERLOADED, _CHECK_KEY = Sentence("advice-overloaded"), Sentence("advice-key")

Shape = TypeVar("Shape", bound=BaseModel)


class Unreachable(MemberError):
    """Nothing listens at the endpoint's address."""


class Refused(MemberError):
    """The server refused a request before it answered; `text` is what it said, without secrets."""

    def __init__(
        self, key: str, status: int, text: str, retry_after: str, /, **values: Value
    ) -> None:
        super().__init__(key, **values)
        self.status = status
        self.text = text
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server at a base address, whose query stays on every request; `name` is for its errors."""

    name: str
    url: str
    key: str = field(default="", repr=False)
    timeout: float = 60.0
    """Seconds of silence after which it is given up."""
    patience_advice: Sentence = _OVERLOADED
    """What to do about its silence."""
    key_advice: Sentence = _CHECK_KEY
    """What to do where it wants another key, or one at all."""
    client: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        client = network.client(
            httpx.URL(self.url),
            headers=_UNCOMPRESSED | ({"Authorization": f"Bearer {self.key}"} if self.key else {}),
            timeout=httpx.Timeout(self.timeout, connect=min(CONNECT_SECONDS, self.timeout)),
            follow_redirects=False,
            # llama.cpp drops idle connections without a word; a new one costs under a millisecond.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        object.__setattr__(self, "client", client)

    def get(self, path: str) -> Any:
        """The JSON at `path`."""
        return self._call("GET", path, None, LONGEST_BODY)

    def post(
        self,
        path: str,
        body: dict[str, Any],
        most: int = LONGEST_BODY,
        hangup: Hangup | None = None,
    ) -> Any:
        """The JSON that answers `body`, of at most so many bytes; `hangup` ends the wait for it."""
        return self._call("POST", path, body, most, hangup)

    def events(
        self, path: str, body: dict[str, Any], hangup: Hangup, tokens: int
    ) -> Iterator[dict[str, Any]]:
        """The JSON objects of the event stream that answers `body`, and `DONE` when it says so.

        A server that does not stream gives one object, its whole answer, and `DONE`. What is far
        longer than an answer of so many tokens is an error.
        """
        try:
            with self._open("POST", path, body, hangup) as response:
                begun = False
                for content in self._payloads(response, LONGEST_BODY + BYTES_PER_TOKEN * tokens):
                    if content == b"[DONE]":
                        yield DONE
                        return
                    yield self._event(content, begun=begun)
                    begun = True
                return
        except network.FOREIGN as cause:
            failure = self._ours(cause)
        raise failure

    def checked(self, shape: type[Shape], answer: Any) -> Shape:
        """The answer in this shape; raises MemberError when it has another."""
        with contextlib.suppress(ValidationError):
            return shape.model_validate(answer)
        raise self.strange(answer)

    def strange(self, answer: Any) -> MemberError:
        """The error for an answer of an unexpected shape."""
        return MemberError("server-strange", server=self.name, said=self.said(answer))

    def said(self, what: Any) -> str:
        """What a server said, in one short line without secrets."""
        text = " ".join(self._without_secrets(str(what)[:LONGEST_REFUSAL]).split())
        return text if len(text) <= SAID else text[:SAID] + "…"

    def silence(self) -> MemberError:
        """The error for a server that said nothing for too long."""
        return MemberError(
            "server-silent",
            server=self.name,
            seconds=f"{self.timeout:g}",
            advice=self.patience_advice,
        )

    def close(self) -> None:
        """No connection is open."""
        self.client.close()

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        most: int,
        hangup: Hangup | None = None,
    ) -> Any:
        try:
            with self._open(method, path, body, hangup or Hangup()) as response:
                return self._json(self._body(response, most))
        except network.FOREIGN as cause:
            failure = self._ours(cause)
        raise failure

    @contextlib.contextmanager
    def _open(
        self, method: str, path: str, body: dict[str, Any] | None, hangup: Hangup
    ) -> Iterator[httpx.Response]:
        base = httpx.URL(self.url)
        query = b"?" + base.query if base.query else b""
        where = base.path.rstrip("/").encode() + path.encode() + query
        with (
            Deadline(self.timeout + CONNECT_SECONDS, hangup) as deadline,
            self.client.stream(
                method,
                base.copy_with(raw_path=where, fragment=None),
                json=None if body is None else well_formed(body),
                extensions={"trace": deadline.watch},
            ) as response,
        ):
            deadline.met()
            if response.headers.get("content-encoding", "").lower() not in ("", "identity"):
                status = str(response.status_code)
                raise MemberError("server-compressed", server=self.name, status=status)
            if not response.is_success:
                raise self._refusal(response)
            yield response

    def _ours(self, cause: Exception) -> MemberError:
        """The error that says what httpx said; to be raised when that is no longer handled."""
        if trouble := network.trouble(cause, httpx.URL(self.url), self.name):
            return Unreachable("server-unreachable", why=trouble.what, advice=trouble.advice)
        if isinstance(cause, httpx.TimeoutException | TimeoutError):
            return self.silence()
        return MemberError("server-broke-connection", server=self.name, said=self.said(cause))

    def _payloads(self, response: httpx.Response, most: int) -> Iterator[bytes]:
        """What each event holds; or the whole body, where it is no stream of events."""
        pending, is_stream, size = bytearray(), False, 0
        start = last = time.monotonic()
        for part in response.iter_raw():
            pending += part
            size += len(part)
            # Whether it streams is known from its first few bytes, whatever its headers say.
            is_stream = is_stream or pending[:64].lstrip(b"\xef\xbb\xbf \r\n").startswith(_FIELDS)
            if is_stream:
                *lines, pending = pending.split(b"\n")
                for content in filter(None, map(_data, lines)):
                    yield content
                    last = time.monotonic()
            elif part.strip():
                last = time.monotonic()
            for count, limit in ((len(pending), LONGEST_BODY), (size, most)):
                if count > limit:
                    raise MemberError("server-sent-too-much", server=self.name, most=limit)
            if time.monotonic() - start > LONGEST_SECONDS:
                raise MemberError(
                    "server-took-too-long", server=self.name, seconds=f"{LONGEST_SECONDS:g}"
                )
            # Comments and blanks that only keep the connection alive count as silence.
            if time.monotonic() - last > self.timeout:
                raise self.silence()
        if is_stream and (content := _data(pending)):
            yield content
        if not is_stream:
            yield bytes(pending)
            yield b"[DONE]"

    def _body(self, response: httpx.Response, most: int) -> bytes:
        content, start = bytearray(), time.monotonic()
        for part in response.iter_raw():
            content += part
            if len(content) > most:
                raise MemberError("server-answered-too-much", server=self.name, most=most)
            if time.monotonic() - start > self.timeout:
                raise self.silence()
        return bytes(content)

    def _event(self, content: bytes, *, begun: bool) -> dict[str, Any]:
        event = self._json(content)
        if not isinstance(event, dict):
            raise self.strange(event)
        if not (error := event.get("error")):
            return event
        said = self._said(content)
        if begun:
            raise MemberError("server-broke-off-with", server=self.name, said=said)
        code = error.get("code") if isinstance(error, dict) else None
        raise Refused(
            "server-broke-off-with",
            code if isinstance(code, int) else httpx.codes.BAD_REQUEST,
            self._without_secrets(content.decode("utf-8", "replace")),
            "",
            server=self.name,
            said=said,
        )

    def _json(self, content: bytes) -> Any:
        if sum(map(content.count, (b",", b"[", b"{"))) > MOST_VALUES:
            raise MemberError("server-too-many-values", server=self.name, most=MOST_VALUES)
        with contextlib.suppress(ValueError):
            return read_json(content)
        raise MemberError("server-no-json", server=self.name, said=self._said(content))

    def _refusal(self, response: httpx.Response) -> FusionError:
        status = response.status_code
        content = self._beginning(response)
        if _TOO_LONG.search(content.decode("utf-8", "replace")):
            return PromptTooLong(
                "server-prompt-too-long", server=self.name, said=self._said(content)
            )
        key, values = self._refused(response, self._said(content))
        return Refused(
            key,
            status,
            self._without_secrets(content.decode("utf-8", "replace")),
            response.headers.get("retry-after", ""),
            server=self.name,
            status=str(status),
            **values,
        )

    def _refused(
        self, response: httpx.Response, said: str | Sentence
    ) -> tuple[str, dict[str, Value]]:
        """The key of the sentence for a refusal, and what it speaks of."""
        if response.is_redirect:
            where = network.address(response.headers.get("location", ""))
            if where is None:
                return "server-redirects", {}
            place = self.said(where.copy_with(query=None, fragment=None))
            return "server-redirects-to", {"place": place}
        status, advice = response.status_code, _ADVICE.get(response.status_code, _CHECK)
        text = said.said() if isinstance(said, Sentence) else said
        if status in (401, 403) or (not self.key and _OF_KEYS.search(text)):
            advice = self.key_advice
        if status in _PROXYS and (proxy := network.proxy_for(httpx.URL(self.url))):
            advice = Sentence("advice-proxy-or", {"proxy": proxy.named, "advice": advice})
        return "server-refused", {"said": said or Sentence("said-nothing"), "advice": advice}

    def _beginning(self, response: httpx.Response) -> bytes:
        """As much of a refusal as anybody reads, whether or not it comes to an end."""
        content = bytearray()
        with contextlib.suppress(*network.FOREIGN):
            start = time.monotonic()
            for part in response.iter_raw():
                content += part
                if len(content) > LONGEST_REFUSAL or time.monotonic() - start > self.timeout:
                    break
        return bytes(content[:LONGEST_REFUSAL])

    def _said(self, content: bytes) -> str | Sentence:
        """What a body says, in one short line: its message, or its title if it is a web page."""
        text = content[:LONGEST_REFUSAL].decode("utf-8", "replace")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            error = read_json(text)["error"]
            text = str(error.get("message", error) if isinstance(error, dict) else error)
        if text.lstrip()[:1] == "<":
            if title := _TITLE.search(text):
                return Sentence("said-web-page-titled", {"title": repr(self.said(title[1]))})
            return Sentence("said-web-page")
        return self.said(text)

    def _without_secrets(self, text: str) -> str:
        return masked(_STARRED.sub("…", well_formed(text)), self.key)


class Patience:
    """Ends the wait for a server that sends, and says nothing new, for as long as it may."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._last = time.monotonic()

    def heard(self, *, news: bool) -> None:
        """Something came; raises MemberError where nothing new has come for too long."""
        now = time.monotonic()
        if news:
            self._last = now
        elif now - self._last > self._endpoint.timeout:
            raise self._endpoint.silence()


def _data(line: bytes | bytearray) -> bytes:
    """The data in a line of an event stream; nothing in comments and other fields."""
    line = line.lstrip(b"\xef\xbb\xbf")
    return bytes(line[5:].strip()) if line.startswith(b"data:") else b""


_CHECK = Sentence("advice-model-name")
_ADVICE = {
    404: Sentence("advice-v1"),
    407: Sentence("advice-proxy-user"),
    429: Sentence("advice-wait"),
    500: Sentence("advice-log"),
    502: Sentence("advice-gateway"),
    503: Sentence("advice-loading"),
    529: Sentence("advice-moment"),
}
"""What to do, by the status that a server answers."""
_PROXYS = (403, 407, 502, 503, 504)
"""What a proxy may answer in the server's name."""
