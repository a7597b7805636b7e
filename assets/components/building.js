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
  const { add, button, el, fill, list, say, text } = FusionLab.core;
  const { field, made, select, setting, titles } = FusionLab.fields;
  const { has, t } = FusionLab.words;
  const LETTERS = "ABCDEFGHIJKLMNOP";
  const POINTS = 5;

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

  /** The labelled control of a builder's setting. */
  const labelled = (builder, of, control, beside) =>
    field(
      { label: titles.setting(builder, of), help: titles.help(builder, of), code: of.name },
      control,
      beside,
    );

  /** A number that may be left to the builder. */
  const figure = (builder, of, value, change) => {
    const control = made(
      "input",
      { class: "fl-input fl-amount", type: "number" },
      { step: of.kind === "integer" ? "1" : "any", placeholder: t("build-usual") },
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
        label: titles.setting(builder, of),
        help: titles.help(builder, of),
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

  /** A number of a source with its slider, or a list of numbers over the depth of the model. */
  const varying = (builder, of, value, change) => {
    const control = made(
      "input",
      { class: "fl-input fl-amount", type: "text" },
      { autocomplete: "off", inputMode: "decimal", placeholder: t("build-usual") },
    );
    control.value =
      value === undefined || value === null ? "" : list(value).join(" ") || text(value);
    const slider = made(
      "input",
      { class: "fl-slider", type: "range", "aria-label": titles.setting(builder, of) },
      { min: 0, max: 1, step: 0.05 },
    );
    slider.value = typeof value === "number" ? text(value) : "1";
    const read = () => {
      const numbers = control.value
        .split(/[\s,;，、]+/)
        .filter(Boolean)
        .map(Number);
      if (!numbers.length) return undefined;
      if (numbers.some((each) => !Number.isFinite(each))) return control.value;
      return numbers.length > 1 ? numbers : numbers[0];
    };
    control.addEventListener("input", () => {
      const now = read();
      if (typeof now === "number") slider.value = text(now);
      change(now);
    });
    slider.addEventListener("input", () => {
      control.value = slider.value;
      change(Number(slider.value));
    });
    const room = el("div");
    const several = button("", "fl-plain fl-build-several", () => {
      const now = read();
      const next = Array.isArray(now) ? now[0] : new Array(POINTS).fill(Number(slider.value));
      control.value = [next].flat().join(" ");
      change(next);
      draw();
    });
    /** One number has a slider, several have a curve; what was typed as neither has the text. */
    const draw = () => {
      const now = read();
      const curved = Array.isArray(now);
      slider.hidden = curved;
      say(several, t(curved ? "build-one-number" : "build-over-depth"));
      fill(
        room,
        curved &&
          FusionLab.curve(titles.setting(builder, of), now, (values) => {
            control.value = values.join(" ");
            change(values);
          }),
        several,
      );
    };
    control.addEventListener("change", draw);
    draw();
    return add(labelled(builder, of, control, slider), room);
  };

  const KINDS = { choice, integer: figure, number: figure, table: pairs, varying };

  const control = (builder, of, value, change) => {
    if (of.kind === "switch") return setting(builder, of, value ?? of.value, change);
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
