"""The schemes of references, one object each; the only place that chooses by a scheme's name.

One reference syntax everywhere: a catalog id such as `smollm2-135m`, `zoo/adder` for a small model
made here, `built:id` for one made of others, `hub:org/name@revision`, `path:folder`, `gguf:file`,
`api:url#model` or `replay:file#member`. A model of the first five kinds may have an adapter, by
name or folder: `smollm2-135m+maths`, `path:folder+path/to/adapter`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fusionlab.errors import SourceError, UnknownName
from fusionlab.models.catalog import CATALOG
from fusionlab.sources.scheme import Reference, Scheme
from fusionlab.sources.schemes import zoo
from fusionlab.sources.schemes.api import API
from fusionlab.sources.schemes.built import BUILT
from fusionlab.sources.schemes.catalog import CATALOGED
from fusionlab.sources.schemes.gguf import GGUF
from fusionlab.sources.schemes.hub import HUB
from fusionlab.sources.schemes.path import PATH
from fusionlab.sources.schemes.replay import REPLAY

NAMED: Mapping[str, Scheme] = MappingProxyType({"catalog": CATALOGED, "zoo": zoo.ZOO})
"""Models that are known by a bare name."""
PREFIXED: Mapping[str, Scheme] = MappingProxyType(
    {"built": BUILT, "hub": HUB, "path": PATH, "gguf": GGUF, "api": API, "replay": REPLAY}
)
"""By what stands before the colon."""
SCHEMES: Mapping[str, Scheme] = MappingProxyType({**NAMED, **PREFIXED})


def parse(ref: str) -> Reference:
    """The parts of a reference; raises UnknownName or SourceError when it is none."""
    if "\0" in ref:
        raise SourceError("reference-nul", ref=repr(ref))
    ref = ref.strip()
    scheme, colon, rest = ref.partition(":")
    base, plus, _ = ref.partition("+")
    if (not colon or plus) and base.startswith(zoo.PREFIX):
        return NAMED["zoo"].read(ref, ref.removeprefix(zoo.PREFIX))
    if not colon or base in CATALOG:
        return NAMED["catalog"].read(ref, ref)
    if scheme not in PREFIXED:
        raise UnknownName("kind-scheme", scheme, PREFIXED)
    return PREFIXED[scheme].read(ref, rest)


__all__ = ["PREFIXED", "SCHEMES", "Reference", "parse"]
