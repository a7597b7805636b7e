"""Connects to servers directly, or through the proxy that the environment names for them.

Loopback addresses never go through a proxy. Errors name a proxy by its variable, and never show its
password.
"""

import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from fusionlab.errors import SourceError
from fusionlab.secrecy import masked
from fusionlab.words import Sentence

LOOPBACK = "localhost,127.0.0.1,::1"
SCHEMES = ("http", "https", "socks5", "socks5h")


def _of_socks() -> tuple[type[Exception], ...]:
    """The errors of the SOCKS package, which httpx does not convert."""
    with suppress(ImportError):
        return (import_module("socksio.exceptions").SOCKSError,)
    return ()


FOREIGN: tuple[type[Exception], ...] = (
    *(httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, RuntimeError),
    *_of_socks(),
)
"""What httpx and the libraries below it raise; ValueError also for impossible host names."""
_CERTIFICATE = re.compile("CERTIFICATE_VERIFY_FAILED|certificate verify failed", re.IGNORECASE)
_NO_TLS = re.compile("WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|UNEXPECTED_EOF", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and the variable that names it."""

    variable: str | Sentence
    """Or the system's setting, where no variable does."""
    address: str = field(repr=False)

    @property
    def named(self) -> Sentence:
        """The proxy as part of a sentence, without its password."""
        values = {"address": masked(self.address), "variable": self.variable}
        return Sentence("proxy-named", values)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a server could not be reached, and what to do: sentences, for others to quote."""

    what: Sentence
    advice: Sentence


def address(url: str) -> httpx.URL | None:
    """The address, if it is a valid one of HTTP."""
    with suppress(httpx.InvalidURL, ValueError):
        parsed = httpx.URL(url)
        port = parsed.port is None or 0 < parsed.port < 2**16
        # Reading the decoded name as well finds broken IDNA names.
        is_host = bool(parsed.host) and _is_host(parsed.raw_host.decode())
        if parsed.scheme in ("http", "https") and is_host and port:
            return parsed
    return None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, in any spelling that its resolver accepts."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with suppress(ValueError, OSError):
        found = ipaddress.ip_address(name if ":" in name else socket.inet_aton(name))
        mapped = getattr(found, "ipv4_mapped", None) or found
        return bool(mapped.is_loopback or mapped.is_unspecified)
    return False


def proxy_for(url: httpx.URL) -> Proxy | None:
    """The proxy for this address; None for addresses of this machine."""
    proxies = getproxies()
    for scheme in (url.scheme, "all"):
        found = proxies.get(scheme)
        if found and not is_loopback(url.host) and not proxy_bypass(url.host):
            return Proxy(_variable(scheme, found), found if "://" in found else f"http://{found}")
    return None


def client(url: httpx.URL, **settings: Any) -> httpx.Client:
    """A client for this address; raises SourceError where its proxy or certificates cannot be used.

    Other proxies that are named do not matter, however broken they are.
    """
    trusted = _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    proxy = proxy_for(url)
    if proxy is None:
        return httpx.Client(verify=trusted, trust_env=False, **settings)
    try:
        way = httpx.Proxy(proxy.address)
        return httpx.Client(verify=trusted, trust_env=False, proxy=way, **settings)
    except ImportError:
        failure = SourceError(
            "proxy-needs-socksio", proxy=proxy.named, variable=proxy.variable, host=url.host
        )
    except (httpx.InvalidURL, ValueError):
        failure = SourceError(
            "proxy-address",
            proxy=proxy.named,
            schemes=SCHEMES,
            variable=proxy.variable,
            host=url.host,
        )
    raise failure  # not while that is handled, which may quote the address with its password


def trouble(cause: Exception, url: httpx.URL, server: str) -> Trouble | None:
    """What kept `server` from being reached at this address; None where it was reached."""
    said = " ".join(masked(str(cause)).split())[:200] or type(cause).__name__
    proxy = proxy_for(url)
    if _CERTIFICATE.search(said):
        return Trouble(
            Sentence("net-certificate", {"server": server, "said": said}),
            Sentence("advice-certificate"),
        )
    # The hub's own client raises errors of the same names, of a sister of this library.
    kinds = {kind.__name__ for kind in type(cause).__mro__}
    if kinds & {"ProxyError", "SOCKSError"} and proxy:
        return Trouble(
            Sentence("net-proxy-refused", {"server": server, "proxy": proxy.named, "said": said}),
            Sentence("advice-proxy-password", {"variable": proxy.variable, "host": url.host}),
        )
    if kinds & {"ConnectError", "ConnectTimeout", "UnicodeError"}:
        if proxy:
            return Trouble(
                Sentence(
                    "net-unreachable-by-proxy",
                    {"server": server, "proxy": proxy.named, "said": said},
                ),
                Sentence("advice-proxy", {"variable": proxy.variable, "host": url.host}),
            )
        tls = url.scheme == "https" and _NO_TLS.search(said)
        return Trouble(
            Sentence("net-unreachable", {"server": server, "said": said}),
            Sentence("advice-not-https") if tls else Sentence("advice-address"),
        )
    return None


def told_by(log: str) -> Trouble | None:
    """The trouble that a program's log shows, if it is a known one."""
    return next((trouble for sign, trouble in _SIGNS if sign.search(log)), None)


def straight_to_loopback() -> Mapping[str, str]:
    """Variables that keep other programs and libraries from using a proxy for this machine."""
    own = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    value = own if LOOPBACK in own else ",".join(filter(None, (own, LOOPBACK)))
    return MappingProxyType({"no_proxy": value, "NO_PROXY": value})


@cache
def _trusted(file: str | None, folder: str | None) -> ssl.SSLContext:
    """The certificates that httpx finds there, or its own; cached, since reading them is slow."""
    with suppress(OSError):
        return httpx.create_ssl_context()
    raise SourceError("certificates-unreadable", place=file or folder or "")


def _variable(scheme: str, found: str) -> str | Sentence:
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    given = (name for name in names if os.environ.get(name) == found)
    return next(given, None) or Sentence("proxy-setting", {"scheme": scheme})


def _is_host(host: str) -> bool:
    """Whether a resolver accepts it: no label is empty, or longer than 63 bytes."""
    with suppress(UnicodeError):
        return ":" in host or bool(host.rstrip(".").encode("idna"))
    return False


_SIGNS = tuple(
    (re.compile(sign, re.IGNORECASE), Trouble(what, advice))
    for sign, what, advice in (
        ("socks", Sentence("log-socks"), Sentence("advice-socks")),
        (
            "ProxyError|cannot connect to proxy|Proxy Authentication",
            Sentence("log-proxy"),
            Sentence("advice-https-proxy"),
        ),
        (
            "certificate.verify.failed",
            Sentence("log-certificate"),
            Sentence("advice-pip-certificate"),
        ),
        ("no space left|disk quota", Sentence("log-disk-full"), Sentence("advice-disk")),
        (
            "HTTP error 40[13]|40[13] (?:Client Error|Unauthorized|Forbidden)",
            Sentence("log-credentials"),
            Sentence("advice-credentials"),
        ),
        (
            "NewConnectionError|failed to establish|name or service|name resolution|timed? ?out|"
            "connection (?:broken|refused|reset)|ConnectError|unreachable|incomplete|peer closed",
            Sentence("log-no-answer"),
            Sentence("advice-network"),
        ),
        ("no matching distribution", Sentence("log-no-wheel"), Sentence("advice-index")),
    )
)
"""What the logs of pip and of the hub's client say, what it means, and what to do."""
