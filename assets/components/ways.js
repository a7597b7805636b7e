/**
 * The same question in other ways: a button for each, and one that stops them.
 *
 * `FusionLab.ways(element, {offers}, trigger)`: each offer is `{way, name}`; a click calls
 * `trigger("select", {way})`, Stop calls `trigger("stop", {})`. They run until `{running: false}`.
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

  const make = () => {
    const s = { offers: [], running: false };
    s.room = el("div", { class: "fl-actions-room" });
    s.stop = button(t("ways-stop"), "fl-button", () => s.trigger("stop", {}));
    s.root = el("div", null, el("h2", { class: "fl-title" }, t("ways-title")), s.room);
    return s;
  };

  /** While a way runs, it can only be stopped; whoever stood on one button stands on the other. */
  const draw = (s) => {
    const inside = s.room.contains(document.activeElement);
    s.root.hidden = !s.offers.length;
    s.stop.hidden = !s.running;
    const begin = (offer) => {
      s.trigger("select", { way: offer.way });
      s.running = true;
      draw(s);
    };
    const ways = s.offers.map((offer) => {
      const node = button(nameOf(offer), "fl-button", () => begin(offer));
      node.disabled = s.running;
      return node;
    });
    fill(s.room, ways, s.stop);
    if (inside) (s.running ? s.stop : ways[0])?.focus({ preventScroll: true });
  };

  window.FusionLab.ways = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || (() => undefined);
    if (own(data, "offers")) s.offers = list(data.offers);
    if (own(data, "running") === false) s.running = false;
    draw(s);
  };
})();
