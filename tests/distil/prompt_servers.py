"""vLLM and SGLang as far as they tell of prompts: their forms, a real model's numbers.

The forms are those of vLLM 0.10 to 0.20 (`CompletionResponseChoice.prompt_logprobs`) and of SGLang
0.4 to 0.5 (`meta_info` of /generate).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import torch

from fusionlab.engines.transformers import TransformersModel
from tests.fake_server import Handler, Script, refused, reply

NAME = "org/tiny"
CONTEXT = 512
MOST = 20
"""vLLM's max_logprobs by default."""


def listed(owner: str) -> Script:
    """What is answered at /v1/models."""
    row = {"id": NAME, "object": "model", "created": 1, "owned_by": owner}
    return reply(json.dumps({"data": [{**row, "root": "/models/tiny", "max_model_len": CONTEXT}]}))


def vllm(model: TransformersModel, change: Callable[[Any], Any] = lambda told: told) -> Script:
    """POST /v1/completions with `prompt_logprobs`; anything else is not found."""

    def script(handler: Handler) -> None:
        asked = handler.asked
        if not handler.path.endswith("/v1/completions"):
            return reply(json.dumps({"detail": "Not Found"}), status=404)(handler)
        if asked["prompt_logprobs"] > MOST:
            return refused(
                f"Requested prompt logprobs of {asked['prompt_logprobs']}, which is greater than "
                f"max allowed: {MOST}"
            )(handler)
        ids = _ids(model, asked["prompt"])
        told: list[Any] = [None]
        for token, logprobs in zip(ids[1:], _logprobs(model, ids), strict=False):
            best = logprobs.topk(asked["prompt_logprobs"]).indices.tolist()
            ranks = {each: rank for rank, each in enumerate(best, 1)}
            ranks.setdefault(token, int((logprobs > logprobs[token]).sum()) + 1)
            told.append(
                {
                    str(each): {
                        "logprob": float(logprobs[each]),
                        "rank": rank,
                        "decoded_token": model.tokenizer.decode([each]),
                    }
                    for each, rank in {token: ranks[token], **ranks}.items()
                }
            )
        choice = {"index": 0, "text": "x", "logprobs": None, "finish_reason": "length"}
        answer: dict[str, Any] = {"id": "cmpl-1", "object": "text_completion", "model": NAME}
        answer |= {"choices": [{**choice, "prompt_logprobs": change(told)}]}
        return reply(json.dumps(answer))(handler)

    return script


def sglang(model: TransformersModel, change: Callable[[Any], Any] = lambda told: told) -> Script:
    """POST /generate with `return_logprob`; completions tell nothing of prompts."""

    def script(handler: Handler) -> None:
        asked = handler.asked
        if handler.path.endswith("/v1/completions"):
            choice = {"index": 0, "text": "x", "logprobs": None, "finish_reason": "length"}
            return reply(json.dumps({"id": "1", "choices": [choice]}))(handler)
        if handler.path != "/generate":
            return reply("{}", status=404)(handler)
        ids = _ids(model, asked.get("input_ids", asked.get("text")))
        assert asked["return_logprob"]
        assert asked["logprob_start_len"] == 0
        own: list[Any] = [[None, ids[0], None]]
        best: list[Any] = [None]
        for token, logprobs in zip(ids[1:], _logprobs(model, ids), strict=False):
            own.append([float(logprobs[token]), token, None])
            top = logprobs.topk(asked["top_logprobs_num"])
            pairs = zip(top.values.tolist(), top.indices.tolist(), strict=True)
            best.append([[lp, each, None] for lp, each in pairs])
        told = {"input_token_logprobs": own, "input_top_logprobs": best}
        meta = {"id": "1", "prompt_tokens": len(ids), "completion_tokens": 1, **told}
        answer = {"text": "x", "output_ids": [0], "meta_info": change(meta)}
        return reply(json.dumps(answer))(handler)

    return script


def _ids(model: TransformersModel, prompt: str | Sequence[int]) -> list[int]:
    if isinstance(prompt, str):
        found: list[int] = model.tokenizer(prompt)["input_ids"]
        return found
    return list(prompt)


@torch.inference_mode()
def _logprobs(model: TransformersModel, ids: Sequence[int]) -> torch.Tensor:
    logits = model.model(input_ids=torch.tensor([list(ids)])).logits[0]
    logprobs: torch.Tensor = logits[:, : len(model.vocabulary.pieces)].float().log_softmax(dim=-1)
    return logprobs
