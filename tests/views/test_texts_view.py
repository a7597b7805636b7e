import json

from fusionlab.events import Record, TextDelta
from fusionlab.spaces import presets
from fusionlab.trace import FUSED, Trace
from fusionlab.ui.gallery import recording
from fusionlab.views.texts import text_view
from tests.views.fakes import HOSTILE, NAMES, recipe, solo_trace


def test_nothing_yet() -> None:
    assert text_view(Trace(recipe())) == {"texts": [], "status": "running", "without": ""}


def test_texts_only_grow() -> None:
    whole = solo_trace()
    trace = Trace(whole.recipe)
    shown = ""
    for record in whole.records:
        trace.add(record)
        text = text_view(trace)["texts"][0]["text"]
        assert text.startswith(shown)
        shown = text
    assert text_view(trace)["status"] == "finished"


def test_authors_stand_in_the_order_in_which_they_began() -> None:
    trace = Trace(recipe(2))
    for author, sample in ((NAMES[1], 0), (FUSED, 0), (NAMES[0], 1), (NAMES[1], 0), ("guest", 0)):
        trace.add(Record(0.0, TextDelta(author, "a", sample)))
    assert text_view(trace)["texts"] == [
        {"author": NAMES[1], "sample": 0, "member": 1, "text": "aa"},
        {"author": FUSED, "sample": 0, "member": -1, "text": "a"},
        {"author": NAMES[0], "sample": 1, "member": 0, "text": "a"},
        {"author": "guest", "sample": 0, "member": -1, "text": "a"},
    ]


def test_hostile_text_is_json_in_utf_8() -> None:
    trace = Trace(recipe(1))
    for text in HOSTILE:
        trace.add(Record(0.0, TextDelta(text, text)))
    view = text_view(trace)
    assert json.loads(json.dumps(view, ensure_ascii=False).encode("utf-8")) == view
    assert len(view["texts"]) == len(HOSTILE)


def test_a_text_without_probabilities_names_the_engine_that_gave_none() -> None:
    preset = next(each for each in presets() if each.id == "baseline")
    trace = recording(preset)
    assert trace is not None
    assert text_view(trace)["without"] == "llamacpp"
