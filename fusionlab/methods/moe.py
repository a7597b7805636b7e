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

A server that tells which experts it chose does as well, see docs/servers.md: without weights, and
without steering, which it has no way of asking for.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated, Literal, cast

from jaxtyping import Float
from pydantic import Field
from torch import Tensor

from fusionlab.engines.scoring import text_ids, token_logprobs
from fusionlab.engines.transformers import TransformersModel
from fusionlab.errors import NoRouting, SettingError
from fusionlab.events import (
    Event,
    ExpertsRouted,
    LayerRouting,
    Measured,
    RunFinished,
    TextDelta,
    TextScored,
)
from fusionlab.experts.reporting import layer_routings
from fusionlab.experts.routing import Capture, Pass, Routing, capture, joined
from fusionlab.experts.steering import Steered, parse_rules, steered
from fusionlab.models.base import Level, Member, OpenModel, RoutedModel, Usage, check_fits
from fusionlab.models.decoding import Growing
from fusionlab.models.vocabulary import TextStream, Vocabulary
from fusionlab.recipe import Sampling
from fusionlab.registry import Group, Request, fusion_method
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
    answers = [
        _Answer(member, model.encode(member.prompt(request, question)), sample, request.sampling)
        for sample, question in enumerate((request.question, compare))
        if sample == 0 or question.strip()
    ]
    for answer in answers:
        check_fits(model, answer.prompt, request.sampling.max_tokens)
    together = model.takes_padding or len({len(answer.prompt) for answer in answers}) == 1
    with (
        capture(model.module, model.spec.id) as experts,
        steered(experts, rules, top_k) as control,
    ):
        for answer in answers:
            answer.depth = experts.depth
        for batch in [answers] if together else [[answer] for answer in answers]:
            yield from _generated(model, batch, experts, request.sampling.max_tokens)
        if rules or top_k:
            yield from _compared(answers, experts, control, text)
    yield RunFinished("".join(answers[0].said).strip(), answers[0].growing.reason)


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
    with capture(model.module, model.spec.id) as experts:
        answer = _Answer(member, prompt, sample, request.sampling, twin=True, depth=experts.depth)
        yield from _generated(model, [answer], experts, request.sampling.max_tokens)
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
    answers: Sequence["_Answer"], experts: Capture, control: Steered, text: str
) -> Iterator[Event]:
    """The answer without steering, where there is no second prompt; then what was changed."""
    first, model = answers[0], cast(TransformersModel, answers[0].member.model)
    plain = replace(first, sample=1, said=[], text="", ids=[], twin=True)
    texts: list[tuple[Scored, Sequence[int], Sequence[int]]] = [("answer", first.prompt, first.ids)]
    if len(answers) == 1:
        with control.paused():
            yield from _generated(model, [plain], experts, first.sampling.max_tokens)
        texts.append(("plain", first.prompt, plain.ids))
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


def _generated(
    model: OpenModel, answers: Sequence["_Answer"], experts: Capture, max_tokens: int
) -> Iterator[Event]:
    going, unread = list(answers), _Unread(_together(model))
    with closing(model.open([answer.prompt for answer in answers])) as rows:
        for step in range(1, max_tokens + 1):
            logits = rows.logits().cpu()
            if step == 1:
                yield from _prompts_routed(answers, experts.last)
            else:
                yield from unread.add(experts.now, going)
            for row, answer in enumerate(going):
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
    answers: Sequence["_Answer"], layers: Sequence[Routing]
) -> Iterator[ExpertsRouted]:
    """The routes of the prompts' tokens in the pass that read them, without the padding."""
    rows = list(dict.fromkeys(tuple(answer.prompt) for answer in answers))  # equal ones were one
    width = max(map(len, rows))
    for answer in answers:
        end = (rows.index(tuple(answer.prompt)) + 1) * width
        routed = layer_routings(layers, slice(end - len(answer.prompt), end))
        yield from answer.prompt_routed(routed)


@dataclass(slots=True)
class _Unread:
    """Passes whose routes are yet to be told."""

    most: int
    passes: list[Pass] = field(default_factory=list)
    tokens: list["_Read"] = field(default_factory=list)
    """What they read, row by row."""

    def add(self, new: Pass, going: Sequence["_Answer"]) -> Iterator[ExpertsRouted]:
        """A pass that read the last token of each of these; with it there may be enough."""
        self.passes.append(new)
        self.tokens += [answer.read() for answer in going]
        if len(self.passes) == self.most:
            yield from self.told()

    def told(self) -> Iterator[ExpertsRouted]:
        """The routes of all that is unread."""
        if self.passes:
            routed = layer_routings(joined(self.passes), slice(None))
            for token, layers in zip(self.tokens, routed, strict=True):
                yield token(layers)
            self.passes, self.tokens = [], []


_Read = Callable[[tuple[LayerRouting, ...]], ExpertsRouted]
"""The fact of one token that was read, from its routes."""


@dataclass(slots=True)
class _Answer:
    """One sequence: its prompt, the tokens drawn, and its cost so far."""

    member: Member
    prompt: list[int]
    sample: int
    sampling: Sampling
    said: list[str] = field(default_factory=list)
    text: str = ""
    """The whole characters that the last token completes."""
    ids: list[int] = field(default_factory=list)
    """The tokens drawn."""
    twin: bool = False
    """Whether it draws as the first does, whatever its number."""
    depth: int = 0
    """How many layers the model has."""
    growing: Growing = field(init=False)
    _told: Usage = field(init=False, default_factory=Usage)

    def __post_init__(self) -> None:
        self.growing = Growing(self.vocabulary, self.sampling, 0 if self.twin else self.sample)

    @property
    def vocabulary(self) -> Vocabulary:
        return cast(OpenModel, self.member.model).vocabulary

    def draw(self, logits: Float[Tensor, " vocab"]) -> Iterator[TextDelta]:
        """Draws one more token, with which the answer may end."""
        self.text = said = self.growing.draw(logits)
        self.ids.append(self.growing.token)
        if self.growing.ended:
            said += self.growing.rest()
        if said:
            self.said.append(said)
            yield TextDelta(self.member.name, said, self.sample)

    def read(self) -> _Read:
        """The token that was drawn last."""
        position = len(self.prompt) + self.growing.drawn - 1
        return partial(self._event, position, self.growing.token, self.text)

    def prompt_routed(self, routed: Sequence[tuple[LayerRouting, ...]]) -> Iterator[ExpertsRouted]:
        """The routes of the prompt's tokens."""
        stream = TextStream()
        for at, (token, layers) in enumerate(zip(self.prompt, routed, strict=True)):
            yield self._event(at, token, stream.push(self.vocabulary.said(token)), layers)

    def measured(self, usage: Usage) -> Measured:
        """What this answer cost since it was asked last."""
        now = replace(usage, tokens_in=len(self.prompt), tokens_out=self.growing.drawn)
        spent, self._told = now.since(self._told), now
        return self.member.measured(spent)

    def _event(
        self, position: int, token: int, text: str, layers: tuple[LayerRouting, ...]
    ) -> ExpertsRouted:
        return ExpertsRouted(
            member=self.member.name,
            position=position,
            token=self.vocabulary.text(token),
            id=token,
            prompt=position < len(self.prompt),
            layers=layers,
            sample=self.sample,
            text=text,
            depth=self.depth,
        )
