/**
 * The recipe as plain data: read, made complete, and carried from one method to another.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { list, number, own, text } = FusionLab.core;
  const { titles } = FusionLab.fields;
  const { joined, said, t } = FusionLab.words;

  /** How open a model is, each step including those before it. */
  const LEVELS = ["text", "logprobs", "logits", "internals"];

  /** Sampling as a recipe has it that does not say. */
  const usualSampling = () => ({ max_tokens: 128, temperature: 0, top_k: 0, top_p: 1, seed: 0 });

  /** A recipe of our own, complete: the turns before the prompt stand apart from it. */
  const plain = (recipe) => {
    const given = recipe && typeof recipe === "object" ? recipe : {};
    const turns = list(given.messages);
    return {
      method: text(given.method),
      prompt: turns.length ? text(turns[turns.length - 1].content) : text(given.prompt),
      earlier: turns.slice(0, -1).map(({ role, content }) => ({ role, content: text(content) })),
      members: list(given.members).map((member) => ({
        ref: text(member.ref),
        name: text(member.name),
        weight: number(member.weight, 1),
        system: text(member.system),
        engine: text(member.engine),
      })),
      settings: { ...(given.settings || {}) },
      sampling: { ...usualSampling(), ...(given.sampling || {}) },
      begin: FusionLab.begun.plain(given.begin),
    };
  };

  /** The recipe that the form says, as Python reads it. */
  const read = (form) => {
    const { prompt, earlier, members, settings, sampling } = form.recipe;
    const asked = earlier.length
      ? { messages: [...earlier, { role: "user", content: prompt }] }
      : { prompt };
    const begin = FusionLab.begun.read(form.recipe);
    const said = { method: form.method().name, ...asked, members, settings, sampling, ...begin };
    return structuredClone(said);
  };

  /** Whether a setting takes this value. */
  const takes = (setting, value) => {
    if (setting.kind === "choice") return list(setting.choices).includes(value);
    const kinds = { switch: "boolean", integer: "number", number: "number", text: "string" };
    if (setting.kind === "list") return Array.isArray(value);
    if (typeof value !== own(kinds, setting.kind)) return false;
    if (typeof value !== "number") return true;
    return value >= (setting.least ?? -Infinity) && value <= (setting.most ?? Infinity);
  };

  /** Settings that the new method takes are kept; returns the titles of the others. */
  const carriedSettings = (form, before, after) => {
    const kept = {};
    const dropped = [];
    for (const [name, value] of Object.entries(form.recipe.settings)) {
      const old = before.settings.find((each) => each.name === name);
      const same = after.settings.find((each) => each.name === name);
      if (old && JSON.stringify(old.value) === JSON.stringify(value)) continue;
      if (same && takes(same, value)) kept[name] = value;
      else if (old) dropped.push(titles.setting(before.name, old));
    }
    form.recipe.settings = kept;
    return dropped;
  };

  /** The names of the engines that compute the model as openly as the method needs. */
  const engines = (model, method) =>
    Object.entries(model?.engines || {})
      .filter(([, level]) => LEVELS.indexOf(level) >= LEVELS.indexOf(method.needs))
      .map(([name]) => name);

  /** Members that the new method takes are kept; returns the names of the others. */
  const carriedMembers = (form, after) => {
    const known = new Set(list(form.data.models).map(({ ref }) => ref));
    const suits = (ref) => !known.has(ref) || after.models.includes(ref);
    const members = form.recipe.members;
    const kept = members.filter(({ ref }) => suits(ref)).slice(0, after.most);
    form.recipe.members = [...kept];
    for (const member of kept) {
      const model = list(form.data.models).find(({ ref }) => ref === member.ref);
      if (model && !engines(model, after).includes(member.engine)) member.engine = "";
    }
    while (form.recipe.members.length < after.least) {
      const ref = kept.length ? kept[kept.length - 1].ref : text(after.models[0]);
      form.recipe.members.push({ ref, name: "", weight: 1, system: "", engine: "" });
    }
    return members
      .filter((member) => !kept.includes(member))
      .map(({ name, ref }) => name || titles.model(ref));
  };

  /** The recipe suits the new method; returns in words what it dropped. */
  const carried = (form, before, after) => {
    const settings = carriedSettings(form, before, after);
    const members = carriedMembers(form, after);
    const { sampling } = form.recipe;
    const started = sampling.temperature === before.temperature;
    if (started || (after.temperature > 0 && sampling.temperature === 0)) {
      sampling.temperature = after.temperature;
    }
    return joined([
      members.length
        ? t("recipe-dropped-members", { n: members.length, names: said(members) })
        : "",
      settings.length
        ? t("recipe-dropped-settings", { n: settings.length, names: said(settings) })
        : "",
    ]);
  };

  FusionLab.carrying = { carried, engines, plain, read, usualSampling };
})();
