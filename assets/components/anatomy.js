/**
 * What a model is made of, and what it loses without each of its experts.
 *
 * `FusionLab.anatomy(element, {models, counted, found, running, waits, stopped, refused},
 * trigger)`: `counted` and `found` are what `fusionlab experts --json` prints, without and with
 * `--ablate`. What is asked for is told with "submit" ({asked: {what, ref, text}}), "stop" ends it.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, fixed, folded, list, measure, number, percent } = FusionLab.core;
  const { say, state, table, term, text, whole, woven } = FusionLab.core;
  const { following, lines, refuse } = FusionLab.fields;
  const { badge } = FusionLab.load;
  const { said, t } = FusionLab.words;

  const make = () => {
    const s = { trigger: () => {}, data: {}, ref: "", text: "", counted: "", pick: null };
    s.picker = el("div", { role: "group", "aria-label": t("anatomy-model") });
    s.weights = el("div", { class: "fl-anatomy-weights", "aria-live": "polite" });
    s.form = el("div");
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
    s.root = el("div", { class: "fl-stage fl-aligner-stage" }, s.part);
    return s;
  };

  // What is asked

  /** The weights of the chosen model are asked for, once. */
  const count = (s) => {
    if (!s.ref || s.counted === s.ref || s.data.running) return;
    s.counted = s.ref;
    fill(s.refusal);
    s.trigger("submit", { asked: { what: "count", ref: s.ref } });
  };

  const ablate = (s) => {
    fill(s.refusal);
    drawRunning(s, true);
    s.trigger("submit", { asked: { what: "ablate", ref: s.ref, text: s.text } });
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
    say(s.note, key && t(`ablation-${key}`));
    s.note.hidden = !key;
  };

  const drawForm = (s) => {
    fill(
      s.picker,
      FusionLab.picker(s.data.models, s.ref, (ref) => {
        s.ref = ref;
        for (const room of [s.weights, s.heat, s.notes, s.numbers]) fill(room);
        s.worth.hidden = true;
        count(s);
      }),
    );
    fill(
      s.form,
      lines(
        { label: t("ablation-text"), help: t("ablation-text.help"), value: s.text, rows: 4 },
        (value) => (s.text = value),
      ),
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
    const total = Math.max(1, number(counted.total));
    fill(
      s.weights,
      barOf(counted, "all"),
      whole(counted.experts) > 0 && barOf(counted, "active"),
      el(
        "ul",
        { class: "fl-anatomy-legend" },
        kinds.map((each) =>
          el(
            "li",
            null,
            el("span", { class: `fl-anatomy-key fl-anatomy-${text(each.kind)}` }),
            `${t(`anatomy-${text(each.kind)}`)} ${percent(number(each.all) / total)}`,
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
              number(each.all).toLocaleString("en"),
              number(each.active).toLocaleString("en"),
            ]),
            [
              t("anatomy-total"),
              number(counted.total).toLocaleString("en"),
              number(counted.active).toLocaleString("en"),
            ],
          ],
        ),
      ),
    );
    s.worth.hidden = !whole(counted.experts);
  };

  // The ablation

  const signed = (value) => FusionLab.core.signed(value, 3);

  const intervalOf = (interval) =>
    list(interval).length
      ? t("ablation-interval", { low: signed(interval[0]), high: signed(interval[1]) })
      : t("ablation-no-interval");

  const cellOf = (layer, each, most) => {
    if (!each || !each.used) return null;
    const where = { layer: String(layer), expert: String(each.expert) };
    if (!each.tried) return { shade: 0, shown: "…", words: t("ablation-cell-wait", where) };
    const nats = number(each.nats);
    return {
      shade: Math.abs(nats) / most,
      shown: signed(nats),
      less: nats < 0,
      words: t("ablation-cell", {
        ...where,
        nats: signed(nats),
        interval: intervalOf(each.interval),
      }),
    };
  };

  const drawFound = (s, found) => {
    const layers = list(found.layers);
    const all = layers.flatMap((row) => list(row.experts));
    const most = Math.max(1e-6, ...all.map((each) => Math.abs(number(each.nats))));
    const widest = Math.max(0, ...layers.map((row) => list(row.experts).length));
    const places = Array.from({ length: widest }, (_, at) => at);
    fill(
      s.heat,
      el("p", { class: "fl-note" }, t("ablation-about")),
      el(
        "p",
        { class: "fl-note" },
        t("ablation-own", {
          n: whole(found.pieces),
          bytes: whole(found.bytes),
          nats: fixed(number(found.nats), 4),
          right: "none",
        }),
      ),
      FusionLab.heat({
        label: t("ablation-caption"),
        corner: t("experts-head-layer"),
        columns: places.map((expert) => badge(expert)),
        rows: layers.map((row) => ({
          head: row.layer,
          cells: places.map((at) => cellOf(row.layer, list(row.experts)[at], most)),
        })),
        ends: [signed(-most), "0", signed(most)],
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
        each.tried ? signed(number(each.nats)) : "–",
        each.tried ? intervalOf(each.interval) : "–",
      ]),
    );
    fill(
      s.numbers,
      folded(
        t("ablation-table"),
        table(
          t("ablation-caption"),
          ["layer", "expert", "nats", "interval"].map((name) => t(`ablation-head-${name}`)),
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
    if (!s.ref && list(s.data.models).length) {
      s.ref = text(s.data.models[0].ref);
      following(s);
      drawForm(s);
    }
    if (given.counted && given.counted.ref === s.ref) drawWeights(s, given.counted);
    if (given.found && given.found.ref === s.ref) drawFound(s, given.found);
    drawRunning(s, Boolean(given.running));
    refuse(s.refusal, given.refused);
  };
})();
