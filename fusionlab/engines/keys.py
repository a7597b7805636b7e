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

OPENAI, OPENAIS = "api.openai.com", "OPENAI_API_KEY"
UNBOUND = "FUSIONLAB_API_KEY"
"""What looks like a key for all hosts; it is sent to none."""
_HOST = re.compile(r"[\w.:\[\]-]+")
_UNSENDABLE = re.compile(r"[^!-~]")


@dataclass(frozen=True, slots=True)
class Key:
    """What a server is sent, which may be nothing; `hint` helps where it wants something else."""

    secret: str = field(repr=False)
    hint: str


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
                    f"the key for {name} is not sent to {url.scheme}://{host}: whoever stands on "
                    "the way could read it",
                    hint=f"give its address with https, or take {name} out of {variable}",
                )
            _check(variable, name, secret)
            return Key(secret, f"check the key that {variable} holds for {host}")
    return Key("", _without(host) if is_safe else "it can be sent a key over https only")


def _table() -> Iterator[tuple[str, str, str]]:
    """The variable, the host and the key of all that is bound; the user's own table comes first."""
    entries = bound(os.environ.get(KEYS, ""))
    for number, (host, key) in enumerate(entries, start=1):
        if not (_HOST.fullmatch(host) and network.address(f"https://{host}") and key):
            raise SourceError(
                f"entry {number} of {KEYS} is not a host and its key",
                hint=f'write {KEYS}="host=key, other:8000=key": no blanks within an entry, no '
                "quotes, comments or the word Bearer",
            )
    hosts = [host.lower() for host, _ in entries]
    if twice := next((host for host in hosts if hosts.count(host) > 1), None):
        raise SourceError(f"{KEYS} has two keys for {twice}", hint="leave the right one")
    yield from ((KEYS, host, key) for host, key in entries)
    if key := os.environ.get(OPENAIS, "").strip():
        yield OPENAIS, OPENAI, key


def _is_at(host: str, url: httpx.URL) -> bool:
    named = network.address(f"{url.scheme}://{host}")
    return named is not None and (named.raw_host, named.port) == (url.raw_host, url.port)


def _check(variable: str, host: str, key: str) -> None:
    if odd := _UNSENDABLE.search(key):
        raise SourceError(
            f"what {variable} holds for {host} cannot be a key: its character {odd.start() + 1} "
            f"of {len(key)} is {_kind(odd[0])}",
            hint="set it to the key alone, without quotes, comments or the word Bearer",
        )


def _kind(character: str) -> str:
    if character in "\r\n":
        return "a line break"
    if character.isspace():
        return "a blank"
    return "a control character" if character.isascii() else "not of ASCII"


def _without(host: str) -> str:
    how = f'if it wants a key, set {KEYS}="{host}=…"'
    return f"{UNBOUND} names no host and is sent to none: {how}" if UNBOUND in os.environ else how
