/**
 * What a model learns from: something that is generated, or a file of this computer.
 *
 * `FusionLab.material(of, value, change)` is the field of such a setting; `of` has its label and
 * help, the names of what is generated as `choices`, and `files`, whether a file may be brought. A
 * file is chosen in the browser's own window and goes up by the tab's hidden button; what comes
 * back is its value, `brought:NAME/FILE`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, button, el, list, text } = FusionLab.core;
  const { select, titles } = FusionLab.fields;
  const { has, t } = FusionLab.words;
  const BROUGHT = "brought:";

  const titleOf = (name) => {
    const [kind, of] = text(name).split(":");
    if (kind !== "corpus") return titles.suite(of);
    return has(`corpus-${of}`) ? t(`corpus-${of}`) : text(name);
  };

  const fileOf = (value) => text(value).slice(text(value).indexOf("/") + 1);

  const choose = () =>
    document.querySelector("#build-data")?.parentNode.querySelector("input[type=file]")?.click();

  FusionLab.material = (of, value, change) => {
    const now = text(value);
    const option = (name) => ({ value: name, label: titleOf(name) });
    const among = (kind) => list(of.choices).filter((name) => name.startsWith(`${kind}:`));
    const mine = { value: now, label: t("build-data-file", { file: fileOf(now) }) };
    const other = { value: now, label: now };
    const known = !now || list(of.choices).includes(now);
    const groups = [
      { label: t("build-data-generated"), options: among("corpus").map(option) },
      { label: t("build-data-suites"), options: among("suite").map(option) },
      { label: t("build-data-sampled"), options: among("own").map(option) },
      known || { options: [now.startsWith(BROUGHT) ? mine : other] },
    ].filter((group) => group.options?.length);
    const { root } = select(
      { ...of, code: of.name, none: t("build-data-none"), groups, value: now },
      (chosen) => change(chosen || undefined),
    );
    return el(
      "div",
      { class: "fl-material" },
      root,
      of.files && add(button(t("build-data-choose"), "fl-plain", choose)),
    );
  };
})();
