"""A path of models as data for its picture: stage by stage how well a text is read and how many
questions are answered, the graft beside its donor; and what is worth noticing in it.

The record is the one that `fusionlab path` makes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fusionlab.views.spoken import Said, saying

Drawn = dict[str, Any]
Plain = Mapping[str, Any]

TOLD = 0.05
"""Of a sign test: at less the difference is told as one."""
HEALED = 0.9
"""Share of what a graft lost that counts as all of it."""
HARDLY = 0.1
"""And as hardly any."""


def path_view(record: Plain) -> Drawn:
    """The picture of a record, with its sentences."""
    return {
        "suite": record["suite"],
        "items": record["items"],
        "text": record["text"],
        "donor": record["donor"],
        "lines": [
            {"kind": line["kind"], "points": list(_points(line))} for line in record["lines"]
        ],
        "notices": list(_notices(record)),
    }


def _points(line: Plain) -> Iterator[Drawn]:
    """Each model with the tokens that were trained on up to it; models of one stage stand beside
    one another, made of the same one.
    """
    stage, begun, tokens = "", 0, 0
    for point in line["points"]:
        trained = point.get("training") or {}
        if point["stage"] != stage:
            stage, begun = point["stage"], tokens
        tokens = begun + trained.get("tokens", 0)
        yield {
            "ref": point["ref"],
            "stage": point["stage"],
            "layers": point["layers"],
            "parameters": point["parameters"],
            "tokens": tokens,
            "read": dict(point["read"]),
            "answers": dict(point["answers"]),
        }


def _notices(record: Plain) -> Iterator[Said]:
    first, *others = record["lines"]
    by_stage = {point["stage"]: point for point in reversed(first["points"])}
    donor = _donor(record)
    graft = by_stage.get("graft")
    if graft and donor:
        yield _worse_at_once(record, graft, donor)
        if healed := by_stage.get("continue"):
            yield _healing(graft, healed, donor)
    for stage, key in (("instruct", "path-instruct"), ("prefer", "path-prefer")):
        if stage in by_stage:
            yield _stage(record, by_stage[stage], key)
    if merged := by_stage.get("merge"):
        yield _answered(record, "path-merged", merged, _before(first, merged))
    for line in others:
        yield from _beside(record, by_stage, line)


def _donor(record: Plain) -> Plain | None:
    points = (point for line in record["lines"] for point in line["points"])
    return next((each for each in points if each["stage"] == "donor"), None)


def _step(record: Plain, of: str, against: str) -> Plain | None:
    return next(
        (each for each in record["steps"] if (each["of"], each["against"]) == (of, against)), None
    )


def _worse_at_once(record: Plain, graft: Plain, donor: Plain) -> Said:
    step = _step(record, graft["ref"], donor["ref"]) or {}
    worse = step.get("low") is not None and step["low"] > 0
    return saying(
        "path-grafted",
        worse="yes" if worse else "no",
        layers=graft["layers"],
        before=donor["layers"],
        graft=_nats(graft),
        donor=_nats(donor),
        right=graft["answers"]["right"],
        had=donor["answers"]["right"],
        total=graft["answers"]["total"],
    )


def _healing(graft: Plain, healed: Plain, donor: Plain) -> Said:
    """Which share of what the graft lost came back."""
    values = [each["read"]["value"] for each in (graft, healed, donor)]
    lost = values[0] - values[2]
    share = (values[0] - values[1]) / lost if lost > 0 else 0.0
    much = "all" if share >= HEALED else "little" if share < HARDLY else "part"
    return saying(
        "path-healed",
        much=much,
        share=f"{100 * share:.0f}",
        healed=_nats(healed),
        tokens=healed["training"]["tokens"],
        right=healed["answers"]["right"],
        total=healed["answers"]["total"],
    )


def _stage(record: Plain, point: Plain, key: str) -> Said:
    """What a stage did to right answers."""
    line = record["lines"][0]
    return _answered(record, key, point, _before(line, point))


def _before(line: Plain, point: Plain) -> Plain:
    """The model that it was made of: the nearest before it of another stage."""
    at = [each["ref"] for each in line["points"]].index(point["ref"])
    first: Plain = line["points"][0]
    earlier = [each for each in line["points"][:at] if each["stage"] != point["stage"]]
    return earlier[-1] if earlier else first


def _answered(record: Plain, key: str, point: Plain, before: Plain) -> Said:
    step = _step(record, point["ref"], before["ref"]) or {"gained": 0, "lost": 0, "p": 1.0}
    return saying(
        key,
        told=_told(step),
        gained=step["gained"],
        lost=step["lost"],
        right=point["answers"]["right"],
        had=before["answers"]["right"],
        total=point["answers"]["total"],
        nats=_nats(point),
        was=_nats(before),
    )


def _told(step: Plain) -> str:
    """Whether more or fewer questions are right, as far as chance does not explain it."""
    if step["p"] >= TOLD:
        return "open"
    return "more" if step["gained"] > step["lost"] else "fewer"


def _beside(record: Plain, by_stage: Mapping[str, Plain], line: Plain) -> Iterator[Said]:
    """The last stage that both lines have: the graft's model against the donor's."""
    for theirs in reversed(line["points"]):
        ours = by_stage.get(theirs["stage"])
        step = ours and _step(record, ours["ref"], theirs["ref"])
        if ours and step:
            nats = "open" if step["low"] is None or step["low"] <= 0 <= step["high"] else "told"
            yield saying(
                "path-beside",
                kind=line["kind"],
                stage=saying(f"path-stage-{theirs['stage']}"),
                told=_told(step),
                right=ours["answers"]["right"],
                theirs=theirs["answers"]["right"],
                total=ours["answers"]["total"],
                nats=_nats(ours),
                others=_nats(theirs),
                apart=nats if nats == "open" else "worse" if step["nats"] > 0 else "better",
            )
            return


def _nats(point: Plain) -> str:
    return f"{point['read']['value']:.3f}"
