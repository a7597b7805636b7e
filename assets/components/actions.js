/**
 * What can be done with a run: take it away as a file, a page, a picture or on paper, copy a link
 * to its set-up, copy its answer.
 *
 * `FusionLab.actions(element, {query, answer, file, page, kept, saved}, trigger)`: `page` is the
 * tab's id, whose hidden download button holds the file; `kept` is remembered, for when the page is
 * loaded again; `trigger("select", {wish: "page"})` asks for `saved`, a file {number, name, text}.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, own, say, set, state, text } = FusionLab.core;
  const { t } = FusionLab.words;
  const MOMENT = 2000;
  let saved = "";

  /** The button says for a moment that it has done so. */
  const done = (node, key) => {
    say(node, t("actions-copied"));
    setTimeout(() => say(node, t(key)), MOMENT);
  };

  const make = () => {
    const s = { data: {} };
    const { copy, link } = FusionLab.frame;
    s.download = button(t("actions-download"), "fl-button", () => {
      document.querySelector(`#${text(s.data.page)}-download`)?.click();
    });
    s.link = button(t("actions-link"), "fl-button", async (node) => {
      if (await copy(link(text(s.data.query)))) done(node, "actions-link");
    });
    s.answer = button(t("actions-answer"), "fl-button", async (node) => {
      if (await copy(text(s.data.answer))) done(node, "actions-answer");
    });
    s.page = button(t("actions-page"), "fl-button", () => s.trigger("select", { wish: "page" }));
    s.picture = button(t("actions-picture"), "fl-button", () => {
      const shown = s.root.closest(".fl-result")?.querySelector(".fl-picture");
      if (shown) FusionLab.still.save(shown, `fusionlab-${text(s.data.method)}`);
    });
    s.print = button(t("actions-print"), "fl-button", () => window.print());
    for (const name of ["page", "picture"]) set(s[name], { title: t(`actions-${name}.title`) });
    s.root = el("div", { class: "fl-actions-room" }, [
      s.download,
      s.page,
      s.picture,
      s.print,
      s.link,
      s.answer,
    ]);
    return s;
  };

  /** The page that was wished for is saved, once. */
  const save = (given) => {
    if (!given || given.number === saved) return;
    saved = given.number;
    FusionLab.still.download(new Blob([text(given.text)], { type: "text/html" }), given.name);
  };

  /** The buttons are for this run. */
  window.FusionLab.actions = (element, data, trigger) => {
    const s = state(element, make);
    s.data = data;
    s.trigger = trigger || (() => undefined);
    const over = Boolean(own(data, "over"));
    for (const node of [s.page, s.picture, s.print]) node.disabled = !over;
    save(own(data, "saved"));
    s.download.disabled = !own(data, "file");
    s.answer.disabled = !own(data, "answer");
    const kept = own(data, "kept");
    if (kept) FusionLab.kept.note(text(data.page), { ...kept, query: text(data.query) });
  };
})();
