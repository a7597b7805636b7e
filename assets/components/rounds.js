/**
 * Rounds as a conversation, who read whom, and what each solution came to.
 *
 * `FusionLab.rounds(element, data)` is called with the whole view each time.
 */
(() => {
  "use strict";
  const {
    add,
    calm,
    count,
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
    spelled,
    state,
    svg,
    table,
    text,
    unit,
    whole,
  } = window.FusionLab.core;
  const SIZE = 190;
  const REACH = 66;
  const DOT = 15;
  const LONGEST = 60;
  const NAMED = 4;

  /** `value` where it is an object, else an empty one: a run file may hold anything. */
  const record = (value) => (value && typeof value === "object" ? value : {});

  /** One object for each entry of the list. */
  const records = (value) => list(value).map(record);

  /** The agent at this place; nobody by name where there is none. */
  const memberAt = (members, place) => members[whole(place, -1)] || { name: "nobody", index: -1 };

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { keys: [] };
    s.empty = el("p", { class: "fl-empty" }, "The rounds will appear here.");
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.again = el("button", { class: "fl-button", type: "button" }, "Play the rounds again");
    s.again.addEventListener("click", () => play(s));
    s.chosen = el("div");
    s.rounds = el("ol", { class: "fl-rounds" });
    s.influenceRoom = el("div");
    s.influence = section("influence", "Who changed whose mind", s.influenceRoom);
    s.costRoom = el("div");
    s.costs = section(
      "costs",
      "What a round costs",
      el(
        "p",
        { class: "fl-note" },
        "Solutions read in a round, one's own among them, if these agents were joined otherwise.",
      ),
      s.costRoom,
    );
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      el("div", { class: "fl-said" }, s.sentence, s.again),
      s.chosen,
      s.rounds,
      s.influence,
      s.costs,
    );
    return s;
  };

  /** The rounds come up one after the other, as they were written. */
  const play = (s) => {
    clearTimeout(s.timer);
    const rounds = [...s.rounds.children];
    const show = (at) => {
      rounds.forEach((round, i) => {
        round.hidden = i > at;
        round.classList.toggle("fl-now", i === at);
      });
      if (!rounds[at]) return;
      rounds[at].scrollIntoView({ behavior: calm() ? "auto" : "smooth", block: "nearest" });
      s.timer = setTimeout(() => show(at + 1), calm() ? 400 : 1600);
    };
    show(0);
  };

  const TURNS = {
    to_right: ["wrong to right", "fl-right"],
    to_wrong: ["right to wrong", "fl-wrong"],
    between_wrong: ["wrong to wrong", "fl-quiet"],
    unknown: ["changed", "fl-quiet"],
  };
  const BY = {
    likeness: "Chosen by the prompt's likeness to its strengths",
    agreement: "By how far answers agree",
    verdict: "The judge's verdict",
  };

  /** Every change of mind, and whom the agent had just read that said so. */
  const drawInfluence = (members, data) => {
    const changes = records(data.changes);
    const counts = record(data.counts);
    const known = Boolean(text(data.truth));
    const names = (places) => list(places).map((place) => memberName(memberAt(members, place)));
    const sum = known
      ? `${whole(counts.to_right)} from wrong to right, ${whole(counts.to_wrong)} from right to wrong, ${whole(counts.between_wrong)} from one wrong answer to another. The right answer is ${spelled(data.truth)}.`
      : "Give the right answer among the settings, and every change is marked as right or wrong.";
    const head = changes.length
      ? `${changes.length} change${changes.length > 1 ? "s" : ""} of mind${known ? ": " : ". "}${sum}`
      : `Nobody gave another answer than before.${known ? ` The right answer is ${spelled(data.truth)}.` : ""}`;
    const rows = changes.map((change) => {
      const [label, look] = own(TURNS, text(change.turn)) || TURNS.unknown;
      return [
        `Round ${whole(change.round)}`,
        memberName(memberAt(members, change.agent)),
        el(
          "span",
          { dir: "auto" },
          el("s", { class: "fl-quiet" }, short(change.before)),
          " → ",
          el("strong", null, short(change.after)),
        ),
        list(change.followed).length
          ? el("span", { class: "fl-names" }, names(change.followed))
          : el("span", { class: "fl-quiet" }, "nobody it had read"),
        el("span", { class: look }, label),
      ];
    });
    return [
      el("p", { class: "fl-note" }, head),
      rows.length && table("", ["when", "agent", "answer", "as said by", "turn"], rows),
    ];
  };

  /** Which member was given the word, and by how much. */
  const drawChosen = (members, chosen) =>
    records(chosen).map((one) =>
      el(
        "figure",
        { class: "fl-figure" },
        el(
          "figcaption",
          { class: "fl-subtitle" },
          `${own(BY, text(one.by)) || text(one.by)}: ${memberAt(members, one.member).name}`,
        ),
        records(one.scores).map((score) =>
          el(
            "div",
            { class: `fl-score ${memberClass(memberAt(members, score.member).index)}` },
            el("span", { class: "fl-score-name" }, memberName(memberAt(members, score.member))),
            el(
              "span",
              { class: "fl-track", "aria-hidden": "true" },
              measure(el("span", { class: "fl-segment" }), "--w", unit(score.score)),
            ),
            el("span", { class: "fl-bar-value" }, fixed(number(score.score), 2)),
          ),
        ),
      ),
    );

  /** How long the exchange was. */
  const after = (rounds) =>
    rounds.length === 1
      ? "Before any exchange"
      : `After ${rounds.length - 1} round${rounds.length > 2 ? "s" : ""} of exchange`;

  /** Which answers had equally many votes, in words; nothing where one had the most. */
  const tieOf = (data, votes) => {
    const tied = list(data.tied);
    if (tied.length < 2) return "";
    const score = votes && tied.length <= NAMED ? `, ${tied.map(() => votes).join(" to ")},` : "";
    const more = tied.length > NAMED ? ` and ${tied.length - NAMED} more` : "";
    return `a tie${score} between ${tied.slice(0, NAMED).map(short).join(" and ")}${more}; the first was taken`;
  };

  /** What the exchange has come to, in words. */
  const outcome = (data, rounds) => {
    if (!rounds.length) return "";
    const last = records(rounds[rounds.length - 1].solutions);
    const given = last.map((one) => one.answer).filter((answer) => answer);
    if (data.elected === null || data.elected === undefined) return "";
    if (!data.elected) return "Nobody came to an answer.";
    const verdict =
      data.right === true ? " That is right." : data.right === false ? " That is wrong." : "";
    const votes = whole(data.votes, given.filter((answer) => answer === data.elected).length);
    const tie = tieOf(data, votes);
    if (!data.exchange) {
      const said = `Answer: ${short(data.elected)}${tie && `, from ${tie}`}`;
      return tie || verdict ? `${said}.${verdict}` : said;
    }
    if (tie) return `${after(rounds)} there is ${tie}.${verdict}`;
    return `${after(rounds)}, ${votes} of ${last.length} say ${short(data.elected)}.${verdict}`;
  };

  /** Where agent i of n stands on the circle. */
  const place = (i, n) => {
    const angle = (2 * Math.PI * i) / Math.max(n, 1) - Math.PI / 2;
    return [SIZE / 2 + REACH * Math.cos(angle), SIZE / 2 + REACH * Math.sin(angle)];
  };

  /** The agents on a circle; an arrow leads from each to those who read it. */
  const graph = (members, sent) => {
    const n = members.length;
    const said = sent.map((m) => `${members[m.from].name} to ${members[m.to].name}`).join(", ");
    const arrows = sent
      .filter((message) => message.from !== message.to)
      .map((message) => {
        const [x1, y1] = place(message.from, n);
        const [x2, y2] = place(message.to, n);
        const length = Math.hypot(x2 - x1, y2 - y1) || 1;
        const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
        const [sx, sy] = [-uy * 5, ux * 5];
        const [ax, ay] = [x1 + ux * (DOT + 2) + sx, y1 + uy * (DOT + 2) + sy];
        const [bx, by] = [x2 - ux * (DOT + 4) + sx, y2 - uy * (DOT + 4) + sy];
        const head = [
          [bx, by],
          [bx - ux * 9 - uy * 4.5, by - uy * 9 + ux * 4.5],
          [bx - ux * 9 + uy * 4.5, by - uy * 9 - ux * 4.5],
        ];
        return svg(
          "g",
          { class: `fl-arrow ${memberClass(message.from)}` },
          svg("line", { x1: ax, y1: ay, x2: bx - ux * 6, y2: by - uy * 6 }),
          svg("path", {
            d: `M${head.map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}Z`,
          }),
        );
      });
    const dots = members.map((member, i) => {
      const [x, y] = place(i, n);
      return svg(
        "g",
        { class: memberClass(i) },
        svg("circle", { class: "fl-node", cx: x, cy: y, r: DOT }),
        svg("text", { class: "fl-node-name", x, y: y + 5, "text-anchor": "middle" }, String(i + 1)),
      );
    });
    return svg(
      "svg",
      {
        class: "fl-graph",
        viewBox: `0 0 ${SIZE} ${SIZE}`,
        width: SIZE,
        height: SIZE,
        role: "img",
        "aria-label": sent.length ? `Read: ${said}` : "Everyone alone",
      },
      arrows,
      dots,
    );
  };

  /** An answer that has room in a line. */
  const short = (answer) => {
    const said = spelled(answer) || "no answer";
    const characters = [...said];
    return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : said;
  };

  /** An agent's answer, and what it was before where it has changed. */
  const answerOf = (one, data) => {
    if (one.answer === null || one.answer === undefined)
      return el("span", { class: "fl-quiet" }, "writes …");
    if (!one.answer) return el("span", { class: "fl-wrong" }, "no answer");
    const sign =
      one.right === true
        ? el("span", { class: "fl-right" }, " ✓ right")
        : one.right === false && el("span", { class: "fl-wrong" }, " ✗ wrong");
    const now = [el("strong", { dir: "auto" }, short(one.answer)), sign];
    return one.changed && data.exchange
      ? el(
          "span",
          { class: "fl-changed" },
          el("s", { class: "fl-quiet" }, short(one.before)),
          " → ",
          now,
        )
      : now;
  };

  /** How sure an agent is of its most frequent answer. */
  const sureness = (one) =>
    el(
      "div",
      { class: "fl-score" },
      el(
        "span",
        {
          class: "fl-score-name",
          title: "Share of its answers so far that are its most frequent one",
        },
        "confidence",
      ),
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        measure(el("span", { class: "fl-segment" }), "--w", unit(one.confidence)),
      ),
      el("span", { class: "fl-bar-value" }, percent(one.confidence)),
    );

  /** What a member writes about its own answer comes to no answer. */
  const isCriticism = (one) => one.what === "criticism";

  const card = (members, one, data) =>
    el(
      "article",
      { class: `fl-card ${memberClass(memberAt(members, one.agent).index)}` },
      el(
        "header",
        { class: "fl-card-head" },
        memberName(memberAt(members, one.agent)),
        el("span", null, isCriticism(one) ? "" : answerOf(one, data)),
      ),
      el("p", { class: "fl-prose", dir: "auto" }, spelled(one.text)),
      data.exchange && one.answer !== null && sureness(one),
    );

  /** What was read in the round, from one agent that there is to another. */
  const messagesOf = (members, round) =>
    records(round.messages).filter(
      (message) => members[whole(message.from, -1)] && members[whole(message.to, -1)],
    );

  /** One round: the graph beside what was written. */
  const drawRound = (members, round, data) => {
    const n = number(round.number);
    const sent = messagesOf(members, round);
    const read = sent.filter((message) => message.from !== message.to).length;
    const told = [
      read > 0 && `${read} solution${read > 1 ? "s" : ""} of others read`,
      round.tokens !== null && `${count(round.tokens)} tokens`,
    ].filter(Boolean);
    return add(
      el("li", { class: "fl-round" }),
      el(
        "h3",
        { class: "fl-title" },
        text(round.title) || (n ? `Round ${n}` : "Everyone alone"),
        el("span", { class: "fl-title-p" }, told.length ? ` · ${told.join(", ")}` : ""),
      ),
      el(
        "div",
        { class: read || data.exchange ? "fl-round-room" : "fl-round-alone" },
        (read || data.exchange) && graph(members, sent),
        el(
          "div",
          { class: "fl-texts" },
          records(round.solutions).map((one) =>
            card(members, { ...one, what: text(round.what) }, data),
          ),
        ),
      ),
    );
  };

  /** The exchange so far; rounds that have not changed are left alone. */
  window.FusionLab.rounds = (element, given) => {
    const s = state(element, make);
    const data = record(given);
    const members = records(data.members).map((m, i) => ({
      name: text(m.name),
      index: whole(m.index, i),
    }));
    const rounds = records(data.rounds);
    s.empty.hidden = rounds.length > 0;
    say(s.sentence, outcome(data, rounds));
    rounds.forEach((round, i) => {
      const key = JSON.stringify([members, round, data.exchange]);
      if (s.keys[i] === key) return;
      s.keys[i] = key;
      const node = drawRound(members, round, data);
      if (s.rounds.children[i]) s.rounds.children[i].replaceWith(node);
      else s.rounds.appendChild(node);
    });
    while (s.rounds.children.length > rounds.length) s.rounds.lastChild.remove();
    s.keys.length = rounds.length;
    s.again.hidden = rounds.length < 2 || text(data.status) === "running";
    fill(s.chosen, drawChosen(members, data.chosen));
    s.influence.hidden = rounds.length < 2 || !data.exchange;
    fill(s.influenceRoom, drawInfluence(members, record(data.influence)));
    s.costs.hidden = !rounds.length || !records(data.costs).length;
    fill(
      s.costRoom,
      table(
        "",
        ["topology", "solutions read"],
        records(data.costs).map((cost) => [
          cost.topology === data.topology
            ? el("strong", null, `${text(cost.topology)} (here)`)
            : text(cost.topology),
          count(cost.messages),
        ]),
      ),
    );
  };
})();
