/**
 * Models that came with the app, or were trained into its zoo, each with how it learned.
 *
 * `FusionLab.taught(ask)` has a `root`, folded, and `draw(refs, taught)`: the list of these models,
 * and the training of one as `FusionLab.learning` takes it, which opens in the row of the model
 * that it is `of`. `ask(ref)` is called where somebody wants to see it.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, folded, list, own, say, text } = FusionLab.core;
  const { titles } = FusionLab.fields;
  const { t } = FusionLab.words;

  /** The curve stands in this row, or in none. */
  const shown = (s, ref) => {
    for (const [each, { open }] of s.rows)
      open.setAttribute("aria-expanded", each === ref ? "true" : "false");
    s.curve.hidden = !s.rows.has(ref);
    if (!s.curve.hidden) s.rows.get(ref).root.append(s.curve);
  };

  const rowOf = (s, ref) => {
    const title = titles.model(ref);
    const open = button(t("taught-open"), "fl-plain", () => {
      if (open.getAttribute("aria-expanded") === "true") shown(s, "");
      else if (s.of === ref) shown(s, ref);
      else s.ask(ref);
    });
    open.setAttribute("aria-label", t("taught-open-what", { name: title }));
    const root = el(
      "li",
      { class: "fl-built-row" },
      el(
        "div",
        { class: "fl-built-what" },
        el("strong", null, title),
        title === ref ? null : el("code", { class: "fl-code" }, ref),
      ),
      open,
    );
    return { root, open };
  };

  FusionLab.taught = (ask) => {
    const s = { ask, rows: new Map(), known: "", of: "" };
    s.curve = el("div", { class: "fl-learning fl-taught-curve", hidden: true });
    s.list = el("ul", { class: "fl-taught-rows" });
    s.root = folded("", s.list);
    s.draw = (refs, taught) => {
      const names = list(refs).map(text);
      s.root.hidden = !names.length;
      if (names.join("\n") !== s.known) {
        s.known = names.join("\n");
        s.rows = new Map(names.map((ref) => [ref, rowOf(s, ref)]));
        fill(
          s.list,
          [...s.rows.values()].map(({ root }) => root),
        );
        say(s.root.firstElementChild, t("taught-title", { n: names.length }));
        shown(s, "");
      }
      if (!own(taught, "id")) return;
      s.of = text(taught.of);
      shown(s, s.of);
      FusionLab.learning(s.curve, taught);
    };
    return s;
  };
})();
