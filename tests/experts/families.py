"""The table of docs/routing.md: every mixture of the installed transformers, made tiny and tried.

`python -m tests.experts.families` writes it anew. Nothing in it is written by hand: the list comes
from transformers, and each cell from a model that was run.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from jaxtyping import Float
from torch import Tensor
from torch.nn import Module
from transformers import CONFIG_MAPPING, AutoModelForSeq2SeqLM
from transformers.models.auto.modeling_auto import MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES

from fusionlab.errors import FusionError, NoRouting
from fusionlab.experts.routing import Router, Routing, capture, routers_of
from fusionlab.experts.steering import parse_rules, steered
from tests.experts.test_architectures import (
    IDS,
    WHOLE,
    is_mixture,
    made,
    mixtures,
)

PAGE = Path(__file__).parents[2] / "docs" / "routing.md"
BEGIN, END = "<!-- families: made by tests.experts.families -->", "<!-- end -->"
HEAD = ("family", "captured", "experts", "shared", "steering", "output recomputed")
CLOSE = 1e-5
"""How far a recomputed output may be from the real one, relative to the largest of its layer."""
_VERSION = re.compile(r"transformers (\d[\w.]*)")

Expert = Callable[[Float[Tensor, "token hidden"], int], Float[Tensor, "token hidden"]]


@dataclass(slots=True)
class Pass:
    """What the experts of one layer read and returned."""

    hidden: Float[Tensor, "token hidden"]
    output: Float[Tensor, "token hidden"]


def version_of(page: str) -> str:
    """The version of transformers that the page's table was made with."""
    found = _VERSION.search(page.partition(BEGIN)[2])
    return found[1] if found else ""


def whole(page: str) -> str:
    """The page with its table as it has to be."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}{END}{rest.partition(END)[2]}"


def table() -> str:
    """All families in the order of their names, behind a line that says what was tried."""
    rows = [row(kind) for kind in sorted((*mixtures(), *of_encoders()))]
    count = {what: sum(each[1].startswith(what) for each in rows) for what in ("yes", "no", "not")}
    refused = count["no"] - count["not"]
    proved = sum(each[5] == "yes" for each in rows)
    told = (
        f"Made with transformers {transformers.__version__}: {len(rows)} families, of which "
        f"{count['yes']} are captured, {refused} refused and {count['not']} not tried; for "
        f"{proved} the output was recomputed.\n\n"
    )
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return told + "".join("| " + " | ".join(line) + " |\n" for line in lines)


def of_encoders() -> list[str]:
    """Model types of the mixtures that are an encoder with a decoder."""
    classes = MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES
    return [kind for kind, name in classes.items() if is_mixture(name)]


def row(kind: str) -> tuple[str, ...]:
    """What came of one family."""
    name = f"`{kind}`"
    if kind in WHOLE:
        return (
            name,
            f"not tried: with parts that see it is too large{_its_text(kind)}",
            "",
            "",
            "",
            "",
        )
    model = _of_encoder(kind) if kind in of_encoders() else made(kind)
    try:
        routers = routers_of(model, kind)
    except NoRouting as refusal:
        return name, f"no: {reason(refusal, kind)}", "", "", "", ""
    shared = sorted({router.shared for router in routers})
    held = experts_of(model, routers[-1])
    said = (form(held), "–".join(map(str, shared)), steering(model, kind), recomputed(model))
    return name, "yes", *said


def _its_text(kind: str) -> str:
    """Where the part of it that reads is tried by itself, its name."""
    text = f"{kind}_text"
    return f"; `{text}` is tried" if text in mixtures() else ""


def reason(refusal: FusionError, kind: str) -> str:
    """What the app says, without its hint and the name in front."""
    said = str(refusal).removesuffix(f" ({refusal.hint})")
    return said.removeprefix(f"{kind}: ").replace(f"{kind} ", "it ", 1)


def _of_encoder(kind: str) -> Any:
    small = {
        **dict.fromkeys(("vocab_size", "d_model", "d_kv", "d_ff"), 32),
        **dict.fromkeys(("encoder_ffn_dim", "decoder_ffn_dim"), 32),
        **dict.fromkeys(("num_layers", "encoder_layers", "decoder_layers"), 2),
        **dict.fromkeys(("num_decoder_layers", "encoder_sparse_step", "decoder_sparse_step"), 2),
        **dict.fromkeys(("num_heads", "encoder_attention_heads", "decoder_attention_heads"), 4),
        "num_experts": 4,
    }
    usual = CONFIG_MAPPING[kind]()
    config = type(usual)(**{key: value for key, value in small.items() if hasattr(usual, key)})
    return AutoModelForSeq2SeqLM.from_config(config)


def experts_of(model: Any, router: Router) -> Module:
    """The module that computes a layer's routed experts: beside their router, or around it."""
    if router.experts is not None:
        return router.experts
    paths = {module: path for path, module in model.named_modules()}
    place = paths[router.module]
    while "." in place:
        place = place.rpartition(".")[0]
        around: Module = model.get_submodule(place)
        beside = dict(around.named_children())
        if "experts" in beside:
            return beside["experts"]
        if "input_linear" in beside:
            return around
    raise LookupError(paths[router.module])


