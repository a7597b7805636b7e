"""The fusion methods, in the order in which they are shown; importing one registers it."""

from fusionlab.methods import (  # noqa: I001  the order of the tabs
    ensemble,
    unite,
    alternate,
    solo,
    vote,
    self_consistency,
    judge,
    member_routing,
    cascade,
    debate,
    multi_agent_debate,
    mixture_of_agents,
    self_refine,
    chain_of_thought,
    moe,
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
    "unite",
    "vote",
]
