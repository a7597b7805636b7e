/**
 * What each source gave to the distributions that a model learned: its share of them as a bar, the
 * rest as a table.
 *
 * `FusionLab.mixed(rows)` is its node; a row is `{ref, share, nats, aligned, copied, certain,
 * exact}`, shares from 0 to 1. The colours are those of the sources.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fixed, folded, list, measure, memberClass, percent, section, swatch, table, text } =
    FusionLab.core;
  const { t } = FusionLab.words;
  const SHARES = ["share", "aligned", "copied", "certain", "exact"];

  const bar = (rows) =>
    el(
      "div",
      { class: "fl-mixed-bar", "aria-hidden": "true" },
      rows.map(({ share }, at) =>
        measure(el("span", { class: `fl-mixed-part ${memberClass(at)}` }), "--share", share),
      ),
    );

  const entry = ({ ref, share }, at) =>
    el(
      "li",
      { class: "fl-mixed-source" },
      swatch(at),
      el("span", { class: "fl-mixed-name", dir: "auto" }, text(ref)),
      el("strong", null, percent(share)),
    );

  FusionLab.mixed = (given) => {
    const rows = list(given);
    const cells = rows.map((row) => [
      text(row.ref),
      typeof row.nats === "number" ? fixed(row.nats, 3) : "–",
      ...SHARES.map((name) => (typeof row[name] === "number" ? percent(row[name]) : "–")),
    ]);
    const heads = ["source", "nats", ...SHARES].map((name) => t(`mixed-head-${name}`));
    return section(
      "mixed",
      t("mixed-title"),
      el("p", { class: "fl-note" }, t("mixed-note")),
      bar(rows),
      el("ul", { class: "fl-mixed-sources" }, rows.map(entry)),
      folded(t("proof-as-table"), table(t("mixed-title"), heads, cells)),
    );
  };
})();
