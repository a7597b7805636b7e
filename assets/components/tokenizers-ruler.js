/**
 * One text in rows of tokens, a row for each tokenizer, on a common ruler of bytes.
 *
 * `FusionLab.tokenizersRuler(show)` is `{root, draw(view)}`; `view` is a picture of the study
 * `tokenizers`. `show({row, token})` is called with the token that is chosen or pointed at. Arrow
 * keys go along a row, and to the token of the next one that stands on the same bytes.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, el, fill, keyTarget, list, measure, memberClass, set, swatch } = FusionLab.core;
  const { text, tokenText, whole } = FusionLab.core;
  const { t } = FusionLab.words;
  const CELL = 1.2; // of a byte, in rem, as study-tokenizers.css has it
  const HEAD = 1.9; // of a row
  const SLOT = 3; // bytes as wide as a token without any
  const LEAST = 8; // bytes of a line
  const EARLY = 0.4; // of a line, before which it is not broken
  const TENTH = 10;
  const UTF8 = new TextEncoder();
  const SIGNS = { " ": "␣", "\n": "⏎", "\r": "␍", "\t": "⇥" };
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}]|(?! )\p{Zs}/u;
  const MARK = /\p{M}/u;

  /** A character as it is seen in the width of its bytes. */
  const sign = (character, bytes) => {
    if (SIGNS[character]) return SIGNS[character];
    const code = character.codePointAt(0);
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "␡";
    if (UNSEEN.test(character)) return code.toString(16).slice(bytes < SLOT ? -2 : -5);
    return MARK.test(character) ? `◌${character}` : character;
  };

  const called = (character) =>
    `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

  /** The characters of a text, each with its first byte and how many it has. */
  const charactersOf = (value) => {
    let at = 0;
    return [...text(value)].map((character) => {
      const bytes = UTF8.encode(character).length;
      at += bytes;
      return { character, start: at - bytes, bytes };
    });
  };

  /** How many columns stand for tokens without bytes at each place of the text. */
  const slotsOf = (view) => {
    const slots = new Map();
    for (const { tokens } of list(view.tokenizers)) {
      const here = new Map();
      for (const { start, end } of tokens)
        if (start === end) here.set(start, (here.get(start) || 0) + 1);
      for (const [at, n] of here) slots.set(at, Math.max(n, slots.get(at) || 0));
    }
    return slots;
  };

  /** Where lines begin and end: `width` cells at most, at a common end if there is one late enough,
      else between two characters. */
  const linesOf = (view, characters, slots, width) => {
    const bytes = whole(view.bytes);
    const common = new Set(list(view.common));
    const bounds = new Set(characters.map(({ start }) => start));
    const lines = [];
    for (let from = 0; from < bytes;) {
      let [cells, to, cut] = [0, from, from];
      for (let at = from; at < bytes && cells <= width; at += 1) {
        cells += 1 + SLOT * (slots.get(at) || 0);
        const next = at + 1;
        if (cells > width && next > from + 1) break;
        if (next === bytes || bounds.has(next)) to = next;
        if (next === bytes || common.has(next)) cut = next;
      }
      const until = cut - from > EARLY * width || cut === bytes ? cut : Math.max(to, from + 1);
      lines.push([from, until]);
      from = until;
    }
    return lines;
  };

  /** The column of each place within a line, from 1; the slots of a place come before its byte. */
  const columnsOf = ([from, to], slots, last) => {
    const places = new Map();
    let column = 2;
    for (let at = from; at <= to; at += 1) {
      if (at === to && !last) {
        places.set(at, { slot: column, byte: column });
        break;
      }
      const slot = column;
      column += SLOT * (slots.get(at) || 0);
      places.set(at, { slot, byte: column });
      column += at < to ? 1 : 0;
    }
    return { places, cells: column - 2 };
  };

  const placed = (node, column, span, row) => {
    measure(node, "--from", column);
    measure(node, "--span", span);
    return measure(node, "--row", row);
  };

  // A line

  const rulerOf = (characters, [from, to], places) =>
    characters
      .filter(({ start }) => from <= start && start < to)
      .map(({ character, start, bytes }) => {
        const unseen = UNSEEN.test(character) || SIGNS[character];
        const node = el(
          "span",
          { class: `fl-tk-char${unseen ? " fl-tk-unseen" : ""}`, title: called(character) },
          sign(character, bytes),
        );
        return placed(node, places.get(start).byte, bytes, 2);
      });

  const numbersOf = ([from, to], places) =>
    Array.from({ length: to - from }, (_, i) => from + i)
      .filter((at) => at % TENTH === 0)
      .map((at) => placed(el("span", { class: "fl-tk-number" }, at), places.get(at).byte, 1, 1));

  /** What a token shows: its bytes where it cuts a character, else its characters over theirs. */
  const insideOf = (token) => {
    if (token.kind === "part")
      return text(token.hex)
        .split(" ")
        .map((byte, i) => [i > 0 && " ", el("span", { class: "fl-tk-byte" }, byte)]);
    if (token.kind !== "text") {
      const narrow = token.end > token.start && token.end - token.start < 2;
      return el("span", { class: "fl-tk-said" }, narrow ? "?" : tokenText(token.text));
    }
    const characters = charactersOf(token.text);
    const bytes = characters.reduce((sum, each) => sum + each.bytes, 0);
    const shown = bytes > token.end - token.start ? characters.slice(1) : characters;
    return shown.map(({ character, bytes: width }) =>
      measure(
        el(
          "span",
          { class: SIGNS[character] || UNSEEN.test(character) ? "fl-tk-unseen" : null },
          sign(character, width),
        ),
        "--w",
        width,
      ),
    );
  };

  /** The token's label: what is seen of it, and where it stands. */
  const spokenOf = (s, row, at, seen) => {
    const of = s.view.tokenizers[row];
    const token = of.tokens[at];
    return t("tokenizers-token", {
      name: of.name,
      n: at + 1,
      all: of.tokens.length,
      token: seen,
      from: token.start,
      to: token.end,
    });
  };

  const tokenOf = (s, row, at, again) => {
    const token = s.view.tokenizers[row].tokens[at];
    const classes = `fl-tk-token fl-tk-${text(token.kind)} ${memberClass(row)}`;
    if (again)
      return el(
        "span",
        { class: `${classes} fl-tk-again`, "aria-hidden": "true" },
        insideOf(token),
      );
    const node = el(
      "button",
      {
        class: classes,
        type: "button",
        tabindex: "-1",
        "aria-pressed": "false",
      },
      insideOf(token),
    );
    const seen = node.textContent === "?" ? tokenText(token.text) : node.textContent;
    set(node, { "aria-label": spokenOf(s, row, at, seen) });
    node.addEventListener("click", () => choose(s, row, at, true));
    node.addEventListener("focus", () => choose(s, row, at, false));
    node.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") look(s, row, at);
    });
    return node;
  };

  /** The tokens of a row that stand in this line, those that go on from another line too. */
  const rowOf = (s, row, [from, to], places, last) => {
    const taken = new Map();
    return s.view.tokenizers[row].tokens.map((token, at) => {
      const { start, end } = token;
      if (start === end) {
        if (start < from || start > to || (start === to && !last)) return null;
        const n = taken.get(start) || 0;
        taken.set(start, n + 1);
        const node = (s.nodes[row][at] ||= tokenOf(s, row, at));
        return placed(node, places.get(start).slot + SLOT * n, SLOT, row + 3);
      }
      if (end <= from || start >= to) return null;
      const [a, b] = [Math.max(start, from), Math.min(end, to)];
      const node = start >= from ? (s.nodes[row][at] ||= tokenOf(s, row, at)) : null;
      const shown = node || tokenOf(s, row, at, true);
      shown.classList.toggle("fl-tk-on", end > to);
      const upTo = b === to ? places.get(b).slot : places.get(b - 1).byte + 1;
      return placed(shown, places.get(a).byte, upTo - places.get(a).byte, row + 3);
    });
  };

  const lineOf = (s, characters, slots, line) => {
    const last = line[1] === whole(s.view.bytes);
    const { places, cells } = columnsOf(line, slots, last);
    const rows = s.view.tokenizers.length;
    const cuts = list(s.view.common)
      .filter((at) => line[0] < at && at <= line[1])
      .map((at) =>
        placed(
          el("span", { class: "fl-tk-cut", "aria-hidden": "true" }),
          places.get(at).slot,
          1,
          2,
        ),
      );
    const heads = s.view.tokenizers.map((_, row) =>
      placed(
        el("span", { class: "fl-tk-head", "aria-hidden": "true" }, swatch(row)),
        1,
        1,
        row + 3,
      ),
    );
    const node = el("div", { class: "fl-tk-line", dir: "ltr" });
    measure(node, "--cells", cells);
    measure(node, "--rows", rows);
    const back = el("div", { class: "fl-tk-back", "aria-hidden": "true" });
    return add(
      node,
      back,
      numbersOf(line, places),
      rulerOf(characters, line, places),
      heads,
      s.view.tokenizers.map((_, row) => rowOf(s, row, line, places, last)),
      cuts,
    );
  };

  // What is looked at

  const tokensOf = (s, row) => list(s.view.tokenizers[row]?.tokens);

  /** The token of another row that stands on the same bytes. */
  const facing = (s, row) => {
    const { start, end } = tokensOf(s, s.at.row)[s.at.token];
    const tokens = tokensOf(s, row);
    const found = tokens.findIndex(
      (each) => each.start < Math.max(end, start + 1) && each.end > start,
    );
    return found < 0 ? tokens.length - 1 : found;
  };

  const walk = (s, event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !s.at) return;
    const { row, token } = s.at;
    const other = { ArrowUp: row - 1, ArrowDown: row + 1 }[event.key];
    if (other !== undefined) {
      event.preventDefault();
      if (s.view.tokenizers[other]) choose(s, other, facing(s, other), true);
      return;
    }
    const target = keyTarget(event.key, token, tokensOf(s, row).length);
    if (target === null) return;
    event.preventDefault();
    choose(s, row, target, true);
  };

  /** This token is the chosen one. */
  const choose = (s, row, token, focus) => {
    const node = s.nodes[row]?.[token];
    if (!node) return;
    if (s.at && s.nodes[s.at.row]?.[s.at.token])
      set(s.nodes[s.at.row][s.at.token], { "aria-pressed": "false", tabindex: "-1" });
    s.at = { row, token };
    set(node, { "aria-pressed": "true", tabindex: "0" });
    look(s, row, token);
    if (focus) node.focus();
  };

  /** The token is shown, and those that stand on its bytes. */
  const look = (s, row, token) => {
    const { start, end } = tokensOf(s, row)[token];
    s.nodes.forEach((nodes, at) =>
      nodes.forEach((node, i) => {
        const other = s.view.tokenizers[at].tokens[i];
        const met = other.start < end && other.end > start;
        node.classList.toggle("fl-tk-met", met && !(at === row && i === token));
        node.classList.toggle("fl-tk-shown", at === row && i === token);
      }),
    );
    s.show({ row, token });
  };

  const draw = (s) => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const room = Math.floor((s.lines.clientWidth / rem - HEAD) / CELL);
    if (!s.view || !s.lines.clientWidth) return;
    const width = Math.max(LEAST, room);
    if (s.drawn === s.view && s.width === width) return;
    Object.assign(s, { drawn: s.view, width });
    const focused = s.lines.contains(document.activeElement);
    const characters = charactersOf(s.view.text);
    const slots = slotsOf(s.view);
    s.nodes = s.view.tokenizers.map(() => []);
    fill(
      s.lines,
      linesOf(s.view, characters, slots, width).map((line) => lineOf(s, characters, slots, line)),
    );
    const { row, token } = s.nodes[s.at?.row]?.[s.at?.token] ? s.at : telling(s);
    choose(s, row, token, focused);
  };

  /** Where the reader begins: the longest token that no other tokenizer has at its place. */
  const telling = (s) => {
    let best = { row: 0, token: 0, length: 0 };
    s.view.tokenizers.forEach(({ tokens }, row) =>
      tokens.forEach(({ start, end, kind }, token) => {
        const length = kind === "text" ? end - start : 0;
        if (length > best.length) best = { row, token, length };
      }),
    );
    return best;
  };

  window.FusionLab.tokenizersRuler = (show) => {
    const s = { view: null, nodes: [], at: null, show };
    s.lines = el("div", {
      class: "fl-tk-lines",
      role: "group",
      "aria-label": t("tokenizers-ruler"),
    });
    s.lines.addEventListener("keydown", (event) => walk(s, event));
    s.lines.addEventListener("pointerleave", () => s.at && look(s, s.at.row, s.at.token));
    new ResizeObserver(() => draw(s)).observe(s.lines);
    return {
      root: s.lines,
      draw: (view) => {
        const same = s.view && s.view.text === view.text;
        const rows = (of) => JSON.stringify(list(of?.tokenizers));
        if (same && rows(s.view) === rows(view)) {
          s.view = view;
          s.drawn = view; // only its maps are newer
          if (s.at) look(s, s.at.row, s.at.token);
          return;
        }
        if (!same) s.at = null;
        s.view = view;
        draw(s);
      },
    };
  };
})();
