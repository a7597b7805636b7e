"""Every rule against its formula, written out element by element with Python's own numbers."""

import math
from collections.abc import Callable, Sequence

import pytest
import torch
from hypothesis import example, given, settings
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


def arc(a: Numbers, b: Numbers, t: float, straight: Callable[[float], bool]) -> Numbers:
    cosine = dot(a, b) / (norm(a) * norm(b)) if min(norm(a), norm(b)) > 1e-8 else 0.0
    cosine = max(-1.0, min(1.0, cosine))
    if straight(cosine):
        return mixed([1 - t, t], [a, b])
    angle = math.acos(cosine)
    ends = [math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)]
    return mixed(ends, [a, b])


@vectors
@given(drawn=tensors(3, VECTORS))
def test_linear(drawn: list[Tensor]) -> None:
    same(
        merge("linear", drawn, each=each()), mixed([w / 3.5 for w in WEIGHTS], [*map(flat, drawn)])
    )
    summed = mixed(WEIGHTS, [flat(model) for model in drawn])
    same(merge("linear", drawn, each=each(), normalize=False), summed)
    same(merge("passthrough", drawn[:1], each=[{"scale": 3}]), [3 * x for x in flat(drawn[0])])


@vectors
@given(drawn=tensors(2, VECTORS))
def test_nearswap(drawn: list[Tensor]) -> None:
    a, b = map(flat, drawn)
    moved = [x + max(-0.3, min(0.3, y - x)) for x, y in zip(a, b, strict=True)]
    same(merge("nearswap", drawn, t=0.3), moved)


@vectors
@given(drawn=tensors(3, VECTORS))
def test_slerp_and_nuslerp(drawn: list[Tensor]) -> None:
    base, a, b = map(flat, drawn)
    same(merge("slerp", drawn[1:], t=0.3), arc(a, b, 0.3, lambda cosine: abs(cosine) > 0.9995))
    moved = arc(minus(a, base), minus(b, base), 0.75, lambda cosine: 1 - cosine**2 <= 1e-12)
    weights = [{"weight": 1}, {"weight": 3}]
    same(merge("nuslerp", drawn[1:], drawn[0], weights), mixed([1, 1], [base, moved]))


@vectors
@given(drawn=tensors(2, ((3, 4), (2, 2, 3))))
@example(drawn=[torch.tensor([[2.0, 0, 0, -2]]), torch.tensor([[-1.0, 0, 0, 1]])])  # opposite
@example(drawn=[torch.tensor([[3.0, 1, 7]]), torch.tensor([[-0.6, -0.2, -1.4]])])
def test_nuslerp_by_row_and_by_column(drawn: list[Tensor]) -> None:
    def parts(tensor: Tensor) -> list[Numbers]:
        return [flat(row) for row in tensor.reshape(-1, tensor.shape[-1])]

    rows = [
        arc(a, b, 0.5, lambda c: 1 - c**2 <= 1e-12) for a, b in zip(*map(parts, drawn), strict=True)
    ]
    same(merge("nuslerp", drawn, along="row"), [x for row in rows for x in row])
    turned = [tensor.movedim(0, -1) for tensor in drawn]
    columns = merge("nuslerp", turned, along="row").movedim(-1, 0)
    same(merge("nuslerp", drawn, along="column"), flat(columns))


@vectors
@given(drawn=tensors(3, VECTORS))
def test_multislerp(drawn: list[Tensor]) -> None:
    rows = [flat(model) for model in drawn]
    shares = [w / 3.5 for w in WEIGHTS]
    norms = [norm(row) for row in rows]
    mean = mixed([w / (length + 1e-8) for w, length in zip(shares, norms, strict=True)], rows)
    expected = mixed(shares, rows)  # where the directions cancel
    if norm(mean) > 1e-8:
        expected = [x / norm(mean) * dot(shares, norms) for x in mean]
    if not 1e-9 < norm(mean) < 1e-4:  # a direction of mere rounding
        same(merge("multislerp", drawn, each=each()), expected)


