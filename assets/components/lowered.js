/**
 * How the weights of merged models were learned by lowering entropy: the entropy of each step's
 * rows, and what was added to every model's weight, layer by layer.
 *
 * `FusionLab.lowered({before, after, curve, shifts})` is its node: `curve` in nats a token before
 * each step, `shifts` of each model `{ref, by_layer}`, what comes before and after the layers too.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fixed, folded, list, number, section, signed, svg, table, text } = FusionLab.core;
  const { label, path, place, ROOM, scale, stepsAxis, TALL, thinned } = FusionLab.learned;
  const { t } = FusionLab.words;
  const [NARROW, WIDE] = [340, 640];

  /** The entropy by step, as a line. */
  const curveOf = (values) => {
    const width = window.innerWidth < WIDE ? NARROW : WIDE;
    const c = { width, total: values.length };
    const floor = ROOM.top + TALL.loss;
    const { y, lines } = scale(c, values, ROOM.top, floor);
    const points = thinned(values.map((value, at) => [place(c, at + 1), y(value)]));
    const height = floor + ROOM.bottom;
    return svg(
      "svg",
      {
        class: "fl-learned-picture fl-lowered-picture",
        viewBox: `0 0 ${width} ${height}`,
        role: "img",
        "aria-label": t("lowered-curve"),
      },
      lines,
      label(0, ROOM.top - 16, "start", t("lowered-axis"), "fl-learned-name"),
      path("fl-learned-smooth", points),
      stepsAxis(c, floor),
    );
  };

  /** What stands above a place: the layer, or what lies outside of them. */
  const placeName = (at, of) =>
    at === 0 ? t("lowered-first") : at === of - 1 ? t("lowered-last") : String(at - 1);

  /** What was added to each model's weight, as a map. */
  const shiftsOf = (rows) => {
    const of = rows[0].shifts.length;
    const most = Math.max(1e-9, ...rows.flatMap(({ shifts }) => shifts.map(Math.abs)));
    const end = fixed(most, 2);
    return FusionLab.heat({
      label: t("lowered-map"),
      corner: t("proof-layer"),
      columns: rows[0].shifts.map((_, at) => placeName(at, of)),
      rows: rows.map(({ ref, shifts }) => ({
        head: ref,
        cells: shifts.map((shift, at) => ({
          shade: Math.abs(shift) / most,
          less: shift < 0,
          shown: signed(shift, 2),
          words: t("lowered-cell", { ref, place: placeName(at, of), shift: signed(shift, 3) }),
        })),
      })),
      ends: [`−${end}`, "0", `+${end}`],
    });
  };

  FusionLab.lowered = (data) => {
    const curve = list(data.curve).map((value) => number(value));
    const rows = list(data.shifts)
      .map((each) => ({ ref: text(each?.ref), shifts: list(each?.by_layer).map(Number) }))
      .filter(({ shifts }) => shifts.length && shifts.every(Number.isFinite));
    const { before, after } = data;
    return section(
      "lowered",
      t("lowered-title"),
      el(
        "p",
        { class: "fl-note" },
        t("lowered-note", { before: fixed(before, 3), after: fixed(after, 3) }),
      ),
      curve.length > 1 ? curveOf(curve) : null,
      rows.length ? shiftsOf(rows) : null,
      folded(
        t("proof-as-table"),
        table(
          t("lowered-curve"),
          [t("learning-head-step"), t("lowered-axis")],
          curve.map((value, at) => [String(at + 1), fixed(value, 3)]),
        ),
      ),
    );
  };
})();
