/**
 * Each author's text as a card that grows.
 *
 * `FusionLab.texts(element, data)` is called with the whole view each time; only what is new of a
 * text is added to the page.
 */
(() => {
  "use strict";
  const { t } = window.FusionLab.words;
  const { count, el, list, memberClass, memberName, own, say, set, spelled, state, text, whole } =
    window.FusionLab.core;

  /** The stage, empty. */
  const make = () => {
    const s = { cards: new Map() };
    s.empty = el("p", { class: "fl-empty" }, t("texts-waiting"));
    s.list = el("div", { class: "fl-texts" });
    s.without = el("p", { class: "fl-note" });
    s.root = el("div", { class: "fl-stage" }, s.empty, s.list, s.without);
    return s;
  };

  /** A new card at the end. */
  const makeCard = (s, key, entry) => {
    const card = {
      body: document.createTextNode(""),
      length: el("span", { class: "fl-quiet" }),
      said: "",
    };
    const name =
      whole(entry.sample) > 0
        ? t("texts-answer", { name: text(entry.author), n: whole(entry.sample) + 1 })
        : text(entry.author);
    card.node = el(
      "article",
      { class: `fl-card ${memberClass(whole(entry.member, -1))}`, "aria-label": name },
      el(
        "header",
        { class: "fl-card-head" },
        memberName({ name, index: whole(entry.member, -1) }),
        card.length,
      ),
      el(
        "p",
        { class: "fl-prose", dir: "auto", tabindex: "0" },
        card.body,
        el("span", { class: "fl-caret", "aria-hidden": "true" }),
      ),
    );
    s.list.appendChild(card.node);
    s.cards.set(key, card);
    return card;
  };

  /** The card shows this text; what it has already is left alone. */
  const grow = (card, words, running) => {
    const n = [...words].length;
    if (words.startsWith(card.said)) card.body.appendData(words.slice(card.said.length));
    else card.body.data = words;
    card.said = words;
    say(
      card.length,
      words || running ? t("texts-length", { n, count: count(n) }) : t("texts-empty"),
    );
    set(card.node, {
      class: card.node.getAttribute("class").replace(/ fl-running|$/, running ? " fl-running" : ""),
    });
  };

  /** The stage shows these texts. */
  window.FusionLab.texts = (element, data) => {
    const s = state(element, make);
    const entries = list(own(data, "texts")).filter((entry) => entry && typeof entry === "object");
    const keys = new Set(entries.map((entry) => `${whole(entry.sample)} ${text(entry.author)}`));
    for (const [key, card] of s.cards) {
      if (keys.has(key)) continue;
      card.node.remove();
      s.cards.delete(key);
    }
    const engine = text(own(data, "without"));
    say(s.without, engine ? t("texts-without", { engine }) : "");
    s.empty.hidden = entries.length > 0;
    entries.forEach((entry) => {
      const key = `${whole(entry.sample)} ${text(entry.author)}`;
      const card = s.cards.get(key) || makeCard(s, key, entry);
      grow(card, spelled(entry.text), own(data, "status") === "running");
    });
  };
})();
