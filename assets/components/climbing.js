/**
 * The form of the ladder of fusion: a suite, members, how many questions; Run, Stop, go on.
 *
 * `FusionLab.climbing(element, value, trigger)`: `suites`, `chosen` and `most` fill it once; other
 * values change `running`, `goes_on` and `refused`. It tells "submit" ({suite, items, members}) and
 * "stop". By the document's event "fusionlab-members" it asks who stands in the form above.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, say, state, text, whole } = FusionLab.core;
  const { figure, refuse, select, texts } = FusionLab.fields;
  const { said, t } = FusionLab.words;

  const make = () => {
    const s = { data: {}, chosen: { members: [] }, filled: false, goesOn: false };
    s.fields = el("div", { class: "fl-ladder-fields" });
    s.fold = el("details", { class: "fl-folded" });
    fill(s.fold, el("summary", { class: "fl-summary" }, t("ladder-setup")), s.fields);
    s.run = button("", "fl-run", () => submit(s));
    s.stop = button(t("ladder-stop"), "fl-run fl-stop", () => {
      s.stop.disabled = true;
      s.trigger("stop", {});
    });
    s.refusal = el("div", { role: "alert" });
    s.here = el("p", { class: "fl-note" }, t("ladder-not-here"));
    s.buttons = el("div", { class: "fl-measure-buttons" }, s.run, s.stop);
    s.root = el("div", { class: "fl-stage fl-ladder-stage" });
    fill(s.root, el("div", { class: "fl-ladder-form" }, s.fold, s.refusal, s.here, s.buttons));
    drawRunning(s, false);
    return s;
  };

  const submit = (s) => {
    fill(s.refusal);
    drawRunning(s, true);
    s.trigger("submit", { ...s.chosen });
  };

  /** Another set-up begins anew. */
  const changed = (s) => {
    fill(s.refusal);
    s.goesOn = false;
    drawRunning(s, s.running);
  };

  const drawRunning = (s, running) => {
    const inside = [s.run, s.stop].includes(document.activeElement);
    s.running = running;
    s.run.disabled = running;
    s.stop.disabled = s.stop.hidden = !running;
    if (inside) (running ? s.stop : s.run).focus();
    say(s.run, t(s.goesOn ? "ladder-go-on" : "ladder-run"));
  };

  const take = (s, members) => {
    s.chosen.members = [...members];
    changed(s);
    drawFields(s);
  };

  const drawFields = (s) => {
    const suites = list(s.data.suites);
    const options = suites.map(({ name, title }) => ({ value: text(name), label: said(title) }));
    const suite = select(
      { label: t("ladder-suite"), groups: [{ options }], value: s.chosen.suite },
      (name) => {
        const known = suites.find((each) => each.name === name) || {};
        s.chosen.suite = name;
        s.chosen.items = whole(known.items, 100);
        take(s, list(known.brings).map(text));
        s.fields.querySelector("select").focus();
      },
    );
    const items = figure(
      {
        label: t("ladder-items"),
        value: s.chosen.items,
        whole: true,
        least: 1,
        most: whole(s.data.most, 500),
        slider: false,
      },
      (value) => {
        s.chosen.items = value;
        changed(s);
      },
    );
    const members = texts(
      { label: t("ladder-members"), help: t("ladder-members.help"), value: s.chosen.members },
      (value) => {
        s.chosen.members = value;
        changed(s);
      },
    );
    const above = button(t("ladder-take-members"), "fl-plain", () => {
      const detail = { take: (members) => members.length && take(s, members) };
      document.dispatchEvent(new CustomEvent("fusionlab-members", { detail }));
      s.fields.querySelector("button").focus();
    });
    fill(
      s.fields,
      el("div", { class: "fl-ladder-column" }, suite.root, items),
      el("div", { class: "fl-ladder-column" }, members, el("div", null, above)),
    );
  };

  window.FusionLab.climbing = (element, value, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || (() => {});
    s.data = { ...s.data, ...value };
    if (value?.chosen && !s.filled) {
      s.filled = true;
      s.chosen = { ...value.chosen };
      drawFields(s);
    }
    s.here.hidden = s.data.runs !== false;
    s.fold.hidden = s.buttons.hidden = s.data.runs === false;
    if (value && "goes_on" in value) s.goesOn = Boolean(value.goes_on);
    if (value && "running" in value) drawRunning(s, Boolean(value.running));
    if (value && "refused" in value) refuse(s.refusal, value.refused);
  };
})();
