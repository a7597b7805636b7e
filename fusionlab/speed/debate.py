"""What a round of debate costs: three agents at once, and prompts that begin as before."""

from collections.abc import Callable, Iterator

from fusionlab.engines import llamacpp, transformers
from fusionlab.events import Measured
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
    """A round of three agents against one answer, in both engines; then what the cache saves."""
    slow = transformers.load(finished(folder_for(MODEL)), _spec("transformers", Level.INTERNALS))
    fast = llamacpp.load(finished(gguf_for(MODEL)), _spec("llamacpp", Level.LOGPROBS))
    try:
        yield _round("llamacpp", fast)
        yield _round("transformers", slow)
        yield _saved("multi_agent_debate", multi_agent_debate, fast, bar=0.7, rounds=3)
        yield _saved("debate", debate, fast, bar=1.0, max_rounds=2)
    finally:
        fast.close()


def _round(engine: str, model: LanguageModel) -> SpeedResult:
    agents = [Member(f"agent {at + 1}", model, role) for at, role in enumerate(ROLES)]
    together, alone = in_turn(_writing(agents), _writing(agents[:1]), rounds=5)
    lengths = [_lengths(agents), _lengths(agents[:1])]
    return SpeedResult(
        f"debate: a round of {AGENTS} agents / one answer, {engine}",
        together / alone,
        1.5,
        "lower",
        {
            "round, s": together,
            "answer, s": alone,
            "tokens of the round": sum(lengths[0]),
            "tokens of the answer": sum(lengths[1]),
        },
        note=f"answers of up to {TOKENS} tokens, each agent with a role of its own",
    )


def _writing(agents: list[Member]) -> Callable[[], list[str]]:
    asks = [Ask(agent, agent.prompt(Request(QUESTION))) for agent in agents]
    return lambda: finished(all_written(asks, SAMPLING))


def _lengths(agents: list[Member]) -> list[int]:
    asks = [Ask(agent, agent.prompt(Request(QUESTION))) for agent in agents]
    events = all_written(asks, SAMPLING)
    return [event.tokens_out for event in events if isinstance(event, Measured)]


def _saved(
    name: str, method: MethodFunction, model: LanguageModel, *, bar: float, **settings: int
) -> SpeedResult:
    members = [Member(f"agent {at + 1}", model, role) for at, role in enumerate(ROLES)]
    given = get_method(name).check({"answer": "number", **settings})
    events = list(method(members, Request(QUESTION, SAMPLING), **given))
    spent = [event for event in events if isinstance(event, Measured)]
    total = sum(cost.tokens_in for cost in spent)
    reused = sum(cost.tokens_reused for cost in spent)
    return SpeedResult(
        f"{name}: prompt tokens computed / prompt tokens, llamacpp",
        (total - reused) / total,
        bar,
        "lower",
        {"prompt tokens": total, "of them from the cache": reused, "answers": len(spent)},
        note="an agent of multi_agent_debate goes on in its chat; one of debate reads a prompt "
        "that is worded anew, of which only the question stays",
    )


def _spec(engine: str, level: Level) -> ModelSpec:
    return ModelSpec(MODEL, engine, level)