def form(experts: Any) -> str:
    """How a layer's experts hold their weights and get their choice."""
    match type(experts).__name__:
        case "JetMoeMoE":
            return "two products over tokens sorted by expert"
        case "DbrxExperts":
            return "stacked in one matrix"
        case "LongcatFlashExperts":
            return "packed; some return what they read"
        case "Llama4TextExperts":
            return "packed, transposed; inputs weighted"
    said = ["packed" if experts.has_gate else "packed, without gate"]
    said += ["transposed"] * experts.is_transposed
    said += ["interleaved"] * (not experts.is_concatenated)
    said += ["with biases"] * experts.has_bias
    return ", ".join(said)


def steering(model: Any, kind: str) -> str:
    """Whether a chosen expert can be banned, and then is not chosen."""
    with torch.inference_mode(), capture(model, kind) as experts:
        model(torch.tensor([IDS]))
        last = experts.last[-1]
        banned = int(last.chosen[0, 0])
        try:
            with steered(experts, parse_rules(f"ban {banned}@{last.layer}")):
                model(torch.tensor([IDS]))
        except NoRouting as refusal:
            return f"no: {reason(refusal, kind)}"
    now = experts.last[-1]
    obeyed = now.own is not None and not (now.chosen == banned).any()
    return "yes" if obeyed else "no: the ban was not obeyed"


def recomputed(model: Any) -> str:
    """Whether captured routing and the experts' weights give what the experts returned."""
    if getattr(experts_of(model, routers_of(model, "it")[-1]), "has_post_expert_norm", False):
        return "no: its experts have norms of their own"
    apart = [layer for layer, far in differences(model) if not far <= CLOSE]
    return f"no: differs in layers {apart}" if apart else "yes"


def differences(
    model: Any, change: Callable[[Routing], Routing] = lambda routing: routing
) -> Iterator[tuple[int, float]]:
    """Each layer, and how far Σ weight · expert(hidden) is from what its experts returned.

    The distance is the largest, relative to the output's largest; `change` is done to the routing.
    """
    with torch.inference_mode(), capture(model, "it") as captured, _watched(model) as passes:
        model(torch.tensor([IDS]))
        for router, routing in zip(captured.routers, captured.last, strict=True):
            experts, seen = experts_of(model, router), passes[router.layer]
            ours = mixed(experts, seen.hidden, change(routing))
            far = (ours - seen.output).abs().max() / seen.output.abs().max()
            yield router.layer, float(far)


