"""The model hub: what its local cache holds, whether it answers, and a checked download.

Only safetensors, tokenizers and configurations are fetched, never pickle or code. Downloads go to
FusionLab's own folder, so that a stopped or spoiled one can be taken back without touching the
cache that other tools share.
"""

import json
import os
import time
from collections.abc import Generator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.models import store
from fusionlab.models.background import in_background, in_process

WANTED = ("*.safetensors", "*.json", "*.txt", "*.jinja", "tokenizer.model", "*.tiktoken")
UNWANTED = ("onnx/*", "openvino/*", "runs/*", "original/*", "checkpoint-*/*", "consolidated*")
PATIENCE = 2.0
"""Seconds within which the hub must answer at all."""
REMEMBERED = 300.0
"""Seconds after which a hub that did not answer is asked again."""
ATTEMPTS = 2

_CHILD = (
    "import json, sys; from huggingface_hub import snapshot_download;"
    "snapshot_download(**json.loads(sys.argv[1]))"
)
_silent_since: dict[str, float] = {}
_answering: set[str] = set()


@dataclass(frozen=True, slots=True)
class Listing:
    """The wanted files of one commit: sizes, and the hashes that the hub gives for large ones."""

    commit: str
    sizes: Mapping[str, int]
    sha256: Mapping[str, str]


def cached(repo: str, revision: str) -> Path | None:
    """The model's whole folder in the hub's local cache, if it is there."""
    from huggingface_hub import snapshot_download

    with suppress(OSError, ValueError):
        folder = Path(snapshot_download(repo, revision=revision or None, local_files_only=True))
        return folder if is_whole(folder) else None
    return None


def downloaded(
    repo: str, revision: str, target: Path, pinned: Mapping[str, str]
) -> Generator[Progress, None, Path]:
    """The folder `target` holds the hub's model; `pinned` hashes go before the hub's own.

    Raises SourceError when the hub does not answer, does not have or does not give the model, or
    when a file has the wrong hash twice; then nothing is left of it.
    """
    if not (yield from answers()):
        raise SourceError(
            "HF_HUB_OFFLINE is set" if is_offline() else "the hub does not answer",
            hint="check the network, HF_ENDPOINT and HF_HUB_OFFLINE",
        )
    listing = yield from in_background(lambda: _list(repo, revision), f"asking the hub for {repo}")
    with store.part_of(target) as part:
        hashes = {**listing.sha256, **_only(pinned, listing.sizes)}
        for attempt in range(ATTEMPTS):
            yield from _download(repo, listing, part)
            wrong = yield from _wrong(part, hashes)
            if not wrong:
                break
            if attempt + 1 == ATTEMPTS:
                raise _spoiled(repo, wrong, hashes)
        store.remove(part / ".cache")
        store.write_origin(part, f"hub {repo}", listing.commit, hashes)
        store.put(part, target)
    return target


def answers() -> Generator[Progress, None, bool]:
    """Whether the hub answers at all; asked once, for at most about two seconds."""
    address = endpoint()
    if is_offline():
        return False
    if address in _answering:
        return True
    if time.monotonic() - _silent_since.get(address, -REMEMBERED) < REMEMBERED:
        return False
    if (yield from _probe(address)):
        _answering.add(address)
        return True
    _silent_since[address] = time.monotonic()
    return False


