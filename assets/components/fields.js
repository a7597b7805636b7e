/**
 * Fields of a form, each with its label and its help where it stands, and the names of what is set.
 *
 * A field takes `{label, help, code, value}` and calls `change(value)` with a good value only.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { add, count, el, fill, list, number, set, text, uid } = FusionLab.core;
  const { has, joined: sentences, said, t } = FusionLab.words;
  const SEPARATOR = "---";
  const FAULT = ".fl-fault";
  const WRITTEN = "input:not([type=radio]), select, textarea";

  /** The part of a key that stands for a name: `rouge_l` is `rouge-l`. */
  const keyed = (name) =>
    text(name)
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "-");

  /** The first of these sentences that there is, else the fallback. */
  const first = (keys, fallback) => {
    const found = keys.find(has);
    return found ? t(found) : text(fallback);
  };

  /** A reference in short: what follows its scheme, its owner and precedes its revision. */
  const short = (ref) => {
    const name = text(ref).replace(/^[a-z]+:(?!\/\/)/, "");
    return name.split("/").pop().split("@")[0] || name;
  };

  const titles = {
    method: (name) => first([`method-${keyed(name)}`], name),
    summary: (method) => first([`method-${keyed(method.name)}.summary`], method.summary),
    setting: (method, setting) =>
      first(
        [`setting-${keyed(method)}-${keyed(setting.name)}`, `setting-${keyed(setting.name)}`],
        setting.label,
      ),
    help: (method, setting) =>
      first(
        [
          `setting-${keyed(method)}-${keyed(setting.name)}.help`,
          `setting-${keyed(setting.name)}.help`,
        ],
        setting.help,
      ),
    choice: (setting, value) => first([`choice-${keyed(setting)}-${keyed(value)}`], value),
    about: (setting, value) => first([`choice-${keyed(setting)}-${keyed(value)}.help`], ""),
    model: (ref) => first([`model-${keyed(ref)}`], short(ref)),
    suite: (name) => first([`suite-${keyed(name)}`], name),
    family: (name) => first([`family-${keyed(name)}`], name),
    good: (ref) => first([`model-${keyed(ref)}.good`], ""),
  };

  /** An element with these properties, which are no attributes. */
  const made = (tag, attributes, properties) =>
    Object.assign(el(tag, attributes), properties || {});

  /** The help below a control, which is described by it. */
  const helped = (control, help) => {
    if (!help) return null;
    const id = uid();
    set(control, { "aria-describedby": id });
    return el("p", { class: "fl-help", id }, help);
  };

  /** A name in code, where it says more than the title. */
  const code = (name, title) =>
    name && text(name) !== text(title) ? el("code", { class: "fl-code" }, name) : null;

  /** A labelled control. */
  const field = ({ label, help, code: name }, control, beside) => {
    set(control, { id: uid() });
    return el(
      "div",
      { class: "fl-field" },
      el(
        "div",
        { class: "fl-field-head" },
        el("label", { class: "fl-label", for: control.id }, label),
        code(name, label),
      ),
      el("div", { class: "fl-field-body" }, control, beside),
      helped(control, help),
    );
  };

  /** One line of text. */
  const line = (of, change) => {
    const control = made(
      "input",
      { class: "fl-input", type: "text", dir: "auto", value: of.value },
      { autocomplete: "off", placeholder: of.placeholder || "" },
    );
    control.addEventListener("input", () => change(control.value));
    return field(of, control);
  };

  /** Several lines of text. */
  const lines = (of, change) => {
    const control = made(
      "textarea",
      { class: "fl-input fl-written", dir: "auto" },
      { value: text(of.value), rows: of.rows || 3, placeholder: of.placeholder || "" },
    );
    control.addEventListener("input", () => change(control.value));
    return field(of, control);
  };

  /** The texts of a list as one text: one a line, or parted by lines of `---`. */
  const joined = (items) => {
    const many = items.some((item) => text(item).includes("\n"));
    return items.join(many ? `\n${SEPARATOR}\n` : "\n");
  };

  /** The texts of a list that were written as one. */
  const parted = (written) => {
    const rows = written.split(/\r\n|\r|\n/);
    const cut = rows.some((row) => row.trim() === SEPARATOR);
    const parts = cut
      ? rows
          .map((row) => (row.trim() === SEPARATOR ? "\0" : row))
          .join("\n")
          .split("\0")
      : rows;
    return parts.map((part) => part.trim()).filter(Boolean);
  };

  /** A list of texts. */
  const texts = (of, change) =>
    lines(
      {
        ...of,
        value: joined(list(of.value)),
        rows: 4,
        help: sentences([of.help, t("recipe-list-help")]),
      },
      (written) => change(parted(written)),
    );

  /** A yes or no. */
  const onOff = (of, change) => {
    const control = made("input", { class: "fl-radio", type: "checkbox", id: uid() });
    control.checked = of.value === true;
    control.addEventListener("change", () => change(control.checked));
    return el(
      "div",
      { class: "fl-field" },
      el(
        "div",
        { class: "fl-field-head" },
        el(
          "label",
          { class: "fl-choice", for: control.id },
          control,
          el("span", { class: "fl-label" }, of.label),
        ),
        code(of.code, of.label),
      ),
      helped(control, of.help),
    );
  };

  /** The number that is meant, and which of its bounds refuses it; neither where there is none. */
  const meant = (of, given) => {
    const value = of.whole ? Math.round(given) : given;
    if (!Number.isFinite(value)) return {};
    if (typeof of.least === "number" && value < of.least) return { value, bound: "least" };
    if (typeof of.most === "number" && value > of.most) return { value, bound: "most" };
    return { value };
  };

  /** Whether what was typed is refused, and no more digits can mend it. */
  const isBeyond = ({ value, bound }) => bound === "most" || (bound === "least" && value < 0);

  /** Why a number is refused, and which one stays. */
  const whyNot = (of, { value, bound }, last) => {
    const shown = (n) => text(n).replace("-", "−");
    const values = { value: shown(value), bound: shown(of[bound]), last: shown(last) };
    return t(`recipe-figure-${bound}`, values);
  };

  /**
   * A number, with a slider beside it where it has bounds; `reach` is where the slider ends. One
   * beyond its bounds is refused by the field, and the last good one stays.
   */
  const figure = (of, change) => {
    const control = made("input", { class: "fl-input fl-amount", type: "number" });
    const reach = of.reach ?? of.most;
    const slides = of.slider !== false && typeof of.least === "number" && typeof reach === "number";
    const slider = slides
      ? made("input", { class: "fl-slider", type: "range", "aria-label": of.label })
      : null;
    for (const input of [control, slider].filter(Boolean)) {
      input.step = input === slider ? text(of.step || 1) : of.whole ? "1" : "any";
      if (typeof of.least === "number") input.min = text(of.least);
      const top = input === slider ? reach : of.most;
      if (typeof top === "number") input.max = text(top);
      input.value = text(number(of.value));
      input.addEventListener("input", () => {
        const found = meant(of, input.valueAsNumber);
        refused(isBeyond(found) ? found : {});
        if (found.value === undefined || found.bound) return;
        last = found.value;
        if (input === slider) control.value = text(last);
        else if (slider) slider.value = text(last);
        change(last);
      });
    }
    let last = number(of.value);
    control.addEventListener("change", () => {
      refused(meant(of, control.valueAsNumber));
      control.value = text(last);
      set(control, { "aria-invalid": false });
    });
    const root = field(of, control, slider);
    const why = el("p", { class: "fl-field-refused", id: uid(), role: "status" });
    const help = control.getAttribute("aria-describedby");
    set(control, { "aria-describedby": help ? `${help} ${why.id}` : why.id });
    const refused = (found) => {
      fill(why, found.bound && whyNot(of, found, last));
      set(control, { "aria-invalid": found.bound ? "true" : false });
    };
    root.querySelector(".fl-field-body").after(why);
    return root;
  };

  /** One of several values, each with its title and its code name. */
  const choice = (of, change) => {
    const name = uid();
    const row = (value) => {
      const control = made("input", { class: "fl-radio", type: "radio", name, id: uid() });
      control.checked = value === of.value;
      control.addEventListener("change", () => control.checked && change(value));
      const title = titles.choice(of.code, value);
      const about = titles.about(of.code, value);
      return el(
        "div",
        { class: "fl-option" },
        el("label", { class: "fl-choice", for: control.id }, control, el("span", null, title)),
        code(value, title),
        helped(control, about),
      );
    };
    const group = el("fieldset", { class: "fl-field" });
    return add(
      group,
      el("legend", { class: "fl-label" }, of.label, " ", code(of.code, of.label)),
      helped(group, of.help),
      el("div", { class: "fl-options" }, list(of.choices).map(row)),
    );
  };

  /** One of several values in a closed list; the first row is no value where there is `none`. */
  const select = (of, change) => {
    const control = el("select", { class: "fl-input fl-select" });
    const option = ({ value, label }) => Object.assign(el("option", null, label), { value });
    if (of.none) add(control, option({ value: "", label: of.none }));
    for (const group of of.groups)
      add(
        control,
        group.label
          ? Object.assign(add(el("optgroup"), group.options.map(option)), { label: group.label })
          : group.options.map(option),
      );
    control.value = of.value;
    control.addEventListener("change", () => change(control.value));
    return { root: field(of, control), control };
  };

  /** The field of a setting, whatever its kind. */
  const setting = (method, of, value, change) => {
    const given = {
      ...of,
      value,
      label: titles.setting(method, of),
      help: titles.help(method, of),
      code: of.name,
      whole: of.kind === "integer",
    };
    const kinds = {
      choice,
      switch: onOff,
      list: texts,
      lines,
      integer: figure,
      number: figure,
    };
    return (kinds[of.kind] || line)(given, change);
  };

  /** The fields that are meant; of several of one name the one in which `value` stands, if told. */
  const fieldsOf = (form, { setting: name, option, source, value } = {}) => {
    const rows = [...form.querySelectorAll("[data-label]")].filter(
      ({ dataset: { label, source: of } }) =>
        label === (option || name) && (!option || (source === undefined ? of : of === source)),
    );
    const told = text(value).replace(/^'(.*)'$/, "$1");
    const isIn = (row) =>
      [...row.querySelectorAll(WRITTEN)].some(
        (each) => each.value !== "" && (each.value === told || Number(each.value) === Number(told)),
      );
    return rows.length > 1 && value !== undefined ? rows.filter(isIn).slice(0, 1) : rows;
  };

  /** The fields of the form that a refusal is about say so, the first one why; no others do. */
  const blame = (form, refused) => {
    const described = (each) => text(each.getAttribute("aria-describedby")).split(" ");
    for (const each of form.querySelectorAll("[aria-invalid]")) {
      const ids = described(each).filter((id) => !document.getElementById(id)?.matches(FAULT));
      set(each, { "aria-invalid": false, "aria-describedby": ids.join(" ") || false });
    }
    for (const old of form.querySelectorAll(FAULT)) old.remove();
    const rows = fieldsOf(form, refused?.field);
    if (!rows.length) return;
    const why = el("p", { class: "fl-fault", id: uid(), dir: "auto" }, said(refused.message));
    add(rows[0], why);
    for (const each of rows.flatMap((row) => [...row.querySelectorAll(WRITTEN)])) {
      const ids = [...described(each), why.id].join(" ").trim();
      set(each, { "aria-invalid": "true", "aria-describedby": ids });
    }
    for (let at = rows[0]; form.contains(at); at = at.parentElement)
      if (at.matches("details")) at.open = true;
  };

  /**
   * The room says why something was refused and what to do about it; nothing without `refused`.
   * Where the refusal is about a field of the `form`, that one is marked.
   */
  const refuse = (room, refused, form) => {
    if (form) blame(form, refused);
    const hint = said(refused?.hint);
    fill(
      room,
      refused &&
        el(
          "div",
          { class: "fl-message fl-error" },
          el("strong", { class: "fl-message-title" }, t("recipe-refused")),
          el("p", { class: "fl-message-text", dir: "auto" }, said(refused.message)),
          hint ? el("p", { class: "fl-hint", dir: "auto" }, hint) : null,
        ),
    );
  };

  /**
   * Whether the prompt is short enough to be read; else `before` stands in it again, and the form
   * says why. It is asked before the text is laid out: five megabytes would hold up the page.
   */
  const fits = (form, before) => {
    const most = number(form.data.longest_text);
    const written = form.prompt.value.length;
    if (!(most > 0) || written <= most) return true;
    form.prompt.value = before;
    const values = { written: count(written), most: count(most) };
    refuse(form.refusal, {
      message: t("recipe-too-long", values),
      hint: t("recipe-too-long.hint"),
    });
    return false;
  };

  let offered = null;
  document.addEventListener("fusionlab-offered", ({ detail }) => (offered = detail));

  /** The form offers the models that there are now: some were built or removed since. */
  const offer = (data) => {
    if (!offered || !data.models) return;
    data.models = list(offered.models);
    for (const method of list(data.methods)) method.models = list(offered.suits[method.name]);
  };

  /** The form does so whenever that changes. */
  const following = (form) =>
    document.addEventListener("fusionlab-offered", () => offer(form.data));

  FusionLab.fields = {
    blame,
    code,
    field,
    figure,
    fits,
    following,
    offer,
    line,
    lines,
    made,
    refuse,
    select,
    setting,
    texts,
    titles,
  };
})();
