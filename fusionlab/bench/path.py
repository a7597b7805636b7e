"""A path of models, each made of the one before, examined stage by stage: `fusionlab path`.

A recipe of several builds says in its table `path` which models follow one another, and what is
held beside them. All of them read one text and answer the same questions, so that every difference
is found question by question. What is known of a model is kept, and found there by the next call.

    [path]                      [[path.line]]
    suite = "word-problems"     kind = "grafted"
    items = 60                  models = ["built:deep", "built:healed"]
"""

import hashlib
import json
import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from fusionlab.bench.scoring import judged
from fusionlab.bench.statistics import mcnemar
from fusionlab.bench.suites import Item, Suite, changed, draw, get_suite
from fusionlab.builds import PATH
from fusionlab.engines.memory import Pool, default_pool
from fusionlab.engines.scoring import scored
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress
from fusionlab.intervals import rate, wilson
from fusionlab.making import RECIPE, REPORT
from fusionlab.models.base import Level, Message
from fusionlab.proof.examining import samples_for
from fusionlab.reading import read_json, read_plain, read_text, read_toml
from fusionlab.recipe import FORBID, Sampling, as_recipe_error
from fusionlab.sources import store
from fusionlab.sources.references import folder_for
from fusionlab.sources.schemes.built import PREFIX, built_folder
from fusionlab.training.log import LOG, steps_in
from fusionlab.weights.opened import fetched, fingerprint
from fusionlab.weights.papers import short
from fusionlab.weights.postflight import Sample, Subject
from fusionlab.writing import putting

FORMAT = 1
"""Of a record; fields are only added."""
PATHS = "paths"
"""The folder of records, in FusionLab's home and among what came with it."""
TOGETHER = 32
"""Questions that are answered in one batch."""
CURVE = 60
"""Steps of a training's losses that a record keeps, at most."""

Drawn = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """Models that follow one another."""

    kind: Literal["grafted", "tokens", "compute"]
    """The graft itself, or its donor trained for the same tokens, or for the same compute."""
    models: Annotated[tuple[str, ...], Field(min_length=1)]

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class PathRecipe:
    """What is examined, and what is asked."""

    suite: str
    line: Annotated[tuple[Line, ...], Field(min_length=1)]
    items: Annotated[int, Field(ge=1)] = 100

    __pydantic_config__ = FORBID


_ADAPTER = TypeAdapter(PathRecipe)


@dataclass(frozen=True, slots=True)
class _Exam:
    """What every model of a path reads and answers."""

    suite: Suite
    items: tuple[Item, ...]
    kind: str
    samples: list[Sample]

    @property
    def digest(self) -> str:
        """A hash of all of it."""
        asked = [[each.prompt, each.truth] for each in self.items]
        read = [[each.asked, each.text] for each in self.samples]
        return hashlib.sha256(json.dumps([FORMAT, asked, read]).encode()).hexdigest()


def path_in(text: str) -> PathRecipe:
    """The path that a recipe of several builds describes; raises RecipeError where it has none."""
    told = read_toml(text).get(PATH)
    if told is None:
        raise RecipeError("path-none")
    try:
        return _ADAPTER.validate_python(told)
    except ValidationError as cause:
        raise as_recipe_error(cause, of=PathRecipe, line=Line) from None


def examined(path: PathRecipe, pool: Pool | None = None) -> Generator[Event, None, Drawn]:
    """The record of all models of the path, which stand; what was found before is taken over.

    Raises UnknownName and what opening a model raises.
    """
    suite = changed(get_suite(path.suite), items=path.items)
    kind, samples = samples_for(Subject(_donor(path), ()))
    exam = _Exam(suite, draw(suite).items, kind, samples)
    found: dict[str, Drawn] = {}
    for ref in dict.fromkeys(ref for line in path.line for ref in line.models):
        found[ref] = yield from _point(ref, exam, pool or default_pool())
    lines = [
        {"kind": line.kind, "points": [_of_line(ref, found[ref]) for ref in line.models]}
        for line in path.line
    ]
    return {
        "format": FORMAT,
        "suite": suite.name,
        "items": len(exam.items),
        "text": kind,
        "donor": short(_donor(path)),
        "lines": lines,
        "steps": _steps(path, found),
    }