def endpoint() -> str:
    """The hub's address: $HF_ENDPOINT, or its client's own."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def is_offline() -> bool:
    """Whether the user forbids the hub."""
    return any(
        os.environ.get(name, "").upper() in ("1", "ON", "YES", "TRUE")
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    )


def is_whole(folder: Path) -> bool:
    """Whether the folder has a config and all its safetensors."""
    if not (folder / "config.json").is_file():
        return False
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text())
        shards = set(index["weight_map"].values())
    except FileNotFoundError:
        return any(folder.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((folder / shard).is_file() for shard in shards)


def _probe(address: str) -> Generator[Progress, None, bool]:
    start = time.monotonic()
    # Looking up a name has no time-out of its own, hence the thread and the clock here.
    asking = in_background(lambda: _asked(address), "asking whether the hub answers")
    with closing(asking):
        while True:
            try:
                yield next(asking)
            except StopIteration as end:
                return bool(end.value)
            if time.monotonic() - start > PATIENCE + 1:
                return False


def _asked(address: str) -> bool:
    try:
        httpx.head(address, timeout=PATIENCE)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return True


def _list(repo: str, revision: str) -> Listing:
    from huggingface_hub import HfApi
    from huggingface_hub.utils._paths import filter_repo_objects

    try:
        info = HfApi(endpoint=endpoint()).model_info(
            repo, revision=revision or None, files_metadata=True, timeout=10
        )
    except Exception as cause:  # the client's errors have no base of their own
        raise _refused(repo, revision, cause) from cause
    files: dict[str, Any] = {file.rfilename: file for file in info.siblings or []}
    wanted = list(
        filter_repo_objects(files, allow_patterns=list(WANTED), ignore_patterns=list(UNWANTED))
    )
    if not any(name.endswith(".safetensors") for name in wanted):
        raise SourceError(
            f"{repo} has no safetensors on the hub",
            hint="weights must be safetensors or GGUF: pickled .bin and .pt files can run code; "
            "download a GGUF yourself and name it gguf:file",
        )
    return Listing(
        commit=info.sha or revision,
        sizes={name: files[name].size or 0 for name in wanted},
        sha256={name: files[name].lfs.sha256 for name in wanted if files[name].lfs},
    )


def _download(repo: str, listing: Listing, part: Path) -> Generator[Progress, None, None]:
    request = {
        "repo_id": repo,
        "revision": listing.commit,
        "local_dir": str(part),
        "allow_patterns": sorted(listing.sizes),
        "endpoint": endpoint(),
    }
    child = in_process(
        ["-c", _CHILD, json.dumps(request)],
        f"fetching {repo}",
        env={"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"},
        done_bytes=lambda: store.size_of(part),
        total=sum(listing.sizes.values()),
    )
    with closing(child):
        code, _ = yield from child
    if code or not is_whole(part):
        raise SourceError(
            f"the download of {repo} from the hub broke off",
            hint="try again; files that came whole are not kept",
        )


def _wrong(folder: Path, hashes: Mapping[str, str]) -> Generator[Progress, None, dict[str, str]]:
    """Found hashes of the files that do not have the expected one; they are removed."""
    wrong = {}
    for name, expected in hashes.items():
        found = yield from store.hash_of(folder / name)
        if found != expected:
            wrong[name] = found
            (folder / name).unlink()
    return wrong


def _only(hashes: Mapping[str, str], names: Mapping[str, int]) -> dict[str, str]:
    return {name: value for name, value in hashes.items() if name in names}


def _spoiled(repo: str, wrong: Mapping[str, str], hashes: Mapping[str, str]) -> SourceError:
    name, found = next(iter(wrong.items()))
    return SourceError(
        f"{name} of {repo} came spoiled twice: expected sha256 {hashes[name]}, found {found}",
        hint="a mirror or proxy may be broken",
    )


def _refused(repo: str, revision: str, cause: Exception) -> SourceError:
    from huggingface_hub import errors

    which = f"{repo}@{revision}" if revision else repo
    match cause:
        case errors.GatedRepoError():
            return SourceError(
                f"the hub gives {which} only to those who accepted its terms",
                hint="accept them on the model's page and set HF_TOKEN",
            )
        case errors.RepositoryNotFoundError() | errors.RevisionNotFoundError():
            return SourceError(
                f"the hub has no model {which}",
                hint="check the spelling; for a private model set HF_TOKEN",
            )
        case _:
            return SourceError(
                f"the hub gave no answer about {which}: {type(cause).__name__}",
                hint="try again later",
            )
