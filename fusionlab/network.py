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

    variable: str
    address: str = field(repr=False)

    def __str__(self) -> str:
        return f"the proxy {masked(self.address)} that {self.variable} names"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a server could not be reached, as the end of a sentence about it; and what to do."""

    what: str
    hint: str


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
        why = "socks needs the package socksio"
    except (httpx.InvalidURL, ValueError):
        why = f"its address is not one of {', '.join(SCHEMES)}"
    raise unusable(proxy, url.host, why)


def unusable(proxy: Proxy, host: str, why: str) -> SourceError:
    """The error for a proxy that cannot be used."""
    install = "pip install socksio, " if "socksio" in why else ""
    return SourceError(
        f"{proxy} cannot be used: {why}",
        hint=f"{install}unset {proxy.variable}, or go without a proxy by adding {host} to NO_PROXY",
    )


def trouble(cause: Exception, url: httpx.URL) -> Trouble | None:
    """What kept this address from being reached; None where its server was reached."""
    said = " ".join(masked(str(cause)).split())[:200] or type(cause).__name__
    proxy = proxy_for(url)
    if _CERTIFICATE.search(said):
        return Trouble(
            f"has a certificate that cannot be trusted: {said}",
            "if you trust it, name the file of its authority's certificate in SSL_CERT_FILE",
        )
    # The hub's own client raises errors of the same names, of a sister of this library.
    kinds = {kind.__name__ for kind in type(cause).__mro__}
    if kinds & {"ProxyError", "SOCKSError"} and proxy:
        return Trouble(
            f"cannot be reached: {proxy} refused: {said}",
            f"check {proxy.variable} and its password, or add {url.host} to NO_PROXY",
        )
    if kinds & {"ConnectError", "ConnectTimeout", "UnicodeError"}:
        if proxy:
            return Trouble(
                f"cannot be reached through {proxy}: {said}",
                f"check that the proxy runs, unset {proxy.variable}, or add {url.host} to NO_PROXY",
            )
        tls = url.scheme == "https" and _NO_TLS.search(said)
        hint = "does this server speak http, and not https?" if tls else ""
        return Trouble(
            f"cannot be reached: {said}", hint or "check the address, and that the server runs"
        )
    return None


def told_by(log: str) -> Trouble | None:
    """The trouble that a program's log shows, if it is a known one."""
    found = (Trouble(what, hint) for sign, what, hint in _SIGNS if sign.search(log))
    return next(found, None)


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
    raise SourceError(
        f"the certificates that SSL_CERT_FILE or SSL_CERT_DIR names cannot be read: "
        f"{file or folder}",
        hint="name a file of certificates in PEM form, or unset the variable",
    )


def _variable(scheme: str, found: str) -> str:
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    given = (name for name in names if os.environ.get(name) == found)
    return next(given, f"the system's setting for {scheme}")


def _is_host(host: str) -> bool:
    """Whether a resolver accepts it: no label is empty, or longer than 63 bytes."""
    with suppress(UnicodeError):
        return ":" in host or bool(host.rstrip(".").encode("idna"))
    return False


_SIGNS = tuple(
    (re.compile(sign, re.IGNORECASE), what, hint)
    for sign, what, hint in (
        (
            "socks",
            "a SOCKS proxy needs a package that is not installed",
            "pip install pysocks socksio, or unset ALL_PROXY",
        ),
        (
            "ProxyError|cannot connect to proxy|Proxy Authentication",
            "the proxy does not answer or refuses",
            "check HTTPS_PROXY and its password, or add the server to NO_PROXY",
        ),
        (
            "certificate.verify.failed",
            "the server's certificate cannot be trusted",
            "if you trust it, name the file of its authority's certificate in SSL_CERT_FILE "
            "(and in PIP_CERT)",
        ),
        (
            "no space left|disk quota",
            "the disk is full",
            "free some space, or set FUSIONLAB_HOME to a folder with more of it",
        ),
        (
            "HTTP error 40[13]|40[13] (?:Client Error|Unauthorized|Forbidden)",
            "the server wants other credentials",
            "for the hub set HF_TOKEN, for a package index the password in its address",
        ),
        (
            "NewConnectionError|failed to establish|name or service|name resolution|timed? ?out|"
            "connection (?:broken|refused|reset)|ConnectError|unreachable|incomplete|peer closed",
            "the server does not answer, or broke the connection",
            "check the network, and try again",
        ),
        (
            "no matching distribution",
            "the package index does not have it",
            "try another package index: PIP_INDEX_URL names it",
        ),
    )
)
"""What the logs of pip and of the hub's client say, what it means, and what to do."""
