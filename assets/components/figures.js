/**
 * Numbers as every view shows them: probabilities, shares, counts, times, amounts of memory.
 *
 * They join `FusionLab.core`.
 */
(() => {
  "use strict";
  const { core } = window.FusionLab;
  const { list, number, unit } = core;
  const { t } = window.FusionLab.words;

  /** The value with so many decimals, rounded half up, away from 0, and never -0. What sums in
      binary have added is taken off first: 14.499999999999998 is 14.5, and so 15. */
  const fixed = (value, digits = 0) => {
    const size = 10 ** digits;
    const steps = Math.floor(Number((Math.abs(value) * size).toFixed(9)) + 0.5);
    return `${value < 0 && steps ? "−" : ""}${(steps / size).toFixed(digits)}`;
  };

  /** The same with its sign, where it is not 0 as shown. */
  const signed = (value, digits = 0) => {
    const shown = fixed(value, digits);
    return value > 0 && /[1-9]/.test(shown) ? `+${shown}` : shown;
  };

  /** A power to which a probability is raised, with its sign. */
  const power = (value) => signed(value, Number.isInteger(value) ? 0 : 2);

  /** A difference of shares in points. */
  const points = (value) => signed(100 * number(value), 1);

  /** A probability with two digits, or three below 0.1. */
  const probability = (value) => {
    if (typeof value !== "number" || !Number.isFinite(value)) return "–";
    if (value > 0 && value < 0.001) return "<0.001";
    if (value < 1 && value > 0.995) return value > 0.999 ? ">0.999" : fixed(value, 3);
    return fixed(value, value < 0.1 && value > 0 ? 3 : 2);
  };

  /** Two probabilities, with as many more digits as it takes to tell them apart. */
  const apart = (one, other) => {
    const pair = [probability(one), probability(other)];
    if (pair[0] !== pair[1] || one === other) return pair;
    for (let digits = 3; digits <= 6; digits += 1) {
      const closer = [fixed(one, digits), fixed(other, digits)];
      if (closer[0] !== closer[1]) return closer;
    }
    return pair;
  };

  /** A quantity in nats. */
  const nats = (value) =>
    typeof value === "number" && Number.isFinite(value) ? fixed(value, 2) : "–";

  /** A share as a percentage. */
  const percent = (value) => {
    const share = 100 * unit(value);
    const tiny = share > 0 && share < 0.1;
    const digits = share < 10 && share > 0 ? 1 : 0;
    return t("number-percent", { n: tiny ? "<0.1" : fixed(share, digits) });
  };

  /**
   * Parts of a whole as percentages: with a decimal where one below 10 needs it, and rounded so
   * that they add up to 100. What is lacking goes to those that lost most by rounding down; equal
   * parts look equal, so where that would part them, all have a decimal and are rounded as ever.
   */
  const shares = (values) => {
    const sizes = list(values).map((value) => Math.max(0, number(value)));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const exact = sizes.map((size) => (total > 0 ? (100 * size) / total : 0));
    const even = (part) => part >= 10 || Math.abs(part - Math.round(part)) < 1e-9;
    const digits = exact.every(even) ? 0 : 1;
    return rounded(exact, digits).map((n) => t("number-percent", { n }));
  };

  /** These percentages, which add up to 100 or are all 0, so that they do as they are shown. */
  const rounded = (exact, digits) => {
    const size = 10 ** digits;
    const steps = exact.map((part) => Number((part * size).toFixed(9)));
    const lost = steps.map((step) => Number((step - Math.floor(step)).toFixed(9)));
    const order = exact.map((_, i) => i).sort((a, b) => lost[b] - lost[a] || exact[b] - exact[a]);
    const lacking = Math.round(lost.reduce((sum, part) => sum + part, 0));
    const more = new Set(order.slice(0, lacking));
    const [last, next] = [order[lacking - 1], order[lacking]];
    const parted = lacking > 0 && Math.abs(exact[last] - exact[next]) < 1e-6;
    return exact.map((part, i) => {
      const up = (Math.floor(steps[i]) + more.has(i)) / size;
      const shown = parted ? fixed(part, 1) : fixed(up, digits);
      if (part > 0 && !/[1-9]/.test(shown)) return "<0.1";
      return part < 100 && Number(shown) === 100 ? ">99.9" : shown;
    });
  };

  /** What a figure is: `= 0.5`, and of one that is only told to be less or more, `< 0.001`. */
  const equals = (shown) => shown.replace(/^([<>]?)/, (sign) => `${sign || "="} `);

  /** A probability with its name. */
  const withP = (value) => `p ${equals(probability(value))}`;

  /** How many times as much: one decimal below ten, none where it is a whole number. */
  const ratio = (value) => fixed(value, value < 9.95 ? 1 : 0).replace(/\.0$/, "");

  /** A count with its thousands parted by commas, as sentences write it. */
  const count = (value) => fixed(number(value)).replace(/\B(?=(\d{3})+$)/g, ",");

  /** A time, from milliseconds to hours. */
  const seconds = (value) => {
    const s = number(value);
    if (s > 0 && s < 0.9995) {
      return t("number-milliseconds", { n: String(Math.max(1, Math.round(s * 1000))) });
    }
    if (s < 59.95) return t("number-seconds", { n: fixed(s, 1) });
    const whole = Math.round(s);
    const two = (n) => String(n).padStart(2, "0");
    if (whole < 3600) {
      return t("number-minutes", { minutes: String(Math.floor(whole / 60)), s: two(whole % 60) });
    }
    return t("number-hours", {
      hours: String(Math.floor(whole / 3600)),
      minutes: two(Math.floor((whole % 3600) / 60)),
    });
  };

  /** An amount of memory. */
  const bytes = (value) => {
    const b = number(value);
    if (b < 1e3) return `${Math.round(b)} B`;
    for (const [size, name] of [
      [1e6, "kB"],
      [1e9, "MB"],
      [1e12, "GB"],
    ]) {
      const n = (b * 1000) / size;
      if (n < 999.5) return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${name}`;
    }
    return `${(b / 1e12).toFixed(1)} TB`;
  };

  Object.assign(core, {
    apart,
    bytes,
    count,
    fixed,
    nats,
    percent,
    points,
    power,
    probability,
    ratio,
    seconds,
    shares,
    signed,
    withP,
  });
})();
