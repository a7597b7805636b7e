/**
 * What a set-up of the form that builds comes to, before it is built: in figures, and what speaks
 * against it; and the set-up as an address has it.
 *
 * `FusionLab.planned.drawFigures(f)` and `drawFindings(f)` fill the rooms of the form `f` by its
 * plan; `query(asked)` is the query of an address.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { bytes, count, el, fill, list, text } = FusionLab.core;
  const { blame } = FusionLab.fields;
  const { gap, said, t } = FusionLab.words;
  const BROUGHT = "brought:"; // names of files of this visitor, which no address gives away
  const MARKS = { refused: "✗", warning: "!", note: "·" };

  /** The set-up as an address has it. */
  const query = ({ builder, sources, settings, id }) => {
    const pairs = [
      ["tab", "build"],
      ["builder", builder],
    ];
    for (const { ref, options } of sources) {
      const told = Object.entries(options || {}).map(([k, v]) => `,${k}=${JSON.stringify(v)}`);
      pairs.push(["source", `${ref}${told.join("")}`]);
    }
    const told = Object.entries(settings).filter(([, v]) => !text(v).startsWith(BROUGHT));
    for (const [k, v] of told) pairs.push(["set", `${k}=${JSON.stringify(v)}`]);
    if (id) pairs.push(["id", id]);
    return new URLSearchParams(pairs).toString();
  };

  const layersOf = (plan) =>
    list(plan.layers?.ranges).reduce((sum, { first, last }) => sum + last - first, 0);

  /** A plan that is refused has no figures, though the picture of the last one may still stand. */
  const drawFigures = (f) => {
    const { plan } = f;
    const millions = (n) => t("build-parameters", { n, count: count(n) });
    const facts = [
      ["id", plan.reference && el("code", { class: "fl-code" }, text(plan.reference))],
      ["layers", (!plan.error && layersOf(plan)) || ""],
      ["parameters", plan.parameters ? millions(plan.parameters) : ""],
      ["bytes", plan.bytes ? bytes(plan.bytes) : ""],
      ["memory", plan.memory ? bytes(plan.memory) : ""],
      ["licence", plan.id ? text(plan.licence) || t("build-licence-none") : ""],
    ].filter(([, value]) => value);
    fill(
      f.figures,
      facts.map(([name, value]) =>
        el("div", null, el("dt", null, t(`build-fact-${name}`)), el("dd", null, value)),
      ),
    );
  };

  /** What is known of the new model beforehand, the gravest first. */
  const drawFindings = (f) => {
    blame(f.root, f.plan.fetches ? null : f.plan.error);
    f.stack.classList.toggle("fl-is-before", Boolean(f.plan.error)); // it is of the plan before
    const { plan } = f;
    if (plan.error) {
      const kind = plan.fetches ? "fl-warning" : "fl-error";
      fill(
        f.findings,
        el(
          "div",
          { class: `fl-message ${kind}` },
          el("p", { class: "fl-message-text", dir: "auto" }, said(plan.error.message)),
          el(
            "p",
            { class: "fl-hint", dir: "auto" },
            plan.fetches
              ? t(plan.builds ? "build-builds-first" : "build-fetches")
              : said(plan.error.hint),
          ),
          plan.layers ? el("p", { class: "fl-hint" }, t("build-picture-before")) : null,
        ),
      );
      return;
    }
    const grave = { refused: 0, warning: 1, note: 2 };
    const found = [...list(plan.findings)].sort((a, b) => grave[a.severity] - grave[b.severity]);
    const row = (each, at) => {
      const hint = said(each.hint);
      const same = found[at + 1] && said(found[at + 1].hint) === hint;
      return el(
        "li",
        { class: `fl-build-finding fl-build-${text(each.severity)}` },
        el("span", { class: "fl-build-mark", "aria-hidden": "true" }, MARKS[each.severity]),
        el(
          "span",
          null,
          el("strong", null, t(`build-finding-${text(each.severity)}`)),
          gap,
          said(each.message),
          hint && !same ? el("span", { class: "fl-hint" }, ` → ${hint}`) : null,
        ),
      );
    };
    fill(
      f.findings,
      el("h2", { class: "fl-subtitle" }, t("build-doctor")),
      found.length
        ? el("ul", { class: "fl-build-list" }, found.map(row))
        : el("p", { class: "fl-help" }, plan.id ? t("build-nothing-found") : t("build-planning")),
    );
  };

  FusionLab.planned = { drawFigures, drawFindings, query };
})();
