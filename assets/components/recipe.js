/**
 * The recipe of a page: what is asked, by which method, of whom, and how.
 *
 * `FusionLab.recipe(element, value, trigger)`: a value with a recipe and another `shown` than
 * before replaces what stands here; `{running}` and `{refused: {message, hint}}` only change the
 * buttons and say why. What a visitor does is told as "input" ({recipe}, a moment after the last
 * change), "submit" ({recipe}), "stop" ({}) and "select" ({preset}).
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, own, say, set, spelled, state, swatch, text, uid, whole } =
    FusionLab.core;
  const { code, fits, made, refuse, select, titles } = FusionLab.fields;
  const { called, dialog, openMember, openSettings } = FusionLab.panels;
  const { carried, plain, read, usualSampling } = FusionLab.carrying;
  const { said, t } = FusionLab.words;
  const MOMENT = 300;
  const MOST_LINES = 8;
  const FEW_LINES = 3;

  /** The rooms of the bar, empty. */
  const make = () => {
    const form = { data: {}, recipe: plain({}), seen: undefined, running: false, timer: 0 };
    form.method = () => methodOf(form);
    form.suiting = () => {
      const suits = new Set(form.method().models);
      return list(form.data.models).filter((model) => suits.has(model.ref));
    };
    form.changed = () => changed(form);
    form.removed = (at) => removed(form, at);
    form.usual = () => usual(form);
    makeBar(form);
    FusionLab.fields.following(form);
    form.title = el("h1", { class: "fl-unseen" });
    form.panel = dialog("panel", () => backToChip(form));
    form.drawer = dialog("drawer", () => form.settings.focus());
    form.root = el(
      "div",
      { class: "fl-recipe-bar" },
      form.title,
      form.choices,
      form.summary,
      form.earlier,
      el("div", { class: "fl-recipe-ask" }, form.asked, form.buttons),
      form.begun,
      form.seats,
      form.note,
      form.refusal,
      form.panel.root,
      form.drawer.root,
    );
    return form;
  };

  /** The controls of the bar. */
  const makeBar = (form) => {
    form.choices = el("div", { class: "fl-recipe-choices" });
    form.summary = el("p", { class: "fl-help fl-recipe-summary" });
    form.earlier = el("div", { class: "fl-recipe-earlier" });
    form.begun = el("div", { class: "fl-begun" });
    form.prompt = made(
      "textarea",
      { class: "fl-input fl-prompt", id: uid(), dir: "auto" },
      { rows: 1, placeholder: t("recipe-prompt.placeholder") },
    );
    form.asked = el(
      "div",
      { class: "fl-recipe-prompt" },
      el(
        "div",
        { class: "fl-field-head" },
        el("label", { class: "fl-label", for: form.prompt.id }, t("recipe-prompt")),
        el("span", { class: "fl-help fl-keys-help" }, t("recipe-prompt.keys")),
      ),
      form.prompt,
    );
    form.run = button(t("recipe-run"), "fl-run", () => run(form));
    form.stop = button(t("recipe-stop"), "fl-run fl-stop", () => stop(form));
    form.settings = button(t("recipe-settings"), "fl-plain", () => openSettings(form, form.drawer));
    set(form.settings, { "aria-haspopup": "dialog" });
    form.add = button(t("recipe-add"), "fl-plain fl-add", () => added(form));
    form.full = el("span", { class: "fl-help", id: uid() });
    form.chips = el("ul", { class: "fl-recipe-chips", "aria-label": t("recipe-members") });
    form.buttons = FusionLab.docked(el("div", { class: "fl-recipe-buttons" }, form.run, form.stop));
    form.seats = el(
      "div",
      { class: "fl-recipe-seats" },
      form.chips,
      form.add,
      form.full,
      form.settings,
    );
    form.note = el("p", { class: "fl-recipe-note", role: "status" });
    form.refusal = el("div", { class: "fl-recipe-refusal", role: "alert" });
    listen(form);
  };

  /** The prompt is kept as it is typed, and runs by keys. */
  const listen = (form) => {
    form.prompt.addEventListener("input", () => {
      if (!fits(form, text(form.recipe.prompt))) return;
      form.recipe.prompt = form.prompt.value;
      form.recipe.begin = FusionLab.begun.plain({}); // it was an answer to what was asked before
      drawBegun(form);
      grow(form);
      changed(form, { bar: false });
    });
    let width = 0;
    new ResizeObserver(() => {
      if (form.prompt.clientWidth === width) return;
      width = form.prompt.clientWidth;
      requestAnimationFrame(() => grow(form));
    }).observe(form.prompt);
    for (const kind of ["focus", "blur"]) form.prompt.addEventListener(kind, () => grow(form));
    form.prompt.addEventListener("keydown", (event) => {
      const runs = event.shiftKey || event.ctrlKey || event.metaKey;
      if (event.key !== "Enter" || !runs || event.isComposing) return;
      event.preventDefault();
      if (!form.running && !form.locked) run(form);
    });
  };

  /** The prompt is as high as its text, up to eight lines while one writes, and three else. */
  const grow = (form) => {
    const rows = form.prompt === document.activeElement ? MOST_LINES : FEW_LINES;
    form.prompt.style.height = "auto";
    const high = parseFloat(getComputedStyle(form.prompt).lineHeight) || 24;
    const frame = form.prompt.offsetHeight - form.prompt.clientHeight;
    const padding = 2 * (parseFloat(getComputedStyle(form.prompt).paddingTop) || 0);
    const needed = Math.min(form.prompt.scrollHeight, rows * high + padding) + frame;
    if (form.prompt.offsetParent) form.prompt.style.height = `${Math.ceil(needed)}px`;
  };

  /** The method that is chosen. */
  const methodOf = (form) => {
    const methods = list(form.data.methods);
    return methods.find((each) => each.name === form.recipe.method) || methods[0];
  };

  // What a visitor does

  /** Something was changed; it is told once nothing has changed for a moment. */
  const changed = (form, { bar = true } = {}) => {
    fill(form.refusal);
    if (bar) drawSeats(form);
    clearTimeout(form.timer);
    form.timer = setTimeout(() => form.trigger("input", { recipe: read(form) }), MOMENT);
  };

  const run = (form) => {
    clearTimeout(form.timer);
    fill(form.refusal);
    const told = read(form);
    drawRunning(form, true);
    form.trigger("submit", { recipe: told });
  };

  const stop = (form) => {
    drawRunning(form, false);
    form.trigger("stop", {});
  };

  /** One member more, with the first model that suits; its panel opens. */
  const added = (form) => {
    const members = form.recipe.members;
    const last = members[members.length - 1];
    const ref = last ? last.ref : text(form.suiting()[0]?.ref);
    members.push({ ref, name: "", weight: 1, system: "", engine: "" });
    changed(form);
    openChip(form, members.length - 1);
  };

  /** Without this member; its panel closes. */
  const removed = (form, at) => {
    form.recipe.members.splice(at, 1);
    changed(form);
    form.panel.root.close();
  };

  /** All settings of the method, and of sampling, are as they start. */
  const usual = (form) => {
    form.recipe.settings = {};
    form.recipe.sampling = { ...usualSampling(), temperature: form.method().temperature };
    changed(form);
  };

  /** Another method: what suits it is kept, and what is not is named. */
  const chosen = (form, name) => {
    const before = form.method();
    form.recipe.method = name;
    const dropped = carried(form, before, form.method());
    drawAll(form);
    say(form.note, dropped);
    changed(form);
  };

  const openChip = (form, at) => {
    const chip = form.chips.querySelectorAll("button")[at];
    openMember(form, form.panel, at, chip);
  };

  /** The focus is on the chip whose panel was open, or on what stands there now. */
  const backToChip = (form) => {
    const chips = form.chips.querySelectorAll("button");
    (chips[Math.min(form.panel.at, chips.length - 1)] || form.add).focus();
  };

  // What is seen

  /** The member as a chip in its colour. */
  const chipOf = (form, member, at) => {
    const model = titles.model(member.ref) || t("recipe-model-none");
    const name = called(form.recipe.members)[at];
    const weight = form.method().weighted && member.weight !== 1 ? `×${member.weight}` : "";
    const chip = el(
      "button",
      {
        class: `fl-seat-chip ${FusionLab.core.memberClass(at)}`,
        type: "button",
        "aria-haspopup": "dialog",
        title: member.system || false,
      },
      swatch(at),
      member.name ? el("span", { class: "fl-seat-name", dir: "auto" }, spelled(name)) : null,
      " ",
      el("span", { class: member.name ? "fl-seat-model" : "fl-seat-name" }, spelled(model)),
      weight ? [" ", el("span", { class: "fl-seat-weight" }, weight)] : null,
    );
    chip.addEventListener("click", () => openChip(form, at));
    return el("li", null, chip);
  };

  /** Others on the tab hear of whom it asks. */
  const tellSeats = (form) => {
    (FusionLab.seats ||= {})[text(form.data.family)] = form.recipe.members.map(({ ref }) => ref);
    document.dispatchEvent(new CustomEvent("fusionlab-seats"));
  };

  /** The members, and whether there can be one more. */
  const drawSeats = (form) => {
    const { most } = form.method();
    const members = form.recipe.members;
    tellSeats(form);
    fill(
      form.chips,
      members.map((member, at) => chipOf(form, member, at)),
    );
    const full = members.length >= most;
    form.add.hidden = form.locked || (most <= 1 && members.length > 0);
    form.add.disabled = full;
    set(form.add, { "aria-describedby": full ? form.full.id : false });
    say(form.full, full && !form.add.hidden ? t("recipe-add.full", { most }) : "");
    const count = Object.entries(form.recipe.settings).filter(([name, value]) => {
      const usual = form.method().settings.find((each) => each.name === name);
      return JSON.stringify(usual?.value) !== JSON.stringify(value);
    }).length;
    say(form.settings, count ? t("recipe-settings-changed", { n: count }) : t("recipe-settings"));
  };

  /** What to start from, and the method, where there are several. */
  const drawChoices = (form) => {
    const { methods, presets } = form.data;
    const options = (of) =>
      list(presets)
        .filter((each) => each.method === of)
        .map((each) => ({ value: text(each.id), label: said(each.title) }));
    const groups = list(methods)
      .map(({ name }) => ({ label: titles.method(name), options: options(name) }))
      .filter((group) => group.options.length);
    if (groups.length === 1) groups[0].label = "";
    const start = select(
      { label: t("recipe-start"), none: t("recipe-start.none"), groups, value: form.preset },
      (id) => id && form.trigger("select", { preset: id }),
    );
    const names = list(methods).map(({ name }) => ({ value: name, label: titles.method(name) }));
    const method = select(
      { label: t("recipe-method"), groups: [{ options: names }], value: form.method().name },
      (name) => chosen(form, name),
    );
    for (const each of [start, method]) each.control.disabled = form.locked;
    fill(
      form.choices,
      names.length > 1 ? method.root : null,
      list(presets).length > 1 ? start.root : null,
    );
    const summary = names.length > 1 ? titles.summary(form.method()) : "";
    const name = form.method().name;
    fill(form.summary, summary, " ", summary ? code(name, titles.method(name)) : null);
    form.summary.hidden = !summary;
  };

  /** The turns before the prompt. */
  const drawEarlier = (form) => {
    const turns = list(form.recipe.earlier);
    form.earlier.hidden = !turns.length;
    const speaker = (turn) =>
      t(turn.role === "assistant" ? "recipe-turn-assistant" : "recipe-turn-user");
    const leave = button(t("recipe-leave-out"), "fl-plain", () => {
      form.recipe.earlier = [];
      drawEarlier(form);
      changed(form);
      form.prompt.focus();
    });
    fill(
      form.earlier,
      el(
        "ol",
        { class: "fl-talk-turns", "aria-label": t("recipe-turns"), tabindex: "0" },
        turns.map((turn) =>
          el(
            "li",
            { class: "fl-talk-turn" },
            el("span", { class: "fl-quiet" }, speaker(turn)),
            el("p", { class: "fl-talk-text", dir: "auto" }, spelled(turn.content)),
          ),
        ),
      ),
      form.locked ? null : leave,
    );
  };

  const drawBegun = (form) => FusionLab.begun.draw(form, () => changed(form));

  /** Run or Stop; whoever stood on one stands on the other. */
  const drawRunning = (form, running) => {
    const inside = form.buttons.contains(document.activeElement);
    form.running = running;
    form.run.hidden = running;
    form.stop.hidden = !running;
    form.run.disabled = form.locked;
    if (inside) (running ? form.stop : form.run).focus();
  };

  /** All of the form. */
  const drawAll = (form) => {
    say(form.title, titles.family(text(form.data.family)));
    drawChoices(form);
    drawEarlier(form);
    drawBegun(form);
    drawSeats(form);
    form.prompt.readOnly = form.locked;
    if (form.prompt.value !== form.recipe.prompt) form.prompt.value = form.recipe.prompt;
    grow(form);
    say(form.note, form.locked ? t("recipe-locked") : "");
  };

  /** The form says what came from Python. */
  const replaced = (form, value) => {
    clearTimeout(form.timer);
    form.data = value;
    FusionLab.fields.offer(form.data);
    form.seen = whole(value.shown, 0);
    form.locked = value.locked === true;
    form.preset = text(value.preset);
    form.recipe = plain(value.recipe);
    for (const each of [form.panel, form.drawer]) if (each.root.open) each.root.close();
    fill(form.refusal);
    drawAll(form);
    drawRunning(form, form.running);
  };

  /** A tab seen for the first time brings its result; what the visitor began meanwhile stays. */
  const joined = (form, value) => {
    form.data = value;
    FusionLab.fields.offer(form.data);
    form.seen = whole(value.shown, 0);
  };

  /** The bar shows this value, unless the visitor has changed what it says since. */
  window.FusionLab.recipe = (element, value, trigger) => {
    element.classList.add("fl-recipe");
    const form = state(element, make);
    form.trigger = trigger || (() => undefined);
    const given = value && typeof value === "object" ? value : {};
    if (list(given.methods).length && form.seen !== whole(given.shown, 0)) {
      if (own(given, "first") && form.seen !== undefined) joined(form, given);
      else replaced(form, given);
    }
    if (form.seen === undefined) return;
    const refused = own(given, "refused");
    if (refused) drawRunning(form, false);
    else if (typeof given.running === "boolean") drawRunning(form, given.running);
    if (refused || own(given, "running") === true) refuse(form.refusal, refused);
  };

  /** The setting's value, after another one is given; undefined where there is no such setting. */
  window.FusionLab.recipe.setting = (element, name, value) => {
    const form = state(element, make);
    const known = form.seen !== undefined && list(form.method()?.settings);
    const setting = known && known.find((each) => each.name === name);
    if (!setting) return undefined;
    if (value !== undefined && !form.locked) {
      form.recipe.settings[name] = value;
      if (form.drawer.root.open) form.drawer.root.close();
      changed(form);
    }
    return own(form.recipe.settings, name) ?? setting.value;
  };
})();
