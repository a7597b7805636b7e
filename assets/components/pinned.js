/**
 * Two runs next to each other: the picture of each, and one cursor where both go token by token.
 *
 * `FusionLab.pinned(element, {runs: [{number, row, answer, steps, picture}], wish})`: what answers
 * an earlier wish than the last one comes too late. A picture that has a step of its own tells it
 * by "select" ({step}), and is sent `at` to go to another.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, list, number, own, say, set, spelled, state, text, toResult, uid, whole } =
    FusionLab.core;
  const { t } = FusionLab.words;

  const make = () => {
    const s = { key: "", step: 0, wish: 0 };
    s.title = el("h2", { class: "fl-title" }, t("pinned-title"));
    s.back = el("button", { class: "fl-plain fl-go-back", type: "button" }, t("pinned-back"));
    s.next = el("button", { class: "fl-plain fl-go-next", type: "button" }, t("pinned-next"));
    s.range = Object.assign(el("input", { class: "fl-slider", type: "range", id: uid() }), {
      min: "1",
      step: "1",
    });
    s.place = el("span", { class: "fl-pinned-place", "aria-live": "polite" });
    s.cursor = el(
      "div",
      { class: "fl-pinned-cursor" },
      el("label", { class: "fl-label", for: s.range.id }, t("pinned-cursor")),
      s.back,
      s.range,
      s.next,
      s.place,
    );
    s.sides = el("div", { class: "fl-pinned-sides" });
    s.root = el(
      "section",
      { class: "fl-stage fl-pinned-stage", "aria-label": t("pinned-title") },
      s.title,
      s.cursor,
      s.sides,
    );
    s.back.addEventListener("click", () => go(s, s.step - 1));
    s.next.addEventListener("click", () => go(s, s.step + 1));
    s.range.addEventListener("input", () => go(s, Number(s.range.value) - 1));
    return s;
  };

  /** Both runs show this step, as far as they have one. */
  const go = (s, step, from) => {
    s.step = Math.min(Math.max(0, step), s.most - 1);
    s.range.value = String(s.step + 1);
    s.back.disabled = s.step <= 0;
    s.next.disabled = s.step >= s.most - 1;
    const place = t("pinned-place", { step: s.step + 1, of: s.most });
    set(s.range, { "aria-valuetext": place });
    say(s.place, place);
    for (const side of s.runs) {
      if (side === from || s.step >= side.steps) continue;
      const data = { ...side.picture.data, at: s.step };
      draw(s, side, { component: side.picture.component, data });
    }
  };

  /** The picture is drawn; beside another one of its kind its parts are no landmarks. */
  const draw = (s, side, picture) => {
    FusionLab.picture(side.room, picture, (kind, detail) => {
      if (kind === "select" && s.shared && Number.isInteger(own(detail, "step"))) {
        if (detail.step !== s.step) go(s, detail.step, side);
      }
    });
    for (const part of side.room.querySelectorAll("section")) set(part, { role: "group" });
  };

  /** The step of greatest disagreement. */
  const telling = (side) => {
    const steps = list(own(side.picture.data, "steps")).map((step) => number(step.divergence));
    return Math.max(0, steps.indexOf(Math.max(...steps)));
  };

  /** One run: what it is called, what it answered, and its picture. */
  const sideOf = (s, run) => {
    const side = { steps: whole(run.steps), picture: run.picture || {}, room: el("div") };
    const title = FusionLab.comparing.titleOf(run.row || {});
    side.root = el(
      "article",
      { class: "fl-pinned-side", "aria-label": title },
      el(
        "h3",
        { class: "fl-subtitle fl-pinned-name", dir: "auto" },
        el("span", { class: "fl-comparing-number" }, whole(run.number) + 1),
        title,
      ),
      el("p", { class: "fl-pinned-answer", dir: "auto" }, spelled(run.answer)),
      side.room,
    );
    return side;
  };

  /** These runs are next to each other; nobody pinned, nothing is there. */
  FusionLab.pinned = (element, given) => {
    const s = state(element, make);
    const wish = whole(own(given, "wish"), s.wish);
    if (wish < s.wish) return;
    s.wish = wish;
    const runs = list(own(given, "runs"));
    const key = JSON.stringify(runs.map((run) => [run.number, text(run.answer), run.steps]));
    s.root.hidden = !runs.length;
    if (s.key === key) return;
    s.key = key;
    s.runs = runs.map((run) => sideOf(s, run));
    s.shared = runs.length > 1 && s.runs.every((side) => side.steps > 0);
    s.most = Math.max(1, ...s.runs.map((side) => side.steps));
    s.cursor.hidden = !s.shared;
    fill(
      s.sides,
      s.runs.map((side) => side.root),
    );
    s.range.max = String(s.most);
    s.runs.forEach((side) => draw(s, side, side.picture));
    if (s.shared) go(s, telling(s.runs[0]));
    if (runs.length > 1) toResult(s.root);
  };
})();
