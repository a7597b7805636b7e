/**
 * How minds changed from round to round, with whom each had just read, and what each way of joining
 * the agents costs. `s` is the stage of `rounds`.
 */
(() => {
  "use strict";
  const { count, el, fill, folded, list, memberName, own, table, term, text, whole } =
    window.FusionLab.core;
  const { answer, memberAt, names } = window.FusionLab.pictures;
  const { record, records, short } = window.FusionLab.pictures;
  const { has, joined, t } = window.FusionLab.words;

  /** What a round is called. */
  const titleOf = (round) => {
    const key = `rounds-title-${text(round.what)}`;
    const n = whole(round.number);
    if (has(key)) return t(key, { n: whole(round.count) || n });
    return n ? t("rounds-title-round", { n }) : t("rounds-title-alone");
  };

  const TURNS = {
    to_right: ["rounds-turn-to-right", "fl-right"],
    to_wrong: ["rounds-turn-to-wrong", "fl-wrong"],
    between_wrong: ["rounds-turn-between-wrong", "fl-quiet"],
    unknown: ["rounds-turn-unknown", "fl-quiet"],
  };

  /** Every agent's answer in every round, and every change of mind with whom it had just read. */
  const drawCourse = (s) => {
    const data = record(s.data.influence);
    const changes = records(data.changes);
    const counts = record(data.counts);
    const known = Boolean(text(data.truth));
    const sum = [
      t("rounds-changes", { n: changes.length }),
      known && changes.length
        ? t("rounds-changes-known", {
            right: whole(counts.to_right),
            wrong: whole(counts.to_wrong),
            between: whole(counts.between_wrong),
          })
        : "",
      known ? t("rounds-truth", { truth: short(data.truth) }) : t("rounds-truth-unknown"),
    ];
    return [
      el("p", { class: "fl-note" }, joined(sum)),
      courseTable(s),
      changes.length > 0 &&
        folded(
          t("rounds-changes-table"),
          table(
            t("rounds-changes-table"),
            ["when", "who", "answer", "read", "turn"].map((head) => t(`rounds-head-${head}`)),
            changes.map((change) => changeRow(s, change)),
          ),
        ),
    ];
  };

  /** One line for each agent, one column for each round. */
  const courseTable = (s) =>
    table(
      t("rounds-course"),
      [t("rounds-head-who"), ...s.rounds.map(titleOf)],
      s.members.map((member) => [
        memberName(member),
        ...s.rounds.map((round) => {
          const one = records(round.solutions).find((each) => each.agent === member.index);
          return one ? answer(one) : el("span", { class: "fl-quiet" }, "–");
        }),
      ]),
    );

  const changeRow = (s, change) => {
    const [key, look] = own(TURNS, text(change.turn)) || TURNS.unknown;
    return [
      t("rounds-title-round", { n: whole(change.round) }),
      memberName(memberAt(s.members, change.agent)),
      el(
        "span",
        { dir: "auto" },
        el("s", { class: "fl-quiet" }, short(change.before) || t("pictures-no-answer")),
        " → ",
        el("strong", null, short(change.after) || t("pictures-no-answer")),
      ),
      list(change.followed).length
        ? names(s.members, change.followed)
        : el("span", { class: "fl-quiet" }, t("rounds-read-nobody")),
      el("span", { class: look }, t(key)),
    ];
  };

  /** How many solutions are read under each way of joining these agents. */
  const drawCosts = (s) => {
    const costs = records(s.data.costs);
    s.costs.hidden = !s.rounds.length || !costs.length;
    fill(
      s.costRoom,
      el("p", { class: "fl-note" }, t("rounds-costs.about")),
      table(
        t("rounds-costs"),
        [term("topology", t("rounds-head-topology")), t("rounds-head-messages")],
        costs.map((cost) => [topologyOf(s, text(cost.topology)), count(cost.messages)]),
      ),
    );
  };

  const topologyOf = (s, name) => {
    const key = `rounds-topology-${name}`;
    const said = el("span", null, has(key) ? t(key) : name, " ", el("code", null, name));
    return name === text(s.data.topology) ? el("strong", null, said, ` ${t("rounds-here")}`) : said;
  };

  window.FusionLab.minds = { drawCosts, drawCourse, titleOf };
})();
