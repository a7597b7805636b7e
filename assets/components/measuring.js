/**
 * The controls of the form that measures: `FusionLab.measuring.fields(form)` makes them, empty and
 * without a life of their own; `button(key, classes)` is a button with the word of this key.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, set, uid } = FusionLab.core;
  const { t } = FusionLab.words;

  /** An element with these properties, which are no attributes. */
  const made = (tag, attributes, properties) => Object.assign(el(tag, attributes), properties);

  /** A labelled control with its help. */
  const field = (label, control, ...more) => {
    set(control, { id: uid() });
    return el(
      "div",
      { class: "fl-field" },
      el("label", { class: "fl-label", for: control.id }, label),
      control,
      more,
    );
  };

  /** A group of controls with its help. */
  const group = (title, help, ...content) =>
    el(
      "fieldset",
      { class: "fl-field" },
      el("legend", { class: "fl-label" }, title),
      help && el("p", { class: "fl-help" }, help),
      content,
    );

  const button = (key, classes) => el("button", { class: classes, type: "button" }, t(key));

  const fields = (f) => {
    f.suite = el("select", { class: "fl-input fl-select" });
    f.about = el("p", { class: "fl-help" });
    f.source = made(
      "input",
      { class: "fl-input", type: "text", dir: "auto" },
      { spellcheck: false },
    );
    f.sourceField = field(
      t("measure-data"),
      f.source,
      el("p", { class: "fl-help" }, t("measure-data-help")),
    );
    f.chips = el("ul", { class: "fl-measure-chips", "aria-label": t("measure-members") });
    f.known = el("datalist", { id: uid() });
    f.wanted = made(
      "input",
      { class: "fl-input", type: "text", dir: "auto", "aria-label": t("measure-member-add") },
      { autocomplete: "off", spellcheck: false },
    );
    f.wanted.setAttribute("list", f.known.id);
    f.add = button("measure-add", "fl-plain");
    f.methods = el("div", { class: "fl-measure-methods" });
    f.items = made(
      "input",
      { class: "fl-input fl-measure-number", type: "number" },
      { min: 1, step: 1 },
    );
    f.most = el("span", { class: "fl-help" });
    f.baseline = el("input", { class: "fl-radio", type: "checkbox", id: uid() });
    f.more = made("textarea", { class: "fl-input", dir: "auto" }, { rows: 2, spellcheck: false });
    const adding = el("div", { class: "fl-measure-adding" }, f.wanted, f.add, f.known);
    f.fields = el(
      "div",
      { class: "fl-measure-fields" },
      el(
        "div",
        { class: "fl-measure-column" },
        field(t("measure-suite"), f.suite, f.about),
        f.sourceField,
        field(t("measure-items"), f.items, f.most),
      ),
      group(t("measure-members"), t("measure-members-help"), f.chips, adding),
      group(t("measure-methods"), "", f.methods, settings(f)),
      equal(f),
    );
  };

  const equal = (f) =>
    el(
      "div",
      { class: "fl-field fl-measure-equal" },
      el(
        "div",
        { class: "fl-choice" },
        f.baseline,
        el("label", { for: f.baseline.id }, t("measure-baseline")),
      ),
      el("p", { class: "fl-help" }, t("measure-baseline-help")),
    );

  const settings = (f) =>
    el(
      "details",
      { class: "fl-measure-more" },
      el("summary", { class: "fl-summary" }, t("measure-more")),
      field(t("measure-more-label"), f.more, el("p", { class: "fl-help" }, t("measure-more-help"))),
    );

  window.FusionLab.measuring = { button, fields };
})();
