"""Pairs of answers from a model itself: an exact checker says which of its samples are right.

`own:SUITE` asks questions to train with of the suite's tasks, never those that the suite asks. Each
is answered several times at a temperature; where one answer is right and one is wrong, they are a
pair for DPO. Samples are kept as they come, so that what was stopped does not sample again.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from random import Random
from typing import Any

from fusionlab.builders.data.material import of_suite, suite_table, table_in
from fusionlab.engines.memory import Pool
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Event, Progress
from fusionlab.models.base import Level, Message
from fusionlab.reading import read_json
from fusionlab.recipe import Sampling
from fusionlab.sources import store
from fusionlab.text.answers import extract, kind_of, same
from fusionlab.training.corpora import Question, get_corpus
from fusionlab.writing import putting
from fusionlab.zoo.tasks import get_task

OWN = "own:"
FORMAT = 1
"""Of how questions and samples are drawn: another one makes other pairs of the same settings."""
TOGETHER = 32
"""Answers that are drawn in one batch, about."""
SAMPLES, PAIRS = "samples.jsonl", "pairs.jsonl"
"""In a work folder: what was said to each question, and the pairs that were found in it."""
FEWEST = 4
"""Pairs that are worth a training."""
SPARE = 8
"""Times as many questions are drawn as are asked, of which some may be known."""
MAX_TOKENS = 64
"""Of an answer, where the suite does not say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to train with, and how its answers are checked."""

    task: str
    prompt: str
    truth: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """What is asked, and how often it is answered."""

    suite: str
    checker: str
    phrase: str
    asked: tuple[Asked, ...]
    samples: int
    """Answers to each question."""
    sampling: Sampling

    @property
    def digest(self) -> str:
        """A hash of all that decides the samples, but for the model."""
        said = [FORMAT, self.checker, self.phrase, self.samples]
        asked = [[each.prompt, each.truth] for each in self.asked]
        how = [self.sampling.temperature, self.sampling.max_tokens, self.sampling.seed]
        return hashlib.sha256(json.dumps([said, asked, how]).encode()).hexdigest()


def own_of(suite: str, questions: int, samples: int, temperature: float, seed: int) -> Own:
    """So many questions to train with of the suite's tasks, always the same for one seed.

    Raises UnknownName, or RecipeError where the suite has nothing to train with, its answers are
    not exact, or all samples would be the same.
    """
    if samples < 2 or not temperature:
        raise RecipeError("train-own-alike", samples=samples, temperature=f"{temperature:g}")
    return asked_of(suite, questions, samples, temperature, seed)


def asked_of(
    suite: str,
    questions: int,
    samples: int,
    temperature: float,
    seed: int,
    *,
    known: Callable[[str], bool] = lambda _: False,
) -> Own:
    """So many questions to train with of the suite's tasks, none of them `known`; fewer where the
    tasks have no more.

    Raises UnknownName, or RecipeError where the suite has nothing to train with or its answers are
    not exact.
    """
    table = suite_table(suite.split("/", maxsplit=1)[0] if not suite.endswith(".toml") else suite)
    answer = table_in(table, "answer")
    checker = str(answer.get("checker", "exact"))
    if checker == "rouge":
        raise RecipeError("train-own-inexact", suite=suite)
    asked = _drawn(of_suite(suite), str(table.get("template", "")), questions, seed, known)
    longest = table.get("max_tokens")
    most = longest if isinstance(longest, int) and longest > 0 else MAX_TOKENS
    sampling = Sampling(most, temperature, seed=seed)
    return Own(suite, checker, str(answer.get("phrase", "")), asked, samples, sampling)


def sampled(own: Own, ref: str, work: Path) -> Generator[Event, None, Path]:
    """The file of pairs that the model's own answers make; it stands in the work folder.

    Raises RecipeError where there are too few, and what opening the model raises.
    """
    file = work / PAIRS
    if file.exists():
        return file
    rows = _kept(work / SAMPLES)
    if len(rows) < len(own.asked):
        with closing(Pool()) as pool, pool.borrow() as loan:
            model = yield from loan.load(ref, Level.INTERNALS)
            if not isinstance(model, TransformersModel):
                raise TypeError(f"{ref} is no model of transformers")
            for row in _answered(own, model, len(rows)):
                if row is not None:
                    _keep(work / SAMPLES, row)
                    rows.append(row)
                yield Progress(f"sampling {own.suite}", len(rows), len(own.asked), "items")
    found = list(pairs_in(own, rows))
    _check(own, rows, found)
    with store.saving(work), putting(file) as part:
        text = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in found)
        part.write_text(text, encoding="utf-8")
    return file


def pairs_in(own: Own, rows: Sequence[Sequence[str]]) -> Iterator[dict[str, str]]:
    """Of each question that was answered rightly and wrongly, the first of either."""
    for asked, said in zip(own.asked, rows, strict=True):
        right, wrong = _parted(own, asked, said)
        if right and wrong:
            yield {"prompt": asked.prompt, "chosen": right[0], "rejected": wrong[0]}


def is_right(own: Own, asked: Asked, said: str) -> bool:
    """Whether this answers the question, by the rule of the suite."""
    if own.checker == "corpus":
        question = Question(asked.prompt, asked.truth, "", asked.choices)
        return get_corpus(asked.task).right(question, said)
    kind: Any = kind_of(asked.truth) if own.checker == "truth" else own.checker
    found = extract(said, kind, own.phrase)
    return found is not None and same(found, asked.truth, kind)


def _drawn(
    tasks: Mapping[str, str], template: str, count: int, seed: int, known: Callable[[str], bool]
) -> tuple[Asked, ...]:
    """Different questions of all tasks in turn, as many of each; fewer where a task has no more."""
    each, more = divmod(count, len(tasks))
    counts = [each + (at < more) for at in range(len(tasks))]
    columns = [
        list(islice(_unknown(_asked(kind, task, seed, SPARE * most), known), most))
        for (task, kind), most in zip(tasks.items(), counts, strict=True)
    ]
    found = (one for one in chain.from_iterable(zip_longest(*columns)) if one is not None)
    place = template.strip() or "{question}"
    return tuple(
        Asked(one.task, place.replace("{question}", one.prompt), one.truth, one.choices)
        for one in found
    )


def _unknown(asked: Iterator[Asked], known: Callable[[str], bool]) -> Iterator[Asked]:
    return (each for each in asked if not known(each.prompt))


def _asked(kind: str, name: str, seed: int, count: int) -> Iterator[Asked]:
    """Questions of the training split; another seed draws others."""
    rng = Random(f"answering {name} {seed}")  # noqa: S311  questions are no secrets
    if kind == "zoo":
        for problem in get_task(name).problems(rng, "train", count):
            yield Asked(name, problem.prompt, problem.answer)
        return
    for question in get_corpus(name).distinct(rng, "train", count):
        yield Asked(name, question.prompt, question.answer, question.choices)


def _answered(own: Own, model: TransformersModel, done: int) -> Iterator[list[str] | None]:
    """What the model says to each question that is left; None once it has begun a batch."""
    size = max(1, TOGETHER // own.samples)
    for start in range(done, len(own.asked), size):
        yield None
        some = own.asked[start : start + size]
        prompts = [[Message("user", each.prompt)] for each in some for _ in range(own.samples)]
        texts = [""] * len(prompts)
        for chunk in model.generate(prompts, _seeded(own.sampling, start)):
            texts[chunk.row] += chunk.text
        for at in range(len(some)):
            yield texts[at * own.samples : (at + 1) * own.samples]


def _seeded(sampling: Sampling, start: int) -> Sampling:
    """With a seed of the batch's own, so that it does not matter which came before it."""
    digest = hashlib.blake2s(f"{sampling.seed} {start}".encode(), digest_size=7).digest()
    seed = int.from_bytes(digest, "big")
    return Sampling(sampling.max_tokens, sampling.temperature, seed=seed)


