/**
 * One token of a text, and what stands for it in each other tokenizer's vocabulary.
 *
 * `FusionLab.tokenizersBeside()` is `{root, draw(view, {row, token})}`; `view` is a picture of the
 * study `tokenizers`. `.found(view, from, to)` are the counterparts of one tokenizer's tokens in
 * another one by their ids, and `.cells(view, from, to, token)` the four ways for one of them.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { chip, count, el, fill, list, memberClass, swatch, term, text, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const WAYS = ["em", "mined", "union", "bytes"];
  const TERMS = {
    em: "em",
    mined: "mined",
    union: "token-union",
    bytes: "byte-alignment",
  };

  /** A token of the text: its bytes where it cuts a character. */
  const tokenChip = (token) =>
    token.kind === "part"
      ? el("span", { class: "fl-chip fl-tk-hex" }, text(token.hex))
      : chip(token.text);

  /** The counterparts of a tokenizer's tokens in another one, by id; null before they are found. */
  const found = (view, from, to) => {
    const map = list(view.maps).find((each) => each.from === from && each.to === to);
    return map ? new Map(map.tokens.map((each) => [each.token, each])) : null;
  };

  /** The tokens of another row on the same bytes, and whether both begin and end at the same. */
  const onBytes = (view, to, token) => {
    const over = list(view.tokenizers[to].tokens).filter(
      ({ start, end }) => start < token.end && end > token.start,
    );
    const flush = over.length > 0 && over[0].start === token.start && over.at(-1).end === token.end;
    return { over, flush };
  };

  const nothing = (key) => el("span", { class: "fl-note" }, t(key));

  const emOf = (each) =>
    each.em === null ? [nothing("tokenizers-no-em")] : [chip(each.em_text), " "];

  const minedOf = (each) => {
    if (each.mined === null) return [nothing("tokenizers-no-mined")];
    if (each.mined === each.em) return [chip(each.em_text), " ", nothing("tokenizers-same")];
    const values = { distance: whole(each.distance), ties: whole(each.ties) };
    const key = values.ties > 1 ? "tokenizers-nearest-first" : "tokenizers-nearest";
    return [chip(each.mined_text), " ", el("span", { class: "fl-note" }, t(key, values))];
  };

  const unionOf = (each) =>
    each.union === null
      ? [nothing("tokenizers-how-none")]
      : [chip(each.union_text), " ", nothing(`tokenizers-how-${text(each.how)}`)];

  const bytesOf = (view, to, token, each) => {
    if (token.start === token.end) return [nothing("tokenizers-no-bytes")];
    const { over, flush } = onBytes(view, to, token);
    const begin = whole(each?.begin);
    return [
      over.map((other) => [tokenChip(other), " "]),
      nothing(flush ? "tokenizers-flush" : "tokenizers-crossing"),
      begin > 0 && [" ", el("span", { class: "fl-note" }, t("tokenizers-begin", { n: begin }))],
    ];
  };

  /** What each way has for the token, as nodes, by its name. */
  const cells = (view, from, to, token, map) => {
    const each = map?.get(token.id);
    const bytes = bytesOf(view, to, token, each);
    if (!each) {
      const waits = () => [nothing("tokenizers-not-yet")];
      return { em: waits(), mined: waits(), union: waits(), bytes };
    }
    return { em: emOf(each), mined: minedOf(each), union: unionOf(each), bytes };
  };

  const cardOf = (view, from, to, token) => {
    const ways = cells(view, from, to, token, found(view, from, to));
    return el(
      "div",
      { class: `fl-want fl-tk-card ${memberClass(to)}` },
      el(
        "h4",
        { class: "fl-tk-of" },
        swatch(to),
        el("span", { dir: "auto" }, text(view.tokenizers[to].name)),
      ),
      el(
        "dl",
        { class: "fl-tk-ways" },
        WAYS.map((way) => [
          el("dt", null, term(TERMS[way], t(`tokenizers-way-${way}`))),
          el("dd", null, ways[way]),
        ]),
      ),
    );
  };

  const factsOf = (token) => {
    const at = t("tokenizers-at", { from: token.start, to: token.end });
    return [
      t("tokenizers-id", { id: count(token.id) }),
      token.start === token.end ? t("tokenizers-no-bytes") : at,
      token.kind === "text" ? null : t(`tokenizers-kind-${text(token.kind)}`),
    ]
      .filter(Boolean)
      .join(" · ");
  };

  window.FusionLab.tokenizersBeside = () => {
    const title = el("h3", { class: "fl-subtitle fl-tk-title" });
    const facts = el("p", { class: "fl-note" });
    const cards = el("div", { class: "fl-tk-cards" });
    const root = el("div", { class: "fl-tk-detail" }, title, facts, cards);
    const draw = (view, at) => {
      const of = view.tokenizers[at.row];
      const token = of?.tokens[at.token];
      root.hidden = !token;
      if (!token) return;
      const names = el("span", { dir: "auto" }, text(of.name));
      const place = t("tokenizers-place", { n: at.token + 1, all: of.tokens.length });
      fill(title, swatch(at.row), names, tokenChip(token), el("span", { class: "fl-note" }, place));
      fill(facts, factsOf(token));
      fill(
        cards,
        view.tokenizers.map((_, to) => (to === at.row ? null : cardOf(view, at.row, to, token))),
      );
    };
    return { root, draw };
  };
  Object.assign(window.FusionLab.tokenizersBeside, { WAYS, cells, found, tokenChip });
})();
