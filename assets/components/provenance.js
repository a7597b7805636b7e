/**
 * Where a token comes from: each member's share of it, who was pivotal, and how many agreed.
 *
 * A run that did not tell who was pivotal is asked what its record can decide. `s` is the stage of
 * `tokens`.
 */
(() => {
  "use strict";
  const { chip, el, measure, memberClass, memberName, own, percent, swatch, term, whole } =
    window.FusionLab.core;
  const { without } = window.FusionLab.repool;
  const { said, t } = window.FusionLab.words;
  const FOUND = new WeakMap();

  /** Of a member at a step: true or false, or null where nobody knows; and what else would win. */
  const pivotalOf = (s, step, member, i) => {
    const mine = own(step.members, member.name);
    if (!mine) return { pivotal: null };
    if (typeof mine.pivotal === "boolean")
      return { pivotal: mine.pivotal, token: mine.instead?.token };
    return without(s, step, i);
  };

  /** What is known of each member, in the order of the stage; worked out once. */
  const pivotals = (s, step) => {
    if (!FOUND.has(step))
      FOUND.set(
        step,
        s.members.length > 1 ? s.members.map((m, i) => pivotalOf(s, step, m, i)) : [],
      );
    return FOUND.get(step);
  };

  /** The members that were pivotal, each with what would have won without it. */
  const pivotalAt = (s, step) =>
    pivotals(s, step).flatMap(({ pivotal, token }, i) =>
      pivotal ? [{ member: s.members[i], token }] : [],
    );

  /** Whether it is known of all members that could have been. */
  const isDecided = (s, step) => pivotals(s, step).every(({ pivotal }) => pivotal !== null);

  /** The pivotal members in words; nothing where there is none. */
  const pivotalWords = (s, step) => {
    const names = pivotalAt(s, step).map(({ member }) => member.name);
    return names.length ? [t("tokens-pivotal", { names: said(names) })] : [];
  };

  /** How many members' first choice it was. */
  const agreement = (step) => {
    const of = Object.keys(step.members || {}).length;
    return t("tokens-agree", { n: String(whole(step.agree)), of: String(of) });
  };

  /** One fact of a step, under its term. */
  const fact = (key, value) =>
    el(
      "li",
      { class: "fl-fact" },
      el("span", { class: "fl-fact-name" }, term(key, t(`tokens-fact-${key}`))),
      " ",
      value,
    );

  /** Agreement and pivotal members, where they are known. */
  const originFacts = (s, step) => {
    const found = pivotalAt(s, step);
    const nobody = isDecided(s, step) && t("tokens-pivotal-nobody");
    const who = found.map(({ member, token }) =>
      el(
        "span",
        { class: "fl-pivot" },
        memberName(member),
        token !== undefined && [
          el("span", { class: "fl-fact-name" }, t("tokens-pivotal-instead")),
          chip(token),
        ],
      ),
    );
    return [
      fact("agreement", agreement(step)),
      (found.length > 0 || nobody) && fact("pivotal", found.length ? who : nobody),
    ];
  };

  /** Each member's share, where the pool has parts; null else. */
  const sharesOf = (s, step) => {
    const shares = s.members.map((member) => own(step.members, member.name)?.share);
    return shares.some((share) => share > 0) ? shares.map((share) => share || 0) : null;
  };

  /** The shares as one bar and in numbers. */
  const shareBar = (s, step) => {
    const shares = s.members.length > 1 && sharesOf(s, step);
    if (!shares) return null;
    const ranked = s.members.map((member, i) => [member, shares[i]]).filter(([, p]) => p > 0);
    return el(
      "div",
      { class: "fl-shares" },
      el("span", { class: "fl-fact-name" }, term("share", t("tokens-fact-share"))),
      el(
        "span",
        { class: "fl-stack", "aria-hidden": "true" },
        ranked.map(([member, share]) =>
          measure(el("span", { class: `fl-segment ${memberClass(member.index)}` }), "--w", share),
        ),
      ),
      el(
        "ul",
        { class: "fl-shares-list" },
        ranked.map(([member, share]) =>
          el("li", { title: member.name }, swatch(member.index), " ", percent(share)),
        ),
      ),
    );
  };

  /** What the table of a step says of a member's part in it. */
  const cellsOf = (s, step, member, i) => {
    const { pivotal } = pivotals(s, step)[i] || { pivotal: null };
    const share = sharesOf(s, step)?.[i];
    const known = typeof pivotal === "boolean";
    return [
      share === undefined || !own(step.members, member.name) ? "" : percent(share),
      known ? t(pivotal ? "tokens-yes" : "tokens-no") : "",
    ];
  };

  /** What the table of all steps says of one: who agreed, who was pivotal. */
  const courseCells = (s, step) => {
    const names = pivotalAt(s, step).map(({ member }) => member.name);
    const nobody = isDecided(s, step) ? t("tokens-pivotal-nobody") : "";
    return [agreement(step), names.length ? said(names) : nobody];
  };

  window.FusionLab.provenance = {
    cellsOf,
    courseCells,
    originFacts,
    pivotalAt,
    pivotalWords,
    shareBar,
  };
})();
