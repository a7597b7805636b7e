"""The study of a cluster for its picture, with what is to be noticed in its figures."""

from collections.abc import Iterator
from typing import Any

from fusionlab.figures import percent, ratio
from fusionlab.views.spoken import Said, saying

Drawn = dict[str, Any]
FITTED = ("together", "near")
"""Placements that were chosen by the same routes that they are counted on."""
SAME = 0.02
"""A difference between shares that is not worth a sentence."""


def cluster_view(drawn: Drawn) -> Drawn:
    """The same, with sentences."""
    return {**drawn, "sentences": list(_notes(drawn))}


def _notes(drawn: Drawn) -> Iterator[Said]:
    rules, devices = drawn["rules"], drawn["devices"]
    if devices == 1:
        yield saying("cluster-note-alone")
        return
    chosen = rules[drawn["placement"]]
    travels, even = _share(chosen, "travelling"), _share(chosen, "even")
    yield saying("cluster-note-travels", share=percent(travels), even=percent(even))
    yield from _placements(drawn)
    if chosen["travelling"] > chosen["once"]:
        saved = 1 - chosen["once"] / chosen["travelling"]
        yield saying("cluster-note-once", saved=percent(saved, 0))
    mean = chosen["travelling"] / devices
    if mean:
        yield saying("cluster-note-busiest", times=ratio(chosen["busiest"] / mean))
    if chosen["dropped"]:
        of = chosen["dropped"] + chosen["choices"]
        yield saying("cluster-note-dropped", share=percent(chosen["dropped"] / of))
    random = _share(rules["rre"], "travelling")
    yield saying(f"cluster-note-rre-{drawn['texts']}", share=percent(random))
    for found in drawn["measured"]:
        yield saying(
            "cluster-note-measured",
            n=found["processes"],
            counted="yes" if found["as_counted"] else "no",
            vectors=found["travelling"],
            difference=_power(found["difference"]),
        )
    few, many = drawn["paper"][1], drawn["paper"][-1]
    yield saying(
        "cluster-note-paper",
        few=few["devices"],
        many=many["devices"],
        bytes=ratio(many["bytes"] / few["bytes"]),
        seconds=ratio(many["link_s"] / many["compute_s"]),
    )


def _power(value: float) -> str:
    """As the table has it: 1.9e-16, which no line may break."""
    return f"{value:.1e}".replace("-", "\N{NON-BREAKING HYPHEN}")


def _placements(drawn: Drawn) -> Iterator[Said]:
    """Which rule sends least, and whether it knew the routes."""
    rules = {name: _share(each, "travelling") for name, each in drawn["rules"].items()}
    del rules["rre"]
    best, worst = min(rules, key=lambda name: rules[name]), max(rules.values())
    if worst - rules[best] < SAME:
        yield saying("cluster-note-all-alike", least=percent(rules[best]), most=percent(worst))
    else:
        yield saying(
            "cluster-note-best",
            placement=saying(f"cluster-placement-{best}"),
            least=percent(rules[best]),
            most=percent(worst),
            fitted="yes" if best in FITTED else "no",
        )


def _share(total: Drawn, name: str) -> float:
    """Of all choices that were computed."""
    return float(total[name] / max(total["choices"], 1))
