"""Weights that others published, on this machine: whole, checked, and fetched no more than once.

What has been fetched stays in FusionLab's own folder and comes before the network, so a branch of
the hub that has moved on is not followed: name a commit for that.
"""

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

from fusionlab.events import Progress, Warned
from fusionlab.sources import hub, store
from fusionlab.sources.scheme import News
from fusionlab.words import Sentence


def hub_here(
    repo: str, revision: str, pinned: Mapping[str, str]
) -> Generator[News, None, Path | None]:
    """The model's folder if it is here: in the hub's local cache, or downloaded by us."""
    # The hashes decide for a pinned model: another commit of it with the same weights will do.
    revisions = dict.fromkeys((revision, "") if pinned else (revision,))
    cached = [folder for which in revisions if (folder := hub.cached(repo, which))]
    if not pinned and cached:
        return cached[0]
    return (yield from first_whole([*cached, hub_target(repo, revision)], pinned))


def hub_place(repo: str, *revisions: str) -> Path | None:
    """The model's folder if it is here, whole or not: nothing is read of it."""
    for revision in revisions:
        target = hub_target(repo, revision)
        if folder := hub.cached(repo, revision) or (target if target.exists() else None):
            return folder
    return None


def hub_folder(repo: str, revision: str, pinned: Mapping[str, str]) -> Generator[News, None, Path]:
    """The model's folder, downloaded if it is not here; raises SourceError."""
    target = hub_target(repo, revision)
    lock = yield from store.alone(target)
    try:
        if folder := (yield from hub_here(repo, revision, pinned)):
            return folder
        if target.exists() and (found := (yield from damage(target, pinned))):
            yield Warned.of("fetch-again", fault=found)
        return (yield from hub.downloaded(repo, revision, target, pinned))
    finally:
        lock.release()


def first_whole(
    places: Iterable[Path], pinned: Mapping[str, str]
) -> Generator[News, None, Path | None]:
    """The first of the places that is whole.

    Damage where others keep their files is warned of; our own files are fetched again.
    """
    for place in places:
        found = yield from damage(place, pinned)
        if not found:
            return place
        if place.exists() and not _is_ours(place):
            yield Warned.of("fetch-unused", fault=found)
    return None


def damage(place: Path, pinned: Mapping[str, str]) -> Generator[Progress, None, Sentence | None]:
    """What is missing or damaged; None where all is as it should be."""
    if not place.exists():
        return Sentence("fault-missing", {"place": str(place)})
    sealed = place.is_dir() and _is_ours(place) and (place / store.ORIGIN).exists()
    if (sealed or not pinned) and (fault := (yield from store.fault(place))):
        return fault
    files = [place / name for name in pinned] if place.is_dir() else [place]
    known = [file for file in files if file.name in pinned and file.is_file()]
    if pinned and not known:
        return Sentence("fault-no-weights", {"place": str(place)})
    for file in known:
        if not (yield from store.genuine(file, pinned[file.name])):
            return Sentence("fault-damaged", {"file": str(file)})
    return None


def hub_target(repo: str, revision: str) -> Path:
    """Where the model's folder is kept once we have downloaded it."""
    name = f"{repo}@{revision or 'main'}".replace("/", "--")
    return store.weights_home() / "hub" / name


def _is_ours(place: Path) -> bool:
    return place.is_relative_to(store.weights_home())
