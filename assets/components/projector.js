/**
 * Keys for whoever stands beside a projector: left and right take steps, the space bar plays.
 *
 * They press the first button of class `fl-go-back`, `fl-go-next` or `fl-go-play` whose picture is
 * seen, wherever the focus is, unless what has it takes the key itself.
 */
(() => {
  "use strict";
  const KEYS = {
    ArrowLeft: "back",
    ArrowRight: "next",
    " ": "play",
  };
  const BUSY = "input, textarea, select, dialog, [role='tab'], [role='slider']";

  /** Whether the button can be pressed and its picture is on the screen. */
  const within = (node) => {
    if (!node.checkVisibility() || node.disabled) return false;
    const box = node.closest(".fl").getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  };

  /** The button that this key stands for, where there is one. */
  const pressed = (event) => {
    const name = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : "";
    const taken = name === "play" ? [BUSY, "button", "summary", "a"] : [BUSY];
    if (!name || event.target.closest?.(taken.join())) return undefined;
    return [...document.querySelectorAll(`.fl .fl-go-${name}`)].find(within);
  };

  document.addEventListener("keydown", (event) => {
    const held = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (held || event.defaultPrevented) return;
    if (!document.documentElement.classList.contains("fl-large")) return;
    const node = pressed(event);
    if (!node) return;
    event.preventDefault();
    node.click();
  });
})();
