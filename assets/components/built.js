/**
 * The model that was built, and all that were built here; each can be met in another tab. Below
 * them those that came with the app, and how they learned.
 *
 * `FusionLab.built(element, {built, path, models, removed, refused, exported, came, taught},
 * trigger)`: a link tells "select" ({query}), a model of the shelf that is to be shown "input"
 * ({open}), one that came with the app "input" ({taught}), one that is to be taken away as a file
 * "submit" ({export, kind}), and removing, once it is agreed to, "submit" ({remove}). "input"
 * ({gguf}) asks whether a model can be had as GGUF, `gguf` is the answer `{id, refused}`.
 * `exported` is the file `{id, name, path}`, `came` and `taught` are what `FusionLab.taught` draws.
 * The document hears "fusionlab-offered", with the models that there are now, for all pickers, and
 * "fusionlab-removed" with the `id` of one that is gone.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, bytes, count, el, fill, folded, list, own, say, seconds, set, state, text, uid } =
    FusionLab.core;
  const { refuse } = FusionLab.fields;
  const { builderTitle } = FusionLab.building;
  const { said, t } = FusionLab.words;

  const make = () => {
    const s = { trigger: () => {}, opening: "", models: "", answers: {} };
    s.card = el("div");
    s.note = el("p", { class: "fl-note", role: "status", tabindex: "-1" });
    s.file = el("p", { role: "status", hidden: true });
    s.refusal = el("div", { role: "alert" });
    s.rows = el("ul", { class: "fl-built-rows" });
    s.rungs = el("ul", { class: "fl-built-rows" });
    s.made = folded("", el("div", null, s.rungs));
    s.shelf = folded("", s.rows, s.made);
    s.taught = FusionLab.taught((ref) => s.trigger("input", { taught: ref }));
    s.stale = el("p", { class: "fl-measure-note", role: "status" }, t("built-stale"));
    s.stale.hidden = true;
    s.root = el(
      "div",
      { class: "fl-stage fl-built-stage" },
      s.stale,
      s.card,
      s.note,
      s.file,
      s.refusal,
      s.shelf,
      s.taught.root,
    );
    document.addEventListener("fusionlab-build", ({ detail }) => {
      s.stale.hidden = !detail.stale || !s.card.firstChild;
      s.card.classList.toggle("fl-built-stale", !s.stale.hidden);
    });
    return s;
  };

  /** A link of the app: it opens its tab here, and elsewhere it is an address like any other. */
  const link = (s, { name, query }) => {
    const node = el("a", { class: "fl-plain fl-built-link" }, t(`built-${text(name)}`));
    node.href = `?${text(query)}`;
    node.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      s.trigger("select", { query });
      window.scrollTo({ top: 0 });
    });
    return node;
  };

  const facts = (built) =>
    [
      [
        "parameters",
        t("build-parameters", { n: built.parameters, count: count(built.parameters) }),
      ],
      ["bytes", bytes(built.bytes)],
      ["lineage", list(built.lineage).join(t("and-next"))],
      ["licence", text(built.licence) || t("build-licence-none")],
      ["seconds", built.seconds > 0 && !built.recorded ? seconds(built.seconds) : ""],
    ].filter(([, value]) => value);

  const drawCard = (s, built, path) => {
    if (!built) {
      fill(s.card);
      return;
    }
    fill(
      s.card,
      el("h2", { class: "fl-title" }, t(built.recorded ? "built-title-recorded" : "built-title")),
      el("p", { class: "fl-built-name" }, text(built.reference)),
      el(
        "dl",
        { class: "fl-build-figures" },
        facts(built).map(([name, value]) =>
          el("div", null, el("dt", null, t(`build-fact-${name}`)), el("dd", null, value)),
        ),
      ),
      list(built.sentences).map((each) => el("p", { class: "fl-sentence" }, said(each))),
      built.recorded
        ? el("p", { class: "fl-help" }, t("built-recorded-help"))
        : el(
            "div",
            { class: "fl-built-links", role: "group", "aria-label": t("built-links") },
            list(built.links).map((each) => link(s, each)),
          ),
      list(built.mixed).length ? FusionLab.mixed(built.mixed) : null,
      built.lowered ? FusionLab.lowered(built.lowered) : null,
      path ? FusionLab.path(path) : null,
      built.proof ? FusionLab.proof(built.proof) : null,
    );
  };

  /** Whoever asked to see the model is brought to it. */
  const seen = (s) => {
    const title = s.opening && s.shown?.id === s.opening && s.card.querySelector("h2");
    if (!title) return;
    s.opening = "";
    title.tabIndex = -1;
    title.focus();
  };

  /** The shelf anew; whoever was on it stays there, or hears what became of a model. */
  const drawShelf = (s, models) => {
    const key = JSON.stringify(models);
    if (key === s.models) return;
    s.models = key;
    s.answers = {};
    const within = s.shelf.contains(document.activeElement);
    s.shelf.hidden = !models.length;
    say(s.shelf.querySelector("summary"), t("built-shelf", { n: models.length }));
    const rungs = models.filter((model) => model.rung);
    fill(
      s.rows,
      models.filter((model) => !model.rung).map((model) => row(s, model)),
    );
    fill(
      s.rungs,
      rungs.map((model) => row(s, model)),
    );
    s.made.hidden = !rungs.length;
    say(s.made.querySelector("summary"), t("built-rungs", { n: rungs.length }));
    if (within && !s.shelf.contains(document.activeElement)) s.lost = true;
  };

  /** The file that was asked for, as a link to take it away. */
  const drawFile = (s, file) => {
    s.file.hidden = !file;
    if (!file) return;
    const link = el("a", { class: "fl-link" }, t("built-exported", { name: text(file.name) }));
    link.href = `${text(window.gradio_config?.root)}/gradio_api/file=${encodeURI(text(file.path))}`;
    link.download = text(file.name);
    fill(s.file, link);
    if (s.taking !== text(file.path)) link.focus();
    s.taking = text(file.path);
  };

  /** A button that gives way to what it asks: `fill` has what stands there instead. */
  const asking = (key, id, name = "", opened = () => {}) => {
    const group = el("div", { class: "fl-built-ask", role: "group", hidden: true });
    const opens = button(t(`built-${key}`), `fl-plain ${name}`, () => swap(true));
    const swap = (open) => {
      group.hidden = !open;
      opens.hidden = open;
      if (open) opened();
      (open ? group.querySelector("button") : opens).focus();
    };
    opens.setAttribute("aria-label", t(`built-${key}-what`, { id }));
    return { group, opens, close: () => swap(false) };
  };

  /** As which file the model is to be taken away; as GGUF once it is known that it can be. */
  const taking = (s, id) => {
    const asked = asking("export", id, "", () => {
      answer(null);
      s.trigger("input", { gguf: id });
    });
    const kind = (name) =>
      button(t(`built-export-${name}`), "fl-plain", () => {
        asked.close();
        s.trigger("submit", { export: id, kind: name });
      });
    const gguf = kind("gguf");
    const why = el("p", { class: "fl-help fl-built-why", id: uid(), role: "status" });
    set(gguf, { "aria-describedby": why.id });
    const answer = (told) => {
      gguf.disabled = !told || Boolean(told.refused);
      say(why, told ? said(told.refused?.message) : t("built-gguf-asked"));
      why.hidden = !why.textContent;
    };
    s.answers[id] = answer;
    fill(
      asked.group,
      el("span", null, t("built-export-ask", { id })),
      kind("zip"),
      gguf,
      button(t("built-export-not"), "fl-plain", asked.close),
      why,
    );
    return asked;
  };

  /** Removing is asked about where the button was. */
  const row = (s, model) => {
    const id = text(model.id);
    const take = taking(s, id);
    const remove = asking("remove", id, "fl-remove");
    const open = button(t("built-open"), "fl-plain", () => {
      s.opening = text(model.id);
      if (s.shown && !s.shown.recorded && s.shown.id === s.opening) seen(s);
      else s.trigger("input", { open: text(model.id) });
    });
    open.setAttribute("aria-label", t("built-open-what", { id: text(model.id) }));
    const heirs = list(model.heirs);
    fill(
      remove.group,
      el(
        "span",
        null,
        t("built-remove-ask", { id }),
        heirs.length ? ` ${t("built-heirs", { heirs: heirs.join(t("and-next")) })}` : "",
      ),
      button(t("built-keep"), "fl-plain", remove.close),
      button(t("built-remove-yes"), "fl-plain fl-remove", () =>
        s.trigger("submit", { remove: id }),
      ),
    );
    return el(
      "li",
      { class: "fl-built-row" },
      el(
        "div",
        { class: "fl-built-what" },
        el("strong", null, text(model.reference)),
        el(
          "span",
          { class: "fl-small" },
          [builderTitle(model.builder), bytes(model.bytes), list(model.lineage).join(", ")]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      el("span", { class: "fl-built-acts" }, open, take.opens, remove.opens),
      take.group,
      remove.group,
    );
  };

  window.FusionLab.built = (element, value, trigger) => {
    const s = state(element, make);
    const given = value && typeof value === "object" ? value : {};
    if (trigger) s.trigger = trigger;
    drawCard(s, given.built, given.path);
    s.stale.hidden = true;
    s.card.classList.remove("fl-built-stale");
    const models = list(given.models);
    drawShelf(s, models);
    say(s.note, given.removed ? t("built-removed", { id: text(given.removed) }) : "");
    s.note.hidden = !given.removed;
    drawFile(s, given.exported);
    if (given.gguf) own(s.answers, text(given.gguf.id))?.(given.gguf);
    refuse(s.refusal, given.refused);
    const gone = text(given.removed);
    if (gone && gone !== s.removed)
      document.dispatchEvent(new CustomEvent("fusionlab-removed", { detail: { id: gone } }));
    s.removed = gone;
    if (given.offered)
      document.dispatchEvent(new CustomEvent("fusionlab-offered", { detail: given.offered }));
    s.taught.draw(given.came, given.taught);
    const came = list(given.came).length;
    s.root.hidden = !given.built && !models.length && !given.removed && !came;
    s.shown = given.built;
    seen(s);
    if (s.lost && given.removed) s.note.focus();
    s.lost = false;
  };
})();
