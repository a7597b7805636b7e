"""An answer that is begun already: text that is given to the members, and that they go on from.

The text of a recorded run up to some token, and another token after it, is a branch of that run.
Its token ids come with it, so that members of the same vocabulary read exactly what was written,
however else their tokenizer would cut the text.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field

MOST_IDS = 1_024
"""Tokens of a begun answer; with more, a link to it would be too long for a browser."""
MOST_CHARACTERS = 10_000

Id = Annotated[int, Field(ge=0, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Begun:
    """How an answer begins; nothing of it is chosen by a member.

    Without ids the text is read by the members' tokenizer. With ids that do not say this text in
    their vocabulary it is read so as well, and the run warns of it.
    """

    text: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    ids: Annotated[tuple[Id, ...], Field(max_length=MOST_IDS)] = ()

    __pydantic_config__ = ConfigDict(extra="forbid")

    def __bool__(self) -> bool:
        return bool(self.text or self.ids)
