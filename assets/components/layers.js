/**
 * Layers: a column for each, a node for each answer, and lines that say which answers were read
 * for it. The last node is what comes out.
 *
 * `FusionLab.layers(element, data)` is called with the whole view each time.
 */
(() => {
  "use strict";
  const { el, fill, folded, list, memberClass, memberName, measure, set, state, table, term } =
    window.FusionLab.core;
  const { text, whole } = window.FusionLab.core;
  const { answer, begin, finish, heading, lines, memberAt, membersOf } = window.FusionLab.pictures;
  const { prose, record, records, short, tokens, verdict } = window.FusionLab.pictures;
  const { t } = window.FusionLab.words;

  const make = () => {
    const s = { keys: {}, only: null };
    s.sentence = el("p", { class: "fl-sentence", "aria-live": "polite" });
    s.layers = el("div", { class: "fl-tiers" });
    s.tableRoom = el("div");
    s.numbers = folded(t("layers-table"), s.tableRoom);
    s.root = el(
      "div",
      { class: "fl-stage" },
      el("div", null, heading(t("layers-title")), el("p", { class: "fl-note" }, t("layers-about"))),
      s.sentence,
      s.layers,
      s.numbers,
    );
    const at = (event) => event.target.closest(".fl-tier-node");
    s.layers.addEventListener("pointerover", (event) => light(s, at(event)));
    s.layers.addEventListener("pointerleave", () => light(s, null));
    s.layers.addEventListener("focusin", (event) => light(s, at(event)));
    s.layers.addEventListener("focusout", () => light(s, null));
    return s;
  };

  /** The lines of this node stand out, and the nodes at their other ends. */
  const light = (s, node) => {
    s.layers.classList.toggle("fl-isolated", Boolean(node));
    for (const old of s.layers.querySelectorAll(".fl-lit-node"))
      old.classList.remove("fl-lit-node");
    for (const old of s.layers.querySelectorAll(".fl-lit-wire"))
      old.classList.remove("fl-lit-wire");
    if (!node) return;
    node.classList.add("fl-lit-node");
    for (const wire of s.wires) {
      if (wire.source !== node && wire.target !== node) continue;
      wire.path.classList.add("fl-lit-wire");
      wire.source.classList.add("fl-lit-node");
      wire.target.classList.add("fl-lit-node");
    }
  };

  /** What has happened so far, in words. */
  const outcome = (s, layers) => {
    const begun = layers.filter((layer) => records(layer.nodes).length);
    const answers = begun.slice(0, -1).reduce((sum, layer) => sum + records(layer.nodes).length, 0);
    const last = records(begun[begun.length - 1]?.nodes);
    if (!begun.length) return "";
    if (begun.length < layers.length || text(s.data.status) !== "finished")
      return t("layers-running", { n: begun.length, of: layers.length });
    return t("layers-outcome", {
      answers,
      layers: layers.length - 1,
      name: memberAt(s.members, last[0]?.member).name,
    });
  };

  /** One answer. */
  const nodeOf = (s, node, place) => {
    const member = memberAt(s.members, node.member);
    const several = whole(node.sample) > 0 || place.samples > 1;
    const name = several
      ? t("layers-sample", { name: member.name, n: whole(node.sample) + 1 })
      : member.name;
    const growing = text(s.data.status) === "running" && (node.answer ?? null) === null;
    return el(
      "article",
      { class: `fl-tier-node ${memberClass(member.index)}`, tabindex: "0", "aria-label": name },
      el(
        "header",
        { class: "fl-card-head" },
        memberName({ name, index: member.index }),
        text(node.answer) !== text(node.text) ? answer(node) : verdict(node.right) || null,
      ),
      prose(s, `${place.layer} ${place.node}`, text(node.text), { growing, label: name }),
    );
  };

  /** The title of a layer: proposers, or who sums up. */
  const titleOf = (at, n, layer) => [
    t(at === n - 1 && n > 1 ? "layers-last" : "layers-layer", { n: at + 1 }),
    layer.tokens > 0 && el("span", { class: "fl-title-p" }, tokens(layer.tokens)),
  ];

  /** The lines into a layer, and what they say where there is no room for lines. */
  const gapOf = (s, layer, before, nodes, targets) => {
    const pairs = list(layer.read).filter(
      (pair) =>
        Array.isArray(pair) && pair.every(Number.isInteger) && nodes[pair[0]] && targets[pair[1]],
    );
    const drawn = lines(
      pairs.map(([i, j]) => ({
        from: (i + 0.5) / nodes.length,
        to: (j + 0.5) / targets.length,
        look: memberClass(memberAt(s.members, records(before.nodes)[i]?.member).index),
      })),
    );
    pairs.forEach(([i, j], at) =>
      s.wires.push({ path: drawn.children[at], source: nodes[i], target: targets[j] }),
    );
    return el(
      "div",
      { class: "fl-tier-gap" },
      drawn,
      el(
        "p",
        { class: "fl-tier-read" },
        pairs.length ? t("layers-read", { n: new Set(pairs.map(([i]) => i)).size }) : "",
      ),
    );
  };

  /** The columns with the gaps between them. */
  const drawLayers = (s, layers) => {
    s.wires = [];
    let before = null;
    let beforeNodes = [];
    const parts = layers.flatMap((layer, at) => {
      const given = records(layer.nodes);
      const samples = new Set(given.map((node) => node.sample)).size;
      const nodes = given.map((node, i) => nodeOf(s, node, { layer: at, node: i, samples }));
      const column = el(
        "section",
        { class: "fl-tier" },
        el("h3", { class: "fl-subtitle" }, titleOf(at, layers.length, layer)),
        el(
          "div",
          { class: "fl-tier-nodes" },
          nodes.length
            ? nodes.map((node) => el("div", { class: "fl-slot" }, node))
            : el("p", { class: "fl-empty" }, t("layers-to-come")),
        ),
      );
      const gap = before ? gapOf(s, layer, before, beforeNodes, nodes) : null;
      [before, beforeNodes] = [layer, nodes];
      return [gap, column];
    });
    measure(s.layers, "--layers", Math.max(1, layers.length));
    fill(s.layers, parts);
  };

  /** The answers of all layers as a table. */
  const drawNumbers = (s, layers) =>
    fill(
      s.tableRoom,
      table(
        t("layers-table"),
        [
          term("layer", t("layers-head-layer")),
          t("layers-head-member"),
          t("layers-head-answer"),
          t("layers-head-read"),
        ],
        layers.flatMap((layer, at) =>
          records(layer.nodes).map((node, j) => [
            at + 1,
            memberName(memberAt(s.members, node.member)),
            short(node.answer) || "–",
            list(layer.read).filter((pair) => Array.isArray(pair) && pair[1] === j).length,
          ]),
        ),
      ),
    );

  /** The layers so far. */
  window.FusionLab.layers = (element, given) => {
    const s = state(element, make);
    const key = JSON.stringify(given);
    if (key === s.key) return;
    s.key = key;
    s.data = record(given);
    s.members = membersOf(s.data);
    const layers = records(s.data.layers);
    const focused = [...s.layers.querySelectorAll(".fl-tier-node")].indexOf(document.activeElement);
    begin(s);
    fill(s.sentence, outcome(s, layers), " ", verdict(s.data.right));
    drawLayers(s, layers);
    drawNumbers(s, layers);
    set(s.layers, { "aria-label": t("layers-title"), role: "group" });
    finish(s);
    if (focused >= 0) s.layers.querySelectorAll(".fl-tier-node")[focused]?.focus();
  };
})();
