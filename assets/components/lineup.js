/**
 * The methods that take part in a comparison: which, how often and with which settings, or why one
 * cannot. `form` is the state of `comparer`.
 */
(() => {
  "use strict";
  const { add, el, fill, list, own, say, text, uid } = window.FusionLab.core;
  const { code, made, titles } = window.FusionLab.fields;
  const { said, t } = window.FusionLab.words;

  /** All methods take part, or none. */
  const everything = (form, on) => {
    const before = new Set(form.choices.map((choice) => choice.method));
    const missing = list(form.data.methods).filter(({ name }) => !before.has(name));
    form.choices = on
      ? [...form.choices, ...missing.map(({ name }) => ({ method: name, settings: {} }))]
      : [];
    form.changed();
  };

  /** How often, and with which settings, a method takes part. */
  const variants = (form, method) => {
    const mine = form.choices.filter((choice) => choice.method === method.name);
    const rows = mine.map((choice) => {
      const n = Object.keys(choice.settings).length;
      const open = el(
        "button",
        { class: "fl-link", type: "button", "aria-haspopup": "dialog" },
        n ? t("recipe-settings-changed", { n }) : t("recipe-settings"),
      );
      open.addEventListener("click", () => form.openDrawer(open, choice));
      if (mine.length < 2) return [open];
      const away = el("button", { class: "fl-link", type: "button" }, t("comparer-leave-out"));
      away.addEventListener("click", () => {
        form.choices = form.choices.filter((each) => each !== choice);
        form.changed();
      });
      return [open, away];
    });
    const title = t("comparer-again.title");
    const more = el("button", { class: "fl-link", type: "button", title }, t("comparer-again"));
    more.addEventListener("click", () => {
      const last = form.choices.lastIndexOf(mine.at(-1));
      form.choices.splice(last + 1, 0, {
        method: method.name,
        settings: { ...mine.at(-1).settings },
      });
      form.changed();
    });
    const open = mine.length && method.settings.length && !form.locked;
    if (!open) return null;
    rows.at(-1).push(more);
    const lines = rows.map((row) => el("span", { class: "fl-comparer-variant" }, row));
    return el("span", { class: "fl-comparer-variants" }, lines);
  };

  /** One method: whether it takes part, or why it cannot. */
  const methodRow = (form, method) => {
    const reason = form.reasons[method.name];
    const control = made("input", { class: "fl-radio", type: "checkbox", id: uid() });
    const taking = form.choices.some((choice) => choice.method === method.name);
    control.checked = taking && !reason;
    control.disabled = Boolean(reason) || form.locked;
    control.addEventListener("change", () => {
      form.choices = control.checked
        ? [...form.choices, { method: method.name, settings: {} }]
        : form.choices.filter((choice) => choice.method !== method.name);
      inOrder(form);
      form.changed();
      document.getElementById(form.ids[method.name])?.focus();
    });
    form.ids[method.name] = control.id;
    const title = titles.method(method.name);
    return el(
      "li",
      { class: `fl-comparer-method${reason ? " fl-comparer-unsuited" : ""}` },
      el(
        "label",
        { class: "fl-choice", for: control.id, title: titles.summary(method) },
        control,
        el("span", null, title),
      ),
      " ",
      code(method.name, title),
      reason ? el("p", { class: "fl-help" }, said(own(reason, "message"))) : variants(form, method),
    );
  };

  /** The choices stand in the order of the methods. */
  const inOrder = (form) => {
    const order = list(form.data.methods).map(({ name }) => name);
    form.choices.sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
  };

  const drawMethods = (form) => {
    form.ids = {};
    const families = new Map();
    for (const method of list(form.data.methods)) {
      const family = text(method.family);
      families.set(family, [...(families.get(family) || []), method]);
    }
    fill(
      form.methods,
      [...families].map(([family, methods]) => {
        const name = titles.family(family);
        return add(
          el("fieldset", { class: "fl-comparer-family" }),
          el("legend", { class: "fl-label" }, name),
          el(
            "ul",
            null,
            methods.map((method) => methodRow(form, method)),
          ),
        );
      }),
    );
    drawCount(form);
  };

  const drawCount = (form) => {
    const taking = form.choices.filter((choice) => !form.reasons[choice.method]).length;
    say(form.count, t("comparer-count", { n: taking }));
  };

  window.FusionLab.lineup = { drawMethods, everything };
})();
