/**
 * What can be done with a run: download it, copy a link to its set-up, copy its answer.
 *
 * `FusionLab.actions(element, {query, answer, file, page, kept})`: `page` is the tab's id, whose
 * hidden download button holds the file; `kept` is remembered, for when the page is loaded again.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, own, say, state, text } = FusionLab.core;
  const { t } = FusionLab.words;
  const MOMENT = 2000;

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
    s.root = el("div", { class: "fl-actions-room" }, s.download, s.link, s.answer);
    return s;
  };

  /** The buttons are for this run. */
  window.FusionLab.actions = (element, data) => {
    const s = state(element, make);
    s.data = data;
    s.download.disabled = !own(data, "file");
    s.answer.disabled = !own(data, "answer");
    const kept = own(data, "kept");
    if (kept) FusionLab.kept.note(text(data.page), { ...kept, query: text(data.query) });
  };
})();