def mixed(
    experts: Any, hidden: Float[Tensor, "token hidden"], routing: Routing
) -> Float[Tensor, "token hidden"]:
    """Σ over the chosen experts, one token after another, as the captured routing has it."""
    expert, total = _expert(experts), torch.zeros_like(hidden)
    first = type(experts).__name__ == "Llama4TextExperts"
    for token, (chosen, weights) in enumerate(zip(routing.chosen, routing.weights, strict=True)):
        here = hidden[token : token + 1]
        for one, weight in zip(chosen.tolist(), weights, strict=True):
            if one == routing.logits.shape[-1] - 1 and weight == 0:
                continue  # the class of ZAYA that skips
            said = expert(weight * here, one) if first else weight * expert(here, one)
            total[token] += said[0]
    return total


def _expert(experts: Any) -> Expert:
    """One of these experts by itself, from its weights; its non-linearity is the family's own."""
    match type(experts).__name__:
        case "JetMoeMoE":
            up, down = experts.input_linear.weight, experts.output_linear.weight
            return lambda x, e: _gated(experts.activation, x @ up[e].T) @ down[e].T
        case "DbrxExperts":
            size, glu = experts.ffn_hidden_size, experts.mlp
            w1, v1, w2 = (part.unflatten(0, (-1, size)) for part in (glu.w1, glu.v1, glu.w2))
            return lambda x, e: (glu.activation_fn(x @ w1[e].T) * (x @ v1[e].T)) @ w2[e]
        case "Llama4TextExperts":
            up, down = experts.gate_up_proj, experts.down_proj
            return lambda x, e: _gated(experts.act_fn, x @ up[e]) @ down[e]
        case "LongcatFlashExperts":
            up, down, real = experts.gate_up_proj, experts.down_proj, experts.num_routed_experts
            return lambda x, e: _gated(experts.act_fn, x @ up[e].T) @ down[e].T if e < real else x
    return lambda x, e: _packed(experts, x, e)


def _packed(experts: Any, x: Tensor, e: int) -> Tensor:
    up = experts.gate_up_proj if experts.has_gate else experts.up_proj
    first, second = (
        part[e] if experts.is_transposed else part[e].T for part in (up, experts.down_proj)
    )
    inner = x @ first
    if experts.has_bias:
        inner = inner + experts.gate_up_proj_bias[e]
    inner = experts._apply_gate(inner) if experts.has_gate else experts.act_fn(inner)
    outer: Tensor = inner @ second
    return outer + experts.down_proj_bias[e] if experts.has_bias else outer


def _gated(activation: Callable[[Tensor], Tensor], both: Tensor) -> Tensor:
    gate, up = both.chunk(2, dim=-1)
    return activation(gate) * up


@contextmanager
def _watched(model: Any) -> Iterator[dict[int, Pass]]:
    """What the experts of each layer read and returned in the last pass."""
    passes: dict[int, Pass] = {}
    hooks = []
    for router in routers_of(model, "it"):

        def read(_: Module, args: Any, layer: int = router.layer) -> None:
            passes[layer] = Pass(_rows(args[0]), args[0])

        def keep(
            module: Any, args: Any, named: Any, output: Any, layer: int = router.layer
        ) -> None:
            match type(module).__name__:
                case "Llama4TextExperts":  # given each token once for every expert, weighted
                    each = output.reshape(module.num_experts, -1, output.shape[-1])
                    passes[layer].output = each.sum(0)
                case "JetMoeMoE":
                    passes[layer] = Pass(_rows(args[0]), _rows(output - module.bias))
                case _:
                    hidden = args[0] if args else named["hidden_states"]
                    passes[layer] = Pass(_rows(hidden), _rows(output))

        experts = experts_of(model, router)
        if type(experts).__name__ == "Llama4TextExperts":
            hooks.append(router.module.register_forward_pre_hook(read))
        hooks.append(experts.register_forward_hook(keep, with_kwargs=True))
    try:
        yield passes
    finally:
        for hook in hooks:
            hook.remove()


def _rows(states: Tensor) -> Float[Tensor, "token hidden"]:
    return states.reshape(-1, states.shape[-1])


if __name__ == "__main__":
    PAGE.write_text(whole(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
