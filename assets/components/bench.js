/**
 * A benchmark's report: what it says, who was how right at what cost, and every item in full.
 *
 * `FusionLab.bench(element, data, trigger)` is called with the whole report each time, also while
 * it grows. `trigger("select", {item})` is called when the reader picks an item.
 */
(() => {
  "use strict";
  const {
    add,
    count,
    el,
    fill,
    fixed,
    list,
    measure,
    memberName,
    number,
    own,
    say,
    seconds,
    section,
    set,
    spelled,
    state,
    text,
    uid,
    unit,
    whole,
  } = window.FusionLab.core;
  const PAGE = 40;
  const TOO_FEW = "too few to say";
  const MARKS = { helped: "✓", hurt: "✗", same: "?", unknown: "?" };
  const KINDS = { single: "alone", fusion: "fusion", baseline: "baseline", oracle: "bound" };
  const FILTERS = [
    ["all", "All items", () => true],
    ["gained", "Fusion gained", (marks) => marks.single === false && marks.fusion],
    ["lost", "Fusion lost", (marks) => marks.single && marks.lost],
    ["split", "Members disagree", (marks) => marks.split],
    ["nobody", "Nobody was right", (marks) => !marks.any],
  ];

  /** The report with its rooms, empty. */
  const make = () => {
    const s = { filter: "all", shown: PAGE, picked: null, trigger: null, key: "", data: {} };
    s.empty = el("p", { class: "fl-empty" }, "The report will appear here.");
    s.words = el("div", { class: "fl-verdict", "aria-live": "polite" });
    s.ranks = el("div", { class: "fl-ranks" });
    s.scores = section("standing", "How often each was right, and at what cost", s.ranks);
    s.taskRoom = el("div", { class: "fl-heat-frame" });
    s.tasks = section("by-task", "Task by task", s.taskRoom);
    s.errorRoom = el("div", { class: "fl-heat-frame" });
    s.errors = section(
      "errors",
      "Do the members fail together?",
      el(
        "p",
        { class: "fl-note" },
        "Correlation φ of being wrong: 1 where two always fail on the same items, 0 where their errors have nothing in common. Fusion has most to gain where it is low.",
      ),
      s.errorRoom,
    );
    s.switch = el("fieldset", { class: "fl-switch" });
    s.grid = el("div", {
      class: "fl-scroll fl-item-list",
      tabindex: "0",
      role: "region",
      "aria-label": "Items by method",
    });
    s.more = el("button", { class: "fl-button", type: "button", hidden: true }, "Show more items");
    s.detail = el("div", { class: "fl-detail", "aria-live": "polite" });
    s.items = section("items", "Item by item", s.switch, s.grid, s.more, s.detail);
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      s.words,
      s.scores,
      s.tasks,
      s.errors,
      s.items,
    );
    s.switch.addEventListener("change", (event) => {
      s.filter = event.target.value;
      s.shown = PAGE;
      drawItems(s);
    });
    s.more.addEventListener("click", () => {
      s.shown += PAGE;
      drawItems(s);
    });
    s.grid.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) pick(s, button.value);
    });
    drawSwitch(s);
    return s;
  };

  /** One radio button for each filter. */
  const drawSwitch = (s) => {
    const name = uid();
    fill(
      s.switch,
      el("legend", { class: "fl-subtitle" }, "Show"),
      FILTERS.map(([value, label]) =>
        el(
          "label",
          { class: "fl-choice" },
          el("input", {
            type: "radio",
            name,
            value,
            class: "fl-radio",
            checked: value === s.filter,
          }),
          el("span", null, label),
        ),
      ),
    );
  };

  const plain = (value) => fixed(100 * unit(value), 1);
  const points = (value) => {
    const told = fixed(100 * number(value), 1);
    return Number(told) > 0 ? `+${told}` : told;
  };
  const told = (value) => typeof value === "number" && Number.isFinite(value);
  const named = (contender) =>
    memberName({ name: text(contender.name), index: whole(contender.colour, -1) });

  /** The verdict, sentence by sentence. */
  const drawWords = (s) =>
    fill(
      s.words,
      list(s.data.sentences).map((sentence) =>
        el(
          "p",
          {
            class: `fl-said fl-${["good", "bad", "open"].includes(sentence.tone) ? sentence.tone : "plain"}`,
          },
          sentence.head && el("strong", null, text(sentence.head), " "),
          text(sentence.text),
        ),
      ),
    );

  /** A bar up to the share, and the interval as a line over it. */
  const whisker = (c) => {
    const track = el(
      "span",
      { class: "fl-track fl-whiskered", "aria-hidden": "true" },
      measure(el("span", { class: "fl-segment" }), "--w", unit(c.accuracy)),
    );
    if (!told(c.low)) return track;
    const line = measure(
      measure(el("span", { class: "fl-whisker" }), "--from", unit(c.low)),
      "--to",
      unit(c.high),
    );
    return add(track, line);
  };

  /** The difference to the best single member, with its interval. */
  const against = (c) => {
    const gain = c.against;
    if (!gain) return el("span", { class: "fl-quiet" }, "–");
    if (!told(gain.gain)) return el("span", { class: "fl-wrong" }, "⚠ no verdict");
    const interval = told(gain.low)
      ? `95 % interval ${points(gain.low)} to ${points(gain.high)} points`
      : TOO_FEW;
    const p = number(gain.p, 1);
    const title = `${interval}, ${p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(3))}`} (${text(gain.test)})`;
    return el(
      "div",
      { title },
      el("strong", null, `${own(MARKS, text(gain.outcome)) || ""} ${points(gain.gain)}`.trim()),
      el(
        "div",
        { class: "fl-small" },
        told(gain.low) ? `[${points(gain.low)}, ${points(gain.high)}]` : TOO_FEW,
      ),
    );
  };

  /** One row for each contender. */
  const drawScores = (s) => {
    const contenders = list(s.data.contenders);
    s.scores.hidden = !contenders.length;
    const heads = [
      "",
      "right, with its 95 % interval",
      "",
      "points over the best alone",
      "tokens",
      "passes",
      "time",
    ];
    fill(
      s.ranks,
      el(
        "div",
        { class: "fl-scroll", tabindex: "0", role: "region", "aria-label": "Accuracy and cost" },
        el(
          "table",
          { class: "fl-table fl-accuracy" },
          el(
            "caption",
            { class: "fl-small" },
            "Tokens (in and out), forward passes and time are means of one item; items are answered in batches, which share the time.",
          ),
          el(
            "thead",
            null,
            el(
              "tr",
              null,
              heads.map((head) => el("th", { scope: "col" }, head)),
            ),
          ),
          el(
            "tbody",
            null,
            contenders.map((c) =>
              el(
                "tr",
                { class: c.front ? "fl-front" : false },
                el(
                  "th",
                  { scope: "row" },
                  named(c),
                  el("span", { class: "fl-kind" }, KINDS[c.kind] || ""),
                ),
                !whole(c.total)
                  ? whole(c.done)
                    ? el(
                        "td",
                        { class: "fl-wrong", colspan: 6 },
                        `⚠ did not run: all ${whole(c.done)} runs failed`,
                      )
                    : el("td", { class: "fl-quiet", colspan: 6 }, "not yet")
                  : [
                      el("td", { class: "fl-wide" }, whisker(c)),
                      el(
                        "td",
                        null,
                        el(
                          "div",
                          null,
                          el("strong", null, `${plain(c.accuracy)} %`),
                          " ",
                          el(
                            "span",
                            { class: "fl-quiet" },
                            told(c.low) ? `[${plain(c.low)}–${plain(c.high)}]` : TOO_FEW,
                          ),
                        ),
                        el(
                          "div",
                          { class: "fl-small fl-wraps" },
                          c.right === null
                            ? `mean of ${whole(c.total)}`
                            : `${whole(c.right)} of ${whole(c.total)}`,
                          whole(c.blank) > 0 && `, ${whole(c.blank)} gave no answer`,
                          whole(c.errors) > 0 && `, ${whole(c.errors)} failed`,
                        ),
                      ),
                      el("td", null, against(c)),
                      el("td", null, c.tokens === null ? "–" : count(c.tokens)),
                      el("td", null, c.passes === null ? "–" : fixed(number(c.passes), 1)),
                      el("td", null, c.seconds === null ? "–" : seconds(c.seconds)),
                    ],
              ),
            ),
          ),
        ),
      ),
    );
  };

  /** One cell for each contender and task. */
  const drawTasks = (s) => {
    const tasks = list(s.data.tasks).map(text);
    const rows = list(s.data.by_task);
    s.tasks.hidden = tasks.length < 2;
    if (s.tasks.hidden) return;
    fill(
      s.taskRoom,
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
            tasks.map((task) => el("th", { scope: "col" }, el("span", { class: "fl-task" }, task))),
          ),
        ),
        el(
          "tbody",
          null,
          list(s.data.contenders).map(
            (c, i) =>
              c.kind !== "oracle" &&
              el(
                "tr",
                null,
                el("th", { scope: "row" }, named(c)),
                tasks.map((_, j) => cell(list(rows[i])[j])),
              ),
          ),
        ),
      ),
    );
  };

  const cell = (counts) => {
    const [right, total] = list(counts).map((n) => number(n));
    if (!total) return el("td", { class: "fl-cell fl-static" }, "–");
    return measure(
      el(
        "td",
        { class: "fl-cell fl-static", title: `${Number(fixed(right, 2))} of ${total}` },
        fixed((100 * right) / total),
      ),
      "--p",
      right / total,
    );
  };

  /** How members' errors go together. */
  const drawErrors = (s) => {
    const names = list(s.data.correlation && s.data.correlation.names);
    s.errors.hidden = names.length < 2;
    if (s.errors.hidden) return;
    const rows = list(s.data.correlation.rows);
    fill(
      s.errorRoom,
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
            names.map((n) => el("th", { scope: "col" }, el("span", { class: "fl-task" }, text(n)))),
          ),
        ),
        el(
          "tbody",
          null,
          names.map((n, i) =>
            el(
              "tr",
              null,
              el("th", { scope: "row" }, text(n)),
              names.map((_, j) => {
                const phi = list(rows[i])[j];
                if (i === j) return el("td", { class: "fl-cell fl-static fl-same" });
                if (typeof phi !== "number")
                  return el(
                    "td",
                    { class: "fl-cell fl-static", title: "one of them is never, or always, wrong" },
                    "–",
                  );
                return measure(
                  el("td", { class: "fl-cell fl-static" }, fixed(phi, 2)),
                  "--p",
                  Math.abs(phi),
                );
              }),
            ),
          ),
        ),
      ),
    );
  };

  /** Who was right about an item, in the terms of the filters. */
  const marksOf = (s, item) => {
    const contenders = list(s.data.contenders);
    const right = list(item.answers).map((a) => Boolean(a && a.right));
    const known = list(item.answers).map((a) => Boolean(a && !a.error));
    const of = (kind) =>
      contenders
        .map((c, i) => (c.kind === kind && known[i] ? right[i] : null))
        .filter((r) => r !== null);
    const singles = of("single");
    const best = contenders.findIndex((c) => c.best);
    const fusions = of("fusion");
    return {
      single: best >= 0 && known[best] ? right[best] : null,
      fusion: fusions.some(Boolean),
      lost: fusions.some((r) => !r),
      split: singles.some(Boolean) && !singles.every(Boolean),
      any: right.some(Boolean),
    };
  };

  /** The items that pass the filter, a mark for every contender. */
  const drawItems = (s) => {
    const contenders = list(s.data.contenders);
    const items = list(s.data.items);
    s.items.hidden = !items.length;
    const passes = FILTERS.find(([name]) => name === s.filter)[2];
    const chosen = items.filter((item) => passes(marksOf(s, item)));
    const visible = chosen.slice(0, s.shown);
    s.more.hidden = visible.length === chosen.length;
    fill(
      s.grid,
      chosen.length
        ? el(
            "table",
            { class: "fl-table" },
            el(
              "thead",
              null,
              el(
                "tr",
                null,
                el("th", { scope: "col" }, `${chosen.length} of ${items.length} items`),
                el("th", { scope: "col" }, "right answer"),
                contenders
                  .filter((c) => c.kind !== "oracle")
                  .map((c) => el("th", { scope: "col" }, named(c))),
              ),
            ),
            el(
              "tbody",
              null,
              visible.map((item) =>
                el(
                  "tr",
                  null,
                  el(
                    "th",
                    { scope: "row" },
                    el(
                      "button",
                      {
                        class: "fl-link fl-item",
                        type: "button",
                        value: text(item.id),
                        "aria-pressed": String(s.picked === text(item.id)),
                      },
                      short(item.prompt, 60),
                    ),
                  ),
                  el("td", null, short(item.truth, 24)),
                  contenders.map(
                    (c, i) => c.kind !== "oracle" && el("td", null, markOf(list(item.answers)[i])),
                  ),
                ),
              ),
            ),
          )
        : el("p", { class: "fl-note" }, "No item is of this kind."),
    );
    drawDetail(s);
  };

  const short = (value, length) => {
    const line = spelled(value).replace(/\s+/g, " ").trim();
    return line.length > length ? `${line.slice(0, length - 1)}…` : line;
  };

  const markOf = (answer) => {
    if (!answer) return el("span", { class: "fl-quiet", title: "not yet answered" }, "·");
    if (answer.error) return el("span", { class: "fl-wrong", title: text(answer.error) }, "failed");
    const nothing = answer.found === null || answer.found === undefined;
    const said =
      typeof answer.score === "number"
        ? fixed(number(answer.score), 2)
        : nothing
          ? "no answer"
          : short(answer.found, 18);
    return el(
      "span",
      { class: answer.right ? "fl-right" : "fl-wrong" },
      el("span", { "aria-hidden": "true" }, answer.right ? "✓ " : "✗ "),
      el("span", { class: "fl-unseen" }, answer.right ? "right: " : "wrong: "),
      said,
    );
  };

  /** The reader wants to see this item in full. */
  const pick = (s, id) => {
    s.picked = s.picked === id ? null : id;
    for (const button of s.grid.querySelectorAll("button")) {
      set(button, { "aria-pressed": String(button.value === s.picked) });
    }
    drawDetail(s);
    if (s.picked !== null) {
      s.detail.scrollIntoView({ block: "nearest" });
      if (s.trigger) s.trigger("select", { item: s.picked });
    }
  };

  /** Question, right answer, and what each contender said. */
  const drawDetail = (s) => {
    const item = list(s.data.items).find((one) => text(one.id) === s.picked);
    if (!item) {
      fill(s.detail);
      say(s.detail, list(s.data.items).length ? "Choose an item to read what everyone said." : "");
      return;
    }
    const contenders = list(s.data.contenders);
    fill(
      s.detail,
      el(
        "h4",
        { class: "fl-subtitle" },
        "The item",
        el("span", { class: "fl-title-p" }, item.task ? ` · ${text(item.task)}` : ""),
      ),
      el("p", { class: "fl-prose fl-question", dir: "auto" }, spelled(item.prompt)),
      el("p", null, "Right answer: ", el("strong", null, spelled(item.truth))),
      el(
        "div",
        { class: "fl-cards" },
        contenders.map((c, i) => {
          const answer = list(item.answers)[i];
          return (
            answer &&
            el(
              "article",
              { class: "fl-card" },
              el("header", { class: "fl-card-head" }, named(c), markOf(answer)),
              el(
                "p",
                { class: "fl-prose", dir: "auto" },
                answer.error ? text(answer.error) : spelled(answer.said) || "(nothing)",
              ),
            )
          );
        }),
      ),
    );
  };

  /** All of it as numbers. */
  window.FusionLab.bench = (element, data, trigger) => {
    const s = state(element, make);
    s.data = data || {};
    s.trigger = trigger || null;
    s.empty.hidden = list(s.data.contenders).length > 0;
    const key = JSON.stringify([s.data.contenders, s.data.sentences]);
    if (key !== s.key) {
      s.key = key;
      drawWords(s);
      drawScores(s);
      drawTasks(s);
      drawErrors(s);
    }
    drawItems(s);
  };
})();
