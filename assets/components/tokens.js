/**
 * The text as it is drawn token by token, its course, and any step in full.
 *
 * `FusionLab.tokens(element, data, trigger)` is called with every message. A message holds the
 * steps from `start` on; known ones are skipped, a gap is left for a later message, another `run`
 * starts afresh. `trigger("select", {step})` is called when the reader picks a step.
 */
(() => {
  "use strict";
  const {
    add,
    chip,
    el,
    fill,
    folded,
    isEnd,
    keyTarget,
    list,
    mark,
    measure,
    memberClass,
    memberName,
    nats,
    number,
    own,
    percent,
    probability,
    say,
    section,
    set,
    state,
    svg,
    table,
    text,
    tokenNodes,
    tokenText,
    uid,
    unit,
    whole,
  } = window.FusionLab.core;
  const CJK = /^[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;
  const BRIEF = 24;
  const PAUSE = 200;
  const PLOT = { left: 46, right: 14, top: 26, height: 72, gap: 42, bottom: 36, least: 16 };
  const LINES = [
    { key: "entropy", title: "Entropy of the fusion, nats", least: 0.5 },
    { key: "divergence", title: "Jensen–Shannon divergence of the members, nats", least: 0.1 },
  ];

  /** Everything shown of one run so far, empty. */
  const blank = () => ({
    run: null,
    members: [],
    pooling: "arithmetic",
    steps: [],
    nodes: [],
    selected: -1,
    following: true,
    done: false,
    most: -1,
    least: -1,
    word: null,
    lineEnded: false,
    drawn: -Infinity,
  });

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { ...blank(), trigger: null };
    s.legend = el("div", { class: "fl-legend" });
    s.strip = el("div", {
      class: "fl-strip",
      role: "listbox",
      "aria-label": "Tokens of the answer",
      "aria-orientation": "horizontal",
      dir: "auto",
    });
    s.empty = el("p", { class: "fl-empty" }, "The tokens will appear here.");
    s.follow = el(
      "button",
      { class: "fl-button", type: "button", hidden: true },
      "Follow the newest",
    );
    s.live = el("div", { class: "fl-unseen", "aria-live": "polite", "aria-atomic": "true" });
    s.course = makeCourse();
    s.step = makeStep();
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.legend,
      el("div", { class: "fl-strip-frame" }, s.empty, s.strip, s.follow),
      s.step.section,
      s.course.section,
      s.live,
    );
    listen(s);
    return s;
  };

  /** Clicks and keys reach the stage. */
  const listen = (s) => {
    const keys = (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const target = keyTarget(event.key, s.selected, s.nodes.length);
      if (target === null) return;
      event.preventDefault();
      pick(s, target, event.currentTarget === s.strip);
    };
    s.strip.addEventListener("click", (event) => {
      const node = event.target.closest(".fl-token");
      const index = s.nodes.indexOf(node);
      if (index >= 0) pick(s, index, true);
    });
    s.strip.addEventListener("keydown", keys);
    s.course.plot.addEventListener("keydown", keys);
    s.course.plot.addEventListener("click", (event) => pick(s, stepAt(s, event), false));
    s.course.plot.addEventListener("pointermove", (event) => hover(s, stepAt(s, event)));
    s.course.plot.addEventListener("pointerleave", () => hover(s, -1));
    s.course.most.addEventListener("click", () => pick(s, s.most, false));
    s.course.least.addEventListener("click", () => pick(s, s.least, false));
    s.follow.addEventListener("click", () => {
      s.following = true;
      show(s, s.nodes.length - 1);
      s.nodes[s.selected]?.focus({ preventScroll: true });
      s.follow.hidden = true;
    });
    s.step.table.addEventListener("toggle", () => drawTable(s));
    new ResizeObserver(() => drawCourse(s)).observe(s.course.plot.parentNode);
  };

  /** The stage holds what the message brings. */
  const receive = (s, data) => {
    const run = text(data.run);
    if (run !== s.run) clear(s, run);
    s.done = Boolean(data.done);
    s.pooling = text(data.pooling || "arithmetic");
    takeMembers(s, list(data.members));
    const start = whole(data.start, 0);
    if (start > s.steps.length) return;
    for (const step of list(data.steps).slice(s.steps.length - start)) append(s, step);
  };

  /** The stage is empty, for another run. */
  const clear = (s, run) => {
    Object.assign(s, blank(), { run });
    for (const room of [s.strip, s.live, s.legend]) room.replaceChildren();
    s.follow.hidden = true;
    s.step.section.hidden = true;
    s.course.section.hidden = true;
  };

  /** The legend names the members. */
  const takeMembers = (s, members) => {
    const same =
      members.length === s.members.length &&
      members.every(
        (m, i) => text(m.name) === s.members[i].name && number(m.weight) === s.members[i].weight,
      );
    if (same) return;
    s.members = members.map((m, i) => ({
      name: text(m.name),
      index: whole(m.index, i),
      weight: number(m.weight),
    }));
    drawLegend(s);
  };

  /** Members with their weights, and what the shading means. */
  const drawLegend = (s) =>
    fill(
      s.legend,
      el(
        "ul",
        { class: "fl-members", "aria-label": "Members" },
        s.members.map((member) =>
          el(
            "li",
            { class: "fl-legend-member" },
            memberName(member),
            el("span", { class: "fl-weight", title: "weight in the pool" }, percent(member.weight)),
          ),
        ),
      ),
      el(
        "div",
        { class: "fl-keys" },
        s.members.length > 1 &&
          el(
            "span",
            { class: "fl-key" },
            el("span", { class: "fl-key-line", "aria-hidden": "true" }),
            "underline: who decided",
          ),
        el(
          "span",
          { class: "fl-key" },
          "fused probability 0",
          el("span", { class: "fl-scale", "aria-hidden": "true" }),
          "1",
        ),
      ),
    );

  /** What the token says: a mark where it ends the text or is only a part of a character. */
  const saidNodes = (step) => {
    if (isEnd(step.token)) return el("span", { class: "fl-end" }, "end");
    if (step.text === "" && /^(\\x[0-9a-f]{2})+$/.test(text(step.token))) {
      return el("span", { class: "fl-part" }, "◌");
    }
    return tokenNodes(text(step.text || step.token));
  };

  /** One more step stands at the end of the strip. */
  const append = (s, step) => {
    const index = s.steps.push(step) - 1;
    const decided = whole(step.decided, -1);
    const node = el(
      "span",
      {
        class: `fl-token ${memberClass(s.members.length > 1 ? decided : -1)}`,
        role: "option",
        id: uid(),
        tabindex: "-1",
        "aria-selected": "false",
        title: described(s, step),
        "aria-label": described(s, step),
      },
      saidNodes(step),
    );
    if (text(step.token) === "") add(node, el("span", { class: "fl-blank fl-nothing" }));
    s.nodes.push(measure(node, "--p", unit(step.p)));
    place(s, node, text(step.text || step.token));
    const larger = (key, old) => old < 0 || number(step[key]) > number(s.steps[old][key]);
    if (larger("divergence", s.most)) s.most = index;
    if (larger("entropy", s.least)) s.least = index;
  };

  /** The token stands in the word it continues, or begins a new one. */
  const place = (s, node, token) => {
    if (!s.word || s.lineEnded || /^\s/.test(token) || CJK.test(token) || isEnd(token)) {
      s.word = s.strip.appendChild(el("span", { class: "fl-word", role: "presentation" }));
    }
    s.word.appendChild(node);
    const breaks = (token.match(/\n/g) || []).length;
    for (let i = 0; i < Math.min(breaks, 3); i += 1) s.strip.appendChild(el("br"));
    s.lineEnded = breaks > 0;
  };

  /** The step in one line. */
  const described = (s, step) => {
    const decided = s.members[whole(step.decided, -1)];
    const by = s.members.length > 1 && decided ? `, decided by ${decided.name}` : "";
    return `Step ${whole(step.step)}: “${tokenText(step.token)}”, p ${probability(step.p)}${by}`;
  };

  /** The reader chose this step. */
  const pick = (s, index, focus) => {
    if (!s.steps[index]) return;
    s.following = s.done && index === s.steps.length - 1;
    s.follow.hidden = s.done;
    show(s, index);
    if (focus) s.nodes[index].focus({ preventScroll: true });
    say(s.live, described(s, s.steps[index]));
    if (s.trigger) s.trigger("select", { step: whole(s.steps[index].step, index) });
  };

  /** This step is the selected one. */
  const show = (s, index) => {
    const old = s.nodes[s.selected];
    const node = s.nodes[index];
    if (old) set(old, { "aria-selected": "false", tabindex: "-1" });
    s.selected = index;
    if (!node) return;
    set(node, { "aria-selected": "true", tabindex: "0" });
    reveal(s.strip, node);
    drawStep(s);
    drawCursor(s);
  };

  /** The strip, and only the strip, is scrolled so that the token can be seen. */
  const reveal = (strip, node) => {
    const frame = strip.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    if (box.bottom > frame.bottom - 8) strip.scrollTop += box.bottom - frame.bottom + 16;
    if (box.top < frame.top + 8) strip.scrollTop -= frame.top - box.top + 16;
  };

  // The course along the text

  /** The room of the course, empty. */
  const makeCourse = () => {
    const c = { lines: [], dots: [] };
    c.most = el("button", { class: "fl-link", type: "button" });
    c.least = el("button", { class: "fl-link", type: "button" });
    c.mostBy = el("span");
    c.leastBy = el("span");
    c.disagreed = el("span", null, "Members disagreed most at ", c.most, c.mostBy, " ");
    c.unsure = el("span", null, "The fusion was least sure at ", c.least, c.leastBy);
    c.grid = svg("g", { class: "fl-grid" });
    c.cursor = svg("path", { class: "fl-cursor" });
    c.hover = svg("path", { class: "fl-hover" });
    c.marks = svg("g");
    for (const line of LINES) {
      const pair = [svg("path", { class: "fl-area" }), svg("path", { class: "fl-line" })];
      c.lines.push(pair);
      c.dots.push(svg("circle", { class: "fl-dot", r: 4.5 }));
      add(c.marks, svg("g", { class: `fl-of-${line.key}` }, pair, c.dots[c.dots.length - 1]));
    }
    c.plot = svg(
      "svg",
      {
        class: "fl-plot",
        role: "slider",
        tabindex: "0",
        "aria-orientation": "horizontal",
        "aria-label": "Entropy and divergence along the text; choose a step",
      },
      c.grid,
      c.hover,
      c.cursor,
      c.marks,
    );
    c.readout = el("p", { class: "fl-readout", "aria-hidden": "true" });
    c.table = folded("The course as a table");
    c.section = section(
      "course",
      "The course along the text",
      el("p", { class: "fl-sentence" }, c.disagreed, c.unsure),
      el("div", { class: "fl-plot-frame" }, c.plot),
      c.readout,
      c.table,
    );
    c.section.hidden = true;
    return c;
  };

  /** Which lines there are to draw: one member cannot disagree. */
  const linesOf = (s) => (s.members.length > 1 ? LINES : LINES.slice(0, 1));

  /** The plot's measures for the room it has. */
  const scaleOf = (s) => {
    const width = Math.max(240, s.course.plot.parentNode.clientWidth || 640);
    const last = Math.max(PLOT.least, s.steps.length) - 1;
    const panels = linesOf(s).map((line, i) => {
      const peak = s.steps.length ? number(s.steps[i ? s.most : s.least][line.key]) : 0;
      const [top, step] = niceTop(Math.max(line.least, peak));
      const bottom = PLOT.top + PLOT.height + i * (PLOT.height + PLOT.gap);
      return {
        ...line,
        top,
        step,
        bottom,
        y: (v) => bottom - (Math.max(0, number(v)) / top) * PLOT.height,
      };
    });
    const inner = width - PLOT.left - PLOT.right;
    return {
      width,
      last,
      panels,
      inner,
      x: (i) => PLOT.left + (i / last) * inner,
      height: panels[panels.length - 1].bottom + PLOT.bottom,
    };
  };

  /** A round number not below `peak`, and the distance of its ticks. */
  const niceTop = (peak) => {
    const power = 10 ** Math.floor(Math.log10(peak));
    const top = [1, 2, 3, 4, 5, 6, 8, 10].find((n) => n * power >= peak * 0.999) * power;
    return [top, top / 2];
  };

  /** Lines, axes and summary show all steps. */
  const drawCourse = (s) => {
    const c = s.course;
    c.section.hidden = s.steps.length < 2;
    if (c.section.hidden) return;
    const scale = (c.scale = scaleOf(s));
    set(c.plot, {
      width: scale.width,
      height: scale.height,
      viewBox: `0 0 ${scale.width} ${scale.height}`,
    });
    drawGrid(s, scale);
    LINES.forEach((line, i) => {
      const panel = scale.panels[i];
      c.lines[i][0].parentNode.classList.toggle("fl-away", !panel);
      if (!panel) return;
      const points = s.steps.map(
        (step, k) => `${scale.x(k).toFixed(1)},${panel.y(step[line.key]).toFixed(1)}`,
      );
      set(c.lines[i][1], { d: `M${points.join("L")}` });
      set(c.lines[i][0], {
        d: `M${scale.x(0)},${panel.bottom}L${points.join("L")}L${scale.x(s.steps.length - 1)},${panel.bottom}Z`,
      });
    });
    drawSummary(s);
    drawCursor(s);
  };

  /** Axes, ticks and titles. */
  const drawGrid = (s, scale) => {
    const label = (x, y, anchor, words, name) =>
      svg("text", { x, y, "text-anchor": anchor, class: name || "fl-axis" }, words);
    const rule = (y) => svg("line", { x1: PLOT.left, x2: scale.width - PLOT.right, y1: y, y2: y });
    const parts = scale.panels.flatMap((panel) => [
      label(
        0,
        panel.bottom - PLOT.height - 12,
        "start",
        shortTitle(panel.title, scale.width),
        "fl-plot-title",
      ),
      [0, panel.step, panel.top].map((v) => [
        rule(panel.y(v)),
        label(PLOT.left - 8, panel.y(v) + 4, "end", String(Math.round(v * 1000) / 1000)),
      ]),
    ]);
    const floor = scale.panels[scale.panels.length - 1].bottom;
    const every =
      [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].find(
        (n) => (n / scale.last) * scale.inner > 44,
      ) || 20000;
    const first = s.steps.length ? whole(s.steps[0].step) : 0;
    for (let i = 0; i <= scale.last; i += every) {
      parts.push(label(scale.x(i), floor + 18, "middle", first + i));
    }
    parts.push(label(scale.width - PLOT.right, floor + 33, "end", "step"));
    fill(s.course.grid, parts);
  };

  /** The title in the words there is room for. */
  const shortTitle = (title, width) =>
    width > 420 ? title : title.replace("Jensen–Shannon divergence", "Divergence (JS)");

  /** An upright line through every panel, that leaves the titles between them free. */
  const upright = (scale, x) =>
    scale.panels
      .map((panel) => `M${x.toFixed(1)},${panel.bottom - PLOT.height}V${panel.bottom}`)
      .join("");

  /** Selected step: a line through both panels and a dot on each. */
  const drawCursor = (s) => {
    const { scale, cursor, dots, plot } = s.course;
    const step = s.steps[s.selected];
    if (!scale || !step || s.course.section.hidden) return;
    const x = scale.x(s.selected);
    set(cursor, { d: upright(scale, x) });
    scale.panels.forEach((panel, i) => set(dots[i], { cx: x, cy: panel.y(step[panel.key]) }));
    set(plot, {
      "aria-valuemin": whole(s.steps[0].step),
      "aria-valuemax": whole(s.steps[s.steps.length - 1].step),
      "aria-valuenow": whole(step.step),
      "aria-valuetext": courseLine(s, step),
    });
    if (!(s.hovered >= 0)) say(s.course.readout, courseLine(s, step));
  };

  /** The step's token in few characters. */
  const brief = (step) => {
    const characters = [...tokenText(step.token)];
    return characters.length > BRIEF
      ? `${characters.slice(0, BRIEF).join("")}…`
      : characters.join("");
  };

  /** The course at one step, in words. */
  const courseLine = (s, step) => {
    const apart = s.members.length > 1 ? ` · divergence ${nats(step.divergence)}` : "";
    return `step ${whole(step.step)} · “${brief(step)}” · entropy ${nats(step.entropy)}${apart} nats`;
  };

  /** Where the members disagreed and the fusion was unsure. */
  const drawSummary = (s) => {
    const c = s.course;
    const words = (index) =>
      `step ${whole(s.steps[index].step, index)} (“${brief(s.steps[index])}”)`;
    c.disagreed.hidden = s.members.length < 2 || number(s.steps[s.most].divergence) < 1e-6;
    say(c.most, words(s.most));
    say(c.mostBy, `, by ${nats(s.steps[s.most].divergence)} nats.`);
    say(c.least, words(s.least));
    say(c.leastBy, `, with an entropy of ${nats(s.steps[s.least].entropy)} nats.`);
    if (c.table.open || !c.table.listening) drawCourseTable(s);
  };

  /** The numbers behind the lines. */
  const drawCourseTable = (s) => {
    const { table: room } = s.course;
    if (!room.listening) room.addEventListener("toggle", () => drawCourseTable(s));
    room.listening = true;
    const old = room.querySelector(".fl-scroll");
    if (!room.open) return;
    const several = s.members.length > 1;
    const heads = ["step", "token", "p", "entropy", ...(several ? ["divergence"] : [])];
    const rows = s.steps.map((step) => [
      whole(step.step),
      chip(step.token),
      probability(step.p),
      nats(step.entropy),
      ...(several ? [nats(step.divergence)] : []),
    ]);
    const fresh = table("Entropy and divergence in nats, by step", heads, rows);
    if (old) old.replaceWith(fresh);
    else room.appendChild(fresh);
  };

  /** The step under the pointer. */
  const stepAt = (s, event) => {
    const { scale, plot } = s.course;
    const x = event.clientX - plot.getBoundingClientRect().left;
    const i = Math.round(((x - PLOT.left) / scale.inner) * scale.last);
    return Math.min(s.steps.length - 1, Math.max(0, i));
  };

  /** The pointer rests on this step; -1 for none. */
  const hover = (s, index) => {
    const { scale, hover: line, readout } = s.course;
    s.hovered = index;
    const step = s.steps[index] || s.steps[s.selected];
    line.classList.toggle("fl-away", index < 0);
    if (index >= 0) {
      const x = scale.x(index);
      set(line, { d: upright(scale, x) });
    }
    if (step) say(readout, courseLine(s, step));
  };

  // One step in full

  /** The room of the selected step, empty. */
  const makeStep = () => {
    const r = {
      title: el("span"),
      facts: el("ul", { class: "fl-facts" }),
      bars: el("div"),
      wants: el("div", { class: "fl-wants" }),
      table: folded("This step as a table"),
      explain: el("p", { class: "fl-note" }),
    };
    const side = (name, title, ...children) =>
      el(
        "div",
        { class: `fl-side fl-${name}` },
        el("h4", { class: "fl-subtitle" }, title),
        children,
      );
    r.sides = el(
      "div",
      { class: "fl-sides" },
      side("weighed", "What the fusion weighed", r.explain, r.bars),
      side("wanted", "What each member wanted", r.wants),
    );
    r.section = section("step", r.title, r.facts, r.sides, r.table);
    r.section.hidden = true;
    return r;
  };

  /** The selected step is shown in full. */
  const drawStep = (s) => {
    const step = s.steps[s.selected];
    const r = s.step;
    r.section.hidden = !step;
    if (!step) return;
    fill(
      r.title,
      `Step ${whole(step.step)} `,
      chip(step.token),
      el("span", { class: "fl-title-p" }, ` p = ${probability(step.p)}`),
    );
    fill(r.facts, factsOf(s, step));
    say(
      r.explain,
      s.pooling === "arithmetic"
        ? "A bar is a candidate’s fused probability, made of each member’s weight × probability."
        : "The upper bar is a candidate’s fused probability; below it, each member’s own.",
    );
    fill(r.bars, barsOf(s, step));
    r.sides.classList.toggle("fl-few", s.members.length < 3);
    fill(
      r.wants,
      s.members.map((member) => wantsOf(step, member)),
    );
    drawTable(s);
  };

  /** The step in a few numbers. */
  const factsOf = (s, step) => {
    const fact = (name, value) =>
      el("li", { class: "fl-fact" }, el("span", { class: "fl-fact-name" }, name), " ", value);
    const several = s.members.length > 1;
    const decided = s.members[whole(step.decided, -1)];
    return [
      several && fact("decided by", decided ? memberName(decided) : "no one alone"),
      fact("entropy", `${nats(step.entropy)} nats`),
      several && fact("divergence", `${nats(step.divergence)} nats`),
    ];
  };

  /** The pool's candidates; the chosen one is among them even where it was not of the best. */
  const candidatesOf = (s, step) => {
    const fused = list(step.fused);
    const chosen = fused.findIndex((c) => text(c.token) === text(step.token));
    const rows = fused.map((c, i) => ({ ...c, parts: list(c.parts), chosen: i === chosen }));
    if (chosen >= 0) return rows;
    const parts = s.members.map((m) => own(step.members, m.name)?.p_chosen);
    return [...rows, { token: step.token, p: step.p, parts, chosen: true }];
  };

  /** One bar for each candidate, or a group of bars where contributions do not add up. */
  const barsOf = (s, step) =>
    el(
      "ul",
      { class: "fl-bars" },
      candidatesOf(s, step).map((c) =>
        el(
          "li",
          { class: `fl-bar-row${c.chosen ? " fl-chosen" : ""}` },
          el(
            "span",
            { class: "fl-bar-label" },
            c.chosen && el("span", { class: "fl-tick", title: "the chosen token" }, "✓"),
            mark(c.token),
          ),
          el(
            "span",
            { class: "fl-track", "aria-hidden": "true" },
            s.pooling === "arithmetic" ? stackOf(s, c) : groupOf(s, c),
          ),
          el("span", { class: "fl-bar-value" }, probability(c.p)),
        ),
      ),
    );

  /** Segments that add up to the fused probability. */
  const stackOf = (s, candidate) => {
    let left = unit(candidate.p);
    const segments = s.members.map((member, i) => {
      const p = candidate.parts[i];
      const share = Math.min(left, member.weight * unit(p));
      left -= share;
      const words = `${member.name}: ${percent(member.weight)} × ${probability(p)}`;
      return (
        share > 0 &&
        measure(
          el("span", { class: `fl-segment ${memberClass(member.index)}`, title: words }),
          "--w",
          share,
        )
      );
    });
    const rest =
      left > 5e-4 &&
      measure(
        el("span", { class: "fl-segment fl-unlisted", title: `not listed: ${probability(left)}` }),
        "--w",
        left,
      );
    return el("span", { class: "fl-stack" }, segments, rest);
  };

  /** The fused bar, and each member's own below it. */
  const groupOf = (s, candidate) =>
    el(
      "span",
      { class: "fl-group" },
      measure(
        el("span", { class: "fl-segment fl-fused", title: `fused: ${probability(candidate.p)}` }),
        "--w",
        unit(candidate.p),
      ),
      s.members.map((member, i) =>
        measure(
          el("span", {
            class: `fl-segment ${memberClass(member.index)}`,
            title: `${member.name}: ${probability(candidate.parts[i])}`,
          }),
          "--w",
          unit(candidate.parts[i]),
        ),
      ),
    );

  /** What one member wanted. */
  const wantsOf = (step, member) => {
    const mine = own(step.members, member.name);
    const head = el("div", { class: "fl-want-head" }, memberName(member));
    if (!mine)
      return el(
        "div",
        { class: "fl-want" },
        head,
        el("p", { class: "fl-note" }, "Not asked at this step."),
      );
    return el(
      "div",
      { class: `fl-want ${memberClass(member.index)}` },
      head,
      el(
        "ol",
        { class: "fl-top" },
        list(mine.top).map((c) =>
          el(
            "li",
            { class: `fl-top-row${text(c.token) === text(step.token) ? " fl-chosen" : ""}` },
            el("span", { class: "fl-top-label" }, mark(c.token)),
            el(
              "span",
              { class: "fl-track", "aria-hidden": "true" },
              measure(
                el("span", { class: `fl-segment ${memberClass(member.index)}` }),
                "--w",
                unit(c.p),
              ),
            ),
            el("span", { class: "fl-bar-value" }, probability(c.p)),
          ),
        ),
      ),
      el(
        "p",
        { class: "fl-note" },
        el("span", { class: "fl-pair" }, `chosen ${probability(mine.p_chosen)}`),
        " ",
        el("span", { class: "fl-pair" }, `entropy ${nats(mine.entropy)} nats`),
        " ",
        el("span", { class: "fl-pair" }, `unlisted ${percent(mine.rest)}`),
      ),
    );
  };

  /** The numbers of the step, where its table is open. */
  const drawTable = (s) => {
    const room = s.step.table;
    const step = s.steps[s.selected];
    if (!room.open || !step) return;
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    const names = s.members.map((member) => member.name);
    const weighed = candidatesOf(s, step).map((c) => [
      chip(c.token),
      probability(c.p),
      ...names.map((_, i) => probability(c.parts[i] ?? null)),
    ]);
    const wanted = s.members.flatMap((member) => {
      const mine = own(step.members, member.name);
      return list(mine?.top).map((c) => [member.name, chip(c.token), probability(c.p)]);
    });
    const each = s.members.map((member) => {
      const mine = own(step.members, member.name) || {};
      return [
        member.name,
        percent(member.weight),
        probability(mine.p_chosen),
        nats(mine.entropy),
        percent(mine.rest),
      ];
    });
    add(
      room,
      table(
        `Step ${whole(step.step)}: probability of each candidate`,
        ["candidate", "fused", ...names],
        weighed,
      ),
      table(`Step ${whole(step.step)}: what each member wanted`, ["member", "token", "p"], wanted),
      table(
        `Step ${whole(step.step)}: the members`,
        ["member", "weight", "chosen token", "entropy, nats", "unlisted"],
        each,
      ),
    );
  };

  /** Course and newest step are drawn; while the run goes on, with a pause after each time. */
  const refresh = (s) => {
    clearTimeout(s.timer);
    const wait = s.done ? 0 : s.drawn + PAUSE - performance.now();
    if (wait > 0) {
      s.timer = setTimeout(() => refresh(s), wait);
      return;
    }
    drawCourse(s);
    if (s.following || s.selected < 0) show(s, s.steps.length - 1);
    s.drawn = performance.now();
  };

  /** The stage shows this message and all before it. */
  window.FusionLab.tokens = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    if (!data || typeof data !== "object") return;
    const before = s.steps.length;
    const run = s.run;
    receive(s, data);
    s.empty.hidden = s.steps.length > 0;
    if (s.run === run && s.steps.length === before) {
      if (s.done) s.follow.hidden = true;
      return;
    }
    refresh(s);
    s.follow.hidden = s.done || s.following;
    if (s.done && s.steps.length) say(s.live, `The answer has ${s.steps.length} tokens.`);
  };
})();
