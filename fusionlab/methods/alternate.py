"""Members write in turns: some tokens each, and all read what the others have written."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import torch
from pydantic import Field

from fusionlab.events import Event
from fusionlab.models.base import Level, Member
from fusionlab.registry import Request, fusion_method
from fusionlab.tokens.deciding import Deciding
from fusionlab.tokens.settings import CandidatesShown
from fusionlab.tokens.together import together


@fusion_method("alternate", needs=Level.LOGITS, family="tokens", begins=True)
def alternate(
    members: Sequence[Member],
    request: Request,
    *,
    turn: Annotated[
        int, Field(ge=1, le=64, title="Tokens a turn", description="before the next one writes")
    ] = 4,
    n_top: CandidatesShown = 8,
) -> Iterator[Event]:
    """Let the members write one text in turns, some tokens each, whatever their weights are."""
    with together(members, request) as writing:
        for step in writing.steps():
            wanted = writing.hear()
            writer = torch.tensor(step // turn % len(members))
            deciding = torch.nn.functional.one_hot(writer, len(members)).float()
            only = Deciding(deciding)
            yield from writing.say(
                wanted[writer], wanted, n_top, deciding=only, pooling="arithmetic"
            )
        yield from writing.finish()
