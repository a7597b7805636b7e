/**
 * A number that changes over the depth of a model: a small curve whose points are dragged, or moved
 * by keys.
 *
 * `FusionLab.curve(label, values, change, {least, most})` is its node; `change(values)` is called
 * at every movement. The first value is that of the first layer.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, set, svg } = FusionLab.core;
  const { t } = FusionLab.words;
  const WIDTH = 280;
  const HEIGHT = 96;
  const EDGE = 16;
  const STEP = 0.05;

  const round = (value) => Math.round(value / STEP) * STEP;

  FusionLab.curve = (label, given, change, range) => {
    const values = [...given];
    const most = Math.max(range.most, ...values);
    const least = Math.min(range.least, ...values);
    const x = (at) => EDGE + (at * (WIDTH - 2 * EDGE)) / (values.length - 1);
    const y = (value) => HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE);
    const line = svg("path", { class: "fl-curve-line" });
    const picture = svg(
      "svg",
      { class: "fl-curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT },
      svg("path", { class: "fl-curve-axis", d: `M${EDGE},${y(least)}H${WIDTH - EDGE}` }),
      line,
    );
    const place = () => {
      set(line, { d: `M${values.map((value, at) => `${x(at)},${y(value)}`).join("L")}` });
      points.forEach((point, at) => {
        for (const circle of point.children) set(circle, { cx: x(at), cy: y(values[at]) });
        set(point, { "aria-valuenow": values[at].toFixed(2) });
      });
    };
    const move = (at, wanted) => {
      const value = Number(Math.min(most, Math.max(least, round(wanted))).toFixed(2));
      if (value === values[at]) return;
      values[at] = value;
      place();
      change([...values]);
    };
    const points = values.map((_, at) => {
      const point = svg(
        "g",
        {
          class: "fl-curve-point",
          role: "slider",
          tabindex: "0",
          "aria-orientation": "vertical",
          "aria-label": t("build-curve-point", { label, at: at + 1, of: values.length }),
          "aria-valuemin": least,
          "aria-valuemax": most,
        },
        svg("circle", { class: "fl-stack-reach", r: 18 }),
        svg("circle", { class: "fl-curve-grip", r: 7 }),
      );
      point.addEventListener("keydown", (event) => {
        const by = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP };
        const far = { Home: least, End: most }[event.key];
        if (by[event.key] === undefined && far === undefined) return;
        event.preventDefault();
        move(at, far ?? values[at] + by[event.key]);
      });
      point.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        point.focus();
        point.setPointerCapture(event.pointerId);
      });
      point.addEventListener("pointermove", (event) => {
        if (!point.hasPointerCapture(event.pointerId)) return;
        const box = picture.getBoundingClientRect();
        const up = ((event.clientY - box.top) * HEIGHT) / box.height;
        move(at, least + ((HEIGHT - EDGE - up) / (HEIGHT - 2 * EDGE)) * (most - least));
      });
      return point;
    });
    picture.append(...points);
    place();
    return el(
      "div",
      { class: "fl-curve-room" },
      picture,
      el(
        "p",
        { class: "fl-help fl-curve-ends" },
        el("span", null, t("build-curve-first")),
        el("span", null, t("build-curve-last")),
      ),
    );
  };
})();
