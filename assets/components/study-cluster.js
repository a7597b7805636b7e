/**
 * What experts cost in a cluster: who sends to whom, how the placement changes it, what processes
 * really sent, and what many devices would send on paper.
 *
 * `FusionLab.studies.cluster(element, view)`; the layer that is looked at stays when it is drawn
 * again.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { bytes, count, el, fill, folded, list, measure, number, percent, seconds } =
    FusionLab.core;
  const { svg, table, unit, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const RULES = ["contiguous", "round-robin", "together", "near", "rre"];
  const PLOT = {
    width: 560,
    height: 240,
    left: 64,
    right: 96,
    top: 14,
    bottom: 44,
  };
  const ALL = "";

  const matrixOf = (layers, devices) => {
    const sum = Array.from({ length: devices }, () => Array(devices).fill(0));
    for (const layer of layers)
      list(layer.counts).forEach((row, from) =>
        list(row).forEach((n, to) => {
          if (from < devices && to < devices) sum[from][to] += number(n);
        }),
      );
    return sum;
  };

  const cellOf = (n, from, to, most) => {
    const values = { from: from + 1, to: to + 1, count: count(n) };
    if (from === to) {
      return { shade: 0, shown: "·", words: t("cluster-cell-stays", values) };
    }
    return {
      shade: most ? n / most : 0,
      shown: count(n),
      words: t("cluster-cell", values),
    };
  };

  const drawMatrix = (s, view) => {
    const layers = list(view.layers);
    const devices = Math.min(64, whole(view.devices, 1));
    const shown = layers.filter((each) => s.layer === ALL || String(each.layer) === s.layer);
    const sum = matrixOf(shown, devices);
    const apart = sum.flatMap((row, from) => row.filter((_n, to) => to !== from));
    const most = Math.max(0, ...apart);
    const heads = sum.map((_row, at) => String(at + 1));
    fill(
      s.matrix,
      FusionLab.heat({
        label: t("cluster-matrix"),
        corner: t("cluster-from-to"),
        columns: heads,
        rows: sum.map((row, from) => ({
          head: heads[from],
          cells: row.map((n, to) => cellOf(n, from, to, most)),
        })),
        ends: [t("cluster-few"), t("cluster-many")],
      }),
      shown.length === 1 &&
        el(
          "ul",
          { class: "fl-cluster-held" },
          heads.map((_head, at) => el("li", null, held(shown[0], at))),
        ),
    );
  };

  const held = (layer, device) => {
    const experts = list(layer.device_of)
      .map((at, expert) => [whole(at), expert + 1])
      .filter(([at]) => at === device)
      .map(([, expert]) => expert);
    return t("cluster-experts-of", {
      n: device + 1,
      experts: experts.join(", "),
    });
  };

  const chooseLayer = (s, view) => {
    const options = list(view.layers).map((each) => String(whole(each.layer)));
    if (!options.includes(s.layer)) s.layer = ALL;
    const option = (value, label) => {
      const made = Object.assign(el("option", null, label), { value });
      made.selected = value === s.layer;
      return made;
    };
    const control = el(
      "select",
      { class: "fl-input fl-select" },
      option(ALL, t("cluster-layer-all")),
      options.map((value) => option(value, String(Number(value) + 1))),
    );
    control.addEventListener("change", () => {
      s.layer = control.value;
      drawMatrix(s, s.view);
    });
    return el("label", { class: "fl-cluster-layer" }, t("cluster-layer"), control);
  };

  const shareOf = (total, name) => number(total[name]) / Math.max(1, number(total.choices));

  const bar = (rule, view) => {
    const total = view.rules[rule];
    const [travels, once, even] = ["travelling", "once", "even"].map((name) =>
      shareOf(total, name),
    );
    const words = t("cluster-bar", {
      placement: t(`cluster-placement-${rule}`),
      share: percent(travels),
      once: percent(once),
      even: percent(even),
    });
    const track = el(
      "div",
      {
        class: "fl-cluster-track",
        role: "img",
        "aria-label": words,
        title: words,
      },
      measure(el("span", { class: "fl-cluster-bar" }), "--p", unit(travels)),
      measure(el("span", { class: "fl-cluster-once" }), "--p", unit(once)),
      measure(el("span", { class: "fl-cluster-even" }), "--p", unit(even)),
    );
    const chosen = rule === view.placement ? " fl-cluster-chosen" : "";
    return el(
      "div",
      { class: `fl-cluster-row${chosen}` },
      el("span", null, t(`cluster-placement-${rule}`)),
      track,
      el("span", { class: "fl-cluster-share" }, percent(travels)),
    );
  };

  const rulesTable = (view, rules) =>
    table(
      t("cluster-placements"),
      ["placement", "share", "once", "even", "dropped"].map((name) => t(`cluster-head-${name}`)),
      rules.map((rule) => {
        const total = view.rules[rule];
        return [
          t(`cluster-placement-${rule}`),
          ...["travelling", "once", "even"].map((name) => percent(shareOf(total, name))),
          count(total.dropped),
        ];
      }),
    );

  const measuredTable = (view) =>
    table(
      t("cluster-measured"),
      ["processes", "vectors", "time", "alone", "difference"].map((name) =>
        t(`cluster-head-${name}`),
      ),
      list(view.measured).map((found) => [
        String(whole(found.processes)),
        count(found.travelling),
        seconds(found.seconds),
        seconds(found.alone_seconds),
        number(found.difference).toExponential(1).replace("-", "\u2011"),
      ]),
    );

  const scaleOf = (points) => {
    const times = points.flatMap((p) => [number(p.link_s), number(p.compute_s)]);
    const logs = times.filter((v) => v > 0).map(Math.log10);
    const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
    const last = Math.log2(Math.max(2, ...points.map((p) => number(p.devices, 1))));
    const inner = PLOT.width - PLOT.left - PLOT.right;
    const tall = PLOT.height - PLOT.top - PLOT.bottom;
    return {
      low,
      high,
      x: (devices) => PLOT.left + (Math.log2(devices) / last) * inner,
      y: (s) => PLOT.top + ((high - Math.log10(s)) / Math.max(1, high - low)) * tall,
    };
  };

  const drawPaper = (view) => {
    const points = list(view.paper).filter((p) => number(p.link_s) > 0);
    if (points.length < 2) return null;
    const scale = scaleOf(points);
    const picture = svg("svg", {
      class: "fl-cluster-paper",
      viewBox: `0 0 ${PLOT.width} ${PLOT.height}`,
      width: PLOT.width,
      height: PLOT.height,
      role: "img",
      "aria-label": t("cluster-paper"),
    });
    const write = (x, y, words, anchor) => {
      const node = svg("text", { x, y, "text-anchor": anchor });
      node.textContent = words;
      picture.append(node);
    };
    for (let power = scale.low; power <= scale.high; power += 1) {
      const y = scale.y(10 ** power);
      picture.append(
        svg("path", {
          class: "fl-cluster-grid",
          d: `M${PLOT.left},${y}H${PLOT.width - PLOT.right}`,
        }),
      );
      write(PLOT.left - 8, y + 4, seconds(10 ** power), "end");
    }
    points.forEach((p, at) => {
      if (at % 2) write(scale.x(number(p.devices)), PLOT.height - 24, count(p.devices), "middle");
    });
    write(
      (PLOT.left + PLOT.width - PLOT.right) / 2,
      PLOT.height - 6,
      t("cluster-paper-axis"),
      "middle",
    );
    for (const name of ["link", "compute"]) {
      const at = points.map(
        (p) => `${scale.x(number(p.devices))},${scale.y(number(p[`${name}_s`]))}`,
      );
      const end = points[points.length - 1];
      picture.append(svg("path", { class: `fl-cluster-${name}`, d: `M${at.join("L")}` }));
      write(
        scale.x(number(end.devices)) + 8,
        scale.y(number(end[`${name}_s`])) + 4,
        t(`cluster-paper-${name}`),
        "start",
      );
    }
    const label = t("cluster-paper");
    return el(
      "div",
      { class: "fl-cluster-plot", tabindex: "0", role: "group", "aria-label": label },
      picture,
    );
  };

  const paperTable = (view) =>
    table(
      t("cluster-paper"),
      ["devices", "bytes", "link", "compute"].map((name) => t(`cluster-head-${name}`)),
      list(view.paper).map((p) => [
        count(p.devices),
        bytes(p.bytes),
        seconds(p.link_s),
        seconds(p.compute_s),
      ]),
    );

  const make = () => {
    const s = { layer: ALL, view: null };
    s.matrix = el("div");
    s.pick = el("div");
    s.bars = el("div", { class: "fl-cluster-bars" });
    s.tables = el("div");
    s.measured = el("div");
    s.paper = el("div");
    const part = (title, note, ...rest) =>
      el("section", null, el("h3", null, t(title)), el("p", { class: "fl-note" }, t(note)), rest);
    s.measuredPart = part("cluster-measured", "cluster-measured-note", s.measured);
    s.root = el(
      "div",
      { class: "fl-cluster" },
      part("cluster-matrix", "cluster-matrix-note", s.pick, s.matrix),
      part("cluster-placements", "cluster-placements-note", s.bars, s.tables),
      s.measuredPart,
      part("cluster-paper", "cluster-paper-note", s.paper),
    );
    return s;
  };

  const draw = (s, view) => {
    s.view = view;
    const rules = RULES.filter((rule) => view.rules?.[rule]);
    fill(s.pick, chooseLayer(s, view));
    drawMatrix(s, view);
    fill(
      s.bars,
      rules.map((rule) => bar(rule, view)),
    );
    fill(s.tables, folded(t("cluster-placements"), rulesTable(view, rules)));
    s.measuredPart.hidden = !list(view.measured).length;
    fill(s.measured, measuredTable(view));
    fill(s.paper, drawPaper(view), folded(t("cluster-paper"), paperTable(view)));
  };

  FusionLab.studies = FusionLab.studies || {};
  FusionLab.studies.cluster = (element, view) => {
    if (!element.flCluster || !element.contains(element.flCluster.root)) {
      element.flCluster = make();
      fill(element, element.flCluster.root);
    }
    draw(element.flCluster, view);
  };
})();
