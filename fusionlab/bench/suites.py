"""What a benchmark asks: where its questions come from, and how answers are found and checked.

A suite is a TOML file in assets/suites, or one of the user's own:

```toml
title = "Sums and days of the week"
template = "{question}"       # of data from files also {any field}: "{Body} {question}"
items = 200
seed = 0
max_tokens = 24

[data]                        # kind = "zoo": tasks of the zoo, from their test split
kind = "zoo"                  # kind = "corpus": corpora in natural language, and a split
tasks = ["add", "weekday"]    # kind = "file": source (a file, a folder, a data set of the hub),
                              # question, answer, answer_after, tasks, config, split
[answer]
checker = "exact"             # exact, number, choice, yes_no, text, truth, corpus or rouge
phrase = ""                   # what an answer follows
```
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import partial
from itertools import chain, zip_longest
from pathlib import Path
from random import Random
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from fusionlab.assets import asset
from fusionlab.bench.data import (
    QUESTION,
    SUFFIXES,
    Columns,
    Question,
    Questions,
    from_file,
    from_hub,
    on_hub,
)
from fusionlab.errors import BenchError, DataError, UnknownName
from fusionlab.faults import fault
from fusionlab.reading import is_file, is_folder, path_of, read_text, read_toml, reason
from fusionlab.text.answers import Kind, kind_of
from fusionlab.zoo.tasks import get_task

Checker = Literal[Kind, "truth", "corpus", "rouge"]
"""How an answer is found and compared; truth: as the kind that each right answer is of; corpus: by
the rule of its corpus."""
FORBID = ConfigDict(extra="forbid")
PLACE = "{question}"
_PLACES = re.compile(r"(?:(?<![\w\\{}])|(?=\{question\}))\{([^\W\d][\w .-]*)\}")
"""Names in braces. `\\boxed{x}`, `{{x}}` and `{"x": 1}` are none, and stay as they are."""
UNKNOWN_FIELD = ("extra_forbidden", "unexpected_keyword_argument")
_UNFIT = re.compile(r"[^A-Za-z0-9,_-]")
MOST_ITEMS = 100_000
LONGEST_NAME = 100
"""Of a task within the name of a file; file systems take 255 bytes."""
POOL = 4
"""Times as many questions of a corpus as are asked, of which the seed chooses."""


@dataclass(frozen=True, slots=True)
class ZooData:
    """Tasks of the zoo, from the problems that nothing was trained on."""

    kind: Literal["zoo"]
    tasks: Annotated[tuple[str, ...], Field(min_length=1)]

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class CorpusData:
    """Corpora of questions in natural language; `hard` has wordings that nothing was trained on."""

    kind: Literal["corpus"]
    corpora: Annotated[tuple[str, ...], Field(min_length=1)]
    split: Literal["test", "hard"] = "test"

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class FileData:
    """A file, a folder with a file a task, or a data set of the hub with a config a task."""

    kind: Literal["file"]
    source: str
    question: str = "question"
    answer: str = "answer"
    answer_after: str = ""
    tasks: tuple[str, ...] = ()
    config: str = ""
    split: str = "test"

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer is found in what was said, and compared with the right one."""

    checker: Checker = "exact"
    phrase: str = ""

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class Suite:
    """A named set of questions."""

    name: str
    title: str
    data: Annotated[ZooData | CorpusData | FileData, Field(discriminator="kind")]
    answer: Answer = Answer()
    template: str = PLACE
    items: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 200
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    max_tokens: Annotated[int, Field(ge=1, le=100_000)] = 64

    __pydantic_config__ = FORBID


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a suite; its id is also good as a file's name."""

    id: str
    task: str
    prompt: str
    truth: str
    checker: Kind | Literal["corpus", "rouge"]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The items of a suite, and the complaints about data that were skipped."""

    items: tuple[Item, ...]
    broken: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    """Fields of the data that look like a part of the questions and are not asked."""


_ADAPTER = TypeAdapter(Suite)


def suite_names() -> tuple[str, ...]:
    """The suites that come with FusionLab."""
    return tuple(sorted(file.stem for file in asset("suites").glob("*.toml")))


def get_suite(name: str) -> Suite:
    """The suite of this name, or in this .toml file; raises UnknownName or BenchError."""
    if name.endswith(".toml"):
        path = path_of(name)
    elif name in suite_names():
        path = asset("suites") / f"{name}.toml"
    else:
        raise UnknownName("kind-suite", name, suite_names())
    if not is_file(path):
        raise BenchError("suite-missing", file=repr(str(path)))
    try:
        suite = _checked(str(path), {"name": path.stem, **_table(path)})
    except (OSError, UnicodeDecodeError, TOMLDecodeError) as cause:
        raise BenchError("suite-unreadable", file=str(path), said=reason(cause)) from None
    return _beside(suite, path.parent)


def suite_to_json(suite: Suite) -> dict[str, Any]:
    """The suite as plain JSON data."""
    data: dict[str, Any] = _ADAPTER.dump_python(suite, mode="json")
    return data


def changed(suite: Suite, **given: Any) -> Suite:
    """The same suite with other items, seed or max_tokens; raises BenchError on a bad value."""
    return _checked(suite.name, {**suite_to_json(suite), **given})


def with_source(suite: Suite, source: str) -> Suite:
    """The same suite over another file, folder or data set; raises BenchError where it has none."""
    if not isinstance(suite.data, FileData):
        raise BenchError("suite-without-data", suite=suite.name)
    return replace(suite, data=replace(suite.data, source=source))


def draw(suite: Suite, *, skip_broken: bool = False) -> Drawn:
    """The items of the suite, chosen by its seed, of its tasks in turn.

    Raises UnknownName for a task that is none, and DataError.
    """
    match suite.data:
        case ZooData(tasks=tasks):
            found = {task: _zoo_questions(suite, task, n) for task, n in _shares(suite, tasks)}
        case CorpusData(corpora=corpora, split=split):
            found = {
                name: _corpus_questions(suite, name, split, n)
                for name, n in _shares(suite, corpora)
            }
        case FileData() as data:
            return _drawn_from_files(suite, data, skip_broken=skip_broken)
    return Drawn(_in_turn(suite, found))


def _table(path: Path) -> dict[str, Any]:
    return read_toml(read_text(path))


def _checked(origin: str, data: dict[str, Any]) -> Suite:
    try:
        suite: Suite = _ADAPTER.validate_python(data)
    except ValidationError as cause:
        raise _as_bench_error(origin, cause) from None
    if suite.answer.checker == "corpus" and suite.data.kind != "corpus":
        raise BenchError("suite-rule-of-no-corpus", suite=origin)
    named = places(suite.template)
    if not named or (suite.data.kind != "file" and named != (QUESTION,)):
        raise BenchError("suite-template-without-place", suite=origin, place=PLACE)
    if isinstance(suite.data, FileData) and suite.data.answer in named:
        raise BenchError("suite-gives-answer-away", suite=origin, field=suite.data.answer)
    return suite


def places(template: str) -> tuple[str, ...]:
    """The fields that the template names, each once."""
    return tuple(dict.fromkeys(_PLACES.findall(template)))


def filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with each field's text in its place."""
    return _PLACES.sub(lambda place: fields[place[1]], template).strip()


