"""What an examination found, as its pictures have it; and proofs that know less."""

from fusionlab.ui.building import preset_named, recorded
from fusionlab.views.proof import proof_view

SHIFT = {"layer": 0, "kind": "q", "source_layer": 0, "relative": 0.5, "elements": 4}


def test_a_recorded_model_has_all_pictures() -> None:
    preset = preset_named("five-ties")
    assert preset
    proof = recorded(preset)[1]["proof"]
    new, *parents = proof["readers"]
    assert new["low"] <= new["nats"] <= new["high"]
    for parent in parents:
        gap = parent["gap"]
        assert gap["low"] <= gap["nats_per_byte"] <= gap["high"]
    heat = proof["heat"]
    assert heat["layers"] == [0, 1, 2, 3, None]
    for parent in heat["parents"]:
        assert len(parent["rows"]) == len(heat["kinds"])
        moved = [cell["moved"] for row in parent["rows"] for cell in row if cell]
        assert 0 < max(moved) <= heat["most"]
    agreed = proof["accord"]
    assert len(agreed["refs"]) == len(agreed["cosines"]) == len(agreed["pairs"]) == 5
    assert proof["suites"][0]["rows"][0]["total"] == 140


def test_an_older_proof_lacks_intervals_and_pairs() -> None:
    read = {"nats_per_byte": 1.0, "topics": {}}
    parent = {"ref": "a", "read": read, "kl": None, "why": None, "shifts": [SHIFT], "unlike": []}
    found = proof_view(
        {
            "verdict": {"kind": "works", "reasons": []},
            "layers": 1,
            "read": read,
            "parents": [parent, {**parent, "ref": "b", "read": None, "shifts": []}],
            "base": "a",
            "accord": {"parents": [0, 1], "cosines": [[1, 0], [0, 1]], "conflicts": 0.2},
        }
    )
    assert found is not None
    assert found["readers"][1]["low"] is None
    assert found["heat"]["parents"][0]["rows"] == [[{"moved": 0.5, "of": 0}]]
    assert found["accord"]["pairs"] == []


def test_what_cannot_be_measured_is_not_told_as_still() -> None:
    told = {**SHIFT, "relative": None}
    parent = {"ref": "a", "read": None, "kl": None, "why": None, "shifts": [told], "unlike": []}
    verdict = {"kind": "broken", "reasons": []}
    found = proof_view(
        {"verdict": verdict, "layers": 1, "read": None, "parents": [parent], "base": "a"}
    )
    assert found is not None
    assert (found["heat"]["most"], found["heat"]["unmeasured"]) == (0, 1)


def test_what_was_not_examined_has_no_pictures() -> None:
    assert proof_view(None) is None
    assert proof_view({"why": {"message": {}}}) is None
