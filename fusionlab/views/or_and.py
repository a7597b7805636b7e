"""Two poolings of one prompt as data for the eye: where their texts part, and what each made of it.

The mean Σ wᵢpᵢ works as an "or": one member's wish is enough. The product, softmax(Σ wᵢ log pᵢ),
works as an "and": a token that one member rules out is out. Up to the token at which they part both
runs have written the same, so that the members' distributions there are the same ones.
"""

import math
from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import TokenChosen
from fusionlab.figures import rounded
from fusionlab.trace import Trace
from fusionlab.views.members import members_of
from fusionlab.views.spoken import Said, quoted, saying
from fusionlab.views.texts import token_rows

SHOWN = 3
"""Candidates that are shown of each pooling."""
DIGITS = 6
SMALLEST, TENTH = 0.001, 0.1
"""Probabilities below which only that is said, and with three digits."""


def or_and_view(pairs: list[tuple[str, Trace, str, Trace]]) -> dict[str, Any]:
    """Each pair is a run under the mean and one under the product, with their presets' names.

    Pairs whose texts never part are left out.
    """
    prompts = [shown for pair in pairs if (shown := _prompt(*pair))]
    checked: dict[str, Any] = well_formed({"prompts": prompts})
    return checked


def parting(mean: Trace, product: Trace) -> tuple[TokenChosen, TokenChosen] | None:
    """The first step at which both chose differently; None where one text begins the other."""
    both = zip(mean.tokens, product.tokens, strict=False)
    return next(((one, other) for one, other in both if one.id != other.id), None)


def _prompt(of_mean: str, mean: Trace, of_product: str, product: Trace) -> dict[str, Any] | None:
    parted = parting(mean, product)
    if parted is None:
        return None
    members = members_of(mean)
    rows = candidates(*parted, {each["name"]: each["weight"] for each in members})
    return {
        "asked": mean.recipe.request.question,
        "members": members,
        "step": parted[0].step,
        "rows": rows,
        "said": _said(parted, rows, [each["name"] for each in members]),
        "texts": [
            {"preset": of_mean, "tokens": token_rows(mean)},
            {"preset": of_product, "tokens": token_rows(product)},
        ],
    }


def candidates(
    mean: TokenChosen, product: TokenChosen, weights: dict[str, float]
) -> list[dict[str, Any]]:
    """The best of both pools at one step: what each member gives them, and what each pool makes.

    `members` is in the order of `weights`; `mean` and `product` are probabilities. What was
    written comes first.
    """
    rows: dict[int, dict[str, Any]] = {}
    for step in (mean, product):
        for rank, candidate in enumerate(step.fused[:SHOWN]):
            own = [step.members[name].p_fused[rank] for name in weights]
            rows.setdefault(candidate.id, {"token": candidate.token, "members": own})
    share = list(weights.values())
    logs = {id_: _log_mean(row["members"], share) for id_, row in rows.items()}
    best = product.fused[0]
    norm = math.log(best.p) - logs[best.id]  # the same for every token of this step
    for id_, row in rows.items():
        row["mean"] = sum(w * p for w, p in zip(share, row["members"], strict=True))
        row["product"] = math.exp(logs[id_] + norm) if logs[id_] > -math.inf else 0.0
        row["by_mean"], row["by_product"] = id_ == mean.id, id_ == product.id
        for key in ("mean", "product"):
            row[key] = round(row[key], DIGITS)
        row["members"] = [round(p, DIGITS) for p in row["members"]]
    return sorted(
        rows.values(), key=lambda row: (not row["by_mean"], not row["by_product"], -row["mean"])
    )


def _log_mean(probs: list[float], weights: list[float]) -> float:
    """Σ w log p; −∞ where a member that counts rules the token out."""
    counted = [(w, p) for w, p in zip(weights, probs, strict=True) if w]
    if any(p <= 0 for _, p in counted):
        return -math.inf
    return sum(w * math.log(p) for w, p in counted)


def _said(
    parted: tuple[TokenChosen, TokenChosen], rows: list[dict[str, Any]], names: list[str]
) -> list[Said]:
    """What each pool wrote, and who stood least behind it."""
    told = []
    for key, chosen in zip(("mean", "product"), parted, strict=True):
        row = next((each for each in rows if each[f"by_{key}"]), None)
        if row is not None:
            least = min(row["members"])
            values = {
                "token": quoted(chosen.token),
                "p": _figure(row[key]),
                "least": _figure(least),
            }
            if key == "mean":
                values["name"] = names[row["members"].index(least)]
            told.append(saying(f"orand-{key}-wrote", **values))
    return told


def _figure(p: float) -> str:
    """A probability within a sentence."""
    return "<0.001" if p < SMALLEST else rounded(p, 3 if p < TENTH else 2)
