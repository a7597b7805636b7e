/**
 * The same tokens under nine gates side by side: who reads which, who is dropped, how even the load
 * is, and what each auxiliary loss says.
 *
 * `FusionLab.gatesBeside()` is `{root, draw(view)}`; `view` is a picture of the study `gates`. The
 * router and the token that are looked at stay when it is drawn again.
 * `FusionLab.gatesToken(token)` is a token as it is shown, blanks by a sign, and
 * `FusionLab.gatesWeight(gate, expert, weight)` a reader's weight.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, fill, fixed, folded, keyTarget, list, measure, number, own, say } = FusionLab.core;
  const { probability, set, svg, table, term, text, uid, unit, whole } = FusionLab.core;
  const { joined, said, t } = FusionLab.words;
  const COLOURS = 8;
  const LEAST = 0.0005;
  const START = "start";
  const TERMS = [
    "router-collapse",
    "noisy-top-k",
    "importance-loss",
    "load-loss",
    "expert-choice",
    "shared-expert",
    "bias-balancing",
    "random-routed",
  ];

  const colour = (expert) => (expert < 0 ? "fl-nobody" : `fl-e${expert % COLOURS}`);
  const titleOf = (gate) => t(`gates-gate-${text(gate.gate)}`);
  const routerOf = (of) => t(of === START ? "gates-router-start" : `gates-rule-${text(of)}`);
  const SIGNS = { " ": "␣", "\n": "⏎", "\t": "⇥" };
  const shownToken = (token) => own(SIGNS, token) || [...text(token)].slice(0, 2).join("");

  /** How an expert of this gate is called: from 1, and shared ones by a letter. */
  const called = (gate, expert) =>
    expert < whole(gate.shared) ? t("gates-shared") : String(expert - whole(gate.shared) + 1);

  /**
   * How much the expert counts for a token, which the study tells to three decimals: of who reads
   * it that is never 0, and all of it only for shared experts and where nothing is learned.
   */
  const weightOf = (gate, expert, weight) => {
    if (gate.gate === "random-routed" || expert < whole(gate.shared)) return probability(weight);
    return probability(Math.min(1 - LEAST, Math.max(LEAST, number(weight))));
  };

  const make = () => {
    const s = { token: 0, of: "", panels: [] };
    s.routers = el("div", { class: "fl-options" });
    s.strip = el("div", {
      class: "fl-gates-strip",
      role: "listbox",
      "aria-orientation": "horizontal",
      "aria-label": t("gates-tokens"),
    });
    s.gates = el("div", { class: "fl-gates-gates" });
    s.figures = el("div", { class: "fl-gates-even" });
    s.z = el("p", { class: "fl-note" });
    s.readings = folded(t("gates-readings"));
    s.root = el(
      "section",
      { class: "fl-gates-part" },
      el("h3", { class: "fl-subtitle" }, t("gates-beside")),
      el("p", { class: "fl-note" }, t("gates-beside-note")),
      el(
        "fieldset",
        { class: "fl-gates-router" },
        el("legend", { class: "fl-label" }, t("gates-router")),
        s.routers,
      ),
      el("p", { class: "fl-note" }, t("gates-tokens")),
      s.strip,
      s.gates,
      s.figures,
      s.z,
      el(
        "p",
        { class: "fl-note" },
        TERMS.map((key, i) => [i > 0 && " · ", term(key)]),
      ),
      s.readings,
    );
    s.strip.addEventListener("keydown", (event) => {
      const at = keyTarget(event.key, s.token, s.strip.children.length);
      if (at === null) return;
      event.preventDefault();
      choose(s, at);
      s.strip.children[at].focus();
    });
    return s;
  };

  // What is looked at

  const drawRouters = (s) => {
    const names = list(s.view.routers).map((router) => text(router.of));
    if (!names.includes(s.of)) s.of = names.includes("none") && !s.picked ? "none" : names[0];
    if (!s.picked && names.includes("none")) s.of = "none";
    if (s.offered === names.join()) return;
    s.offered = names.join();
    const group = uid();
    fill(
      s.routers,
      names.map((name) => {
        const control = set(el("input", { class: "fl-radio", type: "radio", name: group }), {
          value: name,
        });
        control.checked = name === s.of;
        control.addEventListener("change", () => {
          Object.assign(s, { of: name, picked: true });
          drawGates(s);
        });
        return el("label", { class: "fl-choice" }, control, el("span", null, routerOf(name)));
      }),
    );
  };

  const drawStrip = (s) => {
    const tokens = list(s.view.text);
    s.token = Math.min(s.token, Math.max(0, tokens.length - 1));
    if (s.told === tokens.join("\0")) return;
    s.told = tokens.join("\0");
    fill(
      s.strip,
      tokens.map((token, at) => {
        const option = el(
          "span",
          {
            class: "fl-gates-token",
            role: "option",
            tabindex: at === s.token ? "0" : "-1",
            "aria-selected": String(at === s.token),
            "aria-label": t("gates-token", { n: at + 1, token: shownToken(token) }),
          },
          shownToken(token),
        );
        option.addEventListener("click", () => choose(s, at));
        return option;
      }),
    );
  };

  const choose = (s, at) => {
    s.token = Math.min(Math.max(0, at), s.strip.children.length - 1);
    [...s.strip.children].forEach((option, i) =>
      set(option, { tabindex: i === s.token ? "0" : "-1", "aria-selected": String(i === s.token) }),
    );
    s.panels.forEach((p) => tell(s, p));
  };

  // A gate

  const makePanel = (s) => {
    const p = {};
    p.name = el("h4", { class: "fl-gates-name" });
    p.help = el("p", { class: "fl-note" });
    p.heads = el("div", { class: "fl-gates-heads", "aria-hidden": "true" });
    p.marks = svg("g");
    p.line = svg("rect", { class: "fl-gates-chosen", y: 0, width: 1 });
    p.picture = svg(
      "svg",
      { class: "fl-gates-picture", preserveAspectRatio: "none", role: "img" },
      p.marks,
      p.line,
    );
    p.bars = el("div", { class: "fl-gates-bars", "aria-hidden": "true" });
    p.letters = el("div", { class: "fl-gates-letters", "aria-hidden": "true" });
    p.read = el("p", { class: "fl-gates-read", "aria-live": "polite" });
    p.root = el(
      "section",
      { class: "fl-gates-gate" },
      p.name,
      p.help,
      el("div", { class: "fl-gates-area" }, p.heads, p.picture, p.bars, p.letters),
      p.read,
    );
    p.picture.addEventListener("click", (event) => {
      const box = p.picture.getBoundingClientRect();
      choose(s, Math.floor(((event.clientX - box.left) / box.width) * list(s.view.text).length));
    });
    return p;
  };

  const cellOf = (gate) => (pair) => {
    const [token, expert, weight] = pair.map((value) => number(value));
    const kind = `fl-gates-cell ${colour(expert - whole(gate.shared))}`;
    const cell = svg("rect", { class: kind, x: token, y: expert, width: 1, height: 1 });
    return measure(cell, "--p", unit(weight));
  };

  const crossOf = ([token, expert]) =>
    svg("path", {
      class: "fl-gates-full",
      d: `M${number(token) + 0.25},${number(expert) + 0.25}l.5,.5m0,-.5l-.5,.5`,
    });

  const barOf = (gate, most) => (n, expert) => {
    const bar = el(
      "span",
      { class: `fl-gates-bar ${colour(expert - whole(gate.shared))}` },
      measure(el("span", { class: "fl-gates-load" }), "--w", unit(n / most)),
      typeof gate.room === "number" && expert >= whole(gate.shared)
        ? measure(el("span", { class: "fl-gates-room" }), "--w", unit(gate.room / most))
        : null,
      el("span", { class: "fl-gates-count" }, String(whole(n))),
    );
    return bar;
  };

  const drawPanel = (s, p, gate) => {
    const tokens = list(s.view.text);
    const counts = list(gate.counts);
    p.gate = gate;
    say(p.name, titleOf(gate));
    say(p.help, t(`gates-gate-${text(gate.gate)}.help`));
    measure(p.root, "--rows", counts.length);
    measure(p.root, "--columns", tokens.length);
    fill(
      p.heads,
      counts.map((_, expert) => el("span", null, called(gate, expert))),
    );
    set(p.picture, {
      viewBox: `0 0 ${tokens.length} ${counts.length}`,
      "aria-label": t("gates-panel", {
        gate: titleOf(gate),
        pairs: list(gate.pairs).length,
        tokens: tokens.length,
        full: list(gate.full).length,
        unread: whole(gate.unread),
      }),
    });
    set(p.line, { height: counts.length });
    fill(p.marks, list(gate.pairs).map(cellOf(gate)), list(gate.full).map(crossOf));
    fill(p.bars, counts.map(barOf(gate, s.most)));
    const read = new Set(list(gate.pairs).map(([token]) => token));
    fill(
      p.letters,
      tokens.map((token, at) =>
        el("span", { class: read.has(at) ? "" : "fl-gates-unread" }, shownToken(token)),
      ),
    );
    tell(s, p);
  };

  /** Who reads the chosen token under this gate. */
  const tell = (s, p) => {
    const { gate } = p;
    const token = shownToken(list(s.view.text)[s.token]);
    set(p.line, { x: s.token });
    const readers = list(gate.pairs)
      .filter(([at]) => at === s.token)
      .sort((a, b) => b[2] - a[2])
      .map(([, expert, weight]) =>
        t("gates-reader", { expert: called(gate, expert), weight: weightOf(gate, expert, weight) }),
      );
    const full = list(gate.full)
      .filter(([at]) => at === s.token)
      .map(([, expert]) => called(gate, expert));
    const words = [
      readers.length
        ? t("gates-reads", { token, experts: said(readers) })
        : t("gates-reads-none", { token }),
      full.length ? t("gates-reads-full", { experts: said(full) }) : "",
    ];
    say(p.read, joined(words));
  };

  // The figures

  const lossOf = (gate) => {
    const losses = Object.entries(gate.losses || {}).map(([name, loss]) =>
      el(
        "div",
        null,
        t("gates-loss", {
          name: t(`gates-loss-${text(name)}`),
          value: fixed(number(loss.value), 2),
          weighted: fixed(number(loss.weighted), 4),
        }),
      ),
    );
    return losses.length ? el("div", null, losses) : "–";
  };

  const figure = (value) => (typeof value === "number" ? fixed(value, 2) : "–");

  const drawFigures = (s, router) => {
    const heads = [
      t("gates-head-gate"),
      term("capacity", t("gates-head-room")),
      term("dropped-token", t("gates-head-full")),
      t("gates-head-unread"),
      term("entropy", t("gates-head-entropy")),
      term("load-variation", t("gates-head-cv")),
      term("load-peak", t("gates-head-peak")),
      term("load-balance", t("gates-head-balance")),
      term("auxiliary-loss", t("gates-head-losses")),
    ];
    const rows = list(router.gates).map((gate) => [
      titleOf(gate),
      typeof gate.room === "number" ? String(gate.room) : t("gates-no-room"),
      String(list(gate.full).length),
      String(whole(gate.unread)),
      ...["entropy", "cv", "peak", "balance"].map((name) => figure(own(gate, name))),
      lossOf(gate),
    ]);
    const most = fixed(Math.log(Math.max(1, whole(s.view.experts))), 2);
    fill(
      s.figures,
      table(t("gates-even"), heads, rows),
      el("p", { class: "fl-note" }, t("gates-even-note", { all: whole(s.view.experts), most })),
    );
    fill(
      s.z,
      term("z-loss", t("gates-z")),
      " ",
      t("gates-z-of", {
        value: fixed(number(router.z), 2),
        weighted: fixed(number(router.z_weighted), 4),
      }),
    );
  };

  const drawReadings = (s, router) => {
    const gates = list(router.gates);
    const rows = list(s.view.text).map((token, at) => [
      t("gates-token", { n: at + 1, token: shownToken(token) }),
      ...gates.map(
        (gate) =>
          list(gate.pairs)
            .filter(([of]) => of === at)
            .map(([, expert]) => called(gate, expert))
            .join(", ") || t("gates-nobody"),
      ),
    ]);
    const heads = [t("gates-head-token"), ...gates.map(titleOf)];
    fill(s.readings, s.readings.firstChild, table(t("gates-readings"), heads, rows));
  };

  /** The most tokens that any expert reads or could take; shared ones, which read all, aside. */
  const mostOf = (gates) =>
    Math.max(
      1,
      ...gates.map((gate) => number(gate.room)),
      ...gates.flatMap((gate) => list(gate.counts).slice(whole(gate.shared)).map(number)),
    );

  const drawGates = (s) => {
    const router = list(s.view.routers).find((each) => each.of === s.of);
    const gates = list(router?.gates);
    s.most = mostOf(gates);
    if (s.panels.length !== gates.length) {
      s.panels = gates.map(() => makePanel(s));
      fill(
        s.gates,
        s.panels.map((p) => p.root),
      );
    }
    gates.forEach((gate, at) => drawPanel(s, s.panels[at], gate));
    drawFigures(s, router || {});
    drawReadings(s, router || {});
  };

  FusionLab.gatesToken = shownToken;
  FusionLab.gatesWeight = weightOf;
  FusionLab.gatesBeside = () => {
    const s = make();
    const draw = (view) => {
      s.view = view;
      drawRouters(s);
      for (const control of s.routers.querySelectorAll("input"))
        control.checked = control.value === s.of;
      drawStrip(s);
      drawGates(s);
    };
    return { root: s.root, draw };
  };
})();
