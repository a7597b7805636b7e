/**
 * A benchmark's questions, one row each, with a mark for every contender; a row opens in place.
 *
 * `FusionLab.items(element, data, open)`: the data of the report. `open(contender, item)` is called
 * where the reader wants to see a whole run.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, el, fill, fixed, list, number, say, spelled, state, text, uid } = FusionLab.core;
  const { said, t } = FusionLab.words;
  const PAGE = 40;
  const FILTERS = {
    all: () => true,
    gained: (marks) => marks.single === false && marks.fusion,
    lost: (marks) => marks.single && marks.lost,
    split: (marks) => marks.split,
    nobody: (marks) => !marks.any,
  };

  const make = () => {
    const s = { filter: "all", shown: PAGE, picked: null, data: {}, open: null };
    s.switch = el("fieldset", { class: "fl-switch" });
    s.told = el("p", { class: "fl-note", "aria-live": "polite" });
    s.grid = el("div", {
      class: "fl-items-grid",
      tabindex: "0",
      role: "region",
      "aria-label": t("items-region"),
    });
    s.more = el("button", { class: "fl-button", type: "button" }, t("items-more"));
    s.root = el("div", { class: "fl-items-room" }, s.switch, s.told, s.grid, s.more);
    s.switch.addEventListener("change", (event) => {
      s.filter = event.target.value;
      s.shown = PAGE;
      draw(s);
    });
    s.more.addEventListener("click", () => {
      s.shown += PAGE;
      draw(s);
    });
    s.grid.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.classList.contains("fl-open-run")) s.open?.(button.value, s.picked);
      else pick(s, button.value);
    });
    drawSwitch(s);
    return s;
  };

  const drawSwitch = (s) => {
    const name = uid();
    fill(
      s.switch,
      el("legend", { class: "fl-subtitle" }, t("items-show")),
      Object.keys(FILTERS).map((value) =>
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
          el("span", null, t(`items-${value}`)),
        ),
      ),
    );
  };

  /** The columns in the order in which they matter: fusions, the best alone, then all others. */
  const columnsOf = (contenders) => {
    const rank = (c) => (c.kind === "fusion" ? 0 : c.best ? 1 : c.kind === "baseline" ? 2 : 3);
    return contenders.map((c, i) => ({ c, i })).sort((a, b) => rank(a.c) - rank(b.c) || a.i - b.i);
  };

  /** What the filters look at. */
  const marksOf = (s, item) => {
    const contenders = list(s.data.contenders);
    const answers = list(item.answers);
    const known = answers.map((answer) => Boolean(answer) && !answer.error);
    const right = answers.map((answer) => Boolean(answer) && answer.right === true);
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

  const short = (value, length) => {
    const line = spelled(value).replace(/\s+/g, " ").trim();
    return line.length > length ? `${line.slice(0, length - 1)}…` : line;
  };

  const markOf = (answer) => {
    if (!answer) return el("span", { class: "fl-quiet", title: t("items-waiting") }, "·");
    if (answer.error) {
      return el("span", { class: "fl-wrong", title: text(answer.error) }, "⚠ ", t("items-failed"));
    }
    const nothing = answer.found === null || answer.found === undefined;
    const found =
      typeof answer.score === "number"
        ? fixed(number(answer.score), 2)
        : nothing
          ? t("items-no-answer")
          : short(answer.found, 14);
    return el(
      "span",
      { class: answer.right ? "fl-right" : "fl-wrong" },
      el("span", { "aria-hidden": "true" }, answer.right ? "✓ " : "✗ "),
      el("span", { class: "fl-unseen" }, `${t(answer.right ? "items-right" : "items-wrong")} `),
      el("bdi", null, found),
    );
  };

  /** What everyone answered to one question, where its row is. */
  const details = (s, item, columns) =>
    el(
      "tr",
      { class: "fl-item-details" },
      el(
        "td",
        { colspan: columns.length + 2 },
        el(
          "div",
          { class: "fl-item-detail" },
          item.task && el("p", { class: "fl-note" }, t("items-task", { task: text(item.task) })),
          el("p", { class: "fl-question", dir: "auto" }, spelled(item.prompt)),
          el("p", null, t("items-truth"), " ", el("strong", { dir: "auto" }, spelled(item.truth))),
          el(
            "div",
            { class: "fl-cards" },
            columns.map(({ c, i }) => card(s, c, list(item.answers)[i])),
          ),
        ),
      ),
    );

  const card = (s, c, answer) =>
    answer &&
    el(
      "article",
      { class: "fl-card" },
      el(
        "header",
        { class: "fl-card-head" },
        el("strong", { dir: "auto" }, said(c.name)),
        markOf(answer),
      ),
      el(
        "p",
        { class: "fl-prose", dir: "auto" },
        answer.error ? text(answer.error) : spelled(answer.said) || t("items-nothing"),
      ),
      answer.run &&
        s.open &&
        el(
          "button",
          { class: "fl-link fl-open-run", type: "button", value: text(c.key) },
          t("items-open"),
        ),
    );

  const row = (s, item, columns) => {
    const open = s.picked === text(item.id);
    const button = el(
      "button",
      {
        class: "fl-link fl-item",
        type: "button",
        value: text(item.id),
        "aria-expanded": String(open),
      },
      short(item.prompt, 52),
    );
    return [
      el(
        "tr",
        { class: open ? "fl-item-open" : false },
        el("th", { scope: "row", dir: "auto" }, button),
        el("td", { dir: "auto" }, short(item.truth, 18)),
        columns.map(({ i }) => el("td", null, markOf(list(item.answers)[i]))),
      ),
      open ? details(s, item, columns) : null,
    ];
  };

  /** The questions that pass the filter. */
  const draw = (s) => {
    const contenders = list(s.data.contenders);
    const columns = columnsOf(contenders);
    const signs = FusionLab.costs.signs(contenders);
    const chosen = list(s.data.items).filter((item) => FILTERS[s.filter](marksOf(s, item)));
    const visible = chosen.slice(0, s.shown);
    const counted = { shown: visible.length, total: list(s.data.items).length };
    say(s.told, chosen.length ? `${t("items-shown", counted)} · ${t("items-hint")}` : "");
    s.more.hidden = visible.length === chosen.length;
    if (!chosen.length) {
      fill(s.grid, el("p", { class: "fl-note" }, t("items-none")));
      return;
    }
    const heads = columns.map(({ c, i }) =>
      el(
        "th",
        { scope: "col" },
        el(
          "span",
          { class: "fl-item-head" },
          FusionLab.costs.picture(signs[i]),
          el("span", { class: "fl-item-name", dir: "auto" }, said(c.short)),
        ),
      ),
    );
    const body = add(el("tbody"), visible.map((item) => row(s, item, columns)).flat());
    fill(
      s.grid,
      el(
        "table",
        { class: "fl-table fl-items-table" },
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("th", { scope: "col" }, t("items-question")),
            el("th", { scope: "col" }, t("items-truth")),
            heads,
          ),
        ),
        body,
      ),
    );
  };

  /** The reader wants to see this question in full, or no more; the focus stays on it. */
  const pick = (s, id) => {
    s.picked = s.picked === id ? null : id;
    draw(s);
    [...s.grid.querySelectorAll(".fl-item")].find((button) => button.value === id)?.focus();
  };

  window.FusionLab.items = (element, data, open) => {
    const s = state(element, make);
    s.data = data || {};
    s.open = open || null;
    draw(s);
  };
})();
