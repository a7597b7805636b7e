/**
 * Jumps to the tokens that are worth a look: where the pool was unsure, where members' first
 * choices differed, and where one member was pivotal. After the last comes the first again. `s` is
 * the stage of `tokens`.
 */
(() => {
  "use strict";
  const { button, el, list, say, set, unit } = window.FusionLab.core;
  const { isOpen, pivotalAt } = window.FusionLab.provenance;
  const { joined, t } = window.FusionLab.words;
  const UNSURE = 0.5; // of the likeliest token
  const KINDS = {
    unsure: { key: "u", is: (s, step) => unit(list(step.fused)[0]?.p) < UNSURE },
    apart: { key: "d", is: (s, step) => step.apart === true },
    pivotal: { key: "p", is: (s, step) => pivotalAt(s, step).length > 0 },
  };

  /** Where there is nothing yet to jump to. */
  const noJumps = () => Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, []]));

  /** The step at `index` is counted. */
  const count = (s, index) => {
    s.unknown += isOpen(s, s.steps[index]);
    for (const [kind, { is }] of Object.entries(KINDS))
      if (is(s, s.steps[index])) s.jumps[kind].push(index);
  };

  /** The step to which this kind of jump leads from the shown one; -1 where there is none. */
  const target = (s, kind, back) => {
    const all = s.jumps[kind];
    const found = back
      ? all.findLast((index) => index < s.selected)
      : all.find((index) => index > s.selected);
    return found ?? (back ? all[all.length - 1] : all[0]) ?? -1;
  };

  /** The buttons; `go(index)` is called with the step that one leads to. */
  const makeJumps = (s, go) => {
    const j = { kinds: {} };
    for (const kind of Object.keys(KINDS)) {
      const lead = (back) => () => go(target(s, kind, back));
      const back = set(button("", "fl-step-button fl-jump-back", lead(true)), {
        "aria-label": t(`tokens-jump-${kind}.back`),
        title: t(`tokens-jump-${kind}.back-title`),
      });
      const next = button("", "fl-step-button fl-jump-next", lead(false));
      const root = el("span", { class: `fl-jump fl-jump-${kind}` }, back, next);
      j.kinds[kind] = { back, next, root };
    }
    j.root = el(
      "div",
      { class: "fl-jumps", role: "group", "aria-label": t("tokens-jumps"), hidden: true },
      Object.values(j.kinds).map(({ root }) => root),
    );
    return j;
  };

  /** The buttons say how many there are of each; of one member alone only the unsure. */
  const drawJumps = (s) => {
    const alone = s.members.length < 2;
    s.leaps.root.hidden = s.steps.length < 2;
    for (const [kind, { back, next, root }] of Object.entries(s.leaps.kinds)) {
      const n = s.jumps[kind].length;
      root.hidden = alone && kind !== "unsure";
      const unknown = kind === "pivotal" && s.unknown > 0;
      const open = unknown && n === 0;
      say(next, t(open ? "tokens-jump-pivotal-unknown" : `tokens-jump-${kind}`, { n: String(n) }));
      back.disabled = next.disabled = n === 0;
      const hint = t(`tokens-jump-${kind}.title`);
      next.title = unknown ? joined([hint, t("tokens-jump-unknown", { n: s.unknown })]) : hint;
    }
  };

  /** The step that a key leads to: its letter on, with Shift back; null for other keys. */
  const keyJump = (s, event) => {
    const letter = event.key.toLowerCase();
    const found = Object.entries(KINDS).find(([, { key }]) => key === letter);
    return found ? target(s, found[0], event.shiftKey) : null;
  };

  window.FusionLab.jumps = { count, drawJumps, keyJump, makeJumps, noJumps };
})();
