"""A model's folder as an export with 8-bit weights, which onnxruntime computes with.

onnxruntime-genai's builder writes it in a process of its own, offline and without a model's own
code. Then its distributions are compared with the original's on a text that is always the same; an
export that is too far from it is not used. It is kept under the hash of the weights, the settings
and the exporter's version.
"""

import json
import shutil
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fusionlab.engines import exports
from fusionlab.engines.exports import QUALITY, News, said_of, unreadable
from fusionlab.engines.onnx_passes import CONFIG, MODEL, WANTED
from fusionlab.errors import FusionError, SourceError
from fusionlab.events import Progress
from fusionlab.sources.opening import check_readable

PACKAGES = ("onnxruntime-genai", "onnxruntime", "onnx", "onnx-ir")
PRECISION = "int8"
FORM = 1
"""Of what is written here; another one is another export."""
BOUND = 0.05
"""The mean divergence from the original, in nats a token, from which an export is not used."""
HEAD = 8
"""Of which the width of a head is a multiple where onnxruntime computes attention."""
ARCHITECTURES = frozenset(
    {
        "Ernie4_5ForCausalLM",
        "GemmaForCausalLM",
        "GraniteForCausalLM",
        "LlamaForCausalLM",
        "MistralForCausalLM",
        "Qwen2ForCausalLM",
        "Qwen3ForCausalLM",
    }
)
"""Those whose exports were compared with their originals, as a whole, in parts and in batches."""
TEXT = """\
The keeper of the lighthouse wrote in his book: "Wind from the north-west, 7 knots; all lamps lit."
Is water at 100 °C always boiling? No – it depends on the pressure. 3 × 14 = 42, so 42 / 3 = 14.
def mean(values): return sum(values) / len(values)  # fails on an empty list
机器学习是人工智能的一个分支。El faro se ve desde muy lejos, même quand il pleut.
- First, measure twice. - Second, cut once. Finally, tell everyone what you have found, and why."""
"""On which export and original are compared."""

_CHILD = "import sys; from fusionlab.engines.onnx_export import write; write(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Quality:
    """How far an export is from its original, on `TEXT`."""

    divergence: float
    """Mean KL(original ‖ export) over its tokens, in nats."""
    same: float
    """The share of its tokens at which both have the same first choice."""
    tokens: int

    @property
    def usable(self) -> bool:
        """Whether it is near enough; a divergence that is no number is not."""
        return self.divergence <= BOUND


def exported(folder: Path, name: str, *, gently: bool = False) -> Generator[News, None, Path]:
    """The place where the export of the model in the folder stands, and how far it is from it.

    One that is there already is kept if it is as it was made. With `gently` other work goes first.
    Raises SourceError where it cannot be made, or is too far from the original.
    """
    check_known(folder, name)
    target = yield from place_of(folder)
    yield from exports.made_once(target, lambda: _make(folder, target, name, gently=gently))
    check_near(target, name)
    return target


def check_known(folder: Path, name: str) -> None:
    """The exporter is installed and knows the architecture; raises SourceError."""
    if not installed():
        raise SourceError("onnx-not-installed", name=name)
    config = check_readable(folder).get("config.json", {})
    architecture = next(iter(config.get("architectures") or ()), None)
    if architecture not in ARCHITECTURES:
        known = sorted(each.removesuffix("ForCausalLM") for each in ARCHITECTURES)
        raise SourceError(
            "onnx-architecture", name=name, architecture=str(architecture), known=known
        )
    if _looks_back_so_far(config):
        raise SourceError("onnx-window", name=name)
    width = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    if width % HEAD:
        raise SourceError("onnx-heads", name=name, width=width, unit=HEAD)
    if config.get("quantization_config"):
        raise SourceError("onnx-quantised", name=name)


def _looks_back_so_far(config: Mapping[str, Any]) -> bool:
    """Whether a token attends only to so many before it: the export attends to all."""
    window = config.get("sliding_window") and config.get("use_sliding_window", True)
    return bool(window) or "sliding_attention" in (config.get("layer_types") or ())


def is_known(folder: Path) -> bool:
    """Whether the exporter is installed and takes the model in the folder."""
    try:
        check_known(folder, folder.name)
    except (FusionError, KeyError, TypeError, ZeroDivisionError):  # or it is no model at all
        return False
    return True


def check_near(export: Path, name: str) -> None:
    """The export is near enough to its original; raises SourceError with the figures."""
    if not quality_of(export).usable:
        raise too_far(export, name)


