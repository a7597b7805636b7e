/**
 * Experts that the next run shall do without: the cell that the reader chose offers it, and the
 * recipe of the same page takes it up. `s` is the stage of `experts`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, say, text } = FusionLab.core;
  const { t } = FusionLab.words;

  /** The recipe of the page that this picture stands on; none where it stands alone. */
  const recipeOf = (s) => {
    const stage = s.root.closest('[id$="-stage"]');
    return stage
      ? document.getElementById(stage.id.replace(/-stage$/, "-recipe"))?.querySelector(".fl-recipe")
      : null;
  };

  /** The rules that the recipe has, one by one. */
  const rulesOf = (recipe) =>
    text(FusionLab.recipe.setting(recipe, "steer"))
      .split(/[,;\n]/)
      .map((rule) => rule.trim())
      .filter(Boolean);

  /** The room of the offer, empty. */
  const makeSteer = (s) => {
    const r = { button: button("", "fl-plain", () => toggle(s)), said: el("span") };
    r.root = el("p", { class: "fl-note fl-steer", hidden: true }, r.button, " ", r.said);
    return r;
  };

  const ruleOf = (s) => `ban ${s.spot}@${s.layers[s.layer].layer}`;

  /** The chosen expert is banned in the next run, or no longer. */
  const toggle = (s) => {
    const recipe = recipeOf(s);
    if (!recipe || s.spot === null) return;
    const rule = ruleOf(s);
    const rules = rulesOf(recipe);
    const kept = rules.filter((each) => each !== rule);
    const next = kept.length < rules.length ? kept : [...rules, rule];
    FusionLab.recipe.setting(recipe, "steer", next.join(", "));
    drawSteer(s);
  };

  /** The offer is about the expert in the spotlight. */
  const drawSteer = (s) => {
    const recipe = recipeOf(s);
    const r = s.load.steer;
    const takes = recipe && FusionLab.recipe.setting(recipe, "steer") !== undefined;
    const beside = s.root.closest(".fl-mixtures"); // two models are compared as they are
    r.root.hidden = !takes || beside || s.spot === null || !s.layers[s.layer];
    if (r.root.hidden) return;
    const rules = rulesOf(recipe);
    const values = { expert: String(s.spot), layer: String(s.layers[s.layer].layer) };
    say(r.button, t(rules.includes(ruleOf(s)) ? "steer-keep" : "steer-ban", values));
    say(r.said, rules.length ? t("steer-next", { rules: rules.join(", ") }) : "");
  };

  FusionLab.steer = { drawSteer, makeSteer };
})();
