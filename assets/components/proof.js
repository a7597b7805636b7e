/**
 * What an examination found of a new model: how well it reads a text beside its parents, how far
 * its weights went from theirs, how the sources agree, and what all of them answered.
 *
 * `FusionLab.proof(data)` is its node; `data` is what views/proof.py makes of a proof.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const {
    add,
    button,
    el,
    fill,
    fixed,
    folded,
    list,
    measure,
    memberClass,
    number,
    percent,
    set,
    table,
    text,
    unfolding,
    unit,
  } = FusionLab.core;
  const { LETTERS } = FusionLab.building;
  const { has, said, t } = FusionLab.words;

  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
  const figure = (value, digits = 3) => (isNumber(value) ? fixed(value, digits) : "–");
  const signed = (value) => FusionLab.core.signed(value, 3);

  /** A share of any size with two digits that say something. */
  const share = (value) =>
    value > 1 ? t("number-percent", { n: fixed(100 * value) }) : percent(value);

  /** A part of the pictures; on a phone it opens on demand. */
  const part = (title, note, ...children) =>
    unfolding("proof-part", title, note ? el("p", { class: "fl-note" }, note) : null, children);

  // Readers of the text

  const nameOf = (reader) => text(reader.ref) || t("proof-new-model");

  /** A dot where the value is, and a line over its interval; both on a scale that begins at 0. */
  const dotted = (value, low, high, most) => {
    const track = el("span", { class: "fl-dot-track", "aria-hidden": "true" });
    if (isNumber(low) && isNumber(high)) {
      const line = measure(el("span", { class: "fl-whisker" }), "--from", unit(low / most));
      add(track, measure(line, "--to", unit(high / most)));
    }
    return add(track, measure(el("span", { class: "fl-dot-mark" }), "--at", unit(value / most)));
  };

  FusionLab.dotted = dotted;

  const interval = (low, high, shown) =>
    isNumber(low) && isNumber(high) ? ` [${shown(low)}, ${shown(high)}]` : "";

  /** How the new model stands to a parent: the difference, and how far the two are apart. */
  const against = ({ gap, kl, why }) =>
    [
      gap &&
        t("proof-gap", {
          gap: signed(gap.nats_per_byte),
          low: signed(gap.low),
          high: signed(gap.high),
        }),
      isNumber(kl) && t("proof-kl", { kl: figure(kl, kl < 0.1 ? 4 : 2) }),
      why && said(why),
    ]
      .filter(Boolean)
      .join(" · ");

  const drawReaders = (data) => {
    const readers = list(data.readers);
    const known = readers.filter((each) => isNumber(each.nats));
    if (!known.length) return null;
    const most = Math.max(...known.map((each) => Math.max(each.nats, number(each.high)))) || 1;
    const row = (each, at) =>
      el(
        "li",
        { class: `fl-dot-row ${at ? "" : "fl-dot-own"}` },
        el("span", { class: "fl-dot-name", dir: "auto" }, nameOf(each)),
        isNumber(each.nats) ? dotted(each.nats, each.low, each.high, most) : el("span"),
        el(
          "span",
          { class: "fl-dot-value" },
          figure(each.nats),
          el("span", { class: "fl-quiet" }, interval(each.low, each.high, figure)),
        ),
        el("span", { class: "fl-dot-more" }, against(each)),
      );
    const rows = readers.map((each) => [
      nameOf(each),
      figure(each.nats),
      figure(each.low),
      figure(each.high),
      each.gap ? signed(each.gap.nats_per_byte) : "–",
      figure(each.kl, 4),
    ]);
    const heads = ["model", "nats", "low", "high", "gap", "kl"].map((name) =>
      t(`proof-head-${name}`),
    );
    return part(
      t("proof-reading"),
      t("proof-reading-note", { kind: text(data.text) || "prose" }),
      el("ul", { class: "fl-dots" }, readers.map(row)),
      folded(t("proof-as-table"), table(t("proof-reading"), heads, rows)),
    );
  };

  // How far the weights went

  const kindName = (kind) => (has(`proof-kind-${kind}`) ? t(`proof-kind-${kind}`) : text(kind));
  const layerName = (layer) => (layer === null ? t("proof-outside") : text(layer));

  const moved = (cell) => (isNumber(cell.moved) ? share(cell.moved) : t("proof-no-share"));

  const inWords = (heat, parent, row, column) => {
    const cell = parent.rows[row][column];
    const layer = heat.layers[column];
    return t(layer === null ? "proof-cell-outside" : "proof-cell", {
      kind: kindName(heat.kinds[row]),
      layer: text(layer),
      moved: moved(cell),
      parent: text(parent.ref),
      of: isNumber(cell.of) && cell.of !== layer ? text(cell.of) : "same",
    });
  };

  const shown = (value) => {
    if (!isNumber(value)) return "–";
    const hundredths = 100 * value;
    return hundredths && hundredths < 9.95 ? fixed(hundredths, 1) : fixed(hundredths);
  };

  const drawMap = (heat, parent) =>
    FusionLab.heat({
      label: t("proof-map-of", { parent: text(parent.ref) }),
      corner: t("proof-layer"),
      columns: heat.layers.map(layerName),
      rows: heat.kinds.map((kind, row) => ({
        head: kindName(kind),
        cells: parent.rows[row].map(
          (cell, column) =>
            cell && {
              shade: number(cell.moved) / (number(heat.most) || 1),
              shown: shown(cell.moved),
              words: inWords(heat, parent, row, column),
            },
        ),
      })),
      ends: [share(0), share(number(heat.most))],
    });

  const mapTable = (heat, parent) =>
    table(
      t("proof-map-of", { parent: text(parent.ref) }),
      [t("proof-kind"), ...heat.layers.map(layerName)],
      heat.kinds.map((kind, row) => [
        kindName(kind),
        ...parent.rows[row].map((cell) => (cell ? moved(cell) : "–")),
      ]),
    );

  /** One parent at a time; the scale is that of all, so that they can be compared. */
  const drawHeat = (data) => {
    const { heat } = data;
    if (!heat || !list(heat.parents).length) return null;
    const unmeasured = number(heat.unmeasured);
    if (!(number(heat.most) > 0))
      return part(t("proof-map"), t(unmeasured ? "proof-map-unmeasured" : "proof-map-still"));
    const room = el("div");
    const numbers = folded(t("proof-as-table"));
    const choices = heat.parents.map((parent, at) =>
      button(text(parent.ref), "fl-plain fl-proof-choice", () => choose(at)),
    );
    const choose = (at) => {
      choices.forEach((each, i) => set(each, { "aria-pressed": String(i === at) }));
      fill(room, drawMap(heat, heat.parents[at]));
      numbers.querySelector(".fl-scroll")?.remove();
      add(numbers, mapTable(heat, heat.parents[at]));
    };
    choose(0);
    return part(
      t("proof-map"),
      t("proof-map-note"),
      choices.length > 1
        ? el(
            "div",
            { class: "fl-proof-choices", role: "group", "aria-label": t("proof-parent") },
            choices,
          )
        : null,
      room,
      numbers,
    );
  };

  // How the sources agree

  const head = (at) => el("span", { class: `fl-head-mark ${memberClass(at)}` }, LETTERS[at]);

  const matrix = (label, rows, cell, ends) =>
    FusionLab.heat({
      label,
      corner: "",
      columns: rows.map((_, at) => head(at)),
      rows: rows.map((row, i) => ({
        head: head(i),
        cells: row.map((value, j) => (i === j || !isNumber(value) ? null : cell(value, i, j))),
      })),
      ends,
    });

  const drawAccord = (data) => {
    const { accord } = data;
    if (!accord || list(accord.refs).length < 2) return null;
    const pair = (i, j) => ({ a: text(accord.refs[i]), b: text(accord.refs[j]) });
    const cosines = matrix(
      t("proof-cosines"),
      accord.cosines,
      (value, i, j) => ({
        shade: Math.abs(value),
        less: value < 0,
        shown: fixed(value, 2),
        words: t("proof-cosine", { ...pair(i, j), cosine: fixed(value, 2) }),
      }),
      ["−1", "0", "+1"],
    );
    const conflicts =
      list(accord.pairs).length > 1 &&
      matrix(
        t("proof-conflicts"),
        accord.pairs,
        (value, i, j) => ({
          shade: value,
          shown: percent(value),
          words: t("proof-conflict", { ...pair(i, j), share: percent(value) }),
        }),
        [percent(0), percent(1)],
      );
    const titled = (title, node) =>
      node && el("div", null, el("h3", { class: "fl-proof-small" }, title), node);
    return part(
      t("proof-accord"),
      t("proof-accord-note", { base: text(accord.base), share: percent(accord.conflicts) }),
      el(
        "ul",
        { class: "fl-proof-legend" },
        accord.refs.map((ref, at) => el("li", null, head(at), " ", text(ref))),
      ),
      el(
        "div",
        { class: "fl-proof-pair" },
        titled(t("proof-cosines"), cosines),
        titled(t("proof-conflicts"), conflicts || null),
      ),
      folded(t("proof-as-table"), accordTable(accord)),
    );
  };

  const accordTable = (accord) => {
    const rows = accord.refs.flatMap((a, i) =>
      accord.refs
        .slice(i + 1)
        .map((b, k) => [
          `${text(a)} · ${text(b)}`,
          figure(accord.cosines[i][i + 1 + k], 3),
          isNumber(accord.pairs?.[i]?.[i + 1 + k]) ? percent(accord.pairs[i][i + 1 + k]) : "–",
        ]),
    );
    const heads = ["pair", "cosine", "conflicts"].map((name) => t(`proof-head-${name}`));
    return table(t("proof-accord"), heads, rows);
  };

  // Suites, before and after

  const drawSuite = ({ suite, rows }) => {
    const of = (row) => row.right / (row.total || 1);
    const items = list(rows).map((row, at) =>
      el(
        "li",
        { class: `fl-dot-row ${at ? "" : "fl-dot-own"}` },
        el(
          "span",
          { class: "fl-dot-name", dir: "auto" },
          at ? text(row.ref) : t("proof-new-model"),
        ),
        dotted(of(row), row.low, row.high, 1),
        el(
          "span",
          { class: "fl-dot-value" },
          percent(of(row)),
          el("span", { class: "fl-quiet" }, interval(row.low, row.high, percent)),
        ),
        el("span", { class: "fl-dot-more" }, t("proof-right", { n: row.right, of: row.total })),
      ),
    );
    return [
      el("h3", { class: "fl-proof-small" }, FusionLab.fields.titles.suite(text(suite))),
      el("ul", { class: "fl-dots" }, items),
    ];
  };

  const drawSuites = (data) =>
    list(data.suites).length
      ? part(t("proof-suites"), t("proof-suites-note"), list(data.suites).map(drawSuite))
      : null;

  /** The pictures of an examination, as far as there is anything to show. */
  FusionLab.proof = (data) => {
    const parts = [drawReaders(data), drawSuites(data), drawHeat(data), drawAccord(data)];
    return el("div", { class: "fl-proof" }, parts);
  };
})();
