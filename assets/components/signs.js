/**
 * The text of tokens made visible: blanks and ends as marks, what cannot be seen spelled out.
 *
 * This joins `FusionLab.core`.
 */
(() => {
  "use strict";
  const { core } = window.FusionLab;
  const { el, own, text } = core;
  const { t } = window.FusionLab.words;
  const MARKS = { " ": "space", "\n": "newline", "\r": "return", "\t": "tab", "\u00a0": "space" };
  const NAMES = { " ": "·", "\n": "⏎", "\r": "␍", "\t": "⇥", "\u00a0": "⍽" };
  const INVISIBLE =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/;

  /**
   * The text with what cannot be seen spelled out: controls, direction marks, halves of characters.
   */
  const spelled = (value) => {
    let result = "";
    for (const character of text(value)) {
      const code = character.codePointAt(0);
      const hidden = INVISIBLE.test(character) || (code >= 0xd800 && code <= 0xdfff);
      result += hidden ? `\\u${code.toString(16).padStart(4, "0")}` : character;
    }
    return result;
  };

  /** The nodes of a token: plain text, and marked spans for blanks, which copy as what they are. */
  const tokenNodes = (token) =>
    spelled(token)
      .split(/([ \n\r\t\u00a0])/)
      .filter(Boolean)
      .map((part) => {
        const mark = own(MARKS, part);
        if (!mark) return document.createTextNode(part);
        const copied = part === "\n" || part === "\r" ? "" : part;
        return el("span", { class: `fl-blank fl-${mark}` }, copied);
      });

  /** The token as one line of plain text, blanks shown by signs at its ends. */
  const tokenText = (token) =>
    spelled(token)
      .replace(/[\n\r\t\u00a0]/g, (blank) => NAMES[blank])
      .replace(/^ +| +$/g, (blanks) => "·".repeat(blanks.length)) || t("number-nothing");

  const END =
    /^<(\/s|eos|end|end_of_turn|\|(im_end|eot_id|eom_id|end_of_text|endoftext|end|eos)\||｜end▁of▁sentence｜)>$/;

  /** Whether the token is one with which a model ends its text. */
  const isEnd = (token) => END.test(text(token));

  /** A token in a table or a heading; of blanks alone, their signs are read aloud. */
  const chip = (token) => {
    if (text(token) === "") {
      return el("span", { class: "fl-chip fl-quiet" }, t("number-nothing"));
    }
    const signs = !text(token).trim() && el("span", { class: "fl-unseen" }, tokenText(token));
    return el("bdi", { class: "fl-chip", title: spelled(token) }, tokenNodes(token), signs);
  };

  /** A token in a chart, where an end is but a mark. */
  const mark = (token) =>
    isEnd(token)
      ? el("span", { class: "fl-chip fl-end-chip", title: text(token) }, t("number-end"))
      : chip(token);

  Object.assign(core, { chip, isEnd, mark, spelled, tokenNodes, tokenText });
})();
