/**
 * The buttons that stick to the foot of a phone's screen stand there only over what they run.
 *
 * `FusionLab.docked(node)` is the node: it is away where the foot of the screen shows what comes
 * after its page (`.fl-page`) and its form is out of sight, as what stands there, such as the
 * laboratory, has a Run of its own.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const FOOT = "-88% 0px 0px 0px"; // what is left of the screen is its foot

  /** Whether each of the two is in sight is heard of from now on. */
  const watch = (node) => {
    const page = node.closest(".fl-page");
    const form = node.closest(".fl");
    if (!page) return;
    const seen = { page: true, form: true };
    const look = (name, of, rootMargin) =>
      new IntersectionObserver(
        (entries) => {
          seen[name] = entries.at(-1).isIntersecting;
          node.classList.toggle("fl-undocked", !seen.page && !seen.form);
        },
        { rootMargin },
      ).observe(of);
    look("page", page, FOOT);
    look("form", form, "0px");
  };

  FusionLab.docked = (node) => {
    const placed = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      placed.disconnect();
      watch(node);
    });
    placed.observe(node);
    return node;
  };
})();
