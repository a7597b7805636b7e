"""What is known of a merge that goes by data before it is made: what is read, at what cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusionlab.builders.data.material import SUITE, material_for
from fusionlab.errors import RecipeError
from fusionlab.plans import Finding
from fusionlab.sources import store
from fusionlab.weights.merging import Part
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.rule import Rule
from fusionlab.weights.statistics import FOLDER, pass_memory, room_for


@dataclass(frozen=True, slots=True)
class Reads:
    """What a model reads before it is merged."""

    ref: str
    data: str
    """As it was asked for."""
    most: int
    """Passages, of which there may be fewer."""
    passages: int
    digest: str
    """By which it is seen that the data have changed since."""


def reads_of(rule: Rule, chosen: Sequence[tuple[str, str]], base: str, most: int) -> list[Reads]:
    """What each source but the base reads, given as its reference and the data chosen for it.

    None where a rule that needs data is given none.

    Raises RecipeError where the rule has no use for data, and what finding the data raises.
    """
    found: dict[str, Reads] = {}
    for ref, own in chosen:
        if own and rule.statistic is None:
            raise RecipeError("merge-data-unused", rule=rule.name)
        if not own or (ref == base and rule.base != "refused"):
            continue
        if ref in found and found[ref].data != own:
            raise RecipeError("option-twice", source=repr(ref), option="data")
        if ref not in found:
            material = material_for(own, ref, most)
            found[ref] = Reads(ref, own, most, len(material.passages), material.digest)
    return list(found.values())


def outlook(
    rule: Rule,
    parts: Sequence[Part],
    sources: Sequence[Opened],
    reads: Sequence[Reads],
    settings: Mapping[str, Any],
) -> tuple[int, int]:
    """About how much memory measuring takes, and at most how much room on the disk.

    `settings` are those of the merge.
    """
    if rule.statistic is None:
        return 0, 0
    wanted = wanted_of(rule, parts)
    if rule.statistic == "shift":
        moved = [part for part in parts if part.settings is not None]
        gradient = sum(4 * part.header.elements for part in moved)
        bases = {part.base.source for part in moved if part.base}
        batch = rule.trained(settings)["batch"]
        return max((pass_memory(sources[n], batch) for n in bases), default=0) + gradient, 0
    rooms = {n: room_for(sources[n], rule.statistic, names) for n, names in wanted.items()}
    memory = max((pass_memory(sources[n]) + room for n, room in rooms.items()), default=0)
    read = {each.ref for each in reads}
    return memory, sum(room for n, room in rooms.items() if sources[n].ref in read)


def wanted_of(rule: Rule, parts: Sequence[Part]) -> dict[int, frozenset[str]]:
    """The tensors of each model that the rule has to be told of; of the base none."""
    found: dict[int, set[str]] = defaultdict(set)
    for part in parts:
        if part.settings is not None and rule.statistic is not None:
            for place in part.models:
                found[place.source].add(place.name)
    return {number: frozenset(names) for number, names in found.items()}


def findings(
    rule: Rule,
    parts: Sequence[Part],
    sources: Sequence[Opened],
    reads: Sequence[Reads],
    settings: Mapping[str, Any],
    *,
    aligned: bool,
) -> list[Finding]:
    """What is to be known of a merge that goes by data."""
    if rule.statistic is None:
        return []
    lacking = not reads or any(
        sources[n].ref not in {each.ref for each in reads} for n in wanted_of(rule, parts)
    )
    if lacking:
        return [Finding.of("refused", "merge-data-lacking", rule=rule.name)]
    if aligned:
        return [Finding.of("refused", "merge-data-tokens", rule=rule.name)]
    if odd := _renamed(rule, parts, sources):
        return [Finding.of("refused", "merge-data-renamed", source=odd[0], name=odd[1])]
    memory, room = outlook(rule, parts, sources, reads, settings)
    told = [f"{short(each.ref)}: {each.data} ({each.passages})" for each in reads]
    figures = {"memory": f"{memory / 1e6:.0f}", "room": f"{room / 1e6:.0f}"}
    place = str(store.home() / FOLDER)
    key = "merge-data-learned" if rule.statistic == "shift" else "merge-data-read"
    notes = [Finding.of("note", key, reads=told, place=place, **figures)]
    if rule.statistic == "gram":
        notes.append(Finding.of("note", "merge-data-averaged", rule=rule.name))
    return notes


def _renamed(
    rule: Rule, parts: Sequence[Part], sources: Sequence[Opened]
) -> tuple[str, str] | None:
    """A model whose files hold a parameter otherwise than the model does, and the parameter."""
    for number in wanted_of(rule, parts):
        source = sources[number]
        layout = source.layout
        inside = (
            f"{layout.path}.{n}.{rest}"
            for n, kind in enumerate(layout.kinds)
            for rest in kind.shapes
        )
        stored = source.stored
        for name in [*sorted(layout.before | layout.after), *inside]:
            if name not in stored and name not in layout.tied:
                return short(source.ref), name
    return None


def read_section(reads: Sequence[Reads]) -> list[str]:
    """As Markdown, what models read before; of a file strangers may know its name only."""
    rows = [
        f"- `{short(each.ref)}`: {each.passages} passages of `{Path(each.data).name}`"
        if not each.data.startswith(SUITE)
        else f"- `{short(each.ref)}`: {each.passages} passages to train with of `{each.data}`"
        for each in reads
    ]
    return ["\n".join(("The models were measured on data:", "", *rows))] if rows else []


def learned_section(rule: Rule) -> str:
    """What of the new model was trained."""
    if rule.training.model_fields:
        return "Nothing was trained but how much of each task vector is added."
    return "Nothing was trained."
