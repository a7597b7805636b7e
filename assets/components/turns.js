/**
 * The turns of a conversation before its question, one below the other.
 *
 * `FusionLab.turns(element, data)` shows the turns it is given, letter by letter.
 */
(() => {
  "use strict";
  const { el, fill, list, own, spelled, state, text } = window.FusionLab.core;
  const { t } = window.FusionLab.words;
  const SPEAKERS = new Map([
    ["user", "turns-user"],
    ["assistant", "turns-assistant"],
  ]);

  /** Who says it, as a reader calls them. */
  const speaker = (role) => (SPEAKERS.has(role) ? t(SPEAKERS.get(role)) : role);

  /** The list, empty. */
  const make = () => {
    const s = {};
    s.root = el("ol", {
      class: "fl-talk-turns",
      "aria-label": t("turns-earlier"),
      tabindex: "0",
    });
    return s;
  };

  /** One turn, under who says it. */
  const turnOf = (turn) =>
    el(
      "li",
      { class: "fl-talk-turn" },
      el("span", { class: "fl-quiet" }, speaker(text(turn.role))),
      el("p", { class: "fl-talk-text", dir: "auto" }, spelled(turn.content)),
    );

  /** The list shows these turns. */
  window.FusionLab.turns = (element, data) => {
    const s = state(element, make);
    const turns = list(own(data, "turns")).filter((turn) => turn && typeof turn === "object");
    fill(s.root, ...turns.map(turnOf));
  };
})();
