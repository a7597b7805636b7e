/**
 * Who else might have won a vote, and how much hangs on how many and on whom.
 */
(() => {
  "use strict";
  const {
    el,
    fill,
    folded,
    list,
    measure,
    memberName,
    own,
    percent,
    shares,
    spelled,
    svg,
    table,
    text,
    unit,
    whole,
  } = window.FusionLab.core;
  const { labelOf, numberOf, objects, outlookOf, titleOf } = window.FusionLab.candidates;
  const { badge, verdict } = window.FusionLab.pictures;
  const { said, t } = window.FusionLab.words;
  const SURE = 0.9;
  const NAMED = 12;
  const PLOT = { height: 232, left: 58, right: 18, top: 34, bottom: 50, widest: 620 };
  const AGREES = {
    candidate: ["fl-same-one", "✓", "ballots-agrees-candidate"],
    text: ["fl-same-one", "=", "ballots-agrees-text"],
    answer: ["fl-same-one", "=", "ballots-agrees-answer"],
    "": ["fl-other", "≠", "ballots-agrees-not"],
  };

  /** How many texts come to each answer. */
  const drawTally = (s) =>
    once(s, "tally", outlookOf(s, "tally"), s.tally, (rows) => {
      const told = shares(rows.map((row) => row.share));
      fill(
        s.tallyRoom,
        rows
          .slice(0, NAMED)
          .map((row, i) =>
            el(
              "div",
              { class: "fl-bar-row" },
              el(
                "span",
                { class: "fl-bar-label" },
                row.answer && whole(row.letter, -1) >= 0 ? badge(row.letter) : null,
                row.answer
                  ? el("bdi", { class: "fl-chip", title: spelled(row.answer) }, spelled(row.answer))
                  : el("span", { class: "fl-wrong" }, t("pictures-no-answer")),
              ),
              el(
                "span",
                { class: "fl-track", "aria-hidden": "true" },
                measure(el("span", { class: "fl-segment" }), "--w", unit(row.share)),
              ),
              el(
                "span",
                { class: "fl-bar-value" },
                told[i],
                row.answer ? [" ", verdict(row.right)] : null,
                el(
                  "span",
                  { class: "fl-quiet" },
                  ` ${t("ballots-of", { n: list(row.candidates).length, all: s.candidates.length })}`,
                ),
              ),
            ),
          ),
        rows.length > NAMED &&
          el("p", { class: "fl-note" }, t("ballots-more-answers", { n: rows.length - NAMED })),
      );
    });

  /** Whom each rule and each metric would have elected. */
  const drawOtherwise = (s) => {
    const rules = outlookOf(s, "rules");
    const metrics = outlookOf(s, "by_metric");
    const tables = [
      rules.length &&
        outcomes(
          s,
          t("ballots-by-rule", { metric: labelOf(s, text(s.data.decided_by)) }),
          t("ballots-head-rule"),
          rules,
        ),
      metrics.length > 1 && outcomes(s, t("ballots-by-metric"), t("ballots-head-metric"), metrics),
    ].filter(Boolean);
    once(
      s,
      "otherwise",
      tables.length ? [rules, metrics, s.candidates.map((c) => c.text)] : [],
      s.otherwise,
      () => fill(s.outcomes, tables),
    );
  };

  /** One row for each way to elect. */
  const outcomes = (s, caption, head, rows) =>
    el(
      "table",
      { class: "fl-table fl-outcomes" },
      el("caption", { class: "fl-caption" }, caption),
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          [head, t("ballots-head-elects"), t("ballots-head-that-is")].map((name) =>
            el("th", { scope: "col" }, name),
          ),
        ),
      ),
      el(
        "tbody",
        null,
        rows.map((row) => {
          const [tone, sign, key] = own(AGREES, text(row.agrees)) || AGREES[""];
          return el(
            "tr",
            { class: row.decided ? "fl-decided" : false },
            el(
              "th",
              { scope: "row" },
              spelled(said(row.label)),
              row.decided ? el("span", { class: "fl-tag" }, t("ballots-decided")) : null,
              el("span", { class: "fl-small" }, spelled(said(row.explanation))),
            ),
            el("td", null, briefly(s, row.index)),
            el("td", { class: tone }, `${sign} ${t(key)}`),
          );
        }),
      ),
    );

  /** A candidate in one cell: who wrote it, its number, how it begins. */
  const briefly = (s, index) => {
    const c = s.candidates.find((one) => one.index === index);
    if (!c) return null;
    const start = [...text(c.text).slice(0, 240)].slice(0, 110).join("");
    return el(
      "div",
      { class: "fl-brief" },
      memberName({ name: titleOf(c), index: c.colour }),
      el("span", { class: "fl-quiet" }, numberOf(c)),
      el(
        "span",
        { class: "fl-brief-text", dir: "auto" },
        spelled(start),
        start.length < text(c.text).length ? "…" : null,
      ),
    );
  };

  /** The room is drawn again where its data has changed, and hidden where there is none. */
  const once = (s, name, data, room, drawn) => {
    const rows = list(data);
    room.hidden = !rows.length;
    const key = JSON.stringify(rows);
    if (!rows.length || key === s.keys[name]) return;
    s.keys[name] = key;
    drawn(rows);
  };

  /** The share of panels of each size that elect the same. */
  const drawJury = (s) => {
    const shares = list(own(s.outlook, "jury")).map(unit);
    const width = Math.min(PLOT.widest, s.jury.clientWidth);
    s.jury.hidden = shares.length < 2;
    const key = JSON.stringify([shares, width, own(own(s.outlook, "rule"), "name")]);
    if (s.jury.hidden || key === s.keys.jury || width < 120) return;
    s.keys.jury = key;
    const words = juryWords(s, shares);
    const opened = s.jury.querySelector("details")?.open;
    const rows = folded(
      t("ballots-panels-table"),
      table(
        t("ballots-panels-by-size"),
        [t("ballots-head-voters"), t("ballots-panels")],
        shares.map((share, i) => [i + 1, percent(share)]),
      ),
    );
    rows.open = Boolean(opened);
    fill(
      s.jury,
      el("h3", { class: "fl-subtitle" }, t("ballots-jury")),
      el("p", { class: "fl-note" }, words),
      curve(shares, width, words),
      rows,
    );
  };

  /** What the curve says, in words. */
  const juryWords = (s, shares) => {
    const n = shares.length;
    const majority = text(own(own(s.outlook, "rule"), "name")) === "majority";
    const enough = shares.length - [...shares].reverse().findIndex((share) => share < SURE);
    const from =
      enough > n
        ? t("ballots-jury-always")
        : enough + 1 > n - 1
          ? t("ballots-jury-never")
          : t("ballots-jury-from", { n: enough + 1 });
    const half = Math.ceil(n / 2);
    const share = percent(shares[half - 1]);
    const asked = t("ballots-jury-question", { n, half, share, same: majority ? "same" : "like" });
    return `${asked} ${from}`;
  };

  /** The line, its axes and their names. */
  const curve = (shares, width, words) => {
    const n = shares.length;
    const [w, h] = [width - PLOT.left - PLOT.right, PLOT.height - PLOT.top - PLOT.bottom];
    const x = (k) => PLOT.left + (w * (k - 1)) / (n - 1);
    const y = (share) => PLOT.top + h * (1 - share);
    const label = (words, at, up, anchor, name) =>
      svg("text", { x: at, y: up, "text-anchor": anchor, class: name || "fl-axis" }, words);
    const every = Math.max(1, Math.ceil((n - 1) / Math.max(2, Math.floor(w / 48))));
    const sizes = shares
      .map((_, i) => i + 1)
      .filter((k) => k === n || ((k - 1) % every === 0 && n - k >= every * 0.8));
    const points = shares.map((share, i) => `${x(i + 1).toFixed(1)} ${y(share).toFixed(1)}`);
    return svg(
      "svg",
      {
        class: "fl-plot fl-still fl-of-entropy",
        width,
        height: PLOT.height,
        viewBox: `0 0 ${width} ${PLOT.height}`,
        role: "img",
        "aria-label": words,
      },
      svg(
        "g",
        { class: "fl-grid" },
        [0, 0.5, 1].map((share) =>
          svg("line", { x1: PLOT.left, x2: width - PLOT.right, y1: y(share), y2: y(share) }),
        ),
      ),
      [0, 0.5, 1].map((share) => label(percent(share), PLOT.left - 10, y(share) + 5, "end")),
      sizes.map((k) => label(k, x(k), PLOT.height - PLOT.bottom + 20, "middle")),
      label(t("ballots-panels"), 0, 16, "start", "fl-plot-title"),
      label(t("ballots-voters"), PLOT.left + w / 2, PLOT.height - 8, "middle", "fl-plot-title"),
      svg("path", { class: "fl-area", d: `M${points.join("L")}L${x(n)} ${y(0)}L${x(1)} ${y(0)}Z` }),
      svg("path", { class: "fl-line", d: `M${points.join("L")}` }),
      n <= 24 &&
        shares.map((share, i) =>
          svg(
            "circle",
            { class: "fl-dot", cx: x(i + 1), cy: y(share), r: 4.5 },
            svg(
              "title",
              null,
              t("ballots-voters-share", { n: i + 1, all: n, share: percent(share) }),
            ),
          ),
        ),
    );
  };

  /** Without whose ballot somebody else would win. */
  const drawInfluence = (s) => {
    const told = own(s.outlook, "influence");
    s.influence.hidden = !told;
    if (!told) return;
    const changes = objects(told.changes);
    const key = JSON.stringify([told, s.candidates.map(titleOf)]);
    if (key === s.keys.influence) return;
    s.keys.influence = key;
    const none = t("ballots-hangs-none", { n: whole(told.ballots) });
    fill(
      s.influence,
      el("h3", { class: "fl-subtitle" }, t("ballots-hangs")),
      el("p", { class: "fl-note" }, t("ballots-hangs.about")),
      changes.length
        ? el(
            "ul",
            { class: "fl-changes" },
            changes.map((change) => changeOf(s, change)),
          )
        : el("p", { class: "fl-sentence" }, none),
    );
  };

  /** These ballots keep that candidate from winning. */
  const changeOf = (s, change) => {
    const voters = list(change.without)
      .map((index) => s.candidates.find((c) => c.index === index))
      .filter(Boolean);
    const winner = s.candidates.find((c) => c.index === change.index);
    if (!winner || !voters.length) return null;
    const name = (c) =>
      el(
        "span",
        { class: "fl-named" },
        memberName({ name: titleOf(c), index: c.colour }),
        el("span", { class: "fl-quiet" }, ` ${numberOf(c)}`),
      );
    const itself = voters.length === 1 && voters[0] === winner;
    const words = itself
      ? t("ballots-change-own")
      : t("ballots-change", { n: voters.length, more: Math.max(0, voters.length - NAMED) });
    return el(
      "li",
      { class: "fl-change" },
      placed(words, {
        ballots: itself
          ? []
          : voters.slice(0, NAMED).map((c, i) => [i ? t("and-next") : "", name(c)]),
        winner: name(winner),
      }),
      Object.hasOwn(AS, text(change.agrees)) ? [" ", t(AS[text(change.agrees)])] : null,
    );
  };

  /** What the new winner has in common with the old one. */
  const AS = { text: "ballots-change-text", answer: "ballots-change-answer" };

  /** The sentence with these nodes where it names them: "[ballots]". */
  const placed = (words, nodes) =>
    words
      .split(/(\[[a-z]+\])/)
      .map((part) => (/^\[[a-z]+\]$/.test(part) ? nodes[part.slice(1, -1)] || null : part));

  /** What hangs on how many and on whom. */
  const drawStakes = (s) => {
    s.stakes.hidden = list(own(s.outlook, "jury")).length < 2 && !own(s.outlook, "influence");
    drawJury(s);
    drawInfluence(s);
  };

  window.FusionLab.outlook = { drawJury, drawOtherwise, drawStakes, drawTally };
})();
