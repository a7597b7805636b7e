"""Whether disk and memory have room for making a new model."""

import shutil

import psutil

from fusionlab.plans import Finding
from fusionlab.sources import store


def without_room(size: int) -> list[Finding]:
    """What is said where the disk of FusionLab's home has no room for so many bytes."""
    place = store.home()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free >= size:
        return []
    needed, there = f"{size / 1e6:.0f} MB", f"{free / 1e6:.0f} MB"
    return [Finding.of("refused", "no-room", place=str(place), needed=needed, free=there)]


def without_memory(size: int) -> list[Finding]:
    """What is said where so many bytes are more than this machine has free."""
    free = psutil.virtual_memory().available
    if free >= size:
        return []
    values = {"needed": f"{size / 1e6:.0f} MB", "free": f"{free / 1e6:.0f} MB"}
    return [Finding.of("warning", "merge-memory", **values)]
