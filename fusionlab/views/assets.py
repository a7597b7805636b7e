"""Script and style sheet of all components, for the app and for pages without a server."""

import json

from fusionlab.assets import asset, has_asset
from fusionlab.words import page_files

COMPONENTS = (
    "words",
    "core",
    "figures",
    "heat",
    "signs",
    "repool",
    "provenance",
    "course",
    "jumps",
    "flight",
    "strip",
    "whatif",
    "flow",
    "tokens",
    "pictures",
    "candidates",
    "outlook",
    "likeness",
    "election",
    "cards",
    "ballots",
    "marks",
    "steer",
    "load",
    "given",
    "leanings",
    "layermap",
    "experts",
    "mixtures",
    "texts",
    "ledger",
    "status",
    "headline",
    "notice",
    "costs",
    "folds",
    "items",
    "taken",
    "bench",
    "ladder",
    "measuring",
    "measure",
    "graph",
    "minds",
    "rounds",
    "staircase",
    "layers",
    "routing",
    "refine",
    "compared",
    "picture",
    "diagrams",
    "terms",
    "glossary",
    "flowing",
    "start",
    "fields",
    "picker",
    "docked",
    "carrying",
    "begun",
    "panels",
    "recipe",
    "curve",
    "varying",
    "material",
    "asked",
    "building",
    "stack",
    "planned",
    "buildform",
    "buildranges",
    "build",
    "swept",
    "sweep",
    "mixed",
    "learned",
    "sharing",
    "learning",
    "linking",
    "expecting",
    "aligned",
    "aligner",
    "anatomy",
    "lowered",
    "proof",
    "path",
    "taught",
    "built",
    "kept",
    "study-local-experts",
    "laboratory",
    "still",
    "frame",
    "projector",
    "actions",
    "ways",
    "comparing",
    "pinned",
    "lineup",
    "comparer",
    "climbing",
    "study-cluster",
    "study-lifelong",
    "gates-learning",
    "gates-beside",
    "gates-steps",
    "study-gates",
    "tokenizers-ruler",
    "tokenizers-beside",
    "study-tokenizers",
    "apart",
    "branches",
    "orand",
)


def component_source() -> str:
    """The JavaScript of all components and of their words; it defines `window.FusionLab`."""
    facts = json.loads(asset("components/terms.json").read_text(encoding="utf-8"))
    words, glossed = (
        json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        for data in (page_files(), facts)
    )
    parts = [
        asset("vendor/fluent-bundle.js").read_text(encoding="utf-8"),
        f"window.FusionLab = {{ sentences: {words}, glossed: {glossed} }};",
        *(asset(f"components/{name}.js").read_text(encoding="utf-8") for name in COMPONENTS),
    ]
    return "\n".join(parts)


def component_style() -> str:
    """The style sheet of all components: what they share, then each one's own, then on paper."""
    own = [f"components/{name}.css" for name in COMPONENTS]
    own = [name for name in own if has_asset(name)]
    files = ["components/fusionlab.css", *own, "components/paper.css"]
    return "\n".join(asset(name).read_text(encoding="utf-8") for name in files)


def component_head() -> str:
    """Style and script of all components, for the head of a page."""
    return f"<style>{component_style()}</style>\n<script>{component_source()}</script>"
