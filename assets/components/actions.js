/**
 * What can be done with a run: take it away as a file, a page, a picture or on paper, copy a link
 * to its set-up, copy its answer.
 *
 * `FusionLab.actions(element, {query, answer, file, page, kept, saved}, trigger)`: `page` is the
 * tab's id, whose hidden download button holds the file; `kept` is remembered, for when the page is
 * loaded again; `trigger("select", {wish: "page"})` asks for `saved`, a file {number, name, text}.
 * A result that is no run has only the picture: of the views `of`, under the name `picture`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, list, own, say, set, state, text } = FusionLab.core;
  const { has, t } = FusionLab.words;
  const MOMENT = 2000;
  let saved = "";

  /** The button says for a moment that it has done so. */
  const done = (node, key) => {
    say(node, t("actions-copied"));
    setTimeout(() => say(node, t(key)), MOMENT);
  };

  /** The views that the picture is of, as far as they can be seen. */
  const pictured = (s) => {
    const result = s.root.closest(".fl-result");
    const names = list(own(s.data, "of"));
    return (names.length ? names : ["picture"])
      .map((name) => result?.querySelector(`.fl.fl-${name}`))
      .filter((view) => view && view.getBoundingClientRect().height > 0)
      .filter((view) => !view.querySelector(".fl-empty")?.checkVisibility());
  };

  /** A result that is no run has its picture once there is something to be seen. */
  const follow = (s) => {
    if (s.sizes) return;
    s.sizes = new ResizeObserver(() => (s.root.hidden = !pictured(s).length));
    s.sizes.observe(s.root.closest(".fl-result"));
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
      const name = text(own(s.data, "picture") || s.data.method);
      const shown = pictured(s);
      if (shown.length) FusionLab.still.save(shown, `fusionlab-${name}`);
    });
    s.print = button(t("actions-print"), "fl-button", () => window.print());
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

  /** The button can be pressed, or says why not. */
  const offer = (s, name, can, otherwise = "actions-not-yet") => {
    const title = `actions-${name}.title`;
    s[name].disabled = !can;
    set(s[name], { title: can ? has(title) && t(title) : t(otherwise) });
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
    const only = Boolean(own(data, "picture"));
    const over = only || Boolean(own(data, "over"));
    for (const name of ["download", "page", "print", "link", "answer"]) s[name].hidden = only;
    for (const name of ["page", "picture", "print"]) offer(s, name, over);
    offer(s, "download", Boolean(own(data, "file")));
    offer(
      s,
      "answer",
      Boolean(own(data, "answer")),
      over ? "actions-no-answer" : "actions-not-yet",
    );
    if (only) follow(s);
    save(own(data, "saved"));
    const kept = own(data, "kept");
    if (kept) FusionLab.kept.note(text(data.page), { ...kept, query: text(data.query) });
  };
})();
