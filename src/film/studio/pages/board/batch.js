// What is done with several shots at once.

import { post } from "/pages/lib/api.js";
import { ask, dialog, trouble } from "/pages/lib/dialog.js";
import { clear, h } from "/pages/lib/dom.js";
import { count } from "/pages/lib/format.js";
import { openSpending } from "/pages/spend/spend.js";

export class Batch {
  constructor(board) {
    this.board = board;
    this.node = h("div", { class: "batch", role: "region", "aria-label": "Chosen shots" });
  }

  get isChoosing() {
    return this.board.store.selected.size > 0 && matchMedia("(pointer: coarse)").matches;
  }

  get ids() {
    return this.board.store.sheet.shots.map((shot) => shot.id).filter((id) => this.board.store.selected.has(id));
  }

  show() {
    const { selected } = this.board.store;
    this.node.hidden = !selected.size;
    if (!selected.size) return clear(this.node);
    clear(this.node, h("strong", {}, `${count(selected.size, "shot")} chosen`),
      h("button", { onclick: () => this.change("duration", "Seconds, 1 to 30", Number) }, "Duration"),
      h("button", { onclick: () => this.change("styles", "Styles, with commas between them", (text) => text.split(",").map((one) => one.trim()).filter(Boolean)) }, "Style"),
      h("button", { onclick: () => this.change("mood", "Mood", (text) => text || null) }, "Mood"),
      h("button", { onclick: () => this.approve() }, "Approve"),
      h("button", { class: "main", onclick: () => openSpending(this.board.store, { stage: "shots", shots: this.ids }, { title: `Make ${count(selected.size, "shot")}?` }) }, "Make these …"),
      h("button", { class: "plain", onclick: () => { selected.clear(); this.board.refresh(); } }, "Choose none"));
  }

  async change(field, label, read) {
    const { store } = this.board;
    const input = h("input", { id: "batch-value", autofocus: true, type: read === Number ? "number" : "text", step: "any" });
    const word = await dialog(`Change ${count(this.ids.length, "shot")}`, (close) => h("form", { method: "dialog", class: "stack" },
      h("div", { class: "field" }, h("label", { htmlFor: "batch-value" }, label), input),
      h("div", { class: "row end" }, h("button", { type: "button", onclick: () => close() }, "Cancel"), h("button", { class: "main", value: "save" }, "Save"))));
    if (word !== "save") return;
    const shots = Object.fromEntries(this.ids.map((id) => [id, store.shot(id).revision]));
    store.act(post(store.path("edits"), { shots, changes: { [field]: read(input.value) } })).catch(trouble);
  }

  async approve() {
    const { store } = this.board;
    const there = this.ids.filter((id) => store.asset(id, "video")?.state === "reused" || store.asset(id, "image")?.state === "reused");
    if (!there.length) return trouble({ title: "None of these is made yet", hint: "what is approved has to be seen first" });
    if (!(await ask(`Approve ${count(there.length, "shot")}?`, "An approval holds for what is there now; an edit that changes it takes it back.", "Approve"))) return;
    for (const id of there) {
      const kind = store.asset(id, "video")?.state === "reused" ? "video" : "image";
      await store.approve(id, kind, true).catch(trouble);
    }
  }
}
