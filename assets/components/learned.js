/**
 * The picture of a training: what each step lost, raw and smoothed, the learning rate behind it,
 * and below, on the same steps, what is lost on text that is not learned, and what share of some
 * questions is answered right, with its interval.
 *
 * `FusionLab.learned.picture(c)` is an SVG of the course `c`: `{points, solved, total, before,
 * width}`, each point `{step, loss, smooth, rate, held}`, each solved `{step, right, asked,
 * low, high}`; with the `mark` of a point, its `line` and `dot`, and how high a loss lies (`y`).
 * `FusionLab.learned.place(c, step)` is where a step lies.
 */
(() => {
  "use strict";
  const { fixed, percent, svg } = window.FusionLab.core;
  const { t } = window.FusionLab.words;
  const ROOM = { left: 52, right: 16, top: 32, gap: 56, bottom: 38 };
  const TALL = { loss: 170, held: 100 };
  const MOST = 300; // corners of a line
  const TICKS = 3;

  /** A round number not below this one. */
  const roundUp = (value) => {
    const power = 10 ** Math.floor(Math.log10(value || 1));
    return [1, 2, 2.5, 5, 10].find((n) => n * power >= value * 0.999) * power;
  };

  /** Round values around all of these, from the lowest to the highest. */
  const ticksOf = (values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const step = roundUp((high - low || Math.abs(high) || 1) / TICKS);
    const first = Math.floor(low / step + 1e-9);
    const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
    return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  };

  const digitsOf = (ticks) => {
    const step = ticks[1] - ticks[0];
    return Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(step) + 1e-9)));
  };

  /** Where a step lies, from left to right. */
  const place = (c, step) => {
    const inner = c.width - ROOM.left - ROOM.right;
    return ROOM.left + (inner * step) / Math.max(1, c.total);
  };

  /** No more points than a line can show. */
  const thinned = (points) => {
    const every = Math.ceil(points.length / MOST);
    return points.filter((_, i) => i % every === 0 || i === points.length - 1);
  };

  const path = (name, corners) =>
    svg("path", {
      class: name,
      d: corners.length
        ? `M${corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`
        : "",
    });

  const label = (x, y, anchor, words, name = "fl-axis") =>
    svg("text", { x, y, "text-anchor": anchor, class: name }, words);

  /** Lines and numbers of a scale between `top` and `floor`; `y` says where a value lies. */
  const scale = (c, values, top, floor) => {
    const ticks = ticksOf(values);
    const [low, high] = [ticks[0], ticks[ticks.length - 1]];
    const y = (value) => floor - ((value - low) / (high - low)) * (floor - top);
    const digits = digitsOf(ticks);
    const lines = ticks.map((value) => [
      svg("line", { x1: ROOM.left, x2: c.width - ROOM.right, y1: y(value), y2: y(value) }),
      label(ROOM.left - 8, y(value) + 4, "end", fixed(value, digits)),
    ]);
    return { y, lines: svg("g", { class: "fl-grid" }, lines) };
  };

  /** What each step lost, and the rate at which it learned. */
  const lossPart = (c, points) => {
    const floor = ROOM.top + TALL.loss;
    const { y, lines } = scale(
      c,
      points.map((p) => p.loss),
      ROOM.top,
      floor,
    );
    const most = Math.max(...points.map((p) => p.rate || 0));
    const rates = most ? points.filter((p) => p.rate) : [];
    const tall = floor - ROOM.top;
    const at = (p, value) => [place(c, p.step), value];
    return {
      y,
      nodes: [
        lines,
        label(0, ROOM.top - 16, "start", t("learning-loss"), "fl-learned-name"),
        path(
          "fl-learned-rate",
          rates.map((p) => at(p, floor - (tall * p.rate) / most)),
        ),
        path(
          "fl-learned-raw",
          points.map((p) => at(p, y(p.loss))),
        ),
        path(
          "fl-learned-smooth",
          points.map((p) => at(p, y(p.smooth))),
        ),
      ],
    };
  };

  /** What was lost on text that is not learned, a dot each time it was read. */
  const heldPart = (c) => {
    const held = c.points.filter((p) => p.held !== null);
    const known = [...(c.before === null ? [] : [{ step: 0, held: c.before }]), ...held];
    if (!known.length) return { nodes: [], floor: ROOM.top + TALL.loss };
    const top = ROOM.top + TALL.loss + ROOM.gap;
    const floor = top + TALL.held;
    const { y, lines } = scale(
      c,
      known.map((p) => p.held),
      top,
      floor,
    );
    const spots = known.map((p) => [place(c, p.step), y(p.held)]);
    const dots = spots.map(([cx, cy]) => svg("circle", { class: "fl-learned-dot", cx, cy, r: 5 }));
    const name = label(0, top - 16, "start", t("learning-held"), "fl-learned-name");
    return { nodes: [lines, name, path("fl-learned-way", spots), dots], floor, y };
  };

  /** What share was answered right, from none to all, a dot and its interval each time. */
  const solvedPart = (c, above) => {
    if (!c.solved.length) return { nodes: [], floor: above };
    const top = above + ROOM.gap;
    const floor = top + TALL.held;
    const y = (share) => floor - share * (floor - top);
    const lines = [0, 0.5, 1].map((share) => [
      svg("line", { x1: ROOM.left, x2: c.width - ROOM.right, y1: y(share), y2: y(share) }),
      label(ROOM.left - 8, y(share) + 4, "end", percent(share)),
    ]);
    const spots = c.solved.map((each) => [place(c, each.step), y(each.right / each.asked)]);
    const reach = c.solved.map((each) => {
      const x = place(c, each.step);
      return svg("line", {
        class: "fl-learned-reach",
        x1: x,
        x2: x,
        y1: y(each.low),
        y2: y(each.high),
      });
    });
    const dots = spots.map(([cx, cy]) =>
      svg("rect", { class: "fl-learned-right", x: cx - 4.5, y: cy - 4.5, width: 9, height: 9 }),
    );
    const words = t("learning-solved", { asked: c.solved[c.solved.length - 1].asked });
    const name = label(0, top - 16, "start", words, "fl-learned-name");
    const grid = svg("g", { class: "fl-grid" }, lines);
    return { nodes: [grid, name, reach, path("fl-learned-solved", spots), dots], floor };
  };

  const stepsAxis = (c, floor) => {
    const half = Math.round(c.total / 2);
    const ticks = c.total > 3 ? [0, half, c.total] : [0, c.total];
    return ticks.map((step, i) => {
      const anchor = i === ticks.length - 1 ? "end" : i ? "middle" : "start";
      const words = i ? String(step) : t("learning-step-axis");
      return label(place(c, step), floor + 24, anchor, words);
    });
  };

  /** The picture, and where the mark of a point goes. */
  const picture = (c) => {
    const points = thinned(c.points);
    const loss = lossPart(c, points);
    const held = heldPart(c);
    const solved = solvedPart(c, held.floor);
    const height = solved.floor + ROOM.bottom;
    const line = svg("line", { class: "fl-learned-at", y1: ROOM.top, y2: solved.floor });
    const dot = svg("circle", { class: "fl-learned-mark", r: 6 });
    const mark = svg("g", { class: "fl-learned-cursor" }, line, dot);
    const node = svg(
      "svg",
      {
        class: "fl-learned-picture",
        width: c.width,
        height,
        viewBox: `0 0 ${c.width} ${height}`,
        "aria-hidden": "true",
      },
      loss.nodes,
      held.nodes,
      solved.nodes,
      stepsAxis(c, solved.floor),
      mark,
    );
    return { node, mark, line, dot, y: loss.y };
  };

  window.FusionLab.learned = { label, path, picture, place, ROOM, scale, stepsAxis, TALL, thinned };
})();
