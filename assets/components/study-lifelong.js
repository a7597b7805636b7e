/**
 * Tasks learned one after another in several ways: the scores after each, how they went, what was
 * kept and gained, which properties that shows, and the model of groups taken apart.
 *
 * `FusionLab.studies.lifelong(element, view)` draws a picture of the study `lifelong`; called again
 * it draws a later one in its place.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, folded, list, measure, number, own, percent } = FusionLab.core;
  const { set, shares, state, svg, table, term, text, unit, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const FIGURES = ["acc", "bwt", "fwt", "forgetting"];
  const TERMS = { bwt: "backward-transfer", fwt: "forward-transfer", forgetting: "forgetting" };
  const WAY_TERMS = { rehearsal: "rehearsal", ewc: "ewc", lwf: "lwf", groups: "random-routed" };
  const PROPERTIES = ["retention", "forward", "backward", "online", "boundaries", "capacity"];
  const PARTS = ["embedding", "attention", "dense", "experts"];
  const PLOT = { width: 300, height: 110, left: 40, right: 8, top: 8, bottom: 20 };

  const make = () => {
    const s = {};
    s.lead = el("p", { class: "fl-note" });
    s.seeds = el("p", { class: "fl-note", role: "status" });
    s.ways = el("div", { class: "fl-lifelong-ways" });
    s.key = el("ul", { class: "fl-lifelong-key" });
    s.figures = el("div");
    s.properties = el("div");
    s.costs = folded(t("lifelong-costs"));
    s.steps = folded(t("lifelong-curve-table"));
    s.parts = el("div");
    s.root = el(
      "div",
      { class: "fl-lifelong" },
      s.lead,
      s.seeds,
      el("h3", { class: "fl-subtitle" }, t("lifelong-matrix")),
      s.key,
      s.ways,
      s.steps,
      s.figures,
      s.properties,
      s.costs,
      s.parts,
    );
    return s;
  };

  const nameOf = (way) => t(`lifelong-way-${text(way.way)}`);

  /** The words, which open their entry of the glossary where there is one. */
  const explained = (terms, key, words) => (own(terms, key) ? term(own(terms, key), words) : words);
  const numberOf = (value) => (typeof value === "number" ? fixed(value, 2) : "–");
  const questions = (view, task) => whole(own(view.asked, task));

  // The scores

  const cellsOf = (view, way, row, key, task) =>
    view.tasks.map((asked, at) => {
      const shade = list(row)[at];
      if (typeof shade !== "number") return null;
      const shown = fixed(100 * unit(shade));
      const values = {
        way: nameOf(way),
        task: text(task),
        share: t("number-percent", { n: shown }),
        asked: questions(view, asked),
      };
      return { shade: unit(shade), shown, words: t(key, values) };
    });

  const matrixOf = (view, way) =>
    FusionLab.heat({
      label: t("lifelong-matrix-of", { way: nameOf(way) }),
      corner: t("lifelong-after"),
      columns: view.tasks,
      rows: [
        {
          head: t("lifelong-before"),
          cells: cellsOf(view, way, way.before, "lifelong-cell-before"),
        },
        ...view.tasks.map((task, at) => ({
          head: text(task),
          cells: cellsOf(view, way, list(way.matrix)[at], "lifelong-cell", task),
        })),
      ],
      ends: [t("lifelong-none"), t("lifelong-all")],
    });

  // The curves

  const curveOf = (view, way) => {
    const total = Math.max(1, view.tasks.length * whole(view.steps, 1));
    const { width, height, left, right, top, bottom } = PLOT;
    const x = (step) => left + (number(step) / total) * (width - left - right);
    const y = (share) => top + (1 - unit(share)) * (height - top - bottom);
    const points = [{ step: 0, scores: list(way.before) }, ...list(way.curve)];
    const path = (at) =>
      `M${points.map((each) => `${x(each.step)},${y(list(each.scores)[at])}`).join("L")}`;
    return svg(
      "svg",
      {
        class: "fl-lifelong-curve",
        viewBox: `0 0 ${width} ${height}`,
        role: "img",
        "aria-label": t("lifelong-curve-of", { way: nameOf(way), steps: total }),
      },
      [0, 0.5, 1].map((share) => [
        svg("path", { class: "fl-lifelong-grid", d: `M${left},${y(share)}H${width - right}` }),
        svg("text", { x: left - 5, y: y(share) + 4, "text-anchor": "end" }, percent(share)),
      ]),
      view.tasks.map((task, at) => {
        const start = x(at * whole(view.steps, 1));
        return [
          svg("path", { class: "fl-lifelong-border", d: `M${start},${top}V${height - bottom}` }),
          svg("text", { x: start + 3, y: height - 5 }, text(task)),
        ];
      }),
      view.tasks.map((_, at) =>
        svg("path", { class: `fl-lifelong-line fl-lifelong-task-${at % 6}`, d: path(at) }),
      ),
    );
  };

  const drawKey = (s, view) =>
    fill(
      s.key,
      view.tasks.map((task, at) =>
        el(
          "li",
          null,
          svg(
            "svg",
            { class: "fl-lifelong-sign", viewBox: "0 0 26 8", "aria-hidden": "true" },
            svg("path", { class: `fl-lifelong-line fl-lifelong-task-${at % 6}`, d: "M1,4H25" }),
          ),
          text(task),
        ),
      ),
    );

  const drawWays = (s, view, ways) =>
    fill(
      s.ways,
      ways.map((way) =>
        el(
          "section",
          { class: "fl-lifelong-way", "aria-label": nameOf(way) },
          el("h4", { class: "fl-lifelong-name" }, explained(WAY_TERMS, way.way, nameOf(way))),
          el("p", { class: "fl-note" }, t(`lifelong-way-${text(way.way)}.help`)),
          matrixOf(view, way),
          curveOf(view, way),
        ),
      ),
    );

  const drawSteps = (s, view, ways) => {
    const rows = ways.flatMap((way) =>
      list(way.curve).map((each) => [
        nameOf(way),
        count(each.step),
        ...list(each.scores).map(percent),
      ]),
    );
    const heads = [t("lifelong-way"), t("lifelong-step"), ...view.tasks.map(text)];
    fill(s.steps, s.steps.firstChild, table(t("lifelong-curves"), heads, rows));
  };

  // What it shows

  const figureOf = (figure) =>
    el(
      "span",
      null,
      numberOf(figure?.mean),
      whole(figure?.n) > 1 &&
        el(
          "span",
          { class: "fl-lifelong-interval" },
          t("lifelong-interval", { low: numberOf(figure.low), high: numberOf(figure.high) }),
        ),
    );

  const drawFigures = (s, view, ways) => {
    const named = (key) => explained(TERMS, key, t(`lifelong-figure-${key}`));
    const heads = [t("lifelong-way"), ...FIGURES.map(named)];
    const rows = ways.map((way) => [
      nameOf(way),
      ...FIGURES.map((key) => figureOf(own(way.figures, key))),
    ]);
    const n = Math.min(...ways.map((way) => whole(way.figures.acc.n, 1)));
    const asked = Math.max(...view.tasks.map((task) => questions(view, task)));
    fill(
      s.figures,
      table(t("lifelong-figures"), heads, rows),
      el("p", { class: "fl-note" }, t("lifelong-figures-note", { n, asked })),
    );
  };

  const drawProperties = (s, view, ways) => {
    const heads = [t("lifelong-way"), ...PROPERTIES.map((key) => t(`lifelong-property-${key}`))];
    const verdict = (way, key) => {
      const found = text(own(way.properties, key));
      return el(
        "span",
        { class: `fl-lifelong-verdict fl-lifelong-${found}` },
        t(`lifelong-verdict-${found}`),
      );
    };
    const rows = ways.map((way) => [nameOf(way), ...PROPERTIES.map((key) => verdict(way, key))]);
    const bars = {
      forgotten: numberOf(view.bars.forgotten),
      transferred: numberOf(view.bars.transferred),
    };
    fill(
      s.properties,
      table(t("lifelong-properties"), heads, rows),
      el("p", { class: "fl-note" }, t("lifelong-bars", bars)),
    );
  };

  const drawCosts = (s, ways) => {
    const yes = (value) => t(value ? "lifelong-yes" : "lifelong-no");
    const shown = {
      parameters: count,
      growth: (value) => t("number-times", { n: fixed(number(value), 2) }),
      kept: count,
      stored: count,
      again: percent,
      boundaries: count,
      told: yes,
    };
    const keys = Object.keys(shown);
    const heads = [t("lifelong-way"), ...keys.map((key) => t(`lifelong-cost-${key}`))];
    const rows = ways.map((way) => [
      nameOf(way),
      ...keys.map((key) => shown[key](own(way.costs, key))),
    ]);
    fill(s.costs, s.costs.firstChild, table(t("lifelong-costs"), heads, rows));
  };

  // Taken apart

  const sum = (sizes) => PARTS.reduce((all, part) => all + number(own(sizes, part)), 0);

  const partRow = (name, sizes, equal) => {
    const all = sum(sizes);
    const told = shares(PARTS.map((key) => own(sizes, key)));
    const part = (key) => {
      const size = number(own(sizes, key));
      const share = told[PARTS.indexOf(key)];
      return t("lifelong-part-share", { count: count(size), share });
    };
    const bar = el(
      "span",
      { class: "fl-lifelong-bar", "aria-hidden": "true" },
      PARTS.map((key) =>
        measure(
          el("span", { class: `fl-lifelong-part-${key}` }),
          "--w",
          number(own(sizes, key)) / all,
        ),
      ),
    );
    return [name, el("span", null, count(all), bar), ...PARTS.map(part), equal];
  };

  const drawParts = (s, parts) => {
    if (!parts || !parts.whole) return fill(s.parts);
    const heads = [
      t("lifelong-part"),
      t("lifelong-part-size"),
      ...PARTS.map((key) => t(`lifelong-part-${key}`)),
      t("lifelong-part-equal"),
    ];
    const equal = (each) =>
      each.equal
        ? t("lifelong-part-equal-yes", { count: count(each.compared) })
        : t("lifelong-part-equal-no");
    const { appended } = parts;
    const untouched = appended.weights_equal && appended.logits_equal;
    const rows = [
      partRow(t("lifelong-part-whole"), parts.whole, "–"),
      ...list(parts.submodels).map((each) =>
        partRow(t("lifelong-part-only", { domain: text(each.domain) }), each.sizes, equal(each)),
      ),
      partRow(
        t("lifelong-part-appended", { domain: text(appended.domain) }),
        appended.sizes,
        t(untouched ? "lifelong-part-others" : "lifelong-part-equal-no"),
      ),
    ];
    return fill(s.parts, table(t("lifelong-parts"), heads, rows));
  };

  const draw = (element, view) => {
    const s = state(element, make);
    const ways = list(view.ways);
    const finished = ways.filter((way) => way.figures);
    s.lead.textContent = t("lifelong-start-of", {
      tasks: list(view.start).join(", "),
      sequence: list(view.tasks).join(", "),
      steps: whole(view.steps),
    });
    const done = ways.length ? Math.min(...ways.map((way) => whole(way.seeds))) : 0;
    s.seeds.textContent = t("lifelong-seeds-of", { done, all: whole(view.seeds) });
    drawKey(s, view);
    drawWays(s, view, ways);
    drawSteps(s, view, ways);
    for (const part of [s.figures, s.properties, s.costs]) set(part, { hidden: !finished.length });
    if (finished.length) {
      drawFigures(s, view, finished);
      drawProperties(s, view, finished);
      drawCosts(s, finished);
    }
    drawParts(s, view.parts);
  };

  FusionLab.studies = FusionLab.studies || {};
  FusionLab.studies.lifelong = draw;
})();
