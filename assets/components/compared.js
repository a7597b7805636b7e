/**
 * The same question in several ways, side by side: answers by round, and what each way spent.
 *
 * `FusionLab.compared(element, data)` is called with the whole view each time; `{stale}` only says
 * whether it is of another set-up, which holds until there is another `run`.
 */
(() => {
  "use strict";
  const {
    count,
    el,
    fill,
    list,
    measure,
    memberName,
    number,
    own,
    say,
    seconds,
    spelled,
    state,
    table,
    text,
    unit,
    whole,
  } = window.FusionLab.core;
  const { letterOf, verdict } = window.FusionLab.pictures;
  const { has, said, t } = window.FusionLab.words;
  const SETTINGS = ["rounds-topology", "choice-pooling"];

  /** `value` where it is an object, else an empty one: a run file may hold anything. */
  const record = (value) => (value && typeof value === "object" ? value : {});

  /** One object for each entry of the list. */
  const records = (value) => list(value).map(record);

  /** The room, empty. */
  const make = () => {
    const s = {};
    s.note = el("p", { class: "fl-note", "aria-live": "polite" });
    s.cards = el("div", { class: "fl-ways" });
    s.sum = el("div");
    s.texts = el("div", { class: "fl-apart" });
    s.refused = el("div", { role: "alert" });
    s.stale = el("p", { class: "fl-sentence", role: "status", hidden: true }, t("compared-stale"));
    s.root = el("div", { class: "fl-stage" }, s.refused, s.stale, s.note, s.texts, s.cards, s.sum);
    return s;
  };

  /** A way in words: its method, where that is named, and the setting's value it stands for. */
  const titleOf = (run) => {
    const parts = text(run.title).split(", ");
    const kinds = (at) => (parts.length > 1 && !at ? ["method"] : SETTINGS);
    const keyOf = (part, at) =>
      kinds(at)
        .map((kind) => `${kind}-${part.replaceAll("_", "-")}`)
        .find(has);
    return parts
      .map((part, at) => (keyOf(part, at) ? t(keyOf(part, at)) : part))
      .join(t("compared-title-next"));
  };

  const judged = (right) => [" ", verdict(right)];

  /** One answer in the grid: the letter of its group, so that equal answers are seen at once. */
  const cell = (one) => {
    if (!one) return el("td", null);
    const group = whole(one.group, -1);
    const name = group < 0 ? t("pictures-no-answer") : spelled(one.answer);
    const sign = one.right === true ? " ✓" : "";
    return el(
      "td",
      {
        title: name,
        class: `fl-way-answer ${group < 0 ? "fl-quiet" : `fl-answer-${group % 6}`}`,
      },
      group < 0
        ? "–"
        : el(
            "span",
            null,
            `${letterOf(group)}${sign}`,
            el("span", { class: "fl-way-text", dir: "auto" }, name),
          ),
    );
  };

  /** Answers by round and agent. */
  const grid = (run) => {
    const answers = records(run.answers);
    const rounds = [...new Set(answers.map((one) => whole(one.round)))].sort((a, b) => a - b);
    const agents = list(run.agents);
    if (run.one_by_one && rounds.length > 1) {
      return el(
        "ol",
        { class: "fl-samples", "aria-label": t("compared-samples") },
        answers.map((one) =>
          el(
            "li",
            {
              title: spelled(one.answer) || t("pictures-no-answer"),
              class: `fl-way-answer ${whole(one.group, -1) < 0 ? "fl-quiet" : `fl-answer-${whole(one.group) % 6}`}`,
            },
            whole(one.group, -1) < 0
              ? "–"
              : `${letterOf(one.group)}${one.right === true ? " ✓" : ""}`,
          ),
        ),
      );
    }
    return el(
      "div",
      {
        class: "fl-scroll",
        tabindex: "0",
        role: "region",
        "aria-label": t("compared-answers", { title: titleOf(run) }),
      },
      el(
        "table",
        { class: "fl-table fl-way-grid" },
        el(
          "thead",
          null,
          el(
            "tr",
            null,
            el("th", { scope: "col" }, t("compared-round")),
            agents.map((name, i) => el("th", { scope: "col" }, memberName({ name, index: i }))),
          ),
        ),
        el(
          "tbody",
          null,
          rounds.map((round) =>
            el(
              "tr",
              null,
              el("th", { scope: "row" }, String(round)),
              agents.map((_, i) =>
                cell(
                  answers.find((one) => whole(one.round) === round && whole(one.agent, -1) === i),
                ),
              ),
            ),
          ),
        ),
      ),
    );
  };

  /** The answers that the letters stand for. */
  const key = (run) => {
    const groups = new Map();
    records(run.answers).forEach((one) => {
      const group = whole(one.group, -1);
      if (group >= 0 && !groups.has(group)) groups.set(group, spelled(one.answer));
    });
    return groups.size
      ? el(
          "p",
          { class: "fl-note fl-way-key", dir: "auto" },
          [...groups.keys()]
            .sort((a, b) => a - b)
            .slice(0, 6)
            .map((group) => `${letterOf(group)} ${groups.get(group)}`)
            .join(" · "),
        )
      : null;
  };

  const card = (run, most) =>
    el(
      "article",
      { class: "fl-card fl-way" },
      el("header", { class: "fl-card-head" }, el("h3", { class: "fl-subtitle" }, titleOf(run))),
      el(
        "p",
        { class: "fl-way-result", dir: "auto" },
        run.status === "running"
          ? el("span", { class: "fl-quiet" }, t("compared-running"))
          : run.status === "failed"
            ? el(
                "span",
                { class: "fl-wrong" },
                t("compared-failed", { problem: text(run.problem) }),
              )
            : run.answer
              ? [el("strong", null, spelled(run.answer)), judged(run.right)]
              : el(
                  "span",
                  { class: "fl-wrong" },
                  t(run.status === "stopped" ? "compared-stopped" : "pictures-no-answer"),
                ),
      ),
      grid(run),
      key(run),
      el(
        "div",
        { class: "fl-score" },
        el("span", { class: "fl-score-name" }, t("compared-head-tokens")),
        el(
          "span",
          { class: "fl-track", "aria-hidden": "true" },
          measure(
            el("span", { class: "fl-segment" }),
            "--w",
            unit(number(run.tokens) / Math.max(most, 1)),
          ),
        ),
        el("span", { class: "fl-bar-value" }, count(run.tokens)),
      ),
    );

  /** Whether the way is one text that was written token by token. */
  const isText = (run) => list(run.texts).length > 0;

  /** The texts that are whole next to each other, and where they part from the first. */
  const drawTexts = (s, runs) => {
    const whole = runs.filter((run) => isText(run) && run.status === "finished");
    window.FusionLab.apart.draw(
      s.texts,
      whole.map((run) => ({ title: titleOf(run), tokens: run.texts })),
    );
  };

  const rounds = (run) =>
    records(run.rounds)
      .map((one) => count(one.tokens))
      .join(" + ") || "–";

  /** The ways so far, and how many are still to come. */
  window.FusionLab.compared = (element, given) => {
    const s = state(element, make);
    const data = record(given);
    if (typeof data.stale === "boolean") {
      s.stale.hidden = !data.stale;
      s.root.classList.toggle("fl-is-stale", data.stale);
      return;
    }
    if (whole(data.run) !== s.run) {
      s.run = whole(data.run);
      s.stale.hidden = true;
      s.root.classList.remove("fl-is-stale");
    }
    const runs = records(data.runs);
    const answered = runs.filter((run) => !isText(run));
    const most = Math.max(...runs.map((run) => number(run.tokens)), 0);
    const waiting = whole(data.waiting);
    const refused = own(data, "refused");
    fill(
      s.refused,
      refused && el("strong", null, said(refused.message)),
      refused && el("p", { class: "fl-hint" }, said(refused.hint)),
    );
    say(
      s.note,
      waiting
        ? t("compared-waiting", { n: waiting })
        : answered.length
          ? t("compared-letters")
          : "",
    );
    drawTexts(s, runs);
    s.note.hidden = !s.note.textContent;
    s.cards.hidden = !answered.length;
    s.texts.hidden = !s.texts.textContent;
    fill(
      s.cards,
      answered.map((run) => card(run, most)),
    );
    fill(
      s.sum,
      runs.length > 1 &&
        table(
          t("compared-spent"),
          ["way", "answer", "messages", "rounds", "tokens", "reused", "time"].map((head) =>
            t(`compared-head-${head}`),
          ),
          runs.map((run) => [
            titleOf(run),
            el(
              "span",
              { class: "fl-way-spent", title: spelled(run.answer) || false },
              el("bdi", { class: "fl-way-text" }, spelled(run.answer) || "–"),
              judged(run.right),
            ),
            isText(run) ? "–" : count(run.messages),
            el("span", { class: "fl-way-rounds" }, rounds(run)),
            count(run.tokens),
            isText(run) ? "–" : count(run.reused),
            seconds(run.seconds),
          ]),
        ),
    );
  };
})();
