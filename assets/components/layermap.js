/**
 * A map of layers by tokens: who read each token in every layer, by the expert's colour and number.
 *
 * It shows `SPAN` tokens around the selected one, of the text that this one belongs to. A cell that
 * is chosen selects its token and its layer. `s` is the stage of `experts`.
 */
(() => {
  "use strict";
  const { el, fill, isEnd, say, set, text, tokenText, unfolding } = window.FusionLab.core;
  const { leads, placeOf } = window.FusionLab.heat;
  const { expertClass, givenIn, LETTERS } = window.FusionLab.marks;
  const { described } = window.FusionLab.given;
  const { t } = window.FusionLab.words;
  const SPAN = 40;
  const SHORT = 2;

  /** The room of the map, empty. */
  const makeMap = (s) => {
    const button = (key, turn) => {
      const node = el("button", { class: "fl-step-button", type: "button" }, t(`layermap-${key}`));
      node.addEventListener("click", () => {
        r.begin += turn * SPAN;
        draw(s);
      });
      return node;
    };
    const r = { begin: 0, indices: [], heads: [], cells: [], key: "" };
    r.where = el("span", { class: "fl-map-where" });
    r.earlier = button("earlier", -1);
    r.later = button("later", 1);
    r.turn = el("p", { class: "fl-map-turn" }, r.earlier, r.where, r.later);
    r.frame = el("div", { class: "fl-heat-frame" });
    r.section = unfolding(
      "layermap",
      t("layermap-title"),
      el("p", { class: "fl-note" }, t("layermap-about")),
      r.turn,
      r.frame,
    );
    r.section.hidden = true;
    r.section.addEventListener("toggle", () => draw(s));
    r.frame.addEventListener("click", (event) => choose(s, placeOf(event)));
    r.frame.addEventListener("keydown", (event) => walk(s, event));
    return r;
  };

  /** The map holds the selected token; called whenever another one is selected or has come. */
  const drawMap = (s) => {
    const r = s.map;
    r.section.hidden = s.layers.length < 2 || !s.steps[s.selected];
    if (r.section.hidden) return;
    const sample = s.steps[s.selected].sample;
    r.indices = s.strips[sample].indices;
    const at = r.indices.indexOf(s.selected);
    if (r.sample !== sample || at < r.begin || at >= r.begin + SPAN)
      r.begin = Math.floor(at / SPAN) * SPAN;
    r.sample = sample;
    draw(s);
  };

  /** The part of the text that is shown is drawn, if it is not the one that stands. */
  const draw = (s) => {
    const r = s.map;
    if (r.section.hidden || !r.section.open) return;
    r.begin = Math.min(Math.max(0, r.begin), Math.max(0, r.indices.length - 1));
    const shown = r.indices.slice(r.begin, r.begin + SPAN);
    const key = JSON.stringify([s.run, r.sample, shown]);
    if (key !== r.key) {
      r.key = key;
      fill(r.frame, tableOf(s, shown));
      const several = r.indices.length > SPAN;
      r.turn.hidden = !several;
      r.earlier.disabled = r.begin === 0;
      r.later.disabled = r.begin + SPAN >= r.indices.length;
      say(
        r.where,
        t("layermap-where", {
          first: r.begin + 1,
          last: r.begin + shown.length,
          of: r.indices.length,
        }),
      );
    }
    mark(s, shown);
  };

  const tableOf = (s, shown) => {
    const r = s.map;
    const letter = s.texts.length > 1 ? LETTERS[r.sample] : "none";
    r.heads = s.layers.map((each) => el("th", { scope: "row" }, String(each.layer)));
    r.cells = s.layers.map((_, at) => shown.map((index) => cellOf(s, index, at)));
    return el(
      "table",
      {
        class: "fl-heat fl-layermap-grid",
        role: "grid",
        "aria-label": t("layermap-grid", { letter }),
      },
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          el("th", { class: "fl-corner", scope: "col" }, t("experts-head-layer")),
          shown.map((index) => el("th", { scope: "col" }, headOf(s.steps[index]))),
        ),
      ),
      el(
        "tbody",
        null,
        r.heads.map((head, at) => el("tr", null, head, r.cells[at])),
      ),
    );
  };

  /** What stands above a column: upright where it is short. */
  const headOf = (step) => {
    const word = isEnd(step.token) ? t("number-end") : tokenText(text(step.text || step.token));
    const upright = [...word].length > SHORT ? "" : " fl-map-short";
    return el("span", { class: `fl-map-token${upright}` }, word);
  };

  const cellOf = (s, index, at) => {
    const step = s.steps[index];
    const given = givenIn(step, at);
    const words = described({ ...s, layer: at }, step);
    return el(
      "td",
      {
        class: `fl-cell fl-map-cell ${expertClass(given[0]?.expert)}`,
        role: "gridcell",
        tabindex: "-1",
        title: words,
        "aria-label": words,
      },
      given.length ? String(given[0].expert) : "",
    );
  };

  /** The selected token's column and the chosen layer's row stand out; Tab comes back to there. */
  const mark = (s, shown) => {
    const r = s.map;
    const column = shown.indexOf(s.selected);
    r.cells.forEach((row, at) =>
      row.forEach((cell, i) => {
        const here = i === column && at === s.layer;
        const given = givenIn(s.steps[shown[i]], s.layer);
        const other = s.spot !== null && !given.some((each) => each.expert === s.spot);
        cell.classList.toggle("fl-ringed", i === column);
        cell.classList.toggle("fl-dim", other);
        set(cell, { "aria-selected": String(here), tabindex: here ? "0" : "-1" });
      }),
    );
    if (column < 0) set(r.cells[s.layer][0], { tabindex: "0" });
    r.heads.forEach((head, at) => head.classList.toggle("fl-chosen", at === s.layer));
  };

  /** The token and the layer of this cell are the selected ones. */
  const choose = (s, place) => {
    if (!place) return;
    const [at, column] = place;
    const index = s.map.indices[s.map.begin + column];
    s.chooseLayer(at);
    s.pick(index);
    focusOn(s);
  };

  /** The cell of the selected token in the chosen layer has the focus. */
  const focusOn = (s) => {
    const column = s.map.indices.indexOf(s.selected) - s.map.begin;
    s.map.cells[s.layer][column]?.focus();
  };

  /** Arrow keys lead from cell to cell, over the edge to what is not shown yet. */
  const walk = (s, event) => {
    const place = placeOf(event);
    const from = place && [place[0], s.map.begin + place[1]];
    const target = from && leads(event, from, s.layers.length, s.map.indices.length);
    if (!target) return;
    event.preventDefault();
    const [layer, column] = target;
    s.chooseLayer(layer);
    s.pick(s.map.indices[column]);
    focusOn(s);
  };

  window.FusionLab.layermap = { drawMap, makeMap };
})();
