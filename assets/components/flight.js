/**
 * The members' bars flow into the fused ones, and the chosen token drops into the text; with less
 * motion asked for, nothing moves. `s` is the stage of `tokens`.
 */
(() => {
  "use strict";
  const { calm, el } = window.FusionLab.core;
  const FLIGHT = 620;
  const DROP = 460;

  /**
   * The members' bars flow into the fused ones; then the chosen token drops to `target`. All is
   * measured before anything moves: in turn, every measure would lay the page out anew.
   */
  const fly = (s, target) => {
    const r = s.step;
    r.sky.replaceChildren();
    if (calm() || r.section.hidden || !r.sky.isConnected) return;
    const origin = r.sky.getBoundingClientRect();
    if (!origin.width) return;
    const flights = r.sinks.map(({ member, token, node }) => {
      const source = r.sources.get(`${member.index} ${token}`);
      return [node, source?.getBoundingClientRect(), source && node.getBoundingClientRect()];
    });
    const fall = r.chosen?.isConnected && fallOf(r.chosen, target);
    for (const [node, from, to] of flights) {
      if (from) flow(r.sky, origin, node, from, to);
      else grow(node);
    }
    if (fall) drop(r.sky, origin, r.chosen, target, fall);
  };

  /** A copy of the member's bar travels to its place in the fused one. */
  const flow = (sky, origin, node, from, to) => {
    if (!from.width || !to.width) return;
    const ghost = el("span", { class: `fl-ghost ${node.className}` });
    place(ghost, origin, to);
    sky.appendChild(ghost);
    const start = `translate(${from.left - to.left}px, ${from.top - to.top}px) scale(${from.width / to.width}, ${from.height / to.height})`;
    gone(
      ghost,
      ghost.animate([{ transform: start }, { transform: "none" }], {
        duration: FLIGHT,
        easing: "cubic-bezier(.45, .05, .25, 1)",
      }),
    );
    node.animate([{ opacity: 0 }, { opacity: 0 }], { duration: FLIGHT });
  };

  /** A bar that comes from nobody's list grows where it stands. */
  const grow = (node) =>
    node.animate([{ transform: "scaleX(0)" }, { transform: "none" }], {
      duration: FLIGHT,
      easing: "ease-out",
    });

  /** From where to where the chosen token falls; null where that cannot be seen. */
  const fallOf = (label, target) => {
    const [from, to] = [label.getBoundingClientRect(), target.getBoundingClientRect()];
    const frame = target.closest(".fl-strip")?.getBoundingClientRect();
    if (!from.width || !to.width || !frame || to.top > frame.bottom) return null;
    return [from, to];
  };

  /** The chosen token leaves its bar and lands in the text. */
  const drop = (sky, origin, label, target, [from, to]) => {
    const ghost = el("span", { class: "fl-ghost fl-falling" }, label.cloneNode(true));
    place(ghost, origin, from);
    sky.appendChild(ghost);
    const end = `translate(${to.left - from.left}px, ${to.top - from.top}px)`;
    const timing = { duration: DROP, delay: FLIGHT, easing: "ease-in" };
    const frames = [
      { transform: "none", opacity: 1 },
      { transform: end, opacity: 1 },
    ];
    gone(ghost, ghost.animate(frames, { ...timing, fill: "backwards" }));
    const hidden = { duration: FLIGHT + DROP };
    target.animate([{ opacity: 0.15 }, { opacity: 0.15 }], hidden);
  };

  /** The ghost lies where that rectangle is. */
  const place = (ghost, origin, at) => {
    const lengths = {
      left: at.left - origin.left,
      top: at.top - origin.top,
      width: at.width,
      height: at.height,
    };
    for (const [name, value] of Object.entries(lengths)) ghost.style[name] = `${value}px`;
  };

  /** The ghost is taken away when its flight is over. */
  const gone = (ghost, flight) => {
    const away = () => ghost.remove();
    flight.addEventListener("finish", away);
    flight.addEventListener("cancel", away);
  };

  window.FusionLab.flight = { fly };
})();
