// The keys, on "?"; single keys can be turned off, for those who speak or whose hands slip.

import { dialog } from "/pages/lib/dialog.js";
import { h } from "/pages/lib/dom.js";

const KEYS = [
  ["Arrows", "move over the board"],
  ["Enter", "edit the shot"],
  ["Space", "choose the shot, for several at once"],
  ["Alt + arrows", "move the shot"],
  ["N · D · Delete", "new shot · copy · delete"],
  ["A · X", "approve · take the approval back"],
  ["G", "make the film: always asks first"],
  ["C", "compare takes"],
  ["Ctrl + Z", "undo"],
  ["/", "search"],
  ["Film: Space, J K L", "play, back, stop, forward"],
  ["Film: , and .", "one frame back, one on"],
  ["Film: M · F", "note here · whole screen"],
];

export const showKeys = () => dialog("Keys", (close) => [
  h("table", {}, h("tbody", {}, KEYS.map(([keys, what]) => h("tr", {}, h("td", {}, h("kbd", {}, keys)), h("td", {}, what))))),
  h("p", {}, h("label", {}, h("input", {
    type: "checkbox", checked: !localStorage.getItem("no-single-keys"),
    onchange: (event) => (event.target.checked ? localStorage.removeItem("no-single-keys") : localStorage.setItem("no-single-keys", "1")),
  }), " Single letters are keys")),
  h("div", { class: "row end" }, h("button", { autofocus: true, onclick: () => close() }, "Close")),
]);
