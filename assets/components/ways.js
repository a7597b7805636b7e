/**
 * The same question in other ways: a button for each, and one that stops them.
 *
 * `FusionLab.ways(element, {offers}, trigger)`: each offer is `{way, name}`; a click calls
 * `trigger("select", {way})`, Stop calls `trigger("stop", {})`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, own, state, text } = FusionLab.core;
  const { has, t } = FusionLab.words;

  /** The offer in the page's words, or in its own. */
  const nameOf = (offer) => {
    const key = `ways-${text(offer.way)}`;
    return has(key) ? t(key) : text(offer.name);
  };

  window.FusionLab.ways = (element, data, trigger) => {
    const s = state(element, () => {
      const room = el("div", { class: "fl-actions-room" });
      const root = el("div", null, el("h2", { class: "fl-title" }, t("ways-title")), room);
      return { room, root };
    });
    const offers = list(own(data, "offers"));
    s.root.hidden = !offers.length;
    fill(
      s.room,
      offers.map((offer) =>
        button(nameOf(offer), "fl-button", () => trigger("select", { way: offer.way })),
      ),
      button(t("ways-stop"), "fl-button", () => trigger("stop", {})),
    );
  };
})();
