/**
 * The ladder of fusion: the same members fused on every level, how good each rung is and what it
 * costs; below it what to notice, the table and how to read it.
 *
 * `FusionLab.ladder(element, data)` takes what the view `ladder` gives, also while it grows. Each
 * rung opens, by click or key, on what it is and how it compares. What is `live` is unfolded.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, folded, list, measure, memberClass, number, own, points } =
    FusionLab.core;
  const { remembered, seconds, set, state, swatch, table, term, text, unfolding, unit, whole } =
    FusionLab.core;
  const { said, t } = FusionLab.words;
  const TICKS = [0, 0.25, 0.5, 0.75, 1];
  const VERDICTS = ["helped", "unsure", "harmed", "failed"];
  const SIGNS = { helped: "✓", unsure: "?", harmed: "✗", failed: "⚠" };
  const told = (value) => typeof value === "number" && Number.isFinite(value);
  const plain = (value) => fixed(100 * unit(value), 1);
  const share = (value) => t("number-percent", { n: plain(value) });
  const verdictOf = (compared) => {
    const kind = text(compared?.verdict);
    return VERDICTS.includes(kind) ? kind : "unsure";
  };
  const chance = (p) => (p < 0.001 ? "p < 0.001" : `p = ${Number(number(p, 1).toPrecision(3))}`);

  const make = () => {
    const s = { data: {}, key: "", open: new Set() };
    s.empty = el("p", { class: "fl-empty" }, t("ladder-empty"));
    s.title = el("h3", { class: "fl-bench-title", dir: "auto" });
    s.facts = el("p", { class: "fl-note" });
    s.legend = el("p", { class: "fl-ladder-legend" });
    s.rungs = el("div", { class: "fl-ladder-rungs", role: "group" });
    set(s.rungs, { "aria-label": t("ladder-picture") });
    s.noticed = el("div", { class: "fl-ladder-noticed" });
    s.left = folded("");
    s.table = folded(t("ladder-table"));
    s.notes = folded(t("ladder-notes"));
    s.files = el("div", { class: "fl-bench-files" });
    s.body = el("div", { class: "fl-ladder-body" });
    fill(s.body, s.title, s.facts, s.noticed, s.legend, s.rungs, s.left, s.table, s.notes, s.files);
    const intro = el("p", { class: "fl-note" }, t("ladder-intro"));
    s.section = unfolding("ladder-part", t("ladder-title"), intro, s.empty, s.body);
    s.root = el("div", { class: "fl-stage fl-ladder-stage" }, s.section);
    return s;
  };

  /** A place on the scale from none to all right. */
  const placed = (classes, at) => measure(el("span", { class: classes }), "--at", unit(at));

  /** The scale of one row: its grid, the best member's and the oracle's line, and what is on it. */
  const scale = (s, label, ...marks) => {
    const best = list(s.data.members).find((member) => member.best);
    const oracle = s.data.oracle;
    return el(
      "span",
      { class: "fl-ladder-scale", role: "img", "aria-label": label },
      TICKS.map((at) => placed("fl-ladder-tick", at)),
      best && told(best.accuracy) && placed("fl-ladder-best", best.accuracy),
      oracle && placed("fl-ladder-oracle", oracle.accuracy),
      marks,
    );
  };

  /** The interval as a line. */
  const interval = (row) => {
    if (!told(row.low)) return null;
    const line = measure(el("span", { class: "fl-ladder-interval" }), "--from", unit(row.low));
    return measure(line, "--to", unit(row.high));
  };

  const spoken = (name, row, verdict) =>
    t("ladder-rung-label", {
      name,
      share: share(row.accuracy),
      low: share(told(row.low) ? row.low : row.accuracy),
      high: share(told(row.high) ? row.high : row.accuracy),
      verdict,
    });

  /** How many times as many tokens as the best member takes. */
  const times = (s, row) => {
    const best = list(s.data.members).find((member) => member.best);
    if (!told(row.tokens) || !best || !number(best.tokens)) return "";
    const many = row.tokens / best.tokens;
    return t("number-times", { n: fixed(many, many < 9.95 ? 1 : 0) });
  };

  const costs = (s, row) => {
    if (!told(row.tokens)) return el("span", { class: "fl-ladder-cost" });
    const built = row.built;
    return el(
      "span",
      { class: "fl-ladder-cost" },
      el("strong", null, times(s, row)),
      el(
        "span",
        { class: "fl-small" },
        t("ladder-cost", { tokens: count(row.tokens), passes: fixed(row.passes, 0) }),
      ),
      built &&
        el(
          "span",
          { class: "fl-small" },
          told(built.seconds)
            ? t("ladder-cost-built", { time: seconds(built.seconds) })
            : t("ladder-cost-built-before"),
        ),
    );
  };

  /** The details of a row are as the reader left them, however often it is drawn. */
  const opening = (s, root, id) =>
    remembered(root, s.open.has(id), (open) => (open ? s.open.add(id) : s.open.delete(id)));

  /** All members on one row, each with its number; the best with its interval. */
  const members = (s) => {
    const all = list(s.data.members).filter((member) => told(member.accuracy));
    if (!all.length) return null;
    const best = all.find((member) => member.best) || all[0];
    const marks = all.map((member) => {
      const mark = placed(`fl-ladder-member ${memberClass(member.colour)}`, member.accuracy);
      return fill(mark, whole(member.colour) + 1);
    });
    const label = all.map((member) => `${text(member.name)} ${share(member.accuracy)}`);
    const root = el(
      "details",
      { class: "fl-ladder-rung" },
      el(
        "summary",
        { class: "fl-ladder-row" },
        el(
          "span",
          { class: "fl-ladder-what" },
          el("span", { class: "fl-ladder-title", dir: "auto" }, text(best.name)),
          el("span", { class: "fl-ladder-verdict" }, share(best.accuracy)),
        ),
        scale(s, label.join(", "), interval(best), marks),
        costs(s, best),
      ),
      el(
        "ul",
        { class: "fl-ladder-details" },
        all.map((member) =>
          el(
            "li",
            null,
            swatch(member.colour),
            ` ${text(member.name)} · ${share(member.accuracy)}`,
          ),
        ),
      ),
    );
    return el(
      "div",
      { class: "fl-ladder-level fl-ladder-alone" },
      el("h4", { class: "fl-ladder-name" }, t("ladder-level-alone")),
      opening(s, root, "alone"),
    );
  };

  /** What a rung came to, in a word. */
  const verdict = (row) => {
    if (row.standing === "waiting") return t("ladder-waiting");
    if (row.standing === "failed") return t("ladder-verdict", { verdict: "failed" });
    const kind = row.against ? verdictOf(row.against) : "unsure";
    return t("ladder-verdict", { verdict: kind });
  };

  /** A rung's own page: what it is, how surely it differs, and what failed. */
  const details = (row) => {
    const against = row.against;
    const lines = [said(row.about)];
    const of = list(row.of);
    if (of.length) lines.push(t("ladder-of-member", { name: of.map(text).join(", ") }));
    if (against && told(against.gain)) {
      const [low, high] = [points(against.low), points(against.high)];
      const gain = t("ladder-gain", { points: points(against.gain) });
      const values = { low, high, p: chance(against.p), n: whole(against.n) };
      const surely = told(against.low) ? t("bench-against", values) : t("bench-few");
      lines.push(t("ladder-against", { gain, surely }));
    }
    if (row.equal && told(row.equal.gain)) {
      const { gain, p } = row.equal;
      const values = { verdict: verdictOf(row.equal), points: points(gain), p: chance(p) };
      lines.push(t("ladder-equal-verdict", values));
    }
    if (row.standing === "failed") lines.push(t("ladder-failed", { why: text(row.error) }));
    else if (whole(row.errors)) lines.push(t("bench-errors", { n: whole(row.errors) }));
    return lines
      .filter(Boolean)
      .map((line) => el("p", { class: "fl-ladder-more", dir: "auto" }, line));
  };

  const gains = (row) => {
    if (!told(row.accuracy)) return null;
    const gain = row.against && told(row.against.gain) ? points(row.against.gain) : "";
    return el(
      "span",
      { class: "fl-small" },
      share(row.accuracy),
      gain && ` · ${t("ladder-gain", { points: gain })}`,
    );
  };

  const rung = (s, row) => {
    const name = said(row.title);
    const word = verdict(row);
    const kind = row.standing === "done" && row.against ? verdictOf(row.against) : "failed";
    const mark = told(row.accuracy) && placed("fl-ladder-dot", row.accuracy);
    const label = told(row.accuracy) ? spoken(name, row, word) : `${name}: ${word}`;
    const root = el(
      "details",
      { class: `fl-ladder-rung fl-ladder-is-${row.standing === "waiting" ? "waiting" : kind}` },
      el(
        "summary",
        { class: "fl-ladder-row" },
        el(
          "span",
          { class: "fl-ladder-what" },
          el("span", { class: "fl-ladder-title" }, name),
          el("span", { class: "fl-ladder-verdict" }, word),
          gains(row),
        ),
        scale(s, label, interval(row), mark),
        costs(s, row),
      ),
      el("div", { class: "fl-ladder-details" }, details(row)),
    );
    return opening(s, root, text(row.id));
  };

  const level = (s, of) => {
    const rows = list(of.rows).filter((row) => row.standing !== "unsuited");
    if (!rows.length) return null;
    return el(
      "div",
      { class: "fl-ladder-level" },
      el("h4", { class: "fl-ladder-name" }, said(of.title)),
      rows.map((row) => rung(s, row)),
    );
  };

  const axis = () =>
    el(
      "div",
      { class: "fl-ladder-row fl-ladder-axis", "aria-hidden": "true" },
      el("span", { class: "fl-ladder-what" }),
      el(
        "span",
        { class: "fl-ladder-scale" },
        TICKS.map((at) =>
          fill(placed("fl-ladder-number", at), t("number-percent", { n: fixed(100 * at, 0) })),
        ),
      ),
      el("span", { class: "fl-ladder-cost fl-small" }, t("ladder-cost-head")),
    );

  const drawLegend = (s) => {
    const best = list(s.data.members).find((member) => member.best);
    const oracle = s.data.oracle;
    const sample = (classes, ...words) =>
      el("span", null, el("span", { class: `fl-ladder-sample ${classes}` }), words);
    fill(
      s.legend,
      best &&
        sample(
          "fl-ladder-best",
          t("ladder-best-line", { name: text(best.name), share: share(best.accuracy) }),
        ),
      oracle &&
        sample(
          "fl-ladder-oracle",
          term("oracle", t("ladder-oracle-line", { share: share(oracle.accuracy) })),
        ),
    );
  };

  /** The rungs that do not suit, and why. */
  const drawLeft = (s, rows) => {
    const left = rows.filter((row) => row.standing === "unsuited");
    s.left.hidden = !left.length;
    fill(
      s.left,
      s.left.firstElementChild,
      el(
        "ul",
        { class: "fl-bench-list" },
        left.map((row) => {
          const { hint, message } = row.why || {};
          const lines = [said(message), said(hint)].filter(Boolean).join(" · ");
          return el("li", null, el("strong", null, said(row.title)), " ", lines);
        }),
      ),
    );
    FusionLab.core.say(s.left.firstElementChild, t("ladder-unsuited-count", { n: left.length }));
  };

  const compared = (each) =>
    each && told(each.gain) ? `${own(SIGNS, verdictOf(each))} ${points(each.gain)}` : "–";

  const cells = (row) => [
    told(row.accuracy) ? share(row.accuracy) : "–",
    told(row.low) ? `${plain(row.low)}–${plain(row.high)}` : "–",
    compared(row.against),
    compared(row.equal),
    told(row.tokens) ? count(row.tokens) : "–",
    told(row.passes) ? fixed(row.passes, 1) : "–",
    told(row.seconds) ? seconds(row.seconds) : "–",
    row.built ? (told(row.built.seconds) ? fixed(row.built.seconds, 1) : "–") : "",
  ];

  const drawTable = (s, rows) => {
    const names = ["right", "interval", "against", "equal", "tokens", "passes", "seconds", "built"];
    const heads = ["rung", ...names].map((name) => t(`ladder-head-${name}`));
    const lines = [
      ...list(s.data.members).map((member) => [text(member.name), ...cells(member)]),
      ...rows
        .filter((row) => row.standing !== "unsuited")
        .map((row) => [said(row.title), ...cells(row)]),
    ];
    fill(
      s.table,
      s.table.firstElementChild,
      table(t("ladder-table"), heads, lines),
      el("p", { class: "fl-note" }, t("ladder-table-note")),
    );
  };

  const drawNoticed = (s) => {
    const notes = list(s.data.noticed).map(said);
    fill(
      s.noticed,
      notes.length
        ? [
            el("h4", { class: "fl-subtitle" }, t("ladder-noticed")),
            el(
              "ul",
              { class: "fl-bench-list" },
              notes.map((note) => el("li", { dir: "auto" }, note)),
            ),
          ]
        : null,
    );
  };

  const drawNotes = (s) => {
    const notes = [t("ladder-oracle-help"), ...list(s.data.notes).map(said)];
    fill(
      s.notes,
      s.notes.firstElementChild,
      el(
        "ul",
        { class: "fl-bench-list" },
        notes.map((note) => el("li", { dir: "auto" }, note)),
      ),
    );
  };

  window.FusionLab.ladder = (element, data) => {
    const s = state(element, make);
    s.data = data || {};
    if ((s.data.live && !s.live) || (!s.key && element.closest(".fl-alone"))) s.section.open = true;
    s.live = Boolean(s.data.live);
    const key = JSON.stringify(s.data);
    if (key === s.key) return;
    s.key = key;
    const rows = list(s.data.levels).flatMap((each) => list(each.rows));
    s.empty.hidden = rows.length > 0;
    s.body.hidden = !rows.length;
    if (!rows.length) return;
    fill(s.title, said(s.data.title));
    fill(s.facts, said(s.data.facts));
    drawNoticed(s);
    drawLegend(s);
    const at = document.activeElement?.closest?.(".fl-ladder-rung");
    const place = at && s.root.contains(at) ? [...s.root.querySelectorAll("summary")] : [];
    const focused = place.indexOf(document.activeElement);
    fill(
      s.rungs,
      axis(),
      members(s),
      list(s.data.levels).map((each) => level(s, each)),
    );
    if (focused >= 0) s.root.querySelectorAll("summary")[focused]?.focus();
    drawLeft(s, rows);
    drawTable(s, rows);
    drawNotes(s);
    FusionLab.taken(s.files, s.data.files);
  };
})();
