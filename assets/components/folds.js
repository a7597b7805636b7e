/**
 * What is folded in a benchmark's report: tasks, how members' errors go together, the oracle.
 *
 * Each of `FusionLab.folds` fills a room ({root, content}) from the report, or hides it.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, fixed, list, measure, memberName, number, table, term, text, unit, whole } =
    FusionLab.core;
  const { gap, said, t } = FusionLab.words;
  const told = (value) => typeof value === "number" && Number.isFinite(value);
  const explained = (key, shown) =>
    el("p", { class: "fl-small" }, t("bench-explained"), gap, term(key, t(shown)));
  const share = (value) => t("number-percent", { n: fixed(100 * unit(value), 1) });

  const heat = (label, heads, rows) =>
    el(
      "div",
      { class: "fl-heat-frame", tabindex: "0", role: "region", "aria-label": label },
      el(
        "table",
        { class: "fl-heat fl-tasks" },
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("td"),
            heads.map((head) => el("th", { scope: "col" }, head)),
          ),
        ),
        el("tbody", null, rows),
      ),
    );

  const cell = (value, shown, title) =>
    measure(el("td", { class: "fl-cell fl-static", title }, shown), "--p", unit(value));

  const taskCell = (counts) => {
    const [right, total] = list(counts).map((n) => number(n));
    if (!total) return el("td", { class: "fl-cell fl-static" }, "–");
    const title = t("bench-task-cell", { right: Number(fixed(right, 2)), total });
    return cell(right / total, fixed((100 * right) / total), title);
  };

  /** One cell for each contender and task. */
  const tasks = (room, data) => {
    const names = list(data.tasks).map(text);
    room.root.hidden = names.length < 2;
    if (room.root.hidden) return;
    const rows = list(data.by_task);
    const heads = names.map((task) => el("span", { class: "fl-task" }, task));
    fill(
      room.content,
      heat(
        t("bench-tasks"),
        heads,
        list(data.contenders).map((c, i) =>
          el(
            "tr",
            null,
            el("th", { scope: "row" }, said(c.name)),
            names.map((_, j) => taskCell(list(rows[i])[j])),
          ),
        ),
      ),
    );
  };

  /** How members' errors go together. */
  const errors = (room, data) => {
    const names = list(data.correlation?.names).map(text);
    room.root.hidden = names.length < 2;
    if (room.root.hidden) return;
    const rows = list(data.correlation.rows);
    const phi = (value, same) => {
      if (same) return el("td", { class: "fl-cell fl-static fl-same" });
      return told(value)
        ? cell(Math.max(0, value), fixed(value, 2))
        : el("td", { class: "fl-cell fl-static" }, "–");
    };
    fill(
      room.content,
      el("p", { class: "fl-note" }, t("bench-agreement-help")),
      explained("complementarity", "bench-agreement-term"),
      heat(
        t("bench-agreement"),
        names.map((name) => el("span", { class: "fl-task" }, name)),
        names.map((name, i) =>
          el(
            "tr",
            null,
            el("th", { scope: "row" }, memberName({ name, index: i })),
            names.map((_, j) => phi(list(rows[i])[j], i === j)),
          ),
        ),
      ),
    );
  };

  /** A bar, and the share of all questions that it shows. */
  const oracleShare = (of) =>
    el(
      "span",
      { class: "fl-oracle-share" },
      measure(el("span", { class: "fl-oracle-bar", "aria-hidden": "true" }), "--w", of),
      share(of),
    );

  /** What a choice among the members' answers could reach at most. */
  const oracle = (room, data) => {
    const known = data.oracle;
    room.root.hidden = !known;
    if (!known) return;
    const counts = list(known.by_members).map((n) => whole(n));
    const values = {
      members: whole(known.members),
      right: whole(known.right),
      total: whole(known.total),
      share: share(known.accuracy),
      low: share(known.low),
      high: share(known.high),
    };
    fill(
      room.content,
      el("p", null, t("bench-oracle-help", values)),
      explained("oracle", "bench-oracle-term"),
      table(
        t("bench-oracle-heads"),
        [t("bench-oracle-right"), t("bench-oracle-items"), t("bench-oracle-share")],
        counts.map((n, right) => [
          String(right),
          String(n),
          oracleShare(n / Math.max(1, values.total)),
        ]),
      ),
    );
  };

  window.FusionLab.folds = { errors, oracle, tasks };
})();
