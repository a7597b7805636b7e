"""The tiny model in transformers, with a count of the sequences that are open in it."""

from collections.abc import Sequence
from pathlib import Path

from fusionlab.engines.rows import TransformersRows
from fusionlab.engines.transformers import TransformersModel, load
from fusionlab.models.base import Level, LogitModel, Member, ModelSpec


class Counted(TransformersModel):
    """`running` is the number of sequences that were opened and not closed."""

    running = 0

    def open(
        self, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel] = ()
    ) -> "CountedRows":
        return CountedRows(self, prompts, models)


class CountedRows(TransformersRows):
    def __init__(
        self, owner: Counted, prompts: Sequence[Sequence[int]], models: Sequence[LogitModel]
    ) -> None:
        adapters = owner.adapters(models or [owner] * len(prompts))
        super().__init__(owner.network(), prompts, adapters)
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
