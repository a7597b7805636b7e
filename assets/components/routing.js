/**
 * A route: the prompt, a line to every member as thick as its score, and the one that answers.
 *
 * `FusionLab.routing(element, data)` is called with the whole view each time.
 */
(() => {
  "use strict";
  const { el, fill, fixed, folded, measure, memberClass, memberName, number } =
    window.FusionLab.core;
  const { state, svg, table, term, text, unit } = window.FusionLab.core;
  const { answer, begin, finish, heading, memberAt, membersOf } = window.FusionLab.pictures;
  const { prose, record, records, short } = window.FusionLab.pictures;
  const { has, t } = window.FusionLab.words;

  const make = () => {
    const s = {};
    s.note = el("p", { class: "fl-note" });
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.prompt = el("div", { class: "fl-route-prompt" });
    s.wires = svg("svg", {
      class: "fl-lines",
      viewBox: "0 0 100 100",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    });
    s.ways = el("ol", { class: "fl-ways-out" });
    s.answer = el("div", { class: "fl-route-answer" });
    s.tableRoom = el("div");
    s.numbers = folded(t("routing-table"), s.tableRoom);
    s.root = el(
      "div",
      { class: "fl-stage" },
      el(
        "div",
        null,
        heading(
          t("routing-title"),
          el("span", { class: "fl-title-p" }, " · ", term("router", t("routing-router"))),
        ),
        s.note,
      ),
      s.sentence,
      el(
        "div",
        { class: "fl-routing" },
        s.prompt,
        el("div", { class: "fl-route-wires" }, s.wires),
        s.ways,
      ),
      s.answer,
      s.numbers,
    );
    return s;
  };

  /** A score with two digits; a dash where there is none. */
  const scoreOf = (member) => (typeof member.score === "number" ? fixed(member.score, 2) : "–");

  /** Why this member answers, in words. */
  const outcome = (s, given, chosen) => {
    if (!chosen) return "";
    const name = memberAt(s.members, given.indexOf(chosen)).name;
    if (s.data.blind) return t("routing-blind", { name });
    if (s.data.tied) return t("routing-tied", { name, score: scoreOf(chosen) });
    const others = given.filter((m) => m !== chosen && typeof m.score === "number");
    const next = others.reduce((a, b) => (a && number(a.score) >= number(b.score) ? a : b), null);
    return next
      ? t("routing-chosen", {
          name,
          score: scoreOf(chosen),
          next: memberAt(s.members, given.indexOf(next)).name,
          other: scoreOf(next),
        })
      : t("routing-chosen-alone", { name, score: scoreOf(chosen) });
  };

  /** A line to each member; that to the chosen one is thick and drawn last. */
  const drawWires = (s, given) => {
    const n = Math.max(1, given.length);
    const order = given
      .map((_, i) => i)
      .sort((a, b) => Boolean(given[a].chosen) - Boolean(given[b].chosen));
    fill(
      s.wires,
      order.map((i) => {
        const y = ((100 * (i + 0.5)) / n).toFixed(2);
        const chosen = given[i].chosen === true;
        return svg("path", {
          class: `fl-wire ${memberClass(i)}${chosen ? " fl-wire-chosen" : " fl-wire-other"}`,
          d: `M0 50C50 50 50 ${y} 100 ${y}`,
        });
      }),
    );
  };

  /** One member: its score as a bar, and what it is good at. */
  const wayOf = (s, member, i) => {
    const chosen = member.chosen === true;
    return el(
      "li",
      {
        class: `fl-slot fl-way-out ${memberClass(memberAt(s.members, i).index)}${chosen ? " fl-taken" : ""}`,
      },
      el(
        "div",
        { class: "fl-way-box" },
        el("div", { class: "fl-way-head" }, [
          memberName(memberAt(s.members, i)),
          chosen ? el("span", { class: "fl-elected" }, t("routing-answers")) : null,
        ]),
        el("div", { class: "fl-sure" }, [
          el("span", { class: "fl-sure-name" }, t("routing-likeness")),
          el(
            "span",
            { class: "fl-track", "aria-hidden": "true" },
            measure(el("span", { class: "fl-segment" }), "--w", unit(member.score)),
          ),
          el("span", { class: "fl-bar-value" }, scoreOf(member)),
        ]),
        text(member.strength)
          ? el(
              "p",
              { class: "fl-strength", dir: "auto", title: text(member.strength) },
              short(member.strength, 110),
            )
          : null,
      ),
    );
  };

  /** What the chosen member writes. */
  const drawAnswer = (s, chosen, given) => {
    if (!chosen) {
      fill(s.answer);
      return;
    }
    const member = memberAt(s.members, given.indexOf(chosen));
    const { data } = s;
    fill(
      s.answer,
      el(
        "article",
        { class: `fl-card ${memberClass(member.index)}`, "aria-label": member.name },
        el("header", { class: "fl-card-head" }, [
          memberName(member),
          text(data.answer) !== text(data.text) ? answer({ ...data, letter: 0 }) : null,
        ]),
        prose(s, "answer", text(data.text), {
          growing: text(data.status) === "running",
          label: member.name,
        }),
      ),
    );
  };

  /** The route so far. */
  window.FusionLab.routing = (element, drawn) => {
    const s = state(element, make);
    const key = JSON.stringify(drawn);
    if (key === s.key) return;
    s.key = key;
    s.data = record(drawn);
    s.members = membersOf(s.data);
    const given = records(s.data.members);
    const chosen = given.find((member) => member.chosen === true);
    const by = `routing-by-${text(s.data.by)}`;
    begin(s);
    fill(s.note, has(by) ? t(by) : text(s.data.by));
    fill(s.sentence, outcome(s, given, chosen));
    fill(s.prompt, el("h3", { class: "fl-subtitle" }, t("routing-prompt")), [
      prose(s, "prompt", text(s.data.prompt), { label: t("routing-prompt") }),
    ]);
    drawWires(s, given);
    fill(
      s.ways,
      given.map((member, i) => wayOf(s, member, i)),
    );
    drawAnswer(s, chosen, given);
    fill(
      s.tableRoom,
      table(
        t("routing-table"),
        [t("routing-head-member"), t("routing-likeness"), t("routing-head-strength")],
        given.map((member, i) => [
          memberName(memberAt(s.members, i)),
          scoreOf(member),
          text(member.strength) || "–",
        ]),
      ),
    );
    finish(s);
  };
})();
