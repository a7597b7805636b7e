/**
 * The same question in other ways: a button for each, and one that stops them.
 *
 * `FusionLab.ways(element, {offers}, trigger)`: each offer is `{way, name}`; a click calls
 * `trigger("select", {way})`, Stop calls `trigger("stop", {})`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, list, own, state, text } = FusionLab.core;
  const { has, t } = FusionLab.words;

  /** The offer in the page's words, or in its own. */
  const nameOf = (offer) => {
    const key = `ways-${text(offer.way)}`;
    return has(key) ? t(key) : text(offer.name);
  };

  window.FusionLab.ways = (element, data, trigger) => {
    state(element, () => ({
      root: el(
        "div",
        null,
        el("h2", { class: "fl-title" }, t("ways-title")),
        el(
          "div",
          { class: "fl-actions-room" },
          list(own(data, "offers")).map((offer) =>
            button(nameOf(offer), "fl-button", () => trigger("select", { way: offer.way })),
          ),
          button(t("ways-stop"), "fl-button", () => trigger("stop", {})),
        ),
      ),
    }));
  };
})();
