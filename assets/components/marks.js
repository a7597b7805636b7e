/**
 * How an expert is marked wherever it stands, and what of its layers has none: colours, numbers,
 * what steering did to it, and the rows of dense layers.
 */
(() => {
  "use strict";
  const { el, list, number, whole } = window.FusionLab.core;
  const { t } = window.FusionLab.words;
  const HUES = 8;
  const PATTERNS = 8;
  const LETTERS = ["A", "B"];
  const STEERED = ["banned", "forced", "swapped"];
  const TOLD = 12;

  /** What the token was given in the layer at this index; a weight that nobody told is NaN. */
  const givenIn = (step, at) => {
    const each = list(step.layers)[at] || {};
    return list(each.experts).map((expert, i) => ({
      expert: whole(expert),
      weight: number(list(each.weights)[i], NaN),
      p: number(list(each.p)[i], NaN),
    }));
  };

  /** The classes that give an element the colour and the pattern of an expert. */
  const expertClass = (expert) =>
    expert === undefined ? "" : `fl-e${expert % HUES} fl-v${Math.floor(expert / HUES) % PATTERNS}`;

  /** The coloured, numbered mark of an expert. */
  const badge = (expert) => el("span", { class: `fl-expert-mark ${expertClass(expert)}` }, expert);

  /** What steering was asked to do to a layer, from what came in. */
  const steeredIn = (given) => ({
    banned: list(given?.banned).map((expert) => whole(expert)),
    forced: list(given?.forced).map((expert) => whole(expert)),
    swapped: list(given?.swapped).map((pair) => list(pair).map((expert) => whole(expert))),
  });

  const NOTHING = steeredIn(null);

  /** The cell of this expert wears what was done to it; the result says it in words. */
  const mark = (cell, given, expert) => {
    const steered = given || NOTHING;
    const pair = steered.swapped.find((each) => each.includes(expert));
    const is = {
      banned: steered.banned.includes(expert),
      forced: steered.forced.includes(expert),
      swapped: pair !== undefined,
    };
    for (const what of STEERED) cell.classList.toggle(`fl-${what}`, is[what]);
    const other = String(pair?.find((each) => each !== expert));
    return STEERED.filter((what) => is[what]).map((what) => t(`load-${what}`, { other }));
  };

  /** What the marks mean that these layers have; nothing where none is steered. */
  const keyOfMarks = (layers) => {
    const used = STEERED.filter((what) => layers.some((each) => each.steered[what].length));
    return used.map((what) =>
      el(
        "span",
        null,
        el("span", { class: `fl-steer-mark fl-${what}`, "aria-hidden": "true" }),
        t(`load-key-${what}`),
      ),
    );
  };

  /** The layers from first to last: `at`, the index of one with experts, or `dense` together. */
  const inOrder = (layers, dense) => {
    const all = [
      ...layers.map((each, at) => ({ layer: each.layer, at })),
      ...dense.map((layer) => ({ layer })),
    ].sort((one, other) => one.layer - other.layer);
    const rows = [];
    for (const { layer, at } of all) {
      const last = rows.at(-1);
      if (at !== undefined) rows.push({ at });
      else if (last?.dense) last.dense.push(layer);
      else rows.push({ dense: [layer] });
    }
    return rows;
  };

  /** Several layers that follow one another, in short. */
  const spanOf = (numbers) =>
    numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : String(numbers[0]);

  /** Which layers are dense, in short. */
  const denseTold = (layers, dense) => {
    const spans = inOrder(layers, dense)
      .filter((row) => row.dense)
      .map((row) => spanOf(row.dense));
    return spans.length > TOLD ? `${spans.slice(0, TOLD).join(", ")} …` : spans.join(", ");
  };

  window.FusionLab.marks = {
    badge,
    denseTold,
    expertClass,
    givenIn,
    inOrder,
    keyOfMarks,
    LETTERS,
    mark,
    spanOf,
    steeredIn,
  };
})();
