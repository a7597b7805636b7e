/**
 * The layers of a new model and where they come from; ranges are set by dragging and by keys.
 *
 * `FusionLab.stack(node, data, change)`: `data` is {sources: [{ref, layers}], ranges: [{source,
 * first, last}], seam}; a range has its first layer and not its last. With `seam` only the two ends
 * at the seam can be moved, and both at once. `change(ranges)` is told of every movement.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, el, fill, folded, list, memberClass, say, set, state, svg, table, whole } =
    FusionLab.core;
  const { joined, t } = FusionLab.words;
  const TALL = 400;
  const ROW = 34;
  const TOP = 34;
  const FOOT = 30;
  const LANE = 30;
  const GAP = 6;
  const DIGITS = 15;
  const REACH = 10;
  const LETTERS = "ABCDEFGHIJKLMNOP";

  const make = () => {
    const s = { ranges: [], sources: [], width: 0, kind: "" };
    s.drawn = svg("g");
    s.handles = svg("g");
    s.picture = svg("svg", { class: "fl-stack-picture" }, s.drawn, s.handles);
    s.legend = el("p", { class: "fl-help fl-stack-legend" });
    s.table = folded(t("build-layers-table"));
    s.rows = el("div");
    add(s.table, s.rows);
    s.root = el("div", { class: "fl-grafting" }, s.picture, s.legend, s.table);
    s.table.addEventListener("toggle", () => drawTable(s));
    new ResizeObserver(() => s.root.clientWidth !== s.width && draw(s)).observe(s.root);
    return s;
  };

  /** Letter and mark of a source; without a letter where it is the only one. */
  const letter = (s, source) => (s.sources.length > 1 ? LETTERS[source] : "");

  /** How often each layer of each source is used. */
  const uses = (s) => {
    const counted = s.sources.map((source) => new Array(whole(source.layers)).fill(0));
    for (const { source, first, last } of s.ranges)
      for (let n = first; n < last; n += 1) counted[source][n] += 1;
    return counted;
  };

  /** The new model's layers from the first one on. */
  const stacked = (s) =>
    s.ranges.flatMap(({ source, first, last }, range) =>
      Array.from({ length: last - first }, (_, n) => ({ source, index: first + n, range })),
    );

  /** Where everything stands: sources to the left of the new model, the second to its right. */
  const measured = (s) => {
    const width = (s.width = Math.max(280, s.root.clientWidth));
    const depths = s.sources.map((source) => whole(source.layers));
    const most = Math.max(1, ...depths, stacked(s).length, s.seam ? 2 * Math.max(...depths) : 0);
    const row = Math.min(ROW, TALL / most);
    const sides = s.sources.length > 1 ? 2 : 1;
    const lanes = s.sources.map((_, at) => s.ranges.filter(({ source }) => source === at).length);
    const column = Math.max(56, Math.min(130, (width - LANE * 4) / (sides === 2 ? 5 : 4)));
    const base = TOP + row * most;
    const first = (at) => (at === 0 ? 0 : width - column);
    const lane = (range) => {
      const at = s.ranges[range].source;
      const nth = s.ranges.slice(0, range).filter(({ source }) => source === at).length;
      const step = Math.min(LANE, (width / (sides + 1) - column / 2) / Math.max(1, lanes[at]));
      return at === 0
        ? column + GAP + step * (nth + 0.5)
        : width - column - GAP - step * (nth + 0.5);
    };
    const middle = sides === 2 ? (width - column) / 2 : width - column;
    const under =
      sides === 2 ? { x: width / 2, "text-anchor": "middle" } : { x: width, "text-anchor": "end" };
    return { width, row, base, column, first, lane, middle, under, height: base + FOOT };
  };

  /** The upper edge of as many layers. */
  const edge = (g, layers) => g.base - layers * g.row;

  /** Every how manieth layer has its number. */
  const stride = (g) => [1, 2, 5, 10, 20].find((n) => n * g.row >= DIGITS) || 50;

  /** A layer as a box, its number in it. */
  const box = (s, g, x, at, { kind, source, shown, mark, title }) => {
    const y = edge(g, at + 1);
    const gap = g.row > 6 ? 1.5 : 0.5;
    return [
      svg(
        "g",
        { class: `fl-stack-layer ${kind} ${memberClass(source)}` },
        svg("title", null, title),
        svg("rect", { x, y: y + gap / 2, width: g.column, height: Math.max(1, g.row - gap) }),
      ),
      svg(
        "g",
        { class: `fl-stack-words ${kind}` },
        at % stride(g) === 0 && svg("text", { x: x + 8, y: y + g.row / 2 }, shown),
        mark &&
          g.row >= DIGITS &&
          svg("text", { x: x + g.column - 8, y: y + g.row / 2, "text-anchor": "end" }, mark),
      ),
    ];
  };

  /** All boxes, then all that is written on them. */
  const boxes = (pairs) => [pairs.map(([shape]) => shape), pairs.map(([, words]) => words)];

  const times = (n) => (n > 1 ? t("build-layer-times", { n }) : "");

  /** A source's layers: used, left out, or used more than once. */
  const drawSource = (s, g, counted, at) => {
    const x = g.first(at);
    const name = letter(s, at);
    return [
      svg(
        "text",
        {
          class: "fl-stack-name",
          x: at === 0 ? 0 : g.width,
          y: Math.max(18, edge(g, counted[at].length) - 10),
          "text-anchor": at === 0 ? "start" : "end",
        },
        name ? t("build-source-letter", { letter: name }) : t("build-source-only"),
      ),
      boxes(
        counted[at].map((n, layer) =>
          box(s, g, x, layer, {
            kind: n ? "fl-stack-used" : "fl-stack-left",
            source: at,
            shown: String(layer),
            mark: times(n),
            title: t("build-layer-used", { layer: String(layer), source: name || "A", n }),
          }),
        ),
      ),
    ];
  };

  /** The new model's layers; those that stand in it twice are marked. */
  const drawNew = (s, g, counted) => {
    const layers = stacked(s);
    return [
      svg(
        "text",
        {
          class: "fl-stack-name",
          ...g.under,
          y: Math.max(18, edge(g, layers.length) - 10),
        },
        t("build-new-layers", { n: layers.length }),
      ),
      boxes(
        layers.map(({ source, index, range }, at) =>
          box(s, g, g.middle, at, {
            kind: `fl-stack-new${counted[source][index] > 1 ? " fl-stack-twice" : ""}`,
            source: s.sources.length > 1 ? source : range % 2 ? 1 : 0,
            shown: String(at),
            mark: `${letter(s, source)}${index}`,
            title: t("build-layer-from", {
              layer: String(at),
              from: String(index),
              source: letter(s, source) || "A",
            }),
          }),
        ),
      ),
    ];
  };

  /** The range beside its source, and a ribbon to where its layers stand now. */
  const drawRange = (s, g, range, before) => {
    const { source, first, last } = s.ranges[range];
    const x = g.lane(range);
    const to = source === 0 ? g.middle : g.middle + g.column;
    const near = source === 0 ? x + 3 : x - 3;
    const [a, b] = [edge(g, last), edge(g, first)];
    const [c, d] = [edge(g, before + last - first), edge(g, before)];
    const bend = (near + to) / 2;
    const colour = memberClass(s.sources.length > 1 ? source : range % 2 ? 1 : 0);
    return svg(
      "g",
      { class: `fl-stack-range ${colour}` },
      svg("path", {
        class: "fl-stack-ribbon",
        d:
          `M${near},${a}C${bend},${a} ${bend},${c} ${to},${c}` +
          `V${d}C${bend},${d} ${bend},${b} ${near},${b}Z`,
      }),
      svg("path", { class: "fl-stack-lane", d: `M${x},${a}V${b}` }),
    );
  };

  /** All but the handles, which stay, so that one that is held or has the focus does. */
  const draw = (s) => {
    if (!s.sources.length || !s.root.clientWidth) return;
    const g = (s.g = measured(s));
    const counted = uses(s);
    s.picture.classList.toggle("fl-stack-thin", g.row < DIGITS);
    set(s.picture, { viewBox: `0 0 ${g.width} ${g.height}`, width: g.width, height: g.height });
    let before = 0;
    const ribbons = s.ranges.map((range, at) => {
      const drawn = drawRange(s, g, at, before);
      before += range.last - range.first;
      return drawn;
    });
    fill(
      s.drawn,
      ribbons,
      s.sources.map((_, at) => drawSource(s, g, counted, at)),
      drawNew(s, g, counted),
      svg(
        "text",
        {
          class: "fl-stack-end",
          ...g.under,
          y: g.base + 20,
        },
        t("build-stack-in"),
      ),
    );
    placeHandles(s, g);
    say(s.legend, legend(s, counted));
    drawTable(s);
  };

  /** What the marks mean, as far as there are such. */
  const legend = (s, counted) => {
    const all = counted.flat();
    const said = [t("build-stack-up")];
    const twice = all.filter((n) => n > 1).length;
    const left = all.filter((n) => !n).length;
    if (twice) said.push(t("build-stack-twice", { n: twice }));
    if (left) said.push(t("build-stack-left", { n: left }));
    return joined(said);
  };

  const drawTable = (s) => {
    if (!s.table.open) return;
    let before = 0;
    const rows = s.ranges.map(({ source, first, last }, at) => {
      const start = before;
      before += last - first;
      return [
        at + 1,
        `${letter(s, source)} ${s.sources[source].ref}`.trim(),
        `${first}–${last - 1}`,
        `${start}–${before - 1}`,
      ];
    });
    const heads = ["range", "source", "from", "to"].map((name) => t(`build-head-${name}`));
    fill(s.rows, table(t("build-layers-table"), heads, rows));
  };

  // Handles

  /** The ends that can be moved: [range, "first" or "last"]. */
  const ends = (s) => {
    if (s.locked) return [];
    if (s.seam) {
      return [
        [0, "last"],
        [s.ranges.length - 1, "first"],
      ];
    }
    return s.ranges.flatMap((_, at) => [
      [at, "first"],
      [at, "last"],
    ]);
  };

  const placeHandles = (s, g) => {
    const moving = ends(s);
    const kind = JSON.stringify(moving);
    if (kind !== s.kind) {
      s.kind = kind;
      s.nodes = moving.map(([range, end]) => handle(s, range, end));
      fill(s.handles, s.nodes);
    }
    moving.forEach(([range, end], at) => placeHandle(s, g, s.nodes[at], range, end));
  };

  const placeHandle = (s, g, node, range, end) => {
    const { source, first, last } = s.ranges[range];
    const value = s.ranges[range][end];
    const [least, most] = bounds(s, range, end);
    const y = edge(g, value);
    for (const circle of node.querySelectorAll("circle")) set(circle, { cx: g.lane(range), cy: y });
    const colour = memberClass(s.sources.length > 1 ? source : range % 2 ? 1 : 0);
    set(node, {
      class: `fl-stack-handle ${colour}`,
      "aria-label": t(`build-handle-${end}`, {
        range: range + 1,
        source: letter(s, source) || "A",
      }),
      "aria-valuemin": least,
      "aria-valuemax": most,
      "aria-valuenow": value,
      "aria-valuetext": t("build-handle-value", { first: String(first), last: String(last - 1) }),
    });
  };

  const handle = (s, range, end) => {
    const node = svg(
      "g",
      { role: "slider", tabindex: "0", "aria-orientation": "vertical" },
      svg("circle", { class: "fl-stack-reach", r: 2 * REACH }),
      svg("circle", { class: "fl-stack-grip", r: REACH - 1 }),
    );
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 };
    node.addEventListener("keydown", (event) => {
      const [least, most] = bounds(s, range, end);
      const far = { Home: least, End: most }[event.key];
      const by = { ...steps, PageUp: 5, PageDown: -5 }[event.key];
      if (far === undefined && by === undefined) return;
      event.preventDefault();
      move(s, range, end, far ?? s.ranges[range][end] + by);
    });
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      node.focus();
      node.setPointerCapture(event.pointerId);
    });
    node.addEventListener("pointermove", (event) => {
      if (!node.hasPointerCapture(event.pointerId)) return;
      const y = event.clientY - s.picture.getBoundingClientRect().top;
      move(s, range, end, Math.round((s.g.base - y) / s.g.row));
    });
    return node;
  };

  /** Between what the end can be: a range keeps one layer at least, and so do both of a seam. */
  const bounds = (s, range, end) => {
    const { source, first, last } = s.ranges[range];
    const depth = whole(s.sources[source].layers);
    if (!s.seam) return end === "first" ? [0, last - 1] : [first + 1, depth];
    const least = Math.min(...s.ranges.map((each) => whole(s.sources[each.source].layers)));
    return end === "first" ? [0, least - 1] : [depth - least + 1, depth];
  };

  const move = (s, range, end, wanted) => {
    const [least, most] = bounds(s, range, end);
    const value = Math.min(most, Math.max(least, wanted));
    if (value === s.ranges[range][end]) return;
    s.ranges = s.ranges.map((each) => ({ ...each }));
    if (s.seam) {
      const [low, high] = [s.ranges[0], s.ranges[s.ranges.length - 1]];
      const depth = whole(s.sources[low.source].layers);
      const left = end === "first" ? value : depth - value;
      low.last = depth - left;
      high.first = left;
    } else s.ranges[range][end] = value;
    draw(s);
    s.change(s.ranges);
  };

  FusionLab.stack = (node, data, change) => {
    const s = state(node, make);
    s.change = change || (() => {});
    s.sources = list(data.sources);
    s.ranges = list(data.ranges);
    s.seam = data.seam === true && s.ranges.length === 2;
    s.locked = data.locked === true;
    draw(s);
  };
})();
