"""Why something was refused: which field it is about, and how its sentence is written."""

import pytest

from fusionlab.errors import FusionError, RecipeError, SourceError
from fusionlab.views.refused import plan_refused_view


@pytest.mark.parametrize(
    ("error", "field", "said"),
    [
        (RecipeError("drop-too-many", drop=99, layers=4), "drop", "Of 4 layers 99 cannot"),
        (RecipeError("range-unread", part="'abc'"), "layers", "“abc” is not a range"),
        (RecipeError("range-outside", part="0-99", layers=4), "layers", "The range 0-99 goes"),
        (RecipeError("id-of-a-model", id="'Ü ../x'"), "id", "A model cannot have the id “Ü ../x”"),
        (RecipeError("merge-weights-cancel", weights=["-1", "1"]), "weight", "The weights"),
    ],
)
def test_a_refusal_names_its_field_and_begins_with_a_capital(
    error: RecipeError, field: str, said: str
) -> None:
    view = plan_refused_view(error)
    assert field in view["field"].values()
    assert view["message"]["en"].startswith(said)
    assert view["hint"]["en"][0].isupper() or view["hint"]["en"][0] == "“"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SourceError("export-not-gguf", folder="v2avg", why=["q"]), "v2avg cannot"),
        (SourceError("export-not-gguf", folder="mine", why=["q"]), "mine cannot"),
        (SourceError("export-cut-otherwise", folder="mine"), "llama.cpp has no tokenizer"),
    ],
)
def test_a_name_at_the_beginning_is_written_as_it_is(error: FusionError, said: str) -> None:
    view = plan_refused_view(error)
    assert view["message"]["en"].startswith(said)
    assert "field" not in view
