"""Arguments and recipe of a short run, and a pool for these tests only."""

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from fusionlab.engines.memory import Pool
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from tests.cli.saying import PROMPT


@pytest.fixture(scope="module", autouse=True)
def _pool() -> Iterator[None]:
    """The process's pool, for these tests only."""
    with pytest.MonkeyPatch.context() as patch, closing(Pool(10**10)) as pool:
        patch.setattr(import_module("fusionlab.run"), "default_pool", lambda: pool)
        yield


@pytest.fixture
def ensemble(tiny: Path, tiny_twin: Path) -> list[str]:
    """The arguments of a short ensemble of two tiny models."""
    members = [f"path:{tiny},name=ann,weight=2,system=one, two", f"path:{tiny_twin},name=bob"]
    pairs = [part for member in members for part in ("--member", member)]
    return ["run", "ensemble", *pairs, "--prompt", PROMPT, "--max-tokens", "6"]


@pytest.fixture
def recipe(tiny: Path, tiny_twin: Path) -> Recipe:
    """The same as a recipe."""
    members = (
        MemberRecipe(f"path:{tiny}", "ann", 2.0, "one, two"),
        MemberRecipe(f"path:{tiny_twin}", "bob"),
    )
    return Recipe("ensemble", PROMPT, members, sampling=Sampling(max_tokens=6))
