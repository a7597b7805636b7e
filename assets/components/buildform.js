/**
 * The fields of the form that builds: its builder, sources, settings and the new model's name.
 *
 * Each of `FusionLab.buildform.draw…(f)` fills its room of the form `f`; `f.act` is what happens at
 * what a visitor does there. Only what counts with the settings as they stand has a field.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, el, fill, list, own, say, set, text } = FusionLab.core;
  const { made, select } = FusionLab.fields;
  const { counts, valueOf } = FusionLab.asked;
  const { LETTERS, builderSummary, builderTitle, control } = FusionLab.building;
  const { said, t } = FusionLab.words;
  const PLAIN = 2; // options of a source that stand there at once

  const builderOf = (f) =>
    list(f.data.builders).find((each) => each.name === f.asked.builder) ||
    list(f.data.builders)[0] || { settings: [], options: [], least: 1, most: 1 };

  /** The setting of this builder that the picture sets too. */
  const pictured = (f, part) => builderOf(f).settings.find((each) => each.pictured === part);

  /** The selects stay as long as they offer the same: whoever is on one by keys stays there. */
  const drawChoices = (f) => {
    const offered = JSON.stringify([list(f.data.builders).map(({ name }) => name), f.data.presets]);
    if (f.offered !== offered) makeChoices(f);
    f.offered = offered;
    f.how.value = builderOf(f).name;
    f.start.value = text(f.asked.preset);
    say(f.summary, builderSummary(builderOf(f)));
  };

  const makeChoices = (f) => {
    const names = list(f.data.builders).map(({ name }) => ({
      value: name,
      label: builderTitle(name),
    }));
    const builder = select(
      { label: t("build-builder"), groups: [{ options: names }], value: f.asked.builder },
      (name) => f.act.builderChosen(name),
    );
    const starts = list(f.data.presets).map((each) => ({
      value: text(each.id),
      label: said(each.title),
    }));
    const preset = select(
      {
        label: t("recipe-start"),
        none: t("recipe-start.none"),
        groups: [{ options: starts }],
        value: text(f.asked.preset),
      },
      (id) => id && f.trigger("select", { preset: id }),
    );
    [f.how, f.start] = [builder.control, preset.control];
    fill(f.choices, builder.root, starts.length ? preset.root : null);
  };

  /** What stands there only when it is asked for. */
  const more = (key, open, rows) =>
    rows.length
      ? el(
          "details",
          { class: "fl-build-more", open },
          el("summary", { class: "fl-summary" }, t(key)),
          rows,
        )
      : null;

  const drawSources = (f) => {
    const { least, most, options, name } = builderOf(f);
    const several = f.asked.sources.length > 1;
    const shown = options.filter((of) => counts(builderOf(f), f.asked.settings, of));
    const option = (source, of) =>
      control(name, of, own(source.options || {}, of.name), (value) =>
        f.act.setOption(source, of, value),
      );
    /** Whether the option is for this source, or is told of it all the same. */
    const isFor = (source, of) =>
      !of.beside || source.ref.startsWith(of.beside) || own(source.options || {}, of.name);
    const row = (source, at) => {
      const marks = (of) => ({ "data-label": of.name, "data-source": source.ref });
      const given = shown.map((of) => ({ of, node: set(option(source, of), marks(of)) }));
      const fit = () => given.forEach(({ of, node }) => (node.hidden = !isFor(source, of)));
      fit();
      const remove = button(t("build-remove-source"), "fl-plain fl-remove", () =>
        f.act.removeSource(at),
      );
      return el(
        "fieldset",
        { class: `fl-build-source fl-m${at % 6}` },
        el(
          "legend",
          { class: "fl-label" },
          t("build-source", { letter: several ? LETTERS[at] : "none" }),
        ),
        FusionLab.picker(f.data.models, source.ref, (ref) => {
          f.act.setSource(source, ref);
          fit();
        }),
        given.slice(0, PLAIN).map(({ node }) => node),
        more(
          "build-more-options",
          false,
          given.slice(PLAIN).map(({ node }) => node),
        ),
        f.asked.sources.length > least ? remove : null,
      );
    };
    fill(f.sources, f.asked.sources.map(row));
    f.add.hidden = most !== null && f.asked.sources.length >= most;
  };

  /** Settings of the picture, a rule and what it takes stand there; the others on demand. */
  const drawSettings = (f) => {
    const builder = builderOf(f);
    const { settings } = f.asked;
    const row = (of) =>
      el(
        "div",
        { "data-label": of.name },
        control(
          builder.name,
          { ...of, files: f.data.builds, models: f.data.models },
          valueOf(settings, of),
          (value) => f.act.setSetting(of, value),
        ),
      );
    const shown = builder.settings.filter((of) => counts(builder, settings, of));
    const first = (of) =>
      of.group
        ? of.group === "basic"
        : of.pictured || (of.table && !of.every) || (of.kind === "choice" && of.value !== "");
    const rest = shown.filter((of) => !first(of));
    const given = rest.some((of) => valueOf(settings, of) !== undefined);
    const open = given || Boolean(f.settings.querySelector("details")?.open);
    fill(
      f.settings,
      shown.filter(first).map(row),
      more("build-more-settings", open, rest.map(row)),
    );
  };

  const drawName = (f) => {
    f.id = made(
      "input",
      { class: "fl-input", type: "text", id: FusionLab.core.uid() },
      { autocomplete: "off", spellcheck: false, value: text(f.asked.id) },
    );
    f.id.addEventListener("input", () => f.act.named(f.id.value.trim()));
    fill(
      f.name,
      el(
        "div",
        { class: "fl-field", "data-label": "id" },
        el("label", { class: "fl-label", for: f.id.id }, t("build-id")),
        f.id,
        el("p", { class: "fl-help" }, t("build-id-help")),
      ),
    );
  };

  FusionLab.buildform = {
    builderOf,
    drawChoices,
    drawName,
    drawSettings,
    drawSources,
    pictured,
  };
})();
