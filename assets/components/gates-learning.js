/**
 * How routers learn under three rules: each expert's share of the tokens as a band that widens or
 * starves, and how well each model predicts.
 *
 * `FusionLab.gatesLearning()` is `{root, draw(view)}`; `view` is a picture of the study `gates`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, folded, list, measure, number, own, percent } = FusionLab.core;
  const { say, set, svg, table, term, text, unit, whole } = FusionLab.core;
  const { joined, t } = FusionLab.words;
  const RULES = ["none", "balance", "bias"];
  const COLOURS = 8;
  const LABELLED = 0.09; // of the height, from which a band has room for its number
  const WIDE = 600;
  const PLOT = { width: 360, height: 170, left: 44, right: 10, top: 10, bottom: 30 };

  const colour = (expert) => `fl-e${whole(expert) % COLOURS}`;
  const nameOf = (rule) => t(`gates-rule-${text(rule)}`);

  const makePanel = () => {
    const p = {};
    p.name = el("h4", { class: "fl-gates-name" });
    p.help = el("p", { class: "fl-note" });
    p.bands = svg("svg", {
      class: "fl-gates-bands",
      viewBox: `0 0 ${WIDE} 100`,
      preserveAspectRatio: "none",
      role: "img",
    });
    p.now = el("div", { class: "fl-gates-now", "aria-hidden": "true" });
    p.figures = el("p", { class: "fl-gates-figures" });
    p.root = el(
      "section",
      { class: "fl-gates-run" },
      p.name,
      p.help,
      el("div", { class: "fl-gates-course" }, p.bands, p.now),
      p.figures,
    );
    return p;
  };

  const makePlot = () => svg("svg", { class: "fl-gates-plot", role: "img" });
  const part = (title, ...pictures) =>
    el("div", { class: "fl-gates-nats" }, el("h4", { class: "fl-gates-name" }, title), pictures);

  const make = () => {
    const s = { panels: {} };
    s.step = el("p", { class: "fl-note" });
    s.runs = el(
      "div",
      { class: "fl-gates-runs" },
      RULES.map((rule) => (s.panels[rule] = makePanel()).root),
    );
    s.plots = { nats: makePlot(), silent: makePlot() };
    s.key = el(
      "ul",
      { class: "fl-gates-key" },
      RULES.map((rule) =>
        el(
          "li",
          null,
          svg(
            "svg",
            { class: "fl-gates-sign", viewBox: "0 0 26 8", "aria-hidden": "true" },
            svg("path", { class: `fl-gates-line fl-gates-${rule}`, d: "M1,4H25" }),
          ),
          nameOf(rule),
        ),
      ),
    );
    s.above = el("p", { class: "fl-note" });
    s.numbers = folded(t("gates-learning-table"));
    s.root = el(
      "section",
      { class: "fl-gates-part" },
      el("h3", { class: "fl-subtitle" }, t("gates-learning")),
      el("p", { class: "fl-note" }, t("gates-learning-note")),
      s.step,
      s.runs,
      s.key,
      el(
        "div",
        { class: "fl-gates-plots" },
        part(term("nats-per-byte", t("gates-nats")), s.plots.nats, s.above),
        part(term("silent-expert", t("gates-silent")), s.plots.silent),
      ),
      s.numbers,
    );
    return s;
  };

  // The bands

  /** The course as steps and, for each, where every band begins and ends, from 0 to 1. */
  const stacked = (curve) =>
    curve.map((at) => {
      let below = 0;
      return list(at.shares).map((share) => [below, (below += unit(share))]);
    });

  const bandOf = (edges, xs, expert) => {
    const along = (side) => edges.map((at, i) => [xs[i], 100 * (1 - own(at, expert)[side])]);
    const corners = [...along(1), ...along(0).reverse()];
    const d = `M${corners.map((at) => at.map((v) => v.toFixed(2)).join(",")).join("L")}Z`;
    return svg("path", { class: `fl-gates-band ${colour(expert)}`, d });
  };

  /** The shares of now, as a column with the number of each expert. */
  const columnOf = (shares) =>
    shares
      .map((share, expert) => [unit(share), expert])
      .filter(([share]) => share > 0)
      .reverse()
      .map(([share, expert]) =>
        measure(
          el("span", { class: colour(expert) }, share >= LABELLED ? String(expert + 1) : ""),
          "--w",
          share,
        ),
      );

  const drawRun = (p, view, rule, curve) => {
    const last = curve[curve.length - 1];
    const edges = stacked(curve);
    const total = Math.max(1, whole(view.steps));
    const xs = curve.map((at) => (WIDE * number(at.step)) / total);
    if (curve.length === 1) {
      edges.push(edges[0]);
      xs.push(WIDE * 0.01);
    }
    const values = {
      rule: nameOf(rule),
      all: whole(view.experts),
      step: count(last.step),
      silent: whole(last.silent),
      share: percent(Math.max(...list(last.shares), 0)),
      nats: fixed(number(last.nats), 3),
    };
    say(p.name, nameOf(rule));
    const how = { coefficient: number(view.coefficient), rate: number(view.bias_rate) };
    say(p.help, t(`gates-rule-${rule}.help`, how));
    set(p.bands, { "aria-label": t("gates-bands", values) });
    fill(
      p.bands,
      list(last.shares).map((_, expert) => bandOf(edges, xs, expert)),
    );
    fill(p.now, columnOf(list(last.shares)));
    say(p.figures, t("gates-run-figures", values));
  };

  // The curves

  /** Heights between which all courses run, once the first steep steps are over. */
  const rangeOf = (view, curves) => {
    const late = number(view.step) / 10;
    const values = Object.values(curves).flatMap((curve) =>
      curve.filter((at) => number(at.step) >= late).map((at) => number(at.nats)),
    );
    const low = Math.floor(10 * Math.min(...values)) / 10;
    return [low, Math.max(low + 0.2, Math.ceil(10 * Math.max(...values)) / 10)];
  };

  /** The first step from which a course stays within the picture; 0 where it always does. */
  const firstBelow = (curve, high) => {
    const last = curve.findLastIndex((at) => number(at.nats) > high);
    return last < 0 ? 0 : number(curve[Math.min(last + 1, curve.length - 1)].step);
  };

  const drawPlot = (plot, view, curves, { name, range, digits, ticks }) => {
    const { width, height, left, right, top, bottom } = PLOT;
    const [low, high] = range;
    const total = Math.max(1, whole(view.steps));
    const x = (step) => left + ((width - left - right) * number(step)) / total;
    const y = (value) => top + ((height - top - bottom) * (high - number(value))) / (high - low);
    const marks = ticks.map((value) => [
      svg("path", { class: "fl-gates-grid", d: `M${left},${y(value)}H${width - right}` }),
      svg("text", { x: left - 6, y: y(value) + 5, "text-anchor": "end" }, fixed(value, digits)),
    ]);
    const lines = RULES.map((rule) => {
      const seen = curves[rule].filter((at) => number(at[name]) <= high);
      const d = seen.map((at) => `${x(at.step).toFixed(1)},${y(at[name]).toFixed(1)}`).join("L");
      return svg("path", { class: `fl-gates-line fl-gates-${rule}`, d: d ? `M${d}` : "" });
    });
    const values = RULES.map((rule) => {
      const { [name]: last } = curves[rule][curves[rule].length - 1];
      return [rule, fixed(number(last), digits && 3)];
    });
    set(plot, {
      viewBox: `0 0 ${width} ${height}`,
      "aria-label": t(`gates-${name}-picture`, {
        step: count(view.step),
        ...Object.fromEntries(values),
      }),
    });
    fill(
      plot,
      marks,
      lines,
      svg(
        "text",
        { x: width - right, y: height - 6, "text-anchor": "end" },
        t("gates-steps-axis", { n: count(total) }),
      ),
    );
  };

  const drawPlots = (s, view, curves) => {
    const [low, high] = rangeOf(view, curves);
    const ticks = [low, (low + high) / 2, high];
    drawPlot(s.plots.nats, view, curves, { name: "nats", range: [low, high], digits: 2, ticks });
    const above = Math.max(...RULES.map((rule) => firstBelow(curves[rule], high)));
    say(s.above, above ? t("gates-nats-above", { n: count(above), high: fixed(high, 2) }) : "");
    s.above.hidden = !above;
    const experts = Math.max(1, whole(view.experts));
    const range = [0, experts];
    const counts = [0, Math.floor(experts / 2), experts];
    drawPlot(s.plots.silent, view, curves, { name: "silent", range, digits: 0, ticks: counts });
  };

  const drawTable = (s, curves) => {
    const heads = ["rule", "step", "nats", "silent", "busiest", "entropy", "balance", "z"];
    const rows = RULES.flatMap((rule) =>
      curves[rule].map((at) => [
        nameOf(rule),
        count(at.step),
        fixed(number(at.nats), 3),
        String(whole(at.silent)),
        percent(Math.max(...list(at.shares), 0)),
        fixed(number(at.entropy), 2),
        fixed(number(at.balance), 2),
        fixed(number(at.z), 2),
      ]),
    );
    const shown = heads.map((head) => t(`gates-head-${head}`));
    fill(s.numbers, s.numbers.firstChild, table(t("gates-learning-table"), shown, rows));
  };

  FusionLab.gatesLearning = () => {
    const s = make();
    const draw = (view) => {
      const curves = Object.fromEntries(
        RULES.map((rule) => [rule, list(list(view.runs).find((run) => run.rule === rule)?.curve)]),
      );
      if (RULES.some((rule) => !curves[rule].length)) return;
      const values = { step: count(view.step), steps: count(view.steps) };
      const how = { k: whole(view.trained_k), all: whole(view.experts) };
      say(
        s.step,
        joined([
          t("gates-step", { ...values, held: count(view.held) }),
          t("gates-how", { ...how, rate: number(view.router_rate) }),
        ]),
      );
      for (const rule of RULES) drawRun(s.panels[rule], view, rule, curves[rule]);
      drawPlots(s, view, curves);
      drawTable(s, curves);
    };
    return { root: s.root, draw };
  };
})();
