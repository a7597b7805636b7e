"""The model hub: what its local cache holds, whether it answers, and a checked download.

Of a model only safetensors, tokenizers and configurations are fetched, never pickle or code; of a
data set the files that are asked for. Downloads go to
FusionLab's own folder, so that a stopped or spoiled one can be taken back without touching the
cache that other tools share.
"""

import glob
import json
import os
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx

from fusionlab import network
from fusionlab.background import in_background, in_process
from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.reading import read_json, read_plain
from fusionlab.sources import store
from fusionlab.words import Sentence

SMALL = ("*.json", "*.txt", "*.jinja", "tokenizer.model", "*.tiktoken")
WANTED = ("*.safetensors", *SMALL)
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
_silent: dict[str, tuple[float, network.Trouble]] = {}
"""Addresses that gave no answer, since when, and why."""
_answering: set[str] = set()


Kind = Literal["model", "dataset"]


@dataclass(frozen=True, slots=True)
class Listing:
    """The wanted files of one commit: sizes, and the hashes that the hub gives for large ones."""

    commit: str
    sizes: Mapping[str, int]
    sha256: Mapping[str, str]
    card: Mapping[str, Any] = field(default_factory=dict)
    """The head of its card."""


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
    yield from _reached()
    listing = yield from in_background(lambda: _list(repo, revision), f"asking the hub for {repo}")
    with store.part_of(target) as part:
        hashes = {**listing.sha256, **_only(pinned, listing.sizes)}
        yield from _brought(repo, "model", listing, part, hashes)
        files = yield from store.hashes_of(part)
        store.write_origin(part, f"hub {repo}", listing.commit, hashes, files=files)
        store.put(part, target)
    return target


def tokenizer_downloaded(repo: str, revision: str, target: Path) -> Generator[Progress, None, Path]:
    """The folder `target` holds the model's small files, and no weights; raises what `downloaded`
    raises.
    """
    yield from _reached()
    asked = f"asking the hub for {repo}"
    whole = yield from in_background(lambda: _asked_about(repo, revision, "model"), asked)
    listing = _only_of(whole, SMALL)
    with store.part_of(target) as part:
        yield from _brought(repo, "model", listing, part, listing.sha256)
        files = yield from store.hashes_of(part)
        store.write_origin(part, f"hub {repo}", listing.commit, {}, files=files)
        store.put(part, target)
    return target


def data_listing(repo: str, revision: str) -> Generator[Progress, None, Listing]:
    """All files of a data set; raises SourceError when the hub does not answer or has none."""
    yield from _reached()
    asked = f"asking the hub for {repo}"
    return (yield from in_background(lambda: _asked_about(repo, revision, "dataset"), asked))


def data_downloaded(repo: str, listing: Listing, target: Path) -> Generator[Progress, None, Path]:
    """The folder `target` holds these files of a data set; raises what `downloaded` raises."""
    with store.part_of(target) as part:
        yield from _brought(repo, "dataset", listing, part, listing.sha256)
        files = {}
        for name in sorted(listing.sizes):
            files[name] = yield from store.hash_of(part / name)
        store.write_origin(part, f"hub data set {repo}", listing.commit, {}, files=files)
        store.put(part, target)
    return target


def _brought(
    repo: str, kind: Kind, listing: Listing, part: Path, hashes: Mapping[str, str]
) -> Generator[Progress, None, None]:
    """The folder `part` holds the listed files, those with a known hash unspoiled."""
    for attempt in range(ATTEMPTS):
        yield from _download(repo, kind, listing, part)
        wrong = yield from _wrong(part, hashes)
        if not wrong:
            break
        if attempt + 1 == ATTEMPTS:
            raise _spoiled(repo, wrong, hashes)
    store.remove(part / ".cache")


def _reached() -> Generator[Progress, None, None]:
    """The hub can be asked; raises SourceError."""
    if is_offline():
        raise SourceError("hub-offline")
    if trouble := (yield from silence()):
        raise SourceError("hub-no-answer", why=trouble.what, advice=trouble.advice)


