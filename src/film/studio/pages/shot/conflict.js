// Somebody else changed the same fields meanwhile: both versions side by side, and a person decides.

import { dialog } from "/pages/lib/dialog.js";
import { h } from "/pages/lib/dom.js";

const shown = (value) => (value === undefined || value === null ? "(nothing)" : typeof value === "string" ? value : JSON.stringify(value, null, 1));

/** "mine", "theirs", or "" where it is left for later. */
export const conflict = (yours, theirs) => dialog("This shot was changed elsewhere", (close) => [
  h("p", {}, "Nothing was overwritten. Which version is to stay?"),
  h("div", { class: "versions" },
    h("section", {}, h("h3", {}, "Yours"), Object.entries(yours).map(([name, value]) => h("div", {}, h("span", { class: "quiet small" }, name), h("pre", {}, shown(value))))),
    h("section", {}, h("h3", {}, "In the file now"), Object.keys(yours).map((name) => h("div", {}, h("span", { class: "quiet small" }, name), h("pre", {}, shown(theirs[name])))))),
  h("div", { class: "row end" },
    h("button", { autofocus: true, onclick: () => close() }, "Later"),
    h("button", { onclick: () => close("theirs") }, "Keep theirs"),
    h("button", { class: "main", onclick: () => close("mine") }, "Save mine")),
], { wide: true });