@vectors
@given(drawn=tensors(3, ((5,), (3, 4))))
def test_karcher_has_no_pull_left(drawn: list[Tensor]) -> None:
    rows = [flat(model + 3) for model in drawn]  # within a half sphere, where the mean is unique
    merged = flat(merge("karcher", [model + 3 for model in drawn], max_iter=100, tol=1e-9))
    assert norm(merged) == pytest.approx(sum(map(norm, rows)) / 3, rel=1e-4)
    mean = [x / norm(merged) for x in merged]
    pull = [0.0] * len(mean)
    for row in rows:
        unit = [x / norm(row) for x in row]
        cosine = max(-1.0, min(1.0, dot(unit, mean)))
        if cosine < 1 - 1e-12:
            angle = math.acos(cosine)
            step = angle / math.sin(angle)
            pull = mixed([1, step, -step * cosine], [pull, unit, mean])
    assert norm(pull) == pytest.approx(0, abs=1e-4)


def summed(
    base: Numbers,
    kept: Sequence[Numbers],
    *,
    elects: bool,
    normalize: bool,
    strength: float = 1.0,
) -> Numbers:
    """θ₀ + λ Σ wₖ mₖ δₖ (÷ Σ wₖ mₖ)."""
    result = []
    for place, origin in enumerate(base):
        terms = [w * row[place] for w, row in zip(WEIGHTS, kept, strict=True)]
        sign = 1 if sum(terms) >= 0 else -1
        heard = [term * sign > 0 or not elects for term in terms]
        total = sum(term for term, one in zip(terms, heard, strict=True) if one)
        divisor = sum(w for w, one in zip(WEIGHTS, heard, strict=True) if one) or 1
        result.append(origin + strength * total / (divisor if normalize else 1))
    return result


def band(delta: Numbers, low: int, high: int, *, largest: bool = False) -> Numbers:
    """The elements whose rank by magnitude is from low on and below high; others are zero."""
    key = (lambda n: -abs(delta[n])) if largest else (lambda n: abs(delta[n]))
    ranks = sorted(range(len(delta)), key=key)
    return [x if n in ranks[low:high] else 0.0 for n, x in enumerate(delta)]


def l1_scaled(delta: Numbers, kept: Numbers) -> Numbers:
    before, after = sum(map(abs, delta)), sum(map(abs, kept))
    return [x * before / after for x in kept] if min(before, after) > 1e-7 else kept


def scaled(kept: Numbers, factor: float) -> Numbers:
    return [x * factor for x in kept]


