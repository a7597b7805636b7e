"""What a benchmark compares: each method over the members, and each member alone.

A contender is a recipe without a prompt. Its key is a hash of all that decides its answers: the
recipe, the suite and its items, the members' weights, and the versions. Equal keys are one
contender, whose answers are kept; whatever changes any of it makes another.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fusionlab.bench.rows import Role
from fusionlab.bench.suites import Item, Suite, draw, suite_to_json
from fusionlab.errors import BenchError
from fusionlab.models.base import Level
from fusionlab.models.sampling import spread
from fusionlab.recipe import (
    MemberRecipe,
    Recipe,
    Sampling,
    named,
    recipe_to_json,
    setting_from_text,
)
from fusionlab.registry import get_method
from fusionlab.run import check
from fusionlab.sources.references import adapter_of, files_of, spec_of

VERSION = 1
"""Of what lies in a benchmark's folder."""
MOST_CONTENDERS = 200
"""Each is held against all others, and may have a baseline beside it."""
SOLO = "solo"
BASELINE = "self_consistency"
FROM_SUITE = ("answer", "phrase")
"""Settings that follow the suite where they are not given."""
QUIET = {"meanings": False}
"""Settings that only add to what is shown: left out unless they are asked for."""
_FIELD = re.compile(r",\s*(?=\w+=)")


@dataclass(frozen=True, slots=True)
class MethodRecipe:
    """A method as it takes part: its name, and what was said of settings and sampling."""

    method: str
    given: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to answer; a baseline names the contender whose tokens it is given."""

    key: str
    name: str
    role: Role
    recipe: Recipe
    follows: tuple[str, ...] = ()
    """Settings that are the suite's."""
    baseline_of: str = ""
    note: str = ""
    """`few-samples` where a vote of so few is only the first of them; older files say it in
    words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A benchmark, checked: what is asked, and who answers."""

    suite: Suite
    items: tuple[Item, ...]
    key: str
    """Of what is asked: contenders that answer the same can be compared."""
    contenders: tuple[Contender, ...]
    """Each member alone comes first."""
    level: Level
    """How far all members are opened, so that every contender uses the same engine."""
    broken: tuple[str, ...] = ()
    """What is wrong with data that are left out."""
    unasked: tuple[str, ...] = ()
    """Fields of the data that look like a part of the questions and are not asked."""
    baseline: bool = True
    batch: int = 16
    """Items that are answered together."""
    keep_runs: int = 20
    """Of each contender, so many runs are kept with all their events."""
    retry: bool = True
    """Whether what failed before is asked again."""

    @property
    def fusions(self) -> tuple[Contender, ...]:
        """What is measured against the members alone."""
        return tuple(one for one in self.contenders if one.role == "fusion")


def method_from_text(text: str) -> MethodRecipe:
    """The method in `NAME[,key=value…]`; a key may also be temperature, top_k or top_p."""
    name, *pairs = _FIELD.split(text.strip())
    return MethodRecipe(name.strip(), dict(setting_from_text(pair) for pair in pairs))


def plan(
    suite: Suite,
    methods: Sequence[MethodRecipe],
    members: Sequence[MemberRecipe],
    *,
    skip_broken: bool = False,
    baseline: bool = True,
    batch: int = 16,
    keep_runs: int = 20,
) -> Plan:
    """The benchmark of these methods over these members; loads no model.

    Every member also stands alone. Raises what `check` and `draw` raise, and BenchError.
    """
    if not members:
        raise BenchError("bench-without-members")
    if batch < 1 or keep_runs < 0:
        raise BenchError("bench-counts", batch=batch, runs=keep_runs)
    drawn = draw(suite, skip_broken=skip_broken)
    together = named(tuple(members))
    wanted = [MethodRecipe(SOLO, {}), *methods]
    level = max(get_method(each.method).needs_under(each.given) for each in wanted)
    asked = asked_key(suite, drawn.items)
    found: dict[str, Contender] = {}
    for each in wanted:
        takes_one = get_method(each.method).max_members == 1
        for group in [(one,) for one in together] if takes_one else [together]:
            one = contender(suite, asked, level, each, group)
            found.setdefault(one.key, one)
    if len(found) > MOST_CONTENDERS:
        raise BenchError("contenders-too-many", count=len(found), most=MOST_CONTENDERS)
    alone_first = sorted(found.values(), key=lambda one: one.role != "single")
    return Plan(
        suite,
        drawn.items,
        asked,
        told_apart(alone_first),
        level,
        drawn.broken,
        drawn.unasked,
        baseline,
        batch,
        keep_runs,
    )


