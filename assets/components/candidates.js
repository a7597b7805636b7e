/**
 * What every part of an election's picture says of candidates and metrics.
 */
(() => {
  "use strict";
  const { list, own, text, whole } = window.FusionLab.core;
  const { said, t } = window.FusionLab.words;

  /** The metrics there are, with labels. */
  const metricsOf = (data) =>
    objects(data.metrics).map((m) => ({
      name: text(m.name),
      label: said(m.label) || text(m.name),
      explanation: said(m.explanation),
    }));

  /** What is known of an outlook under this name, one object for each part of it. */
  const outlookOf = (s, name) => objects(own(s.outlook, name));
  const objects = (value) => list(value).filter((one) => one && typeof one === "object");

  /** The metric in a word or two. */
  const labelOf = (s, name) => metricsOf(s.data).find((m) => m.name === name)?.label || name;

  /** Who wrote the candidate; of those pasted that is not known. */
  const authorOf = (c) => (c.pasted === true ? t("ballots-pasted") : text(c.author));

  /** The candidate in a few words. */
  const titleOf = (c) =>
    whole(c.sample)
      ? t("ballots-sample", { name: authorOf(c), n: whole(c.sample) + 1 })
      : authorOf(c);

  /** Its number among the candidates, where it is one. */
  const numberOf = (c) => {
    if (c.growing) return t(c.cut ? "ballots-cut" : "ballots-growing");
    return t("ballots-candidate", { n: c.index + 1 });
  };

  window.FusionLab.candidates = {
    authorOf,
    labelOf,
    metricsOf,
    numberOf,
    objects,
    outlookOf,
    titleOf,
  };
})();
