/**
 * What opens over the page from the recipe: a member's panel and the drawer of settings.
 *
 * Both are native dialogs: Escape closes them, and so does a click beside them. `form` is what
 * recipe.js keeps; `form.changed()` is called at every change.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, el, fill, measure, own, say, spelled, text, uid } = FusionLab.core;
  const { code, figure, line, lines, select, setting, titles } = FusionLab.fields;
  const { engines } = FusionLab.carrying;
  const { has, t } = FusionLab.words;
  const HEAVIEST = 4;
  const SAMPLING = {
    basic: [
      { name: "max_tokens", kind: "integer", least: 1, most: 100000, step: 1 },
      { name: "temperature", kind: "number", least: 0, most: 10, reach: 2, step: 0.05 },
      { name: "seed", kind: "integer", least: 0, most: Number.MAX_SAFE_INTEGER, slider: false },
    ],
    rule: [],
    expert: [
      { name: "top_k", kind: "integer", least: 0, most: 2 ** 31 - 1, reach: 200, step: 1 },
      { name: "top_p", kind: "number", least: 0.05, most: 1, step: 0.05 },
    ],
  };

  /** An empty dialog of the form; `closed` is called whenever it closes. */
  const dialog = (name, closed) => {
    const heading = el("h2", { class: "fl-dialog-title", id: uid() });
    const close = el("button", { class: "fl-plain", type: "button" }, t("recipe-done"));
    const body = el("fieldset", { class: "fl-dialog-body" });
    const root = el(
      "dialog",
      { class: `fl-dialog fl-${name}`, "aria-labelledby": heading.id },
      el("div", { class: "fl-dialog-head" }, heading, close),
      body,
    );
    close.addEventListener("click", () => root.close());
    root.addEventListener("click", (event) => event.target === root && root.close());
    root.addEventListener("close", closed);
    return { root, heading, body };
  };

  /** What computes the member, where there is a choice. */
  const engineOf = (form, member) => {
    const model = form.suiting().find(({ ref }) => ref === member.ref);
    const found = engines(model, form.method());
    if (found.length < 2 && !member.engine) return null;
    const options = [...new Set([...found, member.engine])].filter(Boolean);
    const named = (value) => (has(`recipe-engine-${value}`) ? t(`recipe-engine-${value}`) : value);
    return select(
      {
        label: t("recipe-engine"),
        help: t("recipe-engine.help"),
        none: t("recipe-engine.none"),
        value: member.engine,
        groups: [{ options: options.map((value) => ({ value, label: named(value) })) }],
      },
      (value) => {
        member.engine = value;
        form.changed();
      },
    ).root;
  };

  /** The names of the members in a run: of equal ones the later are numbered; "" where none is. */
  const called = (members) => {
    const taken = new Set();
    return members.map(({ name, ref }) => {
      const wish = text(name) || text(ref);
      let found = wish;
      for (let n = 2; taken.has(found); n += 1) found = `${wish} ${n}`;
      taken.add(found);
      return name ? found : "";
    });
  };

  /** By its field, what a name becomes that another member has as well. */
  const drawTwice = (form, at, room) => {
    const names = called(form.recipe.members);
    const mine = form.recipe.members[at].name;
    const same = form.recipe.members.findLastIndex(({ name }) => name && name === mine);
    const twice = mine && names[same] !== mine;
    say(room, twice ? t("recipe-name-twice", { name: spelled(names[same]) }) : "");
  };

  /** The panel says this member. */
  const drawMember = (form, panel, at) => {
    const member = form.recipe.members[at];
    const method = form.method();
    const remove = el("button", { class: "fl-plain fl-remove", type: "button" });
    add(remove, t("recipe-remove"));
    remove.addEventListener("click", () => form.removed(at));
    const change = (name) => (value) => {
      member[name] = value;
      form.changed();
    };
    const room = el("div", { class: "fl-engine" }, engineOf(form, member));
    const twice = el("p", { class: "fl-field-refused", role: "status" });
    drawTwice(form, at, twice);
    panel.root.className = `fl-dialog fl-panel ${FusionLab.core.memberClass(at)}`;
    fill(panel.heading, t("recipe-member", { number: at + 1 }));
    fill(
      panel.body,
      line({ label: t("recipe-name"), value: member.name, placeholder: member.ref }, (name) => {
        change("name")(name);
        drawTwice(form, at, twice);
      }),
      twice,
      FusionLab.picker(
        form.suiting(),
        member.ref,
        (ref) => {
          Object.assign(member, { ref, engine: "" }); // another model has engines of its own
          form.changed();
          fill(room, engineOf(form, member));
        },
        { servers: form.method().servers },
      ),
      lines(
        {
          label: t("recipe-instruction"),
          help: t("recipe-instruction.help"),
          value: member.system,
          placeholder: t("recipe-instruction.none"),
        },
        change("system"),
      ),
      method.weighted
        ? figure(
            {
              label: t("recipe-weight"),
              help: t("recipe-weight.help"),
              value: member.weight,
              least: 0,
              reach: HEAVIEST,
              step: 0.05,
            },
            change("weight"),
          )
        : null,
      room,
      method.most > 1 ? remove : null,
    );
  };

  /** The panel stands below the chip, inside the window. */
  const place = (panel, chip) => {
    const box = chip.getBoundingClientRect();
    const width = panel.root.getBoundingClientRect().width;
    measure(panel.root, "--x", Math.max(8, Math.min(box.left, window.innerWidth - width - 8)));
    measure(panel.root, "--y", box.bottom + 6);
  };

  /** Opens the panel of the member at this place. */
  const openMember = (form, panel, at, chip) => {
    panel.at = at;
    panel.body.disabled = form.locked;
    drawMember(form, panel, at);
    panel.root.showModal();
    place(panel, chip);
  };

  /** The value of a setting: what the recipe says, else its default. */
  const valueOf = (form, each) => {
    const given = own(form.recipe.settings, each.name);
    return given === undefined ? each.value : given;
  };

  /** Fields of what counts only with another value of another setting stand there only then. */
  const fit = (form, mine) => {
    const method = form.method();
    for (const { each, node } of mine) {
      node.hidden = !FusionLab.asked.counts(method, form.recipe.settings, each);
    }
  };

  /** The fields of one group: the method's, which `known` keeps, then sampling's. */
  const fieldsOf = (form, group, known) => {
    const method = form.method();
    const drawn = SAMPLING[group].map((each) => {
      const most = each.name === "max_tokens" ? { reach: form.data.most_tokens } : {};
      const of = { ...each, ...most, label: each.name };
      return setting("sampling", of, form.recipe.sampling[each.name], (value) => {
        form.recipe.sampling[each.name] = value;
        form.changed();
      });
    });
    const mine = method.settings
      .filter((each) => each.group === group)
      .map((each) => {
        const node = setting(method.name, each, valueOf(form, each), (value) => {
          form.recipe.settings[each.name] = value;
          form.changed();
          fit(form, known);
        });
        known.push({ each, node });
        return node;
      });
    return [...mine, ...drawn];
  };

  /** One group of the drawer; the expert's is folded. */
  const groupOf = (form, group, open, known) => {
    const fields = fieldsOf(form, group, known);
    if (!fields.length) return null;
    const title = el("h3", { class: "fl-subtitle" }, t(`recipe-group-${group}`));
    if (group !== "expert") return el("section", { class: "fl-settings-group" }, title, fields);
    return Object.assign(
      el(
        "details",
        { class: "fl-settings-group" },
        el("summary", { class: "fl-settings-summary" }, title),
        fields,
      ),
      { open },
    );
  };

  /** The drawer shows the settings of the chosen method. */
  const drawSettings = (form, drawer) => {
    const open = Boolean(drawer.body.querySelector("details")?.open);
    fill(drawer.heading, t("recipe-settings-title"));
    const back = el("button", { class: "fl-plain", type: "button" }, t("recipe-usual"));
    back.addEventListener("click", () => {
      form.usual();
      drawSettings(form, drawer);
    });
    const name = text(form.method().name);
    const title = titles.method(name);
    const mine = [];
    fill(
      drawer.body,
      el("p", null, el("strong", null, title), " ", code(name, title)),
      ["basic", "rule", "expert"].map((group) => groupOf(form, group, open, mine)),
      back,
    );
    fit(form, mine);
  };

  /** Opens the drawer. */
  const openSettings = (form, drawer) => {
    drawer.body.disabled = form.locked;
    drawSettings(form, drawer);
    drawer.root.showModal();
  };

  FusionLab.panels = { called, dialog, openMember, openSettings };
})();
