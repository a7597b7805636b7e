/**
 * Agents on a circle, and the messages that travel from each to those who read it.
 *
 * Of few agents every message is an arrow; of many the pairs are thin lines, and the arrows of one
 * agent appear when it is pointed at or focused.
 */
(() => {
  "use strict";
  const { el, fill, memberClass, set, svg, text, whole } = window.FusionLab.core;
  const { short, travel } = window.FusionLab.pictures;
  const { t } = window.FusionLab.words;
  const [WIDTH, HEIGHT] = [380, 350];
  const REACH = 122;
  const DOT = 24;
  const FEW = 4;
  const NAME = 14;

  /** The graph, empty; `onIsolate` is told which agent stands out, or -1. */
  const makeGraph = (onIsolate) => {
    const graph = { key: "", only: -1, pinned: -1, arrows: [], onIsolate };
    graph.note = el("p", { class: "fl-note" });
    graph.picture = svg("svg", {
      class: "fl-graph",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "group",
    });
    graph.node = el("div", { class: "fl-graph-frame" }, graph.picture, graph.note);
    const at = (event) => {
      const dot = event.target.closest("[data-agent]");
      return dot ? Number(dot.dataset.agent) : -1;
    };
    graph.picture.addEventListener("pointerover", (event) => isolate(graph, at(event)));
    graph.picture.addEventListener("pointerleave", () => isolate(graph, graph.pinned));
    graph.picture.addEventListener("focusin", (event) => isolate(graph, at(event)));
    graph.picture.addEventListener("focusout", () => isolate(graph, graph.pinned));
    graph.picture.addEventListener("click", (event) => pin(graph, at(event)));
    graph.picture.addEventListener("keydown", (event) => {
      if (event.key === "Escape") pin(graph, -1);
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pin(graph, at(event));
    });
    return graph;
  };

  /** This agent keeps standing out, until it is chosen again. */
  const pin = (graph, agent) => {
    graph.pinned = agent === graph.pinned ? -1 : agent;
    isolate(graph, graph.pinned);
  };

  /** Only this agent and its messages stand out; all do where it is -1. */
  const isolate = (graph, agent) => {
    const only = agent >= 0 ? agent : graph.pinned;
    graph.only = only;
    graph.picture.classList.toggle("fl-isolated", only >= 0);
    for (const arrow of graph.arrows)
      arrow.node.classList.toggle("fl-lit-arrow", arrow.from === only || arrow.to === only);
    for (const dot of graph.picture.querySelectorAll("[data-agent]")) {
      const mine = Number(dot.dataset.agent);
      const near = graph.arrows.some(
        (arrow) =>
          (arrow.from === only && arrow.to === mine) || (arrow.to === only && arrow.from === mine),
      );
      dot.classList.toggle("fl-dim", only >= 0 && mine !== only && !near);
      set(dot, { "aria-pressed": String(mine === graph.pinned) });
    }
    graph.onIsolate(only);
  };

  /** Where agent i of n stands on the circle, all together in the middle of the room. */
  const place = (i, n) => {
    const angle = (at) => (2 * Math.PI * at) / Math.max(n, 1) - Math.PI / 2;
    const lowest = Math.max(...Array.from({ length: n }, (_, at) => Math.sin(angle(at))), 0);
    const middle = HEIGHT / 2 + (REACH * (1 - lowest)) / 2;
    return [WIDTH / 2 + REACH * Math.cos(angle(i)), middle + REACH * Math.sin(angle(i))];
  };

  /** Both ends of an arrow, a little beside the line between the two. */
  const ends = (from, to, n) => {
    const [[x1, y1], [x2, y2]] = [place(from, n), place(to, n)];
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
    const beside = n > FEW ? 0 : 6;
    const [sx, sy] = [-uy * beside, ux * beside];
    return {
      start: [x1 + ux * (DOT + 3) + sx, y1 + uy * (DOT + 3) + sy],
      end: [x2 - ux * (DOT + 5) + sx, y2 - uy * (DOT + 5) + sy],
      ux,
      uy,
    };
  };

  /** One message: its line, its head, and what travels along it. */
  const arrowOf = (message, n) => {
    const { start, end, ux, uy } = ends(message.from, message.to, n);
    const head = [
      end,
      [end[0] - ux * 11 - uy * 5.5, end[1] - uy * 11 + ux * 5.5],
      [end[0] - ux * 11 + uy * 5.5, end[1] - uy * 11 - ux * 5.5],
    ];
    const parcel = svg("circle", { class: "fl-parcel", cx: 0, cy: 0, r: 6 });
    const node = svg(
      "g",
      { class: `fl-arrow ${memberClass(message.from)}` },
      svg("line", { x1: start[0], y1: start[1], x2: end[0] - ux * 7, y2: end[1] - uy * 7 }),
      svg("path", { d: `M${head.map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}Z` }),
      parcel,
    );
    return { from: message.from, to: message.to, node, parcel, start, end };
  };

  /** One agent: its number and its name. */
  const dotOf = (member, i, n, sent) => {
    const [x, y] = place(i, n);
    const above = y < HEIGHT / 2 - REACH / 2;
    const heard = sent.filter((message) => message.to === i).length;
    const dot = svg(
      "g",
      {
        class: `fl-agent ${memberClass(i)}`,
        tabindex: "0",
        role: "button",
        "aria-pressed": "false",
        "aria-label": t("rounds-agent", { name: `${i + 1} ${member.name}`, heard }),
      },
      svg("circle", { class: "fl-node", cx: x, cy: y, r: DOT }),
      svg("text", { class: "fl-node-number", x, y: y + 7, "text-anchor": "middle" }, i + 1),
      " ",
      svg(
        "text",
        {
          class: "fl-node-name",
          x,
          y: above ? y - DOT - 8 : y + DOT + 18,
          "text-anchor": "middle",
        },
        short(member.name, NAME),
        short(member.name, NAME) !== text(member.name) && svg("title", null, text(member.name)),
      ),
    );
    dot.dataset.agent = i;
    return dot;
  };

  /** The graph shows who reads whom in this round. */
  const showGraph = (graph, members, sent, title) => {
    const key = JSON.stringify([members, sent, title]);
    if (key === graph.key) return;
    graph.key = key;
    const n = members.length;
    const many = n > FEW;
    graph.arrows = sent.map((message) =>
      arrowOf({ from: whole(message.from), to: whole(message.to) }, n),
    );
    set(graph.picture, {
      class: `fl-graph${many ? " fl-many" : ""}`,
      "aria-label": t("rounds-graph", { title, n: sent.length }),
    });
    const focused = graph.picture.contains(document.activeElement)
      ? Number(document.activeElement.dataset.agent)
      : -1;
    const dots = members.map((member, i) => dotOf(member, i, n, sent));
    fill(
      graph.picture,
      graph.arrows.map((arrow) => arrow.node),
      dots,
    );
    if (dots[focused]) dots[focused].focus();
    graph.note.textContent = sent.length
      ? t(many ? "rounds-graph-many" : "rounds-graph-few")
      : t("rounds-graph-none");
  };

  /** The messages travel once from those who wrote to those who read. */
  const send = (graph) => {
    for (const arrow of graph.arrows)
      travel(arrow.parcel, arrow.start, arrow.end, { delay: 90 * arrow.from, iterations: 2 });
  };

  window.FusionLab.graph = { isolate, makeGraph, send, showGraph };
})();