def _parted(own: Own, asked: Asked, said: Sequence[str]) -> tuple[list[str], list[str]]:
    """What was said, right and wrong; silence is neither."""
    texts = [text.strip() for text in said if text.strip()]
    right = [text for text in texts if is_right(own, asked, text)]
    return right, [text for text in texts if text not in right]


def _check(own: Own, rows: Sequence[Sequence[str]], pairs: Sequence[Any]) -> None:
    """Raises RecipeError with what to do where there are too few pairs."""
    if len(pairs) >= FEWEST:
        return
    parted = [_parted(own, *both) for both in zip(own.asked, rows, strict=True)]
    right, wrong = (sum(len(each[at]) for each in parted) for at in range(2))
    key = "train-own-few" if right and wrong else "train-own-none"
    raise RecipeError(
        key,
        pairs=len(pairs),
        fewest=FEWEST,
        questions=len(rows),
        samples=own.samples,
        temperature=f"{own.sampling.temperature:g}",
        suite=own.suite,
        lacking="wrong" if right else "right",
    )


def _kept(file: Path) -> list[list[str]]:
    """What an earlier attempt has kept; a line that was not finished is cut off."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    if len(whole) < len(lines):
        with putting(file) as part:
            part.write_text("".join(whole), encoding="utf-8")
    return [read_json(line) for line in whole]


def _keep(file: Path, said: Sequence[str]) -> None:
    with store.saving(file.parent), file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(said, ensure_ascii=False) + "\n")
