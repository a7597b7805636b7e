/**
 * The cards of candidates: each with its text, what it came to, and its scores as bars.
 *
 * Words that others share are lit. `s` is the stage of `ballots`.
 */
(() => {
  "use strict";
  const {
    add,
    calm,
    el,
    fill,
    fixed,
    list,
    measure,
    memberClass,
    memberName,
    number,
    own,
    percent,
    say,
    set,
    spelled,
    text,
    uid,
    unit,
    whole,
  } = window.FusionLab.core;
  const { metricsOf, numberOf, titleOf } = window.FusionLab.candidates;
  const { badge, verdict } = window.FusionLab.pictures;
  const { t } = window.FusionLab.words;
  const { scoreOf } = window.FusionLab.election;
  const STEPS = [0.25, 0.5, 0.75].map((share) => `≤ ${percent(share)}`);
  STEPS.push(`> ${percent(0.75)}`);

  /** The answer that its text comes to, where answers were looked for. */
  const foundOf = (c) =>
    typeof c.found === "string" &&
    (c.found
      ? el(
          "span",
          { class: "fl-found" },
          whole(c.letter, -1) >= 0 ? badge(c.letter) : null,
          t("ballots-answer"),
          " ",
          el("strong", { dir: "auto" }, spelled(c.found)),
          " ",
          verdict(c.right),
        )
      : el("span", { class: "fl-wrong" }, t("pictures-no-answer")));

  /** A new card. */
  const makeCard = (s, key) => {
    const card = {
      body: document.createTextNode(""),
      said: "",
      raw: "",
      lit: "",
      head: el("div", { class: "fl-card-head", id: uid() }),
      rank: el("span", { class: "fl-rank" }),
      mark: el("span", { class: "fl-elected", hidden: true }, ""),
      facts: el("p", { class: "fl-note fl-card-facts" }),
      scores: el("ul", { class: "fl-scores" }),
      shape: "",
    };
    card.words = el("span", null, card.body);
    card.text = el(
      "p",
      { class: "fl-prose fl-clipped", dir: "auto", id: uid() },
      card.words,
      el("span", { class: "fl-caret", "aria-hidden": "true" }),
    );
    card.more = el(
      "button",
      {
        class: "fl-link fl-more",
        type: "button",
        hidden: true,
        "aria-expanded": "false",
        "aria-controls": card.text.id,
        "aria-describedby": card.head.id,
      },
      t("pictures-show-all"),
    );
    card.more.addEventListener("click", () => unfold(s, card, !card.open));
    card.node = el(
      "li",
      { class: "fl-card" },
      el("div", { class: "fl-card-top" }, card.rank, card.head, card.mark),
      card.text,
      card.more,
      card.facts,
      card.scores,
    );
    s.cards.set(key, card);
    s.cardList.appendChild(card.node);
    return card;
  };

  /** The whole text can be seen, or its beginning. */
  const unfold = (s, card, open) => {
    card.open = open;
    set(card.more, { "aria-expanded": String(open) });
    say(card.more, t(open ? "pictures-show-less" : "pictures-show-all"));
    card.text.classList.toggle("fl-clipped", !open);
    fold(s, [card]);
  };

  /**
   * The button is there where the text is longer than its room; while texts grow, its place is kept
   * and their ends are seen. All is measured before anything changes, so the page is laid out once.
   */
  const fold = (s, cards) => {
    const heights = cards.map((card) => [card.text.scrollHeight, card.text.clientHeight]);
    cards.forEach((card, i) => {
      const [whole, room] = heights[i];
      const cut = whole > room + 2;
      const idle = !cut && !card.open;
      const follows = cut && s.waiting && card.growing;
      card.text.classList.toggle("fl-cut", cut && !follows);
      card.text.classList.toggle("fl-followed", follows);
      card.more.classList.toggle("fl-away", idle);
      card.more.hidden = idle && !s.waiting;
      if (follows || card.followed) card.text.scrollTop = follows ? whole : 0;
      card.followed = follows;
    });
  };

  /** The text with its shared words lit, or plain; text that is there already is left alone. */
  const drawText = (s, card, candidate) => {
    const segments = list(candidate.segments);
    const whole =
      segments.map((part) => text(Array.isArray(part) ? part[0] : part)).join("") ===
      text(candidate.text);
    const lit = s.lit && segments.length && whole ? JSON.stringify(segments) : "";
    if (lit !== card.lit) {
      card.lit = lit;
      fill(card.words, lit ? segments.map(lightOf) : card.body);
    }
    if (card.raw === text(candidate.text)) return;
    card.raw = text(candidate.text);
    const words = spelled(card.raw);
    if (words.startsWith(card.said)) card.body.appendData(words.slice(card.said.length));
    else card.body.data = words;
    card.said = words;
  };

  /** Plain text, or words in the light of how many others have them. */
  const lightOf = (part) => {
    if (!Array.isArray(part)) return spelled(part);
    const step = Math.min(
      STEPS.length,
      Math.max(1, Math.ceil(unit(part[1]) * STEPS.length - 0.01)),
    );
    return el("span", { class: `fl-lit fl-l${step}` }, spelled(part[0]));
  };

  /** That it shares the first place, and whether it was taken. */
  const tieMark = (candidate) =>
    candidate.winner ? `★ ${t("ballots-first-of-tie")}` : `= ${t("ballots-in-tie")}`;

  /** The card shows its candidate. */
  const drawCard = (s, candidate, place) => {
    const card = s.cards.get(candidate.key) || makeCard(s, candidate.key);
    card.growing = Boolean(candidate.growing);
    drawText(s, card, candidate);
    set(card.node, {
      class: `fl-card ${memberClass(candidate.colour)}${candidate.winner ? " fl-winner" : ""}${candidate.growing && !candidate.cut ? " fl-running" : ""}`,
    });
    say(card.rank, s.voted ? String(whole(own(candidate.ranks, s.by), place + 1)) : "");
    const tied = s.tied.has(candidate.index);
    card.mark.hidden = !candidate.winner && !tied;
    say(card.mark, tied ? tieMark(candidate) : candidate.winner ? `★ ${t("ballots-elected")}` : "");
    const group = s.groupOf.get(candidate.index);
    const shape = JSON.stringify([
      candidate.index,
      candidate.scores,
      candidate.found,
      candidate.letter,
      candidate.ballot,
      candidate.cut,
      group,
      s.by,
      s.lit,
    ]);
    if (shape === card.shape) return card;
    card.shape = shape;
    fill(
      card.head,
      memberName({ name: titleOf(candidate), index: candidate.colour }),
      el("span", { class: "fl-quiet" }, numberOf(candidate)),
      foundOf(candidate),
    );
    fill(
      card.facts,
      factsOf(s, candidate, group).map((fact) => el("span", { class: "fl-tag" }, fact)),
    );
    fill(card.scores, scoresOf(s, candidate));
    return card;
  };

  /**
   * What else there is to say of a candidate: its group, its ballot, how much of it the others say
   * too.
   */
  const factsOf = (s, candidate, group) =>
    [
      group &&
        s.groupNote.hidden === false &&
        group.members.length > 1 &&
        t("ballots-in-group", { name: group.name, n: group.members.length }),
      typeof candidate.ballot === "number" &&
        t("ballots-weighs", { weight: String(Number(number(candidate.ballot).toPrecision(3))) }),
      s.lit &&
        Array.isArray(candidate.segments) &&
        t("ballots-shared", { share: percent(candidate.shared) }),
    ].filter(Boolean);

  /** The candidate's score under each metric, as bars with numbers. */
  const scoresOf = (s, candidate) =>
    metricsOf(s.data).map((m) => {
      const score = scoreOf(candidate, m.name);
      return (
        score !== null &&
        el(
          "li",
          { class: `fl-score${m.name === s.by ? " fl-chosen" : ""}` },
          el("span", { class: "fl-score-name" }, m.label),
          el(
            "span",
            { class: "fl-track", "aria-hidden": "true" },
            measure(el("span", { class: "fl-segment" }), "--w", unit(score)),
          ),
          el("span", { class: "fl-bar-value" }, fixed(score, 3)),
        )
      );
    });

  /** The cards stand in this order, gliding where the reader does not mind. */
  const arrange = (s, cards) => {
    const nodes = cards.map((card) => card.node);
    const current = [...s.cardList.children];
    if (nodes.every((node, i) => node === current[i])) return;
    const before = new Map(nodes.map((node) => [node, node.getBoundingClientRect()]));
    add(s.cardList, nodes);
    if (calm()) return;
    for (const node of nodes) {
      const old = before.get(node);
      const now = node.getBoundingClientRect();
      const [x, y] = [old.left - now.left, old.top - now.top];
      if (x || y)
        node.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
          duration: 320,
          easing: "ease-out",
        });
    }
  };

  window.FusionLab.cards = { arrange, drawCard, fold, STEPS };
})();
