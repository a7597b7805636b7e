/**
 * One step in full: what each member wanted, how it flows into the fused bars, and what was chosen.
 *
 * All bars of a step have one scale, which is said. `s` is the stage of `tokens`.
 */
(() => {
  "use strict";
  const {
    add,
    chip,
    el,
    fill,
    folded,
    list,
    mark,
    measure,
    memberClass,
    memberName,
    nats,
    number,
    own,
    percent,
    power,
    probability,
    shares,
    withP,
    say,
    section,
    table,
    term,
    text,
    unit,
    whole,
  } = window.FusionLab.core;
  const { ordinal } = window.FusionLab.course;
  const { t } = window.FusionLab.words;
  const { cellsOf, originFacts, shareBar } = window.FusionLab.provenance;
  const { happened } = window.FusionLab.strip;
  const WEIGHED = 6;
  const WANTED = 5;
  const MANY = 4;
  const TOPS = [0.05, 0.1, 0.2, 0.25, 0.5, 1];

  /** The room of the selected step, empty. */
  const makeStep = () => {
    const r = {
      title: el("span"),
      facts: el("ul", { class: "fl-facts" }),
      origin: el("div"),
      bars: el("div"),
      wants: el("div", { class: "fl-wants" }),
      table: folded(t("tokens-table")),
      explain: el("p", { class: "fl-note" }),
      scale: el("p", { class: "fl-note" }),
      weighed: el("h3", { class: "fl-subtitle" }),
      sky: el("div", { class: "fl-sky", "aria-hidden": "true" }),
    };
    const side = (name, ...children) => el("div", { class: `fl-side fl-${name}` }, children);
    r.wanted = side(
      "wanted",
      el("h3", { class: "fl-subtitle" }, t("tokens-wanted")),
      el("p", { class: "fl-note" }, t("tokens-wanted-about")),
      r.wants,
    );
    r.sides = el(
      "div",
      { class: "fl-sides" },
      r.wanted,
      el("div", { class: "fl-into", "aria-hidden": "true" }),
      side("weighed", r.weighed, r.explain, r.bars, r.scale),
    );
    r.section = section("step", r.title, r.facts, r.origin, r.sides, r.table);
    r.section.hidden = true;
    return r;
  };

  /** The selected step is shown in full. */
  const drawStep = (s) => {
    const step = s.steps[s.selected];
    const r = s.step;
    r.section.hidden = !step;
    if (!step) return;
    const alone = s.members.length < 2;
    fill(
      r.title,
      t("tokens-step", { step: String(ordinal(step)) }),
      " ",
      mark(step.token),
      el("span", { class: "fl-title-p" }, ` ${withP(step.p)}`),
    );
    fill(r.facts, factsOf(s, step));
    fill(r.origin, shareBar(s, step));
    r.wanted.hidden = alone;
    r.sides.classList.toggle("fl-alone", alone);
    r.sides.classList.toggle("fl-three", s.members.length === 3);
    r.sides.classList.toggle("fl-many", s.members.length > MANY);
    fill(r.weighed, alone ? t("tokens-weighed-alone") : term("pool", t("tokens-weighed")));
    say(r.explain, t(explanationOf(s, step, alone)));
    const top = topOf(s, step);
    measure(r.sides, "--fl-top", top);
    say(r.scale, t("tokens-scale", { p: String(top) }));
    r.sources = new Map();
    r.sinks = [];
    fill(r.wants, alone ? [] : s.members.map((member) => wantsOf(s, step, member)));
    fill(r.bars, barsOf(s, step));
    if (r.bars.querySelector(".fl-branch-at")) add(r.scale, " ", t("branches-hint"));
    drawTable(s);
  };

  /** How to read the fused bars. */
  const explanationOf = (s, step, alone) => {
    if (alone) return "tokens-explain-alone";
    if (s.pooling === "drawn") return "tokens-explain-drawn";
    if (step.acted === false && s.act === "disputed" && asked(s, step)) {
      return "tokens-explain-agreed";
    }
    if (step.acted === false && s.act !== "supported") return "tokens-explain-gate";
    if (s.pooling === "signed") return "tokens-explain-signed";
    if (s.pooling === "searched") return "tokens-explain-searched";
    if (s.pooling === "arithmetic") return "tokens-explain-stacked";
    return s.pooling === "none" ? "tokens-explain-turns" : "tokens-explain-grouped";
  };

  /** Whether all members were asked at this step. */
  const asked = (s, step) => s.members.every((member) => own(step.members, member.name));

  /** The probability of a full bar: a round number that no bar of the step is longer than. */
  const topOf = (s, step) => {
    const wanted = s.members.flatMap((m) => list(own(step.members, m.name)?.top).slice(0, WANTED));
    const fused = candidatesOf(s, step);
    const parts = stacked(s) ? [] : fused.flatMap((c) => c.parts);
    const most = Math.max(...[...fused, ...wanted].map((c) => unit(c?.p)), ...parts.map(unit), 0);
    return TOPS.find((top) => top >= most);
  };

  /** Whether the members' shares of a candidate add up to its bar. */
  const stacked = (s) => ["arithmetic", "drawn"].includes(s.pooling) || s.members.length < 2;

  /** How much the member counts at this step: its own weight, unless the step has another. */
  const weightOf = (s, step, member) => {
    const mine = own(step.members, member.name);
    if (s.pooling === "none" || !mine) return member.weight;
    return number(mine.weight, member.weight);
  };

  /** The same of all members, who count 1 together; of whom nobody asked, what is set. */
  const weightsAt = (s, step) => {
    const asked = (member) => own(step.members, member.name);
    const found = shares(s.members.map((each) => (asked(each) ? weightOf(s, step, each) : 0)));
    return s.members.map((each, i) => (asked(each) ? found[i] : percent(each.weight)));
  };

  /** The same in words: a share, or the power to which its probability is raised. */
  const countsOf = (s, step, member) => {
    const exponent = own(step.members, member.name)?.exponent;
    if (typeof exponent !== "number") return weightsAt(s, step)[s.members.indexOf(member)];
    return power(exponent);
  };

  /** The step in a few numbers. */
  const factsOf = (s, step) => {
    const fact = (key, value) =>
      el(
        "li",
        { class: "fl-fact" },
        el("span", { class: "fl-fact-name" }, term(key, t(`tokens-fact-${key}`))),
        " ",
        value,
      );
    const several = s.members.length > 1;
    const decided = s.members[whole(step.decided, -1)];
    return [
      several &&
        !["signed", "searched"].includes(s.pooling) &&
        fact("decided-by", decided ? memberName(decided) : t("tokens-nobody")),
      several && originFacts(s, step),
      fact("entropy", t("number-nats", { n: nats(step.entropy) })),
      several && fact("divergence", t("number-nats", { n: nats(step.divergence) })),
      ...(several ? happened(s, step) : []).map((said) => el("li", { class: "fl-fact" }, said)),
    ];
  };

  /** The pool's candidates; the chosen one is among them even where it was not of the best. */
  const candidatesOf = (s, step) => {
    const fused = list(step.fused);
    const chosen = fused.findIndex((c) => text(c?.token) === text(step.token));
    const rows = fused
      .map((c, i) => ({ ...c, parts: list(c?.parts), chosen: i === chosen }))
      .filter((c, i) => i < WEIGHED || c.chosen);
    if (chosen >= 0) return rows;
    const parts = s.members.map((m) => own(step.members, m.name)?.p_chosen);
    return [...rows, { token: step.token, p: step.p, parts, chosen: true }];
  };

  /** One bar for each candidate, or a group of bars where contributions do not add up. */
  const barsOf = (s, step) =>
    el(
      "ul",
      { class: "fl-bars" },
      candidatesOf(s, step).map((c) => {
        const label = mark(c.token);
        if (c.chosen) s.step.chosen = label;
        return el(
          "li",
          { class: `fl-bar-row${c.chosen ? " fl-chosen" : ""}` },
          el(
            "span",
            { class: "fl-bar-label" },
            c.chosen && el("span", { class: "fl-tick", title: t("tokens-chosen") }, "✓"),
            offered(s, step, c, label),
          ),
          el(
            "span",
            { class: "fl-track", "aria-hidden": "true" },
            stacked(s) ? stackOf(s, c) : groupOf(s, c),
          ),
          el("span", { class: "fl-bar-value" }, probability(c.p)),
        );
      }),
    );

  /** Segments that add up to the fused probability. */
  const stackOf = (s, candidate) => {
    let left = unit(candidate.p);
    const alone = s.members.length < 2;
    const segments = s.members.map((member, i) => {
      const p = candidate.parts[i];
      const weight = weightOf(s, s.steps[s.selected], member);
      const share = alone ? left : Math.min(left, weight * unit(p));
      left -= share;
      if (!(share > 0)) return null;
      const title = t("tokens-part", {
        name: member.name,
        weight: countsOf(s, s.steps[s.selected], member),
        p: probability(alone ? candidate.p : p),
      });
      const segment = el("span", { class: `fl-segment ${memberClass(member.index)}`, title });
      s.step.sinks.push({ member, token: text(candidate.token), node: segment });
      return measure(segment, "--w", share);
    });
    const title = t("tokens-part-unlisted", { p: probability(left) });
    const rest =
      left > 5e-4 && measure(el("span", { class: "fl-segment fl-unlisted", title }), "--w", left);
    return el("span", { class: "fl-stack" }, segments, rest);
  };

  /** The fused bar, and each member's own below it. */
  const groupOf = (s, candidate) => {
    const fused = el("span", {
      class: "fl-segment fl-fused",
      title: t("tokens-part-fused", { p: probability(candidate.p) }),
    });
    const segments = s.members.map((member, i) => {
      const title = t("tokens-part-own", {
        name: member.name,
        p: probability(candidate.parts[i]),
      });
      const segment = el("span", { class: `fl-segment ${memberClass(member.index)}`, title });
      s.step.sinks.push({ member, token: text(candidate.token), node: segment });
      return measure(segment, "--w", unit(candidate.parts[i]));
    });
    return el("span", { class: "fl-group" }, measure(fused, "--w", unit(candidate.p)), segments);
  };

  /** What one member wanted. */
  const wantsOf = (s, step, member) => {
    const mine = own(step.members, member.name);
    const head = el(
      "div",
      { class: "fl-want-head" },
      memberName(member),
      mine && el("span", { class: "fl-weight" }, countsOf(s, step, member)),
    );
    if (!mine) {
      const note = el("p", { class: "fl-note" }, t("tokens-not-asked"));
      return el("div", { class: "fl-want" }, head, note);
    }
    return el(
      "div",
      { class: `fl-want ${memberClass(member.index)}` },
      head,
      el(
        "ol",
        { class: "fl-top" },
        list(mine.top)
          .slice(0, WANTED)
          .map((c) => wishOf(s, step, member, c || {})),
      ),
      el(
        "p",
        { class: "fl-note" },
        [
          t("tokens-want-chosen", { p: probability(mine.p_chosen) }),
          t("tokens-want-entropy", { n: nats(mine.entropy) }),
          t("tokens-want-rest", { share: percent(mine.rest) }),
        ].map((fact) => [el("span", { class: "fl-pair" }, fact), " "]),
      ),
    );
  };

  /** The candidate's label; where one can go on from it, a button. */
  const offered = (s, step, c, label) =>
    window.FusionLab.branches?.offer(s, step, c, label) || label;

  /** One token that a member found likely. */
  const wishOf = (s, step, member, c) => {
    const r = s.step;
    const bar = el("span", { class: `fl-segment ${memberClass(member.index)}` });
    r.sources.set(`${member.index} ${text(c.token)}`, bar);
    return el(
      "li",
      { class: `fl-top-row${text(c.token) === text(step.token) ? " fl-chosen" : ""}` },
      el("span", { class: "fl-top-label" }, offered(s, step, c, mark(c.token))),
      el("span", { class: "fl-track", "aria-hidden": "true" }, measure(bar, "--w", unit(c.p))),
      el("span", { class: "fl-bar-value" }, probability(c.p)),
    );
  };

  /** The numbers of the step, where its table is open. */
  const drawTable = (s) => {
    const room = s.step.table;
    const step = s.steps[s.selected];
    if (!room.open || !step) return;
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    const at = { step: String(ordinal(step)) };
    const head = (...names) => names.map((name) => t(`tokens-head-${name}`));
    const names = s.members.length > 1 ? s.members.map((member) => member.name) : [];
    const weighed = candidatesOf(s, step).map((c) => [
      chip(c.token),
      probability(c.p),
      ...names.map((_, i) => probability(c.parts[i] ?? null)),
    ]);
    const wanted = s.members.flatMap((member) => {
      const mine = own(step.members, member.name);
      return list(mine?.top).map((c) => [member.name, chip(c?.token), probability(c?.p)]);
    });
    const each = s.members.map((member, i) => {
      const mine = own(step.members, member.name) || {};
      return [
        member.name,
        countsOf(s, step, member),
        probability(mine.p_chosen),
        nats(mine.entropy),
        percent(mine.rest),
        ...(names.length ? cellsOf(s, step, member, i) : []),
      ];
    });
    add(
      room,
      table(
        t("tokens-caption-candidates", at),
        [...head("candidate", names.length ? "fused" : "p"), ...names],
        weighed,
      ),
      table(t("tokens-caption-wanted", at), head("member", "token", "p"), wanted),
      table(
        t("tokens-caption-members", at),
        head(
          ...["member", "weight", "chosen", "entropy", "rest"],
          ...(names.length ? ["share", "pivotal"] : []),
        ),
        each,
      ),
    );
  };

  window.FusionLab.flow = { drawStep, drawTable, makeStep };
})();