def too_far(export: Path, name: str) -> SourceError:
    """The error for an export that is not used."""
    nats = f"{quality_of(export).divergence:.3g}"
    return SourceError("onnx-too-far", name=name, nats=nats, bound=f"{BOUND:g}")


def quality_of(export: Path) -> Quality:
    """How far the export is from its original; raises SourceError where that is not known."""
    found = said_of(export)
    try:
        return Quality(float(found["divergence"]), float(found["same"]), int(found["tokens"]))
    except (ValueError, KeyError, TypeError) as cause:
        raise unreadable(export, cause) from None


def installed() -> bool:
    """Whether all that exports and computes is there; nothing is imported."""
    return exports.installed(("onnxruntime", "onnxruntime_genai", "onnx", "onnx_ir"))


def place_of(folder: Path) -> Generator[Progress, None, Path]:
    """Where the export of these weights belongs, whether it is there or not."""
    made_by = {"form": FORM, "precision": PRECISION}
    packages = (*PACKAGES, "transformers")
    return (yield from exports.place_of(folder, [folder / "config.json"], made_by, packages))


def _make(
    folder: Path, target: Path, name: str, *, gently: bool
) -> Generator[Progress, None, None]:
    yield from exports.put(
        folder,
        target,
        name,
        lambda part: written(folder, part, name, gently=gently),
        lambda part: quality_of(part).usable,
    )


def written(
    folder: Path, part: Path, name: str, *, gently: bool = False
) -> Generator[Progress, None, None]:
    """The folder `part` holds the export, and how far it is from its original.

    Raises SourceError.
    """
    arguments = [str(folder), str(part), "gently" if gently else ""]
    yield from exports.by_child(_CHILD, arguments, name)


def write(folder: str, part: str, pace: str) -> None:
    """The export is in the folder `part`; the child process does this."""
    if pace == "gently":
        exports.give_way()
    raw = Path(part) / "raw"
    _build(folder, raw)
    _ask_for_positions(raw / MODEL)
    for file in (raw / MODEL, raw / f"{MODEL}.data", raw / CONFIG):
        if file.exists():
            file.replace(Path(part) / file.name)
    shutil.rmtree(raw)
    quality = measured(Path(folder), Path(part))
    (Path(part) / QUALITY).write_text(json.dumps(asdict(quality), indent=2), encoding="utf-8")


def _build(folder: str, target: Path) -> None:
    """The builder's own program, with weights in 8 bits and logits of the last token only."""
    import runpy
    import sys

    options = ["hf_token=false", "hf_remote=false", "prune_lm_head=true"]
    where = ["-m", folder, "-i", folder, "-o", str(target), "-c", str(target / "cache")]
    sys.argv = ["builder", *where, "-p", PRECISION, "-e", "cpu", "--extra_options", *options]
    runpy.run_module("onnxruntime_genai.models.builder", run_name="__main__")


def _ask_for_positions(file: Path) -> None:
    """The model's logits are of the new ids that the input `WANTED` names, not of the last."""
    import onnx

    model = onnx.load(file, load_external_data=False)
    nodes = {node.name: node for node in model.graph.node}
    gather, added = nodes["/lm_head/prune/Gather"], nodes["/lm_head/prune/Unsqueeze"]
    gather.input[1], gather.output[0] = WANTED, added.output[0]
    model.graph.node.remove(added)
    del model.graph.value_info[:]
    (logits,) = [each for each in model.graph.output if each.name == "logits"]
    logits.type.tensor_type.shape.dim[1].dim_param = WANTED
    wanted = onnx.helper.make_tensor_value_info(WANTED, onnx.TensorProto.INT64, [WANTED])
    model.graph.input.append(wanted)
    onnx.save(model, file)


def measured(folder: Path, export: Path) -> Quality:
    """How far the export is from the model in the folder, computed in fp32."""
    import torch

    from fusionlab.engines.onnx import opened
    from fusionlab.models.base import Level, ModelSpec
    from fusionlab.sources.opening import open_model

    fast = opened(export, folder, ModelSpec("export", "onnx", Level.LOGITS))
    ids = fast.tokenizer(TEXT)["input_ids"][: fast.context]
    ours = torch.cat(list(fast.each(ids))).log_softmax(dim=-1)
    fast.close()
    model = open_model(folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        theirs = model(torch.tensor([ids])).logits[0, :, : ours.shape[1]].log_softmax(dim=-1)
    possible = theirs > -torch.inf
    away = torch.where(possible, theirs.exp() * (theirs - ours), 0.0).sum(dim=-1)
    same = ours.argmax(dim=-1) == theirs.argmax(dim=-1)
    return Quality(float(away.mean()), float(same.float().mean()), len(ids))
