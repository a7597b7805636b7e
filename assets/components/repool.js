/**
 * What a pool would choose first under other weights, from what a run recorded of its members.
 *
 * Known of a member are its likeliest tokens, the pool's best, and the token that was written. Any
 * other has a probability from 0 to the least of its likeliest, or to what all of them leave of 1.
 * So scores are intervals, in log-probabilities; a first choice is told only where its interval
 * lies above all others, that of tokens which nobody listed included.
 */
(() => {
  "use strict";
  const { list, number, own, text, unit, whole } = window.FusionLab.core;
  const ROUNDED = 1e-5; // of single precision, relative
  const SLACK = 1e-6; // of what is left of 1
  const LEVEL = 1e-6;
  const POOLINGS = ["arithmetic", "geometric", "maximum", "minimum", "majority"];
  const KNOWN = new WeakMap();

  /** What tells a token from others: its id, or where that was not recorded, its text. */
  const keyOf = (c) => (whole(c?.id, -1) >= 0 ? whole(c.id) : `“${text(c?.token)}`);

  /** What one member's distribution is known to be. */
  const memberOf = (s, step, member, i) => {
    const mine = own(step.members, member.name);
    if (!mine) return null;
    const known = new Map();
    const top = list(mine.top);
    for (const c of top) known.set(keyOf(c), unit(c?.p));
    for (const c of list(step.fused)) {
      const p = list(c?.parts)[i];
      if (number(p) > 0) known.set(keyOf(c), unit(p)); // 0 may stand for what nobody told
    }
    if (number(mine.p_chosen) > 0) known.set(keyOf(step), unit(mine.p_chosen));
    const listed = [...known.values()].reduce((sum, p) => sum + p, 0);
    const left = Math.min(1, Math.max(0, 1 - listed) + SLACK);
    const least = Math.min(1, ...top.map((c) => unit(c?.p))) * (1 + ROUNDED);
    const [first, second] = top;
    const level = second && unit(second.p) === unit(first.p);
    const wish = first && !level ? keyOf(first) : null;
    return { known, left, most: Math.min(left, least), wish };
  };

  /** The step as it is known: its tokens, and of each member that was asked, its probabilities. */
  const knownOf = (s, step) => {
    const old = KNOWN.get(step);
    if (old) return old;
    const members = s.members.map((member, i) => memberOf(s, step, member, i));
    const tokens = new Map([[keyOf(step), text(step.token)]]);
    for (const c of [
      ...list(step.fused),
      ...s.members.flatMap((m) => list(own(step.members, m.name)?.top)),
    ])
      tokens.set(keyOf(c), text(c?.token));
    const first = list(step.fused)[0];
    const written = list(step.fused).find((c) => keyOf(c) === keyOf(step));
    const tied = written && unit(written.p) === unit(first.p); // what was written came first
    const found = { members, tokens, first: first ? keyOf(tied ? step : first) : null };
    KNOWN.set(step, found);
    return found;
  };

  /** From where to where each pooling puts a score, of [low, high] and a weight for each member. */
  const SCORES = {
    arithmetic: (parts, end) => Math.log(parts.reduce((sum, [p, w]) => sum + w * p[end], 0)),
    geometric: (parts, end) => parts.reduce((sum, [p, w]) => sum + w * Math.log(p[end]), 0),
    maximum: (parts, end) => Math.log(Math.max(...parts.map(([p]) => p[end]))),
    minimum: (parts, end) => Math.log(Math.min(...parts.map(([p]) => p[end]))),
  };

  /** Of all tokens' scores together, how much those that nobody listed can have. */
  const UNSEEN = {
    arithmetic: (parts) => parts.reduce((sum, [left, w]) => sum + w * left, 0),
    geometric: (parts) => parts.reduce((all, [left, w]) => all * left ** w, 1), // Hölder
    maximum: (parts) => parts.reduce((sum, [left]) => sum + left, 0),
    minimum: (parts) => Math.min(...parts.map(([left]) => left)),
  };

  /** Those who count, each with its weight, which sum to 1; null where that is nobody. */
  const countingOf = (known, weights) => {
    const here = known.members
      .map((member, i) => [member, number(weights[i])])
      .filter(([member, w]) => member && w > 0);
    const total = here.reduce((sum, [, w]) => sum + w, 0);
    return total > 0 ? here.map(([member, w]) => [member, w / total]) : null;
  };

  /** The interval of each listed token's score, and the highest of any other. */
  const scored = (known, counting, pooling) => {
    const score = SCORES[pooling];
    const bounds = (member, key) => {
      const p = member.known.get(key);
      return p === undefined ? [0, member.most] : [p * (1 - ROUNDED), p * (1 + ROUNDED)];
    };
    const interval = (key) => {
      const parts = counting.map(([member, w]) => [bounds(member, key), w]);
      return { key, low: score(parts, 0), high: score(parts, 1) };
    };
    const others = counting.map(([member, w]) => [[0, member.most], w]);
    return { listed: [...known.tokens.keys()].map(interval), unseen: score(others, 1) };
  };

  /** Under a majority: those behind each wish, and of level ones the likelier by the mean. */
  const elected = (known, counting) => {
    if (counting.some(([member]) => member.wish === null)) return null;
    const behind = new Map();
    for (const [{ wish }, w] of counting) behind.set(wish, (behind.get(wish) || 0) + w);
    const most = Math.max(...behind.values());
    const level = [...behind.keys()].filter((key) => behind.get(key) >= most - LEVEL);
    const { listed } = scored(known, counting, "arithmetic");
    return bestOf(
      listed.filter(({ key }) => level.includes(key)),
      -Infinity,
    );
  };

  /** The first choice, where it is certain, and all that it can be. */
  const bestOf = (listed, unseen) => {
    const best = listed.reduce((a, b) => (b.low > a.low ? b : a));
    const rivals = listed.filter((each) => each !== best && each.high >= best.low);
    const open = unseen >= best.low;
    return { certain: !rivals.length && !open, key: best.key, could: [best, ...rivals], open };
  };

  /** The same, where all that it can be is alike to everyone: then what was written comes first. */
  const settled = (known, counting, found) => {
    const keys = found.could.map(({ key }) => key);
    const alike = ([{ known: own }]) =>
      keys.every((key) => own.has(key) && own.get(key) === own.get(keys[0]));
    if (found.certain || found.open || !keys.includes(known.first) || !counting.every(alike))
      return found;
    const could = found.could.filter(({ key }) => key === known.first);
    return { certain: true, key: known.first, could, open: false };
  };

  /**
   * The pool's first choice under these weights, one for each member of the stage: its `key` where
   * it is `certain`; else `could` lists what it can be, and `open` says that it can be a token that
   * nobody listed. Null where it cannot be said at all.
   */
  const firstOf = (s, step, weights, pooling) => {
    const known = knownOf(s, step);
    const counting = countingOf(known, weights);
    if (!counting || !POOLINGS.includes(pooling)) return null;
    if (pooling === "majority") return elected(known, counting);
    const { listed, unseen } = scored(known, counting, pooling);
    return settled(known, counting, bestOf(listed, unseen));
  };

  /** Between which two values the probability of each listed token lies; likeliest first. */
  const rangesOf = (s, step, weights, pooling) => {
    const known = knownOf(s, step);
    let counting = countingOf(known, weights);
    if (!counting || !POOLINGS.includes(pooling)) return [];
    if (pooling === "majority") {
      const winner = elected(known, counting);
      if (!winner?.certain) return [];
      counting = counting.filter(([member]) => member.wish === winner.key);
      const total = counting.reduce((sum, [, w]) => sum + w, 0);
      counting = counting.map(([member, w]) => [member, w / total]);
    }
    const by = pooling === "majority" ? "arithmetic" : pooling;
    const { listed } = scored(known, counting, by);
    const rest = UNSEEN[by](counting.map(([member, w]) => [member.left, w]));
    const each = listed.map(({ key, low, high }) => [key, Math.exp(low), Math.exp(high)]);
    const lows = each.reduce((sum, [, low]) => sum + low, 0);
    const highs = each.reduce((sum, [, , high]) => sum + high, rest);
    return each
      .map(([key, low, high]) => ({
        key,
        token: known.tokens.get(key),
        low: by === "arithmetic" ? low : ratio(low, highs - high),
        high: by === "arithmetic" ? Math.min(1, high) : ratio(high, lows - low),
      }))
      .sort((a, b) => b.low + b.high - a.low - a.high);
  };

  /** A part of a whole, which is this part and others. */
  const ratio = (part, others) => (part > 0 ? part / (part + Math.max(0, others)) : 0);

  /** How much each member counted at this step; 0 for whom nobody asked. */
  const weightsOf = (s, step) =>
    s.members.map((member) => {
      const mine = own(step.members, member.name);
      return mine ? number(mine.weight, member.weight) : 0;
    });

  /**
   * Whether this member was pivotal, as far as the record can say: true, false or null, and the
   * first choice without it.
   */
  const without = (s, step, index) => {
    const weights = weightsOf(s, step);
    const others = weights.map((w, i) => (i === index ? 0 : w));
    if (!(weights[index] > 0)) return { pivotal: others.some((w) => w > 0) ? false : null };
    const known = knownOf(s, step);
    const found = known.first !== null && firstOf(s, step, others, s.pooling);
    if (!found) return { pivotal: null };
    const could = found.could.map(({ key }) => key);
    if (found.certain)
      return { pivotal: found.key !== known.first, token: known.tokens.get(found.key) };
    return { pivotal: found.open || could.includes(known.first) ? null : true };
  };

  window.FusionLab.repool = { POOLINGS, firstOf, keyOf, knownOf, rangesOf, weightsOf, without };
})();
