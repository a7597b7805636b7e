"""What a model in training answers right, every now and then: accuracy by step.

The questions are of the side of a suite that is there to train with, those left out that the data
have; the suite's own questions are never asked. They are answered greedily, all at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from fusionlab.builders.data.own import Own, asked_of, is_right
from fusionlab.engines.chat import ChatTemplate
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import RecipeError
from fusionlab.events import Solved, StepTrained
from fusionlab.intervals import wilson
from fusionlab.models.base import Level, Message, ModelSpec
from fusionlab.plans import Finding
from fusionlab.registry import Where
from fusionlab.training.records import Passage, Records
from fusionlab.words import Value

Quizzed = Literal[
    "none",
    "zoo-mixed",
    "zoo-arithmetic",
    "zoo-calendar",
    "zoo-strings",
    "zoo-two-steps",
    "adapters",
    "tables",
    "word-problems",
]
"""Suites with questions to train with, or none."""
NAMED: tuple[Quizzed, ...] = get_args(Quizzed)[1:]
ASKED = 30
"""Questions by default: an interval of about ±17 points in the middle."""
SEED = 2**63
"""No training has it, so that none draws its data as these questions are drawn."""
TOGETHER = 32
"""Questions that are answered in one batch."""
QuizSuite = Annotated[
    Quizzed,
    Field(
        description="a suite, of whose questions to train with some that the data lack are "
        "answered every now and then as it learns"
    ),
]
"""The setting of a builder that asks."""
QuizQuestions = Annotated[
    int, Field(ge=1, le=1000, description="of that suite"), Where("suite", NAMED)
]
"""How many."""


def quiz_of(suite: Quizzed, count: int, records: Records, own: Own | None = None) -> Own | None:
    """So many questions that neither the records have nor `own` asks; None where no suite is named.

    Fewer where the suite's tasks have no more. Raises RecipeError where they have none.
    """
    if suite == "none":
        return None
    found = asked_of(suite, count, 1, 0.0, SEED, known=_known_in(records, own))
    if not found.asked:
        raise RecipeError("train-quiz-none", suite=suite)
    return found


def quiz_findings(quiz: Own | None, tokenizer: Any, name: str, context: int) -> list[Finding]:
    """What is to be known of the questions, or what keeps them from being asked."""
    if quiz is None:
        return []
    template, most = ChatTemplate(tokenizer, name), quiz.sampling.max_tokens
    longest = max(len(template.encode([Message("user", each.prompt)])) for each in quiz.asked)
    if context and longest + most > context:
        needed = longest + most
        values: dict[str, Value] = {"suite": quiz.suite, "needed": needed, "context": context}
        return [Finding.of("refused", "train-quiz-too-long", **values)]
    return [Finding.of("note", "train-quiz", count=len(quiz.asked), suite=quiz.suite)]


@dataclass(frozen=True, slots=True)
class Examiner:
    """Asks a model in training these questions."""

    quiz: Own
    tokenizer: Any
    name: str
    adapted: bool
    """Whether the model has an adapter that is trained."""

    def solved(self, model: Any, step: int) -> Solved:
        """How many the model, in evaluation mode, answers right after so many steps."""
        own = model.get_base_model() if self.adapted else model  # the adapter acts within it
        spec = ModelSpec(self.name, "transformers", Level.INTERNALS)
        answering = TransformersModel(spec, own, self.tokenizer)
        asked, right = self.quiz.asked, 0
        for start in range(0, len(asked), TOGETHER):
            some = asked[start : start + TOGETHER]
            texts = [""] * len(some)
            prompts = [[Message("user", each.prompt)] for each in some]
            for chunk in answering.generate(prompts, self.quiz.sampling):
                texts[chunk.row] += chunk.text
            right += sum(
                is_right(self.quiz, each, text) for each, text in zip(some, texts, strict=True)
            )
        return Solved(step, right, len(asked))


def examiner_for(quiz: Own | None, tokenizer: Any, name: str, *, adapted: bool) -> Examiner | None:
    """Who asks the questions of the quiz; nobody where there is none."""
    return None if quiz is None else Examiner(quiz, tokenizer, name, adapted)


def quiz_section(quiz: Own | None, log: Sequence[StepTrained]) -> str:
    """What a model card says of the questions; nothing where none were asked."""
    found = [each for step in log for each in step.solved]
    if quiz is None or not found:
        return ""
    low, high = wilson(found[-1].right, found[-1].asked)
    before = f"{found[0].right} before the first step, " if not found[0].step else ""
    return (
        f"Of {found[-1].asked} questions of the side of {quiz.suite} to train with, none of them "
        f"among the data, it answered right {before}{found[-1].right} after step "
        f"{found[-1].step:,} (95% interval {low:.0%} to {high:.0%})."
    )


def _known_in(records: Records, own: Own | None) -> Callable[[str], bool]:
    """Whether the data have this question, word by word."""
    asked = {each.prompt for each in own.asked} if own else set[str]()
    texts: list[str] = []
    for record in records.records:
        if isinstance(record, Passage):
            texts.append(record.text)
        else:
            asked |= {turn.content for turn in record.turns if turn.role == "user"}
    whole = "\0".join(texts)
    return lambda prompt: prompt in asked or prompt in whole
