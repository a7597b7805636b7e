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
    chip,
    el,
    fill,
    fixed,
    folded,
    isEnd,
    keyTarget,
    list,
    measure,
    nats,
    number,
    percent,
    probability,
    say,
    section,
    set,
    spelled,
    state,
    table,
    text,
    tokenNodes,
    tokenText,
    uid,
    unit,
    whole,
  } = window.FusionLab.core;
  const HUES = 8;
  const PATTERNS = 8;
  const ROOMY = 16;
  const PAUSE = 200;
  const LETTERS = ["A", "B"];

  /** Everything shown of one run so far, empty. */
  const blank = () => ({
    run: null,
    layers: [],
    texts: [],
    apart: [],
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
    s.empty = el("p", { class: "fl-empty" }, "The tokens and their experts will appear here.");
    s.legend = el("legend", { class: "fl-subtitle" }, "Coloured by layer");
    s.chooser = el("fieldset", { class: "fl-switch fl-layers", hidden: true }, s.legend);
    s.about = el("p", { class: "fl-note" });
    s.frames = el("div", { class: "fl-routes" });
    s.follow = el(
      "button",
      { class: "fl-button", type: "button", hidden: true },
      "Follow the newest",
    );
    s.live = el("div", { class: "fl-unseen", "aria-live": "polite", "aria-atomic": "true" });
    s.token = makeToken(s);
    s.load = makeLoad(s);
    s.root = el(
      "div",
      { class: "fl-stage" },
      s.empty,
      el("div", { class: "fl-routed" }, s.chooser, s.about, s.frames, s.follow),
      s.token.section,
      s.load.section,
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
    }));
    s.texts = list(data.texts)
      .slice(0, LETTERS.length)
      .map((each) => ({
        prompt: text(each?.prompt),
        load: list(each?.load),
      }));
    s.apart = list(data.apart);
    takeLayers(s);
    const start = whole(data.start, 0);
    if (start > s.steps.length) return;
    for (const step of list(data.steps).slice(s.steps.length - start)) append(s, step);
  };

  /** The stage is empty, for another run. */
  const clear = (s, run) => {
    Object.assign(s, blank(), { run });
    for (const room of [s.frames, s.live, s.load.grids]) room.replaceChildren();
    for (const room of [s.chooser, s.follow, s.token.section, s.load.section]) room.hidden = true;
    say(s.about, "");
  };

  /** One radio button for each layer that has experts. */
  const takeLayers = (s) => {
    const shape = JSON.stringify(s.layers);
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
    const spot =
      s.spot === null
        ? ""
        : ` Only what expert ${s.spot} of layer ${at.layer} reads stands out; choose its cell again for all.`;
    const ways = at.active > 1 ? `the heaviest of the ${at.active} experts` : "the expert";
    say(
      s.about,
      `A token’s colour and number: ${ways} of ${at.experts} that layer ${at.layer} gives it to.${spot}`,
    );
  };

  /** What the token was given in the layer at this index. */
  const givenIn = (step, at) => {
    const each = list(step.layers)[at] || {};
    return list(each.experts).map((expert, i) => ({
      expert: whole(expert),
      weight: number(list(each.weights)[i]),
      p: number(list(each.p)[i], NaN),
    }));
  };

  /** The classes that give an element the colour and the pattern of an expert. */
  const expertClass = (expert) =>
    expert === undefined ? "" : `fl-e${expert % HUES} fl-v${Math.floor(expert / HUES) % PATTERNS}`;

  /** The coloured, numbered mark of an expert. */
  const badge = (expert) => el("span", { class: `fl-expert-mark ${expertClass(expert)}` }, expert);

  // The texts

  /** The strip of one text, which is made when its first token comes. */
  const stripOf = (s, sample) => {
    if (s.strips[sample]) return s.strips[sample];
    const several = s.texts.length > 1;
    const letter = several ? `${LETTERS[sample]}: ` : "";
    const strip = el("div", {
      class: "fl-strip fl-route",
      role: "listbox",
      "aria-orientation": "horizontal",
      dir: "auto",
      "aria-label": `Tokens of ${letter}${spelled(s.texts[sample]?.prompt)}`,
    });
    strip.addEventListener("click", (event) => {
      const index = s.nodes.indexOf(event.target.closest(".fl-token"));
      if (index >= 0) pick(s, index);
    });
    strip.addEventListener("keydown", (event) => walk(s, event, sample));
    s.strips[sample] = { strip, indices: [], answering: false };
    add(
      s.frames,
      el(
        "div",
        { class: "fl-route-frame" },
        several && el("h4", { class: "fl-subtitle" }, `Prompt ${LETTERS[sample]}`),
        strip,
      ),
    );
    return s.strips[sample];
  };

  /** One more token stands at the end of its text. */
  const append = (s, step) => {
    const sample = Math.min(LETTERS.length - 1, Math.max(0, whole(step?.sample)));
    const own = stripOf(s, sample);
    const index = s.steps.push({ ...step, sample }) - 1;
    if (!step?.prompt && !own.answering) {
      own.answering = true;
      add(own.strip, el("span", { class: "fl-turn", role: "presentation" }, "answer"));
    }
    const said = isEnd(step?.token)
      ? el("span", { class: "fl-end" }, "end")
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
      "aria-label": described(s, step),
    });
    say(node.lastChild, given.length ? String(given[0].expert) : "");
  };

  /** The token in one line. */
  const described = (s, step) => {
    const where = s.texts.length > 1 ? ` of ${LETTERS[step.sample]}` : "";
    const given = givenIn(step, s.layer).map(
      (each) => `${each.expert} (${probability(each.weight)})`,
    );
    const layer = s.layers[s.layer]
      ? `, layer ${s.layers[s.layer].layer}: expert ${given.join(", ")}`
      : "";
    return `Token ${whole(step.position)}${where}: “${tokenText(step.token)}”${layer}`;
  };

  /** The reader colours by the layer at this index. */
  const chooseLayer = (s, at) => {
    s.layer = Math.min(s.layers.length - 1, Math.max(0, whole(at)));
    for (const input of s.chooser.querySelectorAll("input"))
      input.checked = Number(input.value) === s.layer;
    drawAbout(s);
    s.nodes.forEach((_, index) => colour(s, index));
    drawToken(s);
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
    s.following = s.done && index === s.steps.length - 1;
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
    reveal(node.parentNode, node);
    drawToken(s);
    ring(s);
  };

  /** The strip, and only the strip, is scrolled so that the token can be seen. */
  const reveal = (strip, node) => {
    const frame = strip.getBoundingClientRect();
    const box = node.getBoundingClientRect();
    if (box.bottom > frame.bottom - 8) strip.scrollTop += box.bottom - frame.bottom + 16;
    if (box.top < frame.top + 8) strip.scrollTop -= frame.top - box.top + 16;
  };

  // One token

  /** The room of the selected token, empty. */
  const makeToken = (s) => {
    const r = {
      title: el("span"),
      rows: el("ul", { class: "fl-given-rows" }),
      table: folded("This token as a table"),
    };
    r.note = el(
      "p",
      { class: "fl-note" },
      "A layer’s bar shows how the model weighs the experts that it chose; choose a layer to colour the text by it.",
    );
    r.section = section("given-to", r.title, r.note, r.rows, r.table);
    r.section.hidden = true;
    r.table.addEventListener("toggle", () => drawTokenTable(s));
    return r;
  };

  /** The selected token is shown in full. */
  const drawToken = (s) => {
    const step = s.steps[s.selected];
    const r = s.token;
    r.section.hidden = !step;
    if (!step) return;
    const where = s.texts.length > 1 ? ` of ${LETTERS[step.sample]}` : "";
    fill(
      r.title,
      `Token ${whole(step.position)}${where} `,
      chip(step.token),
      el("span", { class: "fl-title-p" }, step.prompt ? " of the prompt" : " of the answer"),
    );
    const focused = r.rows.contains(document.activeElement)
      ? [...r.rows.children].indexOf(document.activeElement.closest("li"))
      : -1;
    fill(
      r.rows,
      s.layers.map((_, at) => givenRow(s, step, at)),
    );
    if (focused >= 0)
      r.rows.children[focused]?.querySelector("button")?.focus({ preventScroll: true });
    drawTokenTable(s);
  };

  /** One layer's experts of the token. */
  const givenRow = (s, step, at) => {
    const given = givenIn(step, at);
    const room = Math.max(
      1,
      given.reduce((sum, each) => sum + Math.max(0, each.weight), 0),
    );
    const button = el(
      "button",
      { class: "fl-link", type: "button", "aria-pressed": String(at === s.layer) },
      `layer ${s.layers[at].layer}`,
    );
    button.addEventListener("click", () => chooseLayer(s, at));
    return el(
      "li",
      { class: `fl-given-row${at === s.layer ? " fl-chosen" : ""}` },
      button,
      el(
        "span",
        { class: "fl-track", "aria-hidden": "true" },
        el(
          "span",
          { class: "fl-stack" },
          given.map((each) =>
            measure(
              el("span", {
                class: `fl-segment fl-share ${expertClass(each.expert)}`,
                title: `expert ${each.expert}: weight ${probability(each.weight)}`,
              }),
              "--w",
              unit(each.weight / room),
            ),
          ),
        ),
      ),
      el(
        "span",
        { class: "fl-given-names" },
        given.map((each) =>
          el("span", { class: "fl-given-name" }, badge(each.expert), " ", probability(each.weight)),
        ),
      ),
    );
  };

  /** The numbers of the token, where its table is open. */
  const drawTokenTable = (s) => {
    const room = s.token.table;
    const step = s.steps[s.selected];
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    if (!room.open || !step) return;
    add(
      room,
      table(
        `Token ${whole(step.position)}: experts by layer`,
        ["layer", "expert", "weight", "router’s probability"],
        s.layers.flatMap((each, at) =>
          givenIn(step, at).map((one) => [
            each.layer,
            one.expert,
            probability(one.weight),
            probability(one.p),
          ]),
        ),
      ),
    );
  };

  // The load

  /** The room of the load, empty. */
  const makeLoad = (s) => {
    const r = {
      grids: el("div", { class: "fl-grids" }),
      figures: el("div"),
      differ: el("p", { class: "fl-sentence" }),
      table: folded("Every expert’s share as a table"),
    };
    r.section = section(
      "load",
      "Which experts do the work",
      el(
        "p",
        { class: "fl-note" },
        "A cell is an expert’s share of its layer’s choices so far; a ring marks the selected token’s experts. Choose a cell to see what the expert reads.",
      ),
      r.grids,
      r.differ,
      el("h4", { class: "fl-subtitle" }, "How evenly each layer spreads its tokens"),
      r.figures,
      el(
        "p",
        { class: "fl-note" },
        "Even use has the entropy ln E, CV 0, peak 1 and E·Σ f·P 1: f are the shares, P the router’s mean probabilities, peak the busiest expert’s share over the mean.",
      ),
      r.table,
    );
    r.section.hidden = true;
    r.table.addEventListener("toggle", () => drawShares(s));
    return r;
  };

  /** The shares in one layer of one text, or of their difference. */
  const sharesOf = (s, which, at) => {
    const of = (one) => list(one?.load[at]?.shares).map((share) => number(share));
    if (which < s.texts.length) return of(s.texts[which]);
    const second = of(s.texts[1]);
    return of(s.texts[0]).map((share, expert) => share - number(second[expert]));
  };

  /** Heatmaps, sentence and figures show all tokens so far. */
  const drawLoad = (s) => {
    const ready =
      s.layers.length > 0 && s.texts.length > 0 && s.texts.every((each) => each.load.length);
    s.load.section.hidden = !ready;
    if (!ready) return;
    const names = s.texts.length > 1 ? ["Prompt A", "Prompt B", "A − B"] : ["Share of choices"];
    if (s.grids.length !== names.length) {
      s.grids = names.map((name, which) => makeGrid(s, name, which));
      fill(
        s.load.grids,
        s.grids.map((grid) => grid.node),
      );
    }
    const most = Math.max(
      1e-6,
      ...s.texts.flatMap((_, which) => s.layers.flatMap((__, at) => sharesOf(s, which, at))),
    );
    s.grids.forEach((grid, which) => paint(s, grid, which, most));
    drawDiffer(s);
    drawFigures(s);
    drawShares(s);
    ring(s);
  };

  /** A heatmap of layers and experts, without values yet; arrow keys walk, Enter chooses. */
  const makeGrid = (s, name, which) => {
    const widest = Math.max(...s.layers.map((each) => each.experts));
    const grid = { at: [0, 0], cells: [], ends: [el("span"), el("span")] };
    grid.cells = s.layers.map((each, at) =>
      Array.from({ length: each.experts }, (_, expert) => {
        const cell = el(
          "td",
          { class: "fl-cell", tabindex: at + expert ? "-1" : "0", role: "gridcell" },
          el("span", { class: "fl-cell-value" }),
        );
        cell.addEventListener("click", () => spotlight(s, grid, at, expert));
        cell.addEventListener("keydown", (event) => step(s, event, grid, at, expert));
        return cell;
      }),
    );
    const heads = Array.from({ length: widest }, (_, expert) =>
      el(
        "th",
        { scope: "col" },
        el("span", { class: `fl-head-mark fl-expert-head ${expertClass(expert)}` }, expert),
      ),
    );
    const apart = which >= s.texts.length;
    grid.node = el(
      "div",
      { class: "fl-heat-frame" },
      el("h4", { class: "fl-subtitle" }, name),
      el(
        "table",
        {
          class: `fl-heat fl-loads${widest > ROOMY ? " fl-dense" : ""}${apart ? " fl-signed" : ""}`,
          role: "grid",
          "aria-label": `${name}: layer by expert`,
        },
        el("thead", null, el("tr", null, el("td", { class: "fl-corner" }, "layer"), heads)),
        el(
          "tbody",
          null,
          s.layers.map((each, at) =>
            el(
              "tr",
              null,
              el("th", { scope: "row" }, el("span", { class: "fl-head-mark" }, each.layer)),
              grid.cells[at],
            ),
          ),
        ),
      ),
      el(
        "p",
        { class: "fl-key" },
        grid.ends[0],
        el("span", { class: `fl-scale${apart ? " fl-two-ended" : ""}`, "aria-hidden": "true" }),
        grid.ends[1],
      ),
    );
    return grid;
  };

  /** The cells have the values of now. */
  const paint = (s, grid, which, most) => {
    const apart = which >= s.texts.length;
    say(grid.ends[0], apart ? `only B −${percent(most)}` : "0 %");
    say(grid.ends[1], apart ? `only A +${percent(most)}` : percent(most));
    grid.cells.forEach((row, at) => {
      const shares = sharesOf(s, which, at);
      row.forEach((cell, expert) => {
        const share = number(shares[expert]);
        const sign = apart ? (share > 0 ? "+" : share < 0 ? "−" : "") : "";
        const words = `layer ${s.layers[at].layer}, expert ${expert}: ${sign}${percent(Math.abs(share))}`;
        set(measure(cell, "--p", unit(Math.abs(share) / most)), {
          title: words,
          "aria-label": words,
        });
        cell.classList.toggle("fl-less", share < 0);
        say(
          cell.firstChild,
          Math.abs(share) < 0.005 ? "" : `${sign}${fixed(100 * Math.abs(share))}`,
        );
      });
    });
  };

  /** Keys walk through the cells. */
  const step = (s, event, grid, at, expert) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      spotlight(s, grid, at, expert);
      return;
    }
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    const target = keyTarget(
      event.key,
      vertical ? at : expert,
      vertical ? grid.cells.length : grid.cells[at].length,
    );
    if (target === null) return;
    event.preventDefault();
    const row = vertical ? target : at;
    reach(grid, row, Math.min(vertical ? expert : target, grid.cells[row].length - 1));
  };

  /** This cell is the one that the Tab key reaches. */
  const reach = (grid, at, expert) => {
    set(grid.cells[grid.at[0]][grid.at[1]], { tabindex: "-1" });
    grid.at = [at, expert];
    set(grid.cells[at][expert], { tabindex: "0" }).focus();
  };

  /** What this expert of this layer reads stands out; chosen again, everything does. */
  const spotlight = (s, grid, at, expert) => {
    const again = s.layer === at && s.spot === expert;
    s.spot = again ? null : expert;
    reach(grid, at, expert);
    chooseLayer(s, at);
    const read = s.steps.filter((each) =>
      givenIn(each, at).some((one) => one.expert === expert),
    ).length;
    say(
      s.live,
      again
        ? "All tokens stand out again."
        : `Expert ${expert} of layer ${s.layers[at].layer} reads ${read} of ${s.steps.length} tokens.`,
    );
  };

  /** Cells of the selected token's experts, and the cell in the spotlight, are marked. */
  const ring = (s) => {
    const chosen = s.steps[s.selected];
    s.grids.forEach((grid, which) =>
      grid.cells.forEach((row, at) => {
        const mine =
          chosen && (which === chosen.sample || which >= s.texts.length)
            ? givenIn(chosen, at).map((each) => each.expert)
            : [];
        row.forEach((cell, expert) => {
          cell.classList.toggle("fl-ringed", mine.includes(expert));
          set(cell, { "aria-selected": String(s.spot === expert && s.layer === at) });
        });
      }),
    );
  };

  /** Where the two texts differ most. */
  const drawDiffer = (s) => {
    s.load.differ.hidden = s.texts.length < 2;
    if (s.texts.length < 2) return;
    const apart = s.layers.map((_, at) => unit(s.apart[at]));
    const most = apart.indexOf(Math.max(...apart));
    const least = apart.indexOf(Math.min(...apart));
    say(
      s.load.differ,
      `The two texts part most in layer ${s.layers[most].layer}, where ${percent(apart[most])} of the choices fall on other experts, and least in layer ${s.layers[least].layer}, with ${percent(apart[least])}.`,
    );
  };

  /** One row for each layer of each text. */
  const drawFigures = (s) => {
    const several = s.texts.length > 1;
    const heads = [
      "layer",
      ...(several ? ["prompt"] : []),
      "tokens",
      "busiest",
      "idle",
      "entropy",
      "ln E",
      "CV",
      "peak",
      "E·Σ f·P",
      ...(several ? ["A ≠ B"] : []),
    ];
    const rows = s.layers.flatMap((each, at) =>
      s.texts.map((one, which) => {
        const load = one.load[at] || {};
        const shares = list(load.shares);
        const busiest = shares.indexOf(Math.max(...shares));
        return [
          each.layer,
          ...(several ? [LETTERS[which]] : []),
          whole(load.tokens),
          busiest < 0
            ? "–"
            : el(
                "span",
                { class: "fl-given-name" },
                badge(busiest),
                ` ${percent(shares[busiest])}`,
              ),
          list(load.counts).filter((count) => count === 0).length,
          nats(load.entropy),
          nats(Math.log(each.experts)),
          nats(load.cv),
          nats(load.peak),
          nats(load.balance),
          ...(several ? [which ? "" : percent(s.apart[at])] : []),
        ];
      }),
    );
    fill(s.load.figures, table("Load of each layer", heads, rows));
  };

  /** Counts and shares behind the heatmaps, where their table is open. */
  const drawShares = (s) => {
    const room = s.load.table;
    for (const old of room.querySelectorAll(".fl-scroll")) old.remove();
    if (!room.open) return;
    const widest = Math.max(0, ...s.layers.map((each) => each.experts));
    const heads = ["layer", ...Array.from({ length: widest }, (_, expert) => expert)];
    s.texts.forEach((one, which) =>
      add(
        room,
        table(
          `Choices of each expert${s.texts.length > 1 ? `, prompt ${LETTERS[which]}` : ""}`,
          heads,
          s.layers.map((each, at) => [
            each.layer,
            ...list(one.load[at]?.counts).map((count) => whole(count)),
          ]),
        ),
      ),
    );
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
    if (s.following || s.selected < 0) show(s, s.steps.length - 1);
    s.drawn = performance.now();
  };

  /** The stage shows this message and all before it. */
  window.FusionLab.experts = (element, data, trigger) => {
    const s = state(element, make);
    s.trigger = trigger || null;
    if (!data || typeof data !== "object") return;
    const before = s.steps.length;
    const run = s.run;
    receive(s, data);
    s.empty.hidden = s.steps.length > 0;
    if (s.run === run && s.steps.length === before) {
      if (s.done) s.follow.hidden = true;
      return;
    }
    refresh(s);
    s.follow.hidden = s.done || s.following;
    if (s.done && s.steps.length) say(s.live, `${s.steps.length} tokens were read.`);
  };
})();
