/**
 * Rounds: who read whom and what each answer came to. Where members read one another, one round
 * is shown at a time: its graph with the messages on their way, and a card for each agent.
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
    folded,
    keyTarget,
    list,
    measure,
    memberClass,
    memberName,
    number,
    percent,
    say,
    set,
    spelled,
    state,
    term,
    text,
    unfolding,
    unit,
    whole,
  } = window.FusionLab.core;
  const { answer, badge, begin, finish, heading, memberAt, membersOf } = window.FusionLab.pictures;
  const { prose, record, records, scoreOf, short, verdict } = window.FusionLab.pictures;
  const { isolate, makeGraph, send, showGraph } = window.FusionLab.graph;
  const { has, t } = window.FusionLab.words;
  const { drawCosts, drawCourse, titleOf } = window.FusionLab.minds;
  const PAUSE = 2200;

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { at: -1, follows: true, keys: {}, rounds: [], members: [], data: {} };
    s.empty = el("p", { class: "fl-empty" }, t("pictures-waiting"));
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.chosen = el("div");
    s.steps = el("div", {
      class: "fl-round-steps",
      role: "group",
      "aria-label": t("rounds-steps"),
    });
    s.again = el("button", { class: "fl-button fl-go-play", type: "button" }, t("rounds-play"));
    s.again.addEventListener("click", () => play(s));
    s.steps.addEventListener("click", (event) => pick(s, event.target.closest("button")));
    s.steps.addEventListener("keydown", (event) => walk(s, event));
    s.bar = el("div", { class: "fl-round-bar" }, s.steps, s.again);
    s.graph = makeGraph((only) => dim(s, only));
    s.round = el("div", { class: "fl-round-now" });
    s.exchange = el(
      "div",
      { class: "fl-exchange" },
      el("div", { class: "fl-graph-room" }, s.graph.node),
      s.round,
    );
    s.stack = el("ol", { class: "fl-rounds" });
    s.courseRoom = el("div");
    s.course = unfolding("influence", t("rounds-minds"), s.courseRoom);
    s.costRoom = el("div");
    s.costs = folded(t("rounds-costs"), s.costRoom);
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      s.sentence,
      s.bar,
      s.chosen,
      s.exchange,
      s.stack,
      s.course,
      s.costs,
    );
    return s;
  };

  /** The reader looks at the round of this button. */
  const pick = (s, button) => {
    if (!button) return;
    clearTimeout(s.timer);
    s.at = whole(Number(button.value));
    s.follows = s.at === s.rounds.length - 1;
    drawExchange(s);
    send(s.graph);
  };

  /** Arrow keys walk through the rounds. */
  const walk = (s, event) => {
    const buttons = [...s.steps.children];
    const target = keyTarget(event.key, buttons.indexOf(document.activeElement), buttons.length);
    if (target === null) return;
    event.preventDefault();
    buttons[target].focus();
    pick(s, buttons[target]);
  };

  /** The rounds come up one after the other, as they were written. */
  const play = (s) => {
    clearTimeout(s.timer);
    s.follows = false;
    const show = (at) => {
      s.at = at;
      drawExchange(s);
      send(s.graph);
      if (at + 1 < s.rounds.length)
        s.timer = setTimeout(() => show(at + 1), calm() ? PAUSE / 2 : PAUSE);
      else s.follows = true;
    };
    show(0);
  };

  /** Only this agent stands out, and whom it reads or who reads it; all do where it is nobody. */
  const dim = (s, only) => {
    for (const card of s.round.querySelectorAll(".fl-card"))
      card.classList.toggle("fl-dim", only >= 0 && Number(card.dataset.agent) !== only);
  };

  /** What was read and spent in a round. */
  const spentIn = (s, round) =>
    [
      readIn(s, round).length > 0 && t("rounds-read", { n: readIn(s, round).length }),
      typeof round.tokens === "number" &&
        round.tokens > 0 &&
        t("rounds-tokens", { n: whole(round.tokens), shown: count(round.tokens) }),
    ]
      .filter(Boolean)
      .join(" · ");

  /** What one agent that there is read of another. */
  const readIn = (s, round) =>
    records(round.messages).filter(
      (sent) =>
        s.members[whole(sent.from, -1)] && s.members[whole(sent.to, -1)] && sent.from !== sent.to,
    );

  /** How the answers of the last round stand to the elected one. */
  const drawOutcome = (s) => {
    const { data } = s;
    const told = record(data.outcome);
    const elected = text(data.elected);
    const key = JSON.stringify([data.elected, told, data.letter, data.right, data.exchange]);
    if (key === s.keys.outcome) return;
    s.keys.outcome = key;
    s.sentence.hidden = data.elected === null || data.elected === undefined;
    if (s.sentence.hidden) return;
    if (!elected) {
      fill(s.sentence, t("rounds-outcome-nobody"));
      return;
    }
    const after = whole(told.after);
    const [votes, given] = [whole(told.votes), whole(told.given)];
    const tied = list(told.tied).length;
    const values = { after, votes, given, score: scoreOf(votes, tied) };
    const way = tied > 1 ? "tied" : votes === given ? "unanimous" : "most";
    const sentence = !data.exchange
      ? t(tied > 1 ? "rounds-answer-tied" : "rounds-answer", values)
      : t(`rounds-outcome-${way}`, values);
    const letter = whole(data.letter, -1);
    fill(
      s.sentence,
      sentence,
      " ",
      el("span", { class: "fl-answer" }, [
        letter >= 0 && data.exchange ? badge(letter) : null,
        el("strong", { dir: "auto", title: spelled(elected) }, short(elected)),
        verdict(data.right),
      ]),
    );
  };

  /** Which member was given the word, and by how much. */
  const drawChosen = (s) =>
    records(s.data.chosen).map((one) => {
      const key = `rounds-chosen-${text(one.by)}`;
      return el(
        "figure",
        { class: "fl-figure fl-sures" },
        el("figcaption", { class: "fl-subtitle" }, [
          has(key) ? t(key) : text(one.by),
          " ",
          memberName(memberAt(s.members, one.member)),
        ]),
        records(one.scores).map((score) =>
          bar(
            memberName(memberAt(s.members, score.member)),
            score.score,
            fixed(number(score.score), 2),
            memberClass(memberAt(s.members, score.member).index),
          ),
        ),
      );
    });

  /** A name, a bar and its value. */
  const bar = (name, share, value, look = "") =>
    el(
      "div",
      { class: `fl-sure ${look}` },
      el("span", { class: "fl-sure-name" }, name),
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        measure(el("span", { class: "fl-segment" }), "--w", unit(share)),
      ),
      el("span", { class: "fl-bar-value" }, value),
    );

  /** A solution as a card: who, what it comes to, what it was before, and its text. */
  const card = (s, round, one) => {
    const member = memberAt(s.members, one.agent);
    const criticism = text(round.what) === "criticism";
    const growing =
      text(s.data.status) === "running" && (one.answer === null || one.answer === undefined);
    const node = el(
      "article",
      { class: `fl-card ${memberClass(member.index)}`, "aria-label": member.name },
      el("header", { class: "fl-card-head" }, memberName(member), !criticism && answer(one)),
      one.changed && s.data.exchange
        ? el("p", { class: "fl-before" }, [
            t("rounds-before"),
            " ",
            badge(one.letter_before),
            " ",
            el("s", { dir: "auto" }, short(one.before) || t("pictures-no-answer")),
          ])
        : null,
      prose(s, `${whole(round.number)} ${whole(one.agent)}`, text(one.text), {
        growing,
        label: member.name,
      }),
      s.data.exchange && one.answer !== null
        ? bar(
            el(
              "span",
              { title: t("rounds-confidence.about") },
              term("confidence", t("rounds-confidence")),
            ),
            one.confidence,
            percent(one.confidence),
          )
        : null,
    );
    node.dataset.agent = whole(one.agent, -1);
    return node;
  };

  /** The cards of a round, under its title. */
  const drawCards = (s, round) => {
    const spent = spentIn(s, round);
    const solutions = records(round.solutions);
    const running = text(s.data.status) === "running";
    return [
      heading(titleOf(round), spent ? el("span", { class: "fl-title-p" }, ` · ${spent}`) : null),
      solutions.length
        ? el(
            "div",
            { class: "fl-agents" },
            solutions.map((one) => card(s, round, one)),
          )
        : el("p", { class: "fl-note" }, t(running ? "rounds-empty-yet" : "rounds-empty")),
    ];
  };

  /** The round that is looked at. */
  const drawExchange = (s) => {
    const round = s.rounds[s.at];
    begin(s);
    s.rounds.forEach((one, i) => {
      const node =
        s.steps.children[i] ||
        s.steps.appendChild(el("button", { class: "fl-round-step", type: "button", value: i }));
      say(node, titleOf(one));
      set(node, { "aria-pressed": String(i === s.at) });
      node.classList.toggle("fl-go-back", i === s.at - 1);
      node.classList.toggle("fl-go-next", i === s.at + 1);
    });
    while (s.steps.children.length > s.rounds.length) s.steps.lastChild.remove();
    if (round) {
      fill(s.round, drawCards(s, round));
      showGraph(s.graph, s.members, readIn(s, round), titleOf(round));
      isolate(s.graph, s.graph.only);
    }
    finish(s);
  };

  /** All rounds below one another, where nobody reads the others to think again. */
  const drawStack = (s) => {
    begin(s);
    fill(
      s.stack,
      s.rounds.map((round) => add(el("li", { class: "fl-round" }), drawCards(s, round))),
    );
    finish(s);
  };

  /** The room is drawn again where what it shows has changed. */
  const once = (s, name, facts, drawn) => {
    const key = JSON.stringify(facts);
    if (key === s.keys[name]) return;
    s.keys[name] = key;
    drawn();
  };

  /** The exchange so far. */
  window.FusionLab.rounds = (element, given) => {
    const s = state(element, make);
    const before = s.rounds.length;
    s.data = record(given);
    s.members = membersOf(s.data);
    s.rounds = records(s.data.rounds);
    const exchange = Boolean(s.data.exchange);
    s.empty.hidden = s.rounds.length > 0;
    if (s.follows || s.at >= s.rounds.length || s.at < 0) s.at = s.rounds.length - 1;
    s.bar.hidden = s.exchange.hidden = !exchange || !s.rounds.length;
    s.again.hidden = s.rounds.length < 2 || text(s.data.status) === "running";
    s.stack.hidden = exchange;
    drawOutcome(s);
    once(s, "chosen", [s.members, s.data.chosen], () => fill(s.chosen, drawChosen(s)));
    once(s, "rounds", [s.members, s.rounds, s.at, exchange, s.data.status], () =>
      exchange ? drawExchange(s) : drawStack(s),
    );
    if (exchange && s.rounds.length !== before) send(s.graph);
    s.course.hidden = s.rounds.length < 2 || !exchange;
    once(s, "course", [s.members, s.data.influence, answersOf(s)], () =>
      fill(s.courseRoom, drawCourse(s)),
    );
    once(s, "costs", [s.data.costs, s.data.topology, s.rounds.length], () => drawCosts(s));
  };

  /** The round of this number is the one that is looked at. */
  window.FusionLab.rounds.show = (element, { round }) => {
    const s = state(element, make);
    const at = s.rounds.findIndex((each) => each.number === round);
    pick(s, s.steps.children[at]);
    s.steps.children[at]?.focus({ preventScroll: true });
  };

  /** All answers, without their texts. */
  const answersOf = (s) =>
    s.rounds.map((round) => [
      round.what,
      records(round.solutions).map((one) => [one.agent, one.answer, one.letter, one.right]),
    ]);
})();
