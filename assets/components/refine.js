/**
 * One text on its way: each version beside the criticism of it, with what changed marked.
 *
 * `FusionLab.refine(element, data)` is called with the whole view each time.
 */
(() => {
  "use strict";
  const { el, fill, folded, list, memberClass, memberName, spelled, state, table, text, whole } =
    window.FusionLab.core;
  const { answer, begin, finish, heading, prose, record, records, short, verdict } =
    window.FusionLab.pictures;
  const { joined, t } = window.FusionLab.words;
  const TAGS = { new: "ins", gone: "del" };

  const make = () => {
    const s = {};
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.key = "";
    s.legend = el("p", { class: "fl-note fl-diff-key", hidden: true }, [
      t("refine-marks"),
      " ",
      el("ins", null, t("refine-new")),
      " ",
      el("del", null, t("refine-gone")),
    ]);
    s.versions = el("ol", { class: "fl-versions" });
    s.tableRoom = el("div");
    s.numbers = folded(t("refine-table"), s.tableRoom);
    s.root = el(
      "div",
      { class: "fl-stage" },
      el("div", null, heading(t("refine-title")), el("p", { class: "fl-note" }, t("refine-about"))),
      s.sentence,
      s.legend,
      s.versions,
      s.numbers,
    );
    return s;
  };

  /** What the refinement has come to, in words. */
  const outcome = (s, versions) => {
    if (!versions.length) return t("pictures-waiting");
    if (!s.data.finished) return "";
    const [first, last] = [versions[0], versions[versions.length - 1]];
    const satisfied = last.criticism && record(last.criticism).text;
    const same = first.letter === last.letter;
    const values = {
      n: versions.length - 1,
      before: short(first.answer) || t("pictures-no-answer"),
      after: short(last.answer) || t("pictures-no-answer"),
    };
    const changed =
      versions.length < 2 ? "refine-kept-all" : same ? "refine-kept" : "refine-changed";
    return joined([t(changed, values), satisfied && t("refine-satisfied")]);
  };

  /** The text, what is new and what is gone marked. */
  const marked = (parts) =>
    el(
      "p",
      { class: "fl-prose fl-diff", dir: "auto" },
      list(parts)
        .filter(Array.isArray)
        .map(([kind, words]) => {
          const tag = Object.hasOwn(TAGS, text(kind)) ? TAGS[text(kind)] : "span";
          return el(tag, null, spelled(words));
        }),
    );

  /** Whether the version differs from the one before. */
  const differs = (one) =>
    list(one.parts).some((part) => Array.isArray(part) && part[0] !== "same");

  /** One version. */
  const versionOf = (s, one, at) => {
    const growing = text(s.data.status) === "running" && (one.answer ?? null) === null;
    return el(
      "article",
      { class: `fl-card fl-version ${memberClass(0)}` },
      el("header", { class: "fl-card-head" }, [
        el("h3", { class: "fl-subtitle" }, at ? t("refine-version", { n: at }) : t("refine-draft")),
        answer(one),
      ]),
      at && Array.isArray(one.parts) && !differs(one)
        ? el("p", { class: "fl-note" }, t("refine-same"))
        : null,
      differs(one)
        ? marked(one.parts)
        : prose(s, `version ${at}`, text(one.text), { growing, label: t("refine-draft") }),
    );
  };

  /** What the member says against its own version. */
  const criticismOf = (s, one, at) => {
    const given = record(one.criticism);
    if (!one.criticism) return null;
    const growing = text(s.data.status) === "running" && given.whole !== true;
    return el(
      "article",
      { class: "fl-criticism" },
      el("h3", { class: "fl-subtitle" }, t("refine-criticism", { n: at + 1 })),
      text(given.text) || growing
        ? prose(s, `criticism ${at}`, text(given.text), {
            growing,
            label: t("refine-criticism", { n: at + 1 }),
          })
        : el("p", { class: "fl-note" }, t("refine-blank")),
    );
  };

  /** The versions so far. */
  window.FusionLab.refine = (element, given) => {
    const s = state(element, make);
    const key = JSON.stringify(given);
    if (key === s.key) return;
    s.key = key;
    s.data = record(given);
    const versions = records(s.data.versions);
    const member = record(s.data.member);
    begin(s);
    fill(
      s.sentence,
      text(member.name)
        ? memberName({ name: text(member.name), index: whole(member.index) })
        : null,
      " ",
      outcome(s, versions),
      " ",
      verdict(s.data.right),
    );
    s.legend.hidden = !versions.some(differs);
    fill(
      s.versions,
      versions.map((one, at) =>
        el(
          "li",
          { class: "fl-version-row" },
          versionOf(s, one, at),
          one.criticism ? el("span", { class: "fl-onward", "aria-hidden": "true" }, "→") : null,
          criticismOf(s, one, at),
        ),
      ),
    );
    fill(
      s.tableRoom,
      table(
        t("refine-table"),
        ["version", "answer", "criticism"].map((head) => t(`refine-head-${head}`)),
        versions.map((one, at) => [
          at ? t("refine-version", { n: at }) : t("refine-draft"),
          el("span", null, short(one.answer) || "–", " ", verdict(one.right)),
          short(record(one.criticism).text, 160) || "–",
        ]),
      ),
    );
    finish(s);
  };
})();
