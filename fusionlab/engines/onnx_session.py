"""A session of onnxruntime on the processor."""

from pathlib import Path
from typing import Any


def session_of(file: Path, threads: int) -> Any:
    """The model in the file, open with so many threads for each of its passes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # what fails is raised, and said once
    # A thread that waits for work would take the core from another model, or from torch.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
