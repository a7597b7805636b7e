/**
 * Small pictures, drawn once: of the ideas on the first page and of the words in the glossary.
 *
 * `FusionLab.diagrams.idea(id)` and `.word(name)` are SVG nodes that say nothing to a screen
 * reader: the words beside them say it.
 */
(() => {
  "use strict";
  const { own, svg } = window.FusionLab.core;
  const rect = (x, y, width, height, kind) =>
    svg("rect", { x, y, width, height, class: `fl-d-${kind}` });
  const dot = (cx, cy, r, kind) => svg("circle", { cx, cy, r, class: `fl-d-${kind}` });
  const path = (d, kind = "line") => svg("path", { d, class: `fl-d-${kind}` });
  const label = (x, y, shown, anchor = "middle") =>
    svg("text", { x, y, class: "fl-d-text", "text-anchor": anchor }, shown);
  /** An arrow to the right, from one point to another on the same height. */
  const arrow = (x, y, length) => path(`M${x},${y}h${length}m-5,-4l5,4l-5,4`);
  /** A sheet with lines of text. */
  const sheet = (x, y, kind) => [
    rect(x, y, 30, 38, "paper"),
    [7, 15, 23].map((dy, i) => rect(x + 5, y + dy, [20, 16, 12][i], 4, kind)),
  ];
  const bars = (x, y, lengths, kind) =>
    lengths.map((length, i) => rect(x, y + 11 * i, length, 8, kind));

  const tokens = () => [
    bars(8, 5, [26, 40, 12], "m0"),
    bars(8, 47, [38, 14, 20], "m1"),
    arrow(58, 21, 20),
    arrow(58, 62, 20),
    bars(88, 22, [13, 20, 6], "m0"),
    [rect(101, 22, 19, 8, "m1"), rect(108, 33, 7, 8, "m1"), rect(94, 44, 10, 8, "m1")],
    path("M88,15V58"),
    rect(127, 18, 28, 16, "chosen"),
    rect(133, 24, 16, 4, "ink"),
  ];
  const answers = () => [
    sheet(14, 8, "m0"),
    sheet(65, 8, "m1"),
    sheet(116, 8, "m2"),
    rect(61, 4, 38, 46, "ring"),
    path("M29,52Q29,72 66,74"),
    path("M131,52Q131,72 94,74"),
    path("M72,72l6,7l12,-15", "tick"),
  ];
  const conversation = () => [
    path("M56,58L72,30m-7,4l7,-4l0,8"),
    path("M88,30L104,58m-8,-4l8,4l0,-8"),
    path("M96,68H64m6,-4l-6,4l6,4"),
    dot(80, 18, 12, "m0"),
    dot(46, 68, 12, "m1"),
    dot(114, 68, 12, "m2"),
    path("M98,6h30v15h-22l-6,6v-6h-2z", "paper"),
    rect(103, 11, 20, 3, "ink"),
  ];
  const inside = () => [
    rect(18, 4, 124, 77, "paper"),
    dot(80, 15, 6, "ink"),
    path("M80,22V30"),
    path("M66,31h28l-7,12h-14z", "scale"),
    path("M76,44L52,56m3,-5l-3,5l6,1"),
    path("M84,44L108,56m-6,1l6,-1l-3,-5"),
    [26, 54, 82, 110].map((x, i) => rect(x, 58, 22, 16, i === 0 || i === 3 ? "scale" : "faint")),
  ];
  const build = () => [
    [58, 42, 26, 10].map((y) => rect(14, y, 36, 13, "m0")),
    path("M52,66L104,72M52,26L104,44", "m0-line"),
    path("M52,54L104,42M52,10L104,12", "m1-line"),
    [70, 60, 50].map((y) => rect(106, y, 36, 8, "m0")),
    [38, 28, 18].map((y) => rect(106, y, 36, 8, "m1")),
  ];
  const compare = () => [
    rect(12, 6, 60, 72, "paper"),
    rect(88, 6, 60, 72, "paper"),
    bars(20, 16, [44, 36, 42], "faint"),
    bars(96, 16, [40, 44, 30], "faint"),
    rect(20, 60, 16, 8, "scale"),
    rect(96, 60, 40, 8, "scale"),
    path("M46,64l4,5l9,-11", "tick"),
  ];
  const measuring = () => [
    path("M20,6V76H150"),
    [24, 42, 60].map((y, i) => [
      path(`M${[40, 70, 92][i]},${y}h44m-44,-4v8m44,-8v8`),
      dot([62, 92, 114][i], y, 5, "scale"),
    ]),
  ];
  const generic = () => [
    dot(62, 34, 22, "ring"),
    dot(98, 34, 22, "ring"),
    dot(80, 54, 22, "ring"),
    dot(80, 41, 6, "scale"),
  ];
  const IDEAS = { tokens, answers, conversation, inside, build, compare, measure: measuring };

  const WORDS = {
    bars: () => bars(30, 14, [100, 56, 32, 16, 8], "scale"),
    pool: tokens,
    entropy: () => [
      path("M14,70h56M90,70h56"),
      [rect(18, 20, 9, 50, "scale"), rect(32, 64, 9, 6, "scale"), rect(46, 66, 9, 4, "scale")],
      [0, 1, 2, 3].map((i) => rect(94 + 13 * i, 52, 9, 18, "scale")),
      label(42, 82, "0.6"),
      label(118, 82, "1.4"),
    ],
    divergence: () => [
      path("M12,74H148"),
      path("M14,73C40,73 44,14 60,14S84,73 104,73", "m0-line"),
      path("M56,73C76,73 84,24 100,24S124,73 146,73", "m1-line"),
      path("M60,10V6H100V20", "line"),
    ],
    ballots: answers,
    graph: conversation,
    stairs: () => [
      path("M10,76H50V54H92V32H150V10"),
      path("M10,22H150", "dashes"),
      [30, 71, 120].map((x, i) => rect(x - 6, [60, 36, 14][i], 12, [16, 18, 18][i], "scale")),
    ],
    gate: inside,
    temperature: () => [
      [44, 10, 4].map((h, i) => rect(12 + 13 * i, 70 - h, 10, h, "scale")),
      [30, 18, 10].map((h, i) => rect(62 + 13 * i, 70 - h, 10, h, "scale")),
      [22, 18, 15].map((h, i) => rect(112 + 13 * i, 70 - h, 10, h, "scale")),
      ["0.5", "1", "2"].map((word, i) => label(30 + 50 * i, 82, word)),
    ],
    cut: () => [
      [54, 36, 22].map((h, i) => rect(22 + 18 * i, 70 - h, 13, h, "scale")),
      [12, 8, 5].map((h, i) => rect(82 + 18 * i, 70 - h, 13, h, "faint")),
      path("M77,8V76", "dashes"),
    ],
    layers: () => [
      [18, 42, 66].map((y) => [dot(28, y, 8, "m0"), path(`M38,${y}L70,${y}`)]),
      [18, 42, 66].map((y) => [dot(80, y, 8, "m1"), path(`M90,${y}L122,42`)]),
      [18, 66].map((y) => path(`M38,42L70,${y}`)),
      dot(132, 42, 10, "m2"),
    ],
    groups: () => [
      dot(48, 42, 32, "ring"),
      dot(120, 46, 24, "ring"),
      [
        [36, 34],
        [54, 28],
        [46, 52],
        [62, 48],
      ].map(([x, y]) => dot(x, y, 5, "scale")),
      [
        [112, 40],
        [126, 52],
      ].map(([x, y]) => dot(x, y, 5, "faint")),
    ],
    interval: measuring,
    front: () => [
      path("M18,8V74H150"),
      path("M32,62L58,38L92,22L136,16", "scale-line"),
      [
        [32, 62],
        [58, 38],
        [92, 22],
        [136, 16],
      ].map(([x, y]) => dot(x, y, 5, "scale")),
      [
        [76, 56],
        [112, 48],
        [130, 62],
      ].map(([x, y]) => dot(x, y, 5, "faint")),
    ],
    queue: () => [
      [14, 36, 58].map((y) => [0, 1, 2, 3].map((i) => rect(58 + 20 * i, y, 16, 14, "faint"))),
      [0, 1, 2, 3].map((i) => rect(58 + 20 * i, 14, 16, 14, "scale")),
      [0, 1].map((i) => rect(58 + 20 * i, 58, 16, 14, "scale")),
      [14, 58].map((y) => arrow(20, y + 7, 28)),
      path("M142,16l10,10m0,-10l-10,10"),
    ],
    starving: () => [
      path("M14,76H148V8", "line"),
      path("M14,12C70,12 90,12 148,8V30C100,50 70,28 14,28Z", "scale"),
      path("M14,44C70,44 90,66 148,72V76H14Z", "faint"),
      path("M14,28C70,28 100,50 148,30V72C90,66 70,44 14,44Z", "m1"),
    ],
    falling: () => [
      path("M16,8V76H150"),
      path("M60,76V10", "dashes"),
      path("M104,76V10", "dashes"),
      path("M18,70C30,20 44,16 58,16C76,18 82,56 102,60L148,66", "m0-line"),
      path("M62,70C74,22 88,18 102,18C118,20 126,48 148,50", "m1-line"),
    ],
    loop: () => [
      sheet(22, 22, "m0"),
      sheet(108, 22, "m0"),
      path("M56,30Q80,8 104,30m-8,-1l8,1l-1,-8"),
      path("M104,58Q80,80 56,58m8,1l-8,-1l1,8"),
    ],
  };

  /** A picture of 160 × 84. */
  const picture = (draw) =>
    svg("svg", { class: "fl-diagram", viewBox: "0 0 160 84", "aria-hidden": "true" }, draw());

  window.FusionLab.diagrams = {
    idea: (id) => picture(own(IDEAS, id) || generic),
    word: (name) => (own(WORDS, name) ? picture(WORDS[name]) : null),
    words: Object.keys(WORDS),
  };
})();
