"""The turns that stand before the prompt: a conversation that came with a link or a run file.

They are shown above the prompt, which is the conversation's last turn, and go with every run until
they are left out.
"""

from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from fusionlab.recipe import Recipe
from fusionlab.ui.stage import view
from fusionlab.views.turns import turns_view


@dataclass(frozen=True, slots=True)
class Talk:
    """The widgets of the earlier turns."""

    earlier: gr.State
    """The turns as plain data."""
    group: gr.Column
    turns: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """What `show` gives new values to."""
        return [self.group, self.turns]

    def show(self, recipe: Recipe) -> list[Any]:
        """New values for `outputs`, so that the recipe's earlier turns are seen."""
        return [gr.Column(visible=bool(recipe.request.earlier)), turns_view(recipe)]


def build_talk(recipe: Recipe, elem_id: str) -> Talk:
    """The earlier turns of the recipe, and a button that leaves them out."""
    earlier = gr.State(earlier_of(recipe))
    with gr.Column(visible=bool(recipe.request.earlier), elem_classes="fl-talk") as group:
        turns = view("turns", elem_id, turns_view(recipe))
        leave_out = gr.Button("Leave out the earlier turns", size="sm")

    def left_out() -> list[Any]:
        return [[], gr.Column(visible=False)]

    leave_out.click(left_out, None, [earlier, group], api_visibility="private", queue=False)
    return Talk(earlier, group, turns)


def earlier_of(recipe: Recipe) -> list[dict[str, str]]:
    """The recipe's turns before the question, as plain data."""
    return [asdict(turn) for turn in recipe.request.earlier]


def asked_after(earlier: list[dict[str, str]], prompt: str) -> dict[str, Any]:
    """The fields of a recipe that say what is asked: the prompt, after these turns."""
    if not earlier:
        return {"prompt": prompt}
    return {"messages": [*earlier, {"role": "user", "content": prompt}]}
