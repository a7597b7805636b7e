/**
 * Who was elected by what: the order under each metric, ties, unanimity, and groups of like
 * answers. `s` is the stage of `ballots`.
 */
(() => {
  "use strict";
  const { list, number, own, say, text, whole } = window.FusionLab.core;
  const { authorOf, labelOf, metricsOf, outlookOf } = window.FusionLab.candidates;
  const { scoreOf: levelOf } = window.FusionLab.pictures;
  const { said, t } = window.FusionLab.words;
  const ELECTION = " the election";
  const NAMED = 4;

  /** The score of a candidate, or null while there is none. */
  const scoreOf = (candidate, metric) => {
    const score = own(candidate.scores, metric);
    return typeof score === "number" && Number.isFinite(score) ? score : null;
  };

  /** Falling order, where two infinities are equal. */
  const compare = (a, b) => (a === b ? 0 : b - a);

  /** The candidates by rank, which scores that differ by rounding share; without one by falling
      score. Ties and unscored ones stand in the order in which they came. */
  const ranked = (candidates, metric) => {
    if (metric === ELECTION)
      return [...candidates].sort(
        (a, b) => whole(a.place, Infinity) - whole(b.place, Infinity) || 0,
      );
    const rank = (c) => whole(own(c.ranks, metric), Infinity);
    const score = (c) => scoreOf(c, metric) ?? -Infinity;
    return [...candidates].sort((a, b) => compare(rank(b), rank(a)) || compare(score(a), score(b)));
  };

  /**
   * What the candidates can be ranked by: the rule where it has an order of its own, and each
   * metric.
   */
  const rankings = (s) => {
    const rule = own(s.outlook, "rule");
    const counted = metricsOf(s.data).some((m) => m.name === "votes");
    if (!rule || text(rule.name) === "mbr" || counted) return metricsOf(s.data);
    return [
      {
        name: ELECTION,
        label: said(rule.label) || text(rule.name),
        explanation: said(rule.explanation),
      },
      ...metricsOf(s.data),
    ];
  };

  /** A candidate by name and number, or by what it came to. */
  const named = (c) => t("ballots-named", { name: authorOf(c), n: c.index + 1 });

  /** A tie as a tie, unanimity as unanimity, and else who was elected by what. */
  const outcomeOf = (s, winner) => {
    const others = tiedWith(s, winner);
    const by = deciding(s);
    if (others.length) {
      const votes = list(own(own(s.outlook, "tie"), "votes")).map((n) =>
        Number(number(n).toPrecision(3)),
      );
      const level =
        votes.length > NAMED ? levelOf(votes[0], votes.length) : votes.join(t("pictures-to"));
      const names = others.slice(0, NAMED).map(named).join(t("and-next"));
      return t(votes.length ? "ballots-tied-votes" : "ballots-tied", {
        by,
        score: level,
        name: named(winner),
        others: names,
        more: Math.max(0, others.length - NAMED),
      });
    }
    const n = s.candidates.length;
    if (own(s.outlook, "unanimous") === true) return t("ballots-unanimous", { n });
    return t("ballots-elected-by", { name: named(winner), by });
  };

  /** Who shares the first place with the winner. */
  const tiedWith = (s, winner) =>
    list(own(own(s.outlook, "tie"), "candidates"))
      .map((index) => s.candidates.find((c) => c.index === index))
      .filter((c) => c && c !== winner);

  /** What elected: a metric alone, or a rule that goes by it. */
  const deciding = (s) => {
    const [rule] = rankings(s);
    const metric = labelOf(s, text(s.data.decided_by));
    if (!rule || rule.name !== ELECTION) return metric;
    return text(own(s.outlook, "rule").name) === "majority"
      ? rule.label
      : t("ballots-rule-over", { rule: rule.label, metric });
  };

  /**
   * Groups of like answers by number, and each candidate's; nothing where all are alone or all are
   * one.
   */
  const findGroups = (s) => {
    const groups = outlookOf(s, "groups").map((g, i) => ({
      name: String(i + 1),
      members: list(g.candidates).filter(Number.isInteger),
    }));
    const told = groups.length > 1 && groups.some((g) => g.members.length > 1);
    s.groupOf = new Map(told ? groups.flatMap((g) => g.members.map((index) => [index, g])) : []);
    const [large, single] = [
      groups.filter((g) => g.members.length > 1),
      groups.filter((g) => g.members.length === 1),
    ];
    const alone = groups.length > 1 ? "ballots-groups-none" : "ballots-groups-one";
    s.groupNote.hidden =
      !groups.length || s.candidates.length < 2 || outlookOf(s, "tally").length > 0;
    const sizes = large
      .map((g) => t("ballots-group-size", { name: g.name, n: g.members.length }))
      .join(t("and-next"));
    say(
      s.groupNote,
      told ? t("ballots-groups", { n: large.length, sizes, alone: single.length }) : t(alone),
    );
  };

  window.FusionLab.election = {
    ELECTION,
    findGroups,
    named,
    outcomeOf,
    ranked,
    rankings,
    scoreOf,
    tiedWith,
  };
})();
