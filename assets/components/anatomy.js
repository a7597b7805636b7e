/**
 * What a model is made of, and what it loses without each of its experts.
 *
 * `FusionLab.anatomy(element, {models, suites, items, most, counted, found, running, waits,
 * stopped, refused}, trigger)`: `counted` and `found` are what `fusionlab experts --json` prints,
 * without and with `--ablate`; up to `most` questions of a suite can be asked. What is asked for is
 * told with "submit", as {asked: {what, ref, text}} or {asked: {what, ref, suite, items}}; "stop"
 * ends it.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, fixed, folded, list, measure, number, own, percent } = FusionLab.core;
  const { points, probability, say, shares, state, table, term, text, whole, woven } =
    FusionLab.core;
  const { figure, following, lines, refuse, select, titles } = FusionLab.fields;
  const { badge } = FusionLab.marks;
  const { said, t } = FusionLab.words;
  const TAB = "inside";

  const make = () => {
    const s = { trigger: () => {}, data: {}, ref: "", text: "", counted: "", pick: null };
    Object.assign(s, { suite: "", items: 0, shows: "nats" });
    s.picker = el("div", { role: "group", "aria-label": t("anatomy-model") });
    s.weights = el("div", { class: "fl-anatomy-weights", "aria-live": "polite" });
    s.form = el("div", { class: "fl-anatomy-form" });
    s.run = button(t("ablation-run"), "fl-plain", () => ablate(s));
    s.stop = button(t("ablation-stop"), "fl-plain", () => {
      s.stop.disabled = true;
      s.trigger("stop", {});
    });
    s.stop.hidden = true;
    s.note = el("p", { class: "fl-measure-note", role: "status" });
    s.refusal = el("div", { role: "alert" });
    s.heat = el("div");
    s.notes = el("ul", { class: "fl-notice-list" });
    s.numbers = el("div");
    s.worth = el(
      "div",
      { class: "fl-anatomy-worth", hidden: true },
      el("h3", { class: "fl-subtitle" }, t("ablation-title")),
      s.form,
      el("div", { class: "fl-aligner-buttons" }, s.run, s.stop, s.note),
      s.heat,
      s.notes,
      s.numbers,
    );
    s.part = el(
      "details",
      { class: "fl-section fl-unfolding fl-anatomy-part" },
      el("summary", null, el("h2", { class: "fl-title" }, t("anatomy-title"))),
      el(
        "p",
        { class: "fl-note" },
        woven("anatomy-intro", { active: term("active-parameters", t("anatomy-intro-active")) }),
      ),
      s.picker,
      s.refusal,
      s.weights,
      s.worth,
    );
    s.part.addEventListener("toggle", () => s.part.open && count(s));
    document.addEventListener("fusionlab-seats", () => follow(s));
    s.root = el("div", { class: "fl-stage fl-aligner-stage" }, s.part);
    return s;
  };

  // What is asked

  /** The model is the one that the tab shows, until the visitor takes another one here. */
  const follow = (s) => {
    const ref = text(list(own(FusionLab.seats, TAB))[0]);
    if (!ref || ref === s.seen || s.data.running || !list(s.data.models).length) return;
    s.seen = ref;
    if (ref === s.ref) return;
    take(s, ref);
    drawForm(s);
  };

  /** Another model; nothing is known of it yet. */
  const take = (s, ref) => {
    s.ref = ref;
    for (const room of [s.weights, s.heat, s.notes, s.numbers]) fill(room);
    s.worth.hidden = true;
    s.counted = "";
    if (s.part.open) count(s);
  };

  /** The weights of the chosen model are asked for, once. */
  const count = (s) => {
    if (!s.ref || s.counted === s.ref || s.data.running) return;
    s.counted = s.ref;
    fill(s.refusal);
    s.trigger("submit", { asked: { what: "count", ref: s.ref } });
  };

  const ablate = (s) => {
    fill(s.refusal);
    s.data.progress = null;
    drawRunning(s, true);
    const read = s.suite ? { suite: s.suite, items: s.items } : { text: s.text };
    s.trigger("submit", { asked: { what: "ablate", ref: s.ref, ...read } });
  };

  const drawRunning = (s, running) => {
    const inside = [s.run, s.stop].includes(document.activeElement);
    s.data.running = running;
    s.run.disabled = running;
    s.stop.disabled = !running;
    s.stop.hidden = !running;
    if (inside) (running ? s.stop : s.run).focus();
    const { waits, stopped } = s.data;
    const key = waits ? "waits" : running ? "working" : stopped ? "stopped" : "";
    const { done, of } = s.data.progress || {};
    const counts = key === "working" && of > 0;
    say(s.note, counts ? t("ablation-working-of", { done, of }) : key ? t(`ablation-${key}`) : "");
    s.note.hidden = !key;
  };

  const drawForm = (s) => {
    fill(
      s.picker,
      FusionLab.picker(s.data.models, s.ref, (ref) => take(s, ref)),
    );
    drawRead(s);
  };

  /** What is read: a text, or so many questions of a suite. */
  const drawRead = (s) => {
    const what = {
      label: t("ablation-what"),
      value: s.suite,
      groups: [
        { options: [{ value: "", label: t("ablation-what-text") }] },
        {
          label: t("measure-suite-term"),
          options: list(s.data.suites).map((name) => ({ value: name, label: titles.suite(name) })),
        },
      ],
    };
    const of = { label: t("ablation-text"), help: t("ablation-text.help"), value: s.text, rows: 4 };
    const written = lines(of, (value) => (s.text = value));
    const asked = figure(
      {
        label: t("ablation-items"),
        help: t("ablation-items.help"),
        value: s.items,
        least: 1,
        most: whole(s.data.most, 1),
        whole: true,
      },
      (value) => (s.items = value),
    );
    const drawn = () => {
      written.hidden = s.suite !== "";
      asked.hidden = s.suite === "";
    };
    drawn();
    fill(
      s.form,
      list(s.data.suites).length > 0 &&
        select(what, (value) => {
          s.suite = value;
          drawn();
        }).root,
      written,
      asked,
    );
  };

  // The weights

  const barOf = (counted, which) => {
    const kinds = list(counted.kinds);
    const most = Math.max(1, number(counted.total));
    const sum = number(which === "all" ? counted.total : counted.active);
    return el(
      "div",
      { class: "fl-anatomy-row" },
      el("p", { class: "fl-label" }, t(`anatomy-bar-${which}`, { n: sum })),
      el(
        "div",
        { class: "fl-anatomy-bar", "aria-hidden": "true" },
        kinds.map((each) =>
          measure(
            el("span", {
              class: `fl-anatomy-${text(each.kind)}`,
              title: t("anatomy-part", {
                kind: t(`anatomy-${text(each.kind)}`),
                n: number(each[which]),
              }),
            }),
            "--share",
            number(each[which]) / most,
          ),
        ),
        measure(el("span", { class: "fl-anatomy-idle" }), "--share", 1 - sum / most),
      ),
    );
  };

  const drawWeights = (s, counted) => {
    const kinds = list(counted.kinds);
    const told = shares(kinds.map((each) => each.all));
    const both = (...given) => given.map((each) => number(each).toLocaleString("en"));
    fill(
      s.weights,
      barOf(counted, "all"),
      whole(counted.experts) > 0 && barOf(counted, "active"),
      el(
        "ul",
        { class: "fl-anatomy-legend" },
        kinds.map((each, i) =>
          el(
            "li",
            null,
            el("span", { class: `fl-anatomy-key fl-anatomy-${text(each.kind)}` }),
            `${t(`anatomy-${text(each.kind)}`)} ${told[i]}`,
          ),
        ),
      ),
      el(
        "ul",
        { class: "fl-notice-list" },
        list(counted.notices).map((each) => el("li", null, said(each))),
      ),
      folded(
        t("anatomy-table"),
        table(
          t("anatomy-caption", { ref: text(counted.ref) }),
          ["kind", "all", "active"].map((name) => t(`anatomy-head-${name}`)),
          [
            ...kinds.map((each) => [
              t(`anatomy-${text(each.kind)}`),
              ...both(each.all, each.active),
            ]),
            [t("anatomy-total"), ...both(counted.total, counted.active)],
          ],
        ),
      ),
    );
    s.worth.hidden = !whole(counted.experts);
  };

  // The ablation

  const signed = (value) => FusionLab.core.signed(value, 3);

  /** What a cell can show: its value, how that is written, and with which interval it is told. */
  const SHOWN = {
    nats: { written: signed, cell: "ablation-cell", interval: "interval", about: "ablation-about" },
    right: {
      written: points,
      cell: "ablation-cell-right",
      interval: "right_interval",
      about: "ablation-about-right",
    },
  };

  const intervalBy = (written, interval) =>
    list(interval).length
      ? t("ablation-interval", { low: written(interval[0]), high: written(interval[1]) })
      : t("ablation-no-interval");

  const cellOf = (layer, each, most, shows) => {
    if (!each || !each.used) return null;
    const where = { layer: String(layer), expert: String(each.expert) };
    if (!each.tried) return { shade: 0, shown: "…", words: t("ablation-cell-wait", where) };
    const { written, cell, interval } = SHOWN[shows];
    const value = number(each[shows]);
    return {
      shade: Math.abs(value) / most,
      shown: written(value),
      less: value < 0,
      words: t(cell, {
        ...where,
        [shows]: written(value),
        interval: intervalBy(written, each[interval]),
      }),
    };
  };

  /** One of two radio buttons says what the cells show, where questions were answered. */
  const shownBy = (s, found) => {
    const name = FusionLab.core.uid();
    const row = (shows) => {
      const control = el("input", { type: "radio", name, class: "fl-radio", value: shows });
      control.checked = s.shows === shows;
      control.addEventListener("change", () => {
        s.shows = shows;
        drawFound(s, found);
        s.heat.querySelector(`input[value="${shows}"]`)?.focus();
      });
      return el("label", { class: "fl-choice" }, control, t(`ablation-shows-${shows}`));
    };
    return el(
      "fieldset",
      { class: "fl-switch" },
      el("legend", { class: "fl-subtitle" }, t("ablation-shows")),
      ["nats", "right"].map(row),
    );
  };

  /** Beside the p of one expert alone stands that of all together, once all were tried. */
  const p = (value) => (typeof value === "number" ? probability(value) : "–");

  const drawFound = (s, found) => {
    const layers = list(found.layers);
    const all = layers.flatMap((row) => list(row.experts));
    const answered = typeof found.right === "number";
    if (!answered) s.shows = "nats";
    const { shows } = s;
    const { written } = SHOWN[shows];
    const most = Math.max(1e-6, ...all.map((each) => Math.abs(number(each[shows]))));
    const used = all.filter((each) => each.used);
    s.data.progress = { done: used.filter((each) => each.tried).length, of: used.length };
    const widest = Math.max(0, ...layers.map((row) => list(row.experts).length));
    const places = Array.from({ length: widest }, (_, at) => at);
    fill(
      s.heat,
      answered && shownBy(s, found),
      el("p", { class: "fl-note" }, t(SHOWN[shows].about)),
      el(
        "p",
        { class: "fl-note" },
        t("ablation-own", {
          n: whole(found.pieces),
          bytes: whole(found.bytes),
          nats: fixed(number(found.nats), 4),
          right: answered ? percent(number(found.right)) : "none",
        }),
      ),
      FusionLab.heat({
        label: t("ablation-caption"),
        corner: t("experts-head-layer"),
        columns: places.map((expert) => badge(expert)),
        rows: layers.map((row) => ({
          head: row.layer,
          cells: places.map((at) => cellOf(row.layer, list(row.experts)[at], most, shows)),
        })),
        ends: [written(-most), "0", written(most)],
      }),
    );
    fill(
      s.notes,
      list(found.notices).map((each) => el("li", null, said(each))),
    );
    if (whole(found.waits)) {
      fill(s.numbers);
      return;
    }
    const rows = layers.flatMap((row) =>
      list(row.experts).map((each) => [
        row.layer,
        each.expert,
        ...["nats", ...(answered ? ["right"] : [])].flatMap((name) => [
          each.tried ? SHOWN[name].written(number(each[name])) : "–",
          each.tried ? intervalBy(SHOWN[name].written, each[SHOWN[name].interval]) : "–",
          p(each[name === "nats" ? "p_nats_of_all" : "p_of_all"]),
        ]),
      ]),
    );
    fill(
      s.numbers,
      folded(
        t("ablation-table"),
        table(
          t("ablation-caption"),
          [
            "layer",
            "expert",
            "nats",
            "interval",
            "p",
            ...(answered ? ["right", "interval", "p"] : []),
          ].map((name) => t(`ablation-head-${name}`)),
          rows,
        ),
      ),
    );
  };

  window.FusionLab.anatomy = (element, value, trigger) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) s.trigger = trigger;
    Object.assign(s.data, { waits: false, stopped: false }, given);
    if (!s.items) s.items = whole(s.data.items, 1);
    if (!s.ref && list(s.data.models).length) {
      s.ref = text(s.data.models[0].ref);
      following(s);
      drawForm(s);
    }
    follow(s);
    if (given.counted && given.counted.ref === s.ref) drawWeights(s, given.counted);
    if (given.found && given.found.ref === s.ref) drawFound(s, given.found);
    drawRunning(s, Boolean(given.running));
    refuse(s.refusal, given.refused);
  };
})();
