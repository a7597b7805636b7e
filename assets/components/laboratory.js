/**
 * The laboratory: a study, its settings, and its picture while it goes on.
 *
 * `FusionLab.laboratory(element, {studies, models, study, found, running, recorded, …}, trigger)`:
 * a study that is chosen is asked for with "select" ({study}), "submit" ({study, settings}) begins
 * it and "stop" ends it. `FusionLab.studies[name](element, found)` draws a study's picture, and
 * again in place whenever there is a newer one.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, number, own, say, set, state, text } = FusionLab.core;
  const { made, refuse, setting, titles } = FusionLab.fields;
  const { has, said, t } = FusionLab.words;
  const TAB = "inside";
  const LOOKS = 30; // for the tab that an address opens
  const BETWEEN = 100; // milliseconds
  FusionLab.studies = FusionLab.studies || {};

  const titleOf = (name) => (has(`study-${name}`) ? t(`study-${name}`) : text(name));
  const summaryOf = (study) => {
    const key = `study-${text(study?.name)}.summary`;
    return has(key) ? t(key) : text(study?.summary);
  };
  const studyOf = (s) => s.studies.find(({ name }) => name === s.study);

  const make = () => {
    const s = { studies: [], models: [], study: "", settings: {}, shown: {}, rooms: {} };
    s.trigger = () => {};
    s.cards = el("div", {
      class: "fl-lab-cards",
      role: "group",
      "aria-label": t("lab-studies"),
    });
    s.about = el("p", { class: "fl-lab-about" });
    s.paper = made("a", { class: "fl-lab-paper" }, { target: "_blank", rel: "noopener" });
    s.form = el("div", { class: "fl-lab-form" });
    s.usual = button(t("lab-usual"), "fl-plain", () => {
      s.settings = {};
      drawForm(s);
      drawNote(s);
    });
    s.setup = el(
      "details",
      { class: "fl-build-more" },
      el("summary", { class: "fl-summary" }, t("lab-settings")),
      s.form,
      s.usual,
    );
    s.run = button(t("lab-run"), "fl-run", () => begin(s));
    s.stop = button(t("lab-stop"), "fl-run fl-stop", () => {
      s.stop.disabled = true;
      s.trigger("stop", {});
    });
    s.stop.hidden = true;
    s.badge = el("span", { class: "fl-badge fl-badge-recorded" }, t("status-recorded"));
    s.note = el("p", { class: "fl-lab-note", role: "status" });
    s.warnings = el("div", { class: "fl-lab-warnings" });
    s.refusal = el("div", { role: "alert" });
    s.picture = el("div", { class: "fl-lab-picture" });
    s.notes = el("ul", { class: "fl-notice-list" });
    s.notice = el(
      "div",
      { class: "fl-lab-notice" },
      el("h3", { class: "fl-subtitle" }, t("lab-notice")),
      s.notes,
    );
    s.part = el(
      "details",
      { class: "fl-section fl-unfolding fl-lab-part", open: window.innerWidth > 760 },
      el("summary", null, el("h2", { class: "fl-title" }, t("lab-title"))),
      el("p", { class: "fl-note" }, t("lab-intro")),
      s.cards,
      el("div", { class: "fl-lab-head" }, s.about, s.paper),
      s.setup,
      el("div", { class: "fl-lab-buttons" }, s.run, s.stop, s.badge, s.note),
      s.warnings,
      s.refusal,
      s.picture,
      s.notice,
    );
    s.root = el("div", { class: "fl-stage fl-lab-stage" }, s.part);
    s.part.addEventListener("toggle", () => wish(s));
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) wish(s);
    }).observe(s.part);
    return s;
  };

  /** The recording is asked for when it is first seen: most pages never show it. */
  const wish = (s) => {
    if (!s.part.open || !s.study || s.wished === s.study || own(s.shown, s.study)) return;
    s.wished = s.study;
    s.trigger("select", { study: s.study });
  };

  // What is chosen

  const drawCards = (s) =>
    fill(
      s.cards,
      s.studies.map(({ name }) => {
        const node = button(titleOf(name), "fl-lab-card", () => choose(s, name));
        return set(node, { "aria-pressed": name === s.study ? "true" : "false" });
      }),
    );

  const choose = (s, name) => {
    if (name === s.study) return;
    if (s.running) s.trigger("stop", {});
    show(s, name);
    FusionLab.kept?.beside(TAB, { study: name });
    wish(s);
  };

  /** Another study stands there, with what was last seen of it. */
  const show = (s, name) => {
    s.study = name;
    s.settings = {};
    Object.assign(s, { running: false, stopped: false, waits: false, said: null });
    [...s.cards.children].forEach((card, i) =>
      set(card, { "aria-pressed": s.studies[i]?.name === name ? "true" : "false" }),
    );
    const study = studyOf(s);
    say(s.about, summaryOf(study));
    s.paper.hidden = !study?.paper;
    s.paper.href = text(study?.paper);
    say(s.paper, t("lab-paper"));
    fill(s.refusal);
    drawForm(s);
    drawFound(s);
    drawRunning(s, false);
    drawNote(s);
  };

  /** Names of which any number can be ticked. */
  const several = (study, of, value, change) => {
    const chosen = new Set(list(value));
    const row = (name) => {
      const control = made("input", { class: "fl-radio", type: "checkbox" });
      control.checked = chosen.has(name);
      control.addEventListener("change", () => {
        if (control.checked) chosen.add(name);
        else chosen.delete(name);
        change(list(of.choices).filter((each) => chosen.has(each)));
      });
      return el(
        "label",
        { class: "fl-choice" },
        control,
        el("span", null, titles.choice(of.name, name)),
      );
    };
    return el(
      "fieldset",
      { class: "fl-field" },
      el("legend", { class: "fl-label" }, titles.setting(study, of)),
      el("p", { class: "fl-help" }, titles.help(study, of)),
      el("div", { class: "fl-options" }, list(of.choices).map(row)),
    );
  };

  const model = (s, of, value, change) => {
    const chosen = (ref) => {
      none.disabled = ref === ""; // there is nothing to leave out
      change(ref);
    };
    const picker = (ref) => FusionLab.picker(s.models, ref, chosen, { none: t("lab-none") });
    const room = el("div", null, picker(text(value)));
    const none = button(t("lab-leave-out"), "fl-plain", () => {
      fill(room, picker(""));
      room.querySelector("summary").focus();
      chosen("");
    });
    none.disabled = text(value) === "";
    return el(
      "fieldset",
      { class: "fl-build-model" },
      el("legend", { class: "fl-label" }, titles.setting(s.study, of)),
      room,
      of.optional ? none : null,
      el("p", { class: "fl-help" }, titles.help(s.study, of)),
    );
  };

  const control = (s, of) => {
    const value = own(s.settings, of.name) ?? of.value;
    const change = (now) => {
      if (JSON.stringify(now) === JSON.stringify(of.value)) delete s.settings[of.name];
      else s.settings[of.name] = now;
      drawNote(s);
    };
    const node =
      of.kind === "several"
        ? several(s.study, of, value, change)
        : of.kind === "model"
          ? model(s, of, value, change)
          : setting(s.study, of, value, change);
    return set(node, { "data-label": of.name });
  };

  const drawForm = (s) => {
    const fields = list(studyOf(s)?.settings);
    const first = fields.filter((of) => of.group !== "expert");
    const rest = fields.filter((of) => of.group === "expert");
    fill(
      s.form,
      first.map((of) => control(s, of)),
      rest.length
        ? el(
            "details",
            { class: "fl-build-more fl-lab-more" },
            el("summary", { class: "fl-summary" }, t("lab-more")),
            rest.map((of) => control(s, of)),
          )
        : null,
    );
  };

  // How it goes on

  const begin = (s) => {
    fill(s.refusal);
    fill(s.warnings);
    s.asked = { ...s.settings };
    Object.assign(s, { stopped: false, waits: true, said: null });
    drawRunning(s, true);
    drawNote(s);
    s.trigger("submit", { study: s.study, settings: s.asked });
  };

  const drawRunning = (s, running) => {
    const inside = [s.run, s.stop].includes(document.activeElement);
    s.running = running;
    s.run.disabled = running;
    s.stop.disabled = !running;
    s.stop.hidden = !running;
    if (inside) (running ? s.stop : s.run).focus();
  };

  const wordsOf = (s, shown) => {
    if (s.running) {
      if (s.waits) return t("lab-waits");
      const { done, total } = s.far || {};
      const words = said(s.said) || t("lab-working");
      return total > 0 ? t("lab-far", { words, done: number(done), total: number(total) }) : words;
    }
    if (s.stopped) return t("lab-stopped");
    if (shown && JSON.stringify(s.settings) !== shown.settings) return t("lab-changed");
    return shown?.recorded ? t("lab-recorded") : shown ? "" : t("lab-nothing");
  };

  const drawNote = (s) => {
    const shown = own(s.shown, s.study);
    const words = wordsOf(s, shown);
    say(s.note, words);
    s.note.hidden = !words;
    s.badge.hidden = !shown?.recorded || s.running;
    s.usual.hidden = !Object.keys(s.settings).length;
  };

  /** The picture of the study that is chosen; each has a room of its own, which it redraws. */
  const drawFound = (s) => {
    const shown = own(s.shown, s.study);
    const draw = own(FusionLab.studies, s.study);
    s.rooms[s.study] ||= el("div", { class: "fl-lab-room" });
    if (s.picture.firstChild !== s.rooms[s.study]) fill(s.picture, s.rooms[s.study]);
    const notes = list(shown?.found?.sentences);
    s.notice.hidden = !notes.length;
    fill(
      s.notes,
      notes.map((each) => el("li", { dir: "auto" }, said(each))),
    );
    if (shown && draw) draw(s.rooms[s.study], shown.found);
  };

  const drawWarnings = (s, warnings) =>
    fill(
      s.warnings,
      list(warnings).map((each) =>
        el(
          "div",
          { class: "fl-message fl-warning" },
          el("p", { class: "fl-message-text", dir: "auto" }, said(each.message)),
          each.hint ? el("p", { class: "fl-hint", dir: "auto" }, said(each.hint)) : null,
        ),
      ),
    );

  /** The part comes into sight and stays there while the tab above it fills, or until the reader
      moves the page. */
  const bring = (s) => {
    let looks = LOOKS;
    const moved = new AbortController();
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
      window.addEventListener(kind, () => moved.abort(), { signal: moved.signal });
    const look = () => {
      if (moved.signal.aborted) return;
      if (s.root.offsetParent) s.root.scrollIntoView({ block: "start" });
      looks -= 1;
      if (looks > 0) setTimeout(look, BETWEEN);
      else moved.abort();
    };
    s.part.open = true;
    look();
  };

  window.FusionLab.laboratory = (element, value, trigger) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) s.trigger = trigger;
    if (given.studies && !s.studies.length) {
      s.studies = list(given.studies);
      s.models = list(given.models);
      drawCards(s);
      show(s, text(given.study || s.studies[0]?.name));
    }
    if (given.linked && text(given.study) !== s.study) show(s, text(given.study));
    if (given.study && given.study !== s.study) return; // another was chosen since
    if (given.found) {
      const settings = given.recorded ? "{}" : JSON.stringify(s.asked || {});
      s.shown[s.study] = { found: given.found, recorded: given.recorded === true, settings };
      drawFound(s);
    }
    if ("running" in given) {
      const { done, total } = given;
      Object.assign(s, { waits: given.waits === true, stopped: given.stopped === true });
      if (given.said || total) Object.assign(s, { said: given.said, far: { done, total } });
      if (!given.recorded || !s.running) drawRunning(s, given.running === true);
      refuse(s.refusal, given.refused, s.form);
      if (given.warnings) drawWarnings(s, given.warnings);
    }
    drawNote(s);
    if (given.linked) {
      FusionLab.kept?.beside(TAB, { study: s.study });
      bring(s);
    }
  };
})();
