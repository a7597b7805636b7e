/**
 * Two mixtures at the same prompt: how evenly their layers use their experts, side by side, and
 * below the picture of each.
 *
 * `FusionLab.mixtures(element, data, trigger)` is called with every message; `models` hold what
 * `experts` is given, `first` the number of a model's first token among all of them.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, folded, list, measure, number, percent, say, section } = FusionLab.core;
  const { set, state, table, term, text, uid, unit, whole } = FusionLab.core;
  const { badge, LETTERS } = FusionLab.marks;
  const { gap, t } = FusionLab.words;

  const make = () => {
    const s = { firsts: [], lengths: [], run: null };
    s.tokens = el("p", { class: "fl-sentence" });
    s.bars = el("div", { class: "fl-even" });
    s.table = folded(t("mixtures-table"));
    s.waits = el("p", { class: "fl-note" }, t("mixtures-empty"));
    s.rooms = LETTERS.map((letter) => {
      const id = uid();
      const room = { id, letter, name: el("span"), picture: el("div") };
      room.root = el(
        "div",
        { class: "fl-mixture", hidden: true },
        el("h2", { class: "fl-title", id }, `${letter}: `, room.name),
        room.picture,
      );
      return room;
    });
    s.section = section(
      "evenness",
      t("mixtures-title"),
      el("p", { class: "fl-note" }, term("entropy", t("load-entropy")), gap, t("mixtures-about")),
      s.tokens,
      s.bars,
      s.table,
    );
    s.section.hidden = true;
    s.root = el(
      "div",
      { class: "fl-stage fl-mixtures" },
      s.section,
      el(
        "div",
        { class: "fl-mixture-rooms" },
        s.rooms.map((room) => room.root),
      ),
      s.waits,
    );
    s.root.addEventListener("toggle", () => setTimeout(() => tellApart(s)), true);
    return s;
  };

  /** Parts that both pictures have are told apart by their model, for those who do not see them. */
  const tellApart = (s) => {
    for (const { id, letter, root } of s.rooms) {
      for (const part of root.querySelectorAll("section[aria-labelledby]")) {
        const own = part.getAttribute("aria-labelledby").split(" ").at(-1);
        set(part, { "aria-labelledby": `${id} ${own}` });
      }
      for (const part of root.querySelectorAll('[role="region"][aria-label]')) {
        const own = part.getAttribute("aria-label");
        if (!own.startsWith(`${letter}: `)) set(part, { "aria-label": `${letter}: ${own}` });
      }
    }
  };

  /** One layer of one model: a bar that is full where its experts are used alike. */
  const barOf = (each, which, name) => {
    if (!each) return el("span", { class: "fl-even-cell" });
    const known = typeof each.even === "number";
    const values = { name, layer: String(whole(each.layer)), share: percent(each.even) };
    const words = t(known ? "mixtures-bar" : "mixtures-unknown", values);
    return el(
      "span",
      { class: "fl-even-cell", title: words },
      el("span", { class: "fl-even-layer" }, whole(each.layer)),
      el(
        "span",
        { class: "fl-track" },
        known &&
          measure(el("span", { class: `fl-even-bar fl-even-${which}` }), "--p", unit(each.even)),
      ),
      el("span", { class: "fl-even-share" }, known ? percent(each.even) : "–"),
    );
  };

  const drawEven = (s, even, names) => {
    s.section.hidden = even.length < 2 || even.some((layers) => !layers.length);
    if (s.section.hidden) return;
    const rows = Array.from({ length: Math.max(...even.map((layers) => layers.length)) });
    fill(
      s.bars,
      el(
        "p",
        { class: "fl-even-row fl-even-names", "aria-hidden": "true" },
        names.map((name, at) => el("span", null, `${LETTERS[at]}: ${name}`)),
      ),
      rows.map((_, nth) =>
        el(
          "p",
          { class: "fl-even-row" },
          even.map((layers, at) => barOf(layers[nth], at, names[at])),
        ),
      ),
    );
    s.bars.setAttribute("role", "img");
    s.bars.setAttribute("aria-label", t("mixtures-picture", { one: names[0], other: names[1] }));
    for (const old of s.table.querySelectorAll(".fl-scroll")) old.remove();
    s.table.append(
      table(
        t("mixtures-table"),
        ["nth", "model", "layer", "experts", "even", "busiest", "idle"].map((name) =>
          t(`mixtures-head-${name}`),
        ),
        rows.flatMap((_, nth) =>
          even.flatMap((layers, at) => {
            const each = layers[nth];
            if (!each) return [];
            const known = typeof each.even === "number";
            return [
              [
                nth + 1,
                names[at],
                whole(each.layer),
                known ? whole(each.experts) : "–",
                known ? percent(each.even) : "–",
                el("span", null, badge(whole(each.busiest)), ` ${percent(each.share)}`),
                typeof each.idle === "number" ? each.idle : "–",
              ],
            ];
          }),
        ),
      ),
    );
  };

  /** Whether both read the prompt in the same tokens, once both have. */
  const drawTokens = (s, data, names) => {
    const [n, m] = list(data.tokens).map((count) => whole(count));
    s.tokens.hidden = !data.done || m === undefined;
    if (s.tokens.hidden) return;
    const values = { n, m, one: names[0], other: names[1] };
    say(s.tokens, t(data.alike === true ? "mixtures-alike" : "mixtures-unlike", values));
  };

  window.FusionLab.mixtures = (element, data, trigger) => {
    const s = state(element, make);
    if (!data || typeof data !== "object") return;
    const models = list(data.models).slice(0, LETTERS.length);
    const names = models.map((model) => text(model?.member));
    s.firsts = models.map((model) => number(model?.first));
    s.lengths = models.map((model) => number(model?.start) + list(model?.steps).length);
    s.rooms.forEach((room, at) => {
      room.root.hidden = !models[at];
      if (!models[at]) return;
      say(room.name, names[at]);
      // The second text of the run is the first of this picture.
      const steps = list(models[at].steps).map((step) => ({ ...step, sample: 0 }));
      FusionLab.experts(room.picture, { ...models[at], steps }, trigger);
    });
    tellApart(s);
    s.waits.hidden = models.length > 1 || Boolean(data.done);
    drawEven(s, list(data.even).map(list), names);
    drawTokens(s, data, names);
  };

  /** The token at this place of all is the selected one of its model. */
  window.FusionLab.mixtures.show = (element, { step }) => {
    const s = state(element, make);
    const at = s.firsts.findLastIndex((first) => first <= step);
    if (at >= 0) FusionLab.experts.show(s.rooms[at].picture, { step: step - s.firsts[at] });
  };
})();
