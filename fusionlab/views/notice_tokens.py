"""What to notice about tokens: where members parted, whose wish won, what nobody wanted alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from fusionlab.events import Candidate, MemberStep, TokenChosen
from fusionlab.trace import Trace
from fusionlab.views.members import members_of, wanted
from fusionlab.views.noted import Noted, noted
from fusionlab.views.spoken import Said, quoted, saying
from fusionlab.views.tokens import is_searched, is_signed, token_view

NAMED = 3
"""The most wishes, and the most members, that one sentence names."""
GATED = {"unsure": "notice-acted", "disputed": "notice-disputed"}
"""What is said of each rule by which the first member may write alone."""
UNSURE = 0.8
"""Probability of a chosen token from which a model that writes alone was sure of it."""


def token_notes(trace: Trace) -> Iterator[Noted]:
    """What is to be noticed about the tokens of this run, the most telling first."""
    tokens = trace.tokens
    if trace.given:
        yield noted("notice-begun", n=len(trace.given.tokens))
    if not tokens:
        return
    if len(members_of(trace)) < 2:
        yield from _least_sure(tokens)
    else:
        asked = all(len(token.members) > 1 for token in tokens)
        parted = [token for token in tokens if len(_wishes(token)) > 1]
        yield from _acted(trace)
        if parted:
            yield _most_apart(parted)
        elif asked:
            yield noted("notice-tokens-agreed", n=len(tokens))
        if (parted or not asked) and not is_searched(trace):
            yield from _deciders(trace)
        if not is_signed(trace):
            yield from _nobodys(parted)
        yield from _pivotal(trace)
        if parted and asked:
            yield noted("notice-tokens-same", n=len(tokens) - len(parted), of=len(tokens))
        yield from _weighed(trace)
        if is_signed(trace):
            yield _turned(trace)
    yield from _drawn(trace)


def _acted(trace: Trace) -> Iterator[Noted]:
    """At how many steps members were pooled, and who was left out of how many."""
    tokens, rule = trace.tokens, trace.recipe.settings.get("act")
    if rule in GATED:
        gate = members_of(trace)[0]["name"]
        n = sum(token.acted is True for token in tokens)
        yield noted(GATED[rule], name=gate, n=n, of=len(tokens))
    out = Counter(name for token in tokens for name in token.left_out)
    for name, n in out.most_common(NAMED):
        first = next(token.step for token in tokens if name in token.left_out)
        yield noted("notice-left-out", first, name=name, n=n, of=len(tokens))


def _turned(trace: Trace) -> Noted:
    """How often the first member, who counts for a token, would have written something else."""
    name = members_of(trace)[0]["name"]
    own = [(token, token.members[name]) for token in trace.tokens if name in token.members]
    other = [token.step for token, step in own if step.top and wanted(step, token) != token.token]
    return noted("notice-turned", *other[:1], name=name, n=len(other), of=len(own))


def _weighed(trace: Trace) -> Iterator[Noted]:
    """Who counted most where weights go by more than what was set."""
    if trace.recipe.settings.get("weighting", "fixed") == "fixed":
        return
    sums: dict[str, float] = {}
    for token in trace.tokens:
        for name, own in token.members.items():
            sums[name] = sums.get(name, 0) + (own.weight or 0)
    if not sums:
        return
    name, total = max(sums.items(), key=lambda each: each[1])
    yield noted("notice-weighed", name=name, share=total / len(trace.tokens))


def _wishes(token: TokenChosen) -> dict[str, list[tuple[str, float]]]:
    """Members and their probabilities by the token that each would have written."""
    wishes: dict[str, list[tuple[str, float]]] = {}
    for name, own in token.members.items():
        if own.top:
            wishes.setdefault(wanted(own, token), []).append((name, own.top[0].p))
    return wishes


def _most_apart(parted: Sequence[TokenChosen]) -> Noted:
    """Who wanted what at the step of greatest disagreement, and what was written."""
    token = max(parted, key=lambda each: each.divergence)
    wishes = _wishes(token)
    told = [_wish(wanted, by) for wanted, by in list(wishes.items())[:NAMED]]
    key = "notice-tokens-apart-more" if len(wishes) > NAMED else "notice-tokens-apart"
    return noted(key, token.step, step=token.step + 1, wishes=told, token=quoted(token.token))


def _wish(token: str, by: Sequence[tuple[str, float]]) -> Said:
    names = [name for name, _ in by]
    if len(names) > NAMED:
        return saying("notice-wish-of-many", n=len(names), token=quoted(token))
    p = sum(p for _, p in by) / len(by)
    key = "notice-wish" if len(by) == 1 else "notice-wish-of-several"
    return saying(key, names=names, token=quoted(token), p=p)


def _deciders(trace: Trace) -> Iterator[Noted]:
    """Over all steps, who decided how many."""
    view = token_view(trace)
    decided = Counter(step["decided"] for step in view["steps"])
    names = {member["index"]: member["name"] for member in view["members"]}
    ranked = [(names[at], n) for at, n in decided.most_common() if at in names]
    steps = len(view["steps"])
    if ranked:
        (first, most), *others = ranked
        rest = [saying("notice-decided-also", name=name, n=n) for name, n in others[:NAMED]]
        if level := decided[-1]:
            rest.append(saying("notice-decided-level", n=level))
        values: dict[str, Any] = {"name": first, "n": most, "of": steps, "share": most / steps}
        if others and others[0][1] == most:
            yield noted("notice-decided-level-most", **values, others=rest)
        elif rest:
            yield noted("notice-decided-with", **values, others=rest)
        else:
            yield noted("notice-decided", **values)


def _nobodys(parted: Sequence[TokenChosen]) -> Iterator[Noted]:
    """The surest token that was the pool's first choice, and no member's."""
    found = [
        token
        for token in parted
        if token.fused and _is(token.fused[0], token) and token.token not in _wishes(token)
    ]
    if found:
        token = max(found, key=lambda each: each.p)
        yield noted(
            "notice-tokens-nobodys", token.step, step=token.step + 1, token=quoted(token.token)
        )


def _pivotal(trace: Trace) -> Iterator[Noted]:
    """Who was pivotal most often, where it was closest, and how often others were.

    Not of two members that count by powers: there it is how often the first was overruled, which is
    said already.
    """
    if is_signed(trace) and len(members_of(trace)) < 3:
        return
    told = [(token, each) for token in trace.tokens for each in token.members.items()]
    counted = Counter(name for _, (name, own) in told if own.pivotal)
    if not counted:
        return
    (name, n), *others = counted.most_common(NAMED + 1)
    own = [(token, step) for token, (whose, step) in told if whose == name]
    known = [(token, step) for token, step in own if step.pivotal is not None]
    pivotal = [(token, step) for token, step in known if step.pivotal]
    token, step = max(pivotal, key=lambda each: _likeliness(each[1].instead))
    every = "notice-pivotal-steps"
    if len(known) < len(own):
        listed = token.coverage is not None
        every = "notice-pivotal-certain" if listed else "notice-pivotal-pooled"
    also = [saying("notice-pivotal-also", name=other, n=times) for other, times in others]
    values: dict[str, Any] = {"name": name, "n": n, "of": saying(every, n=len(known))}
    values |= {"example": _instead(token, step)} | ({"others": also} if also else {})
    yield noted("notice-pivotal-with" if also else "notice-pivotal", token.step, **values)


def _likeliness(instead: Candidate | None) -> float:
    """How well what would have come first can be told: by its probability; bytes, badly."""
    if instead is None:
        return -2.0
    return -1.0 if instead.token.startswith("\\x") else instead.p


def _instead(token: TokenChosen, own: MemberStep) -> Said:
    """What would have come first without this member, as far as it is known."""
    if own.instead is None:
        return saying("notice-pivotal-another", step=token.step + 1)
    first, other = quoted(token.fused[0].token), quoted(own.instead.token)
    return saying("notice-pivotal-instead", step=token.step + 1, token=first, other=other)


def _least_sure(tokens: Sequence[TokenChosen]) -> Iterator[Noted]:
    """Where a model that writes alone was least sure, and what else might have stood there."""
    token = min(tokens, key=lambda each: each.p)
    other = _next_best(token)
    if token.p < UNSURE and other:
        yield noted(
            "notice-tokens-least-sure",
            token.step,
            step=token.step + 1,
            token=quoted(token.token),
            p=token.p,
            other=quoted(other.token),
            q=other.p,
        )
    sure = sum(each.p >= UNSURE for each in tokens)
    yield noted("notice-tokens-sure", n=sure, of=len(tokens), p=UNSURE)


def _next_best(token: TokenChosen) -> Candidate | None:
    return next((each for each in token.fused if not _is(each, token)), None)


def _is(candidate: Candidate, token: TokenChosen) -> bool:
    """Whether this candidate was chosen; members without a common vocabulary give it no id."""
    return (candidate.id, candidate.token) == (token.id, token.token)


def _drawn(trace: Trace) -> Iterator[Noted]:
    """How many tokens were drawn although another was more likely."""
    temperature = trace.recipe.sampling.temperature
    drawn = [each for each in trace.tokens if each.fused and each.fused[0].p > each.p]
    if drawn and temperature > 0:
        token = min(drawn, key=lambda each: each.p)
        yield noted(
            "notice-tokens-drawn",
            token.step,
            n=len(drawn),
            of=len(trace.tokens),
            step=token.step + 1,
            token=quoted(token.token),
            p=token.p,
        )
