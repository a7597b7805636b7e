"""Experts that a server tells of: the forms of vLLM and SGLang, over HTTP, and what is broken."""

import base64
import io
import json
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusionlab.engines import routes
from fusionlab.engines.memory import Pool
from fusionlab.errors import FusionError, SettingError
from fusionlab.events import Event, ExpertsRouted, RunFinished, Warned
from fusionlab.recipe import MemberRecipe, Recipe, Sampling
from fusionlab.run import run
from fusionlab.runfiles import recorded
from fusionlab.views.experts import expert_view
from tests.fake_server import Script, refused, reply, server, unless

PROMPT, SAID = ["<s>", "add", " 1"], ["it", " is", " 2", "</s>"]
LAYERS, K = 2, 2


def chosen(n: int, layers: int = LAYERS, k: int = K) -> np.ndarray[Any, Any]:
    """Of eight experts, none twice for a token in a layer."""
    return np.random.default_rng(3).random((n, layers, 8)).argsort(axis=-1)[..., :k]


def npy(array: np.ndarray[Any, Any]) -> str:
    file = io.BytesIO()
    np.save(file, array)
    return base64.b64encode(file.getvalue()).decode()


def flat(array: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(array.astype("<i4").tobytes()).decode()


def answer(choice: dict[str, Any], **whole: Any) -> dict[str, Any]:
    """As both servers answer a chat that is not streamed."""
    own = {
        "index": 0,
        "message": {"role": "assistant", "content": "it is 2"},
        "finish_reason": "stop",
        "logprobs": {
            "content": [{"token": t, "logprob": -0.1, "bytes": list(t.encode())} for t in SAID]
        },
    }
    usage = {"prompt_tokens": len(PROMPT), "completion_tokens": len(SAID)}
    return {"object": "chat.completion", "choices": [own | choice], "usage": usage | {}} | whole


IDS = {"prompt_token_ids": [1, 50, 51]}
TOLD = [None, {"50": {"logprob": -1.0, "rank": 2, "decoded_token": "add"}}]
TOLD += [{"51": {"logprob": -1.0, "decoded_token": " 1"}, "7": {"decoded_token": "x"}}]
ALL = chosen(len(PROMPT) + len(SAID) - 1)
VLLM = answer(
    {"routed_experts": npy(ALL.astype(np.uint8)), "token_ids": [9, 10, 11, 2]},
    **IDS,
    prompt_logprobs=TOLD,
)
VLLM_021 = answer(
    {"routed_experts": ALL[len(PROMPT) :].tolist(), "token_ids": [9, 10, 11, 2]},
    **IDS,
    prompt_logprobs=TOLD,
    prompt_routed_experts=ALL[: len(PROMPT)].tolist(),
)
META = {
    "prompt_tokens": len(PROMPT),
    "completion_tokens": len(SAID),
    "output_token_logprobs": [[-0.1, 9 + at, text] for at, text in enumerate(SAID)],
}
SGLANG = answer(
    {"meta_info": META, "prompt_token_ids": [1, 50, 51]}, sglext={"routed_experts": flat(ALL)}
)
SGLANG_META = answer({"meta_info": META | {"routed_experts": flat(ALL)}})
FORMS = {"vllm": VLLM, "vllm 0.21": VLLM_021, "sglang": SGLANG, "sglang meta": SGLANG_META}


def held(script: Script, **settings_: Any) -> list[Event]:
    with server(script) as url:
        recipe = Recipe(
            method="moe",
            members=(MemberRecipe(f"api:{url}#m", "far"),),
            prompt="add 1",
            settings=settings_,
            sampling=Sampling(max_tokens=8),
        )
        return [record.event for record in run(recipe, Pool())]


def of(events: Sequence[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def keyed(warned: Warned) -> str:
    assert warned.sentence
    return warned.sentence.key


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_a_server_tells_is_told_as_of_a_model_here(form: dict[str, Any]) -> None:
    events = held(reply(json.dumps(form)))
    facts = of(events, ExpertsRouted)
    assert [fact.position for fact in facts] == list(range(len(ALL)))
    assert [[each.experts for each in fact.layers] for fact in facts] == [
        [tuple(experts) for experts in token] for token in ALL.tolist()
    ]
    assert [fact.prompt for fact in facts] == [at < len(PROMPT) for at in range(len(ALL))]
    assert [fact.token for fact in facts if not fact.prompt] == SAID[:-1]
    assert {(each.weights, each.probs) for fact in facts for each in fact.layers} == {((), ())}
    (end,) = of(events, RunFinished)
    assert (end.answer, end.reason) == ("it is 2", "end")


def test_a_prompts_tokens_have_the_names_that_are_told() -> None:
    facts = of(held(reply(json.dumps(VLLM))), ExpertsRouted)
    assert [(fact.id, fact.token) for fact in facts[:3]] == [(1, "#1"), (50, "add"), (51, " 1")]


def test_the_routes_are_recorded_and_drawn_without_weights(tmp_path: Any) -> None:
    from fusionlab.runfiles import read_run

    with server(reply(json.dumps(VLLM))) as url:
        member = MemberRecipe(f"api:{url}#m", "far")
        recipe = Recipe(method="moe", members=(member,), prompt="add 1")
        for _ in recorded(run(recipe, Pool()), tmp_path / "run.jsonl", recipe):
            pass
    view = expert_view(read_run(tmp_path / "run.jsonl"))
    assert [layer["weighed"] for layer in view["layers"]] == [False] * LAYERS
    assert view["steps"][0]["layers"][0]["weights"] == []
    load = view["texts"][0]["load"][0]
    assert sum(load["counts"]) == len(ALL) * K
    assert [load[name] for name in ("cv", "peak", "balance")] == [None] * 3


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "too few tokens": (answer({"routed_experts": npy(ALL[:-2])}), "routes-of-other-length"),
    "no base64": (answer({"routed_experts": "%%%"}), "routes-not-base64"),
    "no array": (answer({"routed_experts": flat(ALL)}), "routes-not-an-array"),
    "flat array": (answer({"routed_experts": npy(ALL.ravel())}), "routes-not-an-array"),
    "no numbers": (answer({"routed_experts": npy(ALL + 0.5)}), "routes-not-an-array"),
    "ragged": (answer({"routed_experts": [[[1, 2]], [[1]]]}), "routes-uneven"),
    "text in lists": (answer({"routed_experts": [[["a"]]] * 6}), "routes-not-an-array"),
    "nobody": (answer({"routed_experts": npy(ALL + 9_000)}), "routes-no-expert"),
    "negative": (answer({"routed_experts": npy(ALL - 5)}), "routes-no-expert"),
    "twice": (answer({"routed_experts": npy(np.ones_like(ALL))}), "routes-twice"),
    "half a number": (
        answer({}, sglext={"routed_experts": base64.b64encode(b"123").decode()}),
        "routes-not-numbers",
    ),
    "uneven": (
        answer({}, sglext={"routed_experts": flat(ALL.ravel()[:-1])}),
        "routes-not-by-token",
    ),
}


@pytest.mark.parametrize(("form", "why"), BROKEN.values(), ids=BROKEN)
def test_of_broken_routes_the_answer_stays(form: dict[str, Any], why: str) -> None:
    events = held(reply(json.dumps(form)))
    (warned,) = of(events, Warned)
    assert (keyed(warned), warned.sentence.values["why"].key) == ("server-routes-broken", why)
    assert not of(events, ExpertsRouted)
    assert of(events, RunFinished)[0].answer == "it is 2"


def test_an_array_that_claims_more_than_it_holds_is_not_made() -> None:
    whole = base64.b64decode(npy(ALL))
    grown = whole.replace(b"(6, 2, 2)", b"(9**9,2,2")  # no shape, and none of 387 million
    huge = whole.replace(b"(6, 2, 2), }   ", b"(600000000, 2, 2), }"[:15].ljust(15))
    for content in (grown, huge):
        told = answer({"routed_experts": base64.b64encode(content).decode()})
        assert [keyed(each) for each in routes.tokens_told(told, "it")[1]] == [
            "server-routes-broken"
        ]


def test_tokens_from_a_cache_are_left_out_and_counted() -> None:
    gaps = ALL.copy()
    gaps[0] = -1
    events = held(reply(json.dumps(answer({"routed_experts": npy(gaps)}))))
    assert [fact.position for fact in of(events, ExpertsRouted)] == [1, 2, 3, 4, 5]
    assert {keyed(each) for each in of(events, Warned)} == {"server-routes-untold"}


def test_a_server_that_tells_nothing_or_takes_no_question_still_answers() -> None:
    silent = held(reply(json.dumps(answer({}))))
    assert [keyed(each) for each in of(silent, Warned)] == ["server-no-routes"]
    strict = unless(
        lambda asked: "return_routed_experts" in asked,
        refused("unknown field return_routed_experts"),
        reply(json.dumps(answer({}))),
    )
    events = held(strict)
    assert {keyed(each) for each in of(events, Warned)} == {
        "server-no-routes",
        "server-routes-refused",
    }
    assert of(events, RunFinished)[0].answer == "it is 2"


def test_layers_without_experts_are_no_layers_of_routes() -> None:
    """SGLang has a row for every layer, zero for the dense ones."""
    whole = np.concatenate([np.zeros_like(ALL[:, :1]), ALL], axis=1)
    for form in ({"routed_experts": npy(whole)}, {"meta_info": {"routed_experts": flat(whole)}}):
        facts = of(held(reply(json.dumps(answer(form)))), ExpertsRouted)
        assert [[each.layer for each in fact.layers] for fact in facts] == [[1, 2]] * len(ALL)


@settings(deadline=None, max_examples=30)
@given(st.integers(24, 40), st.integers(1, 6), st.integers(2, 4), st.integers(0, 2**32))
def test_the_shape_is_read_off_the_numbers(n: int, layers: int, k: int, seed: int) -> None:
    """With eight experts, the odds of a larger k without a repetition are below 1 in 10⁶: two pairs
    of one token are without one in 15 of 28. What is drawn must not be chosen by whoever looks for
    the example that fails.
    """
    random = Random(seed)
    drawn = [[random.sample(range(8), k) for _ in range(layers)] for _ in range(n)]
    array = np.array(drawn)
    told = answer(
        {"meta_info": {"prompt_tokens": n, "completion_tokens": 1, "routed_experts": flat(array)}},
        usage=None,
    )
    told["choices"][0]["logprobs"] = None
    tokens, _ = routes.tokens_told(told, "it")
    assert [[each.experts for each in token.layers] for token in tokens] == [
        [tuple(experts) for experts in token] for token in drawn
    ]


def test_experts_elsewhere_are_not_steered() -> None:
    with pytest.raises(SettingError) as caught:
        held(reply(json.dumps(VLLM)), steer="ban 1@0")
    assert caught.value.sentence.key == "steer-elsewhere"


def test_a_server_without_such_answers_says_where_to_look() -> None:
    with pytest.raises(FusionError):
        held(refused("no", status=500))
