"""What a round of debate costs: three agents at once, and how much later rounds read anew.

Seconds are a ratio of two things timed in turn; how much is read anew is a count, which no load of
the machine changes.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace

from fusionlab.engines import llamacpp, onnx, transformers
from fusionlab.engines.onnx_export import exported
from fusionlab.events import Event, Measured, RoundBegan
from fusionlab.methods.debate import ROLES, debate
from fusionlab.methods.multi_agent_debate import multi_agent_debate
from fusionlab.models.base import LanguageModel, Level, Member, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import MethodFunction, Request, get_method
from fusionlab.sources.references import folder_for, gguf_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn
from fusionlab.text.writing import Ask, all_written

MODEL = "smollm2-135m"
AGENTS = 3
TOKENS = 48
QUESTION = (
    "A farmer has 17 sheep and buys 3 boxes with 4 chicks in each. Then 5 sheep run away and come "
    "back with 2 goats. How many animals has the farmer now? Explain every step at length."
)
SAMPLING = Sampling(max_tokens=TOKENS, temperature=0.7, seed=1)


def measure_debate() -> Iterator[SpeedResult]:
    """A round of three agents against one answer in each engine; then what later rounds read."""
    with ExitStack() as stack:
        models = {name: stack.enter_context(closing(load())) for name, load in ENGINES.items()}
        for engine, model in models.items():
            yield _round(engine, model)
        for engine, model in models.items():
            yield _computed(engine, model, "multi_agent_debate", multi_agent_debate, rounds=3)
        for engine, model in models.items():
            yield _computed(engine, model, "debate", debate, max_rounds=2)


def _llamacpp() -> LanguageModel:
    spec = ModelSpec(MODEL, "llamacpp", Level.LOGPROBS)
    return llamacpp.load(finished(gguf_for(MODEL)), spec)


def _onnx() -> LanguageModel:
    folder = finished(folder_for(MODEL))
    spec = ModelSpec(MODEL, "onnx", Level.LOGITS)
    return onnx.load(finished(exported(folder, MODEL)), folder, spec)


def _transformers() -> LanguageModel:
    spec = ModelSpec(MODEL, "transformers", Level.INTERNALS)
    return transformers.load(finished(folder_for(MODEL)), spec)


ENGINES: dict[str, Callable[[], LanguageModel]] = {
    "llamacpp": _llamacpp,
    "onnx": _onnx,
    "transformers": _transformers,
}


def _round(engine: str, model: LanguageModel) -> SpeedResult:
    """Both whole, and to their first tokens: the rest is decoding."""
    agents = [Member(f"agent {at + 1}", model, role) for at, role in enumerate(ROLES)]
    casts, brief = (agents, agents[:1]), replace(SAMPLING, max_tokens=1)
    whole = [_writing(cast, SAMPLING) for cast in casts]
    begun = [_writing(cast, brief) for cast in casts]
    together, alone, read_together, read_alone = in_turn(*whole, *begun, rounds=5)
    lengths = [_lengths(cast) for cast in casts]
    steps = [max(1, max(each) - 1) for each in lengths]
    return SpeedResult(
        f"debate: a round of {AGENTS} agents / one answer, {engine}",
        together / alone,
        1.5,
        "lower",
        {
            "round, s": together,
            "answer, s": alone,
            "prompts of the round and first tokens, s": read_together,
            "prompt of the answer and first token, s": read_alone,
            "a further token of each agent, ms": 1e3 * (together - read_together) / steps[0],
            "a further token of the answer, ms": 1e3 * (alone - read_alone) / steps[1],
            "tokens of the round": sum(lengths[0]),
            "tokens of the answer": sum(lengths[1]),
        },
        note=f"answers of up to {TOKENS} tokens, each agent with a role of its own",
    )


def _writing(agents: list[Member], sampling: Sampling) -> Callable[[], list[str]]:
    asks = [Ask(agent, agent.prompt(Request(QUESTION))) for agent in agents]
    return lambda: finished(all_written(asks, sampling))


def _lengths(agents: list[Member]) -> list[int]:
    asks = [Ask(agent, agent.prompt(Request(QUESTION))) for agent in agents]
    events = all_written(asks, SAMPLING)
    return [event.tokens_out for event in events if isinstance(event, Measured)]


def _computed(
    engine: str, model: LanguageModel, name: str, method: MethodFunction, **settings: int
) -> SpeedResult:
    members = [Member(f"agent {at + 1}", model, role) for at, role in enumerate(ROLES)]
    given = get_method(name).check({"answer": "number", **settings})
    costs = list(_of_later_rounds(method(members, Request(QUESTION, SAMPLING), **given)))
    total = sum(cost.tokens_in for cost in costs)
    reused = sum(cost.tokens_reused for cost in costs)
    chats = method is multi_agent_debate
    return SpeedResult(
        f"{name}: prompt tokens that later rounds compute / their prompt tokens, {engine}",
        (total - reused) / total,
        0.5,
        "lower",
        {"prompt tokens": total, "of them from the cache": reused, "answers": len(costs)},
        note="an agent goes on in its chat: the others' replies are new to it"
        if chats
        else "an agent reads a prompt that is worded anew: its instruction and the question stay",
    )


def _of_later_rounds(events: Iterator[Event]) -> Iterator[Measured]:
    number = 0
    for event in events:
        if isinstance(event, RoundBegan):
            number = event.number
        elif isinstance(event, Measured) and number:
            yield event
