/**
 * The study of local experts: three losses side by side, each dividing the same problem.
 *
 * Ground in the colour of the expert that the gate prefers there, the stronger the surer; experts
 * as lines; below, how far off all together and the preferred expert alone have been.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, fixed, folded, list, measure, number, say, set, shares, state, svg, table } =
    FusionLab.core;
  const { text, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const WIDE = 320;
  const TALL = { zigzag: 210, clusters: 320 };
  const TOP = 5; // the largest target that has room
  const COURSE = { height: 116, left: 40, right: 8, top: 10, bottom: 24 };
  const LOWEST = 0.01;
  const HIGHEST = 100;
  const COLOURS = 8;
  FusionLab.studies = FusionLab.studies || {};

  const expert = (k) => `fl-e${whole(k) % COLOURS}`;
  const titleOf = (run) => t(`local-loss-${text(run.loss)}`);

  const make = () => {
    const s = { panels: [], kind: "" };
    s.keys = el("div", { class: "fl-keys" });
    s.step = el("p", { class: "fl-note" });
    s.row = el("div", { class: "fl-local-row" });
    s.numbers = folded(t("local-table"));
    s.table = el("div");
    s.numbers.append(s.table);
    s.root = el("div", { class: "fl-local" }, s.step, s.keys, s.row, s.numbers);
    return s;
  };

  const key = (look, words) =>
    el(
      "span",
      { class: "fl-key" },
      el("span", { class: `fl-local-key ${look}`, "aria-hidden": "true" }),
      words,
    );

  /** What the lines and marks of this problem stand for. */
  const drawKeys = (s, problem) => {
    if (s.kind === problem) return;
    s.kind = problem;
    const flat = problem === "zigzag";
    fill(
      s.keys,
      key("fl-local-key-ground", t("local-key-ground")),
      key("fl-local-key-line", t(flat ? "local-key-line" : "local-key-border")),
      flat ? null : el("span", { class: "fl-key" }, t("local-key-classes")),
      key("fl-local-key-fused", t("local-key-together")),
      key("fl-local-key-alone", t("local-key-alone")),
    );
  };

  /** One loss: its name and formula, the picture, who is used, and the course. */
  const makePanel = () => {
    const p = { cells: [] };
    p.name = el("h3", { class: "fl-subtitle" });
    p.formula = el("p", { class: "fl-local-formula" });
    p.ground = svg("g", { class: "fl-local-ground" });
    p.marks = svg("g");
    p.plot = svg("svg", { class: "fl-local-plot", role: "img" }, p.ground, p.marks);
    p.shares = el("div", { class: "fl-local-shares", "aria-hidden": "true" });
    p.course = svg("svg", { class: "fl-local-course", role: "img" });
    p.figures = el("p", { class: "fl-local-figures" });
    p.root = el(
      "section",
      { class: "fl-local-panel" },
      el("div", null, p.name, p.formula),
      p.plot,
      p.shares,
      p.course,
      p.figures,
    );
    return p;
  };

  // Places in the picture

  const across = (x) => (WIDE * (1 + number(x))) / 2;
  const upward = (kind) => (y) =>
    kind === "zigzag"
      ? TALL.zigzag * (0.5 - number(y) / (2 * TOP))
      : (TALL.clusters * (1 - number(y))) / 2;

  /** The grid is laid once, and then only coloured. */
  const layGround = (p, kind, count) => {
    const side = kind === "zigzag" ? count : Math.round(Math.sqrt(count));
    const rows = kind === "zigzag" ? 1 : side;
    const [w, h] = [WIDE / side, TALL[kind] / rows];
    p.cells = Array.from({ length: side * rows }, (_, i) => {
      const row = rows - 1 - Math.floor(i / side);
      const at = { x: (i % side) * w, y: row * h, width: w + 0.5, height: h + 0.5 };
      return svg("rect", at);
    });
    fill(p.ground, p.cells);
  };

  const drawGround = (p, run) =>
    p.cells.forEach((cell, i) => {
      const look = expert(run.chosen[i]);
      if (cell.getAttribute("class") !== look) set(cell, { class: look });
      measure(cell, "--p", number(run.sure[i]));
    });

  const path = (name, corners) =>
    svg("path", {
      class: name,
      d: corners.length
        ? `M${corners.map((at) => at.map((v) => v.toFixed(1)).join(",")).join("L")}`
        : "",
    });

  /** The number of each expert, in the middle of what it holds. */
  const numbersOf = (p, run, kind) => {
    const held = new Map();
    const side = kind === "zigzag" ? p.cells.length : Math.sqrt(p.cells.length);
    list(run.chosen).forEach((k, i) => {
      const sum = held.get(k) || { n: 0, x: 0, y: 0 };
      held.set(k, { n: sum.n + 1, x: sum.x + (i % side), y: sum.y + Math.floor(i / side) });
    });
    return [...held].map(([k, { n, x, y }]) => {
      const cx = (WIDE * (x / n + 0.5)) / side;
      const cy = kind === "zigzag" ? TALL.zigzag - 14 : TALL.clusters * (1 - (y / n + 0.5) / side);
      return svg(
        "g",
        { class: expert(k) },
        svg("circle", { class: "fl-local-badge", cx, cy, r: 10 }),
        svg("text", { class: "fl-local-number", x: cx, y: cy + 4.5, "text-anchor": "middle" }, [
          whole(k) + 1,
        ]),
      );
    });
  };

  /** An expert on the line: thin everywhere, and thick where the gate prefers it. */
  const lineOf = (run, k, y) => {
    const [slope, base] = run.lines[k];
    const at = (x) => [across(x), y(slope * x + base)];
    const last = run.chosen.length - 1;
    const parts = [];
    run.chosen.forEach((chosen, i) => {
      if (chosen !== k) return;
      const x = (2 * i) / last - 1;
      const part = parts[parts.length - 1];
      if (part && part.to === i - 1) Object.assign(part, { to: i, end: x });
      else parts.push({ to: i, start: x, end: x });
    });
    return svg(
      "g",
      { class: expert(k) },
      path("fl-local-thin", [at(-1), at(1)]),
      parts.map(({ start, end }) => path("fl-local-thick", [at(start), at(end)])),
    );
  };

  /** Where an expert parts the classes: w₀ x + w₁ y + b = 0, drawn far beyond the picture. */
  const borderOf = (run, k, y) => {
    const [a, b, c] = run.lines[k];
    const size = a * a + b * b;
    if (size < 1e-6) return null;
    const [fx, fy] = [(-a * c) / size, (-b * c) / size];
    const [dx, dy] = [-b / Math.sqrt(size), a / Math.sqrt(size)];
    const ends = [-4, 4].map((far) => [across(fx + far * dx), y(fy + far * dy)]);
    const idle = number(run.shares[k]) < 0.02;
    return svg("g", { class: expert(k) }, path(idle ? "fl-local-thin" : "fl-local-thick", ends));
  };

  const pointOf = (kind, y) => (point) => {
    if (kind === "zigzag")
      return svg("circle", {
        class: "fl-local-point",
        cx: across(point[0]),
        cy: y(point[1]),
        r: 2.2,
      });
    const [px, py] = [across(point[0]), y(point[1])];
    return point[2] > 0
      ? svg("circle", { class: "fl-local-point", cx: px, cy: py, r: 4 })
      : svg("path", {
          class: "fl-local-cross",
          d: `M${px - 3.5},${py - 3.5}l7,7M${px - 3.5},${py + 3.5}l7,-7`,
        });
  };

  const drawPlot = (p, run, found) => {
    const kind = found.problem === "clusters" ? "clusters" : "zigzag";
    if (p.kind !== kind || p.cells.length !== run.chosen.length) {
      p.kind = kind;
      layGround(p, kind, run.chosen.length);
      set(p.plot, { viewBox: `0 0 ${WIDE} ${TALL[kind]}` });
    }
    drawGround(p, run);
    const y = upward(kind);
    const experts = list(run.lines).map((_, k) =>
      kind === "zigzag" ? lineOf(run, k, y) : borderOf(run, k, y),
    );
    const last = run.said.length - 1;
    const fused =
      kind === "zigzag"
        ? path(
            "fl-local-fused",
            run.said.map((value, i) => [across((2 * i) / last - 1), y(value)]),
          )
        : null;
    const points = list(found.points).map(pointOf(kind, y));
    fill(p.marks, points, experts, fused, numbersOf(p, run, kind));
    const values = { loss: titleOf(run), used: run.used, all: found.experts };
    set(p.plot, { "aria-label": t("local-picture", values) });
  };

  // The course

  const drawCourse = (p, run, found) => {
    const { height, left, right, top, bottom } = COURSE;
    const low = Math.log10(LOWEST);
    const span = Math.log10(HIGHEST) - low;
    const x = (step) => left + ((WIDE - left - right) * step) / Math.max(1, number(found.steps));
    const y = (error) => {
      const share = (Math.log10(Math.max(LOWEST, number(error))) - low) / span;
      return height - bottom - Math.min(1, share) * (height - top - bottom);
    };
    const ticks = [0.01, 1, 100].map((value) => [
      svg("line", { x1: left, x2: WIDE - right, y1: y(value), y2: y(value) }),
      svg(
        "text",
        { class: "fl-axis", x: left - 6, y: y(value) + 4, "text-anchor": "end" },
        text(value),
      ),
    ]);
    const line = (name, at) =>
      path(
        name,
        run.curve.map((point) => [x(point[0]), y(point[at])]),
      );
    set(p.course, {
      viewBox: `0 0 ${WIDE} ${height}`,
      "aria-label": t("local-course", { loss: titleOf(run) }),
    });
    fill(
      p.course,
      svg("g", { class: "fl-grid" }, ticks),
      svg("text", { class: "fl-axis", x: left, y: height - 6 }, t("local-error")),
      svg(
        "text",
        { class: "fl-axis", x: WIDE - right, y: height - 6, "text-anchor": "end" },
        t("local-steps", { n: number(found.steps) }),
      ),
      line("fl-local-alone", 2),
      line("fl-local-together", 1),
    );
  };

  const drawPanel = (p, run, found) => {
    say(p.name, titleOf(run));
    say(p.formula, t(`local-loss-${text(run.loss)}.formula`));
    drawPlot(p, run, found);
    fill(
      p.shares,
      list(run.shares).map((share, k) =>
        share > 0
          ? measure(
              el("span", { class: expert(k) }, share >= 0.08 ? k + 1 : ""),
              "--w",
              number(share),
            )
          : null,
      ),
    );
    drawCourse(p, run, found);
    const values = { together: fixed(run.together, 2), alone: fixed(run.alone, 2) };
    say(p.figures, t("local-figures", { ...values, used: run.used, all: found.experts }));
  };

  const drawTable = (s, found) => {
    const heads = ["loss", "value", "together", "alone", "used", "shares"];
    const rows = found.runs.map((run) => [
      titleOf(run),
      fixed(run.value, 3),
      fixed(run.together, 3),
      fixed(run.alone, 3),
      text(run.used),
      shares(run.shares)
        .map((share, k) => `${k + 1}: ${share}`)
        .join(", "),
    ]);
    const shown = heads.map((head) => t(`local-head-${head}`));
    fill(s.table, table(t("local-table-of", { step: number(found.step) }), shown, rows));
  };

  FusionLab.studies["local-experts"] = (element, found) => {
    const s = state(element, make);
    const runs = list(found?.runs);
    if (s.panels.length !== runs.length) {
      s.panels = runs.map(makePanel);
      fill(
        s.row,
        s.panels.map(({ root }) => root),
      );
    }
    drawKeys(s, text(found?.problem));
    runs.forEach((run, i) => drawPanel(s.panels[i], run, found));
    say(s.step, t("local-step", { step: number(found.step), steps: number(found.steps) }));
    drawTable(s, found);
  };
})();
