/**
 * A picture of what is seen, to take away: `FusionLab.still.save(nodes, name)` is a PNG of views,
 * one below the other.
 *
 * Their nodes and the style sheet of all views go into an SVG, which the browser paints: they
 * need nothing else. Where it may not be read back, as in Safari, the SVG itself is the file.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, svg } = FusionLab.core;
  const SHARP = 2;

  /** A file as an address that holds it. */
  const held = async (address) => {
    const blob = await (await fetch(address)).blob();
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
  };

  /** The page's own faces of its typeface, files and all: a picture may fetch none. */
  const faces = async () => {
    const own = [...document.styleSheets].filter(
      (sheet) => !sheet.href || sheet.href.startsWith(window.location.origin),
    );
    const rules = own
      .flatMap((sheet) => [...sheet.cssRules].map((rule) => [rule, sheet.href || document.baseURI]))
      .filter(([rule]) => rule instanceof CSSFontFaceRule && /IBM Plex/.test(rule.cssText));
    const written = rules.map(async ([rule, base]) => {
      const [, address] = /url\("?([^")]+)/.exec(rule.style.getPropertyValue("src"));
      try {
        return rule.cssText.replace(address, await held(new URL(address, base)));
      } catch {
        return ""; // the server is gone: the picture is in the next typeface
      }
    });
    return (await Promise.all(written)).join("\n");
  };

  /** The style sheet of all views, as it is for paper. */
  const style = async () => {
    const node = document.createElement("style");
    const views = [...document.querySelectorAll("head > style")]
      .map((each) => each.textContent)
      .find((each) => each.includes("--fl-member-0"))
      .replaceAll("@media print", "@media all");
    node.textContent = `${await faces()}\n${views}`;
    return node;
  };

  /** A copy of the view, with what was chosen in it. */
  const copied = (view) => {
    const copy = view.cloneNode(true);
    const [old, fresh] = [view, copy].map((node) => [...node.querySelectorAll("input")]);
    fresh.forEach((node, i) => node.toggleAttribute("checked", old[i].checked));
    return copy;
  };

  /** The copies with their style, in the colours of the page. */
  const framed = async (views) => {
    const dark = document.body.classList.contains("dark") ? "dark" : "";
    const frame = el("div", { class: `fl-still ${dark}` }, await style(), views.map(copied));
    frame.lang = document.documentElement.lang;
    return frame;
  };

  /** How high the frame is at this width. */
  const heightOf = (frame, width) => {
    const host = document.body.appendChild(el("div", { class: "fl-still-room" }));
    host.style.width = `${width}px`;
    host.attachShadow({ mode: "open" }).append(frame);
    const { height } = frame.getBoundingClientRect();
    host.remove();
    return Math.ceil(height);
  };

  /** The frame as an SVG of this size. */
  const drawn = (frame, width, height) => {
    const room = svg("foreignObject", { width, height }, frame);
    return new XMLSerializer().serializeToString(svg("svg", { width, height }, room));
  };

  /** The SVG painted; null where the browser does not give it back. */
  const painted = async (source, width, height) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = el("canvas", { width: width * SHARP, height: height * SHARP });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    try {
      return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    } catch {
      return null;
    }
  };

  /** The browser saves this under that name. */
  const download = (blob, name) => {
    const link = el("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  /** The views are saved as a picture of this name. */
  const save = async (views, name) => {
    const frame = await framed(views);
    const width = Math.ceil(Math.max(...views.map((view) => view.getBoundingClientRect().width)));
    const height = heightOf(frame, width);
    const source = drawn(frame, width, height);
    const png = await painted(source, width, height);
    if (png) download(png, `${name}.png`);
    else download(new Blob([source], { type: "image/svg+xml" }), `${name}.svg`);
  };

  FusionLab.still = { download, save };
})();
