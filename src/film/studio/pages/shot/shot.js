// The editor of a shot, beside the board: what it looks like, its fields, what a change makes stale and what that costs.

import { get, media, post, small } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { clear, h, later, say } from "/pages/lib/dom.js";
import { KINDS, STATUS, usd } from "/pages/lib/format.js";
import { conflict } from "/pages/shot/conflict.js";
import { Form } from "/pages/shot/form.js";
import { dropping, ownFile } from "/pages/shot/own.js";
import { removeShot } from "/pages/board/keys.js";
import { openSpending } from "/pages/spend/spend.js";

let schema = null;

export class ShotPanel {
  constructor(board) {
    this.board = board;
    this.store = board.store;
    this.node = h("aside", { class: "shot-panel", hidden: true, "aria-label": "Shot" });
    this.changes = new Set();
    this.check = later(450, () => this.price());
    dropping(this);
    this.node.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); this.save(); }
      if (event.key === "Escape") this.close();
    });
  }

  async open(id) {
    if (this.shotId && this.shotId !== id && this.changes.size && !(await this.save())) return;
    schema ??= await get("/schema/shot");
    this.shotId = id;
    this.node.hidden = false;
    this.draw();
    this.board.layout();
  }

  close(isLeaving = false) {
    if (this.changes.size) this.save();
    const id = this.shotId;
    this.shotId = null;
    this.node.hidden = true;
    if (isLeaving) return;
    history.replaceState(null, "", `/films/${encodeURIComponent(this.store.film)}/board`);
    this.board.layout();
    if (id) this.board.focus(id);
  }

  draw() {
    const shot = this.store.shot(this.shotId);
    if (!shot) return this.close();
    this.seen = shot;
    this.changes.clear();
    this.form = new Form(schema, shot.fields, (name) => this.changed(name));
    this.state = h("span", { class: "quiet small", role: "status" }, "Saved");
    this.saveButton = h("button", { disabled: true, onclick: () => this.save() }, "Save");
    this.look = h("div");
    this.receipt = h("div", { class: "receipt", "aria-live": "polite" });
    this.buttons = h("div", { class: "row" });
    this.head = h("h2", { class: "grow" });
    clear(this.node,
      h("div", { class: "head" }, this.head, this.state, this.saveButton, h("button", { onclick: () => this.close() }, "Close")),
      h("div", { class: "stack" }, this.look, this.form.node, this.tools()),
      h("div", { class: "foot stack" }, this.receipt, this.buttons));
    for (const one of shot.mistakes) this.form.mark(one.field, `${one.message}. ${one.hint}`);
    this.onBoard();
    this.node.scrollTop = 0;
  }

  tools() {
    const { store } = this;
    const shots = store.sheet.shots;
    const place = shots.findIndex((shot) => shot.id === this.shotId);
    const move = h("select", { "aria-label": "Move the shot", onchange: () => {
      const before = { first: shots[0]?.id, earlier: shots[place - 1]?.id, later: shots[place + 2]?.id ?? null, last: null }[move.value];
      if (move.value) this.board.move([this.shotId], before === undefined ? null : before);
      move.value = "";
    } }, h("option", { value: "" }, "Move …"), place > 0 && [h("option", { value: "first" }, "to the front"), h("option", { value: "earlier" }, "one earlier")],
    place < shots.length - 1 && [h("option", { value: "later" }, "one later"), h("option", { value: "last" }, "to the end")]);
    return h("div", { class: "row" }, h("div", {}, move), ownFile(this),
      h("button", { onclick: () => store.duplicate(this.shotId).then((copy) => { this.board.focus(copy.id); this.open(copy.id); }).catch(trouble) }, "Duplicate"),
      h("button", { class: "danger", onclick: () => removeShot(this.board, store.shot(this.shotId)).catch(trouble) }, "Delete"));
  }

  // -- what is there of it

  onBoard() {
    if (!this.shotId || !this.form) return;
    const { store } = this;
    const shot = store.shot(this.shotId);
    const card = store.cards.get(this.shotId);
    if (!shot) return;
    const state = store.status(shot);
    const place = store.sheet.shots.indexOf(shot) + 1;
    clear(this.head, `Shot ${place} `, h("span", { class: "quiet small" }, shot.id));
    const signature = JSON.stringify([card?.assets.map((one) => [one.asset_id, one.approved]), state]);
    if (signature === this.signature) return;
    this.signature = signature;
    const video = card?.assets.find((one) => one.kind === "video" && one.asset_id);
    const image = card?.assets.find((one) => one.kind === "image" && one.asset_id);
    const audio = card?.assets.find((one) => one.kind === "audio" && one.asset_id);
    const shown = video
      ? h("video", { src: media(store.film, video.asset_id), poster: image ? small(store.film, image.asset_id, 640) : "", controls: true, loop: true, playsInline: true, preload: "metadata", "aria-label": `The clip of ${shot.id}` })
      : image ? h("img", { class: "still", src: small(store.film, image.asset_id, 640), alt: `The picture of ${shot.id}` }) : null;
    const approvable = video ?? image;
    clear(this.look, shown,
      h("p", { class: `row tone-${STATUS[state.name].tone}` }, h("span", { class: "dot" }), STATUS[state.name].word),
      state.failed && h("div", { class: "notice bad" }, h("p", {}, state.failed.error), h("p", {}, state.failed.charged === true ? "It was charged." : state.failed.charged === false ? "Nothing was charged." : "Whether it was charged is not known: see Jobs."), h("p", { class: "quiet" }, state.failed.hint)),
      audio && h("div", {}, h("span", { class: "quiet small" }, "Voice"), h("audio", { src: media(store.film, audio.asset_id), controls: true, preload: "none", "aria-label": "What is spoken" })),
      h("div", { class: "row" },
        approvable && h("button", { "aria-pressed": String(approvable.approved), onclick: () => store.approve(this.shotId, approvable.kind, !approvable.approved).catch(trouble) }, approvable.approved ? `✓ ${KINDS[approvable.kind]} approved` : `Approve this ${KINDS[approvable.kind]}`),
        card && card.takes > 0 && h("a", { class: "button", href: `/films/${encodeURIComponent(store.film)}/takes/${encodeURIComponent(this.shotId)}` }, `Takes (${card.takes})`)));
    if (!this.changes.size) this.price();
  }

  onSheet() {
    if (!this.shotId || !this.form) return;
    const shot = this.store.shot(this.shotId);
    if (!shot) { this.changes.clear(); return this.close(); }
    if (shot.revision !== this.seen.revision && !this.changes.size && !this.saving) this.draw();
  }

  // -- changes

  changed(name) {
    this.changes.add(name);
    this.saveButton.disabled = false;
    this.state.textContent = "Not saved";
    this.check();
  }

  given() {
    const changes = {};
    for (const name of this.changes) {
      const value = this.form.value(name);
      if (value === undefined) { this.form.mark(name, "That cannot be read"); return null; }
      changes[name] = value;
    }
    return changes;
  }

  async price() {
    const id = this.shotId;
    const changes = this.given();
    if (!id || !changes) return;
    const asked = { stage: "shots", shots: [id], changes: Object.keys(changes).length ? { [id]: changes } : {} };
    try {
      const estimate = await post(this.store.path("estimates"), asked);
      if (this.shotId === id) this.show(estimate);
    } catch (problem) {
      if (this.shotId !== id) return;
      const isHere = problem.field && this.form.mark(problem.field, `${problem.title.replace(/^\S+:\d+ /, "")}. ${problem.hint}`);
      clear(this.receipt, h("p", { class: "tone-red" }, isHere ? "A field is wrong; it says why." : `${problem.title}. ${problem.hint ?? ""}`));
    }
  }

  show(estimate) {
    const card = estimate.lines.map((line) => h("div", { class: "line" }, h("span", {}, `${KINDS[line.kind]}, ${line.provider}`), h("span", {}, usd(line.at_most_usd, true))));
    const stale = estimate.stale.map((one) => `${KINDS[one.kind]} (${one.why})`).join(", ");
    const total = Number(estimate.at_most_usd);
    const nothing = !estimate.shots.length;
    clear(this.receipt,
      stale && h("p", { class: "small" }, `Made anew: ${stale}`), card,
      estimate.local > 0 && h("div", { class: "line" }, h("span", {}, `${estimate.local} made on this machine`), h("span", {}, "$0")),
      estimate.reused > 0 && h("div", { class: "line" }, h("span", {}, `${estimate.reused} reused`), h("span", {}, "$0")),
      h("div", { class: "line sum" }, h("span", {}, this.changes.size ? "Once saved, this shot costs" : "This shot costs"), h("span", {}, nothing ? "reused, $0" : usd(estimate.at_most_usd, true))));
    clear(this.buttons,
      h("button", { class: "main", disabled: nothing || Boolean(this.store.running), onclick: () => this.make() }, nothing ? "All of it is there" : `${this.changes.size ? "Save and make" : "Make it"}, ${total ? usd(estimate.at_most_usd, true) : "$0"}`),
      h("button", { disabled: Boolean(this.store.running), onclick: () => this.newTake() }, "New take …"));
  }

  async save() {
    const changes = this.given();
    if (!changes) return false;
    if (!Object.keys(changes).length) return true;
    const id = this.shotId;
    const shot = this.seen;
    const base = Object.fromEntries(Object.keys(changes).map((name) => [name, shot.fields[name] ?? null]));
    this.state.textContent = "Saving";
    this.saving = true;
    try {
      const saved = await this.store.edit(shot, changes, base);
      this.changes.clear();
      this.seen = saved;
      this.state.textContent = "Saved";
      this.saveButton.disabled = true;
      say("Saved");
      await this.store.loadSheet();
      await this.store.loadBoard();
      return true;
    } catch (problem) {
      this.state.textContent = "Not saved";
      if (problem.status === 409 && problem.theirs) return await this.resolve(id, changes, problem);
      if (!(problem.field && this.form.mark(problem.field, `${problem.title}. ${problem.hint}`))) trouble(problem);
      return false;
    } finally {
      this.saving = false;
    }
  }

  async resolve(id, changes, problem) {
    const choice = await conflict(changes, problem.theirs);
    if (!choice) return false;
    await this.store.loadSheet();
    const fresh = this.store.shot(id);
    if (choice === "mine") await this.store.edit(fresh, changes).catch(trouble);
    this.changes.clear();
    await this.store.loadSheet();
    if (this.shotId === id) this.draw();
    return true;
  }

  async make() {
    if (!(await this.save())) return;
    openSpending(this.store, { stage: "shots", shots: [this.shotId] }, { title: `Make ${this.shotId}?`, quick: true });
  }

  async newTake() {
    if (!(await this.save())) return;
    try {
      const { changes } = await get(`${this.store.path("shots", this.shotId, "takes")}/next`);
      const shot = this.store.shot(this.shotId);
      await this.store.edit(shot, changes);
      await this.store.loadSheet();
      const made = await openSpending(this.store, { stage: "shots", shots: [this.shotId] }, { title: `A new take of ${this.shotId}?` });
      if (!made) await this.store.undo();
    } catch (problem) {
      trouble(problem);
    }
  }
}
