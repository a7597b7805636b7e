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
  const { button, el, fill, list, say, section, set, state, text, uid, unfolding, whole } =
    window.FusionLab.core;
  const { labelOf, objects, titleOf } = window.FusionLab.candidates;
  const { drawJury, drawOtherwise, drawStakes, drawTally } = window.FusionLab.outlook;
  const { drawMatrix, makeMatrix, matrixOf } = window.FusionLab.likeness;
  const { joined, said, t } = window.FusionLab.words;
  const { ELECTION, findGroups, named, outcomeOf, ranked, rankings, scoreOf, tiedWith } =
    window.FusionLab.election;
  const { arrange, drawCard, fold, STEPS } = window.FusionLab.cards;
  const MOST_IN_MATRIX = 64;
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

  /** Before the vote everybody stays where they are, whoever is complete first. */
  const arrived = (s) => {
    const known = [...s.cards.keys()];
    const place = new Map(known.map((key, i) => [key, i]));
    return [...s.candidates].sort(
      (a, b) => (place.get(a.key) ?? known.length) - (place.get(b.key) ?? known.length),
    );
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
    const notes = joined(list(s.data.lighting).map(said));
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
        : joined([
            elected,
            t("ballots-would", { metric: labelOf(s, s.by), name: named(order[0]) }),
          ]),
    );
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
