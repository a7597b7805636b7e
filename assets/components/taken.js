/**
 * Files that the server keeps for this visitor, to be taken away.
 *
 * `FusionLab.taken(element, files)` lists them: `{kind, name, path}` each, named by their kind.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, list, text } = FusionLab.core;
  const { t } = FusionLab.words;

  window.FusionLab.taken = (element, files) => {
    const root = text(window.gradio_config?.root);
    const links = list(files).map((file) => {
      const link = el("a", { class: "fl-link" }, t(`bench-file-${text(file.kind)}`));
      link.href = `${root}/gradio_api/file=${encodeURI(text(file.path))}`;
      link.download = text(file.name);
      return el("li", null, link);
    });
    element.hidden = !links.length;
    fill(
      element,
      el("h3", { class: "fl-subtitle" }, t("bench-files")),
      el("ul", { class: "fl-bench-list" }, links),
    );
  };
})();
