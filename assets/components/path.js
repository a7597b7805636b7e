/**
 * A path of models, each made of the one before: how well every stage reads a text and how many
 * questions it answers, the graft beside its donor; what to notice, and the numbers as a table.
 *
 * `FusionLab.path(data)` is its node; `data` is what views/path.py makes of a record.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fixed, folded, list, memberClass, number, table, text, unfolding } =
    FusionLab.core;
  const { has, said, t } = FusionLab.words;
  const STAGES = ["donor", "graft", "continue", "instruct", "prefer", "merge"];

  const nats = (value) => fixed(value, 3);
  const percent = (value) => t("number-percent", { n: fixed(100 * value) });
  const suiteName = (name) => (has(`suite-${name}`) ? t(`suite-${name}`) : text(name));
  const lineName = (kind) => t("path-line", { kind: text(kind) });
  const stageName = (stage) => t(`path-stage-${text(stage)}`);

  /** What each panel shows of a point: its value with its interval, and how that is written. */
  const MEASURES = {
    reading: {
      of: ({ read }) => read,
      spell: nats,
    },
    answers: {
      of: ({ answers }) => ({ ...answers, value: answers.right / (answers.total || 1) }),
      spell: percent,
      whole: true,
    },
  };

  /** Every model once, with the line that it is on; a donor that several begin with is its own. */
  const pointsOf = (data) => {
    const seen = new Set();
    return list(data.lines).flatMap((line, at) =>
      list(line.points).flatMap((point) => {
        if (seen.has(point.ref)) return [];
        seen.add(point.ref);
        const alike = list(line.points).filter(({ stage }) => stage === point.stage);
        const number = alike.length > 1 ? ` ${alike.indexOf(point) + 1}` : "";
        return [{ ...point, line: at, kind: line.kind, number }];
      }),
    );
  };

  const rowOf = (point, { of, spell }, most) => {
    const { value, low, high } = of(point);
    const spoken = { value: spell(value), low: spell(number(low)), high: spell(number(high)) };
    const stage = stageName(point.stage);
    const line = lineName(point.kind) + point.number;
    const what = { line, stage, model: text(point.ref), ...spoken };
    return el(
      "li",
      {
        class: `fl-dot-row fl-path-row ${memberClass(point.line)}`,
        title: t("path-point", what),
      },
      el(
        "span",
        { class: "fl-dot-name" },
        el("span", { class: "fl-path-mark", "aria-hidden": "true" }),
        point.stage === "donor" ? text(point.ref) : line,
      ),
      FusionLab.dotted(value, low, high, most),
      el(
        "span",
        { class: "fl-dot-value" },
        spoken.value,
        el("span", { class: "fl-quiet" }, ` [${spoken.low}, ${spoken.high}]`),
      ),
    );
  };

  const panel = (data, name, note) => {
    const points = pointsOf(data);
    const shown = MEASURES[name];
    const ends = points.map((point) => {
      const { value, high } = shown.of(point);
      return Math.max(value, number(high));
    });
    const most = shown.whole ? 1 : Math.max(...ends, 0) || 1;
    const groups = STAGES.map((stage) => [stage, points.filter((each) => each.stage === stage)]);
    return unfolding(
      "proof-part",
      t(`path-${name}`),
      el("p", { class: "fl-note" }, note),
      groups
        .filter(([, own]) => own.length)
        .map(([stage, own]) =>
          el(
            "section",
            { class: "fl-path-stage" },
            el("h3", { class: "fl-proof-small" }, stageName(stage)),
            el(
              "ul",
              { class: "fl-dots" },
              own.map((point) => rowOf(point, shown, most)),
            ),
          ),
        ),
    );
  };

  const numbers = (data) => {
    const heads = ["line", "stage", "model", "layers", "tokens", "nats", "right"];
    const rows = list(data.lines).flatMap((line) =>
      list(line.points).map((point) => {
        const { read, answers } = point;
        const share = answers.right / (answers.total || 1);
        const within = (value, low, high, spell) =>
          t("path-value", { value, low: spell(number(low)), high: spell(number(high)) });
        return [
          lineName(line.kind),
          stageName(point.stage),
          text(point.ref),
          text(point.layers),
          count(point.tokens),
          within(nats(read.value), read.low, read.high, nats),
          within(
            `${answers.right} / ${answers.total} = ${percent(share)}`,
            answers.low,
            answers.high,
            percent,
          ),
        ];
      }),
    );
    return folded(
      t("path-as-table"),
      table(
        t("path-title"),
        heads.map((name) => t(`path-head-${name}`)),
        rows,
      ),
    );
  };

  FusionLab.path = (data) =>
    el(
      "div",
      { class: "fl-proof fl-path" },
      el("h2", { class: "fl-title" }, t("path-title")),
      el(
        "ul",
        { class: "fl-path-notices", "aria-label": t("path-notice") },
        list(data.notices).map((each) => el("li", { class: "fl-sentence" }, said(each))),
      ),
      panel(data, "reading", t("path-note-reading", { kind: text(data.text) })),
      panel(
        data,
        "answers",
        t("path-note-answers", { n: number(data.items), suite: suiteName(data.suite) }),
      ),
      numbers(data),
    );
})();
