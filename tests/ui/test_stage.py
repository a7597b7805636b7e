"""What components are sent."""

import json

from fusionlab.ui.stage import packed
from tests.views.fakes import HOSTILE


def test_what_is_packed_is_the_same_and_no_markup() -> None:
    value = {"text": list(HOSTILE), "<script>": ["é 猫", None, 0.25]}
    assert json.loads(packed(value)) == value
    assert "<" not in packed(value)
    assert packed(value).isascii()
