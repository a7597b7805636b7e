/**
 * How the run stands: badges, progress, warnings, and the error that broke it off.
 *
 * `FusionLab.status(element, data)` shows the view it is given; the bar moves in place. What is of
 * a `build` that is over is gone while the form that builds says something else.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { has, said, t } = FusionLab.words;
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
    toResult,
    unit,
  } = FusionLab.core;
  const BADGES = ["queued", "running", "finished", "failed", "stopped", "ready"];
  const UNITS = { bytes, seconds, items: count, "": count };

  /** The rooms of the status, empty. */
  const make = () => {
    const s = { shown: "", view: {} };
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
    document.addEventListener("fusionlab-build", ({ detail }) => {
      if (s.build) s.root.hidden = !s.view.status || (detail.stale && !s.goes);
    });
    return s;
  };

  /** The parts that there are, in one line. */
  const joined = (parts) =>
    parts
      .filter(Boolean)
      .reduce((before, next) => (before ? t("status-joined", { before, next }) : next), "");

  /** How far it has come, in words. */
  const far = (progress) => {
    const format = own(UNITS, text(progress.unit)) || count;
    const done = number(progress.done);
    const total = number(progress.total);
    if (total > 0) {
      const share = percent(done / total);
      return t("status-far", { done: format(done), total: format(total), share });
    }
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
      "aria-label": doing(progress) || t("status-progress"),
      "aria-valuenow": total > 0 ? Math.round(100 * share) : false,
    });
  };

  /** What goes on. */
  const doing = (progress) => said(own(progress, "said")) || text(progress.what);

  /** The place of a run in the queue, and what runs now. */
  const place = (data) => {
    const before = number(data.before);
    const now = text(data.now);
    const name = now.toLowerCase().replace(/[^a-z0-9]/g, "-");
    const key = [`method-${name}`, `builder-${name}`, `study-${name}`, `term-${name}`].find(has);
    const what = key ? t(key) : now;
    return joined([
      before > 0 ? t("status-place", { before }) : t("status-next"),
      now && t("status-now", { what }),
    ]);
  };

  /** What is happening, or how it ended. */
  const wordsOf = (data) => {
    if (data.status === "queued") return place(data);
    if (data.progress) return joined([doing(data.progress), far(data.progress)]);
    return data.said ? said(data.said) : "";
  };

  /** Tokens and seconds so far. */
  const spent = (data) => {
    const n = number(data.tokens);
    return joined([
      n > 0 && t("status-tokens", { n, count: count(n) }),
      number(data.elapsed) > 0 && seconds(data.elapsed),
    ]);
  };

  /** A run that began and then failed broke off; others did not run. */
  const badgeOf = (data) =>
    data.status === "failed" && number(data.elapsed) > 0 ? "broken" : text(data.status);

  const badge = (name) =>
    el(
      "span",
      {
        class: `fl-badge fl-badge-${name === "broken" ? "failed" : name}`,
        title: has(`status-${name}.title`) ? t(`status-${name}.title`) : false,
      },
      t(`status-${name}`),
    );

  /** Status, what is happening, and for how long. */
  const drawLine = (s, data) => {
    const names = [
      BADGES.includes(data.status) && badgeOf(data),
      data.recorded && "recorded",
      data.reloaded && "reloaded",
    ].filter(Boolean);
    if (s.shown !== names.join()) {
      s.shown = names.join();
      fill(s.badges, names.map(badge));
    }
    s.badges.hidden = !names.length;
    s.root.classList.toggle("fl-is-stale", data.status === "stale");
    say(s.words, wordsOf(data));
    say(s.elapsed, spent(data));
  };

  /** A card with a message and what to do about it. */
  const note = (kind, title, entry) =>
    el(
      "div",
      { class: `fl-message fl-${kind}`, role: kind === "error" ? "alert" : false },
      el("strong", { class: "fl-message-title" }, title),
      el("p", { class: "fl-message-text", dir: "auto" }, said(entry.message)),
      said(entry.hint) ? el("p", { class: "fl-hint", dir: "auto" }, said(entry.hint)) : null,
    );

  /** The error and all warnings; rebuilt only where they changed. */
  const drawNotes = (s, data) => {
    const key = JSON.stringify([data.error, data.warnings]);
    if (key === s.noted) return;
    s.noted = key;
    const failed = number(data.elapsed) > 0 ? t("status-broke-off") : t("status-fix");
    fill(
      s.notes,
      data.error ? note("error", failed, data.error) : null,
      list(data.warnings).map((warning) => note("warning", t("status-note"), warning)),
    );
  };

  /** A run that begins is brought into view where it is below the form. */
  const follow = (s, view) => {
    const goes = view.status === "queued" || view.status === "running";
    const begins = goes && !s.goes;
    s.goes = goes;
    if (begins) toResult(s.root);
  };

  /** The status shows this view. */
  window.FusionLab.status = (element, data) => {
    const s = state(element, make);
    const view = data && typeof data === "object" ? data : {};
    s.view = view;
    s.build ||= Boolean(view.build);
    s.root.hidden = !view.status;
    drawLine(s, view);
    drawProgress(s, view.progress);
    drawNotes(s, view);
    follow(s, view);
  };
  Object.assign(window.FusionLab.status, { badge, place });
})();
