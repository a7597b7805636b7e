/**
 * The branches of a run as a small tree, two of them next to each other, and how a new one begins.
 *
 * `FusionLab.branches(element, {runs, shown, running, refused, saved, kept, lost}, trigger)`:
 * `runs` are {number, parent, at, token, tokens, answer, status, weights}, `at` the step at which a
 * run parts from its parent. `kept` is the name of the tree for when the page is loaded again, and
 * the `tab` to note it for; `lost` says that it is kept no more. "submit" ({step, id, weights})
 * asks for a new branch, "select" ({run} or {wish: "save"}) for one to be shown, or for the file of
 * all.
 *
 * `FusionLab.branch({step, id, text, weights})` begins one of the run that is seen; it says whether
 * there is any. `FusionLab.branches.offer` makes a candidate of a step a button that does.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, chip, el, fill, folded, isEnd, keyTarget, list, measure, own } = FusionLab.core;
  const { say, set, spelled, state, svg, table, text, tokenText, uid, whole } = FusionLab.core;
  const { said, t } = FusionLab.words;
  const ROOMS = new Set();
  const LEAST = 3;
  const MOST = 55;
  const FEW = 30;
  const NARROW = 560;
  const ROW = 60;
  const LINE = 50;
  const CONTROL = /^<(\/?\w+|\|[^|<>]*\||｜[^｜<>]*｜)>$/;
  let saved = 0;

  const make = () => {
    const s = { runs: [], shown: -1, other: -1 };
    const title = uid();
    s.note = el("p", { class: "fl-branches-note", role: "status", tabindex: "-1" });
    s.refused = el("div", { class: "fl-recipe-refusal", role: "alert" });
    s.lines = svg("svg", { class: "fl-branches-lines", "aria-hidden": "true" });
    set(s.lines, { preserveAspectRatio: "none" });
    s.rows = el("div", { class: "fl-branches-rows", role: "tree", "aria-labelledby": title });
    s.tree = el("div", { class: "fl-branches-tree" }, s.lines, s.rows);
    s.save = button(t("branches-save"), "fl-button", () => s.trigger("select", { wish: "save" }));
    const id = uid();
    s.choice = el("select", { class: "fl-input", id });
    s.choice.addEventListener("change", () => {
      s.other = Number(s.choice.value);
      drawPair(s);
    });
    s.large = el("p", { class: "fl-note", hidden: true }, t("branches-large"));
    s.pair = el("div", { class: "fl-apart" });
    s.figures = el("div");
    s.beside = el(
      "div",
      { class: "fl-branches-beside" },
      el(
        "p",
        { class: "fl-branches-choice" },
        el("label", { class: "fl-label", for: id }, t("branches-beside")),
        s.choice,
      ),
      s.pair,
    );
    s.body = el(
      "div",
      { class: "fl-branches-body" },
      el("h2", { class: "fl-title", id: title }, t("branches-title")),
      el("p", { class: "fl-note" }, t("branches-help")),
      s.tree,
      s.beside,
      s.figures,
      s.large,
      el("div", { class: "fl-actions-room" }, s.save),
    );
    s.root = el("div", { class: "fl-stage fl-branches-stage" }, s.note, s.refused, s.body);
    s.rows.addEventListener("keydown", (event) => walk(s, event));
    s.rows.addEventListener("click", ({ target }) => {
      const at = rowsOf(s).indexOf(target.closest("[role='treeitem']"));
      if (at >= 0) show(s, at);
    });
    return s;
  };

  const rowsOf = (s) => [...s.rows.children];

  /** The run of this row is to be shown. */
  const show = (s, at) => {
    const run = s.ordered[at];
    focus(s, at);
    if (run.number !== s.shown) s.trigger("select", { run: run.number });
  };

  const focus = (s, at) => {
    rowsOf(s).forEach((row, i) => set(row, { tabindex: i === at ? "0" : "-1" }));
    rowsOf(s)[at]?.focus({ preventScroll: true });
  };

  /** Arrow keys go from row to row; Enter and the space bar show one. */
  const walk = (s, event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = rowsOf(s).indexOf(event.target.closest("[role='treeitem']"));
    if (at < 0) return;
    const parent = () => s.ordered.findIndex((run) => run.number === s.ordered[at].parent);
    const target =
      event.key === "ArrowLeft"
        ? Math.max(parent(), 0)
        : event.key === "ArrowRight"
          ? Math.min(at + 1, s.ordered.length - 1)
          : keyTarget(event.key, at, s.ordered.length);
    if (event.key === "Enter" || event.key === " ") show(s, at);
    else if (target === null) return;
    else focus(s, target);
    event.preventDefault();
  };

  /** The runs, each followed by its branches, of which the latest stand nearest. */
  const ordered = (runs) => {
    const found = [];
    const visit = (number, level) => {
      const run = runs.find((each) => each.number === number);
      if (!run || found.includes(run)) return;
      run.level = level;
      found.push(run);
      runs
        .filter((each) => each.parent === number)
        .sort((a, b) => whole(b.at) - whole(a.at))
        .forEach((each) => visit(each.number, level + 1));
    };
    visit(0, 1);
    return found;
  };

  /** Where on the line a branch begins, in percent. */
  const placeOf = (s, run) => {
    const most = Math.max(1, ...s.ordered.map((each) => whole(each.at)));
    const room = (s.root.clientWidth < NARROW ? FEW : MOST) - LEAST - 4;
    return run.parent < 0 ? LEAST : LEAST + 4 + (room * whole(run.at)) / most;
  };

  /** What a run is called. */
  const nameOf = (s, run) => {
    if (run.parent < 0) return t("branches-first");
    return t("branches-name", { n: run.number, token: tokenText(run.token), step: run.at + 1 });
  };

  const rowOf = (s, run) => {
    const rest = list(run.tokens).slice(run.parent < 0 ? 0 : whole(run.at) + 1);
    const said = rest
      .filter(({ token }) => !isEnd(token))
      .map((one) => text(one.text ?? one.token));
    const node = el(
      "div",
      {
        class: "fl-branch-row",
        role: "treeitem",
        tabindex: "-1",
        "aria-selected": String(run.number === s.shown),
      },
      el("span", { class: "fl-branch-dot" }),
      el("span", { class: "fl-unseen" }, nameOf(s, run), " "),
      el(
        "span",
        { class: "fl-branch-said", dir: "auto" },
        run.parent < 0 ? null : [chip(run.token), " "],
        spelled(said.join("").replace(/\s+/g, " ")),
      ),
    );
    node.setAttribute("aria-level", String(run.level));
    return measure(node, "--x", placeOf(s, run));
  };

  /** Every run is a line, and each branch comes down from its parent's. */
  const drawLines = (s) => {
    const height = s.ordered.length * ROW;
    set(s.lines, { viewBox: `0 0 100 ${height}`, height });
    fill(
      s.lines,
      s.ordered.map((run, i) => {
        const x = placeOf(s, run);
        const y = i * ROW + LINE;
        const up = s.ordered.findIndex((each) => each.number === run.parent);
        const from = up < 0 ? `M${x} ${y}` : `M${x} ${up * ROW + LINE}V${y}`;
        const shown = run.number === s.shown ? " fl-branch-shown" : "";
        return svg("path", { class: `fl-branch-line${shown}`, d: `${from}H100` });
      }),
    );
  };

  const sideOf = (s, run) => ({ title: nameOf(s, run), tokens: list(run.tokens) });

  /** The run that is shown, next to another one. */
  const drawPair = (s) => {
    const shown = s.runs.find((run) => run.number === s.shown);
    const others = s.ordered.filter((run) => run !== shown);
    s.beside.hidden = !shown || !others.length;
    if (s.beside.hidden) return;
    if (!others.some((run) => run.number === s.other)) {
      const near = others.find((run) => run.number === shown.parent) || others[0];
      s.other = near.number;
    }
    fill(
      s.choice,
      others.map((run) => {
        const option = el("option", { value: String(run.number) }, nameOf(s, run));
        option.selected = run.number === s.other;
        return option;
      }),
    );
    const other = others.find((run) => run.number === s.other);
    FusionLab.apart.draw(s.pair, [sideOf(s, other), sideOf(s, shown)]);
  };

  const drawTable = (s) => {
    const parent = (run) => s.runs.find((each) => each.number === run.parent);
    fill(
      s.figures,
      folded(
        t("branches-table"),
        table(
          t("branches-title"),
          ["run", "parent", "step", "token", "tokens", "answer"].map((head) =>
            t(`branches-head-${head}`),
          ),
          s.ordered.map((run) => [
            run.parent < 0 ? t("branches-first") : String(run.number),
            run.parent < 0
              ? "–"
              : run.parent === 0
                ? t("branches-first")
                : String(parent(run).number),
            run.parent < 0 ? "–" : String(run.at + 1),
            run.parent < 0 ? "–" : chip(run.token),
            String(list(run.tokens).length),
            el("span", { dir: "auto" }, spelled(run.answer)),
          ]),
        ),
      ),
    );
  };

  const drawAll = (s) => {
    s.ordered = ordered(s.runs);
    s.body.hidden = s.runs.length < 2;
    const inside = s.rows.contains(document.activeElement);
    fill(
      s.rows,
      s.ordered.map((run) => rowOf(s, run)),
    );
    const at = Math.max(
      0,
      s.ordered.findIndex((run) => run.number === s.shown),
    );
    rowsOf(s).forEach((row, i) => set(row, { tabindex: i === at ? "0" : "-1" }));
    const lost = s.held && document.activeElement === document.body;
    if (inside || lost) focus(s, at); // whoever began the branch stood in the note, which is gone
    s.held = s.held && !lost;
    drawLines(s);
    drawPair(s);
    drawTable(s);
  };

  /** The file of all branches is saved, once. */
  const save = (given) => {
    if (!given || whole(given.number) <= saved) return;
    saved = whole(given.number);
    FusionLab.still.download(new Blob([text(given.text)]), text(given.name));
  };

  /** The browser notes the tree that is kept, and no other: not the one that was left. */
  const note = (s, kept) => {
    s.tab = text(kept?.tab) || s.tab;
    if (!s.tab) return;
    s.large.hidden = !kept || text(kept.name) !== "";
    FusionLab.kept.note(s.tab, kept ? { how: "run", name: text(kept.name) } : undefined);
  };

  FusionLab.branches = (element, given, trigger) => {
    const s = state(element, make);
    if (!given || typeof given !== "object") return;
    if (trigger) s.trigger = trigger;
    s.element = element;
    ROOMS.add(s);
    const refused = own(given, "refused");
    fill(
      s.refused,
      refused && el("strong", null, said(refused.message)),
      refused && el("p", { class: "fl-hint" }, said(refused.hint)),
    );
    const running = own(given, "running");
    if (running !== undefined) {
      const told =
        running && t("branches-running", { token: tokenText(running.token), step: running.at + 1 });
      say(s.note, told || "");
    } else if (refused) say(s.note, "");
    if (own(given, "lost")) say(s.note, t("branches-lost"));
    save(own(given, "saved"));
    if (own(given, "kept")) note(s, given.kept);
    else if (s.runs.length && own(given, "runs")?.length === 0) note(s);
    if (Array.isArray(own(given, "runs"))) {
      s.runs = given.runs.filter((run) => run && typeof run === "object");
      const shown = whole(given.shown, -1);
      if (shown !== s.shown) s.other = -1;
      s.shown = shown;
    }
    s.root.hidden = s.runs.length < 2 && !s.note.textContent && !refused;
    if (Array.isArray(own(given, "runs"))) drawAll(s);
  };

  /** The room of branches that is on the page with this node, or that is seen. */
  const roomFor = (node) => {
    const all = [...ROOMS].filter(({ element, trigger }) => trigger && element.isConnected);
    const near = node?.closest(".fl-result");
    if (near) return all.find(({ element }) => near.contains(element));
    return all.find(({ element }) => element.closest(".fl-result")?.checkVisibility());
  };

  FusionLab.branch = ({ step, id, text: token, weights }) => {
    const room = roomFor();
    if (!room) return false;
    say(room.note, t("branches-running", { token: tokenText(text(token)), step: whole(step) + 1 }));
    room.root.hidden = false;
    room.note.focus({ preventScroll: true });
    room.held = true;
    room.trigger("submit", { step: whole(step, -1), id: whole(id, -1), weights: weights || {} });
    return true;
  };

  /** The candidate's label, a button where one can go on from it; `s` is the stage of `tokens`. */
  FusionLab.branches.offer = (s, step, candidate, label) => {
    const other = text(candidate.token);
    const says = !isEnd(other) && !CONTROL.test(other);
    if (!s.done || whole(candidate.id, -1) < 0 || !says || !roomFor(s.root)) return label;
    if (candidate.chosen || other === text(step.token)) return label;
    const node = button(label, "fl-branch-at", () =>
      FusionLab.branch({ step: whole(step.step), id: candidate.id, text: other }),
    );
    const title = t("branches-at", { token: tokenText(other) });
    return set(node, { title, "aria-label": title });
  };
})();
