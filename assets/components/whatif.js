/**
 * What would have been under other weights, or another pool: the recorded distributions are fused
 * anew, without a model, up to the first token whose choice changes, or cannot be known. From there
 * the text would differ, and only a model can go on. `s` is the stage of `tokens`.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, chip, el, fill, list, measure, memberName, number, own, probability } =
    FusionLab.core;
  const { isEnd, say, set, shares, table, term, text, tokenText, uid, unit, whole } =
    FusionLab.core;
  const { ordinal } = FusionLab.course;
  const { POOLINGS, firstOf, keyOf, knownOf, rangesOf, weightsOf } = FusionLab.repool;
  const { t } = FusionLab.words;
  const RULES = ["always", "unsure", "supported"];
  const WEIGHTINGS = ["fixed", "prompt", "entropy", "confidence"]; // factors of what was set
  const SHOWN = 6;
  const FINE = 200; // positions of a slider
  const SAME = 1e-9;
  const TOLD = 1e-3; // of probabilities that must be the recorded ones

  /** The room, empty. */
  const makeWhatIf = () => {
    const w = { weights: [], pooling: "", drawn: "" };
    w.form = el("div", { class: "fl-whatif-form" });
    w.said = el("p", { class: "fl-whatif-said", role: "status" });
    w.drawnNote = el("p", { class: "fl-note" }, t("whatif-drawn"));
    w.actions = el("div", { class: "fl-whatif-actions" });
    w.room = el("div");
    w.root = el(
      "details",
      { class: "fl-section fl-unfolding fl-whatif", hidden: true },
      el("summary", null, el("h2", { class: "fl-title" }, t("whatif-title"))),
      el("p", { class: "fl-note" }, t("whatif-about")),
      w.form,
      w.drawnNote,
      w.said,
      w.actions,
      w.room,
    );
    return w;
  };

  /**
   * Whether the record lets itself be fused anew: by a rule that is known, and that it follows. Not
   * where members told only their best tokens: of other vocabularies these do not add up to 1.
   */
  const fits = (s) =>
    !s.partial &&
    s.members.length > 1 &&
    s.steps.length > 0 &&
    POOLINGS.includes(s.pooling) &&
    RULES.includes(s.act) &&
    WEIGHTINGS.includes(s.weighting) &&
    s.steps.slice(0, 8).every((step) => followed(s, step));

  /** Whether the recorded pool is what this rule makes of the recorded members. */
  const followed = (s, step) => {
    if (step.acted === false && s.act === "unsure") return true;
    const { first } = knownOf(s, step);
    const ranges = rangesOf(s, step, weightsOf(s, step), s.pooling);
    const found = ranges.find(({ key }) => key === first);
    if (!found) return s.pooling === "majority";
    const p = unit(list(step.fused)[0]?.p);
    return p >= found.low * (1 - TOLD) && p <= found.high * (1 + TOLD);
  };

  /** The members' weights at this step, were they set so; null where the record cannot say. */
  const stepWeights = (s, step) => {
    const wanted = s.whatif.weights;
    const found = s.members.map((member, i) => {
      const mine = own(step.members, member.name);
      if (!mine) return 0;
      if (typeof mine.weight !== "number") return wanted[i];
      if (member.weight > 0) return (wanted[i] * mine.weight) / member.weight;
      return wanted[i] > 0 ? null : 0;
    });
    const counts = (w) => w > 0;
    const others = s.members.some((member, i) => counts(member.weight) !== counts(wanted[i]));
    const unknown = found.includes(null) || (s.act === "supported" && others);
    return unknown || !found.some(counts) ? null : found;
  };

  /** Whether all stands as it was recorded. */
  const isRecorded = (s) => {
    const { weights, pooling } = s.whatif;
    const total = weights.reduce((a, b) => a + b, 0);
    const ours = s.members.reduce((sum, member) => sum + member.weight, 0);
    const same = (w, i) => Math.abs(w / total - s.members[i].weight / ours) < SAME;
    return pooling === s.pooling && total > 0 && weights.every(same);
  };

  /** What comes of one step: its first choice as before, another, or not to be known. */
  const outcomeAt = (s, step) => {
    if (step.acted === false && s.act === "unsure") return { kind: "same" }; // the gate wrote alone
    const before = s.sampled ? knownOf(s, step).first : keyOf(step);
    const weights = stepWeights(s, step);
    const found = weights && firstOf(s, step, weights, s.whatif.pooling);
    if (!found) return { kind: "unknown", could: [] };
    if (found.certain && found.key === before) return { kind: "same" };
    const { tokens } = knownOf(s, step);
    if (found.certain) return { kind: "changed", key: found.key, token: tokens.get(found.key) };
    const could = found.could.map(({ key }) => tokens.get(key));
    return { kind: "unknown", could, open: found.open };
  };

  /** The first step that does not stay as it is; null where all do. */
  const firstChange = (s) => {
    if (isRecorded(s)) return null;
    for (let index = 0; index < s.steps.length; index += 1) {
      const found = outcomeAt(s, s.steps[index]);
      if (found.kind !== "same") return { ...found, index };
    }
    return null;
  };

  // What is set

  /** The controls, as they were recorded. */
  const drawForm = (s) => {
    const w = s.whatif;
    w.weights = s.members.map((member) => member.weight);
    w.pooling = s.pooling;
    const offered = [...new Set([s.pooling, "arithmetic", "geometric"])];
    const id = uid();
    w.select = el(
      "select",
      { class: "fl-input fl-select", id },
      offered.map((name) => el("option", { value: name }, t(`whatif-pooling-${name}`))),
    );
    w.select.value = w.pooling;
    w.select.addEventListener("change", () => {
      w.pooling = w.select.value;
      drawWhatIf(s);
    });
    w.sliders = s.members.map((member, i) => sliderOf(s, member, i));
    w.reset = button(t("whatif-reset"), "fl-plain", () => {
      drawForm(s);
      drawWhatIf(s);
      w.reset.focus();
    });
    fill(
      w.form,
      el(
        "div",
        { class: "fl-whatif-row" },
        el("label", { class: "fl-label", for: id }, t("whatif-pooling")),
        w.select,
        w.reset,
      ),
      w.sliders.map(({ row }) => row),
    );
  };

  /** The weight of one member, as a slider. */
  const sliderOf = (s, member, i) => {
    const id = uid();
    const range = Object.assign(el("input", { class: "fl-slider", type: "range", id }), {
      min: "0",
      max: String(FINE),
      step: "1",
      value: String(Math.round(FINE * member.weight)),
    });
    const share = el("output", { class: "fl-whatif-share", for: id });
    range.addEventListener("input", () => {
      s.whatif.weights[i] = Number(range.value) / FINE;
      drawWhatIf(s);
    });
    const label = el("label", { class: "fl-label", for: id }, memberName(member));
    return { range, share, row: el("div", { class: "fl-whatif-row" }, label, range, share) };
  };

  // What is seen

  /** The room shows what comes of what is set, where it is open. */
  const drawWhatIf = (s) => {
    const w = s.whatif;
    const state = [s.run, s.pooling, ...s.members.map((m) => `${m.name} ${m.weight}`)].join("\n");
    w.root.hidden = !fits(s);
    if (w.root.hidden || !w.root.open) {
      mark(s, null);
      return;
    }
    if (w.drawn !== state) drawForm(s);
    w.drawn = state;
    const total = w.weights.reduce((a, b) => a + b, 0);
    const parts = total > 0 ? shares(w.weights) : w.weights.map(() => "–");
    w.sliders.forEach(({ range, share }, i) => {
      const told = parts[i];
      say(share, told);
      set(range, { "aria-valuetext": told });
    });
    w.change = total > 0 ? firstChange(s) : null;
    w.drawnNote.hidden = !s.sampled;
    w.reset.disabled = isRecorded(s);
    fill(w.said, total > 0 ? saidOf(s, w.change) : t("whatif-nobody"));
    drawActions(s);
    drawBars(s);
    mark(s, w.change);
  };

  /** What comes of it, in a sentence. */
  const saidOf = (s, change) => {
    if (isRecorded(s)) return t("whatif-recorded");
    if (!change) return t(s.sampled ? "whatif-same-drawn" : "whatif-same", { n: s.steps.length });
    const step = s.steps[change.index];
    const before = s.sampled ? list(step.fused)[0]?.token : step.token;
    const values = { step: String(ordinal(step)), before: tokenText(before) };
    if (change.kind === "changed") {
      const after = tokenText(change.token);
      return t(s.sampled ? "whatif-changed-drawn" : "whatif-changed", { ...values, after });
    }
    const could = [...new Set(change.could)].slice(0, 3).map(quoted);
    const which = could.length > 1 && !change.open ? "between" : "any";
    return t(`whatif-unknown-${which}${s.sampled ? "-drawn" : ""}`, {
      ...values,
      could: FusionLab.words.said(could),
    });
  };

  const quoted = (token) => t("whatif-token", { token: tokenText(token) });

  /** To the step, and on from there with a model. */
  const drawActions = (s) => {
    const { change } = s.whatif;
    const step = change && s.steps[change.index];
    const label = change && t("whatif-show", { step: String(ordinal(step)) });
    fill(
      s.whatif.actions,
      change && button(label, "fl-plain", () => s.go(change.index)),
      change && s.done && s.anew && onward(s, step, change),
    );
  };

  /** Runs on from the change where the app can branch from it; else a link that asks anew. */
  const onward = (s, step, change) => {
    if (s.root.closest("body.fl-alone")) {
      return el("p", { class: "fl-note" }, t("whatif-elsewhere"));
    }
    const node = el("a", { class: "fl-whatif-link" }, t("whatif-anew"));
    node.href = `?${anew(s)}`;
    const id = change.kind === "changed" ? whole(change.key, -1) : -1;
    const branches = FusionLab.branch && id >= 0 && s.whatif.pooling === s.pooling;
    if (!branches || isEnd(change.token)) return node;
    const told = { step: whole(step.step), id, text: text(change.token) };
    return button(t("whatif-on"), "fl-button", (pressed) => {
      const weights = Object.fromEntries(s.members.map(({ name }) => [name, weightOf(s, name)]));
      if (FusionLab.branch({ ...told, weights }) === false) pressed.replaceWith(node);
    });
  };

  /** The weight that is set for this member, in the measure of the recipe. */
  const weightOf = (s, name) => {
    const at = s.members.findIndex((member) => member.name === name);
    return Number((number(s.whatif.weights[at]) * number(s.anew?.total, 1)).toFixed(4));
  };

  /** The query of the same recipe under what is set, in the same language. */
  const anew = (s) => {
    const { query, members, names } = s.anew;
    const pairs = list(members).map((member, i) => [
      "member",
      `${text(member)},weight=${weightOf(s, text(list(names)[i]))}`,
    ]);
    pairs.push(["set", `pooling=${JSON.stringify(s.whatif.pooling)}`]);
    const lang = new URLSearchParams(window.location.search).get("lang");
    if (lang) pairs.push(["lang", lang]);
    return `${text(query)}&${new URLSearchParams(pairs)}`;
  };

  /** From `low` to `high`, or one number where they look the same. */
  const between = (low, high) => {
    const [from, to] = [probability(low), probability(high)];
    return from === to ? from : t("whatif-between", { low: from, high: to });
  };

  /** The shown step under what is set: bars with what is certain, and what may be. */
  const drawBars = (s) => {
    const step = s.steps[s.selected];
    const weights = step && stepWeights(s, step);
    const alone = step?.acted === false && s.act === "unsure";
    const ranges = weights && !alone ? rangesOf(s, step, weights, s.whatif.pooling) : [];
    const shown = ranges.slice(0, SHOWN);
    if (!shown.length) {
      fill(s.whatif.room);
      return;
    }
    const caption = t("whatif-caption", { step: String(ordinal(step)) });
    const before = new Map(list(step.fused).map((c) => [keyOf(c), unit(c?.p)]));
    before.set(keyOf(step), unit(step.p));
    const rows = shown.map(({ key, token, low, high }) => [
      chip(token),
      probability(before.get(key) ?? null),
      el("span", { class: "fl-whatif-p" }, between(low, high)),
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        el(
          "span",
          { class: "fl-stack" },
          measure(el("span", { class: "fl-segment fl-fused" }), "--w", low),
          measure(el("span", { class: "fl-segment fl-unlisted" }), "--w", high - low),
        ),
      ),
    ]);
    const heads = ["candidate", "recorded", "now"].map((name) => t(`whatif-head-${name}`));
    fill(
      s.whatif.room,
      table(caption, [...heads, el("span", { class: "fl-unseen" }, t("whatif-head-bar"))], rows),
      shown.some(({ low, high }) => probability(low) !== probability(high)) &&
        el("p", { class: "fl-note" }, term("bounds", t("whatif-bounds"))),
    );
  };

  /** Tokens from the change on are marked in the strip as what would not stand. */
  const mark = (s, change) => {
    const from = change ? change.index : Infinity;
    if (s.beyond === from && from === Infinity) return;
    s.beyond = from;
    s.nodes.forEach((node, i) => {
      node.classList.toggle("fl-whatif-from", i === from);
      node.classList.toggle("fl-beyond", i >= from);
    });
  };

  FusionLab.whatif = { drawWhatIf, makeWhatIf };
})();
