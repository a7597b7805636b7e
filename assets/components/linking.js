/**
 * Which tokens of two sequences stand together: groups that no link leaves, and ribbons between
 * tokens, drawn where the browser has put them.
 */
(() => {
  "use strict";
  const { list, measure, memberClass, svg, text, unit } = window.FusionLab.core;
  const HEIGHT = 26; // of a ribbon, as aligned.css has it
  const EDGE = 2;

  /** The sources by twos: one above the target, one below. */
  const bandsOf = (count) =>
    Array.from({ length: Math.ceil(count / 2) }, (_, i) =>
      [2 * i, 2 * i + 1].filter((at) => at < count),
    );

  /** Of each prefix of the target how far its links reach, and of each rest where they begin. */
  const reaches = ({ first, stop, tokens }, length) => {
    const ends = [];
    const begins = [];
    for (let at = 0, end = 0; at < length; at += 1) {
      if (stop[at] > first[at]) end = Math.max(end, stop[at]);
      ends.push(end);
    }
    for (let at = length - 1, begin = tokens.length; at >= 0; at -= 1) {
      if (stop[at] > first[at]) begin = Math.min(begin, first[at]);
      begins[at] = begin;
    }
    return { ends, begins };
  };

  /**
   * The smallest groups of tokens that no link leaves: `target` and `sources` are where each begins
   * and ends in its sequence.
   */
  const groupsOf = (block, band) => {
    const length = block.tokens.length;
    const sources = band.map((at) => block.sources[at]);
    const all = sources.map((source) => reaches(source, length));
    const groups = [];
    let from = 0;
    let starts = sources.map(() => 0);
    for (let at = 0; at < length; at += 1) {
      const last = at === length - 1;
      if (!last && !all.every(({ ends, begins }) => ends[at] <= begins[at + 1])) continue;
      const stops = sources.map(({ tokens }, i) =>
        last ? tokens.length : Math.max(starts[i], all[i].ends[at]),
      );
      groups.push({ target: [from, at + 1], sources: starts.map((start, i) => [start, stops[i]]) });
      from = at + 1;
      starts = stops;
    }
    return groups;
  };

  /** Left and right of these nodes within their group. */
  const span = (nodes) => [
    nodes[0].offsetLeft + EDGE,
    nodes.at(-1).offsetLeft + nodes.at(-1).offsetWidth - EDGE,
  ];

  /** What both spans have in common, else the first. */
  const common = ([a, b], [c, d]) => {
    const [left, right] = [Math.max(a, c), Math.min(b, d)];
    return right > left ? [left, right] : [a, b];
  };

  /** A band from one span above to another below. */
  const ribbon = ([a, b], [c, d]) => {
    const middle = HEIGHT / 2;
    return (
      `M${a} 0C${a} ${middle} ${c} ${middle} ${c} ${HEIGHT}` +
      `L${d} ${HEIGHT}C${d} ${middle} ${b} ${middle} ${b} 0Z`
    );
  };

  /** All ribbons between the target and one source of a group. */
  const linksOf = ({ rows, block, band, group }, slot, width) => {
    const source = block.sources[band[slot]];
    const [from] = group.sources[slot];
    const theirs = rows[slot ? 2 : 0];
    const paths = rows[1].map((node, i) => {
      const at = group.target[0] + i;
      const tokens = theirs.slice(source.first[at] - from, source.stop[at] - from);
      if (!tokens.length) return null;
      const [far, near] = [span(tokens), span([node])];
      const spans = [common(far, near), common(near, far)];
      const [above, below] = slot ? spans.reverse() : spans;
      const taken = text(source.how[at]) === "copied" ? "copied" : "other";
      const read = at < block.start || at >= block.start + block.positions.length;
      return measure(
        svg("path", { class: `fl-aligned-link-${taken}`, d: ribbon(above, below) }),
        "--share",
        read ? 0 : unit(source.share),
      );
    });
    return svg(
      "svg",
      {
        class: `fl-aligned-links fl-aligned-links-${slot} ${memberClass(band[slot])}`,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        "aria-hidden": "true",
      },
      paths,
    );
  };

  /** The ribbons stand where the tokens are now; nothing is drawn of what is not seen. */
  const drawLinks = (lines) => {
    const groups = [...lines.querySelectorAll(".fl-aligned-group")].filter(
      (node) => node.links && node.offsetWidth,
    );
    const drawn = groups.map((node) =>
      list(node.links.band).map((_, slot) => linksOf(node.links, slot, node.offsetWidth)),
    );
    groups.forEach((node, i) => {
      for (const old of node.querySelectorAll(".fl-aligned-links")) old.remove();
      node.append(...drawn[i]);
    });
  };

  window.FusionLab.linking = { bandsOf, drawLinks, groupsOf };
})();
