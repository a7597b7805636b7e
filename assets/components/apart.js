/**
 * Texts of one prompt next to each other: how far they are the same, and where they part.
 *
 * `FusionLab.apart.draw(room, sides)`: each side {title, tokens: [{token, text, p}], note} is held
 * against the first. What is the same stands back; the first token that differs is framed.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const {
    chip,
    el,
    fill,
    folded,
    isEnd,
    list,
    probability,
    withP,
    spelled,
    table,
    text,
    tokenNodes,
    uid,
  } = FusionLab.core;
  const { t } = FusionLab.words;

  /** How many tokens both begin with. */
  const common = (one, other) => {
    let n = 0;
    while (n < one.length && n < other.length && text(one[n].token) === text(other[n].token))
      n += 1;
    return n;
  };

  /** The same for all that is held against the first, as far as any of them is the same. */
  const partings = (sides) => {
    const [first, ...others] = sides.map((side) => list(side.tokens));
    const each = others.map((other) => common(first, other));
    const differs = others.map((other, i) => each[i] < Math.max(first.length, other.length));
    const own = Math.min(...each.filter((_, i) => differs[i]), Infinity);
    return [Number.isFinite(own) ? own : -1, ...each.map((n, i) => (differs[i] ? n : -1))];
  };

  /** What the token says; where texts part, a part of a character is spelled out. */
  const nodesOf = (token, here) => {
    if (isEnd(token.token)) return el("span", { class: "fl-end" }, t("number-end"));
    const says = text(token.text ?? token.token);
    return here ? tokenNodes(says || text(token.token)) : spelled(says);
  };

  /** One text: what is shared, the token at which it parts, and what follows. */
  const written = (tokens, at) =>
    el(
      "p",
      { class: "fl-apart-text", dir: "auto" },
      tokens.map((token, i) => {
        const shared = at < 0 || i < at;
        const kind = i === at ? "fl-apart-here" : shared ? "fl-apart-same" : "fl-apart-own";
        const title = typeof token.p === "number" ? withP(token.p) : false;
        return el("span", { class: kind, title }, nodesOf(token, i === at));
      }),
      at >= tokens.length && at >= 0
        ? el("span", { class: "fl-apart-here fl-quiet" }, t("apart-nothing"))
        : null,
    );

  const shown = (tokens, at) => text(tokens[at]?.token).trim() || t("apart-nothing");

  /** What is to be said of this side, held against the first. */
  const sentence = (sides, i, at) => {
    if (at < 0) return t("apart-same");
    return t("apart-parts", {
      step: at + 1,
      mine: shown(list(sides[i].tokens), at),
      theirs: shown(list(sides[0].tokens), at),
    });
  };

  const isToken = (token) => token !== null && typeof token === "object";

  const draw = (room, given) => {
    const sides = list(given).map((side) => ({
      ...side,
      tokens: list(side.tokens).filter(isToken),
    }));
    const ats = sides.length ? partings(sides) : [];
    fill(
      room,
      el(
        "div",
        { class: "fl-apart-sides" },
        ats.map((at, i) => {
          const id = uid();
          return el(
            "article",
            { class: "fl-apart-side", "aria-labelledby": id },
            el("h3", { class: "fl-apart-title", id }, sides[i].title),
            i > 0 && el("p", { class: "fl-note" }, sentence(sides, i, at)),
            written(list(sides[i].tokens), at),
            sides[i].note ?? null,
          );
        }),
      ),
      ats.length > 1 &&
        folded(
          t("apart-table"),
          table(
            t("apart-table"),
            ["way", "step", "token", "p"].map((head) => t(`apart-head-${head}`)),
            ats.map((at, i) => [
              sides[i].title.cloneNode ? sides[i].title.cloneNode(true) : sides[i].title,
              at < 0 ? "–" : String(at + 1),
              at < 0 ? "–" : chip(text(sides[i].tokens[at]?.token)),
              probability(at < 0 ? null : sides[i].tokens[at]?.p),
            ]),
          ),
        ),
    );
  };

  FusionLab.apart = { draw };
})();
