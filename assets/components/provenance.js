/**
 * Where a token comes from: each member's share of it, who was pivotal, and how many agreed.
 *
 * A run that did not tell who was pivotal is asked what its record can decide. `s` is the stage of
 * `tokens`.
 */
(() => {
  "use strict";
  const { el, mark, measure, memberClass, memberName, own, shares, swatch, term, whole } =
    window.FusionLab.core;
  const { without } = window.FusionLab.repool;
  const { said, t } = window.FusionLab.words;
  const FOUND = new WeakMap();

  /**
   * Of a member at a step: true or false, or null where nobody knows or there is no choice without
   * it; what else would win; and whether that is `open`. Where members told only their best tokens,
   * the run alone can judge: a token of one may be several of another.
   */
  const pivotalOf = (s, step, member, i) => {
    const mine = own(step.members, member.name);
    if (typeof mine?.pivotal === "boolean")
      return { pivotal: mine.pivotal, token: mine.instead?.token };
    if (!mine || mine.open === false) return { pivotal: null };
    const found = s.partial ? { pivotal: null } : without(s, step, i);
    return { ...found, open: found.pivotal === null };
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

  /** Names of the members of which this holds. */
  const namesOf = (s, step, is) =>
    said(s.members.filter((_, i) => is(pivotals(s, step)[i] || {})).map(({ name }) => name));

  /** Whether it is not known of somebody whether it was pivotal. */
  const isOpen = (s, step) => pivotals(s, step).some(({ open }) => open);

  /** The pivotal members in words, and of whom it is not known; nothing where there are none. */
  const pivotalWords = (s, step) => {
    const names = namesOf(s, step, ({ pivotal }) => pivotal);
    return [...(names ? [t("tokens-pivotal", { names })] : []), ...openWords(s, step, "-long")];
  };

  /** Of whom it is not known, in words. */
  const openWords = (s, step, form) => {
    const names = namesOf(s, step, ({ open }) => open);
    return names ? [t(`tokens-pivotal-open${form}`, { names })] : [];
  };

  /** What is to be said besides pivotal members: of whom it is not known, or that there is none. */
  const otherWords = (s, step) => {
    if (isOpen(s, step)) return openWords(s, step, "");
    const all = pivotals(s, step);
    if (all.some(({ pivotal }) => pivotal) || !all.some(({ pivotal }) => pivotal === false))
      return [];
    if (all.every(({ pivotal }) => pivotal === false)) return [t("tokens-pivotal-nobody")];
    const each = s.members.flatMap(({ name }, i) => {
      if (!own(step.members, name)) return []; // nobody asked it
      const no = all[i].pivotal === false;
      return t(no ? "tokens-pivotal-of-no" : "tokens-pivotal-of-needed", { name });
    });
    return [each.reduce((before, next) => t("tokens-pivotal-next", { before, next }))];
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
    const who = pivotalAt(s, step).map(({ member, token }) =>
      el(
        "span",
        { class: "fl-pivot" },
        memberName(member),
        token !== undefined && [
          el("span", { class: "fl-fact-name" }, t("tokens-pivotal-instead")),
          mark(token),
        ],
      ),
    );
    const rest = otherWords(s, step).map((words) => el("span", { class: "fl-pivot" }, words));
    return [
      fact("agreement", agreement(step)),
      who.length + rest.length > 0 && fact("pivotal", [...who, ...rest]),
    ];
  };

  /** Each member's share, where the pool has parts; null else. */
  const sharesOf = (s, step) => {
    const parts = s.members.map((member) => own(step.members, member.name)?.share);
    return parts.some((part) => part > 0) ? parts.map((part) => part || 0) : null;
  };

  /** The shares as one bar and in numbers. */
  const shareBar = (s, step) => {
    const parts = s.members.length > 1 && sharesOf(s, step);
    if (!parts) return null;
    const told = shares(parts);
    const ranked = s.members
      .map((member, i) => [member, parts[i], told[i]])
      .filter(([, part]) => part > 0);
    return el(
      "div",
      { class: "fl-shares" },
      el("span", { class: "fl-fact-name" }, term("share", t("tokens-fact-share"))),
      el(
        "span",
        { class: "fl-stack", "aria-hidden": "true" },
        ranked.map(([member, part]) =>
          measure(el("span", { class: `fl-segment ${memberClass(member.index)}` }), "--w", part),
        ),
      ),
      el(
        "ul",
        { class: "fl-shares-list" },
        ranked.map(([member, , words]) =>
          el("li", { title: member.name }, swatch(member.index), " ", words),
        ),
      ),
    );
  };

  /** What the table of a step says of a member's part in it. */
  const cellsOf = (s, step, member, i) => {
    const { pivotal, open } = pivotals(s, step)[i] || {};
    const parts = sharesOf(s, step);
    const known = typeof pivotal === "boolean";
    return [
      parts && own(step.members, member.name) ? shares(parts)[i] : "",
      known ? t(pivotal ? "tokens-yes" : "tokens-no") : open ? t("tokens-not-known") : "–",
    ];
  };

  /** What the table of all steps says of one: who agreed, who was pivotal. */
  const courseCells = (s, step) => {
    const names = namesOf(s, step, ({ pivotal }) => pivotal);
    return [
      agreement(step),
      [...(names ? [names] : []), ...otherWords(s, step)].join(" · ") || "–",
    ];
  };

  /** What the marks of pivotal members mean; the second where a token of the strip has it. */
  const pivotalKeys = (s) => {
    if (s.members.length < 2 || s.pooling === "none") return null;
    const key = (mark, name, words) =>
      el("span", { class: name }, el("span", { class: mark, "aria-hidden": "true" }), words);
    return [
      s.pooling !== "searched" &&
        key("fl-key-pivotal", "fl-key", term("pivotal", t("tokens-key-pivotal"))),
      key("fl-key-open", "fl-key fl-key-of-open", t("tokens-key-open")),
    ];
  };

  window.FusionLab.provenance = {
    cellsOf,
    courseCells,
    isOpen,
    originFacts,
    pivotalAt,
    pivotalKeys,
    pivotalWords,
    shareBar,
  };
})();