def silence() -> Generator[Progress, None, network.Trouble | None]:
    """Why the hub does not answer, if it does not; asked once, for at most about two seconds.

    Raises SourceError where it cannot be asked at all.
    """
    address = endpoint()
    if address in _answering:
        return None
    if known := _silent.get(address):
        since, trouble = known
        if time.monotonic() - since < REMEMBERED:
            return trouble
    found = yield from _probe(address)
    if found is None:
        _answering.add(address)
    else:
        _silent[address] = time.monotonic(), found
    return found


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
        index = read_json(read_plain(folder / "model.safetensors.index.json"))
        shards = set(index["weight_map"].values())
    except FileNotFoundError:
        return any(folder.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((folder / shard).is_file() for shard in shards)


def _probe(address: str) -> Generator[Progress, None, network.Trouble | None]:
    start = time.monotonic()
    # Looking up a name has no time-out of its own, hence the thread and the clock here.
    asking = in_background(lambda: _asked(address), "asking whether the hub answers")
    with closing(asking):
        while True:
            try:
                yield next(asking)
            except StopIteration as end:
                found: network.Trouble | None = end.value
                return found
            if time.monotonic() - start > PATIENCE + 1:
                return _nothing_from(address)


def _asked(address: str) -> network.Trouble | None:
    url = network.address(address)
    if url is None:
        raise SourceError("hub-address", address=repr(address))
    with network.client(url, timeout=PATIENCE) as client:
        try:
            client.head(url)
        except network.FOREIGN as cause:
            return network.trouble(cause, url, address) or _nothing_from(address)
    return None


def _nothing_from(address: str) -> network.Trouble:
    return network.Trouble(Sentence("hub-silent", {"address": address}), Sentence("advice-hub"))


def _list(repo: str, revision: str) -> Listing:
    listing = _only_of(_asked_about(repo, revision, "model"), WANTED)
    if not _has_weights(listing):
        raise SourceError("hub-no-safetensors", name=repo)
    return listing


def _only_of(whole: Listing, patterns: Sequence[str]) -> Listing:
    """The files of these patterns, but for those that no model is read from."""
    from huggingface_hub.utils import filter_repo_objects

    wanted = filter_repo_objects(
        whole.sizes, allow_patterns=list(patterns), ignore_patterns=list(UNWANTED)
    )
    sizes = {name: whole.sizes[name] for name in wanted}
    return Listing(whole.commit, sizes, _only(whole.sha256, sizes))


def _has_weights(listing: Listing) -> bool:
    return any(name.endswith(".safetensors") for name in listing.sizes)


def _asked_about(repo: str, revision: str, kind: Kind) -> Listing:
    from huggingface_hub import HfApi

    if network.is_loopback(httpx.URL(endpoint()).host):
        # The hub's own client asks a proxy for a mirror on this machine, unless it is told here.
        os.environ.update(network.straight_to_loopback())
    try:
        info: Any = HfApi(endpoint=endpoint()).repo_info(
            repo, repo_type=kind, revision=revision or None, files_metadata=True, timeout=10
        )
    except Exception as cause:  # noqa: BLE001  the client's errors have no base of their own
        refusal = _refused(repo, revision, kind, cause)
        info = None
    if info is None:  # not while that is handled: it may hold the request with its token
        raise refusal
    files: dict[str, Any] = {file.rfilename: file for file in info.siblings or []}
    return Listing(
        commit=info.sha or revision,
        sizes={name: file.size or 0 for name, file in files.items()},
        sha256={name: file.lfs.sha256 for name, file in files.items() if file.lfs},
        card=info.card_data.to_dict() if info.card_data else {},
    )


def _download(
    repo: str, kind: Kind, listing: Listing, part: Path
) -> Generator[Progress, None, None]:
    request = {
        "repo_id": repo,
        "repo_type": kind,
        "revision": listing.commit,
        "local_dir": str(part),
        "allow_patterns": [glob.escape(name) for name in sorted(listing.sizes)],
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
        code, log = yield from child
    here = all((part / name).is_file() for name in listing.sizes)
    if code or not here or (kind == "model" and _has_weights(listing) and not is_whole(part)):
        if trouble := network.told_by(log):
            raise SourceError(
                "hub-broke-off-because", name=repo, why=trouble.what, advice=trouble.advice
            )
        raise SourceError("hub-broke-off", name=repo)


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
    return SourceError("hub-spoiled", file=name, name=repo, expected=hashes[name], found=found)


def _refused(repo: str, revision: str, kind: Kind, cause: Exception) -> SourceError:
    from huggingface_hub import errors

    which, of_data = f"{repo}@{revision}" if revision else repo, kind == "dataset"
    status = cause.response.status_code if isinstance(cause, errors.HfHubHTTPError) else 0
    match cause:
        case errors.GatedRepoError():
            return SourceError("hub-gated", name=which)
        case errors.RepositoryNotFoundError() | errors.RevisionNotFoundError() if status != 401:
            return SourceError("hub-unknown-data" if of_data else "hub-unknown", name=which)
        case errors.HfHubHTTPError() if status in (401, 403):
            named = "hub-withheld-data" if of_data else "hub-withheld"
            return SourceError(named, name=which, status=str(status))
        case errors.HfHubHTTPError():
            return SourceError("hub-refused", name=which, status=str(status))
        case UnicodeError():
            return SourceError("hub-token")
    url = network.address(endpoint()) or httpx.URL()
    named = type(cause).__name__
    trouble = network.trouble(cause, url, endpoint()) or network.told_by(f"{named}: {cause}")
    if trouble:
        return SourceError("hub-unasked", name=which, why=trouble.what, advice=trouble.advice)
    return SourceError("hub-said-nothing", name=which, kind=named)
