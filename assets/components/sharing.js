/**
 * How the routers of a mixture share out tokens while they learn: how evenly, step by step, and
 * the share of every expert in every layer after the chosen step; the same as a folded table.
 *
 * `FusionLab.sharing.make()` is an empty room, its `node` hidden until something is drawn;
 * `FusionLab.sharing.draw(room, {loads, step, total, width})` shows of the `loads` the last up to
 * `step`: each is `{step, layers}`, a layer `{layer, shares, even, entropy, silent, balance}`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const {
    el,
    fill,
    fixed,
    folded,
    list,
    nats,
    number,
    percent,
    say,
    shares,
    svg,
    table,
    text,
    unit,
  } = FusionLab.core;
  const { t } = FusionLab.words;
  const ROOM = { left: 52, right: 16, top: 32, tall: 80, bottom: 38 };
  const WIDE = 12; // shares without their sign are legible in so many columns

  const evenOf = (load) => list(load.layers).map((each) => unit(each.even));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);

  const make = () => {
    const r = { shown: "" };
    r.title = el("h3", { class: "fl-subtitle" });
    r.told = el("p", { class: "fl-sentence" });
    r.drawing = el("div", { class: "fl-sharing-drawing" });
    r.key = el("p", { class: "fl-learning-key" });
    r.about = el("p", { class: "fl-note" });
    r.grid = el("div", { class: "fl-sharing-grid" });
    r.rows = el("div");
    r.table = folded(t("sharing-table"), r.rows);
    r.node = el("div", { class: "fl-sharing", hidden: true });
    fill(r.node, r.title, r.told, r.drawing, r.key, r.about, r.grid, r.table);
    r.table.addEventListener("toggle", () => drawTable(r));
    return r;
  };

  /** The last that was told up to the chosen step, or the first of all. */
  const loadAt = (loads, step) => loads.filter((each) => each.step <= step).pop() || loads[0];

  const line = (name, corners) =>
    svg("path", {
      class: name,
      d: `M${corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}`,
    });

  const label = (x, y, anchor, words, name = "fl-axis") =>
    svg("text", { x, y, "text-anchor": anchor, class: name }, words);

  /** How evenly experts were used at each step that was told: the mean of layers, and the least. */
  const picture = (c) => {
    const floor = ROOM.top + ROOM.tall;
    const height = floor + ROOM.bottom;
    const y = (value) => floor - value * ROOM.tall;
    const x = (step) => FusionLab.learned.place(c, step);
    const grid = [0, 0.5, 1].map((value) => [
      svg("line", { x1: ROOM.left, x2: c.width - ROOM.right, y1: y(value), y2: y(value) }),
      label(ROOM.left - 8, y(value) + 4, "end", percent(value)),
    ]);
    const at = (find) => c.loads.map((each) => [x(each.step), y(find(evenOf(each)))]);
    const chosen = x(loadAt(c.loads, c.step).step);
    return svg(
      "svg",
      {
        class: "fl-learned-picture",
        width: c.width,
        height,
        viewBox: `0 0 ${c.width} ${height}`,
        "aria-hidden": "true",
      },
      svg("g", { class: "fl-grid" }, grid),
      label(0, ROOM.top - 16, "start", t("sharing-even"), "fl-learned-name"),
      line(
        "fl-sharing-least",
        at((each) => Math.min(...each)),
      ),
      line("fl-sharing-mean", at(mean)),
      label(x(0), floor + 24, "start", t("learning-step-axis")),
      label(x(c.total), floor + 24, "end", text(c.total)),
      svg("line", { class: "fl-learned-at", x1: chosen, x2: chosen, y1: ROOM.top, y2: floor }),
    );
  };

  const drawKey = (r) =>
    fill(
      r.key,
      ["mean", "least"].map((name) =>
        el(
          "span",
          { class: "fl-key" },
          el("span", { class: `fl-learned-sign fl-sign-${name}`, "aria-hidden": "true" }),
          t(`sharing-key-${name}`),
        ),
      ),
    );

  const tell = (r, load) => {
    const even = evenOf(load);
    const worst = even.indexOf(Math.min(...even));
    const all = load.layers.reduce((sum, each) => sum + list(each.shares).length, 0);
    say(
      r.told,
      t("sharing-told", {
        step: load.step,
        even: percent(mean(even)),
        least: percent(even[worst]),
        layer: String(load.layers[worst].layer),
        silent: load.layers.reduce((sum, each) => sum + list(each.silent).length, 0),
        all,
      }),
    );
  };

  /** The shares of all experts after the chosen step; the cell with the focus keeps it. */
  const drawGrid = (r, load) => {
    const key = JSON.stringify(load);
    if (r.shown === key) return;
    r.shown = key;
    const cells = () => [...r.grid.querySelectorAll("td.fl-cell")];
    const held = cells().indexOf(document.activeElement);
    const shares = load.layers.map((each) => list(each.shares).map((share) => unit(share)));
    const most = Math.max(1e-6, ...shares.flat());
    const widest = Math.max(...shares.map((each) => each.length));
    const heat = FusionLab.heat({
      label: t("sharing-grid", { step: load.step }),
      corner: t("experts-head-layer"),
      columns: Array.from({ length: widest }, (_, expert) => text(expert)),
      rows: load.layers.map((each, at) => ({
        head: text(each.layer),
        cells: Array.from({ length: widest }, (_, expert) => {
          const share = shares[at][expert];
          if (share === undefined) return null;
          const words = { layer: String(each.layer), expert: String(expert) };
          return {
            shade: share / most,
            shown: widest > WIDE ? "" : fixed(100 * share, 0),
            words: t("load-cell", { ...words, share: percent(share) }),
          };
        }),
      })),
      ends: [percent(0), percent(most)],
    });
    fill(r.grid, heat);
    if (held >= 0) cells()[held]?.focus();
  };

  const drawTable = (r) => {
    if (!r.table.open || !r.load) return;
    const widest = Math.max(...r.load.layers.map((each) => list(each.shares).length));
    const heads = [
      ...["layer", "entropy"].map((name) => t(`experts-head-${name}`)),
      t("sharing-head-even"),
      ...["idle", "balance"].map((name) => t(`experts-head-${name}`)),
      ...Array.from({ length: widest }, (_, expert) => text(expert)),
    ];
    const rows = r.load.layers.map((each) => [
      text(each.layer),
      nats(each.entropy),
      percent(unit(each.even)),
      text(list(each.silent).length),
      nats(each.balance),
      ...shares(each.shares),
    ]);
    fill(r.rows, table(t("sharing-grid", { step: r.load.step }), heads, rows));
  };

  const draw = (r, c) => {
    const loads = c.loads.filter((each) => list(each.layers).length);
    r.node.hidden = !loads.length;
    if (!loads.length || !c.width) return;
    r.load = loadAt(loads, number(c.step));
    say(r.title, t("sharing-title"));
    tell(r, r.load);
    fill(r.drawing, picture({ ...c, loads }));
    drawKey(r);
    say(r.about, t("sharing-about", { step: r.load.step }));
    drawGrid(r, r.load);
    drawTable(r);
  };

  FusionLab.sharing = { make, draw };
})();
