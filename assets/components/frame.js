/**
 * The head of the page: its name, the language, light or dark, larger type; and the address.
 *
 * `FusionLab.frame(element, {tab, notice}, trigger)`: `tab` is the tab that is shown, `notice` what
 * could not be shown and why. `address`, `link`, `copy` and `moved` are for the pages.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, own, set, state, text } = FusionLab.core;
  const { choose, language, languages, said, t, unknown } = FusionLab.words;
  const DARK = "fusionlab-dark";
  const LARGE = "fusionlab-large";

  /** What was chosen here before; private windows may refuse to say. */
  const kept = (key) => {
    try {
      return window.localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  const keep = (key, value) => {
    try {
      window.localStorage.setItem(key, value);
    } catch {
      // it holds for this page alone
    }
  };

  const dark = () => document.body.classList.contains("dark");

  /** Light or dark is what was chosen, or else what gradio took from the system. */
  const asChosen = () => {
    const chosen = kept(DARK);
    if (chosen) document.body.classList.toggle("dark", chosen === "yes");
  };
  const large = () => document.documentElement.classList.contains("fl-large");

  /** Larger type and no form, for a projector. */
  const setLarge = (on) => {
    document.documentElement.classList.toggle("fl-large", on);
  };

  /** A button that is on or off. */
  const toggle = (key, isOn, act) => {
    const node = el("button", { class: "fl-frame-button", type: "button" }, t(key));
    const draw = () => set(node, { "aria-pressed": isOn() ? "true" : "false" });
    node.addEventListener("click", (event) => {
      act(!isOn());
      draw();
      if (event.detail) node.blur(); // whoever pressed it by pointer means the picture by keys
    });
    draw();
    return node;
  };

  /** Light or dark; gradio changes the page's class too, when it starts and with the system. */
  const darkSwitch = () => {
    const node = toggle("frame-dark", dark, (on) => {
      document.body.classList.toggle("dark", on);
      keep(DARK, on ? "yes" : "no");
    });
    const draw = () => set(node, { "aria-pressed": dark() ? "true" : "false" });
    new MutationObserver(draw).observe(document.body, { attributeFilter: ["class"] });
    return node;
  };

  /** The languages, the reader's own marked. */
  const languageSwitch = () =>
    el(
      "span",
      { class: "fl-frame-languages", role: "group", "aria-label": t("frame-language") },
      languages.map((each) => {
        const node = el(
          "button",
          {
            class: "fl-frame-button",
            type: "button",
            "aria-pressed": each === language ? "true" : "false",
          },
          t(`frame-in-${each}`),
        );
        node.lang = each === "zh" ? "zh-CN" : each;
        node.addEventListener("click", () => each !== language && choose(each));
        return node;
      }),
    );

  /** Opens a run file: Gradio's own button, which is not seen, does the work. */
  const opener = () => {
    const node = el("button", { class: "fl-frame-button", type: "button" }, t("frame-open"));
    node.addEventListener("click", () => {
      document.querySelector("#open-run")?.parentNode.querySelector("input[type=file]")?.click();
    });
    return node;
  };

  /** The head, without a notice. */
  const make = () => {
    const s = { tab: "" };
    s.notice = el("div", { class: "fl-frame-notice", role: "status" });
    s.root = el(
      "div",
      { class: "fl-frame-room" },
      el(
        "div",
        { class: "fl-frame-bar" },
        el("p", { class: "fl-frame-brand" }, "FusionLab"),
        el("p", { class: "fl-frame-promise" }, t("frame-promise")),
        el(
          "div",
          { class: "fl-frame-switches" },
          languageSwitch(),
          darkSwitch(),
          toggle("frame-large", large, (on) => {
            setLarge(on);
            keep(LARGE, on ? "yes" : "no");
          }),
          opener(),
        ),
      ),
      s.notice,
    );
    if (unknown)
      drawNotice(s, { what: "language", message: t("frame-language-unknown", { unknown }) });
    return s;
  };

  /** What could not be shown, and why; it can be closed. */
  const drawNotice = (s, given) => {
    const close = el("button", { class: "fl-frame-button", type: "button" }, t("frame-close"));
    close.addEventListener("click", () => fill(s.notice));
    const hint = said(own(given, "hint"));
    fill(
      s.notice,
      el(
        "div",
        { class: "fl-message fl-warning" },
        el("strong", { class: "fl-message-title" }, t(`frame-not-${text(own(given, "what"))}`)),
        el("p", { class: "fl-message-text", dir: "auto" }, said(own(given, "message"))),
        hint ? el("p", { class: "fl-hint", dir: "auto" }, hint) : null,
        close,
      ),
    );
  };

  /** The address says this query and keeps what is not about the set-up. */
  const address = (query) => {
    const now = new URLSearchParams(window.location.search);
    const next = new URLSearchParams(query);
    for (const name of ["lang", "__theme"]) if (now.get(name)) next.set(name, now.get(name));
    window.history.replaceState(null, "", `?${next}`);
  };

  /** The tab that is seen now is the one of the address. */
  const moved = () => {
    const tab = FusionLab.kept.current();
    if (tab) address(FusionLab.kept.query(tab));
  };

  /** A link to the set-up of this query. */
  const link = (query) => `${window.location.origin}${window.location.pathname}?${query}`;

  /** The text is copied, or shown to be; whether it was. */
  const copy = async (copied) => {
    try {
      await navigator.clipboard.writeText(copied);
      return true;
    } catch {
      window.prompt(t("frame-copy"), copied);
      return false;
    }
  };

  /** The head shows what is told of the page. */
  window.FusionLab.frame = (element, data) => {
    const s = state(element, make);
    const notice = own(data, "notice");
    if (notice) drawNotice(s, notice);
  };
  Object.assign(window.FusionLab.frame, { address, copy, link, moved });

  if (kept(LARGE) === "yes") setLarge(true);
  document.addEventListener("DOMContentLoaded", asChosen);
  window
    .matchMedia("(prefers-color-scheme: dark)")
    .addEventListener("change", () => setTimeout(asChosen)); // gradio follows the system first
})();