def _as_bench_error(origin: str, cause: ValidationError) -> BenchError:
    errors = cause.errors()
    unknown = [each for each in errors if each["type"] in UNKNOWN_FIELD]
    first = (unknown or errors)[0]  # a misspelt field is both unknown and missing
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return BenchError("suite-lacks-field", suite=origin, field=where)
    if not unknown:
        given = repr(str(first.get("input"))[:40])
        return BenchError("suite-field", suite=origin, field=where, said=fault(first), given=given)
    tables = {"answer": Answer, "zoo": ZooData, "corpus": CorpusData, "file": FileData}
    table = next((tables[str(part)] for part in first["loc"][-2::-1] if part in tables), Suite)
    known = sorted(each.name for each in fields(table))
    near = get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.5)
    if near:
        return BenchError("suite-field-unknown-near", suite=origin, field=repr(where), near=near[0])
    return BenchError("suite-field-unknown", suite=origin, field=repr(where), known=known)


def _beside(suite: Suite, folder: Path) -> Suite:
    """A file or folder that the suite names is looked for beside it first."""
    if isinstance(suite.data, FileData):
        beside = folder / suite.data.source
        if is_file(beside) or is_folder(beside):
            return with_source(suite, str(beside))
    return suite


def _shares(suite: Suite, tasks: Sequence[str]) -> list[tuple[str, int]]:
    """How many questions each task is asked: as equal as can be, the first ones more."""
    each, more = divmod(suite.items, len(tasks))
    return [(task, each + (at < more)) for at, task in enumerate(tasks)]