def write_record(record: Drawn, file: Path) -> None:
    """The record stands in this file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with putting(file) as part:
        text = json.dumps(record, ensure_ascii=False, allow_nan=False)
        part.write_text(text + "\n", encoding="utf-8")


def compared(one: Drawn, other: Drawn) -> Drawn:
    """What the first model has more than the second: nats per byte piece by piece, right answers
    question by question.
    """
    sizes = one["sizes"]
    more = [a - b for a, b in zip(one["nats"], other["nats"], strict=True)]
    only = [(a, b) for a, b in zip(one["right"], other["right"], strict=True) if a != b]
    gained = sum(a == "1" for a, _ in only)
    low, high = rate(more, sizes) or (None, None)
    return {
        "nats": sum(more) / sum(sizes),
        "low": low,
        "high": high,
        "gained": gained,
        "lost": len(only) - gained,
        "p": mcnemar(gained, len(only) - gained) if only else 1.0,
    }


def _donor(path: PathRecipe) -> str:
    """The first model that was not built on the way; else the first of all."""
    refs = [ref for line in path.line for ref in line.models]
    return next((ref for ref in refs if not ref.startswith(PREFIX)), refs[0])


def _point(ref: str, exam: _Exam, pool: Pool) -> Generator[Event, None, Drawn]:
    """What is known of a model; kept by its weights and by all that it is asked."""
    yield from folder_for(ref)
    source = yield from fetched(ref)
    weights = yield from fingerprint(source)
    key = hashlib.sha256(json.dumps([exam.digest, weights]).encode()).hexdigest()[:32]
    file = store.home() / PATHS / "points" / f"{key}.json"
    known = _read(file)
    if known is None:
        known = yield from _found(ref, exam, pool)
        write_record(known, file)
    return {**known, "layers": len(source.layers), **_made(ref)}


def _found(ref: str, exam: _Exam, pool: Pool) -> Generator[Event, None, Drawn]:
    """What the model reads and answers."""
    name = short(ref)
    with pool.borrow() as loan:
        model = yield from loan.load(ref, Level.INTERNALS)
        if not isinstance(model, TransformersModel):
            raise TypeError(f"{ref} is no model of transformers")
        yield Progress(f"reading with {name}", 0, len(exam.samples), "items")
        read = list(scored(model, [(each.asked, each.text) for each in exam.samples]))
        right = ""
        for start in range(0, len(exam.items), TOGETHER):
            yield Progress(f"evaluating {name}", start, len(exam.items), "items")
            right += _answers(model, exam.suite, exam.items[start : start + TOGETHER])
        parameters = sum(each.numel() for each in model.module.parameters())
    if not all(math.isfinite(each.nats) for each in read):
        raise RecipeError("path-no-number", ref=name)
    return {
        "parameters": parameters,
        "sizes": [each.bytes for each in read],
        "nats": [round(each.nats, 4) for each in read],
        "right": right,
    }


def _answers(model: TransformersModel, suite: Suite, items: Sequence[Item]) -> str:
    """For each question 1 where it is answered right, greedily, else 0."""
    texts = [""] * len(items)
    prompts = [[Message("user", item.prompt)] for item in items]
    for chunk in model.generate(prompts, Sampling(max_tokens=suite.max_tokens)):
        texts[chunk.row] += chunk.text
    found = [
        judged(item, said, suite.answer.phrase).right
        for item, said in zip(items, texts, strict=True)
    ]
    return "".join("1" if right else "0" for right in found)


def _of_line(ref: str, known: Drawn) -> Drawn:
    """A model's place on its line, as far as a picture needs it."""
    size, spread = sum(known["sizes"]), rate(known["nats"], known["sizes"]) or (None, None)
    right, total = known["right"].count("1"), len(known["right"])
    low, high = wilson(right, total)
    made = {key: known.get(key) for key in ("stage", "layers", "parameters", "training")}
    read = {"value": sum(known["nats"]) / size, "low": spread[0], "high": spread[1]}
    answered = {"right": right, "total": total, "low": low, "high": high}
    return {"ref": short(ref), **made, "read": read, "answers": answered}


def _steps(path: PathRecipe, found: dict[str, Drawn]) -> list[Drawn]:
    """Models that are held against one another: each against the one before it, the graft against
    its donor, and the end of each line against that of the first.
    """
    pairs = [pair for line in path.line for pair in _followed(line, found)]
    first = path.line[0].models
    pairs.append((first[0], _donor(path)))
    pairs += [(first[-1], line.models[-1]) for line in path.line[1:]]
    pairs += _alike(path, found)
    return [
        {"of": short(one), "against": short(other), **compared(found[one], found[other])}
        for one, other in dict.fromkeys(pairs)
        if one != other
    ]


def _followed(line: Line, found: dict[str, Drawn]) -> Iterator[tuple[str, str]]:
    """Each model with what it was made of: the nearest before it of another stage."""
    for at, ref in enumerate(line.models):
        stage = found[ref]["stage"]
        earlier = [each for each in line.models[:at] if found[each]["stage"] != stage]
        if earlier:
            yield ref, earlier[-1]


def _alike(path: PathRecipe, found: dict[str, Drawn]) -> list[tuple[str, str]]:
    """Of other lines each model with the first line's of the same stage."""
    stages = {found[ref]["stage"]: ref for ref in reversed(path.line[0].models)}
    others = [ref for line in path.line[1:] for ref in line.models]
    return [(stages[found[ref]["stage"]], ref) for ref in others if found[ref]["stage"] in stages]


def _made(ref: str) -> Drawn:
    """By which stage a model came to be, and how its training went."""
    if not ref.startswith(PREFIX):
        return {"stage": "donor", "training": None}
    folder = built_folder(ref.removeprefix(PREFIX))
    recipe = read_toml(read_text(folder / RECIPE))
    settings, builder = recipe.get("settings", {}), recipe["builder"]
    if builder != "train":
        return {"stage": builder, "training": None}
    report, steps = _read(folder / REPORT) or {}, steps_in(folder / LOG)
    kept = max(1, -(-len(steps) // CURVE))
    return {
        "stage": settings["objective"],
        "training": {
            "steps": report.get("steps"),
            "examples": report.get("examples"),
            "tokens": round(report["steps"] * sum(each.tokens for each in steps) / len(steps)),
            "losses": [[each.step, each.loss] for each in steps[::kept]],
            "held_out": report.get("held_out"),
            "preferred": report.get("preferred"),
            **{key: settings.get(key) for key in ("data", "learning_rate", "lora", "seed")},
        },
    }


def _read(file: Path) -> Drawn | None:
    """The table in a JSON file; None where there is none."""
    try:
        found = read_json(read_plain(file), finite=True)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
