"""The sentence embedder's export for onnxruntime, and whether it is near enough and faster.

It is made aside while sentence-transformers answers (`fusionlab.engines.onnx_aside`), and measured
once, where it was made, with texts that are always the same: how far cosines are from those of the
original in fp32, and the seconds of both for one sentence, for sixteen, and for sixteen texts that
fill the window. It is used where it is near, and faster at each of the three.
"""

import json
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from fusionlab.engines import exports
from fusionlab.engines.encoder import MODEL
from fusionlab.engines.encoder_graph import Encoder, encoder_graph
from fusionlab.engines.exports import QUALITY, News, said_of, unreadable
from fusionlab.engines.onnx_aside import allowed, taken
from fusionlab.engines.onnx_export import TEXT
from fusionlab.errors import FusionError, SourceError
from fusionlab.events import Progress
from fusionlab.sources.opening import check_readable

FORM = 1
"""Of what is written here; another one is another export."""
PACKAGES = ("onnxruntime", "onnx", "transformers", "sentence-transformers", "torch")
BOUND = 0.02
"""The difference of a cosine from the original's in fp32 from which an export is not used; that of
bf16 is 0.003 on the same texts."""
ROUNDS = 5
SENTENCES = (
    "The train had left already when we came to the station.",
    "We reached the station too late, and the train was gone.",
    "Paris is the capital of France.",
    "The answer is 42, because 6 × 7 = 42.",
    "Seven times six makes 43, so the answer is 43.",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "Plants make sugar out of air and water by the power of the sun.",
    "def mean(values): return sum(values) / len(values)",
    "I would first sort the list, then walk through it once with two pointers.",
    "No.",
    "Yes, it is: water boils at 100 °C at sea level, and earlier on a mountain.",
    "Le phare se voit de très loin, même quand il pleut.",
    "She bought three apples for 2 euros each, so she paid 6 euros in all.",
    "Inflation fell in March, and the central bank left its rate as it was.",
    "Once upon a time there lived a keeper of a lighthouse who was afraid of the sea.",
    "I am sorry, but I cannot help with that.",
)
"""What both are compared on; other texts than the one that the export is adjusted to."""
_CHILD = "import sys; from fusionlab.text.embedding_export import write; write(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Quality:
    """How far an export is from its original, and how much faster than it."""

    window: int
    """Ids that it reads at most."""
    off: float
    """The largest difference of a cosine between two of `SENTENCES`."""
    one: float
    """Seconds of sentence-transformers for one sentence ÷ the export's."""
    sixteen: float
    """The same for `SENTENCES`."""
    full: float
    """The same for as many texts that fill the window."""

    @property
    def usable(self) -> bool:
        """Whether it is near enough; a difference that is no number is not."""
        return self.off <= BOUND

    @property
    def faster(self) -> bool:
        """Whether it is, at each of what was timed."""
        return min(self.one, self.sixteen, self.full) > 1


def standing(folder: Path, name: str) -> Generator[News, None, Path | None]:
    """The export of the embedder in the folder, where one stands and is faster; None else.

    If there could be one, making it is begun. Where one cannot be used the run is told why.
    """
    if not suits(folder):
        return None
    target = yield from place_of(folder)
    export = yield from taken(target, name, _why_not, partial(exported, folder, name, gently=True))
    return export if export and quality_of(export).faster else None


def suits(folder: Path) -> bool:
    """Whether the embedder is one that can be exported, on this machine."""
    if not allowed() or not exports.installed(("onnxruntime", "onnx")):
        return False
    try:
        config = check_readable(folder).get("config.json", {})
    except FusionError:  # whoever opens it says why
        return False
    shape = config.get("hidden_act"), config.get("position_embedding_type", "absolute")
    known = config.get("architectures") == ["BertModel"] and shape == ("gelu", "absolute")
    return known and any(folder.glob("*.safetensors"))


def exported(folder: Path, name: str, *, gently: bool = False) -> Generator[News, None, Path]:
    """The place where the export stands; with `gently` other work goes first.

    Raises SourceError where it cannot be made.
    """
    target = yield from place_of(folder)
    make = partial(
        exports.put,
        folder,
        target,
        name,
        lambda part: written(folder, part, name, gently=gently),
        lambda part: quality_of(part).usable,
    )
    yield from exports.made_once(target, make)
    return target


def place_of(folder: Path) -> Generator[Progress, None, Path]:
    """Where the export belongs, whether it is there or not."""
    settings = sorted(folder.rglob("*.json"))
    return (yield from exports.place_of(folder, settings, {"encoder": FORM}, PACKAGES))


def written(
    folder: Path, part: Path, name: str, *, gently: bool = False
) -> Generator[Progress, None, None]:
    """The folder `part` holds the export, and how good it is; raises SourceError."""
    arguments = [str(folder), str(part), "gently" if gently else ""]
    yield from exports.by_child(_CHILD, arguments, name)


