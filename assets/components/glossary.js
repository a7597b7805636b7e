/**
 * All terms, by subject, with a field in which one looks for a word.
 *
 * `FusionLab.glossary(element)` needs no data: the terms come with the words.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, folded, say, state, uid } = FusionLab.core;
  const { t } = FusionLab.words;

  /** One term, closed; what explains it is drawn when it is opened. */
  const entry = (s, key) => {
    const body = el("div", { class: "fl-glossary-body" });
    const root = folded(t(`term-${key}`), body);
    root.addEventListener("toggle", () => {
      if (root.open && !body.firstChild)
        body.append(...FusionLab.terms.explained(key, (other) => lead(s, other)).filter(Boolean));
    });
    const words = `${key} ${t(`term-${key}`)} ${t(`term-${key}.text`)}`.toLowerCase();
    return { key, root, words };
  };

  /** A related term is opened and comes into view. */
  const lead = (s, key) => {
    const found = s.entries.find((each) => each.key === key);
    if (!found) return;
    s.field.value = "";
    look(s);
    found.root.open = true;
    found.root.querySelector("summary").focus();
    found.root.scrollIntoView({ block: "nearest" });
  };

  /** Only terms that have all the words of the field are shown. */
  const look = (s) => {
    const asked = s.field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const each of s.entries)
      each.root.hidden = !asked.every((word) => each.words.includes(word));
    for (const group of s.groups)
      group.root.hidden = group.entries.every((each) => each.root.hidden);
    const n = s.entries.filter((each) => !each.root.hidden).length;
    say(s.found, asked.length ? t("terms-found", { n }) : "");
  };

  /** The glossary, all of it closed. */
  const make = () => {
    const s = {};
    const id = uid();
    s.groups = FusionLab.glossed.groups.map(({ name, terms }) => {
      const entries = terms.map((key) => entry(s, key));
      const title = el("h3", { class: "fl-subtitle" }, t(`terms-group-${name}`));
      const body = el(
        "div",
        { class: "fl-glossary-group" },
        entries.map((each) => each.root),
      );
      return { entries, root: el("div", null, title, body) };
    });
    s.entries = s.groups.flatMap((group) => group.entries);
    s.field = el("input", { class: "fl-glossary-field", id, type: "search" });
    s.field.addEventListener("input", () => look(s));
    s.found = el("span", { class: "fl-note", role: "status" });
    s.root = el(
      "div",
      { class: "fl-glossary" },
      el(
        "p",
        { class: "fl-glossary-search" },
        el("label", { for: id }, t("terms-search")),
        s.field,
        s.found,
      ),
      s.groups.map((group) => group.root),
    );
    return s;
  };

  /** The element shows all terms. */
  window.FusionLab.glossary = (element) => {
    state(element, make);
  };
})();
