/**
 * How much of the work each expert does: a map of layers by experts for each text, how the two
 * differ, and in figures how evenly each layer spreads its tokens.
 *
 * A cell shows what its expert reads. `s` is the stage of `experts`.
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
    nats,
    number,
    percent,
    say,
    section,
    set,
    table,
    term,
    unit,
    whole,
  } = window.FusionLab.core;
  const { leads } = window.FusionLab.heat;
  const { gap, joined, t } = window.FusionLab.words;
  const { drawSteer, makeSteer } = window.FusionLab.steer;
  const { badge, expertClass, givenIn, inOrder, keyOfMarks, LETTERS, mark, spanOf } =
    window.FusionLab.marks;
  const ROOMY = 16;

  /** The room of the load, empty. */
  const makeLoad = (s) => {
    const r = {
      grids: el("div", { class: "fl-grids" }),
      figures: el("div"),
      differ: el("p", { class: "fl-sentence" }),
      table: folded(t("load-table")),
      steer: makeSteer(s),
    };
    r.section = section(
      "load",
      t("load-title"),
      el("p", { class: "fl-note" }, term("load", t("load-term")), gap, t("load-about")),
      r.grids,
      r.steer.root,
      r.differ,
      folded(
        t("load-even"),
        r.figures,
        el(
          "p",
          { class: "fl-note" },
          term("entropy", t("load-entropy")),
          gap,
          t("load-even-about"),
        ),
        el(
          "p",
          { class: "fl-note" },
          ["load-variation", "load-peak", "load-balance", "dropped-token"].map((key, i) => [
            i > 0 && " · ",
            term(key),
          ]),
        ),
      ),
      r.table,
    );
    r.section.hidden = true;
    r.table.addEventListener("toggle", () => drawShares(s));
    return r;
  };

  /** The shares in one layer of one text, or of their difference. */
  const sharesOf = (s, which, at) => {
    const of = (one) => list(one?.load[at]?.shares).map((share) => number(share));
    if (which < s.texts.length) return of(s.texts[which]);
    const second = of(s.texts[1]);
    return of(s.texts[0]).map((share, expert) => share - number(second[expert]));
  };

  /** Heatmaps, sentence and figures show all tokens so far. */
  const drawLoad = (s) => {
    const ready =
      s.layers.length > 0 && s.texts.length > 0 && s.texts.every((each) => each.load.length);
    s.load.section.hidden = !ready;
    if (!ready) return;
    const names =
      s.texts.length > 1
        ? [
            ...LETTERS.map((letter) => t("experts-prompt", { letter, plain: String(s.plain) })),
            t("load-apart"),
          ]
        : [t("load-share")];
    if (s.grids.length !== names.length) {
      s.grids = names.map((name, which) => makeGrid(s, name, which));
      fill(
        s.load.grids,
        s.grids.map((grid) => grid.node),
      );
    }
    const most = Math.max(
      1e-6,
      ...s.texts.flatMap((_, which) => s.layers.flatMap((__, at) => sharesOf(s, which, at))),
    );
    const widest = Math.max(...s.layers.map((each) => each.experts));
    measure(s.load.grids, "--n", widest);
    s.grids.forEach((grid, which) => paint(s, grid, which, most));
    drawDiffer(s);
    drawFigures(s);
    drawShares(s);
    ring(s);
  };

  /** The class of a map with so many columns: digits need room. */
  const sizeOf = (columns) =>
    columns > ROOMY ? " fl-dense" : columns > ROOMY / 2 ? " fl-wide-map" : "";

  const layerHead = (said) =>
    el("th", { scope: "row" }, el("span", { class: "fl-head-mark" }, said));

  /** The row of layers that have no experts. */
  const denseRow = (numbers, columns) =>
    el(
      "tr",
      { class: "fl-dense-layers" },
      layerHead(spanOf(numbers)),
      el(
        "td",
        { role: "gridcell", colspan: columns },
        el("span", null, t("load-dense", { n: numbers.length })),
      ),
    );

  /** A heatmap of layers and experts, without values yet; arrow keys walk, Enter chooses. */
  const makeGrid = (s, name, which) => {
    const widest = Math.max(...s.layers.map((each) => each.experts));
    const grid = { at: [0, 0], cells: [], ends: [el("span"), el("span")] };
    grid.marks = el("p", { class: "fl-key fl-marks" });
    grid.cells = s.layers.map((each, at) =>
      Array.from({ length: each.experts }, (_, expert) => {
        const cell = el(
          "td",
          { class: "fl-cell", tabindex: at + expert ? "-1" : "0", role: "gridcell" },
          el("span", { class: "fl-cell-value" }),
        );
        cell.addEventListener("click", () => spotlight(s, grid, at, expert));
        cell.addEventListener("keydown", (event) => step(s, event, grid, at, expert));
        return cell;
      }),
    );
    const heads = Array.from({ length: widest }, (_, expert) =>
      el(
        "th",
        { scope: "col" },
        el("span", { class: `fl-head-mark fl-expert-head ${expertClass(expert)}` }, expert),
      ),
    );
    const apart = which >= s.texts.length;
    grid.node = el(
      "div",
      { class: "fl-heat-frame" },
      el("h3", { class: "fl-subtitle" }, name),
      el(
        "table",
        {
          class: `fl-heat fl-loads${sizeOf(widest)}${apart ? " fl-signed" : ""}`,
          role: "grid",
          "aria-label": t("load-grid", { name }),
        },
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("th", { class: "fl-corner", scope: "col" }, t("experts-head-layer")),
            heads,
          ),
        ),
        el(
          "tbody",
          null,
          inOrder(s.layers, s.dense).map(({ at, dense }) =>
            dense
              ? denseRow(dense, widest)
              : el("tr", null, layerHead(s.layers[at].layer), grid.cells[at]),
          ),
        ),
      ),
      el(
        "p",
        { class: "fl-key" },
        grid.ends[0],
        el("span", { class: `fl-scale${apart ? " fl-two-ended" : ""}`, "aria-hidden": "true" }),
        grid.ends[1],
      ),
      !apart && grid.marks,
    );
    return grid;
  };

  /** The cells have the values of now. */
  const paint = (s, grid, which, most) => {
    const apart = which >= s.texts.length;
    const end = percent(most);
    fill(grid.marks, which === 0 || !s.plain ? keyOfMarks(s.layers) : []);
    grid.marks.hidden = !grid.marks.childNodes.length;
    say(
      grid.ends[0],
      apart ? t("load-only", { letter: LETTERS[1], share: `−${end}` }) : percent(0),
    );
    say(grid.ends[1], apart ? t("load-only", { letter: LETTERS[0], share: `+${end}` }) : end);
    grid.cells.forEach((row, at) => {
      const shares = sharesOf(s, which, at);
      const firsts = sharesOf(s, 0, at);
      row.forEach((cell, expert) => {
        const share = number(shares[expert]);
        const sign = apart ? (share > 0 ? "+" : share < 0 ? "−" : "") : "";
        const both = apart && number(firsts[expert]) > 0 && Math.abs(share) < 0.005;
        const some = `${sign}${fixed(100 * Math.abs(share))}`;
        const shown = both ? "0" : Math.abs(share) < 0.005 ? "" : some;
        const mine = which === 0 || (!s.plain && which < s.texts.length); // else without steering
        const marked = mark(cell, mine && s.layers[at].steered, expert);
        const words = joined([
          t("load-cell", {
            layer: String(s.layers[at].layer),
            expert: String(expert),
            share: shown ? t("number-percent", { n: shown }) : `${sign}${percent(Math.abs(share))}`,
          }),
          ...marked,
        ]);
        set(measure(cell, "--p", unit(Math.abs(share) / most)), {
          title: words,
          "aria-label": words,
        });
        cell.classList.toggle("fl-less", share < 0);
        say(cell.firstChild, shown);
      });
    });
  };

  /** Keys walk through the cells. */
  const step = (s, event, grid, at, expert) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      spotlight(s, grid, at, expert);
      return;
    }
    const target = leads(event, [at, expert], grid.cells.length, grid.cells[at].length);
    if (!target) return;
    event.preventDefault();
    const [row, column] = target;
    reach(grid, row, Math.min(column, grid.cells[row].length - 1));
  };

  /** This cell is the one that the Tab key reaches. */
  const reach = (grid, at, expert) => {
    set(grid.cells[grid.at[0]][grid.at[1]], { tabindex: "-1" });
    grid.at = [at, expert];
    set(grid.cells[at][expert], { tabindex: "0" }).focus();
  };

  /** What this expert of this layer reads stands out; chosen again, everything does. */
  const spotlight = (s, grid, at, expert) => {
    const again = s.layer === at && s.spot === expert;
    s.spot = again ? null : expert;
    reach(grid, at, expert);
    s.chooseLayer(at);
    drawSteer(s);
    const read = s.texts.reduce((sum, one) => sum + whole(list(one.load[at]?.counts)[expert]), 0);
    say(
      s.live,
      again
        ? t("load-all")
        : t("load-reads", {
            expert: String(expert),
            layer: String(s.layers[at].layer),
            read,
            tokens: s.steps.length,
          }),
    );
  };

  /** Cells of the selected token's experts, and the cell in the spotlight, are marked. */
  const ring = (s) => {
    const chosen = s.steps[s.selected];
    s.grids.forEach((grid, which) =>
      grid.cells.forEach((row, at) => {
        const mine =
          chosen && (which === chosen.sample || which >= s.texts.length)
            ? givenIn(chosen, at).map((each) => each.expert)
            : [];
        row.forEach((cell, expert) => {
          cell.classList.toggle("fl-ringed", mine.includes(expert));
          set(cell, { "aria-selected": String(s.spot === expert && s.layer === at) });
        });
      }),
    );
  };

  /** Where the two texts differ most. */
  const drawDiffer = (s) => {
    s.load.differ.hidden = s.texts.length < 2;
    if (s.texts.length < 2) return;
    const apart = s.layers.map((_, at) => unit(s.apart[at]));
    const most = apart.indexOf(Math.max(...apart));
    const least = apart.indexOf(Math.min(...apart));
    say(
      s.load.differ,
      t("load-differ", {
        most: String(s.layers[most].layer),
        share: percent(apart[most]),
        least: String(s.layers[least].layer),
        other: percent(apart[least]),
      }),
    );
  };

  /** One row for each layer of each text. */
  const drawFigures = (s) => {
    const several = s.texts.length > 1;
    const heads = [
      "layer",
      ...(several ? ["prompt"] : []),
      ...["tokens", "busiest", "idle", "entropy", "most", "cv", "peak", "balance"],
      ...(several ? ["apart"] : []),
    ].map((name) => t(`experts-head-${name}`));
    const rows = s.layers.flatMap((each, at) =>
      s.texts.map((one, which) => {
        const load = one.load[at] || {};
        const shares = list(load.shares);
        const busiest = shares.indexOf(Math.max(...shares));
        return [
          each.layer,
          ...(several ? [LETTERS[which]] : []),
          whole(load.tokens),
          busiest < 0
            ? "–"
            : el(
                "span",
                { class: "fl-given-name" },
                badge(busiest),
                ` ${percent(shares[busiest])}`,
              ),
          each.weighed ? list(load.counts).filter((count) => count === 0).length : "–",
          nats(load.entropy),
          each.weighed ? nats(Math.log(each.experts)) : "–",
          nats(load.cv),
          nats(load.peak),
          nats(load.balance),
          ...(several ? [percent(s.apart[at])] : []),
        ];
      }),
    );
    fill(s.load.figures, table(t("load-caption"), heads, rows));
  };

  /** Counts and shares behind the heatmaps, where their table is open. */
  const drawShares = (s) => {
    const room = s.load.table;
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    if (!room.open) return;
    const widest = Math.max(0, ...s.layers.map((each) => each.experts));
    const heads = [
      t("experts-head-layer"),
      ...Array.from({ length: widest }, (_, expert) => expert),
    ];
    s.texts.forEach((one, which) =>
      add(
        room,
        table(
          t("load-choices", { of: s.texts.length > 1 ? LETTERS[which] : "none" }),
          heads,
          s.layers.map((each, at) => [
            each.layer,
            ...list(one.load[at]?.counts).map((count) => whole(count)),
          ]),
        ),
      ),
    );
  };

  window.FusionLab.load = { drawLoad, makeLoad, ring };
})();
