"""Every chat template takes every prompt, or says what it cannot take; what is changed is told."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fusionlab.engines.chat import ChatTemplate
from fusionlab.engines.gathered import Gathering
from fusionlab.errors import SourceError
from fusionlab.events import Event, Progress, RunFinished, Warned
from fusionlab.methods.solo import solo  # noqa: F401  registers it
from fusionlab.models.base import Member, Message
from fusionlab.models.notices import note, told
from fusionlab.recipe import Sampling
from fusionlab.registry import Request, get_method
from fusionlab.zoo.tokenizers import tokenizer as zoo_tokenizer
from tests.counted import Counted, counted
from tests.tiny import tiny_tokenizer

PLAIN = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
REFUSING = (
    "{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}" + PLAIN
)
DROPPING = (
    "{% for m in messages %}{% if m['role'] != 'system' %}[{{ m['role'] }}]{{ m['content'] }}"
    "{% endif %}{% endfor %}"
)
STRICT = (
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant') }}{% endif %}"
    "[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
)
PROMPT = [Message("system", "Be brief."), Message("user", "Why?")]
LONGER = [*PROMPT, Message("assistant", "So."), Message("user", "Really?")]


def template(source: Any) -> tuple[ChatTemplate, Any]:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = source
    return ChatTemplate(tokenizer, "ann"), tokenizer


def text(source: Any, prompt: Sequence[Message]) -> tuple[str, list[Any]]:
    """What the model reads, and what the run is told."""
    chat, tokenizer = template(source)

    def read() -> Iterator[str]:
        yield tokenizer.decode(chat.encode(prompt))

    *notices, said = told(read())
    return str(said), notices


@pytest.mark.parametrize("source", [REFUSING, DROPPING, STRICT])
def test_a_system_prompt_is_never_lost(source: str) -> None:
    said, notices = text(source, LONGER)
    assert said == "[user]Be brief.\n\nWhy?[assistant]So.[user]Really?"
    assert [type(each) for each in notices] == [Warned]
    assert "ann has no system role" in notices[0].message
    assert text(source, LONGER[1:]) == ("[user]Why?[assistant]So.[user]Really?", [])


def test_a_template_with_a_system_role_gets_it() -> None:
    assert text(PLAIN, PROMPT) == ("[system]Be brief.[user]Why?", [])
    assert text({"default": PLAIN, "tool": "x"}, PROMPT)[0] == text(PLAIN, PROMPT)[0]
    assert text(None, PROMPT) == ("Be brief.\n\nWhy?", [])


def test_turns_without_a_template_are_one_text_and_the_run_says_so() -> None:
    said, notices = text(None, LONGER)
    assert said == "Be brief.\n\nWhy?\n\nSo.\n\nReally?"
    assert [each.message for each in notices] == [
        "ann has no chat template; it reads the turns of the conversation as one text, "
        "without being told who says what"
    ]


@pytest.mark.parametrize("source", [PLAIN, REFUSING, DROPPING, STRICT])
def test_every_conversation_of_a_recipe_is_one_that_templates_take(source: str) -> None:
    member = Member("ann", template(source)[0], "Be brief.")  # type: ignore[arg-type]
    request = Request(messages=tuple(LONGER[1:]))
    said, _ = text(source, member.prompt(request))
    assert said.endswith("Why?[assistant]So.[user]Really?")
    assert "Be brief." in said
    assert member.prompt(request, "Sure?")[:-1] == member.prompt(request)[:-1]
    assert member.prompt(request, "Sure?")[-1] == Message("user", "Sure?")


def test_a_system_prompt_alone_is_a_user_turn() -> None:
    assert text(REFUSING, PROMPT[:1])[0] == "[user]Be brief."


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{% for m in x %}{{ m", "unexpected end of template"),
        ("{{ foo.bar.baz }}", "'foo' is undefined"),
        ("{{ raise_exception('Never') }}", "Never"),
        (5, "cannot be used here"),
        ("", "finds nothing to read"),
        ({"tool": PLAIN, "rag": PLAIN}, "named rag, tool, and none is the default"),
    ],
)
def test_a_template_that_cannot_be_used_is_ours_to_tell(source: Any, says: str) -> None:
    for prompt in (PROMPT, PROMPT[1:]):
        with pytest.raises(SourceError, match=says) as caught:
            template(source)[0].encode(prompt)
        assert "chat_template.jinja" in caught.value.hint


def test_turns_that_a_template_does_not_take_are_said_with_its_words() -> None:
    with pytest.raises(SourceError, match="roles must alternate"):
        template(STRICT)[0].encode([Message("user", "a"), Message("user", "b")])


@pytest.fixture
def refusing(tiny: Path) -> Counted:
    model = counted(tiny, "ann")
    model.tokenizer.chat_template = REFUSING
    return model


def asked(member: Member, times: int = 2) -> Iterator[Event]:
    method = get_method("self_consistency")
    return method.run([member], Request("Why?", Sampling(4)), **method.check({"samples": times}))


def test_a_run_tells_it_once_and_every_run_anew(refusing: Counted) -> None:
    member = Member("ann", refusing, "Be brief.")
    for _ in range(2):
        events = list(asked(member))
        told = [each for each in events if isinstance(each, Warned) and "system" in each.message]
        assert len(told) == 1
        assert isinstance(events[-1], RunFinished)
    assert not any(
        isinstance(each, Warned) and "system" in each.message
        for each in asked(Member("ann", refusing))
    )


def test_gathered_runs_each_tell_their_own(refusing: Counted) -> None:
    gathering = Gathering()
    model = gathering.model(refusing)
    runs = [asked(Member("ann", model, system)) for system in ("Be brief.", "", "Be long.")]
    told = [
        number
        for number, news in gathering.together(runs)
        if isinstance(news, Warned) and "system" in news.message
    ]
    assert sorted(told) == [0, 2]


def test_what_nobody_asked_for_is_told_to_nobody() -> None:
    note(Warned("outside of runs"))

    def inner() -> Iterator[str]:
        note(Warned("one"))
        note(Warned("one"))
        yield "a"
        note(Warned("one"))
        yield "b"
        note(Warned("two"))

    assert list(told(inner())) == [Warned("one"), "a", "b", Warned("two")]


def test_runs_that_take_turns_on_one_thread_do_not_mix() -> None:
    def run(name: str) -> Iterator[str]:
        for step in range(2):
            note(Warned(f"{name}{step}"))
            yield name

    one, two = told(run("a")), told(run("b"))
    seen = [next(each) for _ in range(4) for each in (one, two)]
    assert seen[::2] == [Warned("a0"), "a", Warned("a1"), "a"]
    assert seen[1::2] == [Warned("b0"), "b", Warned("b1"), "b"]


def test_characters_that_a_tokenizer_does_not_know_are_told_of() -> None:
    def asked(text: str) -> list[Warned]:
        def method() -> Iterator[Progress]:
            ChatTemplate(zoo_tokenizer("characters"), "tiny").encode([Message("user", text)])
            yield Progress("done")

        return [each for each in told(method()) if isinstance(each, Warned)]

    (warned,) = asked("add 三+四三=")
    assert warned.message.endswith("三 四")
    assert asked("add 3+4=") == []
