"""One router whose choice is another: what it takes by score, it takes under rules.

The router's own code runs, and the one thing that differs is what `torch.topk` gives it. Most
routers choose by one plain call of that function: they run in a namespace of their own in which it
is ours, and which costs nothing otherwise. Whether a router is of that kind is seen in its first
pass, under a mode that watches every operation (as slow as that is: a microsecond or more each).
The others stay under the mode: they choose by a method of their scores, in several steps, within
groups of experts that are masked, or by a table of tokens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from types import FunctionType, MethodType
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn import Module
from torch.overrides import TorchFunctionMode

from fusionlab.errors import NoRouting, SettingError
from fusionlab.events import LayerSteered
from fusionlab.experts.routing import SKIPPING

TOPKS = (torch.topk, Tensor.topk)
MASKS = (torch.masked_fill, Tensor.masked_fill)
BY_TOKEN = "tid2eid"  # noqa: S105  of words, not of secrets
"""The table of a router that goes by the token, not by scores."""
SORTING = ("JetMoeTopKGating",)
"""Routers whose output is sorted by expert, so that a swap has to come before."""


def named(rules: LayerSteered) -> tuple[int, ...]:
    """Every expert that a rule speaks of."""
    return (*rules.banned, *rules.forced, *chain.from_iterable(rules.swapped))


class Choosing:
    """One router under these rules, in every pass that it is called for.

    Raises SettingError where the rules and the number of its experts do not agree, and NoRouting
    for a router that does not choose by score.
    """

    def __init__(
        self,
        chooser: Module,
        function: Callable[..., Any],
        layer: int,
        rules: LayerSteered,
        name: str,
    ) -> None:
        self.table: Tensor | None = getattr(chooser, BY_TOKEN, None)
        self._kind, self._function = chooser, function
        self._layer, self._rules, self._name = layer, rules, name
        self._named = frozenset(rules.banned), frozenset(rules.forced)
        self._own_k: int | None = getattr(chooser, "top_k", None)
        self._sorts = type(chooser).__name__ in SORTING
        self._skips = type(chooser).__name__ in SKIPPING
        self._plain: Callable[..., Any] | None = None
        """Its function with another `torch.topk`, for a router that needs no more than that."""
        self._is_plain = True
        """Whether it may be such a router."""
        self._known: tuple[int, int, torch.device] | None = None
        """The number of experts, k and the device for which the rules are checked and at hand."""
        self._own: Tensor | None = None
        self.unmasked: tuple[Tensor, Tensor] | None = None
        """Scores and the mask that was laid on them, in this pass."""

    def __call__(self, *inputs: Any, **named: Any) -> tuple[Any, Int[Tensor, "token k"]]:
        """The router's output under the rules, and what it would have chosen."""
        self._forget()
        if self._rules.top_k:
            with _choosing_so_many(self._kind, self._rules.top_k):
                output = self._chosen(inputs, named)
        else:
            output = self._chosen(inputs, named)
        if self._own is None:
            raise self._refusal()
        return self._swapped(output), self._own

    def _forget(self) -> None:
        self._own = self.unmasked = None

    def _chosen(self, inputs: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if self._plain is not None:
            output = self._plain(*inputs, **named)
            if self._own is not None:
                return output
            self._plain, self._is_plain = None, False
        with _Watching(self) as watching:
            output = self._function(*inputs, **named)
        simple = self.unmasked is None and self.table is None and watching.topks == [torch.topk]
        if simple and self._is_plain and self._own is not None:
            self._plain = _with_topk(self._function, self.best)
        return output

    def best(self, scores: Tensor, *args: Any, **named: Any) -> Any:
        """What `torch.topk` gives of these scores, under the rules."""
        asked, *rest = (named.pop("k"), *args) if "k" in named else args
        k, usual = self._rules.top_k or asked, self._own_k or asked
        self._prepare(scores.shape[-1], k, scores.device)
        found = torch.topk(scores, k, *rest, **named)
        own = found if k == usual else torch.topk(scores, usual, *rest, **named)
        whole, stays = scores, None
        if self.unmasked is not None and self.unmasked[0].shape == scores.shape:
            whole, stays = self.unmasked[0], ~self.unmasked[1].expand_as(scores)
        chosen = self._changed(whole, found.indices, stays, own.indices)
        if chosen is found.indices and not self._sorts:
            return found
        values = whole.gather(-1, chosen)
        if stays is not None:
            values = torch.where(chosen == found.indices, found.values, values)
        return torch.return_types.topk((values, self._exchanged(chosen) if self._sorts else chosen))

    def by_token(self, scores: Tensor, chosen: Tensor) -> Tensor:
        """What its table gives for some tokens, under the rules."""
        self._prepare(scores.shape[-1], self._rules.top_k or chosen.shape[-1], scores.device)
        stays = torch.zeros_like(scores).scatter(-1, chosen.long(), 1).bool()
        return self._changed(scores, chosen, stays, chosen)

    def is_choice(self, scores: Tensor) -> bool:
        """Whether these are scores of experts, and not of groups of them."""
        if getattr(self._kind, "num_group", None) is None:
            return True
        return scores.dim() == 2 and scores.shape[-1] == self._kind.num_experts

    def _changed(self, scores: Tensor, plain: Tensor, stays: Tensor | None, own: Tensor) -> Tensor:
        """The plain choice, but for tokens whose choice the rules touch; `stays` come first."""
        k = self._rules.top_k or plain.shape[-1]
        self._own = own if own.dim() == 2 else own.reshape(-1, own.shape[-1])
        touched = self._touched(plain) if k == plain.shape[-1] else True
        if touched is False:
            return plain
        order = scores.argsort(dim=-1).argsort(dim=-1) + self._first
        if stays is not None:
            order = order + scores.shape[-1] * stays
        best = order.topk(k, dim=-1).indices.to(plain.dtype)
        return best if touched is True else torch.where(touched, best, plain)

    def _touched(self, plain: Tensor) -> Bool[Tensor, "*token 1"] | bool:
        """Which tokens have a banned expert or lack a forced one; none and all by one word."""
        banned, forced = self._named
        if len(plain) == 1 and plain.dim() == 2:  # as while generating
            (row,) = plain.tolist()
            return not banned.isdisjoint(row) or not forced.issubset(row)
        touched = torch.isin(plain, self._banned.to(plain.dtype)).any(-1, keepdim=True)
        for expert in forced:
            touched = touched | (plain != expert).all(-1, keepdim=True)
        return touched if touched.any() else False

    def _prepare(self, n: int, k: int, device: torch.device) -> None:
        """There are such experts, and enough of them; the rules are at hand as tensors."""
        if (n, k, device) == self._known:
            return
        self._check(n, k)
        with torch.inference_mode(mode=False):
            self._lay_out(n, device)
        self._known = (n, k, device)

    def _lay_out(self, n: int, device: torch.device) -> None:
        self._banned = torch.tensor(self._rules.banned, dtype=torch.int64, device=device)
        self._first = torch.zeros(n, dtype=torch.int64, device=device)
        self._first[list(self._rules.forced)] = 4 * n
        self._first[list(self._rules.banned)] = -4 * n
        self._places = torch.arange(n, device=device)
        for one, other in self._rules.swapped:
            self._places[one], self._places[other] = other, one

    def _check(self, n: int, k: int) -> None:
        rules = self._rules
        last = n - 1 if not (self._skips and rules.swapped) else n - 2
        at = {"layer": str(self._layer), "name": self._name}
        for expert in named(rules):
            if expert > last:
                raise SettingError("steer-no-expert", expert=str(expert), last=str(last), **at)
        if k > n:
            raise SettingError("steer-k-too-many", k=k, experts=n, **at)
        left = n - len(rules.banned)
        if not left:
            raise SettingError("steer-none-left", **at)
        if k > left:
            raise SettingError("steer-too-few-left", k=k, left=left, **at)
        if len(rules.forced) > k:
            raise SettingError("steer-too-many-forced", k=k, forced=len(rules.forced), **at)

    def _swapped(self, output: Any) -> Any:
        """The router's output, in which the swapped experts have changed places."""
        if not self._rules.swapped or self._sorts:
            return output
        match output:
            case (weights, Tensor() as chosen) if not chosen.is_floating_point():
                return weights, self._exchanged(chosen)
            case (scores, logits):  # a column for each expert
                return scores[..., self._places], logits
            case (logits, weights, chosen, *rest):
                changed = self._exchanged(chosen)
                if self._skips:
                    changed = torch.where(weights == 0, chosen, changed)
                return logits, weights, changed, *rest
            case _:
                raise self._refusal()

    def _exchanged(self, chosen: Tensor) -> Tensor:
        return self._places.to(chosen.dtype)[chosen.long()]

    def _refusal(self) -> NoRouting:
        kind = type(self._kind).__name__
        return NoRouting("router-not-steered", name=self._name, router=kind)


@contextmanager
def _choosing_so_many(chooser: Module, top_k: int) -> Iterator[None]:
    """The router's own number of choices is this one, for what it computes with it."""
    before: Any = getattr(chooser, "top_k", None)
    if not top_k or before is None:
        yield
        return
    setattr(chooser, "top_k", top_k)  # noqa: B010  modules are typed by what they hold
    try:
        yield
    finally:
        setattr(chooser, "top_k", before)  # noqa: B010


class _Watching(TorchFunctionMode):
    """One router's pass, in which every operation is seen and its choice is changed."""

    def __init__(self, choosing: Choosing) -> None:
        super().__init__()
        self._choosing, self._scores = choosing, torch.empty(0)
        self.topks = list[Callable[..., Any]]()
        """The functions by which the best of some scores were taken."""

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # the signature is torch's
        named, choosing = kwargs or {}, self._choosing
        if func in TOPKS:
            self.topks.append(func)
            if choosing.is_choice(args[0]):
                return choosing.best(*args, **named)
        output = func(*args, **named)
        if func in MASKS and args[0].is_floating_point():
            choosing.unmasked = (args[0], args[1])
        if choosing.table is not None and isinstance(output, Tensor):
            if func is Tensor.__getitem__ and args[0] is choosing.table and len(self._scores):
                return choosing.by_token(self._scores, output)
            if output.is_floating_point():
                self._scores = output
        return output


class _Namespace:
    """torch, in which one function is another."""

    def __init__(self, topk: Callable[..., Any]) -> None:
        self.topk = topk

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(torch, name)
        return found


def _with_topk(function: Any, topk: Callable[..., Any]) -> Callable[..., Any] | None:
    """The same method, for which `torch.topk` is this one; None where it is not plain Python."""
    inner = getattr(function, "__func__", None)
    if not isinstance(inner, FunctionType) or inner.__globals__.get("torch") is not torch:
        return None
    around = {**inner.__globals__, "torch": _Namespace(topk)}
    made = FunctionType(
        inner.__code__, around, inner.__name__, inner.__defaults__, inner.__closure__
    )
    made.__kwdefaults__ = inner.__kwdefaults__
    return MethodType(made, function.__self__)
