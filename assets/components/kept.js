/**
 * What this browser tab remembers of its last results, so that the page can be loaded again.
 *
 * `FusionLab.kept.note(tab, entry)`: `entry` says the set-up (`query`), how its result came (`how`)
 * and by which name the server has it (`name`). Another browser tab knows nothing of it, and it is
 * in no address. The address says what the tab that is seen shows, and what is chosen beside that
 * (`beside`).
 */
(() => {
  "use strict";
  const FusionLab = window.FusionLab;
  const { own, text } = FusionLab.core;
  const KEY = "fusionlab-kept";
  const BESIDE = {};

  /** By tab what was noted; private windows may refuse to say. */
  const all = () => {
    try {
      return JSON.parse(window.sessionStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };

  /** The tab that is seen. */
  const current = () => {
    const tab = document.querySelector("#tabs button[role='tab'][aria-selected='true']");
    return (tab?.id || "").replace(/^tab-|-button$/g, "");
  };

  /** What the address of this tab says. */
  const query = (tab) => {
    if (tab === "start") return "";
    const shown = text(own(own(all(), tab), "query")) || `tab=${tab}`;
    const beside = new URLSearchParams(own(BESIDE, tab) || {}).toString();
    return beside ? `${shown}&${beside}` : shown;
  };

  /** This stands in the address of the tab beside its set-up, as long as the page is open. */
  const beside = (tab, parameters) => {
    BESIDE[tab] = parameters;
    if (tab === current()) FusionLab.frame.address(query(tab));
  };

  /** This is the last that the tab showed; a set-up that was not run has no branches. */
  const note = (tab, entry) => {
    const now = { ...all(), [tab]: entry };
    if (entry?.how === "linked") delete now[`${tab}-branches`];
    try {
      window.sessionStorage.setItem(KEY, JSON.stringify(now));
    } catch {
      return; // a page that is loaded again begins anew
    }
    if (tab === current()) FusionLab.frame.address(query(tab));
  };

  FusionLab.kept = { all, beside, current, note, query };
})();
