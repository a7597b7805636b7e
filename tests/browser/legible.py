"""What can be measured of a page's accessibility: axe-core's rules, sizes and contrasts of text."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES: dict[str, Any] = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    },
    "rules": {
        "label-content-name-mismatch": {"enabled": True},
        "color-contrast": {"enabled": False},
    },
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
UNFOLD = """(within) => {
    for (const one of document.querySelectorAll(`${within} details`)) one.open = true;
}"""
SCHEME = """(dark) => {
    const was = document.body.classList.contains('dark');
    document.body.classList.toggle('dark', dark);
    return was;
}"""
SMALLEST = 12
HELP = 14
CONTRAST = 4.5

# axe-core leaves out text on anything that another element overlaps, scrolls or shades; this looks
# at all of it: the colour of each text against the colours behind it, and its size as painted.
TEXTS = """([smallest, help, contrast]) => {
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
        .getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const rgba = (colour) => {
        if (!known.has(colour)) {
            context.clearRect(0, 0, 1, 1);
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
            known.set(colour, [r, g, b, a / 255]);
        }
        return known.get(colour);
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
    const light = (colour) => {
        const [r, g, b] = colour.map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
        const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
        return (high + 0.05) / (low + 0.05);
    };
    const shapeBehind = (node) => {  // the last shape of the same picture that is under the text
        const box = node.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const shapes = node.ownerSVGElement.querySelectorAll('circle, rect, polygon, path');
        return [...shapes].filter((shape) => {
            const [at, style] = [shape.getBoundingClientRect(), getComputedStyle(shape)];
            const before = shape.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
            return before && style.fill !== 'none' && !style.fill.startsWith('url') &&
                at.left <= x && x <= at.right && at.top <= y && y <= at.bottom;
        }).pop();
    };
    const grounds = new Map([[null, { colour: [255, 255, 255], opacity: 1 }]]);
    const ground = (node) => {
        if (!grounds.has(node)) {
            const [below, style] = [ground(node.parentElement), getComputedStyle(node)];
            grounds.set(node, {
                colour: over(rgba(style.backgroundColor), below.colour),
                opacity: below.opacity * style.opacity,
            });
        }
        return grounds.get(node);
    };
    const behind = (node) => {
        const { colour } = ground(node);
        const shape = node.ownerSVGElement && shapeBehind(node);
        if (!shape) return colour;
        const style = getComputedStyle(shape);
        const [r, g, b, a] = rgba(style.fill);
        return over([r, g, b, a * style.fillOpacity * style.opacity], colour);
    };
    const named = (node) => {
        const own = (each) =>
            [...each.classList].filter((name) => name.startsWith('fl-'))
                .map((name) => `.${name}`).join('');
        const parts = [];
        for (let at = node; at && parts.length < 3; at = at.parentElement)
            parts.unshift(`${at.localName}${own(at)}`);
        return parts.join(' > ');
    };
    const unseen = '.fl-unseen, option, :disabled, [aria-disabled="true"], script, style, noscript';
    const found = new Map();
    const complain = (node, what) => {
        const line = `${what} in ${named(node)}`;
        if (!found.has(line)) found.set(line, node.textContent.trim().slice(0, 30));
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || node.closest(unseen)) continue;
        if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const style = getComputedStyle(node);
        const { b: down, d: along } = node.ownerSVGElement ? node.getScreenCTM() : { b: 0, d: 1 };
        const size = Math.round(10 * parseFloat(style.fontSize) * Math.hypot(down, along)) / 10;
        const least = node.closest('.fl-help, .fl-hint, .fl-note, .fl-small') &&
            !node.closest('.fl-code, .fl-swatch') ? help : smallest;
        if (size < least) complain(node, `${size} px, at least ${least},`);
        const below = behind(node);
        const [r, g, b, a] = rgba(node.ownerSVGElement ? style.fill : style.color);
        const seen = ratio(over([r, g, b, a * ground(node).opacity], below), below);
        if (seen < contrast) complain(node, `contrast ${seen.toFixed(2)}, at least ${contrast},`);
    }
    return [...found].map(([line, text]) => `${line}: “${text}”`);
}"""


def faults(page: Page, where: str, part: str = "html", *, colours: bool = True) -> list[str]:
    """What there is against this part of the page, a line for each element.

    Colours are looked at in light and in dark; axe-core does so while long tables are still folded,
    where they would take most of the time. All else is looked at with everything folded open.
    """
    lines: list[str] = []
    was_dark = page.evaluate(SCHEME, False)
    for dark in (False, True) if colours else ():
        page.evaluate(SCHEME, dark)
        lines += against(page, COLOURS, part)
    page.evaluate(UNFOLD, part)
    lines += against(page, RULES, "html" if part.startswith("#tab-") else part)
    for dark in (False, True):
        page.evaluate(SCHEME, dark)
        lines += page.evaluate(TEXTS, [SMALLEST, HELP, CONTRAST])
    page.evaluate(SCHEME, was_dark)
    return [f"{where}: {line}" for line in dict.fromkeys(lines)]


def against(page: Page, rules: dict[str, Any], within: str = "html") -> list[str]:
    """What axe-core has against this part of the page, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("([within, rules]) => axe.run(within, rules)", [within, rules])
    return [
        f"{rule['id']}: {_told(node)}" for rule in found["violations"] for node in rule["nodes"]
    ]


def _told(node: dict[str, Any]) -> str:
    """Where the fault is, and what it is."""
    said = [each["message"] for each in node["any"] + node["all"] + node["none"]]
    return f"{' '.join(map(str, node['target']))} · {'; '.join(filter(None, said))}"
