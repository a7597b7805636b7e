/**
 * Tokenizers: one text as each of them cuts it, and what stands for each other's tokens.
 *
 * `FusionLab.studies.tokenizers(element, view)` draws a picture of the study `tokenizers`; called
 * again it draws a later one in its place.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, folded, list, number, percent, state, swatch } = FusionLab.core;
  const { table, term, text, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const { WAYS, cells, found, tokenChip } = FusionLab.tokenizersBeside;

  const make = () => {
    const s = { view: { tokenizers: [] }, at: { row: 0, token: 0 } };
    s.detail = FusionLab.tokenizersBeside();
    s.ruler = FusionLab.tokenizersRuler((at) => {
      s.at = at;
      s.detail.draw(s.view, at);
    });
    s.legend = el("div", { class: "fl-legend" });
    s.figures = el("div", { class: "fl-tk-figures" });
    s.tables = folded(t("tokenizers-table"));
    s.tables.addEventListener("toggle", () => drawTables(s));
    s.root = el(
      "div",
      { class: "fl-tk" },
      s.legend,
      el("p", { class: "fl-note" }, t("tokenizers-keys")),
      s.ruler.root,
      s.detail.root,
      s.figures,
      s.tables,
    );
    return s;
  };

  const nameOf = (row, at) =>
    el(
      "span",
      { class: "fl-member" },
      swatch(at),
      el("span", { class: "fl-member-name", dir: "auto" }, text(row.name)),
    );

  const drawLegend = (s) => {
    const sign = (look, ...words) =>
      el(
        "span",
        { class: "fl-key" },
        el("span", { class: `fl-tk-sign ${look}`, "aria-hidden": "true" }),
        words,
      );
    fill(
      s.legend,
      el(
        "ul",
        { class: "fl-members" },
        s.view.tokenizers.map((row, at) =>
          el(
            "li",
            { class: "fl-legend-member" },
            nameOf(row, at),
            el("span", { class: "fl-note" }, t("tokenizers-tokens", { n: whole(row.count) })),
          ),
        ),
      ),
      el(
        "div",
        { class: "fl-keys" },
        sign("fl-tk-sign-cut", t("tokenizers-key-common")),
        sign("fl-tk-sign-part", term("byte-fallback", t("tokenizers-key-part"))),
        sign("fl-tk-sign-control", term("control-token", t("tokenizers-key-control"))),
      ),
    );
  };

  const drawFigures = (s) => {
    const rows = s.view.tokenizers;
    const heads = ["name", "size", "count", "each", "shared", "parts", "unknown"];
    const exact = (from, to) => {
      const map = list(s.view.maps).find((each) => each.from === from && each.to === to);
      return from === to ? "" : map ? percent(map.exact) : "…";
    };
    fill(
      s.figures,
      table(
        t("tokenizers-figures"),
        heads.map((head) => t(`tokenizers-head-${head}`)),
        rows.map((row, at) => [
          nameOf(row, at),
          count(row.size),
          count(row.count),
          fixed(number(row.bytes_each), 2),
          percent(row.shared),
          count(row.parts),
          count(row.unknown),
        ]),
      ),
      table(
        t("tokenizers-exact"),
        [t("tokenizers-head-name"), ...rows.map((row) => t("tokenizers-found-in", row))],
        rows.map((row, from) => [nameOf(row, from), ...rows.map((_, to) => exact(from, to))]),
      ),
    );
  };

  const tableOf = (s, from) => {
    const { view } = s;
    const of = view.tokenizers[from];
    const others = view.tokenizers.map((_, to) => to).filter((to) => to !== from);
    const maps = new Map(others.map((to) => [to, found(view, from, to)]));
    const heads = others.flatMap((to) =>
      WAYS.map((way) => `${text(view.tokenizers[to].name)}: ${t(`tokenizers-way-${way}`)}`),
    );
    return table(
      t("tokenizers-tokens-of", { name: of.name }),
      [t("tokenizers-head-n"), t("tokenizers-head-token"), t("tokenizers-head-bytes"), ...heads],
      list(of.tokens).map((token, i) => [
        i + 1,
        tokenChip(token),
        token.start === token.end ? "–" : `${token.start}–${token.end}`,
        ...others.flatMap((to) => {
          const ways = cells(view, from, to, token, maps.get(to));
          return WAYS.map((way) => el("span", null, ways[way]));
        }),
      ]),
    );
  };

  /** They are long, and drawn when they are opened. */
  const drawTables = (s) => {
    if (!s.tables.open || s.tabled === s.view) return;
    s.tabled = s.view;
    const summary = s.tables.querySelector("summary");
    fill(
      s.tables,
      summary,
      s.view.tokenizers.map((_, from) => tableOf(s, from)),
    );
  };

  FusionLab.studies = FusionLab.studies || {};
  FusionLab.studies.tokenizers = (element, view) => {
    const s = state(element, make);
    if (!view || !list(view.tokenizers).length) return;
    s.view = view;
    drawLegend(s);
    drawFigures(s);
    s.ruler.draw(view);
    drawTables(s);
  };
})();
