/**
 * What components say: sentences by key, in the reader's language.
 *
 * `FusionLab.sentences` holds the Fluent files of each language. The language is the link's
 * (`?lang=zh`), else the one that was chosen here before, else the browser's, else English.
 * `FusionLab.words.t(key, values)` is a sentence, `joined(sentences)` several in a row;
 * `said(given)` is what views send: a text as it is, `{key, values}`, or the same text by language.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { FluentBundle, FluentNumber, FluentResource } = window.FluentBundle;
  const ENGLISH = "en";
  const CHINESE = "zh";
  const BESIDE =
    /(?<=[\u3000-\u9fff\uff00-\uffef]) (?=\u2068[\u3400-\u9fff])|(?<=[\u3400-\u9fff]\u2069) (?=[\u3400-\u9fff])/g;
  const STORED = "fusionlab-language";
  const WIDE = /(?<=[，。；：？！、）》]) +(?=\S)/g; // a space beside such a sign is a gap too many
  const languages = Object.keys(FusionLab.sentences);

  const asked = new URLSearchParams(window.location.search).get("lang");

  /** The known language of a tag such as zh-CN; undefined where there is none. */
  const known = (tag) => {
    const short = String(tag || "")
      .toLowerCase()
      .split(/[-_]/)[0];
    return languages.includes(short) ? short : undefined;
  };

  /** What an earlier visit chose; private windows may refuse to say. */
  const stored = () => {
    try {
      return window.localStorage.getItem(STORED);
    } catch {
      return null;
    }
  };

  const language = asked
    ? known(asked) || ENGLISH
    : known(stored()) || [...navigator.languages].map(known).find(Boolean) || ENGLISH;

  /** From now on pages are in this language; the page is loaded again. */
  const choose = (next) => {
    try {
      window.localStorage.setItem(STORED, next);
    } catch {
      // the link says it too
    }
    const address = new URL(window.location.href);
    address.searchParams.set("lang", next);
    window.location.assign(address);
  };

  /** Chinese has a blank beside a value in Latin letters or digits, none beside a Chinese one. */
  const close = (sentence) =>
    sentence
      .replace(BESIDE, "")
      .replace(/[\u2068\u2069]/g, "")
      .replace(WIDE, "");

  /** A number below 0: its sign is a minus, as in all figures, where Intl writes a hyphen; what is
      shown as 0 has none. */
  class Negative extends FluentNumber {
    toString(scope) {
      const shown = super.toString(scope);
      return shown.replace("-", /[1-9]/.test(shown) ? "−" : "");
    }
  }

  const isNegative = (value) => typeof value === "number" && (value < 0 || Object.is(value, -0));

  /** Values of a sentence, as Fluent takes them. */
  const valuesOf = (values) =>
    Object.fromEntries(
      Object.entries(values || {}).map(([name, value]) => [
        name,
        isNegative(value) ? new Negative(value) : value,
      ]),
    );

  /** The sentences of a language. */
  const bundleOf = (name) => {
    const bundle = new FluentBundle(name, { useIsolating: name === CHINESE });
    bundle.addResource(new FluentResource(FusionLab.sentences[name]));
    return bundle;
  };
  const bundles = [language, ENGLISH].map(bundleOf);

  /** Whether there is a sentence of this key, or with `key.attribute`, that attribute of it. */
  const has = (key) => {
    const [name, attribute] = key.split(".");
    return bundles.some((bundle) =>
      attribute ? bundle.getMessage(name)?.attributes[attribute] : bundle.hasMessage(name),
    );
  };

  /** The sentence of this key, or one of its attributes (`key.attribute`), with these values. */
  const t = (key, values) => {
    const [name, attribute] = key.split(".");
    for (const bundle of bundles) {
      const message = bundle.getMessage(name);
      const pattern = attribute ? message?.attributes[attribute] : message?.value;
      if (!pattern) continue;
      const faults = [];
      const sentence = bundle.formatPattern(pattern, valuesOf(values), faults);
      if (faults.length) console.error(`sentence ${key}: ${faults[0]}`);
      return bundle.locales[0] === CHINESE ? close(sentence) : sentence;
    }
    console.error(`no sentence ${key}`);
    return key;
  };

  /** What stands between two sentences: in Chinese nothing. */
  const gap = language === CHINESE ? "" : " ";
  /** These sentences one after the other. */
  const joined = (parts) => parts.filter(Boolean).join(gap);

  /** These words one after another, the last joined as a sentence does it. */
  const listed = (words) =>
    words.reduce((before, next, i) => {
      if (!i) return next;
      return before + t(i + 1 < words.length ? "and-next" : "and-last") + next;
    }, "");

  /** What a view sends to be said, in the reader's language. */
  const said = (given) => {
    if (given === null || given === undefined) return "";
    if (typeof given !== "object") return String(given);
    if (typeof given.key === "string") {
      const values = Object.entries(given.values || {}).map(([name, value]) => [
        name,
        typeof value === "number" ? value : said(value),
      ]);
      return t(given.key, Object.fromEntries(values));
    }
    if (Array.isArray(given)) return listed(given.map(said));
    return said(given[language] ?? given[ENGLISH]);
  };

  document.documentElement.lang = language === CHINESE ? "zh-CN" : language;
  FusionLab.words = {
    choose,
    gap,
    has,
    joined,
    language,
    languages,
    said,
    t,
    unknown: asked && !known(asked) ? asked : "",
  };
})();
