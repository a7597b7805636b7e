/**
 * One question under many methods: a row for each way, what to notice, and cost against right.
 *
 * `FusionLab.comparing(element, view, trigger)` is called with the whole view each time; what has
 * not changed is left alone. Pinning calls `trigger("select", {pinned: [number, …], wish})`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, bytes, count, el, fill, list, measure, number, own, ratio } = FusionLab.core;
  const { remembered, say, seconds, set, spelled, state, text, toResult, uid, whole } =
    FusionLab.core;
  const { titles } = FusionLab.fields;
  const { said, t } = FusionLab.words;
  const MOST = 2;
  const LONG = 140;
  const NEAR = 0.06;
  const COLUMNS = ["way", "answer", "right", "tokens", "passes", "seconds", "memory", "times"];
  let wishes = 0; // so that the answer to an earlier one cannot take the place of a later one's
  const SIGNS = { waiting: "○", running: "◔", finished: "●", failed: "⚠", stopped: "■" };

  const record = (value) => (value && typeof value === "object" ? value : {});

  /** A member by its name; by what its model is called, where it has the model's name. */
  const named = (name) => (/^\S+\/\S+$/.test(text(name)) ? titles.model(name) : spelled(name));

  /** The way in words: method, who is alone, and the settings that were asked for. */
  const partsOf = (row) => {
    const name = text(row.method);
    const who = row.alone && row.several ? list(row.members).map(named).join(", ") : "";
    const settings = list(row.settings).map((each) => {
      const n = own(each, "entries");
      const value =
        n === undefined
          ? titles.choice(each.name, text(each.value))
          : t("comparing-entries", { n });
      const title = titles.setting(name, { name: each.name, label: each.name });
      return t("comparing-setting", { name: title, value });
    });
    return [titles.method(name), who, ...settings].filter(Boolean);
  };

  const titleOf = (row) => partsOf(row).join(" · ");

  /** The rooms, empty. */
  const make = () => {
    const s = { rows: new Map(), pinned: [], keys: {} };
    s.badges = el("span", { class: "fl-badges" });
    s.words = el("span");
    s.status = el("p", { class: "fl-comparing-status", role: "status" }, s.badges, " ", s.words);
    s.notice = el("ul", { class: "fl-comparing-notice" });
    s.scatter = el("div");
    s.body = el("tbody", { role: "rowgroup" });
    s.help = el("p", { class: "fl-help" }, t("comparing-pin-help"));
    const head = el(
      "tr",
      { role: "row" },
      el("th", { scope: "col", role: "columnheader" }, t("comparing-pin")),
      COLUMNS.map((name) =>
        el("th", { scope: "col", role: "columnheader" }, t(`comparing-${name}`)),
      ),
    );
    s.table = el(
      "table",
      { class: "fl-table fl-comparing-table", role: "table" },
      el("caption", { class: "fl-unseen" }, t("comparing-title")),
      el("thead", { role: "rowgroup" }, head),
      s.body,
    );
    s.all = button("", "fl-button fl-comparing-all", () => brief(s, s.whole));
    brief(s, true);
    s.root = el(
      "section",
      { class: "fl-stage fl-comparing-stage", "aria-label": t("comparing-title") },
      s.status,
      s.notice,
      s.table,
      s.all,
      s.help,
      s.scatter,
    );
    return s;
  };

  /** On a phone: the figures that matter most, and only two runs where two are pinned; or all. */
  const brief = (s, on) => {
    s.whole = !on;
    s.table.classList.toggle("fl-comparing-brief", on);
    set(s.all, { "aria-expanded": String(!on) });
    say(s.all, t(on ? "comparing-show-all" : "pictures-show-less"));
  };

  /** The row's nodes, made once, so that the focus stays where it is. */
  const rowOf = (s, row) => {
    const at = whole(row.number);
    if (s.rows.has(at)) return s.rows.get(at);
    const pin = el("input", { class: "fl-radio", type: "checkbox", id: uid() });
    pin.addEventListener("change", () => pinned(s, at, pin.checked));
    const cells = Object.fromEntries(
      COLUMNS.map((name) => [
        name,
        name === "way"
          ? el("th", { scope: "row", role: "rowheader" })
          : el("td", {
              role: "cell",
              class: `fl-col-${name}`,
              "data-label": t(`comparing-${name}`),
            }),
      ]),
    );
    const made = { pin, cells, key: "", open: false };
    made.root = el(
      "tr",
      { role: "row", class: "fl-comparing-row" },
      el("td", { role: "cell", class: "fl-comparing-pin" }, pin),
      Object.values(cells),
    );
    s.rows.set(at, made);
    s.body.appendChild(made.root);
    return made;
  };

  const paired = (s) => s.table.classList.toggle("fl-comparing-paired", s.pinned.length === MOST);

  /** At most two are pinned; a third takes the place of the first. */
  const pinned = (s, at, on) => {
    s.pinned = s.pinned.filter((each) => each !== at);
    if (on) s.pinned.push(at);
    s.pinned = s.pinned.slice(-MOST);
    s.rows.forEach((row, each) => (row.pin.checked = s.pinned.includes(each)));
    paired(s);
    s.trigger("select", { pinned: [...s.pinned], wish: (wishes += 1) });
  };

  /** The answer: what it came to, then the text, folded where it is long. */
  const answerOf = (made, row) => {
    const answer = spelled(row.answer);
    const found = row.extracted === null ? "" : spelled(row.extracted);
    const plain = answer.trim();
    if (row.standing === "finished" && !plain) {
      return el("span", { class: "fl-quiet" }, t("comparing-no-answer"));
    }
    const short = found && found !== plain && plain.length > found.length + 4 ? found : "";
    const head = short ? el("strong", { class: "fl-comparing-found", dir: "auto" }, short) : null;
    if (plain.length <= LONG && !plain.includes("\n")) {
      return [
        head,
        el("span", { class: short ? "fl-quiet fl-comparing-text" : "", dir: "auto" }, plain),
      ];
    }
    const fold = el(
      "details",
      { class: "fl-comparing-long" },
      el("summary", null, short ? t("comparing-whole") : `${plain.slice(0, LONG)}…`),
      el("p", { class: "fl-prose", dir: "auto" }, answer),
    );
    return [head, remembered(fold, Boolean(made.open), (open) => (made.open = open))];
  };

  /** Why a way did not run. */
  const problemOf = (row) => {
    const problem = record(row.problem);
    const hint = said(problem.hint);
    return [
      el("span", { class: "fl-comparing-problem", dir: "auto" }, said(problem.message)),
      hint && row.standing === "failed"
        ? el("span", { class: "fl-help", dir: "auto" }, hint)
        : null,
    ];
  };

  const right = (row) => {
    if (row.right === true) return el("span", { class: "fl-right" }, t("comparing-is-right"));
    if (row.right === false) return el("span", { class: "fl-wrong" }, t("comparing-is-wrong"));
    return "";
  };

  /** The numbers of a way that has begun. */
  const figures = (row) => {
    const begun = !["waiting", "unsuited"].includes(row.standing);
    const times = number(row.times);
    return {
      right: right(row),
      tokens: begun ? `${count(row.tokens_in)} + ${count(row.tokens_out)}` : "",
      passes: begun ? count(row.passes) : "",
      seconds: begun ? seconds(row.seconds) : "",
      memory: begun && number(row.bytes) > 0 ? bytes(row.bytes) : "",
      times: times > 0 ? t("number-times", { n: ratio(times) }) : "",
    };
  };

  /** The row says how its way stands now. */
  const drawRow = (s, row) => {
    const made = rowOf(s, row);
    const key = JSON.stringify(row);
    if (made.key === key) return;
    made.key = key;
    const standing = text(row.standing);
    const troubled = standing === "failed" || standing === "unsuited";
    made.root.className = `fl-comparing-row fl-is-${standing}`;
    made.pin.disabled = ["waiting", "unsuited"].includes(standing);
    set(made.pin, { "aria-label": t("comparing-pin-one", { way: titleOf(row) }) });
    fill(
      made.cells.way,
      el("span", { class: "fl-comparing-number" }, whole(row.number) + 1),
      el("span", { class: "fl-comparing-name", dir: "auto" }, partsOf(row)[0]),
      el("span", { class: "fl-comparing-more", dir: "auto" }, partsOf(row).slice(1).join(" · ")),
      standing === "finished"
        ? null
        : el(
            "span",
            { class: "fl-comparing-standing" },
            el("span", { "aria-hidden": "true" }, own(SIGNS, standing) || "–", " "),
            t(`comparing-is-${standing}`),
          ),
    );
    fill(made.cells.answer, troubled ? problemOf(row) : answerOf(made, row));
    for (const [name, cell] of Object.entries(figures(row))) fill(made.cells[name], cell);
    for (const cell of Object.values(made.cells)) {
      cell.classList.toggle("fl-comparing-empty", !cell.textContent);
    }
  };

  /** A dot for each way that ended: right ones above, those of more tokens further right. */
  const drawScatter = (s, rows) => {
    const judged = rows.filter((row) => typeof row.right === "boolean");
    const spent = (row) => Math.log(Math.max(1, number(row.tokens_in) + number(row.tokens_out)));
    const key = JSON.stringify(judged.map((row) => [row.number, row.right, spent(row)]));
    if (s.keys.scatter === key) return;
    s.keys.scatter = key;
    fill(s.scatter);
    if (judged.length < 2) return;
    const least = Math.min(...judged.map(spent));
    const most = Math.max(...judged.map(spent));
    const lane = (value, name) => {
      const mine = judged.filter((row) => row.right === value);
      const { dots, levels } = dotsOf(mine, spent, least, most);
      return el(
        "div",
        { class: "fl-scatter-lane" },
        el("span", { class: "fl-scatter-name" }, name),
        measure(el("ul", { class: "fl-scatter-dots" }, dots), "--levels", levels),
      );
    };
    const [first, last] = [least, most].map((value) =>
      el("span", null, t("comparing-scatter-end", { tokens: count(Math.round(Math.exp(value))) })),
    );
    fill(
      s.scatter,
      el(
        "figure",
        { class: "fl-scatter" },
        el("figcaption", { class: "fl-subtitle" }, t("comparing-scatter")),
        lane(true, t("comparing-is-right")),
        lane(false, t("comparing-is-wrong")),
        el(
          "div",
          { class: "fl-scatter-axis fl-quiet" },
          least < most ? [first, last] : [el("span"), last, el("span")],
        ),
      ),
    );
  };

  /** The dots of one lane, raised where two would lie on one another. */
  const dotsOf = (rows, spent, least, most) => {
    const places = [];
    const placed = rows
      .map((row) => ({ row, x: most > least ? (spent(row) - least) / (most - least) : 0.5 }))
      .sort((a, b) => a.x - b.x)
      .map(({ row, x }) => {
        const near = places.filter((other) => x - other.x < NEAR).map((other) => other.level);
        const level = [0, 1, 2, 3, 4, 5].find((free) => !near.includes(free)) ?? 0;
        places.push({ x, level });
        return { row, x, level };
      });
    const dots = placed.map(({ row, x, level }) => {
      const tokens = count(number(row.tokens_in) + number(row.tokens_out));
      const title = t("comparing-scatter-dot", { way: titleOf(row), tokens });
      const dot = el(
        "li",
        { class: `fl-scatter-dot ${row.right ? "fl-is-right" : "fl-is-wrong"}`, title },
        el("span", { "aria-hidden": "true" }, whole(row.number) + 1),
        el("span", { class: "fl-unseen" }, title),
      );
      return measure(measure(dot, "--x", x), "--level", level);
    });
    return { dots, levels: Math.max(0, ...placed.map(({ level }) => level)) };
  };

  /** How far it is, in one line. */
  const statusOf = (view, rows) => {
    const now = rows.find((row) => row.standing === "running");
    const values = { n: whole(view.ended), of: whole(view.of) };
    if (view.live && whole(view.before) > 0 && !now) {
      return FusionLab.status.place(view);
    }
    if (view.live && now) return t("comparing-runs", { ...values, way: titleOf(now) });
    if (view.live) return t("comparing-begins");
    if (!rows.some((row) => !["waiting", "unsuited"].includes(row.standing))) return "";
    const done = view.over ? "comparing-over" : "comparing-stopped";
    return t(done, { ...values, seconds: seconds(view.seconds) });
  };

  /** What to notice; ways are named by their titles. */
  const drawNotice = (s, view, rows) => {
    const key = JSON.stringify(list(view.notice));
    if (s.keys.notice === key) return;
    s.keys.notice = key;
    const told = list(view.notice).map((each) => {
      const names = Object.entries(record(each.ways)).map(([name, at]) => {
        const row = rows.find((other) => other.number === at);
        return [name, row ? titleOf(row) : ""];
      });
      return said({ ...each, values: { ...record(each.values), ...Object.fromEntries(names) } });
    });
    fill(
      s.notice,
      told.map((sentence) => el("li", { dir: "auto" }, sentence)),
    );
    s.notice.hidden = !told.length;
  };

  /** The comparison as it stands now. */
  FusionLab.comparing = (element, given, trigger) => {
    const s = state(element, make);
    const view = record(given);
    const rows = list(view.rows).map(record);
    s.trigger = trigger || (() => undefined);
    s.root.hidden = !rows.length && !view.said;
    s.table.hidden = s.help.hidden = !rows.length;
    const same = JSON.stringify([text(view.query), rows.length]);
    if (s.keys.same !== same || view.fresh === true) {
      s.rows.clear();
      s.body.replaceChildren();
      Object.assign(s, { pinned: [], keys: { same } });
      paired(s);
    }
    const badges = ["recorded", "reloaded"].filter((name) => view[name] === true);
    fill(s.badges, badges.map(FusionLab.status.badge));
    say(s.words, said(view.said) || statusOf(view, rows));
    s.badges.hidden = !badges.length;
    s.status.hidden = !s.status.textContent.trim();
    const begins = view.live === true && !s.live;
    s.live = view.live === true;
    if (begins) toResult(s.root);
    drawNotice(s, view, rows);
    rows.forEach((row) => drawRow(s, row));
    drawScatter(s, rows);
  };
  FusionLab.comparing.titleOf = titleOf;
})();
