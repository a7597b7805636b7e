"""Joins a Ray cluster, or starts one on this machine that ends with whoever started it.

Ray is an extra. What it has to say reaches nobody: its logs are off, its failures are sentences of
ours, and it reports to nobody how it is used. A cluster of one's own listens on this machine only,
under a token of its own. https://docs.ray.io
"""

import logging
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.errors import BenchError, shortened

LOCAL = "local"
"""The address that starts a cluster."""
AUTO = "auto"
"""The address of the cluster that this machine is a part of."""
STORE = 100_000_000
"""Bytes that Ray sets aside to pass answers on; by default it is a third of the memory."""
SHORT = "/tmp"  # noqa: S108  the folder itself has a name that nobody can guess
"""Where it keeps its logs and sockets meanwhile: the path of a socket is 100 bytes at most."""
KNOCKING, JOINING = 5, 40
"""Seconds within which the head of a cluster has to answer, and to let us in."""
AUTH = "RAY_AUTH_MODE"
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns of what a later Ray will do
}
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>\d{1,5})")
_JOINS = "import sys, ray; ray.init(sys.argv[1], log_to_driver=False); ray.shutdown()"
_RAISED = re.compile(r"^[\w.]*(?:Error|Exception): (.+)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spread:
    """Over which Ray cluster work is spread, and over how many of its workers."""

    address: str = ""
    """HOST:PORT of its head, `auto`, or `local` to start one; else what RAY_ADDRESS names."""
    workers: int = 0
    """At most so many; 0 is one a processor, or one a GPU where the cluster has some."""

    def __post_init__(self) -> None:
        """Raises BenchError for what is no address, or no number of workers."""
        if self.workers < 0:
            raise BenchError("ray-workers", count=self.workers)
        if self.place not in (LOCAL, AUTO) and not _ADDRESS.fullmatch(self.place):
            raise BenchError("ray-address", address=shortened(self.place))

    @property
    def place(self) -> str:
        """The address, whoever named it."""
        return self.address or os.environ.get("RAY_ADDRESS") or LOCAL


@contextmanager
def connected(spread: Spread) -> Iterator[Any]:
    """The module `ray`, connected; a cluster that was started here has ended afterwards.

    A connection that there is already is used, and stays. Raises BenchError.
    """
    joins = spread.place != LOCAL
    with _environment(QUIET | (_token() if joins else _own())):
        try:
            import ray  # reads its environment
        except ImportError:
            raise BenchError("ray-missing") from None
        if ray.is_initialized():
            yield ray
            return
        entered = _joined(ray, spread.place) if joins else _started(ray, spread.workers)
        with _silent(ray._private.worker), entered:
            yield ray


@contextmanager
def _started(ray: Any, workers: int) -> Iterator[None]:
    """A cluster on this machine, whose logs are gone with it."""
    short = SHORT if Path(SHORT).is_dir() else None
    folder = tempfile.mkdtemp(prefix="ray-", dir=short)
    ray._raylet.AuthenticationTokenLoader.instance().reset_cache()  # of an earlier cluster's
    try:
        _init(
            ray,
            "ray-unstarted",
            address=LOCAL,
            num_cpus=workers or None,
            include_dashboard=False,
            object_store_memory=STORE,
            _temp_dir=folder,
        )
        yield
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _joined(ray: Any, place: str) -> Iterator[None]:
    """The cluster of this address, which goes on afterwards."""
    _knock(place)
    try:
        _init(ray, "ray-unreachable", address=place)
        yield
    finally:
        ray.shutdown()


def _init(ray: Any, otherwise: str, *, address: str, **options: Any) -> None:
    """Ray is connected and quiet, and whoever answered SIGTERM before still does."""
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    kept = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL, **options)
    except Exception as cause:  # noqa: BLE001  it raises whatever it likes
        raise BenchError(otherwise, address=address, said=last_words(str(cause))) from None
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, kept)


@contextmanager
def _silent(worker: Any) -> Iterator[None]:
    """Ray prints nothing: a worker's death would be on standard output, whatever it was told."""
    spoken = worker.print_to_stdstream
    worker.print_to_stdstream = lambda *_, **__: None
    try:
        yield
    finally:
        worker.print_to_stdstream = spoken


def check_head(ray: Any) -> None:
    """Raises BenchError where the cluster's head is gone: Ray would end this process over it."""
    address = ray.get_runtime_context().gcs_address
    if said := _silence(address):
        raise BenchError("ray-lost", address=address, said=said)


def _silence(address: str) -> str:
    """Why nobody listens at the address; nothing where somebody does."""
    found = _ADDRESS.fullmatch(address)
    try:
        if found:
            head = found["host"].strip("[]"), int(found["port"])
            socket.create_connection(head, KNOCKING).close()
    except (OSError, OverflowError) as cause:
        return getattr(cause, "strerror", None) or str(cause)
    return ""


def _knock(place: str) -> None:
    """A process of its own has joined the cluster: one that cannot is slow, loud or aborted."""
    if said := _silence(place):
        raise BenchError("ray-unreachable", address=place, said=said)
    try:
        subprocess.run(
            [sys.executable, "-c", _JOINS, place],
            capture_output=True,
            check=True,
            text=True,
            errors="replace",
            timeout=JOINING,
        )
    except subprocess.CalledProcessError as cause:
        raise BenchError("ray-unreachable", address=place, said=last_words(cause.stderr)) from None
    except subprocess.TimeoutExpired:
        raise BenchError("ray-silent", address=place, seconds=JOINING) from None


def _own() -> dict[str, str]:
    """A cluster of one's own is reached from this machine only, by its token."""
    return {"RAY_AUTH_TOKEN": secrets.token_hex(32), "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


def _token() -> dict[str, str]:
    """A token that the user has for clusters is shown to them; one without tokens does not mind."""
    held = (Path.home() / ".ray" / "auth_token").exists()
    if AUTH in os.environ or not (held or "RAY_AUTH_TOKEN" in os.environ):
        return {}
    return {AUTH: "token"}


def last_words(text: str) -> str:
    """What an error of Ray's comes to, in one line."""
    found = _RAISED.findall(text)
    return shortened(" ".join((found[-1] if found else text).split()), 400)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """These variables are set meanwhile: Ray reads them, and so do the processes that it starts."""
    before = {name: os.environ.get(name) for name in {*variables, AUTH}}  # Ray sets the last one
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({} if value is None else {name: value})
