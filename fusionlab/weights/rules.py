"""The table of merge rules: how the weights of several models become those of one.

    rule = get_rule("ties")
    settings = rule.checked([{"weight": 1, "density": 0.5}, {"weight": 2}], {"lambda": 0.8})
    merged = rule.merged([a, b], base, settings)

for one tensor of each model; reading them, and calling the rule for every tensor, is a builder's
work. Names, defaults and results are mergekit's, but for what the functions' docstrings say.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from fusionlab.errors import UnknownName
from fusionlab.weights import deltas, linear, measured, selecting, spectral, spheres
from fusionlab.weights.rule import Parameter, Rule, row
from fusionlab.weights.span import Along
from fusionlab.weights.sparse import Rescale

MOST = 1e6
"""The largest factor of weights, a guard against overflow and no range for a form to draw."""
Finite = Annotated[
    float, Field(ge=-MOST, le=MOST, allow_inf_nan=False), WithJsonSchema({"type": "number"})
]
NotNegative = Annotated[
    float,
    Field(ge=0, le=MOST, allow_inf_nan=False),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Small = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

WEIGHT = Parameter("weight", Finite, 1.0)
TRUST = Parameter("weight", NotNegative, 1.0)
DENSITY = Parameter("density", Share, 1.0)
GAMMA = Parameter("gamma", Share, 0.01)
EPSILON = Parameter("epsilon", Annotated[float, Field(ge=0, lt=0.5, allow_inf_nan=False)], 0.15)
LAMBDA = Parameter("lambda", Finite, 1.0)
CHANGED = Parameter("epsilon", Small, 1e-5)
SUMMED, AVERAGED = (Parameter("normalize", bool, averaged) for averaged in (False, True))
BARE, SCALED = (Parameter("rescale", Rescale, rescale) for rescale in ("none", "l1"))

ANY, TWO, SEVERAL, ONE = (1, None), (2, 2), (2, None), (1, 1)
"""How many models a rule takes, the base not counted."""
SOUPS = "https://arxiv.org/abs/2203.05482"
SLERP = "https://doi.org/10.1145/325165.325242"
MULTISLERP = "https://goddard.blog/posts/multislerp-wow-what-a-cool-idea"
KARCHER = "https://doi.org/10.1002/cpa.3160300502"
NEARSWAP = "https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001"
TASKS = "https://arxiv.org/abs/2212.04089"
TIES = "https://arxiv.org/abs/2306.01708"
DARE = "https://arxiv.org/abs/2311.03099"
BREAD = "https://arxiv.org/abs/2312.06795"
DELLA = "https://arxiv.org/abs/2406.11617"
FUSECHAT = "https://arxiv.org/abs/2408.07990"
STOCK = "https://arxiv.org/abs/2403.19522"
RAM = "https://arxiv.org/abs/2601.13572"
ARCEE = "https://arcee.ai"
TSV = "https://arxiv.org/abs/2412.00081"
ISO = "https://arxiv.org/abs/2502.04959"
FISHER = "https://arxiv.org/abs/2111.09832"
REGMEAN = "https://arxiv.org/abs/2212.09849"
ADAMERGING = "https://arxiv.org/abs/2310.02575"

_THINNED = (WEIGHT, DENSITY)
_BANDED = (WEIGHT, DENSITY, GAMMA)
_RANKED = (WEIGHT, DENSITY, EPSILON)
_T = Parameter("t", Share, 0.5)
_NEAR = Parameter("t", NotNegative, 1e-4)
_SCALE = Parameter("scale", Finite, 1.0)
_ALONG = Parameter("along", Along, "flat")
_UNIT = (Parameter("normalize_weights", bool, default=True), Parameter("eps", Small, 1e-8))
_STEPS = (
    Parameter("max_iter", Annotated[int, Field(ge=1, le=1000)], 10),
    Parameter("tol", Small, 1e-5),
)
_TOP = Parameter("select_topk", Share, 1.0)
_ROWWISE = Parameter("filter_wise", bool, default=False)
_GAIN = (Parameter("r", NotNegative, 0.1), Parameter("alpha", NotNegative, 0.2), CHANGED)
_SHRUNK = Parameter("off_diagonal", Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)], 0.9)
_LITTLE = Parameter("lambda", Finite, 0.3)
_LEARNING = (
    Parameter("steps", Annotated[int, Field(ge=0, le=100_000)], 100),
    Parameter("batch", Annotated[int, Field(ge=1, le=1000)], 8),
    Parameter("learning_rate", Small, 0.01),
    Parameter("coefficients", Literal["layer", "task"], "layer"),
)

# fmt: off
_TABLE = (
    # function, base, models, settings of each model, settings of the merge, paper, least part
    row(linear.linear, "refused", ANY, (WEIGHT,), (AVERAGED,), SOUPS, "element"),
    row(linear.passthrough, "refused", ONE, (_SCALE,), (), "", "element"),
    row(linear.nearswap, "refused", TWO, (), (_NEAR,), NEARSWAP, "element"),
    row(spheres.slerp, "refused", TWO, (), (_T,), SLERP, "tensor"),
    row(spheres.nuslerp, "optional", TWO, (WEIGHT,), (_ALONG,), SLERP, "tensor"),
    row(spheres.multislerp, "optional", ANY, (WEIGHT,), _UNIT, MULTISLERP, "tensor"),
    row(spheres.karcher, "refused", ANY, (), _STEPS, KARCHER, "tensor"),
    row(deltas.task_arithmetic, "required", ANY, (WEIGHT,), (SUMMED, LAMBDA), TASKS, "element"),
    row(deltas.ties, "required", ANY, _THINNED, (AVERAGED, BARE, LAMBDA), TIES, "tensor"),
    row(deltas.dare_linear, "required", ANY, _THINNED, (SUMMED, SCALED, LAMBDA), DARE, "tensor"),
    row(deltas.dare_ties, "required", ANY, _THINNED, (SUMMED, SCALED, LAMBDA), DARE, "tensor"),
    row(deltas.breadcrumbs, "required", ANY, _BANDED, (SUMMED, BARE, LAMBDA), BREAD, "tensor"),
    row(deltas.breadcrumbs_ties, "required", ANY, _BANDED, (SUMMED, BARE, LAMBDA), BREAD, "tensor"),
    row(deltas.della, "required", ANY, _RANKED, (AVERAGED, SCALED, LAMBDA), DELLA, "tensor"),
    row(deltas.della_linear, "required", ANY, _RANKED, (SUMMED, SCALED, LAMBDA), DELLA, "tensor"),
    row(selecting.sce, "required", ANY, (), (_TOP,), FUSECHAT, "tensor"),
    row(selecting.model_stock, "required", SEVERAL, (), (_ROWWISE,), STOCK, "tensor"),
    row(selecting.ram, "required", ANY, (), (CHANGED,), RAM, "element"),
    row(selecting.ramplus, "required", ANY, (), _GAIN, RAM, "tensor"),
    row(selecting.arcee_fusion, "required", ONE, (), (), ARCEE, "tensor"),
    row(spectral.tsv_m, "required", ANY, (WEIGHT,), (LAMBDA,), TSV, "matrix"),
    row(spectral.iso_c, "required", ANY, (WEIGHT,), (LAMBDA,), ISO, "matrix"),
    row(measured.fisher, "refused", ANY, (TRUST,), (), FISHER, "element", "fisher"),
    row(measured.regmean, "refused", ANY, (TRUST,), (_SHRUNK,), REGMEAN, "matrix", "gram"),
    row(measured.adamerging, "required", ANY, (WEIGHT,), (_LITTLE,), ADAMERGING, "element", "shift",
        _LEARNING),
)
# fmt: on
RULES: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in _TABLE})


def get_rule(name: str) -> Rule:
    """The rule of this name; raises UnknownName with the nearest."""
    if name not in RULES:
        raise UnknownName("kind-merge-rule", name, RULES)
    return RULES[name]
