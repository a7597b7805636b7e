"""The form that builds: what it offers, what its set-up comes to, and where one goes on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from fusionlab.assets import asset
from fusionlab.comparison.recipe import comparison_from_query
from fusionlab.errors import FusionError
from fusionlab.events import ModelBuilt
from fusionlab.limits import limits
from fusionlab.plans import Source
from fusionlab.reading import read_json
from fusionlab.recipe import recipe_from_query
from fusionlab.registry import plan_to_json
from fusionlab.run import check
from fusionlab.sources.known import known_models
from fusionlab.spaces import BuildPreset, build_presets
from fusionlab.ui.brought import LARGEST, brought
from fusionlab.ui.building import (
    Asked,
    asked_by,
    asked_from_query,
    asked_of,
    counting,
    drawn_plan,
    first_asked,
    form_view,
    made,
    planned,
    recorded,
)
from fusionlab.ui.going_on import links_for
from fusionlab.ui.routes import members_asked
from fusionlab.ui.standing import shelf
from fusionlab.ui.taught import came, taught
from fusionlab.views.learning import NOTHING


def _builder(form: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in form["builders"] if each["name"] == name)
    return found


HERE = {row["id"] for row in known_models() if row["cached"]}


@pytest.fixture
def _on_a_space(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    limits.cache_clear()
    monkeypatch.setenv("SPACE_ID", "someone/fusionlab")
    yield
    limits.cache_clear()


def test_the_form_grows_from_the_registry() -> None:
    form = form_view(first_asked())
    graft, merge = _builder(form, "graft"), _builder(form, "merge")
    parts = {each["name"]: (each["kind"], each["pictured"]) for each in graft["settings"]}
    assert parts == {"drop": ("integer", "seam"), "layers": ("text", "ranges")}
    kinds = {each["name"]: each["kind"] for each in merge["options"]}
    assert kinds.pop("data") == "text"
    assert {*kinds.values()} == {"varying"}
    assert next(each for each in merge["settings"] if each["name"] == "method")["kind"] == "choice"
    assert all(model["level"] == "internals" for model in form["models"])
    assert [model["here"] for model in form["models"]] == sorted(
        (model["here"] for model in form["models"]), reverse=True
    )


def test_what_a_rule_takes_has_its_own_range_and_default() -> None:
    merge = _builder(form_view(first_asked()), "merge")

    def rows(of: str, rule: str) -> dict[tuple[str, bool], tuple[Any, Any, Any]]:
        return {
            (row["name"], row["every"]): (row["least"], row["most"], row["value"])
            for row in merge[of]
            if any(rule in each["values"] for each in row["when"])
        }

    assert rows("options", "ties") == {
        ("weight", False): (None, None, 1.0),
        ("density", False): (0, 1, 1.0),
    }
    assert rows("settings", "slerp") == {("t", False): (0, 1, 0.5)}
    assert ("lambda", False) in rows("settings", "ties")
    assert rows("settings", "della")["epsilon", True] == (0, 0.49, 0.15)
    assert rows("settings", "ram")["epsilon", False] == (0, 1, 1e-5)
    assert not any(row["name"] == "parameters" for row in merge["settings"])


def test_a_link_s_settings_that_do_not_count_are_left_out_and_named() -> None:
    told = 'set=method=slerp&set=base=zoo/base&set=parameters={"t":0.3,"lambda":2,"typo":1}'
    query = f"builder=merge&source=zoo/adder,density=0.5&source=zoo/editor&{told}"
    asked = asked_from_query(query)
    assert asked
    kept, left_out = counting(asked)
    assert left_out == ["base", "parameters.lambda", "density"]
    assert kept.settings == {"method": "slerp", "parameters": {"t": 0.3, "typo": 1}}
    assert kept.sources == [Source("zoo/adder"), Source("zoo/editor")]
    assert "typo" in drawn_plan(kept)["error"]["message"]["en"]
    for preset in build_presets():
        assert counting(asked_by(preset))[1] == []


@pytest.mark.parametrize("preset", build_presets(), ids=lambda preset: preset.id)
def test_a_preset_s_record_is_of_what_it_says_now(preset: BuildPreset) -> None:
    if not {source.ref for source in preset.sources} <= HERE:
        pytest.skip("its sources are not on this machine")
    record = read_json(asset(f"builds/{preset.id}.json").read_bytes())
    assert plan_to_json(planned(asked_by(preset))) == record["plan"]
    plan, built = recorded(preset)
    assert plan["refused"] == (not built)


def test_the_layers_of_a_plan_are_what_its_picture_needs() -> None:
    plan = drawn_plan(Asked("graft", [Source("zoo/base")], {"layers": "0-2, 2-4, 3"}))
    ranges = [(each["first"], each["last"]) for each in plan["layers"]["ranges"]]
    assert ranges == [(0, 2), (2, 4), (3, 4)]
    assert plan["layers"]["sources"] == [{"ref": "zoo/base", "layers": 4}]
    assert {finding["severity"] for finding in plan["findings"]} == {"warning", "note"}


def test_what_cannot_be_planned_says_why_and_nothing_is_made() -> None:
    asked = Asked("graft", [Source("zoo/base")], {"drop": 9})
    assert "cannot be left out" in drawn_plan(asked)["error"]["message"]["en"]
    with pytest.raises(FusionError, match="cannot be left out"):
        list(made(asked))
    refused = Asked("graft", [Source("zoo/base"), Source("zoo/pieces-base")])
    assert drawn_plan(refused)["refused"]
    with pytest.raises(FusionError):
        list(made(refused))


def test_a_source_that_has_to_be_fetched_is_no_reason_against_building() -> None:
    plan = drawn_plan(Asked("graft", [Source("hub:nobody/here")]))
    assert plan["fetches"]


@pytest.mark.parametrize(
    "told", [None, [], "x", {}, {"builder": "graft", "sources": [{"ref": 1}]}, {"builder": []}]
)
def test_what_no_form_tells_is_refused(told: object) -> None:
    with pytest.raises(FusionError):
        asked_of(told)


def test_an_address_says_a_set_up() -> None:
    query = "tab=build&builder=merge&source=zoo/adder,weight=0.5&source=zoo/editor&set=seed=3&id=x"
    sources = [Source("zoo/adder", {"weight": 0.5}), Source("zoo/editor")]
    asked = Asked("merge", sources, {"seed": 3}, "x")
    assert asked_from_query(query) == asked
    assert asked_from_query("tab=build") is None


@pytest.mark.usefixtures("_on_a_space")
def test_a_demo_plans_with_what_it_offers_and_builds_nothing() -> None:
    assert not form_view(first_asked())["builds"]
    assert "error" not in drawn_plan(first_asked())
    with pytest.raises(FusionError, match="builds no models"):
        list(made(first_asked()))
    with pytest.raises(FusionError, match="this demo offers"):
        planned(Asked("graft", [Source("path:/etc")]))


@pytest.mark.usefixtures("_on_a_space")
@pytest.mark.parametrize("setting", ["mergekit", "base"])
def test_a_demo_takes_no_text_that_could_name_a_file(setting: str) -> None:
    with pytest.raises(FusionError, match="takes no"):
        planned(Asked("merge", [Source("zoo/adder")], {setting: "/etc/passwd"}))
    names = [each["name"] for each in _builder(form_view(first_asked()), "merge")["settings"]]
    assert setting not in names


TRAINED: dict[str, Any] = {"objective": "instruct", "questions": 20, "steps": 2}


@pytest.mark.parametrize("name", ["train", "distil"])
def test_a_form_of_a_builder_that_learns_begins_with_what_can_be_built(name: str) -> None:
    start = _builder(form_view(first_asked()), name)["start"]
    sources = (
        [Source(**each) for each in start["sources"]] if name == "distil" else [Source("zoo/base")]
    )
    plan = drawn_plan(Asked(name, sources, start["settings"]))
    assert not plan["refused"]


def test_what_is_learned_from_is_generated_or_was_brought(tmp_path: Path) -> None:
    train = _builder(form_view(first_asked()), "train")
    data = next(row for row in train["settings"] if row["name"] == "data")
    assert data["kind"] == "material"
    assert "suite:zoo-mixed" in data["choices"]

    def told(data: str) -> dict[str, Any]:
        return drawn_plan(Asked("train", [Source("zoo/adder")], {**TRAINED, "data": data}))

    assert "19 examples" in told("suite:zoo-arithmetic")["findings"][0]["message"]["en"]
    file = tmp_path / "talks.jsonl"
    file.write_text('{"prompt": "add 1+2=", "completion": "3"}\n{"prompt": ""}\n')
    for path in (str(file), "hub:a/b", "suite:../x", "brought:../talks.jsonl"):
        assert "error" in told(path), path
    assert "no data that this app has" in told(str(file))["error"]["message"]["en"]
    name = brought(str(file))
    assert str(tmp_path) not in name
    assert "talks.jsonl, line 2" in told(name)["error"]["message"]["en"]
    assert "not here any more" in told(name.replace("/", "x/"))["error"]["message"]["en"]
    file.rename(tmp_path / "talks.bin")
    with pytest.raises(FusionError, match="no file to learn from"):
        brought(str(tmp_path / "talks.bin"))
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(FusionError, match="takes up to"):
        brought(str(large))


@pytest.mark.usefixtures("_on_a_space")
def test_a_demo_plans_trainings_on_what_is_generated_and_on_no_more_of_it() -> None:
    asked = Asked("train", [Source("zoo/adder")], {**TRAINED, "data": "suite:zoo-arithmetic"})
    assert "error" not in drawn_plan(asked)
    for wrong in ({"data": "/etc/passwd"}, {"data": "brought:x/y.txt"}, {"questions": 10**9}):
        with pytest.raises(FusionError, match="this demo takes"):
            planned(replace(asked, settings={**asked.settings, **wrong}))


def test_links_lead_on_with_the_new_model_and_its_parents() -> None:
    links = {each["name"]: each["query"] for each in links_for("zoo/editor", ["zoo/base"])}
    chat, debate = (recipe_from_query(links[name]) for name in ("chat", "debate"))
    assert [member.ref for member in check(chat).members] == ["zoo/editor"]
    assert [member.ref for member in check(debate).members] == ["zoo/editor", "zoo/base"]
    compared = comparison_from_query(links["compare"])
    assert [member.ref for member in compared.members] == ["zoo/editor", "zoo/base"]
    assert members_asked(links["measure"]) == ["zoo/editor", "zoo/base"]
    assert dict(parse_qsl(links["measure"]))["tab"] == "measure"


def test_a_graft_is_made_and_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(tmp_path_factory.mktemp("home")))
        *_, built = made(Asked("graft", [Source("zoo/base")], {"drop": 1}, "deeper"))
    assert isinstance(built, ModelBuilt)
    assert built.reference == "built:deeper"


def test_every_model_that_came_with_its_training_tells_how_it_learned() -> None:
    refs = came()
    assert {"zoo/adder", "zoo/pieces-base", "zoo/mixture-top2", "smollm2-135m+maths"} <= set(refs)
    for ref in refs:
        view = taught(ref)
        assert (view["of"], view["ended"], view["lasting"]) == (ref, "recorded", True)
        assert len(view["points"]) >= 50
    assert shelf()["came"] == refs
    for other in ("zoo/nobody", "../../etc", "", "built:mine"):
        assert taught(other) == NOTHING


@pytest.mark.usefixtures("_on_a_space")
def test_a_demo_shows_how_the_models_that_it_offers_learned() -> None:
    refs = came()
    assert refs
    assert all(map(limits().offers, refs))
    assert shelf() == {"models": [], "came": refs}
