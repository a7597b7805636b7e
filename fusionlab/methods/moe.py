"""A mixture of experts at work: which experts its routers choose for every token it reads.

In a mixture (https://arxiv.org/abs/1701.06538) a layer's feed-forward part consists of several
experts; a router chooses a few for each token, and their weighted sum is the layer's output. The
text is the model's own. Two prompts are rows of one batched pass if padding does not change the
model's output; otherwise they are read one after the other. Of a conversation, the second prompt
takes the place of the last turn.

Experts may be banned, forced or swapped, and more or fewer of them chosen. Then the unsteered
answer to the same prompt comes second, drawn with the same seed, unless there is a second prompt;
and what steering changed is measured: the log-probability of the steered answer, and of a text that
it did not choose, with and without it.

An answer that is begun already is read with the prompt; every answer of the run begins so.

A server that tells which experts it chose does as well, see docs/servers.md: without weights, and
without steering, which it has no way of asking for.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from typing import Annotated, Literal, cast

from pydantic import Field

from fusionlab.engines.scoring import text_ids, token_logprobs
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import NoRouting, SettingError
from fusionlab.events import (
    Event,
    ExpertsRouted,
    RunFinished,
    TextScored,
    Warned,
)
from fusionlab.experts.answering import Answer, Unread
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import Capture, Routing, capture
from fusionlab.experts.steering import Steered, parse_rules, steered
from fusionlab.models.base import Level, Member, OpenModel, RoutedModel, Usage, check_fits
from fusionlab.registry import Group, Request, fusion_method
from fusionlab.tokens.beginning import check_begun, given_ids
from fusionlab.tokens.together import MEASURE_EVERY

MOST_AT_ONCE = 1_024
"""Experts of a layer that a token may be given."""
SMALL = 20_000_000
"""Parameters up to which a model's tokens come faster than anybody sees them one by one."""
TOGETHER = 16
"""Tokens of a small model whose routes are read together; one by one, that takes a tenth of the
time of the answer."""


@fusion_method(
    "moe",
    needs=Level.INTERNALS,
    family="inside",
    paper="https://arxiv.org/abs/1701.06538",
    max_members=2,
    served=True,
    begins=True,
)
def moe(
    members: Sequence[Member],
    request: Request,
    *,
    compare: Annotated[
        str,
        Group("basic"),
        Field(title="Second prompt", description="read beside the first, to compare their routes"),
    ] = "",
    top_k: Annotated[
        int,
        Group("rule"),
        Field(
            ge=0, le=MOST_AT_ONCE, title="Experts per token", description="0 for the model's own"
        ),
    ] = 0,
    steer: Annotated[
        str,
        Group("rule"),
        Field(
            title="Steering", description='such as "ban 3@2, force 1@all, swap 0-5@4, top 1@4-7"'
        ),
    ] = "",
    text: Annotated[
        str,
        Group("expert"),
        Field(
            title="Text to measure",
            description="read with and without steering; else the unsteered answer is",
        ),
    ] = "",
) -> Iterator[Event]:
    """Let a mixture of experts answer, and see which experts it chooses for every token."""
    if len(members) > 1:
        yield from _beside(members, request, steered=bool(steer.strip() or top_k), compare=compare)
        return
    (member,) = members
    if not isinstance(member.model, OpenModel):
        if steer.strip() or top_k:
            raise SettingError("steer-elsewhere", name=member.model.spec.id)
        yield from _served(member, request, compare)
        return
    model = member.model
    rules = parse_rules(steer)
    given = yield from _given(member, request)
    answers = [
        Answer(
            member, model.encode(member.prompt(request, question)), sample, request.sampling, given
        )
        for sample, question in enumerate((request.question, compare))
        if sample == 0 or question.strip()
    ]
    for answer in answers:
        check_fits(model, answer.prompt, request.sampling.max_tokens)
    together = model.takes_padding or len({len(answer.read_first) for answer in answers}) == 1
    with (
        capture(model.module, model.spec.id) as experts,
        steered(experts, rules, top_k) as control,
    ):
        for answer in answers:
            answer.depth = experts.depth
        for batch in [answers] if together else [[answer] for answer in answers]:
            yield from _generated(model, batch, experts)
        if rules or top_k:
            yield from _compared(answers, experts, control, text)
    yield RunFinished("".join(answers[0].said).strip(), answers[0].growing.reason)


def _given(member: Member, request: Request) -> Generator[Event, None, tuple[int, ...]]:
    """The tokens that answers begin with; raises RecipeError where there are too many."""
    if not request.begin:
        return ()
    vocabulary = cast(OpenModel, member.model).vocabulary
    given, exact = given_ids(request.begin, vocabulary, member.name)
    check_begun(len(given), request.sampling.max_tokens)
    if not exact:
        yield Warned.of("begin-read-anew")
    return tuple(given)


def _beside(
    members: Sequence[Member], request: Request, *, steered: bool, compare: str
) -> Iterator[Event]:
    """The answers of two mixtures to the same prompt, the second model's as the second text."""
    if steered or compare.strip():
        raise SettingError("two-mixtures-alone")
    ends: list[RunFinished] = []
    for sample, member in enumerate(members):
        if isinstance(member.model, OpenModel):
            events = _alone(member, request, sample)
        else:
            events = _served(member, request, "", sample)
        for event in events:
            if isinstance(event, RunFinished):
                ends.append(event)
            else:
                yield event
    yield ends[0]


