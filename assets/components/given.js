/**
 * One token that a mixture of experts read: which experts it was given to in every layer, and with
 * which weights. `s` is the stage of `experts`.
 */
(() => {
  "use strict";
  const {
    add,
    chip,
    el,
    fill,
    folded,
    isEnd,
    measure,
    number,
    probability,
    section,
    table,
    term,
    text,
    tokenText,
    unit,
    whole,
  } = window.FusionLab.core;
  const { badge, expertClass, givenIn, inOrder, LETTERS, spanOf } = window.FusionLab.marks;
  const { gap, t } = window.FusionLab.words;

  /** The token in one line. */
  const described = (s, step) => {
    const given = givenIn(step, s.layer).map((each) =>
      Number.isNaN(each.weight)
        ? String(each.expert)
        : `${each.expert} (${probability(each.weight)})`,
    );
    return t(s.layers[s.layer] ? "experts-described" : "experts-token", {
      ...whereOf(s, step),
      token: isEnd(step.token)
        ? t("experts-described-end", { token: text(step.token) })
        : tokenText(step.token),
      layer: String(s.layers[s.layer]?.layer),
      experts: given.join(", "),
    });
  };

  /** The token's place as readers count, and the letter of its text where there are two. */
  const whereOf = (s, step) => ({
    position: String(whole(step.position) + 1),
    of: s.texts.length > 1 ? LETTERS[step.sample] : "none",
  });

  /** The room of the selected token, empty. */
  const makeToken = (s) => {
    const r = {
      title: el("span"),
      rows: el("ul", { class: "fl-given-rows" }),
      table: folded(t("experts-token-table")),
    };
    r.note = el("p", { class: "fl-note" });
    r.section = section("given-to", r.title, r.note, r.rows, r.table);
    r.section.hidden = true;
    r.table.addEventListener("toggle", () => drawTokenTable(s));
    return r;
  };

  /** The selected token is shown in full. */
  const drawToken = (s) => {
    const step = s.steps[s.selected];
    const r = s.token;
    r.section.hidden = !step;
    if (!step) return;
    const where = el(
      "span",
      { class: "fl-title-p" },
      t(`experts-in-${step.prompt ? "prompt" : step.given ? "given" : "answer"}`),
    );
    fill(r.title, t("experts-token-title", whereOf(s, step)), " ", chip(step.token), " ", where);
    const focused = r.rows.contains(document.activeElement)
      ? [...r.rows.children].indexOf(document.activeElement.closest("li"))
      : -1;
    fill(
      r.rows,
      inOrder(s.layers, s.dense).map(({ at, dense }) =>
        dense ? denseRow(dense) : givenRow(s, step, at),
      ),
    );
    fill(
      r.note,
      s.layers.every((each) => each.weighed)
        ? [term("gate", t("experts-gate")), gap, t("experts-token-about")]
        : t("experts-token-untold"),
    );
    if (focused >= 0)
      r.rows.children[focused]?.querySelector("button")?.focus({ preventScroll: true });
    drawTokenTable(s);
  };

  /** Layers that have no experts. */
  const denseRow = (numbers) =>
    el(
      "li",
      { class: "fl-given-row fl-one fl-dense-layers" },
      el("span", null, t("experts-layer", { layer: spanOf(numbers) })),
      el("span", { class: "fl-quiet" }, t("load-dense", { n: numbers.length })),
    );

  /** One layer's experts of the token. */
  const givenRow = (s, step, at) => {
    const given = givenIn(step, at);
    const room = Math.max(
      1,
      given.reduce((sum, each) => sum + Math.max(0, each.weight), 0),
    );
    const button = el(
      "button",
      { class: "fl-link", type: "button", "aria-pressed": String(at === s.layer) },
      t("experts-layer", { layer: String(s.layers[at].layer) }),
    );
    button.addEventListener("click", () => s.chooseLayer(at));
    return el(
      "li",
      {
        class: `fl-given-row${at === s.layer ? " fl-chosen" : ""}${given.length > 1 ? "" : " fl-one"}`,
      },
      button,
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true", hidden: !s.layers[at].weighed },
        el(
          "span",
          { class: "fl-stack" },
          given.map((each) =>
            measure(
              el("span", {
                class: `fl-segment fl-share ${expertClass(each.expert)}`,
                title: t("experts-weight", {
                  expert: String(each.expert),
                  p: probability(each.weight),
                }),
              }),
              "--w",
              unit(each.weight / room),
            ),
          ),
        ),
      ),
      el(
        "span",
        { class: "fl-given-names" },
        given.map((each) =>
          el(
            "span",
            { class: "fl-given-name" },
            badge(each.expert),
            !Number.isNaN(each.weight) && ` ${probability(each.weight)}`,
          ),
        ),
      ),
    );
  };

  /** The numbers of the token, where its table is open. */
  const drawTokenTable = (s) => {
    const room = s.token.table;
    const step = s.steps[s.selected];
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    if (!room.open || !step) return;
    add(
      room,
      table(
        t("experts-token-caption", whereOf(s, step)),
        ["layer", "expert", "weight", "router"].map((name) => t(`experts-head-${name}`)),
        s.layers.flatMap((each, at) =>
          givenIn(step, at).map((one) => [
            each.layer,
            one.expert,
            probability(one.weight),
            probability(one.p),
          ]),
        ),
      ),
    );
  };

  /** The token to begin with: the answer's, else the prompt's, of which routers were least sure. */
  const telling = (s) => {
    const sure = s.steps.map((step) => {
      const first = s.layers.map((_, at) => number(givenIn(step, at)[0]?.p, 1));
      return first.reduce((sum, p) => sum + p, 0) / Math.max(1, first.length);
    });
    const said = s.steps.some((step) => !step.prompt);
    const open = sure.map((p, i) => (said && s.steps[i].prompt ? Infinity : p));
    return Math.max(0, open.indexOf(Math.min(...open)));
  };

  window.FusionLab.given = { described, drawToken, makeToken, telling };
})();
