"""The app names its controls, a terminal its flags, and both say the same sentence."""

import re
from collections.abc import Iterator

import pytest
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

import fusionlab.builders
import fusionlab.methods  # noqa: F401  registers them
from fusionlab.errors import RecipeError
from fusionlab.registry import all_methods, get_builder
from fusionlab.views.refused import refused_view
from fusionlab.weights.rules import RULES
from fusionlab.words import FLAGS, LANGUAGES, Sentence, Value, has, page_files
from tests.test_languages import entries, messages, samples
from tests.words.parsed import parsed

SETTINGS = {name for method in all_methods() for name in method.settings.model_fields}
CODES = {name for name in {*SETTINGS, *FLAGS, "rouge_l", "char_lcs"} if "_" in name}
TYPED = re.compile(rf"(?<![\w-])--[a-z]|\b({'|'.join(sorted(CODES))})\b")
"""What is typed in a terminal: a flag, or the code name of a setting."""
TERMINAL = ("cli", "laboratory", "spreading", "zoo")
"""Files of sentences that only a terminal says."""
TERMINAL_ONLY = {
    "bench-counts",
    "compare-file-of-another",
    "compare-was-stopped",
    "id-is-the-recipes",  # only the command line names models
    "mixture-weight",  # the form takes a mixture in this very notation
    "server-max-completion-tokens",  # fields of the server's own protocol
    "wheel-no-pip",
    "wheel-not-fetched",
    "wheel-not-fetched-because",
}
"""Of sentences that the app has no control for, those that name what is typed."""


FORMS = ("merge", "graft", "upcycle")
"""Builders of whose settings the sentences in BUILT speak."""
BUILT = ("building", "merging")


class _Calls(Visitor):
    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str]]] = []

    def visit_FunctionReference(self, node: fluent.FunctionReference) -> None:  # noqa: N802
        given = node.arguments.positional
        values = [each.value for each in given if isinstance(each, fluent.StringLiteral)]
        if len(values) == len(given):
            self.calls.append((node.id.name, values))
        self.generic_visit(node)


def said_in_the_app(language: str) -> Iterator[tuple[str, str]]:
    """Every sentence and each of its parts, by key, but for those of the command line alone."""
    terminal = {entry.id.name for file, entry in entries(language) if file.stem in TERMINAL}
    for key, message in messages(language).items():
        if key in terminal or key.startswith("cli-") or key in TERMINAL_ONLY:
            continue
        for values in samples(message):
            sentence = Sentence(key, values)
            yield key, sentence.said(language, "app") if message.value else ""
            for part in message.attributes:
                yield key, sentence.part(part.id.name, language, "app")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_app_names_nothing_that_is_typed_in_a_terminal(language: str) -> None:
    notation = {"setting-mixture"}  # whose field takes it as it is typed
    odd = {
        key: text
        for key, text in said_in_the_app(language)
        if TYPED.search(text) and key not in notation
    }
    assert odd == {}


def test_the_build_page_names_its_settings_and_their_choices_as_its_form_does() -> None:
    """Told from what the Chinese sentences have in Latin letters: a code is nothing else there."""
    codes = set(RULES)
    for builder in map(get_builder, FORMS):
        for form in (builder.settings, builder.options):
            codes |= form.model_fields.keys()
            for schema in form.model_json_schema().get("properties", {}).values():
                codes |= {each for each in schema.get("enum", []) if each}
    for rule in RULES.values():
        codes |= {name for of in (rule.settings, rule.of_each) for name in of.model_fields}
    titles = {
        word
        for key, message in messages("zh").items()
        if key.startswith(("setting-", "choice-")) and message.value
        for word in re.findall(r"[a-z_]+", Sentence(key, next(samples(message))).said("zh"))
    }
    spoken = {
        entry.id.name
        for file, entry in entries("zh")
        if file.stem in BUILT and file.parent.name != "page"
        if not entry.id.name.startswith("mergekit-")  # they speak of its own files
    }
    odd = {
        key: found
        for key, text in said_in_the_app("zh")
        if key in spoken
        if (found := set(re.findall(r"(?<![\w.-])[a-z_]+(?![\w.])", text)) & codes - titles)
    }
    assert odd == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_sentence_calls_by_name_has_a_title(language: str) -> None:
    lacking = []
    for file, entry in entries(language):
        calls = _Calls()
        calls.visit(entry)
        assert not calls.calls or file.parent.name != "page"  # the browser has no functions
        for name, given in calls.calls:
            named = given[::-1] if name == "SETTING" else given  # whose it is comes second
            key = "-".join([name.lower(), *named]).replace("_", "-")
            if name != "PLACE" and not has(key, language):
                lacking.append((entry.id.name, key))
    assert lacking == []


def test_no_file_of_the_browser_calls_a_function() -> None:
    for text in page_files().values():
        assert not re.search(r"\{ *[A-Z]+\(", text)
        assert parsed(text)


def test_one_sentence_names_a_control_in_the_app_and_a_flag_in_a_terminal() -> None:
    blank = Sentence("critique-blank")
    assert blank.hint() == "raise --max-tokens"
    assert blank.hint("zh") == "请调大 --max-tokens"
    assert blank.hint("en", "app") == "raise “Longest answer”"
    assert blank.hint("zh", "app") == "请调大“回答长度上限”"
    few = Sentence("members-too-few", {"method": "debate", "least": 2, "count": 1})
    assert few.said().startswith("debate needs")
    assert few.said("en", "app").startswith("“Debate” needs")
    assert few.said("zh", "app").startswith("“辩论”至少需要")
    assert few.hint() == "add members with --member"
    assert few.hint("en", "app") == "add members with “Add member”"


def test_several_methods_are_named_each_by_its_title() -> None:
    values: dict[str, Value] = {"method": "moe", "needed": "x", "ref": "y", "given": "z"}
    values |= {"models": ("m",), "methods": ("vote", "debate", "own")}
    said = Sentence("level-below-the-method", values)
    assert said.hint("en", "app").endswith("“Vote”, “Debate”, own")
    assert said.hint("zh", "app").endswith("“投票”、“辩论”、own")
    assert said.hint().endswith("vote, debate, own")


def test_a_setting_has_the_title_it_has_in_its_method() -> None:
    values = {"setting": "samples", "entry": "cascade", "fault": "f", "value": "0"}
    wrong = Sentence("setting-of-a-method", values)
    assert wrong.said("en", "app") == "“Cascade”, “Answers of each member”: f, not 0"
    assert wrong.said() == "setting samples of cascade: f, not 0"


def test_a_refusal_that_is_shown_on_a_page_is_one_of_the_app() -> None:
    shown = refused_view(RecipeError("members-too-few", method="debate", least=2, count=1))
    assert "--member" not in str(shown)
    assert "Add member" in shown["hint"]["en"]
