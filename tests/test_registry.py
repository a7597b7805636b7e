"""A function's signature is its settings: nothing else describes, checks or defaults them."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from pydantic import Field

from fusionlab import registry
from fusionlab.errors import LONGEST, RecipeError, SettingError, UnknownName, listed
from fusionlab.events import Event, ModelBuilt
from fusionlab.models.base import Level, Member
from fusionlab.registry import (
    Builder,
    Comparison,
    Method,
    Plan,
    Request,
    SideBySide,
    Source,
    all_builders,
    all_methods,
    fusion_method,
    get_builder,
    get_method,
    model_builder,
    plan_to_json,
)
from fusionlab.words import Sentence
from tests.strategies import text


@pytest.fixture
def method(monkeypatch: pytest.MonkeyPatch) -> Method:
    """A method of its own, known only to one test."""
    monkeypatch.setattr(registry, "_METHODS", {})

    @fusion_method("quarrel", needs=Level.LOGPROBS, family="Talk", max_members=3, temperature=0.5)
    def quarrel(
        members: Sequence[Member],
        request: Request,
        *,
        rounds: Annotated[int, Field(ge=1, le=10, description="how often")] = 5,
        tone: Literal["calm", "loud"] = "calm",
        shares: tuple[float, ...] = (),
        loud: bool = False,
    ) -> Iterator[Event]:
        """Let the members quarrel
        until they agree.

        The rest is for those who read on.
        """
        yield from ()

    return get_method("quarrel")


def test_the_signature_is_the_settings(method: Method) -> None:
    schema = method.settings.model_json_schema()["properties"]
    assert list(schema) == ["rounds", "tone", "shares", "loud"]
    assert schema["rounds"] == {
        "type": "integer",
        "title": "Rounds",
        "description": "how often",
        "minimum": 1,
        "maximum": 10,
        "default": 5,
    }
    assert schema["tone"]["enum"] == ["calm", "loud"]


def test_the_docstring_is_the_summary(method: Method) -> None:
    assert method.summary == "Let the members quarrel until they agree."
    assert (method.needs, method.family, method.temperature) == (Level.LOGPROBS, "Talk", 0.5)
    assert (method.min_members, method.max_members, method.paper) == (1, 3, "")


def test_what_is_not_said_is_filled_in(method: Method) -> None:
    assert method.check({}) == {"rounds": 5, "tone": "calm", "shares": (), "loud": False}
    assert method.check({"rounds": "7", "shares": [1]}) == {
        "rounds": 7,
        "tone": "calm",
        "shares": (1.0,),
        "loud": False,
    }


def test_checking_does_not_change_what_was_given(method: Method) -> None:
    given = {"rounds": "7"}
    method.check(given)
    assert given == {"rounds": "7"}


@pytest.mark.parametrize("rounds", [1, 10])
def test_bounds_belong_to_the_range(method: Method, rounds: int) -> None:
    assert method.check({"rounds": rounds})["rounds"] == rounds


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"rounds": 0}, "setting rounds of quarrel: it should be greater than or equal to 1"),
        ({"rounds": 11}, "less than or equal to 10, not 11"),
        ({"rounds": 2.5}, "setting rounds of quarrel"),
        ({"rounds": None}, "not None"),
        ({"tone": "shrill"}, "it should be one of 'calm', 'loud', not 'shrill'"),
        ({"shares": [1, "x"]}, "setting shares of quarrel"),
        ({"loud": "maybe"}, "setting loud of quarrel"),
    ],
)
def test_a_value_out_of_range_is_refused(
    method: Method, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingError) as caught:
        method.check(settings)
    assert says in caught.value.message
    assert "fusionlab methods" in caught.value.hint


@pytest.mark.parametrize(("wrong", "right"), [("round", "rounds"), ("tones", "tone")])
def test_an_unknown_setting_suggests_the_nearest(method: Method, wrong: str, right: str) -> None:
    with pytest.raises(UnknownName) as caught:
        method.check({wrong: 1})
    assert caught.value.message == f"unknown setting of quarrel {wrong!r}"
    assert caught.value.hint == f"did you mean {right!r}?"


def test_a_name_is_registered_once(method: Method) -> None:
    with pytest.raises(ValueError, match="'quarrel' is registered twice"):
        fusion_method("quarrel", needs=Level.TEXT, family="Talk")(method.run)
    assert all_methods() == (method,)


def test_an_unknown_method_suggests_the_nearest(method: Method) -> None:
    with pytest.raises(UnknownName, match=r"unknown method 'quarel' \(did you mean 'quarrel'\?\)"):
        get_method("quarel")
    with pytest.raises(UnknownName, match="known: quarrel"):
        get_method("zzz")


def test_the_decorated_function_stays_a_function(method: Method) -> None:
    assert list(method.run([], Request("hi"), rounds=1)) == []


def executed(plan: Plan[float], folder: Path | None) -> Generator[Event, None, Path]:
    yield ModelBuilt(plan.id, plan.reference, 1, 2)
    return folder or Path("models")


@pytest.fixture
def builder(monkeypatch: pytest.MonkeyPatch) -> Builder:
    """A builder of its own, known only to one test."""
    monkeypatch.setattr(registry, "_BUILDERS", {})

    @model_builder("wed", execute=executed, paper="https://a.b", min_sources=1, max_sources=2)
    def wed(sources: Sequence[Source], *, share: float = 0.5, name: str = "pair") -> Plan[float]:
        """Make one model
        of two.

        The rest is for those who read on.
        """
        lineage = tuple(source.ref for source in sources)
        return Plan(name, "models", f"built:{name}", lineage, "MIT", share)

    return get_builder("wed")


def test_a_builder_is_described_as_a_method_is(builder: Builder) -> None:
    assert (builder.summary, builder.paper) == ("Make one model of two.", "https://a.b")
    assert list(builder.settings.model_fields) == ["share", "name"]
    assert builder.check({"share": "0.25"}) == {"share": 0.25, "name": "pair"}
    with pytest.raises(
        UnknownName, match=r"unknown setting of wed 'shares' \(did you mean 'share'"
    ):
        builder.check({"shares": 1})
    with pytest.raises(SettingError, match="setting share of wed") as caught:
        builder.check({"share": "much"})
    assert caught.value.hint == "wed takes share, name"


def test_a_plan_is_data_and_executing_it_yields_events(builder: Builder) -> None:
    plan = builder.plan([Source("a"), Source("b")], {"share": 1})
    assert plan == Plan("pair", "models", "built:pair", ("a", "b"), "MIT", 1.0)
    assert plan_to_json(plan)["lineage"] == ["a", "b"]
    assert list(builder.execute(plan, None)) == [ModelBuilt("pair", "built:pair", 1, 2)]


@pytest.mark.parametrize("count", [0, 3])
def test_a_builder_has_as_many_sources_as_it_takes(count: int, builder: Builder) -> None:
    with pytest.raises(RecipeError, match=rf"wed .* sources?, not {count}") as caught:
        builder.plan([Source("a")] * count, {})
    assert caught.value.hint


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", ".x", "x.", "x" * 65, "a b", "a+b", "ä"])
def test_an_id_is_the_name_of_a_folder(name: str, builder: Builder) -> None:
    with pytest.raises(RecipeError, match="cannot have the id"):
        builder.plan([Source("a")], {"name": name})


def test_builders_are_found_by_name_and_registered_once(builder: Builder) -> None:
    assert all_builders() == (builder,)
    with pytest.raises(UnknownName, match=r"unknown builder 'wet' \(did you mean 'wed'\?\)"):
        get_builder("wet")
    with pytest.raises(ValueError, match="builder 'wed' is registered twice"):
        model_builder("wed", execute=executed)(builder.function)


@given(text)
def test_any_other_name_is_an_unknown_setting(name: str) -> None:
    ensemble = get_method("ensemble")
    if name not in ensemble.settings.model_fields:
        with pytest.raises(UnknownName, match="setting of ensemble"):
            ensemble.check({name: 1})


def test_a_message_is_short_whatever_it_quotes() -> None:
    error = UnknownName("kind-member", "x" * 100_000, [f"{n:05}" * 100 for n in range(5_000)])
    assert len(error.message) < 300
    assert len(error.hint) <= LONGEST
    many = listed([str(n) for n in range(5_000)])
    assert isinstance(many, Sentence)
    assert "and 4,900 more" in many.said()


def test_a_setting_can_be_marked_as_worth_comparing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_METHODS", {})

    @fusion_method("quarrel", needs=Level.TEXT, family="Talk", baseline="peace")
    def quarrel(
        members: Sequence[Member],
        request: Request,
        *,
        tone: Annotated[Literal["calm", "loud"], SideBySide("In all tones"), Field(title="T")],
        rounds: int = 5,
    ) -> Iterator[Event]:
        """Let the members quarrel."""
        yield from ()

    assert get_method("quarrel").baseline == "peace"
    assert get_method("quarrel").comparisons == (
        Comparison("tone", ("calm", "loud"), "In all tones"),
    )


def test_what_methods_are_held_against_is_a_method() -> None:
    known = {method.name for method in all_methods()}
    assert {method.baseline for method in all_methods()} - known == {""}
    assert all(each.values for method in all_methods() for each in method.comparisons)
