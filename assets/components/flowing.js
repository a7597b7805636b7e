/**
 * The picture on the first page: a recorded run whose bars flow and whose token drops, by itself
 * or step by step. It rests while nobody can see it. `s` is the state of `start`.
 */
(() => {
  "use strict";
  const {
    calm,
    el,
    fill,
    list,
    mark,
    measure,
    memberClass,
    memberName,
    percent,
    say,
    set,
    spelled,
    swatch,
    term,
    unit,
  } = window.FusionLab.core;
  const { said, t } = window.FusionLab.words;
  const HOLD = 4200;
  const GROW = 500;
  const FLOW = 900;
  const DROP = 600;
  const SCALES = [0.25, 0.5, 0.75, 1];

  /** The picture's fixed nodes. */
  const makePicture = (s) => {
    s.caption = el("p", { class: "fl-start-caption", "aria-live": "off" });
    s.text = el("p", { class: "fl-start-text", dir: "auto" });
    s.panels = el("div", { class: "fl-start-panels" });
    s.scale = el("span", { class: "fl-start-scale" });
    s.place = el("span", { class: "fl-start-step" });
    s.play = el("button", { class: "fl-start-key fl-go-play", type: "button" });
    s.play.addEventListener("click", () => play(s, !s.playing));
    const button = (key, by) => {
      const made = el(
        "button",
        {
          class: `fl-start-key fl-go-${by < 0 ? "back" : "next"}`,
          type: "button",
          title: t(`${key}.title`),
        },
        t(key),
      );
      made.addEventListener("click", () => step(s, by));
      return made;
    };
    s.controls = el(
      "div",
      { class: "fl-start-controls" },
      button("start-back", -1),
      s.play,
      button("start-on", 1),
      s.place,
    );
    s.stage = el(
      "div",
      {
        class: "fl-start-stage",
        role: "group",
        tabindex: "0",
        "aria-label": `${t("start-picture")}. ${t("start-keys")}`,
        title: t("start-keys"),
      },
      s.panels,
      el(
        "div",
        { class: "fl-start-said" },
        el("span", { class: "fl-start-label" }, t("start-text")),
        s.text,
      ),
      s.caption,
    );
    s.stage.addEventListener("keydown", (event) => keyed(s, event));
    return [
      el("p", { class: "fl-note" }, t("start-picture-about")),
      s.stage,
      el("div", { class: "fl-start-foot" }, s.controls, s.scale, s.start),
      el(
        "p",
        { class: "fl-start-words" },
        el("span", { class: "fl-start-label" }, t("start-new-words")),
        [
          term("token"),
          term("probability"),
          term("member"),
          term("ensemble"),
          term("pool"),
          term("weight"),
        ],
      ),
    ];
  };

  /** Arrow keys take a step, the space bar plays and pauses. */
  const keyed = (s, event) => {
    if (event.target !== s.stage || event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) step(s, by);
    else if (event.key === " ") play(s, !s.playing);
    else return;
    event.preventDefault();
  };

  /** The reader goes a step on or back; the picture then rests. */
  const step = (s, by) => {
    play(s, false);
    set(s.caption, { "aria-live": "polite" });
    show(s, (s.at + by + s.steps.length) % s.steps.length, by > 0);
  };

  /** The picture moves by itself from now on, or rests. */
  const play = (s, playing) => {
    s.playing = playing;
    set(s.caption, { "aria-live": "off" });
    say(s.play, t(playing ? "start-pause" : "start-play"));
    set(s.play, { title: t(playing ? "start-pause.title" : "start-play.title") });
    wait(s);
  };

  /** The next step comes after a while, if the picture plays and can be seen. */
  const wait = (s) => {
    clearTimeout(s.timer);
    if (!s.playing || !s.seen || document.hidden || !s.steps.length) return;
    s.timer = setTimeout(() => {
      if (!s.root.isConnected) return;
      show(s, (s.at + 1) % s.steps.length, true);
      wait(s);
    }, HOLD);
  };

  /** The length that a full bar stands for: what the longest of the step just fits in. */
  const scaleOf = (one) => {
    const most = Math.max(
      ...list(one.rows).flatMap((row) => [unit(row.p), ...list(row.parts).map(unit)]),
    );
    return SCALES.find((scale) => most <= scale) || 1;
  };

  /** A token as plain words; one that is nothing but blanks is marked as elsewhere. */
  const plain = (token) => {
    const word = spelled(token).trim();
    return word ? el("bdi", { title: spelled(token) }, word) : mark(token);
  };

  /** One candidate in one panel. */
  const rowOf = (row, value, bar) =>
    el(
      "li",
      { class: `fl-start-row${row.chosen ? " fl-chosen" : ""}` },
      el("span", { class: "fl-start-token" }, plain(row.token)),
      el("span", { class: "fl-start-track", "aria-hidden": "true" }, bar),
      el("span", { class: "fl-start-value" }, percent(value)),
    );

  /** What one member gives the candidates. */
  const memberPanel = (member, i, rows, scale) =>
    el(
      "div",
      { class: `fl-start-panel ${memberClass(member.index)}` },
      el("div", { class: "fl-start-head" }, memberName(member)),
      el(
        "ul",
        null,
        rows.map((row) => {
          const p = unit(list(row.parts)[i]);
          return rowOf(
            row,
            p,
            measure(el("span", { class: "fl-start-bar" }), "--w", Math.min(1, p / scale)),
          );
        }),
      ),
    );

  /** The fused bar of a candidate: what each member adds to it, or one bar if nothing adds up. */
  const fusedBar = (members, row, scale) => {
    const shares = list(row.shares);
    if (!shares.length)
      return measure(
        el("span", { class: "fl-start-bar fl-fused" }),
        "--w",
        Math.min(1, unit(row.p) / scale),
      );
    return members.map((member, i) =>
      measure(
        el("span", { class: `fl-start-bar ${memberClass(member.index)}` }),
        "--w",
        Math.min(1, unit(shares[i]) / scale),
      ),
    );
  };

  /** What they come to together. */
  const fusedPanel = (members, rows, scale) =>
    el(
      "div",
      { class: "fl-start-panel fl-start-fused" },
      el(
        "div",
        { class: "fl-start-head" },
        el(
          "span",
          { class: "fl-start-plus", "aria-hidden": "true" },
          members.map((member) => swatch(member.index)),
        ),
        el("strong", null, t("start-together")),
      ),
      el(
        "ul",
        null,
        rows.map((row) => rowOf(row, row.p, fusedBar(members, row, scale))),
      ),
    );

  /** The text up to this step; its last token is the one that has just been chosen. */
  const drawText = (s) => {
    const written = s.steps.slice(0, s.at).map((one) => spelled(one.token));
    const [, blank, word] = /^( *)([^]*)$/.exec(spelled(s.steps[s.at].token));
    s.last = el("span", { class: "fl-start-last" }, word);
    fill(
      s.text,
      el("span", { class: "fl-start-prompt", title: t("start-prompt") }, spelled(s.prompt), " … "),
      written.join(""),
      blank,
      s.last,
    );
  };

  /** The step at `index` is shown; with `moves`, its bars flow and its token drops. */
  const show = (s, index, moves) => {
    s.at = index;
    const one = s.steps[index];
    const rows = list(one.rows);
    const scale = scaleOf(one);
    for (const each of s.moving) each.cancel();
    s.moving = [];
    fill(
      s.panels,
      s.members.map((member, i) => memberPanel(member, i, rows, scale)),
      fusedPanel(s.members, rows, scale),
    );
    drawText(s);
    say(s.caption, said(one.caption));
    say(s.place, t("start-step", { step: index + 1, total: s.steps.length }));
    say(s.scale, t("start-scale", { p: percent(scale) }));
    if (moves && !calm()) move(s);
  };

  /** From now on `node` moves from where `frames` begins; what moved before is forgotten later. */
  const animate = (s, node, frames, delay, duration) => {
    const options = { delay, duration, easing: "cubic-bezier(.3, .1, .2, 1)", fill: "backwards" };
    s.moving.push(node.animate(frames, options));
  };

  /** The members' bars grow, flow into the fused ones, and the chosen token drops into the text. */
  const move = (s) => {
    const panels = [...s.panels.children];
    const fused = panels[panels.length - 1];
    const barsOf = (panel) =>
      [...panel.querySelectorAll(".fl-start-track")].map((track) => [...track.children]);
    const sources = panels.slice(0, -1).map(barsOf);
    for (const [bar] of sources.flat())
      animate(s, bar, [{ transform: "scaleX(0)" }, { transform: "none" }], 0, GROW);
    barsOf(fused).forEach((parts, row) =>
      parts.forEach((bar, i) => {
        const from = parts.length > 1 || sources.length === 1 ? sources[i]?.[row][0] : null;
        flow(s, bar, from);
      }),
    );
    for (const value of fused.querySelectorAll(".fl-start-value"))
      animate(s, value, [{ opacity: 0 }, { opacity: 1 }], GROW + FLOW, 200);
    const chosen = fused.querySelector(".fl-chosen .fl-start-token");
    if (!chosen) return;
    const [a, b] = [chosen, s.last].map((node) => node.getBoundingClientRect());
    const start = `translate(${a.left - b.left}px, ${a.top - b.top}px)`;
    animate(
      s,
      s.last,
      [
        { opacity: 0, transform: start },
        { opacity: 1, transform: start, offset: 0.15 },
        { opacity: 1, transform: "none" },
      ],
      GROW + FLOW,
      DROP,
    );
    animate(s, s.caption, [{ opacity: 0 }, { opacity: 1 }], GROW + FLOW + DROP, 300);
  };

  /** The fused part starts as the member's bar and becomes its share of the fused one. */
  const flow = (s, bar, from) => {
    const to = bar.getBoundingClientRect();
    const source = from?.getBoundingClientRect();
    const frames =
      source && to.width > 0.5
        ? [
            {
              opacity: 0.25,
              transform:
                `translate(${source.left - to.left}px, ${source.top - to.top}px) ` +
                `scaleX(${source.width / to.width})`,
            },
            { opacity: 1, transform: "none" },
          ]
        : [{ opacity: 0 }, { opacity: 1 }];
    animate(s, bar, frames, GROW, FLOW);
  };

  /** The picture rests while nobody can see it. */
  const watch = (s) => {
    if (s.watched) s.watched.disconnect();
    s.watched = new IntersectionObserver((entries) => {
      s.seen = entries[entries.length - 1].isIntersecting;
      wait(s);
    });
    s.watched.observe(s.stage);
    if (s.listening) return;
    s.listening = true;
    document.addEventListener("visibilitychange", () => wait(s));
  };

  window.FusionLab.flowing = { makePicture, play, show, watch };
})();
