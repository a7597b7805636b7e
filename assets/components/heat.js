/**
 * A small table of shaded numbers, which can be walked through by arrow keys.
 *
 * `FusionLab.heat({label, corner, columns, rows, ends})` is its node: `columns` are heads, `rows`
 * are `{head, cells}`, and a cell is `{shade, shown, words, less}` or null where there is none.
 * Whatever is pointed at or has the focus is told in `words` below; `ends` are what the lightest
 * and the darkest shade stand for, and with three of them the first is of those that are `less`.
 *
 * Other tables of cells walk alike: `FusionLab.heat.placeOf(event)` is where something happened, as
 * [row, column], and `FusionLab.heat.leads(event, place, rows, columns)` where a key leads from
 * there, with `columns` in the row; null for any other key.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, keyTarget, list, measure, say, set, unit } = FusionLab.core;
  const ROOMY = 12;

  const cellOf = (each) => {
    if (!each) return el("td", { class: "fl-cell fl-same", role: "gridcell", tabindex: "-1" });
    const cell = el(
      "td",
      {
        class: `fl-cell${each.less ? " fl-less" : ""}`,
        role: "gridcell",
        tabindex: "-1",
        title: each.words,
        "aria-label": each.words,
      },
      el("span", { class: "fl-cell-value" }, each.shown),
    );
    return measure(cell, "--p", unit(each.shade));
  };

  const placeOf = (event) => {
    const cell = event.target.closest("td.fl-cell");
    return cell && [cell.parentNode.sectionRowIndex, cell.cellIndex - 1];
  };

  const leads = (event, [row, column], rows, columns) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return null;
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    const target = vertical
      ? keyTarget(event.key, row, rows)
      : keyTarget(event.key, column, columns);
    if (target === null) return null;
    return vertical ? [target, column] : [row, target];
  };

  /** Arrow keys, Home and End walk; the cell that was reached last is what Tab comes back to. */
  const walkable = (table, cells) => {
    let at = [0, 0];
    set(cells[0][0], { tabindex: "0" });
    const reach = (row, column) => {
      set(cells[at[0]][at[1]], { tabindex: "-1" });
      at = [row, column];
      set(cells[row][column], { tabindex: "0" }).focus();
    };
    table.addEventListener("click", (event) => {
      const place = placeOf(event);
      if (place) reach(...place);
    });
    table.addEventListener("keydown", (event) => {
      const place = placeOf(event);
      const target = place && leads(event, place, cells.length, cells[0].length);
      if (!target) return;
      event.preventDefault();
      reach(...target);
    });
  };

  const key = (ends) => {
    const [first, ...others] = ends;
    const signed = ends.length > 2;
    return el(
      "p",
      { class: "fl-key" },
      first,
      el("span", { class: `fl-scale${signed ? " fl-two-ended" : ""}`, "aria-hidden": "true" }),
      others[others.length - 1],
    );
  };

  FusionLab.heat = ({ label, corner, columns, rows, ends }) => {
    const cells = rows.map((row) => list(row.cells).map(cellOf));
    const dense = columns.length > ROOMY ? " fl-dense" : "";
    const signed = ends.length > 2 ? " fl-signed" : "";
    const table = el(
      "table",
      { class: `fl-heat fl-kinds${dense}${signed}`, role: "grid", "aria-label": label },
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          corner ? el("th", { class: "fl-corner", scope: "col" }, corner) : el("td"),
          columns.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      el(
        "tbody",
        null,
        rows.map((row, at) => el("tr", null, el("th", { scope: "row" }, row.head), cells[at])),
      ),
    );
    walkable(table, cells);
    const readout = el("p", { class: "fl-readout", "aria-hidden": "true" });
    const tell = (event) => {
      const place = placeOf(event);
      const found = place && rows[place[0]].cells[place[1]];
      if (found) say(readout, found.words);
    };
    table.addEventListener("pointerover", tell);
    table.addEventListener("focusin", tell);
    return el(
      "div",
      { class: "fl-heat-room" },
      el("div", { class: "fl-heat-frame" }, table),
      key(ends),
      readout,
    );
  };

  Object.assign(FusionLab.heat, { leads, placeOf });
})();
