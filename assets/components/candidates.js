/**
 * What every part of an election's picture says of candidates and metrics.
 */
(() => {
  "use strict";
  const { list, own, text, whole } = window.FusionLab.core;

  /** The metrics there are, with labels. */
  const metricsOf = (data) =>
    objects(data.metrics).map((m) => ({
      name: text(m.name),
      label: text(m.label || m.name),
      explanation: text(m.explanation),
    }));

  /** What is known of an outlook under this name, one object for each part of it. */
  const outlookOf = (s, name) => objects(own(s.outlook, name));
  const objects = (value) => list(value).filter((one) => one && typeof one === "object");

  /** The metric in a word or two. */
  const labelOf = (s, name) => metricsOf(s.data).find((m) => m.name === name)?.label || name;

  /** The candidate in a few words. */
  const titleOf = (c) =>
    `${text(c.author)}${whole(c.sample) ? ` (answer ${whole(c.sample) + 1})` : ""}`;

  /** Its number among the candidates. */
  const numberOf = (c) => (c.growing ? "growing" : `candidate ${c.index + 1}`);

  window.FusionLab.candidates = { labelOf, metricsOf, numberOf, objects, outlookOf, titleOf };
})();