def quality_of(export: Path) -> Quality:
    """What was measured of the export; raises SourceError where that is not known."""
    found = said_of(export)
    try:
        window = int(found["window"])
        return Quality(window, *(float(found[name]) for name in ("off", "one", "sixteen", "full")))
    except (ValueError, KeyError, TypeError) as cause:
        raise unreadable(export, cause) from None


def _why_not(export: Path, name: str) -> SourceError | None:
    """Why the export is not used; None where it can be."""
    quality = quality_of(export)
    if quality.usable:
        return None
    off, bound = f"{quality.off:.3g}", f"{BOUND:g}"
    return SourceError("onnx-embedder-too-far", name=name, off=off, bound=bound)


# In the child process


def write(folder: str, part: str, pace: str) -> None:
    """The export is in the folder `part`; the child process does this."""
    from fusionlab.engines.encoder import open_encoder
    from fusionlab.text.embedding import Embedder, load

    if pace == "gently":
        exports.give_way()
    source, target = Path(folder), Path(part)
    original = load(source, torch.float32)
    (target / MODEL).write_bytes(encoder_graph(read(original.model)))
    window = {"window": original.model.max_seq_length}
    (target / QUALITY).write_text(json.dumps(window), encoding="utf-8")
    ours = Embedder(open_encoder(target, source, source.name))
    quality = measured(ours, load(source), original)
    (target / QUALITY).write_text(json.dumps(asdict(quality), indent=2), encoding="utf-8")


def read(model: Any) -> Encoder:
    """The encoder in a sentence-transformers model; raises ValueError where it is another kind."""
    from transformers import BertModel

    kinds = [type(module).__name__ for module in model]
    bert = getattr(model[0], "model", None) or getattr(model[0], "auto_model", None)
    if not isinstance(bert, BertModel) or kinds[1:] not in (["Pooling"], ["Pooling", "Normalize"]):
        raise ValueError(f"no BERT whose tokens are pooled: {', '.join(kinds)}")
    if model[1].pooling_mode != "mean":
        raise ValueError(f"its tokens are not averaged, but {model[1].pooling_mode}")
    config = bert.config
    return Encoder(
        weights={name: tensor.float().numpy() for name, tensor in bert.state_dict().items()},
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        epsilon=config.layer_norm_eps,
        peaks=_peaks(model, bert),
    )


def _peaks(model: Any, bert: torch.nn.Module) -> dict[str, Float[np.ndarray, " channel"]]:
    """The largest absolute value that comes into each linear module, by its name, on `TEXT`."""
    peaks: dict[str, Any] = {}

    def seen(name: str, inputs: tuple[torch.Tensor, ...]) -> None:
        most = inputs[0].detach().abs().flatten(end_dim=-2).amax(0).numpy()
        peaks[name] = np.maximum(peaks.get(name, 0), most)

    handles = [
        module.register_forward_pre_hook(lambda _, given, name=name: seen(name, given))
        for name, module in bert.named_modules()
        if isinstance(module, torch.nn.Linear)
    ]
    try:
        model.encode(TEXT.splitlines(), show_progress_bar=False)
    finally:
        for handle in handles:
            handle.remove()
    return peaks


def measured(ours: Any, theirs: Any, original: Any) -> Quality:
    """What is measured of an `Embedder` in onnxruntime; `theirs` is what answers without it."""
    tables = [each.encode(SENTENCES) for each in (ours, original)]
    off = (tables[0] @ tables[0].T - tables[1] @ tables[1].T).abs().max()
    gained = partial(gain, ours, theirs)
    return Quality(
        original.model.max_seq_length,
        float(off),
        gained(SENTENCES[:1]),
        gained(SENTENCES),
        gained(full_texts(original)),
    )


def full_texts(embedder: Any) -> list[str]:
    """As many texts as `SENTENCES` that each fill the window of the embedder."""
    places = range(len(SENTENCES))
    endless = [" ".join((SENTENCES[at:] + SENTENCES[:at]) * 8) for at in places]
    return [embedder.windows(text)[0] for text in endless]


def gain(ours: Any, theirs: Any, texts: Sequence[str]) -> float:
    """Seconds that `theirs` takes for the texts ÷ those that `ours` takes: medians, in turn."""
    both: list[Callable[[], Any]] = [partial(each.encode, texts) for each in (theirs, ours)]
    times: list[list[float]] = [[], []]
    for _ in range(ROUNDS + 1):  # the first warms up
        for each, spent in zip(both, times, strict=True):
            start = time.perf_counter()
            each()
            spent.append(time.perf_counter() - start)
    slow, fast = (statistics.median(spent[1:]) for spent in times)
    return slow / fast
