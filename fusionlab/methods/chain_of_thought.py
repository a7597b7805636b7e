"""Chain of thought: one member is told to think step by step, and its answer is read from the end.

The instruction without worked examples is that of Kojima et al., https://arxiv.org/abs/2205.11916;
the idea began with examples: Wei et al., https://arxiv.org/abs/2201.11903. Every agent of a debate
does the same in its first round, so this is the baseline of one answer.
"""

from collections.abc import Iterator, Sequence

from fusionlab.events import AnswerExtracted, Event, RoundBegan, RunFinished, Warned
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.text.answers import extract
from fusionlab.text.equal_compute import BASELINE
from fusionlab.text.settings import THE_ANSWER_IS, AnswerKind, AnswerPhrase, Truth
from fusionlab.text.wording import step_by_step, unechoed
from fusionlab.text.writing import Ask, all_written


@fusion_method(
    "chain_of_thought",
    needs=Level.TEXT,
    family="conversation",
    baseline=BASELINE,
    paper="https://arxiv.org/abs/2205.11916",
    max_members=1,
)
def chain_of_thought(
    members: Sequence[Member],
    request: Request,
    *,
    answer: AnswerKind = "text",
    phrase: AnswerPhrase = THE_ANSWER_IS,
    truth: Truth = "",  # noqa: ARG001  for who looks at the run
) -> Iterator[Event]:
    """Let one member think step by step, alone, before it answers."""
    (member,) = members
    prompt = member.prompt(request, step_by_step(request.question, phrase))
    yield RoundBegan(0, "steps", 1)
    (text,) = yield from all_written([Ask(member, prompt)], request.sampling)
    found = extract(unechoed(text, prompt), answer, phrase)
    yield AnswerExtracted(member.name, found or "")
    if found is None:
        yield Warned.of("thought-to-no-answer", phrase=repr(phrase))
    yield RunFinished(found or text)
