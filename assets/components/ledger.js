/**
 * The ledger: what each member cost, and all together; folded until somebody opens it.
 *
 * `FusionLab.ledger(element, data)` shows the view it is given.
 */
(() => {
  "use strict";
  const { said, t } = window.FusionLab.words;
  const {
    bytes,
    count,
    el,
    fill,
    list,
    measure,
    memberClass,
    memberName,
    number,
    own,
    shares,
    seconds,
    state,
    term,
    text,
    whole,
  } = window.FusionLab.core;
  const COLUMNS = [
    ["tokens_in", "ledger-tokens-in", count, "tokens-in-out"],
    ["tokens_out", "ledger-tokens-out", count, "tokens-in-out"],
    ["forward_passes", "ledger-passes", count, "forward-pass"],
    ["seconds", "ledger-time", seconds, ""],
    ["bytes", "ledger-memory", bytes, ""],
  ];

  /** The ledger, empty. */
  const make = () => {
    const s = { rows: el("div", { class: "fl-ledger-rows" }) };
    const title = el("h2", { class: "fl-ledger-title" }, t("ledger-title"));
    s.root = el(
      "details",
      { class: "fl-stage fl-ledger" },
      el("summary", { class: "fl-ledger-head" }, title),
      s.rows,
    );
    return s;
  };

  /** One bar in which each member has its share of the time. */
  const shareBar = (members, total) =>
    total > 0 &&
    members.length > 1 &&
    el(
      "figure",
      { class: "fl-figure" },
      el("figcaption", { class: "fl-subtitle" }, t("ledger-where")),
      el(
        "div",
        { class: "fl-track fl-thick", "aria-hidden": "true" },
        el(
          "span",
          { class: "fl-stack" },
          members.map((m) =>
            measure(
              el("span", {
                class: `fl-segment ${memberClass(m.index)}`,
                title: t("ledger-of", { name: text(m.name), amount: seconds(m.seconds) }),
              }),
              "--w",
              number(m.seconds) / total,
            ),
          ),
        ),
      ),
      el(
        "ul",
        { class: "fl-members" },
        members.map((m, i) =>
          el(
            "li",
            { class: "fl-legend-member" },
            memberName(m),
            el("span", { class: "fl-weight" }, shares(members.map((each) => each.seconds))[i]),
          ),
        ),
      ),
    );

  /** A divergence in nats, in two digits that count. */
  const nats = (value) => (value > 0 ? Number(value.toPrecision(2)).toString() : "0");

  /** Model, engine, how far its weights are from the original, and whether others share them. */
  const source = (member) =>
    el(
      "span",
      { class: "fl-source" },
      el("span", { dir: "auto" }, text(member.model)),
      member.engine ? el("span", { class: "fl-tag" }, text(member.engine)) : null,
      typeof member.divergence === "number"
        ? el(
            "span",
            { class: "fl-quiet" },
            t("ledger-divergence", { nats: nats(member.divergence) }),
          )
        : null,
      member.shared
        ? el("span", { class: "fl-tag", title: t("ledger-shared.title") }, t("ledger-shared"))
        : null,
    );

  /** One row of the table. */
  const row = (head, label, model, costs) =>
    el(
      "tr",
      null,
      el("th", { scope: "row", "data-label": t("ledger-member") }, head),
      el("td", { "data-label": label }, model),
      COLUMNS.map(([key, label, format]) =>
        el(
          "td",
          { class: "fl-number", "data-label": t(label) },
          format(number(own(costs, key))),
          key === "tokens_in" && reused(costs),
        ),
      ),
    );

  /** How many of the tokens were not computed again. */
  const reused = (costs) => {
    const tokens = number(own(costs, "tokens_reused"));
    return tokens > 0
      ? el("span", { class: "fl-quiet" }, "\u00a0", t("ledger-reused", { tokens: count(tokens) }))
      : null;
  };

  /** What the same tokens would have paid for instead. */
  const baseline = (equal) =>
    equal &&
    el(
      "p",
      { class: "fl-note", dir: "auto" },
      t("ledger-baseline", {
        tokens: count(own(equal, "tokens")),
        method: said(own(equal, "said")) || text(own(equal, "method")),
        n: number(own(equal, "samples")),
        name: text(own(equal, "member")),
      }),
    );

  /** The names of the columns; those that have an entry in the glossary open it. */
  const heads = () => [
    t("ledger-member"),
    t("ledger-model"),
    ...COLUMNS.map(([, label, , entry]) => (entry ? term(entry, t(label)) : t(label))),
  ];

  /** The table of all costs. */
  const costs = (data, members) =>
    el(
      "table",
      { class: "fl-table fl-ledger-table" },
      el("caption", { class: "fl-caption" }, t("ledger-caption")),
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          heads().map((head, i) =>
            el("th", { scope: "col", class: i > 1 ? "fl-number" : false }, head),
          ),
        ),
      ),
      el(
        "tbody",
        null,
        members.map((m) => row(memberName(m), t("ledger-model"), source(m), m)),
      ),
      el(
        "tfoot",
        null,
        row(
          t("ledger-together"),
          t("ledger-elapsed"),
          t("ledger-clock", { time: seconds(data.elapsed) }),
          data.total,
        ),
      ),
    );

  /** The ledger shows this view. */
  window.FusionLab.ledger = (element, data) => {
    const s = state(element, make);
    const members = list(own(data, "members")).map((m) => ({ ...m, index: whole(m.index, -1) }));
    s.root.hidden = !members.length;
    if (s.root.hidden) return;
    fill(
      s.rows,
      shareBar(members, number(own(data.total, "seconds"))),
      costs(data, members),
      baseline(own(data, "baseline")),
    );
  };
})();
