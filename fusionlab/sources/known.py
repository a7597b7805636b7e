"""The models that are known by name: the catalog, the zoo, what was built, and their adapters."""

from contextlib import suppress
from typing import Any

from fusionlab.errors import FusionError, SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import CATALOG, EMBEDDERS
from fusionlab.sources import adapters
from fusionlab.sources.references import adapter_of, spec_of
from fusionlab.sources.schemes import built, zoo
from fusionlab.sources.schemes.catalog import is_cached


def known_models() -> list[dict[str, Any]]:
    """One row of plain data for each model known by name.

    Its keys are id, level, engine, source, bytes, licence and cached. `bytes` is the size of the
    weights; `cached` says that no network is needed. An embedder's level is "embedding": it cannot
    be a member.
    """
    named = [
        {
            "id": entry.id,
            "level": Level.INTERNALS.name.lower() if entry.id in CATALOG else "embedding",
            "engine": entry.engine,
            "source": f"hub {entry.repo}" + (f", or {entry.wheel}" if entry.wheel else ""),
            "bytes": entry.bytes,
            "licence": entry.licence,
            "cached": is_cached(entry.id),
        }
        for entry in (*CATALOG.values(), *EMBEDDERS.values())
    ]
    rows = []
    for ref in (*adapted_refs(), *made_refs()):
        with suppress(FusionError):  # an adapter that was built may have lost its base
            rows.append(_as_row(spec_of(ref)))
    return named + rows


def made_refs() -> list[str]:
    """References of the models that were made here or came with FusionLab, adapters left out."""
    small = [zoo.PREFIX + name for name in zoo.zoo_names()]
    return small + [built.PREFIX + name for name in built.built_names()]


def adapted_refs() -> list[str]:
    """References of the known adapters on the known models; unreadable adapters are left out, and
    those that are built models of their own.
    """
    bases = {entry.repo: entry.id for entry in CATALOG.values()}
    bases |= {ref: ref for ref in made_refs()}
    refs = []
    for name in sorted(set(adapters.adapter_names()) - set(built.built_names())):
        with suppress(SourceError):
            if base := bases.get(adapters.base_of(adapters.adapter_folder(name))):
                adapter_of(f"{base}+{name}")
                refs.append(f"{base}+{name}")
    return refs


def _as_row(spec: ModelSpec) -> dict[str, Any]:
    """A model that stands on this disk, but for the base of an adapter."""
    adapted = adapter_of(spec.id)
    base = adapted[0] if adapted else ""
    return {
        "id": spec.id,
        "level": spec.level.name.lower(),
        "engine": spec.engine,
        "source": spec.source,
        "bytes": spec.bytes,
        "licence": spec.licence,
        "cached": base not in CATALOG or is_cached(base),
    }
