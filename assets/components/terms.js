/**
 * What a term means, in a small card beside the place where it stands.
 *
 * `FusionLab.terms.open(button, key)` opens the card of the term `key` at this button, or closes it
 * if it is open there. Escape, a press elsewhere and the card's own button close it; the focus then
 * goes back to where it was. The card does not block the page.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, list, own, set, uid } = FusionLab.core;
  const { has, t } = FusionLab.words;
  const GAP = 8;
  const card = { root: null, anchor: null };

  /** What is known of a term beside its sentences: picture, papers, related terms. */
  const factsOf = (key) => own(FusionLab.glossed.facts, key) || {};

  /** A link to a paper; it leaves the page only when it is clicked. */
  const paper = ([name, path]) => {
    const link = el("a", { class: "fl-term-paper" }, name);
    link.href = `https://${path}`;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  };

  /** All that explains a term but its name; `leads(key)` is called for a related one. */
  const explained = (key, leads) => {
    const facts = factsOf(key);
    const related = list(facts.see).map((other) => {
      const button = el("button", { class: "fl-term", type: "button" }, t(`term-${other}`));
      button.addEventListener("click", () => leads(other));
      return [button, " "];
    });
    const picture = facts.picture && FusionLab.diagrams.word(facts.picture);
    return [
      picture && el("div", { class: "fl-term-picture" }, picture),
      el("p", { class: "fl-term-text" }, t(`term-${key}.text`)),
      has(`term-${key}.formula`) &&
        el("p", { class: "fl-term-formula", dir: "ltr" }, t(`term-${key}.formula`)),
      related.length > 0 &&
        el("p", { class: "fl-term-more" }, el("span", null, t("terms-see"), " "), related),
      list(facts.papers).length > 0 &&
        el(
          "p",
          { class: "fl-term-more" },
          el("span", null, t("terms-papers"), " "),
          facts.papers.map((each) => [paper(each), " "]),
        ),
    ];
  };

  /** The empty card, at the end of the page. */
  const make = () => {
    const id = uid();
    card.title = el("h2", { class: "fl-term-name", id, tabindex: "-1" });
    card.body = el("div");
    const shut = el(
      "button",
      {
        class: "fl-term-close",
        type: "button",
        title: t("terms-close.title"),
        "aria-label": t("terms-close"),
      },
      "×",
    );
    shut.addEventListener("click", () => close(true));
    card.root = el(
      "div",
      { class: "fl fl-term-card", role: "dialog", "aria-labelledby": id, hidden: true },
      el("div", { class: "fl-term-head" }, card.title, shut),
      card.body,
    );
    card.root.addEventListener("keydown", keptInside);
    if (card.root.showPopover) card.root.popover = "manual";
  };

  /** Tab at either end of the card leads back to where the term stands. */
  const keptInside = (event) => {
    if (event.key !== "Tab") return;
    const stops = [...card.root.querySelectorAll("button, a")];
    const at = stops.indexOf(document.activeElement);
    const leaving = event.shiftKey ? at <= 0 : at === stops.length - 1;
    if (!leaving) return;
    event.preventDefault();
    close(true);
  };

  /** The card stands below its term, or above where there is no room; always within the window. */
  const place = () => {
    if (!card.anchor) return;
    if (!card.anchor.isConnected) {
      close(false);
      return;
    }
    const at = card.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card.root;
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.max(GAP, Math.min(at.left, clientWidth - width - GAP));
    const below = at.bottom + GAP;
    const above = at.top - height - GAP;
    const top = below + height <= clientHeight || above < GAP ? below : above;
    const most = Math.max(GAP, clientHeight - height - GAP);
    card.root.style.left = `${Math.round(left)}px`;
    card.root.style.top = `${Math.round(Math.min(Math.max(top, GAP), most))}px`;
  };

  /** The card says what this term means. */
  const tell = (key) => {
    fill(card.title, t(`term-${key}`));
    fill(
      card.body,
      explained(key, (other) => {
        tell(other);
        card.title.focus();
      }),
    );
    place();
  };

  const pressed = (event) => {
    if (!card.root.contains(event.target) && !card.anchor.contains(event.target)) close(false);
  };

  const escaped = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close(true);
  };

  /** The listeners that an open card needs are there, or gone. */
  const listen = (how) => {
    document[how]("pointerdown", pressed, true);
    document[how]("keydown", escaped, true);
    window[how]("resize", place);
    window[how]("scroll", place, true);
  };

  /** The card is gone; with `back`, its term has the focus. */
  const close = (back) => {
    const { anchor } = card;
    if (!anchor) return;
    card.anchor = null;
    listen("removeEventListener");
    if (card.root.matches(":popover-open")) card.root.hidePopover();
    card.root.hidden = true;
    set(anchor, { "aria-expanded": "false" });
    if (back) anchor.focus({ preventScroll: true });
  };

  /** The card of this term is open at this button; if it was open there, it is closed. */
  const open = (button, key) => {
    if (!card.root) make();
    const again = card.anchor === button;
    close(again);
    if (again || !has(`term-${key}`)) return;
    if (!card.root.isConnected) document.body.append(card.root);
    card.root.hidden = false;
    card.anchor = button;
    if (card.root.showPopover) card.root.showPopover();
    set(button, { "aria-expanded": "true" });
    tell(key);
    listen("addEventListener");
    card.title.focus({ preventScroll: true });
  };

  window.FusionLab.terms = { close, explained, open };
})();
