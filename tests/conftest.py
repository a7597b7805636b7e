"""Fixtures that all tests share; shapes of tensors are checked while tests run."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["FUSIONLAB_LANG"] = "en"
os.environ["FUSIONLAB_ONNX"] = "off"  # no test begins an export that it does not wait for
if "PYTEST_XDIST_WORKER" in os.environ:  # two processes with two threads each wait for one another
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from jaxtyping import install_import_hook

install_import_hook(
    ["fusionlab.tokens", "fusionlab.experts", "fusionlab.weights", "fusionlab.distil"],
    "beartype.beartype",
)

import pytest  # noqa: E402
import torch  # noqa: E402
from hypothesis import settings  # noqa: E402

from fusionlab.sources.opening import MODULES  # noqa: E402
from tests.tiny import tiny_llama  # noqa: E402
from tests.tiny_onnx import tiny_onnx  # noqa: E402

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite is run by two processes; a part of it, by this one."""
    whole = config.args == config.getini("testpaths") and not config.getoption("keyword")
    return 2 if whole and (os.cpu_count() or 1) > 1 else 0


DRAWN = torch.nn.init.normal_


@pytest.fixture(autouse=True)
def weights_are_drawn() -> Iterator[None]:
    """No test leaves it switched off for all who come after it that weights are drawn."""
    yield
    with MODULES:  # a load that nobody waits for any more
        assert torch.nn.init.normal_ is DRAWN


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a two-layer Llama."""
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "a")


@pytest.fixture(scope="session")
def tiny_export(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of `tiny` for onnxruntime."""
    return tiny_onnx(tiny, tmp_path_factory.mktemp("export") / "a")


@pytest.fixture(scope="session")
def tiny_twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second model with the tokenizer of `tiny` and other weights."""
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "b", seed=1)


@pytest.fixture(scope="session")
def tiny_other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with another vocabulary."""
    return tiny_llama(tmp_path_factory.mktemp("tiny") / "c", seed=2, vocab_size=300)
