"""The model card of an adapter, written from its recipe and its evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass

from fusionlab.figures import percent
from fusionlab.intervals import wilson
from fusionlab.training.adapters import AdapterRecipe
from fusionlab.training.corpora import Split, get_corpus

MEANING = {
    "test": "wordings it learned, other questions",
    "hard": "wordings it never saw",
}


@dataclass(frozen=True, slots=True)
class AdapterScore:
    """How many held-out questions the adapted model answered rightly, and how many its base did."""

    split: Split
    right: int
    base_right: int
    total: int

    @property
    def share(self) -> float:
        """Of right answers, from 0 to 1."""
        return self.right / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """In which the true share lies, with 95% confidence."""
        return wilson(self.right, self.total)

    @property
    def base_share(self) -> float:
        """The base's, from 0 to 1."""
        return self.base_right / self.total


def adapter_card(
    recipe: AdapterRecipe, repo: str, parameters: int, scores: Sequence[AdapterScore]
) -> str:
    """The card as Markdown, with the header that the hub reads; `repo` is the base's."""
    return "\n\n".join(
        (
            _header(recipe, repo),
            f"# {recipe.title}",
            f"{get_corpus(recipe.corpus).explanation}.",
            _origin(recipe, parameters),
            "Right answers to held-out questions, with the base on the same prompts; in brackets "
            "the 95% interval (Wilson).",
            _table(scores),
        )
    )


def _header(recipe: AdapterRecipe, repo: str) -> str:
    lines = (
        "---",
        "license: apache-2.0",
        "library_name: peft",
        f"base_model: {repo}",
        "pipeline_tag: text-generation",
        "tags: [fusionlab, lora]",
        f"model_name: {recipe.name}",
        "---",
    )
    return "\n".join(lines)


def _origin(recipe: AdapterRecipe, parameters: int) -> str:
    plan = recipe.training
    return (
        f"A low-rank adapter of {parameters:,} parameters (rank {recipe.rank}) for "
        f"`{recipe.base}`, trained by FusionLab on questions it wrote itself: {plan.steps:,} steps "
        f"of {recipe.batch} questions, seed {plan.seed}. `recipe.toml` says everything; "
        f"`training.jsonl` holds the losses. "
        f"To train it again: `fusionlab zoo train {recipe.base}+{recipe.name}`."
    )


def _table(scores: Sequence[AdapterScore]) -> str:
    rows = ["| questions | adapter | base | of |", "|---|---|---|---|"]
    for score in scores:
        low, high = score.interval
        rows.append(
            f"| {score.split}: {MEANING[score.split]} "
            f"| {percent(score.share)} [{percent(low)}–{percent(high)}] "
            f"| {percent(score.base_share)} | {score.total} |"
        )
    return "\n".join(rows) + "\n"
