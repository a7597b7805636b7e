/**
 * The pictures of a sweep: a curve between two models, or a triangle between three.
 *
 * `FusionLab.swept(sweep, choose)` is the node; `sweep` has the points as a record has them, and
 * those of the measure that is shown: `{models, points, values, best, low}`, each value
 * `{value, from, to, words}` or null; `low` says that less is better, `whole` that they are shares,
 * and `width` how many pixels there are. `choose(at)` is called where a point is clicked or Enter
 * is pressed on it; arrow keys go from point to point.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, el, fixed, keyTarget, list, measure, number, say, set, svg, text, unit } =
    FusionLab.core;
  const { LETTERS } = FusionLab.building;
  const { t } = FusionLab.words;
  const PLOT = { height: 260, left: 58, right: 24, top: 18, bottom: 52 };
  const WIDEST = 640;
  const NARROWEST = 280;
  const TRIANGLE = 520;
  const EDGE = 44;
  const ROOMY = 7; // points of a side that have room for their values

  /** A round number not below `peak`. */
  const niceTop = (peak) => {
    const power = 10 ** Math.floor(Math.log10(peak || 1));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((n) => n * power >= peak * 0.999) * power;
  };

  /** A point that can be clicked and reached by keys; the first of them is what Tab comes to. */
  const pointOf = (s, at, x, y, radius, ...shapes) => {
    const { words } = s.values[at];
    const node = svg(
      "g",
      {
        class: `fl-swept-point${s.best === at ? " fl-swept-best" : ""}`,
        role: "button",
        tabindex: "-1",
        "aria-label": words,
      },
      svg("title", null, words),
      svg("circle", { class: "fl-swept-reach", cx: x, cy: y, r: radius }),
      shapes,
    );
    return node;
  };

  /** The model's name, as far as there is room for two in a row. */
  const nameOf = (s, at) => {
    const name = text(s.models[at]);
    const most = Math.floor(s.width / 24);
    return `${LETTERS[at]} ${name.length > most ? `…${name.slice(1 - most)}` : name}`;
  };

  const walk = (s, nodes, readout) => {
    const known = nodes.filter(Boolean);
    const act = (node) => s.choose(nodes.indexOf(node));
    known.forEach((node, i) => {
      if (!i) set(node, { tabindex: "0" });
      const tell = () => say(readout, s.values[nodes.indexOf(node)].words);
      node.addEventListener("pointerenter", tell);
      node.addEventListener("focus", tell);
      node.addEventListener("click", () => act(node));
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          act(node);
          return;
        }
        const target = keyTarget(event.key, i, known.length);
        if (target === null) return;
        event.preventDefault();
        known.forEach((each, k) => set(each, { tabindex: k === target ? "0" : "-1" }));
        known[target].focus();
      });
    });
  };

  const label = (x, y, anchor, words, name) =>
    svg("text", { x, y, "text-anchor": anchor, class: name || "fl-axis" }, words);

  const lineOf = (s, known, x, y) => {
    const joined = known.map((at) => `${x(at).toFixed(1)},${y(s.values[at].value).toFixed(1)}`);
    return svg("path", { class: "fl-swept-line", d: joined.length ? `M${joined.join("L")}` : "" });
  };

  /** Two models: the share of the second goes to the right, the measure upwards. */
  const curve = (s, readout) => {
    const known = s.values.map((each, at) => (each ? at : -1)).filter((at) => at >= 0);
    const peak = Math.max(...known.map((at) => number(s.values[at].to, s.values[at].value)), 0);
    const top = s.whole ? 1 : niceTop(peak);
    const inner = s.width - PLOT.left - PLOT.right;
    const x = (at) => PLOT.left + number(s.points[at].weights[1]) * inner;
    const floor = PLOT.height - PLOT.bottom;
    const y = (value) => floor - (value / top) * (floor - PLOT.top);
    const ticks = [0, top / 2, top].map((value) => [
      svg("line", { x1: PLOT.left, x2: s.width - PLOT.right, y1: y(value), y2: y(value) }),
      label(PLOT.left - 8, y(value) + 4, "end", s.spell(value)),
    ]);
    const nodes = s.values.map((each, at) => {
      if (!each) return null;
      const whisker =
        typeof each.from === "number" &&
        svg("line", {
          class: "fl-swept-whisker",
          x1: x(at),
          x2: x(at),
          y1: y(each.from),
          y2: y(each.to),
        });
      const dot = svg("circle", { class: "fl-swept-dot", cx: x(at), cy: y(each.value), r: 6 });
      return pointOf(s, at, x(at), y(each.value), 16, whisker || [], dot);
    });
    const picture = svg(
      "svg",
      {
        class: "fl-swept-picture",
        width: s.width,
        height: PLOT.height,
        viewBox: `0 0 ${s.width} ${PLOT.height}`,
        role: "group",
        "aria-label": s.title,
      },
      svg("g", { class: "fl-grid" }, ticks),
      label(PLOT.left, floor + 22, "start", nameOf(s, 0), "fl-swept-end fl-m0"),
      label(s.width - PLOT.right, floor + 22, "end", nameOf(s, 1), "fl-swept-end fl-m1"),
      label(PLOT.left + inner / 2, floor + 42, "middle", t("sweep-axis")),
      lineOf(s, known, x, y),
      nodes.filter(Boolean),
    );
    walk(s, nodes, readout);
    return picture;
  };

  /** Three models: one in each corner; the darker a point, the better. */
  const triangle = (s, readout) => {
    const width = Math.min(s.width, TRIANGLE);
    const side = width - 2 * EDGE;
    const tall = (side * Math.sqrt(3)) / 2;
    const height = Math.round(tall + 2 * EDGE + 24);
    const corner = [
      [EDGE, EDGE + tall],
      [EDGE + side, EDGE + tall],
      [EDGE + side / 2, EDGE],
    ];
    const place = (weights, axis) =>
      weights.reduce((sum, weight, k) => sum + number(weight) * corner[k][axis], 0);
    const known = s.values.filter(Boolean).map(({ value }) => value);
    const [least, most] = [Math.min(...known), Math.max(...known)];
    const good = (value) => (most > least ? (value - least) / (most - least) : 0.5);
    const radius = Math.min(32, side / (s.side - 1) / 2.5);
    const values = [];
    const nodes = s.values.map((each, at) => {
      if (!each) return null;
      const [x, y] = [0, 1].map((axis) => place(s.points[at].weights, axis));
      const disc = svg("circle", { class: "fl-swept-disc", cx: x, cy: y, r: radius });
      measure(disc, "--p", unit(s.low ? 1 - good(each.value) : good(each.value)));
      if (s.side <= ROOMY)
        values.push(label(x, y + 5, "middle", s.spell(each.value), "fl-swept-value"));
      return pointOf(s, at, x, y, radius + 3, disc);
    });
    const name = (k, x, y, anchor) => label(x, y, anchor, nameOf(s, k), `fl-swept-end fl-m${k}`);
    const picture = svg(
      "svg",
      {
        class: "fl-swept-picture",
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        role: "group",
        "aria-label": s.title,
      },
      svg("path", { class: "fl-swept-edge", d: `M${corner.map((c) => c.join(",")).join("L")}Z` }),
      nodes.filter(Boolean),
      svg("g", { class: "fl-swept-values", "aria-hidden": "true" }, values),
      name(0, 0, height - 8, "start"),
      name(1, width, height - 8, "end"),
      name(2, width / 2, 10, "middle"),
    );
    walk(s, nodes, readout);
    const ends = s.low ? [most, least] : [least, most];
    const key = el(
      "p",
      { class: "fl-key" },
      s.spell(ends[0]),
      el("span", { class: "fl-scale", "aria-hidden": "true" }),
      s.spell(ends[1]),
    );
    return [picture, known.length ? key : null];
  };

  FusionLab.swept = (given, choose) => {
    const width = Math.min(WIDEST, Math.max(NARROWEST, number(given.width, WIDEST)));
    const s = { ...given, choose, width };
    s.spell = (value) =>
      s.whole ? t("number-percent", { n: fixed(100 * value) }) : fixed(value, 2);
    const readout = el("p", { class: "fl-readout", "aria-hidden": "true" });
    const drawn = list(s.models).length > 2 ? triangle(s, readout) : curve(s, readout);
    return add(el("div", { class: "fl-swept" }), drawn, readout);
  };
})();
