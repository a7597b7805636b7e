/**
 * The mean as "or", the product as "and": three recorded prompts, and where their texts part.
 *
 * `FusionLab.orand(element, {offered, prompts}, trigger)`: "select" ({}) asks for the prompts when
 * the panel is first opened, and ({preset}) for one of the runs. `rows` are the candidates of the
 * step at which both texts part: {token, members, mean, product, by_mean, by_product}.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, chip, el, fill, folded, list, measure, memberClass, memberName, own } =
    FusionLab.core;
  const { probability, set, spelled, state, table, text, uid, whole } = FusionLab.core;
  const { said, t } = FusionLab.words;
  const POOLS = ["mean", "product"];
  const TOPS = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1];

  const make = () => {
    const s = { prompts: [], at: 0, asked: false };
    s.choice = el("div", {
      class: "fl-orand-choice",
      role: "group",
      "aria-label": t("orand-prompts"),
    });
    s.picture = el("div", { class: "fl-orand-picture" });
    s.texts = el("div", { class: "fl-apart" });
    s.figures = el("div");
    s.body = el(
      "div",
      { class: "fl-orand-body" },
      el("p", { class: "fl-sentence" }, t("orand-about")),
      s.choice,
      s.picture,
      s.texts,
      s.figures,
    );
    s.root = el(
      "details",
      { class: "fl-stage fl-orand-stage" },
      el("summary", null, el("h2", { class: "fl-title" }, t("orand-title"))),
      s.body,
    );
    s.root.addEventListener("toggle", () => {
      if (!s.root.open || s.asked) return;
      s.asked = true;
      s.trigger("select", {});
    });
    return s;
  };

  const prompt = (s) => s.prompts[s.at];

  /** One button for each prompt. */
  const drawChoice = (s) =>
    fill(
      s.choice,
      s.prompts.map((each, i) => {
        const node = button(`“${spelled(each.asked)}”`, "fl-button", () => {
          s.at = i;
          drawAll(s);
          s.choice.children[i].focus({ preventScroll: true });
        });
        return set(node, { "aria-pressed": String(i === s.at), dir: "auto" });
      }),
    );

  /** The probability of a full bar. */
  const topOf = (rows) => {
    const all = rows.flatMap((row) => [...list(row.members), row.mean, row.product]);
    return TOPS.find((top) => top >= Math.max(...all)) || 1;
  };

  const bar = (name, kind, p, written) =>
    el(
      "li",
      { class: `fl-orand-bar ${written ? "fl-chosen" : ""}` },
      el("span", { class: "fl-orand-name" }, name),
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        measure(el("span", { class: `fl-segment ${kind}` }), "--w", p),
      ),
      el(
        "span",
        { class: "fl-bar-value" },
        written && el("span", { class: "fl-tick", title: t("orand-written") }, "✓"),
        probability(p),
      ),
    );

  /** One candidate: what every member gives it, and what each pool makes of that. */
  const cardOf = (s, row) => {
    const { members } = prompt(s);
    const id = uid();
    return el(
      "article",
      { class: "fl-orand-card", "aria-labelledby": id },
      el("h3", { class: "fl-orand-token", id }, chip(row.token)),
      el(
        "ul",
        { class: "fl-orand-bars" },
        members.map((member, i) =>
          bar(memberName(member), memberClass(whole(member.index, i)), row.members[i], false),
        ),
        POOLS.map((pool) =>
          bar(t(`orand-${pool}`), `fl-orand-${pool}`, row[pool], row[`by_${pool}`] === true),
        ),
      ),
    );
  };

  const drawPicture = (s) => {
    const { rows, step } = prompt(s);
    const top = topOf(rows);
    const cards = el(
      "div",
      { class: "fl-orand-cards" },
      rows.map((row) => cardOf(s, row)),
    );
    fill(
      s.picture,
      el("h3", { class: "fl-subtitle" }, t("orand-step", { step: whole(step) + 1 })),
      measure(cards, "--fl-top", top),
      el("p", { class: "fl-note" }, t("tokens-scale", { p: String(top) })),
      list(prompt(s).said).map((one) => el("p", { class: "fl-sentence" }, said(one))),
    );
  };

  const drawTexts = (s) => {
    const open = (preset) =>
      button(t("orand-open"), "fl-plain", () => s.trigger("select", { preset }));
    FusionLab.apart.draw(
      s.texts,
      prompt(s).texts.map((each, i) => ({
        title: t(`orand-${POOLS[i]}`),
        tokens: each.tokens,
        note: open(text(each.preset)),
      })),
    );
  };

  const drawTable = (s) => {
    const { members, rows, step } = prompt(s);
    const caption = t("orand-step", { step: whole(step) + 1 });
    fill(
      s.figures,
      folded(
        t("orand-table"),
        table(
          caption,
          [
            t("tokens-head-candidate"),
            ...members.map(({ name }) => name),
            ...POOLS.map((pool) => t(`orand-${pool}`)),
          ],
          rows.map((row) => [
            chip(row.token),
            ...row.members.map(probability),
            probability(row.mean),
            probability(row.product),
          ]),
        ),
      ),
    );
  };

  const drawAll = (s) => {
    drawChoice(s);
    drawPicture(s);
    drawTexts(s);
    drawTable(s);
  };

  FusionLab.orand = (element, given, trigger) => {
    const s = state(element, make);
    if (trigger) s.trigger = trigger;
    const offered = own(given, "offered");
    if (offered !== undefined) s.root.hidden = !offered;
    const prompts = list(own(given, "prompts")).filter((each) => list(own(each, "rows")).length);
    if (!prompts.length) return;
    s.prompts = prompts;
    s.at = 0;
    drawAll(s);
  };
})();