def _zoo_questions(suite: Suite, name: str, count: int) -> list[Question]:
    rng = Random(f"benchmark {suite.seed} of {name}")  # noqa: S311  problems are no secrets
    problems = get_task(name).problems(rng, "test", count)
    return [Question(at, p.prompt, p.answer) for at, p in enumerate(problems, start=1)]


def _corpus_questions(
    suite: Suite, name: str, split: Literal["test", "hard"], count: int
) -> list[Question]:
    from fusionlab.training.corpora import problems

    asked = problems(name, split, POOL * count)
    questions = [Question(n, q.prompt, q.answer, q.choices) for n, q in enumerate(asked, start=1)]
    return _sampled(suite, name, questions, count)


def _drawn_from_files(suite: Suite, data: FileData, *, skip_broken: bool) -> Drawn:
    kind = _kind_of_truths(suite.answer.checker)
    readers = _readers(data, kind, places(suite.template))
    found, broken, unasked = {}, [], set[str]()
    for task, count in _shares(suite, tuple(readers)):
        questions = readers[task](skip_broken=skip_broken)
        found[task] = _sampled(suite, task, questions.good, count)
        broken += questions.broken
        unasked |= questions.unasked
    return Drawn(_in_turn(suite, found), tuple(broken), tuple(sorted(unasked)))


def _kind_of_truths(checker: Checker) -> Kind:
    match checker:
        case "truth" | "corpus" | "rouge":
            return "exact"
        case _:
            return checker


def _readers(
    data: FileData, kind: Kind, asked: tuple[str, ...]
) -> dict[str, Callable[..., Questions]]:
    """How the questions of each task are read."""
    columns = Columns(data.question, data.answer, data.answer_after, kind, asked)
    source = path_of(data.source)
    if is_folder(source):
        files = _task_files(source, data.tasks)
        return {task: partial(from_file, file, columns) for task, file in files.items()}
    if is_file(source):
        return {source.stem: partial(from_file, source, columns)}
    if on_hub(data.source):
        configs = {task: task for task in data.tasks} or {data.config or data.source: data.config}
        return {
            task: partial(from_hub, data.source, config, data.split, columns)
            for task, config in configs.items()
        }
    raise DataError("data-missing", place=data.source)


def _task_files(folder: Path, tasks: Sequence[str]) -> dict[str, Path]:
    """The file of each task: of its name, or of one that ends in it; without tasks, all files."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)
    except OSError as cause:
        raise DataError(
            "data-unreadable", file=str(folder), said=cause.strerror or str(cause)
        ) from None
    if not files:
        raise DataError("data-folder-empty", folder=str(folder), suffixes=SUFFIXES)
    if not tasks:
        return {file.stem: file for file in files}
    result = {}
    for task in tasks:
        ends = (f"-{task}", f"_{task}")
        fitting = [file for file in files if file.stem == task or file.stem.endswith(ends)]
        if not fitting:
            raise UnknownName(
                "kind-task-in", task, [file.stem for file in files], folder=str(folder)
            )
        result[task] = fitting[0]
    return result


def _sampled(suite: Suite, task: str, questions: Sequence[Question], count: int) -> list[Question]:
    rng = Random(f"benchmark {suite.seed} of {task}")  # noqa: S311  problems are no secrets
    return rng.sample(questions, min(count, len(questions)))


def _in_turn(suite: Suite, found: dict[str, list[Question]]) -> tuple[Item, ...]:
    """The items of all tasks, one of each in turn, so that a stopped benchmark has seen all."""
    names = _names(found)
    columns = [
        [_item(suite, task, names[task], q) for q in questions] for task, questions in found.items()
    ]
    return tuple(item for item in chain.from_iterable(zip_longest(*columns)) if item is not None)


def _names(tasks: Iterable[str]) -> dict[str, str]:
    """A name of each task that is good in a file's name, and no other task's."""
    found: dict[str, str] = {}
    for task in tasks:
        name = _UNFIT.sub("_", task)
        if name in found.values() or len(name) > LONGEST_NAME:
            digest = hashlib.blake2s(task.encode(), digest_size=6).hexdigest()
            name = f"{name[:LONGEST_NAME]}-{digest}"
        found[task] = name
    return found


def _item(suite: Suite, task: str, name: str, question: Question) -> Item:
    checker = suite.answer.checker
    return Item(
        id=f"{name}-{question.number}",
        task=task,
        prompt=filled(suite.template, {QUESTION: question.text, **question.fields}),
        truth=question.truth,
        checker=kind_of(question.truth) if checker == "truth" else checker,
        choices=question.choices,
    )
