/**
 * An election: the candidates with the words they share, ranked by any metric; who else might have
 * won; how alike each pair is; and how much hangs on whom.
 *
 * `FusionLab.ballots(element, data, trigger)` is called with the whole view each time. Switching
 * the metric ranks again on the page; the one the run elected keeps its mark. `trigger("select",
 * {index})` is called when the reader picks a candidate or a pair.
 */
(() => {
  "use strict";
  const {
    add,
    button,
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
    section,
    set,
    spelled,
    state,
    text,
    uid,
    unfolding,
    unit,
    whole,
  } = window.FusionLab.core;
  const { labelOf, metricsOf, numberOf, objects, outlookOf, titleOf } = window.FusionLab.candidates;
  const { drawJury, drawOtherwise, drawStakes, drawTally } = window.FusionLab.outlook;
  const { drawMatrix, makeMatrix, matrixOf } = window.FusionLab.likeness;
  const ELECTION = " the election";
  const STEPS = ["≤ 25 %", "≤ 50 %", "≤ 75 %", "> 75 %"];
  const { badge, scoreOf: levelOf, verdict } = window.FusionLab.pictures;
  const { said, t } = window.FusionLab.words;
  const MOST_IN_MATRIX = 64;
  const NAMED = 4;
  const FEW = 3; // as ballots.css has it

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = {
      cards: new Map(),
      by: "",
      asked: "",
      likened: "",
      pair: null,
      trigger: null,
      shape: "",
      lit: true,
      keys: {},
    };
    s.empty = el("p", { class: "fl-empty" }, t("pictures-waiting"));
    s.legend = el("legend", { class: "fl-subtitle" }, t("ballots-ranked-by"));
    s.switch = el("fieldset", { class: "fl-switch", hidden: true }, s.legend);
    s.bar = el("div", { class: "fl-ballot-bar", hidden: true }, s.switch, makeLights(s));
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.groupNote = el("p", { class: "fl-note", hidden: true });
    s.cardList = el("ol", { class: "fl-cards" });
    s.rest = button("", "fl-button fl-cards-rest", () => {
      s.all = true;
      draw(s);
    });
    s.tallyRoom = el("div", { class: "fl-tally-room" });
    s.tally = section("tally", t("ballots-tally"), s.tallyRoom);
    s.outcomes = el("div", { class: "fl-outcome-room" });
    s.otherwise = unfolding("otherwise", t("ballots-otherwise"), s.outcomes);
    makeMatrix(s);
    s.jury = el("div", { class: "fl-jury" });
    s.influence = el("div", { class: "fl-hangs" });
    s.stakes = unfolding(
      "stakes",
      t("ballots-stakes"),
      el("div", { class: "fl-stakes-room" }, s.jury, s.influence),
    );
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      el("div", { class: "fl-elects" }, s.sentence, s.groupNote),
      s.bar,
      s.cardList,
      s.rest,
      s.tally,
      s.otherwise,
      s.matrix,
      s.stakes,
    );
    for (const room of [s.tally, s.otherwise, s.matrix, s.stakes]) room.hidden = true;
    s.switch.addEventListener("change", (event) => choose(s, event.target.value));
    s.sizes = new ResizeObserver(() => resized(s));
    for (const room of [s.cardList, s.jury]) s.sizes.observe(room);
    return s;
  };

  /** The switch of the light, and what its steps mean. */
  const makeLights = (s) => {
    s.lamp = el("input", { type: "checkbox", class: "fl-radio", checked: true });
    s.lightNote = el("span", { hidden: true });
    s.lightKey = el(
      "p",
      { class: "fl-note fl-light-key" },
      t("ballots-light-before"),
      " ",
      STEPS.map((step, i) => el("span", { class: `fl-lit fl-l${i + 1}` }, step)),
      " ",
      t("ballots-light-after"),
      " ",
      s.lightNote,
    );
    s.lamp.addEventListener("change", () => {
      s.lit = s.lamp.checked;
      draw(s);
    });
    s.lights = el(
      "div",
      { class: "fl-lights" },
      el("label", { class: "fl-choice" }, s.lamp, el("span", null, t("ballots-light"))),
      s.lightKey,
    );
    return s.lights;
  };

  /** Rooms fit their new width. */
  const resized = (s) => {
    fold(s, [...s.cards.values()]);
    if (s.data) drawJury(s);
  };

  /** The candidates by index, then the answers that still grow, each with a key of its own. */
  const takeCandidates = (data) => {
    const taken = new Set();
    const complete = objects(data.candidates).map((c, place) => ({
      ...c,
      place,
      index: whole(c.index, -1),
    }));
    complete.sort((a, b) => a.index - b.index);
    const cut = data.status !== "running";
    const growing = objects(data.growing).map((c) => ({ ...c, index: -1, growing: true, cut }));
    return [...complete, ...growing].map((c) => {
      let key = `${whole(c.sample)} ${text(c.author)}`;
      while (taken.has(key)) key += "+";
      taken.add(key);
      return { ...c, key, colour: whole(c.colour, -1) };
    });
  };

  /** The score of a candidate, or null while there is none. */
  const scoreOf = (candidate, metric) => {
    const score = own(candidate.scores, metric);
    return typeof score === "number" && Number.isFinite(score) ? score : null;
  };

  /** Falling order, where two infinities are equal. */
  const compare = (a, b) => (a === b ? 0 : b - a);

  /** The candidates by rank, which scores that differ by rounding share; without one by falling
      score. Ties and unscored ones stand in the order in which they came. */
  const ranked = (candidates, metric) => {
    if (metric === ELECTION)
      return [...candidates].sort(
        (a, b) => whole(a.place, Infinity) - whole(b.place, Infinity) || 0,
      );
    const rank = (c) => whole(own(c.ranks, metric), Infinity);
    const score = (c) => scoreOf(c, metric) ?? -Infinity;
    return [...candidates].sort((a, b) => compare(rank(b), rank(a)) || compare(score(a), score(b)));
  };

  /** Before the vote everybody stays where they are, whoever is complete first. */
  const arrived = (s) => {
    const known = [...s.cards.keys()];
    const place = new Map(known.map((key, i) => [key, i]));
    return [...s.candidates].sort(
      (a, b) => (place.get(a.key) ?? known.length) - (place.get(b.key) ?? known.length),
    );
  };

  /**
   * What the candidates can be ranked by: the rule where it has an order of its own, and each
   * metric.
   */
  const rankings = (s) => {
    const rule = own(s.outlook, "rule");
    const counted = metricsOf(s.data).some((m) => m.name === "votes");
    if (!rule || text(rule.name) === "mbr" || counted) return metricsOf(s.data);
    return [
      {
        name: ELECTION,
        label: said(rule.label) || text(rule.name),
        explanation: said(rule.explanation),
      },
      ...metricsOf(s.data),
    ];
  };

  /** The reader ranks by this metric, and sees who is alike by it. */
  const choose = (s, metric) => {
    s.asked = metric;
    if (matrixOf(s, metric)) s.likened = metric;
    draw(s);
  };

  /** One radio button for each metric. */
  const drawSwitch = (s) => {
    const metrics = rankings(s);
    s.switch.hidden = metrics.length < 2 || !s.voted;
    s.lights.hidden = !s.candidates.some((c) => Array.isArray(c.segments));
    s.bar.hidden = s.switch.hidden && s.lights.hidden;
    s.lightKey.hidden = !s.lit;
    const notes = list(s.data.lighting).map(said).join(" ");
    s.lightNote.hidden = !notes;
    say(s.lightNote, notes);
    const shape = JSON.stringify(metrics);
    if (shape !== s.shape) {
      s.shape = shape;
      const name = uid();
      fill(
        s.switch,
        s.legend,
        metrics.map((m) =>
          el(
            "label",
            { class: "fl-choice" },
            el("input", { type: "radio", name, value: m.name, class: "fl-radio" }),
            el("span", { title: m.explanation || false }, m.label),
          ),
        ),
      );
    }
    for (const input of s.switch.querySelectorAll("input")) input.checked = input.value === s.by;
  };

  /** Who was elected, and whether this metric agrees. */
  const drawSentence = (s, order) => {
    const winner = s.candidates.find((c) => c.winner);
    if (!winner || !s.voted) {
      const n = s.candidates.filter((c) => !c.growing).length;
      const all = s.candidates.length;
      say(s.sentence, all ? t("ballots-complete", { n, all }) : "");
      return;
    }
    const elected = outcomeOf(s, winner);
    say(
      s.sentence,
      order[0] === winner || s.by === ELECTION
        ? elected
        : `${elected} ${t("ballots-would", { metric: labelOf(s, s.by), name: named(order[0]) })}`,
    );
  };

  /** A candidate by name and number, or by what it came to. */
  const named = (c) => t("ballots-named", { name: text(c.author), n: c.index + 1 });

  /** A tie as a tie, unanimity as unanimity, and else who was elected by what. */
  const outcomeOf = (s, winner) => {
    const others = tiedWith(s, winner);
    const by = deciding(s);
    if (others.length) {
      const votes = list(own(own(s.outlook, "tie"), "votes")).map((n) =>
        Number(number(n).toPrecision(3)),
      );
      const level =
        votes.length > NAMED ? levelOf(votes[0], votes.length) : votes.join(t("pictures-to"));
      const names = others.slice(0, NAMED).map(named).join(t("and-next"));
      return t(votes.length ? "ballots-tied-votes" : "ballots-tied", {
        by,
        score: level,
        name: named(winner),
        others: names,
        more: Math.max(0, others.length - NAMED),
      });
    }
    const n = s.candidates.length;
    if (own(s.outlook, "unanimous") === true) return t("ballots-unanimous", { n });
    return t("ballots-elected-by", { name: named(winner), by });
  };

  /** Who shares the first place with the winner. */
  const tiedWith = (s, winner) =>
    list(own(own(s.outlook, "tie"), "candidates"))
      .map((index) => s.candidates.find((c) => c.index === index))
      .filter((c) => c && c !== winner);

  /** What elected: a metric alone, or a rule that goes by it. */
  const deciding = (s) => {
    const [rule] = rankings(s);
    const metric = labelOf(s, text(s.data.decided_by));
    if (!rule || rule.name !== ELECTION) return metric;
    return text(own(s.outlook, "rule").name) === "majority"
      ? rule.label
      : t("ballots-rule-over", { rule: rule.label, metric });
  };

  /**
   * Groups of like answers by number, and each candidate's; nothing where all are alone or all are
   * one.
   */
  const findGroups = (s) => {
    const groups = outlookOf(s, "groups").map((g, i) => ({
      name: String(i + 1),
      members: list(g.candidates).filter(Number.isInteger),
    }));
    const told = groups.length > 1 && groups.some((g) => g.members.length > 1);
    s.groupOf = new Map(told ? groups.flatMap((g) => g.members.map((index) => [index, g])) : []);
    const [large, single] = [
      groups.filter((g) => g.members.length > 1),
      groups.filter((g) => g.members.length === 1),
    ];
    const alone = groups.length > 1 ? "ballots-groups-none" : "ballots-groups-one";
    s.groupNote.hidden =
      !groups.length || s.candidates.length < 2 || outlookOf(s, "tally").length > 0;
    const sizes = large
      .map((g) => t("ballots-group-size", { name: g.name, n: g.members.length }))
      .join(t("and-next"));
    say(
      s.groupNote,
      told ? t("ballots-groups", { n: large.length, sizes, alone: single.length }) : t(alone),
    );
  };

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

  /** Everything stands as the data and the chosen metric say. */
  const draw = (s) => {
    const names = rankings(s).map((m) => m.name);
    const elected = names[0] === ELECTION ? ELECTION : text(s.data.decided_by || names[0]);
    s.by = names.includes(s.asked) ? s.asked : elected;
    s.voted = s.candidates.some((c) => (s.by === ELECTION ? c.winner : scoreOf(c, s.by) !== null));
    s.waiting = !s.voted && s.data.status === "running";
    s.empty.hidden = s.candidates.length > 0;
    const rest = s.voted && !s.all ? s.candidates.length - FEW : 0;
    s.rest.hidden = rest <= 0;
    say(s.rest, t("ballots-rest", { n: rest }));
    set(s.cardList, {
      class: `fl-cards${s.waiting ? " fl-waiting" : ""}${rest > 0 ? " fl-few" : ""}`,
    });
    const order = s.voted ? ranked(s.candidates, s.by) : arrived(s);
    drawSwitch(s);
    drawSentence(s, order);
    findGroups(s);
    const winner = s.candidates.find((c) => c.winner);
    const level = winner && s.voted ? tiedWith(s, winner) : [];
    s.tied = new Set(level.length ? [winner, ...level].map((c) => c.index) : []);
    const cards = order.map((candidate, place) => drawCard(s, candidate, place));
    arrange(s, cards);
    fold(s, cards);
    drawTally(s);
    drawOtherwise(s);
    drawMatrix(s);
    drawStakes(s);
  };

  /** Cards of candidates that are gone leave. */
  const prune = (s) => {
    const known = new Set(s.candidates.map((c) => c.key));
    for (const [key, card] of s.cards) {
      if (known.has(key)) continue;
      card.node.remove();
      s.cards.delete(key);
      fill(s.pairRoom);
    }
  };

  /** The stage shows this view. */
  window.FusionLab.ballots = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    s.data = data && typeof data === "object" ? data : {};
    s.outlook = s.data.outlook && typeof s.data.outlook === "object" ? s.data.outlook : {};
    s.candidates = takeCandidates(s.data);
    s.compared =
      s.candidates.length > MOST_IN_MATRIX
        ? ranked(s.candidates, ELECTION).slice(0, MOST_IN_MATRIX)
        : s.candidates;
    s.matrices = new Map();
    s.stamp = JSON.stringify([
      s.data.metrics,
      s.data.similarity,
      s.candidates.map((c) => [c.index, titleOf(c)]),
    ]);
    prune(s);
    draw(s);
  };
})();
