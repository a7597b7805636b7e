"""What a model says as it learns: short continuations, by which nothing of the training changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from fusionlab.engines.chat import ChatTemplate
from fusionlab.events import Sample
from fusionlab.models.base import Message
from fusionlab.training.columns import Objective
from fusionlab.training.losses import IGNORED
from fusionlab.training.tuning import Lessons

MOST = 24
"""Tokens that a model says, at most."""
BEGINNING = 16
"""Tokens of a text that it goes on from."""
_MARK = "MARK"
"""Stands in a template for what is asked."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked to go on from."""

    text: str
    """As people read it."""
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sampler:
    """The prompts that a model is asked every now and then."""

    prompts: tuple[Prompt, ...]
    tokenizer: Any

    @torch.no_grad()
    def heard(self, model: Any, step: int) -> tuple[Sample, ...]:
        """What the model, in evaluation mode, says to each after so many steps."""
        return tuple(
            Sample(step, prompt.text, self._written(self._continued(model, prompt.ids)))
            for prompt in self.prompts
        )

    def _continued(self, model: Any, prompt: Sequence[int]) -> list[int]:
        said: list[int] = []
        fed = torch.tensor([prompt], device=model.device)
        cached: dict[str, Any] = {}
        while len(said) < MOST:
            out = model(input_ids=fed, use_cache=True, **cached)
            token = int(out.logits[0, -1].argmax())
            if token in self.tokenizer.all_special_ids:
                break
            said.append(token)
            fed, cached = torch.tensor([[token]], device=model.device), {"cache": out.cache}
        return said

    def _written(self, ids: Sequence[int]) -> str:
        said: str = self.tokenizer.decode(ids, skip_special_tokens=True)
        return said


def sampler_for(
    found: Lessons, tokenizer: Any, name: str, objective: Objective, own: str, count: int
) -> Sampler:
    """The prompt of one's own, or the first so many of what is held out.

    Raises SourceError where the model's chat template cannot be used.
    """
    template = ChatTemplate(tokenizer, name)
    if own and objective == "continue":
        ids = tokenizer(own, verbose=False)["input_ids"]
        return Sampler((Prompt(own, tuple(ids)),), tokenizer)
    if own:
        ids = template.encode([Message("user", own)])
        return Sampler((Prompt(own, tuple(ids)),), tokenizer)
    prompts = []
    for unit in found.held_out[:count]:
        ((example,), *_) = unit
        if objective == "continue":
            asked = example.ids[:BEGINNING]
            prompts.append(Prompt(tokenizer.decode(asked, skip_special_tokens=True), asked))
        else:
            asked = example.ids[: _first(example.labels)]
            prompts.append(Prompt(_read(tokenizer.decode(asked), template), asked))
    return Sampler(tuple(prompts), tokenizer)


def _first(labels: Sequence[int]) -> int:
    """The place of the first token that is learned."""
    return next(at for at, label in enumerate(labels) if label != IGNORED)


def _read(text: str, template: ChatTemplate) -> str:
    """What is asked, without what the template puts around a first question."""
    if template.given:
        around = template.text([Message("user", _MARK)], answered=False)
        before, _, after = around.partition(_MARK)
        text = text.removeprefix(before).removesuffix(after)
    return text.strip()
