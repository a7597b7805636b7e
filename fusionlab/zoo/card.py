"""The model card of a zoo model, written from its recipe and its evaluation."""

from collections.abc import Sequence

from fusionlab.figures import percent
from fusionlab.zoo.evaluate import Score
from fusionlab.zoo.recipes import ZooRecipe
from fusionlab.zoo.tasks import get_task

SOLUTIONS = {
    "none": "",
    "written": "\n\nIt writes a solution before its answer: `461 so 164`.",
    "read": "\n\nIt writes a solution before its answer: `461 so 164`. In half of its problems it "
    "first read solutions, its own and those of up to three others, each right or wrong by chance. "
    "Outvoted means: it read that its own solution and one of two others were wrong, and the "
    "remaining one right.",
}


def card(recipe: ZooRecipe, parameters: int, scores: Sequence[Score]) -> str:
    """The card as Markdown, with the header that the hub reads."""
    return "\n\n".join(
        (
            _header(recipe),
            f"# {recipe.title}",
            _origin(recipe, parameters),
            _use(recipe),
            "Exact match on held-out problems, which the model never learned from; "
            "in brackets the 95% interval (Wilson).",
            _table(recipe, scores),
        )
    )


def _header(recipe: ZooRecipe) -> str:
    lines = (
        "---",
        "license: apache-2.0",
        "library_name: transformers",
        "pipeline_tag: text-generation",
        "tags: [fusionlab, zoo]",
        f"model_name: {recipe.name}",
        "---",
    )
    return "\n".join(lines)


def _origin(recipe: ZooRecipe, parameters: int) -> str:
    begun = f"fine-tuned from `{recipe.parent}`" if recipe.parent else "trained from random weights"
    plan = recipe.training
    return (
        f"A causal language model of {parameters:,} parameters, {begun} by FusionLab on exact "
        f"tasks: {plan.steps:,} steps of {recipe.batch} problems, seed {plan.seed}. "
        f"`recipe.toml` says everything; `training.jsonl` holds the losses. "
        f"To train it again: `fusionlab zoo train {recipe.name}`."
    )


def _use(recipe: ZooRecipe) -> str:
    taught = "\n".join(f"- {task.explanation}" for task in recipe.learned)
    shares = "by the recipe's shares" if recipe.shares else "in equal shares"
    rehearsed = (
        f"\n\nOf its problems {percent(recipe.rehearsal, 0)} were of any task of its parent, so "
        "that it forgot less of them."
    )
    return (
        f"It was taught, {shares}:\n\n{taught}{SOLUTIONS[recipe.solutions]}"
        f"{rehearsed if recipe.rehearsal else ''}"
    )


def _table(recipe: ZooRecipe, scores: Sequence[Score]) -> str:
    rows = ["| task | family | taught | exact match | right of |", "|---|---|---|---|---|"]
    for score in scores:
        low, high = score.interval
        named = ", ".join(filter(None, (score.task, score.case)))
        rows.append(
            f"| {named} | {get_task(score.task).family} "
            f"| {'yes' if score.task in recipe.tasks else ''} "
            f"| {percent(score.share)} [{percent(low)}–{percent(high)}] "
            f"| {score.right} of {score.total} |"
        )
    return "\n".join(rows) + "\n"
