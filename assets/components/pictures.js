/**
 * What the pictures of whole answers share: members, answers with their letters, verdicts, texts
 * that grow, and lines between neighbours.
 */
(() => {
  "use strict";
  const { calm, count, el, list, memberName, say, set, spelled, svg, text, uid, whole } =
    window.FusionLab.core;
  const { t } = window.FusionLab.words;
  const LONGEST = 60;
  const NAMED = 4;
  const PALETTE = 6;

  /** `value` where it is an object, else an empty one: a run file may hold anything. */
  const record = (value) => (value && typeof value === "object" ? value : {});

  /** One object for each entry of the list. */
  const records = (value) => list(value).map(record);

  /** The members with their places. */
  const membersOf = (data) =>
    records(data.members).map((m, i) => ({ name: text(m.name), index: whole(m.index, i) }));

  /** The member at this place; nobody by name where there is none. */
  const memberAt = (members, place) =>
    members[whole(place, -1)] || { name: t("pictures-nobody"), index: -1 };

  /** A text that has room in a line. */
  const short = (value, most = LONGEST) => {
    const characters = [...spelled(value)];
    return characters.length > most ? `${characters.slice(0, most).join("")}…` : spelled(value);
  };

  /** The letter of the answer of this number: A to Z, then A2. */
  const letterOf = (number) => {
    const i = whole(number, -1);
    if (i < 0) return "–";
    return `${String.fromCharCode(65 + (i % 26))}${i < 26 ? "" : Math.floor(i / 26) + 1}`;
  };

  /** The letter of an answer in the answer's colour. */
  const badge = (number) =>
    el(
      "span",
      {
        class: `fl-letter ${whole(number, -1) < 0 ? "fl-letter-none" : `fl-answer-${whole(number) % PALETTE}`}`,
        title: whole(number, -1) < 0 ? t("pictures-no-answer") : false,
      },
      letterOf(number),
    );

  /** Whether an answer is right, by sign and word; nothing where that is not known. */
  const verdict = (right) =>
    right === true
      ? el("span", { class: "fl-right" }, `✓ ${t("pictures-right")}`)
      : right === false && el("span", { class: "fl-wrong" }, `✗ ${t("pictures-wrong")}`);

  /** An answer with its letter and whether it is right; what stands there before there is one. */
  const answer = (one) => {
    if (one.answer === null || one.answer === undefined)
      return el("span", { class: "fl-quiet" }, t("pictures-writing"));
    if (!text(one.answer)) return el("span", { class: "fl-wrong" }, t("pictures-no-answer"));
    return el(
      "span",
      { class: "fl-answer" },
      badge(one.letter),
      el("strong", { class: "fl-answer-text", dir: "auto", title: spelled(one.answer) }, [
        short(one.answer),
      ]),
      verdict(one.right),
    );
  };

  /** How votes stand to one another: "2 to 2". */
  const score = (votes, n) => Array(n).fill(whole(votes)).join(t("pictures-to"));

  /** What a tie is, in words; the answers follow. */
  const scoreOf = (votes, tied) =>
    tied > NAMED
      ? t("pictures-many-tied", { n: tied, votes: whole(votes) })
      : score(votes, Math.max(tied, 2));

  /** Tokens in words. */
  const tokens = (n) => t("pictures-tokens", { n: whole(n), shown: count(n) });

  /**
   * A text under this key, the same node each time, so that it keeps its place, its fold and what
   * it has of the text. `settle` folds what is too long.
   */
  const prose = (s, key, value, { growing = false, label = "" } = {}) => {
    s.proses = s.proses || new Map();
    const one = s.proses.get(key) || makeProse(s, key);
    const words = spelled(value);
    if (words !== one.said) {
      if (one.said && words.startsWith(one.said)) one.body.appendData(words.slice(one.said.length));
      else one.body.data = words;
      one.said = words;
    }
    one.growing = growing;
    one.node.classList.toggle("fl-running", growing);
    set(one.more, { "aria-label": label ? t("pictures-show-all-of", { name: label }) : false });
    one.used = true;
    return one.node;
  };

  const makeProse = (s, key) => {
    const one = { said: "", open: false, body: document.createTextNode("") };
    one.text = el(
      "p",
      { class: "fl-prose fl-clip", dir: "auto", id: uid() },
      one.body,
      el("span", { class: "fl-caret", "aria-hidden": "true" }),
    );
    one.more = el(
      "button",
      {
        class: "fl-link fl-more",
        type: "button",
        hidden: true,
        "aria-expanded": "false",
        "aria-controls": one.text.id,
      },
      t("pictures-show-all"),
    );
    one.more.addEventListener("click", () => {
      one.open = !one.open;
      set(one.more, { "aria-expanded": String(one.open) });
      say(one.more, t(one.open ? "pictures-show-less" : "pictures-show-all"));
      set(one.more, { "aria-label": false });
      settle(s);
    });
    one.node = el("div", { class: "fl-writing" }, one.text, one.more);
    s.proses.set(key, one);
    return one;
  };

  /** Texts that are longer than their room fade and say so; those that grow show their end. */
  const settle = (s) => {
    const all = [...(s.proses || new Map()).values()].filter((one) => one.node.isConnected);
    for (const one of all) one.text.classList.toggle("fl-clip", !one.open);
    const heights = all.map((one) => [one.text.scrollHeight, one.text.clientHeight]);
    all.forEach((one, i) => {
      const cut = heights[i][0] > heights[i][1] + 2;
      const follows = cut && one.growing;
      one.text.classList.toggle("fl-cut", cut && !follows);
      one.more.hidden = !cut && !one.open;
      one.text.scrollTop = follows ? heights[i][0] : 0;
    });
  };

  /** Before a picture is drawn: no text is known to be in it. */
  const begin = (s) => {
    for (const one of (s.proses || new Map()).values()) one.used = false;
  };

  /** After it: texts that are no longer in it are forgotten, the others fit their room. */
  const finish = (s) => {
    for (const [key, one] of s.proses || new Map()) if (!one.used) s.proses.delete(key);
    settle(s);
    if (s.sizes) return;
    s.sizes = new ResizeObserver(() => settle(s));
    s.sizes.observe(s.root);
  };

  /**
   * Lines from places on the left to places on the right of two neighbours of equal slots; `lines`
   * are {from, to, look} with places as shares of the height.
   */
  const lines = (all, name = "") =>
    svg(
      "svg",
      {
        class: `fl-lines ${name}`,
        viewBox: "0 0 100 100",
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      all.map((line) => {
        const [y1, y2] = [100 * line.from, 100 * line.to].map((y) => y.toFixed(2));
        return svg("path", {
          class: `fl-wire ${line.look || ""}`,
          d: `M0 ${y1}C50 ${y1} 50 ${y2} 100 ${y2}`,
        });
      }),
    );

  /** A heading of a picture. */
  const heading = (words, ...more) => el("h2", { class: "fl-title" }, words, more);

  /** The names of these members, in one line. */
  const names = (members, places) =>
    el(
      "span",
      { class: "fl-names" },
      list(places).map((place) => memberName(memberAt(members, place))),
    );

  /** The number moves along the node; nothing where the reader asked for less motion. */
  const travel = (node, from, to, options) => {
    if (calm() || typeof node.animate !== "function") return null;
    const at = ([x, y]) => `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    return node.animate(
      [
        { transform: at(from), opacity: 0 },
        { opacity: 1, offset: 0.15 },
        { opacity: 1, offset: 0.85 },
        { transform: at(to), opacity: 0 },
      ],
      { duration: 1100, easing: "ease-in-out", fill: "backwards", ...options },
    );
  };

  window.FusionLab.pictures = {
    answer,
    badge,
    begin,
    finish,
    heading,
    letterOf,
    lines,
    memberAt,
    membersOf,
    names,
    prose,
    record,
    records,
    scoreOf,
    short,
    tokens,
    travel,
    verdict,
  };
})();
