"""What an examination found of a new model, as data for pictures; those of older files lack some.

How far every kind of tensor of every layer went from each parent; how the sources' task vectors lie
to one another; how the model and its parents read the text; and what they answered in suites.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fusionlab.weights.kinds import KINDS

Drawn = dict[str, Any]
Plain = Mapping[str, Any]


def proof_view(proof: Any) -> Drawn | None:
    """The pictures of a proof that was read from JSON; None where there was no examination."""
    if not isinstance(proof, Mapping) or "verdict" not in proof:
        return None
    return {
        "verdict": proof["verdict"]["kind"],
        "reasons": _reasons(proof["verdict"]),
        "text": proof.get("text", ""),
        "bytes": proof.get("bytes", 0),
        "readers": _readers(proof),
        "heat": _heat(proof),
        "accord": _accord(proof),
        "suites": list(proof.get("suites", [])),
    }


def _reasons(verdict: Plain) -> list[Drawn]:
    return [
        {"message": each["message"], "hint": each.get("hint", "")} for each in verdict["reasons"]
    ]


def _readers(proof: Plain) -> list[Drawn]:
    """The model and its parents as readers of the text, the model first."""
    own = {"ref": "", **_read(proof.get("read")), "kl": None, "gap": None, "why": None}
    return [
        own,
        *(
            {
                "ref": each["ref"],
                **_read(each["read"]),
                "kl": each["kl"],
                "gap": each.get("gap"),
                "why": None if each["why"] is None else each["why"]["message"],
            }
            for each in proof["parents"]
        ),
    ]


def _read(read: Plain | None) -> Drawn:
    known = read or {}
    low, high = known.get("interval") or (None, None)
    return {"nats": known.get("nats_per_byte"), "low": low, "high": high}


def _heat(proof: Plain) -> Drawn | None:
    """By parent a row for each kind and a column for each layer, and one for what is outside."""
    shifts = [each for parent in proof["parents"] for each in parent["shifts"]]
    if not shifts:
        return None
    kinds = [kind for kind in KINDS if any(each["kind"] == kind for each in shifts)]
    layers: list[int | None] = [*range(proof["layers"])]
    if any(each["layer"] is None for each in shifts):
        layers.append(None)
    return {
        "kinds": kinds,
        "layers": layers,
        "most": max((each["relative"] or 0.0 for each in shifts), default=0.0),
        "unmeasured": sum(each["relative"] is None for each in shifts),
        "parents": [
            {"ref": each["ref"], "rows": _rows(each["shifts"], kinds, layers)}
            for each in proof["parents"]
            if each["shifts"]
        ],
    }


def _rows(
    shifts: Sequence[Plain], kinds: Sequence[str], layers: Sequence[int | None]
) -> list[list[Drawn | None]]:
    found = {(each["kind"], each["layer"]): each for each in shifts}
    return [[_cell(found.get((kind, layer))) for layer in layers] for kind in kinds]


def _cell(shift: Plain | None) -> Drawn | None:
    """How far, and of which layer of the parent; None where there are no such tensors."""
    return None if shift is None else {"moved": shift["relative"], "of": shift["source_layer"]}


def _accord(proof: Plain) -> Drawn | None:
    accord = proof.get("accord")
    if not accord:
        return None
    return {
        "base": proof["base"],
        "refs": [proof["parents"][at]["ref"] for at in accord["parents"]],
        "cosines": accord["cosines"],
        "pairs": accord.get("pairs", []),
        "conflicts": accord["conflicts"],
    }
