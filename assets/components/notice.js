/**
 * What to notice: a few sentences about the run, each with the step or round that it speaks of.
 *
 * `FusionLab.notice(element, data)` shows the view it is given; a click on a sentence about
 * a step or round shows that one in the picture of the same result.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { said, t } = FusionLab.words;
  const { apart, el, fill, list, own, percent, probability, ratio, state, text, uid } =
    FusionLab.core;
  const FORMATS = {
    p: probability,
    q: probability,
    share: percent,
    threshold: percent,
    times: ratio,
  };

  /** The section, empty. */
  const make = () => {
    const id = uid();
    const s = { shown: "" };
    s.list = el("ul", { class: "fl-notice-list" });
    s.root = el(
      "section",
      { class: "fl-stage fl-notice", "aria-labelledby": id },
      el("h2", { class: "fl-notice-title", id }, t("notice-title")),
      s.list,
    );
    s.list.addEventListener("click", (event) => {
      const place = s.places.get(event.target.closest("button"));
      const picture = s.root.closest(".fl-result")?.querySelector(".fl-picture");
      if (place && picture) FusionLab.picture.show(picture, place);
    });
    return s;
  };

  /** The same to be said, its probabilities and shares written as they are everywhere. */
  const written = (given) => {
    if (Array.isArray(given)) return given.map(written);
    if (!given || typeof given !== "object") return given;
    const values = own(given, "values") || {};
    const both = typeof values.p === "number" && typeof values.q === "number";
    const [p, q] = both ? apart(values.p, values.q) : [];
    const shown = Object.entries(values).map(([name, value]) => {
      const format = own(FORMATS, name);
      return [name, format && typeof value === "number" ? format(value) : written(value)];
    });
    return {
      key: text(given.key),
      values: { ...Object.fromEntries(shown), ...(both && { p, q }) },
    };
  };

  /** One sentence; a button where the picture can show what it speaks of. */
  const sentenceOf = (s, entry) => {
    const words = said(written(entry));
    const step = Number.isInteger(entry.step) ? entry.step : null;
    const round = Number.isInteger(entry.round) ? entry.round : null;
    if (step === null && round === null) return el("li", { dir: "auto" }, words);
    const go = el(
      "button",
      { class: "fl-notice-go", type: "button", title: t("notice-show") },
      words,
      el("span", { class: "fl-notice-arrow", "aria-hidden": "true" }, "\u00a0↑"),
    );
    s.places.set(go, { step, round });
    return el("li", { dir: "auto" }, go);
  };

  /** The section shows these sentences; without any it is not there. */
  window.FusionLab.notice = (element, data) => {
    const s = state(element, make);
    const entries = list(own(data, "sentences")).filter(
      (one) => one && typeof one.key === "string",
    );
    s.root.hidden = !entries.length;
    const key = JSON.stringify(entries);
    if (key === s.shown) return;
    s.shown = key;
    s.places = new Map();
    fill(
      s.list,
      entries.map((entry) => sentenceOf(s, entry)),
    );
  };
})();
