"""A GGUF file as an ordinary Hugging Face folder in bf16, so that transformers opens it fast.

Reading a GGUF through transformers takes 16–20 s for 135 M parameters each time; the folder made
here loads in 0.1–2 s. The weights are those of the quantised file, not of its original. The work is
done in a process of its own: it can be stopped, and its memory is free afterwards.
"""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from fusionlab.background import in_process
from fusionlab.errors import SourceError
from fusionlab.events import Progress, Warned
from fusionlab.sources import store
from fusionlab.sources.opening import check_report

_CHILD = "import sys; from fusionlab.sources.dequantise import write; write(*sys.argv[1:])"


def dequantised(gguf: Path, target: Path) -> Generator[Progress | Warned, None, Path]:
    """The folder `target` holds the weights of `gguf` in bf16, with tokenizer and chat template.

    A folder that is there already is kept if it is as it was made, and else made anew. Raises
    SourceError on a file that transformers cannot read.
    """
    if not target.exists() or (yield from store.fault(target)):
        lock = yield from store.alone(target)
        try:
            yield from _renewed(gguf, target)
        finally:
            lock.release()
    return target


def _renewed(gguf: Path, target: Path) -> Generator[Progress | Warned, None, None]:
    """The folder is there and whole; another process may have seen to it meanwhile."""
    if target.exists():
        fault = yield from store.fault(target)
        if not fault:
            return
        yield Warned.of("dequantised-anew", fault=fault, file=gguf.name)
    yield from _make(gguf, target)


def _make(gguf: Path, target: Path) -> Generator[Progress, None, None]:
    with store.part_of(target) as part:
        child = in_process(
            ["-c", _CHILD, str(gguf), str(part)],
            f"dequantising {gguf.name}",
            env={"TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1"},
        )
        with closing(child):
            code, errors = yield from child
        if code:
            reason = (errors.strip().splitlines() or [f"exit code {code}"])[-1]
            raise SourceError("gguf-no-logits", file=gguf.name, said=reason)
        files = yield from store.hashes_of(part)
        store.write_origin(part, f"{gguf.name}, dequantised", "", {}, files=files)
        store.put(part, target)


def write(gguf: str, folder: str) -> None:
    """The folder holds the weights of the GGUF file in bf16; the child process does this."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    home, name = Path(gguf).parent, Path(gguf).name
    model, report = AutoModelForCausalLM.from_pretrained(
        home, gguf_file=name, dtype=torch.bfloat16, output_loading_info=True
    )
    tokenizer = AutoTokenizer.from_pretrained(home, gguf_file=name)
    # A model read from GGUF counts as quantised, which save_pretrained refuses; it names no class.
    del model.config.quantization_config
    model.hf_quantizer = None
    check_report(Path(gguf), model, report)
    model.config.architectures = [type(model).__name__]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
