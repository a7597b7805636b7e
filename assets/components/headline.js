/**
 * The answer of the run, largest; whether it is right, how it came about, and what it cost.
 *
 * `FusionLab.headline(element, data)` shows the view it is given; a long answer is folded.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { said, t } = FusionLab.words;
  const {
    count,
    el,
    fill,
    list,
    number,
    own,
    ratio,
    say,
    seconds,
    set,
    spelled,
    state,
    term,
    text,
    uid,
  } = FusionLab.core;
  const LONG = 420;
  const LINES = 6;

  /** The rooms of the headline, empty. */
  const make = () => {
    const id = uid();
    const s = { open: false, answered: null };
    s.asked = el("p", { class: "fl-headline-asked", dir: "auto" });
    s.title = el("h2", { class: "fl-headline-title", id });
    s.answer = el("div", { class: "fl-headline-answer", dir: "auto", id: uid() });
    s.more = el("button", {
      class: "fl-link fl-headline-more",
      type: "button",
      "aria-controls": s.answer.id,
    });
    s.more.addEventListener("click", () => {
      s.open = !s.open;
      fold(s);
    });
    s.verdict = el("p", { class: "fl-headline-verdict" });
    s.how = el("p", { class: "fl-headline-how", dir: "auto" });
    s.cost = el("p", { class: "fl-headline-cost" });
    s.root = el(
      "section",
      { class: "fl-stage fl-headline", "aria-labelledby": id },
      s.asked,
      s.title,
      s.answer,
      s.more,
      s.verdict,
      s.how,
      s.cost,
    );
    return s;
  };

  /** Whether the answer takes more room than a headline has. */
  const isLong = (answer) => answer.length > LONG || answer.split("\n").length > LINES;

  /** The long answer is whole or cut, and the button says what it does. */
  const fold = (s) => {
    const long = isLong(s.answered || "");
    s.answer.classList.toggle("fl-headline-folded", long && !s.open);
    s.more.hidden = !long;
    set(s.more, { "aria-expanded": s.open ? "true" : "false" });
    say(s.more, t(s.open ? "headline-less" : "headline-more"));
  };

  /** The answer; what has been said of it already is left alone, so that nothing flickers. */
  const drawAnswer = (s, data) => {
    const answer = spelled(data.answer);
    if (data.empty) fill(s.answer, el("span", { class: "fl-quiet" }, t("headline-empty")));
    else say(s.answer, answer);
    s.answer.hidden = !answer && !data.empty;
    s.answer.classList.toggle("fl-headline-text", answer.length > 60 || answer.includes("\n"));
    s.answer.classList.toggle("fl-running", Boolean(data.growing));
    if (s.answered === null || !answer.startsWith(s.answered)) s.open = false;
    s.answered = answer;
    fold(s);
  };

  const mark = (kind, words, title) =>
    el("span", { class: `fl-mark fl-mark-${kind}`, title: title || false }, words);

  /** Right or wrong, where that is known, and whether reading one another helped. */
  const drawVerdict = (s, data) => {
    const wrong = data.right === false;
    const compared = data.compared;
    const key = text(own(own(compared, "said"), "key"));
    fill(
      s.verdict,
      data.status === "failed" ? mark("failed", t("headline-broke-off")) : null,
      data.right === true ? mark("right", t("headline-right")) : null,
      wrong ? mark("wrong", t("headline-wrong")) : null,
      wrong && data.truth
        ? el("span", { dir: "auto" }, t("headline-wrong.truth", { truth: text(data.truth) }))
        : null,
      compared ? mark(text(compared.mark), said(compared.said), key && t(`${key}.title`)) : null,
    );
    s.verdict.hidden = !s.verdict.childNodes.length;
  };

  /** What it cost, in one line; what has an entry in the glossary opens it. */
  const costOf = (cost) => {
    const passes = number(cost.forward_passes);
    const times = number(cost.times);
    const tokens = { in: count(cost.tokens_in), out: count(cost.tokens_out) };
    const share = { times: ratio(times) };
    const counted = { n: passes, count: count(passes) };
    return [
      term("tokens-in-out", t("headline-cost-tokens", tokens)),
      passes > 0 && term("forward-pass", t("headline-cost-passes", counted)),
      number(cost.seconds) > 0 && seconds(cost.seconds),
      times > 0 && term("equal-compute", t("headline-cost-times", share)),
    ].filter(Boolean);
  };

  const drawCost = (s, cost) => {
    s.cost.hidden = !cost;
    if (!cost) return;
    fill(
      s.cost,
      el("span", { class: "fl-headline-cost-name" }, t("headline-cost")),
      costOf(cost).map((part) => el("span", { class: "fl-headline-part" }, part)),
    );
  };

  /** The headline shows this view; without an answer it is not there: the status says why. */
  window.FusionLab.headline = (element, data) => {
    const s = state(element, make);
    const view = data && typeof data === "object" ? data : {};
    const how = list(view.how).map(said);
    say(s.title, said(view.label) || t("headline-answer"));
    const asked = spelled(view.asked);
    fill(s.asked, el("span", { class: "fl-quiet" }, t("recipe-prompt")), " ", asked);
    s.asked.hidden = !asked;
    drawAnswer(s, view);
    drawVerdict(s, view);
    fill(
      s.how,
      how.map((sentence) => el("span", { class: "fl-headline-part" }, sentence)),
    );
    s.how.hidden = !how.length;
    drawCost(s, view.cost);
    s.root.hidden = s.answer.hidden && (view.status === "failed" || s.verdict.hidden);
  };
})();
