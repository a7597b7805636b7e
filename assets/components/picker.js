/**
 * A choice of a model: those that suit, each with what it is good at, or a reference that is typed.
 *
 * `FusionLab.picker(models, ref, change, {none, servers})` is its node; `change(ref)` is called at
 * every choice. `none` is what it says while no model is chosen, and where models on `servers` suit
 * it says how they are named.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, bytes, el, fill, list, say, set, text, uid, woven } = FusionLab.core;
  const { made, titles } = FusionLab.fields;
  const { has, t } = FusionLab.words;

  /** Whether a model answers to what was typed. */
  const matches = (model, typed) =>
    [model.ref, titles.model(model.ref), titles.good(model.ref)].some((part) =>
      part.toLowerCase().includes(typed.toLowerCase()),
    );

  /** Size, level, licence and where the model is. */
  const facts = (model) => {
    const level = `recipe-level-${text(model.level)}`;
    return [
      bytes(model.size),
      has(level) ? t(level) : text(model.level),
      text(model.licence),
      t(model.here ? "recipe-model-here" : "recipe-model-away"),
    ]
      .filter(Boolean)
      .join(" · ");
  };

  /** A model as a row that can be chosen; one of one's own has but its reference. */
  const rowOf = (p, model) => {
    const control = made("input", { class: "fl-radio", type: "radio", name: p.name, id: uid() });
    control.checked = model.ref === p.ref;
    control.addEventListener("change", () => choose(p, model.ref));
    const title = model.own ? t("recipe-model-own") : titles.model(model.ref);
    const good = titles.good(model.ref);
    const about = el(
      "span",
      { class: "fl-model-about", id: uid() },
      good ? el("span", { class: "fl-model-good" }, good) : null,
      el("span", { class: "fl-model-facts" }, model.own ? t("recipe-model-unknown") : facts(model)),
    );
    set(control, { "aria-describedby": about.id });
    return el(
      "div",
      { class: "fl-model" },
      el(
        "label",
        { class: "fl-choice", for: control.id },
        control,
        el(
          "span",
          { class: "fl-model-name" },
          el("strong", null, title),
          title === model.ref ? null : el("code", { class: "fl-code" }, model.ref),
        ),
      ),
      about,
    );
  };

  /** The rows that fit what was typed; what is typed can be a reference itself. */
  const draw = (p) => {
    const typed = p.search.value.trim();
    const found = p.models.filter(
      (model) => matches(model, typed) && (typed || !model.rung || model.ref === p.ref),
    );
    const more = typed ? 0 : p.models.filter((model) => model.rung).length;
    const known = p.models.some((model) => model.ref === (typed || p.ref));
    const own = known || !(typed || p.ref) ? [] : [{ ref: typed || p.ref, own: true }];
    fill(
      p.rows,
      [...own, ...found].map((model) => rowOf(p, model)),
      more ? el("p", { class: "fl-help" }, t("recipe-model-rungs", { n: more })) : null,
    );
  };

  /** This model is the member's now. */
  const choose = (p, ref) => {
    p.ref = ref;
    say(p.now, titles.model(ref));
    p.change(ref);
  };

  FusionLab.picker = (models, ref, change, { none, servers } = {}) => {
    const p = { models: list(models), ref: text(ref), change, name: uid() };
    p.now = el("span", { class: "fl-model-now" }, titles.model(p.ref) || none);
    p.search = made(
      "input",
      { class: "fl-input", type: "text", id: uid() },
      { placeholder: "hub:org/name", autocomplete: "off", spellcheck: false },
    );
    p.search.addEventListener("input", () => draw(p));
    p.search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !p.search.value.trim()) return;
      event.preventDefault();
      const exact = p.models.find((model) => model.ref === p.search.value.trim());
      choose(p, exact ? exact.ref : p.search.value.trim());
      draw(p);
    });
    const server = el("code", { class: "fl-code" }, "api:URL#model");
    const asked =
      servers && el("p", { class: "fl-help" }, woven("recipe-model-server", { server }));
    p.rows = el("fieldset", { class: "fl-models", "aria-label": t("recipe-models") });
    draw(p);
    return add(
      el("details", { class: "fl-picker" }),
      el(
        "summary",
        { class: "fl-picker-summary" },
        el("span", { class: "fl-label" }, t("recipe-model")),
        " ",
        p.now,
      ),
      el("label", { class: "fl-help", for: p.search.id }, t("recipe-model-search")),
      p.search,
      asked,
      p.rows,
    );
  };
})();
