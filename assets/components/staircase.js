/**
 * A staircase: members in the order in which they are asked, each with its agreement against the
 * threshold; where the ascent stopped, and who was spared.
 *
 * `FusionLab.staircase(element, data)` is called with the whole view each time.
 */
(() => {
  "use strict";
  const {
    count,
    el,
    fill,
    folded,
    remembered,
    list,
    measure,
    memberClass,
    memberName,
    number,
    percent,
    say,
    state,
    table,
    term,
    text,
    unit,
    whole,
  } = window.FusionLab.core;
  const { answer, badge, begin, finish, heading, memberAt, membersOf } = window.FusionLab.pictures;
  const { prose, record, records, scoreOf, short, tokens, verdict } = window.FusionLab.pictures;
  const { t } = window.FusionLab.words;
  const STATES = new Set([
    "waiting",
    "writing",
    "passed",
    "stopped",
    "failed",
    "spared",
    "unasked",
  ]);

  const make = () => {
    const s = { keys: {} };
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.note = el("p", { class: "fl-note" });
    s.threshold = el("span", { class: "fl-title-p" });
    s.stairs = el("ol", { class: "fl-stairs" });
    s.tableRoom = el("div");
    s.numbers = folded(t("staircase-table"), s.tableRoom);
    s.root = el(
      "div",
      { class: "fl-stage" },
      el("div", null, heading(t("staircase-title"), s.threshold), s.note),
      s.sentence,
      s.stairs,
      s.numbers,
    );
    return s;
  };

  const stateOf = (step) => (STATES.has(step.state) ? step.state : "waiting");

  /** Whether the member was asked at all. */
  const isAsked = (step) => !["spared", "waiting", "unasked"].includes(stateOf(step));

  /** What the ascent has come to, in words. */
  const outcome = (s, steps) => {
    const { data, members } = s;
    const taken = steps[whole(data.taken, -1)];
    if (!taken) {
      const now = steps.find((step) => stateOf(step) === "writing");
      return now ? t("staircase-asking", { name: memberAt(members, now.member).name }) : "";
    }
    const values = {
      name: memberAt(members, taken.member).name,
      step: whole(data.taken) + 1,
      steps: steps.length,
      spared: whole(data.spared),
    };
    if (taken.enough)
      return t(
        values.spared ? "staircase-outcome-stopped" : "staircase-outcome-stopped-last",
        values,
      );
    return t("staircase-outcome-last", values);
  };

  /** Whether the answer that stands is one of several with as many votes. */
  const tieOf = (data) => {
    const tied = list(data.tied).length;
    if (tied < 2) return "";
    return t("staircase-tied", { score: scoreOf(votesOf(data), tied) });
  };

  /** How many of its answers say what the step says that stands. */
  const votesOf = (data) => {
    const taken = record(records(data.steps)[whole(data.taken, -1)]);
    return records(taken.answers).filter(
      (one) => whole(one.letter, -1) >= 0 && one.letter === data.letter,
    ).length;
  };

  const drawSentence = (s, steps) => {
    const elected = text(s.data.elected);
    fill(
      s.sentence,
      outcome(s, steps),
      " ",
      tieOf(s.data),
      elected
        ? el("span", { class: "fl-answer fl-answer-line" }, [
            whole(s.data.letter, -1) >= 0 ? badge(s.data.letter) : null,
            el("strong", { dir: "auto", title: elected }, short(elected)),
            verdict(s.data.right),
          ])
        : null,
    );
  };

  /** The agreement as a bar, and the threshold as a line across it. */
  const meter = (s, step) => {
    const known = typeof step.agreement === "number";
    const threshold = unit(s.data.threshold);
    const words = known
      ? t("staircase-agreement", {
          agreement: percent(step.agreement),
          threshold: percent(threshold),
        })
      : t("staircase-threshold", { threshold: percent(threshold) });
    return el(
      "div",
      { class: "fl-meter" },
      el(
        "div",
        { class: "fl-meter-track", role: "img", "aria-label": words },
        known ? measure(el("span", { class: "fl-meter-fill" }), "--w", unit(step.agreement)) : null,
        measure(el("span", { class: "fl-meter-line" }), "--at", threshold),
      ),
      el("p", { class: "fl-meter-words" }, words),
    );
  };

  /** The letters of its answers, so that agreement is seen. */
  const letters = (s, step) => {
    const answers = records(step.answers);
    const missing = Math.max(0, Math.min(64, whole(s.data.samples)) - answers.length);
    if (!isAsked(step)) return null;
    return el(
      "p",
      { class: "fl-letters" },
      answers.map((one) =>
        one.answer === null || one.answer === undefined
          ? el("span", { class: "fl-letter fl-letter-none" }, "…")
          : badge(one.letter),
      ),
      stateOf(step) === "writing"
        ? Array.from({ length: missing }, () =>
            el("span", { class: "fl-letter fl-letter-none" }, "…"),
          )
        : null,
    );
  };

  /** All answers of a step, on demand; it stays open while the picture grows. */
  const said = (s, step, place) => {
    const answers = records(step.answers);
    if (!answers.length) return null;
    const node = folded(
      t("staircase-answers", { n: answers.length }),
      answers.map((one, i) =>
        el("div", { class: "fl-sample" }, [
          answer(one),
          prose(s, `${place} ${i}`, text(one.text), {
            growing: stateOf(step) === "writing" && (one.answer ?? null) === null,
          }),
        ]),
      ),
    );
    s.open = s.open || new Set();
    return remembered(node, s.open.has(place), (open) => {
      if (open) s.open.add(place);
      else s.open.delete(place);
      if (node.open) finish(s);
    });
  };

  /** One step of the stairs. */
  const stepOf = (s, step, place, n) => {
    const member = memberAt(s.members, step.member);
    const its = stateOf(step);
    const asked = isAsked(step);
    const taken = place === whole(s.data.taken, -1);
    const node = el(
      "li",
      {
        class: `fl-stair fl-stair-${its} ${memberClass(member.index)}${taken ? " fl-taken" : ""}`,
      },
      el(
        "div",
        { class: "fl-stair-top" },
        el("span", { class: "fl-stair-number" }, t("staircase-step", { n: place + 1 })),
        memberName(member),
      ),
      asked ? letters(s, step) : null,
      asked ? meter(s, step) : null,
      el(
        "p",
        { class: "fl-stair-state" },
        t(`staircase-${taken && its === "passed" ? "taken" : its}`, {
          enough: step.enough ? "yes" : "no",
          last: place === n - 1 ? "yes" : "no",
        }),
      ),
      number(step.tokens) > 0 ? el("p", { class: "fl-note" }, tokens(step.tokens)) : null,
      said(s, step, place),
    );
    measure(node, "--place", place);
    return measure(node, "--rest", n - 1 - place);
  };

  /** The numbers of the picture. */
  const drawNumbers = (s, steps) =>
    fill(
      s.tableRoom,
      table(
        t("staircase-table"),
        ["member", "answers", "agreement", "state", "tokens"].map((h) => t(`staircase-head-${h}`)),
        steps.map((step, place) => [
          memberName(memberAt(s.members, step.member)),
          records(step.answers)
            .map((one) => short(one.answer) || "–")
            .join(" · ") || "–",
          typeof step.agreement === "number" ? percent(step.agreement) : "–",
          t(`staircase-${stateOf(step)}`, {
            enough: step.enough ? "yes" : "no",
            last: place === steps.length - 1 ? "yes" : "no",
          }),
          count(step.tokens),
        ]),
      ),
    );

  /** The stairs as far as they have been climbed. */
  window.FusionLab.staircase = (element, given) => {
    const s = state(element, make);
    const key = JSON.stringify(given);
    if (key === s.key) return;
    s.key = key;
    s.data = record(given);
    s.members = membersOf(s.data);
    const steps = records(s.data.steps);
    begin(s);
    say(s.note, t("staircase-about", { n: whole(s.data.samples) }));
    fill(
      s.threshold,
      " · ",
      term("threshold", t("staircase-threshold", { threshold: percent(s.data.threshold) })),
    );
    drawSentence(s, steps);
    measure(s.stairs, "--steps", Math.max(1, steps.length));
    s.stairs.classList.toggle("fl-many-stairs", steps.length > 5);
    fill(
      s.stairs,
      steps.map((step, place) => stepOf(s, step, place, steps.length)),
    );
    drawNumbers(s, steps);
    finish(s);
  };
})();
