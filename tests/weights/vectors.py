"""Vectors as lists of Python's own numbers, to write a formula out with."""

import math
from collections.abc import Sequence

import pytest
from torch import Tensor

Numbers = list[float]
WEIGHTS = (1.0, 0.5, 2.0)
VECTORS = ((1,), (7,), (3, 4))


def flat(tensor: Tensor) -> Numbers:
    return [float(number) for number in tensor.reshape(-1)]


def same(merged: Tensor, expected: Sequence[float]) -> None:
    assert flat(merged) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def dot(a: Numbers, b: Numbers) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def norm(a: Numbers) -> float:
    return math.sqrt(dot(a, a))


def mixed(coefficients: Sequence[float], rows: Sequence[Numbers]) -> Numbers:
    return [dot(list(coefficients), list(column)) for column in zip(*rows, strict=True)]


def minus(a: Numbers, b: Numbers) -> Numbers:
    return [x - y for x, y in zip(a, b, strict=True)]


def each(**more: float) -> list[dict[str, float]]:
    return [{"weight": weight, **more} for weight in WEIGHTS]
