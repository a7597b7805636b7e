/**
 * The ledger: what each member cost, and all together.
 *
 * `FusionLab.ledger(element, data)` shows the view it is given.
 */
(() => {
  "use strict";
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
    percent,
    seconds,
    state,
    text,
    whole,
  } = window.FusionLab.core;
  const COLUMNS = [
    ["tokens_in", "tokens in", count],
    ["tokens_out", "tokens out", count],
    ["forward_passes", "forward passes", count],
    ["seconds", "time", seconds],
    ["bytes", "memory", bytes],
  ];

  /** The ledger, empty. */
  const make = () => ({ root: el("div", { class: "fl-stage" }) });

  /** One bar in which each member has its share of the time. */
  const shareBar = (members, total) =>
    total > 0 &&
    members.length > 1 &&
    el(
      "figure",
      { class: "fl-figure" },
      el("figcaption", { class: "fl-subtitle" }, "Where the time went"),
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
                title: `${text(m.name)}: ${seconds(m.seconds)}`,
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
        members.map((m) =>
          el(
            "li",
            { class: "fl-legend-member" },
            memberName(m),
            el("span", { class: "fl-weight" }, percent(number(m.seconds) / total)),
          ),
        ),
      ),
    );

  /** Model and engine, and whether the weights are held for another member too. */
  const source = (member) =>
    el(
      "span",
      { class: "fl-source" },
      el("span", { dir: "auto" }, text(member.model)),
      member.engine ? el("span", { class: "fl-tag" }, text(member.engine)) : null,
      member.shared
        ? el(
            "span",
            { class: "fl-tag", title: "Members over one model hold its weights once" },
            "weights shared",
          )
        : null,
    );

  /** One row of the table. */
  const row = (head, label, model, costs) =>
    el(
      "tr",
      null,
      el("th", { scope: "row", "data-label": "member" }, head),
      el("td", { "data-label": label }, model),
      COLUMNS.map(([key, label, format]) =>
        el(
          "td",
          { class: "fl-number", "data-label": label },
          format(number(own(costs, key))),
          key === "tokens_in" && reused(costs),
        ),
      ),
    );

  /** How many of the tokens were not computed again. */
  const reused = (costs) => {
    const tokens = number(own(costs, "tokens_reused"));
    return tokens > 0
      ? el("span", { class: "fl-quiet" }, ` (${count(tokens)} from the cache)`)
      : null;
  };

  /** What the same tokens would have paid for instead. */
  const baseline = (equal) =>
    equal &&
    el(
      "p",
      { class: "fl-note" },
      `For as many tokens (${count(own(equal, "tokens"))}): ${text(own(equal, "method"))} with ${count(own(equal, "samples"))} sample${number(own(equal, "samples")) === 1 ? "" : "s"} of ${text(own(equal, "member"))}.`,
    );

  /** The table of all costs. */
  const costs = (data, members) =>
    el(
      "table",
      { class: "fl-table fl-ledger-table" },
      el("caption", { class: "fl-caption" }, "What each member cost"),
      el(
        "thead",
        null,
        el(
          "tr",
          null,
          ["member", "model", ...COLUMNS.map(([, label]) => label)].map((head, i) =>
            el("th", { scope: "col", class: i > 1 ? "fl-number" : false }, head),
          ),
        ),
      ),
      el(
        "tbody",
        null,
        members.map((m) => row(memberName(m), "model", source(m), m)),
      ),
      el(
        "tfoot",
        null,
        row("together", "elapsed", `${seconds(data.elapsed)} on the clock`, data.total),
      ),
    );

  /** The ledger shows this view. */
  window.FusionLab.ledger = (element, data) => {
    const s = state(element, make);
    const members = list(own(data, "members")).map((m) => ({ ...m, index: whole(m.index, -1) }));
    if (!members.length) {
      fill(s.root, el("p", { class: "fl-empty" }, "Nothing has been spent yet."));
      return;
    }
    fill(
      s.root,
      shareBar(members, number(own(data.total, "seconds"))),
      costs(data, members),
      baseline(own(data, "baseline")),
    );
  };
})();
