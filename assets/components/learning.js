/**
 * How a model learns, while it does and afterwards: the picture with its readout, how fast it goes
 * and how long it still takes, and all of it as a table.
 *
 * `FusionLab.learning(element, {id, of, total, before, from, points, loadsFrom, loads, solved,
 * ended})`: a value with another
 * `id` begins anew; `points` follow the first `from` of them, each `[step, loss, rate, tokens,
 * seconds, held]`, tokens and seconds since this training began or null. `solved` is all that was
 * answered right so far, each `[step, right, asked, low, high]`. `of` is the model's name,
 * `before` what its held-out text lost before the first step, `ended` how it ended: "finished",
 * "stopped", "recorded", or "" while it goes on. `loads` follow the first `loadsFrom` of them and
 * are what `sharing` draws, where routers learn. `{id: ""}` shows nothing. One that is `lasting` is
 * no set-up's: it stays as it is while the form changes.
 *
 * Arrow keys, Home and End walk the curve.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { count, el, fill, fixed, folded, keyTarget, list, number, own, say, seconds } =
    FusionLab.core;
  const { percent, set, state, table, text, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const WIDEST = 860;
  const NARROWEST = 280;
  const SMOOTH = 0.9; // of what was lost before, in the smoothed curve
  const RECENT = 20; // seconds by which speed is told

  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
  const known = (value) => (isNumber(value) ? value : null);
  const digits = (value) => fixed(value, Math.abs(value) < 1 ? 4 : 3);
  const rateOf = (value) => String(Number(value.toPrecision(2)));

  const make = () => {
    const s = { id: "", points: [], loads: [], solved: [], at: -1, total: 0 };
    Object.assign(s, { before: null, ended: "" });
    s.title = el("h2", { class: "fl-title" });
    s.name = el("span", { class: "fl-learning-name" });
    s.facts = el("p", { class: "fl-learning-facts" });
    s.drawing = el("div", { class: "fl-learning-drawing", role: "slider", tabindex: "0" });
    s.readout = el("p", { class: "fl-readout", "aria-hidden": "true" });
    s.key = el("p", { class: "fl-learning-key" });
    s.rows = el("div");
    s.table = folded(t("learning-table"), s.rows);
    s.table.addEventListener("toggle", () => drawTable(s));
    const head = el("div", { class: "fl-learning-head" }, s.title, s.name);
    s.sharing = FusionLab.sharing.make();
    const parts = [head, s.facts, s.drawing, s.readout, s.key, s.table, s.sharing.node];
    s.root = el("div", { class: "fl-stage fl-learning-stage" }, parts);
    s.drawing.addEventListener("keydown", (event) => walk(s, event));
    s.drawing.addEventListener("pointermove", (event) => point(s, event));
    s.drawing.addEventListener("pointerdown", (event) => point(s, event));
    document.addEventListener("fusionlab-build", ({ detail }) =>
      s.root.classList.toggle("fl-built-stale", detail.stale && Boolean(s.ended) && !s.lasting),
    );
    new ResizeObserver(() => draw(s)).observe(s.drawing);
    return s;
  };

  // What the reader does

  const walk = (s, event) => {
    const last = s.points.length - 1;
    const target = keyTarget(event.key, s.at < 0 ? last : s.at, s.points.length);
    if (target === null) return;
    event.preventDefault();
    chosen(s, target);
  };

  /** The point nearest to the pointer is read out. */
  const point = (s, event) => {
    if (!s.points.length || !s.picture) return;
    const box = s.picture.node.getBoundingClientRect();
    const x = ((event.clientX - box.left) * s.course.width) / (box.width || 1);
    const far = (p) => Math.abs(FusionLab.learned.place(s.course, p.step) - x);
    let best = 0;
    s.points.forEach((p, i) => {
      if (far(p) < far(s.points[best])) best = i;
    });
    chosen(s, best);
  };

  /** This point is marked and read out; -1 is the last, whichever that is. */
  const chosen = (s, at) => {
    s.at = at;
    const p = s.points[at < 0 ? s.points.length - 1 : at];
    if (!p || !s.picture) return;
    const x = FusionLab.learned.place(s.course, p.step);
    set(s.picture.line, { x1: x, x2: x });
    set(s.picture.dot, { cx: x, cy: s.picture.y(p.smooth) });
    s.picture.mark.classList.toggle("fl-learned-idle", at < 0);
    const words = told(s, p);
    say(s.readout, words);
    FusionLab.sharing.draw(s.sharing, { ...s.course, loads: s.loads, step: p.step });
    set(s.drawing, {
      "aria-valuemin": 0,
      "aria-valuemax": s.total,
      "aria-valuenow": p.step,
      "aria-valuetext": words,
    });
  };

  /** What was answered right, in words. */
  const right = (each) => ({
    right: each ? each.right : "none",
    asked: each ? each.asked : 0,
    share: each ? percent(each.right / each.asked) : "",
    low: each ? percent(each.low) : "",
    high: each ? percent(each.high) : "",
  });

  const solvedAt = (s, step) => s.solved.find((each) => each.step === step);

  const told = (s, p) =>
    t("learning-at", {
      ...right(solvedAt(s, p.step)),
      step: p.step,
      loss: digits(p.loss),
      smooth: digits(p.smooth),
      rate: p.rate === null ? "none" : rateOf(p.rate),
      held: p.held === null ? "none" : digits(p.held),
    });

  // Growing

  /** The points with the smoothed loss of each, the mean of those before, the nearer the more. */
  const grow = (s, given) => {
    for (const [step, loss, rate, tokens, took, held] of list(given).map(list)) {
      if (!isNumber(step) || !isNumber(loss)) continue;
      s.sum = number(s.sum) * SMOOTH + loss;
      s.weight = number(s.weight) * SMOOTH + 1;
      const more = { tokens: known(tokens), seconds: known(took), held: known(held) };
      s.points.push({ step, loss, rate: known(rate), smooth: s.sum / s.weight, ...more });
    }
  };

  /** All that was answered right so far. */
  const solvedOf = (given) =>
    list(given)
      .map(list)
      .filter((each) => each.length === 5 && each.every(isNumber) && each[2] > 0)
      .map(([step, right_, asked, low, high]) => ({ step, right: right_, asked, low, high }));

  const begin = (s, id) => {
    Object.assign(s, {
      id,
      points: [],
      loads: [],
      at: -1,
      sum: 0,
      weight: 0,
      ended: "",
      before: null,
    });
  };

  // Drawing

  /** Tokens and steps a second of late; null where nothing tells. */
  const speed = (s) => {
    const timed = s.points.filter((p) => p.seconds !== null && p.tokens !== null);
    const last = timed[timed.length - 1];
    const first = timed.find((p) => last.seconds - p.seconds <= RECENT);
    const took = last ? last.seconds - first.seconds : 0;
    if (!(took > 0)) return null;
    return { tokens: (last.tokens - first.tokens) / took, steps: (last.step - first.step) / took };
  };

  const drawFacts = (s) => {
    const last = s.points[s.points.length - 1];
    const fast = speed(s);
    const left = fast && !s.ended ? (s.total - last.step) / fast.steps : 0;
    const held = s.points.filter((p) => p.held !== null);
    const after = held.length ? held[held.length - 1].held : null;
    const facts = [
      t("learning-step", { step: Math.max(last.step, s.reached), total: s.total }),
      fast && t("learning-speed", { tokens: count(fast.tokens) }),
      left > 0 && t("learning-left", { time: seconds(Math.max(1, Math.round(left))) }),
      s.before !== null &&
        after !== null &&
        t("learning-gain", { before: digits(s.before), after: digits(after) }),
      s.solved.length > 1 &&
        t("learning-solved-gain", {
          before: s.solved[0].right,
          after: s.solved[s.solved.length - 1].right,
          asked: s.solved[0].asked,
        }),
    ];
    fill(
      s.facts,
      facts.filter(Boolean).map((each) => el("span", null, each)),
    );
  };

  const drawKey = (s) => {
    const rates = s.points.map((p) => p.rate || 0);
    const most = Math.max(...rates);
    const held = s.before !== null || s.points.some((p) => p.held !== null);
    const entry = (name, words) =>
      el(
        "span",
        { class: "fl-key" },
        el("span", { class: `fl-learned-sign fl-sign-${name}`, "aria-hidden": "true" }),
        words,
      );
    fill(
      s.key,
      entry("smooth", t("learning-key-smooth")),
      entry("raw", t("learning-key-raw")),
      most > 0 && entry("rate", t("learning-key-rate", { most: rateOf(most) })),
      held && entry("held", t("learning-key-held")),
      s.solved.length > 0 && entry("solved", t("learning-key-solved")),
    );
  };

  const drawTable = (s) => {
    if (!s.table.open) return;
    const cell = (value, shown) => (value === null ? "–" : shown(value));
    const answered = (step) => {
      const each = solvedAt(s, step);
      return each ? t("learning-solved-share", right(each)) : "–";
    };
    const asked = s.solved.length > 0;
    const before = cell(s.before, digits);
    const known0 = s.before !== null || solvedAt(s, 0);
    const first = known0 ? [["0", "–", "–", "–", before, ...(asked ? [answered(0)] : [])]] : [];
    const rows = s.points.map((p) => [
      text(p.step),
      digits(p.loss),
      digits(p.smooth),
      cell(p.rate, rateOf),
      cell(p.held, digits),
      ...(asked ? [answered(p.step)] : []),
    ]);
    const names = ["step", "loss", "smooth", "rate", "held", ...(asked ? ["solved"] : [])];
    const heads = names.map((name) => t(`learning-head-${name}`));
    fill(s.rows, table(t("learning-table"), heads, [...first, ...rows]));
  };

  const draw = (s) => {
    const room = s.drawing.clientWidth;
    if (!s.points.length || !room) return;
    const width = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(room)));
    const { points, solved, total, before } = s;
    s.course = { points, solved, total, before, width };
    s.picture = FusionLab.learned.picture(s.course);
    fill(s.drawing, s.picture.node);
    chosen(s, s.at);
  };

  const drawAll = (s) => {
    s.root.hidden = !s.points.length;
    s.root.classList.remove("fl-built-stale");
    if (s.root.hidden) return;
    say(s.title, t(s.ended ? "learning-title-ended" : "learning-title"));
    set(s.drawing, { "aria-label": t("learning-picture") });
    drawFacts(s);
    draw(s);
    drawKey(s);
    drawTable(s);
  };

  window.FusionLab.learning = (element, value) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    const id = text(own(given, "id"));
    const from = whole(own(given, "from"));
    if (id !== s.id || from < s.points.length) begin(s, id);
    if (from === s.points.length) grow(s, given.points);
    s.loads = [...s.loads.slice(0, whole(own(given, "loadsFrom"))), ...list(given.loads)];
    say(s.name, text(given.of));
    s.total = Math.max(number(given.total), ...s.points.slice(-1).map((p) => p.step));
    s.before = known(given.before) ?? s.before;
    if (id) s.solved = solvedOf(given.solved);
    s.ended = text(given.ended);
    s.lasting = Boolean(given.lasting);
    s.reached = number(given.reached); // a log leaves steps out
    drawAll(s);
  };
})();
