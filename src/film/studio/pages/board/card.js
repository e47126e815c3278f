// One card. It is made once and filled again: what has not changed is not touched, so that scrolling stays smooth.

import { small } from "/pages/lib/api.js";
import { h } from "/pages/lib/dom.js";
import { KINDS, STATUS, usd } from "/pages/lib/format.js";

export function makeCard() {
  const card = h("article", { class: "card", role: "option", tabIndex: -1 },
    h("div", { class: "picture" },
      h("img", { alt: "", loading: "lazy", decoding: "async", draggable: false, hidden: true }),
      h("span", { class: "none" }),
      h("span", { class: "tag number" }), h("span", { class: "tag takes" }), h("span", { class: "tag length" }),
      h("span", { class: "choose", "aria-hidden": "true" })),
    h("div", { class: "words" },
      h("div", { class: "line" }, h("span", { class: "quiet type" }), h("span", { class: "cost" })),
      h("p", { class: "prompt" }), h("p", { class: "spoken" }), h("div", { class: "state" }, h("span", { class: "dot" }), h("span", { class: "state-word" }))));
  card.parts = Object.fromEntries(["img", ".none", ".number", ".takes", ".length", ".type", ".cost", ".prompt", ".spoken", ".state", ".state-word"].map((name) => [name.replace(".", ""), card.querySelector(name)]));
  card.parts.img.addEventListener("error", () => { card.parts.img.hidden = true; card.parts.none.hidden = false; });
  return card;
}

const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };

export function fill(card, shot, { store, number, state, isActive, isOpen, width }) {
  const { parts } = card;
  const { fields } = shot;
  const known = store.cards.get(shot.id);
  card.dataset.id = shot.id;
  card.tabIndex = isActive ? 0 : -1;
  card.classList.toggle("open", isOpen);
  const chosen = store.selected.has(shot.id);
  card.classList.toggle("chosen", chosen);
  card.setAttribute("aria-selected", String(chosen));
  put(parts.number, String(number).padStart(3, "0"));
  parts.takes.hidden = !known || known.takes < 2;
  put(parts.takes, known ? `${known.takes} takes` : "");
  put(parts.length, `${fields.duration ?? 5}s`);
  put(parts.type, String(fields.shot_type ?? "medium"));
  put(parts.cost, cost(known));
  parts.cost.classList.toggle("tone-amber", Boolean(known) && Number(known.price_usd) > 0);
  put(parts.prompt, String(fields.enhanced_prompt ?? fields.prompt ?? ""));
  put(parts.spoken, spoken(fields.dialogue));
  const { word, tone } = STATUS[state.name];
  parts.state.className = `state tone-${state.unknown ? "grey" : tone}`;
  put(parts["state-word"], state.unknown ? "…" : state.name === "making" ? `Making ${KINDS[state.detail] ?? state.detail}` : word);
  parts.state.title = state.detail && state.name !== "making" ? state.detail : "";
  card.classList.toggle("making", state.name === "making");
  picture(card, store, known, width, state);
}

function picture(card, store, known, width, state) {
  const { img, none } = card.parts;
  const asset = known?.assets.find((one) => one.kind === "image" && one.asset_id) ?? known?.assets.find((one) => one.kind === "video" && one.asset_id);
  const url = asset ? small(store.film, asset.asset_id, width * devicePixelRatio > 340 ? 640 : 320) : "";
  if (card.dataset.url !== url) {
    card.dataset.url = url;
    img.hidden = !url;
    if (url) img.src = url;
    else img.removeAttribute("src");
  }
  none.hidden = Boolean(url);
  put(none, state.name === "failed" ? "Could not be made" : state.name === "making" ? "" : state.unknown ? "" : "Not made yet");
}

const cost = (card) => {
  if (!card) return "";
  if (Number(card.price_usd) > 0) return usd(card.price_usd, true);
  return card.assets.every((one) => one.state === "reused") ? "reused, $0" : "$0";
};

const spoken = (dialogue) => {
  if (!dialogue) return "";
  if (typeof dialogue === "string") return `“${dialogue}”`;
  return dialogue.map((line) => `${line.character}: “${line.text}”`).join(" ");
};
