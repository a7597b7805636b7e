"""The tiny model in transformers, with a count of the sequences that are open in it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fusionlab.engines.lora import Adapter
from fusionlab.engines.transformers import (
    TransformersModel,
    TransformersRows,
    TransformersSession,
    load,
)
from fusionlab.engines.unpadded import UnpaddedRows
from fusionlab.models.base import Level, Member, ModelSpec, Rows


class Counted(TransformersModel):
    """`running` is the number of rows and sessions that were opened and not closed."""

    running = 0

    def open(self, ids: Sequence[int]) -> "CountedSession":
        return CountedSession(self, ids)

    def open_rows(
        self, prompts: Sequence[Sequence[int]], adapters: Sequence[Adapter | None] = ()
    ) -> Rows:
        each = adapters or [self.adapter] * len(prompts)
        if self.takes_padding or len(set(map(len, prompts))) == 1:
            return CountedRows(self, prompts, each)
        return UnpaddedRows(partial(CountedRows, self), prompts, each)


class CountedRows(TransformersRows):
    def __init__(
        self,
        owner: Counted,
        prompts: Sequence[Sequence[int]],
        adapters: Sequence[Adapter | None],
    ) -> None:
        super().__init__(owner, prompts, adapters)
        self.counter = owner
        self.counter.running += 1

    def close(self) -> None:
        super().close()
        self.counter.running -= 1


class CountedSession(TransformersSession):
    def __init__(self, owner: Counted, ids: Sequence[int]) -> None:
        super().__init__(owner, ids)
        self.counter = owner
        self.counter.running += 1

    def close(self) -> None:
        super().close()
        self.counter.running -= 1


def counted(folder: Path, name: str = "tiny") -> Counted:
    """The model in `folder`."""
    model = load(folder, ModelSpec(name, "transformers", Level.INTERNALS))
    return Counted(model.spec, model.model, model.tokenizer)


def member(model: TransformersModel, name: str, system: str = "", weight: float = 1.0) -> Member:
    """The model as a member."""
    return Member(name, model, system, weight)
