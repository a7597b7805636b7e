/**
 * How certainty and agreement went, token by token: two curves over all steps, and their numbers.
 *
 * The curves are a slider: arrow keys and clicks choose a step. `s` is the stage of `tokens`.
 */
(() => {
  "use strict";
  const {
    add,
    chip,
    el,
    fill,
    folded,
    nats,
    number,
    probability,
    say,
    set,
    svg,
    table,
    term,
    tokenText,
    unfolding,
    whole,
    woven,
  } = window.FusionLab.core;
  const { courseCells } = window.FusionLab.provenance;
  const { t } = window.FusionLab.words;
  const BRIEF = 24;
  const PLOT = { left: 46, right: 14, top: 26, height: 72, gap: 42, bottom: 36, least: 16 };
  const LINES = [
    { key: "entropy", title: "course-entropy-axis", least: 0.5 },
    { key: "divergence", title: "course-divergence-axis", least: 0.1 },
  ];

  /** The number of the step as readers count: the first is 1. */
  const ordinal = (step) => whole(step.step) + 1;

  /** The room of the course, empty. */
  const makeCourse = () => {
    const c = { lines: [], dots: [] };
    c.most = el("button", { class: "fl-link", type: "button" });
    c.least = el("button", { class: "fl-link", type: "button" });
    c.mostBy = el("span");
    c.leastBy = el("span");
    c.disagreed = el("span", null, woven("course-most", { step: c.most, nats: c.mostBy }));
    c.unsure = el("span", null, woven("course-least", { step: c.least, nats: c.leastBy }));
    c.grid = svg("g", { class: "fl-grid" });
    c.cursor = svg("path", { class: "fl-cursor" });
    c.hover = svg("path", { class: "fl-hover" });
    c.marks = svg("g");
    for (const line of LINES) {
      const pair = [svg("path", { class: "fl-area" }), svg("path", { class: "fl-line" })];
      c.lines.push(pair);
      c.dots.push(svg("circle", { class: "fl-dot", r: 4.5 }));
      add(c.marks, svg("g", { class: `fl-of-${line.key}` }, pair, c.dots[c.dots.length - 1]));
    }
    c.plot = svg(
      "svg",
      {
        class: "fl-plot",
        role: "slider",
        tabindex: "0",
        "aria-orientation": "horizontal",
        "aria-label": t("course-slider"),
      },
      c.grid,
      c.hover,
      c.cursor,
      c.marks,
    );
    c.readout = el("p", { class: "fl-readout", "aria-hidden": "true" });
    c.table = folded(t("course-table"));
    c.apart = el("span", null, " · ", term("divergence", t("course-divergence")));
    c.section = unfolding(
      "course",
      t("course-title"),
      el("p", { class: "fl-sentence" }, c.disagreed, c.unsure),
      el("p", { class: "fl-note" }, term("entropy", t("course-entropy")), c.apart),
      el("div", { class: "fl-plot-frame" }, c.plot),
      c.readout,
      c.table,
    );
    c.section.hidden = true;
    return c;
  };

  /** Which lines there are to draw: one member cannot disagree. */
  const linesOf = (s) => (s.members.length > 1 ? LINES : LINES.slice(0, 1));

  /** The plot's measures for the room it has. */
  const scaleOf = (s) => {
    const width = Math.max(240, s.course.plot.parentNode.clientWidth || 640);
    const last = Math.max(s.done ? 2 : PLOT.least, s.steps.length) - 1;
    const panels = linesOf(s).map((line, i) => {
      const peak = s.steps.length ? number(s.steps[i ? s.most : s.least][line.key]) : 0;
      const [top, step] = niceTop(Math.max(line.least, peak));
      const bottom = PLOT.top + PLOT.height + i * (PLOT.height + PLOT.gap);
      return {
        ...line,
        top,
        step,
        bottom,
        y: (v) => bottom - (Math.max(0, number(v)) / top) * PLOT.height,
      };
    });
    const inner = width - PLOT.left - PLOT.right;
    return {
      width,
      last,
      panels,
      inner,
      x: (i) => PLOT.left + (i / last) * inner,
      height: panels[panels.length - 1].bottom + PLOT.bottom,
    };
  };

  /** A round number not below `peak`, and the distance of its ticks. */
  const niceTop = (peak) => {
    const power = 10 ** Math.floor(Math.log10(peak));
    const top = [1, 2, 3, 4, 5, 6, 8, 10].find((n) => n * power >= peak * 0.999) * power;
    return [top, top / 2];
  };

  /** Lines, axes and summary show all steps. */
  const drawCourse = (s) => {
    const c = s.course;
    c.section.hidden = s.steps.length < 2;
    if (c.section.hidden) return;
    c.apart.hidden = s.members.length < 2;
    const scale = (c.scale = scaleOf(s));
    set(c.plot, {
      width: scale.width,
      height: scale.height,
      viewBox: `0 0 ${scale.width} ${scale.height}`,
    });
    drawGrid(s, scale);
    LINES.forEach((line, i) => {
      const panel = scale.panels[i];
      c.lines[i][0].parentNode.classList.toggle("fl-away", !panel);
      if (!panel) return;
      const points = s.steps.map(
        (step, k) => `${scale.x(k).toFixed(1)},${panel.y(step[line.key]).toFixed(1)}`,
      );
      set(c.lines[i][1], { d: `M${points.join("L")}` });
      set(c.lines[i][0], {
        d: `M${scale.x(0)},${panel.bottom}L${points.join("L")}L${scale.x(s.steps.length - 1)},${panel.bottom}Z`,
      });
    });
    drawSummary(s);
    drawCursor(s);
  };

  /** Axes, ticks and titles. */
  const drawGrid = (s, scale) => {
    const label = (x, y, anchor, words, name) =>
      svg("text", { x, y, "text-anchor": anchor, class: name || "fl-axis" }, words);
    const rule = (y) => svg("line", { x1: PLOT.left, x2: scale.width - PLOT.right, y1: y, y2: y });
    const wide = scale.width > 420;
    const parts = scale.panels.flatMap((panel) => [
      label(
        0,
        panel.bottom - PLOT.height - 12,
        "start",
        t(wide ? panel.title : `${panel.title}.short`),
        "fl-plot-title",
      ),
      [0, panel.step, panel.top].map((v) => [
        rule(panel.y(v)),
        label(PLOT.left - 8, panel.y(v) + 4, "end", String(Math.round(v * 1000) / 1000)),
      ]),
    ]);
    const floor = scale.panels[scale.panels.length - 1].bottom;
    const every =
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find(
        (n) => (n / scale.last) * scale.inner > 44,
      ) || 20000;
    const first = s.steps.length ? whole(s.steps[0].step) : 0;
    for (const n of ticksOf(every, scale.last + 1)) {
      parts.push(label(scale.x(n - 1), floor + 18, "middle", first + n));
    }
    parts.push(label(scale.width - PLOT.right, floor + 33, "end", t("course-steps-axis")));
    fill(s.course.grid, parts);
  };

  /** Round numbers of steps up to `count`, and the first step; none stands on its neighbour. */
  const ticksOf = (every, count) => {
    const rest = Array.from({ length: Math.floor(count / every) }, (_, i) => (i + 1) * every);
    return rest[0] === 1 ? rest : [1, ...rest.filter((n) => n - 1 > every * 0.6)];
  };

  /** An upright line through every panel, that leaves the titles between them free. */
  const upright = (scale, x) =>
    scale.panels
      .map((panel) => `M${x.toFixed(1)},${panel.bottom - PLOT.height}V${panel.bottom}`)
      .join("");

  /** Selected step: a line through both panels and a dot on each. */
  const drawCursor = (s) => {
    const { scale, cursor, dots, plot } = s.course;
    const step = s.steps[s.selected];
    if (!scale || !step || s.course.section.hidden) return;
    const x = scale.x(s.selected);
    set(cursor, { d: upright(scale, x) });
    scale.panels.forEach((panel, i) => set(dots[i], { cx: x, cy: panel.y(step[panel.key]) }));
    set(plot, {
      "aria-valuemin": ordinal(s.steps[0]),
      "aria-valuemax": ordinal(s.steps[s.steps.length - 1]),
      "aria-valuenow": ordinal(step),
      "aria-valuetext": courseLine(s, step),
    });
    if (!(s.hovered >= 0)) say(s.course.readout, courseLine(s, step));
  };

  /** The step's token in few characters. */
  const brief = (step) => {
    const characters = [...tokenText(step.token)];
    return characters.length > BRIEF
      ? `${characters.slice(0, BRIEF).join("")}…`
      : characters.join("");
  };

  /** The course at one step, in words. */
  const courseLine = (s, step) =>
    t(s.members.length > 1 ? "course-line" : "course-line-alone", {
      step: String(ordinal(step)),
      token: brief(step),
      entropy: nats(step.entropy),
      divergence: nats(step.divergence),
    });

  /** Where the members disagreed and the fusion was unsure. */
  const drawSummary = (s) => {
    const c = s.course;
    const words = (index) =>
      t("course-step", { step: String(ordinal(s.steps[index])), token: brief(s.steps[index]) });
    c.disagreed.hidden = s.members.length < 2 || number(s.steps[s.most].divergence) < 1e-6;
    say(c.most, words(s.most));
    say(c.mostBy, nats(s.steps[s.most].divergence));
    say(c.least, words(s.least));
    say(c.leastBy, nats(s.steps[s.least].entropy));
    if (c.table.open || !c.table.listening) drawCourseTable(s);
  };

  /** The numbers behind the lines. */
  const drawCourseTable = (s) => {
    const { table: room } = s.course;
    if (!room.listening) room.addEventListener("toggle", () => drawCourseTable(s));
    room.listening = true;
    const old = room.querySelector(".fl-scroll");
    if (!room.open) return;
    const several = s.members.length > 1;
    const heads = [
      ...["step", "token", "p", "entropy"],
      ...(several ? ["divergence", "agreement", "pivotal"] : []),
    ].map((name) => t(`tokens-head-${name}`));
    const rows = s.steps.map((step) => [
      ordinal(step),
      chip(step.token),
      probability(step.p),
      nats(step.entropy),
      ...(several ? [nats(step.divergence), ...courseCells(s, step)] : []),
    ]);
    const fresh = table(t(several ? "course-caption" : "course-caption-alone"), heads, rows);
    if (old) old.replaceWith(fresh);
    else room.appendChild(fresh);
  };

  /** The step under the pointer. */
  const stepAt = (s, event) => {
    const { scale, plot } = s.course;
    const x = event.clientX - plot.getBoundingClientRect().left;
    const i = Math.round(((x - PLOT.left) / scale.inner) * scale.last);
    return Math.min(s.steps.length - 1, Math.max(0, i));
  };

  /** The pointer rests on this step; -1 for none. */
  const hover = (s, index) => {
    const { scale, hover: line, readout } = s.course;
    s.hovered = index;
    const step = s.steps[index] || s.steps[s.selected];
    line.classList.toggle("fl-away", index < 0);
    if (index >= 0) set(line, { d: upright(scale, scale.x(index)) });
    if (step) say(readout, courseLine(s, step));
  };

  window.FusionLab.course = { drawCourse, drawCursor, hover, makeCourse, ordinal, stepAt };
})();
