// From draft to film in gates: each says how much is there and approved, and buys only what stands behind an approval.

import { h } from "/pages/lib/dom.js";
import { count, usd } from "/pages/lib/format.js";
import { openSpending } from "/pages/spend/spend.js";

const WORDS = {
  stills: { title: "1 · Stills", button: "Draw", ask: "Draw these stills?", unit: "still" },
  clips: { title: "2 · Clips of approved stills", button: "Animate", ask: "Animate the approved stills?", unit: "shot" },
  film: { title: "3 · Film", button: "Finish", ask: "Make the film?", unit: "shot" },
};

export function gates(store) {
  const { board } = store;
  if (!board || board.is_draft) return [];
  return board.stages.map((stage) => {
    const words = WORDS[stage.name];
    const amount = Number(stage.at_most_usd) > 0 ? usd(stage.at_most_usd, true) : "$0";
    const approved = stage.name === "film" ? "" : `, ${stage.approved} approved`;
    return h("div", { class: "gate" },
      h("h2", {}, words.title),
      h("p", { class: "quiet small" }, `${stage.there} of ${stage.total} there${approved}`),
      h("button", {
        disabled: Boolean(store.running) || (!stage.shots.length && stage.name !== "film"),
        onclick: () => openSpending(store, { stage: stage.name }, { title: words.ask }),
      }, stage.shots.length ? `${words.button} ${count(stage.shots.length, words.unit)}, ${amount}` : stage.name === "film" ? "Cut the film, $0" : "Nothing to do"));
  });
}
