"""A conversation as one text, in the chat template that comes with a tokenizer.

Templates are programs of strangers. One that refuses or drops a system message gets it at the head
of the first user turn, and the run says so; one that cannot be used is an error of ours.
"""

from collections.abc import Sequence
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.events import Warned
from fusionlab.models.base import Message, Prompt
from fusionlab.models.notices import note

_SENTINEL = "Answer as the 7th lighthouse would."
"""No template says this by itself."""
SHOWN = 8
"""The most characters that a warning names."""


class ChatTemplate:
    """The template of one tokenizer; `name` is the model's, in errors and warnings."""

    def __init__(self, tokenizer: Any, name: str) -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._takes_system: bool | None = None

    def encode(self, prompt: Prompt) -> list[int]:
        """The ids of the conversation, ready for the answer; without a template, of plain text.

        Raises SourceError where the template cannot be used, or leaves nothing to read.
        """
        if self._tokenizer.chat_template is None:
            return self._ids(self._plain(prompt))
        return self._ids(self._render(self._fitted(prompt)), add_special_tokens=False)

    @property
    def given(self) -> bool:
        """Whether there is a template at all."""
        return self._tokenizer.chat_template is not None

    def text(self, prompt: Prompt, *, answered: bool) -> str:
        """The conversation in the template: as it stands where it is `answered`, else ready for the
        answer. Raises SourceError where the template cannot be used.
        """
        return self._render(self._fitted(prompt), answered=answered)

    def _plain(self, prompt: Prompt) -> str:
        """The turns one below the other."""
        if any(message.role == "assistant" for message in prompt):
            note(Warned.of("chat-no-template", name=self._name))
        return "\n\n".join(message.content for message in prompt)

    def _ids(self, text: str, **options: bool) -> list[int]:
        try:
            ids = list(self._tokenizer(text, verbose=False, **options)["input_ids"])
            unknown = self._unknown(text) if self._tokenizer.unk_token_id in ids else []
        except Exception as cause:  # what strangers set in it can raise anything
            raise SourceError("chat-tokenizer", name=self._name, said=str(cause)) from cause
        if not ids:
            raise SourceError("chat-nothing-to-read", name=self._name)
        if unknown:
            shown = " ".join(unknown[:SHOWN]) + (" …" if len(unknown) > SHOWN else "")
            note(Warned.of("status-unknown-characters", name=self._name, characters=shown))
        return ids

    def _unknown(self, text: str) -> list[str]:
        """The characters beyond ASCII that the tokenizer has no token for, each once."""
        unknown = self._tokenizer.unk_token_id
        return [
            character
            for character in dict.fromkeys(text)
            if not character.isascii()
            and unknown in self._tokenizer(character, add_special_tokens=False)["input_ids"]
        ]

    @property
    def takes_system(self) -> bool:
        """Whether a system message is in the text at all."""
        if self._takes_system is None:
            user = Message("user", "Hello")
            self._render([user])  # a template that cannot be used at all says so here
            try:
                text = self._render([Message("system", _SENTINEL), user])
            except SourceError:
                text = ""
            self._takes_system = _SENTINEL in text
        return self._takes_system

    def _fitted(self, prompt: Prompt) -> Prompt:
        """The same conversation as the template takes it."""
        if all(message.role != "system" for message in prompt) or self.takes_system:
            return prompt
        note(Warned.of("chat-no-system", name=self._name))
        return _without_system(prompt)

    def _render(self, prompt: Prompt, *, answered: bool = False) -> str:
        turns = [{"role": message.role, "content": message.content} for message in prompt]
        try:
            text = self._tokenizer.apply_chat_template(
                turns, add_generation_prompt=not answered, tokenize=False
            )
        except Exception as cause:  # a template raises whatever it likes
            raise self._unusable(cause) from cause
        return str(text)

    def _unusable(self, cause: Exception) -> SourceError:
        templates = self._tokenizer.chat_template
        if isinstance(templates, dict) and "default" not in templates:
            return SourceError("chat-no-default", name=self._name, templates=sorted(templates))
        return SourceError("chat-template", name=self._name, said=str(cause))


def _without_system(prompt: Prompt) -> Sequence[Message]:
    """All system messages stand at the head of the first user turn."""
    system = [message.content for message in prompt if message.role == "system"]
    turns = [message for message in prompt if message.role != "system"]
    first = next((at for at, message in enumerate(turns) if message.role == "user"), None)
    if first is None:
        return [Message("user", "\n\n".join(system)), *turns]
    turns[first] = Message("user", "\n\n".join([*system, turns[first].content]))
    return turns
