/**
 * What is compared: the prompt, the members, the methods with their settings, and a right answer.
 *
 * `FusionLab.comparer(element, value, trigger)`: a value with a comparison and another `shown` than
 * before replaces what stands here; `suits` (reasons by method), `query`, `file`, `goes_on`,
 * `{running}` and `{refused}` change what belongs to them. What a visitor does is told as "input"
 * and "submit" ({comparison}), and "stop" ({}). Who asks for the members by the document's event
 * "fusionlab-members" ({take}) is told them.
 */
(() => {
  "use strict";
  const { button, el, fill, list, own, say, set, spelled, state, swatch, text, uid, whole } =
    window.FusionLab.core;
  const { fits, line, made, refuse, select, titles } = window.FusionLab.fields;
  const { called, dialog, openMember, openSettings } = window.FusionLab.panels;
  const { plain, usualSampling } = window.FusionLab.carrying;
  const { t } = window.FusionLab.words;
  const { drawMethods, everything } = window.FusionLab.lineup;
  const FusionLab = window.FusionLab;
  const MOMENT = 300;
  const MOST_LINES = 8;
  const KINDS = ["number", "choice", "yes_no", "text", "exact"];

  /** What a panel or drawer is opened on: all members, and the settings of one choice or none. */
  const subject = (form, choice) => {
    const methods = list(form.data.methods);
    const none = { name: "", settings: [], temperature: 0 };
    const method = choice ? methods.find((each) => each.name === choice.method) : none;
    return {
      data: form.data,
      locked: form.locked,
      recipe: {
        members: form.members,
        get settings() {
          return choice ? choice.settings : {};
        },
        set settings(next) {
          if (choice) choice.settings = next;
        },
        get sampling() {
          return form.sampling;
        },
        set sampling(next) {
          form.sampling = next;
        },
      },
      method: () => ({ ...method, most: form.data.most_members, least: 1, weighted: true }),
      suiting: () => list(form.data.models),
      changed: () => changed(form),
      removed: (at) => {
        form.members.splice(at, 1);
        changed(form);
        form.panel.root.close();
      },
      usual: () => {
        if (choice) choice.settings = {};
        else form.sampling = usualSampling();
        changed(form);
      },
    };
  };

  /** The rooms of the form, empty. */
  const make = () => {
    const form = { data: {}, members: [], choices: [], reasons: {}, timer: 0, running: false };
    form.changed = () => changed(form);
    form.openDrawer = (opener, choice) => openDrawer(form, opener, choice);
    FusionLab.fields.following(form);
    document.addEventListener("fusionlab-members", ({ detail }) =>
      detail.take(form.members.map(({ ref }) => text(ref))),
    );
    form.panel = dialog("panel", () => {
      const chips = form.chips.querySelectorAll("button");
      (chips[Math.min(form.panel.at, chips.length - 1)] || form.add).focus();
    });
    form.drawer = dialog("drawer", () => form.opener?.focus());
    makeAsked(form);
    makeMembers(form);
    form.methods = el("div", { class: "fl-comparer-families" });
    form.count = el("span", { class: "fl-help" });
    form.every = button(t("comparer-every"), "fl-plain", () => everything(form, true));
    form.none = button(t("comparer-none"), "fl-plain", () => everything(form, false));
    form.truth = el("div", { class: "fl-comparer-truth" });
    form.refusal = el("div", { class: "fl-recipe-refusal", role: "alert" });
    form.fold = el(
      "details",
      { class: "fl-comparer-methods" },
      el(
        "summary",
        null,
        el("span", { class: "fl-label" }, t("comparer-methods")),
        " ",
        form.count,
      ),
      el("div", { class: "fl-actions-room" }, form.every, form.none),
      form.methods,
    );
    form.root = el(
      "div",
      { class: "fl-recipe-bar fl-comparer-bar" },
      el("h1", { class: "fl-title fl-comparer-title" }, t("comparer-title")),
      el("p", { class: "fl-help" }, t("comparer-help")),
      el("div", { class: "fl-recipe-ask" }, form.asked, form.buttons),
      form.seats,
      form.truth,
      form.fold,
      form.refusal,
      el("div", { class: "fl-actions-room" }, actions(form)),
      form.panel.root,
      form.drawer.root,
    );
    return form;
  };

  /** Copy the link, download the recording, open one. */
  const actions = (form) => {
    const { copy, link } = FusionLab.frame;
    const press = (selector) => () => document.querySelector(selector)?.click();
    form.link = button(t("comparer-link"), "fl-plain", async (node) => {
      if (!(await copy(link(text(form.query))))) return;
      say(node, t("actions-copied"));
      setTimeout(() => say(node, t("comparer-link")), 2000);
    });
    form.download = button(t("comparer-download"), "fl-plain", press("#compare-download"));
    form.open = button(t("comparer-open"), "fl-plain", () => {
      document.querySelector("#open-run")?.parentNode.querySelector("input[type=file]")?.click();
    });
    return [form.link, form.download, form.open];
  };

  /** Prompt, Run and Stop. */
  const makeAsked = (form) => {
    form.prompt = made(
      "textarea",
      { class: "fl-input fl-prompt", id: uid(), dir: "auto" },
      { rows: 1, placeholder: t("recipe-prompt.placeholder") },
    );
    form.earlier = button(t("recipe-leave-out"), "fl-plain", () => {
      form.turns = [];
      changed(form);
    });
    form.asked = el(
      "div",
      { class: "fl-recipe-prompt" },
      el("label", { class: "fl-label", for: form.prompt.id }, t("recipe-prompt")),
      form.earlier,
      form.prompt,
    );
    form.run = button(t("recipe-run"), "fl-run", () => run(form));
    form.stop = button(t("recipe-stop"), "fl-run fl-stop", () => {
      drawRunning(form, false);
      form.trigger("stop", {});
    });
    form.buttons = FusionLab.docked(el("div", { class: "fl-recipe-buttons" }, form.run, form.stop));
    form.prompt.addEventListener("input", () => {
      if (!fits(form, text(form.written))) return;
      form.written = form.prompt.value;
      grow(form);
      changed(form, { all: false });
    });
    form.prompt.addEventListener("keydown", (event) => {
      const runs = event.shiftKey || event.ctrlKey || event.metaKey;
      if (event.key !== "Enter" || !runs || event.isComposing) return;
      event.preventDefault();
      if (!form.running && !form.locked) run(form);
    });
  };

  /** Members as chips, one more, and what all share of sampling. */
  const makeMembers = (form) => {
    form.chips = el("ul", { class: "fl-recipe-chips", "aria-label": t("recipe-members") });
    form.add = button(t("recipe-add"), "fl-plain fl-add", () => {
      const ref = text(form.members.at(-1)?.ref || list(form.data.models)[0]?.ref);
      form.members.push({ ref, name: "", weight: 1, system: "", engine: "" });
      changed(form);
      openChip(form, form.members.length - 1);
    });
    form.settings = button(t("comparer-sampling"), "fl-plain", (node) => openDrawer(form, node));
    form.seats = el("div", { class: "fl-recipe-seats" }, form.chips, form.add, form.settings);
  };

  const openChip = (form, at) =>
    openMember(subject(form), form.panel, at, form.chips.querySelectorAll("button")[at]);

  const openDrawer = (form, opener, choice) => {
    form.opener = opener;
    openSettings(subject(form, choice), form.drawer);
  };

  /** The prompt is as high as its text, up to eight lines. */
  const grow = (form) => {
    form.prompt.style.height = "auto";
    if (!form.prompt.offsetParent) return;
    const high = parseFloat(getComputedStyle(form.prompt).lineHeight) || 24;
    form.prompt.style.height = `${Math.min(form.prompt.scrollHeight, MOST_LINES * high) + 2}px`;
  };

  // What a visitor does

  /** The comparison that the form says, as Python reads it: only methods that suit. */
  const read = (form) => {
    const prompt = form.prompt.value;
    const asked = form.turns.length
      ? { messages: [...form.turns, { role: "user", content: prompt }] }
      : { prompt };
    const methods = form.choices.filter((choice) => !form.reasons[choice.method]);
    const { members, sampling, answer } = form;
    return structuredClone({ ...asked, members, methods, sampling, truth: form.right, answer });
  };

  /** Something was changed; it is told once nothing has changed for a moment. */
  const changed = (form, { all = true } = {}) => {
    fill(form.refusal);
    form.goesOn = false;
    drawRunning(form, form.running);
    if (all) drawAll(form);
    clearTimeout(form.timer);
    form.timer = setTimeout(() => form.trigger("input", { comparison: read(form) }), MOMENT);
  };

  const run = (form) => {
    clearTimeout(form.timer);
    fill(form.refusal);
    drawRunning(form, true);
    form.fold.open = false;
    form.trigger("submit", { comparison: read(form) });
  };

  // What is seen

  const drawMembers = (form) => {
    const names = called(form.members);
    fill(
      form.chips,
      form.members.map((member, at) => {
        const model = titles.model(member.ref) || t("recipe-model-none");
        const chip = el(
          "button",
          {
            class: `fl-seat-chip ${FusionLab.core.memberClass(at)}`,
            type: "button",
            "aria-haspopup": "dialog",
          },
          swatch(at),
          member.name
            ? el("span", { class: "fl-seat-name", dir: "auto" }, spelled(names[at]))
            : null,
          el("span", { class: member.name ? "fl-seat-model" : "fl-seat-name" }, spelled(model)),
          member.weight === 1 ? null : el("span", { class: "fl-seat-weight" }, `×${member.weight}`),
        );
        chip.addEventListener("click", () => openChip(form, at));
        return el("li", null, chip);
      }),
    );
    form.add.disabled = form.members.length >= whole(form.data.most_members, 6);
    form.add.hidden = form.locked;
  };

  /** The right answer and its kind. */
  const drawTruth = (form) => {
    const kinds = KINDS.map((kind) => ({ value: kind, label: titles.choice("answer", kind) }));
    const kind = select(
      {
        label: t("comparer-kind"),
        none: t("comparer-kind.none"),
        groups: [{ options: kinds }],
        value: form.answer,
      },
      (value) => {
        form.answer = value;
        changed(form, { all: false });
      },
    );
    const right = line(
      { label: t("comparer-truth"), value: form.right, placeholder: t("comparer-truth.none") },
      (value) => {
        form.right = value;
        changed(form, { all: false });
      },
    );
    fill(form.truth, right, kind.root);
  };

  const drawAll = (form) => {
    drawMembers(form);
    drawMethods(form);
    form.earlier.hidden = !form.turns.length;
    form.prompt.readOnly = form.locked;
    grow(form);
  };

  /** Run, Go on or Stop; whoever stood on one stands on the other. */
  const drawRunning = (form, running) => {
    const inside = form.buttons.contains(document.activeElement);
    form.running = running;
    form.run.hidden = running;
    form.stop.hidden = !running;
    form.run.disabled = form.locked;
    say(form.run, t(form.goesOn ? "comparer-go-on" : "recipe-run"));
    if (inside) (running ? form.stop : form.run).focus();
  };

  /** The form says what came from Python. */
  const replaced = (form, value) => {
    clearTimeout(form.timer);
    const given = value.comparison;
    const asked = plain(given);
    form.data = value;
    FusionLab.fields.offer(form.data);
    form.seen = whole(value.shown);
    form.locked = value.locked === true;
    form.turns = asked.earlier;
    form.members = asked.members;
    form.sampling = asked.sampling;
    form.right = text(given.truth);
    form.answer = text(given.answer);
    form.choices = list(given.methods).map((choice) => ({
      method: text(choice.method),
      settings: { ...(choice.settings || {}) },
    }));
    if (!form.choices.length) {
      form.choices = list(value.methods).map(({ name }) => ({ method: name, settings: {} }));
    }
    form.goesOn = false;
    form.prompt.value = form.written = asked.prompt;
    for (const each of [form.panel, form.drawer]) if (each.root.open) each.root.close();
    fill(form.refusal);
    drawTruth(form);
    drawAll(form);
    drawRunning(form, form.running);
  };

  /** The form shows this value, unless the visitor has changed what it says since. */
  FusionLab.comparer = (element, value, trigger) => {
    const form = state(element, make);
    form.trigger = trigger || (() => undefined);
    const given = value && typeof value === "object" ? value : {};
    if (own(given, "suits")) form.reasons = given.suits;
    if (list(given.methods).length && form.seen !== whole(given.shown)) replaced(form, given);
    else if (own(given, "suits") && form.seen !== undefined) drawMethods(form);
    if (form.seen === undefined) return;
    if (own(given, "query")) form.query = given.query;
    const kept = own(given, "kept");
    if (kept) FusionLab.kept.note("compare", { ...kept, query: text(form.query) });
    if (typeof own(given, "file") === "boolean") form.file = given.file;
    form.download.disabled = !form.file;
    set(form.download, { title: form.file ? false : t("actions-not-yet") });
    if (typeof own(given, "goes_on") === "boolean") form.goesOn = given.goes_on;
    const refused = own(given, "refused");
    if (refused) drawRunning(form, false);
    else if (typeof given.running === "boolean") drawRunning(form, given.running);
    if (refused || own(given, "running") === true) refuse(form.refusal, refused);
  };
})();
