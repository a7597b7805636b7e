"""The key that a server is sent: the one that the environment binds to its host, and else none.

A recipe or a link may name any server, so a key without a host would go to whoever asks for it.
FUSIONLAB_API_KEYS binds keys to hosts, `api.mistral.ai=…, localhost:8000=…`, each written as in the
address of its server, with a port where that has one. OPENAI_API_KEY belongs to api.openai.com.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from fusionlab import network
from fusionlab.errors import SourceError
from fusionlab.secrecy import KEYS, bound
from fusionlab.words import Sentence

OPENAI, OPENAIS = "api.openai.com", "OPENAI_API_KEY"
UNBOUND = "FUSIONLAB_API_KEY"
"""What looks like a key for all hosts; it is sent to none."""
_HOST = re.compile(r"[\w.:\[\]-]+")
_UNSENDABLE = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True)
class Key:
    """What a server is sent, which may be nothing; `advice` is for where it wants another."""

    secret: str = field(repr=False)
    advice: Sentence


def key_for(url: httpx.URL) -> Key:
    """The key that is bound to the host and port of this address; an empty one where none is.

    Raises SourceError where it would be sent over plain http to another machine, where it cannot
    be sent at all, and where the table of keys cannot be read; no part of a key is told.
    """
    host = url.netloc.decode()
    is_safe = url.scheme == "https" or network.is_loopback(url.host)
    for variable, name, secret in _table():
        if _is_at(name, url):
            if not is_safe:
                raise SourceError(
                    "key-in-the-open",
                    name=name,
                    address=f"{url.scheme}://{host}",
                    variable=variable,
                )
            _check(variable, name, secret)
            values = {"variable": variable, "host": host}
            return Key(secret, Sentence("advice-key-of", values))
    return Key("", _without(host) if is_safe else Sentence("advice-key-over-https"))


def _table() -> Iterator[tuple[str, str, str]]:
    """The variable, the host and the key of all that is bound; the user's own table comes first."""
    entries = bound(os.environ.get(KEYS, ""))
    for number, (host, key) in enumerate(entries, start=1):
        if not (_HOST.fullmatch(host) and network.address(f"https://{host}") and key):
            raise SourceError("keys-entry", number=number, variable=KEYS)
    hosts = [host.lower() for host, _ in entries]
    if twice := next((host for host in hosts if hosts.count(host) > 1), None):
        raise SourceError("keys-twice", variable=KEYS, host=twice)
    yield from ((KEYS, host, key) for host, key in entries)
    if key := os.environ.get(OPENAIS, "").strip():
        yield OPENAIS, OPENAI, key


def _is_at(host: str, url: httpx.URL) -> bool:
    named = network.address(f"{url.scheme}://{host}")
    return named is not None and (named.raw_host, named.port) == (url.raw_host, url.port)


def _check(variable: str, host: str, key: str) -> None:
    if odd := _UNSENDABLE.search(key):
        raise SourceError(
            _fault(odd[0]), variable=variable, host=host, at=odd.start() + 1, length=len(key)
        )


def _fault(character: str) -> str:
    """The key of the sentence that says what is wrong with a key that has this character."""
    if character in "\r\n":
        return "key-with-line-break"
    if character.isspace():
        return "key-with-blank"
    return "key-with-control" if character.isascii() else "key-not-ascii"


def _without(host: str) -> Sentence:
    if UNBOUND in os.environ:
        values = {"unbound": UNBOUND, "variable": KEYS, "host": host}
        return Sentence("advice-key-unbound", values)
    return Sentence("advice-set-key", {"variable": KEYS, "host": host})
