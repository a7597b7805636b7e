"""Members that answer from the prompt alone: a benchmark is tested without weights."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from fusionlab.bench.plan import Plan, method_from_text, plan
from fusionlab.bench.suites import changed, get_suite
from fusionlab.engines.memory import Pool
from fusionlab.errors import MemberError
from fusionlab.models.base import Chunk, Level, ModelSpec, Prompt, Usage
from fusionlab.recipe import Sampling, member_from_text
from fusionlab.zoo.tasks import task_of


@dataclass(slots=True)
class Clerk:
    """Says `answer(prompt)`; counts what it was asked."""

    answer: Callable[[str], str]
    name: str
    asked: list[str] = field(default_factory=list)

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec(self.name, engine="clerk", level=Level.TEXT)

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling) -> Iterator[Chunk]:
        for row, prompt in enumerate(prompts):
            self.asked.append(prompt[-1].content)
            yield Chunk(row, self.answer(prompt[-1].content))
            yield Chunk(row, "", "end", Usage(10, 2, 2, 0.001, len(prompts)))

    def close(self) -> None: ...


def knows(*tasks: str) -> Callable[[str], str]:
    """Right at these tasks; elsewhere it says nothing that could be right."""

    def answer(prompt: str) -> str:
        task = task_of(prompt)
        return task.answer(prompt) if task.name in tasks else "?"

    return answer


def breaks(prompt: str) -> str:
    """A server that is away."""
    raise MemberError("server-broke-off", server="somebody")


@contextmanager
def pool_of(clerks: Mapping[str, Clerk]) -> Iterator[Pool]:
    """A pool in which `api:http://clerks#NAME` is the clerk of that name."""

    def load(url: str, name: str, spec: ModelSpec) -> Clerk:
        return clerks[name]

    with closing(Pool(10**9, {"remote": load})) as pool:
        yield pool


def planned(
    names: Sequence[str], *methods: str, suite: str = "zoo-strings", **options: Any
) -> Plan:
    """The methods over clerks of these names, eight items unless told otherwise."""
    given = {key: options.pop(key) for key in ("items", "answer", "seed") if key in options}
    return plan(
        changed(get_suite(suite), **{"items": 8, **given}),
        [method_from_text(method) for method in methods],
        [member_from_text(f"api:http://clerks#{name},name={name}") for name in names],
        **options,
    )