def _alone(member: Member, request: Request, sample: int) -> Iterator[Event]:
    """The answer of one mixture, as it is."""
    model = cast(OpenModel, member.model)
    prompt = model.encode(member.prompt(request))
    check_fits(model, prompt, request.sampling.max_tokens)
    given = yield from _given(member, request)
    with capture(model.module, model.spec.id) as experts:
        answer = Answer(member, prompt, sample, request.sampling, given, twin=True)
        answer.depth = experts.depth
        yield from _generated(model, [answer], experts)
    yield RunFinished("".join(answer.said).strip(), answer.growing.reason)


def _served(member: Member, request: Request, compare: str, first: int = 0) -> Iterator[Event]:
    """The answers of a server, and the experts that it says it chose.

    `first` is the number of the first answer.
    """
    model = member.model
    if not isinstance(model, RoutedModel):
        raise NoRouting("server-tells-no-routes", name=model.spec.id)
    questions = [request.question, *([compare] if compare.strip() else [])]
    prompts = [member.prompt(request, question) for question in questions]
    said, ends = [""] * len(prompts), dict[int, Literal["end", "length"]]()
    with closing(model.generate_routed(prompts, request.sampling)) as chunks:  # type: ignore[type-var]
        for chunk in chunks:
            said[chunk.row] += chunk.text
            yield from member.told(chunk, first + chunk.row)
            for token in chunk.tokens:
                yield ExpertsRouted(
                    member.name,
                    token.position,
                    token.token,
                    token.id,
                    token.prompt,
                    token.layers,
                    first + chunk.row,
                    token.text,
                )
            if chunk.reason:
                ends[chunk.row] = chunk.reason
    yield RunFinished(said[0].strip(), ends[0])


def _compared(
    answers: Sequence[Answer], experts: Capture, control: Steered, text: str
) -> Iterator[Event]:
    """The answer without steering, where there is no second prompt; then what was changed."""
    first, model = answers[0], cast(TransformersModel, answers[0].member.model)
    plain = replace(first, sample=1, said=[], text="", ids=[], twin=True)
    before: Sequence[int] = first.read_first
    texts: list[tuple[Scored, Sequence[int], Sequence[int]]] = [("answer", before, first.ids)]
    if len(answers) == 1:
        with control.paused():
            yield from _generated(model, [plain], experts)
        texts.append(("plain", before, plain.ids))
    if text.strip():
        texts[1:] = [("given", *text_ids(model, text))]
    for what, before, ids in texts:
        if ids:
            yield from _scored(first.member, what, (before, ids), control)


Scored = Literal["answer", "plain", "given"]


def _scored(
    member: Member, what: Scored, read: tuple[Sequence[int], Sequence[int]], control: Steered
) -> Iterator[Event]:
    """How probable the tokens are after those before them, with and without steering."""
    model, (before, ids) = cast(TransformersModel, member.model), read
    start = time.perf_counter()
    logprobs = token_logprobs(model, before, ids)
    with control.paused():
        plain = token_logprobs(model, before, ids)
    seconds = time.perf_counter() - start
    tokens = tuple([model.vocabulary.text(token) for token in ids])
    yield TextScored(member.name, what, tokens, tuple(logprobs), tuple(plain))
    n_read = 2 * (len(before) + len(ids))
    yield member.measured(Usage(tokens_in=n_read, forward_passes=2, seconds=seconds))


def _generated(model: OpenModel, answers: Sequence[Answer], experts: Capture) -> Iterator[Event]:
    going, unread = list(answers), Unread(_together(model))
    with closing(model.open([answer.read_first for answer in answers])) as rows:
        for step in count(1):
            logits = rows.logits().cpu()
            if step == 1:
                yield from _prompts_routed(answers, experts.last)
                for answer in answers:
                    yield from answer.begun()
            else:
                yield from unread.add(experts.now, going)
            for row, answer in enumerate(going):
                if not answer.growing.ended:  # else all of it was given
                    yield from answer.draw(logits[row])
            left = [row for row, answer in enumerate(going) if not answer.growing.ended]
            if len(left) < len(going) or step % MEASURE_EVERY == 0:
                yield from (answer.measured(rows.usage[row]) for row, answer in enumerate(going))
            if not left:
                yield from unread.told()
                return
            if len(left) < len(going):
                rows.keep(left)
            going = [going[row] for row in left]
            rows.feed([[answer.growing.token] for answer in going])


def _together(model: OpenModel) -> int:
    """How many passes' routes are read together."""
    size = sum(part.numel() for part in model.module.parameters())
    return TOGETHER if size <= SMALL else 1


def _prompts_routed(
    answers: Sequence[Answer], layers: Sequence[Routing]
) -> Iterator[ExpertsRouted]:
    """The routes of the prompts' tokens in the pass that read them, without the padding."""
    rows = list(dict.fromkeys(tuple(each.read_first) for each in answers))  # equal ones were one
    width = max(map(len, rows))
    for answer in answers:
        end = (rows.index(tuple(answer.read_first)) + 1) * width
        routed = layer_routings(layers, slice(end - len(answer.read_first), end))
        yield from answer.prompt_routed(routed)
