"""The recipe as a form: fixed rows for members, and one widget for each setting of a signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from fusionlab.errors import RecipeError
from fusionlab.experts.mixtures import known_mixtures
from fusionlab.models.base import Level
from fusionlab.recipe import MemberRecipe, Recipe, Sampling, recipe_from_json
from fusionlab.registry import Method, get_method
from fusionlab.sources.known import known_models
from fusionlab.ui.talk import Talk, asked_after, build_talk, earlier_of
from fusionlab.ui.toast import refusals

MOST_MEMBERS = 6
SEPARATOR = "---"
"""A line of this stands between the texts of a list that have several lines."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """The widgets of one member."""

    group: gr.Group
    name: gr.Textbox
    ref: gr.Dropdown
    weight: gr.Slider
    system: gr.Textbox
    remove: gr.Button

    @property
    def inputs(self) -> list[Any]:
        """In the order of MemberRecipe's fields."""
        return [self.ref, self.name, self.weight, self.system]


@dataclass(frozen=True, slots=True)
class RecipeForm:
    """All widgets that together say a recipe of one family of methods."""

    methods: Sequence[Method]
    method: gr.Dropdown
    prompt: gr.Textbox
    talk: Talk
    count: gr.State
    rows: Sequence[MemberRow]
    settings: dict[str, dict[str, Any]]
    """Widgets by method and setting."""
    groups: dict[str, gr.Column]
    """What holds each method's settings; only the chosen method's is seen."""
    sampling: Sequence[Any]
    """Widgets in the order of Sampling's fields."""

    @property
    def inputs(self) -> list[Any]:
        """All widgets, in the order that `read` takes their values."""
        members = [widget for row in self.rows for widget in row.inputs]
        settings = [widget for widgets in self.settings.values() for widget in widgets.values()]
        asked = [self.method, self.prompt, self.count]
        return [*asked, *members, self.talk.earlier, *settings, *self.sampling]

    @property
    def outputs(self) -> list[Any]:
        """What `show` gives new values to."""
        seats = [row.group for row in self.rows]
        return [*self.inputs, *self.talk.outputs, *seats, *self.groups.values()]

    def read(self, values: Sequence[Any]) -> Recipe:
        """The recipe that the widgets say; raises RecipeError on a value of a wrong type."""
        rest = iter(values)
        method, prompt, count = next(rest), next(rest), next(rest)
        names = MemberRecipe.__dataclass_fields__
        members = [{name: next(rest) for name in names} for _ in self.rows]
        for member in members:
            member["ref"] = "" if member["ref"] is None else member["ref"]  # an empty field
        earlier = next(rest)
        settings: dict[str, Any] = {}
        for name, widgets in self.settings.items():
            given = {key: _from_widget(next(rest), widget) for key, widget in widgets.items()}
            if name == method:
                settings = self._unusual(name, given)
        return recipe_from_json(
            {
                "method": method,
                **asked_after(earlier, prompt or ""),
                "members": members[:count],
                "settings": settings,
                "sampling": {name: next(rest) for name in Sampling.__dataclass_fields__},
            }
        )

    def _unusual(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """The settings that are not at their default; these are what a link has to say."""
        method = next(method for method in self.methods if method.name == name)
        usual = {key: _plain(value) for key, value in method.check({}).items()}
        return {key: value for key, value in given.items() if value != usual[key]}

    def check(self, recipe: Recipe) -> None:
        """The form can say this recipe; raises RecipeError, SettingError or UnknownName."""
        get_method(recipe.method).check(recipe.settings)
        if len(recipe.members) > MOST_MEMBERS:
            raise RecipeError("app-members", most=MOST_MEMBERS, count=len(recipe.members))

    def show(self, recipe: Recipe) -> list[Any]:
        """New values for `outputs`, so that the form says this recipe."""
        count = len(recipe.members)
        values: list[Any] = [recipe.method, recipe.request.question, count]
        for at in range(len(self.rows)):
            member = recipe.members[at] if at < count else MemberRecipe(default_ref())
            values += [member.ref, member.name, member.weight, member.system]
        values.append(earlier_of(recipe))
        for name, widgets in self.settings.items():
            method = next(method for method in self.methods if method.name == name)
            given = recipe.settings if name == recipe.method else {}
            complete = method.check(given)
            values += [_to_widget(complete[key], widget) for key, widget in widgets.items()]
        values += [getattr(recipe.sampling, name) for name in Sampling.__dataclass_fields__]
        seats = [gr.Group(visible=at < count) for at in range(len(self.rows))]
        return [*values, *self.talk.show(recipe), *seats, *self.settings_of(recipe.method)]

    def settings_of(self, name: str) -> list[Any]:
        """New values for `groups`, so that this method's settings are seen."""
        return [gr.Column(visible=each == name) for each in self.groups]


def default_ref() -> str:
    """The model that a new member has."""
    return "smollm2-135m"


def recipe_form(methods: Sequence[Method], recipe: Recipe, after_prompt: gr.Row) -> RecipeForm:
    """The form that says `recipe`, built here; the row comes after the prompt."""
    names = [method.name for method in methods]
    method = gr.Dropdown(names, value=recipe.method, label="Method", visible=len(names) > 1)
    talk = build_talk(recipe, f"{methods[0].family.lower()}-turns")
    prompt = gr.Textbox(
        recipe.request.question,
        label="Prompt",
        placeholder="What are the members to answer? Shift+Enter runs it.",
        lines=2,
        max_lines=8,
        elem_classes="fl-prompt",
    )
    after_prompt.render()
    count = gr.State(len(recipe.members))
    single = all(method.max_members == 1 for method in methods)
    watched = all(method.needs == Level.INTERNALS for method in methods)
    models = known_mixtures() if watched else language_models()
    rows = [_member_row(at, recipe, models, single=single) for at in range(MOST_MEMBERS)]
    add = gr.Button("Add member", size="sm", visible=not single, elem_classes="fl-add")
    settings: dict[str, dict[str, Any]] = {}
    groups = {}
    for each in methods:
        mine = each.name == recipe.method
        with gr.Column(visible=mine, elem_classes="fl-settings") as groups[each.name]:
            settings[each.name] = _settings_widgets(each, recipe.settings if mine else {})
    sampling = _sampling(recipe.sampling)
    form = RecipeForm(methods, method, prompt, talk, count, rows, settings, groups, sampling)
    _wire_members(form, add)
    _wire_method(form)
    return form


def language_models() -> list[str]:
    """References of the models that can be members, as far as they are known by name."""
    return [row["id"] for row in known_models() if row["level"] != "embedding"]


def _member_row(at: int, recipe: Recipe, models: Sequence[str], *, single: bool) -> MemberRow:
    there = at < len(recipe.members)
    member = recipe.members[at] if there else MemberRecipe(default_ref())
    classes = ["fl-seat", f"fl-seat-{at}"]
    with gr.Group(visible=there, elem_classes=classes) as group:
        with gr.Row(equal_height=True, elem_classes="fl-seat-head"):
            name = gr.Textbox(
                member.name,
                placeholder=f"member {at + 1}",
                show_label=False,
                label=f"Name of member {at + 1}",
                container=False,
                scale=4,
                min_width=80,
            )
            remove = gr.Button("Remove", size="sm", scale=0, min_width=76, visible=not single)
        system = gr.Textbox(
            member.system,
            label="Instruction",
            placeholder="none: the model's own manner",
            lines=1,
            max_lines=4,
        )
        with gr.Row():
            ref = gr.Dropdown(
                list(models),
                value=member.ref,
                label="Model",
                allow_custom_value=True,
                min_width=190,
            )
            weight = gr.Slider(
                0,
                4,
                value=member.weight,
                step=0.05,
                label="Weight",
                min_width=120,
                visible=not single,
            )
    return MemberRow(group, name, ref, weight, system, remove)


def _wire_members(form: RecipeForm, add: gr.Button) -> None:
    groups = [row.group for row in form.rows]

    def added(count: int) -> list[Any]:
        more = min(count + 1, MOST_MEMBERS)
        return [more, *(gr.Group(visible=at < more) for at in range(MOST_MEMBERS))]

    add.click(added, form.count, [form.count, *groups], api_visibility="private", queue=False)
    width = len(form.rows[0].inputs)
    values = [widget for row in form.rows for widget in row.inputs]
    for at, row in enumerate(form.rows):

        def removed(count: int, *given: Any, at: int = at) -> list[Any]:
            left = [given[i : i + width] for i in range(0, len(given), width)]
            left.append(left.pop(at))
            fewer = max(count - 1, 0)
            visible = [gr.Group(visible=i < fewer) for i in range(MOST_MEMBERS)]
            return [fewer, *(value for member in left for value in member), *visible]

        row.remove.click(
            removed,
            [form.count, *values],
            [form.count, *values, *groups],
            api_visibility="private",
            queue=False,
        )


def _wire_method(form: RecipeForm) -> None:
    """Another method brings its own settings, and the temperature that it starts with."""
    temperature = form.sampling[list(Sampling.__dataclass_fields__).index("temperature")]

    def chosen(name: str) -> list[Any]:
        with refusals():
            return [get_method(str(name)).temperature, *form.settings_of(str(name))]

    form.method.input(
        chosen,
        form.method,
        [temperature, *form.groups.values()],
        api_visibility="private",
        queue=False,
    )


def _settings_widgets(method: Method, given: dict[str, Any]) -> dict[str, Any]:
    values = method.check(given)
    properties = method.settings.model_json_schema().get("properties", {})
    return {
        name: _widget(name, schema, _plain(values[name])) for name, schema in properties.items()
    }


def _widget(name: str, schema: dict[str, Any], value: Any) -> Any:
    """The widget that suits a setting's JSON schema."""
    label = schema.get("title", name).capitalize()
    info = schema.get("description")
    match schema:
        case {"enum": choices}:
            return gr.Radio(choices, value=value, label=label, info=info)
        case {"type": "boolean"}:
            return gr.Checkbox(value, label=label, info=info)
        case {"type": "array"}:
            return gr.Textbox(
                _join(value),
                label=label,
                info=info,
                lines=3,
                max_lines=12,
                placeholder=f"one a line, or separated by lines of {SEPARATOR}",
                elem_classes="fl-list",
            )
        case {"type": "integer" | "number", "minimum": low, "maximum": high}:
            step = 1 if schema["type"] == "integer" else 0.05
            return gr.Slider(low, high, value=value, step=step, label=label, info=info)
        case {"type": "integer"}:
            return gr.Number(value, precision=0, label=label, info=info)
        case {"type": "number"}:
            return gr.Number(value, label=label, info=info)
        case _:
            return gr.Textbox(value, label=label, info=info)


def _sampling(sampling: Sampling) -> Sequence[Any]:
    with gr.Accordion("Sampling", open=False):
        return (
            gr.Slider(
                1, 1024, value=sampling.max_tokens, step=1, label="Longest answer, in tokens"
            ),
            gr.Slider(
                0, 2, value=sampling.temperature, step=0.05, label="Temperature", info="0 is greedy"
            ),
            gr.Slider(0, 200, value=sampling.top_k, step=1, label="Top k", info="0 cuts nothing"),
            gr.Slider(
                0.05, 1, value=sampling.top_p, step=0.05, label="Top p", info="1 cuts nothing"
            ),
            gr.Number(sampling.seed, precision=0, minimum=0, label="Seed"),
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _from_widget(value: Any, widget: Any) -> Any:
    if "fl-list" in (widget.elem_classes or ()):
        return _split(value or "")
    return value


def _to_widget(value: Any, widget: Any) -> Any:
    return _join(value) if "fl-list" in (widget.elem_classes or ()) else value


def _split(text: str) -> list[str]:
    lines = text.splitlines()
    if SEPARATOR in (line.strip() for line in lines):
        blocks = "\n".join(SEPARATOR if line.strip() == SEPARATOR else line for line in lines)
        parts = blocks.split(SEPARATOR + "\n")
    else:
        parts = lines
    return [part.strip() for part in parts if part.strip()]


def _join(items: Sequence[str]) -> str:
    separator = f"\n{SEPARATOR}\n" if any("\n" in item for item in items) else "\n"
    return separator.join(items)
