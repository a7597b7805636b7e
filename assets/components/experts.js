/**
 * The text coloured by expert, one token's experts in every layer, and their load.
 *
 * `FusionLab.experts(element, data, trigger)` is called with every message. A message holds the
 * tokens from `start` on; known ones are skipped, a gap is left for a later message, another `run`
 * starts afresh. An expert is told by its number everywhere; its colour only helps to find it.
 * `trigger("select", {sample, position})` is called when the reader picks a token.
 */
(() => {
  "use strict";
  const {
    add,
    el,
    fill,
    isEnd,
    keyTarget,
    list,
    say,
    set,
    spelled,
    state,
    term,
    text,
    toChanged,
    tokenNodes,
    uid,
    whole,
  } = window.FusionLab.core;
  const { drawLoad, makeLoad, ring } = window.FusionLab.load;
  const { denseTold, expertClass, givenIn, LETTERS, steeredIn } = window.FusionLab.marks;
  const { reveal } = window.FusionLab.strip;
  const { joined, t } = window.FusionLab.words;
  const { described, drawToken, makeToken, telling } = window.FusionLab.given;
  const { drawLeanings, makeLeanings } = window.FusionLab.leanings;
  const { drawMap, makeMap } = window.FusionLab.layermap;
  const PAUSE = 200;

  /** Everything shown of one run so far, empty. */
  const blank = () => ({
    run: null,
    layers: [],
    dense: [],
    texts: [],
    apart: [],
    leanings: [],
    sent: 0,
    steps: [],
    nodes: [],
    strips: [],
    grids: [],
    layer: 0,
    spot: null,
    selected: -1,
    following: true,
    done: false,
    shape: "",
    drawn: -Infinity,
  });

  /** The stage with its rooms, empty. */
  const make = () => {
    const s = { ...blank(), trigger: null };
    s.title = el("h2", { class: "fl-title" }, t("experts-title"));
    s.empty = el("p", { class: "fl-empty" }, t("experts-empty"));
    s.legend = el("legend", { class: "fl-subtitle" }, t("experts-layers"));
    s.chooser = el("fieldset", { class: "fl-switch fl-layers", hidden: true }, s.legend);
    s.about = el("p", { class: "fl-note fl-about" });
    s.thinned = el("p", { class: "fl-note fl-thinned", hidden: true });
    s.frames = el("div", { class: "fl-routes" });
    s.follow = el(
      "button",
      { class: "fl-step-button", type: "button", hidden: true },
      t("experts-follow"),
    );
    s.live = el("div", { class: "fl-unseen", "aria-live": "polite", "aria-atomic": "true" });
    s.words = el(
      "p",
      { class: "fl-note" },
      term("expert"),
      " · ",
      term("router"),
      " · ",
      term("gate"),
    );
    s.token = makeToken(s);
    s.chooseLayer = (at) => chooseLayer(s, at);
    s.pick = (index) => pick(s, index);
    s.map = makeMap(s);
    s.load = makeLoad(s);
    s.leaning = makeLeanings(s);
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      el(
        "div",
        { class: "fl-routed" },
        s.title,
        s.words,
        s.chooser,
        s.about,
        s.thinned,
        s.frames,
        s.follow,
      ),
      s.token.section,
      s.map.section,
      s.load.section,
      s.leaning.section,
      s.live,
    );
    s.chooser.addEventListener("change", (event) => chooseLayer(s, Number(event.target.value)));
    s.follow.addEventListener("click", () => {
      s.following = true;
      show(s, s.nodes.length - 1);
      s.nodes[s.selected]?.focus({ preventScroll: true });
      s.follow.hidden = true;
    });
    return s;
  };

  // What comes in

  /** The stage holds what the message brings. */
  const receive = (s, data) => {
    const run = text(data.run);
    if (run !== s.run) clear(s, run);
    s.done = Boolean(data.done);
    s.layers = list(data.layers).map((each) => ({
      layer: whole(each?.layer),
      experts: whole(each?.experts),
      active: whole(each?.active),
      shared: whole(each?.shared),
      weighed: each?.weighed !== false,
      steered: steeredIn(each?.steered),
    }));
    s.dense = list(data.dense).map((layer) => whole(layer));
    s.texts = list(data.texts)
      .slice(0, LETTERS.length)
      .map((each) => ({
        prompt: text(each?.prompt),
        load: list(each?.load),
      }));
    s.apart = list(data.apart);
    s.leanings = list(data.leanings);
    s.sent = whole(data.sent);
    s.plain = data.plain === true;
    takeLayers(s);
    nameStrips(s);
    const start = whole(data.start, 0);
    if (start > s.steps.length) return;
    for (const step of list(data.steps).slice(s.steps.length - start)) append(s, step);
  };

  /** The stage is empty, for another run. */
  const clear = (s, run) => {
    Object.assign(s, blank(), { run });
    for (const room of [s.frames, s.live, s.load.grids]) room.replaceChildren();
    for (const room of [s.chooser, s.follow, s.thinned]) room.hidden = true;
    for (const room of [s.token, s.map, s.load, s.leaning]) room.section.hidden = true;
    say(s.about, "");
  };

  /** One radio button for each layer that has experts. */
  const takeLayers = (s) => {
    const shape = JSON.stringify([s.layers, s.dense, s.plain]);
    if (shape === s.shape) return;
    s.shape = shape;
    s.layer = 0;
    const name = uid();
    s.chooser.hidden = s.layers.length < 2;
    fill(
      s.chooser,
      s.legend,
      s.layers.map((each, i) =>
        el(
          "label",
          { class: "fl-choice" },
          el("input", { type: "radio", name, value: i, class: "fl-radio", checked: i === s.layer }),
          each.layer,
        ),
      ),
    );
    drawAbout(s);
  };

  /** What the colours of the chosen layer mean. */
  const drawAbout = (s) => {
    const at = s.layers[s.layer];
    if (!at) return;
    const values = {
      layer: String(at.layer),
      experts: at.experts,
      active: at.active,
      spot: String(s.spot),
    };
    const key = !at.weighed ? "served" : at.active > 1 ? "several" : "one";
    const about = t(`experts-about-${key}`, values);
    const dense = { n: s.dense.length, layers: denseTold(s.layers, s.dense) };
    const more = [
      at.shared > 0 && t("experts-about-shared", { n: at.shared }),
      s.dense.length > 0 && t("experts-about-dense", dense),
      s.spot !== null && t("experts-about-spot", values),
    ];
    say(s.about, joined([about, ...more]));
  };

  // The texts

  /** The strip of one text, which is made when its first token comes. */
  const stripOf = (s, sample) => {
    if (s.strips[sample]) return s.strips[sample];
    const strip = el("div", {
      class: "fl-strip fl-reading",
      role: "listbox",
      "aria-orientation": "horizontal",
      dir: "auto",
    });
    const head = el("h3", { class: "fl-subtitle" });
    strip.addEventListener("click", (event) => {
      const index = s.nodes.indexOf(event.target.closest(".fl-token"));
      if (index < 0) return;
      pick(s, index);
      toChanged(s.token.section);
    });
    strip.addEventListener("keydown", (event) => walk(s, event, sample));
    s.strips[sample] = { head, strip, indices: [], part: "" };
    add(s.frames, el("div", { class: "fl-route-frame" }, head, strip));
    nameStrips(s);
    return s.strips[sample];
  };

  /** The texts have names where there are two of them; the second may come late. */
  const nameStrips = (s) => {
    const several = s.texts.length > 1;
    s.strips.forEach(({ head, strip }, sample) => {
      const letter = LETTERS[sample];
      head.hidden = !several;
      say(head, several ? t("experts-prompt", { letter, plain: String(s.plain) }) : "");
      set(strip, {
        "aria-label": t(several ? "experts-strip-of" : "experts-strip", {
          letter,
          prompt: spelled(s.texts[sample]?.prompt),
        }),
      });
    });
  };

  /** One more token stands at the end of its text. */
  const append = (s, step) => {
    const sample = Math.min(LETTERS.length - 1, Math.max(0, whole(step?.sample)));
    const own = stripOf(s, sample);
    const index = s.steps.push({ ...step, sample }) - 1;
    const part = step?.prompt ? "" : step?.given ? "given" : "answer";
    if (part && part !== own.part) {
      own.part = part;
      add(own.strip, el("span", { class: "fl-turn", role: "presentation" }, t(`experts-${part}`)));
    }
    const said = isEnd(step?.token)
      ? el("span", { class: "fl-end" }, t("number-end"))
      : tokenNodes(text(step?.text || step?.token));
    const node = el(
      "span",
      { role: "option", id: uid(), tabindex: "-1", "aria-selected": "false" },
      el("span", { class: "fl-said-token" }, said, text(step?.text || step?.token) === "" && "∅"),
      el("span", { class: "fl-number", "aria-hidden": "true" }),
    );
    s.nodes.push(node);
    own.indices.push(index);
    colour(s, index);
    node.classList.toggle("fl-fresh", !s.done);
    add(own.strip, node);
    const breaks = (text(step?.text).match(/\n/g) || []).length;
    for (let i = 0; i < Math.min(breaks, 3); i += 1) own.strip.appendChild(el("br"));
  };

  /** The token wears the chosen layer's expert. */
  const colour = (s, index) => {
    const [step, node] = [s.steps[index], s.nodes[index]];
    const given = givenIn(step, s.layer);
    const dim = s.spot !== null && !given.some((each) => each.expert === s.spot);
    set(node, {
      class: `fl-token fl-given ${expertClass(given[0]?.expert)}${dim ? " fl-dim" : ""}`,
      title: described(s, step),
    });
    say(node.lastChild, given.length ? String(given[0].expert) : "");
  };

  /** The reader colours by the layer at this index. */
  const chooseLayer = (s, at) => {
    s.layer = Math.min(s.layers.length - 1, Math.max(0, whole(at)));
    for (const input of s.chooser.querySelectorAll("input"))
      input.checked = Number(input.value) === s.layer;
    drawAbout(s);
    s.nodes.forEach((_, index) => colour(s, index));
    drawToken(s);
    drawMap(s);
    drawLeanings(s);
    ring(s);
  };

  /** Keys walk through the tokens of one text. */
  const walk = (s, event, sample) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { indices } = s.strips[sample];
    const target = keyTarget(
      event.key,
      Math.max(0, indices.indexOf(s.nodes.indexOf(event.target))),
      indices.length,
    );
    if (target === null) return;
    event.preventDefault();
    pick(s, indices[target]);
  };

  /** The reader chose this token. */
  const pick = (s, index) => {
    const step = s.steps[index];
    if (!step) return;
    s.following = false;
    s.follow.hidden = s.done;
    show(s, index);
    s.nodes[index].focus({ preventScroll: true });
    say(s.live, described(s, step));
    if (s.trigger)
      s.trigger("select", { sample: step.sample, position: whole(step.position, index) });
  };

  /** This token is the selected one; each text can be reached by the Tab key. */
  const show = (s, index) => {
    const old = s.nodes[s.selected];
    if (old) set(old, { "aria-selected": "false" });
    s.selected = index;
    const node = s.nodes[index];
    if (!node) return;
    for (const { indices } of s.strips.filter(Boolean)) {
      const stop = indices.includes(index)
        ? index
        : (indices.find((i) => s.nodes[i].tabIndex === 0) ?? indices[0]);
      for (const i of indices) set(s.nodes[i], { tabindex: i === stop ? "0" : "-1" });
    }
    set(node, { "aria-selected": "true" });
    for (const [name, at] of Object.entries({ back: index - 1, next: index + 1 })) {
      s.root.querySelector(`.fl-go-${name}`)?.classList.remove(`fl-go-${name}`);
      s.nodes[at]?.classList.add(`fl-go-${name}`);
    }
    reveal(node.parentNode, node);
    drawToken(s);
    drawMap(s);
    ring(s);
  };

  /** Of a run too large for the page, of how many tokens it has the experts. */
  const drawThinned = (s) => {
    const of = s.steps.length;
    s.thinned.hidden = s.sent >= of;
    say(s.thinned, s.sent < of ? t("experts-thinned", { n: s.sent, of }) : "");
  };

  /** Load and newest token are drawn; while the run goes on, with a pause after each time. */
  const refresh = (s) => {
    clearTimeout(s.timer);
    const wait = s.done ? 0 : s.drawn + PAUSE - performance.now();
    if (wait > 0) {
      s.timer = setTimeout(() => refresh(s), wait);
      return;
    }
    drawLoad(s);
    drawLeanings(s);
    drawThinned(s);
    if (s.following || s.selected < 0) show(s, s.done ? telling(s) : s.steps.length - 1);
    if (s.done) s.following = false;
    s.drawn = performance.now();
  };

  /** The stage shows this message and all before it. */
  window.FusionLab.experts = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    if (!data || typeof data !== "object") return;
    const before = { run: s.run, steps: s.steps.length, done: s.done };
    receive(s, data);
    s.empty.hidden = s.steps.length > 0;
    s.follow.hidden = s.done || s.following;
    const ended = s.done && !before.done;
    if (s.run === before.run && s.steps.length === before.steps && !ended) return;
    refresh(s);
    s.follow.hidden = s.done || s.following;
    if (s.done && s.steps.length) say(s.live, t("experts-finished", { n: s.steps.length }));
  };

  /** The token at this place of all is the selected one. */
  window.FusionLab.experts.show = (element, { step }) => pick(state(element, make), step);
})();