def contender(
    suite: Suite,
    asked: str,
    level: Level,
    wanted: MethodRecipe,
    members: Sequence[MemberRecipe],
) -> Contender:
    """The method over these members, checked; `asked` is the key of what is asked.

    Raises what `check` raises.
    """
    method = get_method(wanted.method)
    known = set(method.settings.model_fields)
    in_sampling = {each.name for each in fields(Sampling)} - known
    drawn = {key: value for key, value in wanted.given.items() if key in in_sampling}
    settings = {key: value for key, value in QUIET.items() if key in known}
    settings |= {key: value for key, value in wanted.given.items() if key not in drawn}
    sampling = Sampling(
        **{"temperature": method.temperature, "max_tokens": suite.max_tokens, **drawn}
    )
    recipe = check(Recipe(method.name, suite.template, tuple(members), settings, sampling))
    recipe = replace(recipe, prompt="")
    follows = tuple(key for key in FROM_SUITE if key in known and key not in settings)
    key = _hash(
        {
            "asked": asked,
            "recipe": recipe_to_json(recipe),
            "level": int(level),
            "weights": [identity(member.ref) for member in members],
        }
    )
    name = _name(method.name, wanted.given, members)
    role: Role = "single" if method.name == SOLO and not wanted.given else "fusion"
    return Contender(f"{_slug(name)}-{key}", name, role, recipe, follows)


def baseline_for(plan: Plan, fusion: Contender, single: Contender, samples: int) -> Contender:
    """The single member with as many samples as the fusion's tokens pay for."""
    wanted = MethodRecipe(BASELINE, {"samples": samples})
    one = contender(plan.suite, plan.key, plan.level, wanted, single.recipe.members)
    few = "" if samples > 2 else "few-samples"
    return replace(
        one,
        key=f"{one.key}-for-{fusion.key.rpartition('-')[2]}",
        name=f"{single.name} × {samples}, as many tokens as {fusion.name}",
        role="baseline",
        baseline_of=fusion.key,
        note=few,
    )


def recipe_for(plan: Plan, one: Contender, number: int) -> Recipe:
    """The contender's recipe for item `number`, with a seed of its own."""
    item = plan.items[number]
    suite_has = {
        "answer": "text" if item.checker in ("rouge", "corpus") else item.checker,
        "phrase": plan.suite.answer.phrase,
    }
    followed = {key: suite_has[key] for key in one.follows}
    seed = spread(plan.suite.seed + one.recipe.sampling.seed, number)
    return replace(
        one.recipe,
        prompt=item.prompt,
        settings={**one.recipe.settings, **followed},
        sampling=replace(one.recipe.sampling, seed=seed),
    )


def identity(ref: str) -> str:
    """Which weights a reference means now: a hash of its files, or what the hub calls them."""
    if adapted := adapter_of(ref):
        base, folder = adapted
        return f"{identity(base)} {_files_hash(folder.glob('*.safetensors'))}"
    files = list(files_of(ref))
    return _files_hash(files) if files else f"{ref} {spec_of(ref).revision}"


def told_apart(contenders: Iterable[Contender]) -> tuple[Contender, ...]:
    """The same, no two with one name."""
    taken: dict[str, int] = {}
    result = []
    for one in contenders:
        count = taken[one.name] = taken.get(one.name, 0) + 1
        result.append(one if count == 1 else replace(one, name=f"{one.name} ({count})"))
    return tuple(result)


def asked_key(suite: Suite, items: Sequence[Item]) -> str:
    """The key of what is asked: contenders that answer the same can be compared."""
    asked = {key: value for key, value in suite_to_json(suite).items() if key != "title"}
    if suite.data.kind == "file":
        asked["data"] = {**asked["data"], "source": ""}  # what counts is what was read from it
    versions = {"format": VERSION, "fusionlab": version("fusionlab")}
    return _hash({**versions, "suite": asked, "items": [asdict(item) for item in items]})


def _hash(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def _files_hash(files: Iterable[Path]) -> str:
    """Of the contents; a file is read again only when its size or time has changed."""
    stats = [(str(file), file.stat()) for file in sorted(files)]
    return _hash([_file_hash(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])


@cache
def _file_hash(name: str, size: int, mtime_ns: int) -> str:  # noqa: ARG001  they are for the cache
    with Path(name).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _name(method: str, given: dict[str, Any], members: Sequence[MemberRecipe]) -> str:
    settings = [f"{key}={value}" for key, value in given.items()]
    of = [] if get_method(method).max_members != 1 else [f"of {members[0].name}"]
    if method == SOLO and not given:
        return members[0].name
    return " ".join([method, *settings, *of])


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40]
