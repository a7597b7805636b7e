"""What a process of ours does first: it speaks for itself, on any console, behind any proxy.

Called by the command line and by app.py before the large libraries are imported, never on import:
a program that uses FusionLab as a library keeps its own settings.
"""

import logging
import os
import sys
import warnings
from io import TextIOWrapper

QUIET = {"TRANSFORMERS_VERBOSITY": "error", "HF_HUB_VERBOSITY": "error"}
"""Variables by which libraries are told to leave out what only their developers need."""


def prepare() -> None:
    """Only words of ours reach the console, and none of them fails to."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a console that lacks a character shows its number
            stream.reconfigure(errors="backslashreplace")
    if not sys.warnoptions:  # unless somebody asks for them with -W
        warnings.simplefilter("ignore")
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.ERROR)


def serve_behind_proxies() -> None:
    """The app can ask itself whether it is up, whatever proxies the environment names.

    One that no library here can use would keep them from being imported: it is left out, by name.
    """
    import httpx

    from fusionlab.network import SCHEMES, straight_to_loopback

    for name, address in list(os.environ.items()):
        scheme, _, rest = name.lower().partition("_")
        if rest != "proxy" or scheme not in ("http", "https", "all") or not address:
            continue
        try:
            httpx.Client(proxy=address, trust_env=False).close()
        except (ImportError, ValueError, httpx.InvalidURL):
            del os.environ[name]
            kinds = ", ".join(SCHEMES)
            sys.stderr.write(f"{name} names no proxy of {kinds}: it is left out\n")
    os.environ.update(straight_to_loopback())
