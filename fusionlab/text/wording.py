"""Instructions that several methods add to a question, and how to remove their repetition."""

from collections.abc import Sequence

from fusionlab.models.base import Message, Prompt

SILENCE = "(nothing)"
"""In place of a blank turn of a conversation: not every server and template takes a blank."""


def step_by_step(question: str, phrase: str) -> str:
    """The question, with the instruction to think first and to end with the phrase."""
    return f"{question}\n\nThink step by step. {ending(phrase)}"


def ending(phrase: str) -> str:
    """The instruction to end with the phrase and the answer."""
    return f'End with "{phrase}" and the answer.' if phrase else "End with the answer."


def numbered(texts: Sequence[str]) -> str:
    """The texts on lines of their own, numbered from 1."""
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))


def instructed(prompt: Prompt, instruction: str) -> list[Message]:
    """The prompt with a further instruction, at the end of its system message or as a new one."""
    if prompt and prompt[0].role == "system":
        joined = f"{prompt[0].content}\n\n{instruction}"
        return [Message("system", joined), *prompt[1:]]
    return [Message("system", instruction), *prompt]


def unechoed(text: str, prompt: Prompt) -> str:
    """The text without a repetition of the prompt's last turn at its beginning.

    Otherwise an answer mentioned in the prompt could be taken for the model's. A turn of one line
    may also be how an answer begins, so it is cut only if it fills its line. A text that breaks off
    in the second half of a turn of several lines is taken as the repetition alone.
    """
    asked = prompt[-1].content.strip() if prompt else ""
    if not asked:
        return text
    several = "\n" in asked
    if several and asked.startswith(text) and 2 * len(text) > len(asked):
        return ""
    if text.startswith(asked):
        rest = text[len(asked) :]
        if several or not rest or rest[0] == "\n":
            return rest.strip()
    return text
