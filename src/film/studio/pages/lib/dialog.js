// The browser's own dialogs: they trap the focus, close on Escape and give the focus back.

import { h } from "/pages/lib/dom.js";

/** Shows a dialog and waits for the word that closes it; "" for Escape. `build` gets a function that closes it. */
export function dialog(title, build, { wide = false } = {}) {
  return new Promise((done) => {
    const box = h("dialog", { class: wide ? "wide" : "", "aria-labelledby": "dialog-title" });
    const close = (word = "") => box.close(word);
    box.append(h("h2", { id: "dialog-title" }, title), ...[build(close, box)].flat(Infinity).filter(Boolean));
    box.addEventListener("close", () => {
      box.remove();
      done(box.returnValue);
    });
    document.body.append(box);
    box.showModal();
    box.querySelector("[autofocus]")?.focus();
  });
}

export const trouble = (problem) => dialog("That did not work", (close) => [
  h("p", {}, sentence(problem)),
  problem.hint && h("p", { class: "quiet" }, problem.hint),
  h("div", { class: "row end" }, h("button", { autofocus: true, onclick: () => close() }, "Close")),
]);

export const sentence = (problem) => {
  const text = problem.title ?? problem.message ?? String(problem);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

export const ask = (title, text, word) => dialog(title, (close) => [
  h("p", {}, text),
  h("div", { class: "row end" },
    h("button", { autofocus: true, onclick: () => close() }, "Cancel"),
    h("button", { class: "main", onclick: () => close("yes") }, word)),
]).then((said) => said === "yes");
