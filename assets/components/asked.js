/**
 * The set-up of the form that builds: what of it counts, and what is told of it.
 *
 * A row of a builder counts where the settings that it names have one of the values that it names
 * (`when`); its value stands among the settings, or in the table that it names.
 */
(() => {
  "use strict";
  const { list, own, text } = window.FusionLab.core;

  /** Whether the row counts with these settings of its builder. */
  const counts = (builder, settings, row) =>
    list(row.when).every(({ setting, values }) => {
      const usual = list(builder.settings).find((each) => each.name === setting);
      return list(values).includes(own(settings, setting) ?? usual?.value);
    });

  /** The row's value among the settings; undefined where it is left to the builder. */
  const valueOf = (settings, row) =>
    row.table ? own(own(settings, row.table) || {}, row.name) : own(settings, row.name);

  /** The row has this value now. */
  const put = (settings, row, value) => {
    const held = row.table ? { ...own(settings, row.table) } : settings;
    if (value === undefined) delete held[row.name];
    else held[row.name] = value;
    if (!row.table) return;
    if (Object.keys(held).length) settings[row.table] = held;
    else delete settings[row.table];
  };

  /** Whether other rows or their values depend on this one. */
  const decides = (builder, row) =>
    [...list(builder.settings), ...list(builder.options)].some((each) =>
      list(each.when).some(({ setting }) => setting === row.name),
    );

  /** The values without those that do not count; what no row knows is for others to refuse. */
  const counting = (values, rows, isGood) =>
    Object.fromEntries(
      Object.entries(values || {}).filter(([name]) => {
        const known = rows.filter((row) => row.name === name);
        return !known.length || known.some(isGood);
      }),
    );

  /** The set-up without what does not count in it: as it is told, kept and put into links. */
  const sent = (builder, asked) => {
    const good = (row) => counts(builder, asked.settings, row);
    const rows = list(builder.settings);
    const plain = rows.filter((row) => !row.table);
    const settings = counting(asked.settings, plain, good);
    for (const table of new Set(rows.map((row) => row.table).filter(Boolean))) {
      if (!own(settings, table)) continue;
      const inside = rows.filter((row) => row.table === table);
      settings[table] = counting(settings[table], inside, good);
      if (!Object.keys(settings[table]).length) delete settings[table];
    }
    const sources = asked.sources.map(({ ref, options }) => ({
      ref,
      options: counting(options, list(builder.options), good),
    }));
    return { ...asked, settings, sources };
  };

  /** The set-up as a text: equal for two that ask for the same, whatever they were begun from. */
  const fingerprint = (builder, asked) => {
    const { id, settings, sources } = sent(builder, asked);
    const usual = (name) => list(builder.settings).find((row) => !row.table && row.name === name);
    const given = Object.entries(settings).filter(([name, value]) => value !== usual(name)?.value);
    const sorted = (_, each) =>
      each && typeof each === "object" && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort())
        : each;
    return JSON.stringify([asked.builder, id, Object.fromEntries(given), sources], sorted);
  };

  /** The set-up that was given, as far as it is one. */
  const plain = (chosen) => ({
    builder: text(chosen?.builder),
    sources: list(chosen?.sources).map(({ ref, options }) => ({ ref, options: { ...options } })),
    settings: { ...chosen?.settings },
    id: text(chosen?.id),
    preset: text(chosen?.preset),
  });

  window.FusionLab.asked = { counts, decides, fingerprint, plain, put, sent, valueOf };
})();
