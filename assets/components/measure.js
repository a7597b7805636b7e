/**
 * The form of a benchmark: a suite, members, methods, how many questions; Run and Stop.
 *
 * `FusionLab.measure(element, value, trigger)`: a value with another `filled` than before fills the
 * form anew; others change `running`, `stopped` and `refused` ({message, hint}). What a visitor
 * does is told as "input" and "submit" (both with the set-up) and "stop". A suite brings members
 * that can solve it, and those that cannot leave. The document hears "fusionlab-measure", with
 * whether the set-up is another one than that of the report below.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, list, number, say, state, swatch, term, text, whole } = FusionLab.core;
  const { button, fields } = FusionLab.measuring;
  const { said, t } = FusionLab.words;
  const MOMENT = 300;
  const WIDE = 900;

  /** The rooms of the form, empty. */
  const make = () => {
    const f = { data: {}, members: [], shown: "", timer: 0, running: false, trigger: () => {} };
    fields(f);
    f.run = button("measure-run", "fl-run");
    f.stop = button("measure-stop", "fl-run fl-stop");
    f.stop.disabled = true;
    f.summary = el("span", { class: "fl-measure-summary", dir: "auto" });
    f.note = el("p", { class: "fl-measure-note", role: "status" });
    f.refusal = el("div", { class: "fl-measure-refusal", role: "alert" });
    f.fold = el(
      "details",
      { class: "fl-measure-setup" },
      el(
        "summary",
        { class: "fl-summary" },
        el("span", { class: "fl-measure-word" }, t("measure-setup")),
        f.summary,
      ),
      f.fields,
    );
    f.fold.open = window.innerWidth >= WIDE;
    f.root = el(
      "div",
      { class: "fl-measure-bar" },
      el(
        "div",
        { class: "fl-measure-head" },
        el("h1", { class: "fl-measure-title" }, t("measure-title")),
        el("p", { class: "fl-help" }, t("measure-intro")),
        el(
          "p",
          { class: "fl-help" },
          t("bench-explained"),
          " ",
          term("benchmark", t("measure-benchmark")),
          " · ",
          term("suite", t("measure-suite-term")),
          " · ",
          term("equal-compute", t("bench-baseline")),
        ),
      ),
      f.fold,
      f.note,
      f.refusal,
      el("div", { class: "fl-measure-buttons" }, f.run, f.stop),
    );
    listen(f);
    return f;
  };

  const listen = (f) => {
    f.run.addEventListener("click", () => submit(f));
    f.stop.addEventListener("click", () => {
      f.stop.disabled = true;
      f.trigger("stop", {});
    });
    f.add.addEventListener("click", () => addMember(f));
    f.suite.addEventListener("change", () => suiteChosen(f));
    f.chips.addEventListener("click", (event) => {
      const remove = event.target.closest("button");
      if (remove) removeMember(f, remove.value);
    });
    f.wanted.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      addMember(f);
    });
    for (const control of [f.source, f.items, f.baseline, f.more, f.methods]) {
      control.addEventListener("input", () => changed(f));
    }
  };

  // What is chosen

  const suiteOf = (f) =>
    list(f.data.suites).find((suite) => suite.name === f.suite.value) ||
    list(f.data.suites)[0] ||
    {};

  /** The set-up as the form says it. */
  const read = (f) => ({
    suite: f.suite.value,
    data: suiteOf(f).source === null ? "" : f.source.value.trim(),
    members: [...f.members],
    methods: [...f.methods.querySelectorAll("input:checked")].map((box) => box.value),
    items: Number(f.items.value),
    baseline: f.baseline.checked,
    more: f.more.value,
  });

  /** Whether this model is known, and known to solve nothing of the suite. */
  const unfit = (f, ref) => {
    const known = list(f.data.models).includes(ref);
    return known && !list(suiteOf(f).solvers).includes(ref);
  };

  const changed = (f) => {
    fill(f.refusal);
    drawSummary(f);
    const asked = read(f);
    const other = JSON.stringify(asked) !== f.shown;
    document.dispatchEvent(new CustomEvent("fusionlab-measure", { detail: { changed: other } }));
    clearTimeout(f.timer);
    f.timer = setTimeout(() => f.trigger("input", asked), MOMENT);
  };

  /** Members that can solve the new suite stay; the others make room for those it brings. */
  const suiteChosen = (f) => {
    const suite = suiteOf(f);
    const removed = f.members.filter((ref) => unfit(f, ref));
    const stay = f.members.filter((ref) => !unfit(f, ref));
    const brings = removed.length || !stay.length ? list(suite.brings).map(text) : [];
    f.members = [...new Set([...stay, ...brings])].slice(
      0,
      Math.max(stay.length, list(suite.brings).length),
    );
    f.items.value = whole(suite.items, 100);
    f.source.value = suite.lacks ? "" : text(suite.source);
    drawSuite(f);
    drawMembers(f);
    const names = removed.join(t("and-next"));
    say(f.note, removed.length ? t("measure-brought", { removed: names }) : "");
    changed(f);
  };

  const addMember = (f) => {
    const ref = f.wanted.value.trim();
    if (!ref) return;
    const refused = f.members.includes(ref)
      ? "measure-already"
      : unfit(f, ref)
        ? "measure-cannot-solve"
        : "";
    say(f.note, refused ? t(refused, { member: ref }) : "");
    if (refused) return;
    f.members.push(ref);
    f.wanted.value = "";
    drawMembers(f);
    changed(f);
  };

  const removeMember = (f, ref) => {
    f.members = f.members.filter((member) => member !== ref);
    say(f.note, "");
    drawMembers(f);
    changed(f);
    (f.chips.querySelector("button") || f.wanted).focus();
  };

  /** What is missing, as the key of the sentence that says so. */
  const missing = (f, asked) => {
    const most = whole(f.data.limits?.items, 100000);
    if (!asked.members.length) return ["measure-needs-members"];
    if (!asked.methods.length && !asked.more.trim()) return ["measure-needs-methods"];
    if (suiteOf(f).lacks && !asked.data) return ["measure-needs-data"];
    const fits = Number.isInteger(asked.items) && asked.items >= 1 && asked.items <= most;
    return fits ? null : ["measure-needs-items", { most }];
  };

  const submit = (f) => {
    if (f.wanted.value.trim()) addMember(f);
    const asked = read(f);
    const lacks = missing(f, asked);
    if (lacks) {
      const [key, values] = lacks;
      refuse(f, { message: t(key, values), hint: t(`${key}.hint`) });
      return;
    }
    clearTimeout(f.timer);
    fill(f.refusal);
    say(f.note, "");
    f.shown = JSON.stringify(asked);
    document.dispatchEvent(new CustomEvent("fusionlab-measure", { detail: { changed: false } }));
    drawRunning(f, true);
    if (window.innerWidth < WIDE) f.fold.open = false;
    FusionLab.kept.note("measure", { asked, query: "tab=measure" });
    f.trigger("submit", asked);
  };

  // Drawing

  /** What is to be fixed first, where it is to be fixed. */
  const refuse = (f, refused) => {
    f.fold.open = true;
    FusionLab.fields.refuse(f.refusal, refused);
  };

  const drawRunning = (f, running) => {
    f.running = running;
    f.run.disabled = running;
    f.stop.disabled = !running;
  };

  const drawSummary = (f) => {
    const asked = read(f);
    const values = {
      members: asked.members.length,
      methods: asked.methods.length,
      items: number(asked.items),
    };
    say(f.summary, t("measure-summary", { suite: said(suiteOf(f).title), ...values }));
  };

  /** The suites that are ready, then those whose data must be named. */
  const drawSuites = (f) => {
    const option = (suite) => el("option", { value: text(suite.name) }, said(suite.title));
    const part = (key, lacks) => {
      const suites = list(f.data.suites).filter((suite) => Boolean(suite.lacks) === lacks);
      const options = el("optgroup", null, suites.map(option));
      options.label = t(key);
      return suites.length ? options : null;
    };
    fill(f.suite, part("measure-suites-ready", false), part("measure-suites-lacking", true));
  };

  const drawSuite = (f) => {
    const suite = suiteOf(f);
    const reads = suite.source !== null && suite.source !== undefined;
    const data =
      reads && t(suite.lacks ? "measure-lacks" : "measure-fetches", { source: text(suite.source) });
    fill(f.about, suite.about ? t(suite.about) : t("measure-suite-help"), data ? ` ${data}` : null);
    f.sourceField.hidden = !reads;
    fill(
      f.known,
      list(suite.solvers).map((ref) => el("option", { value: text(ref) })),
    );
    f.wanted.placeholder = t("measure-member-add.placeholder", {
      example: text(list(suite.solvers)[0] || "smollm2-135m"),
    });
  };

  const drawMembers = (f) =>
    fill(
      f.chips,
      f.members.map((ref, at) =>
        el(
          "li",
          { class: "fl-measure-chip" },
          swatch(at),
          el("span", { class: "fl-measure-ref", title: ref, dir: "auto" }, ref),
          el(
            "button",
            {
              class: "fl-measure-remove",
              type: "button",
              value: ref,
              "aria-label": t("measure-remove", { member: ref }),
            },
            "×",
          ),
        ),
      ),
    );

  const drawMethods = (f, ticked) =>
    fill(
      f.methods,
      list(f.data.methods).map((method) => {
        const title = said(method.title);
        const box = el("input", { class: "fl-radio", type: "checkbox", value: text(method.name) });
        box.checked = ticked.includes(method.name);
        const code =
          title === method.name ? null : el("code", { class: "fl-code" }, text(method.name));
        const named = el("span", { class: "fl-measure-title-code" }, title, code);
        return el("label", { class: "fl-choice" }, box, named);
      }),
    );

  /** The form says this set-up. */
  const write = (f, asked) => {
    f.suite.value = text(asked.suite);
    f.members = list(asked.members).map(text);
    f.items.value = whole(asked.items, 100);
    f.source.value = text(asked.data);
    f.baseline.checked = asked.baseline !== false;
    f.more.value = text(asked.more);
    drawSuite(f);
    drawMembers(f);
    drawMethods(f, list(asked.methods));
    drawSummary(f);
    f.shown = JSON.stringify(read(f));
  };

  const filled = (f) => {
    drawSuites(f);
    const most = f.data.limits?.items;
    f.items.max = whole(most, 100000);
    say(f.most, most ? t("measure-items-most", { most }) : "");
    f.more.placeholder = list(f.data.methods)
      .slice(0, 2)
      .map((method) => text(method.line))
      .join("\n");
    write(f, f.data.chosen || {});
  };

  window.FusionLab.measure = (element, value, trigger) => {
    const f = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) f.trigger = trigger;
    if (given.suites && f.filled !== given.filled) {
      f.filled = given.filled;
      f.data = given;
      filled(f);
    }
    if (typeof given.running === "boolean") drawRunning(f, given.running);
    if (given.refused) refuse(f, given.refused);
    if (given.stopped) say(f.note, t("measure-resume"));
  };
})();
