/**
 * Gates of mixtures of experts: how routers learn under three rules, what nine gates make of them,
 * and GShard's layer step by step.
 *
 * `FusionLab.studies.gates(element, view)` draws a picture of the study `gates`; called again it
 * draws a later one in its place.
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { el, state } = FusionLab.core;

  const make = () => {
    const s = {};
    s.parts = [FusionLab.gatesLearning(), FusionLab.gatesBeside(), FusionLab.gatesSteps()];
    s.root = el(
      "div",
      { class: "fl-gates" },
      s.parts.map((part) => part.root),
    );
    return s;
  };

  FusionLab.studies = FusionLab.studies || {};
  FusionLab.studies.gates = (element, view) => {
    for (const part of state(element, make).parts) part.draw(view || {});
  };
})();
