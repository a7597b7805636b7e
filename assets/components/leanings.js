/**
 * What each expert of a layer likes, and with which others it works: its tokens, where in the text
 * it works, the tokens that it gets more of than chance explains, and two maps of pairs.
 *
 * `s` is the stage of `experts`; it shows the layer that the reader has chosen.
 */
(() => {
  "use strict";
  const {
    chip,
    el,
    fill,
    folded,
    list,
    measure,
    number,
    percent,
    say,
    table,
    term,
    text,
    tokenText,
    unit,
    whole,
    unfolding,
  } = window.FusionLab.core;
  const { badge } = window.FusionLab.marks;
  const { gap, t } = window.FusionLab.words;
  const FIRST = 8;

  /** The room, empty. */
  const makeLeanings = (s) => {
    const r = {
      about: el("p", { class: "fl-note" }),
      sum: el("p", { class: "fl-sentence" }),
      rows: el("ul", { class: "fl-liking" }),
      more: el("ul", { class: "fl-liking" }),
      pairs: el("div"),
      next: el("div"),
      table: folded(t("leanings-table")),
    };
    r.rest = folded(t("leanings-rest"), r.more);
    r.section = unfolding(
      "leanings",
      t("leanings-title"),
      el(
        "p",
        { class: "fl-note" },
        term("lift", t("leanings-term")),
        gap,
        t("leanings-about"),
        " ",
        term("silent-expert"),
      ),
      r.about,
      r.sum,
      r.rows,
      r.rest,
      el("div", { class: "fl-pairs" }, r.pairs, r.next),
      r.table,
    );
    r.section.hidden = true;
    r.shown = null;
    r.table.addEventListener("toggle", () => drawTable(s));
    return r;
  };

  const layerOf = (s) => list(s.leanings)[s.layer];

  /** The room shows the chosen layer, once the run is over. */
  const drawLeanings = (s) => {
    const r = s.leaning;
    const layer = layerOf(s);
    r.section.hidden = !layer;
    if (!layer || r.shown === layer) return;
    r.shown = layer;
    const experts = [...list(layer.experts)].sort((a, b) => whole(b?.n) - whole(a?.n));
    const busy = experts.filter((each) => whole(each?.n));
    const silent = experts.filter((each) => !whole(each?.n)).map((each) => whole(each.expert));
    const liking = busy.filter((each) => list(each.likes).length);
    const where = { layer: String(layer.layer), tokens: whole(layer.tokens) };
    say(r.about, t("leanings-layer", where));
    fill(
      r.sum,
      t(liking.length ? "leanings-some" : "leanings-none", { ...where, n: liking.length }),
      gap,
      silent.length > 0 &&
        s.layers[s.layer]?.weighed &&
        t("leanings-silent", { n: silent.length, experts: told(silent.sort((a, b) => a - b)) }),
    );
    fill(
      r.rows,
      busy.slice(0, FIRST).map((each) => rowOf(each)),
    );
    fill(
      r.more,
      busy.slice(FIRST).map((each) => rowOf(each)),
    );
    r.rest.hidden = busy.length <= FIRST;
    drawPairs(r.pairs, layer.pairs, "pairs", { layer: where.layer });
    drawPairs(r.next, layer.next, "next", {
      layer: where.layer,
      next: String(layer.next?.layer),
    });
    drawTable(s);
  };

  const told = (experts) =>
    experts.length > 12 ? `${experts.slice(0, 12).join(", ")} …` : experts.join(", ");

  /** One expert: how much it reads, where in the text, which tokens, and what it likes. */
  const rowOf = (each) =>
    el(
      "li",
      { class: "fl-liking-row" },
      el(
        "span",
        { class: "fl-liking-name" },
        badge(whole(each.expert)),
        " ",
        t("leanings-share", { n: whole(each.n), share: percent(number(each.base)) }),
      ),
      partsOf(each),
      el(
        "span",
        { class: "fl-liking-reads" },
        list(each.reads).map((one) => [
          el(
            "span",
            { class: "fl-liking-read" },
            chip(text(one?.token)),
            el("span", { class: "fl-quiet" }, ` ×${whole(one?.n)}`),
          ),
          " ",
        ]),
      ),
      list(each.likes).length > 0 &&
        el(
          "ul",
          { class: "fl-liking-likes" },
          list(each.likes).map((like) => el("li", null, sentenceOf(like))),
        ),
    );

  const nameOf = (like) =>
    like?.what === "kind" ? t(`leanings-kind-${text(like.name)}`) : `“${tokenText(like?.name)}”`;

  const sentenceOf = (like) =>
    t("leanings-like", {
      name: nameOf(like),
      k: whole(like?.k),
      n: whole(like?.n),
      low: percent(number(like?.low)),
      high: percent(number(like?.high)),
      lift: number(like?.lift).toFixed(1),
    });

  /** Its share of the tokens from the beginning of the text to its end, as small bars. */
  const partsOf = (each) => {
    const parts = list(each.parts).map((part) => unit(part));
    const words = t("leanings-parts", { parts: parts.map((part) => percent(part)).join(", ") });
    return el(
      "span",
      { class: "fl-liking-parts", role: "img", "aria-label": words, title: words },
      parts.map((part) => measure(el("span"), "--p", part)),
    );
  };

  /** A map of pairs: how often both, shaded by that. */
  const drawPairs = (room, pairs, which, values) => {
    room.hidden = !list(pairs?.rows).length;
    if (room.hidden) {
      fill(room);
      return;
    }
    const counts = list(pairs.counts).map((row) => list(row).map((n) => whole(n)));
    const most = Math.max(1, ...counts.flat());
    const cellOf = (row, column, i, j) => {
      if (which === "pairs" && row === column) return null;
      const n = counts[i]?.[j] ?? 0;
      return {
        shade: n / most,
        shown: n ? String(n) : "",
        words: t(`leanings-${which}-cell`, {
          ...values,
          expert: String(row),
          other: String(column),
          n,
          lift: number(list(list(pairs.lift)[i])[j]).toFixed(1),
        }),
      };
    };
    fill(
      room,
      el("h3", { class: "fl-subtitle" }, t(`leanings-${which}`, values)),
      window.FusionLab.heat({
        label: t(`leanings-${which}`, values),
        corner: "",
        columns: list(pairs.columns).map((column) => badge(whole(column))),
        rows: list(pairs.rows).map((row, i) => ({
          head: badge(whole(row)),
          cells: list(pairs.columns).map((column, j) => cellOf(row, column, i, j)),
        })),
        ends: ["0", t("leanings-most", { n: most })],
      }),
      pairs.cut && el("p", { class: "fl-note" }, t("leanings-cut", { n: list(pairs.rows).length })),
    );
  };

  /** All of this layer in figures, where its table is open. */
  const drawTable = (s) => {
    const room = s.leaning.table;
    const layer = layerOf(s);
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    if (!room.open || !layer) return;
    room.append(
      table(
        t("leanings-caption", { layer: String(layer.layer) }),
        ["expert", "n", "base", "like", "of", "interval", "lift"].map((name) =>
          t(`leanings-head-${name}`),
        ),
        list(layer.experts).flatMap((each) => {
          const own = [whole(each?.expert), whole(each?.n), percent(number(each?.base))];
          const likes = list(each?.likes);
          if (!likes.length) return [[...own, "–", "–", "–", "–"]];
          return likes.map((like) => [
            ...own,
            nameOf(like),
            `${whole(like?.k)} / ${whole(like?.n)}`,
            `${percent(number(like?.low))} – ${percent(number(like?.high))}`,
            number(like?.lift).toFixed(1),
          ]);
        }),
      ),
    );
  };

  window.FusionLab.leanings = { drawLeanings, makeLeanings };
})();
