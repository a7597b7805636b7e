"""An unknown name suggests the one that was meant, and no other."""

import pytest

from fusionlab.errors import nearest

METHODS = [
    "alternate",
    "cascade",
    "chain_of_thought",
    "debate",
    "ensemble",
    "judge",
    "member_routing",
    "mixture_of_agents",
    "moe",
    "multi_agent_debate",
    "self_consistency",
    "self_refine",
    "solo",
    "vote",
]
MODELS = ["smollm2-135m", "smollm2-135m+maths", "zoo/adder", "zoo/adder-2", "zoo/reader-1"]
TABS = ["answers", "build", "compare", "conversation", "inside", "measure", "start", "tokens"]
RULES = ["dare", "della", "linear", "mean", "model_stock", "slerp", "task_arithmetic", "ties"]


@pytest.mark.parametrize(
    ("wrong", "names", "meant"),
    [
        ("ensembel", METHODS, "ensemble"),
        ("ensmbel", METHODS, "ensemble"),
        ("voet", METHODS, "vote"),
        ("Vote", METHODS, "vote"),
        ("sol", METHODS, "solo"),
        ("deabte", METHODS, "debate"),
        ("mo", METHODS, "moe"),
        ("selfconsistency", METHODS, "self_consistency"),
        ("self-refine", METHODS, "self_refine"),
        ("chain of thoughts", METHODS, "chain_of_thought"),
        ("mixture", METHODS, "mixture_of_agents"),
        ("smollm2-135n", MODELS, "smollm2-135m"),
        ("SmolLM2 135M", MODELS, "smollm2-135m"),
        ("smolm2-135m", MODELS, "smollm2-135m"),
        ("adder", MODELS, "zoo/adder"),
        ("zoo/addr", MODELS, "zoo/adder"),
        ("reader1", MODELS, "zoo/reader-1"),
        ("token", TABS, "tokens"),
        ("conversations", TABS, "conversation"),
        ("mesure", TABS, "measure"),
        ("slrp", RULES, "slerp"),
        ("tise", RULES, "ties"),
        ("org/name", ["hub:org/name", *MODELS], "hub:org/name"),
        ("wet", ["wed"], "wed"),
        ("答案一", ["答案二", "问题"], "答案二"),
    ],
)
def test_a_slip_suggests_what_was_meant(wrong: str, names: list[str], meant: str) -> None:
    assert nearest(wrong, names) == meant


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ("five-ties", ["try-ties", "four-adapters-merged"]),
        ("banana", METHODS),
        ("create", METHODS),
        ("gpt-4", METHODS),
        ("xyz", METHODS),
        ("self", METHODS),  # of which there are two
        ("m", METHODS),
        ("", METHODS),
        ("--", METHODS),
        ("coverage", METHODS),
        ("llama-3", MODELS),
        ("smollm2-360m", MODELS),
        ("qwen2.5-0.5b", MODELS),
        ("zoo/reader-3", MODELS),
        ("settings", TABS),
        ("about", TABS),
        ("admin", TABS),
        ("soup", RULES),
        ("fisher", RULES),
        ("你好", METHODS),
        ("anything", []),
    ],
)
def test_what_is_like_nothing_suggests_nothing(wrong: str, names: list[str]) -> None:
    assert nearest(wrong, names) == ""
