"""Models whose training is recorded beside them: those of the zoo, and adapters, that came with
FusionLab or were trained in their places here.
"""

from pathlib import Path
from typing import Any

from fusionlab.limits import limits
from fusionlab.sources.adapters import adapter_folder
from fusionlab.sources.known import adapted_refs
from fusionlab.sources.schemes.zoo import PREFIX, zoo_folder, zoo_names
from fusionlab.training.log import LOG, steps_in
from fusionlab.views.learning import NOTHING, logged_view

Drawn = dict[str, Any]


def came() -> list[str]:
    """References of these models, as far as they are offered here."""
    return list(_logs())


def taught(ref: str) -> Drawn:
    """How this model learned; nothing of any other."""
    log = _logs().get(ref)
    return {**logged_view(ref, steps_in(log)), "lasting": True} if log else NOTHING


def _logs() -> dict[str, Path]:
    """The log of each model that has one."""
    folders = {PREFIX + name: zoo_folder(name) for name in zoo_names()}
    folders |= {ref: adapter_folder(ref.rpartition("+")[2]) for ref in adapted_refs()}
    logs = {ref: folder / LOG for ref, folder in folders.items() if limits().offers(ref)}
    return {ref: log for ref, log in logs.items() if log.is_file()}
