/**
 * The form that builds: a builder, its sources and settings; the plan is drawn as one edits.
 *
 * `FusionLab.build(element, value, trigger)`: a value with another `filled` than before fills the
 * form anew; `plan` is what the set-up with the number `of` comes to, or `{error}`; `running`,
 * `stopped`, `refused` ({message, hint}), `built` and `left_at` ({step, steps}, where a training
 * was stopped) say how the build stands; `brought` is the name of a file that was brought. What a
 * visitor does is told as "input" and "submit" ({asked, serial}), "stop" and "select" ({preset}, or
 * {aside} where what was broken off is left as it is, for another name).
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, own, say, state, text } = FusionLab.core;
  const { refuse } = FusionLab.fields;
  const { decides, fingerprint, plain, put, sent } = FusionLab.asked;
  const { drawStack } = FusionLab.buildranges;
  const { builderOf, drawChoices, drawName, drawSettings, drawSources, pictured } =
    FusionLab.buildform;
  const { drawFigures, drawFindings, query } = FusionLab.planned;
  const { said, t } = FusionLab.words;
  const MOMENT = 120;

  const make = () => {
    const f = {
      data: {},
      asked: { sources: [], settings: {} },
      plan: {},
      serial: 0,
      timer: 0,
      shown: {},
    };
    f.trigger = () => {};
    rooms(f);
    f.act = Object.fromEntries(
      Object.entries({
        builderChosen,
        changed,
        drawPlan,
        named,
        removeSource,
        setOption,
        setSetting,
        setSource,
      }).map(([name, act]) => [name, (...given) => act(f, ...given)]),
    );
    f.root = el(
      "div",
      { class: "fl-build-bar" },
      el(
        "div",
        { class: "fl-build-head" },
        el("h1", { class: "fl-build-title" }, t("build-title")),
        el("p", { class: "fl-help" }, t("build-intro")),
      ),
      f.choices,
      f.summary,
      el(
        "div",
        { class: "fl-build-rooms" },
        el("div", { class: "fl-build-fields" }, f.left, f.sources, f.add, f.settings, f.name),
        el("div", { class: "fl-build-drawn" }, f.stack, f.free),
        el("div", { class: "fl-build-plan" }, f.figures, f.findings),
      ),
      f.note,
      f.refusal,
      el("div", { class: "fl-build-buttons" }, f.run, f.stop, f.aside),
    );
    document.addEventListener("fusionlab-weights", ({ detail }) => placed(f, list(detail)));
    document.addEventListener("fusionlab-offered", ({ detail }) => offer(f, list(detail.models)));
    document.addEventListener("fusionlab-removed", ({ detail }) => removed(f, text(detail.id)));
    return f;
  };

  const rooms = (f) => {
    f.choices = el("div", { class: "fl-build-choices" });
    f.summary = el("p", { class: "fl-help" });
    f.sources = el("div", { class: "fl-build-sources" });
    f.add = button(t("build-add-source"), "fl-plain", () => addSource(f));
    f.settings = el("div", { class: "fl-build-settings" });
    f.left = el("p", { class: "fl-build-left", role: "status" });
    f.name = el("div");
    f.stack = el("div", { class: "fl-build-stack" });
    f.free = el("div", { class: "fl-build-free" });
    f.figures = el("dl", { class: "fl-build-figures", "aria-label": t("build-figures") });
    f.findings = el("div", { class: "fl-build-findings", "aria-live": "polite" });
    f.note = el("p", { class: "fl-measure-note", role: "status" });
    f.refusal = el("div", { class: "fl-build-refusal", role: "alert" });
    f.run = button(t("build-run"), "fl-run", () => submit(f));
    f.stop = button(t("build-stop"), "fl-run fl-stop", () => {
      f.stop.disabled = true;
      if (builderOf(f).keeps) say(f.note, t("build-stopping"));
      f.trigger("stop", {});
    });
    f.stop.disabled = true;
    f.aside = button(t("build-aside"), "fl-plain", () => {
      f.trigger("select", { aside: told(f) });
      f.run.focus();
    });
    f.aside.hidden = true;
  };

  /** The set-up as it is told: without what does not count in it. */
  const told = (f) => sent(builderOf(f), f.asked);

  // What a visitor does

  /** What stands in the form is told once nothing has changed for a moment. */
  const changed = (f) => {
    f.serial += 1;
    fill(f.refusal);
    say(f.note, "");
    say(f.left, "");
    if (!isBack(f)) leavePreset(f);
    tellSources(f);
    ask(f);
  };

  /** What the set-up comes to is asked for. */
  const ask = (f) => {
    f.root.classList.add("fl-is-planning");
    keep(f);
    clearTimeout(f.timer);
    f.timer = setTimeout(() => f.trigger("input", { asked: told(f), serial: f.serial }), MOMENT);
  };

  /** Others on the page hear whether what they show is of another set-up than this. */
  const tellOthers = (stale) =>
    document.dispatchEvent(new CustomEvent("fusionlab-build", { detail: { stale } }));

  /** The set-up as it stands, which all else on the page is of. */
  const standing = (f) => {
    const { id, preset } = f.asked;
    return { of: fingerprint(builderOf(f), f.asked), id, preset, built: f.built, paused: f.paused };
  };

  /** Whether what was changed is as it was before: then the page is of this set-up again. */
  const isBack = (f) => {
    const { of, id, preset, built, paused } = f.shown;
    const asked = preset && !f.asked.id ? { ...f.asked, id } : f.asked;
    if (fingerprint(builderOf(f), asked) !== of) return false;
    if (f.asked.id !== id) f.id.value = f.asked.id = id;
    f.asked.preset = f.start.value = preset;
    Object.assign(f, { built, paused });
    tellOthers(false);
    return true;
  };

  /** It is no preset's set-up any more, and has no preset's name; nothing was built of it. */
  const leavePreset = (f) => {
    Object.assign(f, { built: "", paused: null });
    tellOthers(true);
    if (f.asked.preset && f.asked.id === f.asked.preset) f.id.value = f.asked.id = "";
    f.asked.preset = f.start.value = "";
  };

  /** Others on the page hear which sources there are, and whether there are models between them. */
  const tellSources = (f) => {
    const detail = {
      refs: f.asked.sources.map(({ ref }) => ref),
      between: Boolean(builderOf(f).between),
      builder: f.asked.builder,
    };
    FusionLab.sources = detail;
    document.dispatchEvent(new CustomEvent("fusionlab-sources", { detail }));
  };

  /** The sources have the weights of a point between them. */
  const placed = (f, weights) => {
    const { between } = builderOf(f);
    if (!between || weights.length !== f.asked.sources.length) return;
    Object.assign(f.asked.settings, between.settings);
    f.asked.sources.forEach((source, at) => {
      source.options = { ...source.options, [between.option]: weights[at] };
    });
    drawSources(f);
    drawSettings(f);
    changed(f);
  };

  /** The pickers offer the models that there are now; one that somebody is on, once drawn anew. */
  const offer = (f, models) => {
    const whole = models.filter(({ level }) => level === "internals");
    f.data.models = [...whole.filter(({ here }) => here), ...whole.filter(({ here }) => !here)];
    const busy = [f.sources, f.settings].some((room) => room.contains(document.activeElement));
    if (busy || !f.data.builders) return;
    drawSources(f);
    drawSettings(f);
  };

  /** Of a model that is gone there is nothing to go on from. */
  const removed = (f, id) => {
    Object.assign(f.shown, f.shown.built === id && { built: "", paused: null });
    if (f.running || ![f.built, f.plan.id].includes(id)) return;
    f.built = "";
    f.paused = null;
    f.plan = { ...f.plan, left_at: null, other: false, taken: false };
    say(f.note, "");
    drawReady(f);
    ask(f);
  };

  const keep = (f) =>
    FusionLab.kept?.note("build", { asked: told(f), name: f.built || "", query: query(told(f)) });

  const setSetting = (f, of, value) => {
    const { settings } = f.asked;
    put(settings, of, value);
    const [seam, ranges] = ["seam", "ranges"].map((part) => pictured(f, part)?.name);
    if (value !== undefined && of.name === seam && own(settings, ranges)) {
      delete settings[ranges];
      drawSettings(f);
    }
    if (value !== undefined && of.name === ranges && own(settings, seam) !== undefined) {
      delete settings[seam];
      drawSettings(f);
      f.settings.querySelector(`[data-label="${ranges}"] input`)?.focus();
    }
    if (decides(builderOf(f), of)) {
      drawSources(f);
      drawSettings(f);
      f.settings.querySelector(`[data-label="${of.name}"] :is(select, input)`)?.focus();
    }
    changed(f);
  };

  /** The file that was brought is what is learned from. */
  const brought = (f, name) => {
    const of = builderOf(f).settings.find((each) => each.kind === "material");
    if (!of) return;
    setSetting(f, of, name);
    drawSettings(f);
    f.settings.querySelector(`[data-label="${of.name}"] select`)?.focus();
  };

  const setOption = (f, source, of, value) => {
    source.options = { ...source.options };
    put(source.options, { name: of.name }, value);
    changed(f);
  };

  const addSource = (f) => {
    const used = f.asked.sources.map(({ ref }) => ref);
    const next = list(f.data.models).find(({ ref }) => !used.includes(ref));
    f.asked.sources.push({ ref: text(next?.ref || used[0]), options: {} });
    sourcesChanged(f);
    [...f.sources.querySelectorAll("summary")].pop()?.focus();
  };

  const removeSource = (f, at) => {
    f.asked.sources.splice(at, 1);
    sourcesChanged(f);
    f.add.focus();
  };

  const setSource = (f, source, ref) => {
    source.ref = ref;
    changed(f);
  };

  const named = (f, id) => {
    f.asked.id = id;
    changed(f);
  };

  /** Ranges that were typed speak of other sources now. */
  const sourcesChanged = (f) => {
    const free = pictured(f, "ranges");
    if (free) delete f.asked.settings[free.name];
    drawSources(f);
    drawSettings(f);
    changed(f);
  };

  const builderChosen = (f, name) => {
    f.asked = { builder: name, sources: f.asked.sources, settings: {}, id: "", preset: "" };
    const { most, options } = builderOf(f);
    const names = options.map((each) => each.name);
    f.asked.sources = f.asked.sources.slice(0, most ?? undefined).map((source) => ({
      ref: source.ref,
      options: Object.fromEntries(
        Object.entries(source.options || {}).filter(([option]) => names.includes(option)),
      ),
    }));
    begin(f);
    f.plan = {}; // the one before says nothing of this builder
    drawForm(f);
    changed(f);
  };

  /** What cannot be done without stands in the form; a model is not to learn from itself alone. */
  const begin = (f) => {
    const { settings, start } = builderOf(f);
    Object.assign(f.asked.settings, start.settings);
    const learners = settings
      .filter((each) => each.kind === "model")
      .map((each) => start.settings[each.name]);
    if (f.asked.sources.every(({ ref }) => learners.includes(ref)))
      f.asked.sources = plain(start).sources;
  };

  const submit = (f) => {
    clearTimeout(f.timer);
    fill(f.refusal);
    say(f.note, "");
    drawRunning(f, true);
    keep(f);
    f.begun = standing(f);
    f.trigger("submit", { asked: told(f) });
  };

  // Drawing

  const drawRunning = (f, running) => {
    if (f.running && !running) say(f.note, ""); // it was of stopping
    const inside = [f.run, f.stop].includes(document.activeElement);
    f.running = running;
    f.stop.disabled = !running;
    drawReady(f);
    if (inside) (running ? f.stop : f.run).focus();
  };

  /** Build can be pressed, or the note says why not. */
  const drawReady = (f) => {
    const plan = f.plan;
    const away = plan.error && !plan.fetches;
    const why = !f.data.builds
      ? "build-not-here"
      : away || plan.refused
        ? "build-plan-refused"
        : "";
    f.run.disabled = f.running || Boolean(why);
    say(f.run, t(f.paused ? "build-go-on" : "build-run"));
    f.aside.hidden = !f.paused || f.running;
    if (why) say(f.note, t(why));
    else if (f.running || f.paused) return;
    else if (plan.other) say(f.note, t("build-taken-by-another", { id: text(plan.id) }));
    else if (plan.left_at) say(f.note, t("build-left-at", { id: text(plan.id), ...plan.left_at }));
    else if (plan.taken) say(f.note, t("build-taken", { id: text(plan.id) }));
  };

  const drawForm = (f) => {
    drawChoices(f);
    drawSources(f);
    drawSettings(f);
    drawName(f);
    drawPlan(f);
    tellSources(f);
  };

  const drawPlan = (f) => {
    drawStack(f);
    drawFigures(f);
    drawFindings(f);
    f.id.placeholder = text(f.plan.id);
    drawReady(f);
  };

  /** A plan of what stood here before is none of what stands here now. */
  const planned = (f, plan, of) => {
    if (of !== undefined && of !== f.serial) return;
    f.root.classList.remove("fl-is-planning");
    f.plan = plan.error && f.plan.layers ? { ...plan, layers: f.plan.layers } : plan;
    drawPlan(f);
  };

  window.FusionLab.build = (element, value, trigger) => {
    const f = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) f.trigger = trigger;
    const anew = given.builders && f.filled !== given.filled;
    if (anew) {
      f.filled = given.filled;
      f.data = given;
      f.asked = plain(given.chosen);
      f.plan = given.plan || {};
      f.built = text(given.built);
      f.paused = given.left_at;
      f.serial += 1;
      say(f.note, ""); // what it said was of the set-up before
      const left = list(given.left_out);
      say(f.left, left.length ? t("build-left-out", { n: left.length, names: said(left) }) : "");
      drawForm(f);
      tellOthers(false); // a result that is the same as before is not drawn anew
    } else if (given.plan) planned(f, given.plan, given.of);
    if (given.built) f.built = text(given.built);
    if (given.built) keep(f);
    if ("left_at" in given) f.paused = given.left_at;
    if (anew) f.shown = standing(f);
    else if (given.built) Object.assign(f.shown, f.begun, { built: f.built, paused: f.paused });
    if (given.brought) brought(f, text(given.brought));
    if (typeof given.running === "boolean") drawRunning(f, given.running);
    if (given.refused) refuse(f.refusal, given.refused, f.root);
    if (given.stopped) say(f.note, t("build-resume"));
  };
})();
