/**
 * Vote's stage: the candidates, ranked by any metric, and how alike each pair is.
 *
 * `FusionLab.vote(element, data, trigger)` is called with the whole view each time. Switching the
 * metric ranks again on the page; the one the run elected keeps its mark. `trigger("select",
 * {index})` is called when the reader picks a candidate or a pair.
 */
(() => {
  "use strict";
  const {
    add, calm, el, fill, folded, keyTarget, list, measure, memberClass, memberName, number, own, say,
    section, set, spelled, state, svg, table, text, uid, unit, whole,
  } = window.FusionLab.core;

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { cards: new Map(), metric: "", asked: "", pair: null, trigger: null, shape: "" };
    s.empty = el("p", { class: "fl-empty" }, "The candidates will appear here.");
    s.legend = el("legend", { class: "fl-subtitle" }, "Ranked by");
    s.switch = el("fieldset", { class: "fl-switch", hidden: true }, s.legend);
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.cardList = el("ol", { class: "fl-cards" });
    s.grid = el("div", { class: "fl-heat-frame" });
    s.pairRoom = el("div", { class: "fl-compare", "aria-live": "polite" });
    s.numbers = folded("The similarities as a table");
    s.numbers.addEventListener("toggle", () => drawNumbers(s));
    s.measureNote = el("p", { class: "fl-note" });
    s.matrix = section("matrix", "How alike each pair is",
      el("div", { class: "fl-matrix-room" }, s.grid,
        el("div", { class: "fl-beside" }, s.measureNote, s.pairRoom)),
      s.numbers);
    s.matrix.hidden = true;
    s.root = el("div", { class: "fl-stage" }, s.empty, s.switch, s.sentence, s.cardList, s.matrix);
    s.switch.addEventListener("change", (event) => choose(s, event.target.value));
    s.sizes = new ResizeObserver(() => { for (const card of s.cards.values()) fold(card); });
    s.sizes.observe(s.cardList);
    return s;
  };

  /** The metrics there are, with labels. */
  const metricsOf = (data) => list(data.metrics).map((m) => ({
    name: text(m.name), label: text(m.label || m.name), explanation: text(m.explanation),
  }));

  /** The candidates by index, then the answers that still grow, each with a key of its own. */
  const takeCandidates = (data) => {
    const taken = new Set();
    const complete = list(data.candidates).map((c) => ({ ...c, index: whole(c.index, -1) }));
    complete.sort((a, b) => a.index - b.index);
    const growing = list(data.growing).map((c) => ({ ...c, index: -1, growing: true }));
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

  /** The candidates by falling score; ties and unscored ones in the order in which they came. */
  const ranked = (candidates, metric) => {
    const key = (c) => scoreOf(c, metric) ?? -Infinity;
    return [...candidates].sort((a, b) => compare(key(a), key(b)));
  };

  /** The reader ranks by this metric. */
  const choose = (s, metric) => {
    s.asked = metric;
    draw(s);
  };

  /** One radio button for each metric. */
  const drawSwitch = (s) => {
    const metrics = metricsOf(s.data);
    s.switch.hidden = metrics.length < 2 || !s.voted;
    const shape = JSON.stringify(metrics);
    if (shape !== s.shape) {
      s.shape = shape;
      const name = uid();
      fill(s.switch, s.legend, metrics.map((m) => el("label", { class: "fl-choice" },
        el("input", { type: "radio", name, value: m.name, class: "fl-radio" }),
        el("span", { title: m.explanation || false }, m.label))));
    }
    for (const input of s.switch.querySelectorAll("input")) input.checked = input.value === s.metric;
  };

  /** Who was elected, and whether this metric agrees. */
  const drawSentence = (s, order) => {
    const winner = s.candidates.find((c) => c.winner);
    if (!winner || !s.voted) {
      const n = s.candidates.filter((c) => !c.growing).length;
      say(s.sentence, s.candidates.length ? `${n} of ${s.candidates.length} answers complete, no vote yet.` : "");
      return;
    }
    const label = (name) => metricsOf(s.data).find((m) => m.name === name)?.label || name;
    const first = order[0];
    const deciding = text(s.data.decided_by);
    const elected = `${titleOf(winner)} was elected by ${label(deciding)}.`;
    say(s.sentence, first === winner || s.metric === deciding
      ? elected : `${elected} By ${label(s.metric)} it would have been ${titleOf(first)}.`);
  };

  /** The candidate in a few words. */
  const titleOf = (c) => `${text(c.author)}${whole(c.sample) ? ` (answer ${whole(c.sample) + 1})` : ""}`;

  /** Its number among the candidates. */
  const numberOf = (c) => (c.growing ? "growing" : `candidate ${c.index + 1}`);

  /** The answer that its text comes to, where answers were looked for. */
  const foundOf = (c) => typeof c.found === "string" && (c.found
    ? el("span", null, "answer ", el("strong", { dir: "auto" }, spelled(c.found)))
    : el("span", { class: "fl-wrong" }, "no answer"));

  /** A new card. */
  const makeCard = (s, key) => {
    const card = {
      body: document.createTextNode(""), said: "", head: el("header", { class: "fl-card-head", id: uid() }),
      rank: el("span", { class: "fl-rank" }), mark: el("span", { class: "fl-elected", hidden: true }, "★ elected"),
      scores: el("ul", { class: "fl-scores" }), shape: "",
    };
    card.text = el("p", { class: "fl-prose fl-clipped", dir: "auto", id: uid() }, card.body,
      el("span", { class: "fl-caret", "aria-hidden": "true" }));
    card.more = el("button", {
      class: "fl-link fl-more", type: "button", hidden: true, "aria-expanded": "false",
      "aria-controls": card.text.id, "aria-describedby": card.head.id,
    }, "Show all");
    card.more.addEventListener("click", () => unfold(card, !card.open));
    card.node = el("li", { class: "fl-card" },
      el("div", { class: "fl-card-top" }, card.rank, card.head, card.mark), card.text, card.more,
      card.scores);
    s.cards.set(key, card);
    s.cardList.appendChild(card.node);
    return card;
  };

  /** The whole text can be seen, or its beginning. */
  const unfold = (card, open) => {
    card.open = open;
    set(card.more, { "aria-expanded": String(open) });
    say(card.more, open ? "Show less" : "Show all");
    card.text.classList.toggle("fl-clipped", !open);
    fold(card);
  };

  /** The button is there where the text is longer than its room. */
  const fold = (card) => {
    const cut = card.text.scrollHeight > card.text.clientHeight + 2;
    card.text.classList.toggle("fl-cut", cut);
    card.more.hidden = !cut && !card.open;
  };

  /** The card shows its candidate; text that is there already is left alone. */
  const drawCard = (s, candidate, place) => {
    const card = s.cards.get(candidate.key) || makeCard(s, candidate.key);
    const words = spelled(candidate.text);
    if (words.startsWith(card.said)) card.body.appendData(words.slice(card.said.length));
    else card.body.data = words;
    card.said = words;
    set(card.node, { class: `fl-card ${memberClass(candidate.colour)}${candidate.winner ? " fl-winner" : ""}${candidate.growing ? " fl-running" : ""}` });
    say(card.rank, s.voted ? String(whole(own(candidate.ranks, s.metric), place + 1)) : "");
    card.mark.hidden = !candidate.winner;
    const shape = JSON.stringify([candidate.index, candidate.scores, candidate.found, s.metric]);
    if (shape === card.shape) return card;
    card.shape = shape;
    fill(card.head, memberName({ name: titleOf(candidate), index: candidate.colour }),
      el("span", { class: "fl-quiet" }, numberOf(candidate)), foundOf(candidate));
    fill(card.scores, scoresOf(s, candidate));
    return card;
  };

  /** The candidate's score under each metric, as bars with numbers. */
  const scoresOf = (s, candidate) => metricsOf(s.data).map((m) => {
    const score = scoreOf(candidate, m.name);
    return score !== null && el("li", { class: `fl-score${m.name === s.metric ? " fl-chosen" : ""}` },
      el("span", { class: "fl-score-name" }, m.label),
      el("span", { class: "fl-track", "aria-hidden": "true" },
        measure(el("span", { class: "fl-segment" }), "--w", unit(score))),
      el("span", { class: "fl-bar-value" }, score.toFixed(3)));
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
      if (x || y) node.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 320, easing: "ease-out" });
    }
  };

  // The matrix

  /** The similarities under the metric, or null. */
  const matrixOf = (s) => {
    const rows = list(own(s.data.similarity, s.metric));
    if (s.candidates.length < 2 || s.candidates.some((c) => !Array.isArray(rows[c.index]))) return null;
    return s.candidates.map((a) => s.candidates.map((b) => number(rows[a.index][b.index])));
  };

  /** One cell for each pair; arrow keys walk, Enter shows the pair. */
  const drawMatrix = (s) => {
    const rows = matrixOf(s);
    s.matrix.hidden = !rows;
    const measured = metricsOf(s.data).find((m) => m.name === s.metric);
    const by = measured && measured.explanation ? `${measured.label}: ${measured.explanation}. ` : "";
    say(s.measureNote, `${by}Choose a cell to see both texts.`);
    const key = JSON.stringify([s.metric, rows]);
    if (!rows || key === s.matrixKey) return;
    s.matrixKey = key;
    const n = rows.length;
    const values = rows.flatMap((row, i) => row.filter((_, j) => j !== i));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const shade = (v) => (high > low ? (v - low) / (high - low) : 0.5);
    s.cells = rows.map((row, i) => rows.map((_, j) => cellOf(s, i, j, row[j], shade)));
    s.at = s.at && s.at[0] < n && s.at[1] < n ? s.at : [0, 1];
    set(s.cells[s.at[0]][s.at[1]], { tabindex: "0" });
    const head = (c) => el("span", { class: `fl-head-mark ${memberClass(c.colour)}`, title: titleOf(c) }, c.index + 1);
    fill(s.grid, el("table", { class: `fl-heat${n > 12 ? " fl-dense" : ""}`, role: "grid", "aria-label": "Pairwise similarity" },
      el("thead", null, el("tr", null, el("td"), s.candidates.map((c) => el("th", { scope: "col" }, head(c))))),
      el("tbody", null, s.cells.map((row, i) => el("tr", null, el("th", { scope: "row" }, head(s.candidates[i])), row)))),
      el("p", { class: "fl-key" }, low.toFixed(2), el("span", { class: "fl-scale", "aria-hidden": "true" }), high.toFixed(2)));
    drawNumbers(s);
  };

  /** One cell. */
  const cellOf = (s, i, j, value, shade) => {
    const [a, b] = [s.candidates[i], s.candidates[j]];
    const words = `${titleOf(a)} and ${titleOf(b)}: ${value.toFixed(3)}`;
    const cell = el("td", {
      class: `fl-cell${i === j ? " fl-same" : ""}`, tabindex: "-1", title: words, "aria-label": words,
      role: "gridcell", "aria-selected": "false",
    }, el("span", { class: "fl-cell-value" }, i === j ? "" : value.toFixed(2)));
    cell.addEventListener("click", () => showPair(s, i, j));
    cell.addEventListener("keydown", (event) => walk(s, event, i, j));
    return i === j ? cell : measure(cell, "--p", unit(shade(value)));
  };

  /** Keys walk through the cells. */
  const walk = (s, event, i, j) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      showPair(s, i, j);
      return;
    }
    const n = s.cells.length;
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    const target = keyTarget(event.key, vertical ? i : j, n);
    if (target === null) return;
    event.preventDefault();
    focusCell(s, vertical ? target : i, vertical ? j : target);
  };

  /** This cell is the one that the Tab key reaches. */
  const focusCell = (s, i, j) => {
    set(s.cells[s.at[0]][s.at[1]], { tabindex: "-1" });
    s.at = [i, j];
    set(s.cells[i][j], { tabindex: "0" }).focus();
  };

  /** Both texts of the pair stand side by side. */
  const showPair = (s, i, j) => {
    for (const cell of s.cells.flat()) set(cell, { "aria-selected": "false" });
    set(s.cells[i][j], { "aria-selected": "true" });
    focusCell(s, i, j);
    const side = (c) => el("article", { class: `fl-card ${memberClass(c.colour)}` },
      el("header", { class: "fl-card-head" }, memberName({ name: titleOf(c), index: c.colour }),
        el("span", { class: "fl-quiet" }, numberOf(c))),
      el("p", { class: "fl-prose", dir: "auto", tabindex: "0", role: "region", "aria-label": `Text of ${titleOf(c)}` },
        spelled(c.text)));
    const value = number(matrixOf(s)?.[i]?.[j]);
    const [a, b] = [s.candidates[i], s.candidates[j]];
    fill(s.pairRoom,
      el("p", { class: "fl-sentence" }, i === j
        ? titleOf(a) : `${titleOf(a)} and ${titleOf(b)}: similarity ${value.toFixed(3)}`),
      el("div", { class: "fl-pair-texts" }, side(a), i === j ? null : side(b)));
    if (s.trigger) s.trigger("select", { index: a.index, other: b.index });
  };

  /** The numbers of the matrix under every metric. */
  const drawNumbers = (s) => {
    for (const old of s.numbers.querySelectorAll(".fl-scroll")) old.remove();
    const rows = s.data && matrixOf(s);
    if (!s.numbers.open || !rows) return;
    const label = metricsOf(s.data).find((m) => m.name === s.metric)?.label || s.metric;
    add(s.numbers, table(`Pairwise similarity, ${label}`, ["candidate", ...s.candidates.map((c) => c.index + 1)],
      rows.map((row, i) => [`${i + 1} · ${titleOf(s.candidates[i])}`, ...row.map((v) => v.toFixed(3))])));
  };

  /** Everything stands as the data and the chosen metric say. */
  const draw = (s) => {
    const names = metricsOf(s.data).map((m) => m.name);
    s.metric = names.includes(s.asked) ? s.asked : text(s.data.decided_by || names[0]);
    s.voted = s.candidates.some((c) => scoreOf(c, s.metric) !== null);
    s.empty.hidden = s.candidates.length > 0;
    const order = s.voted ? ranked(s.candidates, s.metric) : s.candidates;
    drawSwitch(s);
    drawSentence(s, order);
    const cards = order.map((candidate, place) => drawCard(s, candidate, place));
    arrange(s, cards);
    cards.forEach(fold);
    drawMatrix(s);
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
  window.FusionLab.vote = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    s.data = data && typeof data === "object" ? data : {};
    s.candidates = takeCandidates(s.data);
    prune(s);
    draw(s);
  };
})();
