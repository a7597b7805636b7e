/**
 * The sweep of the tab that builds: how good the models between two or three sources are.
 *
 * `FusionLab.sweep(element, {of, record, suites, sweeps, running, total, refused}, trigger)`: the
 * sources are heard from the document ("fusionlab-sources") and asked about as "input" ({refs});
 * a sweep begins with "submit" ({refs, points, suite, items}) and ends with "stop". A point that is
 * chosen is told to the document as "fusionlab-weights".
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, button, el, fill, fixed, folded, list, own, percent, say, section, state, table } =
    FusionLab.core;
  const { text } = FusionLab.core;
  const { figure, refuse, select, titles } = FusionLab.fields;
  const { LETTERS } = FusionLab.building;
  const { t } = FusionLab.words;
  const MOMENT = 250;
  const POINTS = { 2: 9, 3: 5 };
  const MOST = 21;
  const ITEMS = 50;

  const make = () => {
    const s = { trigger: () => {}, refs: [], data: {}, suite: "", shown: "", timer: 0 };
    s.points = { ...POINTS };
    s.items = ITEMS;
    s.fields = el("div", { class: "fl-sweep-fields" });
    s.run = button(t("sweep-run"), "fl-plain", () => begin(s));
    s.stop = button(t("sweep-stop"), "fl-plain", () => {
      s.stop.disabled = true;
      s.trigger("stop", {});
    });
    s.note = el("p", { class: "fl-measure-note", role: "status" });
    s.refusal = el("div", { role: "alert" });
    s.measures = el("div", { class: "fl-sweep-measure" });
    s.picture = el("div");
    s.said = el("div", { class: "fl-sweep-said" });
    s.chosen = el("p", { class: "fl-sentence", role: "status" });
    s.numbers = folded(t("proof-as-table"));
    s.root = el(
      "div",
      { class: "fl-stage fl-sweep-stage" },
      section(
        "sweep-part",
        t("sweep-title"),
        el("p", { class: "fl-note" }, t("sweep-intro")),
        s.fields,
        el("div", { class: "fl-sweep-buttons" }, s.run, s.stop),
        s.note,
        s.refusal,
        s.measures,
        s.picture,
        s.chosen,
        s.said,
        s.numbers,
      ),
    );
    document.addEventListener("fusionlab-sources", ({ detail }) => heard(s, detail));
    return s;
  };

  /** Other sources have other models between them; where there are none, there is no sweep. */
  const heard = (s, detail) => {
    const refs = list(detail?.refs);
    const fits = Boolean(detail?.between) && own(POINTS, refs.length) !== undefined;
    s.root.hidden = !fits;
    if (refs.join("\n") === s.refs.join("\n")) return;
    if (s.running) s.trigger("stop", {});
    s.refs = refs;
    s.data = {};
    say(s.chosen, "");
    fill(s.refusal);
    drawAll(s);
    clearTimeout(s.timer);
    if (fits) s.timer = setTimeout(() => s.trigger("input", { refs }), MOMENT);
  };

  const begin = (s) => {
    fill(s.refusal);
    say(s.chosen, "");
    drawRunning(s, true);
    const points = s.points[s.refs.length];
    s.trigger("submit", { refs: s.refs, points, suite: s.suite, items: s.items });
  };

  const drawRunning = (s, running) => {
    const inside = [s.run, s.stop].includes(document.activeElement);
    s.running = running;
    s.run.disabled = running || s.data.sweeps === false;
    s.stop.disabled = !running;
    s.stop.hidden = !running;
    if (inside) (running ? s.stop : s.run).focus();
  };

  const drawFields = (s) => {
    const count = s.refs.length;
    const points = figure(
      {
        label: t(count > 2 ? "sweep-points-side" : "sweep-points"),
        value: s.points[count],
        whole: true,
        least: 2,
        most: MOST,
        slider: false,
      },
      (value) => (s.points[count] = value),
    );
    const suites = list(s.data.suites).map((name) => ({ value: text(name), label: text(name) }));
    if (!suites.some(({ value }) => value === s.suite)) s.suite = "";
    const suite = select(
      {
        label: t("sweep-suite"),
        none: t("sweep-suite.none"),
        groups: [{ options: suites }],
        value: s.suite,
      },
      (name) => {
        s.suite = name;
        items.hidden = !name;
      },
    );
    const items = figure(
      {
        label: t("sweep-items"),
        help: t("sweep-items.help"),
        value: s.items,
        whole: true,
        least: 1,
        most: 500,
        slider: false,
      },
      (value) => (s.items = value),
    );
    items.hidden = !s.suite;
    fill(s.fields, points, suites.length ? suite.root : null, items);
  };

  // What was found

  const suitesOf = (record) => list(record.points[0]?.suites).map(({ suite }) => text(suite));

  const spelledWeights = (weights) =>
    list(weights)
      .map((weight, at) => `${LETTERS[at]} ${fixed(weight, 2)}`)
      .join(" · ");

  const ofSuite = (point, suite) => list(point.suites).find((each) => each.suite === suite);

  /** A value of the measure that is shown: nats per byte, or the share of a suite. */
  const valueOf = (suite, point) => {
    const weights = spelledWeights(point.weights);
    if (suite) {
      const { testing } = ofSuite(point, suite);
      const value = testing.right / (testing.total || 1);
      const words = t("sweep-point-suite", {
        weights,
        share: percent(value),
        low: percent(testing.low),
        high: percent(testing.high),
        n: testing.total,
      });
      return { value, from: testing.low, to: testing.high, words };
    }
    const value = point.nats_per_byte;
    if (typeof value !== "number") return null;
    const [from, to] = list(point.interval);
    const words =
      from === undefined
        ? t("sweep-point", { weights, nats: fixed(value, 3) })
        : t("sweep-point-between", {
            weights,
            nats: fixed(value, 3),
            low: fixed(from, 3),
            high: fixed(to, 3),
          });
    return { value, from, to, words };
  };

  const drawMeasures = (s, record) => {
    const suites = suitesOf(record);
    if (!["", ...suites].includes(s.shown)) s.shown = "";
    const options = suites.map((name) => ({
      value: name,
      label: t("sweep-measure-suite", { name: titles.suite(name) }),
    }));
    const choice = select(
      {
        label: t("sweep-measure"),
        none: t("sweep-measure-nats"),
        groups: [{ options }],
        value: s.shown,
      },
      (name) => {
        s.shown = name;
        drawPicture(s, record);
      },
    );
    fill(s.measures, suites.length ? choice.root : null);
  };

  const bestOf = (record, values, shown) => {
    if (shown) return own(record.best || {}, shown) ?? -1;
    const known = values.map((each) => (each ? each.value : Infinity));
    return known.indexOf(Math.min(...known));
  };

  const drawPicture = (s, record) => {
    const values = record.points.map((point) => valueOf(s.shown, point));
    const best = bestOf(record, values, s.shown);
    const title = s.shown
      ? t("sweep-measure-suite", { name: titles.suite(s.shown) })
      : t("sweep-measure-nats");
    const focused = [...s.picture.querySelectorAll('[role="button"]')].indexOf(
      document.activeElement,
    );
    fill(
      s.picture,
      values.some(Boolean) &&
        FusionLab.swept(
          {
            models: record.models,
            points: record.points,
            side: record.side,
            values,
            best,
            title,
            low: !s.shown,
            whole: Boolean(s.shown),
            width: s.picture.clientWidth,
          },
          (at) => choose(s, record.points[at]),
        ),
    );
    if (focused >= 0) s.picture.querySelectorAll('[role="button"]')[focused]?.focus();
    drawSaid(s, record, values, best);
  };

  const choose = (s, point) => {
    const weights = list(point.weights).map((weight) => Number(weight.toFixed(4)));
    document.dispatchEvent(new CustomEvent("fusionlab-weights", { detail: weights }));
    say(s.chosen, t("sweep-chosen", { weights: spelledWeights(weights) }));
  };

  /** The best point in words; of a suite with what it is worth on other questions of it. */
  const drawSaid = (s, record, values, best) => {
    if (s.running || best < 0 || !values[best]) {
      fill(s.said);
      return;
    }
    const weights = spelledWeights(record.points[best].weights);
    const sentence = s.shown
      ? t("sweep-best-suite", {
          weights,
          n: ofSuite(record.points[best], s.shown).choosing.total,
          words: values[best].words,
        })
      : t("sweep-best", { weights });
    const act = button(t("sweep-take"), "fl-plain", () => choose(s, record.points[best]));
    fill(s.said, el("p", { class: "fl-sentence" }, sentence), act);
  };

  const drawNumbers = (s, record) => {
    const suites = suitesOf(record);
    const rows = record.points.map((point) => [
      spelledWeights(point.weights),
      typeof point.nats_per_byte === "number" ? fixed(point.nats_per_byte, 3) : "–",
      list(point.interval)
        .map((each) => fixed(each, 3))
        .join(" – "),
      ...suites.flatMap((name) => {
        const { choosing, testing } = ofSuite(point, name);
        return [
          `${choosing.right}/${choosing.total}`,
          `${testing.right}/${testing.total}`,
          `${percent(testing.low)} – ${percent(testing.high)}`,
        ];
      }),
    ]);
    const heads = [
      t("sweep-head-weights"),
      t("proof-head-nats"),
      t("sweep-head-interval"),
      ...suites.flatMap((name) => [
        t("sweep-head-choosing", { name }),
        t("sweep-head-testing", { name }),
        t("sweep-head-interval"),
      ]),
    ];
    s.numbers.hidden = !rows.length;
    s.numbers.querySelector(".fl-scroll")?.remove();
    if (rows.length) add(s.numbers, table(t("sweep-table"), heads, rows));
  };

  const drawNote = (s, record) => {
    const done = list(record?.points).length;
    const words = s.data.waits
      ? t("sweep-waits")
      : s.running
        ? t("sweep-progress", { done, total: s.data.total || "…" })
        : s.data.stopped
          ? t("sweep-stopped", { done, total: s.data.total })
          : s.data.sweeps === false
            ? t("sweep-not-here")
            : "";
    say(s.note, words);
    s.note.hidden = !words;
  };

  const drawAll = (s) => {
    const { record } = s.data;
    drawRunning(s, Boolean(s.data.running));
    drawNote(s, record);
    if (!s.running) drawFields(s);
    if (!record) {
      fill(s.picture);
      fill(s.measures);
      fill(s.said);
      s.numbers.hidden = true;
      return;
    }
    if (!s.running) drawMeasures(s, record);
    drawPicture(s, record);
    drawNumbers(s, record);
  };

  window.FusionLab.sweep = (element, value, trigger) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) s.trigger = trigger;
    if (given.ready) {
      s.root.hidden = true;
      heard(s, FusionLab.sources);
      return;
    }
    if (given.of && given.of.join("\n") !== s.refs.join("\n")) return; // of other sources
    s.data = { ...s.data, waits: false, stopped: false, ...given };
    drawAll(s);
    refuse(s.refusal, given.refused);
  };
})();
