/**
 * The picture of a run, whichever component draws it.
 *
 * `FusionLab.picture(element, {component, data}, trigger)` is called with every message. Each
 * component has a room of its own and keeps what it has drawn; only that of the last message is
 * seen. `FusionLab.picture.show(element, {step, round})` brings it into sight, at that step or
 * round where its component can `show` one.
 */
(() => {
  "use strict";
  const { calm, el, own, state, text } = window.FusionLab.core;

  const make = () => ({ rooms: new Map(), name: "", root: el("div") });

  /** The component's room; it is made when it is first drawn in. */
  const roomOf = (s, name) => {
    if (!s.rooms.has(name)) {
      s.rooms.set(name, el("div"));
      s.root.appendChild(s.rooms.get(name));
    }
    return s.rooms.get(name);
  };

  /** The picture shows this message. */
  window.FusionLab.picture = (element, given, trigger) => {
    const s = state(element, make);
    const name = text(own(given, "component"));
    const draw = own(window.FusionLab, name);
    if (typeof draw !== "function" || name === "picture") return;
    s.name = name;
    const shown = roomOf(s, name);
    s.rooms.forEach((room) => (room.hidden = room !== shown));
    draw(shown, own(given, "data"), trigger);
  };

  /** The picture is seen, at this place in its run. */
  window.FusionLab.picture.show = (element, place) => {
    const s = state(element, make);
    own(window.FusionLab, s.name)?.show?.(s.rooms.get(s.name), place);
    element.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  };
})();
