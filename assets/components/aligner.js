/**
 * The part of the tab that builds which shows how sources are put together: a text and models, and
 * the picture of what comes of them.
 *
 * `FusionLab.aligner(element, {found, models, most, running, waits, said, stopped, refused},
 * trigger)`: what is asked for is told with "submit" ({asked}), "stop" ends it. The part is folded
 * open where a builder is chosen that puts sources together so.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, say, state, term, text, uid, woven } = FusionLab.core;
  const { following, lines, made, refuse, select } = FusionLab.fields;
  const { said, t } = FusionLab.words;
  const OPENED_BY = "distil";
  const CHOICES = {
    rule: ["mince", "avgce"],
    vocabulary: ["mined", "em"],
    alignment: ["bytes", "warped"],
  };

  /** The laboratory's study of tokenizers, in the language of this page. */
  const toStudy = () => {
    const address = new URL(window.location.href);
    const language = address.searchParams.get("lang");
    address.search = "?tab=inside&study=tokenizers";
    if (language) address.searchParams.set("lang", language);
    return made("a", { class: "fl-lab-paper" }, { href: address.search });
  };

  const make = () => {
    const s = { trigger: () => {}, data: {}, asked: null, shown: "" };
    s.form = el("div", { class: "fl-aligner-form" });
    s.run = button(t("aligned-run"), "fl-plain", () => begin(s));
    s.stop = button(t("aligned-stop"), "fl-plain", () => {
      s.stop.disabled = true;
      s.trigger("stop", {});
    });
    s.stop.hidden = true;
    s.note = el("p", { class: "fl-measure-note", role: "status" });
    s.refusal = el("div", { role: "alert" });
    s.picture = el("div");
    s.setup = el(
      "details",
      { class: "fl-build-more" },
      el("summary", { class: "fl-summary" }, t("aligned-set-up")),
      s.form,
    );
    s.root = el("div", { class: "fl-stage fl-aligner-stage" });
    s.part = el(
      "details",
      { class: "fl-section fl-unfolding fl-aligner-part" },
      el("summary", null, el("h2", { class: "fl-title" }, t("aligned-title"))),
      el(
        "p",
        { class: "fl-note" },
        woven("aligned-intro", {
          aligned: term("tokenizer-alignment", t("aligned-intro.aligned")),
          moved: term("token-map", t("aligned-intro.moved")),
        }),
      ),
      el("p", { class: "fl-note" }, say(toStudy(), t("aligned-study"))),
      s.setup,
      el("div", { class: "fl-aligner-buttons" }, s.run, s.stop, s.note),
      s.refusal,
      s.picture,
    );
    s.root.append(s.part);
    document.addEventListener("fusionlab-sources", ({ detail }) => heard(s, detail));
    return s;
  };

  const heard = (s, detail) => {
    if (detail?.builder === OPENED_BY) s.part.open = true;
  };

  const begin = (s) => {
    fill(s.refusal);
    drawRunning(s, true);
    drawNote(s);
    s.trigger("submit", { asked: s.asked });
  };

  const drawRunning = (s, running) => {
    const inside = [s.run, s.stop].includes(document.activeElement);
    s.data.running = running;
    s.run.disabled = running;
    s.stop.disabled = !running;
    s.stop.hidden = !running;
    if (inside) (running ? s.stop : s.run).focus();
  };

  // The form

  /** The form says something else than what is shown. */
  const changed = (s) => drawNote(s);

  const choiceOf = (s, name) => {
    const values = CHOICES[name].map((value) => ({
      value,
      label: t(`aligned-${name}-${value}`),
    }));
    const given = { label: t(`aligned-${name}`), groups: [{ options: values }] };
    return select({ ...given, value: s.asked[name] }, (value) => {
      s.asked[name] = value;
      changed(s);
    }).root;
  };

  /** A model with its label; `change` is told which is chosen. */
  const modelOf = (s, label, help, ref, change) => {
    const id = uid();
    return el(
      "div",
      { role: "group", "aria-labelledby": id },
      el("p", { class: "fl-label", id }, label),
      help && el("p", { class: "fl-help" }, help),
      FusionLab.picker(s.data.models, ref, (chosen) => {
        change(chosen);
        changed(s);
      }),
    );
  };

  /** A button that changes what is asked, so that the form is drawn anew: keys go on at a model. */
  const act = (s, key, look, change) =>
    button(t(key), look, () => {
      change();
      drawForm(s);
      const place = `.fl-aligner-${key === "aligned-no-trained" ? "trained" : "source"} summary`;
      [...s.form.querySelectorAll(place)].pop()?.focus();
      changed(s);
    });

  const sourceOf = (s, ref, at) =>
    el(
      "div",
      { class: `fl-aligner-source fl-m${at % 6}` },
      modelOf(s, t("aligned-source", { number: at + 1 }), null, ref, (chosen) => {
        s.asked.sources[at] = chosen;
      }),
      el(
        "div",
        { class: "fl-aligner-acts" },
        s.asked.sources.length > 1 &&
          act(s, "build-remove-source", "fl-plain fl-remove", () => s.asked.sources.splice(at, 1)),
        at === s.asked.sources.length - 1 &&
          at + 1 < s.data.most &&
          act(s, "build-add-source", "fl-plain", () => s.asked.sources.push(ref)),
      ),
    );

  /** The model after a training, or none. */
  const trainedOf = (s) => {
    const none = act(s, "aligned-no-trained", "fl-plain fl-remove", () => (s.asked.trained = ""));
    none.hidden = !s.asked.trained;
    const { trained } = s.asked;
    const model = modelOf(s, t("aligned-trained"), t("aligned-trained.help"), trained, (ref) => {
      s.asked.trained = ref;
      none.hidden = !ref;
    });
    const acts = el("div", { class: "fl-aligner-acts" }, none);
    return el("div", { class: "fl-aligner-trained" }, model, acts);
  };

  const drawForm = (s) => {
    const written = lines(
      { label: t("aligned-text"), help: t("aligned-text.help"), value: s.asked.text, rows: 5 },
      (value) => {
        s.asked.text = value;
        changed(s);
      },
    );
    written.classList.add("fl-aligner-text");
    fill(
      s.form,
      written,
      modelOf(s, t("aligned-target"), null, s.asked.target, (ref) => (s.asked.target = ref)),
      s.asked.sources.map((ref, at) => sourceOf(s, ref, at)),
      trainedOf(s),
      Object.keys(CHOICES).map((name) => choiceOf(s, name)),
    );
  };

  // What is shown

  const askedBy = (found) => ({
    text: text(found.text),
    target: text(found.target),
    sources: list(found.sources).map(text),
    rule: text(found.rule),
    vocabulary: text(found.vocabulary),
    alignment: text(found.alignment),
    trained: text(found.trained),
  });

  const drawNote = (s) => {
    const { waits, running, stopped, recorded } = s.data;
    const other = JSON.stringify(s.asked) !== s.shown;
    const words = waits
      ? t("aligned-waits")
      : running
        ? said(s.data.said) || t("aligned-working")
        : stopped
          ? t("aligned-stopped")
          : other
            ? t("aligned-changed")
            : recorded
              ? t("aligned-recorded")
              : "";
    say(s.note, words);
    s.note.hidden = !words;
    s.picture.classList.toggle("fl-aligner-stale", other && !running);
  };

  window.FusionLab.aligner = (element, value, trigger) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) s.trigger = trigger;
    const first = !s.asked;
    Object.assign(s.data, { waits: false, stopped: false, said: null }, given);
    if (first) {
      following(s);
      heard(s, FusionLab.sources);
    }
    if (given.found) {
      FusionLab.aligned(s.picture, given.found);
      const asked = askedBy(given.found);
      if (given.recorded) asked.trained = ""; // it stands where it was recorded
      s.shown = JSON.stringify(asked);
      if (first) {
        s.asked = asked;
        drawForm(s);
      }
    }
    drawRunning(s, Boolean(given.running));
    drawNote(s);
    refuse(s.refusal, given.refused);
  };
})();
