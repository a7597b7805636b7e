"""What a model is made of and what each expert is worth, as data for the eye."""

from dataclasses import asdict
from typing import Any

from fusionlab.experts.parameters import Parameters
from fusionlab.figures import percent, rounded
from fusionlab.views.spoken import Said, saying

Plain = dict[str, Any]
KINDS = ("embeddings", "attention", "dense", "norms", "router", "shared", "experts")
"""In the order in which they are drawn."""
SURE = 0.05
MIXTRAL = {"total": 46.7, "active": 12.9}
"""Billions of weights of Mixtral 8x7B, counted as here; arXiv 2401.04088 says 47 and 13."""


def anatomy_view(ref: str, counted: Parameters) -> Plain:
    """The weights by kind, of all and of one token, and what there is to say of them."""
    every, active = asdict(counted.all), asdict(counted.active)
    return {
        "ref": ref,
        "architecture": counted.architecture,
        "total": counted.all.total,
        "active": counted.active.total,
        "layers": counted.layers,
        "experts": counted.experts,
        "chosen": counted.chosen,
        "kinds": [
            {"kind": kind, "all": every[kind], "active": active[kind]}
            for kind in KINDS
            if every[kind]
        ],
        "notices": _notices(counted),
    }


def _notices(counted: Parameters) -> list[Said]:
    total, active = counted.all.total, counted.active.total
    if not counted.experts:
        return [saying("anatomy-dense-model", total=total)]
    return [
        saying(
            "anatomy-mixture",
            total=total,
            active=active,
            share=percent(active / total),
            chosen=counted.chosen,
            experts=counted.experts,
        ),
        saying(
            "anatomy-why",
            experts=percent(counted.all.experts / total),
            attention=percent(counted.all.attention / total),
        ),
        saying("anatomy-mixtral", total=MIXTRAL["total"], active=MIXTRAL["active"]),
    ]


def ablation_view(found: Plain) -> Plain:
    """The picture of an ablation with what there is to notice, as far as it has come."""
    rows = [
        (row["layer"], each)
        for row in found["layers"]
        for each in row["experts"]
        if each["tried"] and each["nats"] is not None
    ]
    waits = sum(
        each["used"] and not each["tried"] for row in found["layers"] for each in row["experts"]
    )
    silent = sum(not each["used"] for row in found["layers"] for each in row["experts"])
    noticed: list[Said] = []
    if rows and not waits:
        layer, most = max(rows, key=lambda pair: pair[1]["nats"])
        noticed.append(
            saying(
                "ablation-most" if _sure(most["interval"], above=True) else "ablation-most-unsure",
                expert=str(most["expert"]),
                layer="none" if layer is None else str(layer),
                nats=rounded(most["nats"], 4),
                n=found["pieces"],
            )
        )
        noticed.append(
            saying(
                "ablation-hurts",
                n=sum(_sure(each["interval"], above=True) for _, each in rows),
                of=len(rows),
                helps=sum(_sure(each["interval"], above=False) for _, each in rows),
            )
        )
        noticed += _surely(rows, found)
    if silent:
        noticed.append(saying("ablation-silent", n=silent))
    return {**found, "waits": waits, "notices": noticed}


def _surely(rows: list[tuple[int, Plain]], found: Plain) -> list[Said]:
    """For how many experts the loss stands when all that were tried are looked at together."""
    said = []
    for name, key in (("p_nats", "ablation-holm"), ("p", "ablation-holm-right")):
        ps = [each.get(f"{name}_of_all") for _, each in rows]
        known = [p for p in ps if p is not None]
        if known:
            said.append(
                saying(
                    key,
                    n=sum(p < SURE for p in known),
                    of=len(known),
                    items=found["pieces"],
                )
            )
    return said


def _sure(interval: list[float] | None, *, above: bool) -> bool:
    """Whether the whole interval is above 0, or below."""
    if interval is None:
        return False
    return interval[0] > 0 if above else interval[1] < 0
