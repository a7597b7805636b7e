"""Writes what mergekit 0.1.5 makes of a few tensors to a file, for tests to compare with.

python -m venv mk && mk/bin/pip install mergekit==0.1.5
mk/bin/python tests/weights/freeze_mergekit.py tests/weights/mergekit.json
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Case(NamedTuple):
    """A rule with settings of ours, and those that mergekit has for it where they differ."""

    rule: str
    models: int = 2
    base: bool = True
    each: tuple[dict[str, float], ...] = ()
    merge: Mapping[str, Any] = MappingProxyType({})
    theirs: Mapping[str, Any] | None = None
    name: str = ""
    first_is_base: bool = False


def each(
    *values: float, density: float | None = None, **more: float
) -> tuple[dict[str, float], ...]:
    """Settings of each model: these weights, and what all have in common."""
    thinned = {} if density is None else {"density": density}
    return tuple({"weight": value, **thinned, **more} for value in values)


ROWWISE = {"nuslerp_flatten": False, "nuslerp_row_wise": False}
CASES = (
    Case("linear", 3, base=False, each=each(1, 0.5, 2)),
    Case("linear", 2, base=False, each=each(0.4, 0.9), merge={"normalize": False}),
    Case("passthrough", 1, base=False, each=({"scale": 0.7},)),
    *(Case("slerp", base=False, merge={"t": t}, first_is_base=True) for t in (0.0, 0.3, 0.5, 1.0)),
    Case("nearswap", base=False, merge={"t": 0.5}, first_is_base=True),
    Case("nuslerp", base=False, each=each(1, 3)),
    Case("nuslerp", each=each(0.6, 0.2)),
    Case("nuslerp", each=each(1, 2), merge={"along": "row"}, theirs=ROWWISE),
    Case(
        "nuslerp",
        each=each(1, 2),
        merge={"along": "column"},
        theirs={**ROWWISE, "nuslerp_row_wise": True},
    ),
    Case("multislerp", 3, base=False, each=each(1, 0.5, 2)),
    Case("multislerp", 3, each=each(1, 0.5, 2)),
    Case("multislerp", 2, each=each(0.7, 0.5), merge={"normalize_weights": False}),
    Case("karcher", 2, base=False),
    Case("karcher", 3, base=False, merge={"max_iter": 50, "tol": 1e-6}),
    Case("task_arithmetic", 3, each=each(1, 0.5, -0.3)),
    Case("task_arithmetic", 2, each=each(1, 0.5), merge={"normalize": True, "lambda": 0.6}),
    *(
        Case("ties", 3, each=each(1, 0.5, 2, density=density), merge=merge, theirs=theirs)
        for density in (1.0, 0.5, 0.2)
        for merge, theirs in (
            ({}, None),
            ({"normalize": False, "lambda": 0.5}, None),
            ({"rescale": "l1"}, {"rescale": True}),
        )
    ),
    *(
        Case(rule, 3, each=each(1, 0.5, 2, density=1.0))
        for rule in ("dare_linear", "dare_ties", "della", "della_linear")
    ),
    *(
        Case(
            rule, 3, each=each(1, 0.5, 2, density=density, gamma=gamma), merge=merge, theirs=theirs
        )
        for rule in ("breadcrumbs", "breadcrumbs_ties")
        for density, gamma in ((0.9, 0.01), (0.5, 0.1), (0.5, 0.25), (1.0, 0.1))
        for merge, theirs in (({}, None), ({"rescale": "l1"}, {"rescale": True}))
    ),
    *(Case("sce", 3, merge={"select_topk": top}) for top in (1.0, 0.5, 0.1)),
    *(
        Case("model_stock", count, merge={"filter_wise": rows})
        for count in (2, 3)
        for rows in (False, True)
    ),
    Case("ram", 3, merge={"epsilon": 0.4}),
    Case("ram", 2),
    Case("ramplus", 3, merge={"epsilon": 0.4, "alpha": 0.5}, name="ramplus_tl"),
    Case("arcee_fusion", 1),
)
SHAPES = {"vector": (5,), "matrix": (4, 6), "stack": (2, 3, 4)}


def tensors(shape: tuple[int, ...], seed: int) -> tuple[Tensor, list[Tensor]]:
    """A base and three models that moved from it in part the same way."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(shape, generator=generator) for _ in range(5)]
    base, common, *own = drawn
    return base, [base + 0.5 * (common + tensor) for tensor in own]


def merged(case: Case, base: Tensor, models: list[Tensor]) -> Tensor:
    """What mergekit makes of them."""
    from mergekit.merge_methods import registry  # type: ignore[import-not-found]
    from mergekit.merge_methods.base import TensorGroup  # type: ignore[import-not-found]

    inputs = ([base] if case.base else []) + models[: case.models]
    group = TensorGroup.from_tensors(
        inputs, base_index=0 if case.base or case.first_is_base else None
    )
    parameters: dict[str, Any] = {
        name: [settings[name] for settings in case.each]
        for name in (case.each[0] if case.each else {})
    }
    parameters |= case.merge if case.theirs is None else case.theirs
    if case.rule == "passthrough":
        parameters = {"scale": parameters["scale"]}
    result: Tensor = registry.get(case.name or case.rule)([group], parameters=parameters)[0]
    return result


def plain(tensor: Tensor) -> Any:
    """The numbers with as many digits as float32 has."""
    return [plain(row) if row.ndim else float(f"{row.item():.9g}") for row in tensor]


def frozen(shapes: dict[str, tuple[int, ...]], seed: int) -> dict[str, Any]:
    """Inputs by shape, and the cases with what is expected of them."""
    given = {name: tensors(shape, seed) for name, shape in shapes.items()}
    return {
        "tensors": {
            name: {"base": plain(base), "models": [plain(model) for model in models]}
            for name, (base, models) in given.items()
        },
        "cases": [
            {
                "rule": case.rule,
                "tensors": name,
                "base": case.base,
                "each": case.each or ({},) * case.models,
                "merge": dict(case.merge),
                "expected": plain(merged(case, *given[name])),
            }
            for case in CASES
            for name in given
        ],
    }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(frozen(SHAPES, seed=0)), encoding="utf-8")
