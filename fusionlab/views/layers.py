"""Layers as data for the eye: every answer of each layer, and which answers it was written from."""

from typing import Any

from fusionlab.encoding import well_formed
from fusionlab.events import RunFinished
from fusionlab.recipe import named
from fusionlab.trace import Round, Trace
from fusionlab.views.influence import is_right, kind_of_answers, truth_of
from fusionlab.views.letters import letters_of
from fusionlab.views.rounds import right_of


def has_layers(trace: Trace) -> bool:
    """Whether texts are written in layers, each of which reads the one before."""
    return any(one.what == "layer" for one in trace.rounds)


def layers_view(trace: Trace) -> dict[str, Any]:
    """Each layer with its nodes, as JSON; a node is one text of one member.

    `read` of a layer are pairs: the place of a node in the layer before, and of the node in this
    one that was written from it. Layers that have not begun have no nodes.
    """
    agents = [member.name for member in named(trace.recipe.members)]
    phases = [phase for phase in trace.phases if phase[0].what == "layer"]
    depth = max([phase[0].of for phase in phases] + [len(phases)])
    layers = [_layer(trace, phase, agents) for phase in phases]
    for before, layer, phase in zip(layers, layers[1:], phases[1:], strict=False):
        layer["read"] = _read(before["nodes"], layer["nodes"], phase, agents)
    elected = trace.end.answer if isinstance(trace.end, RunFinished) else None
    view = {
        "status": trace.status,
        "members": [{"name": name, "index": index} for index, name in enumerate(agents)],
        "layers": [*layers, *({"nodes": [], "read": [], "tokens": 0},) * (depth - len(layers))],
        "elected": elected,
        "right": right_of(trace),
    }
    checked: dict[str, Any] = well_formed(view)
    return checked


def _layer(trace: Trace, phase: list[Round], agents: list[str]) -> dict[str, Any]:
    texts, kind, truth = trace.texts, kind_of_answers(trace), truth_of(trace)
    letters = letters_of(trace)
    nodes = [
        {
            "member": agents.index(name),
            "sample": at,
            "text": texts.get((name, one.number), "").strip(),
            "answer": one.answers.get(name),
            "letter": letters.of(one.answers.get(name)),
            "right": is_right(one.answers[name], truth, kind) if name in one.answers else None,
        }
        for at, one in enumerate(phase)
        for name in (one.writers or agents)
        if name in agents
    ]
    return {"nodes": nodes, "read": [], "tokens": sum(one.tokens for one in phase)}


def _read(
    before: list[dict[str, Any]], nodes: list[dict[str, Any]], phase: list[Round], agents: list[str]
) -> list[list[int]]:
    """Which node was written from which: all texts of a sender are one message."""
    sent = {(message.sender, message.receiver) for one in phase for message in one.messages}
    return [
        [i, j]
        for i, source in enumerate(before)
        for j, target in enumerate(nodes)
        if source["text"] and (agents[source["member"]], agents[target["member"]]) in sent
    ]
