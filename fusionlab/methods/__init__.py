"""The fusion methods, in the order in which they are shown; importing one registers it."""

from fusionlab.methods import (  # noqa: I001  the order of the tabs
    ensemble,
    alternate,
    vote,
    self_consistency,
    debate,
    multi_agent_debate,
    mixture_of_agents,
    judge,
    cascade,
    member_routing,
    self_refine,
    chain_of_thought,
    moe,
    solo,
)

__all__ = [
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
