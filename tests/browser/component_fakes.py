"""What every component is drawn from: short and long, hostile and unfinished."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fusionlab.events import Record, RunFinished
from fusionlab.trace import Trace, fold
from fusionlab.ui.ladder_page import recorded
from fusionlab.views.ballots import ballot_view
from fusionlab.views.experts import expert_view
from fusionlab.views.headline import headline_view
from fusionlab.views.ladder import ladder_view
from fusionlab.views.ledger import ledger_view
from fusionlab.views.notice import notice_view
from fusionlab.views.rounds import round_view
from fusionlab.views.stages import stage_for
from fusionlab.views.status import status_view
from fusionlab.views.texts import text_view
from fusionlab.views.tokens import token_view
from tests.browser.debate_fakes import debate_trace, ways
from tests.browser.picture_fakes import PICTURES
from tests.views.fakes import (
    ANSWERS,
    END,
    HOSTILE,
    PIECES,
    cost_trace,
    recipe,
    routed_trace,
    solo_trace,
    status_traces,
    token_trace,
    vote_trace,
)

LONG = tuple(f"{answer} " * 12 if i % 2 == 0 else answer for i, answer in enumerate(ANSWERS))


def pictured(make: Callable[[], Trace]) -> dict[str, Any]:
    """What the picture of the run is sent."""
    trace = make()
    data: dict[str, Any] = stage_for(trace).drawn(trace, "run")["data"]
    return data


def climbed(name: str) -> dict[str, Any]:
    """The recorded ladder, of members with this name."""
    view = ladder_view(recorded())
    for member in view["members"]:
        member["name"] = name
    return view | {"title": name}


HOSTILE_PAIRS = tuple((text, text) for text in HOSTILE)


VIEWS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "tokens": ("tokens", lambda: token_view(token_trace((*PIECES[:60], END), n_steps=61))),
    "tokens-geometric": ("tokens", lambda: token_view(token_trace(pooling="geometric"))),
    "tokens-two": ("tokens", lambda: token_view(token_trace(n_members=2))),
    "tokens-eight": ("tokens", lambda: token_view(token_trace(n_members=8))),
    "tokens-hostile": ("tokens", lambda: token_view(token_trace(HOSTILE, len(HOSTILE)))),
    "ballots": ("ballots", lambda: ballot_view(vote_trace(texts=LONG))),
    "ballots-many": ("ballots", lambda: ballot_view(vote_trace(20))),
    "ballots-growing": ("ballots", lambda: ballot_view(vote_trace(voted=False))),
    "ballots-hostile": ("ballots", lambda: ballot_view(vote_trace(len(HOSTILE), texts=HOSTILE))),
    "experts": ("experts", lambda: expert_view(routed_trace())),
    "experts-many": (
        "experts",
        lambda: expert_view(
            routed_trace((*PIECES, END), n_layers=16, n_experts=64, active=6, compare="")
        ),
    ),
    "experts-hostile": (
        "experts",
        lambda: expert_view(routed_trace(HOSTILE, len(HOSTILE), compare=HOSTILE[2])),
    ),
    "texts": ("texts", lambda: text_view(solo_trace(finished=False))),
    "ledger": ("ledger", lambda: ledger_view(cost_trace())),
    "rounds": ("rounds", lambda: round_view(debate_trace())),
    **{
        name: (stage_for(make()).component, partial(pictured, make))
        for name, make in PICTURES.items()
        if name in ("staircase", "layers", "routing", "refine")
    },
    "rounds-hostile": ("rounds", lambda: round_view(debate_trace(HOSTILE_PAIRS))),
    "compared": ("compared", ways),
    "compared-hostile": ("compared", lambda: ways(HOSTILE_PAIRS, HOSTILE[2])),
    "ladder-hostile": ("ladder", lambda: climbed("".join(HOSTILE))),
    "status": ("status", lambda: status_view(status_traces()["failed"])),
    "headline": ("headline", lambda: headline_view(debate_trace())),
    "headline-long": ("headline", lambda: headline_view(vote_trace(texts=LONG))),
    "headline-hostile": (
        "headline",
        lambda: headline_view(fold(recipe(), [Record(0.0, RunFinished("".join(HOSTILE)))])),
    ),
    "notice": ("notice", lambda: notice_view(token_trace())),
    "notice-strange": ("notice", lambda: notice_view(token_trace(HOSTILE, len(HOSTILE)))),
    "status-loading": ("status", lambda: status_view(status_traces()["loading"])),
}
