/**
 * GShard's layer step by step: each einsum with its shapes, what goes in and what comes out.
 *
 * `FusionLab.gatesSteps()` is `{root, draw(view)}`; `view` is a picture of the study `gates`.
 * Buttons and arrow keys lead from step to step; the step stays when it is drawn again.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, fixed, folded, keyTarget, list, measure, number } = FusionLab.core;
  const { own, say, svg, table, term, text, uid, unit, whole } = FusionLab.core;
  const { joined, said, t } = FusionLab.words;
  const BLOCKED = "e"; // the axis that parts a tensor of three axes into blocks
  const TERMS = ["dispatch-mask", "capacity", "dropped-token", "all-to-all"];
  const LETTERS = ["s", "e", "c", "m", "h"];

  const make = () => {
    const s = { at: 0 };
    const id = uid();
    s.letters = el("p", { class: "fl-note" });
    s.back = button(t("gates-steps-back"), "fl-plain", () => go(s, s.at - 1));
    s.on = button(t("gates-steps-on"), "fl-plain", () => go(s, s.at + 1));
    s.name = el("h4", { class: "fl-gates-name", id });
    s.equation = el("code", { class: "fl-gates-equation" });
    s.help = el("p", { class: "fl-gates-about" });
    s.tensors = el("div", { class: "fl-gates-tensors" });
    s.numbers = folded(t("gates-steps-table"));
    s.walk = el(
      "div",
      { class: "fl-gates-walk", role: "group", tabindex: "0", "aria-labelledby": id },
      el("div", { class: "fl-gates-move" }, s.back, s.on, s.name, s.equation),
      el("div", { role: "status" }, s.help),
      s.tensors,
    );
    s.root = el(
      "section",
      { class: "fl-gates-part" },
      el("h3", { class: "fl-subtitle" }, t("gates-steps")),
      el("p", { class: "fl-note" }, t("gates-steps-note")),
      s.letters,
      el(
        "p",
        { class: "fl-note" },
        TERMS.map((key, i) => [i > 0 && " · ", term(key)]),
      ),
      s.walk,
      s.numbers,
    );
    s.walk.addEventListener("keydown", (event) => {
      if (event.target.closest(".fl-gates-frame")) return; // its own arrow keys scroll it
      const at = keyTarget(event.key, s.at, list(s.form?.steps).length);
      if (at === null) return;
      event.preventDefault();
      go(s, at);
    });
    return s;
  };

  const go = (s, at) => {
    const last = list(s.form?.steps).length - 1;
    s.at = Math.min(last, Math.max(0, at));
    drawStep(s);
  };

  // A tensor

  /** Sizes and places of a tensor: blocks, rows and columns, and where a value stands. */
  const laidOut = (tensor) => {
    const axes = [...text(tensor.axes)];
    const sizes = list(tensor.shape).map((size) => whole(size, 1));
    const block = axes.length > 2 ? axes.indexOf(BLOCKED) : -1;
    const [row, column] = axes.map((_, i) => i).filter((i) => i !== block);
    const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((all, size) => all * size, 1));
    return {
      axes,
      blocks: block < 0 ? 1 : sizes[block],
      rows: sizes[row],
      columns: sizes[column],
      named: { row: axes[row], column: axes[column] },
      value: (b, r, c) => {
        const at = (block < 0 ? 0 : b * strides[block]) + r * strides[row] + c * strides[column];
        return number(list(tensor.values)[at]);
      },
    };
  };

  const GAP = 0.6;

  const pictureOf = (tensor, label) => {
    const laid = laidOut(tensor);
    const most = Math.max(1e-6, ...list(tensor.values).map((value) => Math.abs(number(value))));
    const wide = laid.blocks * laid.columns + (laid.blocks - 1) * GAP;
    const cells = [];
    for (let b = 0; b < laid.blocks; b += 1) {
      const left = b * (laid.columns + GAP);
      for (let r = 0; r < laid.rows; r += 1)
        for (let c = 0; c < laid.columns; c += 1) {
          const value = laid.value(b, r, c);
          const kind = `fl-gates-value${value < 0 ? " fl-gates-less" : ""}`;
          const cell = svg("rect", { class: kind, x: left + c, y: r, width: 1, height: 1 });
          cells.push(measure(cell, "--p", unit(Math.abs(value) / most)));
        }
    }
    const picture = svg(
      "svg",
      {
        class: "fl-gates-tensor",
        viewBox: `0 0 ${wide} ${laid.rows}`,
        role: "img",
        "aria-label": label,
      },
      cells,
    );
    measure(picture, "--columns", wide);
    return measure(picture, "--rows", laid.rows);
  };

  /** The tokens' letters beside the rows, and the experts' numbers above the blocks. */
  const framed = (s, tensor, label) => {
    const laid = laidOut(tensor);
    const letters = laid.named.row === "s" ? list(s.view.text).slice(0, laid.rows) : [];
    const heads = Array.from({ length: laid.blocks > 1 ? laid.blocks : 0 }, (_, b) =>
      measure(el("span", null, t("gates-expert", { n: b + 1 })), "--columns", laid.columns),
    );
    return [
      heads.length ? el("div", { class: "fl-gates-experts", "aria-hidden": "true" }, heads) : null,
      el(
        "div",
        { class: "fl-gates-rows" },
        letters.length
          ? el(
              "div",
              { class: "fl-gates-marks", "aria-hidden": "true" },
              letters.map((letter) => el("span", null, FusionLab.gatesToken(letter))),
            )
          : null,
        pictureOf(tensor, label),
      ),
    ];
  };

  const shapeOf = (tensor) => {
    const axes = [...text(tensor.axes)].map((axis) => axis.toUpperCase());
    return t("gates-tensor-shape", {
      axes: axes.join(" × "),
      sizes: list(tensor.shape).join(" × "),
    });
  };

  const tensorOf = (s, name) => {
    const tensor = own(s.form.tensors, name) || {};
    const title = t(`gates-tensor-${text(name)}`);
    const label = t("gates-tensor", { name: title, shape: shapeOf(tensor) });
    return el(
      "figure",
      { class: "fl-gates-figure" },
      el(
        "figcaption",
        null,
        el("span", { class: "fl-gates-what" }, title),
        el("span", { class: "fl-gates-shape" }, shapeOf(tensor)),
      ),
      el(
        "div",
        { class: "fl-gates-frame", tabindex: "0", role: "group", "aria-label": title },
        framed(s, tensor, label),
      ),
    );
  };

  // A step

  const sign = (shown) => el("span", { class: "fl-gates-sign-of", "aria-hidden": "true" }, shown);

  /** The letters that a product sums over: those of its operands that its result has not. */
  const summed = (step) => {
    const [given, made] = text(step.equation).split("->");
    const gone = new Set([...text(given).replace(",", "")].filter((axis) => !made?.includes(axis)));
    return said([...gone].map((axis) => axis.toUpperCase()));
  };

  const valuesTable = (s, name) => {
    const tensor = own(s.form.tensors, name) || {};
    const laid = laidOut(tensor);
    const rows = [];
    for (let b = 0; b < laid.blocks; b += 1)
      for (let r = 0; r < laid.rows; r += 1) {
        const place = { axis: laid.named.row.toUpperCase(), n: r + 1 };
        const head =
          laid.blocks > 1 ? t("gates-row-of", { ...place, expert: b + 1 }) : t("gates-row", place);
        const cells = Array.from({ length: laid.columns }, (_, c) => fixed(laid.value(b, r, c), 2));
        rows.push([head, ...cells]);
      }
    const letter = laid.named.column.toUpperCase();
    const heads = Array.from({ length: laid.columns }, (_, c) => `${letter} ${c + 1}`);
    return table(t(`gates-tensor-${text(name)}`), [t("gates-head-row"), ...heads], rows);
  };

  /** Every token's experts and places, and who found none. */
  const placesTable = (s) => {
    const letters = list(s.view.text);
    const token = (at) =>
      t("gates-token", { n: whole(at) + 1, token: FusionLab.gatesToken(letters[whole(at)]) });
    const rows = [
      ...list(s.form.places).map(([at, expert, place, weight]) => [
        token(at),
        String(whole(expert) + 1),
        String(whole(place) + 1),
        FusionLab.gatesWeight({}, whole(expert), weight),
      ]),
      ...list(s.form.full).map(([at, expert]) => [
        token(at),
        String(whole(expert) + 1),
        t("gates-place-none"),
        "0",
      ]),
    ];
    const heads = ["token", "expert", "place", "weight"].map((head) => t(`gates-head-${head}`));
    return table(t("gates-places"), heads, rows);
  };

  const drawStep = (s) => {
    const steps = list(s.form.steps);
    const step = steps[s.at] || {};
    const all = steps.length;
    const product = Boolean(text(step.equation));
    s.back.disabled = s.at === 0;
    s.on.disabled = s.at === all - 1;
    say(
      s.name,
      t("gates-steps-of", { n: s.at + 1, all, name: t(`gates-einsum-${text(step.name)}`) }),
    );
    say(s.equation, text(step.equation).toUpperCase().replace("->", " → ").replace(",", ", "));
    s.equation.hidden = !product;
    const words = t(`gates-einsum-${text(step.name)}.help`, {
      full: list(s.form.full).length,
      places: whole(s.form.sizes?.c),
    });
    say(s.help, joined([words, product && t("gates-summed", { axes: summed(step) })]));
    fill(
      s.tensors,
      tensorOf(s, step.left),
      sign(product ? "·" : "→"),
      tensorOf(s, step.right),
      sign(product ? "=" : "→"),
      tensorOf(s, step.made),
    );
    fill(
      s.numbers,
      s.numbers.firstChild,
      product ? null : placesTable(s),
      [step.left, step.right, step.made].map((name) => valuesTable(s, name)),
    );
  };

  FusionLab.gatesSteps = () => {
    const s = make();
    const draw = (view) => {
      s.view = view;
      s.form = view.einsum || {};
      const sizes = s.form.sizes || {};
      const values = Object.fromEntries(LETTERS.map((axis) => [axis, whole(own(sizes, axis))]));
      say(s.letters, t("gates-letters", values));
      const told = JSON.stringify(s.form);
      if (told === s.told) return;
      s.told = told;
      go(s, s.at);
    };
    return { root: s.root, draw };
  };
})();
