/**
 * How what several models expect of a text is put together: the target's tokens, those of each
 * source beside them, and what is expected at every position.
 *
 * `FusionLab.aligned(element, found)` shows what `fusionlab align --json` prints, and the sentences
 * on it. Two sources share a band: one stands above the target, one below. A position that is
 * focused, pointed at or chosen shows its distributions; arrow keys go from one to the next.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, calm, el, fill, fixed, folded, isEnd, keyTarget, list, measure } = FusionLab.core;
  const { memberClass, percent, set, spelled, state, swatch, term, text, tokenNodes } =
    FusionLab.core;
  const { tokenText, unit, whole } = FusionLab.core;
  const { drawDetail, makeDetail } = FusionLab.expecting;
  const { bandsOf, drawLinks, groupsOf } = FusionLab.linking;
  const { said, t } = FusionLab.words;
  const NOBODY = -1;

  const make = () => {
    const s = { found: null, places: [], nodes: [], at: NOBODY, shown: NOBODY };
    s.legend = el("div", { class: "fl-legend" });
    s.lines = el("div", { class: "fl-aligned-lines" });
    s.detail = makeDetail();
    s.notes = el("ul", { class: "fl-notice-list" });
    s.notice = el(
      "div",
      { class: "fl-aligned-notice" },
      el("h3", { class: "fl-subtitle" }, t("aligned-notice")),
      s.notes,
    );
    s.numbers = folded(t("aligned-table"));
    s.root = el(
      "div",
      { class: "fl-aligned-stage" },
      s.legend,
      s.lines,
      s.detail.root,
      s.notice,
      s.numbers,
    );
    s.lines.addEventListener("keydown", (event) => walk(s, event));
    s.lines.addEventListener("pointerleave", () => show(s, s.at));
    new ResizeObserver(() => drawLinks(s.lines)).observe(s.lines);
    return s;
  };

  // The picture

  const nameOf = (s, at) => text(s.found.sources[at]);

  /** Whom the rows belong to, and how what is made of them looks. */
  const drawLegend = (s) => {
    const key = (look, words) =>
      el(
        "span",
        { class: "fl-key" },
        el("span", { class: `fl-aligned-sign ${look}`, "aria-hidden": "true" }),
        words,
      );
    fill(
      s.legend,
      el(
        "ul",
        { class: "fl-members" },
        el("li", { class: "fl-legend-member" }, t("aligned-target-is", { name: s.found.target })),
        s.found.sources.map((name, at) =>
          el(
            "li",
            { class: "fl-legend-member" },
            el(
              "span",
              { class: "fl-member" },
              swatch(at),
              el("span", { class: "fl-member-name" }, name),
            ),
          ),
        ),
      ),
      el(
        "div",
        { class: "fl-keys" },
        key("fl-aligned-taken", term("tokenizer-alignment", t("aligned-key-copied"))),
        key("fl-aligned-certain", t("aligned-key-certain")),
        key("fl-aligned-own", t("aligned-key-own")),
        s.found.blocks.some((block) => block.start) &&
          key("fl-aligned-asked", t("aligned-key-asked")),
      ),
    );
  };

  /** What a token says: a mark where it ends or begins a text. */
  const tokenSaid = (token) =>
    isEnd(token.text) ? el("span", { class: "fl-end" }, t("number-end")) : tokenNodes(token.text);

  /** The token in a label, as it is seen. */
  const spoken = (token) => (isEnd(token.text) ? t("number-end") : tokenText(token.text));

  /** A source's token; the table below says the same to those who do not see it. */
  const sourceToken = (token, source) =>
    el(
      "span",
      {
        class: `fl-aligned-token fl-aligned-theirs ${memberClass(source)}`,
        title: spelled(token.text),
      },
      tokenSaid(token),
    );

  /** The ways of the sources that have a share, at one of the block's tokens. */
  const waysAt = (block, at) =>
    block.sources
      .map((source, number) => ({ number, share: unit(source.share), how: text(source.how[at]) }))
      .filter(({ share }) => share > 0);

  const howSaid = (s, ways) => {
    const taken = ways.filter(({ how }) => how === "copied");
    if (taken.length > 1) return t("aligned-how-mixed", { n: ways.length });
    if (taken.length) return t("aligned-how-copied", { name: nameOf(s, taken[0].number) });
    return t(ways.some(({ how }) => how === "certain") ? "aligned-how-certain" : "aligned-how-own");
  };

  const LOOKS = { copied: "taken", certain: "certain", own: "own" };

  /** Who is taken here, each as wide as its share. */
  const barOf = (ways) =>
    el(
      "span",
      { class: "fl-aligned-bar", "aria-hidden": "true" },
      ways.map(({ number, share, how }) =>
        measure(
          el("span", { class: `${memberClass(number)} fl-aligned-${LOOKS[how] || "own"}` }),
          "--w",
          share,
        ),
      ),
    );

  /** A token of the target: a position that can be chosen, or one that is only read. */
  const targetToken = (s, number, at, repeated) => {
    const block = s.found.blocks[number];
    const token = block.tokens[at];
    const place = s.places.findIndex((each) => each.block === number && each.at === at);
    if (place < 0 || repeated) {
      const look = place < 0 ? "fl-aligned-asked" : "fl-aligned-again";
      return el(
        "span",
        { class: `fl-aligned-token ${look}`, title: spelled(token.text) },
        tokenSaid(token),
      );
    }
    const ways = waysAt(block, at);
    const lead = ways.reduce((one, other) => (other.share > one.share ? other : one), ways[0]);
    const look = LOOKS[lead?.how] || "own";
    const node = el(
      "button",
      {
        class: `fl-aligned-token fl-aligned-place fl-aligned-${look} ${memberClass(lead?.number)}`,
        type: "button",
        tabindex: "-1",
        "aria-pressed": "false",
        "aria-label": t("aligned-position", {
          token: spoken(token),
          n: place + 1,
          all: s.places.length,
          how: howSaid(s, ways),
        }),
      },
      tokenSaid(token),
      barOf(ways),
    );
    node.addEventListener("click", () => choose(s, place, true));
    node.addEventListener("focus", () => choose(s, place, false));
    node.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") show(s, place);
    });
    s.nodes[place] = node;
    return node;
  };

  /** One group of tokens that no link leaves, row by row. */
  const groupOf = (s, number, band, group, repeated) => {
    const block = s.found.blocks[number];
    const row = (nodes) => el("span", { class: "fl-aligned-row" }, nodes);
    const theirs = (slot) => {
      const source = band[slot];
      if (source === undefined) return [];
      const [from, to] = group.sources[slot];
      const { tokens } = block.sources[source];
      return tokens.slice(from, to).map((token) => sourceToken(token, source));
    };
    const [from, to] = group.target;
    const ours = Array.from({ length: to - from }, (_, i) =>
      targetToken(s, number, from + i, repeated),
    );
    const rows = [theirs(0), ours, theirs(1)];
    const node = el("div", { class: "fl-aligned-group" }, rows.map(row));
    node.links = { rows, block, band, group };
    return node;
  };

  const drawBlock = (s, block, number) => {
    const names = (band) =>
      el(
        "div",
        { class: "fl-aligned-group fl-aligned-names", "aria-hidden": "true" },
        [
          swatch(band[0]),
          el("span", { class: "fl-aligned-mark" }, "◎"),
          band[1] === undefined ? null : swatch(band[1]),
        ].map((node) => el("span", { class: "fl-aligned-row" }, node)),
      );
    const bands = bandsOf(block.sources.length).map((band, at) =>
      el(
        "div",
        { class: `fl-aligned-band${band.length < 2 ? " fl-aligned-single" : ""}` },
        names(band),
        groupsOf(block, band).map((group) => groupOf(s, number, band, group, at > 0)),
      ),
    );
    const several = s.found.blocks.length > 1;
    return el(
      "div",
      {
        class: "fl-aligned-block",
        role: "group",
        "aria-label": t("aligned-passage-of", { number: number + 1 }),
      },
      several && el("h3", { class: "fl-subtitle" }, t("aligned-passage", { number: number + 1 })),
      el("p", { class: "fl-note fl-aligned-nats" }, natsOf(s, block)),
      bands,
    );
  };

  /** How well each knows the passage, and who is taken for it. */
  const natsOf = (s, block) => {
    const nats = (value) => (typeof value === "number" ? fixed(value, 3) : "–");
    const figures = [
      t("aligned-nats-own", { nats: nats(block.own) }),
      s.found.trained && t("aligned-nats-trained", { nats: nats(block.trained) }),
    ].filter(Boolean);
    return [
      term("nats-per-byte", t("aligned-nats")),
      " ",
      figures.map((words) => [el("span", { class: "fl-pair" }, words), " "]),
      block.sources.map((source, at) => [
        el(
          "span",
          { class: "fl-pair" },
          swatch(at),
          " ",
          nats(source.nats),
          s.found.rule === "mince"
            ? source.share > 0 && [" ", term("mince", t("aligned-wins"))]
            : [" ", term("avgce", t("aligned-share", { share: percent(source.share) }))],
        ),
        " ",
      ]),
    ];
  };

  // Moving through it

  const walk = (s, event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = keyTarget(event.key, s.at, s.places.length);
    if (target === null) return;
    event.preventDefault();
    choose(s, target, true);
  };

  /** This position is the chosen one. */
  const choose = (s, place, focus) => {
    if (!s.nodes[place]) return;
    if (s.nodes[s.at]) set(s.nodes[s.at], { "aria-pressed": "false", tabindex: "-1" });
    s.at = place;
    set(s.nodes[place], { "aria-pressed": "true", tabindex: "0" });
    show(s, place);
    if (focus) s.nodes[place].focus();
  };

  /** What is expected here is shown, and its links stand out. */
  const show = (s, place) => {
    if (s.shown === place || !s.places[place]) return;
    s.shown = place;
    const { block, at } = s.places[place];
    for (const node of s.lines.querySelectorAll(".fl-aligned-group")) {
      const [from, to] = node.links?.group.target || [0, 0];
      const here = node.links?.block === s.found.blocks[block] && from <= at && at < to;
      node.classList.toggle("fl-aligned-lit", here);
    }
    drawDetail(s.detail, s.found, s.places[place]);
  };

  const drawNotes = (s) => {
    const notes = list(s.found.sentences);
    s.notice.hidden = !notes.length;
    fill(
      s.notes,
      notes.map((note) => {
        const words = said({ key: text(note.key), values: note.values });
        const place = s.places.findIndex((one) => one.block === note.block && one.at === note.at);
        if (place < 0) return el("li", { dir: "auto" }, words);
        const go = el(
          "button",
          { class: "fl-notice-go", type: "button", title: t("notice-show") },
          words,
          el("span", { class: "fl-notice-arrow", "aria-hidden": "true" }, "\u00a0↑"),
        );
        go.addEventListener("click", () => {
          choose(s, place, true);
          const behavior = calm() ? "auto" : "smooth";
          s.nodes[place].scrollIntoView({ block: "center", behavior });
        });
        return el("li", { dir: "auto" }, go);
      }),
    );
  };

  const drawNumbers = (s) => {
    for (const old of s.numbers.querySelectorAll(".fl-scroll")) old.remove();
    add(
      s.numbers,
      s.found.blocks.map((block, at) => FusionLab.expecting.tableOf(s.found, at)),
    );
  };

  /** Where the reader begins: at the first position that a sentence speaks of. */
  const telling = (s) => {
    const note = list(s.found.sentences).find((each) => Number.isInteger(each.at));
    const place = s.places.findIndex((one) => one.block === note?.block && one.at === note?.at);
    return Math.max(0, place);
  };

  /** The picture shows this. */
  window.FusionLab.aligned = (element, found) => {
    const s = state(element, make);
    if (!found || !list(found.blocks).length || found === s.found) return;
    s.found = found;
    s.places = found.blocks.flatMap((block, number) =>
      block.positions.map((expected, i) => ({
        block: number,
        at: whole(block.start) + i,
        expected,
      })),
    );
    s.nodes = [];
    s.at = NOBODY;
    s.shown = NOBODY;
    drawLegend(s);
    fill(
      s.lines,
      found.blocks.map((block, number) => drawBlock(s, block, number)),
    );
    drawNotes(s);
    drawNumbers(s);
    choose(s, telling(s), false);
    drawLinks(s.lines);
  };
})();
