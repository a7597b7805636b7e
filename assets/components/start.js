/**
 * The first page: a promise, a recorded run that moves by itself, the map of ideas, examples.
 *
 * `FusionLab.start(element, data, trigger)`; a card calls `trigger("select", {tab})`, an example
 * `trigger("select", {preset})`. The picture rests while it is out of view, while the page is
 * hidden, after the reader has taken a step, and where less motion is asked for.
 */
(() => {
  "use strict";
  const { calm, el, fill, folded, list, state, text, uid, whole } = window.FusionLab.core;
  const { has, t } = window.FusionLab.words;
  const { makePicture, play, show, watch } = window.FusionLab.flowing;
  const FusionLab = window.FusionLab;

  /** A heading with its section. */
  const part = (name, title, ...children) => {
    const id = uid();
    return el(
      "section",
      { class: `fl-start-${name}`, "aria-labelledby": id },
      el("h2", { class: "fl-start-title", id }, title),
      children,
    );
  };

  /** The page without data. */
  const make = () => {
    const s = { run: null, steps: [], at: 0, playing: false, seen: true, timer: 0, moving: [] };
    s.root = el("div", { class: "fl-start" });
    return s;
  };

  // Where to go on

  /** A card that leads somewhere: picture, title, text. */
  const card = (s, classes, picture, key, fallback, target, number) => {
    const button = el(
      "button",
      { class: `fl-start-card ${classes}`, type: "button" },
      picture,
      el(
        "span",
        { class: "fl-start-card-words" },
        el(
          "span",
          { class: "fl-start-card-title" },
          number && el("span", { class: "fl-start-number" }, number),
          has(key) ? t(key) : fallback,
        ),
        has(key) && el("span", { class: "fl-start-card-text" }, t(`${key}.text`)),
      ),
    );
    button.addEventListener("click", () => s.trigger && s.trigger("select", target));
    return el("li", null, button);
  };

  /** The cards of these tabs. */
  const tabs = (s, ids, numbered) =>
    el(
      "ul",
      { class: "fl-start-cards" },
      list(ids).map((id, i) =>
        card(
          s,
          "fl-start-idea",
          FusionLab.diagrams.idea(id),
          `start-idea-${text(id)}`,
          text(id),
          { tab: text(id) },
          numbered && i + 1,
        ),
      ),
    );

  /** The examples that have words. */
  const tries = (s, given) =>
    el(
      "ul",
      { class: "fl-start-cards fl-start-tries-list" },
      given.map((one) =>
        card(s, "fl-start-try", null, `start-try-${one.name}`, text(one.name), {
          preset: one.preset,
        }),
      ),
    );

  /** All of the page, for new data. */
  const draw = (s, data) => {
    const examples = list(data.tries);
    s.prompt = data.prompt;
    s.members = list(data.members);
    s.steps = list(data.steps);
    s.start = examples.length
      ? el(
          "button",
          { class: "fl-button fl-start-run", type: "button", title: t("start-run.title") },
          t("start-run"),
        )
      : null;
    if (s.start)
      s.start.addEventListener(
        "click",
        () => s.trigger && s.trigger("select", { preset: examples[0].preset }),
      );
    const glossary = el("div", { class: "fl" });
    const all = folded(t("start-glossary"), glossary);
    all.addEventListener("toggle", () => {
      if (all.open && FusionLab.glossary && !glossary.firstChild) FusionLab.glossary(glossary);
    });
    fill(
      s.root,
      el(
        "header",
        { class: "fl-start-promise" },
        el("h1", null, t("start-promise")),
        el("p", { class: "fl-note" }, t("start-lead")),
      ),
      s.steps.length > 0 && part("picture", t("start-picture"), makePicture(s)),
      part(
        "places",
        t("start-places", { n: list(data.places).length }),
        tabs(s, data.places, true),
      ),
      examples.length > 0 &&
        part(
          "tries",
          t("start-tries"),
          el("p", { class: "fl-note" }, t("start-tries-about")),
          tries(s, examples),
        ),
      list(data.tools).length > 0 && part("tools", t("start-tools"), tabs(s, data.tools, false)),
      all,
    );
  };

  /** The first page of this recorded run, these tabs and these examples. */
  window.FusionLab.start = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    if (!data || typeof data !== "object") return;
    const same = JSON.stringify(data);
    if (s.same === same) return;
    s.same = same;
    clearTimeout(s.timer);
    draw(s, data);
    if (!s.steps.length) return;
    show(s, Math.min(whole(data.first), s.steps.length - 1), false);
    watch(s);
    play(s, !calm());
  };
})();
