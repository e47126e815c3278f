// Notes at a time code: written where the film stands, answered with a click that goes there, put away when dealt with.

import { patch, post } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { clear, h } from "/pages/lib/dom.js";
import { ago, timecode } from "/pages/lib/format.js";

export class Notes {
  constructor(page) {
    this.page = page;
    this.node = h("section", { class: "tile", "aria-label": "Notes" });
    this.text = h("textarea", { rows: 2, "aria-label": "A note at this time", placeholder: "A note at this time ( M )" });
    this.list = h("ol", { class: "notes-list" });
    this.node.append(h("h2", {}, "Notes"), h("form", { class: "stack", onsubmit: (event) => { event.preventDefault(); this.save(); } }, this.text, h("div", {}, h("button", {}, "Write it down"))), this.list);
  }

  add() {
    this.page.player?.pause();
    this.text.focus();
  }

  async save() {
    const { page } = this;
    if (!this.text.value.trim()) return;
    const shot = page.timeline.clips.findLast((clip) => clip.start <= page.time + 0.001)?.shot ?? null;
    try {
      await post(page.store.path("comments"), { text: this.text.value, shot, at: page.time });
      this.text.value = "";
      page.store.loadComments();
    } catch (problem) {
      trouble(problem);
    }
  }

  show() {
    const { page } = this;
    const rate = page.rate ?? 24;
    const notes = [...page.store.comments].sort((one, other) => one.resolved - other.resolved || (one.at ?? 0) - (other.at ?? 0));
    clear(this.list, notes.map((note) => h("li", { class: note.resolved ? "quiet" : "" },
      h("div", { class: "row" },
        note.at !== null && h("button", { class: "plain mono small", onclick: () => page.seek(note.at) }, timecode(note.at, rate)),
        h("span", { class: "quiet small grow" }, `${note.author}, ${ago(note.created_at)}`),
        h("button", { class: "plain small", onclick: () => this.resolve(note) }, note.resolved ? "Open again" : "Done")),
      h("p", {}, note.text),
      note.shot && h("a", { class: "small", href: `/films/${encodeURIComponent(page.store.film)}/board/${encodeURIComponent(note.shot)}` }, `Edit ${note.shot}`))));
  }

  async resolve(note) {
    await patch(page_path(this.page, note), { resolved: !note.resolved }).catch(trouble);
    this.page.store.loadComments();
  }
}

const page_path = (page, note) => page.store.path("comments", note.id);
