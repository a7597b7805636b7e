/**
 * How the run stands: badges, progress, warnings, and the error that broke it off.
 *
 * `FusionLab.status(element, data)` shows the view it is given; the bar moves in place.
 */
(() => {
  "use strict";
  const {
    bytes,
    count,
    el,
    fill,
    list,
    measure,
    number,
    own,
    percent,
    say,
    seconds,
    set,
    state,
    text,
    unit,
  } = window.FusionLab.core;
  const BADGES = {
    running: "running",
    finished: "finished",
    failed: "failed",
    stopped: "stopped",
    recorded: "recorded",
  };
  const REASONS = {
    end: "The text came to its own end.",
    length: "The text was cut at the token limit.",
    elected: "An answer was elected.",
    linked: "This set-up came with the link. Press Run.",
    waiting: "Waiting for its turn at the models.",
  };
  const UNITS = { bytes, seconds, items: count, "": count };

  /** The rooms of the status, empty. */
  const make = () => {
    const s = { shown: "" };
    s.badges = el("span", { class: "fl-badges" });
    s.words = el("span", { class: "fl-status-words", dir: "auto" });
    s.elapsed = el("span", { class: "fl-elapsed" });
    s.bar = el("span", { class: "fl-progress-bar" });
    s.progress = el(
      "div",
      { class: "fl-progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" },
      s.bar,
    );
    s.notes = el("div", { class: "fl-notes" });
    s.root = el(
      "div",
      { class: "fl-stage fl-status-stage" },
      el("div", { class: "fl-status-line", role: "status" }, s.badges, s.words),
      s.elapsed,
      s.progress,
      s.notes,
    );
    return s;
  };

  /** How far it has come, in words. */
  const far = (progress) => {
    const format = own(UNITS, text(progress.unit)) || count;
    const done = number(progress.done);
    const total = number(progress.total);
    if (total > 0) return `${format(done)} of ${format(total)} · ${percent(done / total)}`;
    return done > 0 ? format(done) : "";
  };

  /** The bar stands where the progress is; without a known end it only moves. */
  const drawProgress = (s, progress) => {
    s.progress.hidden = !progress;
    if (!progress) return;
    const total = number(progress.total);
    const share = total > 0 ? unit(number(progress.done) / total) : 0;
    s.progress.classList.toggle("fl-endless", total <= 0);
    measure(s.bar, "--w", share);
    set(s.progress, {
      "aria-label": text(progress.what),
      "aria-valuenow": total > 0 ? Math.round(100 * share) : false,
    });
  };

  /** Status, what is happening, and for how long. */
  const drawLine = (s, data) => {
    const names = [data.status, data.recorded && "recorded"].filter((name) => own(BADGES, name));
    if (s.shown !== names.join()) {
      s.shown = names.join();
      fill(
        s.badges,
        names.map((name) => el("span", { class: `fl-badge fl-badge-${name}` }, BADGES[name])),
      );
    }
    const progress = data.progress;
    const before = number(data.before);
    const ahead =
      before > 1
        ? `${count(before)} runs come before it.`
        : before === 1
          ? "One run comes before it."
          : "";
    const words = progress
      ? [text(progress.what), far(progress)].filter(Boolean).join(" · ")
      : [own(REASONS, text(data.reason)), ahead].filter(Boolean).join(" ");
    say(s.words, words);
    say(s.elapsed, number(data.elapsed) > 0 ? seconds(data.elapsed) : "");
  };

  /** A card with a message and what to do about it. */
  const note = (kind, title, entry) =>
    el(
      "div",
      { class: `fl-message fl-${kind}`, role: kind === "error" ? "alert" : false },
      el("strong", { class: "fl-message-title" }, title),
      el("p", { class: "fl-message-text", dir: "auto" }, text(entry.message)),
      entry.hint ? el("p", { class: "fl-hint", dir: "auto" }, text(entry.hint)) : null,
    );

  /** The error and all warnings; rebuilt only where they changed. */
  const drawNotes = (s, data) => {
    const key = JSON.stringify([data.error, data.warnings]);
    if (key === s.noted) return;
    s.noted = key;
    fill(
      s.notes,
      data.error
        ? note(
            "error",
            number(data.elapsed) > 0 ? "The run broke off" : "This cannot run as it stands",
            data.error,
          )
        : null,
      list(data.warnings).map((warning) => note("warning", "Please note", warning)),
    );
  };

  /** The status shows this view. */
  window.FusionLab.status = (element, data) => {
    const s = state(element, make);
    const view = data && typeof data === "object" ? data : {};
    s.root.hidden = !view.status;
    drawLine(s, view);
    drawProgress(s, view.progress);
    drawNotes(s, view);
  };
})();
