/**
 * What the answer begins with, in the bar of a recipe: given to the members, not chosen by them.
 *
 * `FusionLab.begun.draw(form, changed)` fills the form's room `form.begun`; `plain` and `read` are
 * how a recipe carries it. It goes with the prompt that it was an answer to.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, own, spelled, text } = FusionLab.core;
  const { t } = FusionLab.words;

  /** As a recipe of ours has it. */
  const plain = (begin) => ({
    text: text(own(begin, "text")),
    ids: list(own(begin, "ids")).filter((id) => Number.isInteger(id)),
  });

  /** As Python reads it: nothing where no answer is begun. */
  const read = ({ begin }) => (begin.text || begin.ids.length ? { begin } : {});

  /** The begun text, and how to do without. */
  const draw = (form, changed) => {
    const { begin } = form.recipe;
    form.begun.hidden = !begin.text && !begin.ids.length;
    const leave = button(t("begun-leave-out"), "fl-plain", () => {
      form.recipe.begin = plain({});
      draw(form, changed);
      changed();
      form.prompt.focus();
    });
    fill(
      form.begun,
      el(
        "p",
        { class: "fl-begun-text", dir: "auto" },
        el("span", { class: "fl-quiet" }, t("begun-begins")),
        " ",
        el("q", null, spelled(begin.text)),
      ),
      form.locked ? null : leave,
    );
  };

  FusionLab.begun = { draw, plain, read };
})();
