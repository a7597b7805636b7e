/** A run file may be dropped anywhere on the page: it goes the way of the Open button. */
(() => {
  "use strict";
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
