"""The models that are known by name: the catalog, the zoo, and known adapters on both."""

from contextlib import suppress
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.models.base import Level, ModelSpec
from fusionlab.models.catalog import CATALOG, EMBEDDERS
from fusionlab.sources import adapters
from fusionlab.sources.references import adapter_of, spec_of
from fusionlab.sources.schemes import zoo
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
    small = [_as_row(spec_of(zoo.PREFIX + name)) for name in zoo.zoo_names()]
    return named + [_as_row(spec_of(ref)) for ref in adapted_refs()] + small


def adapted_refs() -> list[str]:
    """References of the known adapters on the known models; unreadable adapters are left out."""
    bases = {entry.repo: entry.id for entry in CATALOG.values()}
    bases |= {name: name for name in (zoo.PREFIX + each for each in zoo.zoo_names())}
    refs = []
    for name in adapters.adapter_names():
        with suppress(SourceError):
            if base := bases.get(adapters.base_of(adapters.adapter_folder(name))):
                adapter_of(f"{base}+{name}")
                refs.append(f"{base}+{name}")
    return refs


def _as_row(spec: ModelSpec) -> dict[str, Any]:
    """A model that stands on this disk, but for its base."""
    return {
        "id": spec.id,
        "level": spec.level.name.lower(),
        "engine": spec.engine,
        "source": spec.source,
        "bytes": spec.bytes,
        "licence": spec.licence,
        "cached": all(is_cached(base) for base in spec.lineage if base in CATALOG),
    }
