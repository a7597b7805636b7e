/**
 * A text that is fused token by token: its steps, any of them in full, and their course.
 *
 * `FusionLab.tokens(element, data, trigger)` is called with every message. A message holds the
 * steps from `start` on; known ones are skipped, a gap is left for a later message, another `run`
 * starts afresh. While the run goes on the newest step is shown; then the one at which members
 * disagreed most, or of one alone the least certain. Step keys and Play move through the steps.
 * `trigger("select", {step})` is called when the reader picks a step; a message with `at` shows
 * that one.
 */
(() => {
  "use strict";
  const {
    el,
    fill,
    keyTarget,
    list,
    memberName,
    number,
    power,
    shares,
    say,
    set,
    state,
    term,
    text,
    toChanged,
    whole,
  } = window.FusionLab.core;
  const { drawCourse, drawCursor, hover, makeCourse, stepAt } = window.FusionLab.course;
  const { drawStep, drawTable, makeStep } = window.FusionLab.flow;
  const { fly } = window.FusionLab.flight;
  const { drawJumps, keyJump, makeJumps, noJumps } = window.FusionLab.jumps;
  const { pivotalKeys } = window.FusionLab.provenance;
  const { t } = window.FusionLab.words;
  const { append, described, drawGiven, marksOf, reveal } = window.FusionLab.strip;
  const { drawWhatIf, makeWhatIf } = window.FusionLab.whatif;
  const PAUSE = 200;
  const BEAT = 1500;
  const APART = 1e-6;

  /** Everything shown of one run so far, empty. */
  const blank = () => ({
    run: null,
    members: [],
    pooling: "arithmetic",
    act: "always",
    partial: false,
    weighting: "fixed",
    sampled: false,
    anew: null,
    steps: [],
    nodes: [],
    jumps: noJumps(),
    unknown: 0,
    selected: -1,
    following: true,
    playing: false,
    done: false,
    most: -1,
    least: -1,
    word: null,
    lineEnded: false,
    drawn: -Infinity,
    flown: -Infinity,
  });

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { ...blank(), trigger: null };
    s.legend = el("div", { class: "fl-legend" });
    s.strip = el("div", {
      class: "fl-strip",
      role: "listbox",
      "aria-label": t("tokens-strip"),
      "aria-orientation": "horizontal",
      dir: "auto",
    });
    s.given = el("p", { class: "fl-strip-given", dir: "auto", hidden: true });
    s.empty = el("p", { class: "fl-empty" }, t("tokens-empty"));
    const button = (name) => {
      const title = t(`tokens-${name}.title`);
      const look = `fl-step-button fl-go-${name}`;
      return el("button", { class: look, type: "button", title }, t(`tokens-${name}`));
    };
    [s.back, s.play, s.next, s.follow] = ["back", "play", "next", "follow"].map(button);
    s.follow.hidden = true;
    s.place = el("span", { class: "fl-place" });
    s.controls = el(
      "div",
      { class: "fl-steps", role: "group", "aria-label": t("tokens-controls"), hidden: true },
      s.back,
      s.play,
      s.next,
      s.place,
      s.follow,
    );
    s.go = (index) => pick(s, index, false);
    s.leaps = makeJumps(s, s.go);
    s.whatif = makeWhatIf();
    s.live = el("div", { class: "fl-unseen", "aria-live": "polite", "aria-atomic": "true" });
    s.course = makeCourse();
    s.step = makeStep();
    s.root = el(
      "div",
      { class: "fl-stage fl-tokens" },
      s.legend,
      s.controls,
      s.leaps.root,
      s.step.section,
      el("div", { class: "fl-strip-frame" }, s.given, s.empty, s.strip),
      s.whatif.root,
      s.course.section,
      s.step.sky,
      s.live,
    );
    listen(s);
    return s;
  };

  /** Clicks and keys reach the stage. */
  const listen = (s) => {
    const keys = (event) => walk(s, event, event.currentTarget === s.strip);
    s.strip.addEventListener("click", (event) => {
      const index = s.nodes.indexOf(event.target.closest(".fl-token"));
      if (index < 0) return;
      pick(s, index, true);
      toChanged(s.step.section, s.controls);
    });
    s.strip.addEventListener("keydown", keys);
    s.controls.addEventListener("keydown", keys);
    s.leaps.root.addEventListener("keydown", keys);
    s.whatif.root.addEventListener("toggle", () => drawWhatIf(s));
    s.back.addEventListener("click", () => pick(s, Math.max(0, s.selected - 1), false));
    s.next.addEventListener("click", () =>
      pick(s, Math.min(s.steps.length - 1, s.selected + 1), false),
    );
    s.play.addEventListener("click", () => play(s, !s.playing));
    const { plot, most, least } = s.course;
    plot.addEventListener("keydown", keys);
    plot.addEventListener("click", (event) => pick(s, stepAt(s, event), false));
    plot.addEventListener("pointermove", (event) => hover(s, stepAt(s, event)));
    plot.addEventListener("pointerleave", () => hover(s, -1));
    most.addEventListener("click", () => pick(s, s.most, false));
    least.addEventListener("click", () => pick(s, s.least, false));
    s.follow.addEventListener("click", () => {
      play(s, false);
      s.following = true;
      show(s, s.nodes.length - 1);
      s.nodes[s.selected]?.focus({ preventScroll: true });
      s.follow.hidden = true;
    });
    s.step.table.addEventListener("toggle", () => drawTable(s));
    new ResizeObserver(() => drawCourse(s)).observe(plot.parentNode);
  };

  /** Arrow keys walk through the steps, letters jump; the space bar plays and pauses. */
  const walk = (s, event, focus) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === " " && !event.target.closest("button")) {
      event.preventDefault();
      play(s, !s.playing);
      return;
    }
    const target = keyTarget(event.key, s.selected, s.nodes.length) ?? keyJump(s, event);
    if (target === null) return;
    event.preventDefault();
    pick(s, target, focus);
  };

  /** The stage holds what the message brings. */
  const receive = (s, data) => {
    const run = text(data.run);
    if (run !== s.run) clear(s, run);
    s.done = Boolean(data.done);
    s.pooling = text(data.pooling || "arithmetic");
    s.act = text(data.act || "always");
    s.weighting = text(data.weighting || "fixed");
    s.sampled = data.sampled === true;
    s.anew = data.anew || null;
    const partial = Boolean(data.partial);
    if (partial !== s.partial) drawLegend(Object.assign(s, { partial }));
    takeMembers(s, list(data.members));
    drawGiven(s, list(data.given));
    const start = whole(data.start, 0);
    if (start > s.steps.length) return;
    for (const step of list(data.steps).slice(s.steps.length - start)) append(s, step);
  };

  /** The stage is empty, for another run. */
  const clear = (s, run) => {
    play(s, false);
    Object.assign(s, blank(), { run });
    for (const room of [s.strip, s.live, s.legend, s.step.sky]) room.replaceChildren();
    for (const room of [s.follow, s.controls, s.step.section, s.course.section, s.leaps.root])
      room.hidden = true;
  };

  /** The legend names the members. */
  const takeMembers = (s, members) => {
    const told = members.map((m, i) => ({
      name: text(m?.name),
      index: whole(m?.index, i),
      weight: number(m?.weight),
      power: typeof m?.power === "number" ? m.power : null,
    }));
    if (JSON.stringify(told) === JSON.stringify(s.members)) return;
    s.members = told;
    drawLegend(s);
  };

  /** Members with their weights, and what the shading means. */
  const drawLegend = (s) => {
    const several = s.members.length > 1;
    const shared = several && s.pooling !== "signed";
    const parted = shared && s.pooling !== "searched";
    const weights = shares(s.members.map((member) => member.weight));
    const counts = (m, i) => (shared ? weights[i] : m.power !== null && power(m.power));
    fill(
      s.legend,
      el(
        "ul",
        { class: "fl-members", "aria-label": t("tokens-members") },
        s.members.map((member, i) =>
          el(
            "li",
            { class: "fl-legend-member" },
            memberName(member),
            several && el("span", { class: "fl-weight" }, counts(member, i)),
          ),
        ),
      ),
      el(
        "div",
        { class: "fl-keys" },
        shared && el("span", { class: "fl-key" }, term("weight", t("tokens-key-weight"))),
        several && !shared && el("span", { class: "fl-key" }, t("tokens-key-power")),
        parted &&
          el(
            "span",
            { class: "fl-key" },
            el("span", { class: "fl-key-line", "aria-hidden": "true" }),
            term("decided-by", t("tokens-key-decided")),
          ),
        several && marksOf(s),
        pivotalKeys(s),
        el(
          "span",
          { class: "fl-key" },
          term("probability", t(several ? "tokens-key-fused" : "tokens-key-alone")),
          " 0",
          el("span", { class: "fl-scale", "aria-hidden": "true" }),
          "1",
        ),
      ),
    );
  };

  /** The step to begin with: of greatest disagreement, or where nobody can disagree, least sure. */
  const telling = (s) =>
    s.members.length > 1 && number(s.steps[s.most]?.divergence) > APART ? s.most : s.least;

  /** The reader chose this step. */
  const pick = (s, index, focus) => {
    if (!s.steps[index]) return;
    play(s, false);
    s.following = false;
    s.follow.hidden = s.done;
    show(s, index, index !== s.selected);
    if (focus) s.nodes[index].focus({ preventScroll: true });
    say(s.live, described(s, s.steps[index]));
    if (s.trigger) s.trigger("select", { step: whole(s.steps[index].step, index) });
  };

  /** This step is the selected one; with `moving`, its bars flow and its token drops. */
  const show = (s, index, moving) => {
    const old = s.nodes[s.selected];
    const node = s.nodes[index];
    if (old) set(old, { "aria-selected": "false", tabindex: "-1" });
    s.selected = index;
    if (!node) return;
    set(node, { "aria-selected": "true", tabindex: "0" });
    reveal(s.strip, node);
    drawStep(s);
    drawCursor(s);
    drawPlace(s);
    drawWhatIf(s);
    if (moving) fly(s, node);
  };

  /** Where the shown step stands among all. */
  const drawPlace = (s) => {
    s.controls.hidden = s.steps.length < 2;
    drawJumps(s);
    say(
      s.place,
      t("tokens-place", {
        step: String(whole(s.steps[s.selected]?.step) + 1),
        steps: String(whole(s.steps.at(-1)?.step) + 1),
      }),
    );
  };

  // Playing

  /** The steps go on by themselves from now on, or rest. */
  const play = (s, on) => {
    clearTimeout(s.ticking);
    if (on === s.playing) return;
    s.playing = on;
    s.strip.classList.toggle("fl-playing", on);
    say(s.play, t(on ? "tokens-pause" : "tokens-play"));
    set(s.play, { title: t(on ? "tokens-pause.title" : "tokens-play.title") });
    if (!on) {
      dim(s);
      return;
    }
    s.following = false;
    s.follow.hidden = s.done;
    const next = s.selected + 1 < s.steps.length ? s.selected + 1 : 0;
    show(s, next, true);
    dim(s);
    s.ticking = setTimeout(() => tick(s), BEAT);
  };

  /** One step on; at the end of a finished run the picture rests. */
  const tick = (s) => {
    const last = s.selected + 1 >= s.steps.length;
    if (!s.root.isConnected || !s.root.offsetParent || (last && s.done)) {
      play(s, false);
      return;
    }
    if (!last) show(s, s.selected + 1, true);
    dim(s);
    s.ticking = setTimeout(() => tick(s), BEAT);
  };

  /** While it plays, tokens that are still to come are faint. */
  const dim = (s) =>
    s.nodes.forEach((node, i) => node.classList.toggle("fl-later", s.playing && i > s.selected));

  /** Course and newest step are drawn; while the run goes on, with a pause after each time. */
  const refresh = (s) => {
    clearTimeout(s.timer);
    const now = performance.now();
    const wait = s.done ? 0 : s.drawn + PAUSE - now;
    if (wait > 0) {
      s.timer = setTimeout(() => refresh(s), wait);
      return;
    }
    drawCourse(s);
    if (s.following || s.selected < 0) {
      const moving = !s.done && now - s.flown > BEAT;
      if (moving) s.flown = now;
      show(s, s.done ? telling(s) : s.steps.length - 1, moving);
    }
    if (s.done) s.following = false;
    drawPlace(s);
    drawWhatIf(s);
    s.drawn = performance.now();
  };

  /** The stage shows this message and all before it. */
  window.FusionLab.tokens = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    if (!data || typeof data !== "object") return;
    const before = { run: s.run, steps: s.steps.length, done: s.done };
    receive(s, data);
    s.empty.hidden = s.steps.length > 0 || !s.given.hidden;
    s.follow.hidden = s.done || s.following;
    const ended = s.done && !before.done;
    const at = whole(data.at, -1);
    if (s.steps[at]) {
      drawCourse(s);
      s.following = false;
      show(s, at);
      drawPlace(s);
      return;
    }
    if (s.run === before.run && s.steps.length === before.steps && !ended) return;
    refresh(s);
    s.follow.hidden = s.done || s.following;
    if (s.done && s.steps.length) say(s.live, t("tokens-finished", { n: s.steps.length }));
  };

  /** The step of this number is the selected one. */
  window.FusionLab.tokens.show = (element, { step }) => {
    const s = state(element, make);
    pick(
      s,
      s.steps.findIndex((each) => each.step === step),
      true,
    );
  };
})();
