/**
 * A number of a merge: one for all tensors with its slider, several over the depth of the model
 * with a curve, or one for each part of a layer with a slider each; what is none of these is typed.
 *
 * `FusionLab.varying(of, value, change)` is its node; `of` has the label, help and name of the
 * setting beside its range, default and the parts of a layer. `change` is called with the value, or
 * undefined where it is left to the builder.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, button, el, fill, list, number, text } = FusionLab.core;
  const { field, figure, made } = FusionLab.fields;
  const { has, t } = FusionLab.words;
  const POINTS = 5;
  const FINE = 0.05;
  const TINY = 0.005; // a default below it is beyond what a slider sets

  /** A value as it was typed: JSON, numbers parted by blanks or commas, or whatever it says. */
  const read = (written) => {
    const typed = written.trim();
    if (!typed) return undefined;
    if (/^[[{"]|^(true|false)$/.test(typed)) {
      try {
        return JSON.parse(typed);
      } catch {
        return typed;
      }
    }
    const numbers = typed
      .split(/[\s,;，、]+/)
      .filter(Boolean)
      .map(Number);
    if (numbers.some((each) => !Number.isFinite(each))) return typed;
    return numbers.length > 1 ? numbers : numbers[0];
  };

  const spelled = (value) => {
    if (value === undefined || value === null) return "";
    const numbers = list(value);
    if (numbers.length && numbers.every((each) => typeof each === "number"))
      return numbers.join(" ");
    return typeof value === "object" ? JSON.stringify(value) : text(value);
  };

  const isCurve = (value) =>
    Array.isArray(value) && value.length > 1 && value.every((each) => typeof each === "number");

  const isParted = (value) =>
    value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === "number");

  const partName = (part) => {
    const key = `build-part-${part === "*" ? "rest" : part.replace(/[^a-z0-9]/g, "-")}`;
    return has(key) ? t(key) : text(part);
  };

  /** Where the slider begins and ends, and how far it goes at a step. */
  const rangeOf = (of) => {
    const usual = number(of.value);
    const least = number(of.least);
    return {
      least,
      most: number(of.most, Math.max(1, usual)),
      step: usual > 0 && usual < FINE ? TINY : FINE,
      slides: typeof of.value !== "number" || usual === 0 || usual >= TINY,
    };
  };

  FusionLab.varying = (of, value, change) => {
    const range = rangeOf(of);
    const usual =
      typeof of.value === "number" ? t("build-usual-is", { value: text(of.value) }) : "";
    const control = made(
      "input",
      { class: "fl-input fl-amount", type: "text", value: spelled(value) },
      { autocomplete: "off", inputMode: "decimal", placeholder: usual || t("build-usual") },
    );
    const slider = made(
      "input",
      { class: "fl-slider", type: "range", "aria-label": of.label },
      { min: range.least, max: range.most, step: range.step },
    );
    const single = () => {
      const now = read(control.value);
      return typeof now === "number" ? now : number(of.value, 1);
    };
    slider.value = text(single());
    const tell = (now) => {
      control.value = spelled(now);
      change(now);
    };
    control.addEventListener("input", () => {
      slider.value = text(single());
      change(read(control.value));
    });
    slider.addEventListener("input", () => tell(Number(slider.value)));
    const room = el("div");
    const act = (key, next) =>
      button(t(key), "fl-plain fl-build-several", () => {
        tell(next());
        draw();
        room.querySelector("button")?.focus();
      });
    const parted = (now) =>
      Object.entries(now).map(([part, each]) =>
        figure(
          {
            label: t("build-part-of", { label: of.label, part: partName(part) }),
            value: each,
            least: range.least,
            reach: range.most,
            step: range.step,
          },
          (given) => tell({ ...read(control.value), [part]: given }),
        ),
      );
    const first = (now) => Object.values(now)[0];
    const back = () => {
      const now = first(read(control.value) ?? [0]);
      return typeof now === "number" ? now : number(of.value);
    };
    /** One number has a slider, several have a curve, parts have theirs; the rest has its text. */
    const draw = () => {
      const now = read(control.value);
      const one = now === undefined || typeof now === "number";
      slider.hidden = !one || !range.slides;
      control.classList.toggle("fl-amount", typeof now !== "object");
      fill(
        room,
        isCurve(now) && FusionLab.curve(of.label, now, tell, range),
        isParted(now) && parted(now),
        el(
          "div",
          { class: "fl-build-ways" },
          one
            ? [
                act("build-over-depth", () => new Array(POINTS).fill(single())),
                list(of.parts).length
                  ? act("build-by-part", () =>
                      Object.fromEntries(of.parts.map((part) => [part, single()])),
                    )
                  : null,
              ]
            : act("build-one-number", back),
        ),
      );
    };
    control.addEventListener("change", draw);
    draw();
    return add(field({ ...of, code: of.name }, control, slider), room);
  };
})();
