"""Hides keys, tokens and passwords: text from elsewhere passes through `masked` before it is shown.

A server may repeat the key it was given: whole or cut off, percent-encoded, escaped or in base64.
So every run of `WINDOW` characters that is also in a secret is hidden, in each of these forms.
Secrets are the keys and tokens that FusionLab uses, the passwords in the addresses of proxies and
package indexes, and those that the caller names.
"""

import base64
import html
import json
import os
import re
import string
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from urllib.parse import quote, quote_plus, unquote

WINDOW = 6
"""Shorter parts of a secret give nothing away, and occur in ordinary words."""
LONG = 12
"""A shorter key may be a word, such as "ollama", that belongs in an answer."""
HIDDEN = "…"
NAMED = ("FUSIONLAB_API_KEY", "OPENAI_API_KEY", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
KEYS = "FUSIONLAB_API_KEYS"
"""The variable that binds keys to hosts; see `bound`."""

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_USER_INFO = re.compile(r"://([^/\s]*)@")
_SHOWN_USER_INFO = re.compile(r"(?<=://)[^/\s'\"]*@")
_TOKEN = re.compile(r"\b(?:hf_|sk-)[A-Za-z0-9_-]{16,}")


def masked(text: str, *secrets: str) -> str:
    """The text with "…" in place of these secrets and those in the environment."""
    return masking(*secrets)(text)


def masking(*secrets: str) -> Callable[[str], str]:
    """`masked` for many texts: the environment is read once, now."""
    grams, words = _traces(_of_environment().union(secrets))

    def mask(text: str) -> str:
        text = _TOKEN.sub(HIDDEN, _SHOWN_USER_INFO.sub(HIDDEN + "@", text))
        return _without(text, grams, words)

    return mask


def _without(text: str, grams: frozenset[str], words: re.Pattern[str] | None) -> str:
    if words:
        text = words.sub(HIDDEN, text)
    lower = text.translate(_LOWER)
    hidden = bytearray(len(text))
    for at in range(len(text) - WINDOW + 1):
        if lower[at : at + WINDOW] in grams:
            hidden[at : at + WINDOW] = b"\1" * WINDOW
    if not any(hidden):
        return text
    runs = groupby(zip(hidden, text, strict=True), key=lambda pair: pair[0])
    return "".join(HIDDEN if hide else "".join(char for _, char in run) for hide, run in runs)


def bound(table: str) -> list[tuple[str, str]]:
    """The hosts and keys of `host=key, host=key`; any other entry is taken as a key without a host.

    Entries are separated by commas, spaces or line breaks.
    """
    entries = [entry for entry in re.split(r"[\s,]+", table) if entry]
    parts = [entry.partition("=") for entry in entries]
    return [(host, key) if equals else ("", host) for host, equals, key in parts]


class Veil:
    """Hides keys in a text that comes in pieces, wherever it is cut; short keys stay.

    The keys are those given, and those that the environment binds to hosts.
    """

    def __init__(self, *keys: str) -> None:
        known = {*keys, *_bound_keys()}
        self._keys = sorted((key for key in known if len(key) >= LONG), key=len, reverse=True)
        self._kept = ""

    def __call__(self, piece: str, *, last: bool = False) -> str:
        """What can be shown so far; the beginning of a key is kept back until more has come."""
        text = self._kept + piece
        for key in self._keys:
            text = text.replace(key, HIDDEN)
        kept = 0 if last else max((_begun(text, key) for key in self._keys), default=0)
        self._kept = text[len(text) - kept :]
        return text[: len(text) - kept]


def _begun(text: str, key: str) -> int:
    """How many characters at the end of the text may begin the key."""
    longest = min(len(text), len(key) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(key[:n])), 0)


def _bound_keys() -> list[str]:
    return [key for _, key in bound(os.environ.get(KEYS, ""))]


def _of_environment() -> frozenset[str]:
    return _secrets_of(tuple(os.environ.items()))


@lru_cache(maxsize=8)
def _secrets_of(variables: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """The keys, tokens and passwords that these variables hold."""
    environment = dict(variables)
    secrets = {environment.get(name, "") for name in NAMED}
    secrets |= {key for _, key in bound(environment.get(KEYS, ""))}
    for name, value in variables:
        is_proxy = name.lower().endswith("_proxy")
        for info in _USER_INFO.findall(f"://{value}" if is_proxy and "://" not in value else value):
            user, _, password = info.partition(":")
            secrets |= {password or user, unquote(password or user)}
    return frozenset(secrets)


@lru_cache(maxsize=8)
def _traces(secrets: frozenset[str]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """The runs that give long secrets away, in lower case; a pattern of the short ones as words."""
    pieces = {piece for secret in secrets for piece in (secret.strip(), *secret.split())}
    long = {form for piece in pieces if len(piece) >= WINDOW for form in _forms(piece)}
    grams = frozenset(
        form[at : at + WINDOW].translate(_LOWER)
        for form in long
        for at in range(len(form) - WINDOW + 1)
    )
    short = {secret.strip() for secret in secrets if 0 < len(secret.strip()) < WINDOW}
    return grams, _any_word(short)


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode("utf-8", "replace")
    yield from (secret, html.escape(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1])
    yield from (quote(raw, safe=""), quote_plus(raw), raw.hex())
    for offset in range(3):
        # Without the characters that also depend on the bytes before or after it.
        first, last = (offset * 8 + 5) // 6, (offset + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(offset) + raw).decode()[first:last]


def _any_word(words: Iterable[str]) -> re.Pattern[str] | None:
    found = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)") if found else None
