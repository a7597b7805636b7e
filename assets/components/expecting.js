/**
 * What is expected at one position of an alignment: the fused distribution beside the target's own
 * and each source's, how it came about, and what the published code has there.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { chip, el, fill, folded, list, mark, measure, memberClass, own, probability } =
    FusionLab.core;
  const { remembered, say, swatch, table, term, text, tokenText, unit, whole, woven } =
    FusionLab.core;
  const { t } = FusionLab.words;
  const TOPS = [0.05, 0.1, 0.2, 0.25, 0.5, 1];
  const CALLED = 3;

  /** The room of one position, empty. */
  const makeDetail = () => {
    const d = { open: false };
    d.title = el("h3", { class: "fl-subtitle" });
    d.cards = el("div", { class: "fl-aligned-cards" });
    d.scale = el("p", { class: "fl-note" });
    d.said = el("p", { class: "fl-note" });
    d.pair = el("div", { class: "fl-aligned-cards fl-aligned-pair" });
    d.late = remembered(
      folded(t("aligned-late"), d.said, d.pair),
      d.open,
      (open) => (d.open = open),
    );
    d.root = el("div", { class: "fl-aligned-detail" }, d.title, d.cards, d.scale, d.late);
    return d;
  };

  const rowOf = ([token, p], right) =>
    el(
      "li",
      { class: `fl-top-row${right ? " fl-chosen" : ""}` },
      el(
        "span",
        { class: "fl-top-label" },
        right && el("span", { class: "fl-tick", "aria-hidden": "true" }, "✓"),
        mark(token),
      ),
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        measure(el("span", { class: "fl-segment" }), "--w", unit(p)),
      ),
      el("span", { class: "fl-bar-value" }, probability(p)),
    );

  /** A distribution: its best tokens, and the right one where it is not among them. */
  const cardOf = (title, look, expected, next, notes) => {
    const top = list(expected.top);
    const listed = top.some(([token]) => token === next);
    return el(
      "div",
      { class: `fl-want ${look}` },
      el("h4", { class: "fl-aligned-head" }, title),
      el(
        "ol",
        { class: "fl-top" },
        top.map((each) => rowOf(each, each[0] === next)),
        !listed && typeof expected.right === "number" && rowOf([next, expected.right], true),
      ),
      list(notes)
        .filter(Boolean)
        .map((note) => el("p", { class: "fl-note" }, note)),
    );
  };

  const topOf = (distributions) => {
    const all = distributions.flatMap(({ top, right }) => [
      ...list(top).map(([, p]) => unit(p)),
      unit(right),
    ]);
    return TOPS.find((top) => top >= Math.max(...all, 0)) || 1;
  };

  /** The source's tokens that stand at the position. */
  const standing = (source, at) => source.tokens.slice(source.first[at], source.stop[at]);

  const inWords = (tokens) => tokens.map((each) => tokenText(each.text)).join(" ");

  /** Why the source gives what it gives here. */
  const reasonOf = (source, at) => {
    const tokens = standing(source, at);
    const how = text(source.how[at]);
    if (how !== "certain")
      return t(how === "copied" ? "aligned-source-copied" : "aligned-source-own");
    if (!tokens.length) return t("aligned-source-none");
    const key = tokens.length > 1 ? "aligned-source-several" : "aligned-source-other";
    return t(key, { tokens: inWords(tokens) });
  };

  /** Which of the entries were called otherwise, and how many were left out. */
  const mapped = (expected) => {
    const called = list(expected.top)
      .map(([token]) => [own(expected.called, token), token])
      .filter(([theirs]) => theirs !== undefined)
      .slice(0, CALLED);
    const lost = whole(expected.lost);
    return [
      ...called.map(([theirs, ours]) =>
        woven("aligned-source-called", { theirs: chip(theirs), ours: chip(ours) }),
      ),
      lost ? t("aligned-source-lost", { n: lost }) : null,
    ];
  };

  /** The position is shown in full. */
  const drawDetail = (d, found, { block: number, at, expected }) => {
    const block = found.blocks[number];
    const { next, fused, published } = expected;
    fill(
      d.title,
      woven("aligned-after", { token: mark(block.tokens[at].text) }),
      " ",
      woven("aligned-right", { token: mark(next) }),
    );
    const shown = [fused, published, expected.own, expected.trained, ...list(expected.sources)];
    const top = topOf(shown.filter(Boolean));
    measure(d.root, "--fl-top", top);
    say(d.scale, t("aligned-scale", { p: String(top) }));
    const sources = block.sources.map((source, i) =>
      cardOf(
        [swatch(i), " ", text(found.sources[i])],
        `${memberClass(i)}${source.share > 0 ? "" : " fl-aligned-unused"}`,
        expected.sources[i],
        next,
        source.share > 0
          ? [reasonOf(source, at), ...mapped(expected.sources[i])]
          : [t("aligned-source-unused")],
      ),
    );
    fill(
      d.cards,
      cardOf(term("fused-distribution", t("aligned-fused")), "fl-aligned-is-fused", fused, next),
      cardOf(t("aligned-own"), "fl-aligned-is-own", expected.own, next),
      expected.trained &&
        cardOf(t("aligned-own-trained"), "fl-aligned-is-trained", expected.trained, next),
      sources,
    );
    drawLate(d, block.tokens[at].text, expected);
  };

  /** The same one step late, as the published code has it. */
  const drawLate = (d, token, { next, fused, published }) => {
    const same = JSON.stringify(fused) === JSON.stringify(published);
    fill(
      d.said,
      same
        ? t("aligned-late-same")
        : woven("aligned-late-differs", { token: mark(token), next: mark(next) }),
    );
    d.pair.hidden = same;
    fill(
      d.pair,
      cardOf(t("aligned-late-right"), "fl-aligned-is-fused", fused, next),
      cardOf(
        term("one-step-late", t("aligned-late-published")),
        "fl-aligned-is-late",
        published,
        next,
      ),
    );
  };

  // The numbers

  const FROM = { certain: "aligned-table-certain", own: "aligned-table-own" };

  /** Whose distribution stands at the position, in words. */
  const takenFrom = (found, block, at) => {
    const ways = block.sources
      .map((source, i) => [found.sources[i], text(source.how[at]), source.share])
      .filter(([, , share]) => share > 0);
    const words = ways.map(([name, how]) => (how === "copied" ? text(name) : t(FROM[how])));
    return [...new Set(words)].join(" + ");
  };

  /** All positions of a passage as a table. */
  const tableOf = (found, number) => {
    const block = found.blocks[number];
    const rows = block.positions.map((expected, i) => {
      const at = whole(block.start) + i;
      const p = (name) => probability(expected[name]?.right);
      return [
        mark(block.tokens[at].text),
        mark(expected.next),
        ...block.sources.map((source) =>
          el(
            "span",
            null,
            standing(source, at).map((token) => [mark(token.text), " "]),
          ),
        ),
        takenFrom(found, block, at),
        p("fused"),
        p("own"),
        p("trained"),
        p("published"),
      ];
    });
    const heads = [
      t("aligned-head-after"),
      t("aligned-head-next"),
      ...found.sources.map((name) => t("aligned-head-stands", { name })),
      t("aligned-head-from"),
      ...["fused", "own", "trained", "published"].map((name) => t(`aligned-head-${name}`)),
    ];
    return table(t("aligned-table-of", { number: number + 1 }), heads, rows);
  };

  FusionLab.expecting = { drawDetail, makeDetail, tableOf };
})();
