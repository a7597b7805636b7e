/**
 * A benchmark's report: the verdict, what being right costs, how often each was right, the rest.
 *
 * `FusionLab.bench(element, data, trigger)` is called with the whole report each time, also while
 * it grows. `trigger("select", {contender, item})` asks for a whole run of an item.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const {
    add,
    count,
    el,
    fill,
    fixed,
    folded,
    list,
    measure,
    number,
    own,
    points,
    seconds,
    section,
    set,
    state,
    term,
    text,
    unit,
    whole,
  } = FusionLab.core;
  const { gap, said, t } = FusionLab.words;
  const VERDICTS = ["helped", "unsure", "harmed", "failed"];
  const SIGNS = { helped: "✓", unsure: "?", harmed: "✗", failed: "⚠" };
  const told = (value) => typeof value === "number" && Number.isFinite(value);
  const plain = (value) => fixed(100 * unit(value), 1);
  const share = (value) => t("number-percent", { n: plain(value) });
  const chance = (p) => (p < 0.001 ? "p < 0.001" : `p = ${Number(number(p, 1).toPrecision(3))}`);

  /** Where a term stands that is explained on request. */
  const explained = (...terms) => el("p", { class: "fl-small" }, t("bench-explained"), gap, terms);

  /** A folded room. */
  const room = (name, title) => {
    const content = el("div", { class: "fl-bench-room" });
    const root = folded(el("span", { class: "fl-bench-fold" }, title), content);
    root.classList.add(`fl-${name}`);
    return { root, content, title: root.querySelector(".fl-bench-fold") };
  };

  const make = () => {
    const s = { key: "", data: {}, trigger: null };
    s.empty = el("p", { class: "fl-empty" }, t("bench-empty"));
    s.stale = el("p", { class: "fl-bench-stale", role: "status", hidden: true }, t("bench-stale"));
    s.about = el("header", { class: "fl-bench-about" });
    s.words = el("div", { class: "fl-verdicts", "aria-live": "polite" });
    s.plot = el("div");
    s.costs = section("costs", t("costs-title"));
    add(
      s.costs,
      el("p", { class: "fl-note" }, t("costs-help")),
      explained(term("pareto", t("costs-term"))),
      s.plot,
    );
    s.ranks = el("div", { class: "fl-ranks" });
    s.scores = section("standing", t("bench-accuracy"), s.ranks);
    s.notes = el("div", { class: "fl-bench-notes" });
    s.items = room("items", t("bench-items"));
    s.tasks = room("by-task", t("bench-tasks"));
    s.errors = room("errors", t("bench-agreement"));
    s.oracle = room("oracle", t("bench-oracle"));
    s.files = el("div", { class: "fl-bench-files" });
    const folds = [s.items, s.tasks, s.errors, s.oracle].map((each) => each.root);
    s.root = el(
      "div",
      { class: "fl-stage fl-bench-stage" },
      s.empty,
      s.stale,
      s.about,
      s.words,
      s.costs,
      s.scores,
      s.notes,
      el("div", { class: "fl-bench-folds" }, folds),
      s.files,
    );
    s.items.root.addEventListener("toggle", () => drawItems(s));
    document.addEventListener("fusionlab-measure", (event) => {
      const old = Boolean(event.detail?.changed) && list(s.data.contenders).length > 0;
      s.stale.hidden = !old;
      s.root.classList.toggle("fl-bench-old", old);
    });
    return s;
  };

  const verdictOf = (value) => (VERDICTS.includes(value) ? value : "unsure");

  const sentence = (given) =>
    given && el("p", { class: "fl-verdict-text", dir: "auto" }, said(given));

  /** One fusion's verdict; the first stands above all else. */
  const verdict = (v, first) => {
    const kind = verdictOf(v.verdict);
    const word = t(`bench-${kind}`);
    const more = [...list(v.evidence), v.equal].map(said).filter(Boolean);
    const name = said(v.name);
    return el(
      "div",
      { class: `fl-verdict fl-verdict-${kind} ${first ? "fl-verdict-first" : ""}` },
      first
        ? el("h3", { class: "fl-verdict-word" }, word)
        : el("h4", { class: "fl-verdict-word" }, t("bench-verdict-of", { name, verdict: word })),
      sentence(v.lead),
      sentence(v.why),
      more.map((line) => el("p", { class: "fl-verdict-more", dir: "auto" }, line)),
    );
  };

  const drawWords = (s) => {
    const [first, ...others] = list(s.data.verdicts);
    const title = said(s.data.title);
    s.about.hidden = !title;
    fill(
      s.about,
      el("h2", { class: "fl-bench-title", dir: "auto" }, title),
      s.data.facts && el("p", { class: "fl-note" }, said(s.data.facts)),
    );
    fill(
      s.words,
      first
        ? verdict(first, true)
        : el("p", { class: "fl-verdict-text" }, t("bench-nothing-fused")),
      others.length
        ? el(
            "div",
            { class: "fl-verdict-others" },
            others.map((each) => verdict(each, false)),
          )
        : null,
    );
    const notes = list(s.data.notes).map(said);
    fill(
      s.notes,
      notes.length
        ? [
            el("h3", { class: "fl-subtitle" }, t("bench-notes")),
            el(
              "ul",
              { class: "fl-bench-list" },
              notes.map((note) => el("li", { dir: "auto" }, note)),
            ),
          ]
        : null,
    );
  };

  /** A bar up to the share, and the interval as a line over it. */
  const whisker = (c) => {
    const track = el(
      "span",
      { class: "fl-track fl-whiskered", "aria-hidden": "true" },
      measure(el("span", { class: "fl-segment" }), "--w", unit(c.accuracy)),
    );
    if (!told(c.low)) return track;
    const line = measure(el("span", { class: "fl-whisker" }), "--from", unit(c.low));
    return add(track, measure(line, "--to", unit(c.high)));
  };

  /** The difference to the best single member, with its interval. */
  const against = (c) => {
    const gain = c.against;
    if (!gain) return el("span", { class: "fl-quiet" }, c.best ? t("bench-best") : "–");
    if (!told(gain.gain)) return el("span", { class: "fl-wrong" }, t("bench-no-verdict-short"));
    const [low, high] = [points(gain.low), points(gain.high)];
    const title = told(gain.low)
      ? t("bench-against", { low, high, p: chance(gain.p), n: whole(gain.n) })
      : t("bench-few");
    return el(
      "div",
      { title },
      el("strong", null, `${own(SIGNS, text(gain.verdict)) || ""} ${points(gain.gain)}`.trim()),
      el("div", { class: "fl-small" }, told(gain.low) ? `[${low}, ${high}]` : t("bench-few")),
    );
  };

  /** How many of how many, and what else became of the runs. */
  const counted = (c) =>
    el(
      "div",
      { class: "fl-small" },
      c.right === null
        ? t("bench-mean-of", { total: whole(c.total) })
        : t("bench-of", { right: whole(c.right), total: whole(c.total) }),
      whole(c.blank) > 0 && ` · ${t("bench-blank", { n: whole(c.blank) })}`,
      whole(c.errors) > 0 && ` · ${t("bench-errors", { n: whole(c.errors) })}`,
    );

  const figures = (c) => {
    if (!whole(c.total)) {
      const failed = whole(c.done) > 0;
      const why = failed ? t("bench-all-failed", { n: whole(c.done) }) : t("bench-not-yet");
      return el("td", { class: failed ? "fl-wrong" : "fl-quiet", colspan: 6 }, why);
    }
    const interval = told(c.low) ? `[${plain(c.low)}, ${plain(c.high)}]` : t("bench-few");
    return [
      el("td", { class: "fl-wide" }, whisker(c)),
      el(
        "td",
        null,
        el("strong", { class: "fl-accuracy-share" }, share(c.accuracy)),
        " ",
        el("span", { class: "fl-quiet" }, interval),
        counted(c),
      ),
      el("td", null, against(c)),
      el("td", null, told(c.tokens) ? count(c.tokens) : "–"),
      el("td", null, told(c.passes) ? fixed(c.passes, 1) : "–"),
      el("td", null, told(c.seconds) ? seconds(c.seconds) : "–"),
    ];
  };

  /** One row for each contender, with its mark of the picture. */
  const drawScores = (s) => {
    const contenders = list(s.data.contenders);
    s.scores.hidden = s.costs.hidden = !contenders.length;
    const { picture, signs } = FusionLab.costs;
    const marks = signs(contenders);
    const heads = [
      term("contender", t("bench-contender")),
      t(s.data.graded ? "bench-score" : "bench-right"),
      [
        t(s.data.graded ? "bench-score" : "bench-right"),
        " · ",
        term("confidence-interval", t("bench-interval")),
      ],
      t("bench-over-best"),
      term("tokens-in-out", t("bench-tokens")),
      term("forward-pass", t("bench-passes")),
      t("bench-time"),
    ];
    const rows = contenders.map((c, i) =>
      el(
        "tr",
        { class: c.front ? "fl-front" : false },
        el(
          "th",
          { scope: "row" },
          el(
            "span",
            { class: "fl-contender" },
            picture(marks[i]),
            el("span", { class: "fl-contender-name", dir: "auto" }, said(c.name)),
          ),
          c.kind === "baseline"
            ? el("span", { class: "fl-kind" }, term("equal-compute", t("bench-baseline")))
            : el(
                "span",
                { class: "fl-kind" },
                t(`bench-${c.kind === "fusion" ? "fusion" : "single"}`),
              ),
        ),
        figures(c),
      ),
    );
    fill(
      s.ranks,
      el(
        "div",
        {
          class: "fl-scroll",
          tabindex: "0",
          role: "region",
          "aria-label": t("bench-accuracy-region"),
        },
        el(
          "table",
          { class: "fl-table fl-accuracy" },
          el(
            "thead",
            null,
            el(
              "tr",
              null,
              heads.map((head) => el("th", { scope: "col" }, head)),
            ),
          ),
          el("tbody", null, rows),
        ),
      ),
      el("p", { class: "fl-note" }, t("bench-note-costs")),
    );
    FusionLab.costs(s.plot, s.data);
  };

  /** The questions are drawn once somebody opens them. */
  const drawItems = (s) => {
    const n = list(s.data.items).length;
    s.items.root.hidden = !n;
    FusionLab.core.say(s.items.title, t("bench-items-count", { n }));
    if (!n || !s.items.root.open) return;
    const open = s.data.opens && s.trigger;
    FusionLab.items(
      s.items.content,
      s.data,
      open ? (contender, item) => s.trigger("select", { contender, item }) : null,
    );
  };

  window.FusionLab.bench = (element, data, trigger) => {
    const s = state(element, make);
    s.data = data || {};
    s.trigger = trigger || null;
    const some = list(s.data.contenders).length > 0;
    set(s.empty, { hidden: some });
    for (const part of [s.about, s.words, s.notes]) part.hidden = !some;
    const key = JSON.stringify([s.data.contenders, s.data.verdicts, s.data.notes, s.data.complete]);
    if (key !== s.key) {
      s.key = key;
      drawWords(s);
      for (const part of [s.about, s.words, s.notes]) part.hidden = !some;
      drawScores(s);
      FusionLab.folds.tasks(s.tasks, s.data);
      FusionLab.folds.errors(s.errors, s.data);
      FusionLab.folds.oracle(s.oracle, s.data);
    }
    drawItems(s);
    FusionLab.taken(s.files, s.data.files);
  };
})();
