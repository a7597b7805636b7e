/**
 * What being right costs: the share of right answers against tokens, one mark a contender.
 *
 * `FusionLab.costs(element, {contenders, oracle, graded})`. `FusionLab.costs.signs(contenders)`
 * gives each contender's mark, which tables show as well: members have their number and colour,
 * fusions a shape and a letter, a baseline the same shape as an outline.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, list, memberClass, number, set, state, svg, text, unit, whole } =
    FusionLab.core;
  const { said, t } = FusionLab.words;
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const SIZE = 12;
  const LINE = 20;
  const ROOM = { top: 36, right: 22, bottom: 58, left: 62 };
  const NARROW = 620;
  const LONGEST = 34;
  const SHAPES = [
    "0,-1.15 1.15,0 0,1.15 -1.15,0",
    "0,-1.3 1.3,0.95 -1.3,0.95",
    "-0.95,-0.95 0.95,-0.95 0.95,0.95 -0.95,0.95",
    "0,-1.1 1.05,-0.34 0.65,0.9 -0.65,0.9 -1.05,-0.34",
    "0,1.3 1.3,-0.95 -1.3,-0.95",
    "-0.6,-1.05 0.6,-1.05 1.2,0 0.6,1.05 -0.6,1.05 -1.2,0",
  ];
  const LOW = { 1: 7.5, 4: 1.5 };
  const known = (value) => typeof value === "number" && Number.isFinite(value);
  const points = (shape) =>
    shape
      .split(" ")
      .map((pair) =>
        pair
          .split(",")
          .map((n) => (SIZE * Number(n)).toFixed(2))
          .join(),
      )
      .join(" ");

  /** The mark of each contender: its kind, and the number or letter that stands in it. */
  const signs = (contenders) => {
    const fusions = contenders.filter((c) => c.kind === "fusion").map((c) => c.key);
    return contenders.map((c) => {
      if (c.kind === "single") return { shape: -1, letter: whole(c.colour) + 1, c };
      const at = Math.max(0, fusions.indexOf(c.kind === "fusion" ? c.key : c.of));
      return { shape: at % SHAPES.length, letter: LETTERS[at % LETTERS.length], c };
    });
  };

  /** The mark as a drawing around 0, 0. */
  const drawing = (sign) => {
    const { c, shape, letter } = sign;
    const classes = shape < 0 ? memberClass(c.colour) : "";
    const outline =
      shape < 0
        ? svg("circle", { r: SIZE, class: "fl-sign-shape" })
        : svg("polygon", { points: points(SHAPES[shape]), class: "fl-sign-shape" });
    return svg(
      "g",
      { class: `fl-sign fl-sign-${text(c.kind)} ${classes}` },
      outline,
      svg(
        "text",
        { class: "fl-sign-letter", "text-anchor": "middle", y: LOW[shape] ?? 4.5 },
        letter,
      ),
    );
  };

  /** The mark as a picture of its own, for tables and keys. */
  const picture = (sign) =>
    svg(
      "svg",
      { class: "fl-sign-picture", viewBox: "-15 -15 30 30", "aria-hidden": "true" },
      drawing(sign),
    );

  const make = () => {
    const s = { data: {}, width: 0 };
    s.frame = el("div", { class: "fl-costs-frame" });
    s.keys = el("div", { class: "fl-costs-keys" });
    s.root = el("div", { class: "fl-costs-room" }, s.frame, s.keys);
    s.watch = new ResizeObserver(() => {
      const width = Math.floor(s.frame.clientWidth);
      if (width && width !== s.width) draw(s, width);
    });
    s.watch.observe(s.frame);
    return s;
  };

  /** From the lowest interval to the highest, in steps of ten. */
  const heights = (marks, oracle) => {
    const low = Math.min(...marks.map(({ c }) => (known(c.low) ? c.low : c.accuracy)));
    const high = Math.max(
      ...marks.map(({ c }) => (known(c.high) ? c.high : c.accuracy)),
      oracle ? unit(oracle.accuracy) : 0,
    );
    const from = Math.max(0, Math.floor(10 * low - 0.2) / 10);
    return [from, Math.max(from + 0.2, Math.min(1, Math.ceil(10 * high + 0.2) / 10))];
  };

  /** Round numbers of tokens within the range: 1, 2, 5 and their tens. */
  const ticks = (low, high) => {
    const all = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
    const round = all.filter((n) => n >= low && n <= high);
    if (round.length > 1) return round;
    const power = 10 ** Math.floor(Math.log10(low));
    const finer = Array.from({ length: 19 }, (_, i) => (i < 9 ? i + 1 : 10 * (i - 8)) * power);
    return finer.filter((n) => n >= low && n <= high);
  };

  const scales = (marks, oracle, width, height) => {
    const tokens = marks.map(({ c }) => number(c.tokens));
    const low = Math.min(...tokens) / 1.35;
    const high = Math.max(...tokens) * 1.6;
    const [from, to] = heights(marks, oracle);
    const wide = width - ROOM.left - ROOM.right;
    const tall = height - ROOM.top - ROOM.bottom;
    return {
      x: (n) => ROOM.left + (wide * Math.log(n / low)) / Math.log(high / low),
      y: (share) => ROOM.top + tall * (1 - (share - from) / (to - from)),
      across: ticks(low, high),
      up: Array.from({ length: Math.round(10 * (to - from)) + 1 }, (_, i) => from + i / 10),
      width,
      height,
    };
  };

  const axes = (s, scale) => {
    const bottom = scale.height - ROOM.bottom;
    const every = scale.up.length > 7 ? 2 : 1;
    const thin = scale.width < NARROW && scale.across.length > 2;
    const last = thin ? scale.across.filter((_, i) => i % 2 === 0) : scale.across;
    return [
      scale.up
        .filter((_, i) => i % every === 0)
        .map((share) => [
          svg("line", {
            class: "fl-costs-grid",
            x1: ROOM.left,
            x2: scale.width - ROOM.right,
            y1: scale.y(share),
            y2: scale.y(share),
          }),
          svg(
            "text",
            {
              class: "fl-costs-tick",
              "text-anchor": "end",
              x: ROOM.left - 10,
              y: scale.y(share) + 5,
            },
            t("number-percent", { n: fixed(100 * share) }),
          ),
        ]),
      last.map((n) =>
        svg(
          "text",
          { class: "fl-costs-tick", "text-anchor": "middle", x: scale.x(n), y: bottom + 24 },
          count(n),
        ),
      ),
      svg("line", {
        class: "fl-costs-base",
        x1: ROOM.left,
        x2: scale.width - ROOM.right,
        y1: bottom,
        y2: bottom,
      }),
      svg(
        "text",
        {
          class: "fl-costs-title",
          "text-anchor": "end",
          x: scale.width - ROOM.right,
          y: scale.height - 8,
        },
        t(scale.width < NARROW ? "costs-x-narrow" : "costs-x"),
      ),
      svg(
        "text",
        { class: "fl-costs-title", x: 4, y: 14 },
        t(s.data.graded ? "costs-y-graded" : "costs-y"),
      ),
    ];
  };

  /** The most that choosing among the members' answers could reach. */
  const bound = (oracle, scale) => {
    if (!oracle || !known(oracle.accuracy)) return null;
    const y = scale.y(unit(oracle.accuracy));
    const share = t("number-percent", { n: fixed(100 * unit(oracle.accuracy), 1) });
    return [
      svg("line", {
        class: "fl-costs-bound",
        x1: ROOM.left,
        x2: scale.width - ROOM.right,
        y1: y,
        y2: y,
      }),
      svg(
        "text",
        { class: "fl-costs-label", "text-anchor": "end", x: scale.width - ROOM.right, y: y - 7 },
        t("costs-oracle", { share }),
      ),
    ];
  };

  /** Those that nobody beats at both, the cheapest first. */
  const onFront = (marks) =>
    marks
      .map(({ c }) => c)
      .filter((c) => c.front)
      .sort((a, b) => a.tokens - b.tokens);

  /** The line through those that nobody beats at both. */
  const front = (marks, scale) => {
    const best = onFront(marks);
    if (best.length < 2) return null;
    const path = best.map((c, i) => {
      const at = `${scale.x(c.tokens).toFixed(1)} ${scale.y(c.accuracy).toFixed(1)}`;
      return `${i ? "L" : "M"} ${at}`;
    });
    return svg(
      "path",
      { class: "fl-costs-front", d: path.join(" ") },
      svg("title", null, t("costs-front")),
    );
  };

  const nameOf = (c) => {
    const name = said(c.short);
    return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  };

  const mark = (sign, scale) => {
    const { c } = sign;
    const x = scale.x(c.tokens);
    const share = t("number-percent", { n: fixed(100 * unit(c.accuracy), 1) });
    const tokens = count(c.tokens);
    const whisker =
      known(c.low) &&
      svg("line", {
        class: "fl-costs-whisker",
        x1: x,
        x2: x,
        y1: scale.y(unit(c.low)),
        y2: scale.y(unit(c.high)),
      });
    const node = drawing(sign);
    node.setAttribute("transform", `translate(${x.toFixed(1)} ${scale.y(c.accuracy).toFixed(1)})`);
    const title = svg("title", null, t("costs-point", { name: said(c.name), share, tokens }));
    return svg("g", { class: "fl-costs-point" }, title, whisker, node);
  };

  /** Names beside the marks, below the line that goes on from them, and none over another. */
  const labels = (marks, scale) => {
    const best = onFront(marks);
    const shown = marks
      .map(({ c }) => {
        const name = nameOf(c);
        const wide = [...name].reduce((sum, sign) => sum + (sign > "\u2e80" ? 15 : 8), 0);
        const x = scale.x(c.tokens);
        const left = x + SIZE + 8 + wide > scale.width - ROOM.right;
        const from = left ? x - SIZE - 8 - wide : x + SIZE + 8;
        const next = best[best.indexOf(c) + 1];
        const on = c.front && next && !left && scale.x(next.tokens) > from;
        const here = scale.y(c.accuracy);
        const rise = on && (here - scale.y(next.accuracy)) / (scale.x(next.tokens) - x);
        const at = here + (on && rise * (from - x) < LINE / 2 ? LINE * 0.8 : 0);
        return { name, x, from, to: from + wide, left, at, y: 0 };
      })
      .sort((a, b) => a.at - b.at);
    const placed = [];
    for (const label of shown) {
      label.y = label.at;
      for (const other of placed) {
        const beside = other.to < label.from || other.from > label.to;
        if (!beside && label.y < other.y + LINE) label.y = other.y + LINE;
      }
      placed.push(label);
    }
    return placed.map((label) => [
      Math.abs(label.y - label.at) > LINE / 2 &&
        svg("line", {
          class: "fl-costs-leader",
          x1: label.x,
          y1: label.at,
          x2: label.left ? label.to + 3 : label.from - 3,
          y2: label.y,
        }),
      svg(
        "text",
        {
          class: "fl-costs-label",
          x: label.left ? label.to : label.from,
          y: label.y + 5,
          "text-anchor": label.left ? "end" : "start",
        },
        label.name,
      ),
    ]);
  };

  const draw = (s, width) => {
    s.width = width;
    const all = signs(list(s.data.contenders));
    const marks = all.filter(({ c }) => number(c.tokens) > 0 && known(c.accuracy) && c.judged);
    s.root.hidden = !marks.length;
    if (!marks.length) return;
    const height = width < NARROW ? 340 : Math.min(520, Math.max(420, Math.round(width * 0.4)));
    const scale = scales(marks, s.data.oracle, width, height);
    const narrow = width < NARROW;
    const plot = svg("svg", {
      class: "fl-costs-plot",
      role: "img",
      "aria-label": t("costs-picture"),
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    });
    fill(
      plot,
      axes(s, scale).flat(2),
      bound(s.data.oracle, scale),
      front(marks, scale),
      narrow ? null : labels(marks, scale),
      marks.map((sign) => mark(sign, scale)),
    );
    fill(s.frame, plot);
    s.keys.hidden = !narrow;
    fill(
      s.keys,
      marks.map((sign) => el("span", { class: "fl-costs-key" }, picture(sign), nameOf(sign.c))),
    );
  };

  FusionLab.costs = (element, data) => {
    const s = state(element, make);
    s.data = data || {};
    s.root.hidden = false;
    draw(s, Math.floor(s.frame.clientWidth) || s.width || 900);
    set(s.root, { role: "figure" });
  };
  Object.assign(FusionLab.costs, { picture, signs });
})();
