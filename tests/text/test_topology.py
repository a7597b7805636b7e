"""The audience table of the paper, and its general forms."""

from typing import get_args

import pytest

from fusionlab.text.topology import Topology, listens_to, messages

TOPOLOGIES: tuple[Topology, ...] = get_args(Topology)
SIZES = range(2, 9)


@pytest.mark.parametrize(
    ("topology", "audience", "count"),
    [
        ("memory", ["BC", "AC", "AB"], 9),
        ("report", ["BC", "A", "A"], 7),
        ("relay", ["B", "C", "A"], 6),
        ("debate", ["BC", "C", "B"], 7),
    ],
)
def test_three_agents_hear_whom_the_paper_says(
    topology: Topology, audience: list[str], count: int
) -> None:
    heard = [
        "".join("ABC"[other] for other in listens_to(topology, agent, 3)) for agent in (0, 1, 2)
    ]
    assert heard == audience
    assert messages(topology, 3) == count


@pytest.mark.parametrize("n", SIZES)
def test_messages_have_their_general_forms(n: int) -> None:
    assert messages("memory", n) == n * n
    assert messages("report", n) == 3 * n - 2
    assert messages("relay", n) == 2 * n
    if n in (3, 7):  # every parent has two children
        assert messages("debate", n) == (5 * n - 1) // 2


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("n", SIZES)
def test_everyone_hears_somebody_and_nobody_hears_itself(topology: Topology, n: int) -> None:
    for agent in range(n):
        heard = listens_to(topology, agent, n)
        assert heard
        assert agent not in heard
        assert len(set(heard)) == len(heard)
        assert set(heard) <= set(range(n))


@pytest.mark.parametrize("topology", TOPOLOGIES)
@pytest.mark.parametrize("n", SIZES)
def test_every_agent_is_heard_by_somebody(topology: Topology, n: int) -> None:
    heard = {other for agent in range(n) for other in listens_to(topology, agent, n)}
    assert heard == set(range(n)) - ({0} if topology == "debate" and n > 2 else set())


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_one_agent_alone_hears_nobody(topology: Topology) -> None:
    assert listens_to(topology, 0, 1) == []
