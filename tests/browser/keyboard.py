"""A walk by keys: what they reach, and whether one sees where one is."""

from typing import Any

from playwright.sync_api import Page

# Numbers the controls that the Tab key should reach; of a group of radio buttons it is one.
MARK = """(within) => {
    const all = 'a[href], button, input, select, textarea, summary, [tabindex]';
    for (const old of document.querySelectorAll('[data-stop]')) delete old.dataset.stop;
    const chosen = (node) => document.querySelector(`input:checked[name="${node.name}"]`) || node;
    const reached = [...document.querySelector(within).querySelectorAll(all)].filter((node) =>
        !node.disabled && node.tabIndex >= 0 && !(node.type === 'radio' && chosen(node) !== node) &&
        node.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    reached.forEach((node, i) => (node.dataset.stop = i));
    return reached.map((node) => `${node.localName}.${node.getAttribute('class')} “` +
        `${(node.getAttribute('aria-label') || node.textContent).trim().slice(0, 40)}”`);
}"""
# Where the focus is, whether a ring is drawn there, and whether anything lies over it.
STOP = """() => {
    const node = document.activeElement;
    if (!node || node.dataset.stop === undefined) return null;
    const [box, style] = [node.getBoundingClientRect(), getComputedStyle(node)];
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return {
        stop: Number(node.dataset.stop),
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        seen: Boolean(above) && (node.contains(above) || above.contains(node)),
    };
}"""


def walk(page: Page, key: str, within: str = "body") -> list[str]:
    """The faults on the way through all controls of this part of the page by one key."""
    names: list[str] = page.evaluate(MARK, within)
    stops: dict[int, Any] = {}
    page.evaluate("document.activeElement.blur()")
    for _ in range(len(names) + 5):  # beside the page the browser's own bar has a stop or two
        page.keyboard.press(key)
        if stop := page.evaluate(STOP):
            stops[stop["stop"]] = stop
        if len(stops) == len(names):
            break
    return [
        f"{key}: {name} {fault}"
        for at, name in enumerate(names)
        for fault in _faults(stops.get(at))
    ]


def _faults(stop: dict[str, Any] | None) -> list[str]:
    if stop is None:
        return ["is not reached"]
    told = {"ring": "has no ring", "seen": "is not in sight"}
    return [words for key, words in told.items() if not stop[key]]
