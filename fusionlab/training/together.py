"""Several processes train one model: each takes its parts of every step, and gradients are summed.

A launcher (`accelerate launch`, `torchrun`) starts them and tells each its number. The first one
leads: it alone writes and tells what happens. Without a launcher there is one process, and nothing
here does anything.

Each process holds the whole model, or of a model that is `sharded` its part of every tensor
(FSDP2: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html). Then every pass is
one of all processes, so that all have to make the same passes.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
        if each.requires_grad and not _is_part(each):
            each.grad = torch.zeros_like(each) if each.grad is None else each.grad
            distributed.all_reduce(each.grad)
    losses: list[float] = [0.0] * size()
    distributed.all_gather_object(losses, loss)
    return sum(losses)


def sharded(model: Any) -> Any:
    """The model, of whose tensors each process holds a part; as it was where there is only one.

    Its layers are put together one by one as they are passed.
    """
    if size() == 1:
        return model
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    kind = "cuda" if torch.cuda.is_available() else "cpu"
    mesh = init_device_mesh(kind, (size(),))
    lists = [each for each in model.modules() if isinstance(each, torch.nn.ModuleList)]
    for part in (*max(lists, key=len, default=()), model):
        fully_shard(part, mesh=mesh, reshard_after_forward=True)  # the outermost one too
        part.set_gradient_divide_factor(1.0)  # they are summed: each loss is a share already
        part.set_force_sum_reduction_for_comms(True)  # gloo cannot multiply as it sums
    return model


def is_sharded(model: Any) -> bool:
    """Whether each process holds only a part of the model."""
    if size() == 1:
        return False
    from torch.distributed.fsdp import FSDPModule

    return isinstance(model, FSDPModule)


def whole(tensor: Tensor) -> Tensor:
    """All of a tensor; of one that is sharded, every process has to ask for it."""
    if not _is_part(tensor):
        return tensor
    every: Tensor = tensor.full_tensor()  # type: ignore[attr-defined]
    return every


def placed(tensor: Tensor, place: Any) -> Tensor:
    """The whole tensor as it is held where `place` is: whole, or this process's part."""
    if not _is_part(place) or tensor.shape != place.shape:
        return tensor
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(tensor, place.device_mesh, place.placements)


def _is_part(tensor: Tensor) -> bool:
    """Whether each process holds only a part of the tensor."""
    if size() == 1:
        return False
    from torch.distributed.tensor import DTensor

    return isinstance(tensor, DTensor)
