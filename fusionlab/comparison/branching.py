"""Branches of a run: its text up to one token, another token there, and how it goes on from that.

A branch is a run of the same recipe whose answer is begun (`fusionlab.begun`). Branches of one run,
and branches of those, are a tree. Its file is JSON Lines: the header `{"format":
"fusionlab-branches", "version": 1, "parents": [-1, …]}` names each run's parent by its place, or -1
of the first; then come the run files, one after the other.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fusionlab.begun import MOST_IDS, Begun
from fusionlab.errors import RecipeError, RunFileError
from fusionlab.events import Candidate
from fusionlab.models.vocabulary import TextStream
from fusionlab.reading import read_json
from fusionlab.recipe import MemberRecipe, Recipe, named
from fusionlab.runfiles import FORMAT as RUN_FORMAT
from fusionlab.runfiles import parse_run, run_text
from fusionlab.trace import Trace

FORMAT = "fusionlab-branches"
VERSION = 1
MOST_WEIGHT = 1e300
MOST = 24
"""Runs of one tree: more can neither be drawn nor told apart."""
CONTROL = re.compile(
    r"<(/?s|bos|eos|pad|unk|mask|eot|(start|end)_of_\w+|\|[^|<>]*\||｜[^｜<>]*｜)>"
)
"""A token that commands a model and is no text, as chat templates spell them; a tag is text."""
_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")


@dataclass(frozen=True, slots=True)
class Branch:
    """One run of a tree, and the place of the run that it parts from; -1 of the first."""

    trace: Trace
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """A run and its branches, each after the one that it parts from."""

    branches: tuple[Branch, ...]

    def find(self, recipe: Recipe) -> int | None:
        """The place of the run of this recipe; None where there is none."""
        asked = _named(recipe)
        found = (i for i, each in enumerate(self.branches) if _named(each.trace.recipe) == asked)
        return next(found, None)

    def grown(self, trace: Trace, parent: int) -> "Tree":
        """With one branch more; raises RecipeError where there are enough."""
        if len(self.branches) >= MOST:
            raise RecipeError("branches-too-many", most=MOST)
        return Tree((*self.branches, Branch(trace, parent)))


def branch_of(
    trace: Trace, step: int, token: int, weights: Mapping[str, float] | None = None
) -> Recipe:
    """The recipe of the branch in which candidate `token` stands at `step` of the run.

    With `weights`, by member's name, the members count as much from there on. Raises RecipeError
    where the run has no such step, or the step no such candidate that says something.
    """
    chosen = next((each for each in trace.tokens if each.step == step), None)
    if chosen is None:
        raise RecipeError("branch-no-step", step=step + 1)
    tops = [own.top for own in chosen.members.values()]
    mine = Candidate(chosen.token, chosen.p, chosen.id)
    offered = [mine, *chosen.fused, *(each for top in tops for each in top)]
    found = next((each for each in offered if each.id == token and token >= 0), None)
    if found is None or CONTROL.fullmatch(found.token):
        raise RecipeError("branch-no-candidate", step=step + 1)
    before = [(each.id, each.token) for each in trace.tokens if each.step < step]
    if trace.given:
        before = [*zip(trace.given.ids, trace.given.tokens, strict=True), *before]
    if len(before) != step or len(before) >= MOST_IDS or any(i < 0 for i, _ in before):
        raise RecipeError("branch-too-late", step=step + 1, most=MOST_IDS)
    ids, pieces = zip(*before, (found.id, found.token), strict=True)
    members = tuple(_weighed(each, weights or {}) for each in named(trace.recipe.members))
    return replace(trace.recipe, begin=Begun("".join(said_by(pieces)), ids), members=members)


def told_weights(given: Any) -> dict[str, float]:
    """Weights by member as a page tells them; what is no number is left out, what is none that can
    be weighed with is infinite, which a recipe refuses.
    """
    if not isinstance(given, Mapping):
        return {}
    return {
        str(name): float(weight) if abs(weight) < MOST_WEIGHT else math.inf
        for name, weight in given.items()
        if isinstance(weight, int | float) and not isinstance(weight, bool)
    }


def tree_text(tree: Tree) -> str:
    """The tree as the text of a file."""
    parents = [each.parent for each in tree.branches]
    header = json.dumps({"format": FORMAT, "version": VERSION, "parents": parents})
    return "\n".join([header, *(run_text(each.trace).rstrip("\n") for each in tree.branches), ""])


def is_tree(text: str) -> bool:
    """Whether the text begins as that of a tree, and not of a run or anything else."""
    return re.match(rf'\s*\{{\s*"format"\s*:\s*"{FORMAT}"', text) is not None


def parse_tree(text: str, name: str = "branches") -> Tree:
    """The tree in the text of a file; raises RunFileError where it is none."""
    head, _, rest = text.partition("\n")
    parents = _parents(head, name)
    runs = _runs_in(rest)
    if len(runs) != len(parents):
        raise RunFileError("branches-file-uneven", name=name, runs=len(runs), said=len(parents))
    traces = [parse_run(run, name) for run in runs]
    return Tree(tuple(map(Branch, traces, parents)))


def _parents(head: str, name: str) -> list[int]:
    try:
        header = read_json(head, finite=True)
    except json.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise RunFileError("branches-file-none", name=name)
    version, parents = header.get("version"), header.get("parents")
    if not isinstance(version, int) or version > VERSION:
        raise RunFileError("run-file-too-new", name=name, version=str(version), newest=str(VERSION))
    whole = isinstance(parents, list) and 0 < len(parents) <= MOST
    if not whole or not all(_may_follow(at, each) for at, each in enumerate(parents or [])):
        raise RunFileError("branches-file-none", name=name)
    return list(parents or [])


def _may_follow(at: int, parent: Any) -> bool:
    """Whether the run at this place may part from that one: only the first parts from none."""
    if isinstance(parent, bool) or not isinstance(parent, int):
        return False
    return parent == -1 if at == 0 else 0 <= parent < at


def _runs_in(text: str) -> list[str]:
    """The run files that stand one after the other."""
    header = re.compile(rf'^\{{"format"\s*:\s*"{RUN_FORMAT}"', re.MULTILINE)
    starts = [found.start() for found in header.finditer(text)]
    ends = [*starts[1:], len(text)][: len(starts)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _weighed(member: MemberRecipe, weights: Mapping[str, float]) -> MemberRecipe:
    return replace(member, weight=weights.get(member.name, member.weight))


def _named(recipe: Recipe) -> Recipe:
    return replace(recipe, members=named(recipe.members))


def said_by(tokens: Sequence[str]) -> list[str]:
    """The whole characters that each of these tokens completes, by how they are shown."""
    stream = TextStream()
    return [stream.push(_bytes(token)) for token in tokens]


def _bytes(token: str) -> bytes:
    """What a token says that is shown so; nothing where it commands a model."""
    if CONTROL.fullmatch(token):
        return b""
    parts = _BYTE.split(token)
    return b"".join(
        bytes.fromhex(part) if at % 2 else part.encode() for at, part in enumerate(parts)
    )
