"""Who hears whom: the four topologies of Exchange-of-Thought, for any number of agents.

Yin et al., https://arxiv.org/abs/2312.01823, defines them for three agents, A, B and C:

| topology | network | A hears | B hears | C hears | messages a round, own included |
|---|---|---|---|---|---|
| memory | bus | B, C | A, C | A, B | n² = 9 |
| report | star | B, C | A | A | 3n − 2 = 7 |
| relay | ring | B | C | A | 2n = 6 |
| debate | tree | B, C | C | B | (5n − 1)/2 = 7 |

The tree is filled level by level: agent i has the children 2i + 1 and 2i + 2. A parent hears its
children, a leaf its sibling, and a leaf without one its parent. The last formula holds where every
parent has two children.
"""

from typing import Literal

Topology = Literal["memory", "report", "relay", "debate"]


def listens_to(topology: Topology, agent: int, n_agents: int) -> list[int]:
    """Whom `agent` hears in one round, besides itself. Agent 0 is the hub and the root."""
    others = [other for other in range(n_agents) if other != agent]
    match topology:
        case "memory":
            return others
        case "report":
            return others if agent == 0 else [0]
        case "relay":
            return [(agent + 1) % n_agents] if others else []
        case "debate":
            return _in_tree(agent, n_agents)


def messages(topology: Topology, n_agents: int) -> int:
    """How many solutions are read in one round, every agent's own among them."""
    return sum(1 + len(listens_to(topology, agent, n_agents)) for agent in range(n_agents))


def _in_tree(agent: int, n_agents: int) -> list[int]:
    children = [child for child in (2 * agent + 1, 2 * agent + 2) if child < n_agents]
    if children or agent == 0:
        return children
    sibling = agent + 1 if agent % 2 else agent - 1
    return [sibling if sibling < n_agents else (agent - 1) // 2]
