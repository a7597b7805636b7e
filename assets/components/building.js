/**
 * The controls of the form that builds: what can be set of a builder and of each source.
 *
 * `FusionLab.building.control(builder, of, value, change)` is the field of a setting; `change` is
 * called with its value, or undefined where it is left to the builder. `written(ranges, sources)`
 * are ranges as they are typed.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, list, text } = FusionLab.core;
  const { field, made, select, setting, titles } = FusionLab.fields;
  const { has, t } = FusionLab.words;
  const LETTERS = "ABCDEFGHIJKLMNOP";

  const keyed = (name) =>
    text(name)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "-");

  /** Title and summary of a builder. */
  const builderTitle = (name) =>
    has(`builder-${keyed(name)}`) ? t(`builder-${keyed(name)}`) : text(name);
  const builderSummary = (builder) => {
    const key = `builder-${keyed(builder.name)}.summary`;
    return has(key) ? t(key) : text(builder.summary);
  };

  /** A setting's names: those of a table of every source say so. */
  const names = {
    setting: (builder, of) =>
      of.every
        ? t("build-every", { label: titles.setting(builder, of) })
        : titles.setting(builder, of),
    help: (builder, of) => (of.every ? t("build-every-help") : titles.help(builder, of)),
  };

  /** The labelled control of a builder's setting. */
  const labelled = (builder, of, control, beside) =>
    field(
      { label: names.setting(builder, of), help: names.help(builder, of), code: of.name },
      control,
      beside,
    );

  /** A number that may be left to the builder. */
  const figure = (builder, of, value, change) => {
    const control = made(
      "input",
      { class: "fl-input fl-amount", type: "number" },
      {
        step: of.kind === "integer" ? "1" : "any",
        placeholder:
          typeof of.value === "number"
            ? t("build-usual-is", { value: text(of.value) })
            : t("build-usual"),
      },
    );
    if (typeof of.least === "number") control.min = text(of.least);
    if (typeof of.most === "number") control.max = text(of.most);
    control.value = typeof value === "number" ? text(value) : "";
    control.addEventListener("input", () => {
      const given = control.valueAsNumber;
      change(Number.isFinite(given) ? given : undefined);
    });
    return labelled(builder, of, control);
  };

  /** One line of text; empty it is left to the builder. */
  const line = (builder, of, value, change) => {
    const control = made(
      "input",
      { class: "fl-input", type: "text", dir: "auto" },
      { autocomplete: "off", spellcheck: false, value: text(value) },
    );
    control.addEventListener("input", () => change(control.value.trim() || undefined));
    return labelled(builder, of, control);
  };

  /** One of several values in a closed list. */
  const choice = (builder, of, value, change) => {
    const options = list(of.choices).map((each) => ({
      value: text(each),
      label: text(each) === "" ? t("build-usual") : titles.choice(of.name, each),
    }));
    const { root } = select(
      {
        label: names.setting(builder, of),
        help: names.help(builder, of),
        code: of.name,
        groups: [{ options }],
        value: text(value ?? of.value),
      },
      (chosen) => change(chosen === text(of.value) ? undefined : chosen),
    );
    return root;
  };

  /** A value as it was typed: JSON where it is that, else text. */
  const parsed = (written) => {
    try {
      return JSON.parse(written);
    } catch {
      return written;
    }
  };

  /** Names with values, as `name=value`, parted by blanks. */
  const pairs = (builder, of, value, change) => {
    const shown = Object.entries(value || {}).map(
      ([name, each]) => `${name}=${JSON.stringify(each)}`,
    );
    return line(builder, of, shown.join(" "), (written) => {
      const found = text(written)
        .split(/\s+/)
        .filter((part) => part.includes("="))
        .map((part) => [
          part.slice(0, part.indexOf("=")),
          parsed(part.slice(part.indexOf("=") + 1)),
        ]);
      change(found.length ? Object.fromEntries(found) : undefined);
    });
  };

  /** A number that may differ over the depth of the model, or between parts of a layer. */
  const varying = (builder, of, value, change) =>
    FusionLab.varying(
      { ...of, label: names.setting(builder, of), help: names.help(builder, of) },
      value,
      change,
    );

  /** What is learned from. */
  const material = (builder, of, value, change) =>
    FusionLab.material(
      { ...of, label: names.setting(builder, of), help: names.help(builder, of) },
      value,
      change,
    );

  /** A model beside the sources. */
  const model = (builder, of, value, change) =>
    el(
      "fieldset",
      { class: "fl-build-model" },
      el("legend", { class: "fl-label" }, names.setting(builder, of)),
      FusionLab.picker(of.models, text(value), change),
      el("p", { class: "fl-help" }, names.help(builder, of)),
    );

  const KINDS = { choice, integer: figure, material, model, number: figure, table: pairs, varying };

  /** The field of a setting; in a table it may be a list or a table itself, which is typed. */
  const control = (builder, of, value, change) => {
    if (of.table && value !== null && typeof value === "object")
      return varying(builder, of, value, change);
    if (of.kind === "switch")
      return setting(builder, of, value ?? of.value, (now) =>
        change(now === of.value ? undefined : now),
      );
    return (KINDS[of.kind] || line)(builder, of, value, change);
  };

  /** Ranges as they are typed; with letters where there are several sources. */
  const written = (ranges, sources) =>
    ranges
      .map(
        ({ source, first, last }) => `${sources > 1 ? `${LETTERS[source]}:` : ""}${first}-${last}`,
      )
      .join(", ");

  FusionLab.building = { LETTERS, builderSummary, builderTitle, control, written };
})();
