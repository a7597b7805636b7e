"""GGUF files, run by llama.cpp inside this process: the fast engine for text on a CPU.

xllamacpp brings llama.cpp's own server as a library. It listens on loopback only, with a key that
is made up for each start and known to this process alone.
"""

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from fusionlab.engines.endpoint import Endpoint
from fusionlab.engines.llama_server import LlamaCppModel, facts
from fusionlab.errors import SourceError
from fusionlab.models.base import ModelSpec

SLOTS = 4
"""Answers that run at once."""
SLOT_CONTEXT = 4096
"""Tokens of prompt and answer in a slot; llama.cpp lowers it to what the model was trained for."""
PATIENCE = 600.0
"""Seconds; a long prompt on a slow machine says nothing for minutes."""


def load(gguf: Path, spec: ModelSpec) -> LlamaCppModel:
    """The model in a GGUF file, with its server running; `close()` stops it."""
    import xllamacpp

    key = secrets.token_urlsafe(32)
    try:
        running = [xllamacpp.Server(_parameters(gguf, key))]
    except RuntimeError as cause:
        raise SourceError("llamacpp-unloadable", file=gguf.name, said=str(cause)) from None
    endpoint = Endpoint(spec.id, running[0].listening_address, key, PATIENCE)
    sized = replace(spec, bytes=spec.bytes or gguf.stat().st_size)
    return LlamaCppModel(sized, endpoint, facts(endpoint), stop=running.clear)


def _parameters(gguf: Path, key: str) -> Any:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(gguf)
    parameters.n_parallel = SLOTS
    parameters.n_ctx = SLOTS * SLOT_CONTEXT
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.verbosity = -1
    parameters.fit_params = False  # else the context depends on the memory that happens to be free
    parameters.cache_ram_mib = 0
    parameters.cache_idle_slots = False
    parameters.cpuparams.n_threads = torch.get_num_threads()
    parameters.cpuparams_batch.n_threads = torch.get_num_threads()
    return parameters
