/**
 * Gradio's tabs speak the page's language, and take the focus of a link that leads to another tab,
 * where it would be lost with the tab that is left; a run file may be dropped anywhere on the page
 * and goes the way of the Open button.
 */
(() => {
  "use strict";
  const { has, t } = window.FusionLab.words;
  const MOMENT = 100; // after which the tab that is left has let go of the focus

  /** Gradio's tabs are named in the page's language, whenever it draws them. */
  const nameTabs = () => {
    for (const tab of document.querySelectorAll("#tabs button[role='tab']")) {
      const key = `family-${tab.id.replace(/^tab-|-button$/g, "")}`;
      if (has(key) && tab.textContent.trim() !== t(key)) tab.textContent = t(key);
    }
  };
  new MutationObserver(nameTabs).observe(document, { childList: true, subtree: true });

  const chosen = () => document.querySelector("#tabs button[role='tab'][aria-selected='true']");
  let held = null;
  document.addEventListener("focusin", ({ target }) => (held = target));
  const followTab = () =>
    setTimeout(() => {
      if (document.activeElement !== document.body || !held || held.checkVisibility()) return;
      held = null;
      chosen()?.focus({ preventScroll: true });
    }, MOMENT);
  new MutationObserver(followTab).observe(document, {
    attributeFilter: ["aria-selected"],
    subtree: true,
  });

  const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const opener = () =>
    document.querySelector("#open-run")?.parentNode.querySelector("input[type=file]");

  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    const input = opener();
    if (!file || !input) return;
    event.preventDefault();
    const carried = new DataTransfer();
    carried.items.add(file);
    input.files = carried.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
