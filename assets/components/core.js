/**
 * What all views share: nodes, checked values, colours, and state per element; `figures` and
 * `signs` join it.
 *
 * All data is text that a model wrote. It reaches the page as text nodes and attributes of fixed
 * names only; numbers are checked before they become a style.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const SVG = "http://www.w3.org/2000/svg";
  const NARROW = 760;
  const IN_SIGHT = 0.6; // of the height of a phone, where what begins above it can be read
  const PHONE = "(max-width: 45em)"; // where Run sticks to the bottom, as recipe.css has it
  const ATTRIBUTES = new Set([
    "aria-atomic",
    "aria-checked",
    "aria-controls",
    "aria-current",
    "aria-describedby",
    "aria-expanded",
    "aria-haspopup",
    "aria-hidden",
    "aria-invalid",
    "aria-label",
    "aria-labelledby",
    "aria-live",
    "aria-orientation",
    "aria-pressed",
    "aria-selected",
    "aria-valuemax",
    "aria-valuemin",
    "aria-valuenow",
    "aria-valuetext",
    "checked",
    "class",
    "colspan",
    "cx",
    "cy",
    "d",
    "data-label",
    "data-source",
    "dir",
    "for",
    "height",
    "hidden",
    "id",
    "name",
    "open",
    "points",
    "preserveAspectRatio",
    "r",
    "role",
    "scope",
    "tabindex",
    "text-anchor",
    "title",
    "type",
    "value",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
  ]);
  const PALETTE = 6;
  const { t } = FusionLab.words;
  const STATES = new WeakMap();
  let ids = 0;

  /**
   * The node with these attributes set; unknown attribute names are an error, false ones are left
   * out.
   */
  const set = (node, attributes) => {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (!ATTRIBUTES.has(name)) throw new TypeError(`attribute ${name} is not allowed`);
      if (value === false || value === null || value === undefined) node.removeAttribute(name);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    return node;
  };

  /** The node with these children added: nodes as they are, everything else as text. */
  const add = (node, ...children) => {
    for (const child of children.flat(Infinity)) {
      if (child === null || child === undefined || child === false) continue;
      node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return node;
  };

  /** An HTML element. */
  const el = (tag, attributes, ...children) =>
    add(set(document.createElement(tag), attributes), ...children);

  /** A button with this label that calls `act(button)`. */
  const button = (label, classes, act) => {
    const node = el("button", { class: classes, type: "button" }, label);
    node.addEventListener("click", () => act(node));
    return node;
  };

  /** An SVG element. */
  const svg = (tag, attributes, ...children) =>
    add(set(document.createElementNS(SVG, tag), attributes), ...children);

  /** The node with only these children. */
  const fill = (node, ...children) => {
    node.replaceChildren();
    return add(node, ...children);
  };

  /** The node with this text; untouched where it has it already, so that nothing flickers. */
  const say = (node, text) => {
    if (node.textContent !== text) node.textContent = text;
    return node;
  };

  /** `value` where it is a finite number, else `otherwise`. */
  const number = (value, otherwise = 0) =>
    typeof value === "number" && Number.isFinite(value) ? value : otherwise;

  /** `value` as a number from 0 to 1. */
  const unit = (value) => Math.min(1, Math.max(0, number(value)));

  /** `value` where it is a whole number, else `otherwise`. */
  const whole = (value, otherwise = 0) => (Number.isInteger(value) ? value : otherwise);

  /** `value` as text. */
  const text = (value) => (value === null || value === undefined ? "" : String(value));

  /** `value` where it is a list, else an empty one. */
  const list = (value) => (Array.isArray(value) ? value : []);

  /** What `object` holds under `key` of its own, else undefined. */
  const own = (object, key) =>
    object && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;

  /** The node with one custom property set to a checked number. */
  const measure = (node, name, value) => {
    node.style.setProperty(name, String(Math.round(number(value) * 1e4) / 1e4));
    return node;
  };

  /** An identifier that no other element of the page has. */
  const uid = () => `fl-${(ids += 1)}`;

  /** What this element remembers between calls; `make` is called the first time. */
  const state = (element, make) => {
    const old = STATES.get(element);
    if (old) {
      if (!element.contains(old.root)) fill(element, old.root);
      return old;
    }
    const fresh = make();
    STATES.set(element, fresh);
    fill(element, fresh.root);
    return fresh;
  };

  /**
   * The classes that give an element the colour of the member at `index`; -1 is nobody in
   * particular.
   */
  const memberClass = (index) => {
    const i = whole(index, -1);
    if (i < 0) return "fl-nobody";
    return `fl-m${i % PALETTE}${i >= PALETTE ? " fl-again" : ""}`;
  };

  /** The coloured, numbered mark of a member. */
  const swatch = (index) =>
    el(
      "span",
      { class: `fl-swatch ${memberClass(index)}`, "aria-hidden": "true" },
      whole(index, -1) >= 0 ? el("span", { class: "fl-swatch-number" }, whole(index) + 1) : "",
    );

  /** Mark and name of a member. */
  const memberName = (member) =>
    el(
      "span",
      { class: "fl-member" },
      swatch(member.index),
      el(
        "span",
        { class: "fl-member-name", title: text(member.name), dir: "auto" },
        text(member.name),
      ),
    );

  /** Whether a cell says something. */
  const told = (cell) => cell instanceof Node || !["", "–"].includes(text(cell));

  /**
   * A table with a caption; cells may be nodes; the first of each row is its header. A column in
   * which no row says anything is left out.
   */
  const table = (caption, heads, rows) => {
    const kept = heads.map((_, i) => !rows.length || rows.some((row) => told(row[i])));
    const only = (cells) => cells.filter((_, i) => kept[i]);
    return el(
      "div",
      { class: "fl-scroll", tabindex: "0", role: "region", "aria-label": caption },
      el(
        "table",
        { class: "fl-table" },
        el("caption", { class: "fl-caption" }, caption),
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            only(heads).map((head) => el("th", { scope: "col" }, head)),
          ),
        ),
        el(
          "tbody",
          null,
          rows.map((row) =>
            el(
              "tr",
              null,
              only(row).map((cell, i) =>
                i ? el("td", null, cell) : el("th", { scope: "row" }, cell),
              ),
            ),
          ),
        ),
      ),
    );
  };

  /** A section with its heading. */
  const section = (name, title, ...children) => {
    const id = uid();
    return el(
      "section",
      { class: `fl-section fl-${name}`, "aria-labelledby": id },
      el("h2", { class: "fl-title", id }, title),
      children,
    );
  };

  /** Content that opens on demand. */
  const folded = (title, ...children) =>
    el("details", { class: "fl-folded" }, el("summary", { class: "fl-summary" }, title), children);

  /**
   * The details, open or not, tell whenever that changes: at the click, as the event of the browser
   * comes later, when the details may already have been drawn anew.
   */
  const remembered = (details, open, tell) => {
    details.open = open;
    details.querySelector("summary").addEventListener("click", () => tell(!details.open));
    details.addEventListener("toggle", () => tell(details.open));
    return details;
  };

  /** A section that can be folded, and is where there is little room. */
  const unfolding = (name, title, ...children) =>
    el(
      "details",
      { class: `fl-section fl-unfolding fl-${name}`, open: window.innerWidth > NARROW },
      el("summary", null, el("h2", { class: "fl-title" }, title)),
      children,
    );

  /** Whether the reader asked for less motion. */
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** On a phone, where the form comes first, the page goes to this node. */
  const toResult = (node) => {
    if (!window.matchMedia(PHONE).matches) return;
    node.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  };

  /** On a phone what a tap has changed comes into sight, from that node on, if it lies below. */
  const toChanged = (node, from = node) => {
    if (node.getBoundingClientRect().top > window.innerHeight * IN_SIGHT) toResult(from);
  };

  /** The index that a key leads to from `index` among `length`; null for other keys. */
  const keyTarget = (key, index, length) => {
    const targets = {
      ArrowLeft: index - 1,
      ArrowUp: index - 1,
      ArrowRight: index + 1,
      ArrowDown: index + 1,
      Home: 0,
      End: length - 1,
      PageUp: index - 10,
      PageDown: index + 10,
    };
    const target = own(targets, key);
    return target === undefined || !length ? null : Math.min(length - 1, Math.max(0, target));
  };

  /**
   * The sentence of this key as a list of nodes and texts: a value that is a node stands where the
   * sentence has it.
   */
  const woven = (key, values) => {
    const nodes = [];
    const marked = Object.entries(values || {}).map(([name, value]) => {
      if (value instanceof Node) return [name, `\ue000${nodes.push(value) - 1}\ue001`];
      return [name, typeof value === "string" ? value.replace(/[\ue000\ue001]/g, "") : value];
    });
    return t(key, Object.fromEntries(marked))
      .split(/\ue000(\d+)\ue001/)
      .map((part, i) => (i % 2 ? nodes[part] : part))
      .filter((part) => part !== "");
  };

  /**
   * A technical term, as a button that opens its glossary entry; `shown` is what the text says
   * instead of its name.
   */
  const term = (key, shown) => {
    const button = el(
      "button",
      { class: "fl-term", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" },
      shown || t(`term-${key}`),
    );
    button.addEventListener("click", () => FusionLab.terms?.open(button, key));
    return button;
  };

  FusionLab.core = {
    add,
    button,
    calm,
    el,
    fill,
    folded,
    keyTarget,
    list,
    measure,
    memberClass,
    memberName,
    number,
    own,
    remembered,
    say,
    section,
    set,
    state,
    svg,
    swatch,
    table,
    term,
    text,
    toChanged,
    toResult,
    uid,
    unfolding,
    unit,
    whole,
    woven,
  };
})();
