/**
 * How alike each pair of candidates is: a matrix for each metric, and both texts of a pair.
 */
(() => {
  "use strict";
  const {
    add,
    el,
    fill,
    fixed,
    folded,
    list,
    measure,
    memberClass,
    memberName,
    number,
    own,
    say,
    set,
    spelled,
    svg,
    table,
    text,
    unfolding,
    unit,
  } = window.FusionLab.core;
  const { labelOf, metricsOf, numberOf, titleOf } = window.FusionLab.candidates;
  const { leads, placeOf } = window.FusionLab.heat;
  const { joined, t } = window.FusionLab.words;
  const MOST_IN_THUMB = 16;
  const MOST_WITH_VALUES = 12;
  const WORDS = new Set(["characters", "jieba"]);

  /** The room of the matrices, empty. */
  const makeMatrix = (s) => {
    s.thumbs = el("div", {
      class: "fl-thumbs",
      role: "group",
      "aria-label": t("ballots-alike-in"),
    });
    s.grid = el("div", { class: "fl-heat-frame" });
    s.pairRoom = el("div", { class: "fl-compare", "aria-live": "polite" });
    s.numbers = folded(t("ballots-likeness-table"));
    s.numbers.addEventListener("toggle", () => drawNumbers(s));
    s.measureNote = el("p", { class: "fl-note" });
    s.matrix = unfolding(
      "matrix",
      t("ballots-likeness"),
      s.thumbs,
      el(
        "div",
        { class: "fl-matrix-room" },
        s.grid,
        el("div", { class: "fl-beside" }, s.measureNote, s.pairRoom),
      ),
      s.numbers,
    );
    s.grid.addEventListener("click", (event) => {
      const at = placeOf(event);
      if (at) showPair(s, ...at);
    });
    s.grid.addEventListener("keydown", (event) => {
      const at = placeOf(event);
      if (at) walk(s, event, ...at);
    });
    s.thumbs.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      s.likened = button.value;
      drawMatrix(s);
    });
  };

  /** The similarities under the metric in the candidates' order, or null. */
  const matrixOf = (s, metric) => {
    if (!s.matrices.has(metric)) s.matrices.set(metric, readMatrix(s, metric));
    return s.matrices.get(metric);
  };

  const readMatrix = (s, metric) => {
    const rows = list(own(s.data.similarity, metric));
    if (s.compared.length < 2 || s.compared.some((c) => !Array.isArray(rows[c.index]))) return null;
    return s.compared.map((a) => s.compared.map((b) => number(rows[a.index][b.index])));
  };

  /** How strong each value is among all of one matrix, and the least and the greatest of them. */
  const shades = (rows) => {
    const values = rows.flatMap((row, i) => row.filter((_, j) => j !== i));
    const low = values.reduce((a, b) => Math.min(a, b), Infinity);
    const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
    return { low, high, shade: (v) => (high > low ? (v - low) / (high - low) : 0.5) };
  };

  /** A button with a small picture for each metric; the pressed one is shown in full. */
  const drawThumbs = (s) => {
    const metrics = metricsOf(s.data).filter((m) => matrixOf(s, m.name));
    s.likeness = metrics.some((m) => m.name === s.likened)
      ? s.likened
      : (metrics.find((m) => m.name === text(s.data.decided_by)) || metrics[0])?.name || "";
    s.thumbs.hidden = metrics.length < 2;
    if (s.stamp !== s.keys.thumbs) {
      s.keys.thumbs = s.stamp;
      fill(
        s.thumbs,
        metrics.map((m) =>
          el(
            "button",
            { class: "fl-thumb", type: "button", value: m.name, title: m.explanation || false },
            thumb(matrixOf(s, m.name)),
            el("span", null, m.label),
          ),
        ),
      );
    }
    for (const button of s.thumbs.children)
      set(button, { "aria-pressed": String(button.value === s.likeness) });
  };

  /** The matrix in small, where it can be made out. */
  const thumb = (rows) => {
    const n = rows.length;
    const { shade } = shades(rows);
    return (
      n <= MOST_IN_THUMB &&
      svg(
        "svg",
        {
          class: "fl-thumb-picture",
          viewBox: `0 0 ${n} ${n}`,
          width: 76,
          height: 76,
          "aria-hidden": "true",
        },
        rows.flatMap((row, i) =>
          row.map(
            (v, j) =>
              i !== j &&
              measure(
                svg("rect", { x: j + 0.04, y: i + 0.04, width: 0.92, height: 0.92 }),
                "--p",
                unit(shade(v)),
              ),
          ),
        ),
      )
    );
  };

  /** One cell for each pair; arrow keys walk, Enter shows the pair. */
  const drawMatrix = (s) => {
    drawThumbs(s);
    const rows = matrixOf(s, s.likeness);
    s.matrix.hidden = !rows;
    const measured = metricsOf(s.data).find((m) => m.name === s.likeness);
    const segmented = text(own(s.outlook, "words"));
    const engine = text(own(s.outlook, "embedder"));
    const parts = [
      measured && measured.explanation
        ? t("ballots-metric-says", { name: measured.label, says: measured.explanation })
        : "",
      s.likeness === "rouge_l" && WORDS.has(segmented) ? t(`ballots-words-${segmented}`) : "",
      engine &&
        t(s.likeness === "cosine" ? "ballots-embedded" : "ballots-embedded-beside", { engine }),
      s.compared.length < s.candidates.length
        ? t("ballots-best", { shown: s.compared.length, all: s.candidates.length })
        : "",
      t("ballots-numbered"),
      t("ballots-choose-cell"),
    ];
    say(s.measureNote, joined(parts));
    const key = `${s.likeness} ${s.stamp}`;
    if (!rows || key === s.matrixKey) return;
    s.matrixKey = key;
    const n = rows.length;
    const { low, high, shade } = shades(rows);
    s.cells = rows.map((row, i) => rows.map((_, j) => cellOf(s, i, j, row[j], shade)));
    s.at = s.at && s.at[0] < n && s.at[1] < n ? s.at : [0, 1];
    set(s.cells[s.at[0]][s.at[1]], { tabindex: "0" });
    const head = (c) =>
      el(
        "span",
        { class: `fl-head-mark ${memberClass(c.colour)}`, title: titleOf(c) },
        c.index + 1,
      );
    fill(
      s.grid,
      el(
        "table",
        {
          class: `fl-heat${n > MOST_WITH_VALUES ? " fl-dense" : ""}`,
          role: "grid",
          "aria-label": t("ballots-pairs"),
        },
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("td"),
            s.compared.map((c) => el("th", { scope: "col" }, head(c))),
          ),
        ),
        el(
          "tbody",
          null,
          s.cells.map((row, i) =>
            el("tr", null, el("th", { scope: "row" }, head(s.compared[i])), row),
          ),
        ),
      ),
      el(
        "p",
        { class: "fl-key" },
        fixed(low, 2),
        el("span", { class: "fl-scale", "aria-hidden": "true" }),
        fixed(high, 2),
      ),
    );
    drawNumbers(s);
  };

  /** One cell. */
  const cellOf = (s, i, j, value, shade) => {
    const [a, b] = [s.compared[i], s.compared[j]];
    const shown = i !== j && s.compared.length <= MOST_WITH_VALUES;
    const words = (digits) =>
      t("ballots-pair", { a: titleOf(a), b: titleOf(b), value: fixed(value, digits) });
    const cell = el(
      "td",
      {
        class: `fl-cell${i === j ? " fl-same" : ""}`,
        tabindex: "-1",
        title: words(3),
        "aria-label": words(shown ? 2 : 3), // a name holds what is seen
        role: "gridcell",
        "aria-selected": "false",
      },
      shown && fixed(value, 2),
    );
    return i === j ? cell : measure(cell, "--p", unit(shade(value)));
  };

  /** Keys walk through the cells. */
  const walk = (s, event, i, j) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      showPair(s, i, j);
      return;
    }
    const target = leads(event, [i, j], s.cells.length, s.cells.length);
    if (!target) return;
    event.preventDefault();
    focusCell(s, ...target);
  };

  /** This cell is the one that the Tab key reaches. */
  const focusCell = (s, i, j) => {
    set(s.cells[s.at[0]][s.at[1]], { tabindex: "-1" });
    s.at = [i, j];
    set(s.cells[i][j], { tabindex: "0" }).focus();
  };

  /** Both texts of the pair stand side by side. */
  const showPair = (s, i, j) => {
    for (const cell of s.cells.flat()) set(cell, { "aria-selected": "false" });
    set(s.cells[i][j], { "aria-selected": "true" });
    focusCell(s, i, j);
    const side = (c) =>
      el(
        "article",
        { class: `fl-card ${memberClass(c.colour)}` },
        el(
          "header",
          { class: "fl-card-head" },
          memberName({ name: titleOf(c), index: c.colour }),
          el("span", { class: "fl-quiet" }, numberOf(c)),
        ),
        el(
          "p",
          {
            class: "fl-prose",
            dir: "auto",
            tabindex: "0",
            role: "region",
            "aria-label": t("ballots-text-of", { name: titleOf(c) }),
          },
          spelled(c.text),
        ),
      );
    const value = number(matrixOf(s, s.likeness)?.[i]?.[j]);
    const [a, b] = [s.compared[i], s.compared[j]];
    fill(
      s.pairRoom,
      el(
        "p",
        { class: "fl-sentence" },
        i === j
          ? titleOf(a)
          : t("ballots-pair", { a: titleOf(a), b: titleOf(b), value: fixed(value, 3) }),
      ),
      el("div", { class: "fl-pair-texts" }, side(a), i === j ? null : side(b)),
    );
    if (s.trigger) s.trigger("select", { index: a.index, other: b.index });
  };

  /** The numbers of the matrix under every metric. */
  const drawNumbers = (s) => {
    for (const old of s.numbers.querySelectorAll(".fl-scroll")) old.remove();
    const rows = s.data && matrixOf(s, s.likeness);
    if (!s.numbers.open || !rows) return;
    add(
      s.numbers,
      table(
        t("ballots-pairs-by", { metric: labelOf(s, s.likeness) }),
        [t("ballots-head-candidate"), ...s.compared.map((c) => c.index + 1)],
        rows.map((row, i) => [
          `${s.compared[i].index + 1} · ${titleOf(s.compared[i])}`,
          ...row.map((v) => fixed(v, 3)),
        ]),
      ),
    );
  };

  window.FusionLab.likeness = { drawMatrix, makeMatrix, matrixOf };
})();
