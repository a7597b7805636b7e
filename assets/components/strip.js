/**
 * The text as a strip of tokens, in words, each shaded by how likely it was. `s` is the stage of
 * `tokens`.
 */
(() => {
  "use strict";
  const {
    add,
    el,
    fill,
    isEnd,
    list,
    measure,
    memberClass,
    number,
    percent,
    withP,
    text,
    tokenNodes,
    tokenText,
    uid,
    unit,
    whole,
  } = window.FusionLab.core;
  const { ordinal } = window.FusionLab.course;
  const { count } = window.FusionLab.jumps;
  const { isOpen, pivotalAt, pivotalWords } = window.FusionLab.provenance;
  const { said, t } = window.FusionLab.words;
  const GATED = ["unsure", "disputed"];
  const CJK = /^[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;

  /** What the token says: a mark where it ends the text or is only a part of a character. */
  const saidNodes = (step) => {
    if (isEnd(step.token)) return el("span", { class: "fl-end" }, t("number-end"));
    if (step.text === "" && /^(\\x[0-9a-f]{2})+$/.test(text(step.token))) {
      return el("span", { class: "fl-part" }, "◌");
    }
    return tokenNodes(text(step.text || step.token));
  };

  /** One more step stands at the end of the strip. */
  const append = (s, given) => {
    const step = given && typeof given === "object" ? given : {};
    const index = s.steps.push(step) - 1;
    const decided = whole(step.decided, -1);
    const node = el(
      "span",
      {
        class: `fl-token ${memberClass(s.members.length > 1 ? decided : -1)}`,
        role: "option",
        id: uid(),
        tabindex: "-1",
        "aria-selected": "false",
        title: described(s, step),
      },
      saidNodes(step),
    );
    node.classList.toggle("fl-acted", step.acted === true && GATED.includes(s.act));
    node.classList.toggle("fl-missed", list(step.left).length > 0);
    node.classList.toggle("fl-uncertain", step.certain === false);
    const pivotal = pivotalAt(s, step).length > 0;
    const open = !pivotal && isOpen(s, step);
    node.classList.toggle("fl-pivotal", pivotal);
    node.classList.toggle("fl-pivotal-open", open);
    if (text(step.token) === "") add(node, el("span", { class: "fl-blank fl-nothing" }));
    s.nodes.push(measure(node, "--p", unit(step.p)));
    place(s, node, text(step.text || step.token));
    const larger = (key, old) => old < 0 || number(step[key]) > number(s.steps[old][key]);
    if (larger("divergence", s.most)) s.most = index;
    if (larger("entropy", s.least)) s.least = index;
    count(s, index);
  };

  /** The token stands in the word it continues, or begins a new one. */
  const place = (s, node, token) => {
    if (!s.word || s.lineEnded || /^\s/.test(token) || CJK.test(token) || isEnd(token)) {
      s.word = s.strip.appendChild(el("span", { class: "fl-word", role: "presentation" }));
    }
    s.word.appendChild(node);
    const breaks = (token.match(/\n/g) || []).length;
    for (let i = 0; i < Math.min(breaks, 3); i += 1) s.strip.appendChild(el("br"));
    s.lineEnded = breaks > 0;
  };

  /** The step in one line. */
  const described = (s, step) => {
    const decided = s.members.length > 1 && s.members[whole(step.decided, -1)];
    const line = t(decided ? "tokens-described-by" : "tokens-described", {
      step: String(ordinal(step)),
      token: isEnd(step.token)
        ? t("tokens-described-end", { token: text(step.token) })
        : tokenText(step.token),
      p: withP(step.p),
      name: decided ? decided.name : "",
    });
    return [line, ...happened(s, step), ...pivotalWords(s, step)].join(" · ");
  };

  /**
   * In words: whether members were pooled, where a rule says when; who was left out; and where only
   * their best tokens are known, whether the choice is certain and how much was told.
   */
  const happened = (s, step) => {
    const left = list(step.left).flatMap((i) => s.members[i]?.name ?? []);
    return [
      ...(step.acted === true && GATED.includes(s.act) ? [t("tokens-acted")] : []),
      ...(step.acted === false ? [t("tokens-not-acted")] : []),
      ...(left.length ? [t("tokens-left-out", { names: said(left) })] : []),
      ...(typeof step.certain === "boolean" ? [t(`tokens-certain-${step.certain}`)] : []),
      ...(typeof step.coverage === "number"
        ? [t("tokens-coverage", { share: percent(step.coverage) })]
        : []),
    ];
  };

  /** What the text began with stands before the tokens that were chosen. */
  const drawGiven = (s, tokens) => {
    s.given.hidden = !tokens.length;
    const shown = tokens.map((token) => el("span", null, tokenNodes(text(token))));
    fill(s.given, t("begun-given", { n: tokens.length }), " ", shown);
  };

  /** What the marks over tokens mean that this run may have. */
  const marksOf = (s) =>
    [
      ...(["unsure", "disputed", "supported"].includes(s.act) ? [s.act] : []),
      ...(s.partial ? ["supported", "uncertain"] : []),
    ].map((name) =>
      el(
        "span",
        { class: "fl-key" },
        el("span", { class: `fl-key-mark fl-key-${name}`, "aria-hidden": "true" }),
        t(`tokens-key-${name}`),
      ),
    );

  /** The strip, and only the strip, is scrolled so that the token can be seen. */
  const reveal = (strip, node) => {
    const frame = strip.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    if (box.bottom > frame.bottom - 8) strip.scrollTop += box.bottom - frame.bottom + 16;
    if (box.top < frame.top + 8) strip.scrollTop -= frame.top - box.top + 16;
  };

  window.FusionLab.strip = { append, described, drawGiven, happened, marksOf, reveal };
})();
