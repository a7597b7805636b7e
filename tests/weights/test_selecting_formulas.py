"""Rules that select, work on spectra or on measurements, against their formulas written out."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from torch import Tensor

from tests.weights.merging import merge, tensors
from tests.weights.vectors import (
    VECTORS,
    WEIGHTS,
    Numbers,
    dot,
    each,
    flat,
    minus,
    mixed,
    norm,
    same,
)

vectors = settings(max_examples=20)


@pytest.mark.parametrize("top", [1.0, 0.5, 0.1])
@vectors
@given(drawn=tensors(4, VECTORS))
def test_sce(top: float, drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    deltas = [minus(model, base) for model in models]
    if top < 1:
        variance = [float(np.var([d[n] for d in deltas])) for n in range(len(base))]
        gaps = (more - less for less, more in pairwise(sorted(variance)))
        assume(all(gap > 1e-5 for gap in gaps))  # of equal ones rounding would choose
        count = int(top * sum(v > 0 for v in variance))
        places = sorted(range(len(base)), key=lambda n: -variance[n])[:count]
        deltas = [[x if n in places else 0.0 for n, x in enumerate(d)] for d in deltas]
    energy = [sum(x * x for x in d) / len(d) for d in deltas]
    weights = [e / sum(energy) if sum(energy) >= 1e-6 else 1 / 3 for e in energy]
    expected = []
    for n, origin in enumerate(base):
        sign = 1 if sum(d[n] for d in deltas) >= 0 else -1
        heard = [w if d[n] * sign > 0 else 0.0 for w, d in zip(weights, deltas, strict=True)]
        whole = sum(w * d[n] for w, d in zip(heard, deltas, strict=True))
        expected.append(origin + whole / max(1e-6, sum(heard)))
    if not any(1e-12 < abs(sum(d[n] for d in deltas)) < 1e-5 for n in range(len(base))):
        same(merge("sce", drawn[1:], drawn[0], select_topk=top), expected)


@vectors
@given(drawn=tensors(3, VECTORS))
def test_model_stock(drawn: list[Tensor]) -> None:
    base, a, b = map(flat, drawn)
    one, other = minus(a, base), minus(b, base)
    cosine = dot(one, other) / max(1e-6, norm(one) * norm(other))
    if cosine > -0.9:  # the formula has a pole at −1
        t = 2 * cosine / (1 + cosine)
        same(merge("model_stock", drawn[1:], drawn[0]), mixed([1 - t, t / 2, t / 2], [base, a, b]))


@vectors
@given(drawn=tensors(4, VECTORS))
def test_ram_and_ramplus(drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    deltas = [minus(model, base) for model in models]
    changed = [[abs(x) > 0.7 for x in delta] for delta in deltas]
    counts = [sum(column) for column in zip(*changed, strict=True)]
    assume(all(abs(abs(x) - 0.7) > 1e-5 for delta in deltas for x in delta))

    def merged(gains: Sequence[float]) -> Numbers:
        return [
            origin
            + sum(
                delta[n] * (gain if counts[n] == 1 else 1 / counts[n])
                for delta, mask, gain in zip(deltas, changed, gains, strict=True)
                if mask[n]
            )
            for n, origin in enumerate(base)
        ]

    same(merge("ram", drawn[1:], drawn[0], epsilon=0.7), merged([1, 1, 1]))
    gains = []
    for mask in changed:
        shared = sum(one and counts[n] > 1 for n, one in enumerate(mask))
        alone = sum(one and counts[n] == 1 for n, one in enumerate(mask))
        gains.append(1 + 0.1 * min(0.5, shared / alone if alone else 0.5))
    same(merge("ramplus", drawn[1:], drawn[0], epsilon=0.7, alpha=0.5), merged(gains))


@settings(max_examples=20)
@given(drawn=tensors(2, ((9,), (4, 5))))
def test_arcee_fusion(drawn: list[Tensor]) -> None:
    base, model = (tensor.double() for tensor in drawn)
    scores: Numbers = []
    for ours, theirs in zip(
        *(t.reshape(-1, t.shape[-1]).tolist() for t in (base, model)), strict=True
    ):
        p, q = (
            [math.exp(x) / sum(map(math.exp, row)) + 1e-8 for x in row] for row in (theirs, ours)
        )
        divergence = sum(x * math.log(x / y) for x, y in zip(p, q, strict=True))
        scores += [abs(x - y) * divergence for x, y in zip(theirs, ours, strict=True)]
    ranked = sorted(scores)
    lower, median, upper = (ranked[int(q * (len(ranked) - 1))] for q in (0.25, 0.5, 0.75))
    least = median + 1.5 * (upper - lower)
    assume(all(abs(score - least) > 1e-9 for score in scores))
    chosen = [score >= least for score in scores]
    expected = [m if c else b for b, m, c in zip(flat(base), flat(model), chosen, strict=True)]
    same(merge("arcee_fusion", [model], base), expected)


def test_arcee_fusion_takes_what_just_reaches_the_threshold() -> None:
    for base in (torch.tensor(1.0), torch.tensor([1.0])):  # alone in its row: no divergence at all
        assert torch.equal(merge("arcee_fusion", [base * 2], base), base * 2)


@vectors
@given(drawn=tensors(4, ((4, 5), (5, 4), (2, 4, 4))))
def test_iso_c(drawn: list[Tensor]) -> None:
    base, *models = (tensor.double().numpy() for tensor in drawn)
    delta = sum(w * (model - base) for w, model in zip(WEIGHTS, models, strict=True))
    assume(np.linalg.matrix_rank(delta).min() == 4)  # else the directions are not unique
    u, s, vh = np.linalg.svd(delta, full_matrices=False)
    expected = base + 0.5 * s.mean(-1)[..., None, None] * (u @ vh)
    merged = merge("iso_c", drawn[1:], drawn[0], each(), lambda_=0.5)
    assert merged.numpy() == pytest.approx(expected, rel=1e-3, abs=1e-3)
    values = np.linalg.svd(merged.numpy() - base, compute_uv=False)
    assert values == pytest.approx(
        np.broadcast_to(values.mean(-1, keepdims=True), values.shape), rel=1e-3
    )


def test_tsv_m() -> None:
    base, *models = np.random.default_rng(0).standard_normal((4, 6, 9))
    lefts: list[Any] = []
    values: list[Any] = []
    rights: list[Any] = []
    for weight, model in zip(WEIGHTS, models, strict=True):
        u, s, vh = np.linalg.svd(weight * (model - base))
        lefts, values, rights = [*lefts, *u.T[:2]], [*values, *s[:2]], [*rights, *vh[:2]]
    turned = []
    for vectors_ in (np.array(lefts).T, np.array(rights).T):
        p, _, qh = np.linalg.svd(vectors_, full_matrices=False)
        turned.append(p @ qh)
    expected = base + 0.7 * turned[0] @ np.diag(values) @ turned[1].T
    stacked = [torch.from_numpy(array) for array in (base, *models)]
    merged = merge("tsv_m", stacked[1:], stacked[0], each(), lambda_=0.7)
    assert merged.numpy() == pytest.approx(expected)


def test_tsv_m_does_not_turn_by_what_is_only_rounding() -> None:
    """Of low rank the last triples are drawn by lot; of a model that did not move, all are."""
    generator = torch.Generator().manual_seed(0)
    factors = [torch.randn(2, 12, 2, generator=generator).double() for _ in range(3)]
    base = torch.randn(12, 12, generator=generator).double()
    moved = [base + left @ right.T for left, right in factors]
    exact = merge("tsv_m", [*moved, base], base)
    rounded = merge("tsv_m", [each.float() for each in (*moved, base)], base.float())
    assert torch.allclose(rounded.double(), exact, rtol=1e-4, atol=1e-4)
    alone = merge("tsv_m", [moved[0], base, base], base)
    assert torch.allclose(alone, moved[0])


@pytest.mark.parametrize("name", ["tsv_m", "iso_c"])
def test_without_a_spectrum_the_mean_is_added(name: str) -> None:
    base, *models = torch.randn(4, 5, generator=torch.Generator().manual_seed(0))
    deltas = [minus(flat(model), flat(base)) for model in models]
    same(
        merge(name, models, base, each(), lambda_=0.5),
        mixed([1, *(0.5 * w / 3 for w in WEIGHTS)], [flat(base), *deltas]),
    )


@vectors
@given(drawn=tensors(6, VECTORS))
def test_fisher(drawn: list[Tensor]) -> None:
    models = [flat(model) for model in drawn[:3]]
    information = [[x * x for x in flat(model)] for model in drawn[3:]]
    expected = []
    for n in range(len(models[0])):
        factors = [w * f[n] for w, f in zip(WEIGHTS, information, strict=True)]
        if sum(factors) == 0:
            factors = list(WEIGHTS)
        thetas = [model[n] for model in models]
        expected.append(dot(factors, thetas) / sum(factors))
    statistics = [tensor.square() for tensor in drawn[3:]]
    same(merge("fisher", drawn[:3], each=each(), statistics=statistics), expected)


def test_regmean_is_the_least_squares_solution() -> None:
    random = np.random.default_rng(0)
    weights = [random.standard_normal((3, 4)) for _ in range(3)]
    inputs = [random.standard_normal((20, 4)) for _ in range(3)]
    for array in inputs:
        array[:, 2] = 0  # an input that no model has seen
    grams = [array.T @ array for array in inputs]
    shrunk = [0.9 * g + 0.1 * np.diag(np.diag(g)) for g in grams]
    seen = [0, 1, 3]
    left = sum(w * s[np.ix_(seen, seen)] for w, s in zip(WEIGHTS, shrunk, strict=True))
    right = sum(
        w * s[np.ix_(seen, seen)] @ m[:, seen].T
        for w, s, m in zip(WEIGHTS, shrunk, weights, strict=True)
    )
    expected = np.average(weights, axis=0, weights=WEIGHTS)
    expected[:, seen] = np.linalg.solve(left, right).T
    merged = merge(
        "regmean",
        [torch.from_numpy(array) for array in weights],
        each=each(),
        statistics=[torch.from_numpy(array) for array in grams],
    )
    assert merged.numpy() == pytest.approx(expected)
