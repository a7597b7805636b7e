/**
 * Ranges of layers in the form that builds: its picture and its settings say the same.
 *
 * `FusionLab.buildranges.drawStack(f)` fills the rooms of the form `f` for the picture and for what
 * can be done with its ranges, where its plan speaks of layers.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { button, fill, list, own, whole } = FusionLab.core;
  const { written } = FusionLab.building;
  const { drawSettings, pictured } = FusionLab.buildform;
  const { drawFigures } = FusionLab.planned;
  const { t } = FusionLab.words;

  /** The picture was changed: the settings say the same. */
  const dragged = (f, ranges) => {
    const [seam, free] = ["seam", "ranges"].map((part) => pictured(f, part));
    const atSeam = seam && !(free && own(f.asked.settings, free.name));
    if (atSeam) f.asked.settings[seam.name] = ranges[ranges.length - 1].first;
    else setRanges(f, ranges);
    f.plan = { ...f.plan, layers: { ...f.plan.layers, ranges } };
    drawSettings(f);
    drawFigures(f);
    f.act.changed();
  };

  const setRanges = (f, ranges) => {
    const [seam, free] = ["seam", "ranges"].map((part) => pictured(f, part));
    if (seam) delete f.asked.settings[seam.name];
    f.asked.settings[free.name] = written(ranges, f.asked.sources.length);
  };

  /** As many ranges as before, one more or one less, all of them free from now on. */
  const rearranged = (f, change) => {
    const ranges = list(f.plan.layers?.ranges).map((each) => ({ ...each }));
    const next = change(ranges);
    setRanges(f, next);
    f.plan = { ...f.plan, layers: { ...f.plan.layers, ranges: next } };
    drawSettings(f);
    f.act.drawPlan();
    f.act.changed();
  };

  /** The picture of layers, where the plan speaks of them, and what can be done with its ranges. */
  const drawStack = (f) => {
    const layers = f.plan.layers;
    const [seam, free] = ["seam", "ranges"].map((part) => pictured(f, part));
    const drawn = Boolean(layers && (seam || free));
    f.stack.hidden = f.free.hidden = !drawn;
    f.root.classList.toggle("fl-build-flat", !(seam || free));
    if (!drawn) return;
    const atSeam = Boolean(seam) && !(free && own(f.asked.settings, free.name));
    FusionLab.stack(f.stack, { ...layers, seam: atSeam }, (ranges) => dragged(f, ranges));
    if (!free) return;
    const act = (key, change) => button(t(key), "fl-plain", () => rearranged(f, change));
    const last = (ranges) => ranges[ranges.length - 1];
    fill(
      f.free,
      atSeam
        ? act("build-ranges-free", (ranges) => ranges)
        : [
            act("build-range-add", (ranges) => {
              const source = (last(ranges).source + 1) % layers.sources.length;
              return [...ranges, { source, first: 0, last: whole(layers.sources[source].layers) }];
            }),
            list(layers.ranges).length > 1
              ? act("build-range-remove", (ranges) => ranges.slice(0, -1))
              : null,
            seam
              ? button(
                  t("build-ranges-seam"),
                  "fl-plain",
                  () => f.act.setSetting(free, undefined) || drawSettings(f),
                )
              : null,
          ],
    );
  };

  FusionLab.buildranges = { drawStack };
})();