@vectors
@given(drawn=tensors(4, VECTORS))
def test_task_arithmetic(drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    deltas = [minus(model, base) for model in models]
    for normalize in (False, True):
        expected = summed(base, deltas, elects=False, normalize=normalize, strength=0.6)
        same(
            merge("task_arithmetic", drawn[1:], drawn[0], each(), normalize=normalize, lambda_=0.6),
            expected,
        )


@vectors
@given(drawn=tensors(4, VECTORS))
def test_ties(drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    deltas = [minus(model, base) for model in models]
    count = max(1, len(base) // 2)
    kept = [band(delta, 0, count, largest=True) for delta in deltas]
    rescaled = {
        "none": kept,
        "l1": [l1_scaled(*pair) for pair in zip(deltas, kept, strict=True)],
        "density": [scaled(one, 2) for one in kept],
    }
    for rescale, parts in rescaled.items():
        merged = merge("ties", drawn[1:], drawn[0], each(density=0.5), rescale=rescale)
        same(merged, summed(base, parts, elects=True, normalize=True))


@pytest.mark.parametrize(("density", "gamma"), [(0.5, 0.2), (0.9, 0.3), (0.0, 0.2), (0.3, 0.0)])
@pytest.mark.parametrize("name", ["breadcrumbs", "breadcrumbs_ties"])
@settings(max_examples=8)
@given(drawn=tensors(4, VECTORS))
def test_breadcrumbs(name: str, density: float, gamma: float, drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    deltas = [minus(model, base) for model in models]
    count, top = int(density * len(base)), int(gamma * len(base))
    bottom = max(0, len(base) - count - top)
    kept = [band(delta, bottom, bottom + count) for delta in deltas]
    expected = summed(base, kept, elects=name.endswith("ties"), normalize=False)
    same(merge(name, drawn[1:], drawn[0], each(density=density, gamma=gamma)), expected)


@pytest.mark.parametrize("rescale", ["none", "l1", "density"])
@pytest.mark.parametrize("name", ["dare_linear", "della_linear"])
def test_what_is_drawn_is_kept_as_it_is_or_scaled(name: str, rescale: str) -> None:
    model = torch.arange(1.0, 10_001).reshape(100, 100).flip(1)
    given_density = [{"density": 0.4}]
    merged = merge(name, [model], torch.zeros(100, 100), given_density, rescale=rescale)
    ratio = merged / model
    kept = ratio != 0
    assert float(kept.double().mean()) == pytest.approx(0.4, abs=0.02)
    if rescale == "none":
        assert (ratio[kept] == 1).all()
    if rescale == "l1":
        assert float(merged.sum()) == pytest.approx(float(model.sum()), rel=1e-4)
    if rescale == "density":
        assert float(merged.mean()) == pytest.approx(float(model.mean()), rel=0.05)
    if name == "della_linear":
        shares = kept.double().mean(dim=0)  # the largest of a row come first in it
        expected = torch.linspace(0.55, 0.25, 100).double()
        assert (shares - expected).abs().mean() < 0.06
        if rescale == "density":
            assert ratio.max(dim=0).values.numpy() == pytest.approx(
                (1 / expected).numpy(), rel=1e-4
            )
    elif rescale == "density":
        assert ratio[kept].numpy() == pytest.approx(2.5)


@pytest.mark.parametrize("name", ["dare_ties", "della"])
@settings(max_examples=10)
@given(drawn=tensors(4, VECTORS))
def test_what_is_drawn_elects(name: str, drawn: list[Tensor]) -> None:
    base, *models = map(flat, drawn)
    merged = merge(name, drawn[1:], drawn[0], each(density=0.5), rescale="none", normalize=False)
    possible = []  # what the eight lots of three models can make of an element
    for place, origin in enumerate(base):
        deltas = [model[place] - origin for model in models]
        sums = set()
        for lot in range(8):
            kept = [d * (lot >> n & 1) for n, d in enumerate(deltas)]
            terms = [w * d for w, d in zip(WEIGHTS, kept, strict=True)]
            sign = 1 if sum(terms) >= 0 else -1
            sums.add(origin + sum(term for term in terms if term * sign > 0))
        possible.append(sums)
    for number, sums in zip(flat(merged), possible, strict=True):
        assert any(number == pytest.approx(one, rel=1e-4, abs=1e-5) for one in sums)


@pytest.mark.parametrize("cosine", [0.9994, -0.9994, 0.9996, -0.9996])
def test_slerp_goes_straight_where_there_is_hardly_an_arc(cosine: float) -> None:
    a, b = [1.0, 0.0], [cosine, math.sqrt(1 - cosine**2)]
    merged = flat(merge("slerp", [torch.tensor(v).double() for v in (a, b)], t=0.5))
    middle = norm(mixed([0.5, 0.5], [a, b]))
    assert norm(merged) == pytest.approx(1 if abs(cosine) < 0.9995 else middle, rel=1e-6)


def test_karcher_hears_no_pull_from_the_far_side() -> None:
    model, noise = torch.randn(2, 5, generator=torch.Generator().manual_seed(0)).double()
    all_but = 1e-6 * noise - model  # on the far side but for rounding, whose direction is none
    for models in ([model, model, -model], [-model, model, model], [model, model, all_but]):
        length = sum(norm(flat(one)) for one in models) / 3
        same(merge("karcher", models), [x * length / norm(flat(model)) for x in flat(model)])
    same(merge("karcher", [model, -2 * model]), flat(-model / 2))  # they cancel: their mean
