"""Several processes train one model: each takes its parts of every step, and gradients are summed.

A launcher (`accelerate launch`, `torchrun`) starts them and tells each its number. The first one
leads: it alone writes and tells what happens. Without a launcher there is one process, and nothing
here does anything.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, distributed


def join() -> bool:
    """This process belongs to those that a launcher started; whether it follows another one."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not distributed.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return rank() > 0


def rank() -> int:
    """The number of this process, from 0, which leads."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def size() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def shared_folder(work: Path | None = None) -> Path | None:
    """The leader's work folder, which it gives; None where it says that there is nothing to do."""
    if size() == 1:
        return work
    said = [work]
    distributed.broadcast_object_list(said, src=0)
    return said[0]


def summed(parameters: Iterable[Tensor], loss: float) -> float:
    """The loss of all processes, whose gradients every parameter now has."""
    if size() == 1:
        return loss
    for each in parameters:
        if each.requires_grad:
            each.grad = torch.zeros_like(each) if each.grad is None else each.grad
            distributed.all_reduce(each.grad)
    losses: list[float] = [0.0] * size()
    distributed.all_gather_object(losses, loss)
    return sum(losses)
